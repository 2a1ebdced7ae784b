//! Forms that arrive when the session behind them is over: kept, and given back after signing in again.
//!
//! A form is kept only when its token proves that it was made for that session, and given back only to the person
//! whose session it was, in the same browser.

pub mod store;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequest as _, FromRequestParts as _, Multipart, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use jiff::SignedDuration;
use motcua_db::DbError;
use motcua_domain::ids::PersonId;
use serde::{Deserialize, Serialize};

use crate::account::session;
use crate::app::App;
use crate::document::handoff;
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::guard::set_cookie;
use crate::web::page::{Page, render};
use crate::web::router::FORM_BYTES_MAX;
use crate::web::safe_path;
use crate::web::visitor::{Face, SESSION_COOKIE, Visitor, cookie, encode};

/// Cookie that finds the kept form.
const COOKIE: &str = "giu";
/// A form is kept for this long.
pub const MINUTES_MAX: i64 = 120;
/// The page that gives a form back.
pub const PATH: &str = "/noi-dung-vua-nhap";
/// Longest form with a file whose texts are kept; the file is read past, not kept.
const MULTIPART_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Field that tells a page that a file had been chosen and has to be chosen again. Its value is the name of the file.
pub const LOST_FILE: &str = "lost_file";

/// A form that was not taken.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Held {
    /// Where it was sent to.
    path: String,
    /// The page it was on.
    from: String,
    /// Everything in it but its token.
    pairs: Vec<(String, String)>,
    /// It goes where files go, and has to be sent as files are.
    #[serde(default)]
    is_multipart: bool,
}

impl Held {
    /// The name of a file that was chosen and could not be kept.
    fn lost_file(&self) -> Option<&str> {
        self.pairs.iter().find(|(name, _)| name == LOST_FILE).map(|(_, value)| value.as_str())
    }
}

/// Lies around all pages: when a changing request is answered with "sign in first", keeps its form, and makes sure
/// that signing in leads back to a page that can be shown.
pub async fn keep(State(app): State<App>, request: Request, next: Next) -> Response {
    if *request.method() != Method::POST {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let Ok(visitor) = Visitor::from_request_parts(&mut parts, &app).await else {
        return next.run(Request::from_parts(parts, body)).await;
    };
    if visitor.person.is_none() && is_form_with_file(&parts) {
        return keep_texts(app, parts, body, next).await;
    }
    if visitor.person.is_some() || !is_form(&parts.headers) {
        let kept = parts.clone();
        let response = next.run(Request::from_parts(parts, body)).await;
        return lead_back(response, &kept, None);
    }
    let Ok(bytes) = axum::body::to_bytes(body, FORM_BYTES_MAX).await else {
        return PageError::TooLarge(visitor.locale.t("account.form_too_large").to_owned()).into_response();
    };
    let kept = parts.clone();
    let response = next.run(Request::from_parts(parts, Body::from(bytes.clone()))).await;
    let Some(door) = door(&response) else { return response };
    let form = read(&bytes).await.unwrap_or_default();
    match hold(&app, &kept, &form, door).await {
        Ok(cookie) => lead_back(response, &kept, cookie),
        Err(error) => PageError::from(error).into_response(),
    }
}

/// Keeps the texts of a form that may carry a file. Nobody sends files without having signed in, so whoever answers
/// needs nothing of the body to say so.
async fn keep_texts(app: App, parts: Parts, body: Body, next: Next) -> Response {
    let response = next.run(Request::from_parts(parts.clone(), Body::empty())).await;
    let Some(door) = door(&response) else { return response };
    let form = read_texts(&parts, body).await;
    match hold(&app, &parts, &form, door).await {
        Ok(cookie) => lead_back(response, &parts, cookie),
        Err(error) => PageError::from(error).into_response(),
    }
}

/// The page that gives a kept form back to whom it belongs.
pub async fn page(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let Some(person) = visitor.person.as_ref().map(|person| person.id) else {
        return Err(PageError::SignIn(format!("/dang-nhap?tiep={PATH}")));
    };
    let held = find(&app, &headers, person).await?;
    let page = Page::new(&app, &visitor, visitor.locale.t("account.held_title"));
    Ok(render(&HeldPage { page, held }))
}

#[derive(askama::Template)]
#[template(path = "account/held.html")]
struct HeldPage {
    page: Page,
    held: Option<Held>,
}

/// Which door a "sign in first" leads to.
fn door(response: &Response) -> Option<Face> {
    let PageError::SignIn(to) = response.extensions().get::<PageError>()? else { return None };
    Some(if to.starts_with("/can-bo") { Face::Desk } else { Face::Portal })
}

/// Keeps the form, when it is known whose it is. Answers the `Set-Cookie` value to find it by.
async fn hold(app: &App, parts: &Parts, form: &Form, face: Face) -> Result<Option<HeaderValue>, DbError> {
    let Some(token) = cookie(&parts.headers, SESSION_COOKIE) else { return Ok(None) };
    if !app.secrets.is_signed(&["csrf", &token], form.value("csrf")) {
        return Ok(None);
    }
    let past = session::hash(app, &token);
    let Some((person, was)) = app.store.read(move |tx| super::store::past_session(tx, &past)).await? else {
        return Ok(None);
    };
    if was != face {
        return Ok(None);
    }
    let pairs = form.pairs().iter().filter(|(name, _)| name != "csrf").cloned().collect();
    let path = parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
    let from = referring_path(&parts.headers).unwrap_or_else(|| "/".to_owned());
    let held = Held { path, from, pairs, is_multipart: is_form_with_file(parts) };
    let key = app.random.token();
    let token_hash = app.secrets.keyed_hash("held", &key);
    let json = serde_json::to_string(&held).expect("a form is texts");
    let sealed = app.secrets.seal(&app.random, &format!("held:{token_hash}"), &json);
    let now = app.clock.now();
    app.store.write(move |tx| store::put(tx, &token_hash, person, &sealed, now)).await?;
    let value = set_cookie(app, COOKIE, &key, Some(MINUTES_MAX * 60));
    Ok(HeaderValue::from_str(&value).ok())
}

/// The form in a body.
async fn read(body: &Bytes) -> Option<Form> {
    let request = Request::post("/")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body.clone()))
        .ok()?;
    Form::from_request(request, &()).await.ok()
}

