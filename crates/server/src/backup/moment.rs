//! How far a restore goes: the moment after which nothing that was recorded is taken back.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use motcua_domain::office_time::from_office;

use crate::backup::read::{Backup, Wanted};
use crate::backup::{BackupError, Manifest, tables};
use crate::clock::stored;

/// Sorts after every code of a dossier.
const AFTER_ALL_CODES: &str = "~";

/// The moment as an operator names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// After so many entries of all journals, in the order of time: the number that `motcua backup` said.
    Position(u64),
    /// At an instant.
    Instant(Timestamp),
}

impl FromStr for Until {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if let Ok(position) = text.parse() {
            return Ok(Self::Position(position));
        }
        // A day alone could mean its beginning or its end.
        let has_time = text.contains(':');
        let instant = text.parse::<Timestamp>().ok();
        let instant = instant.or_else(|| text.parse::<DateTime>().ok().filter(|_| has_time).map(from_office));
        instant.map(Self::Instant).ok_or(
            "write a number of entries, as `motcua backup` says it, or a time at the office such as 2026-11-21T13:45",
        )
    }
}

/// Where the journals end: what is later than this, in the order of instants and then of codes, is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The instant, as stored.
    pub at: String,
    /// Of entries with this very instant those of later codes are left out.
    pub code: String,
}

impl Cut {
    /// Whether an entry is kept. Two entries with one instant in one journal were recorded by one step, so that none is
    /// ever kept without the other.
    pub fn keeps(&self, at: &str, code: &str) -> bool {
        (at, code) <= (self.at.as_str(), self.code.as_str())
    }
}

/// Finds the place in a backup that was checked, before anything is begun.
pub fn find(backup: &Backup<'_>, manifest: &Manifest, until: Until) -> Result<Cut, BackupError> {
    match until {
        Until::Position(position) => after_entries(backup, manifest, position),
        Until::Instant(at) => at_instant(backup, manifest, at),
    }
}

fn at_instant(backup: &Backup<'_>, manifest: &Manifest, at: Timestamp) -> Result<Cut, BackupError> {
    let at = stored(at);
    let last = manifest.position.last_at.as_ref().max(Some(&manifest.header.at));
    if let Some(last) = last.filter(|last| **last < at) {
        return Err(BackupError::BeyondIt { asked: at, last: last.clone() });
    }
    let mut first: Option<String> = None;
    each_entry(backup, manifest, |entry| {
        if first.as_ref().is_none_or(|first| entry.at < *first) {
            first = Some(entry.at);
        }
        Ok(())
    })?;
    match first {
        Some(first) if first <= at => Ok(Cut { at, code: AFTER_ALL_CODES.to_owned() }),
        first => {
            let first = first.unwrap_or_else(|| "there is none".to_owned());
            Err(BackupError::BeforeIt { asked: at, first })
        }
    }
}

fn after_entries(backup: &Backup<'_>, manifest: &Manifest, position: u64) -> Result<Cut, BackupError> {
    let entries = manifest.position.entries;
    let Some(place) = position.checked_sub(1).and_then(|place| usize::try_from(place).ok()) else {
        return Err(BackupError::BeforeIt {
            asked: format!("position {position}"),
            first: "position 1".to_owned(),
        });
    };
    let mut instants = Vec::new();
    each_entry(backup, manifest, |entry| {
        let at: Timestamp = entry.at.parse().map_err(BackupError::damaged)?;
        instants.push(at.as_millisecond());
        Ok(())
    })?;
    if instants.len() <= place {
        return Err(BackupError::BeyondIt {
            asked: format!("position {position}"),
            last: format!("position {entries}"),
        });
    }
    let (earlier, at, _) = instants.select_nth_unstable(place);
    let at = *at;
    let earlier = earlier.iter().filter(|earlier| **earlier < at).count();
    let at = stored(Timestamp::from_millisecond(at).map_err(BackupError::damaged)?);
    let mut together = Vec::new();
    each_entry(backup, manifest, |entry| {
        if entry.at == at {
            together.push(entry.code);
        }
        Ok(())
    })?;
    together.sort();
    let code = together.get(place - earlier).ok_or_else(|| BackupError::damaged("its instants differ"))?;
    let of_step = |found: &&String| *found == code;
    let begins = earlier + together.iter().take_while(|found| !of_step(found)).count();
    let ends = begins + together.iter().filter(of_step).count();
    if ends != place + 1 {
        return Err(BackupError::InsideStep { position, before: begins, after: ends });
    }
    Ok(Cut { at, code: code.clone() })
}

/// What decides whether an entry is kept.
struct Place {
    code: String,
    at: String,
}

fn each_entry(
    backup: &Backup<'_>,
    manifest: &Manifest,
    mut take: impl FnMut(Place) -> Result<(), BackupError>,
) -> Result<(), BackupError> {
    let table = manifest.tables.iter().find(|table| table.name == "journal");
    let Some(parts) = table.map(|table| &table.parts) else { return Ok(()) };
    let mut left = parts.len();
    backup.each("looking for the moment", |name, _, content| {
        if parts.iter().any(|part| part.name == name) {
            tables::pick(content, ["dossier_code", "at"], |[code, at]| take(Place { code, at }))?;
            left -= 1;
        }
        Ok(if left == 0 { Wanted::Enough } else { Wanted::More })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_number_of_entries_or_an_instant() {
        let read = |text: &str| text.parse::<Until>();
        let instant = |text: &str| Ok(Until::Instant(text.parse().unwrap()));
        assert_eq!(read("412"), Ok(Until::Position(412)));
        assert_eq!(read("2026-03-02T01:00:00Z"), instant("2026-03-02T01:00:00Z"));
        assert_eq!(read("2026-03-02T08:00+07:00"), instant("2026-03-02T01:00:00Z"));
        assert_eq!(read("2026-03-02T08:00"), instant("2026-03-02T01:00:00Z"), "at the office");
        assert_eq!(read(" 2026-03-02 08:00:30 "), instant("2026-03-02T01:00:30Z"));
        for text in ["", "-1", "2026-03-02", "yesterday", "08:00", "2026-13-02T08:00"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
