//! Office time: the fixed offset +07:00 in which the law counts days and hours.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::Offset,
};

/// Vietnam keeps one offset all year. A named zone would read the zone database of the host,
/// and two machines might then answer differently.
pub const OFFICE: Offset = Offset::constant(7);

/// What a clock on the office wall shows at `at`.
pub fn to_office(at: Timestamp) -> DateTime {
    OFFICE.to_datetime(at)
}

/// The instant at which a clock on the office wall shows `wall`. Walls later than what a
/// [`Timestamp`] can hold (the last day of the year 9999) answer the last instant there is.
pub fn from_office(wall: DateTime) -> Timestamp {
    OFFICE.to_timestamp(wall).unwrap_or(Timestamp::MAX)
}

/// The day at the office that `at` falls on.
pub fn day_of(at: Timestamp) -> Date {
    to_office(at).date()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_office_is_seven_hours_ahead() {
        let at: Timestamp = "2026-02-13T17:30:00Z".parse().unwrap();
        assert_eq!(to_office(at), date(2026, 2, 14).at(0, 30, 0, 0));
        assert_eq!(day_of(at), date(2026, 2, 14));
        assert_eq!(from_office(to_office(at)), at);
    }

    #[test]
    fn the_ends_of_time_are_answered() {
        assert_eq!(from_office(DateTime::MAX), Timestamp::MAX);
        assert_eq!(from_office(to_office(Timestamp::MIN)), Timestamp::MIN);
    }
}
