//! The calendar that is shipped: the five-day week, the law's holidays, the days off of 2020 to 2026.

use motcua_domain::calendar::{Calendar, CalendarLayer};

/// Facts of the yearly decisions, as data that an installation copies and then owns.
const NATIONAL: &str = include_str!("../../seed/calendar/national.json");

/// The decisions every office begins with.
pub fn national() -> CalendarLayer {
    serde_json::from_str(NATIONAL).expect("the shipped calendar is a calendar layer, which a test reads")
}

/// The calendar of an office that has decided nothing itself.
pub fn calendar() -> Calendar {
    Calendar::resolve(&[national()]).expect("the shipped calendar is a calendar, which a test reads")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use motcua_domain::calendar::DayKind;

    use super::*;

    #[test]
    fn the_shipped_calendar_has_every_swap_with_its_other_half() {
        let layer = national();
        layer.check().unwrap();
        for exception in &layer.exceptions {
            let other = exception.swapped_with.map(|day| {
                layer
                    .exceptions
                    .iter()
                    .find(|other| other.day == day)
                    .map(|other| (other.kind, other.swapped_with))
            });
            let expected = match exception.kind {
                DayKind::SwapOff => Some(Some((DayKind::Makeup, Some(exception.day)))),
                DayKind::Makeup => Some(Some((DayKind::SwapOff, Some(exception.day)))),
                DayKind::Holiday | DayKind::Compensation | DayKind::LocalOff => None,
            };
            assert_eq!(other, expected, "{}", exception.day);
        }
        let calendar = calendar();
        assert!(calendar.is_working_day(date(2026, 1, 10)));
        assert!(!calendar.is_provisional(2026));
        assert!(calendar.is_provisional(2027));
    }

    /// The facts were written anew; where the data they were checked against is at hand, they are checked again.
    #[test]
    fn the_shipped_days_off_are_those_of_the_holiday_data() {
        let path =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/holidays/holidays-2020-2026.csv");
        let Ok(text) = std::fs::read_to_string(path) else {
            assert!(std::env::var_os("CI").is_none(), "{path} is missing");
            eprintln!("left out: {path} is missing");
            return;
        };
        let mut listed: Vec<String> =
            text.lines().skip(1).map(|line| line.split(',').next().unwrap().to_owned()).collect();
        let off = national().exceptions.into_iter().filter(|exception| !exception.kind.is_worked());
        let mut shipped: Vec<String> = off.map(|exception| exception.day.to_string()).collect();
        listed.sort();
        shipped.sort();
        assert_eq!(shipped, listed);
    }
}
