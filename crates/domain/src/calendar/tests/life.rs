//! The clock over the life of a dossier, and what lateness means.

use super::*;

fn pause(from: &str, to: &str, kind: PauseKind) -> Pause {
    Pause { from: at(from), to: (!to.is_empty()).then(|| at(to)), kind }
}

fn input<'a>(calendar: &'a Calendar, received: &str, limit: &str, pauses: &'a [Pause]) -> ClockInput<'a> {
    ClockInput {
        calendar,
        received: at(received),
        competent_received: None,
        limit: Some(limit.parse().unwrap()),
        pauses,
        policy: SupplementPolicy::Restart,
        extension: None,
    }
}

fn has(clock: &Clock, test: impl Fn(&ExplanationLine) -> bool) -> bool {
    clock.explanation.iter().any(test)
}

#[test]
fn a_complete_supplement_restarts_from_zero() {
    let calendar = law();
    let pauses = [pause("2026-03-11T09:00", "2026-03-20T18:00", PauseKind::Supplement)];
    let clock = clock(&input(&calendar, "2026-03-10T09:00", "5wd", &pauses));
    assert_eq!(clock.first_due, Some(at("2026-03-17T09:00")));
    assert_eq!(clock.running_from, at("2026-03-23T07:30"));
    assert_eq!(clock.due, Some(at("2026-03-30T07:30")));
    assert_eq!((clock.restarts, clock.waited_seconds, clock.late_when_paused), (1, 0, false));
    assert!(has(&clock, |line| matches!(line, ExplanationLine::Restarted { .. })));
}

#[test]
fn the_other_policy_adds_the_working_time_waited() {
    let calendar = law();
    let pauses = [pause("2026-03-11T16:00", "2026-03-12T08:00", PauseKind::Supplement)];
    let policy = SupplementPolicy::ExtendByWaiting;
    let clock = clock(&ClockInput { policy, ..input(&calendar, "2026-03-10T09:00", "5wd", &pauses) });
    // An hour in the evening and half an hour in the morning.
    assert_eq!(clock.due, Some(at("2026-03-17T10:30")));
    assert_eq!((clock.restarts, clock.waited_seconds), (0, 90 * 60));
}

#[test]
fn waiting_for_payment_is_added_whatever_the_policy_and_overlaps_count_once() {
    let calendar = law();
    let pauses = [
        pause("2026-03-11T09:30", "2026-03-11T10:30", PauseKind::Other),
        pause("2026-03-11T09:00", "2026-03-11T10:00", PauseKind::Finance),
    ];
    let input = input(&calendar, "2026-03-10T09:00", "5wd", &pauses);
    assert_eq!(clock(&input).due, Some(at("2026-03-17T10:30")));
    assert_eq!(input.net_working_seconds(at("2026-03-11T11:00")), (450 + 120 - 90) * 60);
}

#[test]
fn a_payment_still_awaited_when_the_supplement_came_is_added_after_the_restart() {
    let calendar = law();
    let pauses = [
        pause("2026-03-11T09:00", "2026-03-12T09:00", PauseKind::Finance),
        pause("2026-03-11T10:00", "2026-03-12T08:00", PauseKind::Supplement),
    ];
    let clock = clock(&input(&calendar, "2026-03-10T09:00", "1wd", &pauses));
    assert_eq!(clock.running_from, at("2026-03-12T08:00"));
    assert_eq!(clock.due, Some(at("2026-03-13T09:00")));
}

#[test]
fn a_dossier_received_elsewhere_starts_when_the_competent_unit_has_it() {
    let calendar = law();
    let elsewhere = input(&calendar, "2026-03-10T09:00", "5wd", &[]);
    let clock = clock(&ClockInput { competent_received: Some(at("2026-03-11T12:00")), ..elsewhere });
    assert_eq!(clock.started_at, at("2026-03-11T13:30"));
    assert_eq!(clock.due, Some(at("2026-03-18T13:30")));
    assert!(has(&clock, |line| matches!(line, ExplanationLine::CompetentReceived { .. })));
}

#[test]
fn an_extension_moves_the_due_instant_and_keeps_the_original() {
    let calendar = law();
    let granted = Extension { granted_at: at("2026-03-16T09:00"), new_due: at("2026-03-24T17:00") };
    let late = ClockInput { extension: Some(granted), ..input(&calendar, "2026-03-10T09:00", "5wd", &[]) };
    let clock = clock(&late);
    assert_eq!(clock.original_due, Some(at("2026-03-17T09:00")));
    assert_eq!(clock.due, Some(at("2026-03-24T17:00")));
    let (ended, now) = (Some(at("2026-03-20T09:00")), at("2026-03-20T09:00"));
    let standing = |overdue_against| {
        clock.timeliness(ended, now, TimelinessRule { overdue_against, ..TimelinessRule::default() })
    };
    assert_eq!(standing(OverdueAgainst::OriginalDue), Some(Timeliness::Overdue));
    assert_eq!(standing(OverdueAgainst::ExtendedDue), Some(Timeliness::Early));
}

