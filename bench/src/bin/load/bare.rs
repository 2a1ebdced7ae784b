//! What every figure is held against: the bare engine, called in this process and over HTTP.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::ensure;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use motcua_bench::browser::Browser;
use motcua_db::{Database, DbError, Migration, Store, Tx};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::MESSAGES;

/// The row: as many bytes as a short entry of a journal.
const ROW_BYTES: usize = 600;

/// The row of a dossier without messages, what each of them adds, and the entry of one: bytes as simulated offices have them.
const DOSSIER_BYTES: usize = 1_650;
const MESSAGE_BYTES: usize = 160;
const ENTRY_BYTES: usize = 410;
/// Dossiers whose rows are written again and again.
const DOSSIERS: u64 = 10_000;
/// Rows made at a time.
const ROWS_AT_A_TIME: u64 = 500;
const TABLES: &str = "create table bare (id text primary key, content text not null);
    create table bare_dossier (code text primary key, version bigint not null, content text not null);
    create table bare_entry (code text not null, sequence bigint not null, content text not null,
        primary key (code, sequence))";

/// A store with the tables of one row and of a step, and nothing else, made durable as ours is.
pub struct Engine {
    store: Store,
    folder: PathBuf,
    /// Numbers the rows, after those of an earlier time, which PostgreSQL still has.
    next: Arc<AtomicU64>,
}

impl Engine {
    /// An empty store in a folder of its own, or on an empty database.
    pub async fn open(data: &Path, database: Option<&str>) -> anyhow::Result<Self> {
        let folder = data.join("bare");
        std::fs::create_dir_all(&folder)?;
        let database = match database {
            Some(url) => url.parse()?,
            None => Database::Sqlite(folder.join("bare.sqlite")),
        };
        let store = Store::open(&database)?;
        store.migrate(&[Migration { number: 1, name: "bare", sql: TABLES }], "2026-01-01T00:00:00.000Z")?;
        let last = store.read::<i64, DbError>(|tx| {
            let row =
                tx.one("select (select count(*) from bare) + (select count(*) from bare_entry) as n", &[])?;
            row.map_or(Ok(0), |row| row.get("n"))
        });
        let next = u64::try_from(last.await?)?;
        if next == 0 {
            for first in (0..DOSSIERS).step_by(usize::try_from(ROWS_AT_A_TIME)?) {
                store.write(move |tx| insert_dossiers(tx, first)).await?;
            }
        }
        Ok(Self { store, folder, next: Arc::new(AtomicU64::new(next)) })
    }

    /// Somebody who calls it in this process.
    pub fn caller(&self) -> Caller {
        Caller { store: self.store.clone(), next: Arc::clone(&self.next) }
    }

    /// Serves it: every form that comes makes one row, and is answered once that is durable.
    pub async fn serve(&self) -> anyhow::Result<Served> {
        let routes = Router::new().route("/row", post(take)).with_state(self.caller());
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        Ok(Served { address, task: tokio::spawn(async move { axum::serve(listener, routes).await }) })
    }

    /// Takes it away.
    pub fn close(self) -> anyhow::Result<()> {
        drop(self.store);
        Ok(std::fs::remove_dir_all(self.folder)?)
    }
}

/// Writes one row after another.
#[derive(Clone)]
pub struct Caller {
    store: Store,
    next: Arc<AtomicU64>,
}

impl Caller {
    /// One row, durable.
    pub async fn write(&self) -> Result<(), DbError> {
        let id = self.next.fetch_add(1, Ordering::Relaxed).to_string();
        let content = "x".repeat(ROW_BYTES);
        let insert = move |tx: &mut Tx<'_>| {
            tx.run(
                "insert into bare (id, content) values ($1, $2)",
                &[id.as_str().into(), content.as_str().into()],
            )
        };
        self.store.write::<_, DbError>(insert).await.map(drop)
    }

    /// What a step writes, durable: the row of a dossier again, and an entry of its journal.
    pub async fn step(&self) -> Result<(), DbError> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let sequence = i64::try_from(number).unwrap_or(i64::MAX);
        // Neighbours in time are no neighbours in the table.
        let code = code(number.wrapping_mul(7_919) % DOSSIERS);
        let (state, entry) = (dossier(number), "x".repeat(ENTRY_BYTES));
        let step = move |tx: &mut Tx<'_>| {
            tx.run(
                "update bare_dossier set version = version + 1, content = $2 where code = $1",
                &[code.as_str().into(), state.as_str().into()],
            )?;
            tx.run_ahead(
                "insert into bare_entry (code, sequence, content) values ($1, $2, $3)",
                &[code.as_str().into(), sequence.into(), entry.as_str().into()],
            )
        };
        self.store.write::<_, DbError>(step).await
    }
}

fn insert_dossiers(tx: &mut Tx<'_>, first: u64) -> Result<(), DbError> {
    for number in first..first + ROWS_AT_A_TIME {
        tx.run_ahead(
            "insert into bare_dossier (code, version, content) values ($1, 0, $2)",
            &[code(number).into(), dossier(number).into()],
        )?;
    }
    Ok(())
}

fn code(number: u64) -> String {
    format!("000.00.00.H43-261122-{number:04}")
}

/// A text that PostgreSQL packs into half, as it does with the state of a dossier.
fn dossier(number: u64) -> String {
    let messages = usize::try_from(number % MESSAGES).unwrap_or_default();
    let bytes = DOSSIER_BYTES + messages * MESSAGE_BYTES;
    let mut text = "x".repeat(bytes / 2);
    let mut state = number;
    while text.len() < bytes {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let _ = write!(text, "{:08x}", state >> 32);
    }
    text
}

async fn take(State(caller): State<Caller>, form: String) -> StatusCode {
    match caller.write().await {
        Ok(()) if !form.is_empty() => StatusCode::SEE_OTHER,
        Ok(()) => StatusCode::BAD_REQUEST,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// The engine while it is served.
pub struct Served {
    address: SocketAddr,
    task: JoinHandle<std::io::Result<()>>,
}

impl Served {
    /// Somebody who calls it over HTTP.
    pub fn visitor(&self) -> Visitor {
        Visitor(Browser::new(&self.address.to_string()))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Sends one form after another.
pub struct Visitor(Browser);

impl Visitor {
    /// One form, answered once its row is durable.
    pub async fn send(&mut self) -> anyhow::Result<()> {
        let answer = self.0.act("/row", &[("text", "Mang theo bản chính khi đến.")], None).await?;
        ensure!(answer.status == StatusCode::SEE_OTHER, "a row was answered {}", answer.status);
        Ok(())
    }
}
