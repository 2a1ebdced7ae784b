//! SQL of codes by mail: one for each address, kept as hashes.

use jiff::Timestamp;
use motcua_db::{DbError, Tx};

use crate::clock::stored;

/// Keeps the code of an address, in the place of the one before.
pub fn put(
    tx: &mut Tx<'_>,
    email_hash: &str,
    code_hash: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), DbError> {
    tx.run(
        "insert into login_code (email_hash, code_hash, created_at, expires_at, tries) values ($1, $2, $3, $4, 0)
         on conflict (email_hash) do update
            set code_hash = excluded.code_hash, created_at = excluded.created_at,
                expires_at = excluded.expires_at, tries = 0",
        &[email_hash.into(), code_hash.into(), stored(now).into(), stored(expires_at).into()],
    )?;
    Ok(())
}

/// Counts a try and answers the hash to compare with and how many tries that makes; `None` when the code is over
/// or all its tries are used.
pub fn count_try(
    tx: &mut Tx<'_>,
    email_hash: &str,
    now: Timestamp,
    tries_max: i64,
) -> Result<Option<(String, i64)>, DbError> {
    let row = tx.one(
        "update login_code set tries = tries + 1 where email_hash = $1 and $2 < expires_at and tries < $3
         returning code_hash, tries",
        &[email_hash.into(), stored(now).into(), tries_max.into()],
    )?;
    row.map(|row| Ok((row.get("code_hash")?, row.get("tries")?))).transpose()
}

/// Forgets the code of an address.
pub fn delete(tx: &mut Tx<'_>, email_hash: &str) -> Result<(), DbError> {
    tx.run("delete from login_code where email_hash = $1", &[email_hash.into()])?;
    Ok(())
}

/// Forgets every code that is over.
pub fn delete_over(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), DbError> {
    tx.run("delete from login_code where expires_at <= $1", &[stored(now).into()])?;
    Ok(())
}
