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

/// A running `motcua work`. Killed when dropped, as a power cut would.
pub struct Worker {
    _process: Process,
}

impl Worker {
    /// Starts the program on a data folder.
    pub fn start(program: &Path, data: &Path, database: Option<&str>) -> anyhow::Result<Self> {
        let mut command = command(program, "work", data, database);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = child.with_context(|| format!("cannot start {}", program.display()))?;
        Ok(Self { _process: Process(child) })
    }
}

/// A command of the program, where the data is.
pub fn command(program: &Path, name: &str, data: &Path, database: Option<&str>) -> Command {
    let mut command = Command::new(program);
    command.arg(name).arg("--data").arg(data).stdin(Stdio::null());
    if let Some(url) = database {
        command.args(["--database", url]);
    }
    command
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
    /// Starts the program on a data folder and waits until it takes requests.
    pub fn start(program: &Path, data: &Path, database: Option<&str>) -> anyhow::Result<Self> {
        Self::start_with(program, data, database, &[])
    }

    /// As [`Self::start`], with more in its environment.
    pub fn start_with(
        program: &Path,
        data: &Path,
        database: Option<&str>,
        environment: &[(&str, &Path)],
    ) -> anyhow::Result<Self> {
        let begun = Instant::now();
        let mut command = command(program, "serve", data, database);
        command.envs(environment.iter().copied()).args(["--listen", "127.0.0.1:0"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = child.with_context(|| format!("cannot start {}", program.display()))?;
        let output = child.stdout.take().context("the program has no output")?;
        for line in BufReader::new(output).lines() {
            if let Some((_, address)) = line?.split_once("http://") {
                let process = Process(child);
                return Ok(Self { process, address: address.to_owned(), started_after: begun.elapsed() });
            }
        }
        child.wait()?;
        anyhow::bail!("{} stopped without serving: is the data folder right?", program.display())
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
