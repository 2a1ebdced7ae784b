//! What was typed into a form, what is wrong with it, and how it comes back whole.
//!
//! A handler takes [`Form`] as its last argument, reads what it needs, records every complaint with
//! [`Form::refuse`], and when [`Form::has_errors`] renders the same page again with the same form.
//!
//! ```
//! use motcua::web::form::Form;
//!
//! let mut form = Form::from_pairs([("full_name", "  "), ("born-day", "31"), ("born-month", "2"), ("born-year", "1990")]);
//! if form.text("full_name").is_none() {
//!     form.refuse("full_name", "Nhập họ và tên");
//! }
//! if let Err(problem) = form.date("born") {
//!     form.refuse_date("born", problem, "Ngày sinh không có trong lịch");
//! }
//! assert!(form.has_errors());
//! assert_eq!(form.field("born-day").value, "31");
//! ```
//!
//! Templates show it through the macros of `templates/components/form.html`:
//! `{{ form::text_input(page, form.field("full_name"), page.t("portal.full_name")) }}`.

mod date;

use std::collections::BTreeMap;
use std::ops::Bound;

use axum::extract::{FromRequest, Request, rejection::FormRejection};
use unicode_normalization::UnicodeNormalization as _;

use crate::document::name::is_unseen;
pub use date::{DateField, DateParts, DateProblem, parse_day};

/// More pairs than any of our forms has: the rest is dropped rather than kept in memory.
const PAIRS_MAX: usize = 20_000;
/// More complaints than anybody reads at once; the rest is told when these are mended.
const ERRORS_MAX: usize = 200;

/// One form as the browser sent it, with the complaints about it. Names may repeat (checkboxes).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    pairs: Vec<(String, String)>,
    /// Where in `pairs` each name stands: a form with many rows is read field by field.
    places: BTreeMap<String, Vec<usize>>,
    errors: Vec<FieldError>,
}

/// One complaint: what to do about one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Name of the field, as in the form.
    pub name: String,
    /// Id of the element the error summary links to and focus goes to.
    pub target: String,
    /// The sentence, in the language of the page.
    pub message: String,
}

/// One field as a macro shows it: what was typed and what is to be said about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Field {
    /// Name and, for a single box, also the id of the element.
    pub name: String,
    /// What was typed; the first one when the name repeats.
    pub value: String,
    /// Everything sent under this name, for checkboxes.
    pub values: Vec<String>,
    /// The sentence shown beside the field.
    pub error: Option<String>,
}

/// One thing to choose, for radios, checkboxes and selects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What people read.
    pub label: String,
    /// A sentence below the label; empty for none.
    pub hint: String,
}

