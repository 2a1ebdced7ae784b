//! The load driver: officers at browsers against a running server, each figure beside the bare engine of the same run.
//!
//! ```text
//! motcua simulate --spec bench/specs/province-10000.toml --data DIR
//! cargo run --release -p motcua-bench --bin load -- --server target/release/motcua --data DIR
//! ```

mod bare;
mod bulk;
mod pages;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use clap::Parser;
use motcua_bench::office::{Desk, Logins};
use motcua_bench::server::{Installation, Server};
use motcua_bench::{Seen, export};

use crate::bare::{Caller, Engine, Visitor};
use crate::pages::Office;

/// Clients of the budgets.
const CLIENTS: [usize; 3] = [8, 32, 64];
/// Callers of the bare engine.
const CALLERS: usize = 64;

/// Plays officers against a server on a simulated office, and measures.
#[derive(Debug, Parser)]
struct Load {
    /// The program.
    #[arg(long, value_name = "FILE")]
    server: PathBuf,
    /// The data folder, filled by `motcua simulate`.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The database; SQLite in the data folder when not given.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// An empty PostgreSQL database for the bare engine, when the database is one.
    #[arg(long, value_name = "URL", requires = "database")]
    bare: Option<String>,
    /// The data folder of another office, whose pages are asked for in turn and compared with.
    #[arg(long, value_name = "DIR")]
    beside: Option<PathBuf>,
    /// Its database; SQLite in its data folder when not given.
    #[arg(long, value_name = "URL", requires = "beside")]
    beside_database: Option<String>,
    /// Seconds of each measurement.
    #[arg(long, value_name = "N", default_value_t = 10)]
    seconds: u64,
    /// Measures steps of that many clients beside the bare engine, and nothing else.
    #[arg(long, value_name = "CLIENTS")]
    steps_only: Option<usize>,
}

fn main() -> anyhow::Result<()> {
    let load = Load::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(load.run())
}

impl Load {
    async fn run(&self) -> anyhow::Result<()> {
        let server = self.start(&self.data, self.database.as_deref())?;
        let logins = Logins::read(&server.address).await?;
        let units = logins.communes();
        ensure!(!units.is_empty(), "the office has no desks: fill it with `motcua simulate`");
        println!("start of the server: {:.0?}; units: {}", server.started_after, units.len());
        if self.steps_only.is_none() {
            self.pages(&server, &logins, &units).await?;
            export::measure(&server, &logins).await?;
            bulk::measure(&server, &logins, &units).await?;
        }
        println!(
            "\n| Clients | Work | per second | p50 | p95 | p99 | of one row | of the rows of a step | of one row over HTTP |"
        );
        println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        let bases = self.bare().await?;
        bases.print();
        for clients in self.steps_only.map_or_else(|| CLIENTS.to_vec(), |clients| vec![clients]) {
            let steps = self.steps(&server, &logins, &units, clients).await?;
            row(clients, "durable step: a message on a dossier", &steps, Some(&bases));
        }
        if self.steps_only.is_none() {
            let (lives, acts) = self.lives(&server, &logins, &units, CLIENTS[0]).await?;
            row(CLIENTS[0], "an act of a life from counter to return", &acts, Some(&bases));
            row(CLIENTS[0], "a whole life", &lives, None);
        }
        self.bare().await?.print();
        let (now, most) = server.memory_mib()?;
        println!("\nmemory of the server: {now} MiB, at most {most} MiB");
        Ok(())
    }

    fn start(&self, data: &Path, database: Option<&str>) -> anyhow::Result<Server> {
        Server::start(&Installation { program: &self.server, data, database, config: None }, &[])
    }

    /// Pages, one after another: nothing else is asked for meanwhile.
    async fn pages(&self, server: &Server, logins: &Logins, units: &[String]) -> anyhow::Result<()> {
        let office = Office::enter(&server.address, logins, units).await?;
        let Some(data) = &self.beside else { return pages::measure(office, None).await };
        let server = self.start(data, self.beside_database.as_deref())?;
        let logins = Logins::read(&server.address).await?;
        let beside = Office::enter(&server.address, &logins, &logins.communes()).await?;
        pages::measure(office, Some(beside)).await
    }

    /// How much of its own the engine makes durable: called in this process, and over HTTP.
    async fn bare(&self) -> anyhow::Result<Bases> {
        ensure!(self.database.is_some() == self.bare.is_some(), "name an empty database with --bare");
        let engine = Engine::open(&self.data, self.bare.as_deref()).await?;
        let callers = || (0..CALLERS).map(|_| engine.caller()).collect();
        let one_row = self.during(callers(), async |one: &mut Caller| Ok(one.write().await?)).await?;
        let of_a_step = self.during(callers(), async |one: &mut Caller| Ok(one.step().await?)).await?;
        let served = engine.serve().await?;
        let visitors = (0..CALLERS).map(|_| served.visitor()).collect();
        let over_http = self.during(visitors, async |one: &mut Visitor| one.send().await).await?;
        drop(served);
        engine.close()?;
        Ok(Bases { one_row, of_a_step, over_http })
    }

    async fn steps(
        &self,
        server: &Server,
        logins: &Logins,
        units: &[String],
        clients: usize,
    ) -> anyhow::Result<Rate> {
        let most = self.seconds * STEPS_MAX / u64::try_from(clients)?;
        let mut desks = Vec::with_capacity(clients);
        for client in 0..clients {
            desks.push(desk(server, logins, units, client).await?);
        }
        // Dossiers enough for everything that is measured: an intake is more than a step.
        let ready = desks.into_iter().map(|desk| Sender::ready(desk, most / MESSAGES + 1));
        let desks = futures_util::future::try_join_all(ready).await?;
        self.during(desks, async |sender: &mut Sender| sender.send().await).await
    }

