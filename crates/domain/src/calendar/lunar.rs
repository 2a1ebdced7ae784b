//! The Vietnamese lunar calendar, from the motions of sun and moon seen at UTC+7.
//!
//! New moons and the sun's longitude follow J. Meeus, *Astronomical Algorithms* (chapters 49 and 25).
//! A month begins on the day of its new moon. The eleventh month holds the winter solstice; when
//! thirteen months lie between two solstices, the first without a major solar term is the leap month.
//! The Chinese calendar has the same rules at UTC+8, which is why the two differ in some years.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::moment::{date_of, day_number};

/// A day of the lunar calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LunarDate {
    /// The solar year in which this lunar year begins.
    pub year: i16,
    /// 1 to 12.
    pub month: u8,
    /// Whether this is the second month of that number in its year.
    pub leap: bool,
    /// 1 to 30.
    pub day: u8,
}

/// A lunar date that no calendar has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LunarError {
    /// The astronomy is good for these years only.
    #[error("lunar years are known from {FIRST_LUNAR_YEAR} to {LAST_LUNAR_YEAR}, not {0}")]
    YearOutOfRange(i16),
    /// The year has no such month, or the month no such day.
    #[error("the lunar year {} has no day {} in month {}", .0.year, .0.day, .0.month)]
    NoSuchDay(LunarDate),
}

/// First lunar year that can be converted.
pub const FIRST_LUNAR_YEAR: i16 = 1900;
/// Last lunar year that can be converted.
pub const LAST_LUNAR_YEAR: i16 = 2199;

/// The lunar date of a solar day.
pub fn from_solar(date: Date) -> Result<LunarDate, LunarError> {
    let day = day_number(date);
    let mut year = date.year();
    let mut months = months_of(year)?;
    if day < months[0].first_day {
        year -= 1;
        months = months_of(year)?;
    }
    let month = months.iter().rev().find(|month| month.first_day <= day);
    let month = month.expect("the months of a lunar year begin before the next year does");
    let day = u8::try_from(day - month.first_day + 1).expect("a month has at most 30 days");
    Ok(LunarDate { year, month: month.number, leap: month.leap, day })
}

/// The solar day of a lunar date.
pub fn to_solar(lunar: LunarDate) -> Result<Date, LunarError> {
    let months = months_of(lunar.year)?;
    let month = months.iter().find(|month| month.number == lunar.month && month.leap == lunar.leap);
    let month = month.ok_or(LunarError::NoSuchDay(lunar))?;
    let offset = i64::from(lunar.day) - 1;
    if offset < 0 || month.length <= offset {
        return Err(LunarError::NoSuchDay(lunar));
    }
    Ok(date_of(month.first_day + offset))
}

/// The first day of the lunar year that begins in the solar year `year` (Tết).
pub fn new_year(year: i16) -> Result<Date, LunarError> {
    to_solar(LunarDate { year, month: 1, leap: false, day: 1 })
}

struct Month {
    number: u8,
    leap: bool,
    first_day: i64,
    length: i64,
}

/// The months of a lunar year, in order: twelve or thirteen.
fn months_of(year: i16) -> Result<Vec<Month>, LunarError> {
    if !(FIRST_LUNAR_YEAR..=LAST_LUNAR_YEAR).contains(&year) {
        return Err(LunarError::YearOutOfRange(year));
    }
    // A lunar year takes its first ten months from one solstice year and its last two from the next.
    let mut months = solstice_year(year);
    months.retain(|month| month.number < 11);
    months.extend(solstice_year(year + 1).into_iter().take_while(|month| month.number >= 11));
    Ok(months)
}

/// The months from the eleventh of the lunar year before `year` up to the next eleventh, excluded.
fn solstice_year(year: i16) -> Vec<Month> {
    let first = eleventh_moon(year - 1);
    let last = eleventh_moon(year);
    let starts: Vec<i64> = (first..=last).map(new_moon_day).collect();
    let mut leap_is_due = starts.len() == 14;
    let mut number = 10;
    let month_of = |pair: &[i64]| {
        let (first_day, next) = (pair[0], pair[1]);
        let leap = leap_is_due && solar_sector(first_day) == solar_sector(next);
        if leap {
            leap_is_due = false;
        } else {
            number = number % 12 + 1;
        }
        Month { number, leap, first_day, length: next - first_day }
    };
    starts.windows(2).map(month_of).collect()
}

