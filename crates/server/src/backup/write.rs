//! `motcua backup`: the database of one moment, and after it every file, which never change once they are kept.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek as _, Write};
use std::path::{Path, PathBuf};

use age::stream::StreamWriter;
use indicatif::ProgressBar;
use jiff::Timestamp;
use motcua_db::{DbError, Engine, Store, Tx};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::backup::seal::{self, Lock, Recipient};
use crate::backup::tables::Packer;
use crate::backup::trailer::TrailedWriter;
use crate::backup::{
    BackupError, FORMAT, FileParts, HEADER, Header, KEY, LAST, LastBackup, MANIFEST, Manifest, Part,
    TableParts, store,
};
use crate::cli::{Exit, Place};
use crate::clock::{Clock, stored};
use crate::document::blob::{BlobHash, Blobs};
use crate::progress;
use crate::secrets::{Secrets, hex};

/// Write one file with everything: the database of one moment and every file it names. The service may run.
#[derive(clap::Args, Debug)]
pub struct Backup {
    /// Where to.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Encrypt with the passphrase in this file. The key file is then inside.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Encrypt for a public key that `motcua backup-key` printed. The key file is then inside. May be given several times:
    /// the secret key of any of them opens the backup.
    #[arg(long, value_name = "KEY", conflicts_with = "passphrase_file")]
    recipient: Vec<Recipient>,
    /// Replace the file when it is there already.
    #[arg(long)]
    force: bool,
}

/// What is backed up.
#[derive(Clone, Debug)]
pub struct Source {
    /// The database.
    pub store: Store,
    /// The data folder.
    pub data: PathBuf,
    /// Now.
    pub at: Timestamp,
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Done {
    /// Everything it holds.
    pub manifest: Manifest,
    /// Length of the file.
    pub bytes: u64,
    /// Files of the installation that are not what their names say, and were left out.
    pub left_out: Vec<String>,
}

impl Backup {
    /// Says what was written; exits with 1 when a file of the installation had to be left out.
    pub fn run(&self, place: &Place) -> anyhow::Result<Exit> {
        place.refuse_absent()?;
        let lock = match &self.passphrase_file {
            Some(path) => Some(Lock::Passphrase(super::passphrase(path)?)),
            None if self.recipient.is_empty() => None,
            None => Some(Lock::Recipients(self.recipient.clone())),
        };
        let source = Source {
            store: Store::open(&place.address()?)?,
            data: place.data.clone(),
            at: Clock::System.now(),
        };
        let done = write(&source, &self.file, lock.as_ref(), self.force)?;
        let (position, files) = (&done.manifest.position, &done.manifest.files);
        eprintln!(
            "{}: {} dossiers, {} entries, {} files as of {}; {} bytes",
            self.file.display(),
            position.dossiers,
            position.entries,
            files.count,
            done.manifest.header.at,
            done.bytes
        );
        if !done.manifest.header.key_included {
            eprintln!(
                "the key file {} is not inside: keep a copy of it apart, without it personal data cannot be read",
                place.data.join(KEY).display()
            );
        }
        for file in &done.left_out {
            eprintln!("left out: the file {file} was changed on disk; see motcua verify");
        }
        Ok(if done.left_out.is_empty() { Exit::Done } else { Exit::CheckFailed })
    }
}

/// Writes `file`. Under another name until it is whole and on disk.
pub fn write(source: &Source, file: &Path, lock: Option<&Lock>, force: bool) -> Result<Done, BackupError> {
    if file.exists() && !force {
        return Err(BackupError::Exists(file.display().to_string()));
    }
    let mut part = file.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let written = write_part(source, &part, lock).and_then(|done| {
        let failed = |error| BackupError::write(file, error);
        fs::rename(&part, file).map_err(failed)?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all()).map_err(failed)?;
        Ok(done)
    });
    match written {
        Ok(done) => {
            note_last(source, file, &done);
            Ok(done)
        }
        Err(error) => {
            drop(fs::remove_file(&part));
            Err(error)
        }
    }
}