/// The texts of a form with a file, as far as it can be read; the file itself is read past.
async fn read_texts(parts: &Parts, body: Body) -> Form {
    let mut request = Request::from_parts(parts.clone(), body);
    DefaultBodyLimit::max(MULTIPART_BYTES_MAX).apply(&mut request);
    let mut pairs: Vec<(String, String)> = Vec::new();
    let Ok(mut form) = Multipart::from_request(request, &()).await else { return Form::new() };
    let mut bytes = 0;
    while let Ok(Some(mut part)) = form.next_field().await {
        let name = part.name().unwrap_or_default().to_owned();
        if let Some(file) = part.file_name().map(str::to_owned) {
            while let Ok(Some(_)) = part.chunk().await {}
            if !file.is_empty() {
                pairs.push((LOST_FILE.to_owned(), file));
            }
            continue;
        }
        let Ok(text) = part.text().await else { break };
        bytes += name.len() + text.len();
        if FORM_BYTES_MAX < bytes {
            break;
        }
        pairs.push((name, text));
    }
    Form::from_pairs(pairs)
}

async fn find(app: &App, headers: &HeaderMap, person: PersonId) -> Result<Option<Held>, DbError> {
    let Some(key) = cookie(headers, COOKIE) else { return Ok(None) };
    let token_hash = app.secrets.keyed_hash("held", &key);
    let since = app.clock.now() - SignedDuration::from_mins(MINUTES_MAX);
    let hash = token_hash.clone();
    let Some(sealed) = app.store.read(move |tx| store::find(tx, &hash, person, since)).await? else {
        return Ok(None);
    };
    let json = app
        .secrets
        .open(&format!("held:{token_hash}"), &sealed)
        .map_err(|error| DbError::Decode(error.to_string()))?;
    serde_json::from_str(&json).map(Some).map_err(|error| DbError::Decode(error.to_string()))
}

/// Signing in leads to the kept form, or to the page the form was on: the address a form is sent to cannot be shown.
/// A script is told plainly, because it would follow the redirect and take the sign-in page for an answer.
fn lead_back(mut response: Response, parts: &Parts, held: Option<HeaderValue>) -> Response {
    let Some(PageError::SignIn(to)) = response.extensions().get::<PageError>().cloned() else {
        return response;
    };
    if parts.headers.contains_key("x-csrf-token") {
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        return response;
    }
    let door = to.split('?').next().unwrap_or_default();
    let back = match &held {
        Some(_) => PATH.to_owned(),
        None => referring_path(&parts.headers).unwrap_or_default(),
    };
    let target = if back.is_empty() { door.to_owned() } else { format!("{door}?tiep={}", encode(&back)) };
    let headers = response.headers_mut();
    if let Ok(target) = HeaderValue::from_str(&target) {
        headers.insert(header::LOCATION, target);
    }
    if let Some(held) = held {
        headers.append(header::SET_COOKIE, held);
    }
    response
}

/// The path of the page a request came from; browsers send it to our own site only.
fn referring_path(headers: &HeaderMap) -> Option<String> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let (_, rest) = text(header::REFERER)?.split_once("://")?;
    let (host, _) = rest.split_once('/')?;
    let path = rest.get(host.len()..)?;
    (text(header::HOST) == Some(host)).then(|| safe_path(path).map(str::to_owned)).flatten()
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.starts_with("application/x-www-form-urlencoded")
}

/// A page's form that may carry a file, sent with a session that may be over. Scripts are answered before they send
/// more, programs have no session, and a phone that came by a link needs none.
fn is_form_with_file(parts: &Parts) -> bool {
    let kind =
        parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.starts_with("multipart/form-data")
        && !parts.headers.contains_key("x-csrf-token")
        && !parts.uri.path().starts_with(handoff::PATH)
        && cookie(&parts.headers, SESSION_COOKIE).is_some()
}
