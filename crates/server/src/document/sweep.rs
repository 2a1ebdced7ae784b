//! Removes files that nobody names: sent and never attached, taken off a draft, brought by an act that was refused.

use futures_util::{StreamExt as _, TryStreamExt as _};
use jiff::SignedDuration;

use crate::app::App;
use crate::document::blob::BlobHash;
use crate::document::store;
use crate::dossier;

/// A file that nobody names is kept for this long: a day longer than one waits to be named, so that a request that
/// named it in its last moment is over.
const KEPT_DAYS: i64 = 8;
/// What stopped arriving is kept for this long.
const INCOMING_HOURS: i64 = 24;
/// Files asked for at a time.
const FILES: usize = 200;
/// Dossiers read at a time.
const DOSSIERS: i64 = 100;

/// Removes them. Twice is as good as once.
pub async fn sweep(app: &App) -> anyhow::Result<()> {
    let now = app.clock.now();
    read_journals(app).await?;
    let blobs = app.blobs.clone();
    let arrived_before = now - SignedDuration::from_hours(INCOMING_HOURS);
    tokio::task::spawn_blocking(move || blobs.sweep_incoming(arrived_before)).await??;
    let kept_before = now - SignedDuration::from_hours(24 * KEPT_DAYS);
    let mut some = app.blobs.kept_before(kept_before).try_chunks(FILES).boxed();
    let mut removed: u64 = 0;
    while let Some(hashes) = some.next().await {
        let hashes: Vec<BlobHash> = hashes?;
        let asked = hashes.clone();
        let named = app.store.read(move |tx| store::named(tx, &asked)).await?;
        for hash in hashes.into_iter().filter(|hash| !named.contains(hash)) {
            removed += u64::from(app.blobs.remove(hash, kept_before).await?);
        }
    }
    if 0 < removed {
        tracing::info!(removed, "files that nobody named were removed");
    }
    Ok(())
}

/// Journals from before their files were written down are read once.
async fn read_journals(app: &App) -> anyhow::Result<()> {
    if app.store.read(dossier::store::are_files_read).await? {
        return Ok(());
    }
    let mut after = String::new();
    loop {
        let from = after.clone();
        let codes = app.store.read(move |tx| dossier::store::codes_after(tx, &from, DOSSIERS)).await?;
        let Some(last) = codes.last() else { break };
        after.clone_from(last);
        for code in codes {
            let key = code.clone();
            for entry in app.store.read(move |tx| dossier::store::journal(tx, &key)).await? {
                let (key, files) = (code.clone(), entry.files()?);
                if !files.is_empty() {
                    app.store.write(move |tx| dossier::store::put_files(tx, &key, &files)).await?;
                }
            }
        }
    }
    let now = app.clock.now();
    app.store.write(move |tx| dossier::store::note_files_read(tx, now)).await?;
    Ok(())
}