/// For `motcua check`. A folder that cannot be written is no reason to call the backup failed.
fn note_last(source: &Source, file: &Path, done: &Done) {
    let file = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let last = LastBackup {
        at: done.manifest.header.at.clone(),
        file: file.display().to_string(),
        bytes: done.bytes,
        dossiers: done.manifest.position.dossiers.unsigned_abs(),
    };
    let text = serde_json::to_string(&last).unwrap_or_default();
    if let Err(error) = fs::write(source.data.join(LAST), text) {
        eprintln!("motcua: the time of this backup could not be noted in {}: {error}", source.data.display());
    }
}

/// Where the bytes go.
enum Out {
    Plain(BufWriter<File>),
    Sealed(Box<StreamWriter<BufWriter<File>>>),
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(out) => out.write(bytes),
            Self::Sealed(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(out) => out.flush(),
            Self::Sealed(out) => out.flush(),
        }
    }
}

/// A file that is being written.
struct Writing<'a> {
    tar: tar::Builder<TrailedWriter<Out>>,
    place: &'a Path,
    at: u64,
    bar: ProgressBar,
}

fn write_part(source: &Source, part: &Path, lock: Option<&Lock>) -> Result<Done, BackupError> {
    let (header, key) = header(source, lock.is_some())?;
    // PostgreSQL may lose the connection and begin anew, and so does the file.
    let act = |tx: &mut Tx<'_>| {
        let mut writing = Writing::begin(source, part, lock)?;
        writing.json(HEADER, &header)?;
        tx.unhurried()?;
        let position = store::position(tx)?;
        let tables = writing.tables(tx)?;
        Ok::<_, BackupError>((writing, position, tables))
    };
    let (mut writing, position, tables) = source.store.read_sync(act)?;
    let mut left_out = Vec::new();
    let files = writing.files(&source.data.join("files"), &mut left_out)?;
    let key = key.map(|text| writing.bytes(KEY, text.as_bytes())).transpose()?;
    let note = if key.is_some() {
        "secret.key is inside: whoever can open this file can read everything"
    } else {
        "the file secret.key of the installation is needed to read personal data; it is not inside"
    };
    let manifest = Manifest { header, position, tables, files, key, note: note.to_owned() };
    writing.json(MANIFEST, &manifest)?;
    Ok(Done { bytes: writing.finish()?, manifest, left_out })
}

/// The first part, and the text of the key file when it goes inside.
fn header(source: &Source, sealed: bool) -> Result<(Header, Option<String>), BackupError> {
    let key = source.data.join(KEY);
    let (mark, text) = if key.exists() {
        let text = fs::read_to_string(&key).map_err(|error| BackupError::read(&key, error))?;
        (Some(mark(&key)?), Some(text))
    } else {
        (None, None)
    };
    let key = text.filter(|_| sealed);
    let known = crate::migrations::ALL.last().map_or(0, |last| last.number);
    let schema = source.store.read_sync(motcua_db::schema)?.unwrap_or(0);
    if known < schema {
        return Err(DbError::NewerSchema { found: schema, known }.into());
    }
    let header = Header {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        schema,
        engine: match source.store.engine() {
            Engine::Sqlite => "sqlite",
            Engine::Postgres => "postgres",
        }
        .to_owned(),
        at: stored(source.at),
        key_mark: mark,
        key_included: key.is_some(),
    };
    Ok((header, key))
}

/// By which a key file is recognised.
pub(super) fn mark(key: &Path) -> Result<String, BackupError> {
    let secrets = Secrets::load(key).map_err(|error| BackupError::Read {
        place: key.display().to_string(),
        source: io::Error::other(error),
    })?;
    Ok(secrets.keyed_hash("backup", "the key of this installation"))
}

impl<'a> Writing<'a> {
    fn begin(source: &Source, place: &'a Path, lock: Option<&Lock>) -> Result<Self, BackupError> {
        let failed = |error| BackupError::write(place, error);
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = BufWriter::new(options.open(place).map_err(failed)?);
        let out = match lock {
            None => Out::Plain(file),
            Some(lock) => Out::Sealed(Box::new(seal::seal(file, lock).map_err(failed)?)),
        };
        let bar = progress::of_bytes();
        let at = u64::try_from(source.at.as_second()).unwrap_or(0);
        Ok(Self { tar: tar::Builder::new(TrailedWriter::new(out)), place, at, bar })
    }