/// The number of the new moon that opens the month holding the winter solstice of `year`.
fn eleventh_moon(year: i16) -> i64 {
    // Moons are counted from the new moon of 2000-01-06; one that follows 21 November is near enough.
    let days = day_number(jiff::civil::date(year, 11, 21)) - day_number(jiff::civil::date(2000, 1, 6));
    let mut moon = days * 10_000 / 295_306 - 1;
    // Sector 9 begins at the solstice, 270°; a winter month may be short enough to pass over it.
    while solar_sector(new_moon_day(moon + 1)) < 9 {
        moon += 1;
    }
    moon
}

/// Which twelfth of its yearly way the sun is in when the day begins at UTC+7: 0 after the spring equinox.
fn solar_sector(day: i64) -> i64 {
    // Midnight at UTC+7 is 17:00 UTC of the day before.
    let centuries = (days_from_2000(day) - 7.0 / 24.0 + delta_t_days(day)) / 36_525.0;
    whole(sun_longitude(centuries).rem_euclid(360.0) / 30.0)
}

/// The day at UTC+7 that holds the new moon number `moon`, counted from that of 2000-01-06.
fn new_moon_day(moon: i64) -> i64 {
    let days_tt = new_moon(small(moon));
    // `days_tt` counts from noon of 2000-01-01.
    let day = whole(days_tt + 0.5) + DAY_2000;
    whole(days_tt + 0.5 - delta_t_days(day) + 7.0 / 24.0) + DAY_2000
}

/// 2000-01-01, counted from 1970-01-01.
const DAY_2000: i64 = 10_957;

/// Days from noon of 2000-01-01 to the midnight that opens `day`.
fn days_from_2000(day: i64) -> f64 {
    small(day - DAY_2000) - 0.5
}

/// Terrestrial minus universal time, in days: near 40 s in 1970, 64 s in 2000, 93 s in 2050.
fn delta_t_days(day: i64) -> f64 {
    let years = small(day - DAY_2000) / 365.25;
    (63.0 + 0.4 * years + 0.004 * years * years) / 86_400.0
}

fn small(number: i64) -> f64 {
    f64::from(i32::try_from(number).expect("years are bounded, so days and moons are small"))
}

fn whole(number: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "days and sectors of bounded years are small")]
    let floor = number.floor() as i64;
    floor
}

/// Apparent longitude of the sun, in degrees, after `t` Julian centuries from 2000.
fn sun_longitude(t: f64) -> f64 {
    let mean = 280.46646 + t * (36_000.769_83 + t * 0.000_303_2);
    let anomaly = (357.52911 + t * (35_999.050_29 - t * 0.000_153_7)).to_radians();
    let centre = (1.914_602 - t * (0.004_817 + t * 0.000_014)) * anomaly.sin()
        + (0.019_993 - t * 0.000_101) * (2.0 * anomaly).sin()
        + 0.000_289 * (3.0 * anomaly).sin();
    let node = (125.04 - 1_934.136 * t).to_radians();
    mean + centre - 0.00569 - 0.00478 * node.sin()
}

