//! The fault harness: officers at work, a server killed at a random instant, and the question whether anything that was
//! acknowledged is missing. A failing round prints its seed, with which it is played again.
//!
//! ```text
//! cargo build --release
//! cargo run --release -p motcua-bench --bin faults -- --server target/release/motcua --rounds 100
//! ```

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::Parser;
use motcua_bench::office::{Desk, Logins};
use motcua_bench::server::Server;
use motcua_db::fault::POINTS;

/// Desks at work.
const DESKS: usize = 8;
/// Rounds on one data folder; then a fresh one, so that looking through it stays quick.
const ROUNDS_A_FOLDER: u64 = 25;
/// The latest instant of the kill, in milliseconds after work began.
const KILL_MS_MAX: u64 = 400;
/// Commits after which the program dies at one, at most: signing in takes some forty.
const COMMITS_MAX: u64 = 300;
/// Files and jobs after which it dies at one, at most.
const FILES_MAX: u64 = 6;
/// Messages on one dossier.
const MESSAGES: u32 = 6;

/// Kills a server under load, again and again, and looks for what it acknowledged.
#[derive(Debug, Parser)]
struct Faults {
    /// The program.
    #[arg(long, value_name = "FILE")]
    server: PathBuf,
    /// The database; SQLite in a temporary folder when not given. It must be empty.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// How often it is killed.
    #[arg(long, value_name = "N", default_value_t = 20)]
    rounds: u64,
    /// The seed of the first round; each further round has the next.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The population; a small one of its own when not given.
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
}

/// What a server answered as done.
#[derive(Default)]
struct Acknowledged {
    /// Dossiers taken in.
    codes: Vec<String>,
    /// Messages, with their dossiers.
    messages: Vec<(String, String)>,
    /// Acts of whole lives.
    acts: u64,
}

const SPEC: &str = "title = \"Thử tắt ngang\"\nfrom = \"2026-03-02\"\nto = \"2026-03-06\"\n[province]\ncode = \"H99\"\n\
    name = \"UBND tỉnh Hương Sen\"\n[units.made]\ncommunes = 8\ndossiers = 40\nlate = 0.1\n";

fn main() -> anyhow::Result<()> {
    let faults = Faults::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(faults.run())
}

impl Faults {
    async fn run(&self) -> anyhow::Result<()> {
        let place = std::env::temp_dir().join(format!("motcua-faults-{}", std::process::id()));
        std::fs::create_dir_all(&place)?;
        let done = self.rounds_in(&place).await;
        std::fs::remove_dir_all(&place)?;
        done
    }

    async fn rounds_in(&self, place: &Path) -> anyhow::Result<()> {
        let spec = place.join("spec.toml");
        match &self.spec {
            Some(given) => drop(std::fs::copy(given, &spec)?),
            None => std::fs::write(&spec, SPEC)?,
        }
        let mut all = HashSet::new();
        let (mut codes, mut messages, mut acts) = (0, 0, 0);
        let mut data = PathBuf::new();
        for round in 0..self.rounds {
            // A database is emptied by whoever gave it, so it is kept.
            if data.as_os_str().is_empty()
                || (self.database.is_none() && round.is_multiple_of(ROUNDS_A_FOLDER))
            {
                if !data.as_os_str().is_empty() {
                    std::fs::remove_dir_all(&data)?;
                }
                data = place.join(format!("data-{round}"));
                self.command("simulate", &data, &["--spec", &spec.to_string_lossy()])?;
                all.clear();
            }
            let seed = self.seed + round;
            let heard = self.round(seed, &data, &mut all).await;
            let heard =
                heard.with_context(|| format!("round {round} failed: play it again with --seed {seed}"))?;
            codes += heard.codes.len();
            messages += heard.messages.len();
            acts += heard.acts;
            if (round + 1).is_multiple_of(10) || round + 1 == self.rounds {
                println!(
                    "{} rounds: {codes} dossiers, {messages} messages and {acts} other acts acknowledged, none lost",
                    round + 1
                );
            }
        }
        println!("{} passed, 0 failed", self.rounds);
        Ok(())
    }

