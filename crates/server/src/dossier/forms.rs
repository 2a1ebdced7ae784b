//! Numbered forms of a dossier as kept PDFs: printed once from the journal, the same bytes ever after.
//!
//! A form says what the dossier said when it was issued, so it is filled from the journal up to its own entry. The
//! control slip is the exception: it goes with the dossier and shows every hand-over so far. It is printed anew each
//! time, and kept once the dossier is closed and no hand-over can follow.

use bytes::Bytes;
use jiff::Timestamp;
use jiff::civil::Date;
use motcua_db::DbError;
use motcua_domain::dossier::apply::{BrokenJournal, replay};
use motcua_domain::dossier::{Dossier, DossierCode, IssuedForm};
use motcua_domain::form::FormKind;
use motcua_domain::ids::Sha256Hex;
use motcua_domain::office_time::day_of;

use crate::app::App;
use crate::clock::stored;
use crate::document::blob::{BlobError, BlobHash};
use crate::dossier::forms::fill::Filling;
use crate::dossier::journal::{Entry, EntryError};
use crate::dossier::store as dossiers;
use crate::dossier::store::seals::{self, Seal};
use crate::form::data::FormData;
use crate::form::library::FormLibrary;
use crate::form::press;
use crate::form::render::FormError;

mod books;
mod fill;
mod pages;
pub mod register;
mod slip;
mod store;

pub use pages::routes;
pub use store::last_numbers;

/// A form as PDF.
#[derive(Clone, Debug)]
pub struct Printed {
    /// Name of the file.
    pub name: String,
    /// The PDF.
    pub bytes: Bytes,
    /// Its hash in the store of files, once it is kept for good.
    pub kept: Option<BlobHash>,
}

/// Why a form is not printed.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// The journal has no form there, or the set in force has none of this kind.
    #[error("there is no such form")]
    NotFound,
    /// The journal cannot be replayed.
    #[error("the journal cannot be replayed")]
    Journal(#[from] BrokenJournal),
    /// An entry cannot be read.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The template.
    #[error(transparent)]
    Form(#[from] FormError),
    /// The store of files.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The thread that printed it is gone.
    #[error("printing was broken off")]
    Thread(#[from] tokio::task::JoinError),
}

/// What printing a form is written down as when an officer does it.
pub fn purpose() -> &'static str {
    fill::word("issued.purpose_form")
}

/// The form that was issued with this entry of the journal. The caller has checked that the person may see the
/// dossier.
pub async fn pdf(app: &App, code: &DossierCode, entry: u64) -> Result<Printed, PrintError> {
    let key = code.to_string();
    let (entries, files) = app
        .store
        .read(move |tx| Ok::<_, DbError>((dossiers::journal(tx, &key)?, dossiers::form_files(tx, &key)?)))
        .await?;
    let sequence = i64::try_from(entry).map_err(|_| PrintError::NotFound)?;
    let issued = entries.iter().position(|one| one.sequence == sequence).ok_or(PrintError::NotFound)?;
    let now = replayed(app, code, &entries)?;
    let form =
        now.progress.forms.iter().find(|form| form.entry == entry).ok_or(PrintError::NotFound)?.clone();
    let name = file_name(code, &form);
    if let Some((_, sha256, _)) = files.iter().find(|(known, _, _)| *known == sequence) {
        let hash = BlobHash::from(sha256);
        return Ok(Printed { name, bytes: app.blobs.bytes(hash).await?, kept: Some(hash) });
    }
    let is_slip = form.kind == FormKind::ControlSlip;
    let (dossier, until) = if is_slip {
        (now, &entries[..])
    } else {
        (replayed(app, code, &entries[..=issued])?, &entries[..=issued])
    };
    let is_final = !is_slip || dossier.status().is_closed();
    let created = if is_slip { dossier.progress.changed_at } else { form.at };
    let filling = Filling::new(app, &dossier, &form, until, created).await?;
    let bytes = print(filling.data().ok_or(PrintError::NotFound)?, received_on(&dossier), created).await?;
    let kept = if is_final { Some(keep(app, code, sequence, bytes.clone()).await?) } else { None };
    Ok(Printed { name, bytes, kept })
}

/// Prints on a thread of its own: typesetting takes milliseconds in which nobody else should wait.
async fn print(data: FormData, received_on: Date, created: Timestamp) -> Result<Bytes, PrintError> {
    match press::put(move || FormLibrary::shipped().print(&data, received_on, created)).await? {
        Ok(bytes) => Ok(Bytes::from(bytes)),
        Err(FormError::NoForm { .. }) => Err(PrintError::NotFound),
        Err(error) => Err(error.into()),
    }
}

/// Keeps a form for good. When two people print it at once, both have printed the same bytes.
async fn keep(app: &App, code: &DossierCode, sequence: i64, bytes: Bytes) -> Result<BlobHash, PrintError> {
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let hash = app.blobs.keep(bytes).await?;
    let sha256 = Sha256Hex::from(hash);
    let code = code.to_string();
    app.store.write(move |tx| dossiers::put_form_file(tx, &code, sequence, &sha256, size)).await?;
    Ok(hash)
}

fn replayed(app: &App, code: &DossierCode, entries: &[Entry]) -> Result<Dossier, PrintError> {
    let recorded = entries.iter().map(|entry| entry.recorded(&app.secrets)).collect::<Result<Vec<_>, _>>()?;
    Ok(replay(code, &recorded)?)
}

/// The day that chooses the set of forms.
fn received_on(dossier: &Dossier) -> Date {
    day_of(dossier.progress.accepted_at.unwrap_or(dossier.progress.submitted_at))
}

fn file_name(code: &DossierCode, form: &IssuedForm) -> String {
    format!("{code}-{}-{}.pdf", form.kind.name().replace('_', "-"), form.number)
}

/// The seal that was the last when the form was issued, so that it can never name a later one.
async fn seal_before(app: &App, at: Timestamp) -> Result<Option<Seal>, DbError> {
    let at = stored(at);
    app.store.read(move |tx| seals::before(tx, &at)).await
}
