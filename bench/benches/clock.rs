//! The clock of a dossier, counted from its journal.

use jiff::{SignedDuration, Timestamp};
use motcua_bench::Table;
use motcua_domain::calendar::{
    Calendar, CalendarLayer, ClockInput, Limit, Pause, PauseKind, SupplementPolicy, clock,
    clock_without_explanation,
};

/// How many dossiers one round counts: one alone is too short to be timed.
const DOSSIERS: u32 = 1_000;
const LIMITS: [Limit; 4] =
    [Limit::WorkingDays(5), Limit::WorkingHours(12), Limit::Days(30), Limit::Months(2)];

fn main() {
    let calendar = Calendar::resolve(&[CalendarLayer::default()]).expect("the default week is a calendar");
    let start: Timestamp = "2026-02-13T02:20:00Z".parse().expect("an instant");
    // Every 97 minutes another dossier: all hours, weekdays and months are met.
    let received = |at: u32| start + SignedDuration::from_mins(i64::from(at) * 97);
    let limit = |at: u32| LIMITS[at as usize % LIMITS.len()];
    let pauses: Vec<[Pause; 2]> = (0..DOSSIERS)
        .map(|at| {
            let waited = |from_hours, hours, kind| {
                let from = received(at) + SignedDuration::from_hours(from_hours);
                Pause { from, to: Some(from + SignedDuration::from_hours(hours)), kind }
            };
            [waited(5, 70, PauseKind::Supplement), waited(90, 30, PauseKind::Other)]
        })
        .collect();
    let input = |at: u32| ClockInput {
        calendar: &calendar,
        received: received(at),
        competent_received: None,
        limit: Some(limit(at)),
        pauses: &pauses[at as usize],
        policy: SupplementPolicy::ExtendByWaiting,
        extension: None,
    };
    let table = Table::new(&format!("The clock of {DOSSIERS} dossiers"));
    table.measure("due instants alone", None, |_| {
        (0..DOSSIERS).map(|at| calendar.due_at(received(at), limit(at))).max()
    });
    table.measure("with two pauses each", None, |_| {
        (0..DOSSIERS).filter_map(|at| clock_without_explanation(&input(at)).due).max()
    });
    table.measure("the same, explained line by line", None, |_| {
        (0..DOSSIERS).map(|at| clock(&input(at)).explanation.len()).sum::<usize>()
    });
}
