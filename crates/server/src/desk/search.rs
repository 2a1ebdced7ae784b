//! Search over the dossiers an officer may see: by code, name or number.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::Timestamp;
use motcua_domain::access::list_scope;
use motcua_domain::dossier::Status;
use motcua_domain::identity::fold;
use serde::Deserialize;

use crate::app::App;
use crate::desk::store;
use crate::web::error::PageError;
use crate::web::page::{Page, render};
use crate::web::visitor::Officer;
use crate::web::wording;

/// Most dossiers shown; a search that finds more has to be narrowed.
const FOUND_MAX: i64 = 50;

/// What is searched for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
}

struct FoundWords {
    code: String,
    applicant: String,
    procedure: String,
    status: &'static str,
    status_number: i64,
    submitted: String,
    due: String,
}

#[derive(Template)]
#[template(path = "desk/search.html")]
struct SearchPage {
    page: Page,
    q: String,
    found: Vec<FoundWords>,
    is_cut: bool,
}

/// The page of results; a whole code goes straight to its dossier.
pub async fn page(
    State(app): State<App>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let locale = officer.visitor.locale;
    let q = asked.q.trim().to_owned();
    let mut found = Vec::new();
    if !q.is_empty() {
        let scope = list_scope(&officer.person.actor());
        let (text, hash) = (fold(&q), app.secrets.keyed_hash("applicant", &q.replace([' ', '.'], "")));
        found = app.store.read(move |tx| store::search(tx, &scope, &text, &hash, FOUND_MAX)).await?;
    }
    if let [only] = found.as_slice()
        && only.code.eq_ignore_ascii_case(&q)
    {
        return Ok(Redirect::to(&format!("/can-bo/ho-so/{}", only.code)).into_response());
    }
    let is_cut = i64::try_from(found.len()).is_ok_and(|n| FOUND_MAX <= n);
    let instant =
        |text: &str| text.parse::<Timestamp>().map(wording::office_datetime_short).unwrap_or_default();
    let found = found
        .into_iter()
        .map(|one| FoundWords {
            status: Status::from_number(one.status)
                .map_or("", |status| locale.t(&format!("status.{}", status.name()))),
            status_number: one.status,
            submitted: instant(&one.submitted_at),
            due: one.due_at.as_deref().map(instant).unwrap_or_default(),
            code: one.code,
            applicant: one.applicant_name,
            procedure: one.procedure_name,
        })
        .collect();
    let page = Page::new(&app, &officer.visitor, locale.t("desk.search"));
    Ok(render(&SearchPage { page, q, found, is_cut }))
}
