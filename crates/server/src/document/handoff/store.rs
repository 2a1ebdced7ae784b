//! SQL of links for phones.

use jiff::Timestamp;
use motcua_db::{DbError, Row, Tx};
use motcua_domain::ids::{DraftId, PersonId};

use crate::clock::stored;
use crate::document::handoff::{End, Handoff};

const COLUMNS: &str =
    "id, draft_id, component, asked, procedure_name, unit_name, owner_id, browser_hash, received,
    created_at, expires_at, ended";

/// Writes a new link down.
pub fn insert(tx: &mut Tx<'_>, handoff: &Handoff, token_hash: &str) -> Result<(), DbError> {
    let sql = format!(
        "insert into handoff ({COLUMNS}, token_hash)
         values ($1, $2, $3, $4, $5, $6, $7, null, 0, $8, $9, null, $10)"
    );
    tx.run_ahead(
        &sql,
        &[
            handoff.id.as_str().into(),
            handoff.draft.to_string().into(),
            handoff.component.as_str().into(),
            handoff.asked.as_str().into(),
            handoff.procedure.as_str().into(),
            handoff.unit.as_str().into(),
            handoff.owner.to_string().into(),
            stored(handoff.created_at).into(),
            stored(handoff.expires_at).into(),
            token_hash.into(),
        ],
    )
}

/// The link whose secret has this hash.
pub fn by_token(tx: &mut Tx<'_>, token_hash: &str) -> Result<Option<Handoff>, DbError> {
    let sql = format!("select {COLUMNS} from handoff where token_hash = $1");
    tx.one(&sql, &[token_hash.into()])?.map(|row| read(&row)).transpose()
}

/// The link with this id, for its owner; there is none for anybody else.
pub fn find(tx: &mut Tx<'_>, id: &str, owner: PersonId) -> Result<Option<Handoff>, DbError> {
    let sql = format!("select {COLUMNS} from handoff where id = $1 and owner_id = $2");
    tx.one(&sql, &[id.into(), owner.to_string().into()])?.map(|row| read(&row)).transpose()
}

/// The links into a draft that did not end.
pub fn open_into(tx: &mut Tx<'_>, draft: DraftId) -> Result<Vec<Handoff>, DbError> {
    let sql = format!(
        "select {COLUMNS} from handoff where draft_id = $1 and ended is null order by created_at, id"
    );
    tx.rows(&sql, &[draft.to_string().into()])?.iter().map(read).collect()
}

/// The links that did not end and whose time was over before `now`.
pub fn run_out(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<Vec<Handoff>, DbError> {
    let sql = format!(
        "select {COLUMNS} from handoff where ended is null and expires_at < $1 order by expires_at, id limit $2"
    );
    tx.rows(&sql, &[stored(now).into(), limit.into()])?.iter().map(read).collect()
}

/// Ties a link to the browser that sends by it first. `false` when it is another one's.
pub fn bind(tx: &mut Tx<'_>, id: &str, browser: &str) -> Result<bool, DbError> {
    let changed = tx.run(
        "update handoff set browser_hash = $2
          where id = $1 and ended is null and (browser_hash is null or browser_hash = $2)",
        &[id.into(), browser.into()],
    )?;
    Ok(0 < changed)
}

/// Whether a link still takes what came whole by it: it was not taken back, and what it is for was not handed in. What
/// was whole before its time was over counts, however long it waits to be looked at.
pub fn takes(tx: &mut Tx<'_>, id: &str) -> Result<bool, DbError> {
    let row = tx.one(
        "select id from handoff where id = $1 and (ended is null or ended in ('done', 'expired'))",
        &[id.into()],
    )?;
    Ok(row.is_some())
}

/// Counts one more file.
pub fn count(tx: &mut Tx<'_>, id: &str) -> Result<(), DbError> {
    tx.run_ahead("update handoff set received = received + 1 where id = $1", &[id.into()])
}

/// Notes how a link ended. `false` when it had ended before.
pub fn end(tx: &mut Tx<'_>, id: &str, end: End) -> Result<bool, DbError> {
    let changed = tx.run(
        "update handoff set ended = $2 where id = $1 and ended is null",
        &[id.into(), end.name().into()],
    )?;
    Ok(0 < changed)
}

/// Forgets links that ended and whose time was over before `before`: the office log has them.
pub fn delete_ended(tx: &mut Tx<'_>, before: Timestamp) -> Result<(), DbError> {
    tx.run_ahead("delete from handoff where ended is not null and expires_at < $1", &[stored(before).into()])
}

fn read(row: &Row) -> Result<Handoff, DbError> {
    let ended: Option<String> = row.get("ended")?;
    let bad = || DbError::Decode("a link of a phone: ended".to_owned());
    Ok(Handoff {
        id: row.get("id")?,
        draft: row.parse("draft_id")?,
        component: row.get("component")?,
        asked: row.get("asked")?,
        procedure: row.get("procedure_name")?,
        unit: row.get("unit_name")?,
        owner: row.parse("owner_id")?,
        browser: row.get("browser_hash")?,
        received: row.get("received")?,
        created_at: row.parse("created_at")?,
        expires_at: row.parse("expires_at")?,
        ended: ended.map(|name| End::from_name(&name).ok_or_else(bad)).transpose()?,
    })
}
