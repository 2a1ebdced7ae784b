//! Finishes uploads that arrived and wait, and gives up those that nobody went on with. Whoever began one is told so on
//! the page where it was to be attached.

use jiff::SignedDuration;

use crate::app::App;
use crate::document::handoff;
use crate::document::upload::finish::{end, settle};
use crate::document::upload::{Ended, TOLD_DAYS, store};

/// Uploads taken at a time, and given up at most in one turn of the job.
const UPLOADS: i64 = 100;
/// Pieces without a row are kept for this long.
const PIECES_HOURS: i64 = 24;
/// Pieces asked for at a time.
const PIECES: usize = 200;

/// Does both. Twice is as good as once.
pub async fn sweep(app: &App) -> anyhow::Result<()> {
    let now = app.clock.now();
    finish(app).await?;
    for upload in app.store.read(move |tx| store::run_out(tx, now, UPLOADS)).await? {
        let Some(turn) = app.turns.take(&upload.id).await else { continue };
        let read = app.store.read(move |tx| store::find(tx, &upload.id, upload.owner)).await?;
        // Whoever went on with it meanwhile keeps it.
        if let Some(upload) = read.filter(|upload| upload.expires_at < now) {
            end(app, &upload, Ended::Expired).await?;
        }
        drop(turn);
    }
    handoff::sweep::sweep(app).await?;
    let told = now - SignedDuration::from_hours(24 * TOLD_DAYS);
    app.store.write(move |tx| store::delete_ended(tx, told)).await?;
    let written_before = now - SignedDuration::from_hours(PIECES_HOURS);
    let blobs = app.blobs.clone();
    let pieces = tokio::task::spawn_blocking(move || blobs.parts_before(written_before)).await??;
    for ids in pieces.chunks(PIECES).map(<[String]>::to_vec) {
        let asked = ids.clone();
        let open = app.store.read(move |tx| store::open_among(tx, &asked)).await?;
        for id in ids.iter().filter(|id| !open.contains(*id)) {
            app.blobs.remove_part(id)?;
        }
    }
    Ok(())
}

/// What arrived while `clamd` was away, or just before the server stopped.
async fn finish(app: &App) -> anyhow::Result<()> {
    let mut after = String::new();
    loop {
        let from = after.clone();
        let some = app.store.read(move |tx| store::arrived(tx, &from, UPLOADS)).await?;
        let Some(last) = some.last() else { return Ok(()) };
        after.clone_from(&last.id);
        for upload in some {
            let Some(turn) = app.turns.take(&upload.id).await else { continue };
            let read = app.store.read(move |tx| store::find(tx, &upload.id, upload.owner)).await?;
            if let Some(upload) = read {
                settle(app, upload).await?;
            }
            drop(turn);
        }
    }
}
