//! Every sentence exists in every language.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::source::{Source, files, without_comments};
use super::{assert_none, root};

/// What follows the dot in the name of a file, not in a key.
const FILE_ENDINGS: [&str; 10] = ["css", "js", "html", "typ", "json", "toml", "sql", "pdf", "csv", "svg"];

type Sentences = BTreeMap<String, String>;

fn sentences(language: &str) -> Sentences {
    let folder = root().join("crates/server/messages").join(language);
    let mut found = Sentences::new();
    for path in files(&folder, &["toml"]) {
        let table: toml::Table = fs::read_to_string(folder.join(&path)).unwrap().parse().unwrap();
        collect(path.trim_end_matches(".toml"), &table, &mut found);
    }
    assert!(20 < found.len(), "the messages were found");
    found
}

fn collect(prefix: &str, table: &toml::Table, found: &mut Sentences) {
    for (name, value) in table {
        let key = format!("{prefix}.{name}");
        match value {
            toml::Value::String(text) => _ = found.insert(key, text.clone()),
            toml::Value::Table(inner) => collect(&key, inner, found),
            toml::Value::Integer(_)
            | toml::Value::Float(_)
            | toml::Value::Boolean(_)
            | toml::Value::Datetime(_)
            | toml::Value::Array(_) => panic!("{key} is not a sentence: {value}"),
        }
    }
}

/// `{name}` in a sentence, but not the parts of a date: each language writes dates its own way.
fn arguments(text: &str) -> BTreeSet<&str> {
    let names = text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
    names.filter(|name| !["d", "dd", "mm", "month"].contains(name)).collect()
}

#[test]
fn languages_have_the_same_sentences() {
    let (vi, en) = (sentences("vi"), sentences("en"));
    let mut findings = Vec::new();
    for key in vi.keys().filter(|key| !en.contains_key(*key)) {
        findings.push(format!("messages/en has no {key}"));
    }
    // Only English has a form of its own for one.
    for key in en.keys().filter(|key| !vi.contains_key(*key) && key.rsplit('.').next() != Some("one")) {
        findings.push(format!("messages/vi has no {key}"));
    }
    for (key, text) in &vi {
        let Some(other) = en.get(key) else { continue };
        if arguments(text) != arguments(other) {
            findings.push(format!("{key} is filled with {:?} and {:?}", arguments(text), arguments(other)));
        }
        if text.trim().is_empty() || other.trim().is_empty() {
            findings.push(format!("{key} is empty"));
        }
    }
    assert_none(&findings);
}

/// A use of messages in the code: a key, or the beginning or the end of keys put together.
struct Uses {
    whole: BTreeMap<String, String>,
    beginnings: BTreeSet<String>,
    endings: BTreeSet<String>,
}

impl Uses {
    fn find(words: &BTreeSet<&str>) -> Uses {
        let mut uses = Uses { whole: BTreeMap::new(), beginnings: BTreeSet::new(), endings: BTreeSet::new() };
        for file in Source::all() {
            if file.is_test() {
                continue;
            }
            for (number, text) in &file.strings {
                if *number <= file.tests_from {
                    uses.take(words, text, &format!("{}:{number}", file.path));
                }
            }
        }
        let templates = root().join("crates/server/templates");
        for path in files(&templates, &["html"]) {
            let text = fs::read_to_string(templates.join(&path)).unwrap();
            for (number, line) in without_comments(&text).lines().enumerate() {
                for part in line.split('"') {
                    uses.take(words, part, &format!("templates/{path}:{}", number + 1));
                }
            }
        }
        uses
    }

    fn take(&mut self, words: &BTreeSet<&str>, text: &str, place: &str) {
        let is_name = |name: &str| {
            !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        };
        if let Some((_, ending)) = text.rsplit_once('}').filter(|(open, _)| open.starts_with('{')) {
            if let Some(name) = ending.strip_prefix(['_', '.']).filter(|name| is_name(name)) {
                self.endings.insert(format!("{}{name}", &ending[..1]));
            }
            return;
        }
        let Some((word, rest)) = text.split_once('.') else { return };
        if !words.contains(word) || FILE_ENDINGS.contains(&rest) {
            return;
        }
        let (fixed, open) = rest.split_once('{').map_or((rest, false), |(fixed, _)| (fixed, true));
        if open || fixed.is_empty() || fixed.ends_with(['_', '.']) {
            self.beginnings.insert(format!("{word}.{fixed}"));
        } else if fixed.split('.').all(is_name) {
            self.whole.entry(text.to_owned()).or_insert_with(|| place.to_owned());
        }
    }

    /// Whether this key, or the key whose form it is, is used.
    fn covers(&self, key: &str) -> bool {
        let is_whole = |key: &str| self.whole.contains_key(key) || self.begins(key);
        let form_of = |form: &str| key.strip_suffix(form).is_some_and(is_whole);
        is_whole(key)
            || form_of(".one")
            || form_of(".other")
            || self.endings.iter().any(|ending| form_of(ending))
    }

    fn begins(&self, key: &str) -> bool {
        self.beginnings.iter().any(|beginning| key.starts_with(beginning.as_str()))
    }
}

#[test]
fn every_used_sentence_exists() {
    let vi = sentences("vi");
    let words: BTreeSet<&str> = vi.keys().filter_map(|key| key.split('.').next()).collect();
    let uses = Uses::find(&words);
    let mut findings = Vec::new();
    for (key, place) in &uses.whole {
        if !vi.contains_key(key) && !vi.contains_key(&format!("{key}.other")) {
            findings.push(format!("{place}: there is no sentence {key}"));
        }
    }
    for beginning in &uses.beginnings {
        if !vi.keys().any(|key| key.starts_with(beginning.as_str())) {
            findings.push(format!("no sentence begins with {beginning}"));
        }
    }
    assert_none(&findings);
}

#[test]
fn uses_are_recognised() {
    let mut uses = Uses { whole: BTreeMap::new(), beginnings: BTreeSet::new(), endings: BTreeSet::new() };
    for text in [
        "file.empty",
        "status.{number}",
        "event.",
        "{}_advice",
        "other.thing",
        "file.PDF",
        "file.txt is here",
    ] {
        uses.take(&BTreeSet::from(["file", "status", "event"]), text, "here");
    }
    assert_eq!(uses.whole.keys().collect::<Vec<_>>(), ["file.empty"]);
    assert!(uses.covers("file.empty") && uses.covers("file.empty_advice") && uses.covers("file.empty.other"));
    assert!(uses.covers("status.10") && uses.covers("event.filed") && !uses.covers("file.locked"));
}
