//! The two tables: days off with their kind (`ngay`, `ten`, `loai`) and make-up days (`ngay_lam_bu`,
//! `thay_cho_ngay_nghi`).

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use motcua_domain::calendar::{
    CalendarLayer, DayException, DayKind, DayName, HolidayDate, HolidayRule, NAME_LETTERS_MAX, Week, days_off,
};

use crate::calendar::day_form::YEARS;
use crate::calendar::import::finding;
use crate::calendar::words;
use crate::import::problem::BadValue;
use crate::import::read::{Source, Table, TableRow};
use crate::import::{Finding, ImportError, Problem, Report, clean_line};
use crate::web::locale::Locale;

/// The word in the column `loai` for extra days off around Tết.
const EXTRA_TET: &str = "nghi_tet_bo_sung";

/// The days of one table.
#[derive(Debug)]
pub(super) struct Days {
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    number: u64,
    exception: DayException,
    notes: Vec<(&'static str, String)>,
}

/// Reads a table. A day twice is an error that names both rows.
pub(super) fn read(source: Source) -> Result<Days, ImportError> {
    let table = source.into_table()?;
    let read_row = reader_of(&table)?;
    let mut rows: Vec<Row> = Vec::new();
    let mut first_rows: BTreeMap<Date, u64> = BTreeMap::new();
    table.rows(|row| {
        let (column, exception, notes) = read_row(row)?;
        if let Some(first) = first_rows.insert(exception.day, row.row) {
            let value = format!("{first} ({})", exception.day);
            return Err(Problem::new("calendar.import.day_twice", value).in_column(column));
        }
        rows.push(Row { number: row.row, exception, notes });
        Ok(())
    })?;
    Ok(Days { rows })
}

/// The column of the day, the day, and what deserves a look.
type ReadRow = Result<(&'static str, DayException, Vec<(&'static str, String)>), BadValue>;

fn reader_of(table: &Table) -> Result<fn(&TableRow<'_>) -> ReadRow, ImportError> {
    if table.has_columns(&["ngay_lam_bu", "thay_cho_ngay_nghi"]) {
        Ok(makeup_row)
    } else if table.has_columns(&["ngay", "ten", "loai"]) {
        Ok(off_row)
    } else {
        Err(ImportError::UnknownKind(table.columns.join(", ")))
    }
}

fn off_row(row: &TableRow<'_>) -> ReadRow {
    let day = day_of(row, "ngay")?;
    let word = row.needed("loai")?;
    let kind = match word {
        "nghi_le" => DayKind::Holiday,
        "nghi_bu" | EXTRA_TET => DayKind::Compensation,
        "hoan_doi" => DayKind::SwapOff,
        _ => return Err(Problem::new("calendar.import.not_a_kind", word).in_column("loai")),
    };
    let label = name_of(row, "ten")?;
    let mut notes = Vec::new();
    let name = if word == EXTRA_TET {
        // The labels of such days count them; they are not the days of the lunar calendar.
        notes.push(("calendar.import.found_label", label));
        in_both(|locale| locale.t("calendar.import.tet").to_owned())
    } else {
        DayName { vi: label, en: None }
    };
    note_source(row, &mut notes);
    Ok(("ngay", exception(day, kind, name, None), notes))
}

fn makeup_row(row: &TableRow<'_>) -> ReadRow {
    let day = day_of(row, "ngay_lam_bu")?;
    let off = row.parsed("thay_cho_ngay_nghi", "calendar.import.not_a_day")?;
    let name = in_both(|locale| {
        locale.say("calendar.import.makeup_name").arg("day", words::day(locale, off)).to_string()
    });
    let mut notes = Vec::new();
    note_source(row, &mut notes);
    Ok(("ngay_lam_bu", exception(day, DayKind::Makeup, name, Some(off)), notes))
}

fn exception(day: Date, kind: DayKind, name: DayName, swapped_with: Option<Date>) -> DayException {
    DayException { day, kind, name, swapped_with, windows: Vec::new() }
}

fn in_both(name: impl Fn(Locale) -> String) -> DayName {
    DayName { vi: name(Locale::Vi), en: Some(name(Locale::En)) }
}

/// A day of the years that can be entered, whose weekday is the one in the table.
fn day_of(row: &TableRow<'_>, column: &'static str) -> Result<Date, BadValue> {
    let day: Date = row.parsed(column, "calendar.import.not_a_day")?;
    if !YEARS.contains(&day.year()) {
        return Err(Problem::new("calendar.import.not_a_day", day).in_column(column));
    }
    let expected = match day.weekday().to_monday_one_offset() {
        7 => "CN".to_owned(),
        number => format!("T{}", number + 1),
    };
    let weekday = row.text("thu");
    if weekday.is_empty() || weekday == expected {
        Ok(day)
    } else {
        let value = format!("{weekday} ≠ {expected}");
        Err(Problem::new("calendar.import.wrong_weekday", value).in_column("thu"))
    }
}

