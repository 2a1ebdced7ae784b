//! Backups: one file with the database of one moment and every file it names, in one form for both engines.
//!
//! The file is a tar: `motcua-backup.json` says what it is, `tables/…` holds the rows as packed JSON lines,
//! `files/…` the files under their hashes, `manifest.json` the size and hash of everything before it. A last line
//! after the tar carries the hash of the whole. With a passphrase or for public keys all of that is sealed (`seal.rs`).

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use motcua_db::DbError;
use serde::{Deserialize, Serialize};

use crate::app::StartError;

pub mod cut;
pub mod moment;
pub mod read;
pub mod restore;
pub mod seal;
pub mod sealed_before;
mod store;
mod tables;
pub mod trailer;
pub mod write;

pub use store::Position;

/// The form of the file that this program writes and reads.
const FORMAT: u32 = 1;
/// Names inside the file.
const HEADER: &str = "motcua-backup.json";
const MANIFEST: &str = "manifest.json";
const KEY: &str = "secret.key";
/// In the data folder: what was backed up last, for `motcua check`.
pub const LAST: &str = "last-backup.json";

/// What the file is, before anything else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The form of the file.
    pub format: u32,
    /// Version of the program that wrote it.
    pub program: String,
    /// Number of the newest migration of the database.
    pub schema: u32,
    /// The engine it was read from.
    pub engine: String,
    /// When it was begun.
    pub at: String,
    /// By which the key file that belongs to it is recognised. It does not tell the key.
    pub key_mark: Option<String>,
    /// Whether the key file is inside. It only is when the backup is sealed.
    pub key_included: bool,
}

/// One part of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Its hash.
    pub sha256: String,
}

/// The rows of one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableParts {
    /// Its name.
    pub name: String,
    /// How many rows.
    pub rows: u64,
    /// The parts that hold them, in order.
    pub parts: Vec<Part>,
}

/// All files together. Each is named by its own hash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileParts {
    /// How many.
    pub count: u64,
    /// Their lengths together.
    pub bytes: u64,
    /// The hash of their names, one after another.
    pub sha256: String,
}

/// The last part: everything the file holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// What the first part says.
    pub header: Header,
    /// Where the journals stood.
    pub position: Position,
    /// The database.
    pub tables: Vec<TableParts>,
    /// The files.
    pub files: FileParts,
    /// The key file, when it is inside.
    pub key: Option<Part>,
    /// For whoever opens the file by hand.
    pub note: String,
}

/// What was backed up last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastBackup {
    /// When it was begun.
    pub at: String,
    /// The file.
    pub file: String,
    /// Its length.
    pub bytes: u64,
    /// How many dossiers it holds.
    pub dossiers: u64,
}

/// Why there is no backup, or nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// No room. What was written so far is gone again.
    #[error("the disk is full while writing {0}: free some space and try again")]
    DiskFull(String),
    /// Something cannot be written.
    #[error("cannot write {place}")]
    Write {
        /// What.
        place: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Something cannot be read.
    #[error("cannot read {place}")]
    Read {
        /// What.
        place: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file is there already.
    #[error("{0} exists already: choose another name, or say --force")]
    Exists(String),
    /// Not one of our files.
    #[error("{0} is not a backup of motcua")]
    NotABackup(String),
    /// Written by a newer program.
    #[error(
        "the backup was written by motcua {program} (form {format}, schema {schema}); this program reads form {FORMAT} and \
             knows schema {known}: restore with motcua {program} or newer"
    )]
    Newer {
        /// Which program.
        program: String,
        /// Its form.
        format: u32,
        /// Its schema.
        schema: u32,
        /// Ours.
        known: u32,
    },
    /// Changed or cut off.
    #[error("the backup is damaged or was cut off: {0}. Nothing was restored; use another copy")]
    Damaged(String),
    /// Sealed with a passphrase, and none to open it with.
    #[error("the backup is encrypted with a passphrase: give the file that holds it with --passphrase-file")]
    NeedsPassphrase,
    /// Sealed for public keys, and no secret key to open it with.
    #[error(
        "the backup is encrypted for public keys: give the file with the secret key of one of them with --identity"
    )]
    NeedsIdentity,
    /// Something to open what is not sealed.
    #[error("the backup is not encrypted: leave --passphrase-file and --identity out")]
    NotSealed,
    /// The wrong passphrase.
    #[error("the passphrase does not open this backup")]
    WrongPassphrase,
    /// The wrong secret keys.
    #[error("no secret key in {0} opens this backup: it was made for other public keys")]
    WrongIdentity(String),
    /// No secret keys at all.
    #[error(
        "{0} holds no secret key, or something else beside it: give a file that `motcua backup-key` wrote"
    )]
    NoIdentity(String),
    /// Too short to be one.
    #[error("the passphrase in {path} has fewer than {min} characters")]
    ShortPassphrase {
        /// Where.
        path: String,
        /// How many it must have.
        min: usize,
    },
    /// The key file of the backup is needed.
    #[error(
        "the backup does not hold the key file: give the secret.key of the installation it comes from with --key"
    )]
    NeedsKey,
    /// Another key.
    #[error("{0} is not the key file of this backup: personal data could never be read with it")]
    WrongKey(String),
    /// Later than the backup.
    #[error("the backup goes until {last}: {asked} is later")]
    BeyondIt {
        /// What was asked for.
        asked: String,
        /// The last moment it holds.
        last: String,
    },
    /// Earlier than everything.
    #[error("nothing was recorded until {asked}; the first moment in the backup: {first}")]
    BeforeIt {
        /// What was asked for.
        asked: String,
        /// The first moment it holds.
        first: String,
    },
    /// In the middle of a step.
    #[error(
        "position {position} is inside a step, which is taken whole or not at all: take {before} or {after}"
    )]
    InsideStep {
        /// What was asked for.
        position: u64,
        /// Where the step begins.
        before: usize,
        /// Where it ends.
        after: usize,
    },
    /// It was restored, and its journals could not be cut.
    #[error("what was restored cannot be opened")]
    Open(#[source] Box<StartError>),
    /// There is something already.
    #[error("{0}: restore into an empty folder and an empty database")]
    NotEmpty(String),
}

impl BackupError {
    fn write(place: &Path, source: io::Error) -> Self {
        let place = place.display().to_string();
        if matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
            Self::DiskFull(place)
        } else {
            Self::Write { place, source }
        }
    }

    fn read(place: &Path, source: io::Error) -> Self {
        Self::Read { place: place.display().to_string(), source }
    }

    fn damaged(what: impl std::fmt::Display) -> Self {
        Self::Damaged(what.to_string())
    }
}

/// The passphrase in a file, without the end of its line.
fn passphrase(path: &Path) -> Result<String, BackupError> {
    const CHARS_MIN: usize = 12;
    let text = std::fs::read_to_string(path).map_err(|source| BackupError::read(path, source))?;
    let text = text.trim_end_matches(['\r', '\n']).to_owned();
    if text.chars().count() < CHARS_MIN {
        return Err(BackupError::ShortPassphrase { path: path.display().to_string(), min: CHARS_MIN });
    }
    Ok(text)
}

/// Keeps a secret in a new file, readable by its owner only.
fn keep_secret(path: &Path, text: &str) -> Result<(), BackupError> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let kept = options.open(path).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    kept.map_err(|error| BackupError::write(path, error))
}

/// What was backed up last from a data folder; none when nothing was, or the note cannot be read.
pub fn last(data: &Path) -> Option<LastBackup> {
    let text = std::fs::read_to_string(data.join(LAST)).ok()?;
    serde_json::from_str(&text).ok()
}
