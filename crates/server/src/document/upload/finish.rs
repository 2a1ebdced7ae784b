//! The whole file is here: hashed, looked at, moved to its place and attached, exactly once.
//!
//! Three marks make it safe to stop anywhere. What the file was found to be is noted before it is moved, so that a file
//! that was moved and not attached is found again; the row is ended in the transaction that attaches it, so that
//! whoever comes second finds it ended.

use motcua_db::DbError;

use crate::app::App;
use crate::document::blob::BlobError;
use crate::document::kind::Unfit;
use crate::document::problem::Problem;
use crate::document::receive::{ReceiveError, Received};
use crate::document::upload::{Ended, Found, Upload, store};
use crate::portal::store::DraftFile;
use crate::web::error::PageError;

/// Why nothing was made of a file that arrived. It is tried again when somebody asks for it.
#[derive(Debug, thiserror::Error)]
pub enum FinishError {
    /// The row.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The file.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// It could not be looked at for malware: it waits, and is looked at later.
    #[error("the file waits to be looked at for malware")]
    NotScanned,
}

impl From<FinishError> for PageError {
    fn from(error: FinishError) -> Self {
        match error {
            FinishError::Db(error) => error.into(),
            FinishError::Blob(BlobError::DiskFull(_)) => Self::DiskFull,
            FinishError::Blob(error) => Self::internal(&error),
            FinishError::NotScanned => Self::Busy,
        }
    }
}

/// Brings an upload to where the disk says it is, and makes a file of it when everything arrived. Whoever calls this
/// holds the turn, and has read the row since.
pub async fn settle(app: &App, mut upload: Upload) -> Result<Upload, FinishError> {
    if upload.ended.is_some() {
        return Ok(upload);
    }
    let here = app.blobs.part_bytes(&upload.id).map_err(BlobError::from)?;
    let moved = match upload.found {
        Some(found) => app.blobs.exists(found.hash).await?,
        None => false,
    };
    if here < upload.received && !moved {
        // The pieces are gone, as after a restore from a backup: what is missing has to be sent again.
        let (id, before, expires_at) = (upload.id.clone(), upload.received, upload.expires_at);
        app.store
            .write(move |tx| {
                store::note_found(tx, &id, None)?;
                store::note_received(tx, &id, before, here, expires_at)
            })
            .await?;
        (upload.received, upload.found) = (here, None);
    }
    if upload.has_arrived() {
        let ended = match finish(app, &upload, here).await {
            Ok(ended) => ended,
            Err(FinishError::NotScanned) => return Ok(upload),
            Err(error @ (FinishError::Db(_) | FinishError::Blob(_))) => return Err(error),
        };
        let (id, owner) = (upload.id.clone(), upload.owner);
        let read = app.store.read(move |tx| store::find(tx, &id, owner)).await?;
        upload = read.unwrap_or(Upload { ended: Some(ended), ..upload });
    }
    Ok(upload)
}

/// As `settle`, for somebody who does not hold the turn. Those who are sending right now are not disturbed, and
/// nobody is kept waiting by `clamd`: what it has not seen yet is left to the worker.
pub async fn finish_arrived(app: &App, uploads: Vec<Upload>) -> Result<Vec<Upload>, PageError> {
    if app.config.upload.clamd.is_some() {
        return Ok(uploads);
    }
    let mut left = Vec::with_capacity(uploads.len());
    for upload in uploads {
        if !upload.has_arrived() {
            left.push(upload);
            continue;
        }
        let Some(_turn) = app.turns.take(&upload.id).await else { continue };
        let (id, owner) = (upload.id.clone(), upload.owner);
        if let Some(read) = app.store.read(move |tx| store::find(tx, &id, owner)).await? {
            let settled = settle(app, read).await?;
            left.extend((settled.ended.is_none()).then_some(settled));
        }
    }
    Ok(left)
}

/// Makes a file of an upload that arrived, and answers what became of it.
async fn finish(app: &App, upload: &Upload, here: u64) -> Result<Ended, FinishError> {
    if here < upload.size
        && let Some(found) = upload.found
    {
        // It was moved and not attached.
        return attach(app, upload, found).await;
    }
    let found = match look(app, upload).await? {
        Ok(found) => found,
        Err(problem) => return end(app, upload, Ended::Refused(problem)).await,
    };
    let id = upload.id.clone();
    app.store.write(move |tx| store::note_found(tx, &id, Some(found))).await?;
    let (blobs, id, now) = (app.blobs.clone(), upload.id.clone(), app.clock.now());
    let published = tokio::task::spawn_blocking(move || blobs.publish_part(&id, found.hash, now));
    published.await.map_err(BlobError::from)??;
    attach(app, upload, found).await
}

/// What the file is, read once more.
async fn look(app: &App, upload: &Upload) -> Result<Result<Found, Problem>, FinishError> {
    let (blobs, id) = (app.blobs.clone(), upload.id.clone());
    let looked = tokio::task::spawn_blocking(move || blobs.look_at_part(&id)).await;
    let (hash, kind) = looked.map_err(BlobError::from)??;
    if upload.sha256_given.is_some_and(|given| given != hash) {
        return Ok(Err(Problem::Altered));
    }
    match kind {
        Ok(kind) => match app.blobs.scan(&app.blobs.part(&upload.id)).await {
            Ok(()) => Ok(Ok(Found { hash, kind })),
            Err(ReceiveError::NotScanned(_)) => Err(FinishError::NotScanned),
            Err(error) => Ok(Err(Problem::from(error))),
        },
        Err(Unfit::Unreadable(error)) => Err(BlobError::from(error).into()),
        Err(unfit @ (Unfit::WrongKind | Unfit::Locked | Unfit::CutOff)) => {
            Ok(Err(Problem::from(ReceiveError::from(unfit))))
        }
    }
}

/// Ends the upload and attaches the file, both or neither.
async fn attach(app: &App, upload: &Upload, found: Found) -> Result<Ended, FinishError> {
    let now = app.clock.now();
    let kept = Received { hash: found.hash, bytes: upload.size, kind: found.kind }.named(&upload.name);
    let (_, _, part) = upload.place.columns();
    let file = DraftFile::of(app.random.uuid(now), part, kept);
    let (inner, upload) = (app.clone(), upload.clone());
    let ended = app.store.write(move |tx| {
        if !store::end(tx, &upload.id, Ended::Kept, Some(&file.id), now)? {
            let before = store::find(tx, &upload.id, upload.owner)?.and_then(|upload| upload.ended);
            return Ok(before.unwrap_or(Ended::Expired));
        }
        match upload.place.attach(tx, &inner, &upload, &file)? {
            Ok(()) => store::forget_expired(tx, &upload).map(|()| Ended::Kept),
            Err(problem) => {
                let ended = Ended::Refused(problem);
                store::refuse(tx, &upload.id, ended).map(|()| ended)
            }
        }
    });
    Ok::<_, FinishError>(ended.await?)
}

/// Notes that nothing comes of it, and removes what came.
pub async fn end(app: &App, upload: &Upload, ended: Ended) -> Result<Ended, FinishError> {
    let (id, now) = (upload.id.clone(), app.clock.now());
    app.store.write(move |tx| store::end(tx, &id, ended, None, now)).await?;
    if ended == Ended::Refused(Problem::Infected) {
        // Out of reach, until the sweep: somebody may want to look at it.
        return Ok(ended);
    }
    app.blobs.remove_part(&upload.id).map_err(BlobError::from)?;
    Ok(ended)
}
