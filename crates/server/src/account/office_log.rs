//! The office log: every change to people, roles and settings, append-only and chained by hash like the journal of
//! a dossier.

pub mod pages;
pub mod store;

use std::collections::BTreeMap;

use motcua_db::{DbError, Tx};
use motcua_domain::ids::PersonId;

use crate::account::office_log::store::Entry;
use crate::app::App;
use crate::chain::{self, GENESIS};
use crate::clock::stored;
use crate::web::visitor::Person;

/// Something that was done, to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// Key of the sentence that tells it, with its arguments as `{name}`.
    pub kind: &'static str,
    /// What it was done to: `person:ID`, `unit:CODE`, `calendar:YEAR`.
    pub subject: String,
    /// The arguments of the sentence.
    pub words: BTreeMap<&'static str, String>,
}

/// Who did it, as labels that outlive the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doer {
    /// The account; none for the program itself and for commands.
    pub id: Option<PersonId>,
    /// Name then.
    pub name: String,
}

impl Doer {
    /// The program itself, and whoever types its commands.
    pub fn program() -> Self {
        Self { id: None, name: crate::calendar::steps::PROGRAM.to_owned() }
    }
}

impl Deed {
    /// A deed without arguments.
    pub fn new(kind: &'static str, subject: impl Into<String>) -> Self {
        Self { kind, subject: subject.into(), words: BTreeMap::new() }
    }

    /// A deed to a person.
    pub fn to_person(kind: &'static str, id: PersonId) -> Self {
        Self::new(kind, format!("person:{id}"))
    }

    /// Adds an argument.
    #[must_use]
    pub fn word(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.words.insert(name, value.to_string());
        self
    }
}

impl From<&Person> for Doer {
    fn from(person: &Person) -> Self {
        Self { id: Some(person.id), name: person.name.clone() }
    }
}

/// Writes a deed down, in the transaction that does it.
pub fn record(tx: &mut Tx<'_>, app: &App, doer: &Doer, deed: &Deed) -> Result<(), DbError> {
    let (sequence, previous_hash) = store::next(tx)?;
    let content = serde_json::to_string(&deed.words).expect("words are texts");
    let mut entry = Entry {
        sequence,
        at: stored(app.clock.now()),
        author_id: doer.id.map(|id| id.to_string()),
        author_name: doer.name.clone(),
        kind: deed.kind.to_owned(),
        subject: deed.subject.clone(),
        content,
        previous_hash,
        hash: String::new(),
    };
    entry.hash = hash(&entry);
    store::append(tx, &entry)
}

/// The number of the first entry that is missing or was changed; `None` when the log is whole.
pub fn first_difference(tx: &mut Tx<'_>) -> Result<Option<i64>, DbError> {
    let (mut sequence, mut previous) = (0, GENESIS.to_owned());
    loop {
        let entries = store::after(tx, sequence)?;
        if entries.is_empty() {
            break;
        }
        for entry in entries {
            if entry.sequence != sequence + 1 || entry.previous_hash != previous || entry.hash != hash(&entry)
            {
                return Ok(Some(sequence + 1));
            }
            (sequence, previous) = (entry.sequence, entry.hash);
        }
    }
    let head = store::head(tx)?;
    let is_whole = head.is_none_or(|(last, hash)| last == sequence && hash == previous);
    Ok((!is_whole).then_some(sequence + 1))
}

/// Over every column but itself; lengths keep neighbouring columns apart.
fn hash(entry: &Entry) -> String {
    let sequence = entry.sequence.to_string();
    let columns = [
        sequence.as_str(),
        &entry.at,
        entry.author_id.as_deref().unwrap_or_default(),
        &entry.author_name,
        &entry.kind,
        &entry.subject,
        &entry.content,
        &entry.previous_hash,
    ];
    chain::hash(columns.map(Some))
}
