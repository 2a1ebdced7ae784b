//! SQL of jobs. A worker's claim is a lease: when it runs out, another worker may take the job.

use jiff::Timestamp;
use motcua_db::{DbError, Row, Tx, Value};

use crate::clock::stored;
use crate::jobs::{Job, JobKind, NewJob};

/// Rows of one insert statement, to stay below the engines' limit on parameters.
const ROWS_MAX: usize = 100;
/// Failed jobs on one page.
pub const PAGE_ROWS: usize = 50;

/// A job that was given up, for people to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedJob {
    /// Which row.
    pub id: String,
    /// What.
    pub kind: JobKind,
    /// For which dossier.
    pub dossier_code: Option<String>,
    /// Since when it was waiting.
    pub created_at: Timestamp,
    /// When it was given up.
    pub failed_at: Timestamp,
    /// How often it was tried.
    pub tries: i64,
    /// What the last try ended with.
    pub last_error: String,
}

/// How many jobs there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Waiting for their time or for a worker.
    pub waiting: i64,
    /// With a worker now.
    pub running: i64,
    /// Given up.
    pub failed: i64,
}

/// Writes jobs down.
pub fn insert(tx: &mut Tx<'_>, jobs: &[(String, &NewJob)], now: Timestamp) -> Result<(), DbError> {
    for some in jobs.chunks(ROWS_MAX) {
        let mut values: Vec<Value> = vec![stored(now).into()];
        let mut tuples = Vec::with_capacity(some.len());
        for (id, job) in some {
            let first = values.len() + 1;
            let [id_at, kind_at, code_at, payload_at, run_at] = [0, 1, 2, 3, 4].map(|offset| first + offset);
            tuples.push(format!("(${id_at}, ${kind_at}, ${code_at}, ${payload_at}, $1, ${run_at}, 0)"));
            values.extend([
                id.as_str().into(),
                job.kind.name().into(),
                job.dossier_code.clone().into(),
                job.payload.as_str().into(),
                stored(job.run_at).into(),
            ]);
        }
        let tuples = tuples.join(", ");
        tx.run_ahead(
            &format!(
                "insert into job (id, kind, dossier_code, payload, created_at, run_at, tries) values {tuples}"
            ),
            &values,
        )?;
    }
    Ok(())
}

/// Makes sure that the row of a kind with a period exists. It is due at once the first time.
pub fn ensure_periodic(tx: &mut Tx<'_>, kind: JobKind, now: Timestamp) -> Result<(), DbError> {
    tx.run_ahead(
        "insert into job (id, kind, payload, created_at, run_at, tries) values ($1, $2, '', $3, $3, 0)
         on conflict (id) do nothing",
        &[format!("periodic-{}", kind.name()).into(), kind.name().into(), stored(now).into()],
    )
}

