//! One SQLite connection: settings, parameters by number, values in and out, errors.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, ErrorCode, OpenFlags, ToSql, ffi};

use crate::{DbError, Result, Row, Value};

/// Length past which the writer lets the log begin anew, because copying alone never does while writers keep coming. A
/// longer file is cut to it then.
pub(super) const LOG_BYTES_MAX: u64 = 64 << 20;
/// How long a statement waits for another process that is writing.
const BUSY_WAIT: Duration = Duration::from_secs(5);
/// How long the writer waits for readers before it gives up letting the log begin anew for now.
const RENEW_WAIT: Duration = Duration::from_millis(50);
/// Prepared statements kept per connection: more than the program has.
const STATEMENTS_MAX: usize = 512;

/// One open connection.
pub(crate) struct Connection {
    inner: rusqlite::Connection,
    /// The names of the columns of each query, made once.
    names: RefCell<HashMap<String, Arc<[String]>>>,
}

impl Connection {
    /// A connection that writes; makes the file when it is absent.
    pub(crate) fn open_writer(file: &Path) -> Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let connection = Connection::open(file, flags)?;
        // FULL: an answered write survives a power cut. The log is copied back by a thread of
        // its own, because a writer that does it in passing makes some commits very slow.
        connection.script(&format!(
            "pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 0;
             pragma journal_size_limit = {LOG_BYTES_MAX}; pragma cache_size = -16000"
        ))?;
        Ok(connection)
    }

    /// A connection that only reads.
    pub(crate) fn open_reader(file: &Path) -> Result<Connection> {
        let connection = Connection::open(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.script("pragma query_only = on; pragma cache_size = -4000")?;
        Ok(connection)
    }

    fn open(file: &Path, flags: OpenFlags) -> Result<Connection> {
        // One connection is used by one thread at a time, so SQLite need not lock it.
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let inner = rusqlite::Connection::open_with_flags(file, flags).map_err(failure)?;
        inner.busy_timeout(BUSY_WAIT).map_err(failure)?;
        inner.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        // A plan never depends on the values bound to it: otherwise SQLite plans anew for every new value.
        inner.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(failure)?;
        let connection = Connection { inner, names: RefCell::default() };
        connection.script("pragma foreign_keys = on; pragma temp_store = memory")?;
        Ok(connection)
    }

    pub(crate) fn run(&self, sql: &str, params: &[Value]) -> Result<u64> {
        let mut statement = self.prepare(sql, params)?;
        let touched = statement.raw_execute().map_err(failure)?;
        Ok(touched as u64)
    }

    pub(crate) fn each(&self, sql: &str, params: &[Value], take: &mut dyn FnMut(Row) -> bool) -> Result<()> {
        let mut statement = self.prepare(sql, params)?;
        let names = self.names(sql, &statement);
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(failure)? {
            let values = (0..names.len())
                .map(|place| {
                    row.get_ref(place).map_err(failure).and_then(|value| decode(value, &names[place]))
                })
                .collect::<Result<Vec<Value>>>()?;
            if !take(Row::new(Arc::clone(&names), values)) {
                break;
            }
        }
        Ok(())
    }

    /// What a script changes may have other columns.
    pub(crate) fn script(&self, sql: &str) -> Result<()> {
        self.names.borrow_mut().clear();
        self.inner.execute_batch(sql).map_err(failure)
    }

    /// Runs one statement of the transaction's own, prepared once.
    pub(crate) fn control(&self, sql: &str) -> Result<()> {
        self.inner.prepare_cached(sql).and_then(|mut statement| statement.raw_execute()).map_err(failure)?;
        Ok(())
    }

    /// Whether a transaction is open. A full disk may end one by itself.
    pub(crate) fn in_transaction(&self) -> bool {
        !self.inner.is_autocommit()
    }

    /// Copies what is committed from the log into the database, as far as nobody is in the way.
    pub(crate) fn copy_log(&self) -> Result<()> {
        self.checkpoint("pragma wal_checkpoint(passive)").map(drop)
    }

    /// Copies the whole log back, so that it begins anew. Answers whether it could.
    pub(crate) fn renew_log(&self) -> Result<bool> {
        self.inner.busy_timeout(RENEW_WAIT).map_err(failure)?;
        // The file keeps its length: to write over what is there costs less than to let the file grow again.
        let busy = self.checkpoint("pragma wal_checkpoint(restart)");
        self.inner.busy_timeout(BUSY_WAIT).map_err(failure)?;
        Ok(!busy?)
    }

    fn checkpoint(&self, pragma: &str) -> Result<bool> {
        let busy: i64 = self.inner.query_row(pragma, [], |row| row.get(0)).map_err(failure)?;
        Ok(busy != 0)
    }

    fn names(&self, sql: &str, statement: &CachedStatement<'_>) -> Arc<[String]> {
        let known = self.names.borrow().get(sql).map(Arc::clone);
        known.filter(|names| names.len() == statement.column_count()).unwrap_or_else(|| {
            let names: Arc<[String]> = statement.column_names().map(str::to_owned).collect();
            let mut known = self.names.borrow_mut();
            if STATEMENTS_MAX <= known.len() {
                known.clear();
            }
            known.insert(sql.to_owned(), Arc::clone(&names));
            names
        })
    }

    /// SQLite numbers `$2` by where it stands first; here it always means the second value.
    fn prepare(&self, sql: &str, params: &[Value]) -> Result<CachedStatement<'_>> {
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        let count = statement.parameter_count();
        for index in 1..=count {
            let number = statement
                .parameter_name(index)
                .and_then(|name| name.strip_prefix('$')?.parse::<usize>().ok())
                .filter(|number| (1..=params.len()).contains(number));
            let Some(number) = number else {
                return Err(miscounted(count, params.len()));
            };
            statement.raw_bind_parameter(index, Bound(&params[number - 1])).map_err(failure)?;
        }
        if count != params.len() {
            return Err(miscounted(count, params.len()));
        }
        Ok(statement)
    }
}

