//! The clock of a dossier, computed from the facts: when it started, what stopped it, when it is due.
//!
//! What is shown is always computed here. [`super::Progress::due`] only remembers what the applicant was told.

use jiff::Timestamp;

use crate::calendar::{
    self, Calendar, Clock, ClockInput, Limit, PauseKind, SupplementPolicy, Timeliness, Warning,
    clock_without_explanation,
};
use crate::dossier::{Channel, Dossier, Holding, Pause, Status, TaskState};
use crate::procedure::{StepKey, StepKind};
use crate::settings::Settings;

/// The clock of the dossier at `now`, with its explanation. `calendar` is that of [`Dossier::responsible_unit`].
///
/// `None` until the clock starts: at acceptance, or when the dossier was handed in elsewhere, when the competent unit
/// signs for it (domain rules §3.3.10).
pub fn clock(dossier: &Dossier, calendar: &Calendar, now: Timestamp) -> Option<Clock> {
    let pauses = pauses_at(dossier, now);
    Some(calendar::clock(&input(dossier, calendar, &pauses)?))
}

/// The due instant alone, for lists and rules: the same as that of [`clock`].
pub fn due(dossier: &Dossier, calendar: &Calendar, now: Timestamp) -> Option<Timestamp> {
    quiet_clock(dossier, calendar, now)?.due
}

/// When the clock started.
pub fn started_at(dossier: &Dossier) -> Option<Timestamp> {
    let progress = &dossier.progress;
    let accepted_at = progress.accepted_at?;
    if progress.non_territorial {
        progress.competent_received_at
    } else {
        progress.competent_unit.as_ref().map(|_| accepted_at)
    }
}

/// Whether it is early, on time or late. `None` when no limit counts, or the clock has not started.
pub fn timeliness(
    dossier: &Dossier,
    calendar: &Calendar,
    settings: &Settings,
    now: Timestamp,
) -> Option<Timeliness> {
    let ended_at = dossier.progress.ended_at;
    quiet_clock(dossier, calendar, now)?.timeliness(ended_at, now, settings.timeliness_rule())
}

/// How urgent a running dossier is. One that has ended is not.
pub fn warning(dossier: &Dossier, calendar: &Calendar, settings: &Settings, now: Timestamp) -> Warning {
    if dossier.progress.ended_at.is_some() {
        return Warning::None;
    }
    let Some(clock) = quiet_clock(dossier, calendar, now) else {
        return Warning::None;
    };
    clock.warning_level(now, calendar, settings.warning_rule())
}

/// From when a running dossier is urgent. `None` when it has ended, its clock stands, or nothing limits it.
pub fn warns_at(
    dossier: &Dossier,
    calendar: &Calendar,
    settings: &Settings,
    now: Timestamp,
) -> Option<Timestamp> {
    let clock = quiet_clock(dossier, calendar, now)?;
    let is_running = dossier.progress.ended_at.is_none() && !clock.is_paused();
    is_running.then(|| clock.warns_at(calendar, settings.warning_rule()))?
}

/// Until when the desk has to answer an online submission (domain rules §3.3.4). `None` for other channels and once
/// it was answered.
pub fn intake_due(dossier: &Dossier, calendar: &Calendar, settings: &Settings) -> Option<Timestamp> {
    let is_online = match dossier.filing.channel {
        Channel::Online | Channel::Assisted => true,
        Channel::Counter | Channel::Post => false,
    };
    let since = dossier.progress.supplements.last().and_then(|supplement| supplement.answered_at);
    let since = since.unwrap_or(dossier.progress.submitted_at);
    let seconds = settings.online_ack_hours.saturating_mul(3600);
    (is_online && dossier.status() == Status::Registered)
        .then(|| calendar.add_working_seconds(since, seconds))
}

/// Until when the desk has to hand over an accepted dossier that it holds: the same working day, or early on the next
/// one when it came after the cut-off (domain rules §3.3.8). What it waited for in between, papers or money, gives it
/// the time anew. `None` for what other hands hold, and while the clock stands. `calendar` is that of the desk.
pub fn hand_over_due(
    dossier: &Dossier,
    holding: &Holding,
    calendar: &Calendar,
    settings: &Settings,
) -> Option<Timestamp> {
    dossier.step(&holding.step).filter(|step| step.kind == StepKind::Receive)?;
    let mut complete_at = dossier.progress.accepted_at?.max(holding.from);
    let is_meanwhile = |pause: &&Pause| holding.to.is_none_or(|to| pause.from < to);
    for pause in dossier.progress.pauses.iter().filter(is_meanwhile) {
        complete_at = complete_at.max(pause.ended_at?);
    }
    Some(calendar.hand_over_due(complete_at, settings.forward_cutoff))
}

