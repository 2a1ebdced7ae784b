//! SQL of the units a dossier passed through, with the names it is found by in each.

use std::collections::BTreeSet;

use motcua_db::{DbError, Tx, Value};
use motcua_domain::unit::UnitCode;

use super::tuples;

/// Puts the units a dossier passed through in the place of what they were, with the names it is found by in each.
pub fn put_units(
    tx: &mut Tx<'_>,
    code: &str,
    units: &BTreeSet<&UnitCode>,
    names: &BTreeSet<String>,
) -> Result<(), DbError> {
    tx.run_ahead("delete from dossier_unit where dossier_code = $1", &[code.into()])?;
    tx.run_ahead("delete from dossier_name where dossier_code = $1", &[code.into()])?;
    add_units(tx, code, units, names)
}

/// More units of a dossier, with the names it is found by in each.
pub fn add_units(
    tx: &mut Tx<'_>,
    code: &str,
    units: &BTreeSet<&UnitCode>,
    names: &BTreeSet<String>,
) -> Result<(), DbError> {
    let params: Vec<Value> = units.iter().flat_map(|unit| [code.into(), unit.as_str().into()]).collect();
    let sql = format!("insert into dossier_unit (dossier_code, unit_code) values {}", tuples(units.len(), 2));
    tx.run_ahead(&sql, &params)?;
    let rows = name_rows(units.iter().map(|unit| unit.as_str()), names);
    let params: Vec<Value> =
        rows.iter().flat_map(|(unit, name)| [code.into(), unit.into(), name.into()]).collect();
    let sql = format!(
        "insert into dossier_name (dossier_code, unit_code, folded) values {} on conflict do nothing",
        tuples(rows.len(), 3)
    );
    tx.run_ahead(&sql, &params)
}

/// Every name with every unit, and once more without: those who may see everything look there.
pub fn name_rows<'a>(
    units: impl Iterator<Item = &'a str>,
    names: &BTreeSet<String>,
) -> BTreeSet<(String, String)> {
    let pair = |unit: &str| names.iter().map(|name| (unit.to_owned(), name.clone())).collect::<Vec<_>>();
    units.chain([""]).flat_map(pair).collect()
}

/// The names a dossier is found by: unit and name.
pub fn names(tx: &mut Tx<'_>, code: &str) -> Result<BTreeSet<(String, String)>, DbError> {
    tx.rows("select unit_code, folded from dossier_name where dossier_code = $1", &[code.into()])?
        .iter()
        .map(|row| Ok((row.get("unit_code")?, row.get("folded")?)))
        .collect()
}

/// The units a dossier passed through.
pub fn units(tx: &mut Tx<'_>, code: &str) -> Result<BTreeSet<String>, DbError> {
    tx.rows("select unit_code from dossier_unit where dossier_code = $1", &[code.into()])?
        .iter()
        .map(|row| row.get("unit_code"))
        .collect()
}
