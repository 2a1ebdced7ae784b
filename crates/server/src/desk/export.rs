//! Lists to take away: every row at one moment, as CSV or as a spreadsheet, kept for a while and written down in the
//! office log. What else is made for somebody is kept the same way.

pub mod kept;
pub mod store;
pub mod table;
pub mod work;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use motcua_db::{DbError, Tx};
use tempfile::NamedTempFile;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use crate::account::office_log::{self, Deed, Doer};
use crate::app::App;
use crate::web::error::PageError;
use crate::web::locale::Locale;
use crate::web::visitor::{Officer, Person};
use crate::web::wording;
use kept::{Format, KEPT_MAX, Kept};
use table::{Kind, SHEET_ROWS_MAX, Table, TableError};

/// Files that one server makes at the same time: a table holds a connection of the database as long as it takes.
pub const MAKING_MAX: usize = 2;
/// Whoever waits longer for a turn is asked to come again.
const TURN_SECONDS_MAX: u64 = 30;

/// Who takes something away, and in which language it is written.
#[derive(Clone, Copy)]
pub struct Taker<'a> {
    /// The person.
    pub person: &'a Person,
    /// The language.
    pub locale: Locale,
}

impl<'a> From<&'a Officer> for Taker<'a> {
    fn from(officer: &'a Officer) -> Self {
        Self { person: &officer.person, locale: officer.visitor.locale }
    }
}

/// What is taken away.
pub struct What {
    /// What it is called, in words.
    pub title: String,
    /// The day it is about.
    pub day: Date,
    /// Its columns, in words.
    pub columns: Vec<&'static str>,
    /// What the office log says of it. How many rows it had is added as `rows`.
    pub deed: Deed,
}

/// Where something is taken away from: the sentence of each link, and the link.
pub fn links(path: &str, query: &str) -> [(&'static str, String); 2] {
    let mark = if query.is_empty() { "" } else { "?" };
    [("desk.export_xlsx", Kind::Xlsx), ("desk.export_csv", Kind::Csv)]
        .map(|(words, kind)| (words, format!("{path}/tai-ve/{}{mark}{query}", kind.name())))
}

/// The last line of a table: how many rows it has, and of which moment.
pub fn total(locale: Locale, words: &str, rows: i64, now: Timestamp) -> String {
    let at = wording::office_datetime(locale, now);
    locale.say(words).arg("n", wording::number(locale, rows)).arg("at", at).to_string()
}

/// Makes a table of everything `write` writes at one moment, keeps it for who takes it away, and writes that down. `write`
/// answers how many rows it is about.
pub async fn take_away(
    app: &App,
    taker: Taker<'_>,
    kind: Kind,
    what: What,
    write: impl Fn(&mut Tx<'_>, &mut Table) -> Result<i64, TableError> + Send + 'static,
) -> Result<Kept, PageError> {
    let Taker { person, locale } = taker;
    let turn = turn(app).await.ok_or(PageError::Busy)?;
    let making = Making { kind, columns: what.columns, folder: app.blobs.exports(), _turn: turn };
    let made = app.store.read(move |tx| making.make(tx, &write));
    let (file, bytes, rows) = made.await.map_err(|error| not_made(locale, error))?;
    let name = format!("{} {}.{}", what.title, what.day, kind.name());
    let made = Made { file, format: Format::Table(kind), name, bytes, rows };
    keep(app, person, made, what.deed.word("rows", rows), |_, _| Ok(())).await.map_err(PageError::from)
}

/// Waits for a turn to make a file; none when it takes too long.
pub async fn turn(app: &App) -> Option<OwnedSemaphorePermit> {
    let turn = Arc::clone(&app.making).acquire_owned();
    timeout(Duration::from_secs(TURN_SECONDS_MAX), turn).await.ok()?.ok()
}

/// A file that was made.
pub struct Made {
    /// The file, gone when it is dropped before it is kept.
    pub file: NamedTempFile,
    /// What it is.
    pub format: Format,
    /// What it is called.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Rows of what it is about.
    pub rows: i64,
}

/// Why a file that was made is not kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The disk.
    #[error("the file cannot be kept")]
    Write(#[from] std::io::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<KeepError> for PageError {
    fn from(error: KeepError) -> Self {
        match error {
            KeepError::Db(error) => error.into(),
            other @ KeepError::Write(_) => Self::internal(&other),
        }
    }
}

/// Keeps a file for who had it made, writes the deed down, and whatever else `also` writes in the same transaction.
pub async fn keep(
    app: &App,
    person: &Person,
    made: Made,
    deed: Deed,
    also: impl Fn(&mut Tx<'_>, &Kept) -> Result<(), DbError> + Send + 'static,
) -> Result<Kept, KeepError> {
    let now = app.clock.now();
    let kept = Kept {
        id: app.random.token(),
        owner: person.id,
        rights: kept::rights(app, person),
        format: made.format,
        name: made.name,
        bytes: made.bytes,
        rows: made.rows,
        created_at: now,
        expires_at: now + SignedDuration::from_mins(app.config.export.kept_minutes),
    };
    // A file whose row is never written goes with the next sweep.
    made.file.persist(app.blobs.export(&kept.id)).map_err(|error| error.error)?;
    let (world, doer, row) = (app.clone(), Doer::from(person), kept.clone());
    let surplus = app.store.write(move |tx| {
        also(tx, &row)?;
        store::insert(tx, &row)?;
        office_log::record(tx, &world, &doer, &deed)?;
        store::delete_surplus(tx, &row, KEPT_MAX)
    });
    kept::remove(app, &surplus.await?)?;
    Ok(kept)
}

/// A table that is made. Its turn ends with it, also when nobody waits for it any more.
struct Making {
    kind: Kind,
    columns: Vec<&'static str>,
    folder: PathBuf,
    _turn: OwnedSemaphorePermit,
}

impl Making {
    /// The file, which is gone when it is dropped, its length and its rows.
    fn make(
        &self,
        tx: &mut Tx<'_>,
        write: &impl Fn(&mut Tx<'_>, &mut Table) -> Result<i64, TableError>,
    ) -> Result<(NamedTempFile, u64, i64), TableError> {
        let file = NamedTempFile::new_in(&self.folder)?;
        let mut table = Table::begin(self.kind, file.as_file().try_clone()?, &self.columns)?;
        let rows = write(tx, &mut table)?;
        let (written, bytes) = table.end()?;
        written.sync_all()?;
        Ok((file, bytes, rows))
    }
}

/// What a page answers when there is no table.
fn not_made(locale: Locale, error: TableError) -> PageError {
    if error.is_disk_full() {
        return PageError::DiskFull;
    }
    match error {
        TableError::Db(error) => PageError::from(error),
        TableError::TooLong => {
            let limit = wording::number(locale, i64::try_from(SHEET_ROWS_MAX).unwrap_or(i64::MAX));
            PageError::TooLarge(locale.say("desk.export_too_long").arg("limit", limit).to_string())
        }
        other @ (TableError::Write(_)
        | TableError::Csv(_)
        | TableError::Zip(_)
        | TableError::Miscounted { .. }) => PageError::internal(&other),
    }
}
