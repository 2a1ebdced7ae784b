//! From an object of the national portal's API to a version of our catalogue.
//!
//! What the portal is known to get wrong is reported and never guessed: a limit of unit OTHER has no number, a fee
//! of 0 is a fee somebody else sets, `required` is false on every paper, the level of vertical agencies is not true.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use motcua_domain::office_time;
use motcua_domain::procedure::{
    Channel, Competence, Field, LegalBase, OnlineLevel, ProcedureLevel, ProcedureResult, ProcedureVersion,
    PublicationDecision, Source, Subject,
};
use motcua_domain::unit::UnitLevel;
use serde_json::Value;

use crate::import::{Problem, clean, clean_line, problem::BadValue};
use crate::procedure::import::level;
use crate::procedure::import::wire::{Formality, Named};

mod papers;
mod terms;

/// What the source is called.
pub const SOURCE_NAME: &str = "dichvucong.gov.vn";

/// The most characters of one text of a procedure.
const TEXT_CHARS_MAX: usize = 200_000;

/// A row on its way into the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// The version, not yet numbered.
    pub version: ProcedureVersion,
    /// Whether the source says from which day it is in force. Otherwise `valid_from` is the day of the import.
    pub is_dated: bool,
    /// What in the source deserves a look: keys of sentences, and values.
    pub notes: Vec<Note>,
}

/// Something found in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Key of the sentence.
    pub key: &'static str,
    /// The value found.
    pub value: String,
}

/// Collects notes on one row.
#[derive(Debug, Default)]
struct Notes(Vec<Note>);

impl Notes {
    fn add(&mut self, key: &'static str, value: impl Into<String>) {
        self.0.push(Note { key, value: value.into() });
    }
}

/// Whether a JSON object looks like one of the portal's.
pub fn is_portal_object(value: &Value) -> bool {
    value.get("executionMethods").is_some()
}

/// Reads an object of the portal. `today` is the first day of a version whose source names none.
pub fn read(value: Value, today: Date) -> Result<Incoming, BadValue> {
    let formality: Formality = serde_path_to_error::deserialize(value).map_err(|error| {
        let column = error.path().to_string();
        Problem::json(&error.into_inner()).in_column(column)
    })?;
    convert(&formality, today)
}

fn convert(from: &Formality, today: Date) -> Result<Incoming, BadValue> {
    let mut notes = Notes::default();
    let code = from.code.trim().parse();
    let code = code.map_err(|_| Problem::new("import.not_a_procedure_code", &from.code).in_column("code"))?;
    let name = clean_line(&from.name);
    if name.is_empty() {
        return Err(Problem::new("import.missing", "").in_column("name"));
    }
    let steps = steps(from);
    for (column, text) in
        [("executionSteps", &steps), ("requirementsAndConditions", &from.requirements_and_conditions)]
    {
        if TEXT_CHARS_MAX < text.chars().count() {
            return Err(Problem::new("import.text_too_long", TEXT_CHARS_MAX).in_column(column));
        }
    }
    let publication = publication(from, &mut notes);
    let valid_from = publication.as_ref().and_then(|decision| decision.date);
    if valid_from.is_none() {
        notes.add("procedure.found_no_date", "");
    }
    let levels = levels(from, &mut notes);
    let channels = terms::channels(from, &mut notes)?;
    let online = online(from, channels.iter().any(|terms| terms.channel == Channel::Online), &mut notes);
    let version = ProcedureVersion {
        fields: from.categories_details.iter().filter_map(field).collect(),
        competence: competence(&levels, &mut notes),
        levels,
        subjects: from.subject_types_details.iter().filter_map(subject).collect(),
        publication,
        steps,
        cases: papers::cases(from, &mut notes),
        postal: channels.iter().any(|terms| terms.channel == Channel::Post),
        channels,
        results: from.results_details.iter().filter_map(result).collect(),
        legal_bases: from.legal_basises_details.iter().filter_map(legal_base).collect(),
        requirements: clean(&from.requirements_and_conditions),
        executing_agency: executing_agency(from),
        online,
        non_territorial: from.is_non_territorial,
        internal: from.is_internal,
        keywords: keywords(from),
        source: Some(Source { name: SOURCE_NAME.to_owned(), id: from.id.trim().to_owned() }),
        ..ProcedureVersion::new(code, name, valid_from.unwrap_or(today))
    };
    Ok(Incoming { version, is_dated: valid_from.is_some(), notes: notes.0 })
}

