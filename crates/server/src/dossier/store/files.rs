//! SQL of the files of dossiers: those their journals name, and their printed forms.

use std::collections::BTreeSet;

use jiff::Timestamp;
use motcua_db::{DbError, Tx, Value};
use motcua_domain::ids::Sha256Hex;

use super::tuples;
use crate::clock::stored;

/// Remembers the file of a numbered form. Doing it twice changes nothing.
pub fn put_form_file(
    tx: &mut Tx<'_>,
    code: &str,
    sequence: i64,
    sha256: &Sha256Hex,
    size: i64,
) -> Result<(), DbError> {
    tx.run_ahead(
        "insert into form_file (dossier_code, sequence, sha256, size) values ($1, $2, $3, $4)
         on conflict (dossier_code, sequence) do nothing",
        &[code.into(), sequence.into(), sha256.as_str().into(), size.into()],
    )
}

/// The files of the numbered forms of a dossier: entry, hash, size.
pub fn form_files(tx: &mut Tx<'_>, code: &str) -> Result<Vec<(i64, Sha256Hex, i64)>, DbError> {
    tx.rows(
        "select sequence, sha256, size from form_file where dossier_code = $1 order by sequence",
        &[code.into()],
    )?
    .iter()
    .map(|row| Ok((row.get("sequence")?, row.parse("sha256")?, row.get("size")?)))
    .collect()
}

/// Writes down which files the journal of a dossier names.
pub fn put_files(tx: &mut Tx<'_>, code: &str, files: &BTreeSet<String>) -> Result<(), DbError> {
    if files.is_empty() {
        return Ok(());
    }
    let params: Vec<Value> = files.iter().flat_map(|file| [code.into(), file.as_str().into()]).collect();
    let rows = tuples(files.len(), 2);
    tx.run_ahead(
        &format!("insert into dossier_file (dossier_code, sha256) values {rows} on conflict do nothing"),
        &params,
    )
}

/// The files that are written down for a dossier.
pub fn files(tx: &mut Tx<'_>, code: &str) -> Result<BTreeSet<String>, DbError> {
    let rows = tx.rows("select sha256 from dossier_file where dossier_code = $1", &[code.into()])?;
    rows.iter().map(|row| row.get("sha256")).collect()
}

/// Whether the files of every journal are written down.
pub fn are_files_read(tx: &mut Tx<'_>) -> Result<bool, DbError> {
    Ok(tx.one("select at from dossier_file_read", &[])?.is_some())
}

/// Says that they are.
pub fn note_files_read(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), DbError> {
    tx.run_ahead(
        "insert into dossier_file_read (at) values ($1) on conflict do nothing",
        &[stored(now).into()],
    )
}
