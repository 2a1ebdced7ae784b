//! One piece on its way to the disk. It is answered when it is there, and what came of half a piece is kept as well.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::StreamExt as _;

use crate::app::App;
use crate::document::blob::BlobError;
use crate::document::kind::HEAD_BYTES;
use crate::document::problem::Problem;
use crate::document::upload::finish::{end, settle};
use crate::document::upload::part::Writer;
use crate::document::upload::turn::Turn;
use crate::document::upload::tus::{Checksum, Trouble};
use crate::document::upload::{Ended, Upload, expiry, store};

/// After so many bytes of one request what came is flushed, so that a stop costs no more than these.
const FLUSH_BYTES: u64 = 4 * 1024 * 1024;
/// Bytes gathered before they are written.
const GATHER_BYTES: usize = 256 * 1024;
/// A line that says nothing for this long is broken.
const SILENT_SECONDS_MAX: u64 = 60;

/// How the bytes of a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// As they should.
    Whole,
    /// The line broke.
    Broken,
    /// Somebody else goes on with this upload.
    GivenUp,
    /// There were more than the upload has.
    TooMany,
}

/// What a request says about the piece it brings.
#[derive(Debug)]
pub struct Piece {
    /// Where it belongs.
    pub offset: u64,
    /// Its own hash.
    pub checksum: Option<Checksum>,
    /// The piece.
    pub body: Body,
}

/// Takes one piece. Runs to its end whether or not somebody still waits for the answer.
pub async fn receive(app: App, upload: Upload, piece: Piece, turn: Turn) -> Result<Upload, Trouble> {
    let upload = settle(&app, upload).await?;
    match upload.ended {
        None => {}
        // The last answer was lost, and the sender asks once more.
        Some(Ended::Kept) if piece.offset == upload.size => return Ok(upload),
        Some(Ended::Kept) => return Err(Trouble::WrongOffset(upload.size)),
        Some(ended @ (Ended::Expired | Ended::Refused(_))) => return Err(Trouble::Ended(ended)),
    }
    if piece.offset != upload.received {
        return Err(Trouble::WrongOffset(upload.received));
    }
    let begun_at = upload.received;
    let mut writing = Writing::open(&app, upload).await?;
    let res = writing.take(piece, &turn).await;
    let upload = writing.upload;
    if begun_at < upload.received && begun_at < HEAD_BYTES as u64 {
        refuse_early(&app, &upload).await?;
    }
    res?;
    let upload = settle(&app, upload).await?;
    match upload.ended {
        Some(ended @ (Ended::Refused(_) | Ended::Expired)) => Err(Trouble::Ended(ended)),
        Some(Ended::Kept) | None => Ok(upload),
    }
}

/// A file of a wrong kind is refused by its beginning.
async fn refuse_early(app: &App, upload: &Upload) -> Result<(), Trouble> {
    let is_told = HEAD_BYTES as u64 <= upload.received || upload.received == upload.size;
    if !is_told || app.blobs.part_may_be_taken(&upload.id).map_err(BlobError::from)? {
        return Ok(());
    }
    let ended = end(app, upload, Ended::Refused(Problem::WrongKind)).await?;
    Err(Trouble::Ended(ended))
}

/// An upload that is written to.
struct Writing {
    app: App,
    upload: Upload,
    writer: Option<Writer>,
}

impl Writing {
    async fn open(app: &App, upload: Upload) -> Result<Self, Trouble> {
        let (blobs, id, received) = (app.blobs.clone(), upload.id.clone(), upload.received);
        let opened = tokio::task::spawn_blocking(move || Writer::open(&blobs, &id, received)).await;
        let writer = opened.map_err(BlobError::from)?.map_err(BlobError::from)?;
        Ok(Self { app: app.clone(), upload, writer: Some(writer) })
    }

    /// Writes what comes. What is on disk in the end is noted, unless the piece has a hash of its own and is not right.
    async fn take(&mut self, piece: Piece, turn: &Turn) -> Result<(), Trouble> {
        let mut checksum = piece.checksum;
        let mut pieces = piece.body.into_data_stream();
        let mut gathered = Vec::with_capacity(GATHER_BYTES);
        let mut at = self.upload.received;
        let end = loop {
            let silent = Duration::from_secs(SILENT_SECONDS_MAX);
            let next: Bytes = tokio::select! {
                () = turn.given_up() => break End::GivenUp,
                next = tokio::time::timeout(silent, pieces.next()) => match next {
                    Ok(Some(Ok(bytes))) => bytes,
                    Ok(None) => break End::Whole,
                    Ok(Some(Err(_))) | Err(_) => break End::Broken,
                },
            };
            at += next.len() as u64;
            if self.upload.size < at {
                break End::TooMany;
            }
            if let Some(checksum) = &mut checksum {
                checksum.update(&next);
            }
            gathered.extend_from_slice(&next);
            if GATHER_BYTES <= gathered.len() {
                self.write(std::mem::take(&mut gathered)).await?;
            }
            if checksum.is_none() && FLUSH_BYTES <= at - self.upload.received {
                self.write(std::mem::take(&mut gathered)).await?;
                self.note().await?;
            }
        };
        let is_right = checksum.is_none_or(|checksum| end == End::Whole && checksum.matches());
        let trouble = match end {
            End::Whole if is_right => None,
            End::Whole => Some(Trouble::WrongChecksum),
            End::Broken | End::GivenUp => Some(Trouble::Interrupted),
            End::TooMany => Some(Trouble::TooLong),
        };
        if is_right && end != End::TooMany {
            self.write(gathered).await?;
            self.note().await?;
        } else {
            self.cut(self.upload.received).await?;
        }
        trouble.map_or(Ok(()), Err)
    }

    /// Runs `act` on the file on a thread that may wait for the disk.
    async fn on_disk<T: Send + 'static>(
        &mut self,
        act: impl FnOnce(&mut Writer) -> std::io::Result<T> + Send + 'static,
    ) -> Result<T, Trouble> {
        let mut writer = self.writer.take().expect("it is put back below");
        let done = tokio::task::spawn_blocking(move || {
            let res = act(&mut writer);
            (writer, res)
        });
        let (writer, res) = done.await.map_err(BlobError::from)?;
        self.writer = Some(writer);
        Ok(res.map_err(BlobError::from)?)
    }

    async fn write(&mut self, bytes: Vec<u8>) -> Result<(), Trouble> {
        if bytes.is_empty() { Ok(()) } else { self.on_disk(move |writer| writer.write(&bytes)).await }
    }

    async fn cut(&mut self, bytes: u64) -> Result<(), Trouble> {
        self.on_disk(move |writer| writer.cut(bytes)).await
    }

    /// Flushes what was written, and then notes it: nobody is told of bytes that are not on disk.
    async fn note(&mut self) -> Result<(), Trouble> {
        let received = self
            .on_disk(|writer| {
                writer.flush()?;
                Ok(writer.at)
            })
            .await?;
        let (id, before, expires_at) = (self.upload.id.clone(), self.upload.received, expiry(&self.app));
        let noted = self
            .app
            .store
            .write(move |tx| store::note_received(tx, &id, before, received, expires_at))
            .await?;
        if !noted {
            // Another server on the same database was first.
            return Err(Trouble::Interrupted);
        }
        (self.upload.received, self.upload.expires_at) = (received, expires_at);
        Ok(())
    }
}
