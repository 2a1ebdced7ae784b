//! What printing asks of storage beyond the dossier itself.

use motcua_db::{DbError, Row, Tx};
use motcua_domain::dossier::DossierCode;

use crate::dossier::store::Seal;

/// The last seal made until `at`.
pub fn seal_before(tx: &mut Tx<'_>, at: &str) -> Result<Option<Seal>, DbError> {
    let row = tx.one(
        "select number, at, up_to, dossiers, root from proof_seal where at <= $1 order by number desc limit 1",
        &[at.into()],
    )?;
    row.as_ref().map(seal).transpose()
}

/// Dossiers that a desk accepted from `from` until before `to`, in the order of acceptance.
pub fn accepted(
    tx: &mut Tx<'_>,
    unit: &str,
    from: &str,
    to: &str,
    skip: i64,
    limit: i64,
) -> Result<Vec<DossierCode>, DbError> {
    tx.rows(
        "select code from dossier
          where receiving_unit = $1 and $2 <= accepted_at and accepted_at < $3
          order by accepted_at, code limit $5 offset $4",
        &[unit.into(), from.into(), to.into(), skip.into(), limit.into()],
    )?
    .iter()
    .map(|row| row.parse("code"))
    .collect()
}

fn seal(row: &Row) -> Result<Seal, DbError> {
    Ok(Seal {
        number: row.get("number")?,
        at: row.get("at")?,
        up_to: row.get("up_to")?,
        dossiers: row.get("dossiers")?,
        root: row.get("root")?,
    })
}
