//! The store: which engine, and how a transaction gets to it.

use std::cell::Cell;
use std::fmt;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::thread;

use tokio::runtime::Handle;
use tokio::sync::{Semaphore, oneshot};

use crate::postgres::{Connection as PostgresConnection, Pool, Shared};
use crate::ran::Ran;
use crate::sqlite::{Connection as SqliteConnection, Sqlite};
use crate::tx::Session;
use crate::{DbError, Migration, Query, Result, Tx, Value, migrate, postgres, sqlite};

/// Requests that may wait for a connection; one more is told that the database is busy.
const WAITING_MAX: usize = 1024;

/// Where the data is.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// A file. Made when it is absent; its folder must exist.
    Sqlite(PathBuf),
    /// The address of a server, as `postgres://user@host/name`. The database must exist.
    Postgres(String),
}

impl FromStr for Database {
    type Err = DbError;

    /// `postgres://…`, `sqlite:FILE`, or just the path of a file.
    fn from_str(text: &str) -> Result<Database> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Database::Postgres(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite:").unwrap_or(text);
        if path.is_empty() || path.contains("://") {
            return Err(DbError::Unfit(format!("{path:?} is neither a file nor the address of PostgreSQL")));
        }
        Ok(Database::Sqlite(PathBuf::from(path)))
    }
}

impl fmt::Display for Database {
    /// The address without its password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Database::Sqlite(file) => write!(f, "sqlite:{}", file.display()),
            Database::Postgres(url) => {
                let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
                let (address, query) =
                    rest.split_once('?').map_or((rest, ""), |(address, query)| (address, query));
                let (user, place) =
                    address.rsplit_once('@').map_or(("", address), |(user, place)| (user, place));
                let user = user.split(':').next().unwrap_or_default();
                let kept = query.split('&').filter(|pair| !pair.starts_with("password="));
                let query: Vec<&str> = kept.filter(|pair| !pair.is_empty()).collect();
                write!(f, "{scheme}://{user}")?;
                write!(f, "{}{place}", if user.is_empty() { "" } else { "@" })?;
                write!(f, "{}{}", if query.is_empty() { "" } else { "?" }, query.join("&"))
            }
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Database({self})")
    }
}

/// The engine behind a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// SQLite, in this process.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

/// How busy a store of this process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Transactions in the queue of SQLite's only writer, the one that runs included.
    pub writer_queue: usize,
    /// Requests at a connection or waiting for one: reads on SQLite, everything on PostgreSQL.
    pub at_connections: usize,
    /// Connections at most.
    pub connections_max: usize,
}

/// A database in use. Cheap to clone; the last clone closes it.
///
/// # Transactions
/// A closure given to [`Store::read`] or [`Store::write`] is one transaction. It is
/// synchronous, so that nothing outside can be waited for while locks are held. It is `Fn`:
/// PostgreSQL may give up on a transaction because of another one, and then it is run again
/// from the beginning with exactly what it captured, so it must do nothing but use its `Tx`.
///
/// A write answers when its work is on disk. A read sees one moment of the database, at least
/// as new as every write answered before it began. On PostgreSQL a write sees, statement by
/// statement, what others commit meanwhile: guard what was read by a `version` column.
///
/// Calling the store again inside a closure would wait for itself, and panics.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    backend: Backend,
    ran: Arc<Ran>,
    connections_max: usize,
    /// One permit for each connection.
    connections: Arc<Semaphore>,
    /// One permit for each request at a connection or waiting for one.
    waiting: Semaphore,
}

enum Backend {
    Sqlite(Sqlite),
    Postgres(Pool, Shared),
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({:?})", self.engine())
    }
}

impl Store {
    /// Opens a database. It blocks; on PostgreSQL it connects once.
    ///
    /// # Errors
    /// `Unfit` when a PostgreSQL database does not sort by bytes; else what the engine says.
    pub fn open(database: &Database) -> Result<Store> {
        let connections = thread::available_parallelism().map_or(4, usize::from).clamp(4, 16) * 2;
        let backend = match database {
            Database::Sqlite(file) => Backend::Sqlite(Sqlite::open(file, connections)?),
            Database::Postgres(url) => {
                let pool = off_runtime(|| Pool::open(url, connections))?;
                Backend::Postgres(pool, Shared::new(url, connections / 4))
            }
        };
        let inner = Inner {
            backend,
            ran: Arc::default(),
            connections_max: connections,
            connections: Arc::new(Semaphore::new(connections)),
            waiting: Semaphore::new(connections + WAITING_MAX),
        };
        Ok(Store { inner: Arc::new(inner) })
    }

