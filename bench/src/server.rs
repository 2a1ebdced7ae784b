//! The server under load: the program itself, on a port of its own.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use motcua_db::fault;

/// A running `motcua serve`. Killed when dropped.
pub struct Server {
    child: Child,
    /// Host and port.
    pub address: String,
    /// From being started to taking requests.
    pub started_after: Duration,
}

impl Server {
    /// Starts the program on a data folder and waits until it takes requests.
    pub fn start(program: &Path, data: &Path, database: Option<&str>) -> anyhow::Result<Self> {
        Self::start_to_die(program, data, database, None)
    }

    /// As [`Self::start`], to end by itself at a point of the write road: see [`motcua_db::fault`].
    pub fn start_to_die(
        program: &Path,
        data: &Path,
        database: Option<&str>,
        die_at: Option<&str>,
    ) -> anyhow::Result<Self> {
        let begun = Instant::now();
        let mut command = Command::new(program);
        command.envs(die_at.map(|at| (fault::VARIABLE, at)));
        command.arg("serve").args(["--listen", "127.0.0.1:0"]).arg("--data").arg(data);
        if let Some(url) = database {
            command.args(["--database", url]);
        }
        let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = child.with_context(|| format!("cannot start {}", program.display()))?;
        let output = child.stdout.take().context("the program has no output")?;
        for line in BufReader::new(output).lines() {
            if let Some((_, address)) = line?.split_once("http://") {
                return Ok(Self { child, address: address.to_owned(), started_after: begun.elapsed() });
            }
        }
        child.wait()?;
        anyhow::bail!("{} stopped without serving: is the data folder right?", program.display())
    }

    /// Kills it at once, as a power cut would.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Memory that it holds now, and held at most, in MiB.
    pub fn memory_mib(&self) -> anyhow::Result<(u64, u64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))
            .context("memory is read where Linux tells it")?;
        let of = |name: &str| -> Option<u64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim_start_matches(':').trim().split(' ').next()?.parse::<u64>().ok().map(|kib| kib / 1024)
        };
        Ok((of("VmRSS").unwrap_or(0), of("VmHWM").unwrap_or(0)))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
