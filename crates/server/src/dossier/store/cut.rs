//! SQL that cuts journals: only a restore into a place that nobody uses yet does so.

use motcua_db::{DbError, Tx};

/// Codes after `after`, in order, whose journal has an entry later than `at`, or at that instant when the code is later
/// than `last_code`.
pub fn longer_after(
    tx: &mut Tx<'_>,
    at: &str,
    last_code: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<String>, DbError> {
    tx.rows(
        "select distinct dossier_code from journal
          where $3 < dossier_code and ($1 < at or (at = $1 and $2 < dossier_code))
          order by dossier_code limit $4",
        &[at.into(), last_code.into(), after.into(), limit.into()],
    )?
    .iter()
    .map(|row| row.get("dossier_code"))
    .collect()
}

/// Leaves out the entries after `sequence` with the forms they issued, and forgets which files the journal names.
pub fn shorten(tx: &mut Tx<'_>, code: &str, sequence: i64) -> Result<(), DbError> {
    for table in ["form_file", "journal"] {
        let sql = format!("delete from {table} where dossier_code = $1 and $2 < sequence");
        tx.run_ahead(&sql, &[code.into(), sequence.into()])?;
    }
    tx.run_ahead("delete from dossier_file where dossier_code = $1", &[code.into()])
}

/// Forgets the printed file of a form, which is then printed anew.
pub fn forget_form_file(tx: &mut Tx<'_>, code: &str, sequence: i64) -> Result<(), DbError> {
    tx.run_ahead(
        "delete from form_file where dossier_code = $1 and sequence = $2",
        &[code.into(), sequence.into()],
    )
}

/// Removes a dossier with everything that carries its code first.
pub fn remove(tx: &mut Tx<'_>, code: &str) -> Result<(), DbError> {
    for table in ["work", "dossier_unit", "dossier_name", "dossier_file", "form_file", "journal"] {
        tx.run_ahead(&format!("delete from {table} where dossier_code = $1"), &[code.into()])?;
    }
    tx.run_ahead("delete from dossier where code = $1", &[code.into()])
}
