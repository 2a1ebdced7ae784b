//! What differs between two versions of one procedure.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use motcua_domain::procedure::ProcedureVersion;
use serde::Deserialize;

use crate::app::App;
use crate::procedure::admin::{HOME, code, reader, versions};
use crate::procedure::difference::{self, Difference};
use crate::procedure::outline::SECTIONS;
use crate::web::error::PageError;
use crate::web::form::Choice;
use crate::web::locale::Locale;
use crate::web::page::{Page, render};
use crate::web::visitor::Officer;
use crate::web::wording;

/// Which two versions.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    /// The earlier one; the one before the later one when not given.
    #[serde(default)]
    tu: String,
    /// The later one; the last when not given.
    #[serde(default)]
    den: String,
}

/// The differences under one heading.
pub struct Section {
    /// The heading.
    pub title: &'static str,
    /// What differs.
    pub differences: Vec<Difference>,
}

#[derive(Template)]
#[template(path = "procedure/admin/compare.html")]
struct ComparePage {
    page: Page,
    base: String,
    name: String,
    choices: Vec<Choice>,
    earlier: String,
    later: String,
    sections: Vec<Section>,
}

/// Compares two versions.
pub async fn page(
    State(app): State<App>,
    officer: Officer,
    Path(text): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    reader(&app, &officer)?;
    let code = code(&text)?;
    let locale = officer.visitor.locale;
    let all = versions(&app, &code).await?;
    let last = all.last().ok_or(PageError::NotFound)?;
    let numbered = |text: &str| -> Result<Option<&ProcedureVersion>, PageError> {
        if text.is_empty() {
            return Ok(None);
        }
        let number: u32 = text.parse().map_err(|_| PageError::NotFound)?;
        all.iter().find(|version| version.version == number).map(Some).ok_or(PageError::NotFound)
    };
    let later = numbered(&asked.den)?.unwrap_or(last);
    let before = all.iter().rev().find(|version| version.version < later.version).unwrap_or(later);
    let earlier = numbered(&asked.tu)?.unwrap_or(before);
    let label = |version: &ProcedureVersion| {
        locale
            .say("catalogue.version_from")
            .arg("version", version.version)
            .arg("from", wording::day_short(version.valid_from))
            .to_string()
    };
    let found = difference::between(locale, &app.office(), earlier, later);
    Ok(render(&ComparePage {
        page: Page::new(&app, &officer.visitor, locale.t("catalogue.compare")),
        base: format!("{HOME}/{code}"),
        name: format!("{code} {}", later.name),
        choices: all.iter().rev().map(|of| Choice::new(of.version.to_string(), label(of))).collect(),
        earlier: earlier.version.to_string(),
        later: later.version.to_string(),
        sections: sections(locale, found),
    }))
}

/// Differences under their headings, without empty ones.
pub fn sections(locale: Locale, found: Vec<Difference>) -> Vec<Section> {
    let mut sections: Vec<Section> =
        SECTIONS.map(|key| Section { title: locale.t(key), differences: Vec::new() }).into();
    for difference in found {
        let place = SECTIONS.iter().position(|key| *key == difference.section).unwrap_or_default();
        sections[place].differences.push(difference);
    }
    sections.retain(|section| !section.differences.is_empty());
    sections
}
