//! Imports of areas and units: the lists of the statistics office, agency codes, and our own format.

use jiff::civil::Date;
use motcua_db::{Store, Tx};
use motcua_domain::unit::area::{Area, Succession};
use motcua_domain::unit::{Unit, Units};

use crate::import::problem::BadValue;
use crate::import::read::{Source, Table, TableRow};
use crate::import::{Finding, ImportError, Problem, Report};
use crate::unit::store::{self, Saved};

mod agency;
mod area;

/// What a file turned out to be. The order is the order in which files that are sent together must be taken: an
/// area lies in one that is known, and a line of the conversion table names two that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Provinces until 30 June 2025.
    LegacyProvinces,
    /// Districts until 30 June 2025.
    LegacyDistricts,
    /// Communes until 30 June 2025.
    LegacyCommunes,
    /// Today's provinces.
    Provinces,
    /// Today's communes.
    Communes,
    /// Old communes and what they became.
    Conversion,
    /// Old districts that became a commune.
    SpecialConversion,
    /// Agency codes of a province.
    Agencies,
    /// Units in our own format.
    Own,
}

impl Kind {
    /// Every kind of table, with columns that tell it from the others.
    const TABLES: [(Self, &'static [&'static str]); 8] = [
        (Self::SpecialConversion, &["ma_xa_moi", "ma_huyen_cu", "ma_tinh_cu", "ghi_chu"]),
        (Self::Conversion, &["ma_xa_moi", "ma_xa_cu", "ghi_chu"]),
        (Self::Agencies, &["ma_dinh_danh", "ten", "cap", "ma_xa_gso"]),
        (Self::LegacyCommunes, &["ma_xa", "ten_day_du", "ma_huyen", "ma_tinh"]),
        (Self::Communes, &["ma_xa", "ten_day_du", "ma_tinh"]),
        (Self::LegacyDistricts, &["ma_huyen", "ten_day_du", "ma_tinh"]),
        (Self::Provinces, &["ma_tinh", "ten_day_du", "so_xa"]),
        (Self::LegacyProvinces, &["ma_tinh", "ten_day_du"]),
    ];

    fn of(table: &Table) -> Result<Self, ImportError> {
        let kind = Self::TABLES.into_iter().find(|(kind, columns)| {
            // The special table has no old communes; without this the general one would look like it.
            let is_general = *kind == Self::SpecialConversion && table.has_columns(&["ma_xa_cu"]);
            !is_general && table.has_columns(columns)
        });
        kind.map(|(kind, _)| kind).ok_or_else(|| ImportError::UnknownKind(table.columns.join(", ")))
    }
}

/// A file that was read, and what it is.
#[derive(Debug)]
pub struct Read {
    /// Name of the file.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    rows: Vec<Numbered>,
}

