//! What is true of every dossier at every moment of its life.

use std::collections::BTreeSet;

use super::*;
use crate::access::{Scope, list_scope, may_see};
use crate::calendar::PauseKind;
use crate::dossier::apply::replay;
use crate::dossier::custody::custody;
use crate::dossier::event::{Event, Recorded};
use crate::dossier::{Progress, time};

/// Checks a dossier that was `before` and has become what `life` holds.
pub(super) fn check_step(before: &Dossier, life: &Life<'_>) {
    let (from, to) = (before.status(), life.dossier.status());
    assert!(from == to || from.may_become(to), "{from:?} became {to:?}");
    if from.is_closed() {
        assert_eq!(*before, life.dossier, "a closed dossier changed");
    }
    check_state(life);
    check_waiting(life);
    check_due(life);
    check_limits(life);
}

/// Checks what is too dear to check after each step.
pub(super) fn check_whole(life: &Life<'_>) {
    let dossier = &life.dossier;
    let read_back = |entry: &Recorded| -> Recorded {
        serde_json::from_str(&serde_json::to_string(entry).unwrap()).unwrap()
    };
    let journal: Vec<Recorded> = life.journal.iter().map(read_back).collect();
    assert_eq!(journal, life.journal);
    assert_eq!(replay(&dossier.code, &journal), Ok(dossier.clone()));
    let progress: Progress =
        serde_json::from_str(&serde_json::to_string(&dossier.progress).unwrap()).unwrap();
    assert_eq!(progress, dossier.progress);
    // Readings do not move the dossier's own time, so a reader's clock may lag behind.
    let changes = || life.journal.iter().filter(|entry| !matches!(entry.event, Event::Read { .. }));
    assert!(changes().is_sorted_by_key(|entry| entry.at));
    assert_eq!(life.dossier.progress.version, changes().count() as u64);
    assert!(life.journal.iter().map(|entry| entry.sequence).eq(1..=life.journal.len() as u64));
    assert!(life.journal.iter().all(|entry| Event::NAMES.contains(&entry.event.name())));
    check_scopes(dossier);
    if is_linear(dossier) {
        check_custody(life);
    }
}

fn check_state(life: &Life<'_>) {
    let progress = &life.dossier.progress;
    let is_held = life.dossier.active_tasks().chain(life.dossier.offered_tasks()).next().is_some();
    let has_holding = progress.holdings.iter().any(|holding| holding.to.is_none());
    assert_eq!(is_held, !progress.status.is_closed(), "{:?}", progress.tasks);
    assert_eq!(has_holding, !progress.status.is_closed(), "{:?}", progress.holdings);
    let is_over = progress.status.is_closed() || progress.status == Status::Settled;
    assert_eq!(progress.ended_at.is_some(), is_over);
    assert_eq!(progress.outcome.is_some(), matches!(progress.status, Status::Settled | Status::Returned));
    for task in &progress.tasks {
        let held = progress.holdings.iter().filter(|holding| holding.is_open_for(&task.step)).count();
        assert_eq!(held, usize::from(task.is_active() || task.is_offered()), "{task:?}");
    }
    let unsigned: BTreeSet<_> = life.dossier.offered_tasks().map(|task| &task.step).collect();
    let open = progress.hand_overs.iter().filter(|receipt| receipt.is_open_for(&receipt.step));
    assert_eq!(open.map(|receipt| &receipt.step).collect::<BTreeSet<_>>(), unsigned);
}