impl Form {
    /// A form nobody has typed into yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The form with these values, for instance from what was saved earlier.
    ///
    /// Texts are composed (NFC), because some keyboards send a letter and its marks apart, and lines end in
    /// a plain line feed.
    pub fn from_pairs<N: Into<String>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let mut form = Self::new();
        for (name, value) in pairs.into_iter().take(PAIRS_MAX) {
            form.push(name.into(), composed(value.as_ref()));
        }
        form
    }

    fn push(&mut self, name: String, value: String) {
        self.places.entry(name.clone()).or_default().push(self.pairs.len());
        self.pairs.push((name, value));
    }

    /// Puts `value` in the place of everything under `name`.
    pub fn set(&mut self, name: &str, value: impl AsRef<str>) {
        let value = composed(value.as_ref());
        match self.places.get(name).map(Vec::as_slice) {
            None => self.push(name.to_owned(), value),
            Some(&[place]) => self.pairs[place].1 = value,
            Some(_) => {
                self.rename(|existing| (existing != name).then(|| existing.to_owned()));
                self.push(name.to_owned(), value);
            }
        }
    }

    /// Puts one more `value` under `name`: checkboxes have several.
    pub fn add(&mut self, name: &str, value: impl AsRef<str>) {
        self.push(name.to_owned(), composed(value.as_ref()));
    }

    /// Gives every pair another name, or takes it away.
    pub(super) fn rename(&mut self, name: impl Fn(&str) -> Option<String>) {
        self.places.clear();
        for (old, value) in std::mem::take(&mut self.pairs) {
            if let Some(new) = name(&old) {
                self.push(new, value);
            }
        }
    }

    /// Every name that begins so, with whether anything but blanks was sent under it.
    pub(super) fn names_under<'a>(&'a self, start: &'a str) -> impl Iterator<Item = (&'a str, bool)> {
        let from = (Bound::Included(start), Bound::Unbounded);
        self.places.range::<str, _>(from).take_while(move |(name, _)| name.starts_with(start)).map(
            |(name, places)| {
                (name.as_str(), places.iter().any(|place| !self.pairs[*place].1.trim().is_empty()))
            },
        )
    }

    /// Everything sent under one name, in order.
    fn sent(&self, name: &str) -> impl Iterator<Item = &str> {
        let places = self.places.get(name).map(Vec::as_slice).unwrap_or_default();
        places.iter().map(|place| self.pairs[*place].1.as_str())
    }

    /// What was typed, as it was typed; empty when the field was not sent.
    pub fn value(&self, name: &str) -> &str {
        self.sent(name).next().unwrap_or_default()
    }

    /// Everything sent under one name, in order, without the empty ones.
    pub fn values(&self, name: &str) -> Vec<&str> {
        self.sent(name).filter(|value| !value.is_empty()).collect()
    }

    /// Every pair in the order of the form, for saving a draft.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// What was typed without the blanks around it; `None` when nothing remains.
    pub fn text(&self, name: &str) -> Option<&str> {
        Some(self.value(name).trim()).filter(|text| !text.is_empty())
    }

    /// Whether a lone checkbox was ticked, or a button of this name pressed.
    pub fn checked(&self, name: &str) -> bool {
        self.text(name).is_some()
    }

    /// A whole number; dots, commas or blanks between thousands are allowed, and nowhere else: `1.5` is not
    /// fifteen. `None` when there is nothing or something else, which [`Form::text`] tells apart.
    pub fn number(&self, name: &str) -> Option<i64> {
        let text = self.text(name)?;
        let Some(separator) = text.chars().find(|c| matches!(c, '.' | ',' | ' ' | '\u{a0}')) else {
            return text.parse().ok();
        };
        let mut groups = text.split(separator);
        let first = groups.next()?;
        let is_whole = (1..=3).contains(&first.trim_start_matches('-').len())
            && groups.all(|group| group.len() == 3 && group.bytes().all(|c| c.is_ascii_digit()));
        if is_whole { text.replace(separator, "").parse().ok() } else { None }
    }

    /// Records what to do about a field. The first complaint about a field stands.
    pub fn refuse(&mut self, name: &str, message: impl Into<String>) {
        self.refuse_at(name, name, message);
    }

    /// As [`Form::refuse`], with the element that takes the focus.
    pub fn refuse_at(&mut self, name: &str, target: &str, message: impl Into<String>) {
        if ERRORS_MAX <= self.errors.len() || self.error(name).is_some() {
            return;
        }
        self.errors.push(FieldError {
            name: name.to_owned(),
            target: target.to_owned(),
            message: message.into(),
        });
    }

    /// Drops complaints about fields that another page has.
    pub fn keep_errors(&mut self, is_here: impl Fn(&str) -> bool) {
        self.errors.retain(|error| is_here(&error.name));
    }

    /// The complaint about one field.
    pub fn error(&self, name: &str) -> Option<&str> {
        self.errors.iter().find(|error| error.name == name).map(|error| error.message.as_str())
    }

    /// Every complaint, in the order they were recorded: the order of the fields on the page.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// Whether anything has to be mended.
    pub fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// One field for a macro: text, radios, checkboxes, select, textarea.
    pub fn field(&self, name: &str) -> Field {
        Field {
            name: name.to_owned(),
            value: self.value(name).to_owned(),
            values: self.values(name).into_iter().map(str::to_owned).collect(),
            error: self.error(name).map(str::to_owned),
        }
    }
}

/// Reads the body (or, for GET, the query) of a request.
impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = FormRejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let axum::Form(pairs) = axum::Form::<Vec<(String, String)>>::from_request(request, state).await?;
        Ok(Self::from_pairs(pairs))
    }
}

impl Field {
    /// An empty field of this name, for pages without a form of their own (a search box).
    pub fn new(name: &str, value: &str) -> Self {
        Self { name: name.to_owned(), value: value.to_owned(), values: vec![value.to_owned()], error: None }
    }

    /// Whether `value` is what was chosen, or among it.
    pub fn has(&self, value: &str) -> bool {
        self.values.iter().any(|chosen| chosen == value)
    }
}

impl Choice {
    /// A choice without a hint.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), hint: String::new() }
    }

    /// The same choice with a sentence below it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

