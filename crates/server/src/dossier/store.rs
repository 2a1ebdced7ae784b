//! SQL of dossiers: the row that lists read, the journal, the numbers.

pub mod cut;
mod files;
pub mod seals;
mod units;
mod work;

use jiff::Timestamp;
use motcua_db::{DbError, Query, Row, Tx, Value};
use motcua_domain::dossier::code::DossierCode;

use crate::clock::stored;
use crate::dossier::journal::Entry;
pub use files::{are_files_read, files, form_files, note_files_read, put_files, put_form_file};
pub use units::{add_units, name_rows, names, put_units, units};
pub use work::{
    Counted, NO_DUE, WorkRow, add_work, counted, post, put_counted, put_due, put_work, running_after,
    unanswered, work,
};

/// The row of a dossier. Every column follows from its journal; `motcua verify` computes it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DossierRow {
    /// The code.
    pub code: String,
    /// Procedure and version in force at reception.
    pub procedure_code: String,
    /// Version.
    pub procedure_version: i64,
    /// Its name then.
    pub procedure_name: String,
    /// Its field.
    pub field: String,
    /// The door.
    pub channel: String,
    /// National number.
    pub status: i64,
    /// The desk that took it in.
    pub receiving_unit: String,
    /// Who settles it.
    pub competent_unit: Option<String>,
    /// Account of the owner.
    pub owner_id: Option<String>,
    /// Name of the applicant.
    pub applicant_name: String,
    /// The same without accents, in lower case.
    pub applicant_folded: String,
    /// Keyed hash of the applicant's number.
    pub applicant_hash: Option<String>,
    /// What is asked, in one line.
    pub subject: String,
    /// Submitted.
    pub submitted_at: String,
    /// Accepted.
    pub accepted_at: Option<String>,
    /// Ended.
    pub ended_at: Option<String>,
    /// Due; none while it waits for the applicant or when there is no limit.
    pub due_at: Option<String>,
    /// The clock stands.
    pub paused: bool,
    /// Changes so far.
    pub version: i64,
    /// Last entry of the journal.
    pub head_sequence: i64,
    /// Its hash.
    pub head_hash: String,
    /// Everything that changes, as JSON.
    pub progress: String,
    /// Proof that this program wrote the due instant and the work: they follow the calendar too, which may have changed
    /// since. Empty in rows that are older than this column and have ended.
    pub counted: String,
}

/// Every column by its name: while a newer release adds one, PostgreSQL would refuse a prepared `select *`.
macro_rules! columns {
    (dossier) => {
        "code, procedure_code, procedure_version, procedure_name, field, channel, status, receiving_unit,
         competent_unit, owner_id, applicant_name, applicant_folded, applicant_hash, subject, submitted_at,
         accepted_at, ended_at, due_at, paused, version, head_sequence, head_hash, progress, counted"
    };
    (journal) => {
        "dossier_code, sequence, at, kind, author_id, author_name, role, unit_code, content, previous_hash, hash"
    };
}

const COLUMNS: &str = columns!(dossier);

/// The row of a dossier, and the entry that filed it where it was asked for.
pub type Stored = (DossierRow, Option<Entry>);

/// The row of a dossier.
pub fn find(code: &DossierCode) -> Query<Option<Stored>> {
    Query::new(
        concat!("select ", columns!(dossier), " from dossier where code = $1"),
        [code.as_str().into()],
        |rows| rows.first().map(|row| Ok((dossier_row(row)?, None))).transpose(),
    )
}

/// The same with the entry that filed it.
pub fn find_with_filing(code: &DossierCode) -> Query<Option<Stored>> {
    Query::new(
        concat!(
            "select ",
            columns!(dossier),
            ", ",
            columns!(journal),
            " from dossier join journal on dossier_code = code and sequence = 1 where code = $1"
        ),
        [code.as_str().into()],
        |rows| rows.first().map(|row| Ok((dossier_row(row)?, Some(entry(row)?)))).transpose(),
    )
}

/// Whether there is a dossier with this code.
pub fn exists(tx: &mut Tx<'_>, code: &DossierCode) -> Result<bool, DbError> {
    Ok(tx.one("select code from dossier where code = $1", &[code.as_str().into()])?.is_some())
}

/// Rows in the order of their codes, after `after`.
pub fn rows_after(tx: &mut Tx<'_>, after: &str, limit: i64) -> Result<Vec<DossierRow>, DbError> {
    let sql = format!("select {COLUMNS} from dossier where code > $1 order by code limit $2");
    tx.rows(&sql, &[after.into(), limit.into()])?.iter().map(dossier_row).collect()
}

/// A new dossier.
pub fn insert(tx: &mut Tx<'_>, row: &DossierRow) -> Result<(), DbError> {
    let sql = format!(
        "insert into dossier ({COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
         $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)"
    );
    tx.run_ahead(&sql, &values(row))
}

