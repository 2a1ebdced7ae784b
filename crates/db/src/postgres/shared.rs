//! Connections that many ask at once: a query is sent while others wait for their answers, and nobody holds a thread.
//!
//! Only queries that are a transaction by themselves come here. Each sees what is committed when it begins.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::TryStreamExt as _;
use tokio::sync::Mutex as AsyncMutex;
use tokio_postgres::{Client, Error, NoTls};

use super::connection::{Prepared, SETTINGS};
use super::failure::{Setback, failure};
use super::value::decode;
use crate::{DbError, Result, Row, Value};

/// The connections, asked in turn.
pub(crate) struct Shared {
    url: String,
    lanes: Vec<AsyncMutex<Option<Arc<Lane>>>>,
    next: AtomicUsize,
}

impl Shared {
    /// `lanes` connections, each opened when it is asked first.
    pub(crate) fn new(url: &str, lanes: usize) -> Shared {
        let lanes = (0..lanes).map(|_| AsyncMutex::new(None)).collect();
        Shared { url: url.to_owned(), lanes, next: AtomicUsize::new(0) }
    }

    /// All rows of a query. A connection that is found lost is opened anew, once.
    pub(crate) async fn rows(&self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>> {
        let place = self.next.fetch_add(1, Ordering::Relaxed) % self.lanes.len();
        let lane = self.lane(place, None).await?;
        let (error, setback) = match lane.rows(sql, params).await? {
            Ok(rows) => return Ok(rows),
            Err(error) => failure(error),
        };
        if setback != Some(Setback::Lost) {
            return Err(error);
        }
        let lane = self.lane(place, Some(&lane)).await?;
        lane.rows(sql, params).await?.map_err(|error| failure(error).0)
    }

    /// A connection, but not this one, which was lost.
    async fn lane(&self, place: usize, lost: Option<&Arc<Lane>>) -> Result<Arc<Lane>> {
        let mut kept = self.lanes[place].lock().await;
        if let Some(open) = kept.as_ref()
            && !open.client.is_closed()
            && !lost.is_some_and(|lost| Arc::ptr_eq(open, lost))
        {
            return Ok(Arc::clone(open));
        }
        let open = Arc::new(Lane::open(&self.url).await.map_err(|error| failure(error).0)?);
        *kept = Some(Arc::clone(&open));
        Ok(open)
    }
}

/// One of the connections.
struct Lane {
    client: Client,
    statements: Mutex<HashMap<&'static str, Prepared>>,
}

impl Lane {
    async fn open(url: &str) -> Result<Lane, Error> {
        let (client, wire) = tokio_postgres::connect(url, NoTls).await?;
        // It ends with the client, or with the runtime: whoever asks then is told that it is closed.
        tokio::spawn(async move {
            if let Err(error) = wire.await {
                tracing::debug!(error = %error, "a shared connection to the database ended");
            }
        });
        client.batch_execute(SETTINGS).await?;
        Ok(Lane { client, statements: Mutex::default() })
    }

    /// The inner error is the server's, or that of the way to it.
    async fn rows(&self, sql: &'static str, params: &[Value]) -> Result<Result<Vec<Row>, Error>> {
        let prepared = match self.prepare(sql).await {
            Ok(prepared) => prepared,
            Err(error) => return Ok(Err(error)),
        };
        prepared.check(params)?;
        let asked = async { self.client.query_raw(&prepared.statement, params).await?.try_collect().await };
        let rows: Vec<tokio_postgres::Row> = match asked.await {
            Ok(rows) => rows,
            Err(error) => return Ok(Err(error)),
        };
        let named = |row| Ok(Row::new(Arc::clone(&prepared.names), decode(row)?));
        rows.iter().map(named).collect::<Result<_, DbError>>().map(Ok)
    }

    async fn prepare(&self, sql: &'static str) -> Result<Prepared, Error> {
        let known = || self.statements.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(prepared) = known().get(sql) {
            return Ok(prepared.clone());
        }
        let prepared = Prepared::new(self.client.prepare(sql).await?);
        known().insert(sql, prepared.clone());
        Ok(prepared)
    }
}
