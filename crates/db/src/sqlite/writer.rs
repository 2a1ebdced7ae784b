//! The only writer of a SQLite file: runs waiting transactions one after another, each in a
//! savepoint, commits many of them together, and answers none before they are on disk.
//!
//! The disk is asked to flush once for a whole batch, which is what makes many small durable
//! transactions cheap. Nothing is delayed for it: a batch is whatever waited during the last one.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::Connection;
use super::connection::LOG_BYTES_MAX;
use crate::{DbError, Result, fault};

/// Transactions that may wait; one more is told that the database is busy.
const QUEUE_MAX: usize = 1024;
/// Transactions committed together at most, so that the first of them is not kept waiting long.
const BATCH_MAX: usize = 256;
/// Time after which a batch is closed even if more transactions wait.
const BATCH_TIME_MAX: Duration = Duration::from_millis(20);
/// Pause between two copies of the log into the database.
const COPY_PAUSE: Duration = Duration::from_millis(200);
/// Pause after a reader was in the way of letting the log begin anew.
const RENEW_PAUSE: Duration = Duration::from_millis(500);

/// What became of one closure: its answer, or its panic.
pub(crate) type Outcome<T, E> = std::thread::Result<Result<T, E>>;

/// One transaction in the queue.
enum Job {
    /// A closure that came with its caller's leave to run it on this thread.
    Run(Box<dyn Step>),
    /// A caller that runs its closure on its own thread, on the connection lent to it.
    Lend { to: SyncSender<Connection>, back: Receiver<Connection>, answer: SyncSender<Result<()>> },
}

/// A closure, what it made, and who waits for it.
trait Step: Send {
    fn run(&mut self, connection: &Connection);
    /// Tells the caller, once it is known whether the batch was committed.
    fn answer(self: Box<Self>, committed: Result<()>);
}

struct Waiting<F, A, T, E> {
    act: Option<F>,
    outcome: Option<Outcome<T, E>>,
    answer: A,
}

impl<F, A, T, E> Step for Waiting<F, A, T, E>
where
    F: FnOnce(&Connection) -> Result<T, E> + Send,
    A: FnOnce(Outcome<T, E>) + Send,
    T: Send,
    E: From<DbError> + Send,
{
    fn run(&mut self, connection: &Connection) {
        self.outcome = self.act.take().map(|act| in_savepoint(connection, act));
    }

    fn answer(self: Box<Self>, committed: Result<()>) {
        let not_run = || Ok(Err(committed.clone().err().unwrap_or_else(gone).into()));
        let outcome = self.outcome.unwrap_or_else(not_run);
        (self.answer)(after_commit(outcome, committed));
    }
}

/// Handle of the writer's thread; dropping it ends the thread after what is queued.
pub(crate) struct Writer {
    queue: Option<SyncSender<Job>>,
    queued: Arc<AtomicUsize>,
    threads: Vec<JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start(connection: Connection, checkpoints: Connection, log: PathBuf) -> Result<Writer> {
        let (queue, jobs) = mpsc::sync_channel(QUEUE_MAX);
        let (running, stopped) = mpsc::sync_channel::<()>(0);
        let dirty = Arc::new(AtomicBool::new(false));
        let log = Log { file: log, dirty: Arc::clone(&dirty), renew_after: Instant::now() };
        let queued = Arc::new(AtomicUsize::new(0));
        let left = Arc::clone(&queued);
        let serve = move || {
            serve(connection, &jobs, &left, log);
            drop(running);
        };
        let copy = move || copy_log(&checkpoints, &dirty, &stopped);
        Ok(Writer {
            queue: Some(queue),
            queued,
            threads: vec![spawn("sqlite-writer", serve)?, spawn("sqlite-log", copy)?],
        })
    }

    /// Queues `act`. `answer` is called once, when it is known whether the work of `act` was
    /// kept; it is dropped uncalled when the writer stops first.
    pub(crate) fn queue<T, E>(
        &self,
        act: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
        answer: impl FnOnce(Outcome<T, E>) + Send + 'static,
    ) -> Result<()>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        self.send(Job::Run(Box::new(Waiting { act: Some(act), outcome: None, answer })))
    }

    /// Runs `act` on this thread, in the writer's place, and waits until its work is kept.
    pub(crate) fn borrow<T, E: From<DbError>>(
        &self,
        act: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<Outcome<T, E>> {
        let (to, lent) = mpsc::sync_channel(1);
        let (give_back, back) = mpsc::sync_channel(1);
        let (answer, answered) = mpsc::sync_channel(1);
        self.send(Job::Lend { to, back, answer })?;
        let Ok(connection) = lent.recv() else {
            // The writer could not begin a batch: the answer says why.
            let refused = answered.recv().unwrap_or_else(|_| Err(gone()));
            return Err(refused.err().unwrap_or_else(gone));
        };
        let outcome = in_savepoint(&connection, act);
        give_back.send(connection).map_err(|_| gone())?;
        Ok(after_commit(outcome, answered.recv().unwrap_or_else(|_| Err(gone()))))
    }

    /// Transactions in the queue, the batch that runs included.
    pub(crate) fn queued(&self) -> usize {
        self.queued.load(Ordering::Relaxed)
    }

    fn send(&self, job: Job) -> Result<()> {
        self.queued.fetch_add(1, Ordering::Relaxed);
        let sent = match self.queue.as_ref().map(|queue| queue.try_send(job)) {
            Some(Ok(())) => return Ok(()),
            Some(Err(TrySendError::Full(_))) => Err(DbError::Busy),
            Some(Err(TrySendError::Disconnected(_))) | None => Err(gone()),
        };
        self.queued.fetch_sub(1, Ordering::Relaxed);
        sent
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        // A queued closure may own the last handle of the store: then this is the writer's
        // thread, which cannot wait for itself. Both threads end by themselves all the same.
        let here = thread::current().id();
        if self.threads.iter().any(|thread| thread.thread().id() == here) {
            return;
        }
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of the database panicked");
            }
        }
    }
}

