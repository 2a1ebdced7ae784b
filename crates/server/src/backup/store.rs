//! SQL of backups: where the journals stand. Rows are copied table by table, see `tables.rs`.

use motcua_db::{DbError, Tx};
use serde::{Deserialize, Serialize};

use crate::account::office_log;
use crate::dossier::proof;

/// Later than every entry.
const ALL_TIME: &str = "9999-12-31T23:59:59.999Z";

/// Where the journals stood: what a restored database must answer again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Dossiers with a journal.
    pub dossiers: i64,
    /// Entries of all journals.
    pub entries: i64,
    /// Instant of the newest entry.
    pub last_at: Option<String>,
    /// The root over the heads of all journals.
    pub root: String,
    /// Number and hash of the newest entry of the office log.
    pub office_log: Option<(i64, String)>,
}

/// Where the journals stand in this transaction.
pub fn position(tx: &mut Tx<'_>) -> Result<Position, DbError> {
    let row = tx.one("select count(*) as entries, max(at) as last_at from journal", &[])?;
    let (entries, last_at) = match row {
        Some(row) => (row.get("entries")?, row.get("last_at")?),
        None => (0, None),
    };
    let (root, dossiers) = proof::root_at(tx, ALL_TIME)?;
    Ok(Position { dossiers, entries, last_at, root, office_log: office_log::store::head(tx)? })
}
