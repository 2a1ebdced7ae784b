//! What printing asks of storage beyond the dossier itself.

use std::collections::HashMap;

use motcua_db::{DbError, Tx};
use motcua_domain::dossier::DossierCode;

/// How many dossiers a desk accepted from `from` until before `to`.
pub fn accepted_count(tx: &mut Tx<'_>, unit: &str, from: &str, to: &str) -> Result<u32, DbError> {
    let row = tx.one(
        "select count(*) as n from dossier where receiving_unit = $1 and $2 <= accepted_at and accepted_at < $3",
        &[unit.into(), from.into(), to.into()],
    )?;
    let n: i64 = row.map_or(Ok(0), |row| row.get("n"))?;
    Ok(u32::try_from(n).unwrap_or(u32::MAX))
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

/// The last number given in each register of forms: unit, year and kind.
pub fn last_numbers(tx: &mut Tx<'_>) -> Result<HashMap<(String, i64, String), i64>, DbError> {
    tx.rows("select unit_code, year, kind, last from form_counter", &[])?
        .iter()
        .map(|row| Ok(((row.get("unit_code")?, row.get("year")?, row.get("kind")?), row.get("last")?)))
        .collect()
}
