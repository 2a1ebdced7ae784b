//! Databases for tests: fresh, one for each engine, gone afterwards; and how an engine finds what a statement asks.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::postgres::Connection;
use crate::{Database, DbError, Engine, Migration, Result, Store, Value};

/// The address of a PostgreSQL server on which tests may make databases. Without it they run
/// on SQLite alone.
pub const POSTGRES: &str = "MOTCUA_TEST_POSTGRES";
/// Set to `1` where a missing PostgreSQL is a failure.
pub const REQUIRED: &str = "MOTCUA_TEST_ENGINES_REQUIRED";

/// The instant written beside migrations in tests.
const MIGRATED_AT: &str = "2026-01-01T00:00:00.000Z";

static NEXT: AtomicU32 = AtomicU32::new(1);

/// An empty database for one test. Dropping it removes it; drop the stores on it first.
#[derive(Debug)]
pub struct TestDatabase {
    database: Database,
    made: Made,
}

#[derive(Debug)]
enum Made {
    Folder(PathBuf),
    Server { address: String, name: String },
}

impl TestDatabase {
    /// An empty SQLite file in a folder of its own.
    ///
    /// # Panics
    /// When the folder cannot be made.
    pub fn sqlite() -> TestDatabase {
        let folder = tempfile::Builder::new().prefix("motcua-test-").tempdir().expect("a temporary folder");
        let folder = folder.keep();
        TestDatabase { database: Database::Sqlite(folder.join("motcua.db")), made: Made::Folder(folder) }
    }

    /// An empty PostgreSQL database, when there is a server for tests.
    ///
    /// # Panics
    /// When the server cannot be used, or is missing where it is required.
    pub fn postgres() -> Option<TestDatabase> {
        TestDatabase::postgres_with("encoding 'UTF8' lc_collate 'C' lc_ctype 'C'")
    }

    /// Like [`TestDatabase::postgres`], made with other `options`.
    ///
    /// # Panics
    /// As [`TestDatabase::postgres`].
    pub fn postgres_with(options: &str) -> Option<TestDatabase> {
        let Ok(server) = std::env::var(POSTGRES) else {
            let required = std::env::var(REQUIRED).is_ok_and(|value| value == "1");
            assert!(!required, "{REQUIRED}=1, but {POSTGRES} is not set");
            return None;
        };
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("motcua_test_{}_{number}", std::process::id());
        on_server(&server, &format!("create database {name} template template0 {options}"))
            .expect("a database for the test");
        let database = Database::Postgres(with_name(&server, &name));
        Some(TestDatabase { database, made: Made::Server { address: server, name } })
    }

    /// Its address, for `Store::open` or another process.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Its address as a command line takes it.
    pub fn url(&self) -> String {
        match &self.database {
            Database::Sqlite(file) => file.display().to_string(),
            Database::Postgres(url) => url.clone(),
        }
    }

    /// Its engine.
    pub fn engine(&self) -> Engine {
        match self.database {
            Database::Sqlite(_) => Engine::Sqlite,
            Database::Postgres(_) => Engine::Postgres,
        }
    }

    /// A store on it, with `migrations` run.
    ///
    /// # Panics
    /// When it cannot be opened or a migration fails.
    pub fn store(&self, migrations: &[Migration]) -> Store {
        let store = Store::open(&self.database).expect("the test's database opens");
        store.migrate(migrations, MIGRATED_AT).expect("the migrations run");
        store
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        match &self.made {
            Made::Folder(folder) => drop(fs::remove_dir_all(folder)),
            Made::Server { address, name } => {
                drop(on_server(address, &format!("drop database if exists {name} with (force)")));
            }
        }
    }
}

/// An empty database of each engine: SQLite always, PostgreSQL when there is a server for tests.
///
/// # Panics
/// When one cannot be made, or PostgreSQL is missing where it is required.
pub fn engines() -> Vec<TestDatabase> {
    std::iter::once(TestDatabase::sqlite()).chain(TestDatabase::postgres()).collect()
}

/// Runs `test` on a fresh database of each engine. Which one it was is printed before it runs,
/// so that a failure names it.
///
/// # Panics
/// When `test` does, or a database cannot be made.
pub fn on_each_engine(migrations: &[Migration], test: impl Fn(&Store)) {
    for database in engines() {
        eprintln!("on {:?}", database.engine());
        test(&database.store(migrations));
    }
}

