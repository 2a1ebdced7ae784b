//! What the rules say about one dossier, in the language of the page.

use std::sync::LazyLock;

use motcua_domain::dossier::{Refusal, Status};
use motcua_domain::procedure::{ElectronicProcess, StepKey};

use crate::dossier::steps::StepError;
use crate::dossier::words;
use crate::office::Snapshot;
use crate::web::error::PageError;
use crate::web::locale::Locale;

/// Names steps while no dossier is open.
static DEFAULT: LazyLock<ElectronicProcess> = LazyLock::new(ElectronicProcess::default_process);

/// Language, names of units, names of steps.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// The language.
    pub locale: Locale,
    /// Names of units.
    pub office: &'a Snapshot,
    /// Names of steps.
    pub process: &'a ElectronicProcess,
}

impl<'a> Words<'a> {
    /// Words while no dossier is open.
    pub fn new(locale: Locale, office: &'a Snapshot) -> Self {
        Self { locale, office, process: &DEFAULT }
    }

    /// Why not, in one sentence.
    pub fn refusal(&self, refusal: &Refusal) -> String {
        words::refusal(self.locale, self.office, self.process, refusal)
    }

    /// The error of a step as a page shows it.
    pub fn error(&self, error: StepError) -> PageError {
        words::page_error(self.locale, self.office, self.process, error)
    }

    /// The name of a step.
    pub fn step(&self, key: &StepKey) -> String {
        words::step(self.locale, self.process, key)
    }

    /// A status.
    pub fn status(&self, status: Status) -> &'static str {
        self.locale.t(&format!("status.{}", status.name()))
    }
}