fn miscounted(used: usize, given: usize) -> DbError {
    DbError::engine(format!("the statement uses {used} parameters, {given} were given"))
}

struct Bound<'a>(&'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Value::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Value::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Value::Int(int) => ToSqlOutput::Borrowed(ValueRef::Integer(*int)),
            Value::Bool(truth) => ToSqlOutput::Borrowed(ValueRef::Integer(i64::from(*truth))),
            Value::Real(real) => ToSqlOutput::Borrowed(ValueRef::Real(*real)),
            Value::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}

fn decode(value: ValueRef<'_>, name: &str) -> Result<Value> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(int) => Value::Int(int),
        ValueRef::Real(real) => Value::Real(real),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Value::Text(text.to_owned()),
            Err(error) => return Err(DbError::Decode(format!("column {name}: {error}"))),
        },
    })
}

fn failure(error: rusqlite::Error) -> DbError {
    let text = if let rusqlite::Error::SqliteFailure(_, Some(text)) = &error { text.as_str() } else { "" };
    let unique =
        [ffi::SQLITE_CONSTRAINT_UNIQUE, ffi::SQLITE_CONSTRAINT_PRIMARYKEY, ffi::SQLITE_CONSTRAINT_ROWID];
    let code = error.sqlite_error().map(|failed| (failed.code, failed.extended_code));
    match code {
        Some((_, extended)) if unique.contains(&extended) => {
            DbError::Conflict(text.strip_prefix("UNIQUE constraint failed: ").unwrap_or(text).to_owned())
        }
        Some((ErrorCode::DiskFull, _)) => DbError::DiskFull(Arc::new(error)),
        // The system answers a quota or a full disk to some writes as an input/output error.
        Some((_, ffi::SQLITE_IOERR_WRITE | ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_SHMSIZE)) => {
            DbError::DiskFull(Arc::new(error))
        }
        Some((ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _)) => DbError::Busy,
        _ => DbError::Engine(Arc::new(error)),
    }
}
