//! SQL of simulations: the counters that go with what was written, and the totals that come out.

use std::collections::BTreeMap;

use motcua_db::{DbError, Tx};
use motcua_domain::dossier::DossierCode;

use crate::simulate::run::Numbers;

/// Writes the numbers that were given out.
pub fn put_numbers(tx: &mut Tx<'_>, numbers: &Numbers) -> Result<(), DbError> {
    for ((agency, day), last) in &numbers.codes {
        tx.run(
            "insert into code_counter (agency, day, last) values ($1, $2, $3)",
            &[agency.as_str().into(), day.to_string().into(), i64::from(*last).into()],
        )?;
    }
    for ((unit, year, kind), last) in &numbers.forms {
        tx.run(
            "insert into form_counter (unit_code, year, kind, last) values ($1, $2, $3, $4)",
            &[unit.as_str().into(), i64::from(*year).into(), (*kind).into(), i64::from(*last).into()],
        )?;
    }
    Ok(())
}

/// How many dossiers each unit received.
pub fn received(tx: &mut Tx<'_>) -> Result<BTreeMap<String, i64>, DbError> {
    tx.rows("select receiving_unit, count(*) as received from dossier group by receiving_unit", &[])?
        .iter()
        .map(|row| Ok((row.get("receiving_unit")?, row.get("received")?)))
        .collect()
}

/// Dossiers that ended after, or run past, the due instant their applicants were told last, by code after `after`. Not all
/// are late: the clock of one that waited for papers stood.
pub fn past_due(tx: &mut Tx<'_>, now: &str, after: &str, limit: i64) -> Result<Vec<DossierCode>, DbError> {
    tx.rows(
        "select code from dossier where due_at < coalesce(ended_at, $1) and $2 < code order by code limit $3",
        &[now.into(), after.into(), limit.into()],
    )?
    .iter()
    .map(|row| row.parse("code"))
    .collect()
}
