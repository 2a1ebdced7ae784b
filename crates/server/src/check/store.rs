//! SQL of `motcua check`: what a database says about itself without being migrated.

use motcua_db::{DbError, Tx};

/// Instant of the newest entry of a journal. Reads every entry.
pub fn newest_entry(tx: &mut Tx<'_>) -> Result<Option<String>, DbError> {
    let row = tx.one("select max(at) as at from journal", &[])?;
    row.map_or(Ok(None), |row| row.get("at"))
}

/// Whether anybody ever filed a dossier, and whether the installation is a demonstration.
pub fn is_in_earnest(tx: &mut Tx<'_>) -> Result<bool, DbError> {
    let filed = tx.one("select 1 as one from dossier limit 1", &[])?.is_some();
    let demo = tx.one("select 1 as one from installation where demo limit 1", &[])?.is_some();
    Ok(filed && !demo)
}
