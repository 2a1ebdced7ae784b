//! SQLite: one connection, and the store built of one writer and several readers.

mod connection;
mod readers;
mod writer;

use std::fs;
use std::path::{Path, PathBuf};

pub(crate) use connection::Connection;

use crate::{DbError, Result};
use readers::Readers;
use writer::Writer;
pub(crate) use writer::gone;

/// A database file in use.
pub(crate) struct Sqlite {
    file: PathBuf,
    pub(crate) readers: Readers,
    pub(crate) writer: Writer,
}

impl Sqlite {
    /// Opens the file, made when it is absent; its folder must exist.
    pub(crate) fn open(file: &Path, readers_max: usize) -> Result<Sqlite> {
        let connection = Connection::open_writer(file)?;
        let checkpoints = Connection::open_writer(file)?;
        Ok(Sqlite {
            file: file.to_owned(),
            readers: Readers::new(file, readers_max),
            writer: Writer::start(connection, checkpoints, log_of(file))?,
        })
    }

    /// Bytes of the database file and its log.
    pub(crate) fn size(&self) -> Result<u64> {
        let bytes = |path: &Path| match fs::metadata(path) {
            Ok(metadata) => Ok(metadata.len()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(DbError::Engine(std::sync::Arc::new(error))),
        };
        Ok(bytes(&self.file)? + bytes(&log_of(&self.file))?)
    }
}

/// The log that SQLite keeps beside the file.
fn log_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}
