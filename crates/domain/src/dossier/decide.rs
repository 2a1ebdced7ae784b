//! Every change of a dossier: what an action makes of it, or why it is refused.
//!
//! `gate::gate` answers what depends on person and state alone, so that a screen can ask before anything is typed;
//! the arms below check what was typed and write the events.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::access::{Actor, Grant, Role};
use crate::calendar::Calendar;
use crate::dossier::apply::{apply, begin};
use crate::dossier::event::{Author, Event, Recorded};
use crate::dossier::{Action, Dossier, DossierCode, Filing, Refusal, time};
use crate::ids::PersonId;
use crate::office_time::day_of;
use crate::procedure::StepAgency;
use crate::settings::Settings;
use crate::unit::{UnitCode, Units};

mod clock;
mod end;
pub(super) mod gate;
mod intake;
mod process;
mod talk;
mod text;

/// What the rules may ask about the office. Answers must not change while one action is decided.
pub trait Office {
    /// The working time of a unit; that of the whole office for a unit that is not known.
    fn calendar_of(&self, unit: &UnitCode) -> &Calendar;
    /// All units with their history.
    fn units(&self) -> &Units;
    /// Whether this person has this role in this unit today.
    fn is_appointed(&self, person: PersonId, role: Role, unit: &UnitCode) -> bool;
}

/// Everything a rule may know about the world. Rules never look at a clock.
#[derive(Clone, Copy)]
pub struct Ctx<'a> {
    /// The time of the action.
    pub now: Timestamp,
    /// Who asks.
    pub actor: &'a Actor,
    /// Units, calendars, appointments.
    pub office: &'a dyn Office,
    /// The settings in force.
    pub settings: &'a Settings,
    /// The number reserved for the form, when [`Dossier::form_of`] says that the action issues one.
    pub form_number: Option<u32>,
    /// How many entries the journal of this dossier has, readings included.
    pub entries: u64,
}

/// What an action makes of a dossier. The server saves the one and appends the others, in one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The dossier with the entries applied.
    pub dossier: Dossier,
    /// New entries of its journal, in order. None when the owner reads.
    pub events: Vec<Recorded>,
}

/// Files a new dossier under a code nobody has.
pub fn file(ctx: &Ctx<'_>, code: &DossierCode, filing: Filing) -> Result<Decision, Refusal> {
    let grant = crate::access::may_file(ctx.actor, &filing)?;
    intake::check_filing(ctx, &filing)?;
    let event = Event::Filed { filing: Box::new(filing) };
    let entry = Recorded { sequence: 1, at: ctx.now, author: author(ctx, &grant), event };
    let dossier = begin(code, &entry).ok_or(Refusal::ProcessUnusable)?;
    Ok(Decision { dossier, events: vec![entry] })
}

/// What `action` makes of `dossier`, or why not.
pub fn decide(ctx: &Ctx<'_>, dossier: &Dossier, action: &Action) -> Result<Decision, Refusal> {
    // Two servers may disagree by moments; a journal never runs backwards.
    let ctx = &Ctx { now: ctx.now.max(dossier.progress.changed_at), ..*ctx };
    let grant = gate::gate(ctx, dossier, action.kind(), &action.target())?;
    let mut draft = Draft::new(ctx, dossier, &grant);
    match action {
        Action::File { .. } => return Err(Refusal::WrongStatus { status: dossier.status() }),
        Action::Accept { competent_unit, note } => intake::accept(&mut draft, competent_unit.as_ref(), note)?,
        Action::Refuse { reason, legal_base } => intake::refuse(&mut draft, reason, legal_base)?,
        Action::Dispatch { unit, note } => intake::dispatch(&mut draft, unit, note)?,
        Action::RequestSupplement { defects, reason, legal_base, answer_by } => {
            clock::request_supplement(&mut draft, &grant, defects, reason, legal_base, *answer_by)?;
        }
        Action::AnswerSupplement { papers, note } => clock::answer_supplement(&mut draft, papers, note)?,
        Action::RequestPayment { name, amount, legal_base, pay_by } => {
            clock::request_payment(&mut draft, name, *amount, legal_base, *pay_by)?;
        }
        Action::ConfirmPayment { amount, receipt } => clock::confirm_payment(&mut draft, *amount, receipt)?,
        Action::Pause { reason, legal_base, until } => clock::pause(&mut draft, reason, legal_base, *until)?,
        Action::Resume { note } => clock::resume(&mut draft, note)?,
        Action::Extend { new_due, reason } => clock::extend(&mut draft, *new_due, reason)?,
        Action::Forward { step, note } => process::forward(&mut draft, step, note)?,
        Action::TakeOver { step, note } => process::take_over(&mut draft, &grant, step, note)?,
        Action::SendBack { step, to, reason } => process::send_back(&mut draft, step, to, reason)?,
        Action::Assign { step, officer, officer_name } => {
            process::assign(&mut draft, step, *officer, officer_name)?;
        }
        Action::Propose { step, verdict, text, draft: paper } => {
            process::propose(&mut draft, step, *verdict, text, paper.as_deref())?;
        }
        Action::Approve { step, note } => process::approve(&mut draft, step, note)?,
        Action::AskOpinion { id, unit, question, answer_by } => {
            talk::ask_opinion(&mut draft, *id, unit, question, *answer_by)?;
        }
        Action::AnswerOpinion { id, agrees, text } => talk::answer_opinion(&mut draft, *id, *agrees, text)?,
        Action::AddPaper { paper } => talk::add_paper(&mut draft, paper)?,
        Action::SendMessage { id, text } => talk::send_message(&mut draft, *id, text)?,
        Action::Read { purpose } => talk::read(&mut draft, purpose)?,
        Action::Settle { step, verdict, title, paper } => {
            end::settle(&mut draft, step, *verdict, title, paper)?;
        }
        Action::Withdraw { reason } => end::withdraw(&mut draft, reason)?,
        Action::Stop { reason, legal_base, fee_settlement } => {
            end::stop(&mut draft, reason, legal_base, fee_settlement)?;
        }
        Action::Return { to, note } => end::hand_back(&mut draft, to, note)?,
    }
    draft.issue_form(dossier, action)?;
    Ok(Decision { dossier: draft.dossier, events: draft.events })
}