fn name_of(row: &TableRow<'_>, column: &'static str) -> Result<String, BadValue> {
    let name = clean_line(row.needed(column)?);
    if NAME_LETTERS_MAX < name.chars().count() {
        return Err(Problem::new("import.text_too_long", NAME_LETTERS_MAX).in_column(column));
    }
    Ok(name)
}

/// The column `nguon` says how well a row is supported.
fn note_source(row: &TableRow<'_>, notes: &mut Vec<(&'static str, String)>) {
    let source = row.text("nguon");
    match source {
        "chua_kiem_chung" => notes.push(("calendar.import.found_unverified", row.text("ghi_chu").to_owned())),
        "thu_vien" => notes.push(("calendar.import.found_one_source", row.text("ghi_chu").to_owned())),
        _ if source.starts_with("PyPI") => {
            notes.push(("calendar.import.found_one_source", source.to_owned()));
        }
        _ => {}
    }
}

impl Days {
    /// What deserves a look, row by row.
    pub(super) fn findings(&self) -> impl Iterator<Item = Finding> {
        self.rows.iter().flat_map(|row| {
            let tell = move |note: &(&'static str, String)| {
                finding(row.number, row.exception.day, note.0, note.1.clone())
            };
            row.notes.iter().map(tell)
        })
    }

    /// Puts the days into a layer and says in `report` what that did. A day that is there with the same kind keeps
    /// the name it has. `root` holds the rules and the week.
    pub(super) fn put(&self, layer: &mut CalendarLayer, root: &CalendarLayer, report: &mut Report) {
        for row in &self.rows {
            put_row(row, layer, report);
        }
        self.link_swaps(layer, report);
        self.publish(layer, root, report);
    }

    /// A day off that is exchanged learns which day is worked for it.
    fn link_swaps(&self, layer: &mut CalendarLayer, report: &mut Report) {
        for row in &self.rows {
            let Some(off) = row.exception.swapped_with else { continue };
            match layer
                .exceptions
                .iter_mut()
                .find(|stored| stored.day == off && stored.kind == DayKind::SwapOff)
            {
                Some(stored) => stored.swapped_with = Some(row.exception.day),
                None => report.findings.push(finding(
                    row.number,
                    row.exception.day,
                    "calendar.import.found_no_day_off",
                    off.to_string(),
                )),
            }
        }
    }

    /// A year is published with this table when it has every holiday whose day the law fixes.
    fn publish(&self, layer: &mut CalendarLayer, root: &CalendarLayer, report: &mut Report) {
        let holidays = self.rows.iter().filter(|row| row.exception.kind == DayKind::Holiday);
        let years: BTreeSet<i16> = holidays.map(|row| row.exception.day.year()).collect();
        let rules = layer.rules.as_deref().or(root.rules.as_deref()).unwrap_or_default();
        let fixed: Vec<HolidayRule> = rules.iter().filter(|rule| is_fixed(rule.when)).cloned().collect();
        for year in years {
            let is_rest = |day: Date| Week::default().windows(day.weekday()).is_empty();
            let missing = days_off(&fixed, year, is_rest)
                .into_iter()
                .filter(|holiday| holiday.kind == DayKind::Holiday)
                .find(|holiday| layer.exceptions.iter().all(|stored| stored.day != holiday.day));
            match missing {
                None => _ = layer.published_years.insert(year),
                Some(holiday) if !layer.published_years.contains(&year) => report.findings.push(Finding {
                    row: 0,
                    subject: year.to_string(),
                    key: "calendar.import.found_incomplete",
                    value: format!("{} {}", holiday.day, holiday.name.vi),
                }),
                Some(_) => {}
            }
        }
    }
}

fn put_row(row: &Row, layer: &mut CalendarLayer, report: &mut Report) {
    let day = row.exception.day;
    let Some(stored) = layer.exceptions.iter_mut().find(|stored| stored.day == day) else {
        let swapped_with = row.exception.swapped_with.or_else(|| makeup_for(layer, &row.exception));
        layer.exceptions.push(DayException { swapped_with, ..row.exception.clone() });
        report.taken += 1;
        return;
    };
    let other = row.exception.swapped_with;
    if stored.kind == row.exception.kind && (other.is_none() || stored.swapped_with == other) {
        report.unchanged += 1;
    } else if stored.kind == row.exception.kind {
        stored.swapped_with = other;
        report.changed += 1;
    } else {
        *stored = row.exception.clone();
        report.changed += 1;
    }
}

/// The make-up day that was entered for a day off before the day off was.
fn makeup_for(layer: &CalendarLayer, off: &DayException) -> Option<Date> {
    let is_for = |other: &&DayException| {
        off.kind == DayKind::SwapOff && other.kind == DayKind::Makeup && other.swapped_with == Some(off.day)
    };
    layer.exceptions.iter().find(is_for).map(|makeup| makeup.day)
}

fn is_fixed(when: HolidayDate) -> bool {
    match when {
        HolidayDate::Solar { .. } | HolidayDate::Lunar { .. } => true,
        HolidayDate::SolarAndNeighbour { .. } | HolidayDate::LunarNewYear { .. } => false,
    }
}
