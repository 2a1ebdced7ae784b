//! The page on which people make tokens, see them and take them back: one for citizens, one for officers.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use motcua_db::DbError;

use crate::account::office_log::{self, Deed, Doer};
use crate::api::store::{self, TokenRow};
use crate::api::token::{self, DAYS_MAX, HOLDING_MAX, NAME_CHARS_MAX, Scope};
use crate::app::App;
use crate::web::done::Done;
use crate::web::error::PageError;
use crate::web::form::{Choice, Form};
use crate::web::guard::SafeForm;
use crate::web::locale::Locale;
use crate::web::page::{Page, render_as};
use crate::web::visitor::{Citizen, Face, Officer, Person, Visitor};
use crate::web::wording;

/// Tokens shown: those that hold, and the last that do not.
const SHOWN_MAX: i64 = 50;
/// Where citizens find the page.
pub const OF_CITIZENS: &str = "/tai-khoan/khoa-api";
/// Where officers find the page.
pub const OF_OFFICERS: &str = "/can-bo/tai-khoan/khoa-api";

/// One token in words.
struct Line {
    id: String,
    name: String,
    scopes: String,
    expires: String,
    last_used: String,
    state: &'static str,
    holds: bool,
}

/// What both pages show.
struct Shown {
    action: &'static str,
    answers: Form,
    scopes: Vec<Choice>,
    days: Vec<Choice>,
    /// The secret, once.
    fresh: Option<String>,
    is_revoked: bool,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "api/citizen_tokens.html")]
struct CitizenPage {
    page: Page,
    shown: Shown,
}

#[derive(Template)]
#[template(path = "api/officer_tokens.html")]
struct OfficerPage {
    page: Page,
    shown: Shown,
}

/// Tokens of a citizen.
pub async fn of_citizen(
    State(app): State<App>,
    citizen: Citizen,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    show(&app, &citizen.visitor, &citizen.person, blank(), None, done.word() == "thu-hoi").await
}

/// Tokens of an officer.
pub async fn of_officer(
    State(app): State<App>,
    officer: Officer,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    show(&app, &officer.visitor, &officer.person, blank(), None, done.word() == "thu-hoi").await
}

/// Makes a token for a citizen.
pub async fn make_for_citizen(
    State(app): State<App>,
    citizen: Citizen,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    make(&app, &citizen.visitor, &citizen.person, form).await
}

/// Makes a token for an officer.
pub async fn make_for_officer(
    State(app): State<App>,
    officer: Officer,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    make(&app, &officer.visitor, &officer.person, form).await
}

/// A citizen takes a token back.
pub async fn revoke_of_citizen(
    State(app): State<App>,
    citizen: Citizen,
    Path(id): Path<String>,
    _: SafeForm,
) -> Result<Response, PageError> {
    revoke(&app, &citizen.person, id).await
}

/// An officer takes a token back.
pub async fn revoke_of_officer(
    State(app): State<App>,
    officer: Officer,
    Path(id): Path<String>,
    _: SafeForm,
) -> Result<Response, PageError> {
    revoke(&app, &officer.person, id).await
}

fn path_of(face: Face) -> &'static str {
    match face {
        Face::Portal => OF_CITIZENS,
        Face::Desk => OF_OFFICERS,
    }
}

fn blank() -> Form {
    Form::from_pairs([("days", "90"), ("scopes", Scope::Read.name())])
}

async fn make(app: &App, visitor: &Visitor, person: &Person, mut form: Form) -> Result<Response, PageError> {
    let now = app.clock.now();
    let id = person.id;
    let holding = app.store.read(move |tx| store::count_holding(tx, id, now)).await?;
    let Some((name, scopes, days)) = read(&mut form, visitor.locale, holding) else {
        return show(app, visitor, person, form, None, false).await;
    };
    let secret = token::secret(app);
    let row = TokenRow {
        id: app.random.uuid(now).to_string(),
        name,
        scopes,
        created_at: now,
        expires_at: now + token::lifetime(days),
        last_used_on: None,
        revoked_at: None,
    };
    let (world, owner, hash) = (app.clone(), person.clone(), token::hash(app, &secret));
    app.store
        .write(move |tx| {
            store::insert_token(tx, &owner, &row, &hash)?;
            log(tx, &world, &owner, "api.log_token_made", &row.name)
        })
        .await?;
    show(app, visitor, person, blank(), Some(secret), false).await
}

