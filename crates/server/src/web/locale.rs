//! Languages: every sentence shown to people, by key.
//!
//! Sentences live in `messages/LANGUAGE/WORD.toml`; the key of `missing` in `dossier.toml` is `dossier.missing`.
//! `{name}` in a sentence is filled by [`Text::arg`]. A test reads every template and source and fails on a key
//! that is missing or unused in any language.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "messages"]
struct Files;

/// A language of the pages. Vietnamese is the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Locale {
    /// Tiếng Việt.
    #[default]
    Vi,
    /// English.
    En,
}

type Sentences = HashMap<String, String>;

static VI: LazyLock<Sentences> = LazyLock::new(|| load("vi/"));
static EN: LazyLock<Sentences> = LazyLock::new(|| load("en/"));

impl Locale {
    /// Both languages.
    pub const ALL: [Self; 2] = [Self::Vi, Self::En];

    /// `vi` or `en`, as in `<html lang>` and the cookie.
    pub fn code(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    /// The language with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.code() == code)
    }

    /// A sentence without arguments.
    pub fn t(self, key: &str) -> &'static str {
        self.find(key).unwrap_or_else(|| missing(self, key))
    }

    /// A sentence with arguments: `locale.say("desk.greeting").arg("name", name)`.
    pub fn say(self, key: &str) -> Text {
        Text { sentence: self.t(key), args: Vec::new() }
    }

    /// A sentence whose form depends on a number: `KEY.one` or `KEY.other`, with `{n}`.
    /// Vietnamese has only `other`.
    pub fn count(self, key: &str, n: usize) -> Text {
        let one = format!("{key}.one");
        let form = if n == 1 && self.find(&one).is_some() { one } else { format!("{key}.other") };
        self.say(&form).arg("n", n)
    }

    /// The sentence, when there is one.
    pub fn find(self, key: &str) -> Option<&'static str> {
        match self {
            Self::Vi => VI.get(key),
            Self::En => EN.get(key),
        }
        .map(String::as_str)
    }

    /// Every key of this language.
    pub fn keys(self) -> impl Iterator<Item = &'static str> {
        match self {
            Self::Vi => VI.keys(),
            Self::En => EN.keys(),
        }
        .map(String::as_str)
    }
}

/// A sentence on its way to a page. Display fills the arguments; the template escapes the whole.
#[derive(Clone, Debug)]
pub struct Text {
    sentence: &'static str,
    args: Vec<(&'static str, String)>,
}

impl Text {
    /// Fills `{name}`.
    #[must_use]
    pub fn arg(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// Whether there is nothing to say: macros ask this of a hint.
    pub fn is_empty(&self) -> bool {
        self.sentence.is_empty()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.sentence;
        while let Some(open) = rest.find('{') {
            let Some(length) = rest[open..].find('}') else { break };
            let name = &rest[open + 1..open + length];
            f.write_str(&rest[..open])?;
            match self.args.iter().find(|(known, _)| *known == name) {
                Some((_, value)) => f.write_str(value)?,
                None => f.write_str(&rest[open..=open + length])?,
            }
            rest = &rest[open + length + 1..];
        }
        f.write_str(rest)
    }
}

fn load(folder: &str) -> Sentences {
    let mut sentences = Sentences::new();
    for path in Files::iter() {
        let Some(word) = path.strip_prefix(folder).and_then(|name| name.strip_suffix(".toml")) else {
            continue;
        };
        let file = Files::get(&path).expect("a listed file is embedded");
        let text = std::str::from_utf8(&file.data).expect("messages are UTF-8");
        let table: toml::Table =
            toml::from_str(text).unwrap_or_else(|error| panic!("messages/{path}: {error}"));
        flatten(word, &table, &mut sentences);
    }
    sentences
}

fn flatten(prefix: &str, table: &toml::Table, into: &mut Sentences) {
    for (name, value) in table {
        let key = format!("{prefix}.{name}");
        match value {
            toml::Value::Table(inner) => flatten(&key, inner, into),
            toml::Value::String(text) => {
                into.insert(key, text.clone());
            }
            toml::Value::Integer(_)
            | toml::Value::Float(_)
            | toml::Value::Boolean(_)
            | toml::Value::Datetime(_)
            | toml::Value::Array(_) => panic!("messages: {key} is not a sentence"),
        }
    }
}

/// A key without a sentence is a mistake of ours: tests stop at it, people see the key.
#[expect(
    clippy::panic,
    clippy::manual_assert,
    reason = "only in builds with debug assertions, so that tests find the key"
)]
fn missing(locale: Locale, key: &str) -> &'static str {
    if cfg!(debug_assertions) {
        panic!("no sentence {key} in {}", locale.code());
    }
    tracing::error!(key, language = locale.code(), "a sentence is missing");
    "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_filled_and_never_read_again() {
        let text = Text { sentence: "{a} và {b}", args: vec![("a", "{b}".into()), ("b", "2".into())] };
        assert_eq!(text.to_string(), "{b} và 2");
    }

    #[test]
    fn every_sentence_is_there_in_both_languages() {
        // Only English has a form of its own for one.
        let is_for_one = |key: &&str| key.rsplit('.').next() == Some("one");
        let mut vi: Vec<_> = Locale::Vi.keys().filter(|key| !is_for_one(key)).collect();
        let mut en: Vec<_> = Locale::En.keys().filter(|key| !is_for_one(key)).collect();
        vi.sort_unstable();
        en.sort_unstable();
        let only = |a: &[&str], b: &[&str]| {
            a.iter().filter(|key| !b.contains(key)).map(|key| (*key).to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(only(&vi, &en), Vec::<String>::new(), "only in Vietnamese");
        assert_eq!(only(&en, &vi), Vec::<String>::new(), "only in English");
    }
}
