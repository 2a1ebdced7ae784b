//! `motcua check`: looks at everything the service stands on, and says what is wrong and how to mend it.
//!
//! Nothing is changed: the database is not migrated and no file is made, so that it can be run beside the service.

use std::path::Path;

use crate::cli::{Exit, Place, print};
use crate::clock::Clock;
use crate::web::locale::{Locale, Text};

mod database;
mod folder;
mod store;

pub use folder::free_bytes;

/// Look at configuration, database, disk, clock, fonts, keys, workers and backups; exit with 1 when something is wrong.
#[derive(clap::Args, Debug)]
pub struct Check {
    /// The language of the answer.
    #[arg(long, value_enum, default_value_t = Locale::Vi)]
    lang: Locale,
}

/// How good it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// As it should be.
    Sound,
    /// The service runs, somebody should look at it.
    Note,
    /// Has to be mended.
    Wrong,
}

/// What was found about one thing.
#[derive(Clone, Debug)]
pub struct Finding {
    /// How good it is.
    pub grade: Grade,
    /// What is the case.
    pub said: Text,
    /// How to mend it.
    pub mend: Option<Text>,
}

impl Finding {
    fn sound(said: Text) -> Self {
        Self { grade: Grade::Sound, said, mend: None }
    }

    fn note(said: Text, mend: Text) -> Self {
        Self { grade: Grade::Note, said, mend: Some(mend) }
    }

    fn wrong(said: Text, mend: Text) -> Self {
        Self { grade: Grade::Wrong, said, mend: Some(mend) }
    }
}

impl Check {
    /// Prints a line for each thing; exits with 1 when one is wrong.
    pub fn run(&self, place: &Place) -> anyhow::Result<Exit> {
        let findings = look(place, &Clock::System, self.lang);
        for finding in &findings {
            let mark = match finding.grade {
                Grade::Sound => "✓",
                Grade::Note => "!",
                Grade::Wrong => "✗",
            };
            print(&format!("{mark} {}", finding.said))?;
            if let Some(mend) = &finding.mend {
                print(&format!("  → {mend}"))?;
            }
        }
        let count = |grade| findings.iter().filter(|finding| finding.grade == grade).count();
        let (wrong, notes) = (count(Grade::Wrong), count(Grade::Note));
        print(&self.lang.say("check.sum").arg("wrong", wrong).arg("notes", notes).to_string())?;
        Ok(if wrong == 0 { Exit::Done } else { Exit::CheckFailed })
    }
}

/// Looks at everything.
pub fn look(place: &Place, clock: &Clock, locale: Locale) -> Vec<Finding> {
    let mut findings = configuration(place, locale);
    findings.extend(folder::look(place, locale));
    findings.push(fonts(locale));
    findings.extend(database::look(place, clock, locale));
    findings
}

fn configuration(place: &Place, locale: Locale) -> Vec<Finding> {
    let config = match place.configuration() {
        Ok(config) => config,
        Err(error) => {
            let error = whole(&error);
            return vec![Finding::wrong(
                locale.say("check.config_wrong").arg("error", error),
                locale.say("check.config_mend"),
            )];
        }
    };
    let mut findings = vec![Finding::sound(match &place.config {
        Some(path) => locale.say("check.config").arg("file", path.display()),
        None => locale.say("check.config_none"),
    })];
    let url = config.server.public_url();
    if place.config.is_some() && (url.contains("127.0.0.1") || url.contains("localhost")) {
        findings.push(Finding::note(
            locale.say("check.address_local").arg("url", url),
            locale.say("check.address_mend"),
        ));
    }
    if let Some(metrics) = config.server.metrics.filter(|metrics| metrics.ip().is_unspecified()) {
        findings.push(Finding::note(
            locale.say("check.metrics_open").arg("address", metrics),
            locale.say("check.metrics_mend"),
        ));
    }
    match &config.mail.credentials_file {
        Some(file) if !is_readable(file) => findings.push(Finding::wrong(
            locale.say("check.mail_file").arg("file", file.display()),
            locale.say("check.mail_file_mend"),
        )),
        Some(_) | None if config.mail.relay.is_none() => {
            findings.push(Finding::note(locale.say("check.mail_none"), locale.say("check.mail_mend")));
        }
        Some(_) | None => {}
    }
    findings
}

fn fonts(locale: Locale) -> Finding {
    let typeface = crate::form::typeface::typeface();
    if typeface.fonts.len() == 4 && "ấợữĐỹ".chars().all(|letter| typeface.draws(letter)) {
        Finding::sound(locale.say("check.fonts"))
    } else {
        Finding::wrong(locale.say("check.fonts_wrong"), locale.say("check.fonts_mend"))
    }
}

fn is_readable(file: &Path) -> bool {
    std::fs::File::open(file).is_ok()
}

/// An error with its causes.
fn whole(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}
