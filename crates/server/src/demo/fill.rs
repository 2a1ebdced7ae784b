//! Fills an empty installation with the demonstration: everything happens in the order of time, on a simulated clock,
//! through the steps that people take.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use jiff::{SignedDuration, Timestamp};
use motcua_domain::access::{Actor, Role};
use motcua_domain::calendar::Calendar;
use motcua_domain::dossier::{Action, Channel, Dossier, Office as _, Status};
use motcua_domain::office_time::{day_of, from_office};
use motcua_domain::procedure::ProcedureVersion;
use motcua_domain::unit::UnitCode;

use crate::account::store::{Installation, save_installation};
use crate::app::App;
use crate::clock::stored;
use crate::demo::filing::{channel, filing};
use crate::demo::lives::{Next, World};
use crate::demo::papers::Files;
use crate::demo::people::{self, People};
use crate::demo::plan::{Fate, Life, lives, working_days, working_days_ago};
use crate::demo::{drafts, pace};
use crate::dossier::steps::{self, StepError};
use crate::dossier::{lapse, proof};
use crate::import::read::Source;
use crate::web::locale::Locale;

const UNITS: &[u8] = include_bytes!("../../seed/demo/units.json");
/// The procedures of the demonstration.
pub const PROCEDURES: &[u8] = include_bytes!("../../seed/demo/procedures.json");
/// How far back everything begins, in days.
const DAYS: i64 = 62;
/// The office on every page.
const OFFICE: &str = "Tỉnh Hương Sen (minh họa)";
/// Dossiers that the auditor has looked at.
const AUDITED: usize = 6;

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

/// Fills an empty installation whose clock stands at the end of the demonstration with the first `dossiers` of the
/// plan.
pub async fn fill(app: &App, dossiers: usize) -> anyhow::Result<Filled> {
    fill_and_tell(app, dossiers, |_, _| {}).await
}

/// As [`fill`]; `tell` hears how many dossiers have been filed, of how many.
pub async fn fill_and_tell(
    app: &App,
    dossiers: usize,
    tell: impl Fn(usize, usize),
) -> anyhow::Result<Filled> {
    let now = app.clock.now();
    let begin = now - SignedDuration::from_hours(24 * DAYS);
    app.clock.set(begin);
    let today = day_of(begin);
    let units = crate::unit::import::read(Source::from_bytes("units.json", UNITS.to_vec())?)?;
    crate::unit::import::take(&app.store, &units, today)?;
    let procedures = Source::from_bytes("procedures.json", PROCEDURES.to_vec())?;
    crate::procedure::import::import(&app.store, procedures, today, &stored(begin))?;
    let people = people::create(app)?;
    app.reload_office().await?;
    let versions = app.store.read_sync(|tx| crate::procedure::store::all_versions(tx, true))?;
    anyhow::ensure!(!versions.is_empty(), "the demonstration has procedures");
    let files = Files::make(app, &versions, begin).await?;
    let world = World { app, people: &people, versions: &versions, files: &files };
    let plan = lives(dossiers);
    let refused = Living::new(&world, &plan, now)?.live(&tell).await?;
    app.clock.set(now);
    lapse::lapse(app).await?;
    drafts::begin(app, &people, &versions)?;
    proof::seal_until(app, now).await?;
    // Last of all: a filling that was cut off must not look like a demonstration.
    let installation = Installation { office: OFFICE.to_owned(), demo: true };
    app.store.write_sync(move |tx| save_installation(tx, &installation))?;
    app.reload_office().await?;
    Ok(Filled { people, dossiers: plan.len(), refused })
}

/// What is under way.
struct Living<'a> {
    world: &'a World<'a>,
    plan: &'a [Life],
    now: Timestamp,
    dossiers: Vec<Option<Dossier>>,
    due: BinaryHeap<Reverse<(Timestamp, usize)>>,
}

impl<'a> Living<'a> {
    fn new(world: &'a World<'a>, plan: &'a [Life], now: Timestamp) -> anyhow::Result<Self> {
        let mut due = BinaryHeap::new();
        for (at, life) in plan.iter().enumerate() {
            due.push(Reverse((filed_at(world, *life, now)?, at)));
        }
        Ok(Self { world, plan, now, dossiers: vec![None; plan.len()], due })
    }

    /// Lets everything happen until now. Returns what the rules refused.
    async fn live(mut self, tell: &impl Fn(usize, usize)) -> anyhow::Result<Vec<String>> {
        let clock = &self.world.app.clock;
        let (mut filed, mut refused) = (0, Vec::new());
        while let Some(Reverse((instant, at))) = self.due.pop() {
            if self.now < instant {
                continue;
            }
            if clock.now() < instant {
                clock.set(instant);
            }
            let is_new = self.dossiers[at].is_none();
            match self.step(at).await {
                Ok(Some(dossier)) => {
                    let next = pace::next_at(self.world.app, &dossier, self.plan[at]);
                    self.due.push(Reverse((next, at)));
                    self.dossiers[at] = Some(dossier);
                    filed += usize::from(is_new);
                    if is_new {
                        tell(filed, self.plan.len());
                    }
                }
                Ok(None) => {}
                Err(Unlived::Refused(why)) => refused.push(format!("{:?}: {why}", self.plan[at])),
                Err(Unlived::Broken(error)) => return Err(error),
            }
        }
        self.audit().await?;
        Ok(refused)
    }

