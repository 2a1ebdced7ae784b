//! What holds for every calendar, start and limit.

use jiff::SignedDuration;
use proptest::{collection::vec, prelude::*};

use super::*;

/// 2026-01-01T00:00 at the office.
const NEW_YEAR_2026: i64 = 1_767_200_400;

fn instants() -> impl Strategy<Value = Timestamp> {
    (0..400 * 86_400_i64).prop_map(|second| Timestamp::from_second(NEW_YEAR_2026 + second).unwrap())
}

fn limits() -> impl Strategy<Value = Limit> {
    prop_oneof![
        (1..500_u32).prop_map(Limit::WorkingHours),
        (1..120_u32).prop_map(Limit::WorkingDays),
        (1..200_u32).prop_map(Limit::Days),
        (1..14_u32).prop_map(Limit::Months),
    ]
}

/// Days off and make-up days, by their number in 2026 and after.
fn days() -> impl Strategy<Value = Vec<(i64, bool)>> {
    vec((0..600_i64, any::<bool>()), 0..40)
}

fn day(number: i64) -> Date {
    date(2026, 1, 1).checked_add(SignedDuration::from_hours(24 * number)).unwrap()
}

fn layer(days: &[(i64, bool)]) -> CalendarLayer {
    let exceptions: BTreeMap<Date, DayKind> = days
        .iter()
        .map(|&(number, off)| (day(number), if off { DayKind::LocalOff } else { DayKind::Makeup }))
        .collect();
    let mut saturday = Week::default();
    saturday.days[5] = windows(&["08:00-10:45"]);
    saturday.valid_from = Some(date(2026, 8, 3));
    CalendarLayer {
        weeks: vec![Week::default(), saturday],
        exceptions: exceptions.into_iter().map(|(day, kind)| off(day, kind, "x")).collect(),
        ..CalendarLayer::default()
    }
}

fn calendar(days: &[(i64, bool)]) -> Calendar {
    Calendar::resolve(&[national(), layer(days)]).unwrap()
}

fn is_inside_a_window(calendar: &Calendar, at: Timestamp) -> bool {
    let wall = to_office(at);
    calendar
        .windows_on(wall.date())
        .iter()
        .any(|window| window.opens() <= wall.time() && wall.time() <= window.closes())
}

fn one_more(limit: Limit) -> Limit {
    match limit {
        Limit::WorkingHours(n) => Limit::WorkingHours(n + 1),
        Limit::WorkingDays(n) => Limit::WorkingDays(n + 1),
        Limit::Days(n) => Limit::Days(n + 1),
        Limit::Months(n) => Limit::Months(n + 1),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_due_instant_is_inside_a_window(days in days(), start in instants(), limit in limits()) {
        let calendar = calendar(&days);
        let due = calendar.due_at(start, limit);
        prop_assert!(is_inside_a_window(&calendar, due), "{}", to_office(due));
        prop_assert!(start < due);
    }

    #[test]
    fn a_longer_limit_is_never_due_earlier(days in days(), start in instants(), limit in limits()) {
        let calendar = calendar(&days);
        prop_assert!(calendar.due_at(start, limit) <= calendar.due_at(start, one_more(limit)));
    }

    /// A day off never makes a limit in working time due earlier. A limit in days or months of the calendar is
    /// never due on an earlier day; its time of day is that of its start, so only a day off that moves the start
    /// itself to the opening of a later day can make the time of day earlier.
    #[test]
    fn a_day_off_never_makes_the_due_earlier(
        days in days(), number in 0..600_i64, start in instants(), limit in limits(),
    ) {
        let before = calendar(&days);
        let mut more = days.clone();
        more.push((number, true));
        let after = calendar(&more);
        let (old, new) = (before.due_at(start, limit), after.due_at(start, limit));
        let start_moved = before.normalise(start) != after.normalise(start);
        match limit {
            Limit::Days(_) | Limit::Months(_) if start_moved => {
                prop_assert!(to_office(old).date() <= to_office(new).date());
            }
            Limit::WorkingHours(_) | Limit::WorkingDays(_) | Limit::Days(_) | Limit::Months(_) => {
                prop_assert!(old <= new);
            }
        }
    }

    #[test]
    fn hours_add_up(days in days(), start in instants(), a in 1..200_u32, b in 1..200_u32) {
        let calendar = calendar(&days);
        let there = calendar.due_at(start, Limit::WorkingHours(a));
        let both = calendar.due_at(start, Limit::WorkingHours(a + b));
        prop_assert_eq!(calendar.due_at(there, Limit::WorkingHours(b)), both);
        prop_assert_eq!(calendar.working_minutes_between(start, both), i64::from(a + b) * 60);
        prop_assert_eq!(
            calendar.working_seconds_between(start, there) + calendar.working_seconds_between(there, both),
            calendar.working_seconds_between(start, both)
        );
    }

    #[test]
    fn working_days_are_as_many_as_asked(days in days(), start in instants(), n in 1..120_u32) {
        let calendar = calendar(&days);
        let start = calendar.normalise(start);
        let due = calendar.due_at(start, Limit::WorkingDays(n));
        let counted = calendar.working_days_between(start, due);
        // One more when the office was closed at that time of the last day.
        let same_time = to_office(due).time() == to_office(start).time();
        prop_assert!(counted == i64::from(n) || !same_time && counted == i64::from(n) + 1);
        if same_time && counted == i64::from(n) {
            prop_assert_eq!(calendar.subtract_working_days(due, n), start);
        }
    }

    #[test]
    fn an_explanation_agrees_with_the_instant(days in days(), start in instants(), limit in limits()) {
        let calendar = calendar(&days);
        let due = calendar.due(start, limit);
        prop_assert_eq!(due.at, calendar.due_at(start, limit));
        let mut counted = 0;
        let mut seconds = 0;
        for line in &due.explanation {
            if let ExplanationLine::DaysCounted { from, to, first, last } = line {
                let mut run = *from;
                while run <= *to {
                    prop_assert!(calendar.is_working_day(run));
                    counted += 1;
                    run = run.tomorrow().unwrap();
                }
                prop_assert_eq!(*last, counted);
                prop_assert!(first <= last);
            } else if let ExplanationLine::DaysOff { from, to, reason } = line {
                prop_assert_eq!(calendar.why_off(*from), Some(reason.clone()));
                prop_assert_eq!(calendar.why_off(*to), Some(reason.clone()));
            } else if let ExplanationLine::TimeCounted { seconds_left, .. } = line {
                seconds = *seconds_left;
            }
        }
        prop_assert_eq!(seconds, 0);
        if let Limit::WorkingDays(n) = limit {
            prop_assert_eq!(counted, n);
        }
        prop_assert_eq!(due.explanation.last(), Some(&ExplanationLine::Due { at: due.at }));
    }
}