/// Saves what changed. `Conflict` when an entry was added, or the work was counted again, since the row was read.
pub fn save(tx: &mut Tx<'_>, row: &DossierRow, head_read: i64, counted_read: &str) -> Result<(), DbError> {
    let changed = tx.run(
        "update dossier
            set status = $3, competent_unit = $4, accepted_at = $5, ended_at = $6, due_at = $7, paused = $8,
                version = $9, head_sequence = $10, head_hash = $11, progress = $12, counted = $13
          where code = $1 and head_sequence = $2 and counted = $14",
        &[
            row.code.as_str().into(),
            head_read.into(),
            row.status.into(),
            row.competent_unit.clone().into(),
            row.accepted_at.clone().into(),
            row.ended_at.clone().into(),
            row.due_at.clone().into(),
            row.paused.into(),
            row.version.into(),
            row.head_sequence.into(),
            row.head_hash.as_str().into(),
            row.progress.as_str().into(),
            row.counted.as_str().into(),
            counted_read.into(),
        ],
    )?;
    if changed == 0 {
        return Err(DbError::Conflict(format!("dossier {} changed meanwhile", row.code)));
    }
    Ok(())
}

/// Appends to the journal: all entries in one statement.
pub fn append(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<(), DbError> {
    let mut params: Vec<Value> = Vec::with_capacity(entries.len() * 11);
    for entry in entries {
        params.extend([
            entry.dossier_code.as_str().into(),
            entry.sequence.into(),
            entry.at.as_str().into(),
            entry.kind.as_str().into(),
            entry.author_id.clone().into(),
            entry.author_name.as_str().into(),
            entry.role.clone().into(),
            entry.unit_code.clone().into(),
            entry.content.as_str().into(),
            entry.previous_hash.as_str().into(),
            entry.hash.as_str().into(),
        ]);
    }
    let sql = format!("insert into journal ({}) values {}", columns!(journal), tuples(entries.len(), 11));
    tx.run_ahead(&sql, &params)
}

/// The journal of one dossier, oldest first.
pub fn journal(tx: &mut Tx<'_>, code: &str) -> Result<Vec<Entry>, DbError> {
    journal_after(tx, code, 0, i64::MAX)
}

/// A part of the journal of one dossier: the entries after `sequence`, oldest first.
pub fn journal_after(tx: &mut Tx<'_>, code: &str, sequence: i64, limit: i64) -> Result<Vec<Entry>, DbError> {
    tx.rows(
        concat!(
            "select ",
            columns!(journal),
            " from journal where dossier_code = $1 and $2 < sequence order by sequence limit $3"
        ),
        &[code.into(), sequence.into(), limit.into()],
    )?
    .iter()
    .map(entry)
    .collect()
}

/// The next number of an agency's day. Its own small transaction, so that filing never waits for a number.
pub fn next_code_number(tx: &mut Tx<'_>, agency: &str, day: &str) -> Result<i64, DbError> {
    let row = tx.one(
        "insert into code_counter (agency, day, last) values ($1, $2, 1)
         on conflict (agency, day) do update set last = code_counter.last + 1
         returning last",
        &[agency.into(), day.into()],
    )?;
    row.ok_or_else(|| DbError::Decode("no number returned".to_owned()))?.get("last")
}

/// The next number of a unit's register of forms of this year.
pub fn next_form_number(tx: &mut Tx<'_>, unit: &str, year: i64, kind: &str) -> Result<i64, DbError> {
    let row = tx.one(
        "insert into form_counter (unit_code, year, kind, last) values ($1, $2, $3, 1)
         on conflict (unit_code, year, kind) do update set last = form_counter.last + 1
         returning last",
        &[unit.into(), year.into(), kind.into()],
    )?;
    row.ok_or_else(|| DbError::Decode("no number returned".to_owned()))?.get("last")
}

/// The dossier that an earlier press of the same button made.
pub fn submission(key: &str) -> Query<Option<DossierCode>> {
    Query::new("select dossier_code from submission where submit_key = $1", [key.into()], |rows| {
        rows.first().map(|row| row.parse("dossier_code")).transpose()
    })
}

/// Remembers which dossier a press of the button made. `Conflict` when it was pressed twice at once.
pub fn remember_submission(
    tx: &mut Tx<'_>,
    key: &str,
    code: &DossierCode,
    at: Timestamp,
) -> Result<(), DbError> {
    tx.run_ahead(
        "insert into submission (submit_key, dossier_code, at) values ($1, $2, $3)",
        &[key.into(), code.as_str().into(), stored(at).into()],
    )
}

/// Codes of dossiers, in order, after `after`.
pub fn codes_after(tx: &mut Tx<'_>, after: &str, limit: i64) -> Result<Vec<String>, DbError> {
    let rows = tx.rows(
        "select code from dossier where code > $1 order by code limit $2",
        &[after.into(), limit.into()],
    )?;
    rows.iter().map(|row| row.get("code")).collect()
}

/// The last hash of each dossier among entries written until `up_to`, by code after `after`.
pub fn heads_until(
    tx: &mut Tx<'_>,
    up_to: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, String)>, DbError> {
    tx.rows(
        "select d.code as dossier_code, j.hash
           from dossier d
           join journal j on j.dossier_code = d.code
            and j.sequence = (select e.sequence from journal e where e.dossier_code = d.code and e.at <= $1
                               order by e.sequence desc limit 1)
          where d.code > $2 order by d.code limit $3",
        &[up_to.into(), after.into(), limit.into()],
    )?
    .iter()
    .map(|row| Ok((row.get("dossier_code")?, row.get("hash")?)))
    .collect()
}

/// Dossiers in process whose clock stands.
pub fn paused(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<DossierCode>, DbError> {
    tx.rows("select code from dossier where paused and status = 4 order by code limit $1", &[limit.into()])?
        .iter()
        .map(|row| row.parse("code"))
        .collect()
}

/// A code that has a journal or work but no row; foreign keys forbid it, a hand on the file does not.
pub fn orphan(tx: &mut Tx<'_>) -> Result<Option<String>, DbError> {
    let row = tx.one(
        "select j.dossier_code from journal j
          where j.sequence = 1 and not exists (select 1 from dossier d where d.code = j.dossier_code)
          order by j.dossier_code limit 1",
        &[],
    )?;
    row.map(|row| row.get("dossier_code")).transpose()
}

/// `($1, $2), ($3, $4)`.
fn tuples(rows: usize, columns: usize) -> String {
    let tuple = |row: usize| {
        let names: Vec<String> = (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
        format!("({})", names.join(", "))
    };
    (0..rows).map(tuple).collect::<Vec<_>>().join(", ")
}

fn values(row: &DossierRow) -> Vec<Value> {
    vec![
        row.code.as_str().into(),
        row.procedure_code.as_str().into(),
        row.procedure_version.into(),
        row.procedure_name.as_str().into(),
        row.field.as_str().into(),
        row.channel.as_str().into(),
        row.status.into(),
        row.receiving_unit.as_str().into(),
        row.competent_unit.clone().into(),
        row.owner_id.clone().into(),
        row.applicant_name.as_str().into(),
        row.applicant_folded.as_str().into(),
        row.applicant_hash.clone().into(),
        row.subject.as_str().into(),
        row.submitted_at.as_str().into(),
        row.accepted_at.clone().into(),
        row.ended_at.clone().into(),
        row.due_at.clone().into(),
        row.paused.into(),
        row.version.into(),
        row.head_sequence.into(),
        row.head_hash.as_str().into(),
        row.progress.as_str().into(),
        row.counted.as_str().into(),
    ]
}

fn dossier_row(row: &Row) -> Result<DossierRow, DbError> {
    Ok(DossierRow {
        code: row.get("code")?,
        procedure_code: row.get("procedure_code")?,
        procedure_version: row.get("procedure_version")?,
        procedure_name: row.get("procedure_name")?,
        field: row.get("field")?,
        channel: row.get("channel")?,
        status: row.get("status")?,
        receiving_unit: row.get("receiving_unit")?,
        competent_unit: row.get("competent_unit")?,
        owner_id: row.get("owner_id")?,
        applicant_name: row.get("applicant_name")?,
        applicant_folded: row.get("applicant_folded")?,
        applicant_hash: row.get("applicant_hash")?,
        subject: row.get("subject")?,
        submitted_at: row.get("submitted_at")?,
        accepted_at: row.get("accepted_at")?,
        ended_at: row.get("ended_at")?,
        due_at: row.get("due_at")?,
        paused: row.get("paused")?,
        version: row.get("version")?,
        head_sequence: row.get("head_sequence")?,
        head_hash: row.get("head_hash")?,
        progress: row.get("progress")?,
        counted: row.get("counted")?,
    })
}

/// An entry of the journal in a row.
pub fn entry(row: &Row) -> Result<Entry, DbError> {
    Ok(Entry {
        dossier_code: row.get("dossier_code")?,
        sequence: row.get("sequence")?,
        at: row.get("at")?,
        kind: row.get("kind")?,
        author_id: row.get("author_id")?,
        author_name: row.get("author_name")?,
        role: row.get("role")?,
        unit_code: row.get("unit_code")?,
        content: row.get("content")?,
        previous_hash: row.get("previous_hash")?,
        hash: row.get("hash")?,
    })
}