    /// The engine behind.
    pub fn engine(&self) -> Engine {
        match self.inner.backend {
            Backend::Sqlite(_) => Engine::Sqlite,
            Backend::Postgres(..) => Engine::Postgres,
        }
    }

    /// Statements run by closures since the store was opened, for tests of a budget.
    pub fn statements(&self) -> u64 {
        self.inner.ran.count()
    }

    /// Begins to keep the statements that closures run, or ends it; answers those that were kept until now.
    #[cfg(any(test, feature = "testing"))]
    pub fn keep_statements(&self, on: bool) -> Vec<crate::testing::Statement> {
        self.inner.ran.keep(on)
    }

    /// Runs `act` on one moment of the database; it cannot write.
    ///
    /// # Errors
    /// Whatever `act` answers; `Busy` when too many are waiting.
    pub async fn read<T, E>(&self, act: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        self.on_blocking_thread(move |inner| inner.read(&act)).await
    }

    /// Asks one query: a transaction by itself. It takes no thread: on SQLite it runs on the one that asks, because a few
    /// rows found by their keys take less time than the way to another; on PostgreSQL it shares a connection.
    ///
    /// # Errors
    /// As [`Tx::ask`]; `Busy` when too many are waiting.
    pub async fn ask<T>(&self, query: Query<T>) -> Result<T> {
        let shared = match &self.inner.backend {
            Backend::Sqlite(sqlite) => {
                let act = |tx: &mut Tx<'_>| tx.ask(&query);
                return sqlite.readers.once(|connection| on_sqlite(connection, &self.inner.ran, &act))?;
            }
            Backend::Postgres(_, shared) => shared,
        };
        let Query { sql, params, read } = query;
        params.iter().try_for_each(Value::check)?;
        self.inner.ran.note(sql, &params);
        let _place = self.inner.waiting.try_acquire().map_err(|_| DbError::Busy)?;
        read(&shared.rows(sql, &params).await?)
    }

    /// Runs `act` and answers when its work is on disk, or undone.
    ///
    /// # Errors
    /// Whatever `act` answers; `Aborted` when a statement failed and `act` went on;
    /// `Busy` when too many are waiting or others were in the way too often.
    pub async fn write<T, E>(
        &self,
        act: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let Backend::Sqlite(sqlite) = &self.inner.backend else {
            return self.on_blocking_thread(move |inner| inner.write(&act)).await;
        };
        let ran = Arc::clone(&self.inner.ran);
        let (answer, answered) = oneshot::channel();
        sqlite.writer.queue(
            move |connection| on_sqlite(connection, &ran, &act),
            // A caller that went away does not hear the answer.
            move |outcome| drop(answer.send(outcome)),
        )?;
        match answered.await {
            Ok(Ok(res)) => res,
            Ok(Err(panic)) => resume_unwind(panic),
            Err(_) => Err(sqlite::gone().into()),
        }
    }

    /// Like [`Store::read`], blocking this thread: for jobs, the command line and tests.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn read_sync<T, E>(&self, act: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send) -> Result<T, E>
    where
        T: Send,
        E: From<DbError> + Send,
    {
        match &self.inner.backend {
            Backend::Sqlite(_) => self.inner.read(&act),
            Backend::Postgres(..) => off_runtime(move || self.inner.read(&act)),
        }
    }

    /// Like [`Store::write`], blocking this thread: for jobs, the command line and tests.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_sync<T, E>(&self, act: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send) -> Result<T, E>
    where
        T: Send,
        E: From<DbError> + Send,
    {
        match &self.inner.backend {
            Backend::Sqlite(_) => self.inner.write(&act),
            Backend::Postgres(..) => off_runtime(move || self.inner.write(&act)),
        }
    }

