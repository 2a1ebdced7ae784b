//! What the store promises, tried on each engine.

mod engines;
mod migrations;
mod portable;
mod query;
mod tables;
mod transactions;
mod writer;

use motcua_db::{DbError, Migration, Store, Tx};

/// A table with a column of each type.
const SCHEMA: &[Migration] = &[Migration {
    number: 1,
    name: "thing",
    sql: "create table thing (
              id text primary key,
              place bigint,
              urgent boolean not null default false,
              weight double precision,
              photo bytea,
              version bigint not null default 1
          );
          create unique index thing_place on thing (place, urgent);",
}];

fn add(tx: &mut Tx<'_>, id: &str) -> Result<(), DbError> {
    tx.run("insert into thing (id) values ($1)", &[id.into()])?;
    Ok(())
}

fn ids(store: &Store) -> Vec<String> {
    let rows = store.read_sync(|tx| tx.rows("select id from thing order by id", &[])).unwrap();
    rows.iter().map(|row| row.get("id").unwrap()).collect()
}

fn add_ahead(tx: &mut Tx<'_>, id: &str) -> Result<(), DbError> {
    tx.run_ahead("insert into thing (id) values ($1)", &[id.into()])
}
