//! Bodies: JSON read strictly, with the place of every mistake.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

use crate::api::problem::{Kind, Problem, Wrong};
use crate::app::App;
use crate::web::form::composed;
use crate::web::locale::Locale;

/// A body of JSON, not read yet.
#[derive(Clone, Debug)]
pub struct Json(pub Bytes);

impl FromRequest<App> for Json {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Kind::WrongMediaType.into());
        }
        match Bytes::from_request(request, app).await {
            Ok(bytes) => Ok(Self(bytes)),
            Err(error) if error.status() == Kind::TooLarge.status() => Err(Kind::TooLarge.into()),
            Err(_) => Err(Kind::BadRequest.into()),
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let said = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    said.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

impl Json {
    /// The value, with its texts as pages take them: composed, and without control characters.
    pub fn value(&self, locale: Locale) -> Result<Value, Problem> {
        let mut value: Value = serde_json::from_slice(&self.0).map_err(|error| {
            let place = locale.say("api.bad_json_at").arg("line", error.line()).arg("column", error.column());
            Problem::new(Kind::BadJson, place.to_string())
        })?;
        compose(&mut value);
        Ok(value)
    }

    /// The body as what it must be.
    pub fn read<T: DeserializeOwned>(&self, locale: Locale) -> Result<T, Problem> {
        read_value(locale, self.value(locale)?)
    }
}

/// A value as what it must be, or the field that is not.
pub fn read_value<T: DeserializeOwned>(locale: Locale, value: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let pointer = pointer(error.path());
        let said = error.inner().to_string();
        Problem::invalid(vec![wrong(locale, pointer, &said)])
    })
}

/// The path as a JSON pointer (RFC 6901). The tag of an enum is no part of the body.
fn pointer(path: &serde_path_to_error::Path) -> String {
    let part = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", escaped(key)),
        Segment::Enum { .. } | Segment::Unknown => String::new(),
    };
    path.iter().map(part).collect()
}

/// One part of a JSON pointer.
pub fn escaped(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}

/// What the reader says about a field, in words of the caller's language.
fn wrong(locale: Locale, pointer: String, said: &str) -> Wrong {
    let name = said.split('`').nth(1).unwrap_or_default();
    if said.starts_with("missing field") {
        let pointer = format!("{pointer}/{}", escaped(name));
        return Wrong { pointer, detail: locale.t("api.field_missing").to_owned() };
    }
    if said.starts_with("unknown field") {
        let is_named = pointer.ends_with(&format!("/{}", escaped(name)));
        let pointer = if is_named { pointer } else { format!("{pointer}/{}", escaped(name)) };
        return Wrong { pointer, detail: locale.t("api.field_unknown").to_owned() };
    }
    if let Some((_, known)) = said.split_once("expected one of ") {
        let known = known.replace('`', "");
        return Wrong { pointer, detail: locale.say("api.value_one_of").arg("known", known).to_string() };
    }
    // Names of our types say nothing to anybody.
    let said = said
        .split_once("expected struct ")
        .map_or_else(|| said.to_owned(), |(found, _)| format!("{found}expected an object"));
    Wrong { pointer, detail: locale.say("api.value_wrong").arg("said", said).to_string() }
}

fn compose(value: &mut Value) {
    match value {
        Value::String(text) => *text = composed(text),
        Value::Array(items) => items.iter_mut().for_each(compose),
        Value::Object(fields) => fields.values_mut().for_each(compose),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Paper {
        title: String,
        copies: u8,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Sent {
        papers: Vec<Paper>,
    }

    fn pointer_of(text: &'static str) -> String {
        let problem = Json(Bytes::from_static(text.as_bytes())).read::<Sent>(Locale::En).unwrap_err();
        format!("{problem:?}").split("pointer: \"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    #[test]
    fn every_mistake_names_its_place() {
        assert_eq!(pointer_of(r#"{"papers": [{"title": "a"}]}"#), "/papers/0/copies");
        assert_eq!(pointer_of(r#"{"papers": [{"title": "a", "copies": 1, "x/y": 2}]}"#), "/papers/0/x~1y");
        assert_eq!(pointer_of(r#"{"papers": [{"title": 7, "copies": 1}]}"#), "/papers/0/title");
        assert_eq!(pointer_of(r#"{"papers": [], "more": 1}"#), "/more");
    }

    #[test]
    fn texts_are_composed_and_lose_what_nobody_typed() {
        let value = Json(Bytes::from_static("{\"a\": [\"Nguye\u{302}\u{303}n\\u0000\"]}".as_bytes()));
        assert_eq!(value.value(Locale::Vi).unwrap()["a"][0], "Nguyễn");
    }
}
