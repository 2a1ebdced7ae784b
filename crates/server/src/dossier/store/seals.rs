//! SQL of seals.

use motcua_db::{DbError, Row, Tx};

/// A seal: the Merkle root over the heads of all dossiers at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// 1, 2, 3 …
    pub number: i64,
    /// Made when.
    pub at: String,
    /// Covers every entry written until then.
    pub up_to: String,
    /// How many dossiers it covers.
    pub dossiers: i64,
    /// The root.
    pub root: String,
    /// Hash of all of the above and of the seal before; none on seals made before seals were chained.
    pub hash: Option<String>,
}

const COLUMNS: &str = "number, at, up_to, dossiers, root, hash";

/// All seals, oldest first.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Seal>, DbError> {
    tx.rows(&format!("select {COLUMNS} from proof_seal order by number"), &[])?.iter().map(seal).collect()
}

/// The newest seal.
pub fn last(tx: &mut Tx<'_>) -> Result<Option<Seal>, DbError> {
    let sql = format!("select {COLUMNS} from proof_seal order by number desc limit 1");
    tx.one(&sql, &[])?.as_ref().map(seal).transpose()
}

/// The last seal made until `at`.
pub fn before(tx: &mut Tx<'_>, at: &str) -> Result<Option<Seal>, DbError> {
    let sql = format!("select {COLUMNS} from proof_seal where at <= $1 order by number desc limit 1");
    tx.one(&sql, &[at.into()])?.as_ref().map(seal).transpose()
}

/// Keeps a seal. `Conflict` when another server made one with this number.
pub fn insert(tx: &mut Tx<'_>, seal: &Seal) -> Result<(), DbError> {
    tx.run(
        "insert into proof_seal (number, at, up_to, dossiers, root, hash) values ($1, $2, $3, $4, $5, $6)",
        &[
            seal.number.into(),
            seal.at.as_str().into(),
            seal.up_to.as_str().into(),
            seal.dossiers.into(),
            seal.root.as_str().into(),
            seal.hash.clone().into(),
        ],
    )?;
    Ok(())
}

/// Removes the seals from the first one that was made after `at`, or covers what was recorded at `left_out` or later.
pub fn remove_from(tx: &mut Tx<'_>, at: &str, left_out: Option<&str>) -> Result<(), DbError> {
    tx.run_ahead(
        "delete from proof_seal
          where (select min(number) from proof_seal where $1 < at or cast($2 as text) <= up_to) <= number",
        &[at.into(), left_out.into()],
    )
}

fn seal(row: &Row) -> Result<Seal, DbError> {
    Ok(Seal {
        number: row.get("number")?,
        at: row.get("at")?,
        up_to: row.get("up_to")?,
        dossiers: row.get("dossiers")?,
        root: row.get("root")?,
        hash: row.get("hash")?,
    })
}
