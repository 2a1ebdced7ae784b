//! What becomes of the rows of an import: new, changed, unchanged, or left out.

use std::collections::HashMap;

use motcua_db::{Result, Tx};
use motcua_domain::procedure::{ProcedureCode, ProcedureVersion};

use crate::import::{Finding, Report};
use crate::procedure::import::portal::{Incoming, Note};
use crate::procedure::store::{self, Known};

/// A row that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// From the national portal or its flat catalogue.
    Foreign(Box<Incoming>),
    /// In our own format, perhaps with the number of its version.
    Own(Box<ProcedureVersion>),
    /// Not to be taken: key of the sentence that says why, and the value.
    LeftOut(Note),
}

impl Row {
    fn code(&self) -> Option<&ProcedureCode> {
        match self {
            Self::Foreign(incoming) => Some(&incoming.version.code),
            Self::Own(version) => Some(&version.code),
            Self::LeftOut(_) => None,
        }
    }
}

/// A row and where it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbered {
    /// Line of the file, or element of an array.
    pub number: u64,
    /// What it says.
    pub row: Row,
}

/// Takes the rows into the catalogue. `by` is the name of the file, `at` the instant as storage keeps it.
pub fn apply(tx: &mut Tx<'_>, rows: &[Numbered], report: &mut Report, at: &str, by: &str) -> Result<()> {
    let mut known = store::known(tx)?;
    let last_of = last_rows(rows);
    for (place, Numbered { number, row }) in rows.iter().enumerate() {
        let subject = row.code().map(ToString::to_string).unwrap_or_default();
        let mut find = |key, value: String| {
            report.findings.push(Finding { row: *number, subject: subject.clone(), key, value });
        };
        // The national catalogue has a few codes twice; the later row is the newer one.
        if let (Row::Foreign(_), Some(code)) = (row, row.code())
            && last_of.get(code).is_some_and(|last| *last != place)
        {
            find("procedure.found_twice", String::new());
            report.left_out += 1;
            continue;
        }
        let outcome = match row {
            Row::LeftOut(note) => {
                find(note.key, note.value.clone());
                Outcome::LeftOut
            }
            Row::Foreign(incoming) => {
                for note in &incoming.notes {
                    find(note.key, note.value.clone());
                }
                foreign(known.get(&incoming.version.code), &incoming.version, &mut find)?
            }
            Row::Own(version) => own(known.get(&version.code), version, &mut find)?,
        };
        match outcome {
            Outcome::LeftOut => report.left_out += 1,
            Outcome::Unchanged => report.unchanged += 1,
            Outcome::Publish(version) => {
                store::publish(tx, &version, at, by)?;
                let before = known.remove(&version.code);
                let count = if before.is_some() { &mut report.changed } else { &mut report.taken };
                *count += 1;
                known.insert(version.code.clone(), after(before, &version)?);
            }
        }
    }
    Ok(())
}

/// Where each code stands for the last time.
fn last_rows(rows: &[Numbered]) -> HashMap<&ProcedureCode, usize> {
    rows.iter().enumerate().filter_map(|(place, row)| Some((row.row.code()?, place))).collect()
}

enum Outcome {
    LeftOut,
    Unchanged,
    Publish(Box<ProcedureVersion>),
}

/// What is known of a procedure after one more version.
fn after(before: Option<Known>, version: &ProcedureVersion) -> Result<Known> {
    let mut fingerprints = before.map(|known| known.fingerprints).unwrap_or_default();
    fingerprints.insert(version.version, store::fingerprint(version)?);
    Ok(Known {
        latest: version.version,
        is_outline: version.is_outline(),
        is_written_here: version.source.is_none(),
        fingerprints,
    })
}

/// A row of a foreign catalogue never takes the place of something richer, nor of what this office wrote itself.
fn foreign(
    known: Option<&Known>,
    version: &ProcedureVersion,
    find: &mut impl FnMut(&'static str, String),
) -> Result<Outcome> {
    let Some(known) = known else { return Ok(publish_as(1, version)) };
    let fingerprint = store::fingerprint(version)?;
    if known.fingerprints.values().any(|of_version| *of_version == fingerprint) {
        return Ok(Outcome::Unchanged);
    }
    if version.is_outline() && !known.is_outline {
        find("procedure.found_richer_here", format!("{}", known.latest));
        return Ok(Outcome::LeftOut);
    }
    if known.is_written_here {
        find("procedure.found_written_here", format!("{}", known.latest));
        return Ok(Outcome::LeftOut);
    }
    Ok(publish_as(known.latest + 1, version))
}

/// A row of our own format may name its number. A published number never changes what it says.
fn own(
    known: Option<&Known>,
    version: &ProcedureVersion,
    find: &mut impl FnMut(&'static str, String),
) -> Result<Outcome> {
    let latest = known.map_or(0, |known| known.latest);
    if version.version == 0 {
        let fingerprint = store::fingerprint(version)?;
        let is_latest = known.is_some_and(|known| known.fingerprints.get(&latest) == Some(&fingerprint));
        return Ok(if is_latest { Outcome::Unchanged } else { publish_as(latest + 1, version) });
    }
    match known.and_then(|known| known.fingerprints.get(&version.version)) {
        Some(published) if *published == store::fingerprint(version)? => Ok(Outcome::Unchanged),
        Some(_) => {
            find("procedure.found_other_content", format!("{}", version.version));
            Ok(Outcome::LeftOut)
        }
        None if version.version < latest => {
            find("procedure.found_older_version", format!("{} < {latest}", version.version));
            Ok(Outcome::LeftOut)
        }
        None => Ok(publish_as(version.version, version)),
    }
}

fn publish_as(number: u32, version: &ProcedureVersion) -> Outcome {
    Outcome::Publish(Box::new(ProcedureVersion { version: number, ..version.clone() }))
}
