//! SQL of the clocks that stand: those that stand now, and how often each officer stopped one.

use motcua_db::{DbError, Params, Row, Tx};
use motcua_domain::access::Scope;
use motcua_domain::unit::UnitCode;

use crate::desk::store::passed_through;
use crate::dossier::journal::Entry;
use crate::dossier::store::entry;

/// The entries that stop a clock.
const STOPS: &str = "j.kind in ('supplement_requested', 'payment_requested', 'paused')";

/// That no later entry let it run again or ended the dossier.
const STANDS: &str = "not exists (
    select 1 from journal e
     where e.dossier_code = j.dossier_code and j.sequence < e.sequence
       and e.kind in ('withdrawn', 'stopped',
                      case j.kind when 'supplement_requested' then 'supplement_answered'
                                  when 'payment_requested' then 'paid' else 'resumed' end))";

/// A clock that stands.
#[derive(Debug)]
pub struct Standing {
    /// What stopped it.
    pub entry: Entry,
    /// Whose dossier.
    pub applicant_name: String,
    /// What procedure.
    pub procedure_name: String,
}

/// How often one officer stopped clocks for one unit.
#[derive(Debug, PartialEq, Eq)]
pub struct Tally {
    /// For which unit; none for the program itself.
    pub unit_code: Option<String>,
    /// The name as it was then.
    pub author_name: String,
    /// Supplements asked for.
    pub supplements: i64,
    /// Payments asked for.
    pub payments: i64,
    /// On other grounds.
    pub others: i64,
    /// Of all these, how many stand still.
    pub standing: i64,
}

/// A page of the clocks that stand in this scope, for longest first.
pub fn standing(
    tx: &mut Tx<'_>,
    scope: &Scope,
    unit: Option<&UnitCode>,
    after: Option<&(String, String)>,
    limit: i64,
) -> Result<Vec<Standing>, DbError> {
    if matches!(scope, Scope::Owner(_)) {
        return Ok(Vec::new());
    }
    let mut params = Params::default();
    let condition = within(scope, unit, &mut params, passed_through);
    let next = match after {
        Some((at, code)) => {
            let (at, code) = (params.bind(at), params.bind(code));
            format!("(j.at, j.dossier_code) > ({at}, {code})")
        }
        None => "1 = 1".to_owned(),
    };
    let limit = params.bind(limit);
    let sql = format!(
        "{} select j.dossier_code, j.sequence, j.at, j.kind, j.author_id, j.author_name, j.role, j.unit_code,
                j.content, j.previous_hash, j.hash, held.applicant_name, held.procedure_name
           from held cross join journal j
          where j.dossier_code = held.code and {STOPS} and {STANDS} and {next}
          order by j.at, j.dossier_code limit {limit}",
        held(&condition),
    );
    tx.rows(&sql, &params)?
        .iter()
        .map(|row| {
            Ok(Standing {
                entry: entry(row)?,
                applicant_name: row.get("applicant_name")?,
                procedure_name: row.get("procedure_name")?,
            })
        })
        .collect()
}

/// First the dossiers whose clocks stand, as few as there are now, and only of them the journal.
fn held(condition: &str) -> String {
    format!(
        "with held as materialized (
             select d.code, d.applicant_name, d.procedure_name from dossier d where d.paused and {condition})"
    )
}

/// How many clocks stand in this scope.
pub fn standing_count(tx: &mut Tx<'_>, scope: &Scope, unit: Option<&UnitCode>) -> Result<i64, DbError> {
    if matches!(scope, Scope::Owner(_)) {
        return Ok(0);
    }
    let mut params = Params::default();
    let condition = within(scope, unit, &mut params, passed_through);
    let sql = format!(
        "{} select count(*) as n from held cross join journal j
          where j.dossier_code = held.code and {STOPS} and {STANDS}",
        held(&condition)
    );
    tx.one(&sql, &params)?.map_or(Ok(0), |row| row.get("n"))
}

/// Who stopped clocks from one instant to before another, by unit and officer, who did most first.
pub fn tallies(
    tx: &mut Tx<'_>,
    scope: &Scope,
    unit: Option<&UnitCode>,
    from: &str,
    to: &str,
) -> Result<Vec<Tally>, DbError> {
    if matches!(scope, Scope::Owner(_)) {
        return Ok(Vec::new());
    }
    let mut params = Params::default();
    let (from, to) = (params.bind(from), params.bind(to));
    let condition = within(scope, unit, &mut params, |names| format!("j.unit_code in ({names})"));
    let counted = |kind: &str| format!("cast(sum(case when j.kind = '{kind}' then 1 else 0 end) as bigint)");
    let sql = format!(
        "select j.unit_code, j.author_name, {} as supplements, {} as payments, {} as others,
                cast(sum(case when {STANDS} then 1 else 0 end) as bigint) as standing
           from journal j
          where {STOPS} and {from} <= j.at and j.at < {to} and {condition}
          group by j.unit_code, j.author_id, j.author_name
          order by count(*) desc, j.unit_code, j.author_name",
        counted("supplement_requested"),
        counted("payment_requested"),
        counted("paused"),
    );
    tx.rows(&sql, &params)?.iter().map(tally).collect()
}

fn tally(row: &Row) -> Result<Tally, DbError> {
    Ok(Tally {
        unit_code: row.get("unit_code")?,
        author_name: row.get("author_name")?,
        supplements: row.get("supplements")?,
        payments: row.get("payments")?,
        others: row.get("others")?,
        standing: row.get("standing")?,
    })
}

/// What this person may see, narrowed to one unit when asked. `own` says what belongs to units of these names.
fn within(
    scope: &Scope,
    unit: Option<&UnitCode>,
    params: &mut Params,
    own: impl Fn(&str) -> String,
) -> String {
    let mine = match scope {
        Scope::Everything => "1 = 1".to_owned(),
        Scope::Units { units, .. } => own(&params.bind_all(units.iter().map(UnitCode::as_str)).join(", ")),
        Scope::Owner(_) => "1 = 0".to_owned(),
    };
    match unit {
        Some(unit) => format!("{mine} and {}", own(&params.bind(unit.as_str()))),
        None => mine,
    }
}
