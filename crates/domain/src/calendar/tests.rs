//! Golden instants of the law's calendar, and what layers of decisions make of it.

mod life;
mod model;
mod properties;

use jiff::{Timestamp, civil::date};

use super::*;
use crate::office_time::{from_office, to_office};

/// The calendar that is shipped: the five-day week and the days off of 2020 to 2026.
fn national() -> CalendarLayer {
    let text = include_str!("../../../server/seed/calendar/national.json");
    serde_json::from_str(text).unwrap()
}

fn law() -> Calendar {
    Calendar::resolve(&[national()]).unwrap()
}

/// An instant of office time.
fn at(wall: &str) -> Timestamp {
    from_office(wall.parse().unwrap())
}

fn windows(texts: &[&str]) -> Vec<Window> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn off(day: Date, kind: DayKind, name: &str) -> DayException {
    let name = DayName { vi: name.to_owned(), en: None };
    DayException { day, kind, name, swapped_with: None, windows: Vec::new() }
}

#[test]
fn due_instants_of_the_golden_table() {
    let calendar = law();
    let table = [
        // Across Tết, at the same time of day.
        ("2026-02-13T16:20", "5wd", "2026-02-27T16:20"),
        // 15:00 on a Friday, across a weekend and a compensation day.
        ("2026-04-24T15:00", "12wh", "2026-04-29T10:00"),
        ("2026-03-10T15:00", "8wh", "2026-03-11T15:30"),
        // Before opening, in the lunch break, at the closing minute, on Friday evening, on a Sunday.
        ("2026-03-10T06:00", "1wd", "2026-03-11T07:30"),
        ("2026-03-10T12:00", "3wd", "2026-03-13T13:30"),
        ("2026-03-10T17:00", "1wd", "2026-03-12T07:30"),
        ("2026-03-13T18:00", "5wd", "2026-03-23T07:30"),
        ("2026-03-15T10:00", "1wd", "2026-03-17T07:30"),
        // Hours end with a window rather than with the break after it.
        ("2026-03-10T07:30", "4wh", "2026-03-10T11:30"),
        ("2026-03-10T11:30", "1wh", "2026-03-10T14:30"),
        // Make-up Saturdays are worked.
        ("2026-01-09T09:00", "1wd", "2026-01-10T09:00"),
        ("2026-08-21T14:00", "4wh", "2026-08-22T08:30"),
        ("2026-01-10T08:00", "1wd", "2026-01-12T08:00"),
        // Swapped days are off: 02/01, and 31/08 before the two days of Quốc khánh.
        ("2025-12-31T09:00", "1wd", "2026-01-05T09:00"),
        ("2026-08-28T10:00", "1wd", "2026-09-03T10:00"),
        // The day of culture, from 2026 on.
        ("2025-11-21T10:00", "1wd", "2025-11-24T10:00"),
        ("2026-11-23T10:00", "1wd", "2026-11-25T10:00"),
        // Days and months of the calendar.
        ("2026-03-10T09:00", "10d", "2026-03-20T09:00"),
        ("2026-02-10T09:00", "10d", "2026-02-23T09:00"),
        ("2026-03-10T09:00", "1mo", "2026-04-10T09:00"),
        ("2026-03-31T09:00", "1mo", "2026-05-04T09:00"),
        ("2026-01-30T16:00", "1mo", "2026-03-02T16:00"),
        // A year that nobody has published: Tết 2027 falls on a Saturday and is compensated.
        ("2027-02-04T16:00", "1wd", "2027-02-12T16:00"),
    ];
    for (received, limit, due) in table {
        let limit = limit.parse().unwrap();
        let found = calendar.due_at(at(received), limit);
        assert_eq!(to_office(found), due.parse().unwrap(), "{limit} from {received}");
        assert_eq!(calendar.due(at(received), limit).at, found);
    }
}

