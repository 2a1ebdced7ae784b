//! What an event makes of the steps, the hand-over receipts and the holdings.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::dossier::event::{Opened, Recorded};
use crate::dossier::{Dossier, HandOver, Holding, Status, Task, TaskState};
use crate::ids::PersonId;
use crate::procedure::{StepKey, StepKind};
use crate::unit::UnitCode;

/// Lays the steps of the process out: the first is in the hands of the receiving unit, the others wait.
pub(super) fn lay_out(dossier: &mut Dossier, at: Timestamp) {
    let first = dossier.filing.process.first().map(|step| step.key.clone());
    for step in &dossier.filing.process.steps {
        let task = Task { step: step.key.clone(), unit: None, state: TaskState::Waiting };
        dossier.progress.tasks.push(task);
    }
    if let Some(step) = first {
        let unit = dossier.filing.receiving_unit.clone();
        open(dossier, &Opened { step, unit, offered: false }, at);
    }
}

/// Ends one step and begins those that it opened.
pub(super) fn finish(dossier: &mut Dossier, entry: &Recorded, step: &StepKey, opened: &[Opened], note: &str) {
    let Some(task) = dossier.progress.tasks.iter_mut().find(|task| task.step == *step) else {
        return;
    };
    let TaskState::Active { since, .. } = task.state else {
        return;
    };
    let (by, by_name) = (entry.author.id, entry.author.name.clone());
    task.state = TaskState::Done { since, at: entry.at, by, by_name };
    let giver = task.unit.clone();
    release(dossier, entry, step);
    let is_receive = dossier.step(step).is_some_and(|step| step.kind == StepKind::Receive);
    if is_receive {
        dossier.progress.forwarded_at.get_or_insert(entry.at);
    }
    for next in opened {
        hand_over(dossier, entry, giver.as_ref(), next, note);
    }
}

/// Ends the last step of all.
pub(super) fn finish_return(dossier: &mut Dossier, entry: &Recorded) {
    if let Some(step) = dossier.step_of_kind(StepKind::Return).map(|step| step.key.clone()) {
        finish(dossier, entry, &step, &[], "");
    }
}

/// Signs for a step that was handed over.
pub(super) fn take_over(
    dossier: &mut Dossier,
    entry: &Recorded,
    step: &StepKey,
    in_charge: bool,
    note: &str,
) {
    let at = entry.at;
    let progress = &mut dossier.progress;
    let Some(task) = progress.tasks.iter_mut().find(|task| task.step == *step && task.is_offered()) else {
        return;
    };
    let (officer, officer_name) =
        if in_charge { (entry.author.id, Some(entry.author.name.clone())) } else { (None, None) };
    task.state = TaskState::Active { since: at, officer, officer_name };
    let unit = task.unit.clone();
    if let Some(receipt) = progress.hand_overs.iter_mut().rfind(|receipt| receipt.is_open_for(step)) {
        receipt.taken_at = Some(at);
        receipt.to_name = Some(entry.author.name.clone());
        if !note.is_empty() {
            note.clone_into(&mut receipt.taker_note);
        }
    }
    if let Some(holding) = progress.holdings.iter_mut().rfind(|holding| holding.is_open_for(step)) {
        holding.signed_at = Some(at);
    }
    if progress.competent_unit.is_some() && progress.competent_unit == unit {
        progress.competent_received_at.get_or_insert(at);
    }
    if progress.status == Status::Accepted {
        progress.status = Status::InProcess;
    }
}

/// Opens an earlier step again. Whatever came after it has to be done anew.
pub(super) fn send_back(dossier: &mut Dossier, entry: &Recorded, step: &StepKey, to: &Opened, reason: &str) {
    let giver = dossier.task(step).and_then(|task| task.unit.clone());
    let undone: BTreeSet<StepKey> = {
        let process = &dossier.filing.process;
        let comes_after = |key: &StepKey| *key == to.step || process.before(key).contains(&to.step);
        process.steps.iter().map(|step| &step.key).filter(|key| comes_after(key)).cloned().collect()
    };
    for key in &undone {
        release(dossier, entry, key);
    }
    for task in dossier.progress.tasks.iter_mut().filter(|task| undone.contains(&task.step)) {
        task.state = TaskState::Waiting;
    }
    dossier.progress.proposals.retain(|proposal| !undone.contains(&proposal.step));
    for proposal in &mut dossier.progress.proposals {
        proposal.approved_by = None;
    }
    hand_over(dossier, entry, giver.as_ref(), to, reason);
}

/// Puts an officer in charge.
pub(super) fn assign(dossier: &mut Dossier, step: &StepKey, person: PersonId, name: &str) {
    let task = dossier.progress.tasks.iter_mut().find(|task| task.step == *step);
    if let Some(TaskState::Active { officer, officer_name, .. }) = task.map(|task| &mut task.state) {
        *officer = Some(person);
        *officer_name = Some(name.to_owned());
    }
}

/// The dossier ended: nobody holds it any more.
pub(super) fn drop_all(dossier: &mut Dossier, entry: &Recorded) {
    let steps: Vec<StepKey> = dossier.progress.tasks.iter().map(|task| task.step.clone()).collect();
    for step in &steps {
        release(dossier, entry, step);
    }
    for task in dossier.progress.tasks.iter_mut().filter(|task| !task.is_done()) {
        task.state = TaskState::Dropped;
    }
}

/// Gives a step to a unit, with a receipt when it has to be signed for.
fn hand_over(dossier: &mut Dossier, entry: &Recorded, giver: Option<&UnitCode>, next: &Opened, note: &str) {
    open(dossier, next, entry.at);
    if next.offered {
        dossier.progress.hand_overs.push(HandOver {
            step: next.step.clone(),
            from_unit: giver.unwrap_or(&next.unit).clone(),
            from_name: entry.author.name.clone(),
            given_at: entry.at,
            to_unit: next.unit.clone(),
            to_name: None,
            taken_at: None,
            taken_back_at: None,
            note: note.to_owned(),
            taker_note: String::new(),
        });
    }
}

fn open(dossier: &mut Dossier, next: &Opened, at: Timestamp) {
    let Some(task) = dossier.progress.tasks.iter_mut().find(|task| task.step == next.step) else {
        return;
    };
    task.unit = Some(next.unit.clone());
    task.state = if next.offered {
        TaskState::Offered { at }
    } else {
        TaskState::Active { since: at, officer: None, officer_name: None }
    };
    dossier.progress.holdings.push(Holding {
        step: next.step.clone(),
        unit: next.unit.clone(),
        from: at,
        signed_at: (!next.offered).then_some(at),
        to: None,
        ended_by: None,
    });
}

/// Ends the holding of a step, and takes back a hand-over that nobody signed for.
fn release(dossier: &mut Dossier, entry: &Recorded, step: &StepKey) {
    let progress = &mut dossier.progress;
    for receipt in progress.hand_overs.iter_mut().filter(|receipt| receipt.is_open_for(step)) {
        receipt.taken_back_at = Some(entry.at);
    }
    for holding in progress.holdings.iter_mut().filter(|holding| holding.is_open_for(step)) {
        holding.to = Some(entry.at);
        holding.ended_by = Some(entry.author.name.clone());
    }
}
