//! The journal: append-only, each entry chained by hash to the one before it in the same dossier.

use std::collections::BTreeSet;

use jiff::Timestamp;
use motcua_domain::access::Role;
use motcua_domain::dossier::code::DossierCode;
use motcua_domain::dossier::event::{Author, Event, Recorded};
use serde_json::Value as Json;

use crate::chain;
use crate::clock::stored;
use crate::random::Random;
use crate::secrets::{SecretError, Secrets};

/// The member of an event under which the hash of a file stands.
const FILE_MEMBER: &str = "sha256";

/// One entry as it lies in storage. Every column is part of the hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whose journal.
    pub dossier_code: String,
    /// 1, 2, 3 …
    pub sequence: i64,
    /// UTC, fixed width.
    pub at: String,
    /// Name of the event.
    pub kind: String,
    /// Account; none for the program itself.
    pub author_id: Option<String>,
    /// Name as it was then.
    pub author_name: String,
    /// Role that allowed it.
    pub role: Option<String>,
    /// Unit for which it was done.
    pub unit_code: Option<String>,
    /// The event as JSON, identifiers sealed.
    pub content: String,
    /// Hash of the entry before.
    pub previous_hash: String,
    /// Hash of all of the above.
    pub hash: String,
}

/// Why an entry of the journal cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// Not the JSON of an event.
    #[error("an entry is not an event")]
    Json(#[from] serde_json::Error),
    /// A sealed part does not open.
    #[error(transparent)]
    Sealed(#[from] SecretError),
    /// A column is not what it must be.
    #[error("column {0} of an entry is not readable")]
    Column(&'static str),
}

impl Entry {
    /// Writes down what was recorded, after the entry with `previous_hash`.
    pub fn new(
        secrets: &Secrets,
        random: &Random,
        code: &DossierCode,
        recorded: &Recorded,
        previous_hash: &str,
    ) -> Result<Self, EntryError> {
        let mut json = serde_json::to_value(&recorded.event)?;
        let kind = json.get("event").and_then(Json::as_str).unwrap_or_default().to_owned();
        seal_identities(secrets, random, code, &mut json);
        let mut entry = Self {
            dossier_code: code.to_string(),
            sequence: i64::try_from(recorded.sequence).map_err(|_| EntryError::Column("sequence"))?,
            at: stored(recorded.at),
            kind,
            author_id: recorded.author.id.map(|id| id.to_string()),
            author_name: recorded.author.name.clone(),
            role: recorded.author.role.map(|role| role.name().to_owned()),
            unit_code: recorded.author.unit.as_ref().map(ToString::to_string),
            content: json.to_string(),
            previous_hash: previous_hash.to_owned(),
            hash: String::new(),
        };
        entry.hash = entry.computed_hash();
        Ok(entry)
    }

    /// Reads the entry back as the rules see it.
    pub fn recorded(&self, secrets: &Secrets) -> Result<Recorded, EntryError> {
        let mut json: Json = serde_json::from_str(&self.content)?;
        open_identities(secrets, &self.dossier_code, &mut json)?;
        let event: Event = serde_json::from_value(json)?;
        let role = match &self.role {
            Some(name) => Some(Role::from_name(name).ok_or(EntryError::Column("role"))?),
            None => None,
        };
        let author = Author {
            id: parse(self.author_id.as_deref(), "author_id")?,
            name: self.author_name.clone(),
            role,
            unit: parse(self.unit_code.as_deref(), "unit_code")?,
        };
        let at: Timestamp = self.at.parse().map_err(|_| EntryError::Column("at"))?;
        let sequence = u64::try_from(self.sequence).map_err(|_| EntryError::Column("sequence"))?;
        Ok(Recorded { sequence, at, author, event })
    }

    /// The hash of every file this entry names.
    pub fn files(&self) -> Result<BTreeSet<String>, EntryError> {
        let mut named = BTreeSet::new();
        if self.content.contains(FILE_MEMBER) {
            collect(&serde_json::from_str(&self.content)?, &mut named);
        }
        Ok(named)
    }

    /// The hash of every column, and of the entry before.
    pub fn computed_hash(&self) -> String {
        let sequence = self.sequence.to_string();
        chain::hash([
            Some(self.previous_hash.as_str()),
            Some(&self.dossier_code),
            Some(&sequence),
            Some(&self.at),
            Some(&self.kind),
            self.author_id.as_deref(),
            Some(&self.author_name),
            self.role.as_deref(),
            self.unit_code.as_deref(),
            Some(&self.content),
        ])
    }
}

/// Seals every `identity` and `answers` of a JSON value for this dossier.
pub fn seal_identities(secrets: &Secrets, random: &Random, code: &DossierCode, json: &mut Json) {
    walk(json, &mut |inner| {
        if !inner.is_string() {
            *inner = Json::String(secrets.seal(random, code.as_str(), &inner.to_string()));
        }
        Ok::<(), SecretError>(())
    })
    .unwrap_or_default();
}

/// Opens what [`seal_identities`] sealed.
pub fn open_identities(secrets: &Secrets, code: &str, json: &mut Json) -> Result<(), EntryError> {
    walk(json, &mut |inner| {
        if let Json::String(sealed) = inner {
            *inner = serde_json::from_str(&secrets.open(code, sealed)?)?;
        }
        Ok(())
    })
}

fn collect(json: &Json, named: &mut BTreeSet<String>) {
    match json {
        Json::Object(fields) => {
            named.extend(fields.get(FILE_MEMBER).and_then(Json::as_str).map(str::to_owned));
            fields.values().for_each(|inner| collect(inner, named));
        }
        Json::Array(items) => items.iter().for_each(|item| collect(item, named)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

fn walk<E>(json: &mut Json, at_identity: &mut impl FnMut(&mut Json) -> Result<(), E>) -> Result<(), E> {
    match json {
        Json::Object(fields) => {
            for (name, inner) in fields {
                if name == "identity" || name == "answers" {
                    at_identity(inner)?;
                } else {
                    walk(inner, at_identity)?;
                }
            }
        }
        Json::Array(items) => {
            for item in items {
                walk(item, at_identity)?;
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
    Ok(())
}

fn parse<T: std::str::FromStr>(text: Option<&str>, column: &'static str) -> Result<Option<T>, EntryError> {
    text.map(str::parse).transpose().map_err(|_| EntryError::Column(column))
}