    /// Lives from counter to return, and their single acts.
    async fn lives(
        &self,
        server: &Server,
        logins: &Logins,
        units: &[String],
        clients: usize,
    ) -> anyhow::Result<(Rate, Rate)> {
        let mut desks = Vec::with_capacity(clients);
        for client in 0..clients {
            let mut at = Vec::new();
            for unit in (client..units.len().max(client + 1)).step_by(clients) {
                at.push(desk(server, logins, units, unit).await?);
            }
            desks.push(Living { desks: at, lived: 0, acts: Vec::new() });
        }
        let acts = Arc::new(std::sync::Mutex::new(Vec::new()));
        let all = Arc::clone(&acts);
        let lives = self
            .during(desks, async move |living: &mut Living| {
                living.live().await?;
                let mut all = all.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                all.append(&mut living.acts);
                Ok(())
            })
            .await?;
        let times = std::mem::take(&mut *acts.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        let per_second = per_second(times.len(), lives.took);
        let acts = Rate { per_second, took: lives.took, seen: Seen::of(times).context("no act was done")? };
        Ok((lives, acts))
    }

    /// Lets all clients work at once, each again and again.
    async fn during<C: Send + 'static>(
        &self,
        clients: Vec<C>,
        work: impl AsyncFn(&mut C) -> anyhow::Result<()>,
    ) -> anyhow::Result<Rate> {
        let stop = AtomicBool::new(false);
        let begun = Instant::now();
        let client = async |mut client: C| {
            let mut times = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let begun = Instant::now();
                work(&mut client).await?;
                times.push(begun.elapsed());
            }
            Ok::<Vec<Duration>, anyhow::Error>(times)
        };
        let until = async {
            tokio::time::sleep(Duration::from_secs(self.seconds)).await;
            stop.store(true, Ordering::Relaxed);
            Ok::<(), anyhow::Error>(())
        };
        let ((), times) =
            tokio::try_join!(until, futures_util::future::try_join_all(clients.into_iter().map(client)))?;
        let times: Vec<Duration> = times.into_iter().flatten().collect();
        let took = begun.elapsed();
        let per_second = per_second(times.len(), took);
        Ok(Rate { per_second, took, seen: Seen::of(times).context("nothing was done")? })
    }
}

/// What was reached.
struct Rate {
    per_second: f64,
    took: Duration,
    seen: Seen,
}

fn per_second(times: usize, took: Duration) -> f64 {
    f64::from(u32::try_from(times).unwrap_or(u32::MAX)) / took.as_secs_f64()
}

/// What the bare engine reaches, which steps are held against.
struct Bases {
    /// One row, called.
    one_row: Rate,
    /// The rows that a step writes, called.
    of_a_step: Rate,
    /// One row, by a form over HTTP.
    over_http: Rate,
}

impl Bases {
    fn print(&self) {
        row(CALLERS, "bare engine: one row, durable", &self.one_row, None);
        row(CALLERS, "bare engine: the rows of a step, durable", &self.of_a_step, None);
        row(CALLERS, "bare engine over HTTP: a form, one row, durable", &self.over_http, None);
    }
}

/// A line of the table.
fn row(clients: usize, work: &str, rate: &Rate, bases: Option<&Bases>) {
    let seen = rate.seen;
    let of = |base: fn(&Bases) -> &Rate| {
        bases.map_or_else(
            || "–".to_owned(),
            |bases| format!("{:.2}", rate.per_second / base(bases).per_second),
        )
    };
    println!(
        "| {clients} | {work} | {:.0} | {:.1?} | {:.1?} | {:.1?} | {} | {} | {} |",
        rate.per_second,
        seen.p50,
        seen.p95,
        seen.p99,
        of(|bases| &bases.one_row),
        of(|bases| &bases.of_a_step),
        of(|bases| &bases.over_http)
    );
}

async fn desk(server: &Server, logins: &Logins, units: &[String], client: usize) -> anyhow::Result<Desk> {
    desk_of(server, logins, &units[client % units.len()], client).await
}

async fn desk_of(server: &Server, logins: &Logins, unit: &str, client: usize) -> anyhow::Result<Desk> {
    logins.desk(&server.address, unit, u64::try_from(client)? * 1_000_000).await
}

/// Messages on one dossier: a journal has a length people still read.
const MESSAGES: u64 = 20;
/// Steps of a second for which there are dossiers.
const STEPS_MAX: u64 = 12_000;

/// A desk that writes to its applicants.
struct Sender {
    desk: Desk,
    codes: Vec<String>,
    sent: u64,
}

impl Sender {
    /// A desk with this many dossiers.
    async fn ready(mut desk: Desk, dossiers: u64) -> anyhow::Result<Self> {
        let codes = desk.take_in_many(usize::try_from(dossiers)?).await?;
        Ok(Self { desk, codes, sent: 0 })
    }

    async fn send(&mut self) -> anyhow::Result<()> {
        let nth = usize::try_from(self.sent / MESSAGES)?;
        self.sent += 1;
        let code = self.codes.get(nth).context("more steps than there are dossiers for")?;
        self.desk.message(code, "Mang theo bản chính khi đến.").await
    }
}

/// Somebody who brings dossiers to their end, at one desk after another: each result is a file, and nobody may send as
/// many files as one desk alone would here.
struct Living {
    desks: Vec<Desk>,
    lived: usize,
    acts: Vec<Duration>,
}

impl Living {
    async fn live(&mut self) -> anyhow::Result<()> {
        let turn = self.lived % self.desks.len();
        self.lived += 1;
        let (desk, acts) = (&mut self.desks[turn], &mut self.acts);
        let code = desk.take_in(None).await?;
        desk.settle(&code, |took| acts.push(took)).await
    }
}
