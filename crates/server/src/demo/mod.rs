//! `motcua demo`: a province that does not exist, whose dossiers lived through the real steps on a simulated clock.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::net::SocketAddr;

use anyhow::Context as _;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use motcua_domain::access::Actor;
use motcua_domain::dossier::{
    Applicant, ApplicantKind, Channel, ComponentAsked, CopyKind, Dossier, FeeDue, FileRef, Filing, Paper,
    PaperSource, Representative, ReturnWay,
};
use motcua_domain::office_time::day_of;
use motcua_domain::procedure::{Channel as Door, ProcedureVersion};
use motcua_domain::unit::UnitCode;

use crate::account::store::{Installation, save_installation};
use crate::app::{App, Opening};
use crate::cli::{Exit, Place};
use crate::clock::{Clock, stored};
use crate::demo::lives::{Fate, Next, World, delay, working_later};
use crate::demo::people::{Citizen, People};
use crate::dossier::{proof, steps};
use crate::import::read::Source;
use crate::random::Random;

pub mod lives;
pub mod people;
mod store;

const UNITS: &[u8] = include_bytes!("../../seed/demo/units.json");
const PROCEDURES: &[u8] = include_bytes!("../../seed/demo/procedures.json");
/// Dossiers of the demonstration.
const DOSSIERS: usize = 200;
/// How far back the first was filed, in days.
const DAYS: u64 = 56;
/// Chance repeats itself, so that two people see the same demonstration on the same day.
const SEED: u64 = 99;
/// The office on every page.
const OFFICE: &str = "Tỉnh Hương Sen (minh họa)";

/// Fill an empty data folder with a demonstration province, and serve it.
#[derive(clap::Args, Debug)]
pub struct Demo {
    /// Address to listen on.
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
}

impl Demo {
    /// Fills the folder unless it holds a demonstration already; refuses any other that is not empty.
    pub fn run(self, place: &Place) -> anyhow::Result<Exit> {
        let app = place.open()?;
        if !app.demo {
            anyhow::ensure!(
                app.store.read_sync(store::is_empty)?,
                "{} holds real data: choose an empty folder with --data",
                app.data.display()
            );
            let now = app.clock.now();
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
            let filled = runtime.block_on(fill(&past, DOSSIERS))?;
            println!("{} hồ sơ minh họa", filled.dossiers);
            for officer in &filled.people.officers {
                println!(
                    "{:24} {}  {}  TOTP {}",
                    officer.login,
                    people::PASSWORD,
                    officer.name,
                    officer.totp
                );
            }
            for citizen in &filled.people.citizens {
                println!("{:24} {}", citizen.identity.email.as_deref().unwrap_or_default(), citizen.name);
            }
        }
        let app = place.open()?;
        let listen = self.listen.unwrap_or(app.config.server.listen);
        crate::web::serve::serve(app, listen, true, |address| println!("Một Cửa: http://{address}"))
    }
}

/// What was made.
#[derive(Debug)]
pub struct Filled {
    /// Who may sign in.
    pub people: People,
    /// Dossiers filed.
    pub dossiers: usize,
    /// Steps the rules refused: what the planner of lives got wrong.
    pub refused: Vec<String>,
}

/// Fills an empty installation whose clock stands at the end of the demonstration.
pub async fn fill(app: &App, dossiers: usize) -> anyhow::Result<Filled> {
    let now = app.clock.now();
    let begin = now - SignedDuration::from_hours(24 * i64::try_from(DAYS)?);
    app.clock.set(begin);
    let today = day_of(begin);
    let units = crate::unit::import::read(Source::from_bytes("units.json", UNITS.to_vec())?)?;
    crate::unit::import::take(&app.store, &units, today)?;
    let procedures = Source::from_bytes("procedures.json", PROCEDURES.to_vec())?;
    crate::procedure::import::import(&app.store, procedures, today, &stored(begin))?;
    let people = people::create(app)?;
    app.store
        .write_sync(|tx| save_installation(tx, &Installation { office: OFFICE.to_owned(), demo: true }))?;
    app.reload_office().await?;
    let versions = app.store.read_sync(|tx| crate::procedure::store::all_versions(tx, true))?;
    anyhow::ensure!(!versions.is_empty(), "the demonstration has procedures");
    let pdf = crate::form::render::render(PAPER, &serde_json::json!({}), begin)?;
    let size = u64::try_from(pdf.len())?;
    let hash = app.blobs.keep(Bytes::from(pdf)).await?;
    let file = FileRef {
        sha256: hash.to_string().parse().context("the hash of a file")?,
        name: "giay-to-minh-hoa.pdf".to_owned(),
        size,
        media_type: "application/pdf".to_owned(),
    };
    let world = World { app, people: &people, file };
    let refused = live(&world, &versions, dossiers, now).await?;
    app.clock.set(now);
    proof::seal_until(app, now).await?;
    Ok(Filled { people, dossiers, refused })
}

/// One page that says what it is.
const PAPER: &str = "#set document(title: \"Giấy tờ minh họa\")\n#set text(lang: \"vi\", font: \"Liberation Serif\", size: 12pt)\n= Giấy tờ minh họa\nTờ này thay cho giấy tờ thật trong bản minh họa của Một Cửa. Không có giá trị pháp lý.\n";

