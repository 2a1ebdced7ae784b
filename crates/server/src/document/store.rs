//! SQL of files: which of them somebody names.

use std::collections::BTreeSet;

use motcua_db::{DbError, Params, Tx};

use crate::document::blob::BlobHash;

/// Those of `hashes` that a dossier, a draft, a printed form, a sender or an upload on its way names.
pub fn named(tx: &mut Tx<'_>, hashes: &[BlobHash]) -> Result<BTreeSet<BlobHash>, DbError> {
    if hashes.is_empty() {
        return Ok(BTreeSet::new());
    }
    let mut params = Params::default();
    let places = params.bind_all(hashes.iter().map(BlobHash::to_string)).join(", ");
    let tables = ["dossier_file", "draft_file", "form_file", "api_file", "upload"];
    let one = |table: &str| format!("select sha256 from {table} where sha256 in ({places})");
    let sql = tables.map(one).join(" union ");
    tx.rows(&sql, &params)?.iter().map(|row| row.parse("sha256")).collect()
}
