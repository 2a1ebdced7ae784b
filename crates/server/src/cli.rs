//! The command line: what each command is called and which folder does it.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use motcua_db::{Database, DbError};

use crate::app::StartError;
use crate::config::{Config, ConfigError};

const EXIT_CODES: &str = "Exit codes: 0 done, 1 a check failed, 2 wrong use, 3 could not.";

/// A free one-stop shop for local government: one program, one data folder.
#[derive(Debug, Parser)]
#[command(name = "motcua", version, about, after_help = EXIT_CODES)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

/// Where the data is. Every command takes it.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Where the data is")]
pub struct Place {
    /// The data folder.
    #[arg(long, global = true, default_value = "./data", value_name = "DIR")]
    pub data: PathBuf,
    /// The database: a PostgreSQL URL; SQLite in the data folder when not given.
    #[arg(long, global = true, value_name = "URL")]
    pub database: Option<String>,
    /// The configuration file.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the first administrator of an office, or let one in again.
    Administrator(crate::account::administrator::Administrator),
    /// Write one file with everything: the database of one moment and every file it names.
    Backup(crate::backup::write::Backup),
    /// Make a pair of keys for backups: the secret key is written to a file, the public key is printed.
    BackupKey(crate::backup::seal::BackupKey),
    /// Look at configuration, database, disk, clock and the rest: what is wrong, and how to mend it.
    Check(crate::check::Check),
    /// Fill an empty data folder with a demonstration province, and serve it.
    Demo(crate::demo::Demo),
    /// When a dossier is due, and why.
    Deadline(crate::calendar::deadline::Deadline),
    /// Write procedures or units in our own format.
    Export(crate::import::command::Export),
    /// Take procedures, units or calendars from files.
    Import(crate::import::command::Import),
    /// Fill an empty place from a backup.
    Restore(crate::backup::restore::Restore),
    /// Serve pages and API, workers included.
    Serve(crate::web::serve::Serve),
    /// Fill an empty place with a described population of dossiers.
    Simulate(crate::simulate::Simulate),
    /// Compute everything again from the journal; name the first difference.
    Verify(crate::dossier::verify::Verify),
    /// Do jobs (mail, time limits, recounts, seals, sweeping) and serve nothing.
    Work(crate::web::serve::Work),
}

/// What a command came to: the exit codes of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: a check failed.
    CheckFailed,
    /// 2: wrong use.
    WrongUse,
    /// 3: could not.
    CouldNot,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => Self::SUCCESS,
            Exit::CheckFailed => Self::from(1),
            Exit::WrongUse => Self::from(2),
            Exit::CouldNot => Self::from(3),
        }
    }
}

/// Runs the command that was typed.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Administrator(administrator) => administrator.run(&cli.place),
        Command::Backup(backup) => backup.run(&cli.place),
        Command::BackupKey(key) => key.run(&cli.place),
        Command::Check(check) => check.run(&cli.place),
        Command::Demo(demo) => demo.run(&cli.place),
        Command::Deadline(deadline) => deadline.run(&cli.place),
        Command::Export(export) => export.run(&cli.place),
        Command::Import(import) => import.run(&cli.place),
        Command::Restore(restore) => restore.run(&cli.place),
        Command::Serve(serve) => serve.run(&cli.place),
        Command::Simulate(simulate) => simulate.run(&cli.place),
        Command::Verify(verify) => verify.run(&cli.place),
        Command::Work(work) => work.run(&cli.place),
    };
    match done {
        Ok(exit) => exit.into(),
        Err(error) => {
            eprintln!("motcua: {error:#}");
            Exit::CouldNot.into()
        }
    }
}

/// Prints an answer and a line end.
pub fn print(text: &str) -> std::io::Result<()> {
    writeln!(Answer::default(), "{text}")
}

/// Where answers go: standard output. Whoever reads them may stop reading early, as `head` does; what is written
/// from then on goes nowhere.
#[derive(Debug)]
pub struct Answer(std::io::StdoutLock<'static>);

impl Default for Answer {
    fn default() -> Self {
        Self(std::io::stdout().lock())
    }
}

impl std::io::Write for Answer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        unless_closed(self.0.write(bytes), bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        unless_closed(self.0.flush(), ())
    }
}

/// What came of writing, or `all_of_it` when nobody reads any more.
fn unless_closed<T>(written: std::io::Result<T>, all_of_it: T) -> std::io::Result<T> {
    match written {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(all_of_it),
        done => done,
    }
}

impl Place {
    /// Whether there is a database to open, rather than one to make.
    pub fn has_database(&self) -> bool {
        self.database.is_some() || self.data.join("motcua.sqlite").exists()
    }

    /// The database: SQLite in the data folder unless another was named.
    pub fn address(&self) -> Result<Database, DbError> {
        match &self.database {
            Some(url) => url.parse(),
            None => Ok(Database::Sqlite(self.data.join("motcua.sqlite"))),
        }
    }

    /// The configuration: every value has a default.
    pub fn configuration(&self) -> Result<Config, ConfigError> {
        self.config.as_deref().map_or_else(|| Ok(Config::default()), Config::read)
    }

    /// Refuses a folder that a demonstration, a simulation or a restore left half filled.
    pub fn refuse_unfinished(&self) -> anyhow::Result<()> {
        crate::filling::refuse_unfinished(self)
    }

    /// Opens the installation with the clock of this machine.
    pub fn open(&self) -> anyhow::Result<crate::app::App> {
        self.open_on(None)
    }

    /// Opens the installation to be served on `listen`, or on the address of the configuration.
    pub fn open_on(&self, listen: Option<SocketAddr>) -> anyhow::Result<crate::app::App> {
        let mut config = self.configuration()?;
        config.server.listen = listen.unwrap_or(config.server.listen);
        self.open_with(config, crate::clock::Clock::System)
    }

    /// Refuses a folder without an installation: a mistyped folder is not a new office.
    pub fn refuse_absent(&self) -> anyhow::Result<()> {
        self.refuse_unfinished()?;
        anyhow::ensure!(
            self.has_database(),
            "there is no installation in {folder}: name its folder with --data, or begin one with `motcua import units FILE --data {folder}`",
            folder = self.data.display()
        );
        Ok(())
    }

    /// Opens an installation that is there.
    pub fn open_existing(&self) -> anyhow::Result<crate::app::App> {
        self.refuse_absent()?;
        self.open()
    }

    /// Opens the installation with this configuration and clock.
    pub fn open_with(&self, config: Config, clock: crate::clock::Clock) -> anyhow::Result<crate::app::App> {
        self.refuse_unfinished()?;
        let random = crate::random::Random::from_os();
        let opening = crate::app::Opening {
            data: self.data.clone(),
            database: self.database.clone(),
            config,
            clock,
            random,
        };
        crate::app::App::open(opening).map_err(|error| {
            let is_silent = matches!(error, StartError::Database(DbError::Engine(_)));
            let error = anyhow::Error::new(error);
            if is_silent && self.database.is_some() {
                error.context(
                    "the database of --database does not answer: check that it runs, and the address",
                )
            } else {
                error
            }
        })
    }
}

/// Reads an address to listen on.
pub fn listen_address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "write an address and a port, such as 127.0.0.1:8080 or 0.0.0.0:8080".to_owned())
}
