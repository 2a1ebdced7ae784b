//! One transaction: the statements it runs, and what becomes of it when one fails.

use crate::ran::Ran;
use crate::{DbError, Engine, Query, Result, Row, Value, postgres, sqlite};

/// An open transaction, given to the closure of `Store::read` or `Store::write`.
///
/// It is kept when the closure answers `Ok` and undone when it answers `Err` or panics.
/// When a statement fails, the whole transaction has failed: every later statement answers
/// `Aborted`, and so does the transaction even if the closure answers `Ok`. PostgreSQL works
/// like this; SQLite is made to. [`Tx::attempt`] guards a statement that is expected to fail.
pub struct Tx<'a> {
    session: Session<'a>,
    ran: &'a Ran,
    failed: bool,
    depth: u32,
}

pub(crate) enum Session<'a> {
    Sqlite(&'a sqlite::Connection),
    Postgres(&'a mut postgres::Connection),
}

impl<'a> Tx<'a> {
    pub(crate) fn new(session: Session<'a>, ran: &'a Ran) -> Tx<'a> {
        Tx { session, ran, failed: false, depth: 0 }
    }

    /// The engine behind, for the few statements that have no common form.
    pub fn engine(&self) -> Engine {
        match self.session {
            Session::Sqlite(_) => Engine::Sqlite,
            Session::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs a statement and answers how many rows it touched. `$1` is the first of `params`.
    ///
    /// # Errors
    /// `Conflict` when a unique key exists already; `Aborted` after an earlier failure; else
    /// what the engine says.
    pub fn run(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        self.statement(sql, params, |session| match session {
            Session::Sqlite(connection) => connection.run(sql, params),
            Session::Postgres(connection) => connection.run(sql, params),
        })
    }

    /// Runs a statement that nobody waits for: it is done before the next statement answers, or before the transaction
    /// is kept. If it fails, that one fails instead, with its error. On PostgreSQL several such statements take one way
    /// to the server and back.
    ///
    /// # Errors
    /// As [`Tx::run`], perhaps later.
    pub fn run_ahead(&mut self, sql: &str, params: &[Value]) -> Result<()> {
        self.statement(sql, params, |session| match session {
            Session::Sqlite(connection) => connection.run(sql, params).map(drop),
            Session::Postgres(connection) => connection.run_ahead(sql, params),
        })
    }

    /// All rows of a query. For long answers see [`Tx::each`].
    ///
    /// # Errors
    /// As [`Tx::run`]; `Decode` when a column has a type that is not one of the six.
    pub fn rows(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        self.each(sql, params, |row| {
            rows.push(row);
            Ok::<(), DbError>(())
        })?;
        Ok(rows)
    }

    /// The only row of a query, if there is one.
    ///
    /// # Errors
    /// As [`Tx::rows`]; `Decode` when there is more than one row.
    pub fn one(&mut self, sql: &str, params: &[Value]) -> Result<Option<Row>> {
        let mut rows = self.rows(sql, params)?;
        if 1 < rows.len() {
            return Err(DbError::Decode(format!("{} rows where one was expected", rows.len())));
        }
        Ok(rows.pop())
    }

    /// The answer of a query.
    ///
    /// # Errors
    /// As [`Tx::rows`], and what its reader says of the rows.
    pub fn ask<T>(&mut self, query: &Query<T>) -> Result<T> {
        (query.read)(&self.rows(query.sql, &query.params)?)
    }

    /// Hands the rows of a query to `take` one after another, without keeping them in memory.
    ///
    /// # Errors
    /// As [`Tx::rows`], and whatever `take` answers, which ends the query.
    pub fn each<E: From<DbError>>(
        &mut self,
        sql: &str,
        params: &[Value],
        mut take: impl FnMut(Row) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut refusal = None;
        let mut take = |row| match take(row) {
            Ok(()) => true,
            Err(error) => {
                refusal = Some(error);
                false
            }
        };
        self.statement(sql, params, |session| match session {
            Session::Sqlite(connection) => connection.each(sql, params, &mut take),
            Session::Postgres(connection) => connection.each(sql, params, &mut take),
        })?;
        refusal.map_or(Ok(()), Err)
    }

    /// Runs several statements without parameters, separated by semicolons.
    ///
    /// # Errors
    /// What the engine says.
    pub fn script(&mut self, sql: &str) -> Result<()> {
        self.statement(sql, &[], |session| match session {
            Session::Sqlite(connection) => connection.script(sql),
            Session::Postgres(connection) => connection.script(sql),
        })
    }

    /// Runs `act` so that its failure undoes only what it did itself; the transaction goes on.
    ///
    /// # Errors
    /// Whatever `act` answers.
    pub fn attempt<T, E: From<DbError>>(
        &mut self,
        act: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.failed {
            return Err(DbError::Aborted.into());
        }
        self.depth += 1;
        let name = format!("attempt_{}", self.depth);
        let begun = self.quietly(&format!("savepoint {name}"));
        let res = begun.map_err(E::from).and_then(|()| {
            let res = act(self);
            if self.failed && res.is_ok() { Err(DbError::Aborted.into()) } else { res }
        });
        let ended = if res.is_ok() {
            self.quietly(&format!("release savepoint {name}"))
        } else {
            self.failed = false;
            self.quietly(&format!("rollback to savepoint {name}; release savepoint {name}"))
        };
        self.depth -= 1;
        if let Err(error) = ended {
            self.failed = true;
            return res.and(Err(error.into()));
        }
        res
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.failed
    }

    fn quietly(&mut self, sql: &str) -> Result<()> {
        match &mut self.session {
            Session::Sqlite(connection) => connection.script(sql),
            Session::Postgres(connection) => connection.script(sql),
        }
    }

    fn statement<T>(
        &mut self,
        sql: &str,
        params: &[Value],
        act: impl FnOnce(&mut Session<'a>) -> Result<T>,
    ) -> Result<T> {
        if self.failed {
            return Err(DbError::Aborted);
        }
        params.iter().try_for_each(Value::check)?;
        self.ran.note(sql, params);
        act(&mut self.session).inspect_err(|_| self.failed = true)
    }
}
