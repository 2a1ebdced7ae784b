//! App: what every handler may use. Cheap to clone.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use motcua_db::{Database, DbError, Store};
use motcua_domain::office_time;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::Config;
use crate::desk::export::MAKING_MAX;
use crate::document::blob::{BlobError, Blobs};
use crate::document::upload::turn::Turns;
use crate::dossier::filings::Filings;
use crate::dossier::reading::Readings;
use crate::dossier::store::seals;
use crate::office::{Facts, OfficeError, Snapshot, SnapshotError};
use crate::procedure::catalogue::Catalogue;
use crate::random::Random;
use crate::secrets::{SecretError, Secrets};
use crate::web::limit::Limits;
use crate::web::metrics::Metrics;

/// The service's own world: configuration, storage, time, chance, keys.
#[derive(Clone, Debug)]
pub struct App(Arc<Inner>);

/// What [`App`] points at.
#[derive(Debug)]
pub struct Inner {
    /// Read once, at the start.
    pub config: Config,
    /// The database.
    pub store: Store,
    /// What people attached and the office issued: `files/` in the data folder.
    pub blobs: Blobs,
    /// What time it is.
    pub clock: Clock,
    /// Ids and tokens.
    pub random: Random,
    /// Seals and keyed hashes.
    pub secrets: Secrets,
    /// The data folder: key file, files, database when it is SQLite.
    pub data: PathBuf,
    /// Filled with demonstration data: pages say so, and the page of the demo's people exists.
    pub demo: bool,
    /// The procedures of today, prepared for being searched.
    pub catalogue: Catalogue,
    /// Who read what a moment ago.
    pub readings: Readings,
    /// What was asked in the dossiers looked at last.
    pub filings: Filings,
    /// How often one address or person may ask.
    pub limits: Limits,
    /// Who writes to which upload.
    pub turns: Turns,
    /// Who makes a list to be taken away: a few at a time.
    pub making: Arc<Semaphore>,
    /// What was answered, and how fast.
    pub metrics: Metrics,
    /// Cancelled when the process was asked to stop.
    pub stop: CancellationToken,
    office_name: RwLock<String>,
    office: RwLock<Arc<Snapshot>>,
    sealed_until: Mutex<Option<Timestamp>>,
}

impl Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be made or written to.
    #[error(
        "the data folder {path} cannot be written: let this user write there, or name another with --data"
    )]
    Folder {
        /// Which folder.
        path: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// What should be the data folder is a file.
    #[error("{0} is a file: name a folder with --data")]
    FolderIsFile(String),
    /// The key file.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The folder of the files.
    #[error(transparent)]
    Blobs(#[from] BlobError),
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
    /// Units or calendars in storage contradict each other.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The office could not be read.
    #[error(transparent)]
    Office(#[from] OfficeError),
}

/// How to open an installation.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The data folder.
    pub data: PathBuf,
    /// The database; SQLite in the data folder when not given.
    pub database: Option<String>,
    /// The configuration.
    pub config: Config,
    /// The clock.
    pub clock: Clock,
    /// Chance.
    pub random: Random,
}

impl App {
    /// Opens the data folder and the database, and brings the database up to date.
    pub fn open(opening: Opening) -> Result<Self, StartError> {
        let Opening { data, database, config, clock, random } = opening;
        writable(&data)?;
        let secrets = Secrets::load_or_create(&data.join("secret.key"), &random)?;
        let blobs = Blobs::open(&data.join("files"))?.scanned_by(config.upload.clamd.clone());
        let database = match database {
            Some(url) => url.parse::<Database>()?,
            None => Database::Sqlite(data.join("motcua.sqlite")),
        };
        let store = Store::open(&database)?;
        store.migrate(crate::migrations::ALL, &crate::clock::stored(clock.now()))?;
        let now = clock.now();
        store.write_sync(|tx| crate::calendar::steps::install(tx, now))?;
        let facts = store.read_sync(crate::account::store::installation)?;
        let office_name = config.server.office_name.clone().unwrap_or(facts.office);
        let demo = facts.demo;
        let office_name = RwLock::new(office_name);
        let today = office_time::day_of(now);
        let office = Snapshot::new(store.read_sync(|tx| Facts::read(tx, today))?, today)?;
        let office = RwLock::new(Arc::new(office));
        let sealed_until = store.read_sync(seals::last)?.and_then(|seal| seal.up_to.parse().ok());
        let limits = Limits::new(config.limits.clone());
        Ok(Self(Arc::new(Inner {
            config,
            store,
            blobs,
            clock,
            random,
            secrets,
            data,
            demo,
            catalogue: Catalogue::default(),
            readings: Readings::default(),
            filings: Filings::default(),
            limits,
            turns: Turns::default(),
            making: Arc::new(Semaphore::new(MAKING_MAX)),
            metrics: Metrics::default(),
            stop: CancellationToken::new(),
            office_name,
            office,
            sealed_until: Mutex::new(sealed_until),
        })))
    }

    /// Now, for what is recorded: the time of the clock, but later than everything that is sealed, also when the clock of
    /// the machine was put back.
    pub fn now_to_record(&self) -> Timestamp {
        let now = self.clock.now();
        let sealed_until = *self.sealed_until.lock().unwrap_or_else(PoisonError::into_inner);
        sealed_until.map_or(now, |sealed| now.max(sealed + SignedDuration::from_millis(1)))
    }

    /// Records nothing until this instant any more: it is about to be sealed, or another server sealed it.
    pub fn keep_after(&self, sealed: Timestamp) {
        let mut sealed_until = self.sealed_until.lock().unwrap_or_else(PoisonError::into_inner);
        *sealed_until = (*sealed_until).max(Some(sealed));
    }

    /// The name of the office on every page.
    pub fn office_name(&self) -> String {
        self.office_name.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Units, calendars, appointments and settings as they were read last.
    pub fn office(&self) -> Arc<Snapshot> {
        Arc::clone(&self.office.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the office again, after its units, calendars, appointments or settings were changed.
    pub async fn reload_office(&self) -> Result<(), OfficeError> {
        let today = office_time::day_of(self.clock.now());
        let facts = self.store.read(move |tx| Facts::read(tx, today)).await?;
        self.set_office(Snapshot::new(facts, today)?);
        Ok(())
    }

    /// Puts a newer snapshot in the place of the one that was read last.
    pub fn set_office(&self, snapshot: Snapshot) {
        *self.office.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
    }
}

/// Makes the data folder and tries to write into it, so that the answer comes at the start and not later.
fn writable(data: &Path) -> Result<(), StartError> {
    let failed = |source| StartError::Folder { path: data.display().to_string(), source };
    if data.is_file() {
        return Err(StartError::FolderIsFile(data.display().to_string()));
    }
    std::fs::create_dir_all(data).map_err(failed)?;
    let probe = data.join(".writable");
    std::fs::write(&probe, b"").map_err(failed)?;
    std::fs::remove_file(&probe).map_err(failed)
}
