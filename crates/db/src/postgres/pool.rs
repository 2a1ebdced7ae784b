//! The pool of PostgreSQL connections, and how a transaction is run, retried and ended.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::failure::Setback;
use super::{Access, Connection};
use crate::{DbError, Result, fault};

/// Times one transaction is tried.
const TRIES_MAX: u32 = 6;

/// Idle connections to one database.
pub(crate) struct Pool {
    url: String,
    idle: Mutex<Vec<Connection>>,
    idle_max: usize,
    pauses: AtomicU64,
}

impl Pool {
    /// Connects once, to find out now whether the database can be used.
    pub(crate) fn open(url: &str, idle_max: usize) -> Result<Pool> {
        let mut connection = Connection::open(url)?;
        check_setup(&mut connection)?;
        Ok(Pool {
            url: url.to_owned(),
            idle: Mutex::new(vec![connection]),
            idle_max,
            pauses: AtomicU64::new(0),
        })
    }

    /// Runs `act` in a transaction, which is kept when it answers `Ok`. It is run again when the
    /// server gave up on it, or when the connection was lost before the commit was sent.
    pub(crate) fn with<T, E: From<DbError>>(
        &self,
        access: Access,
        act: impl Fn(&mut Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tries = 0;
        loop {
            tries += 1;
            let mut connection = self.take()?;
            let (res, setback) = transact(&mut connection, access, &act);
            self.put_back(connection);
            match setback {
                None => return res,
                Some(Setback::Serialization | Setback::Lost) if TRIES_MAX <= tries => return res,
                // The other idle connections were lost in the same event: all are opened anew.
                Some(Setback::Lost) => self.forget_idle(),
                Some(Setback::Serialization) => {}
            }
            // Those who met once shall not meet again: each waits a little differently.
            let apart = self.pauses.fetch_add(1, Ordering::Relaxed) % 7;
            thread::sleep(Duration::from_millis((1 << tries) + apart));
        }
    }

    fn take(&self) -> Result<Connection> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| Connection::open(&self.url), Ok)
    }

    fn put_back(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if connection.is_usable() && idle.len() < self.idle_max {
            idle.push(connection);
        }
    }

    fn forget_idle(&self) {
        let lost = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        drop(lost);
    }
}

impl Drop for Pool {
    /// A connection says goodbye by blocking, which a thread of the async runtime must not do.
    fn drop(&mut self) {
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        if thread::spawn(move || drop(idle)).join().is_err() {
            tracing::error!("closing the database connections panicked");
        }
    }
}

/// One try. A setback is answered only when trying again is safe.
fn transact<T, E: From<DbError>>(
    connection: &mut Connection,
    access: Access,
    act: &impl Fn(&mut Connection) -> Result<T, E>,
) -> (Result<T, E>, Option<Setback>) {
    connection.begin(access);
    // When `act` panics, the connection is dropped and the server undoes the transaction.
    match act(connection) {
        Ok(answer) => {
            fault::point("commit");
            let committed = connection.commit(access);
            fault::point("committed");
            match committed {
                Ok(()) => (Ok(answer), None),
                Err((error, setback)) => (Err(error.into()), setback),
            }
        }
        Err(error) => {
            let setback = connection.take_setback();
            if setback != Some(Setback::Lost) {
                connection.roll_back();
            }
            (Err(error), setback)
        }
    }
}

/// Refuses a database whose order of texts or whose letters would differ from SQLite's.
fn check_setup(connection: &mut Connection) -> Result<()> {
    let mut unfit = None;
    connection.each(
        "select datcollate as collation, pg_encoding_to_char(encoding) as encoding
           from pg_database where datname = current_database()",
        &[],
        &mut |row| {
            let found = (row.get::<String>("collation"), row.get::<String>("encoding"));
            unfit = match found {
                (Ok(collation), Ok(encoding)) if encoding != "UTF8" => {
                    Some(format!("its encoding is {encoding}, not UTF8 (collation {collation})"))
                }
                (Ok(collation), Ok(_))
                    if !["C", "POSIX", "C.UTF-8", "C.utf8"].contains(&collation.as_str()) =>
                {
                    Some(format!(
                        "it sorts by {collation}; make it with: create database … template template0 \
                         encoding 'UTF8' lc_collate 'C' lc_ctype 'C.UTF-8'"
                    ))
                }
                (Ok(_), Ok(_)) => None,
                (Err(error), _) | (_, Err(error)) => Some(error.to_string()),
            };
            true
        },
    )?;
    unfit.map_or(Ok(()), |why| Err(DbError::Unfit(why)))
}
