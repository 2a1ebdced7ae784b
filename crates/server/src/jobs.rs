//! Jobs: rows written in the transaction that causes them, done later by workers, safe to do twice.
//!
//! To add a kind: a variant of [`JobKind`], its name, and one arm in [`perform`]. A kind with a period needs
//! nothing to start it: its row is made when workers start, and put off to its next turn whenever it was done.

use jiff::Timestamp;
use motcua_db::{DbError, Tx};

use crate::app::App;

pub mod pages;
pub mod store;
pub mod worker;

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobKind {
    /// Hands one mail to the relay. Payload: id of the mail.
    SendMail,
    /// Removes sessions, codes, held forms, mails and kept lists that are over. By itself, every hour.
    SweepAccounts,
    /// Stops and resumes what nobody moved on in time. By itself, every quarter of an hour.
    Lapse,
    /// Counts running dossiers again after calendars, units or settings changed. By itself, every minute; it does
    /// nothing when nothing changed.
    Recount,
    /// Folds the heads of all journals into one root. By itself, every hour.
    Seal,
    /// Removes files that nobody names. By itself, every day.
    SweepFiles,
    /// Finishes uploads that arrived and wait, ends those that nobody went on with. By itself, every five minutes.
    SweepUploads,
    /// Does an act to the dossiers of a bulk run, one after another. Payload: id of the run.
    Bulk,
}

impl JobKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::SendMail,
        Self::SweepAccounts,
        Self::Lapse,
        Self::Recount,
        Self::Seal,
        Self::SweepFiles,
        Self::SweepUploads,
        Self::Bulk,
    ];

    /// The name in storage and in message keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::SendMail => "send_mail",
            Self::SweepAccounts => "sweep_accounts",
            Self::Lapse => "lapse",
            Self::Recount => "recount",
            Self::Seal => "seal",
            Self::SweepFiles => "sweep_files",
            Self::SweepUploads => "sweep_uploads",
            Self::Bulk => "bulk",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// How often it runs by itself; `None` for kinds that something causes.
    pub fn period_minutes(self) -> Option<i64> {
        match self {
            Self::SendMail | Self::Bulk => None,
            Self::SweepAccounts | Self::Seal => Some(60),
            Self::SweepFiles => Some(24 * 60),
            Self::SweepUploads => Some(5),
            Self::Lapse => Some(15),
            Self::Recount => Some(1),
        }
    }
}

/// Does one job: the one place that knows whose work each kind is.
pub async fn perform(app: App, job: Job) -> anyhow::Result<()> {
    match job.kind {
        JobKind::SendMail => crate::notice::send::send(&app, &job.payload).await,
        JobKind::SweepAccounts => crate::account::sweep::sweep(&app).await,
        JobKind::Lapse => crate::dossier::lapse::lapse(&app).await,
        JobKind::Recount => crate::dossier::recount::recount(&app).await,
        JobKind::SweepFiles => crate::document::sweep::sweep(&app).await,
        JobKind::SweepUploads => crate::document::upload::sweep::sweep(&app).await,
        JobKind::Bulk => crate::desk::bulk::work::work(&app, &job.payload).await,
        JobKind::Seal => Ok(crate::dossier::proof::seal(&app).await.map(|_| ())?),
    }
}

/// Work to be done later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// What.
    pub kind: JobKind,
    /// For which dossier.
    pub dossier_code: Option<String>,
    /// What the kind needs to know; never anything personal.
    pub payload: String,
    /// Not before.
    pub run_at: Timestamp,
}

/// Work taken by a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Which row.
    pub id: String,
    /// What.
    pub kind: JobKind,
    /// For which dossier.
    pub dossier_code: Option<String>,
    /// What the kind needs to know.
    pub payload: String,
    /// Which try this is, from 1.
    pub tries: i64,
    /// Until when it is this worker's. Later claims end later, so this also proves whose it is.
    pub lease_until: Timestamp,
}

/// Says that trying again is of no use. A job that fails with this is given up at once.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Hopeless(pub String);

/// Writes down work to be done once this transaction is kept.
pub fn enqueue(tx: &mut Tx<'_>, app: &App, job: &NewJob) -> Result<(), DbError> {
    enqueue_all(tx, app, std::slice::from_ref(job))
}

/// As [`enqueue`], several at once in one statement.
pub fn enqueue_all(tx: &mut Tx<'_>, app: &App, jobs: &[NewJob]) -> Result<(), DbError> {
    let now = app.clock.now();
    let rows: Vec<_> = jobs.iter().map(|job| (app.random.uuid(now).to_string(), job)).collect();
    store::insert(tx, &rows, now)
}
