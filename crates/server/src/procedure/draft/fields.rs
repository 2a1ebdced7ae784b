//! Every field of a version as a form has it: filled from a version, and read back with every complaint at once.

pub mod facts;
pub mod papers;
pub mod process;
pub mod results;
pub mod terms;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use motcua_domain::calendar::Limit;
use motcua_domain::procedure::ProcedureVersion;

use crate::import::{clean, clean_line};
use crate::office::Snapshot;
use crate::web::form::{Choice, Form};
use crate::web::locale::Locale;
use crate::web::rows::{ROWS_MAX, Row};

/// A page of the draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Names, fields, who may ask, which unit, how far online.
    Facts,
    /// Cases and their papers.
    Papers,
    /// Channels, limits, fees.
    Terms,
    /// Results and legal bases.
    Results,
    /// The electronic process.
    Process,
}

impl Section {
    /// Every section, in the order in which they are filled in.
    pub const ALL: [Self; 5] = [Self::Facts, Self::Papers, Self::Terms, Self::Results, Self::Process];

    /// The last part of its address.
    pub fn path(self) -> &'static str {
        match self {
            Self::Facts => "thong-tin",
            Self::Papers => "giay-to",
            Self::Terms => "thoi-han",
            Self::Results => "ket-qua",
            Self::Process => "quy-trinh",
        }
    }

    /// The section with this address.
    pub fn from_path(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.path() == path)
    }

    /// Key of its heading.
    pub fn key(self) -> &'static str {
        match self {
            Self::Facts => "catalogue.section_facts",
            Self::Papers => "catalogue.section_papers",
            Self::Terms => "catalogue.section_terms",
            Self::Results => "catalogue.section_results",
            Self::Process => "catalogue.section_process",
        }
    }

    /// Names of its fields and of its lists of rows.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Facts => &facts::NAMES,
            Self::Papers => &["case"],
            Self::Terms => &["terms"],
            Self::Results => &["result", "base"],
            Self::Process => &["own_process", "step"],
        }
    }

    /// Whether a field of this name stands on its page.
    pub fn owns(self, name: &str) -> bool {
        self.names().iter().any(|own| {
            name.strip_prefix(own).is_some_and(|rest| {
                rest.is_empty()
                    || rest
                        .strip_prefix('-')
                        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            })
        })
    }

    /// The section whose page has this field.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.owns(name))
    }
}

/// What a reader of a section needs besides what was typed.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// The language of complaints.
    pub locale: Locale,
    /// The units there are.
    pub office: &'a Snapshot,
}

/// Everything of a version as pairs of a form.
pub fn filled(version: &ProcedureVersion) -> Form {
    let mut form = Form::new();
    facts::fill(&mut form, version);
    papers::fill(&mut form, version);
    terms::fill(&mut form, version);
    results::fill(&mut form, version);
    process::fill(&mut form, version);
    form
}

/// Whether every list of a version fits into a form: what does not is published from a file.
pub fn is_whole(version: &ProcedureVersion) -> bool {
    let lists =
        [version.cases.len(), version.channels.len(), version.results.len(), version.legal_bases.len()];
    let papers = version.cases.iter().map(|case| case.components.len());
    let fees = version.channels.iter().map(|terms| terms.fees.len());
    lists.into_iter().chain(papers).chain(fees).all(|count| count <= ROWS_MAX)
}

/// Reads one section over `version`, and records what is wrong with each field.
pub fn read(section: Section, form: &mut Form, reader: Reader<'_>, version: &mut ProcedureVersion) {
    match section {
        Section::Facts => facts::read(form, reader, version),
        Section::Papers => papers::read(form, reader.locale, version),
        Section::Terms => terms::read(form, reader.locale, version),
        Section::Results => results::read(form, reader.locale, version),
        Section::Process => process::read(form, reader, version),
    }
}

/// Gives every row that has none a key of its own, so that it is known by it from now on.
pub fn name_rows(form: &mut Form) {
    let mut missing = Vec::new();
    for case in form.rows("case") {
        if case.text("key").is_empty() {
            missing.push((case.of("key"), "th"));
        }
        for paper in case.rows("paper") {
            if paper.text("key").is_empty() {
                missing.push((paper.of("key"), "gt"));
            }
        }
    }
    for step in form.rows("step") {
        if step.text("key").is_empty() {
            missing.push((step.of("key"), "buoc"));
        }
    }
    let is_key = |name: &str| name.ends_with("-key");
    let mut taken: BTreeSet<String> =
        form.pairs().iter().filter(|(name, _)| is_key(name)).map(|(_, key)| key.clone()).collect();
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, start) in missing {
        let number = numbers.entry(start).or_default();
        let key = loop {
            *number += 1;
            let key = format!("{start}-{number}");
            if taken.insert(key.clone()) {
                break key;
            }
        };
        form.set(&name, key);
    }
}

fn line(row: &Row<'_>, field: &str) -> String {
    clean_line(row.text(field))
}

fn paragraphs(row: &Row<'_>, field: &str) -> String {
    clean(row.text(field))
}

/// What is wrong with fields of rows, gathered while the rows are borrowed.
#[derive(Default)]
struct Wrong(Vec<(String, &'static str)>);

impl Wrong {
    fn note(&mut self, field: String, key: &'static str) {
        self.0.push((field, key));
    }

    fn tell(self, form: &mut Form, locale: Locale) {
        for (field, key) in self.0 {
            form.refuse(&field, locale.t(key));
        }
    }
}

/// An amount of time in two boxes: a number, and what it counts.
fn limit(row: &Row<'_>, wrong: &mut Wrong) -> Option<Limit> {
    let amount = row.text("amount");
    if amount.is_empty() {
        return None;
    }
    let read = format!("{amount}{}", row.text("unit")).parse();
    if read.is_err() {
        wrong.note(row.of("amount"), "catalogue.mend_limit");
    }
    read.ok()
}

fn fill_limit(form: &mut Form, row: &str, limit: Option<Limit>) {
    let text = limit.map(|limit| limit.to_string()).unwrap_or_default();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    form.set(&format!("{row}-amount"), &text[..digits]);
    form.set(&format!("{row}-unit"), if limit.is_some() { &text[digits..] } else { "wd" });
}

/// What an amount of time counts, in words.
pub fn limit_units(locale: Locale) -> Vec<Choice> {
    ["wd", "wh", "d", "mo"]
        .map(|unit| Choice::new(unit, locale.t(&format!("catalogue.unit_{unit}"))))
        .to_vec()
}

/// A whole number in a box of a row; nothing counts as `empty`.
fn number<T: std::str::FromStr>(row: &Row<'_>, field: &str, empty: T, wrong: &mut Wrong) -> T {
    let text = row.text(field);
    if text.is_empty() {
        return empty;
    }
    text.parse().unwrap_or_else(|_| {
        wrong.note(row.of(field), "catalogue.mend_number");
        empty
    })
}

/// A day in a box of its own, for rows that have many: `9/2/2016`.
fn day(row: &Row<'_>, field: &str, wrong: &mut Wrong) -> Option<Date> {
    let text = row.text(field);
    let read = crate::web::form::parse_day(text);
    if read.is_none() && !text.is_empty() {
        wrong.note(row.of(field), "catalogue.mend_day");
    }
    read
}

#[cfg(test)]
mod tests;
