//! SQL of letters.

use jiff::Timestamp;
use motcua_db::{DbError, Row, Tx};

use crate::clock::stored;

/// Letters on one page of the outbox.
pub const PAGE_ROWS: usize = 30;

/// The parts of a letter as they are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Address, sealed.
    pub recipient: String,
    /// Subject.
    pub subject: String,
    /// Text, sealed.
    pub body: String,
    /// The dossier it is about.
    pub dossier_code: Option<String>,
}

/// A stored letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailRow {
    /// Which.
    pub id: String,
    /// Its parts.
    pub sealed: Sealed,
    /// When it was written.
    pub created_at: Timestamp,
    /// When the relay took it.
    pub sent_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, dossier_code, recipient, subject, body, created_at, sent_at";

/// Writes a letter.
pub fn insert(tx: &mut Tx<'_>, id: &str, mail: &Sealed, now: Timestamp) -> Result<(), DbError> {
    tx.run_ahead(
        "insert into mail (id, dossier_code, recipient, subject, body, created_at) values ($1, $2, $3, $4, $5, $6)",
        &[
            id.into(),
            mail.dossier_code.clone().into(),
            mail.recipient.as_str().into(),
            mail.subject.as_str().into(),
            mail.body.as_str().into(),
            stored(now).into(),
        ],
    )
}

/// One letter.
pub fn find(tx: &mut Tx<'_>, id: &str) -> Result<Option<MailRow>, DbError> {
    let row = tx.one(&format!("select {COLUMNS} from mail where id = $1"), &[id.into()])?;
    row.as_ref().map(mail_row).transpose()
}

/// Notes that the relay took a letter.
pub fn mark_sent(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<(), DbError> {
    tx.run_ahead(
        "update mail set sent_at = $2 where id = $1 and sent_at is null",
        &[id.into(), stored(now).into()],
    )
}

/// One page of letters, newest first, those before the letter `before`; one row more when there are more.
pub fn newest(tx: &mut Tx<'_>, before: Option<&str>) -> Result<Vec<MailRow>, DbError> {
    // Ids begin with the time, so that they sort as the letters were written, and with a digit or a letter before g.
    tx.rows(
        &format!("select {COLUMNS} from mail where id < $1 order by id desc limit $2"),
        &[before.unwrap_or("g").into(), i64::try_from(PAGE_ROWS + 1).unwrap_or(i64::MAX).into()],
    )?
    .iter()
    .map(mail_row)
    .collect()
}

/// Forgets letters written before an instant.
pub fn delete_older(tx: &mut Tx<'_>, before: Timestamp) -> Result<(), DbError> {
    tx.run_ahead("delete from mail where created_at < $1", &[stored(before).into()])
}

fn mail_row(row: &Row) -> Result<MailRow, DbError> {
    Ok(MailRow {
        id: row.get("id")?,
        sealed: Sealed {
            recipient: row.get("recipient")?,
            subject: row.get("subject")?,
            body: row.get("body")?,
            dossier_code: row.get("dossier_code")?,
        },
        created_at: row.parse("created_at")?,
        sent_at: row.parse_opt("sent_at")?,
    })
}
