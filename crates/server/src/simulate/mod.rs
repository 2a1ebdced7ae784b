//! `motcua simulate`: a described population of dossiers, played through the real rules on a simulated clock.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Instant;

use anyhow::Context as _;
use jiff::Timestamp;
use jiff::civil::date;
use motcua_domain::calendar::Timeliness;
use motcua_domain::dossier::{Office as _, time};
use motcua_domain::office_time::day_of;
use motcua_domain::procedure::ProcedureVersion;
use motcua_domain::unit::UnitLevel;
use serde_json::json;

use crate::account::store::{Installation, save_installation};
use crate::app::{App, Opening};
use crate::cli::{Exit, Place, print};
use crate::clock::{Clock, stored};
use crate::demo::fill::PROCEDURES;
use crate::demo::papers::Files;
use crate::dossier::store::{self as dossiers, Counted};
use crate::dossier::{proof, steps};
use crate::filling::Filling;
use crate::import::read::Source;
use crate::progress;
use crate::random::Random;
use crate::simulate::course::{courses, end_of, usable};
use crate::simulate::life::World;
use crate::simulate::run::Run;
use crate::simulate::spec::{Spec, UnitSpec};

pub mod course;
pub mod life;
pub mod people;
pub mod record;
pub mod run;
pub mod spec;
pub mod store;

/// Batches of lives that may wait to be written.
const WAITING_MAX: usize = 8;
/// How often the due instants count as counted: with the office as it is now.
const PASSES: i64 = 2;
/// Dossiers looked at together when they are counted.
const PAGE: i64 = 1_000;
/// Differences that are named.
const DIFFERENCES_MAX: usize = 10;

/// Play a described population of dossiers through the real rules on a simulated clock, into an empty place.
#[derive(clap::Args, Debug)]
pub struct Simulate {
    /// The description: see docs/simulation.md.
    #[arg(long, value_name = "FILE")]
    spec: PathBuf,
    /// The same number makes the same population; another makes another.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Print the totals of every unit.
    #[arg(long)]
    totals: bool,
}

/// Dossiers of a unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// Received.
    pub received: i64,
    /// Settled late, or running past their due instant.
    pub late: i64,
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Simulated {
    /// Dossiers.
    pub dossiers: u64,
    /// Entries of journals.
    pub entries: u64,
    /// Acts that the rules refused.
    pub refused: Vec<String>,
    /// Units with what the spec says and what storage counts.
    pub totals: Vec<(UnitSpec, Total)>,
}

impl Simulated {
    /// Units whose dossiers are not as many as the spec says.
    pub fn differences(&self) -> Vec<String> {
        let differs = self.totals.iter().filter(|(unit, total)| {
            i64::try_from(unit.received) != Ok(total.received) || i64::try_from(unit.late) != Ok(total.late)
        });
        let words = |(unit, total): &(UnitSpec, Total)| {
            format!(
                "{} {}: {} received and {} late instead of {} and {}",
                unit.code, unit.name, total.received, total.late, unit.received, unit.late
            )
        };
        differs.map(words).collect()
    }
}

impl Simulate {
    /// Fills the place; 1 when what storage counts is not what the spec says.
    pub fn run(self, place: &Place) -> anyhow::Result<Exit> {
        let begun = Instant::now();
        let (spec, units) = Spec::read(&self.spec)?;
        let app = place.open_with(place.configuration()?, Clock::standing(end_of(spec.until())))?;
        anyhow::ensure!(
            app.store.read_sync(crate::demo::store::is_empty)?,
            "{} holds data already: choose an empty folder with --data{}",
            app.data.display(),
            if place.database.is_some() { " and an empty database" } else { "" }
        );
        let opening = Opening {
            data: app.data.clone(),
            database: place.database.clone(),
            config: app.config.clone(),
            clock: app.clock.clone(),
            random: Random::seeded(self.seed),
        };
        drop(app);
        let app = App::open(opening)?;
        let cannot_write = || format!("cannot write in {}", place.data.display());
        let mark = Filling::Simulation.begin(&app.data).with_context(cannot_write)?;
        let bar = progress::over_things(units.iter().map(|unit| unit.received).sum(), spec.title.clone());
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let tell = |filed| bar.set_position(filed);
        let simulated = runtime.block_on(simulate(&app, &spec, &units, self.seed, tell))?;
        bar.finish_and_clear();
        mark.done().with_context(cannot_write)?;
        self.tell(&spec, &simulated, begun)
    }

    fn tell(&self, spec: &Spec, simulated: &Simulated, begun: Instant) -> anyhow::Result<Exit> {
        for why in &simulated.refused {
            eprintln!("refused: {why}");
        }
        if self.totals {
            print("unit,received,late,name")?;
            for (unit, total) in &simulated.totals {
                print(&format!(
                    "{},{},{},\"{}\"",
                    unit.code,
                    total.received,
                    total.late,
                    unit.name.replace('"', "\"\"")
                ))?;
            }
        }
        let late: i64 = simulated.totals.iter().map(|(_, total)| total.late).sum();
        eprintln!(
            "{}: {} dossiers, {late} of them late, with {} entries, in {:.0} s",
            spec.title,
            simulated.dossiers,
            simulated.entries,
            begun.elapsed().as_secs_f64()
        );
        let differences = simulated.differences();
        for difference in differences.iter().take(DIFFERENCES_MAX) {
            eprintln!("{difference}");
        }
        Ok(if differences.is_empty() && simulated.refused.is_empty() {
            Exit::Done
        } else {
            Exit::CheckFailed
        })
    }
}