fn steps(from: &Formality) -> String {
    let parts = from.execution_steps.iter().flat_map(|step| [clean(&step.name), clean(&step.description)]);
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The portal leaves `decisionNo` empty and keeps the number with the proposal.
fn publication(from: &Formality, notes: &mut Notes) -> Option<PublicationDecision> {
    let proposal = from.procedure_proposal.as_ref();
    let own = clean_line(&from.decision_no);
    let number = if own.is_empty() {
        let number = clean_line(&proposal?.proposal_number);
        notes.add("procedure.found_number_with_proposal", &number);
        number
    } else {
        own
    };
    if number.is_empty() {
        return None;
    }
    let signed = proposal.and_then(|proposal| proposal.decision_date);
    let issuer = proposal.and_then(|proposal| proposal.issuing_agency.as_ref());
    Some(PublicationDecision {
        number,
        date: signed.and_then(|at| Timestamp::from_millisecond(at).ok()).map(office_time::day_of),
        effective: None,
        kind: None,
        issuer: issuer
            .map_or_else(|| clean_line(&from.department_promulgate_name), |agency| clean_line(&agency.name)),
    })
}

fn levels(from: &Formality, notes: &mut Notes) -> BTreeSet<ProcedureLevel> {
    let flags = [
        (from.is_ministry, ProcedureLevel::Ministry),
        (from.is_province, ProcedureLevel::Province),
        (from.is_ward, ProcedureLevel::Commune),
        (from.is_other_agency, ProcedureLevel::Other),
    ];
    let stated: BTreeSet<_> = flags.into_iter().filter_map(|(is, level)| is.then_some(level)).collect();
    let of_vertical_field = from.categories_details.iter().any(|field| level::is_vertical(&field.name));
    if from.is_vertical || of_vertical_field || level::is_vertical(&from.executing_agencies) {
        notes.add("procedure.found_vertical", names(&stated));
        return level::vertical();
    }
    if stated.is_empty() {
        notes.add("procedure.found_no_level", "");
    }
    stated
}

fn names(levels: &BTreeSet<ProcedureLevel>) -> String {
    levels.iter().map(|level| level.name()).collect::<Vec<_>>().join(", ")
}

/// Only a procedure of communes alone says which unit is competent: the commune of the area. A province has many
/// departments, and the portal does not name them by code.
fn competence(levels: &BTreeSet<ProcedureLevel>, notes: &mut Notes) -> Competence {
    if *levels == BTreeSet::from([ProcedureLevel::Commune]) {
        return Competence::Area(UnitLevel::Commune);
    }
    notes.add("procedure.found_no_competent_unit", names(levels));
    Competence::Dispatcher
}

fn online(from: &Formality, has_channel: bool, notes: &mut Notes) -> OnlineLevel {
    match (from.is_full_process, has_channel) {
        (true, true) => OnlineLevel::Full,
        (false, true) => {
            notes.add("procedure.found_no_reason_for_partial", "");
            OnlineLevel::Partial { reason: String::new() }
        }
        (true, false) => {
            notes.add("procedure.found_online_without_channel", "");
            OnlineLevel::None
        }
        (false, false) => OnlineLevel::None,
    }
}

fn field(from: &Named) -> Option<Field> {
    let (code, name) = named(from)?;
    Some(Field { code, name })
}

fn subject(from: &Named) -> Option<Subject> {
    let (code, name) = named(from)?;
    Some(Subject { code, name })
}

fn result(from: &Named) -> Option<ProcedureResult> {
    let (code, name) = named(from)?;
    Some(ProcedureResult { code, name, kind: None, validity_months: None })
}

fn legal_base(from: &Named) -> Option<LegalBase> {
    let (number, name) = named(from)?;
    Some(LegalBase { number, name, date: None, issuer: String::new() })
}

/// Code and name; the code stands in for a name that is missing.
fn named(from: &Named) -> Option<(String, String)> {
    let (code, name) = (clean_line(&from.code), clean_line(&from.name));
    match (code.is_empty(), name.is_empty()) {
        (true, true) => None,
        (false, true) => Some((code.clone(), code)),
        (_, false) => Some((code, name)),
    }
}

fn executing_agency(from: &Formality) -> String {
    let stated = clean_line(&from.executing_agencies);
    if !stated.is_empty() {
        return stated;
    }
    let agencies = from.departments_executing.iter().chain(&from.unit_groups_executing);
    let mut names: Vec<String> = agencies.map(|agency| clean_line(&agency.name)).collect();
    names.retain(|name| !name.is_empty());
    names.join("; ")
}

/// Words people search by: the portal's own, and the events of life it files the procedure under.
fn keywords(from: &Formality) -> Vec<String> {
    let own = from.keywords.split([',', ';']).map(clean_line);
    let events = from.service_groups_details.iter().map(|group| clean_line(&group.name));
    let mut words: Vec<String> = Vec::new();
    for word in own.chain(events) {
        if !word.is_empty() && !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

#[cfg(test)]
mod tests;
