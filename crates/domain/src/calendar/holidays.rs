//! The law's public holidays as rules, and the days off they give in a year nobody has published yet.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    layer::{CalendarError, DayException, DayKind, DayName},
    lunar::{self, LunarDate},
};

/// Most days one rule may take.
const RULE_DAYS_MAX: u8 = 15;

/// One public holiday of the law (Labour Code, article 112), with the days between which it is in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HolidayRule {
    /// What the holiday is called.
    pub name: DayName,
    /// When it falls.
    pub when: HolidayDate,
    /// Whether the next working day is off when it falls on weekly rest (Labour Code, article 111.3).
    #[serde(default = "yes")]
    pub compensated: bool,
    /// A holiday that is announced but not yet law can be switched off.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// First day on which it can fall; none when it is older than the records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// Last day on which it can fall; none while it is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
}

/// When a holiday falls in a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum HolidayDate {
    /// A day of the solar year.
    Solar {
        /// 1 to 12.
        month: i8,
        /// 1 to 31.
        day: i8,
    },
    /// A day of the solar year and the one before or after it, whichever makes the longer rest. The yearly
    /// decisions since 2021 have chosen so; of two equal ones they took the day before.
    SolarAndNeighbour {
        /// 1 to 12.
        month: i8,
        /// 1 to 31.
        day: i8,
    },
    /// A day of the lunar year.
    Lunar {
        /// 1 to 12.
        month: u8,
        /// 1 to 30.
        day: u8,
    },
    /// Days around the first day of the lunar year (Tết).
    LunarNewYear {
        /// Days of the old year.
        days_before: u8,
        /// Days of the new year, its first included.
        days_after: u8,
    },
}

fn yes() -> bool {
    true
}

impl HolidayRule {
    /// Checks that the rule names days that exist, and not too many of them.
    pub fn check(&self) -> Result<(), CalendarError> {
        self.name.check()?;
        let exists = match self.when {
            // A leap year has every day that any year has.
            HolidayDate::Solar { month, day } | HolidayDate::SolarAndNeighbour { month, day } => {
                Date::new(2000, month, day).is_ok()
            }
            HolidayDate::Lunar { month, day } => (1..=12).contains(&month) && (1..=30).contains(&day),
            HolidayDate::LunarNewYear { days_before, days_after } => {
                let days = u16::from(days_before) + u16::from(days_after);
                (1..=u16::from(RULE_DAYS_MAX)).contains(&days)
            }
        };
        if exists { Ok(()) } else { Err(CalendarError::BadRule(self.name.vi.clone())) }
    }

    /// The days this rule takes in a solar year; none when the year has no such day.
    fn days_in(&self, year: i16, is_rest: &impl Fn(Date) -> bool) -> Vec<Date> {
        let in_force = |day: &Date| {
            self.valid_from.is_none_or(|from| from <= *day) && self.valid_to.is_none_or(|to| *day <= to)
        };
        let days =
            match self.when {
                HolidayDate::Solar { month, day } => Date::new(year, month, day).into_iter().collect(),
                HolidayDate::SolarAndNeighbour { month, day } => Date::new(year, month, day)
                    .map_or_else(|_| Vec::new(), |day| with_neighbour(day, is_rest)),
                // Lunar months 11 and 12 reach into the next solar year.
                HolidayDate::Lunar { month, day } => [year - 1, year]
                    .into_iter()
                    .filter_map(|year| lunar::to_solar(LunarDate { year, month, leap: false, day }).ok())
                    .filter(|date| date.year() == year)
                    .collect(),
                HolidayDate::LunarNewYear { days_before, days_after } => lunar::new_year(year)
                    .map_or_else(|_| Vec::new(), |tet| around(tet, days_before, days_after)),
            };
        days.into_iter().filter(in_force).collect()
    }
}

fn around(day: Date, days_before: u8, days_after: u8) -> Vec<Date> {
    let (first, count) = (-i64::from(days_before), usize::from(days_before) + usize::from(days_after));
    (first..).map(|offset| plus_days(day, offset)).take(count).collect()
}

fn with_neighbour(day: Date, is_rest: &impl Fn(Date) -> bool) -> Vec<Date> {
    let rest_with = |neighbour: Date| {
        let off = |date: Date| date == day || date == neighbour || is_rest(date);
        let run = |step: i64| (1..=7).take_while(|n| off(plus_days(day, n * step))).count();
        run(-1) + run(1)
    };
    let (before, after) = (plus_days(day, -1), plus_days(day, 1));
    if rest_with(before) < rest_with(after) { vec![day, after] } else { vec![before, day] }
}

fn plus_days(day: Date, days: i64) -> Date {
    day.saturating_add(jiff::SignedDuration::from_hours(days * 24))
}

/// The days off that `rules` give in `year`, in order, each day once: the holidays, and for each that falls on
/// weekly rest the next day that is neither rest nor a holiday. `is_rest` tells weekly rest.
pub fn days_off(rules: &[HolidayRule], year: i16, is_rest: impl Fn(Date) -> bool) -> Vec<DayException> {
    // The compensation of the last days of a year may reach into the next.
    let mut days: Vec<_> =
        [year - 1, year].into_iter().flat_map(|y| holidays_of(rules, y, &is_rest)).collect();
    days.sort_by_key(|(day, _)| *day);
    days.dedup_by_key(|(day, _)| *day);
    let mut taken: Vec<Date> = days.iter().map(|(day, _)| *day).collect();
    let mut exceptions = Vec::new();
    for (day, rule) in &days {
        exceptions.push(off(*day, DayKind::Holiday, &rule.name));
        if rule.compensated && is_rest(*day) {
            let is_free = |date: &Date| !is_rest(*date) && !taken.contains(date);
            let instead = (1..=366).map(|days| plus_days(*day, days)).find(is_free);
            if let Some(instead) = instead {
                taken.push(instead);
                exceptions.push(off(instead, DayKind::Compensation, &rule.name));
            }
        }
    }
    exceptions.retain(|exception| exception.day.year() == year);
    exceptions.sort_by_key(|exception| exception.day);
    exceptions
}

fn holidays_of<'a>(
    rules: &'a [HolidayRule],
    year: i16,
    is_rest: &impl Fn(Date) -> bool,
) -> Vec<(Date, &'a HolidayRule)> {
    let enabled = rules.iter().filter(|rule| rule.enabled);
    enabled.flat_map(|rule| rule.days_in(year, is_rest).into_iter().map(move |day| (day, rule))).collect()
}

fn off(day: Date, kind: DayKind, name: &DayName) -> DayException {
    DayException { day, kind, name: name.clone(), swapped_with: None, windows: Vec::new() }
}
