//! Changes of a calendar in words.

use crate::calendar::change::{DayChange, LayerChange};
use crate::calendar::store::RecordedChange;
use crate::calendar::words;
use crate::web::locale::Locale;

/// Days that one change tells one by one; the rest is counted.
const DAYS_TOLD_MAX: usize = 8;

/// One change as a page tells it.
#[derive(Clone, Debug)]
pub struct Told {
    /// When, in words.
    pub when: String,
    /// When, for machines.
    pub instant: String,
    /// Who.
    pub by: String,
    /// What, one sentence each.
    pub what: Vec<String>,
}

/// Changes as a page tells them.
pub fn told(locale: Locale, changes: &[RecordedChange]) -> Vec<Told> {
    let tell = |recorded: &RecordedChange| Told {
        when: words::instant(locale, recorded.at),
        instant: recorded.at.to_string(),
        by: recorded.author.name.clone(),
        what: sentences(locale, &recorded.change),
    };
    changes.iter().map(tell).collect()
}

fn sentences(locale: Locale, change: &LayerChange) -> Vec<String> {
    let mut sentences = Vec::new();
    for year in &change.years_published {
        sentences.push(locale.say("calendar.changed.published").arg("year", year).to_string());
    }
    for year in &change.years_withdrawn {
        sentences.push(locale.say("calendar.changed.withdrawn").arg("year", year).to_string());
    }
    if change.settings {
        sentences.push(locale.t("calendar.changed.settings").to_owned());
    }
    sentences.extend(change.days.iter().take(DAYS_TOLD_MAX).map(|day| day_sentence(locale, day)));
    if let Some(more) = change.days.len().checked_sub(DAYS_TOLD_MAX).filter(|more| 0 < *more) {
        sentences.push(locale.count("calendar.changed.more", more).to_string());
    }
    sentences
}

fn day_sentence(locale: Locale, change: &DayChange) -> String {
    let (key, exception) = match (&change.before, &change.after) {
        (None, Some(after)) => ("calendar.changed.added", Some(after)),
        (Some(_), Some(after)) => ("calendar.changed.changed", Some(after)),
        (before, None) => ("calendar.changed.removed", before.as_ref()),
    };
    let sentence = locale.say(key).arg("day", words::day(locale, change.day));
    match exception {
        Some(exception) => sentence
            .arg("kind", words::kind(locale, exception.kind))
            .arg("name", words::name(locale, &exception.name))
            .to_string(),
        None => sentence.to_string(),
    }
}
