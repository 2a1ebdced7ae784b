//! What stands in addresses and forms: filters of lists, cursors, days and numbers as people write them, paths to go back
//! to.

use axum::http::Uri;
use motcua::api::query;
use motcua::desk::list;
use motcua::web::form::{Form, composed, parse_day};
use motcua::web::locale::Locale;
use motcua::web::safe_path;

/// One input.
pub fn read(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let filter = list::Asked::of_query(text).query();
    assert_eq!(list::Asked::of_query(&filter).query(), filter, "a filter comes back as it was");

    if let Ok(uri) = format!("/?{text}").parse::<Uri>()
        && let Ok(mut asked) = query::Asked::read(&uri, Locale::Vi)
    {
        assert!((1..=query::LIMIT_MAX).contains(&asked.limit()));
        let _ = asked.cursor::<2>();
        let _ = asked.parsed("day", parse_day);
        let _ = asked.done();
    }

    let kept = composed(text);
    assert_eq!(composed(&kept), kept, "composing is done once");
    let mut parts = text.splitn(4, '\n');
    let mut part = || parts.next().unwrap_or_default();
    let (day, month, year, number) = (part(), part(), part(), part());
    let form =
        Form::from_pairs([("d-day", day), ("d-month", month), ("d-year", year), ("d", text), ("n", number)]);
    let _ = (form.date("d"), form.number("n"), form.text("d"));
    if let Some(day) = parse_day(text) {
        assert_eq!(parse_day(&day.to_string()), Some(day), "what machines write is read");
    }
    if let Some(path) = safe_path(text) {
        assert!(path.starts_with('/') && !path.starts_with("//") && !path.contains(['\r', '\n']));
    }
}
