//! Jobs: nobody does one twice at the same time, none is lost, none fails in silence.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use motcua::app::App;
use motcua::jobs::worker::{self, LEASE_SECONDS, TRIES_MAX};
use motcua::jobs::{self, Hopeless, Job, JobKind, NewJob, store};
use motcua_db::DbError;
use tokio_util::sync::CancellationToken;

use crate::given;

async fn enqueue(app: &App, n: usize) {
    let run_at = app.clock.now();
    let new =
        |n: usize| NewJob { kind: JobKind::SendMail, dossier_code: None, payload: n.to_string(), run_at };
    let (world, all): (_, Vec<NewJob>) = (app.clone(), (0..n).map(new).collect());
    app.store.write(move |tx| jobs::enqueue_all(tx, &world, &all)).await.unwrap();
}

async fn claim(app: &App) -> Option<Job> {
    let now = app.clock.now();
    let until = now + SignedDuration::from_secs(LEASE_SECONDS);
    app.store.write(move |tx| store::claim(tx, now, until)).await.unwrap()
}

async fn counts(app: &App) -> (i64, i64, i64) {
    let now = app.clock.now();
    let counts = app.store.read(move |tx| store::counts(tx, now)).await.unwrap();
    (counts.waiting, counts.running, counts.failed)
}

/// How many kinds run by themselves.
fn periodic() -> usize {
    JobKind::ALL.into_iter().filter(|kind| kind.period_minutes().is_some()).count()
}

#[test]
fn eight_workers_never_do_one_job_twice() {
    given::on_each_engine(async |office| {
        enqueue(&office.app, 200).await;
        let done: Arc<Mutex<HashMap<String, usize>>> = Arc::default();
        let stop = CancellationToken::new();
        let mut workers = Vec::new();
        for _ in 0..8 {
            let done = Arc::clone(&done);
            let perform = move |_app: App, job: Job| {
                let done = Arc::clone(&done);
                async move {
                    if job.kind == JobKind::SendMail {
                        *done.lock().unwrap().entry(job.payload).or_default() += 1;
                    }
                    tokio::task::yield_now().await;
                    Ok(())
                }
            };
            workers.push(tokio::spawn(worker::run_with(office.app.clone(), perform, stop.clone())));
        }
        let until = std::time::Instant::now() + Duration::from_mins(1);
        while done.lock().unwrap().len() < 200 && std::time::Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        stop.cancel();
        for worker in workers {
            worker.await.unwrap();
        }
        let done = done.lock().unwrap();
        assert_eq!(done.len(), 200);
        assert!(done.values().all(|times| *times == 1), "{done:?}");
    });
}

#[test]
fn a_job_whose_worker_died_is_taken_again_when_its_lease_ends() {
    given::on_each_engine(async |office| {
        enqueue(&office.app, 1).await;
        let dead = claim(&office.app).await.unwrap();
        assert_eq!(claim(&office.app).await, None, "it is somebody's");
        assert_eq!(counts(&office.app).await, (0, 1, 0));
        office.wait(SignedDuration::from_secs(LEASE_SECONDS));
        let living = claim(&office.app).await.unwrap();
        assert_eq!((living.id.as_str(), living.tries), (dead.id.as_str(), 2));

        // What the first one still says about it does not count.
        let (now, late) = (office.app.clock.now(), dead.clone());
        let kept = office.app.store.write(move |tx| store::remove(tx, &late)).await.unwrap();
        assert!(!kept);
        let kept = office.app.store.write(move |tx| store::give_up(tx, &dead, now, "late")).await.unwrap();
        assert!(!kept);
        assert!(office.app.store.write(move |tx| store::remove(tx, &living)).await.unwrap());
        assert_eq!(counts(&office.app).await, (0, 0, 0));
    });
}

/// Runs one worker until nothing is due, with `perform`.
async fn work<P, F>(app: &App, perform: P)
where
    P: Fn(App, Job) -> F + Clone + Send + 'static,
    F: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    let stop = CancellationToken::new();
    let worker = tokio::spawn(worker::run_with(app.clone(), perform, stop.clone()));
    let now = app.clock.now();
    for _ in 0..1_000 {
        let busy = app.store.read(move |tx| {
            Ok::<_, DbError>(store::is_any_due(tx, now)? || store::counts(tx, now)?.running > 0)
        });
        if !busy.await.unwrap() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    worker.await.unwrap();
}