fn author(ctx: &Ctx<'_>, grant: &Grant) -> Author {
    Author {
        id: ctx.actor.id(),
        name: ctx.actor.name().to_owned(),
        role: grant.role,
        unit: grant.unit.clone(),
    }
}

impl Ctx<'_> {
    fn today(&self) -> Date {
        day_of(self.now)
    }

    /// Checks that a unit exists today.
    fn check_unit(&self, unit: &UnitCode) -> Result<(), Refusal> {
        match self.office.units().on(unit, self.today()) {
            Some(_) => Ok(()),
            None => Err(Refusal::UnknownUnit { unit: unit.clone() }),
        }
    }

    /// The unit whose step it is.
    fn unit_of(&self, agency: &StepAgency, desk: &UnitCode, competent: &UnitCode) -> Option<UnitCode> {
        let units = self.office.units();
        match agency {
            StepAgency::Reception => Some(desk.clone()),
            StepAgency::Competent => Some(competent.clone()),
            StepAgency::Unit(unit) => units.on(unit, self.today()).map(|unit| unit.code.clone()),
            StepAgency::Level(level) => {
                units.of_level(competent, *level, self.today()).map(|unit| unit.code.clone())
            }
        }
    }

    /// Whether a dossier for `competent` handed in at `desk` came in elsewhere than at the unit's own desk. The
    /// desk of a unit is its own, or that of a unit above it: the centre of a province takes dossiers in for
    /// its departments.
    fn is_non_territorial(&self, desk: &UnitCode, competent: &UnitCode) -> bool {
        !self.office.units().is_within(competent, desk, self.today())
    }
}

/// A decision in the making: each event is applied at once, so that the next rule sees what it made.
struct Draft<'a> {
    ctx: &'a Ctx<'a>,
    author: Author,
    dossier: Dossier,
    events: Vec<Recorded>,
}

impl<'a> Draft<'a> {
    fn new(ctx: &'a Ctx<'a>, dossier: &Dossier, grant: &Grant) -> Self {
        Self { ctx, author: author(ctx, grant), dossier: dossier.clone(), events: Vec::new() }
    }

    /// Writes an event down, unless it makes a transition that the national list does not know.
    fn record(&mut self, event: Event) -> Result<(), Refusal> {
        let entry = self.entry(event);
        let from = self.dossier.status();
        apply(&mut self.dossier, &entry);
        let to = self.dossier.status();
        if from != to && !from.may_become(to) {
            return Err(Refusal::ForbiddenTransition { from, to });
        }
        self.events.push(entry);
        Ok(())
    }

    /// The due instant that the dossier would have if this happened: what the event then says to the applicant.
    fn due_if(&self, event: Event) -> Option<Timestamp> {
        let mut dossier = self.dossier.clone();
        apply(&mut dossier, &self.entry(event));
        let calendar = self.ctx.office.calendar_of(dossier.responsible_unit());
        time::due(&dossier, calendar, self.ctx.now)
    }

    /// The due instant now.
    fn due(&self) -> Option<Timestamp> {
        time::due(&self.dossier, self.calendar(), self.ctx.now)
    }

    /// The working time of the responsible unit.
    fn calendar(&self) -> &'a Calendar {
        self.ctx.office.calendar_of(self.dossier.responsible_unit())
    }

    fn entry(&self, event: Event) -> Recorded {
        let written = u64::try_from(self.events.len()).unwrap_or(u64::MAX);
        let sequence = self.ctx.entries.saturating_add(written).saturating_add(1);
        Recorded { sequence, at: self.ctx.now, author: self.author.clone(), event }
    }

    /// Numbers the form that the action issues. `before` is the dossier before the action.
    fn issue_form(&mut self, before: &Dossier, action: &Action) -> Result<(), Refusal> {
        let Some(form) = before.form_of(action) else {
            return Ok(());
        };
        let number = self.ctx.form_number.ok_or(Refusal::FormNumberMissing)?;
        self.record(Event::FormIssued { kind: form.kind, number, unit: form.unit })
    }
}

#[cfg(test)]
mod tests;
