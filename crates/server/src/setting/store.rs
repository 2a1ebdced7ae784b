//! SQL of settings: the sets an office decided, each with the day it holds from.

use jiff::Timestamp;
use jiff::civil::Date;
use motcua_db::{DbError, Row, Tx};
use motcua_domain::ids::PersonId;
use motcua_domain::settings::{Settings, SettingsHistory};

use crate::clock::stored;

/// A set as it was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecidedSet {
    /// The day it holds from.
    pub valid_from: Date,
    /// The set.
    pub settings: Settings,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// Name of who decided.
    pub author_name: String,
}

/// Every set, for the rules.
pub fn history(tx: &mut Tx<'_>) -> Result<SettingsHistory, DbError> {
    Ok(SettingsHistory::new(all(tx)?.into_iter().map(|set| (set.valid_from, set.settings))))
}

/// Every set, oldest first.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<DecidedSet>, DbError> {
    tx.rows("select valid_from, content, decided_at, author_name from setting_set order by valid_from", &[])?
        .iter()
        .map(decided)
        .collect()
}

/// How often settings were decided: a page made from another number is stale.
pub fn revision(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    let row = tx.one("select revision from catalogue_revision where name = 'setting'", &[])?;
    row.map_or(Ok(0), |row| row.get("revision"))
}

/// Keeps a set in place of the one of the same day. `Conflict` when others decided since `seen`.
pub fn put(tx: &mut Tx<'_>, seen: i64, set: &DecidedSet, author: PersonId) -> Result<(), DbError> {
    count(tx, seen)?;
    let content =
        serde_json::to_string(&set.settings).map_err(|error| DbError::BadValue(error.to_string()))?;
    tx.run(
        "insert into setting_set (valid_from, content, decided_at, author_id, author_name)
         values ($1, $2, $3, $4, $5)
         on conflict (valid_from) do update
            set content = excluded.content, decided_at = excluded.decided_at,
                author_id = excluded.author_id, author_name = excluded.author_name",
        &[
            set.valid_from.to_string().into(),
            content.into(),
            stored(set.decided_at).into(),
            author.to_string().into(),
            set.author_name.as_str().into(),
        ],
    )?;
    Ok(())
}

/// Takes a set back. `Conflict` when others decided since `seen`.
pub fn remove(tx: &mut Tx<'_>, seen: i64, valid_from: Date) -> Result<(), DbError> {
    count(tx, seen)?;
    tx.run("delete from setting_set where valid_from = $1", &[valid_from.to_string().into()])?;
    Ok(())
}

fn count(tx: &mut Tx<'_>, seen: i64) -> Result<(), DbError> {
    let counted = tx.run(
        "update catalogue_revision set revision = revision + 1 where name = 'setting' and revision = $1",
        &[seen.into()],
    )?;
    if counted == 0 {
        return Err(DbError::Conflict("the settings changed meanwhile".to_owned()));
    }
    Ok(())
}

fn decided(row: &Row) -> Result<DecidedSet, DbError> {
    let content: String = row.get("content")?;
    let settings = serde_json::from_str(&content)
        .map_err(|error| DbError::Decode(format!("a set of settings: {error}")))?;
    Ok(DecidedSet {
        valid_from: row.parse("valid_from")?,
        settings,
        decided_at: row.parse("decided_at")?,
        author_name: row.get("author_name")?,
    })
}
