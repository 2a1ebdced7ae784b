//! `motcua restore`: fills an empty place from a backup, whole or not at all, or until a moment (`moment.rs`, `cut.rs`).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use motcua_db::{Engine, Store, Tx};

use crate::app::{App, Opening};
use crate::backup::cut::{self, LeftOut};
use crate::backup::moment::{self, Until};
use crate::backup::read::{self, Backup, Wanted};
use crate::backup::seal::Unlock;
use crate::backup::{BackupError, KEY, Manifest, TableParts, keep_secret, store, tables, write};
use crate::cli::{Exit, Place, print};
use crate::clock::{Clock, stored};
use crate::config::Config;
use crate::document::blob::{BlobError, Blobs};
use crate::dossier::verify::Verify;
use crate::filling::Filling;
use crate::migrations;
use crate::random::Random;

/// Fill an empty data folder and an empty database from a backup, and verify it.
#[derive(clap::Args, Debug)]
pub struct Restore {
    /// The backup.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The file with the passphrase of a backup that is encrypted with one.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// The file with the secret key of a backup that is encrypted for public keys.
    #[arg(long, value_name = "FILE", conflicts_with = "passphrase_file")]
    identity: Option<PathBuf>,
    /// The key file of the installation the backup comes from, when it is not inside.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Leave out what was recorded after this moment: a number of entries, as `motcua backup` says it, or a time at the office
    /// such as 2026-11-21T13:45. People, units, procedures and settings stay as they stood at the backup.
    #[arg(long, value_name = "MOMENT")]
    until: Option<Until>,
    /// Leave out what `motcua verify` does.
    #[arg(long)]
    no_verify: bool,
}

impl Restore {
    /// Says what was restored; exits with 1 when it is not as its journal says.
    pub fn run(&self, place: &Place) -> anyhow::Result<Exit> {
        place.refuse_unfinished()?;
        let unlock = match (&self.passphrase_file, &self.identity) {
            (Some(path), _) => Some(Unlock::Passphrase(super::passphrase(path)?)),
            (None, Some(path)) => Some(Unlock::identity(path)?),
            (None, None) => None,
        };
        let backup = Backup { file: &self.file, unlock: unlock.as_ref() };
        let Restored { manifest, left_out } = restore(&backup, place, self.key.as_deref(), self.until)?;
        eprintln!(
            "{}: {} dossiers, {} entries, {} files as of {}, written by motcua {}",
            place.data.display(),
            manifest.position.dossiers,
            manifest.position.entries,
            manifest.files.count,
            manifest.header.at,
            manifest.header.program
        );
        if let Some(left_out) = left_out {
            tell(&left_out)?;
        }
        if self.no_verify {
            return Ok(Exit::Done);
        }
        Verify {}.run(place).context("it was restored, but cannot be verified")
    }
}

/// Says what was left out, and prints every dossier it was left out of.
fn tell(left_out: &LeftOut) -> io::Result<()> {
    for journal in &left_out.journals {
        match journal.kept {
            0 => print(&format!("{}: not filed yet, {} entries left out", journal.code, journal.left_out))?,
            kept => print(&format!("{}: {kept} entries kept, {} left out", journal.code, journal.left_out))?,
        }
    }
    eprintln!(
        "left out: {} entries of {} dossiers, {} of which were not filed yet; nobody is signed in, and letters written after \
         the moment are not sent",
        left_out.entries(),
        left_out.journals.len(),
        left_out.dossiers()
    );
    Ok(())
}

/// What was restored.
#[derive(Clone, Debug)]
pub struct Restored {
    /// What the backup holds.
    pub manifest: Manifest,
    /// What of it was left out, when a moment was named.
    pub left_out: Option<LeftOut>,
}

/// Checks the backup, then the place, then fills it; cuts the journals when a moment is named.
pub fn restore(
    backup: &Backup<'_>,
    place: &Place,
    key: Option<&Path>,
    until: Option<Until>,
) -> Result<Restored, BackupError> {
    let manifest = backup.check()?;
    refuse_folder(&place.data)?;
    let key = key_text(backup, &manifest, key)?;
    let moment = until.map(|until| moment::find(backup, &manifest, until)).transpose()?;
    let failed = |error| BackupError::write(&place.data, error);
    fs::create_dir_all(&place.data).map_err(failed)?;
    let mark = Filling::Restore.begin(&place.data).map_err(failed)?;
    let database = Store::open(&place.address()?).map_err(BackupError::from).and_then(|database| {
        refuse_database(&database)?;
        Ok(database)
    });
    let database = match database {
        Ok(database) => database,
        Err(error) => {
            // Nothing was begun yet, so that nothing is unfinished.
            drop(mark.done());
            return Err(error);
        }
    };
    if let Some(text) = key {
        keep_secret(&place.data.join(KEY), &text)?;
    }
    fill(backup, &manifest, &database)?;
    files(backup, &place.data.join("files"))?;
    drop(database);
    let left_out = moment.map(|moment| cut::cut(&opened(place)?, &moment)).transpose()?;
    mark.done().map_err(failed)?;
    Ok(Restored { manifest, left_out })
}

