//! What a phone sees of a link: which desk asks for which paper, and a place to send it. Nothing of the dossier, nothing
//! of whom it is about, and of what was sent only how many.

use std::collections::HashMap;

use askama::Template;
use axum::Router;
use axum::extract::{Multipart, Path, Query, Request, State as Extracted};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{any, get, options, post};

use crate::account::office_log::Doer;
use crate::app::App;
use crate::document::handoff::phone::{Phone, State};
use crate::document::handoff::{End, finish};
use crate::document::problem::{PER_COMPONENT_MAX, Problem};
use crate::document::upload::{Sender, web};
use crate::portal::step::Asked;
use crate::portal::upload::{self, UnfinishedRow};
use crate::portal::work::Work;
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::guard::SafeForm;
use crate::web::page::{Page, render_as};
use crate::web::wording;

/// Pages of a link.
pub fn routes() -> Router<App> {
    Router::new().route("/chup/{token}", get(show)).route("/chup/{token}/xong", post(done))
}

/// Where its files come in.
pub fn uploads(app: &App) -> Router<App> {
    Router::new()
        .route("/chup/{token}/tep", post(receive))
        .layer(upload::body_limit(app))
        .route("/chup/{token}/tai-len", options(web::speaks).post(begin))
        .route("/chup/{token}/tai-len/{id}", any(one))
}

#[derive(Template)]
#[template(path = "portal/handoff.html")]
struct PhonePage {
    page: Page,
    answers: Form,
    is_open: bool,
    is_done: bool,
    href: String,
    url: String,
    component: String,
    asked: String,
    procedure: String,
    unit: String,
    until: String,
    received: String,
    limits: String,
    plain_limits: String,
    size_max: u64,
    count_max: usize,
    unfinished: Vec<UnfinishedRow>,
}

async fn show(
    Extracted(app): Extracted<App>,
    phone: Phone,
    Query(opened): Query<Asked>,
) -> Result<Response, PageError> {
    let locale = phone.visitor.locale;
    let state = phone.state(&app);
    let mut answers = Form::new();
    if let Some(problem) = Problem::from_name(&opened.loi) {
        let bytes_max = app.config.upload.file_bytes_max;
        answers.refuse(&phone.handoff.component, problem.words(&app, locale, bytes_max, &opened.ten));
    }
    let sender = Sender::Phone(Box::new(phone.clone()));
    let unfinished =
        if state == State::Open { on_their_way(&app, &sender, &phone).await? } else { Vec::new() };
    let is_bound = phone.is_bound();
    let handoff = &phone.handoff;
    let received = usize::try_from(handoff.received).ok().filter(|count| is_bound && 0 < *count);
    let title = if state == State::Open { "handoff.title" } else { "handoff.closed" };
    let page = PhonePage {
        page: Page::new(&app, &phone.visitor, locale.t(title)),
        answers,
        is_open: state == State::Open,
        is_done: state == State::Over(End::Done),
        href: phone.href(),
        url: format!("{}{}", phone.href(), crate::document::upload::PATH),
        component: handoff.component.clone(),
        asked: handoff.asked.clone(),
        procedure: handoff.procedure.clone(),
        unit: handoff.unit.clone(),
        until: wording::clock_time(handoff.expires_at),
        received: received.map(|count| locale.count("handoff.sent", count).to_string()).unwrap_or_default(),
        limits: upload::limits(&app, locale),
        plain_limits: upload::plain_limits(&app, locale),
        size_max: app.config.upload.resumable_bytes_max,
        count_max: PER_COMPONENT_MAX,
        unfinished,
    };
    let status = match state {
        State::Open if page.answers.has_errors() => StatusCode::UNPROCESSABLE_ENTITY,
        State::Open | State::Over(End::Done) => StatusCode::OK,
        State::Elsewhere | State::Over(End::Revoked | End::Finished | End::Expired) => StatusCode::GONE,
    };
    let mut response = render_as(status, &page);
    response.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex, nofollow"));
    Ok(response)
}

/// What this phone began and did not finish.
async fn on_their_way(app: &App, sender: &Sender, phone: &Phone) -> Result<Vec<UnfinishedRow>, PageError> {
    let mut work = Work::load(app, sender.owner(), phone.handoff.draft).await?;
    let mut uploads = upload::unfinished(app, &work.draft, &mut work.files).await?;
    uploads.retain(|upload| sender.may_see(upload));
    let mut rows = upload::unfinished_rows(&uploads, &phone.handoff.component, phone.visitor.locale);
    for row in &mut rows {
        row.href = sender.href(&row.id);
        row.remove = String::new();
    }
    Ok(rows)
}

/// Whoever holds the phone says that everything was sent. Nothing more is taken then.
async fn done(
    Extracted(app): Extracted<App>,
    phone: Phone,
    SafeForm(_): SafeForm,
) -> Result<Response, PageError> {
    if phone.state(&app) == State::Open {
        let (inner, handoff) = (app.clone(), phone.handoff.clone());
        app.store.write(move |tx| finish(tx, &inner, &Doer::program(), &handoff, End::Done)).await?;
    }
    Ok(Redirect::to(&phone.href()).into_response())
}

/// Takes the files of a plain form.
async fn receive(
    Extracted(app): Extracted<App>,
    mut phone: Phone,
    multipart: Multipart,
) -> Result<Response, PageError> {
    if phone.state(&app) != State::Open || !phone.bind(&app).await? {
        return Ok(Redirect::to(&phone.href()).into_response());
    }
    let work = Work::load(&app, phone.handoff.owner, phone.handoff.draft).await?;
    upload::take_all(&app, &Sender::Phone(Box::new(phone)), work, multipart).await
}

async fn begin(Extracted(app): Extracted<App>, phone: Phone, headers: HeaderMap) -> Response {
    let locale = phone.visitor.locale;
    web::begin_as(&app, Some(Sender::Phone(Box::new(phone))), &headers, locale).await
}

async fn one(
    Extracted(app): Extracted<App>,
    phone: Phone,
    Path(places): Path<HashMap<String, String>>,
    request: Request,
) -> Response {
    let (id, locale) = (places.get("id").cloned().unwrap_or_default(), phone.visitor.locale);
    web::one_as(&app, Some(Sender::Phone(Box::new(phone))), &id, request, locale).await
}