/// Whether any job could be claimed now.
pub fn is_any_due(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, DbError> {
    let row = tx.one(
        "select 1 as one from job
          where failed_at is null and run_at <= $1 and (lease_until is null or lease_until <= $1) limit 1",
        &[stored(now).into()],
    )?;
    Ok(row.is_some())
}

/// Since when the job that has waited longest could have been claimed.
pub fn due_since(tx: &mut Tx<'_>, now: Timestamp) -> Result<Option<Timestamp>, DbError> {
    let row = tx.one(
        "select min(run_at) as since from job
          where failed_at is null and run_at <= $1 and (lease_until is null or lease_until <= $1)",
        &[stored(now).into()],
    )?;
    row.map_or(Ok(None), |row| row.parse_opt("since"))
}

/// Takes the job that has waited longest, until `lease_until`. `None` when there is none, or when another
/// worker was first: on PostgreSQL the condition on the lease is checked again after waiting for that worker.
pub fn claim(tx: &mut Tx<'_>, now: Timestamp, lease_until: Timestamp) -> Result<Option<Job>, DbError> {
    let row = tx.one(
        "update job set lease_until = $2, tries = tries + 1
          where id = (select id from job
                       where failed_at is null and run_at <= $1 and (lease_until is null or lease_until <= $1)
                       order by run_at, id limit 1)
            and failed_at is null and run_at <= $1 and (lease_until is null or lease_until <= $1)
         returning id, kind, dossier_code, payload, tries, lease_until",
        &[stored(now).into(), stored(lease_until).into()],
    )?;
    row.map(|row| {
        Ok(Job {
            id: row.get("id")?,
            kind: kind(&row)?,
            dossier_code: row.get("dossier_code")?,
            payload: row.get("payload")?,
            tries: row.get("tries")?,
            lease_until: row.parse("lease_until")?,
        })
    })
    .transpose()
}

/// Removes a job that is done. Answers whether it was still this worker's.
pub fn remove(tx: &mut Tx<'_>, job: &Job) -> Result<bool, DbError> {
    let rows = tx.run(
        "delete from job where id = $1 and lease_until = $2",
        &[job.id.as_str().into(), stored(job.lease_until).into()],
    )?;
    Ok(rows == 1)
}

/// Puts a job with a period off to its next turn.
pub fn put_off(tx: &mut Tx<'_>, job: &Job, run_at: Timestamp) -> Result<bool, DbError> {
    let rows = tx.run(
        "update job set run_at = $3, lease_until = null, tries = 0, last_error = null
          where id = $1 and lease_until = $2",
        &[job.id.as_str().into(), stored(job.lease_until).into(), stored(run_at).into()],
    )?;
    Ok(rows == 1)
}

/// Gives a failed try back, to be tried again at `run_at`.
pub fn try_again(tx: &mut Tx<'_>, job: &Job, run_at: Timestamp, error: &str) -> Result<bool, DbError> {
    let rows = tx.run(
        "update job set run_at = $3, lease_until = null, last_error = $4
          where id = $1 and lease_until = $2",
        &[job.id.as_str().into(), stored(job.lease_until).into(), stored(run_at).into(), error.into()],
    )?;
    Ok(rows == 1)
}

/// Gives a job up: it stays, and people see it.
pub fn give_up(tx: &mut Tx<'_>, job: &Job, now: Timestamp, error: &str) -> Result<bool, DbError> {
    let rows = tx.run(
        "update job set failed_at = $3, lease_until = null, last_error = $4
          where id = $1 and lease_until = $2",
        &[job.id.as_str().into(), stored(job.lease_until).into(), stored(now).into(), error.into()],
    )?;
    Ok(rows == 1)
}

/// Starts a job that was given up anew. Answers whether there was such a job.
pub fn revive(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<bool, DbError> {
    let rows = tx.run(
        "update job set failed_at = null, run_at = $2, tries = 0 where id = $1 and failed_at is not null",
        &[id.into(), stored(now).into()],
    )?;
    Ok(rows == 1)
}

/// Jobs that were given up, latest first, those before `before` (instant and id).
pub fn failed(tx: &mut Tx<'_>, before: Option<(&str, &str)>) -> Result<Vec<FailedJob>, DbError> {
    let (at, id) = before.unwrap_or(("~", "~"));
    tx.rows(
        "select id, kind, dossier_code, created_at, failed_at, tries, last_error from job
          where failed_at is not null and (failed_at < $1 or (failed_at = $1 and id < $2))
          order by failed_at desc, id desc limit $3",
        &[at.into(), id.into(), i64::try_from(PAGE_ROWS + 1).unwrap_or(i64::MAX).into()],
    )?
    .iter()
    .map(failed_job)
    .collect()
}

/// How many jobs wait, run and were given up.
pub fn counts(tx: &mut Tx<'_>, now: Timestamp) -> Result<Counts, DbError> {
    let row = tx.one(
        "select cast(coalesce(sum(case when failed_at is not null then 1 else 0 end), 0) as bigint) as failed,
                cast(coalesce(sum(case when failed_at is null and $1 < lease_until then 1 else 0 end), 0)
                     as bigint) as running,
                count(*) as everything
           from job",
        &[stored(now).into()],
    )?;
    let Some(row) = row else { return Ok(Counts::default()) };
    let (failed, running): (i64, i64) = (row.get("failed")?, row.get("running")?);
    let everything: i64 = row.get("everything")?;
    Ok(Counts { waiting: everything - failed - running, running, failed })
}

fn failed_job(row: &Row) -> Result<FailedJob, DbError> {
    let last_error: Option<String> = row.get("last_error")?;
    Ok(FailedJob {
        id: row.get("id")?,
        kind: kind(row)?,
        dossier_code: row.get("dossier_code")?,
        created_at: row.parse("created_at")?,
        failed_at: row.parse("failed_at")?,
        tries: row.get("tries")?,
        last_error: last_error.unwrap_or_default(),
    })
}

fn kind(row: &Row) -> Result<JobKind, DbError> {
    let name: String = row.get("kind")?;
    JobKind::from_name(&name).ok_or_else(|| DbError::Decode(format!("job of kind {name}")))
}