async fn revoke(app: &App, person: &Person, id: String) -> Result<Response, PageError> {
    let (world, owner, now) = (app.clone(), person.clone(), app.clock.now());
    let is_theirs = app.store.write(move |tx| {
        let Some(name) = store::revoke(tx, owner.id, owner.face, &id, now)? else {
            // Pressed twice, it is revoked all the same.
            return store::is_of(tx, owner.id, owner.face, &id);
        };
        log(tx, &world, &owner, "api.log_token_revoked", &name).map(|()| true)
    });
    if !is_theirs.await? {
        return Err(PageError::NotFound);
    }
    Ok(Redirect::to(&format!("{}?xong=thu-hoi", path_of(person.face))).into_response())
}

/// What officers do with tokens is written into the log of the office.
fn log(
    tx: &mut motcua_db::Tx<'_>,
    app: &App,
    person: &Person,
    kind: &'static str,
    name: &str,
) -> Result<(), DbError> {
    match person.face {
        Face::Portal => Ok(()),
        Face::Desk => {
            let deed = Deed::to_person(kind, person.id).word("name", name);
            office_log::record(tx, app, &Doer::from(person), &deed)
        }
    }
}

/// Name, scopes and days of a new token, with a complaint at every field that is wrong.
fn read(form: &mut Form, locale: Locale, holding: i64) -> Option<(String, String, i64)> {
    let name = form.text("name").unwrap_or_default().to_owned();
    if name.is_empty() {
        form.refuse("name", locale.t("api.name_missing"));
    } else if NAME_CHARS_MAX < name.chars().count() {
        form.refuse("name", locale.say("api.name_too_long").arg("limit", NAME_CHARS_MAX).to_string());
    } else if HOLDING_MAX <= holding {
        form.refuse("name", locale.say("api.too_many_tokens").arg("limit", HOLDING_MAX).to_string());
    }
    let known = Scope::ALL.iter().filter(|scope| form.values("scopes").contains(&scope.name()));
    let scopes: Vec<&str> = known.map(|scope| scope.name()).collect();
    if scopes.is_empty() {
        form.refuse("scopes", locale.t("api.scopes_missing"));
    }
    let days = form.number("days").filter(|days| (1..=DAYS_MAX).contains(days));
    if days.is_none() {
        form.refuse("days", locale.say("api.days_wrong").arg("limit", DAYS_MAX).to_string());
    }
    if form.has_errors() { None } else { Some((name, scopes.join(" "), days?)) }
}

async fn show(
    app: &App,
    visitor: &Visitor,
    person: &Person,
    answers: Form,
    fresh: Option<String>,
    is_revoked: bool,
) -> Result<Response, PageError> {
    let (locale, now) = (visitor.locale, app.clock.now());
    let (id, face) = (person.id, person.face);
    let tokens = app.store.read(move |tx| store::tokens(tx, id, face, SHOWN_MAX)).await?;
    let line = |token: TokenRow| {
        let holds = token.revoked_at.is_none() && now < token.expires_at;
        let state = match (token.revoked_at, holds) {
            (Some(_), _) => "api.state_revoked",
            (None, true) => "api.state_holds",
            (None, false) => "api.state_over",
        };
        Line {
            scopes: token.scopes.replace(' ', ", "),
            expires: wording::office_datetime_short(token.expires_at),
            last_used: token
                .last_used_on
                .map_or_else(|| locale.t("api.never_used").to_owned(), wording::day_short),
            state: locale.t(state),
            holds,
            id: token.id,
            name: token.name,
        }
    };
    let named = |scope: &Scope| format!("{} ({})", locale.t(scope.key()), scope.name());
    let choice = |scope: &Scope| Choice::new(scope.name(), named(scope));
    let days = |days: usize| Choice::new(days.to_string(), locale.count("api.days", days).to_string());
    let shown = Shown {
        action: path_of(face),
        scopes: Scope::ALL.iter().map(choice).collect(),
        days: [7, 30, 90, 365].map(days).into(),
        lines: tokens.into_iter().map(line).collect(),
        answers,
        fresh,
        is_revoked,
    };
    let status = if shown.answers.has_errors() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = Page::new(app, visitor, locale.t("api.tokens"));
    Ok(match face {
        Face::Portal => render_as(status, &CitizenPage { page, shown }),
        Face::Desk => render_as(status, &OfficerPage { page, shown }),
    })
}
