//! One PostgreSQL connection: settings, prepared statements, values in and out, errors.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;

use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::private::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, NoTls, Statement};

use crate::{DbError, Result, Row, Value};

/// Prepared statements kept per connection: more than the program has.
const STATEMENTS_MAX: usize = 512;
/// What each connection is told first. An answered write survives a power cut, and nothing
/// waits for ever.
const SETTINGS: &str = "set synchronous_commit = on; set timezone = 'UTC'; set client_min_messages = warning;
     set statement_timeout = '60s'; set lock_timeout = '10s'; set idle_in_transaction_session_timeout = '60s'";

/// Why a transaction may simply be tried again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Setback {
    /// Another transaction was in the way and the server chose this one to give up.
    Serialization,
    /// The connection ended before the commit was sent.
    Lost,
}

/// One open connection.
pub(crate) struct Connection {
    client: Client,
    statements: HashMap<String, Statement>,
    setback: Option<Setback>,
}

impl Connection {
    pub(crate) fn open(url: &str) -> Result<Connection> {
        let client = Client::connect(url, NoTls).map_err(|error| failure(error).0)?;
        let mut connection = Connection { client, statements: HashMap::new(), setback: None };
        connection.script(SETTINGS)?;
        Ok(connection)
    }

    pub(crate) fn run(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        let statement = self.prepare(sql, params)?;
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|value| value as _).collect();
        let res = self.client.execute(&statement, &params);
        res.map_err(|error| self.failed(error))
    }

    pub(crate) fn each(
        &mut self,
        sql: &str,
        params: &[Value],
        take: &mut dyn FnMut(Row) -> bool,
    ) -> Result<()> {
        let statement = self.prepare(sql, params)?;
        let names: Arc<[String]> =
            statement.columns().iter().map(|column| column.name().to_owned()).collect();
        let mut found = Ok(());
        let res = self.client.query_raw(&statement, params).and_then(|mut rows| {
            while let Some(row) = rows.next()? {
                let more = decode(&row).map(|values| take(Row::new(Arc::clone(&names), values)));
                if more.as_ref().is_ok_and(|more| *more) {
                    continue;
                }
                found = more.map(drop);
                break;
            }
            Ok(())
        });
        res.map_err(|error| self.failed(error))?;
        found
    }

    /// Runs statements without parameters.
    pub(crate) fn script(&mut self, sql: &str) -> Result<()> {
        let res = self.client.batch_execute(sql);
        res.map_err(|error| self.failed(error))
    }

    /// Why the transaction failed, when it may be tried again; asking forgets it.
    pub(crate) fn take_setback(&mut self) -> Option<Setback> {
        self.setback.take()
    }

    /// Whether the connection can be used for another transaction.
    pub(crate) fn is_usable(&self) -> bool {
        !self.client.is_closed() && self.setback != Some(Setback::Lost)
    }

    fn prepare(&mut self, sql: &str, params: &[Value]) -> Result<Statement> {
        let statement = if let Some(statement) = self.statements.get(sql) {
            statement.clone()
        } else {
            let statement = self.client.prepare(sql).map_err(|error| self.failed(error))?;
            if STATEMENTS_MAX <= self.statements.len() {
                self.statements.clear();
            }
            self.statements.insert(sql.to_owned(), statement.clone());
            statement
        };
        let (used, given) = (statement.params().len(), params.len());
        if used != given {
            return Err(DbError::engine(format!("the statement uses {used} parameters, {given} were given")));
        }
        Ok(statement)
    }

    fn failed(&mut self, error: postgres::Error) -> DbError {
        let (error, setback) = failure(error);
        self.setback = if self.client.is_closed() { Some(Setback::Lost) } else { setback };
        error
    }
}

