//! Which template prints a form: the one its office edited, else the one the program came with.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use motcua_domain::form::{FormKind, FormSet, FormSetError, FormSets, SetForm};
use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;

use super::data::{FormData, REGISTER_ROWS_MAX};
use super::render::{FormError, render};
use super::{sample, seed};

/// Every set of forms with its templates.
#[derive(Debug, Clone)]
pub struct FormLibrary {
    sets: FormSets,
    shipped: BTreeMap<String, String>,
    edited: Vec<EditedTemplate>,
}

/// A template that an office changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditedTemplate {
    /// Code of the set whose form it replaces.
    pub set: String,
    /// The form it replaces.
    pub kind: FormKind,
    /// First day of reception it is used for.
    pub valid_from: Date,
    /// The Typst source.
    pub source: String,
}

/// A form as it is to be printed for one dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChosenForm<'a> {
    /// The set it belongs to.
    pub set: &'a FormSet,
    /// Its place in the set: number, title, letters of its sequence.
    pub form: &'a SetForm,
    /// The Typst source.
    pub source: &'a str,
    /// From when an edited template holds; none for the shipped one.
    pub edited_from: Option<Date>,
}

/// Why the shipped forms cannot be used.
#[derive(Debug, Error)]
enum LibraryError {
    /// A file is not in the program.
    #[error("the file {0} of the forms is missing")]
    Missing(String),
    /// The list of sets cannot be read.
    #[error("the list of sets of forms cannot be read")]
    Unreadable(#[from] toml::de::Error),
    /// The sets contradict each other.
    #[error(transparent)]
    Sets(#[from] FormSetError),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetsFile {
    set: Vec<FormSet>,
}

impl FormLibrary {
    /// The forms that come with the program, read once.
    pub fn shipped() -> &'static Self {
        static SHIPPED: LazyLock<FormLibrary> =
            LazyLock::new(|| FormLibrary::read().expect("the shipped forms agree: a test reads them"));
        &SHIPPED
    }

    /// Reads the shipped forms and checks that they agree.
    fn read() -> Result<Self, LibraryError> {
        let missing = |name: &str| LibraryError::Missing(name.to_owned());
        let list = seed::text(seed::SETS).ok_or_else(|| missing(seed::SETS))?;
        let file: SetsFile = toml::from_str(&list)?;
        let sets = FormSets::new(file.set)?;
        let mut shipped = BTreeMap::new();
        for form in sets.iter().flat_map(|set| &set.forms) {
            let source = seed::text(&form.template).ok_or_else(|| missing(&form.template))?;
            shipped.insert(form.template.clone(), source);
        }
        Ok(Self { sets, shipped, edited: Vec::new() })
    }

    /// The same library with the templates that offices edited.
    #[must_use]
    pub fn with_edited(mut self, edited: Vec<EditedTemplate>) -> Self {
        self.edited = edited;
        self
    }

    /// The sets of forms.
    pub fn sets(&self) -> &FormSets {
        &self.sets
    }

    /// The form of this kind for a dossier received on `received_on`.
    pub fn form(&self, kind: FormKind, received_on: Date) -> Option<ChosenForm<'_>> {
        let (set, form) = self.sets.form(kind, received_on)?;
        let edited = self
            .edited
            .iter()
            .filter(|edited| edited.set == set.code && edited.kind == kind)
            .filter(|edited| edited.valid_from <= received_on)
            .max_by_key(|edited| edited.valid_from);
        let source = match edited {
            Some(edited) => &edited.source,
            None => self.shipped.get(&form.template)?,
        };
        Some(ChosenForm { set, form, source, edited_from: edited.map(|edited| edited.valid_from) })
    }

    /// The number printed on the `number`-th form of its sequence, such as `07/HDHS`.
    pub fn number_label(&self, kind: FormKind, received_on: Date, number: u32) -> Option<String> {
        self.form(kind, received_on)?.form.number_label(number)
    }

    /// Prints a form for a dossier received on `received_on`.
    ///
    /// # Errors
    /// [`FormError`]; a shipped template prints whatever a dossier holds.
    pub fn print(
        &self,
        data: &FormData,
        received_on: Date,
        created: Timestamp,
    ) -> Result<Vec<u8>, FormError> {
        if let FormData::Register(register) = data
            && REGISTER_ROWS_MAX < register.rows.len()
        {
            return Err(FormError::RegisterTooLong(register.rows.len()));
        }
        let kind = data.kind();
        let chosen = self.form(kind, received_on).ok_or(FormError::NoForm { kind, received_on })?;
        render(chosen.source, &with_form(data, chosen.set, chosen.form)?, created)
    }

    /// Prints `source` with sample data, as if it were the template of this form.
    ///
    /// # Errors
    /// [`FormError`] that says what is wrong and in which line.
    pub fn preview(&self, kind: FormKind, received_on: Date, source: &str) -> Result<Vec<u8>, FormError> {
        let (set, form) = self.sets.form(kind, received_on).ok_or(FormError::NoForm { kind, received_on })?;
        render(source, &with_form(&sample::of(kind), set, form)?, sample::instant())
    }
}

/// The data a template reads: what the form says, and which form of which set it is.
fn with_form(data: &FormData, set: &FormSet, form: &SetForm) -> Result<Value, FormError> {
    let mut value = serde_json::to_value(data).map_err(FormError::Data)?;
    if let Value::Object(fields) = &mut value {
        let form = json!({
            "number": form.printed_number(),
            "title": form.title,
            "set": set.code,
            "base": set.base,
        });
        fields.insert("form".to_owned(), form);
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn library() -> FormLibrary {
        FormLibrary::read().unwrap()
    }

    #[test]
    fn six_forms_until_the_circular_of_2025_and_seven_since() {
        let library = library();
        let counts: Vec<usize> = library.sets().iter().map(|set| set.forms.len()).collect();
        assert_eq!(counts, [6, 7]);
        let title = |day| library.form(FormKind::Apology, day).unwrap().form.title.clone();
        assert_eq!(title(date(2025, 9, 14)), "Phiếu xin lỗi và hẹn lại ngày trả kết quả");
        assert_eq!(title(date(2025, 9, 15)), "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết");
    }

    #[test]
    fn numbers_carry_the_letters_of_the_form() {
        let library = library();
        let label = |kind, number| library.number_label(kind, date(2026, 3, 6), number);
        assert_eq!(label(FormKind::SupplementRequest, 7).as_deref(), Some("07/HDHS"));
        assert_eq!(label(FormKind::Apology, 3).as_deref(), Some("03/PXL"));
        assert_eq!(label(FormKind::Register, 1), None);
    }

    #[test]
    fn an_edited_template_holds_for_dossiers_received_since() {
        let edited = |valid_from, source: &str| EditedTemplate {
            set: "2025".to_owned(),
            kind: FormKind::Receipt,
            valid_from,
            source: source.to_owned(),
        };
        let library =
            library().with_edited(vec![edited(date(2026, 5, 1), "later"), edited(date(2026, 3, 1), "first")]);
        let source = |kind, day| library.form(kind, day).unwrap().source.to_owned();
        assert!(source(FormKind::Receipt, date(2026, 2, 28)).contains("frame.typ"));
        assert_eq!(source(FormKind::Receipt, date(2026, 3, 1)), "first");
        assert_eq!(source(FormKind::Receipt, date(2026, 12, 1)), "later");
        assert!(source(FormKind::Refusal, date(2026, 12, 1)).contains("frame.typ"));
        assert!(source(FormKind::Receipt, date(2025, 1, 2)).contains("frame.typ"));
    }
}
