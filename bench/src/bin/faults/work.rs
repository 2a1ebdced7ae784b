//! Officers at work, and what the server answered them as done.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::ensure;
use motcua_bench::office::{Desk, Logins};
use tokio::task::JoinHandle;

/// Desks at work on one server.
const DESKS: u64 = 8;
/// The server that is there in every round.
pub const FIRST_SERVER: u64 = 0;
/// One that is there besides.
pub const SECOND_SERVER: u64 = 1;
/// Dossiers of one desk in one round, at most: their applicants are told apart by numbers.
const TURNS_MAX: u64 = 10_000;
/// Messages on one dossier.
const MESSAGES: u32 = 6;
/// How long a desk waits after a failure before it tries again.
const PATIENCE: Duration = Duration::from_millis(20);

/// What a server answered as done.
#[derive(Default)]
pub struct Acknowledged {
    /// Dossiers taken in.
    pub codes: Vec<String>,
    /// Messages, with their dossiers.
    pub messages: Vec<(String, String)>,
    /// Acts of whole lives.
    pub acts: u64,
}

impl Acknowledged {
    /// Adds what was heard later.
    pub fn add(&mut self, later: Self) {
        self.codes.extend(later.codes);
        self.messages.extend(later.messages);
        self.acts += later.acts;
    }

    fn count(&self) -> usize {
        self.codes.len() + self.messages.len() + usize::try_from(self.acts).unwrap_or(0)
    }
}

/// Officers at work on one server.
#[derive(Default)]
pub struct Work {
    heard: Arc<Mutex<Acknowledged>>,
    is_over: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Work {
    /// Signs officers in and lets them work until it is over. What fails is begun anew, after signing in again.
    pub async fn begin(address: &str, server: u64, seed: u64) -> anyhow::Result<Self> {
        let logins = Arc::new(Logins::read(address).await?);
        let units = logins.communes();
        ensure!(!units.is_empty(), "the office has no desks");
        let mut work = Self::default();
        for (nth, unit) in (0..DESKS).zip(units.iter().cycle()) {
            let first = ((2 * seed + server) * DESKS + nth) * TURNS_MAX;
            let desk = logins.desk(address, unit, first).await?;
            let one = OneDesk {
                logins: Arc::clone(&logins),
                address: address.to_owned(),
                unit: unit.clone(),
                first,
                heard: Arc::clone(&work.heard),
                is_over: Arc::clone(&work.is_over),
            };
            work.tasks.push(tokio::spawn(one.work(desk)));
        }
        Ok(work)
    }

    /// How much was acknowledged by now.
    pub fn heard(&self) -> usize {
        lock(&self.heard).count()
    }

    /// From now on failures are no reason to try again: the server is gone.
    pub fn give_up(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    /// Everything that was acknowledged. What was under way may be there or not.
    pub async fn end(self) -> anyhow::Result<Acknowledged> {
        self.give_up();
        for task in self.tasks {
            task.await?;
        }
        Ok(std::mem::take(&mut *lock(&self.heard)))
    }
}

struct OneDesk {
    logins: Arc<Logins>,
    address: String,
    unit: String,
    first: u64,
    heard: Arc<Mutex<Acknowledged>>,
    is_over: Arc<AtomicBool>,
}

impl OneDesk {
    async fn work(self, mut desk: Desk) {
        for turn in 0..TURNS_MAX {
            let done = self.turn(&mut desk, turn).await;
            if self.is_over.load(Ordering::Relaxed) {
                return;
            }
            if done.is_err() {
                tokio::time::sleep(PATIENCE).await;
                if let Ok(again) = self.logins.desk(&self.address, &self.unit, self.first + turn + 1).await {
                    desk = again;
                }
            }
        }
    }

    async fn turn(&self, desk: &mut Desk, turn: u64) -> anyhow::Result<()> {
        let code = desk.take_in().await?;
        lock(&self.heard).codes.push(code.clone());
        for message in 0..MESSAGES {
            let text = format!("lời nhắn {}-{turn}-{message}.", self.first);
            desk.message(&code, &text).await?;
            lock(&self.heard).messages.push((code.clone(), text));
        }
        if turn.is_multiple_of(3) {
            desk.settle(&code, |_| lock(&self.heard).acts += 1).await?;
        }
        Ok(())
    }
}

fn lock(heard: &Mutex<Acknowledged>) -> MutexGuard<'_, Acknowledged> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}
