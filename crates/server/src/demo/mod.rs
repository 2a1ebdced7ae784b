//! `motcua demo`: a province that does not exist, whose dossiers lived through the real steps on a simulated clock.

use std::io::{IsTerminal as _, Write as _};
use std::net::{SocketAddr, TcpListener};

use anyhow::Context as _;
use motcua_domain::office_time::day_of;

use crate::app::{App, Opening};
use crate::cli::{Exit, Place, print};
use crate::clock::Clock;
use crate::demo::people::People;
use crate::filling::Filling;
use crate::random::Random;
use crate::web::serve::Addresses;

mod drafts;
pub mod filing;
pub mod fill;
pub mod lives;
pub mod names;
mod pace;
pub mod papers;
pub mod people;
mod pictures;
pub mod plan;
pub mod sayings;
pub mod store;

pub use fill::{Filled, fill};

/// Dossiers of the demonstration: all of the plan.
const DOSSIERS: usize = usize::MAX;
/// Chance repeats itself, so that two people see the same demonstration on the same day.
const SEED: u64 = 99;

/// Fill an empty data folder with a demonstration province, and serve it.
#[derive(clap::Args, Debug)]
pub struct Demo {
    /// Address to listen on; that of the configuration, or 127.0.0.1:8080, when not given.
    #[arg(long, value_name = "ADDR", value_parser = crate::cli::listen_address)]
    listen: Option<SocketAddr>,
}

impl Demo {
    /// Fills the folder unless it holds a demonstration already; refuses any other that is not empty.
    pub fn run(self, place: &Place) -> anyhow::Result<Exit> {
        place.refuse_unfinished()?;
        refuse_foreign(place)?;
        let app = place.open_on(self.listen)?;
        let listen = app.config.server.listen;
        // Said before the filling, not after it.
        drop(TcpListener::bind(listen).with_context(|| crate::web::serve::cannot_listen(listen))?);
        if !app.demo {
            anyhow::ensure!(
                app.store.read_sync(store::is_empty)?,
                "{} holds the data of an office, which the demonstration must not touch: choose an empty folder with --data",
                app.data.display()
            );
            fill_folder(app, place)?;
        }
        let app = place.open_on(self.listen)?;
        let at = Addresses { listen, metrics: app.config.server.metrics };
        crate::web::serve::serve(app, at, true, crate::web::serve::tell)
    }
}

/// Refuses a folder that holds something else than an installation: nobody wants two hundred files among their own.
fn refuse_foreign(place: &Place) -> anyhow::Result<()> {
    if place.has_database() {
        return Ok(());
    }
    let Ok(entries) = std::fs::read_dir(&place.data) else { return Ok(()) };
    let is_ours = |name: &std::ffi::OsStr| name == "secret.key" || name == "files";
    let foreign = entries.flatten().find(|entry| !is_ours(&entry.file_name()));
    match foreign {
        Some(entry) => anyhow::bail!(
            "{} is not empty (it holds {}): choose an empty folder, or one that is not there yet, with --data",
            place.data.display(),
            entry.file_name().to_string_lossy()
        ),
        None => Ok(()),
    }
}

fn fill_folder(app: App, place: &Place) -> anyhow::Result<()> {
    let now = app.clock.now();
    let cannot_write = || format!("cannot write in {}", place.data.display());
    let mark = Filling::Demonstration.begin(&app.data).with_context(cannot_write)?;
    let opening = Opening {
        data: app.data.clone(),
        database: place.database.clone(),
        config: app.config.clone(),
        clock: Clock::standing(now),
        random: Random::seeded(SEED ^ u64::from(day_of(now).day_of_year().unsigned_abs())),
    };
    drop(app);
    let past = App::open(opening)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let filled = runtime.block_on(fill::fill_and_tell(&past, DOSSIERS, tell)).with_context(|| {
        format!("the demonstration could not be filled; remove {} before another try", past.data.display())
    })?;
    for refused in &filled.refused {
        eprintln!("motcua: a step of the demonstration was refused: {refused}");
    }
    mark.done().with_context(cannot_write)?;
    print_people(filled.dossiers, &filled.people)?;
    Ok(())
}

/// Progress on the terminal: one line that counts up, or a line now and then where it is kept.
fn tell(filed: usize, of: usize) {
    let mut err = std::io::stderr().lock();
    // Nobody listening is no reason to stop.
    if err.is_terminal() {
        let end = if filed == of { "\n" } else { "" };
        drop(write!(err, "\rĐang dựng tỉnh minh họa: {filed}/{of} hồ sơ{end}").and_then(|()| err.flush()));
    } else if filed.is_multiple_of(50) || filed == of {
        drop(writeln!(err, "Đang dựng tỉnh minh họa: {filed}/{of} hồ sơ"));
    }
}

fn print_people(dossiers: usize, people: &People) -> std::io::Result<()> {
    print(&format!("{dossiers} hồ sơ minh họa. Đăng nhập một chạm tại trang /demo, hoặc bằng:"))?;
    for officer in &people.officers {
        let (login, name, totp) = (&officer.login, &officer.name, &officer.totp);
        print(&format!("{login:24} {}  {name}  TOTP {totp}", people::PASSWORD))?;
    }
    for citizen in people.listed() {
        print(&format!("{:24} {}", citizen.identity.email.as_deref().unwrap_or_default(), citizen.name))?;
    }
    Ok(())
}
