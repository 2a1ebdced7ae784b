//! Imports of calendars: the tables of days off and of make-up days, and our own format.
//!
//! Our own format is a layer as JSON: `weeks`, `exceptions`, `published_years`, `rules`, `minutes_per_day`,
//! `day_count`, each only when it is decided, and `unit`, the code of the unit that decides it.

use jiff::Timestamp;
use jiff::civil::Date;
use motcua_db::{Store, Tx};
use motcua_domain::calendar::CalendarError;
use motcua_domain::unit::UnitCode;

use crate::calendar::change::{DayChange, LayerChange};
use crate::calendar::steps;
use crate::calendar::store::{self, Author};
use crate::import::read::Source;
use crate::import::{Finding, ImportError, Problem, Report};

mod own;
mod table;

/// A file that was read.
#[derive(Debug)]
pub struct File(Content);

#[derive(Debug)]
enum Content {
    /// Days of one of the two tables.
    Table(table::Days),
    /// Layers in our own format, one to a row.
    Own(Vec<own::OwnLayer>),
}

/// Takes one file, whole or not at all. `unit` is whose calendar the tables are for; none for the whole office.
pub fn import(
    store: &Store,
    source: Source,
    unit: Option<&UnitCode>,
    author: &Author,
    now: Timestamp,
) -> Result<Report, ImportError> {
    let name = source.name();
    let file = read(source)?;
    store.write_sync(|tx| {
        let mut report = Report::new(name.clone());
        match &file.0 {
            Content::Table(days) => take_table(tx, days, unit, author, now, &mut report)?,
            Content::Own(layers) => {
                layers.iter().try_for_each(|layer| take_own(tx, layer, unit, author, now, &mut report))?;
            }
        }
        Ok(report)
    })
}

/// Reads one file and takes nothing.
pub fn read(mut source: Source) -> Result<File, ImportError> {
    if source.is_json()? {
        return Ok(File(Content::Own(own::read(source)?)));
    }
    Ok(File(Content::Table(table::read(source)?)))
}

fn take_table(
    tx: &mut Tx<'_>,
    days: &table::Days,
    unit: Option<&UnitCode>,
    author: &Author,
    now: Timestamp,
    report: &mut Report,
) -> Result<(), ImportError> {
    known(tx, unit, 0)?;
    report.findings.extend(days.findings());
    let root = store::find(tx, None)?.layer;
    steps::change(tx, unit, author, now, |layer| {
        days.put(layer, &root, report);
        Ok::<(), ImportError>(())
    })?;
    Ok(())
}

fn take_own(
    tx: &mut Tx<'_>,
    own: &own::OwnLayer,
    unit: Option<&UnitCode>,
    author: &Author,
    now: Timestamp,
    report: &mut Report,
) -> Result<(), ImportError> {
    let unit = own.unit.as_ref().or(unit);
    known(tx, unit, own.row)?;
    let mut decided = 0;
    let change = steps::change(tx, unit, author, now, |layer| {
        decided = own.put(layer);
        Ok::<(), ImportError>(())
    })?;
    count(&change, decided, report);
    Ok(())
}

/// Counts what a layer in our own format did: every day and every published year, and the settings as one.
fn count(change: &LayerChange, decided: u64, report: &mut Report) {
    let is_new = |day: &&DayChange| day.before.is_none();
    let size = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let taken = size(change.days.iter().filter(is_new).count()) + size(change.years_published.len());
    let changed = size(change.days.iter().filter(|day| !is_new(day)).count()) + u64::from(change.settings);
    report.taken += taken;
    report.changed += changed;
    report.unchanged += decided.saturating_sub(taken + changed);
}

/// A calendar belongs to a unit that there is.
fn known(tx: &mut Tx<'_>, unit: Option<&UnitCode>, row: u64) -> Result<(), ImportError> {
    let Some(unit) = unit else { return Ok(()) };
    if crate::unit::store::all_of(tx, unit)?.is_empty() {
        let problem = Problem::new("calendar.import.unknown_unit", unit);
        return Err(ImportError::BadRows(vec![problem.in_column("unit").in_row(row)]));
    }
    Ok(())
}

impl From<CalendarError> for ImportError {
    /// Days and windows were checked row by row before; this is what only the whole layer shows.
    fn from(error: CalendarError) -> Self {
        let problem = Problem::new("calendar.import.no_calendar", error);
        Self::BadRows(vec![problem.in_column("").in_row(0)])
    }
}

/// A finding about a day.
fn finding(row: u64, day: Date, key: &'static str, value: impl Into<String>) -> Finding {
    Finding { row, subject: day.to_string(), key, value: value.into() }
}

#[cfg(test)]
mod tests;