/// Amplitude in days; power of the eccentricity; multiples of the sun's anomaly, the moon's anomaly and the
/// moon's argument of latitude.
const NEW_MOON_TERMS: [(f64, i32, f64, f64, f64); 24] = [
    (-0.407_20, 0, 0.0, 1.0, 0.0),
    (0.172_41, 1, 1.0, 0.0, 0.0),
    (0.016_08, 0, 0.0, 2.0, 0.0),
    (0.010_39, 0, 0.0, 0.0, 2.0),
    (0.007_39, 1, -1.0, 1.0, 0.0),
    (-0.005_14, 1, 1.0, 1.0, 0.0),
    (0.002_08, 2, 2.0, 0.0, 0.0),
    (-0.001_11, 0, 0.0, 1.0, -2.0),
    (-0.000_57, 0, 0.0, 1.0, 2.0),
    (0.000_56, 1, 1.0, 2.0, 0.0),
    (-0.000_42, 0, 0.0, 3.0, 0.0),
    (0.000_42, 1, 1.0, 0.0, 2.0),
    (0.000_38, 1, 1.0, 0.0, -2.0),
    (-0.000_24, 1, -1.0, 2.0, 0.0),
    (-0.000_07, 0, 2.0, 1.0, 0.0),
    (0.000_04, 0, 0.0, 2.0, -2.0),
    (0.000_04, 0, 3.0, 0.0, 0.0),
    (0.000_03, 0, 1.0, 1.0, -2.0),
    (0.000_03, 0, 0.0, 2.0, 2.0),
    (-0.000_03, 0, 1.0, 1.0, 2.0),
    (0.000_03, 0, -1.0, 1.0, 2.0),
    (-0.000_02, 0, -1.0, 1.0, -2.0),
    (-0.000_02, 0, 1.0, 3.0, 0.0),
    (0.000_02, 0, 0.0, 4.0, 0.0),
];

/// Planetary corrections: amplitude in days, degrees at moon zero, degrees per moon.
const PLANET_TERMS: [(f64, f64, f64); 14] = [
    (0.000_325, 299.77, 0.107_408),
    (0.000_165, 251.88, 0.016_321),
    (0.000_164, 251.83, 26.651_886),
    (0.000_126, 349.42, 36.412_478),
    (0.000_110, 84.66, 18.206_239),
    (0.000_062, 141.74, 53.303_771),
    (0.000_060, 207.14, 2.453_732),
    (0.000_056, 154.84, 7.306_860),
    (0.000_047, 34.52, 27.261_239),
    (0.000_042, 207.19, 0.121_824),
    (0.000_040, 291.34, 1.844_379),
    (0.000_037, 161.72, 24.198_154),
    (0.000_035, 239.56, 25.513_099),
    (0.000_023, 331.55, 3.592_518),
];

