//! Writes what a simulation lived: rows are computed beside the lives that go on, and written many dossiers together.
//!
//! It fills an empty place that nobody uses yet, which is why a transaction may hold more than one dossier here.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use anyhow::Context as _;
use motcua_db::DbError;
use motcua_domain::dossier::{Dossier, Recorded};

use crate::app::App;
use crate::dossier::written::Written;
use crate::office::Snapshot;
use crate::random::Random;

/// Batches that may wait between two threads.
const WAITING_MAX: usize = 4;

/// A dossier and its whole journal.
#[derive(Clone, Debug)]
pub struct Lived {
    /// Its number in the simulation.
    pub number: u32,
    /// As it stands at the end.
    pub dossier: Dossier,
    /// Everything that happened.
    pub recorded: Vec<Recorded>,
}

/// Writes everything that comes. Ends when nothing comes any more.
pub fn record(app: &App, office: &Snapshot, seed: u64, lived: Receiver<Vec<Lived>>) -> anyhow::Result<()> {
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let lived = Mutex::new(lived);
    let (done, rows) = sync_channel::<anyhow::Result<Vec<(Written, Dossier)>>>(WAITING_MAX);
    thread::scope(|scope| {
        for _ in 0..threads {
            let (lived, done) = (&lived, done.clone());
            scope.spawn(move || {
                while let Some(batch) = next(lived) {
                    let written = batch.into_iter().map(|one| written(app, office, seed, one)).collect();
                    if done.send(written).is_err() {
                        return;
                    }
                }
            });
        }
        drop(done);
        rows.into_iter().try_for_each(|batch| {
            let batch = batch?;
            app.store.write_sync(|tx| {
                for (written, dossier) in &batch {
                    written.insert(tx, &dossier.units())?;
                }
                Ok::<_, DbError>(())
            })?;
            Ok(())
        })
    })
}

fn next(lived: &Mutex<Receiver<Vec<Lived>>>) -> Option<Vec<Lived>> {
    lived.lock().ok()?.recv().ok()
}

/// Each dossier has chance of its own, so that the order in which threads come to it changes nothing.
fn written(app: &App, office: &Snapshot, seed: u64, lived: Lived) -> anyhow::Result<(Written, Dossier)> {
    let Lived { number, dossier, recorded } = lived;
    let random = Random::seeded(seed.rotate_left(32) ^ u64::from(number));
    let written = Written::new(&app.secrets, &random, office, &dossier, &recorded, None)
        .with_context(|| format!("dossier {}", dossier.code))?;
    Ok((written, dossier))
}