/// What our callers call this error, and whether it may be tried again.
fn failure(error: postgres::Error) -> (DbError, Option<Setback>) {
    let lost = error.is_closed()
        || error.source().is_some_and(<dyn Error>::is::<std::io::Error>)
        || error.code().is_some_and(|code| {
            [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN, SqlState::CANNOT_CONNECT_NOW].contains(code)
        });
    let Some(told) = error.as_db_error() else {
        return (DbError::Engine(Arc::new(error)), lost.then_some(Setback::Lost));
    };
    let code = told.code();
    if *code == SqlState::UNIQUE_VIOLATION {
        return (DbError::Conflict(key_of(told)), None);
    }
    if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED {
        return (DbError::Busy, Some(Setback::Serialization));
    }
    let setback = lost.then_some(Setback::Lost);
    if *code == SqlState::LOCK_NOT_AVAILABLE || *code == SqlState::TOO_MANY_CONNECTIONS {
        return (DbError::Busy, setback);
    }
    let source = Arc::new(ServerError { code: code.code().to_owned(), message: told.message().to_owned() });
    if *code == SqlState::DISK_FULL {
        return (DbError::DiskFull(source), setback);
    }
    (DbError::Engine(source), setback)
}

/// What the server said, without its detail: that holds values, which may be a person's.
#[derive(Debug, thiserror::Error)]
#[error("{message} ({code})")]
struct ServerError {
    code: String,
    message: String,
}

/// `table.column, table.column` of a key that exists already, as SQLite writes it.
fn key_of(violation: &postgres::error::DbError) -> String {
    let table = violation.table().unwrap_or_default();
    let columns = violation
        .detail()
        .and_then(|detail| detail.split_once('(')?.1.split_once(")=("))
        .map(|(columns, _)| columns);
    match columns {
        Some(columns) => {
            let columns: Vec<String> =
                columns.split(", ").map(|column| format!("{table}.{column}")).collect();
            columns.join(", ")
        }
        None => format!("{table} {}", violation.constraint().unwrap_or_default()),
    }
}

fn decode(row: &postgres::Row) -> Result<Vec<Value>> {
    let columns = row.columns().iter().enumerate();
    columns
        .map(|(place, column)| {
            row.try_get::<_, Decoded>(place).map(|decoded| decoded.0).map_err(|_| {
                DbError::Decode(format!("column {} is of type {}", column.name(), column.type_()))
            })
        })
        .collect()
}

/// A value of one of the types a column or an expression may have.
struct Decoded(Value);

impl<'a> FromSql<'a> for Decoded {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> std::result::Result<Decoded, Box<dyn Error + Sync + Send>> {
        Ok(Decoded(match *kind {
            Type::INT8 => Value::Int(i64::from_sql(kind, raw)?),
            Type::INT4 => Value::Int(i64::from(i32::from_sql(kind, raw)?)),
            Type::INT2 => Value::Int(i64::from(i16::from_sql(kind, raw)?)),
            Type::BOOL => Value::Bool(bool::from_sql(kind, raw)?),
            Type::FLOAT8 => Value::Real(f64::from_sql(kind, raw)?),
            Type::BYTEA => Value::Bytes(Vec::from_sql(kind, raw)?),
            _ => Value::Text(String::from_sql(kind, raw)?),
        }))
    }

    fn from_sql_null(_: &Type) -> std::result::Result<Decoded, Box<dyn Error + Sync + Send>> {
        Ok(Decoded(Value::Null))
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT8, Type::INT4, Type::INT2, Type::BOOL, Type::FLOAT8, Type::BYTEA].contains(kind)
            || <String as FromSql>::accepts(kind)
    }
}

impl ToSql for Value {
    /// The server says which type it expects; the value must be of that kind.
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self, kind) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Int(int), &Type::INT8) => int.to_sql(kind, out),
            (Value::Int(int), &Type::INT4) => i32::try_from(*int)?.to_sql(kind, out),
            (Value::Int(int), &Type::FLOAT8) => f64::from(i32::try_from(*int)?).to_sql(kind, out),
            (Value::Bool(truth), &Type::BOOL) => truth.to_sql(kind, out),
            (Value::Real(real), &Type::FLOAT8) => real.to_sql(kind, out),
            (Value::Bytes(bytes), &Type::BYTEA) => bytes.as_slice().to_sql(kind, out),
            (Value::Text(text), kind) if <String as ToSql>::accepts(kind) => text.to_sql(kind, out),
            (Value::Text(_) | Value::Int(_) | Value::Bool(_) | Value::Real(_) | Value::Bytes(_), kind) => {
                Err(format!("a parameter of type {kind} was given another kind of value").into())
            }
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
