//! SQL of backups: where the journals stand, and what goes with the journals when they are cut. Rows are copied table by
//! table, see `tables.rs`.

use motcua_db::{DbError, Tx};
use serde::{Deserialize, Serialize};

use crate::account::office_log;
use crate::dossier::proof;
use crate::web::locale::Locale;

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

/// Forgets which press of a button filed a dossier that is gone: pressed again, it files another.
pub fn forget_submissions(tx: &mut Tx<'_>) -> Result<(), DbError> {
    tx.run_ahead(
        "delete from submission
          where not exists (select 1 from dossier d where d.code = submission.dossier_code)",
        &[],
    )
}

/// Forgets letters that were written after `at`, and does not send them.
pub fn forget_letters(tx: &mut Tx<'_>, at: &str) -> Result<(), DbError> {
    tx.run_ahead("delete from mail where $1 < created_at", &[at.into()])?;
    tx.run_ahead(
        "delete from job
          where kind = 'send_mail' and not exists (select 1 from mail m where m.id = job.payload)",
        &[],
    )
}

/// Forgets bulk acts that were confirmed after `at`. Those that ran then end there: what they did not do by then has to be
/// asked for again.
pub fn end_bulk_runs(tx: &mut Tx<'_>, at: &str) -> Result<(), DbError> {
    tx.run_ahead("delete from job where kind = 'bulk'", &[])?;
    let later = "confirmed_at is null or $1 < confirmed_at";
    let sql = format!("delete from bulk_row where run_id in (select id from bulk_run where {later})");
    tx.run_ahead(&sql, &[at.into()])?;
    tx.run_ahead(&format!("delete from bulk_run where {later}"), &[at.into()])?;
    for locale in Locale::ALL {
        tx.run_ahead(
            "update bulk_row set outcome = 'refused', words = $2, settled_at = $1
              where run_id in (select id from bulk_run where language = $3)
                and (outcome = 'waiting' or $1 < settled_at)",
            &[at.into(), locale.t("bulk.restored").into(), locale.code().into()],
        )?;
    }
    tx.run_ahead("update bulk_run set ended_at = $1 where ended_at is null or $1 < ended_at", &[at.into()])
}
