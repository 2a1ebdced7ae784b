//! The fault harness: officers at work, something that goes wrong, a server killed, and the question whether anything that
//! was acknowledged is missing. A failing round prints its seed, with which it is played again.
//!
//! ```text
//! cargo build --release --locked --workspace --bins
//! target/release/faults --server target/release/motcua --rounds 100
//! ```

mod chance;
mod fault;
mod look;
mod machine;
mod owed;
mod papers;
mod power;
mod relay;
mod store;
mod work;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use clap::Parser;
use motcua_bench::server::{Installation, Server, Worker};
use motcua_db::Database;
use motcua_db::fault::VARIABLE;

use crate::chance::Chance;
use crate::fault::{Fault, Place};
use crate::machine::{Disk, Machine};
use crate::power::Lost;
use crate::relay::Relay;
use crate::work::{Acknowledged, FIRST_SERVER, Work};

/// Rounds on one data folder; then a fresh one, so that looking through it stays quick.
const ROUNDS_A_FOLDER: u64 = 25;

/// Lets things go wrong under load, again and again, kills the server, and looks for what it acknowledged.
#[derive(Debug, Parser)]
struct Faults {
    /// The program.
    #[arg(long, value_name = "FILE")]
    server: PathBuf,
    /// A throw-away PostgreSQL database, empty, and emptied again every few rounds; SQLite when not given.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// What kills PostgreSQL at once and starts it again: `pg_ctl -m immediate restart …`, run by a shell.
    #[arg(long, value_name = "COMMAND", requires = "database")]
    restart: Option<String>,
    /// How often something goes wrong.
    #[arg(long, value_name = "N", default_value_t = 20)]
    rounds: u64,
    /// The seed of the first round; each further round has the next.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// What goes wrong, in turn; everything that can be caused here when not given.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    fault: Vec<Fault>,
    /// The population; a small one of its own when not given.
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
}

const SPEC: &str = "title = \"Thử tắt ngang\"\nfrom = \"2026-03-02\"\nto = \"2026-03-06\"\n[province]\ncode = \"H99\"\n\
    name = \"UBND tỉnh Hương Sen\"\n[units.made]\ncommunes = 8\ndossiers = 40\nlate = 0.1\n";

fn main() -> anyhow::Result<()> {
    let faults = Faults::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let place = std::env::temp_dir().join(format!("motcua-faults-{}", std::process::id()));
    std::fs::create_dir_all(&place)?;
    let done = runtime.block_on(faults.rounds_in(&place));
    std::fs::remove_dir_all(&place)?;
    done
}

/// An office on which rounds are played one after another.
pub struct Office<'a> {
    program: &'a Path,
    data: PathBuf,
    database: Option<&'a str>,
    config: &'a Path,
}

impl Office<'_> {
    fn installation(&self) -> Installation<'_> {
        Installation {
            program: self.program,
            data: &self.data,
            database: self.database,
            config: Some(self.config),
        }
    }

    /// Its database.
    pub fn database(&self) -> Database {
        let file = || Database::Sqlite(self.data.join("motcua.sqlite"));
        self.database.map_or_else(file, |url| Database::Postgres(url.to_owned()))
    }

    /// Starts the program on it.
    pub fn start(&self, environment: &[(&str, &Path)]) -> anyhow::Result<Server> {
        Server::start(&self.installation(), environment)
    }

    /// Starts a process on it that does jobs and serves nobody.
    pub fn work(&self) -> anyhow::Result<Worker> {
        Worker::start(&self.installation())
    }

    /// Runs a command of the program, which must answer 0.
    pub fn command(&self, name: &str, rest: &[&str]) -> anyhow::Result<()> {
        let done = self.installation().command(name).args(rest).output()?;
        let said =
            || String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
        ensure!(done.status.success(), "motcua {name} answered {}: {}", done.status, said());
        Ok(())
    }
}