#[derive(Debug)]
struct Numbered {
    number: u64,
    subject: String,
    row: Row,
    notes: Vec<(&'static str, String)>,
}

#[derive(Debug)]
enum Row {
    Area(Area),
    Succession(Succession),
    Unit(Box<Unit>),
}

/// Reads a file without taking it: files that are sent together are first all read, then taken in order of kind.
pub fn read(mut source: Source) -> Result<Read, ImportError> {
    let name = source.name();
    let mut rows = Vec::new();
    if source.is_json()? {
        source.json_rows(|number, value| {
            let unit: Unit = serde_path_to_error::deserialize(value).map_err(|error| {
                let column = error.path().to_string();
                Problem::json(&error.into_inner()).in_column(column)
            })?;
            let subject = unit.code.to_string();
            rows.push(Numbered { number, subject, row: Row::Unit(Box::new(unit)), notes: Vec::new() });
            Ok(())
        })?;
        return Ok(Read { name, kind: Kind::Own, rows });
    }
    let table = source.into_table()?;
    let kind = Kind::of(&table)?;
    let mut agencies = agency::Reader::default();
    table.rows(|row| {
        rows.push(numbered(kind, row, &mut agencies)?);
        Ok(())
    })?;
    Ok(Read { name, kind, rows })
}

fn numbered(kind: Kind, row: &TableRow<'_>, agencies: &mut agency::Reader) -> Result<Numbered, BadValue> {
    let mut notes = Vec::new();
    let (subject, read) = match kind {
        Kind::LegacyProvinces
        | Kind::LegacyDistricts
        | Kind::LegacyCommunes
        | Kind::Provinces
        | Kind::Communes => {
            let area = area::area(kind, row, &mut notes)?;
            (area.code.to_string(), Row::Area(area))
        }
        Kind::Conversion | Kind::SpecialConversion => {
            let line = area::succession(kind, row)?;
            (format!("{} → {}", line.old, line.new), Row::Succession(line))
        }
        Kind::Agencies | Kind::Own => {
            let unit = agencies.unit(row, &mut notes)?;
            (unit.code.to_string(), Row::Unit(Box::new(unit)))
        }
    };
    Ok(Numbered { number: row.row, subject, row: read, notes })
}

/// Takes a file that was read, all or nothing.
pub fn take(store: &Store, read: &Read, today: Date) -> Result<Report, ImportError> {
    store.write_sync(|tx| take_in(tx, read, today))
}

/// Takes a file that was read, in a transaction of whoever asks.
pub fn take_in(tx: &mut Tx<'_>, read: &Read, today: Date) -> Result<Report, ImportError> {
    let mut report = Report::new(&read.name);
    for numbered in &read.rows {
        row(tx, numbered, &mut report, today)?;
    }
    if matches!(read.kind, Kind::Agencies | Kind::Own) {
        check_tree(tx, read)?;
    }
    Ok(report)
}

/// Takes several files in the order in which they need each other.
pub fn take_all(
    store: &Store,
    mut files: Vec<Read>,
    today: Date,
) -> Result<Vec<Report>, (String, ImportError)> {
    files.sort_by_key(|file| file.kind);
    let take = |file: &Read| take(store, file, today).map_err(|error| (file.name.clone(), error));
    files.iter().map(take).collect()
}

fn row(tx: &mut Tx<'_>, numbered: &Numbered, report: &mut Report, today: Date) -> Result<(), ImportError> {
    let find = |report: &mut Report, key, value: String| {
        report.findings.push(Finding { row: numbered.number, subject: numbered.subject.clone(), key, value });
    };
    for (key, value) in &numbered.notes {
        find(report, key, value.clone());
    }
    let bad = |key, value: String, column: &str| {
        ImportError::BadRows(vec![Problem::new(key, value).in_column(column).in_row(numbered.number)])
    };
    let saved = match &numbered.row {
        Row::Area(area) => {
            if let Some(parent) = &area.parent
                && store::area_history(tx, parent)?.is_empty()
            {
                return Err(bad("unit.unknown_area", parent.to_string(), "ma_tinh"));
            }
            store::save_area(tx, area)?
        }
        Row::Succession(line) => {
            for code in [&line.old, &line.new] {
                if store::area_history(tx, code)?.is_empty() {
                    find(report, "unit.found_unlisted_area", code.to_string());
                }
            }
            store::save_succession(tx, line)?
        }
        Row::Unit(unit) => {
            let mut unit = Unit::clone(unit);
            if let Some(area) = &unit.area
                && store::area_on(tx, area, today)?.is_none()
            {
                find(report, "unit.found_unknown_area", area.to_string());
            }
            if unit.area.is_none() && unit.level == motcua_domain::unit::UnitLevel::Province {
                unit.area = agency::province_area(tx, &unit, today)?;
            }
            keep_what_is_written_here(tx, &mut unit, numbered)?;
            store::save(tx, &unit)?
        }
    };
    match saved {
        Saved::New => report.taken += 1,
        Saved::Changed => report.changed += 1,
        Saved::Unchanged => report.unchanged += 1,
    }
    Ok(())
}

/// A list of agency codes knows codes, names and areas. What this office added, accounts and addresses, stays.
fn keep_what_is_written_here(
    tx: &mut Tx<'_>,
    unit: &mut Unit,
    numbered: &Numbered,
) -> Result<(), ImportError> {
    let is_from_list = numbered.notes.iter().any(|(key, _)| *key == agency::FROM_LIST);
    let before =
        store::all_of(tx, &unit.code)?.into_iter().find(|before| before.valid_from == unit.valid_from);
    if let Some(before) = before
        && is_from_list
    {
        *unit = Unit { name: unit.name.clone(), area: unit.area.clone(), level: unit.level, ..before };
    }
    Ok(())
}

/// The units together must make a tree.
fn check_tree(tx: &mut Tx<'_>, read: &Read) -> Result<(), ImportError> {
    let Err(defects) = Units::new(store::all(tx)?) else { return Ok(()) };
    let row_of = |text: &str| {
        let named = |numbered: &&Numbered| text.split([' ', ',']).any(|word| word == numbered.subject);
        read.rows.iter().find(named).map_or(0, |numbered| numbered.number)
    };
    let bad = defects.iter().take(crate::import::problem::BAD_ROWS_MAX).map(|defect| {
        let text = defect.to_string();
        let row = row_of(&text);
        Problem::new("unit.no_tree", text).in_column("parent").in_row(row)
    });
    Err(ImportError::BadRows(bad.collect()))
}

#[cfg(test)]
mod tests;
