//! Numbered migrations, each run once, checked at every start.

use sha2::{Digest, Sha256};

use crate::{DbError, Engine, Result, Store, Tx};

/// Any number, the same in every copy of this program.
const LOCK: &str = "select pg_advisory_xact_lock(7046029254386353131)";

/// One file of changes to the schema. Once released it is never edited.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its place in the order, from 1.
    pub number: u32,
    /// Its name, for people.
    pub name: &'static str,
    /// Its statements, in the SQL both engines understand.
    pub sql: &'static str,
}

pub(crate) fn run(store: &Store, migrations: &[Migration], now: &str) -> Result<Vec<u32>> {
    let out_of_order = migrations.windows(2).any(|pair| pair[1].number <= pair[0].number);
    if out_of_order || migrations.first().is_some_and(|first| first.number == 0) {
        return Err(DbError::Unfit("the migrations are not numbered upwards from 1".to_owned()));
    }
    store.write_sync(|tx| check(tx, migrations))?;
    let mut ran = Vec::new();
    for migration in migrations {
        if store.write_sync(|tx| apply(tx, migration, now))? {
            ran.push(migration.number);
        }
    }
    Ok(ran)
}

/// The number of the newest migration that ran, however many this program knows; none in a database that
/// was never migrated.
///
/// # Errors
/// What the engine says.
pub fn schema(tx: &mut Tx<'_>) -> Result<Option<u32>> {
    let sql = match tx.engine() {
        Engine::Sqlite => "select 1 as one from sqlite_master where type = 'table' and name = 'migration'",
        Engine::Postgres => {
            "select 1 as one from information_schema.tables
              where table_schema = current_schema() and table_name = 'migration'"
        }
    };
    if tx.one(sql, &[])?.is_none() {
        return Ok(None);
    }
    let row = tx.one("select max(number) as number from migration", &[])?;
    row.map_or(Ok(None), |row| row.get("number"))
}

/// Compares what ran in the database with what this program would run.
fn check(tx: &mut Tx<'_>, migrations: &[Migration]) -> Result<()> {
    lock(tx)?;
    tx.script(
        "create table if not exists migration (
             number bigint primary key, name text not null, sha256 text not null, at text not null
         )",
    )?;
    let known = migrations.last().map_or(0, |last| last.number);
    for row in tx.rows("select number, sha256 from migration order by number desc", &[])? {
        let number: u32 = row.get("number")?;
        let sha256: String = row.get("sha256")?;
        match migrations.iter().find(|migration| migration.number == number) {
            Some(migration) if sha256 == hash(migration) => {}
            Some(migration) => {
                return Err(DbError::ChangedMigration { number, name: migration.name.to_owned() });
            }
            None => return Err(DbError::NewerSchema { found: number, known }),
        }
    }
    Ok(())
}

/// Runs one migration unless it ran already, perhaps a moment ago in another process.
fn apply(tx: &mut Tx<'_>, migration: &Migration, now: &str) -> Result<bool> {
    lock(tx)?;
    let number = migration.number.into();
    if tx.one("select 1 as one from migration where number = $1", &[number])?.is_some() {
        return Ok(false);
    }
    tx.script(migration.sql)?;
    tx.run(
        "insert into migration (number, name, sha256, at) values ($1, $2, $3, $4)",
        &[migration.number.into(), migration.name.into(), hash(migration).into(), now.into()],
    )?;
    Ok(true)
}

/// Two servers that start at once must not migrate at once. A write on SQLite is alone anyway.
fn lock(tx: &mut Tx<'_>) -> Result<()> {
    match tx.engine() {
        Engine::Sqlite => Ok(()),
        // A migration may take as long as it takes.
        Engine::Postgres => tx.unhurried().and_then(|()| tx.script(LOCK)),
    }
}

/// The text's hash, the same however a checkout ends its lines.
fn hash(migration: &Migration) -> String {
    let text = migration.sql.replace("\r\n", "\n");
    format!("{:x}", Sha256::digest(text.as_bytes()))
}
