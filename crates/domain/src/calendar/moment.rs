//! Seconds of office time as plain numbers, so that counting them needs no calendar arithmetic.

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::Offset,
};

use crate::office_time::OFFICE;

/// First year a working calendar knows.
pub const FIRST_YEAR: i16 = 1900;
/// Last year a working calendar knows.
pub const LAST_YEAR: i16 = 2199;
/// How many years a working calendar knows.
pub(super) const YEARS: usize = 300;
pub(super) const DAY_SECONDS: i64 = 86_400;

/// The number of the day that opens each year, counted from 1970-01-01; one more for the end of the last.
const YEAR_STARTS: [i64; YEARS + 1] = year_starts();

const fn year_starts() -> [i64; YEARS + 1] {
    let mut starts = [0; YEARS + 1];
    // 1900-01-01 is 25,567 days before 1970-01-01.
    starts[0] = -25_567;
    let mut index = 0;
    while index < YEARS {
        let year = 1900 + index;
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        starts[index + 1] = starts[index] + if leap { 366 } else { 365 };
        index += 1;
    }
    starts
}

/// A second of office time within the years a calendar knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    /// Days since 1970-01-01 at the office.
    pub day: i64,
    /// Seconds since midnight at the office.
    pub second: i64,
}

impl Moment {
    const FIRST: Self = Self { day: YEAR_STARTS[0], second: 0 };
    /// Where an answer that runs past the last known year is held.
    pub const LAST: Self = Self { day: YEAR_STARTS[YEARS] - 1, second: DAY_SECONDS - 1 };

    /// The second that `at` falls in, held within the known years.
    pub fn of(at: Timestamp) -> Self {
        let seconds = at.as_second() + i64::from(OFFICE.seconds());
        let moment = Self { day: seconds.div_euclid(DAY_SECONDS), second: seconds.rem_euclid(DAY_SECONDS) };
        moment.clamp(Self::FIRST, Self::LAST)
    }

    pub fn timestamp(self) -> Timestamp {
        let seconds = self.day * DAY_SECONDS + self.second - i64::from(OFFICE.seconds());
        Timestamp::from_second(seconds).expect("the known years lie within what a timestamp holds")
    }
}

/// The position of a day's year among the known ones. `day` lies within them.
pub(super) fn year_index(day: i64) -> usize {
    let guess = (day - YEAR_STARTS[0]) * 400 / 146_097;
    let guess = usize::try_from(guess).expect("moments are held within the known years").min(YEARS - 1);
    // The guess counts years of mean length, so it errs by one at most, at either end of a year.
    if day < YEAR_STARTS[guess] {
        guess - 1
    } else if YEAR_STARTS[guess + 1] <= day {
        guess + 1
    } else {
        guess
    }
}

/// The year at a position.
pub(super) fn year_at(index: usize) -> i16 {
    FIRST_YEAR + i16::try_from(index).expect("there are 300 known years")
}

/// The number of the first day of the year at a position.
pub(super) fn year_start(index: usize) -> i64 {
    YEAR_STARTS[index]
}

/// How many days the year at a position has.
pub(super) fn year_length(index: usize) -> i64 {
    YEAR_STARTS[index + 1] - YEAR_STARTS[index]
}

/// Whether a day lies within the known years.
pub(super) fn is_known(day: i64) -> bool {
    (YEAR_STARTS[0]..YEAR_STARTS[YEARS]).contains(&day)
}

/// The number of a day, counted from 1970-01-01.
pub(super) fn day_number(date: Date) -> i64 {
    let midnight = Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).unwrap_or(Timestamp::MAX);
    midnight.as_second().div_euclid(DAY_SECONDS)
}

/// The day with a number.
pub(super) fn date_of(day: i64) -> Date {
    let midnight = Timestamp::from_second(day * DAY_SECONDS).expect("day numbers come from dates");
    Offset::UTC.to_datetime(midnight).date()
}

/// Seconds since midnight of a time on the wall.
pub(super) fn second_of(time: Time) -> i64 {
    i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn years_are_found_by_their_first_and_last_days() {
        for index in 0..YEARS {
            let year = year_at(index);
            let (first, last) = (day_number(date(year, 1, 1)), day_number(date(year, 12, 31)));
            assert_eq!((year_start(index), year_length(index)), (first, last - first + 1), "{year}");
            assert_eq!((year_index(first), year_index(last)), (index, index), "{year}");
            assert_eq!(date_of(last), date(year, 12, 31));
        }
    }

    #[test]
    fn moments_are_seconds_of_office_time() {
        let at: Timestamp = "2026-02-13T16:20:05.9+07:00".parse().unwrap();
        let moment = Moment::of(at);
        assert_eq!(date_of(moment.day), date(2026, 2, 13));
        assert_eq!(moment.second, 16 * 3600 + 20 * 60 + 5);
        assert_eq!(moment.timestamp(), "2026-02-13T16:20:05+07:00".parse().unwrap());
        assert_eq!(Moment::of(Timestamp::MAX), Moment::LAST);
        assert_eq!(Moment::of(Timestamp::MIN), Moment::FIRST);
    }
}
