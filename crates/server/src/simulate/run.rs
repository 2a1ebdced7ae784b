//! Lets everything happen, in the order of time: the rules decide each act, and what is over goes to be written.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::mpsc::SyncSender;

use anyhow::Context as _;
use jiff::Timestamp;
use jiff::civil::Date;
use motcua_domain::dossier::decide::{decide, file};
use motcua_domain::dossier::{Action, Ctx, Decision, Dossier, DossierCode, Recorded};
use motcua_domain::office_time::day_of;
use motcua_domain::unit::UnitCode;

use crate::dossier::steps;
use crate::simulate::course::{Course, unit_interval};
use crate::simulate::life::{Next, World, reads_first};
use crate::simulate::record::Lived;
use crate::web::locale::Locale;

/// Lives handed on together.
pub const LIVES_TOGETHER: usize = 200;

/// The numbers that were given out, as storage counts them.
#[derive(Clone, Debug, Default)]
pub struct Numbers {
    /// Codes: by agency and day.
    pub codes: HashMap<(UnitCode, Date), u32>,
    /// Forms: by unit, year and kind.
    pub forms: HashMap<(UnitCode, i16, &'static str), u32>,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The numbers that were given out.
    pub numbers: Numbers,
    /// Entries of journals.
    pub entries: u64,
    /// Acts that the rules refused: what the plan of lives got wrong.
    pub refused: Vec<String>,
}

/// Refusals that are kept to be shown.
const REFUSED_MAX: usize = 20;

/// A dossier under way, with its whole journal.
struct Life {
    dossier: Dossier,
    recorded: Vec<Recorded>,
}

/// What is under way.
pub struct Run<'a> {
    world: &'a World<'a>,
    courses: &'a [Course],
    share_read: f64,
    template: String,
    lives: HashMap<u32, Life>,
    due: BinaryHeap<Reverse<(Timestamp, u32)>>,
    over: Vec<Lived>,
    to: SyncSender<Vec<Lived>>,
    outcome: Outcome,
}

impl<'a> Run<'a> {
    /// Nothing has happened yet. What is over is sent `to` whoever writes it.
    pub fn new(
        world: &'a World<'a>,
        courses: &'a [Course],
        share_read: f64,
        to: SyncSender<Vec<Lived>>,
    ) -> Self {
        let template = world.office.settings().code_template.clone();
        let (lives, due, over) = (HashMap::new(), BinaryHeap::new(), Vec::new());
        Self { world, courses, share_read, template, lives, due, over, to, outcome: Outcome::default() }
    }

    /// Lets everything happen until `end`. `tell` hears how many dossiers have been filed.
    pub fn live(mut self, end: Timestamp, tell: impl Fn(u64)) -> anyhow::Result<Outcome> {
        for course in self.courses {
            self.act_until(course.filed_at)?;
            if end < course.filed_at {
                break;
            }
            self.file(course)?;
            tell(u64::from(course.number) + 1);
        }
        self.act_until(end)?;
        let mut left: Vec<u32> = self.lives.keys().copied().collect();
        left.sort_unstable();
        for number in left {
            self.end(number)?;
        }
        self.hand_on(0)?;
        Ok(self.outcome)
    }

    /// Everything that happens before an instant.
    fn act_until(&mut self, until: Timestamp) -> anyhow::Result<()> {
        while let Some(Reverse((at, number))) = self.due.peek().copied() {
            if until <= at {
                break;
            }
            self.due.pop();
            self.act(number, at)?;
        }
        Ok(())
    }

    fn file(&mut self, course: &Course) -> anyhow::Result<()> {
        let now = course.filed_at;
        let (actor, filing) = self.world.filing(course).context("nobody can file this dossier")?;
        let (desk, day) = (filing.receiving_unit.clone(), day_of(now));
        let last = self.outcome.numbers.codes.entry((desk.clone(), day)).or_default();
        let code = DossierCode::from_template(&self.template, desk.as_str(), day, *last + 1)?;
        let ctx = steps::ctx(actor, &self.world.office, now, None, None, 0);
        match file(&ctx, &code, filing) {
            Ok(Decision { dossier, events }) => {
                *last += 1;
                let next = self.world.next_at(&dossier, course, now);
                self.lives.insert(course.number, Life { dossier, recorded: events });
                self.due.push(Reverse((next, course.number)));
            }
            Err(refusal) => self.refused(course, &refusal.to_string()),
        }
        Ok(())
    }

    fn act(&mut self, number: u32, now: Timestamp) -> anyhow::Result<()> {
        let world = self.world;
        let course = &self.courses[usize::try_from(number)?];
        let Some(life) = self.lives.get_mut(&number) else { return Ok(()) };
        let Some(Next { actor, action }) = world.next(&life.dossier, course, now) else {
            return self.end(number);
        };
        if reads_first(&action) && unit_interval(world.random) < self.share_read {
            let read = Action::Read { purpose: Locale::Vi.t("desk.purpose").to_owned() };
            let ctx = ctx(world, actor, life, now, None);
            if let Ok(Decision { dossier, events }) = decide(&ctx, &life.dossier, &read) {
                life.dossier = dossier;
                life.recorded.extend(events);
            }
        }
        let numbers = &mut self.outcome.numbers.forms;
        let form = life.dossier.form_of(&action).map(|form| {
            let key = (form.unit, day_of(now).year(), form.kind.name());
            let last = numbers.get(&key).copied().unwrap_or_default();
            (key, last + 1)
        });
        let given = form.as_ref().map(|(_, number)| *number);
        match decide(&ctx(world, actor, life, now, given), &life.dossier, &action) {
            Ok(Decision { dossier, events }) => {
                life.dossier = dossier;
                life.recorded.extend(events);
                numbers.extend(form);
            }
            Err(refusal) => {
                let why = format!("{:?} of {}: {refusal}", action.kind(), life.dossier.code);
                self.refused(course, &why);
                return self.end(number);
            }
        }
        let next = world.next_at(&life.dossier, course, now);
        self.due.push(Reverse((next, number)));
        if life.dossier.status().is_closed() { self.end(number) } else { Ok(()) }
    }

    fn refused(&mut self, course: &Course, why: &str) {
        if self.outcome.refused.len() < REFUSED_MAX {
            self.outcome.refused.push(format!("{why} ({:?})", course.besides));
        }
    }

    /// Nothing happens to it any more.
    fn end(&mut self, number: u32) -> anyhow::Result<()> {
        if let Some(Life { dossier, recorded }) = self.lives.remove(&number) {
            self.outcome.entries += u64::try_from(recorded.len())?;
            self.over.push(Lived { number, dossier, recorded });
        }
        self.hand_on(LIVES_TOGETHER)
    }

    fn hand_on(&mut self, from: usize) -> anyhow::Result<()> {
        if from < self.over.len() {
            let over = std::mem::take(&mut self.over);
            self.to.send(over).ok().context("what is over cannot be written any more")?;
        }
        Ok(())
    }
}

fn ctx<'c>(
    world: &'c World<'_>,
    actor: &'c motcua_domain::access::Actor,
    life: &Life,
    now: Timestamp,
    number: Option<u32>,
) -> Ctx<'c> {
    let entries = u64::try_from(life.recorded.len()).unwrap_or(u64::MAX);
    steps::ctx(actor, &world.office, now, Some(&life.dossier), number, entries)
}
