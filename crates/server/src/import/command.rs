//! `motcua import`: takes files from a shell, and prints what became of them.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use motcua_domain::office_time;
use motcua_domain::unit::UnitCode;

use crate::app::App;
use crate::calendar::store::Author;
use crate::cli::{Answer, Exit, Place, print};
use crate::import::read::Source;
use crate::import::{ImportError, Report, words};
use crate::web::locale::Locale;

/// Take procedures, units or calendars from files: JSON, JSON lines (also .gz) or CSV.
#[derive(Args, Clone, Debug)]
pub struct Import {
    /// What the files hold.
    #[arg(value_enum)]
    what: What,
    /// The files. Each is taken whole or not at all.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The unit whose calendar the files are; that of the whole office when not given.
    #[arg(long, value_name = "CODE")]
    unit: Option<UnitCode>,
    /// List every finding, not only how many of each kind.
    #[arg(long)]
    details: bool,
    /// The language of the report.
    #[arg(long, value_enum, default_value_t = Locale::Vi)]
    lang: Locale,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// Procedures: objects of the national portal, its flat catalogue, our own format.
    Procedures,
    /// Areas and units: lists of the statistics office, agency codes, our own format.
    Units,
    /// Days off and make-up days: the tables of the holiday data, our own format.
    Calendar,
}

impl Import {
    /// Takes the files and prints a report on each.
    pub fn run(&self, place: &Place) -> anyhow::Result<Exit> {
        if self.unit.is_some() && self.what != What::Calendar {
            eprintln!("--unit belongs to calendars only");
            return Ok(Exit::WrongUse);
        }
        let app = place.open()?;
        let outcomes = match self.what {
            What::Procedures => self.procedures(&app),
            What::Units => self.units(&app),
            What::Calendar => self.calendars(&app),
        };
        let mut exit = Exit::Done;
        for (file, outcome) in outcomes {
            match outcome {
                Ok(report) => print(&words::report(self.lang, &report, self.details))?,
                Err(error) => {
                    exit = match (exit, &error) {
                        (Exit::Done, ImportError::Read { .. } | ImportError::Database(_)) => Exit::CouldNot,
                        (Exit::CouldNot, ImportError::Read { .. } | ImportError::Database(_)) => exit,
                        // What a file says is wrong: that is worth knowing even where another could not be read.
                        _ => Exit::CheckFailed,
                    };
                    eprintln!("{}", words::failure(self.lang, &file, &error).trim_end());
                }
            }
        }
        Ok(exit)
    }

    fn procedures(&self, app: &App) -> Vec<(String, Result<Report, ImportError>)> {
        let now = app.clock.now();
        let (today, at) = (office_time::day_of(now), crate::clock::stored(now));
        let take = |path: &PathBuf| {
            let source = Source::open(path)?;
            crate::procedure::import::import(&app.store, source, today, &at)
        };
        self.files.iter().map(|path| (path.display().to_string(), take(path))).collect()
    }

    fn calendars(&self, app: &App) -> Vec<(String, Result<Report, ImportError>)> {
        let author = Author { id: None, name: crate::calendar::steps::PROGRAM.to_owned() };
        let take = |path: &PathBuf| {
            let source = Source::open(path)?;
            crate::calendar::import::import(&app.store, source, self.unit.as_ref(), &author, app.clock.now())
        };
        self.files.iter().map(|path| (path.display().to_string(), take(path))).collect()
    }

    /// All files are read first, because lists of areas need each other.
    fn units(&self, app: &App) -> Vec<(String, Result<Report, ImportError>)> {
        let today = office_time::day_of(app.clock.now());
        let mut outcomes = Vec::new();
        let mut files = Vec::new();
        for path in &self.files {
            match Source::open(path).and_then(crate::unit::import::read) {
                Ok(read) => files.push((path.display().to_string(), read)),
                Err(error) => outcomes.push((path.display().to_string(), Err(error))),
            }
        }
        files.sort_by_key(|(_, file)| file.kind);
        for (name, file) in files {
            let taken = crate::unit::import::take(&app.store, &file, today);
            outcomes.push((name, taken));
        }
        outcomes
    }
}

/// Write procedures in our own format, one to a line.
#[derive(Args, Clone, Debug)]
pub struct Export {
    /// What to write.
    #[arg(value_enum)]
    what: Exported,
    /// Every version, not only the last of each procedure.
    #[arg(long)]
    all_versions: bool,
    /// Where to; standard output when not given.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Exported {
    /// Procedures.
    Procedures,
    /// Units.
    Units,
}

impl Export {
    /// Writes them.
    pub fn run(&self, place: &Place) -> anyhow::Result<Exit> {
        let app = place.open_existing()?;
        let mut out: Box<dyn std::io::Write> = match &self.to {
            Some(path) => {
                let file = std::fs::File::create(path)
                    .with_context(|| format!("cannot write {}", path.display()))?;
                Box::new(std::io::BufWriter::new(file))
            }
            None => Box::new(std::io::BufWriter::new(Answer::default())),
        };
        match self.what {
            Exported::Procedures => {
                crate::procedure::import::export(&app.store, !self.all_versions, &mut out)?;
            }
            Exported::Units => {
                for unit in app.store.read_sync(crate::unit::store::all)? {
                    serde_json::to_writer(&mut out, &unit)?;
                    out.write_all(b"\n")?;
                }
                out.flush()?;
            }
        }
        Ok(Exit::Done)
    }
}
