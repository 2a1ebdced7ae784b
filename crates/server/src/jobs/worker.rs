//! The worker loop: claims jobs with a lease, does them, tries again later, gives up visibly.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use motcua_db::{DbError, fault};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::jobs::{Hopeless, Job, JobKind, store};

/// Jobs done at the same time by one process.
const SLOTS: u32 = 4;
/// A claim lasts this long. Longer than a job may take, so that no job is done twice at the same time.
pub const LEASE_SECONDS: i64 = 300;
/// A job that takes longer has failed.
const JOB_SECONDS_MAX: u64 = 240;
/// How long stopping waits for the jobs at hand; what is not finished then is done again later.
const STOP_SECONDS_MAX: u64 = 30;
/// How often an idle worker looks for work.
const POLL_MS: u64 = 500;
/// After this many tries a job is given up: with the waits of [`wait_seconds`], after about 17 hours.
pub const TRIES_MAX: i64 = 8;
/// Characters of an error that are kept.
const ERROR_CHARS_MAX: usize = 500;

/// Does jobs until `stop`, then finishes those at hand.
pub async fn run(app: App, stop: CancellationToken) {
    run_with(app, super::perform, stop).await;
}

/// As [`run`], with something else than the real work. For tests.
pub async fn run_with<P, F>(app: App, perform: P, stop: CancellationToken)
where
    P: Fn(App, Job) -> F + Clone + Send + 'static,
    F: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    let slots = Arc::new(Semaphore::new(SLOTS as usize));
    if let Err(error) = make_periodic(&app).await {
        tracing::error!(error = %error, "the rows of periodic jobs could not be made");
    }
    while !stop.is_cancelled() {
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
        match next(&app).await {
            Ok(Next::Job(job)) => {
                let (app, perform) = (app.clone(), perform.clone());
                tokio::spawn(async move {
                    work(&app, perform, job).await;
                    drop(slot);
                });
            }
            Ok(Next::Taken) => drop(slot),
            Ok(Next::Nothing) => {
                drop(slot);
                pause(&stop).await;
            }
            Err(error) => {
                drop(slot);
                tracing::error!(error = %error, "jobs cannot be read");
                pause(&stop).await;
            }
        }
    }
    let finished =
        tokio::time::timeout(Duration::from_secs(STOP_SECONDS_MAX), slots.acquire_many(SLOTS)).await;
    if finished.is_err() {
        tracing::warn!("stopped with jobs unfinished; they are done again when their lease ends");
    }
}

/// Does everything that is due now, one after another, and answers how many jobs that were. For tests and
/// commands that must leave nothing behind.
pub async fn run_due(app: &App) -> Result<usize, DbError> {
    make_periodic(app).await?;
    let mut done = 0;
    loop {
        match next(app).await? {
            Next::Job(job) => {
                work(app, super::perform, job).await;
                done += 1;
            }
            Next::Taken => {}
            Next::Nothing => return Ok(done),
        }
    }
}

/// Seconds until the next try after `tries` of them: 30 s, 2 min, 8 min … at most 6 h.
pub fn wait_seconds(tries: i64) -> i64 {
    let exponent = u32::try_from((tries - 1).clamp(0, 6)).unwrap_or(0);
    (30 * 4_i64.pow(exponent)).min(6 * 3600)
}

/// Makes the rows of the kinds that run by themselves.
async fn make_periodic(app: &App) -> Result<(), DbError> {
    let now = app.clock.now();
    app.store
        .write(move |tx| {
            let periodic = JobKind::ALL.into_iter().filter(|kind| kind.period_minutes().is_some());
            periodic.into_iter().try_for_each(|kind| store::ensure_periodic(tx, kind, now))
        })
        .await
}

enum Next {
    /// Ours.
    Job(Job),
    /// Another worker was first.
    Taken,
    /// Nothing is due.
    Nothing,
}

/// Claims a job, if one is due.
async fn next(app: &App) -> Result<Next, DbError> {
    let now = app.clock.now();
    if !app.store.read(move |tx| store::is_any_due(tx, now)).await? {
        return Ok(Next::Nothing);
    }
    let lease_until = now + SignedDuration::from_secs(LEASE_SECONDS);
    let claimed = app.store.write(move |tx| store::claim(tx, now, lease_until)).await?;
    fault::point("job_claimed");
    Ok(claimed.map_or(Next::Taken, Next::Job))
}

/// Does one job and writes down what became of it.
async fn work<P, F>(app: &App, perform: P, job: Job)
where
    P: Fn(App, Job) -> F,
    F: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    let started = std::time::Instant::now();
    // A task of its own, so that a panic is a failed try and not the end of the worker.
    let limit = Duration::from_secs(JOB_SECONDS_MAX);
    let task = tokio::spawn(tokio::time::timeout(limit, perform(app.clone(), job.clone())));
    let res = match task.await {
        Ok(Ok(res)) => res,
        Ok(Err(_)) => Err(anyhow::anyhow!("it took longer than {JOB_SECONDS_MAX} seconds")),
        Err(error) => Err(anyhow::anyhow!("it stopped in the middle: {error}")),
    };
    fault::point("job_done");
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    match &res {
        Ok(()) => tracing::info!(job.kind = job.kind.name(), job.tries = job.tries, duration_ms, "job done"),
        Err(error) => tracing::warn!(
            job.kind = job.kind.name(),
            job.tries = job.tries,
            duration_ms,
            error = %format!("{error:#}"),
            "job failed"
        ),
    }
    if let Err(error) = settle(app, job, res).await {
        tracing::error!(error = %error, "the outcome of a job was not kept; it is done again");
    }
}

/// Removes, puts off or gives up.
async fn settle(app: &App, job: Job, res: anyhow::Result<()>) -> Result<(), DbError> {
    let now = app.clock.now();
    let turn = job.kind.period_minutes().map(|minutes| now + SignedDuration::from_mins(minutes));
    let outcome = res.map_err(|error| (is_hopeless(&error), shortened(&format!("{error:#}"))));
    let kept = app
        .store
        .write(move |tx| match (&outcome, turn) {
            (Ok(()), None) => store::remove(tx, &job),
            (Ok(()), Some(turn)) => store::put_off(tx, &job, turn),
            (Err((hopeless, error)), None) if *hopeless || TRIES_MAX <= job.tries => {
                store::give_up(tx, &job, now, error)
            }
            (Err((_, error)), None) => store::try_again(tx, &job, again_at(now, job.tries), error),
            (Err((_, error)), Some(turn)) => {
                store::try_again(tx, &job, turn.min(again_at(now, job.tries)), error)
            }
        })
        .await?;
    if !kept {
        tracing::warn!("a job outlived its lease and is somebody else's now");
    }
    Ok(())
}

fn again_at(now: Timestamp, tries: i64) -> Timestamp {
    now + SignedDuration::from_secs(wait_seconds(tries))
}

fn is_hopeless(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Hopeless>().is_some()
}

fn shortened(text: &str) -> String {
    text.replace('\0', " ").chars().take(ERROR_CHARS_MAX).collect()
}

async fn pause(stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(Duration::from_millis(POLL_MS)) => {}
        () = stop.cancelled() => {}
    }
}
