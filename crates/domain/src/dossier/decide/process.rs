//! Along the electronic process: hand on, sign for, send back, assign, propose, approve.

use crate::access::Grant;
use crate::dossier::decide::{Draft, intake, text};
use crate::dossier::event::{Event, Opened};
use crate::dossier::refusal::Blank;
use crate::dossier::{Paper, Refusal, Task, Verdict};
use crate::ids::PersonId;
use crate::procedure::{ProcessStep, StepKey, StepKind};
use crate::unit::UnitCode;

/// Finishes a step and hands on. What another agency says in a step of its own is its note.
pub(super) fn forward(draft: &mut Draft<'_>, step: &StepKey, note: &str) -> Result<(), Refusal> {
    let is_opinion = draft.dossier.step(step).is_some_and(|step| step.kind == StepKind::Opinion);
    let note = if is_opinion { text::text(note, Blank::Opinion)? } else { text::note(note)? };
    let opened = opened_by(draft, step)?;
    draft.record(Event::Forwarded { step: step.clone(), opened, note })
}

/// Signs for a step. When the competent unit does, the clock of a dossier handed in elsewhere starts.
pub(super) fn take_over(
    draft: &mut Draft<'_>,
    grant: &Grant,
    step: &StepKey,
    note: &str,
) -> Result<(), Refusal> {
    let note = text::note(note)?;
    let in_charge = draft.dossier.step(step).is_some_and(|step| {
        matches!(step.kind, StepKind::Examine | StepKind::Opinion) && grant.role == Some(step.role)
    });
    let starts_clock =
        draft.dossier.progress.non_territorial && draft.dossier.progress.competent_received_at.is_none();
    let taken = |due| Event::TakenOver { step: step.clone(), in_charge, due, note: note.clone() };
    let due = if starts_clock { draft.due_if(taken(None)) } else { None };
    draft.record(taken(due))
}

/// Sends a step back to an earlier one that was done.
pub(super) fn send_back(
    draft: &mut Draft<'_>,
    step: &StepKey,
    to: &StepKey,
    reason: &str,
) -> Result<(), Refusal> {
    let reason = text::text(reason, Blank::Reason)?;
    let dossier = &draft.dossier;
    let is_before = dossier.filing.process.before(step).contains(to);
    let done = dossier.task(to).filter(|task| is_before && task.is_done());
    let unit = done.and_then(|task| task.unit.clone());
    let Some((unit, target)) = unit.zip(dossier.step(to)) else {
        return Err(Refusal::NotAnEarlierStep { step: to.clone() });
    };
    let offered = must_be_signed_for(draft, step, target, &unit);
    let to = Opened { step: to.clone(), unit, offered };
    draft.record(Event::SentBack { step: step.clone(), to, reason })
}

/// Puts an officer of the unit in charge. On a step of kind assign this ends the step, and the officer is in charge
/// of what follows in the same unit.
pub(super) fn assign(
    draft: &mut Draft<'_>,
    step: &StepKey,
    officer: PersonId,
    officer_name: &str,
) -> Result<(), Refusal> {
    let is_assign = draft.dossier.step(step).is_some_and(|step| step.kind == StepKind::Assign);
    if !is_assign {
        return put_in_charge(draft, step, officer, officer_name);
    }
    let opened = opened_by(draft, step)?;
    let examines = |next: &&Opened| {
        let kind = draft.dossier.step(&next.step).map(|step| step.kind);
        !next.offered && matches!(kind, Some(StepKind::Examine | StepKind::Opinion))
    };
    let followers: Vec<StepKey> = opened.iter().filter(examines).map(|next| next.step.clone()).collect();
    if followers.is_empty() {
        return Err(Refusal::NobodyToAssign { step: step.clone() });
    }
    draft.record(Event::Forwarded { step: step.clone(), opened, note: String::new() })?;
    for follower in &followers {
        put_in_charge(draft, follower, officer, officer_name)?;
    }
    Ok(())
}

/// Proposes a result to those who approve.
pub(super) fn propose(
    draft: &mut Draft<'_>,
    step: &StepKey,
    verdict: Verdict,
    text: &str,
    paper: Option<&Paper>,
) -> Result<(), Refusal> {
    let text = text::text(text, Blank::Proposal)?;
    if let Some(paper) = paper {
        let present: Vec<&Paper> = draft.dossier.papers().collect();
        intake::check_papers(std::slice::from_ref(paper), &present, &draft.dossier.filing)?;
    }
    let opened = opened_by(draft, step)?;
    let paper = paper.cloned().map(Box::new);
    draft.record(Event::Proposed { step: step.clone(), verdict, text, draft: paper, opened })
}

/// Agrees with what is proposed.
pub(super) fn approve(draft: &mut Draft<'_>, step: &StepKey, note: &str) -> Result<(), Refusal> {
    let note = text::note(note)?;
    let opened = opened_by(draft, step)?;
    draft.record(Event::Approved { step: step.clone(), note, opened })
}

/// The steps that begin when this one is done: one after another, side by side, or none while a later one waits for
/// others as well.
pub(super) fn opened_by(draft: &Draft<'_>, step: &StepKey) -> Result<Vec<Opened>, Refusal> {
    let dossier = &draft.dossier;
    let is_done = |key: &StepKey| dossier.task(key).is_some_and(Task::is_done);
    let ready = dossier.filing.process.ready_after(step, is_done);
    ready.map(|next| open(draft, step, next)).collect()
}

fn open(draft: &Draft<'_>, from: &StepKey, next: &ProcessStep) -> Result<Opened, Refusal> {
    let dossier = &draft.dossier;
    let competent = dossier.progress.competent_unit.as_ref().ok_or(Refusal::CompetentUnitUnknown)?;
    let desk = &dossier.filing.receiving_unit;
    let unit = draft
        .ctx
        .unit_of(&next.agency, desk, competent)
        .ok_or_else(|| Refusal::NoUnitForStep { step: next.key.clone() })?;
    let offered = must_be_signed_for(draft, from, next, &unit);
    Ok(Opened { step: next.key.clone(), unit, offered })
}

/// Whether a hand-over needs a receipt: between two units, and inside one unit between its one-stop and its
/// professional side.
fn must_be_signed_for(draft: &Draft<'_>, from: &StepKey, next: &ProcessStep, unit: &UnitCode) -> bool {
    let giver = draft.dossier.task(from).and_then(|task| task.unit.as_ref());
    let is_desk = |kind: StepKind| matches!(kind, StepKind::Receive | StepKind::Return);
    let from_desk = draft.dossier.step(from).is_some_and(|step| is_desk(step.kind));
    giver != Some(unit) || from_desk != is_desk(next.kind)
}

fn put_in_charge(
    draft: &mut Draft<'_>,
    step: &StepKey,
    officer: PersonId,
    officer_name: &str,
) -> Result<(), Refusal> {
    let unit = draft.dossier.task(step).and_then(|task| task.unit.clone());
    let role = draft.dossier.step(step).map(|step| step.role);
    let Some((unit, role)) = unit.zip(role) else {
        return Err(Refusal::StepNotActive { step: step.clone() });
    };
    if !draft.ctx.office.is_appointed(officer, role, &unit) {
        return Err(Refusal::OfficerNotInUnit { unit });
    }
    let officer_name = officer_name.trim().to_owned();
    draft.record(Event::Assigned { step: step.clone(), officer, officer_name })
}
