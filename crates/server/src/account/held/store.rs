//! SQL of kept forms.

use jiff::Timestamp;
use motcua_db::{DbError, Tx};
use motcua_domain::ids::PersonId;

use crate::clock::stored;

/// Keeps a form.
pub fn put(
    tx: &mut Tx<'_>,
    token_hash: &str,
    person: PersonId,
    sealed: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.run(
        "insert into held_form (token_hash, person_id, sealed, created_at) values ($1, $2, $3, $4)",
        &[token_hash.into(), person.to_string().into(), sealed.into(), stored(now).into()],
    )?;
    Ok(())
}

/// The form kept for this person under this hash, unless it was kept before `since`.
pub fn find(
    tx: &mut Tx<'_>,
    token_hash: &str,
    person: PersonId,
    since: Timestamp,
) -> Result<Option<String>, DbError> {
    let row = tx.one(
        "select sealed from held_form where token_hash = $1 and person_id = $2 and $3 < created_at",
        &[token_hash.into(), person.to_string().into(), stored(since).into()],
    )?;
    row.map(|row| row.get("sealed")).transpose()
}

/// Forgets forms kept before an instant.
pub fn delete_older(tx: &mut Tx<'_>, before: Timestamp) -> Result<(), DbError> {
    tx.run("delete from held_form where created_at < $1", &[stored(before).into()])?;
    Ok(())
}
