//! Officers at work, and what the server answered them as done.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::ensure;
use motcua_bench::office::{Desk, Logins};
use tokio::task::JoinHandle;

use crate::papers::{Added, Paper};

/// Desks at work on one server.
const DESKS: u64 = 8;
/// The server that is there in every round.
pub const FIRST_SERVER: u64 = 0;
/// One that is there besides.
pub const SECOND_SERVER: u64 = 1;
/// Turns of one desk in one round, at most.
const TURNS_MAX: u64 = 10_000;
/// Dossiers of one turn, at most: their applicants are told apart by numbers.
const TURN_DOSSIERS: u64 = 3;
/// Messages on one dossier.
const MESSAGES: u32 = 6;
/// How long a desk waits after a failure before it tries again.
const PATIENCE: Duration = Duration::from_millis(20);

/// Dossiers that one run was to hand over.
pub struct Run {
    /// The unit whose reception asked for it, in lower case.
    pub unit: String,
    /// Where it is.
    pub href: String,
    /// The dossiers.
    pub codes: Vec<String>,
}

/// What a server answered as done.
#[derive(Default)]
pub struct Acknowledged {
    /// Dossiers taken in.
    pub codes: Vec<String>,
    /// Those of them whose applicants are told by mail.
    pub told: Vec<String>,
    /// Messages, with their dossiers.
    pub messages: Vec<(String, String)>,
    /// Acts of whole lives.
    pub acts: u64,
    /// Papers that came in pieces, whole or not, by their numbers.
    pub papers: BTreeMap<u64, Paper>,
    /// Runs that were confirmed.
    pub runs: Vec<Run>,
}

impl Acknowledged {
    /// Adds what was heard later.
    pub fn add(&mut self, later: Self) {
        self.codes.extend(later.codes);
        self.told.extend(later.told);
        self.messages.extend(later.messages);
        self.acts += later.acts;
        self.papers.extend(later.papers);
        self.runs.extend(later.runs);
    }

    fn count(&self) -> usize {
        self.codes.len() + self.messages.len() + usize::try_from(self.acts).unwrap_or(0)
    }
}

impl fmt::Display for Acknowledged {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { codes, told, messages, acts, papers, runs } = self;
        let whole = papers.values().filter(|paper| paper.added == Added::Yes).count();
        write!(
            to,
            "{} dossiers ({} told by mail), {} messages, {acts} other acts, {whole} papers in pieces and parts of {}, \
             {} runs acknowledged",
            codes.len(),
            told.len(),
            messages.len(),
            papers.len() - whole,
            runs.len()
        )
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
            let first = ((2 * seed + server) * DESKS + nth) * TURNS_MAX * TURN_DOSSIERS;
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
                let next = self.first + (turn + 1) * TURN_DOSSIERS;
                if let Ok(again) = self.logins.desk(&self.address, &self.unit, next).await {
                    desk = again;
                }
            }
        }
    }

    /// A dossier with messages, and then one of four ways to go on, two of which an applicant is told of by mail.
    async fn turn(&self, desk: &mut Desk, turn: u64) -> anyhow::Result<()> {
        let number = self.first + turn * TURN_DOSSIERS;
        let email = (turn % 4 < 2).then(|| format!("nguoi-nop-{number}@thu.example"));
        let code = desk.take_in(email.as_deref()).await?;
        {
            let mut heard = lock(&self.heard);
            heard.codes.push(code.clone());
            heard.told.extend(email.is_some().then(|| code.clone()));
        }
        for message in 0..MESSAGES {
            let text = format!("lời nhắn {}-{turn}-{message}.", self.first);
            desk.message(&code, &text).await?;
            lock(&self.heard).messages.push((code.clone(), text));
        }
        match turn % 4 {
            0 => desk.settle(&code, |_| lock(&self.heard).acts += 1).await,
            1 => {
                let note = |paper: &Paper| drop(lock(&self.heard).papers.insert(number, paper.clone()));
                Paper::new(&self.unit, &code, number).send(desk, note).await
            }
            2 => self.hand_over(desk, code).await,
            _ => Ok(()),
        }
    }

    /// A run with two more dossiers.
    async fn hand_over(&self, desk: &mut Desk, code: String) -> anyhow::Result<()> {
        let mut codes = vec![code];
        for _ in 1..TURN_DOSSIERS {
            let code = desk.take_in(None).await?;
            lock(&self.heard).codes.push(code.clone());
            codes.push(code);
        }
        let href = desk.hand_over(&codes).await?;
        lock(&self.heard).runs.push(Run { unit: self.unit.clone(), href, codes });
        Ok(())
    }
}

fn lock(heard: &Mutex<Acknowledged>) -> MutexGuard<'_, Acknowledged> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}
