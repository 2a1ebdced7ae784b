//! What goes wrong in a round, while officers work.

use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::ValueEnum;
use motcua_db::fault::POINTS;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};

use crate::Office;
use crate::chance::Chance;
use crate::machine::{Disk, Machine};
use crate::store;
use crate::work::{Acknowledged, SECOND_SERVER, Work};

/// The latest instant at which something goes wrong, in milliseconds after work began.
const BEGIN_MS_MAX: u64 = 400;
/// Commits after which the program dies at one, at most: signing in takes some forty.
const COMMITS_MAX: u64 = 300;
/// Files and jobs after which it dies at one, at most.
const FILES_MAX: u64 = 6;
/// Steps of the clock in one round.
const CLOCK_STEPS: usize = 4;
/// How far the clock is stepped, in seconds, forth or back.
const CLOCK_SECONDS: [i64; 5] = [1, 90, 3_600, 86_400, 3 * 86_400];
/// What was flushed before the disk failed is answered by then.
const ANSWERED_AFTER: Duration = Duration::from_secs(1);
/// How long it is watched that nothing is acknowledged.
const WATCHED: Duration = Duration::from_millis(500);
/// Processes that do jobs besides the servers.
const WORKERS: usize = 4;
/// How long after a fault something must be acknowledged again.
const RECOVERED_AFTER: Duration = Duration::from_secs(30);

/// What goes wrong. However it ends, the server is killed afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Fault {
    /// The server is killed whenever it comes.
    Kill,
    /// It dies at a named point of the write road.
    Point,
    /// The power is cut: what the disk had not flushed is lost with the server.
    Power,
    /// The clock is stepped forth and back.
    Clock,
    /// The disk is full for a while.
    Full,
    /// The disk does not flush for a while.
    Flush,
    /// The connections to PostgreSQL are cut.
    Cut,
    /// PostgreSQL is killed, and started again.
    Restart,
    /// Another server and workers on the same PostgreSQL are killed.
    Several,
}

/// Where something can go wrong.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The machine that the server runs on, when it can misbehave.
    pub machine: Option<&'a Machine>,
    /// The PostgreSQL database.
    pub database: Option<&'a str>,
    /// What kills PostgreSQL and starts it again.
    pub restart: Option<&'a str>,
}

impl Fault {
    /// Every fault that can be caused here.
    pub fn possible(place: Place<'_>) -> Vec<Self> {
        let has = |fault: &Self| match fault {
            Self::Kill | Self::Point => true,
            Self::Clock => place.machine.is_some(),
            // What it would meet on PostgreSQL is PostgreSQL's own.
            Self::Power | Self::Full | Self::Flush => place.machine.is_some() && place.database.is_none(),
            Self::Cut | Self::Several => place.database.is_some(),
            Self::Restart => place.database.is_some() && place.restart.is_some(),
        };
        Self::value_variants().iter().copied().filter(has).collect()
    }

    /// As the command line names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Point => "point",
            Self::Power => "power",
            Self::Clock => "clock",
            Self::Full => "full",
            Self::Flush => "flush",
            Self::Cut => "cut",
            Self::Restart => "restart",
            Self::Several => "several",
        }
    }

    /// The point of the write road at which the server is to die.
    pub fn die_at(self, chance: &mut Chance) -> Option<String> {
        if self != Self::Point {
            return None;
        }
        let point = chance.one_of(&POINTS);
        let most = if point.starts_with("commit") { COMMITS_MAX } else { FILES_MAX };
        Some(format!("{point}:{}", 1 + chance.below(most)))
    }

    /// Causes it while officers work, and ends it. Afterwards work must go on, unless the server was to die. What
    /// another server acknowledged is answered.
    pub async fn cause(
        self,
        office: &Office<'_>,
        place: Place<'_>,
        work: &Work,
        seed: u64,
        chance: &mut Chance,
    ) -> anyhow::Result<Acknowledged> {
        let mut elsewhere = Acknowledged::default();
        chance.pause(BEGIN_MS_MAX).await;
        let machine = || place.machine.context("the machine cannot misbehave: is there a C compiler?");
        let database = || place.database.context("there is no PostgreSQL").map(str::to_owned);
        match self {
            Self::Kill | Self::Point | Self::Power => return Ok(elsewhere),
            Self::Clock => {
                for _ in 0..CLOCK_STEPS {
                    let seconds = chance.one_of(&CLOCK_SECONDS);
                    machine()?.step_clock(if chance.below(2) == 0 { seconds } else { -seconds })?;
                    chance.pause(BEGIN_MS_MAX).await;
                }
            }
            Self::Full => {
                machine()?.turn_disk(Disk::Full)?;
                chance.pause(BEGIN_MS_MAX).await;
            }
            Self::Flush => {
                machine()?.turn_disk(Disk::NeverFlushes)?;
                sleep(ANSWERED_AFTER).await;
                let before = work.heard();
                sleep(WATCHED).await;
                let more = work.heard() - before;
                ensure!(more == 0, "{more} changes were acknowledged that the disk had not flushed");
            }
            Self::Cut => {
                let url = database()?;
                spawn_blocking(move || store::cut(&url)).await??;
            }
            Self::Restart => {
                let command = place.restart.context("what restarts PostgreSQL?")?.to_owned();
                spawn_blocking(move || run(&command)).await??;
            }
            Self::Several => elsewhere = several(office, seed, chance).await?,
        }
        if let Some(machine) = place.machine {
            machine.mend()?;
        }
        work_goes_on(work).await?;
        chance.pause(BEGIN_MS_MAX).await;
        Ok(elsewhere)
    }
}

/// Another server and workers, killed while everybody works. What the server acknowledged is answered.
async fn several(office: &Office<'_>, seed: u64, chance: &mut Chance) -> anyhow::Result<Acknowledged> {
    let workers = (0..WORKERS).map(|_| office.work()).collect::<anyhow::Result<Vec<_>>>()?;
    let mut server = office.start(&[])?;
    let work = Work::begin(&server.address, SECOND_SERVER, seed).await?;
    for worker in workers {
        chance.pause(BEGIN_MS_MAX).await;
        drop(worker);
    }
    work_goes_on(&work).await?;
    chance.pause(BEGIN_MS_MAX).await;
    work.give_up();
    server.kill()?;
    work.end().await
}

/// Waits until something is acknowledged.
async fn work_goes_on(work: &Work) -> anyhow::Result<()> {
    let (before, begun) = (work.heard(), Instant::now());
    while work.heard() == before {
        ensure!(
            begun.elapsed() < RECOVERED_AFTER,
            "nothing was acknowledged for {RECOVERED_AFTER:?} after it was over"
        );
        sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

fn run(command: &str) -> anyhow::Result<()> {
    let status = Command::new("sh").args(["-c", command]).stdin(Stdio::null()).stdout(Stdio::null()).status();
    let status = status?;
    ensure!(status.success(), "{command}: {status}");
    Ok(())
}