    fn add(&mut self, name: &str, bytes: u64, content: impl Read) -> Result<(), BackupError> {
        let mut head = tar::Header::new_ustar();
        head.set_size(bytes);
        head.set_mode(0o600);
        head.set_mtime(self.at);
        self.tar
            .append_data(&mut head, name, content)
            .map_err(|error| BackupError::write(self.place, error))?;
        self.bar.inc(bytes);
        Ok(())
    }

    fn bytes(&mut self, name: &str, content: &[u8]) -> Result<Part, BackupError> {
        let bytes = content.len() as u64;
        self.add(name, bytes, content)?;
        Ok(Part { name: name.to_owned(), bytes, sha256: hex(&Sha256::digest(content)) })
    }

    fn json(&mut self, name: &str, content: &impl Serialize) -> Result<(), BackupError> {
        let text = serde_json::to_vec_pretty(content).map_err(BackupError::damaged)?;
        self.bytes(name, &text).map(drop)
    }

    fn tables(&mut self, tx: &mut Tx<'_>) -> Result<Vec<TableParts>, BackupError> {
        let mut written = Vec::new();
        for (number, table) in motcua_db::tables(tx)?.into_iter().enumerate() {
            self.bar.set_message(table.name.clone());
            let mut packer = Packer::new(&table);
            let mut parts = Vec::new();
            let name = |part: usize| format!("tables/{number:03}-{}/{part:06}.jsonl.gz", table.name);
            table.each(tx, |row| {
                if let Some(packed) = packer.take(row)? {
                    parts.push(self.bytes(&name(packer.parts), &packed)?);
                }
                Ok::<_, BackupError>(())
            })?;
            if let Some(packed) = packer.rest()? {
                parts.push(self.bytes(&name(packer.parts), &packed)?);
            }
            written.push(TableParts { rows: packer.rows, parts, name: table.name.clone() });
        }
        Ok(written)
    }

    /// Every file that is kept. Those that arrived after the moment of the database do no harm.
    fn files(&mut self, folder: &Path, left_out: &mut Vec<String>) -> Result<FileParts, BackupError> {
        self.bar.set_message("files");
        let unlisted = |error| BackupError::read(folder, error);
        let mut names = Sha256::new();
        let mut files = FileParts::default();
        let blobs = Blobs::open(folder).map_err(|error| unlisted(io::Error::other(error)))?;
        for shelf in blobs.shelves().map_err(unlisted)? {
            for (hash, path) in Blobs::on_shelf(&shelf).map_err(unlisted)? {
                let unread = |error| BackupError::read(&path, error);
                let mut content = match File::open(&path) {
                    Ok(content) => content,
                    // Nobody named it any more and it was swept away meanwhile.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                    Err(error) => return Err(unread(error)),
                };
                let (found, bytes) = hash_of(&mut content).map_err(unread)?;
                if found != hash {
                    left_out.push(hash.to_string());
                    continue;
                }
                self.add(&format!("files/{hash}"), bytes, content.take(bytes))?;
                names.update(hash.to_string());
                files.count += 1;
                files.bytes += bytes;
            }
        }
        files.sha256 = hex(&names.finalize());
        Ok(files)
    }

    /// On disk when it answers; the length of the file.
    fn finish(self) -> Result<u64, BackupError> {
        let place = self.place;
        let finish = || {
            let out = self.tar.into_inner()?.finish()?;
            let mut file = match out {
                Out::Plain(file) => file,
                Out::Sealed(sealer) => sealer.finish()?,
            };
            file.flush()?;
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
            Ok(file.metadata()?.len())
        };
        let bytes = finish().map_err(|error| BackupError::write(place, error))?;
        self.bar.finish_and_clear();
        Ok(bytes)
    }
}

/// The hash and the length of a file, which is then at its beginning again.
fn hash_of(file: &mut File) -> io::Result<(BlobHash, u64)> {
    let mut hasher = Sha256::new();
    let bytes = io::copy(file, &mut hasher)?;
    file.rewind()?;
    Ok((BlobHash::finish(hasher), bytes))
}