fn check_waiting(life: &Life<'_>) {
    let (dossier, status) = (&life.dossier, life.dossier.status());
    let open = |kind: PauseKind| {
        let pauses = dossier.progress.pauses.iter();
        pauses.filter(|pause| pause.kind == kind && pause.ended_at.is_none()).count()
    };
    let waits_for_papers = status == Status::AwaitingSupplement;
    let waits_for_money = status == Status::AwaitingPayment;
    assert_eq!(open(PauseKind::Supplement), usize::from(waits_for_papers));
    assert_eq!(open(PauseKind::Finance), usize::from(waits_for_money));
    assert!(open(PauseKind::Other) <= usize::from(status == Status::InProcess));
    if !status.is_closed() {
        assert_eq!(dossier.open_supplement().is_some(), waits_for_papers);
        assert_eq!(dossier.open_payment().is_some(), waits_for_money);
    }
    let pauses = &dossier.progress.pauses;
    assert!(pauses.iter().all(|pause| pause.ended_at.is_none_or(|end| pause.from <= end)));
    assert!(pauses.iter().all(|pause| !pause.legal_base.is_empty() && !pause.reason.is_empty()));
    assert!(pauses.iter().all(|pause| pause.approver.is_some()));
}

/// The due instant that the applicant was told is the one computed from the journal.
fn check_due(life: &Life<'_>) {
    let stands = life.dossier.progress.pauses.iter().any(|pause| pause.ended_at.is_none());
    // Who takes a waiting dossier back, or stops it, is told no new date.
    let ended_without_result = matches!(life.dossier.status(), Status::Withdrawn | Status::Stopped);
    if stands || ended_without_result {
        return;
    }
    assert_eq!(life.dossier.progress.due, life.due(), "{:#?}", life.dossier.progress);
    if time::started_at(&life.dossier).is_none() {
        assert_eq!(life.due(), None);
    }
}

fn check_limits(life: &Life<'_>) {
    let settings = &life.world.settings;
    let progress = &life.dossier.progress;
    let more = u32::from(settings.second_supplement_with_approval);
    let supplements = u32::try_from(progress.supplements.len()).unwrap();
    assert!(supplements <= settings.max_supplements + more);
    for supplement in progress.supplements.iter().skip(settings.max_supplements as usize) {
        assert!(supplement.approver.is_some());
    }
    assert!(u32::try_from(progress.extensions.len()).unwrap() <= settings.max_extensions);
    assert!(progress.extensions.iter().all(|extension| extension.due_before < extension.due_after));
}

/// A list filtered by scope holds exactly what may be seen.
fn check_scopes(dossier: &Dossier) {
    for actor in everybody() {
        let units = dossier.units();
        let is_listed = match list_scope(&actor) {
            Scope::Everything => true,
            Scope::Owner(id) => dossier.is_owned_by(id),
            Scope::Units { units: mine, owner } => {
                dossier.is_owned_by(owner) || mine.iter().any(|unit| units.contains(unit))
            }
        };
        assert_eq!(is_listed, may_see(&actor, dossier).is_ok(), "{actor:?}");
    }
}

fn is_linear(dossier: &Dossier) -> bool {
    let process = &dossier.filing.process;
    process.steps.iter().all(|step| process.followers(&step.key).count() <= 1)
}

/// The holdings of a linear process cover the time from submission to the end without a gap or an overlap.
fn check_custody(life: &Life<'_>) {
    let progress = &life.dossier.progress;
    let mut reached = Some(progress.submitted_at);
    for holding in &progress.holdings {
        assert_eq!(Some(holding.from), reached, "{:#?}", progress.holdings);
        assert!(holding.to.is_none_or(|to| holding.from <= to));
        reached = holding.to;
    }
    let returned_at = progress.outcome.as_ref().and_then(|outcome| outcome.returned_at);
    let end = if progress.status.is_closed() { returned_at.or(progress.ended_at) } else { None };
    assert_eq!(reached, end);
    for stay in custody(&life.dossier, &life.world.settings, |_| &life.world.calendar, life.due(), life.now) {
        assert!(0 <= stay.used_minutes && 0 <= stay.unsigned_minutes && 0 <= stay.overdue_minutes);
        assert!(stay.overdue_minutes <= stay.used_minutes + stay.unsigned_minutes + 1, "{stay:#?}");
    }
}