#[test]
fn an_explanation_names_every_day_that_was_passed_over_or_counted() {
    let due = law().due(at("2026-02-13T18:00"), Limit::WorkingDays(5));
    let tet = DayName { vi: "Tết Nguyên đán".to_owned(), en: Some("Lunar New Year (Tết)".to_owned()) };
    let rest = |from, to| ExplanationLine::DaysOff {
        from: date(2026, 2, from),
        to: date(2026, 2, to),
        reason: OffReason::WeeklyRest,
    };
    let expected = [
        ExplanationLine::Received { at: at("2026-02-13T18:00") },
        ExplanationLine::StartMoved {
            from: at("2026-02-13T18:00"),
            to: at("2026-02-23T07:30"),
            reason: MoveReason::AfterClose,
        },
        rest(14, 15),
        ExplanationLine::DaysOff {
            from: date(2026, 2, 16),
            to: date(2026, 2, 20),
            reason: OffReason::Exception { kind: DayKind::Holiday, name: tet },
        },
        rest(21, 22),
        ExplanationLine::Limited { limit: Limit::WorkingDays(5) },
        ExplanationLine::DaysCounted { from: date(2026, 2, 24), to: date(2026, 2, 27), first: 1, last: 4 },
        ExplanationLine::DaysOff {
            from: date(2026, 2, 28),
            to: date(2026, 3, 1),
            reason: OffReason::WeeklyRest,
        },
        ExplanationLine::DaysCounted { from: date(2026, 3, 2), to: date(2026, 3, 2), first: 5, last: 5 },
        ExplanationLine::Due { at: at("2026-03-02T07:30") },
    ];
    assert_eq!(due.explanation, expected);
    assert!(due.provisional_years.is_empty());
}

#[test]
fn an_explanation_of_hours_takes_them_day_by_day() {
    let due = law().due(at("2026-04-24T15:00"), Limit::WorkingHours(12));
    let taken: Vec<(i8, i64, i64)> = due
        .explanation
        .iter()
        .filter_map(|line| {
            let ExplanationLine::TimeCounted { from, seconds_each, seconds_left, .. } = line else {
                return None;
            };
            Some((from.day(), seconds_each / 60, seconds_left / 60))
        })
        .collect();
    assert_eq!(taken, [(24, 120, 600), (28, 450, 150), (29, 150, 0)]);
}

#[test]
fn an_explanation_is_bounded_and_can_be_stored() {
    let due = law().due(at("2026-02-13T16:20"), Limit::WorkingDays(3_660));
    assert!(due.explanation.len() < EXPLANATION_LINES_MAX + 10, "{}", due.explanation.len());
    let summed = due.explanation.iter().find_map(|line| {
        if let ExplanationLine::RestSummed { working_days, .. } = line { Some(*working_days) } else { None }
    });
    let told = due.explanation.iter().rev().find_map(|line| {
        if let ExplanationLine::DaysCounted { last, .. } = line { Some(i64::from(*last)) } else { None }
    });
    assert_eq!(summed.unwrap() + told.unwrap(), 3_660);
    let stored = serde_json::to_string(&due).unwrap();
    assert_eq!(serde_json::from_str::<Due>(&stored).unwrap(), due);
}

#[test]
fn a_year_nobody_has_published_is_computed_and_said_to_be_provisional() {
    let calendar = law();
    let due = calendar.due(at("2026-12-30T09:00"), Limit::WorkingDays(5));
    assert_eq!(due.provisional_years, [2027]);
    assert!(due.explanation.contains(&ExplanationLine::Provisional { years: vec![2027] }));
    assert!(!calendar.is_provisional(2026));
    let kings = calendar.exception_on(date(2027, 4, 16)).unwrap();
    assert_eq!((kings.kind, kings.name.vi.as_str()), (DayKind::Holiday, "Giỗ Tổ Hùng Vương"));
}

/// Swaps are decided by hand and Tết is moved a day either way, but the rest follows from the law.
#[test]
fn the_rules_give_the_days_that_were_published() {
    let published = national();
    let rules = published.rules.clone().unwrap();
    let is_rest = |day: Date| Week::default().windows(day.weekday()).is_empty();
    for year in 2020..=2026 {
        let decided = |exception: &&DayException| {
            let is_tet = exception.name.vi == "Tết Nguyên đán";
            exception.day.year() == year
                && matches!(exception.kind, DayKind::Holiday | DayKind::Compensation)
                && !(is_tet && exception.kind == DayKind::Compensation)
        };
        let expected: Vec<_> = published.exceptions.iter().filter(decided).cloned().collect();
        let mut computed = days_off(&rules, year, is_rest);
        computed
            .retain(|exception| exception.name.vi != "Tết Nguyên đán" || exception.kind == DayKind::Holiday);
        assert_eq!(computed, expected, "{year}");
    }
}

