//! SQL of the office log.

use motcua_db::{DbError, Row, Tx};

use crate::chain::GENESIS;

/// Entries on one page.
pub const PAGE_ROWS: usize = 50;
/// Entries checked at a time.
const CHECK_ROWS: i64 = 500;

/// One entry as it lies in storage. Every column is part of the hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// 1, 2, 3 …
    pub sequence: i64,
    /// UTC, fixed width.
    pub at: String,
    /// Account; none for the program itself.
    pub author_id: Option<String>,
    /// Name as it was then.
    pub author_name: String,
    /// Key of the sentence that tells it.
    pub kind: String,
    /// What it was done to.
    pub subject: String,
    /// The arguments of the sentence, as JSON.
    pub content: String,
    /// Hash of the entry before.
    pub previous_hash: String,
    /// Hash of all of the above.
    pub hash: String,
}

const COLUMNS: &str = "sequence, at, author_id, author_name, kind, subject, content, previous_hash, hash";

/// Reserves the next number and answers it with the hash of the entry before. Others who write at the same time
/// wait here until this transaction ends.
pub fn next(tx: &mut Tx<'_>) -> Result<(i64, String), DbError> {
    let row = tx.one(
        "insert into office_log_head (id, sequence, hash) values ('this', 1, $1)
         on conflict (id) do update set sequence = office_log_head.sequence + 1
         returning sequence, hash",
        &[GENESIS.into()],
    )?;
    let row = row.ok_or_else(|| DbError::Decode("no number returned".to_owned()))?;
    Ok((row.get("sequence")?, row.get("hash")?))
}

/// Appends an entry with the number that [`next`] gave.
pub fn append(tx: &mut Tx<'_>, entry: &Entry) -> Result<(), DbError> {
    tx.run_ahead(
        &format!("insert into office_log ({COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"),
        &[
            entry.sequence.into(),
            entry.at.as_str().into(),
            entry.author_id.clone().into(),
            entry.author_name.as_str().into(),
            entry.kind.as_str().into(),
            entry.subject.as_str().into(),
            entry.content.as_str().into(),
            entry.previous_hash.as_str().into(),
            entry.hash.as_str().into(),
        ],
    )?;
    tx.run_ahead("update office_log_head set hash = $1 where id = 'this'", &[entry.hash.as_str().into()])
}

/// Number and hash of the last entry.
pub fn head(tx: &mut Tx<'_>) -> Result<Option<(i64, String)>, DbError> {
    let row = tx.one("select sequence, hash from office_log_head where id = 'this'", &[])?;
    row.map(|row| Ok((row.get("sequence")?, row.get("hash")?))).transpose()
}

/// Entries after a number, oldest first, some at a time.
pub fn after(tx: &mut Tx<'_>, sequence: i64) -> Result<Vec<Entry>, DbError> {
    tx.rows(
        &format!("select {COLUMNS} from office_log where sequence > $1 order by sequence limit $2"),
        &[sequence.into(), CHECK_ROWS.into()],
    )?
    .iter()
    .map(entry)
    .collect()
}

/// One page of entries, newest first, those before a number, about one subject or all; one row more when there
/// are more.
pub fn newest(tx: &mut Tx<'_>, subject: Option<&str>, before: Option<i64>) -> Result<Vec<Entry>, DbError> {
    tx.rows(
        &format!(
            "select {COLUMNS} from office_log
              where (cast($1 as text) is null or subject = $1) and sequence < $2
              order by sequence desc limit $3"
        ),
        &[
            subject.into(),
            before.unwrap_or(i64::MAX).into(),
            i64::try_from(PAGE_ROWS + 1).unwrap_or(i64::MAX).into(),
        ],
    )?
    .iter()
    .map(entry)
    .collect()
}

fn entry(row: &Row) -> Result<Entry, DbError> {
    Ok(Entry {
        sequence: row.get("sequence")?,
        at: row.get("at")?,
        author_id: row.get("author_id")?,
        author_name: row.get("author_name")?,
        kind: row.get("kind")?,
        subject: row.get("subject")?,
        content: row.get("content")?,
        previous_hash: row.get("previous_hash")?,
        hash: row.get("hash")?,
    })
}