/// Lets everything happen in the order of time, until now.
async fn live(
    world: &World<'_>,
    versions: &[ProcedureVersion],
    count: usize,
    now: Timestamp,
) -> anyhow::Result<Vec<String>> {
    let app = world.app;
    let mut lives: Vec<Option<Dossier>> = vec![None; count];
    let mut due: BinaryHeap<Reverse<(Timestamp, usize)>> = BinaryHeap::new();
    for at in 0..count {
        due.push(Reverse((filed_at(app, fate_of(at), now), at)));
    }
    let mut refused = Vec::new();
    while let Some(Reverse((instant, at))) = due.pop() {
        if now < instant {
            continue;
        }
        if app.clock.now() < instant {
            app.clock.set(instant);
        }
        let fate = fate_of(at);
        let taken = match &lives[at] {
            None => {
                let (actor, filing) = filing(world, &versions[at % versions.len()], at)?;
                steps::file(app, &actor, filing, &format!("demo-{at}")).await
            }
            Some(dossier) => match world.next(dossier, fate) {
                Some(Next { actor, action }) => steps::take(app, &actor, &dossier.code, None, action).await,
                None => continue,
            },
        };
        match taken {
            Ok(taken) => {
                let seconds = delay(app, &taken.dossier, fate);
                let next = working_later(app, &taken.dossier.filing.receiving_unit, app.clock.now(), seconds);
                due.push(Reverse((next, at)));
                lives[at] = Some(taken.dossier);
            }
            Err(error) => refused.push(format!("{at} {fate:?}: {error}")),
        }
    }
    Ok(refused)
}

fn fate_of(at: usize) -> Fate {
    Fate::TURN[at % Fate::TURN.len()]
}

/// In working time: some days ago for what is still young, otherwise weeks ago.
fn filed_at(app: &App, fate: Fate, now: Timestamp) -> Timestamp {
    let (least, most) = if fate.is_recent() { (5, 7) } else { (23, DAYS - 1) };
    let hours = 24 * least + app.random.below(24 * (most - least));
    let at = now - SignedDuration::from_hours(i64::try_from(hours).unwrap_or(0));
    let unit: UnitCode = "H99.101".parse().expect("a code of the seed");
    working_later(app, &unit, at, 60 * u32::try_from(app.random.below(200)).unwrap_or(0))
}

#[expect(clippy::too_many_lines, reason = "one life after the other, in the order of the plan")]
fn filing(world: &World<'_>, procedure: &ProcedureVersion, at: usize) -> anyhow::Result<(Actor, Filing)> {
    let citizen = &world.people.citizens[at % world.people.citizens.len()];
    let desk: UnitCode = ["H99.101", "H99.102", "H99.103"][at / 7 % 3].parse()?;
    let channel = [Channel::Online, Channel::Counter, Channel::Post, Channel::Assisted][at / 3 % 4];
    let door = match channel {
        Channel::Online | Channel::Assisted => Door::Online,
        Channel::Counter => Door::Direct,
        Channel::Post => Door::Post,
    };
    let case = procedure.cases.first().context("a case")?;
    let terms = procedure.terms(door, Some(&case.key)).first().copied();
    let by_desk = matches!(channel, Channel::Counter | Channel::Post);
    let officer = world.officer(&desk, motcua_domain::access::Role::Reception).context("a desk")?;
    let papers = case.handed_in().filter(|one| one.required).map(|one| Paper {
        component: Some(one.key.clone()),
        ..if by_desk {
            world.paper(&one.name, CopyKind::Original, PaperSource::Scanned)
        } else {
            world.paper(&one.name, CopyKind::Electronic, PaperSource::Uploaded)
        }
    });
    let asked = case.handed_in().map(|one| ComponentAsked {
        key: one.key.clone(),
        name: one.name.clone(),
        required: one.required,
    });
    let fees = terms.map(|terms| terms.fees.as_slice()).unwrap_or_default();
    let fee = |fee: &motcua_domain::procedure::Fee| FeeDue {
        name: fee.name.clone(),
        amount: fee.amount,
        paid: by_desk && fee.amount.is_some(),
    };
    let helped = channel == Channel::Assisted;
    let helper = &world.people.citizens[(at + 1) % world.people.citizens.len()];
    let filing = Filing {
        procedure: procedure.code.clone(),
        procedure_version: procedure.version,
        procedure_name: procedure.name.clone(),
        field: procedure.fields.first().map(|field| field.name.clone()).unwrap_or_default(),
        case: Some(case.key.clone()),
        components: asked.collect(),
        channel,
        applicant: Applicant {
            kind: ApplicantKind::Citizen,
            name: citizen.name.clone(),
            identity: citizen.identity.clone(),
        },
        representative: helped.then(|| Representative {
            name: helper.name.clone(),
            identity: helper.identity.clone(),
            capacity: "Tổ công nghệ số cộng đồng".to_owned(),
            consent: "Đồng ý nộp thay, bản 1".to_owned(),
        }),
        owner: Some(citizen.id),
        posted_at: (channel == Channel::Post).then(|| world.app.clock.now()),
        taken_in_by: by_desk.then_some(officer.id),
        subject: procedure.name.clone(),
        answers: Vec::new(),
        sets: 1,
        competent_unit: Some(desk.clone()),
        receiving_unit: desk,
        return_way: if channel == Channel::Online { ReturnWay::Online } else { ReturnWay::Desk },
        limit: terms.and_then(|terms| terms.limit),
        supplement_policy: world.app.office().settings().supplement_policy,
        fees: fees.iter().map(fee).collect(),
        process: procedure.process(),
        papers: papers.collect(),
    };
    let as_citizen = |who: &Citizen| Actor::Citizen { id: who.id, name: who.name.clone() };
    let actor = if by_desk {
        officer.actor()
    } else if helped {
        as_citizen(helper)
    } else {
        as_citizen(citizen)
    };
    Ok((actor, filing))
}