#[test]
fn a_holiday_that_is_switched_off_is_worked() {
    let mut layer = national();
    layer.published_years.clear();
    layer.exceptions.clear();
    let culture_day = date(2026, 11, 24);
    assert!(!Calendar::resolve(std::slice::from_ref(&layer)).unwrap().is_working_day(culture_day));
    layer.rules.as_mut().unwrap().iter_mut().filter(|rule| rule.name.vi.contains("Văn hóa")).for_each(
        |rule| {
            rule.enabled = false;
        },
    );
    assert!(Calendar::resolve(&[layer]).unwrap().is_working_day(culture_day));
}

#[test]
fn a_unit_overrides_the_units_above_it() {
    let mut saturday = Week::five_days(&windows(&["07:00-11:30", "13:30-17:00"]));
    saturday.days[5] = windows(&["07:00-11:30"]);
    saturday.valid_from = Some(date(2026, 4, 1));
    let unit = CalendarLayer {
        weeks: vec![saturday],
        exceptions: vec![
            off(date(2026, 3, 11), DayKind::LocalOff, "Bão số 1"),
            off(date(2026, 4, 27), DayKind::Makeup, "Trực giải quyết hồ sơ"),
        ],
        ..CalendarLayer::default()
    };
    let calendar = Calendar::resolve(&[national(), unit]).unwrap();
    assert_eq!(calendar.windows_on(date(2026, 3, 10)), windows(&["07:30-11:30", "13:30-17:00"]));
    assert_eq!(calendar.windows_on(date(2026, 4, 1)), windows(&["07:00-11:30", "13:30-17:00"]));
    assert_eq!(calendar.windows_on(date(2026, 4, 4)), windows(&["07:00-11:30"]));
    // The compensation day of the root is worked here, with the windows of the first weekday.
    assert_eq!(calendar.windows_on(date(2026, 4, 27)), windows(&["07:00-11:30", "13:30-17:00"]));
    let storm = calendar.why_off(date(2026, 3, 11)).unwrap();
    let name = DayName { vi: "Bão số 1".to_owned(), en: None };
    assert_eq!(storm, OffReason::Exception { kind: DayKind::LocalOff, name });
    assert_eq!(calendar.why_off(date(2026, 3, 15)), Some(OffReason::WeeklyRest));
    assert_eq!(calendar.why_off(date(2026, 3, 10)), None);
    // Saturday afternoon is closed, so the same time of day is the next opening.
    assert_eq!(calendar.due_at(at("2026-04-03T16:00"), Limit::WorkingDays(1)), at("2026-04-06T07:00"));
}

#[test]
fn the_day_may_end_at_close() {
    let layer = CalendarLayer { day_count: Some(DayCount::EndOfDay), ..CalendarLayer::default() };
    let calendar = Calendar::resolve(&[national(), layer]).unwrap();
    let due = calendar.due(at("2026-02-13T16:20"), Limit::WorkingDays(5));
    assert_eq!(due.at, at("2026-02-27T17:00"));
    assert!(due.explanation.contains(&ExplanationLine::EndsAtClose { at: due.at }));
}