/// Days of terrestrial time from noon of 2000-01-01 to the new moon number `moon`.
fn new_moon(moon: f64) -> f64 {
    let t = moon / 1_236.85;
    let sun = (2.5534 + 29.105_356_70 * moon - 0.000_001_4 * t * t).to_radians();
    let lunar = (201.5643 + 385.816_935_28 * moon + 0.010_758_2 * t * t).to_radians();
    let latitude = (160.7108 + 390.670_502_84 * moon - 0.001_611_8 * t * t).to_radians();
    let node = (124.7746 - 1.563_755_88 * moon + 0.002_067_2 * t * t).to_radians();
    let eccentricity = 1.0 - t * (0.002_516 + 0.000_007_4 * t);
    let periodic = |&(amplitude, power, s, m, f): &(f64, i32, f64, f64, f64)| {
        amplitude * eccentricity.powi(power) * (s * sun + m * lunar + f * latitude).sin()
    };
    let planetary = |&(amplitude, at_zero, per_moon): &(f64, f64, f64)| {
        amplitude * (at_zero + per_moon * moon).to_radians().sin()
    };
    // 5.09766 is JDE 2451550.09766 counted from JD 2451545.
    5.097_66 + 29.530_588_861 * moon + 0.000_154_37 * t * t - 0.000_17 * node.sin()
        + NEW_MOON_TERMS.iter().map(periodic).sum::<f64>()
        + PLANET_TERMS.iter().map(planetary).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn lunar(year: i16, month: u8, day: u8) -> Date {
        to_solar(LunarDate { year, month, leap: false, day }).unwrap()
    }

    #[test]
    fn tet_and_the_kings_day_fall_where_the_law_saw_them() {
        let vectors = [
            (2020, (1, 25), (4, 2)),
            (2021, (2, 12), (4, 21)),
            (2022, (2, 1), (4, 10)),
            (2023, (1, 22), (4, 29)),
            (2024, (2, 10), (4, 18)),
            (2025, (1, 29), (4, 7)),
            (2026, (2, 17), (4, 26)),
            (2027, (2, 6), (4, 16)),
            (2028, (1, 26), (4, 4)),
            (2029, (2, 13), (4, 23)),
            (2030, (2, 2), (4, 12)),
            (2031, (1, 23), (4, 1)),
            (2032, (2, 11), (4, 19)),
            (2033, (1, 31), (4, 9)),
            (2034, (2, 19), (4, 28)),
            (2035, (2, 8), (4, 17)),
            (2036, (1, 28), (4, 6)),
            (2040, (2, 12), (4, 20)),
        ];
        for (year, tet, kings) in vectors {
            assert_eq!(new_year(year), Ok(date(year, tet.0, tet.1)), "Tết {year}");
            assert_eq!(lunar(year, 3, 10), date(year, kings.0, kings.1), "10/3 of {year}");
        }
    }

    /// Where UTC+7 and UTC+8 see the new moon on different days, the Chinese new year is another day.
    #[test]
    fn tet_differs_from_the_chinese_new_year_in_its_six_years() {
        let vectors =
            [(1968, 1, 29), (1969, 2, 16), (1985, 1, 21), (2007, 2, 17), (2030, 2, 2), (2053, 2, 18)];
        for (year, month, day) in vectors {
            assert_eq!(new_year(year), Ok(date(year, month, day)));
        }
    }

    #[test]
    fn leap_months_stand_where_the_sun_leaves_them() {
        let leaps = [
            (1976, 8),
            (1985, 2),
            (1987, 7),
            (1995, 8),
            (2001, 4),
            (2004, 2),
            (2006, 7),
            (2009, 5),
            (2012, 4),
            (2014, 9),
            (2017, 6),
            (2020, 4),
            (2023, 2),
            (2025, 6),
            (2028, 5),
            (2031, 3),
            (2033, 11),
            (2036, 6),
        ];
        for (year, expected) in leaps {
            let months = months_of(year).unwrap();
            let leap: Vec<u8> = months.iter().filter(|m| m.leap).map(|m| m.number).collect();
            assert_eq!(leap, [expected], "leap month of {year}");
        }
        let plain = (2018..2020).chain([2021, 2022, 2024, 2026, 2027]);
        for year in plain {
            assert_eq!(months_of(year).unwrap().len(), 12, "{year}");
        }
    }

    #[test]
    fn the_months_from_1970_to_2100_follow_each_other_there_and_back() {
        let mut next = day_number(new_year(1970).unwrap());
        for year in 1970..=2100 {
            for month in months_of(year).unwrap() {
                assert_eq!(month.first_day, next, "month {} of {year}", month.number);
                assert!(matches!(month.length, 29 | 30), "month {} of {year}", month.number);
                next += month.length;
                for day in [1, 15, month.length] {
                    let solar = date_of(month.first_day + day - 1);
                    let day = u8::try_from(day).unwrap();
                    let lunar = LunarDate { year, month: month.number, leap: month.leap, day };
                    assert_eq!((from_solar(solar), to_solar(lunar)), (Ok(lunar), Ok(solar)));
                }
            }
        }
    }

    #[test]
    fn a_lunar_day_that_is_not_there_is_refused() {
        let thirtieth = LunarDate { year: 2026, month: 1, leap: false, day: 31 };
        assert_eq!(to_solar(thirtieth), Err(LunarError::NoSuchDay(thirtieth)));
        let leap = LunarDate { year: 2026, month: 1, leap: true, day: 1 };
        assert_eq!(to_solar(leap), Err(LunarError::NoSuchDay(leap)));
        let zero = LunarDate { year: 2026, month: 1, leap: false, day: 0 };
        assert_eq!(to_solar(zero), Err(LunarError::NoSuchDay(zero)));
        assert_eq!(new_year(9999), Err(LunarError::YearOutOfRange(9999)));
    }
}