    /// The next thing that happens to a dossier; `None` when it stands still.
    async fn step(&self, at: usize) -> Result<Option<Dossier>, Unlived> {
        let (app, life) = (self.world.app, self.plan[at]);
        let Some(dossier) = &self.dossiers[at] else {
            let (actor, filing) = filing(self.world, life)?;
            let filed = steps::file(app, &actor, filing, &format!("demo-{at}")).await?;
            return Ok(Some(filed.dossier));
        };
        if life.fate == Fate::Lapsed && dossier.status() == Status::AwaitingSupplement {
            lapse::lapse(app).await?;
            return Ok(None);
        }
        let Some(Next { actor, action }) = self.world.next(dossier, life) else { return Ok(None) };
        if reads_first(&actor, &action) && app.random.below(3) < 2 {
            steps::view(app, &actor, &dossier.code, Locale::Vi.t("desk.purpose")).await?;
        }
        Ok(Some(steps::take(app, &actor, &dossier.code, None, action).await?.dossier))
    }

    /// The auditor looks at some that are late.
    async fn audit(&self) -> anyhow::Result<()> {
        let unit: UnitCode = "H99".parse()?;
        let Some(auditor) = self.world.people.officer(&unit, Role::Auditor, 0) else { return Ok(()) };
        let late = self.plan.iter().zip(&self.dossiers).filter(|(life, _)| life.fate == Fate::Overdue);
        for dossier in late.filter_map(|(_, dossier)| dossier.as_ref()).take(AUDITED) {
            let purpose = "Kiểm tra hồ sơ quá hạn".to_owned();
            let read = Action::Read { purpose };
            steps::take(self.world.app, &auditor.actor(), &dossier.code, None, read).await?;
        }
        Ok(())
    }
}

/// Why nothing happened.
enum Unlived {
    /// The rules say no.
    Refused(String),
    /// Something else is wrong.
    Broken(anyhow::Error),
}

impl From<StepError> for Unlived {
    fn from(error: StepError) -> Self {
        match error {
            StepError::Refused(refusal) => Self::Refused(refusal.to_string()),
            StepError::NotFound => Self::Refused("not found".to_owned()),
            other @ (StepError::Stale(_) | StepError::Code(_) | StepError::Journal(_) | StepError::Db(_)) => {
                Self::Broken(other.into())
            }
        }
    }
}

impl From<anyhow::Error> for Unlived {
    fn from(error: anyhow::Error) -> Self {
        Self::Broken(error)
    }
}

/// Officers open a dossier before they work on it; signing for a pile and writing a line do not need it.
fn reads_first(actor: &Actor, action: &Action) -> bool {
    matches!(actor, Actor::Officer { .. })
        && matches!(
            action,
            Action::Accept { .. }
                | Action::Refuse { .. }
                | Action::RequestSupplement { .. }
                | Action::Propose { .. }
                | Action::Approve { .. }
                | Action::Settle { .. }
                | Action::Extend { .. }
        )
}

/// When it is filed: so long ago that it stands today where its fate wants it.
fn filed_at(world: &World<'_>, life: Life, now: Timestamp) -> anyhow::Result<Timestamp> {
    let version = world.version(life.procedure)?;
    let desk: UnitCode = "H99.101".parse()?;
    let office = world.app.office();
    let calendar = office.calendar_of(&desk);
    let case = &version.cases[life.case(version.cases.len())].key;
    let terms = version.terms(motcua_domain::procedure::Channel::Direct, Some(case));
    let limit = working_days(terms.first().and_then(|terms| terms.limit));
    let age = life.fate.age(limit, life.turn, &world.app.random);
    let at = working_days_ago(calendar, now, age);
    Ok(if age < 5.0 { at } else { at_some_hour(world, calendar, version, life, at) })
}

/// Any hour of the day will do for what was filed weeks ago: at the counter while it is open, online in the evening
/// as well.
fn at_some_hour(
    world: &World<'_>,
    calendar: &Calendar,
    version: &ProcedureVersion,
    life: Life,
    at: Timestamp,
) -> Timestamp {
    let random = &world.app.random;
    let day = from_office(day_of(at).at(0, 0, 0, 0));
    if life.at % 9 == 4 && channel(version, life) == Channel::Online {
        let minutes = 19 * 60 + i64::try_from(random.below(180)).unwrap_or(0);
        return day + SignedDuration::from_mins(minutes);
    }
    let seconds = u32::try_from(random.below(7 * 3_600)).unwrap_or(0);
    calendar.add_working_seconds(calendar.normalise(day), seconds)
}