/// What PostgreSQL does not do by itself either where there are many rows: tables of tests are so small that it reads
/// them whole.
const AS_IF_MANY: &str = "set local enable_seqscan = off; set local enable_bitmapscan = off;
    set local enable_hashjoin = off; set local enable_mergejoin = off; set local enable_material = off";

/// A statement as a closure ran it.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Its text.
    pub sql: String,
    /// Its values.
    pub params: Vec<Value>,
}

impl Statement {
    /// The tables among `tables` of which the engine would read every row, or every entry of an index, to answer this.
    ///
    /// # Errors
    /// What the engine says.
    pub fn scans(&self, store: &Store, tables: &[&str]) -> Result<Vec<String>> {
        let plan = self.plan(store)?;
        let found: Vec<String> = match store.engine() {
            Engine::Sqlite => plan.iter().filter_map(|line| self.scanned_by_sqlite(line)).collect(),
            Engine::Postgres => scanned_by_postgres(&plan),
        };
        Ok(found.into_iter().filter(|table| tables.contains(&table.as_str())).collect())
    }

    /// How the engine would find what is asked, line by line.
    ///
    /// # Errors
    /// What the engine says.
    pub fn plan(&self, store: &Store) -> Result<Vec<String>> {
        store.read_sync(|tx| {
            let (explain, column) = match tx.engine() {
                Engine::Sqlite => ("explain query plan", "detail"),
                Engine::Postgres => {
                    tx.script(AS_IF_MANY)?;
                    ("explain (costs off)", "QUERY PLAN")
                }
            };
            let rows = tx.rows(&format!("{explain} {}", self.sql), &self.params)?;
            rows.iter().map(|row| row.get(column)).collect::<Result<_, DbError>>()
        })
    }

    /// `SCAN d USING INDEX …` names a table as the statement does.
    fn scanned_by_sqlite(&self, line: &str) -> Option<String> {
        let name = line.trim().strip_prefix("SCAN ")?.split(' ').next()?;
        let words: Vec<&str> =
            self.sql.split([' ', '\n', '(', ')', ',']).filter(|word| !word.is_empty()).collect();
        let named = words.windows(3).find(|three| ["from", "join"].contains(&three[0]) && three[2] == name);
        Some(named.map_or(name, |three| three[1]).to_owned())
    }
}

/// `Seq Scan on dossier d`, and an index that is read without a condition.
fn scanned_by_postgres(plan: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in plan.iter().enumerate() {
        let node = line.trim().trim_start_matches("->").trim();
        let Some((kind, place)) = node.split_once(" on ") else { continue };
        let table = place.split(' ').next().unwrap_or_default().to_owned();
        // What is said of a node stands below it, until the next one.
        let details = plan[number + 1..].iter().take_while(|line| !line.contains("->"));
        let is_found = || details.clone().any(|line| line.contains("Index Cond:"));
        let is_index = kind.starts_with("Index Scan") || kind.starts_with("Index Only Scan");
        if kind == "Seq Scan" || kind == "Parallel Seq Scan" || (is_index && !is_found()) {
            found.push(table);
        }
    }
    found
}

/// Bytes written to PostgreSQL's log so far, by everybody. SQLite's log holds whole pages: it is not asked.
///
/// # Errors
/// What the engine says.
pub fn log_bytes(store: &Store) -> Result<Option<u64>> {
    match store.engine() {
        Engine::Sqlite => Ok(None),
        Engine::Postgres => store.read_sync(|tx| {
            let sql = "select cast(pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as bigint) as bytes";
            tx.one(sql, &[])?.map(|row| row.get("bytes")).transpose()
        }),
    }
}

fn on_server(server: &str, sql: &str) -> Result<()> {
    // The driver may not block on a thread of the async runtime, where a test may be.
    std::thread::scope(|scope| {
        let act = scope.spawn(|| {
            let mut connection = Connection::open(server)?;
            // A database is not made inside a transaction.
            connection.script("set default_transaction_read_only = off")?;
            connection.script(sql)
        });
        act.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// The server's address with another database.
fn with_name(server: &str, name: &str) -> String {
    let (address, query) = server.split_once('?').map_or((server, None), |(a, q)| (a, Some(q)));
    let (scheme, place) = address.split_once("://").expect("an address begins with a scheme");
    let host = place.split('/').next().unwrap_or_default();
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{scheme}://{host}/{name}{query}")
}
