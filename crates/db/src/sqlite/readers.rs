//! Readers of a SQLite file: each on a connection and a snapshot of its own.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::Connection;
use crate::Result;

/// Idle connections of one file.
pub(crate) struct Readers {
    file: PathBuf,
    idle: Mutex<Vec<Connection>>,
    idle_max: usize,
}

impl Readers {
    pub(crate) fn new(file: &Path, idle_max: usize) -> Readers {
        Readers { file: file.to_owned(), idle: Mutex::new(Vec::new()), idle_max }
    }

    /// Runs `act` on one snapshot of the database. A connection whose `act` panics is dropped.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&Connection) -> T) -> Result<T> {
        self.lend(|connection| {
            connection.control("begin deferred")?;
            let res = act(connection);
            if connection.in_transaction() {
                connection.control("rollback")?;
            }
            Ok(res)
        })
    }

    /// Runs `act`, which runs one query: that is a snapshot by itself.
    pub(crate) fn once<T>(&self, act: impl FnOnce(&Connection) -> T) -> Result<T> {
        self.lend(|connection| Ok(act(connection)))
    }

    fn lend<T>(&self, act: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => Connection::open_reader(&self.file)?,
        };
        let res = act(&connection)?;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.idle_max {
            idle.push(connection);
        }
        Ok(res)
    }
}