/// Opens what was filled a moment ago: the key opens the journals, and what lists read follows from the office.
fn opened(place: &Place) -> Result<App, BackupError> {
    let opening = Opening {
        data: place.data.clone(),
        database: place.database.clone(),
        config: Config::default(),
        clock: Clock::System,
        random: Random::from_os(),
    };
    App::open(opening).map_err(|error| BackupError::Open(Box::new(error)))
}

fn refuse_folder(data: &Path) -> Result<(), BackupError> {
    let entries = match fs::read_dir(data) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(BackupError::read(data, error)),
    };
    if entries { Err(BackupError::NotEmpty(format!("{} is not empty", data.display()))) } else { Ok(()) }
}

fn refuse_database(database: &Store) -> Result<(), BackupError> {
    if database.read_sync(motcua_db::tables)?.is_empty() {
        return Ok(());
    }
    let name = match database.engine() {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    };
    Err(BackupError::NotEmpty(format!("the {name} database has tables already")))
}

/// The text of the key file: from inside, or from beside; none when the installation never had one.
fn key_text(
    backup: &Backup<'_>,
    manifest: &Manifest,
    key: Option<&Path>,
) -> Result<Option<String>, BackupError> {
    if manifest.header.key_included {
        let mut found = None;
        backup.each("reading", |name, _, content| {
            if name == KEY {
                found = Some(read::small(content)?);
                return Ok(Wanted::Enough);
            }
            Ok(Wanted::More)
        })?;
        let text = found.and_then(|text| String::from_utf8(text).ok());
        return text.map(Some).ok_or_else(|| BackupError::damaged("its key file is not text"));
    }
    match (&manifest.header.key_mark, key) {
        (None, _) => Ok(None),
        (Some(_), None) => Err(BackupError::NeedsKey),
        (Some(mark), Some(path)) => {
            if write::mark(path)? != *mark {
                return Err(BackupError::WrongKey(path.display().to_string()));
            }
            fs::read_to_string(path).map(Some).map_err(|error| BackupError::read(path, error))
        }
    }
}

/// Makes the schema the backup was written with, fills it in one transaction, and brings it up to date.
fn fill(backup: &Backup<'_>, manifest: &Manifest, database: &Store) -> Result<(), BackupError> {
    let now = stored(Clock::System.now());
    let known = migrations::ALL.iter().take_while(|migration| migration.number <= manifest.header.schema);
    let known: Vec<_> = known.copied().collect();
    database.migrate(&known, &now)?;
    database.write_sync(|tx| fill_tables(tx, backup, manifest))?;
    database.migrate(migrations::ALL, &now)?;
    Ok(())
}

fn fill_tables(tx: &mut Tx<'_>, backup: &Backup<'_>, manifest: &Manifest) -> Result<(), BackupError> {
    tx.unhurried()?;
    let schema = motcua_db::tables(tx)?;
    // Migrations write rows of their own; those of the backup take their place.
    schema.iter().rev().try_for_each(|table| table.clear(tx))?;
    let part_of = |name: &str| -> Option<&TableParts> {
        manifest.tables.iter().find(|table| table.parts.iter().any(|part| part.name == name))
    };
    let mut filled = vec![0; manifest.tables.len()];
    backup.each("restoring tables", |name, _, content| {
        let Some(parts) = part_of(name) else {
            return Ok(if name.starts_with("files/") { Wanted::Enough } else { Wanted::More });
        };
        let Some(table) = schema.iter().find(|table| table.name == parts.name) else {
            return Err(BackupError::damaged(format!("there is no table {}", parts.name)));
        };
        let rows = tables::unpack(table, content, |rows| Ok(table.insert(tx, rows)?))?;
        let place = manifest.tables.iter().position(|known| known.name == parts.name);
        if let Some(count) = place.and_then(|place| filled.get_mut(place)) {
            *count += rows;
        }
        Ok(Wanted::More)
    })?;
    for (table, count) in manifest.tables.iter().zip(filled) {
        if table.rows != count {
            return Err(BackupError::damaged(format!("{} has {count} rows of {}", table.name, table.rows)));
        }
    }
    if store::position(tx)? != manifest.position {
        return Err(BackupError::damaged("the journals do not stand where the manifest says"));
    }
    Ok(())
}

fn files(backup: &Backup<'_>, folder: &Path) -> Result<(), BackupError> {
    let place = folder.display().to_string();
    let failed = |error| match error {
        BlobError::DiskFull(_) => BackupError::DiskFull(place.clone()),
        error @ (BlobError::Missing | BlobError::NotWritable(_) | BlobError::Storage(_)) => {
            BackupError::Write { place: place.clone(), source: io::Error::other(error) }
        }
    };
    let blobs = Blobs::open(folder).map_err(failed)?;
    backup.each("restoring files", |name, _, content| {
        if let Some(hash) = read::hash_of(name)
            && !blobs.put_back(hash, content).map_err(failed)?
        {
            return Err(BackupError::damaged(format!("{name} is not what its name says")));
        }
        Ok(Wanted::More)
    })
}