    /// Runs the migrations that have not run yet, in order, each in a transaction of its own.
    /// `now` is written beside each. Answers the numbers of those that ran.
    ///
    /// # Errors
    /// `NewerSchema` when the database knows more migrations than given here;
    /// `ChangedMigration` when one that ran has another text; else what the engine says.
    pub fn migrate(&self, migrations: &[Migration], now: &str) -> Result<Vec<u32>> {
        migrate::run(self, migrations, now)
    }

    /// How busy the store is now.
    pub fn load(&self) -> Load {
        let writer_queue = match &self.inner.backend {
            Backend::Sqlite(sqlite) => sqlite.writer.queued(),
            Backend::Postgres(..) => 0,
        };
        let places = self.inner.connections_max + WAITING_MAX;
        let at_connections = places.saturating_sub(self.inner.waiting.available_permits());
        Load { writer_queue, at_connections, connections_max: self.inner.connections_max }
    }

    /// Bytes the database takes on disk.
    ///
    /// # Errors
    /// What the engine or the file system says.
    pub fn size(&self) -> Result<u64> {
        match &self.inner.backend {
            Backend::Sqlite(sqlite) => sqlite.size(),
            Backend::Postgres(..) => self.read_sync(|tx| {
                let row = tx.one("select pg_database_size(current_database()) as size", &[])?;
                row.map_or(Ok(0), |row| row.get("size"))
            }),
        }
    }

    async fn on_blocking_thread<T, E>(
        &self,
        act: impl FnOnce(&Inner) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let Ok(_place) = self.inner.waiting.try_acquire() else {
            return Err(DbError::Busy.into());
        };
        let Ok(connection) = Arc::clone(&self.inner.connections).acquire_owned().await else {
            return Err(DbError::engine("the store is closed").into());
        };
        let inner = Arc::clone(&self.inner);
        let task = tokio::task::spawn_blocking(move || {
            let res = act(&inner);
            drop(connection);
            res
        });
        match task.await {
            Ok(res) => res,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(error) => Err(DbError::Engine(Arc::new(error)).into()),
            },
        }
    }
}

impl Inner {
    fn read<T, E: From<DbError>>(&self, act: &impl Fn(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        match &self.backend {
            Backend::Sqlite(sqlite) => {
                sqlite.readers.with(|connection| on_sqlite(connection, &self.ran, act))?
            }
            Backend::Postgres(pool, _) => {
                pool.with(postgres::Access::Read, |connection| on_postgres(connection, &self.ran, act))
            }
        }
    }

    fn write<T, E: From<DbError>>(&self, act: &impl Fn(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        match &self.backend {
            Backend::Sqlite(sqlite) => {
                assert_outside();
                let outcome = sqlite.writer.borrow(|connection| on_sqlite(connection, &self.ran, act))?;
                outcome.unwrap_or_else(|panic| resume_unwind(panic))
            }
            Backend::Postgres(pool, _) => {
                pool.with(postgres::Access::Write, |connection| on_postgres(connection, &self.ran, act))
            }
        }
    }
}

fn on_sqlite<T, E: From<DbError>>(
    connection: &SqliteConnection,
    ran: &Ran,
    act: &impl Fn(&mut Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    in_closure(&mut Tx::new(Session::Sqlite(connection), ran), act)
}

fn on_postgres<T, E: From<DbError>>(
    connection: &mut PostgresConnection,
    ran: &Ran,
    act: &impl Fn(&mut Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    in_closure(&mut Tx::new(Session::Postgres(connection), ran), act)
}

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

fn assert_outside() {
    assert!(!INSIDE.get(), "a transaction was started inside a transaction");
}

fn in_closure<T, E: From<DbError>>(
    tx: &mut Tx<'_>,
    act: &impl Fn(&mut Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            INSIDE.set(false);
        }
    }
    assert_outside();
    INSIDE.set(true);
    let _leave = Leave;
    let answer = act(tx)?;
    if tx.has_failed() { Err(DbError::Aborted.into()) } else { Ok(answer) }
}

/// Runs `act` where it may block: the driver refuses to on a thread of the async runtime.
fn off_runtime<T: Send>(act: impl FnOnce() -> T + Send) -> T {
    if Handle::try_current().is_err() {
        return act();
    }
    thread::scope(|scope| scope.spawn(act).join()).unwrap_or_else(|panic| resume_unwind(panic))
}