#[test]
fn a_pause_after_the_extension_moves_both_and_a_restart_makes_it_lapse() {
    let calendar = law();
    let granted = Extension { granted_at: at("2026-03-16T09:00"), new_due: at("2026-03-24T16:00") };
    let paid = [pause("2026-03-16T10:00", "2026-03-16T10:30", PauseKind::Finance)];
    let late = ClockInput { extension: Some(granted), ..input(&calendar, "2026-03-10T09:00", "5wd", &paid) };
    let moved = clock(&late);
    assert_eq!(moved.original_due, Some(at("2026-03-17T09:30")));
    assert_eq!(moved.due, Some(at("2026-03-24T16:30")));
    let completed = [pause("2026-03-16T10:00", "2026-03-16T10:30", PauseKind::Supplement)];
    let lapsed = clock(&ClockInput { pauses: &completed, ..late });
    assert_eq!(lapsed.due, Some(at("2026-03-23T10:30")));
    assert_eq!(lapsed.original_due, lapsed.due);
}

#[test]
fn a_dossier_that_waits_is_judged_where_its_clock_stopped() {
    let calendar = law();
    let pauses = [pause("2026-03-12T09:00", "", PauseKind::Supplement)];
    let running = clock(&input(&calendar, "2026-03-10T09:00", "5wd", &pauses));
    assert!(running.is_paused());
    let now = at("2026-05-12T09:00");
    assert_eq!(running.timeliness(None, now, TimelinessRule::default()), Some(Timeliness::RunningInTime));
    assert_eq!(running.warning_level(now, &calendar, WarningRule::default()), Warning::None);
    let pauses = [pause("2026-03-18T09:00", "", PauseKind::Supplement)];
    let hidden = clock(&input(&calendar, "2026-03-10T09:00", "5wd", &pauses));
    assert!(hidden.late_when_paused);
    assert_eq!(hidden.timeliness(None, now, TimelinessRule::default()), Some(Timeliness::RunningLate));
}

#[test]
fn early_is_before_the_due_day_and_overdue_after_the_due_instant() {
    let calendar = law();
    let clock = clock(&input(&calendar, "2026-03-10T09:00", "5wd", &[]));
    let standing = |ended: &str, early_boundary| {
        let rule = TimelinessRule { early_boundary, ..TimelinessRule::default() };
        clock.timeliness(Some(at(ended)), at(ended), rule).unwrap()
    };
    assert_eq!(standing("2026-03-16T17:00", EarlyBoundary::DueDay), Timeliness::Early);
    assert_eq!(standing("2026-03-17T08:00", EarlyBoundary::DueDay), Timeliness::OnTime);
    assert_eq!(standing("2026-03-17T08:00", EarlyBoundary::DueInstant), Timeliness::Early);
    assert_eq!(standing("2026-03-17T09:00", EarlyBoundary::DueInstant), Timeliness::OnTime);
    assert_eq!(standing("2026-03-17T09:00:01", EarlyBoundary::DueDay), Timeliness::Overdue);
}

#[test]
fn warnings_come_at_four_fifths_and_on_the_last_day() {
    let calendar = law();
    let clock = clock(&input(&calendar, "2026-03-10T07:30", "10wd", &[]));
    let level = |now: &str| clock.warning_level(at(now), &calendar, WarningRule::default());
    assert_eq!(clock.due, Some(at("2026-03-24T07:30")));
    assert_eq!(level("2026-03-19T17:00"), Warning::MostTimeUsed);
    assert_eq!(level("2026-03-19T16:59"), Warning::None);
    assert_eq!(level("2026-03-23T07:30"), Warning::LastDay);
    assert_eq!(level("2026-03-24T07:30"), Warning::LastDay);
    assert_eq!(level("2026-03-24T07:31"), Warning::Overdue);
    assert_eq!(clock.warns_at(&calendar, WarningRule::default()), Some(at("2026-03-19T17:00")));
    let late = WarningRule { used_percent: 100, working_days_before: 1 };
    assert_eq!(clock.warns_at(&calendar, late), Some(at("2026-03-23T07:30")));
}

#[test]
fn a_warning_begins_when_it_is_said_to() {
    let calendar = law();
    for (limit, percent) in [("10wd", 80), ("3wd", 50), ("12wh", 33), ("15d", 99), ("1mo", 1)] {
        let clock = clock(&input(&calendar, "2026-03-10T09:10", limit, &[]));
        let rule = WarningRule { used_percent: percent, working_days_before: 1 };
        let begins = clock.warns_at(&calendar, rule).expect("a limit");
        assert_ne!(clock.warning_level(begins, &calendar, rule), Warning::None, "{limit} at {begins}");
        let before = begins - jiff::SignedDuration::from_secs(1);
        assert_eq!(clock.warning_level(before, &calendar, rule), Warning::None, "{limit} before {begins}");
    }
}

#[test]
fn without_a_limit_nothing_is_due_and_the_time_taken_is_compared() {
    let calendar = law();
    let clock = clock(&ClockInput { limit: None, ..input(&calendar, "2026-03-10T07:30", "1wd", &[]) });
    assert_eq!((clock.due, clock.first_due), (None, None));
    assert!(has(&clock, |line| *line == ExplanationLine::Unlimited));
    assert_eq!(clock.timeliness(None, at("2026-03-10T07:30"), TimelinessRule::default()), None);
    let now = at("2030-01-01T00:00");
    assert_eq!(clock.warning_level(now, &calendar, WarningRule::default()), Warning::None);
    assert_eq!(timeliness_of_elapsed(480, 480, true), Timeliness::OnTime);
    assert_eq!(timeliness_of_elapsed(481, 480, true), Timeliness::Overdue);
    assert_eq!(timeliness_of_elapsed(480, 480, false), Timeliness::RunningInTime);
    assert_eq!(timeliness_of_elapsed(481, 480, false), Timeliness::RunningLate);
}
