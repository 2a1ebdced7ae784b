//! One PostgreSQL connection: settings, prepared statements, transactions.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;

use futures_util::StreamExt as _;
use tokio_postgres::Statement;

use super::failure::{Setback, failure};
use super::link::{Failed, Link};
use super::value::decode;
use crate::{DbError, Result, Row, Value};

/// Prepared statements kept per connection: more than the program has.
const STATEMENTS_MAX: usize = 512;
/// Rows handed over at a time.
const ROWS_AT_A_TIME: usize = 64;
/// What each connection is told first. An answered write survives a power cut, nothing waits for ever, and nothing is
/// written outside a transaction: its begin is sent together with its first statement, and if ever the begin alone
/// failed, that statement must do nothing.
pub(super) const SETTINGS: &str =
    "set synchronous_commit = on; set timezone = 'UTC'; set client_min_messages = warning;
     set statement_timeout = '60s'; set lock_timeout = '10s'; set idle_in_transaction_session_timeout = '60s';
     set default_transaction_read_only = on";

/// What a transaction may do.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Access {
    /// One snapshot for all its queries, as SQLite gives to readers.
    Read,
    /// Each statement sees what is committed when it begins. What was read before is guarded
    /// by a `version` column, so that waiting for a row is not a failure.
    Write,
}

/// One open connection.
pub(crate) struct Connection {
    link: Link,
    statements: HashMap<String, Prepared>,
    setback: Option<Setback>,
}

/// A statement the server knows, with the names of its columns.
#[derive(Clone)]
pub(super) struct Prepared {
    pub(super) statement: Statement,
    pub(super) names: Arc<[String]>,
}

impl Prepared {
    pub(super) fn new(statement: Statement) -> Prepared {
        let names = statement.columns().iter().map(|column| column.name().to_owned()).collect();
        Prepared { statement, names }
    }

    /// Refuses another number of values than the statement uses.
    pub(super) fn check(&self, params: &[Value]) -> Result<()> {
        let (used, given) = (self.statement.params().len(), params.len());
        if used == given {
            return Ok(());
        }
        Err(DbError::engine(format!("the statement uses {used} parameters, {given} were given")))
    }
}

impl Connection {
    pub(crate) fn open(url: &str) -> Result<Connection> {
        let mut connection = Connection { link: Link::open(url)?, statements: HashMap::new(), setback: None };
        connection.script(SETTINGS)?;
        Ok(connection)
    }

    /// Begins a transaction: sent together with its first statement.
    pub(crate) fn begin(&mut self, access: Access) {
        self.setback = None;
        self.send(match access {
            Access::Read => "begin isolation level repeatable read read only",
            Access::Write => "begin isolation level read committed read write",
        });
    }

    /// Keeps what a transaction did. A setback is answered only where nothing of it was kept for certain.
    pub(crate) fn commit(&mut self, access: Access) -> Result<(), (DbError, Option<Setback>)> {
        match access {
            // Nobody waits for the end of what only read.
            Access::Read => {
                self.send("commit");
                self.link.flush();
                Ok(())
            }
            Access::Write => {
                let client = self.link.client();
                self.link.wait(client.batch_execute("commit")).map_err(|failed| {
                    // What the server says of a statement before the commit undoes the transaction. Whatever else is
                    // told after the commit was sent leaves open whether it took place: that is never tried again.
                    let is_undone = failed.is_earlier && failed.error.as_db_error().is_some();
                    let error = self.failed(failed);
                    (error, self.setback.filter(|_| is_undone))
                })
            }
        }
    }

    /// Undoes a transaction. If that fails, the connection cannot be used any more and the server does it.
    pub(crate) fn roll_back(&mut self) {
        drop(self.script("rollback"));
    }

    pub(crate) fn run(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        let Prepared { statement, .. } = self.prepare(sql, params)?;
        let client = self.link.client();
        let res = self.link.wait(client.execute_raw(&statement, params));
        res.map_err(|failed| self.failed(failed))
    }

    /// Runs a statement whose outcome is told by the next one that is waited for.
    pub(crate) fn run_ahead(&mut self, sql: &str, params: &[Value]) -> Result<()> {
        let Prepared { statement, .. } = self.prepare(sql, params)?;
        let (client, params) = (self.link.client(), params.to_vec());
        self.link.send(async move { client.execute_raw(&statement, params).await.map(drop) });
        Ok(())
    }

