//! What our callers call an error of the server, and whether the transaction may be tried again.

use std::error::Error;
use std::io;
use std::sync::Arc;

use tokio_postgres::error::{DbError as Told, SqlState};

use super::link::OpenError;
use crate::DbError;

/// Why a transaction may simply be tried again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Setback {
    /// Another transaction was in the way and the server chose this one to give up.
    Serialization,
    /// The connection ended before the commit was sent.
    Lost,
}

/// What our callers call this error, and whether it may be tried again.
pub(super) fn failure(error: tokio_postgres::Error) -> (DbError, Option<Setback>) {
    let lost = error.is_closed()
        || error.source().is_some_and(<dyn Error>::is::<io::Error>)
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

impl From<OpenError> for DbError {
    fn from(error: OpenError) -> DbError {
        match error {
            OpenError::Server(error) => failure(error).0,
            OpenError::Runtime(error) => DbError::Engine(Arc::new(error)),
        }
    }
}

/// What the server said, without its detail: that holds values, which may be a person's.
#[derive(Debug, thiserror::Error)]
#[error("{message} ({code})")]
struct ServerError {
    code: String,
    message: String,
}

/// `table.column, table.column` of a key that exists already, as SQLite writes it.
fn key_of(violation: &Told) -> String {
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
