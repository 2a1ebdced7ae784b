//! Public look-up by exact code: how far it is and when it is due, and nothing about anybody.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use motcua_domain::dossier::{Dossier, DossierCode, Office as _, Status, TaskState, time};
use serde::Deserialize;

use crate::app::App;
use crate::dossier::steps;
use crate::dossier::words::time_left;
use crate::portal::dossier::due_unless_paused;
use crate::portal::words::Words;
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::limit::{Limit, Remote};
use crate::web::locale::Locale;
use crate::web::page::{Page, render_as};
use crate::web::visitor::Visitor;

#[derive(Template)]
#[template(path = "portal/lookup.html")]
struct LookupPage {
    page: Page,
    answers: Form,
    code: String,
    found: Option<Found>,
}

/// What everybody may know.
pub struct Found {
    /// The code, as it is printed.
    pub code: String,
    /// Where it stands.
    pub status: Status,
    status_words: &'static str,
    /// Steps done.
    pub done: usize,
    /// Steps there are.
    pub all: usize,
    progress: String,
    /// When it is due.
    pub due_at: Option<Timestamp>,
    due: String,
    /// What is to be expected.
    pub note: String,
}

/// The code typed into the form.
#[derive(Debug, Default, Deserialize)]
pub struct Typed {
    ma: Option<String>,
}

/// The form. A code typed into it leads to its page.
pub async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    Query(typed): Query<Typed>,
) -> Result<Response, PageError> {
    let locale = visitor.locale;
    let Some(text) = typed.ma else {
        return Ok(page(&app, &visitor, Form::new(), String::new(), None, StatusCode::OK));
    };
    if let Ok(code) = text.parse::<DossierCode>() {
        return Ok(Redirect::to(&format!("/tra-cuu/{code}")).into_response());
    }
    let mut form = Form::from_pairs([("ma", text)]);
    let key = if form.text("ma").is_none() { "portal.type_code" } else { "portal.code_form" };
    form.refuse("ma", locale.t(key));
    Ok(page(&app, &visitor, form, String::new(), None, StatusCode::UNPROCESSABLE_ENTITY))
}

/// One dossier. A code that is not there is answered like one that cannot be.
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    remote: Remote,
    Path(code): Path<String>,
) -> Result<Response, PageError> {
    app.limits.take(Limit::LookUpsPerRemote, &remote.0, app.clock.now())?;
    let found = find(&app, &code, visitor.locale).await?;
    let answers = Form::from_pairs([("ma", code.as_str())]);
    let status = if found.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    Ok(page(&app, &visitor, answers, code, found, status))
}

/// What everybody may know about the dossier with this code.
pub async fn find(app: &App, code: &str, locale: Locale) -> Result<Option<Found>, PageError> {
    let Ok(code) = code.parse::<DossierCode>() else { return Ok(None) };
    let inner = app.clone();
    let loaded = app.store.read(move |tx| steps::load(tx, &inner, &code)).await;
    let office = app.office();
    let words = Words::new(locale, &office);
    let loaded = loaded.map_err(|error| words.error(error))?;
    Ok(loaded.map(|loaded| public(app, &loaded.dossier, locale)))
}

fn public(app: &App, dossier: &Dossier, locale: Locale) -> Found {
    let (office, now) = (app.office(), app.clock.now());
    let words = Words::new(locale, &office);
    let calendar = office.calendar_of(dossier.responsible_unit());
    let status = dossier.status();
    let tasks = &dossier.progress.tasks;
    let all = tasks.iter().filter(|task| !matches!(task.state, TaskState::Dropped)).count();
    let done = tasks.iter().filter(|task| matches!(task.state, TaskState::Done { .. })).count();
    let due = if status.is_closed() { dossier.progress.due } else { time::due(dossier, calendar, now) };
    let note = match status {
        Status::AwaitingSupplement | Status::AwaitingPayment => locale.t("portal.lookup_waits").to_owned(),
        Status::Settled => locale.t("portal.lookup_settled").to_owned(),
        Status::Registered | Status::Accepted | Status::InProcess => match (dossier.open_pause(), due) {
            (Some(_), _) => locale.t("portal.lookup_paused").to_owned(),
            (None, Some(due)) => time_left(locale, calendar, now, due),
            (None, None) => String::new(),
        },
        Status::Refused | Status::Withdrawn | Status::Stopped | Status::Returned => {
            locale.t("portal.lookup_over").to_owned()
        }
    };
    Found {
        code: dossier.code.to_string(),
        status,
        status_words: words.status(status),
        done,
        all,
        progress: locale.say("portal.lookup_steps").arg("done", done).arg("all", all).to_string(),
        due_at: due,
        due: due.map_or_else(
            || locale.t("portal.lookup_no_due").to_owned(),
            |due| due_unless_paused(dossier, locale, due),
        ),
        note,
    }
}

fn page(
    app: &App,
    visitor: &Visitor,
    answers: Form,
    code: String,
    found: Option<Found>,
    status: StatusCode,
) -> Response {
    let title = visitor.locale.t("portal.lookup_title");
    let title = if code.is_empty() { title.to_owned() } else { format!("{code} – {title}") };
    let page = Page::new(app, visitor, title);
    let mut response = render_as(status, &LookupPage { page, answers, code, found });
    response.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex, nofollow"));
    response
}