    pub(crate) fn each(
        &mut self,
        sql: &str,
        params: &[Value],
        take: &mut dyn FnMut(Row) -> bool,
    ) -> Result<()> {
        let Prepared { statement, names } = self.prepare(sql, params)?;
        let client = self.link.client();
        let asked = self.link.wait(client.query_raw(&statement, params));
        let mut rows = pin!(asked.map_err(|failed| self.failed(failed))?.ready_chunks(ROWS_AT_A_TIME));
        while let Some(some) =
            self.link.wait(async { Ok(rows.next().await) }).map_err(|failed| self.failed(failed))?
        {
            for row in some {
                let row = row.map_err(|error| self.failed(Failed { error, is_earlier: false }))?;
                if !take(Row::new(Arc::clone(&names), decode(&row)?)) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Runs statements without parameters.
    pub(crate) fn script(&mut self, sql: &str) -> Result<()> {
        let client = self.link.client();
        let res = self.link.wait(client.batch_execute(sql));
        res.map_err(|failed| self.failed(failed))
    }

    /// Why the transaction failed, when it may be tried again; asking forgets it.
    pub(crate) fn take_setback(&mut self) -> Option<Setback> {
        self.setback.take()
    }

    /// Whether the connection can be used for another transaction.
    pub(crate) fn is_usable(&self) -> bool {
        !self.link.is_closed() && self.setback != Some(Setback::Lost)
    }

    fn send(&mut self, sql: &'static str) {
        let client = self.link.client();
        self.link.send(async move { client.batch_execute(sql).await });
    }

    fn prepare(&mut self, sql: &str, params: &[Value]) -> Result<Prepared> {
        let prepared = if let Some(prepared) = self.statements.get(sql) {
            prepared.clone()
        } else {
            let client = self.link.client();
            let statement = self.link.wait(client.prepare(sql)).map_err(|failed| self.failed(failed))?;
            let prepared = Prepared::new(statement);
            if STATEMENTS_MAX <= self.statements.len() {
                self.statements.clear();
            }
            self.statements.insert(sql.to_owned(), prepared.clone());
            prepared
        };
        prepared.check(params)?;
        Ok(prepared)
    }

    fn failed(&mut self, failed: Failed) -> DbError {
        let (error, setback) = failure(failed.error);
        self.setback = if self.link.is_closed() { Some(Setback::Lost) } else { setback };
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestDatabase;

    #[test]
    fn nothing_is_written_outside_a_transaction() {
        let Some(database) = TestDatabase::postgres() else { return };
        let mut connection = Connection::open(&database.url()).unwrap();
        let made = "create table thing (id text)";
        assert!(connection.script(made).is_err(), "the begin was never sent");
        connection.begin(Access::Write);
        connection.script(made).unwrap();
        connection.commit(Access::Write).map_err(|(error, _)| error).unwrap();
        assert!(connection.run("insert into thing (id) values ('a')", &[]).is_err());
        connection.begin(Access::Read);
        connection.each("select id from thing", &[], &mut |_| panic!("nothing was kept")).unwrap();
    }

    #[test]
    fn what_the_server_refused_before_the_commit_is_undone_and_known_to_be() {
        let Some(database) = TestDatabase::postgres() else { return };
        let mut connection = Connection::open(&database.url()).unwrap();
        connection.begin(Access::Write);
        connection.script("create table thing (id text primary key)").unwrap();
        connection.commit(Access::Write).map_err(|(error, _)| error).unwrap();
        connection.begin(Access::Write);
        for id in ["a", "a", "b"] {
            connection.run_ahead("insert into thing (id) values ($1)", &[id.into()]).unwrap();
        }
        let (error, setback) = connection.commit(Access::Write).unwrap_err();
        assert!(matches!(error, DbError::Conflict(key) if key == "thing.id"));
        assert_eq!(setback, None, "trying again would fail again");
        assert!(connection.is_usable());
        connection.begin(Access::Read);
        connection.each("select id from thing", &[], &mut |_| panic!("nothing was kept")).unwrap();
    }
}