/// Fills an empty installation whose clock stands at the end of the spec. `tell` hears how many dossiers have been filed.
///
/// # Errors
/// When the spec cannot be kept, or the database or the folder fail.
pub async fn simulate(
    app: &App,
    spec: &Spec,
    units: &[UnitSpec],
    seed: u64,
    tell: impl Fn(u64),
) -> anyhow::Result<Simulated> {
    let end = app.clock.now();
    let begin = end_of(spec.from) - jiff::SignedDuration::from_hours(24);
    app.clock.set(begin);
    take_units(app, spec, units)?;
    let versions = take_procedures(app, begin)?;
    let people = people::create(app, spec, units)?;
    app.reload_office().await?;
    let files = Files::make(app, &versions, begin).await?;
    let random = Random::seeded(seed);
    let world = World {
        office: app.office(),
        random: &random,
        units,
        people: &people,
        versions: &versions,
        files: &files,
    };
    let courses = courses(spec, units, &versions, &world.office, &random)?;
    let (to, lived) = sync_channel(WAITING_MAX);
    let outcome = thread::scope(|scope| {
        let office = &world.office;
        let writer = scope.spawn(move || record::record(app, office, seed, lived));
        let outcome = Run::new(&world, &courses, spec.shares.read, to).live(end, tell);
        // What could not be written is the reason why nothing more could be handed on.
        match writer.join() {
            Ok(written) => written.and(outcome),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })?;
    app.clock.set(end);
    let stamp = app.office().stamp.clone();
    app.store.write_sync(|tx| {
        store::put_numbers(tx, &outcome.numbers)?;
        dossiers::put_counted(tx, &Counted { stamp: stamp.clone(), passes: PASSES, at: end })?;
        save_installation(tx, &Installation { office: spec.title.clone(), demo: true })
    })?;
    proof::seal_until(app, end).await?;
    let counted = totals(app, end)?;
    let total = |unit: &UnitSpec| counted.get(unit.code.as_str()).copied().unwrap_or_default();
    Ok(Simulated {
        dossiers: u64::try_from(courses.len())?,
        entries: outcome.entries,
        refused: outcome.refused,
        totals: units.iter().map(|unit| (unit.clone(), total(unit))).collect(),
    })
}

/// What storage holds of each unit; whether a dossier is late is asked of the rules.
fn totals(app: &App, end: Timestamp) -> anyhow::Result<BTreeMap<String, Total>> {
    let office = app.office();
    let received = app.store.read_sync(store::received)?;
    let mut totals: BTreeMap<String, Total> =
        received.into_iter().map(|(unit, received)| (unit, Total { received, late: 0 })).collect();
    let (now, mut after) = (stored(end), String::new());
    loop {
        let codes = app.store.read_sync(|tx| store::past_due(tx, &now, &after, PAGE))?;
        let Some(last) = codes.last() else { return Ok(totals) };
        after = last.to_string();
        for code in &codes {
            let Some(loaded) = app.store.read_sync(|tx| steps::load(tx, app, code))? else { continue };
            let dossier = &loaded.dossier;
            let calendar = office.calendar_of(dossier.responsible_unit());
            let judged = time::timeliness(dossier, calendar, office.settings_of(dossier), end);
            let is_late = matches!(judged, Some(Timeliness::Overdue | Timeliness::RunningLate));
            if let Some(total) = totals.get_mut(dossier.filing.receiving_unit.as_str()) {
                total.late += i64::from(is_late);
            }
        }
    }
}

/// The province and its units, through the import that an office would use.
fn take_units(app: &App, spec: &Spec, units: &[UnitSpec]) -> anyhow::Result<()> {
    let since = date(2000, 1, 1);
    let unit = |code: &str, name: &str, level: UnitLevel| {
        let one_stop = json!({ "kind": "centre", "name": format!("Bộ phận Một cửa {name}") });
        let parent = (level != UnitLevel::Province).then(|| spec.province.code.to_string());
        json!({
            "code": code, "name": name, "level": level.name(), "valid_from": since.to_string(),
            "parent": parent, "one_stops": [one_stop],
        })
    };
    let province = unit(spec.province.code.as_str(), &spec.province.name, UnitLevel::Province);
    let rest = units.iter().map(|one| unit(one.code.as_str(), &one.name, one.level));
    let rows: Vec<_> = std::iter::once(province).chain(rest).collect();
    let source = Source::from_bytes("units.json", serde_json::to_vec(&rows)?)?;
    crate::unit::import::take(&app.store, &crate::unit::import::read(source)?, day_of(app.clock.now()))?;
    Ok(())
}

/// The procedures of the demonstration that one unit settles by itself.
fn take_procedures(app: &App, now: Timestamp) -> anyhow::Result<Vec<ProcedureVersion>> {
    let source = Source::from_bytes("procedures.json", PROCEDURES.to_vec())?;
    crate::procedure::import::import(&app.store, source, day_of(now), &stored(now))?;
    let mut versions = app.store.read_sync(|tx| crate::procedure::store::all_versions(tx, true))?;
    versions.retain(usable);
    Ok(versions)
}
