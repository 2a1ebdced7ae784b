//! Files that were made for somebody and are kept for a while, so that a download that broke off goes on with the same
//! bytes: tables, and papers for the printer.
//!
//! A kept file is found by an id that nobody can guess, and only by the person who made it, as long as they have the
//! rights they had. It lies beside those that people attached, so any server that shares their folder has it.

use std::io;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use motcua_db::DbError;
use motcua_domain::ids::PersonId;
use tokio::fs::File;

use crate::app::App;
use crate::desk::export::store;
use crate::desk::export::table::Kind;
use crate::document::give::{disposition, policy};
use crate::document::kind::FileKind;
use crate::document::range::{self, PartAsked};
use crate::web::error::PageError;
use crate::web::visitor::{Officer, Person};

/// Files kept for one person; the oldest makes room.
pub const KEPT_MAX: usize = 5;
/// A file without a row is kept for so long: longer than it takes to make one.
const MAKING_HOURS: i64 = 24;
/// Files asked for at a time.
const FILES: usize = 200;
/// How many rows a file is about, for programs.
const ROWS_HEADER: &str = "x-total-count";

/// What a kept file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A table.
    Table(Kind),
    /// Papers for the printer.
    Papers,
}

impl Format {
    /// The end of its name, and its name in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::Table(kind) => kind.name(),
            Self::Papers => "pdf",
        }
    }

    /// The one of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        let tables = Kind::ALL.into_iter().map(Self::Table);
        tables.chain([Self::Papers]).find(|format| format.name() == name)
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Table(kind) => kind.media_type(),
            Self::Papers => FileKind::Pdf.media_type(),
        }
    }
}

/// A file that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Nobody can guess it.
    pub id: String,
    /// Who made it. Nobody else gets it.
    pub owner: PersonId,
    /// What they were appointed to then, as [`rights`] writes it.
    pub rights: String,
    /// What kind of file.
    pub format: Format,
    /// What it is called.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Rows of what it is about.
    pub rows: i64,
    /// Made.
    pub created_at: Timestamp,
    /// Given to nobody from then on.
    pub expires_at: Timestamp,
}

impl Kept {
    /// Where the desk gives it.
    pub fn href(&self) -> String {
        format!("/can-bo/tep-tai-ve/{}", self.id)
    }
}

/// What somebody may see, in one word that changes with it.
pub fn rights(app: &App, person: &Person) -> String {
    let held = person.appointments.iter();
    let mut posts: Vec<String> = held.map(|held| format!("{} {}", held.unit, held.role.name())).collect();
    posts.sort_unstable();
    app.secrets.keyed_hash("export", &format!("{} {}", person.face.name(), posts.join(", ")))
}

/// Gives a kept file at the desk.
pub async fn page(
    State(app): State<App>,
    officer: Officer,
    Path(id): Path<String>,
    asked: PartAsked,
) -> Result<Response, PageError> {
    give(&app, &officer.person, id, &asked).await
}

/// What this person still gets under this id.
pub async fn find(app: &App, person: &Person, id: String) -> Result<Option<Kept>, DbError> {
    let (owner, now, rights) = (person.id, app.clock.now(), rights(app, person));
    let found = app.store.read(move |tx| store::find(tx, &id, owner)).await?;
    Ok(found.filter(|kept| now < kept.expires_at && kept.rights == rights))
}

/// Gives a kept file, or the part of it that is asked for. Anybody but who made it learns nothing.
pub async fn give(app: &App, person: &Person, id: String, asked: &PartAsked) -> Result<Response, PageError> {
    let kept = find(app, person, id).await?.ok_or(PageError::NotFound)?;
    let failed = |error: io::Error| {
        // As after a restore: rows come back from a backup, files that were made do not.
        let is_gone = error.kind() == io::ErrorKind::NotFound;
        if is_gone { PageError::NotFound } else { PageError::internal(&error) }
    };
    let file = File::open(app.blobs.export(&kept.id)).await.map_err(failed)?;
    if file.metadata().await.map_err(failed)?.len() != kept.bytes {
        return Err(PageError::NotFound);
    }
    let part = |part| range::of_file(file, part);
    range::give(asked, about(&kept), &kept.id, kept.bytes, part).await.map_err(failed)
}

fn about(kept: &Kept) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kept.format.media_type()));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    match kept.format {
        Format::Table(_) => {
            headers.insert(header::CONTENT_DISPOSITION, disposition(false, &kept.name));
        }
        // Shown, so that it goes to the printer without being saved first.
        Format::Papers => {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy(Some(FileKind::Pdf)));
            headers.insert(header::CONTENT_DISPOSITION, disposition(true, &kept.name));
        }
    }
    headers.insert(ROWS_HEADER, HeaderValue::from(kept.rows));
    headers
}

/// Removes what is kept no longer, and what was never finished. Twice is as good as once.
pub async fn sweep(app: &App) -> anyhow::Result<()> {
    let now = app.clock.now();
    let over = app.store.write(move |tx| store::delete_over(tx, now)).await?;
    remove(app, &over)?;
    let before = now - SignedDuration::from_hours(MAKING_HOURS);
    let blobs = app.blobs.clone();
    let files = tokio::task::spawn_blocking(move || blobs.exports_before(before)).await??;
    for ids in files.chunks(FILES).map(<[String]>::to_vec) {
        let asked = ids.clone();
        let known = app.store.read(move |tx| store::known_among(tx, &asked)).await?;
        let left: Vec<String> = ids.into_iter().filter(|id| !known.contains(id)).collect();
        remove(app, &left)?;
    }
    Ok(())
}

/// Removes files that were kept. One that is gone already is removed.
pub fn remove(app: &App, ids: &[String]) -> io::Result<()> {
    for id in ids {
        match std::fs::remove_file(app.blobs.export(id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}
