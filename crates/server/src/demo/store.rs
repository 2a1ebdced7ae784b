//! SQL of the demonstration.

use motcua_db::{DbError, Tx};

/// Whether anything is stored that a demonstration must not be mixed with.
pub fn is_empty(tx: &mut Tx<'_>) -> Result<bool, DbError> {
    let row = tx.one(
        "select 1 as one where exists (select 1 from person) or exists (select 1 from dossier)
             or exists (select 1 from unit) or exists (select 1 from procedure_version)",
        &[],
    )?;
    Ok(row.is_none())
}
