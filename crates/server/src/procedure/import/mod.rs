//! Imports of procedures from the national portal, from the flat national catalogue, and from our own format.

use jiff::civil::Date;
use motcua_db::{Store, Tx};

use crate::import::read::Source;
use crate::import::{ImportError, Problem, Report};
use crate::procedure::import::apply::{Numbered, Row};
use crate::procedure::import::flat::FlatRow;
use crate::procedure::import::portal::Note;

pub mod apply;
pub mod flat;
pub mod level;
pub mod own;
pub mod portal;
pub mod wire;

/// Takes a file of procedures, of whichever kind it is, all or nothing. `at` is the instant as storage keeps it.
pub fn import(store: &Store, source: Source, today: Date, at: &str) -> Result<Report, ImportError> {
    let read = read(source, today)?;
    store.write_sync(|tx| take_in(tx, &read, at, &read.name))
}

/// A file that was read.
#[derive(Debug)]
pub struct Read {
    /// Name of the file.
    pub name: String,
    rows: Vec<Numbered>,
}

/// Takes a file that was read, in a transaction of whoever asks. `by` is who publishes what it holds.
pub fn take_in(tx: &mut Tx<'_>, read: &Read, at: &str, by: &str) -> Result<Report, ImportError> {
    let mut report = Report::new(&read.name);
    apply::apply(tx, &read.rows, &mut report, at, by)?;
    Ok(report)
}

/// Reads a file without taking it.
pub fn read(source: Source, today: Date) -> Result<Read, ImportError> {
    let name = source.name();
    Ok(Read { name, rows: rows(source, today)? })
}

fn rows(mut source: Source, today: Date) -> Result<Vec<Numbered>, ImportError> {
    let mut rows = Vec::new();
    if source.is_json()? {
        source.json_rows(|number, value| {
            let row = if portal::is_portal_object(&value) {
                Row::Foreign(Box::new(portal::read(value, today)?))
            } else if own::is_own_object(&value) {
                Row::Own(Box::new(own::read(value)?))
            } else {
                return Err(Problem::new("procedure.not_a_procedure", "").in_column(""));
            };
            rows.push(Numbered { number, row });
            Ok(())
        })?;
        return Ok(rows);
    }
    let table = source.into_table()?;
    if !table.has_columns(&flat::COLUMNS) {
        return Err(ImportError::UnknownKind(table.columns.join(", ")));
    }
    table.rows(|row| {
        let read = match flat::read(row, today)? {
            FlatRow::Taken(incoming) => Row::Foreign(incoming),
            FlatRow::LeftOut(key, value) => Row::LeftOut(Note { key, value }),
        };
        rows.push(Numbered { number: row.row, row: read });
        Ok(())
    })?;
    Ok(rows)
}

/// Writes procedures in our own format, one to a line: what [`import`] reads back without a change.
pub fn export(store: &Store, only_latest: bool, out: &mut impl std::io::Write) -> anyhow::Result<usize> {
    let versions = store.read_sync(|tx| crate::procedure::store::all_versions(tx, only_latest))?;
    for version in &versions {
        serde_json::to_writer(&mut *out, version)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(versions.len())
}

#[cfg(test)]
mod tests;