/// What the error is when the writer's thread is not there any more.
pub(crate) fn gone() -> DbError {
    DbError::engine("the writer has stopped")
}

fn spawn(name: &str, act: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    thread::Builder::new().name(name.to_owned()).spawn(act).map_err(|error| DbError::Engine(Arc::new(error)))
}

/// Runs `act` so that its failure or panic undoes what it did and nothing of its neighbours.
fn in_savepoint<T, E: From<DbError>>(
    connection: &Connection,
    act: impl FnOnce(&Connection) -> Result<T, E>,
) -> Outcome<T, E> {
    if let Err(error) = connection.control("savepoint step") {
        return Ok(Err(error.into()));
    }
    let outcome = catch_unwind(AssertUnwindSafe(|| act(connection)));
    let ended = match &outcome {
        Ok(Ok(_)) => connection.control("release savepoint step"),
        // An engine in distress has undone the whole batch already; `serve` sees that.
        Ok(Err(_)) | Err(_) if !connection.in_transaction() => Ok(()),
        Ok(Err(_)) | Err(_) => connection
            .control("rollback to savepoint step")
            .and_then(|()| connection.control("release savepoint step")),
    };
    match (outcome, ended) {
        (Ok(Ok(_)), Err(error)) => Ok(Err(error.into())),
        (outcome, Ok(()) | Err(_)) => outcome,
    }
}

/// What to tell a caller whose batch was committed, or was not.
fn after_commit<T, E: From<DbError>>(outcome: Outcome<T, E>, committed: Result<()>) -> Outcome<T, E> {
    match (outcome, committed) {
        (Ok(Ok(_)), Err(error)) => Ok(Err(error.into())),
        (outcome, Ok(()) | Err(_)) => outcome,
    }
}

/// The writer's thread.
fn serve(mut connection: Connection, jobs: &Receiver<Job>, queued: &AtomicUsize, mut log: Log) {
    while let Ok(first) = jobs.recv() {
        if let Err(error) = connection.control("begin immediate") {
            queued.fetch_sub(1, Ordering::Relaxed);
            first.answer(Err(error));
            continue;
        }
        let begun = Instant::now();
        let mut batch = Vec::new();
        let mut next = Some(first);
        while let Some(mut job) = next {
            // Without a connection there is nothing left to do: it died with a borrower's thread.
            let Some(returned) = job.run(connection) else { return };
            connection = returned;
            batch.push(job);
            let full = BATCH_MAX <= batch.len() || BATCH_TIME_MAX <= begun.elapsed();
            next = if full || !connection.in_transaction() { None } else { jobs.try_recv().ok() };
        }
        fault::point("commit");
        let committed = commit(&connection);
        fault::point("committed");
        queued.fetch_sub(batch.len(), Ordering::Relaxed);
        for job in batch {
            job.answer(committed.clone());
        }
        log.grew(&connection);
    }
}

fn commit(connection: &Connection) -> Result<()> {
    if !connection.in_transaction() {
        return Err(DbError::engine("the engine undid the transactions that were waiting together"));
    }
    let committed = connection.control("commit");
    if committed.is_err()
        && connection.in_transaction()
        && let Err(error) = connection.control("rollback")
    {
        tracing::error!(%error, "a failed batch could not be undone");
    }
    committed
}

impl Job {
    /// Runs the job and gives the connection back.
    fn run(&mut self, connection: Connection) -> Option<Connection> {
        match self {
            Job::Run(step) => {
                step.run(&connection);
                Some(connection)
            }
            Job::Lend { to, back, .. } => match to.send(connection) {
                Ok(()) => back.recv().ok(),
                Err(mpsc::SendError(connection)) => Some(connection),
            },
        }
    }

    /// Tells the caller; it may have gone meanwhile, its work is kept all the same.
    fn answer(self, committed: Result<()>) {
        match self {
            Job::Run(step) => step.answer(committed),
            Job::Lend { answer, .. } => drop(answer.send(committed)),
        }
    }
}

/// The log beside the database, as the writer sees it.
struct Log {
    file: PathBuf,
    dirty: Arc<AtomicBool>,
    renew_after: Instant,
}

impl Log {
    /// Called after each batch.
    fn grew(&mut self, connection: &Connection) {
        self.dirty.store(true, Ordering::Release);
        let long = fs::metadata(&self.file).is_ok_and(|metadata| LOG_BYTES_MAX < metadata.len());
        if !long || Instant::now() < self.renew_after {
            return;
        }
        match connection.renew_log() {
            Ok(true) => {}
            Ok(false) => self.renew_after = Instant::now() + RENEW_PAUSE,
            Err(error) => {
                tracing::error!(%error, "the log of the database could not begin anew");
                self.renew_after = Instant::now() + RENEW_PAUSE;
            }
        }
    }
}

/// The thread that copies the log back while the writer goes on.
fn copy_log(connection: &Connection, dirty: &AtomicBool, stopped: &Receiver<()>) {
    while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(COPY_PAUSE) {
        if !dirty.swap(false, Ordering::Acquire) {
            continue;
        }
        if let Err(error) = connection.copy_log() {
            tracing::error!(%error, "the log of the database could not be copied back");
        }
    }
}
