//! SQL of the fault harness, on databases that are thrown away.

use std::collections::HashMap;

use motcua_db::{Database, DbError, Row, Store};

/// Removes everything from the database.
pub fn empty(url: &str) -> Result<(), DbError> {
    Store::open(&Database::Postgres(url.to_owned()))?.write_sync(|tx| {
        tx.run("drop schema public cascade", &[])?;
        tx.run("create schema public", &[])
    })?;
    Ok(())
}

/// Cuts every connection but its own, and answers how many there were.
pub fn cut(url: &str) -> Result<i64, DbError> {
    let sql = "select count(pg_terminate_backend(pid)) as n from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid()";
    let cut = |tx: &mut motcua_db::Tx<'_>| tx.one(sql, &[])?.map_or(Ok(0), |row| row.get("n"));
    Store::open(&Database::Postgres(url.to_owned()))?.write_sync(cut)
}

/// How many jobs wait that something caused, and why others were given up.
pub fn jobs(database: &Database) -> Result<(i64, Vec<String>), DbError> {
    Store::open(database)?.read_sync(|tx| {
        let sql = "select count(*) as n from job where failed_at is null and id not like 'periodic-%'";
        let waiting = tx.one(sql, &[])?.map_or(Ok(0), |row| row.get("n"))?;
        let given_up = tx.rows("select kind, last_error from job where failed_at is not null", &[])?;
        let words = |row: &Row| {
            let (kind, error): (String, Option<String>) = (row.get("kind")?, row.get("last_error")?);
            Ok(format!("{kind}: {}", error.unwrap_or_default()))
        };
        Ok((waiting, given_up.iter().map(words).collect::<Result<_, DbError>>()?))
    })
}

/// A letter that was written.
pub struct Letter {
    /// Its dossier.
    pub about: String,
    /// What it is called.
    pub subject: String,
}

/// Every letter that was written, by its id.
pub fn letters(database: &Database) -> Result<HashMap<String, Letter>, DbError> {
    Store::open(database)?.read_sync(|tx| {
        let rows = tx.rows("select id, dossier_code, subject from mail", &[])?;
        let letter = |row: &Row| {
            let about: Option<String> = row.get("dossier_code")?;
            Ok((row.get("id")?, Letter { about: about.unwrap_or_default(), subject: row.get("subject")? }))
        };
        rows.iter().map(letter).collect()
    })
}