/// When the own time of a step runs out: its limit from the signature of its unit on, plus the time the clock
/// stood meanwhile. `None` while nobody does it, and for a step without a limit. `calendar` is that of its unit.
pub fn step_due(dossier: &Dossier, step: &StepKey, calendar: &Calendar, now: Timestamp) -> Option<Timestamp> {
    let since = match dossier.task(step)?.state {
        TaskState::Active { since, .. } | TaskState::Done { since, .. } => since,
        TaskState::Waiting | TaskState::Offered { .. } | TaskState::Dropped => return None,
    };
    limit_due(dossier, dossier.step(step)?.limit?, since, calendar, now)
}

/// When a limit that began at `since` runs out, as it looks at `now`: the time the clock stood is added.
pub(super) fn limit_due(
    dossier: &Dossier,
    limit: Limit,
    since: Timestamp,
    calendar: &Calendar,
    now: Timestamp,
) -> Option<Timestamp> {
    let pauses: Vec<calendar::Pause> = pauses_at(dossier, now)
        .into_iter()
        .filter(|pause| pause.from < now && pause.to.is_none_or(|to| since < to))
        .map(|pause| calendar::Pause { from: pause.from.max(since), ..pause })
        .collect();
    let input = ClockInput {
        calendar,
        received: since,
        competent_received: None,
        limit: Some(limit),
        pauses: &pauses,
        policy: SupplementPolicy::ExtendByWaiting,
        extension: None,
    };
    clock_without_explanation(&input).due
}

/// Working minutes from `from` to `to` in which the clock ran. `calendar` is that of whoever is measured.
pub fn working_minutes(dossier: &Dossier, calendar: &Calendar, from: Timestamp, to: Timestamp) -> i64 {
    let pauses = pauses_at(dossier, to);
    let input = ClockInput {
        calendar,
        received: from,
        competent_received: None,
        limit: None,
        pauses: &pauses,
        policy: SupplementPolicy::ExtendByWaiting,
        extension: None,
    };
    input.net_working_seconds(to) / 60
}

fn quiet_clock(dossier: &Dossier, calendar: &Calendar, now: Timestamp) -> Option<Clock> {
    let pauses = pauses_at(dossier, now);
    Some(clock_without_explanation(&input(dossier, calendar, &pauses)?))
}

fn input<'a>(
    dossier: &Dossier,
    calendar: &'a Calendar,
    pauses: &'a [calendar::Pause],
) -> Option<ClockInput<'a>> {
    started_at(dossier)?;
    let progress = &dossier.progress;
    Some(ClockInput {
        calendar,
        received: progress.accepted_at?,
        competent_received: if progress.non_territorial { progress.competent_received_at } else { None },
        limit: dossier.filing.limit,
        pauses,
        policy: dossier.filing.supplement_policy,
        extension: progress
            .extensions
            .last()
            .map(|extension| calendar::Extension { granted_at: extension.at, new_due: extension.due_after }),
    })
}

/// Every time the clock stood, as it looks at `now`. A pause on other grounds ends when what was allowed is over,
/// even if nobody has resumed yet. Papers that never came restart nothing: when the dossier ends without them, the
/// waiting alone counts.
fn pauses_at(dossier: &Dossier, now: Timestamp) -> Vec<calendar::Pause> {
    let unanswered = dossier.open_supplement().map(|supplement| supplement.asked_at);
    let kind = |pause: &Pause| match pause.kind {
        PauseKind::Supplement if pause.ended_at.is_some() && unanswered == Some(pause.from) => {
            PauseKind::Other
        }
        PauseKind::Supplement | PauseKind::Finance | PauseKind::Other => pause.kind,
    };
    let to = |pause: &Pause| match pause.kind {
        PauseKind::Other => pause.ended_at.or((pause.until <= now).then_some(pause.until)),
        PauseKind::Supplement | PauseKind::Finance => pause.ended_at,
    };
    let pauses = dossier.progress.pauses.iter();
    pauses.map(|pause| calendar::Pause { from: pause.from, to: to(pause), kind: kind(pause) }).collect()
}