    async fn round(&self, seed: u64, data: &Path, all: &mut HashSet<String>) -> anyhow::Result<Acknowledged> {
        let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        // Every other round it dies at a named point of the write road, the others whenever the kill comes.
        let point = POINTS[usize::try_from(chance.below(u64::try_from(POINTS.len())?))?];
        let most = if point.starts_with("commit") { COMMITS_MAX } else { FILES_MAX };
        let die_at = format!("{point}:{}", 1 + chance.below(most));
        let die_at = seed.is_multiple_of(2).then_some(die_at.as_str());
        let mut server = match Server::start_to_die(&self.server, data, self.database.as_deref(), die_at) {
            // It came to its point before it served anybody: what was there before must be there still.
            Err(_) if die_at.is_some() => {
                self.look(&Acknowledged::default(), data, all).await?;
                return Ok(Acknowledged::default());
            }
            server => server?,
        };
        let acknowledged = Arc::new(Mutex::new(Acknowledged::default()));
        let desks = match desks(&server.address, seed).await {
            Err(_) if die_at.is_some() => Vec::new(),
            desks => desks?,
        };
        let mut tasks = Vec::new();
        for (nth, mut desk) in desks.into_iter().enumerate() {
            let acknowledged = Arc::clone(&acknowledged);
            tasks.push(tokio::spawn(async move {
                let note = |change: &dyn Fn(&mut Acknowledged)| {
                    change(&mut acknowledged.lock().unwrap_or_else(PoisonError::into_inner));
                };
                // Ends with an error when the server is gone.
                for turn in 0_u32.. {
                    let code = desk.take_in().await?;
                    note(&|heard| heard.codes.push(code.clone()));
                    for message in 0..MESSAGES {
                        let text = format!("lời nhắn {seed}-{nth}-{turn}-{message}.");
                        desk.message(&code, &text).await?;
                        note(&|heard| heard.messages.push((code.clone(), text.clone())));
                    }
                    if turn.is_multiple_of(3) {
                        desk.settle(&code, |_| note(&|heard| heard.acts += 1)).await?;
                    }
                }
                Ok::<_, anyhow::Error>(())
            }));
        }
        tokio::time::sleep(Duration::from_millis(chance.below(KILL_MS_MAX))).await;
        server.kill()?;
        for task in tasks {
            // What was under way is answered by a broken connection: it may be there or not.
            drop(task.await?);
        }
        let heard = std::mem::take(&mut *acknowledged.lock().unwrap_or_else(PoisonError::into_inner));
        self.look(&heard, data, all).await?;
        Ok(heard)
    }

    /// Starts the server again and looks for everything it acknowledged.
    async fn look(&self, heard: &Acknowledged, data: &Path, all: &mut HashSet<String>) -> anyhow::Result<()> {
        for code in &heard.codes {
            ensure!(all.insert(code.clone()), "code {code} was given twice");
        }
        let mut server = Server::start(&self.server, data, self.database.as_deref())?;
        let logins = Logins::read(&server.address).await?;
        let mut pages: std::collections::HashMap<&str, String> = std::collections::HashMap::new();
        for code in &heard.codes {
            let unit =
                code.rsplit_once('-').and_then(|(rest, _)| rest.rsplit_once('-')).map(|(unit, _)| unit);
            let unit = unit.context("a code without its unit")?.to_lowercase();
            let mut browser = logins.browser(&server.address, &format!("truongphong.{unit}")).await?;
            let page = browser.get(&format!("/can-bo/ho-so/{code}")).await?;
            ensure!(
                page.status.is_success(),
                "dossier {code} was acknowledged and is answered {}",
                page.status
            );
            pages.insert(code, page.page);
        }
        for (code, text) in &heard.messages {
            let page =
                pages.get(code.as_str()).context("a message on a dossier that was not acknowledged")?;
            ensure!(page.contains(text), "a message on {code} was acknowledged and is not there: {text}");
        }
        server.kill()?;
        self.command("verify", data, &[])
    }

    /// Runs a command of the program, which must answer 0.
    fn command(&self, name: &str, data: &Path, rest: &[&str]) -> anyhow::Result<()> {
        let mut command = Command::new(&self.server);
        command.arg(name).args(rest).arg("--data").arg(data);
        if let Some(url) = &self.database {
            command.args(["--database", url]);
        }
        let done = command.stdin(Stdio::null()).output()?;
        let said =
            || String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
        ensure!(done.status.success(), "motcua {name} answered {}: {}", done.status, said());
        Ok(())
    }
}

/// Desks at which work can begin.
async fn desks(address: &str, seed: u64) -> anyhow::Result<Vec<Desk>> {
    let logins = Logins::read(address).await?;
    let units = logins.communes();
    let mut desks = Vec::with_capacity(DESKS);
    for nth in 0..DESKS {
        let number = seed * 1_000_000 + u64::try_from(nth)? * 10_000;
        desks.push(logins.desk(address, &units[nth % units.len()], number).await?);
    }
    Ok(desks)
}

/// Chance that repeats itself: a xorshift, because nothing here is secret.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}
