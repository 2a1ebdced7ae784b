//! The server under load: the program itself, on a port of its own.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;

/// A running process. Killed when dropped.
struct Process(Child);

impl Process {
    fn kill(&mut self) -> std::io::Result<()> {
        self.0.kill()?;
        self.0.wait()?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.kill());
    }
}

/// Where a program and its data are.
#[derive(Clone, Copy)]
pub struct Installation<'a> {
    /// The program.
    pub program: &'a Path,
    /// The data folder.
    pub data: &'a Path,
    /// The PostgreSQL database; SQLite in the data folder when there is none.
    pub database: Option<&'a str>,
    /// The configuration file.
    pub config: Option<&'a Path>,
}

impl Installation<'_> {
    /// A command of the program.
    pub fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.program);
        command.arg(name).arg("--data").arg(self.data).stdin(Stdio::null());
        if let Some(url) = self.database {
            command.args(["--database", url]);
        }
        if let Some(config) = self.config {
            command.arg("--config").arg(config);
        }
        command
    }

    fn spawn(&self, mut command: Command) -> anyhow::Result<Child> {
        command.spawn().with_context(|| format!("cannot start {}", self.program.display()))
    }
}

/// A running `motcua work`. Killed when dropped, as a power cut would.
pub struct Worker {
    _process: Process,
}

impl Worker {
    /// Starts the program.
    pub fn start(here: &Installation<'_>) -> anyhow::Result<Self> {
        let mut command = here.command("work");
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Ok(Self { _process: Process(here.spawn(command)?) })
    }
}

/// A running `motcua serve`. Killed when dropped.
pub struct Server {
    process: Process,
    /// Host and port.
    pub address: String,
    /// From being started to taking requests.
    pub started_after: Duration,
}

impl Server {
    /// Starts the program, with more in its environment, and waits until it takes requests.
    pub fn start(here: &Installation<'_>, environment: &[(&str, &Path)]) -> anyhow::Result<Self> {
        let begun = Instant::now();
        let mut command = here.command("serve");
        command.envs(environment.iter().copied()).args(["--listen", "127.0.0.1:0"]);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = here.spawn(command)?;
        let output = child.stdout.take().context("the program has no output")?;
        for line in BufReader::new(output).lines() {
            if let Some((_, address)) = line?.split_once("http://") {
                let process = Process(child);
                return Ok(Self { process, address: address.to_owned(), started_after: begun.elapsed() });
            }
        }
        child.wait()?;
        anyhow::bail!("{} stopped without serving: is the data folder right?", here.program.display())
    }

    /// Kills it at once, as a power cut would.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        Ok(self.process.kill()?)
    }

    /// Lets the most it ever held be what it holds now.
    pub fn forget_peak(&self) -> anyhow::Result<()> {
        let path = format!("/proc/{}/clear_refs", self.process.0.id());
        std::fs::write(path, "5").context("the peak of memory is forgotten where Linux does so")
    }

    /// Memory that it holds now, and held at most, in MiB.
    pub fn memory_mib(&self) -> anyhow::Result<(u64, u64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.0.id()))
            .context("memory is read where Linux tells it")?;
        let of = |name: &str| -> Option<u64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim_start_matches(':').trim().split(' ').next()?.parse::<u64>().ok().map(|kib| kib / 1024)
        };
        Ok((of("VmRSS").unwrap_or(0), of("VmHWM").unwrap_or(0)))
    }
}