impl Faults {
    async fn rounds_in(&self, place: &Path) -> anyhow::Result<()> {
        let (spec, config) = (place.join("spec.toml"), place.join("motcua.toml"));
        match &self.spec {
            Some(given) => drop(std::fs::copy(given, &spec)?),
            None => std::fs::write(&spec, SPEC)?,
        }
        let relay = Relay::open().await?;
        std::fs::write(
            &config,
            format!("[mail]\nrelay = \"{}\"\nfrom = \"motcua@thu.example\"\n", relay.address),
        )?;
        let machine = Machine::make(place)?;
        let (database, restart) = (self.database.as_deref(), self.restart.as_deref());
        let here = Place { machine: machine.as_ref(), database, restart };
        let faults = if self.fault.is_empty() { Fault::possible(here) } else { self.fault.clone() };
        let names: Vec<&str> = faults.iter().map(|fault| fault.name()).collect();
        println!("{} rounds from seed {}: {}", self.rounds, self.seed, names.join(", "));
        if machine.is_none() {
            println!("there is no C compiler: what workers owe is not looked for");
        }
        let (mut all, mut lost, mut rounds) = (Acknowledged::default(), Lost::default(), 0);
        let seeds: Vec<u64> = (self.seed..self.seed + self.rounds).collect();
        for (number, seeds) in seeds.chunks(usize::try_from(ROUNDS_A_FOLDER)?).enumerate() {
            if let (Some(url), 1..) = (&self.database, number) {
                let url = url.clone();
                tokio::task::spawn_blocking(move || store::empty(&url)).await??;
            }
            let data = place.join(format!("data-{number}"));
            let office = Office { program: &self.server, data, database, config: &config };
            office.command("simulate", &["--spec", &spec.to_string_lossy()])?;
            relay.forget();
            let (heard, taken) = played(&office, here, &relay, &faults, seeds).await?;
            std::fs::remove_dir_all(&office.data)?;
            all.add(heard);
            lost.add(taken);
            rounds += seeds.len();
            println!("{rounds} rounds: {all}, none lost");
            if lost != Lost::default() {
                println!(
                    "  power cuts took {} writes and {} names that were not flushed",
                    lost.writes, lost.names
                );
            }
        }
        Ok(())
    }
}

/// Plays rounds on one office and answers what was acknowledged, all of which is there, and what power cuts took.
async fn played(
    office: &Office<'_>,
    here: Place<'_>,
    relay: &Relay,
    faults: &[Fault],
    seeds: &[u64],
) -> anyhow::Result<(Acknowledged, Lost)> {
    let (mut all, mut lost) = (Acknowledged::default(), Lost::default());
    for seed in seeds {
        let fault = faults[usize::try_from(*seed)? % faults.len()];
        let round = round(office, here, fault, *seed).await;
        let again = || format!("failed: play it again with --fault {} --seed {seed}", fault.name());
        let (heard, taken) = round.with_context(again)?;
        all.add(heard);
        lost.add(taken);
    }
    let at_latest = || format!("lost by seed {} at the latest", seeds.last().copied().unwrap_or_default());
    // What was there after its own round must have outlived the later ones.
    look::look(office, &all).await.with_context(at_latest)?;
    if let Some(machine) = here.machine {
        owed::look(office, machine, relay, &all).await.with_context(at_latest)?;
        office.command("verify", &[])?;
    }
    Ok((all, lost))
}

/// Something goes wrong under load, the server is killed, and what it acknowledged must be there. Answers that, and what
/// the disk lost.
async fn round(
    office: &Office<'_>,
    here: Place<'_>,
    fault: Fault,
    seed: u64,
) -> anyhow::Result<(Acknowledged, Lost)> {
    let mut chance = Chance::of(seed);
    let die_at = fault.die_at(&mut chance);
    let mut environment: Vec<(&str, &Path)> = Vec::new();
    environment.extend(die_at.iter().map(|at| (VARIABLE, Path::new(at))));
    environment.extend(here.machine.iter().flat_map(|machine| machine.environment()));
    let loses_power = here.machine.filter(|_| fault == Fault::Power);
    if let Some(machine) = loses_power {
        std::fs::write(machine.notes(), b"")?;
        machine.turn_disk(Disk::LosesPower)?;
    }
    let begun = match office.start(&environment) {
        Ok(server) => Work::begin(&server.address, FIRST_SERVER, seed).await.map(|work| (server, work)),
        Err(error) => Err(error),
    };
    let heard = match begun {
        Ok((mut server, work)) => {
            let mut heard = fault.cause(office, here, &work, seed, &mut chance).await?;
            work.give_up();
            server.kill()?;
            heard.add(work.end().await?);
            heard
        }
        // It came to its point before anybody worked: what was there before must be there still.
        Err(_) if die_at.is_some() => Acknowledged::default(),
        Err(error) => return Err(error),
    };
    let lost = match loses_power {
        Some(machine) => {
            machine.mend()?;
            let root = office.data.parent().context("the data folder is in another")?;
            power::lose(&machine.notes(), root, &mut chance)?
        }
        None => Lost::default(),
    };
    look::look(office, &heard).await?;
    office.command("verify", &[])?;
    Ok((heard, lost))
}
