//! SQL of what waits in a dossier and for whom, and of what its due instants were counted with.

use jiff::Timestamp;
use motcua_db::{DbError, Tx, Value};
use motcua_domain::dossier::code::DossierCode;

use super::tuples;
use crate::clock::stored;

/// One piece of work waiting for a unit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkRow {
    /// Step of the process, or a word for what happens outside it.
    pub step: String,
    /// Whose work.
    pub unit_code: String,
    /// The role that does it.
    pub role: String,
    /// The officer in charge, once assigned.
    pub officer_id: Option<String>,
    /// The tab of the desk it is listed under.
    pub tab: String,
    /// When it must be done; [`NO_DUE`] when there is no such instant, so that it sorts last.
    pub due_at: String,
    /// From when it is urgent; [`NO_DUE`] when nothing is urgent about it.
    pub warn_at: String,
    /// Since when it waits.
    pub since: String,
    /// Whom it waits for: the account of the officer in charge, else the post that does it ([`post`]).
    pub waits_for: String,
    /// What lists are narrowed by, as the row of the dossier has it: the procedure,
    pub procedure_code: String,
    /// its field,
    pub field: String,
    /// the door,
    pub channel: String,
    /// the national number,
    pub status: i64,
    /// and the name of the applicant.
    pub applicant_folded: String,
}

/// A role in a unit, as work that nobody is in charge of names whom it waits for.
pub fn post(unit_code: &str, role: &str) -> String {
    format!("{unit_code} {role}")
}

/// Stands for "no due instant" where lists are sorted by it.
pub const NO_DUE: &str = "9999-12-31T00:00:00.000Z";

const WORK_COLUMNS: &str = "step, unit_code, role, officer_id, tab, due_at, warn_at, since, waits_for,
    procedure_code, field, channel, status, applicant_folded";

/// Puts the work of a dossier in the place of what it was.
pub fn put_work(tx: &mut Tx<'_>, code: &str, work: &[WorkRow]) -> Result<(), DbError> {
    tx.run_ahead("delete from work where dossier_code = $1", &[code.into()])?;
    add_work(tx, code, work)
}

/// The work of a dossier that had none.
pub fn add_work(tx: &mut Tx<'_>, code: &str, work: &[WorkRow]) -> Result<(), DbError> {
    if work.is_empty() {
        return Ok(());
    }
    let mut params: Vec<Value> = Vec::with_capacity(work.len() * 15);
    for row in work {
        params.extend([
            code.into(),
            row.step.as_str().into(),
            row.unit_code.as_str().into(),
            row.role.as_str().into(),
            row.officer_id.clone().into(),
            row.tab.as_str().into(),
            row.due_at.as_str().into(),
            row.warn_at.as_str().into(),
            row.since.as_str().into(),
            row.waits_for.as_str().into(),
            row.procedure_code.as_str().into(),
            row.field.as_str().into(),
            row.channel.as_str().into(),
            row.status.into(),
            row.applicant_folded.as_str().into(),
        ]);
    }
    let sql = format!("insert into work (dossier_code, {WORK_COLUMNS}) values {}", tuples(work.len(), 15));
    tx.run_ahead(&sql, &params)
}

/// The work rows of a dossier, by step.
pub fn work(tx: &mut Tx<'_>, code: &str) -> Result<Vec<WorkRow>, DbError> {
    tx.rows(
        &format!("select {WORK_COLUMNS} from work where dossier_code = $1 order by step"),
        &[code.into()],
    )?
    .iter()
    .map(|row| {
        Ok(WorkRow {
            step: row.get("step")?,
            unit_code: row.get("unit_code")?,
            role: row.get("role")?,
            officer_id: row.get("officer_id")?,
            tab: row.get("tab")?,
            due_at: row.get("due_at")?,
            warn_at: row.get("warn_at")?,
            since: row.get("since")?,
            waits_for: row.get("waits_for")?,
            procedure_code: row.get("procedure_code")?,
            field: row.get("field")?,
            channel: row.get("channel")?,
            status: row.get("status")?,
            applicant_folded: row.get("applicant_folded")?,
        })
    })
    .collect()
}

/// Dossiers that wait for somebody, by code after `after`: every one that has not ended does.
pub fn running_after(tx: &mut Tx<'_>, after: &str, limit: i64) -> Result<Vec<DossierCode>, DbError> {
    tx.rows(
        "select distinct dossier_code from work where dossier_code > $1 order by dossier_code limit $2",
        &[after.into(), limit.into()],
    )?
    .iter()
    .map(|row| row.parse("dossier_code"))
    .collect()
}

/// Dossiers whose applicant did not answer a supplement request in time.
pub fn unanswered(tx: &mut Tx<'_>, now: &str, limit: i64) -> Result<Vec<DossierCode>, DbError> {
    tx.rows(
        "select dossier_code from work where step = 'supplement' and due_at < $1
          order by due_at, dossier_code limit $2",
        &[now.into(), limit.into()],
    )?
    .iter()
    .map(|row| row.parse("dossier_code"))
    .collect()
}

/// Saves another due instant of a dossier that did not change itself. `Conflict` when it did since it was read.
pub fn put_due(
    tx: &mut Tx<'_>,
    code: &str,
    due_at: Option<&str>,
    counted: &str,
    head_read: i64,
) -> Result<(), DbError> {
    let saved = tx.run(
        "update dossier set due_at = $2, counted = $3 where code = $1 and head_sequence = $4",
        &[code.into(), due_at.into(), counted.into(), head_read.into()],
    )?;
    if saved == 0 {
        return Err(DbError::Conflict(format!("dossier {code} changed meanwhile")));
    }
    Ok(())
}

/// What the due instants in rows were counted with last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The stamp of the office they were counted with.
    pub stamp: String,
    /// How often they were, with this stamp.
    pub passes: i64,
    /// When.
    pub at: Timestamp,
}

/// What the due instants in rows were counted with last; `None` when nothing changed since the installation.
pub fn counted(tx: &mut Tx<'_>) -> Result<Option<Counted>, DbError> {
    let row = tx.one("select stamp, passes, at from counted_with where id = 'this'", &[])?;
    row.map(|row| Ok(Counted { stamp: row.get("stamp")?, passes: row.get("passes")?, at: row.parse("at")? }))
        .transpose()
}

/// Remembers what they were counted with.
pub fn put_counted(tx: &mut Tx<'_>, counted: &Counted) -> Result<(), DbError> {
    tx.run_ahead(
        "insert into counted_with (id, stamp, passes, at) values ('this', $1, $2, $3)
         on conflict (id) do update set stamp = excluded.stamp, passes = excluded.passes, at = excluded.at",
        &[counted.stamp.as_str().into(), counted.passes.into(), stored(counted.at).into()],
    )
}
