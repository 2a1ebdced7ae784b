//! SQL of the fault harness, on its throw-away PostgreSQL.

use motcua_db::{Database, DbError, Store};

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