/// A text as forms keep it: letters with their marks (NFC), plain line feeds, no control characters.
pub fn composed(text: &str) -> String {
    let seen = |c: &char| *c == '\n' || *c == '\t' || !is_unseen(*c);
    text.replace("\r\n", "\n").chars().filter(seen).nfc().collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn born(day: &str, month: &str, year: &str) -> Form {
        Form::from_pairs([("born-day", day), ("born-month", month), ("born-year", year)])
    }

    #[test]
    fn a_day_is_read_from_three_boxes_or_from_the_first() {
        assert_eq!(born("1", "2", "2026").date("born"), Ok(Some(date(2026, 2, 1))));
        assert_eq!(born("01-02-2026", "", "").date("born"), Ok(Some(date(2026, 2, 1))));
        assert_eq!(born("1/2/2026", "", "").date("born"), Ok(Some(date(2026, 2, 1))));
        assert_eq!(Form::from_pairs([("born", "2026-02-01")]).date("born"), Ok(Some(date(2026, 2, 1))));
        assert_eq!(born("", " ", "").date("born"), Ok(None));
    }

    #[test]
    fn a_day_that_is_not_whole_names_the_part() {
        assert_eq!(born("", "2", "2026").date("born"), Err(DateProblem::NoDay));
        assert_eq!(born("1", "", "2026").date("born"), Err(DateProblem::NoMonth));
        assert_eq!(born("1", "2", "").date("born"), Err(DateProblem::NoYear));
        assert_eq!(born("1", "2", "26").date("born"), Err(DateProblem::ShortYear));
        assert_eq!(born("30", "2", "2026").date("born"), Err(DateProblem::NotADay));
        assert_eq!(born("+1", "2", "2026").date("born"), Err(DateProblem::NotADay));
        assert_eq!(born("một", "2", "2026").date("born"), Err(DateProblem::NotADay));
    }

    #[test]
    fn a_refused_form_comes_back_whole() {
        let mut form = born("31", "2", "1990");
        form.set("full_name", " Nguyễn Văn An ");
        let problem = form.date("born").unwrap_err();
        form.refuse_date("born", problem, "Ngày sinh phải là ngày có thật");
        form.refuse_date("born", problem, "a second complaint about the same field");

        assert_eq!(form.value("full_name"), " Nguyễn Văn An ");
        assert_eq!(form.text("full_name"), Some("Nguyễn Văn An"));
        let field = form.date_field("born");
        assert_eq!((field.day.as_str(), field.month.as_str(), field.year.as_str()), ("31", "2", "1990"));
        assert_eq!(field.wrong, DateParts::ALL);
        assert_eq!(field.error.as_deref(), Some("Ngày sinh phải là ngày có thật"));
        assert_eq!(form.errors().len(), 1);
        assert_eq!(form.errors()[0].target, "born-day");
    }

    #[test]
    fn letters_typed_apart_from_their_marks_are_composed() {
        let form = Form::from_pairs([("full_name", "Nguye\u{302}\u{303}n\r\nAn\u{0}")]);
        assert_eq!(form.value("full_name"), "Nguyễn\nAn");
    }

    #[test]
    fn a_number_may_have_marks_between_thousands_and_nowhere_else() {
        let read = |typed: &str| Form::from_pairs([("fee", typed)]).number("fee");
        for typed in ["1005000", "1.005.000", "1,005,000", "1 005 000", " 1\u{a0}005\u{a0}000 "] {
            assert_eq!(read(typed), Some(1_005_000), "{typed}");
        }
        assert_eq!((read("-1.005"), read("15")), (Some(-1_005), Some(15)));
        for typed in ["1.5", "1,5", "10.05", "1.005.00", "1005.000", "1.005,000", ".005", "1.-05", "hai", ""]
        {
            assert_eq!(read(typed), None, "{typed}");
        }
        assert_eq!(Form::from_pairs([("copies", "hai")]).text("copies"), Some("hai"));
    }

    #[test]
    fn boxes_ticked_together_all_arrive() {
        let form = Form::from_pairs([("days", "mon"), ("days", "fri"), ("days", "")]);
        assert_eq!(form.values("days"), ["mon", "fri"]);
        let field = form.field("days");
        assert!(field.has("fri") && !field.has("tue") && !field.has(""));
    }

    proptest! {
        /// A day shown in the boxes is the day read back from them.
        #[test]
        fn a_day_survives_its_boxes(year in 1900i16..2200, month in 1i8..=12, day in 1i8..=28) {
            let mut form = Form::new();
            form.set_date("born", date(year, month, day));
            prop_assert_eq!(form.date("born"), Ok(Some(date(year, month, day))));
        }

        /// Whatever is typed is answered.
        #[test]
        fn anything_typed_is_answered(day in ".{0,12}", month in ".{0,12}", year in ".{0,12}") {
            let form = born(&day, &month, &year);
            if let Err(problem) = form.date("born") {
                prop_assert!(problem.key().starts_with("form.date_"));
            }
        }
    }
}
