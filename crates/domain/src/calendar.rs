//! Working days, holidays and swapped days of an office, and what they make of a time limit: [`Calendar::due`] for a
//! bare limit, [`clock()`] for a dossier with its pauses, restarts and extension.
//!
//! A [`Calendar`] is resolved once from the layers of a unit and the units above it. It answers without loops
//! over minutes or days: each year has a table of running totals, built when the year is first asked for.

mod arithmetic;
mod clock;
mod due;
mod explain;
mod holidays;
mod layer;
mod limit;
pub mod lunar;
mod moment;
mod table;
mod timeliness;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use self::{
    clock::{
        Clock, ClockInput, Extension, Pause, PauseKind, SupplementPolicy, clock, clock_without_explanation,
    },
    due::Due,
    explain::{EXPLANATION_LINES_MAX, ExplanationLine, MoveReason},
    holidays::{HolidayDate, HolidayRule, days_off},
    layer::{
        CalendarError, CalendarLayer, DayCount, DayException, DayKind, DayName, EXCEPTIONS_MAX,
        NAME_LETTERS_MAX, WEEKS_MAX, WINDOWS_MAX, Week, Window,
    },
    limit::{Limit, LimitError},
    moment::{FIRST_YEAR, LAST_YEAR},
    timeliness::{
        EarlyBoundary, OverdueAgainst, Timeliness, TimelinessRule, Warning, WarningRule,
        timeliness_of_elapsed,
    },
};
use self::{
    moment::{YEARS, day_number, is_known, year_at, year_index},
    table::{Plan, Plans, YearTable},
};

/// The working time of one unit, for the years [`FIRST_YEAR`] to [`LAST_YEAR`]. Instants outside them are held
/// at the nearest end.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// Weekly patterns, each with the day it begins; the first has no beginning.
    weeks: Vec<Week>,
    exceptions: BTreeMap<Date, DayException>,
    published_years: BTreeSet<i16>,
    rules: Vec<HolidayRule>,
    minutes_per_day: u16,
    day_count: DayCount,
    plans: Plans,
    years: Vec<OnceLock<YearTable>>,
}

/// Why nobody works on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OffReason {
    /// The weekly pattern has no window on this weekday.
    WeeklyRest,
    /// A dated exception takes the day off.
    Exception {
        /// How the day differs from its weekday.
        kind: DayKind,
        /// What it is called.
        name: DayName,
    },
}

impl Calendar {
    /// The calendar of the unit whose own decisions are the last of `layers` and whose root's are the first.
    /// Without any layer, the default week without holidays.
    pub fn resolve(layers: &[CalendarLayer]) -> Result<Self, CalendarError> {
        let mut weeks = vec![Week::default()];
        let mut exceptions = BTreeMap::new();
        let mut published_years = BTreeSet::new();
        let (mut rules, mut minutes_per_day, mut day_count) = (Vec::new(), 480, DayCount::default());
        for layer in layers {
            layer.check()?;
            override_weeks(&mut weeks, &layer.weeks);
            exceptions.extend(layer.exceptions.iter().map(|exception| (exception.day, exception.clone())));
            published_years.extend(&layer.published_years);
            rules = layer.rules.clone().unwrap_or(rules);
            minutes_per_day = layer.minutes_per_day.unwrap_or(minutes_per_day);
            day_count = layer.day_count.unwrap_or(day_count);
        }
        let plans = Plans::new(&weeks, &exceptions);
        let years = (0..YEARS).map(|_| OnceLock::new()).collect();
        Ok(Self { weeks, exceptions, published_years, rules, minutes_per_day, day_count, plans, years })
    }

    /// Whether the days off of a year are computed from the law because nobody has published them.
    pub fn is_provisional(&self, year: i16) -> bool {
        !self.published_years.contains(&year)
    }

    /// Minutes that one working day stands for when limits in days and in hours are compared.
    pub fn minutes_per_day(&self) -> u16 {
        self.minutes_per_day
    }

    /// How the last day of a limit in days ends.
    pub fn day_count(&self) -> DayCount {
        self.day_count
    }

    /// Whether anybody works on a day.
    pub fn is_working_day(&self, date: Date) -> bool {
        let day = day_number(date);
        is_known(day) && self.plan(day).is_worked()
    }

    /// The working windows of a day, in order; none when it is off.
    pub fn windows_on(&self, date: Date) -> Vec<Window> {
        let day = day_number(date);
        if is_known(day) { self.plan(day).windows() } else { Vec::new() }
    }

    /// What makes a day differ from its weekday: an exception somebody entered, or in a year that nobody has
    /// published a holiday computed from the law.
    pub fn exception_on(&self, date: Date) -> Option<&DayException> {
        let day = day_number(date);
        if !is_known(day) {
            return None;
        }
        self.exceptions.get(&date).or_else(|| self.table(year_index(day)).computed_on(date))
    }

    /// Whether the weekly pattern alone would have anybody work on a day.
    pub fn is_worked_by_week(&self, date: Date) -> bool {
        !week_on(&self.weeks, date).windows(date.weekday()).is_empty()
    }

    /// The weekly windows in force on a day.
    pub fn week_on(&self, date: Date) -> &Week {
        week_on(&self.weeks, date)
    }

    /// Whether a day is off only because the law says so in a year that nobody has published.
    pub fn is_computed(&self, date: Date) -> bool {
        let day = day_number(date);
        is_known(day)
            && !self.exceptions.contains_key(&date)
            && self.table(year_index(day)).computed_on(date).is_some()
    }

    /// Why nobody works on a day; none when somebody does.
    pub fn why_off(&self, date: Date) -> Option<OffReason> {
        if self.is_working_day(date) {
            return None;
        }
        let exception = self.exception_on(date).filter(|exception| !exception.kind.is_worked());
        Some(exception.map_or(OffReason::WeeklyRest, |exception| OffReason::Exception {
            kind: exception.kind,
            name: exception.name.clone(),
        }))
    }

    /// How the working time of a day is cut.
    fn plan(&self, day: i64) -> &Plan {
        self.plans.get(self.table(year_index(day)).plan_on(day))
    }

    fn table(&self, index: usize) -> &YearTable {
        self.years[index].get_or_init(|| {
            let year = year_at(index);
            let computed = if self.is_provisional(year) {
                days_off(&self.rules, year, |date| {
                    week_on(&self.weeks, date).windows(date.weekday()).is_empty()
                })
            } else {
                Vec::new()
            };
            YearTable::new(index, &self.plans, &self.weeks, &self.exceptions, computed)
        })
    }
}

impl Default for Calendar {
    /// Monday to Friday, 07:30–11:30 and 13:30–17:00, no holidays, every year provisional.
    fn default() -> Self {
        Self::resolve(&[]).expect("the default week is a calendar")
    }
}

/// Lets the patterns of a lower layer replace the inherited ones from the first of them on.
fn override_weeks(weeks: &mut Vec<Week>, own: &[Week]) {
    let Some(first) = own.iter().map(|week| week.valid_from).min() else {
        return;
    };
    weeks.retain(|week| week.valid_from < first);
    weeks.extend(own.iter().cloned());
    weeks.sort_by_key(|week| week.valid_from);
}

/// The pattern in force on a day. `weeks` is in order of beginning and its first has none.
fn week_on(weeks: &[Week], date: Date) -> &Week {
    let begun = weeks.partition_point(|week| week.valid_from.is_none_or(|from| from <= date));
    &weeks[begun.max(1) - 1]
}

#[cfg(test)]
mod tests;