#[test]
fn decisions_that_make_no_calendar_are_refused() {
    let refused = |layer: CalendarLayer| Calendar::resolve(&[layer]).unwrap_err();
    let day = date(2026, 3, 11);
    let twice = vec![off(day, DayKind::LocalOff, "a"), off(day, DayKind::Makeup, "b")];
    let with = |exceptions| CalendarLayer { exceptions, ..CalendarLayer::default() };
    assert_eq!(refused(with(twice)), CalendarError::DayTwice(day));
    assert_eq!(refused(with(vec![off(day, DayKind::LocalOff, " ")])), CalendarError::BadName);
    let far = date(1800, 1, 1);
    assert_eq!(refused(with(vec![off(far, DayKind::LocalOff, "a")])), CalendarError::DayOutOfRange(far));
    let mut holiday = off(day, DayKind::Holiday, "a");
    holiday.windows = windows(&["08:00-09:00"]);
    assert_eq!(refused(with(vec![holiday])), CalendarError::WindowsOnDayOff(day));
    let weeks = |weeks| CalendarLayer { weeks, ..CalendarLayer::default() };
    assert_eq!(refused(weeks(vec![Week::five_days(&[])])), CalendarError::WeekWithoutWork);
    assert_eq!(refused(weeks(vec![Week::default(), Week::default()])), CalendarError::WeekTwice(None));
    let touching = windows(&["07:30-11:30", "11:30-17:00"]);
    let overlap = CalendarError::WindowsOverlap(touching[0], touching[1]);
    assert_eq!(refused(weeks(vec![Week::five_days(&touching)])), overlap);
    for text in ["", "07:30", "11:30-07:30", "7h30-11h30", "07:30-24:00", "07:30-07:30", "+7:30-9:00"] {
        assert_eq!(text.parse::<Window>(), Err(CalendarError::NotAWindow), "{text}");
    }
    assert_eq!("7:30–9:00".parse::<Window>().unwrap().to_string(), "07:30-09:00");
}

#[test]
fn instants_outside_the_known_years_are_answered() {
    let calendar = law();
    let last = calendar.due_at(Timestamp::MAX, Limit::WorkingDays(5));
    assert_eq!(to_office(last).date(), date(LAST_YEAR, 12, 31));
    assert_eq!(calendar.due_at(Timestamp::MAX, Limit::Months(120)), last);
    let first = calendar.due_at(Timestamp::MIN, Limit::WorkingHours(1));
    assert_eq!(to_office(first).year(), FIRST_YEAR);
    assert!(!calendar.is_working_day(date(9999, 1, 4)));
}

#[test]
fn a_dossier_is_handed_over_the_same_day_or_after_the_cutoff_the_next_morning() {
    let (calendar, cutoff) = (law(), jiff::civil::time(15, 0, 0, 0));
    let table = [
        ("2026-03-10T09:00", "2026-03-10T17:00"),
        ("2026-03-10T15:00", "2026-03-10T17:00"),
        ("2026-03-10T15:01", "2026-03-11T07:30"),
        ("2026-03-13T16:00", "2026-03-16T07:30"),
        ("2026-03-13T20:00", "2026-03-16T07:30"),
        ("2026-03-14T20:00", "2026-03-16T17:00"),
    ];
    for (received, due) in table {
        assert_eq!(calendar.hand_over_due(at(received), cutoff), at(due), "{received}");
    }
}

#[test]
fn working_time_is_counted_in_minutes_and_days() {
    let calendar = law();
    let minutes = |from: &str, to: &str| calendar.working_minutes_between(at(from), at(to));
    assert_eq!(minutes("2026-02-13T16:20", "2026-02-23T08:00"), 40 + 30);
    assert_eq!(minutes("2026-02-23T08:00", "2026-02-13T16:20"), -70);
    assert_eq!(minutes("2026-01-01T00:00", "2027-01-01T00:00"), 249 * 450);
    let days = |from: &str, to: &str| calendar.working_days_between(at(from), at(to));
    assert_eq!(days("2026-02-13T16:20", "2026-02-27T16:20"), 5);
    assert_eq!(days("2026-02-27T16:20", "2026-02-13T16:20"), -5);
    assert_eq!(days("2026-02-14T16:20", "2026-02-22T16:20"), 0);
    assert_eq!(calendar.subtract_working_days(at("2026-02-24T16:20"), 2), at("2026-02-13T16:20"));
    assert_eq!(calendar.subtract_working_days(at("2026-01-05T16:20"), 1), at("2025-12-31T16:20"));
    assert_eq!(calendar.next_working_day_start(at("2026-02-13T03:00")), at("2026-02-23T07:30"));
    assert_eq!(calendar.add_working_days(at("2026-02-13T12:00"), 1), at("2026-02-23T13:30"));
    assert_eq!(calendar.add_working_seconds(at("2026-02-13T16:59:30"), 45), at("2026-02-23T07:30:15"));
    assert_eq!(calendar.normalise(at("2026-02-14T09:00")), at("2026-02-23T07:30"));
}