async fn fails(_app: App, job: Job) -> anyhow::Result<()> {
    match job.kind {
        JobKind::SendMail => Err(anyhow::anyhow!("the cause").context("what failed")),
        JobKind::SweepAccounts
        | JobKind::Lapse
        | JobKind::Recount
        | JobKind::Seal
        | JobKind::SweepFiles
        | JobKind::SweepUploads
        | JobKind::Bulk => Ok(()),
    }
}

#[test]
fn a_job_that_keeps_failing_waits_longer_each_time_and_then_is_seen() {
    given::on_each_engine(async |office| {
        enqueue(&office.app, 1).await;
        for tries in 1..=TRIES_MAX {
            assert_eq!(counts(&office.app).await.2, 0, "before try {tries}");
            work(&office.app, fails).await;
            let wait = SignedDuration::from_secs(worker::wait_seconds(tries));
            office.wait(wait - SignedDuration::from_secs(1));
            assert_eq!(
                claim(&office.app).await.filter(|job| job.kind == JobKind::SendMail),
                None,
                "too early"
            );
            office.wait(SignedDuration::from_secs(1));
        }
        let failed = office.app.store.read(|tx| store::failed(tx, None)).await.unwrap();
        assert_eq!(failed.len(), 1);
        assert_eq!((failed[0].tries, failed[0].last_error.as_str()), (TRIES_MAX, "what failed: the cause"));

        let (id, now) = (failed[0].id.clone(), office.app.clock.now());
        assert!(office.app.store.write(move |tx| store::revive(tx, &id, now)).await.unwrap());
        work(&office.app, async |_, _| Ok(())).await;
        assert_eq!(counts(&office.app).await.2, 0);
        assert!(office.app.store.read(|tx| store::failed(tx, None)).await.unwrap().is_empty());
    });
}

#[test]
fn a_hopeless_job_is_given_up_at_once_and_a_panic_is_a_failed_try() {
    given::on_each_engine(async |office| {
        enqueue(&office.app, 2).await;
        work(&office.app, async |_: App, job: Job| match (job.kind, job.payload.as_str()) {
            (JobKind::SendMail, "0") => Err(Hopeless("no such mailbox".to_owned()).into()),
            (JobKind::SendMail, _) => panic!("a mistake of ours"),
            (
                JobKind::SweepAccounts
                | JobKind::Lapse
                | JobKind::Recount
                | JobKind::Seal
                | JobKind::SweepFiles
                | JobKind::SweepUploads
                | JobKind::Bulk,
                _,
            ) => Ok(()),
        })
        .await;
        let failed = office.app.store.read(|tx| store::failed(tx, None)).await.unwrap();
        assert_eq!(failed.iter().map(|job| job.last_error.as_str()).collect::<Vec<_>>(), ["no such mailbox"]);
        office.wait(SignedDuration::from_secs(worker::wait_seconds(1)));
        assert_eq!(claim(&office.app).await.unwrap().tries, 2, "the one that panicked is tried again");
    });
}

#[test]
fn periodic_jobs_come_back_after_their_period_whether_or_not_they_failed() {
    given::on_each_engine(async |office| {
        assert_eq!(worker::run_due(&office.app).await.unwrap(), periodic());
        assert_eq!(worker::run_due(&office.app).await.unwrap(), 0);
        office.wait(SignedDuration::from_hours(24));
        work(&office.app, async |_, _| Err(anyhow::anyhow!("not today"))).await;
        let rows = i64::try_from(periodic()).unwrap();
        assert_eq!(counts(&office.app).await, (rows, 0, 0));
        office.wait(SignedDuration::from_hours(24));
        assert_eq!(worker::run_due(&office.app).await.unwrap(), periodic());
        assert_eq!(counts(&office.app).await, (rows, 0, 0), "there is one row of each, always");
    });
}

#[test]
fn stopping_finishes_the_job_at_hand() {
    given::on_each_engine(async |office| {
        enqueue(&office.app, 1).await;
        let stop = CancellationToken::new();
        let (started, mut has_started) = tokio::sync::mpsc::unbounded_channel();
        let perform = move |_app: App, job: Job| {
            let started = started.clone();
            async move {
                if job.kind == JobKind::SendMail {
                    started.send(()).unwrap();
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Ok(())
            }
        };
        let worker = tokio::spawn(worker::run_with(office.app.clone(), perform, stop.clone()));
        has_started.recv().await.unwrap();
        stop.cancel();
        worker.await.unwrap();
        let (waiting, running, failed) = counts(&office.app).await;
        assert_eq!((running, failed), (0, 0));
        assert!(waiting <= i64::try_from(periodic()).unwrap(), "only periodic jobs are left");
    });
}
