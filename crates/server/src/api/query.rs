//! The part of an address after `?`: known names only, each mistake named, lists paged by cursor.

use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::api::problem::{Problem, Wrong, language};
use crate::app::App;
use crate::web::form::composed;
use crate::web::locale::Locale;
use crate::web::visitor::encode;

/// Entries of a list when nobody says how many.
pub const LIMIT_DEFAULT: usize = 20;
/// Most entries of a list.
pub const LIMIT_MAX: usize = 100;
/// Longest value, in characters.
pub const VALUE_CHARS_MAX: usize = 300;

/// What stands in the address. Readers take what they know; [`Asked::done`] refuses the rest, all at once.
#[derive(Clone, Debug)]
pub struct Asked {
    pairs: Vec<(String, String)>,
    errors: Vec<Wrong>,
    locale: Locale,
}

impl FromRequestParts<App> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        Self::read(&parts.uri, language(&parts.headers))
    }
}

impl Asked {
    /// What stands in an address.
    pub fn read(uri: &Uri, locale: Locale) -> Result<Self, Problem> {
        let read = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri);
        let axum::extract::Query(pairs) = read.map_err(|_| crate::api::problem::Kind::BadRequest)?;
        Ok(Self { pairs, errors: Vec::new(), locale })
    }

    /// What was not read yet, as an address holds it.
    pub fn said(&self) -> String {
        let said =
            |(name, value): &(String, String)| format!("{}={}", encode(name), encode(&composed(value)));
        self.pairs.iter().map(said).collect::<Vec<_>>().join("&")
    }

    /// The value of a parameter; `None` when it is not there, or empty.
    pub fn text(&mut self, name: &str) -> Option<String> {
        let at = self.pairs.iter().position(|(known, _)| known == name)?;
        let (_, value) = self.pairs.remove(at);
        // What the document promises is counted as it was sent.
        if VALUE_CHARS_MAX < value.chars().count() {
            self.refuse(name, self.locale.say("api.too_long").arg("limit", VALUE_CHARS_MAX).to_string());
            return None;
        }
        Some(composed(&value).trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// A parameter that is read by `read`; what cannot be read is refused.
    pub fn parsed<T>(&mut self, name: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text(name)?;
        let value = read(&text);
        if value.is_none() {
            self.refuse(name, self.locale.t("api.parameter_wrong"));
        }
        value
    }

    /// One of a few words.
    pub fn one_of(&mut self, name: &str, known: &[&'static str]) -> Option<&'static str> {
        let text = self.text(name)?;
        let found = known.iter().find(|word| **word == text).copied();
        if found.is_none() {
            let said = self.locale.say("api.value_one_of").arg("known", known.join(", "));
            self.refuse(name, said.to_string());
        }
        found
    }

    /// How many entries are wanted: `limit`, 1 to [`LIMIT_MAX`].
    pub fn limit(&mut self) -> usize {
        let read = |text: &str| text.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit));
        self.parsed("limit", read).unwrap_or(LIMIT_DEFAULT)
    }

    /// Where the last page ended: `cursor`, with this many parts.
    pub fn cursor<const N: usize>(&mut self) -> Option<[String; N]> {
        self.parsed("cursor", read_cursor)
    }

    /// Refuses a parameter.
    pub fn refuse(&mut self, name: &str, detail: impl Into<String>) {
        self.errors.push(Wrong { pointer: name.to_owned(), detail: detail.into() });
    }

    /// Everything that is wrong, parameters nobody knows included.
    pub fn done(mut self) -> Result<(), Problem> {
        for (name, _) in std::mem::take(&mut self.pairs) {
            self.refuse(&name, self.locale.t("api.parameter_unknown"));
        }
        if self.errors.is_empty() { Ok(()) } else { Err(Problem::invalid(self.errors)) }
    }
}

/// Where a page ended, as callers carry it. What is inside is nobody's business and may change.
pub fn cursor<const N: usize>(parts: [&str; N]) -> String {
    let json = serde_json::to_string(&parts.as_slice()).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(json)
}

fn read_cursor<const N: usize>(text: &str) -> Option<[String; N]> {
    let json = URL_SAFE_NO_PAD.decode(text).ok()?;
    let parts: Vec<String> = serde_json::from_slice(&json).ok()?;
    parts.try_into().ok()
}

/// Cuts a list that was read with one entry more than wanted; answers where it was cut.
pub fn cut<T>(entries: &mut Vec<T>, limit: usize, end: impl Fn(&T) -> String) -> Option<String> {
    let more = limit < entries.len();
    entries.truncate(limit);
    entries.last().filter(|_| more).map(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_was_and_nothing_else_is_one() {
        let written = cursor(["2026-03-02T01:00:00.000Z", "H99-1"]);
        assert_eq!(read_cursor::<2>(&written).unwrap(), ["2026-03-02T01:00:00.000Z", "H99-1"]);
        assert_eq!(read_cursor::<3>(&written), None);
        assert_eq!(read_cursor::<2>("x"), None);
        assert_eq!(read_cursor::<2>(""), None);
    }

    #[test]
    fn a_value_is_as_long_as_it_was_sent() {
        let asked = |count: usize| {
            let uri = format!("/api/v1/procedures?q=a{}", "%0D".repeat(count - 1)).parse().unwrap();
            let mut asked = Asked::read(&uri, Locale::En).unwrap();
            (asked.text("q"), asked.done().is_ok())
        };
        assert_eq!(asked(VALUE_CHARS_MAX), (Some("a".to_owned()), true));
        assert_eq!(asked(VALUE_CHARS_MAX + 1), (None, false));
    }

    #[test]
    fn a_page_is_cut_where_there_is_more() {
        let mut some = vec![1, 2, 3];
        assert_eq!(cut(&mut some, 2, ToString::to_string), Some("2".to_owned()));
        assert_eq!(cut(&mut some, 2, ToString::to_string), None);
    }
}
