//! What every figure is held against: the bare engine, called in this process and over HTTP.

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
use motcua_db::{Database, DbError, Migration, Store};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The row: as many bytes as a short entry of a journal.
const ROW_BYTES: usize = 600;

/// A store with one table and nothing else, made durable as ours is.
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
        let made = "create table bare (id text primary key, content text not null)";
        store.migrate(&[Migration { number: 1, name: "bare", sql: made }], "2026-01-01T00:00:00.000Z")?;
        let rows = store.read::<i64, DbError>(|tx| {
            let row = tx.one("select count(*) as n from bare", &[])?;
            row.map_or(Ok(0), |row| row.get("n"))
        });
        let first = u64::try_from(rows.await?)?;
        Ok(Self { store, folder, next: Arc::new(AtomicU64::new(first)) })
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
        let insert = move |tx: &mut motcua_db::Tx<'_>| {
            tx.run(
                "insert into bare (id, content) values ($1, $2)",
                &[id.as_str().into(), content.as_str().into()],
            )
        };
        self.store.write::<_, DbError>(insert).await.map(drop)
    }
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
