//! The page on which an officer types login and password.

use std::time::Instant;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};

use crate::account::officer::{HOME, PasswordRight, SettingUp, count_failure, even_out, go_on, may_sign_in};
use crate::account::totp::Totp;
use crate::account::{Back, password, people, redirect, ticket};
use crate::app::App;
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::guard::SafeForm;
use crate::web::limit::{Limit, Remote};
use crate::web::page::{Page, render_form};
use crate::web::visitor::{Face, Visitor};

#[derive(askama::Template)]
#[template(path = "account/officer_sign_in.html")]
struct SignInPage {
    page: Page,
    answers: Form,
}

/// Asks for login and password.
pub async fn ask(State(app): State<App>, visitor: Visitor, Query(back): Query<Back>) -> Response {
    if visitor.person.as_ref().is_some_and(|person| person.face == Face::Desk) {
        return Redirect::to(back.path_or(HOME)).into_response();
    }
    sign_in_page(&app, &visitor, Form::from_pairs([("tiep", back.path_or(""))]))
}

/// Checks login and password. Every wrong answer is the same, in words and in time: unknown login, wrong password,
/// closed account, locked account.
pub async fn check(
    State(app): State<App>,
    visitor: Visitor,
    remote: Remote,
    headers: HeaderMap,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let started = Instant::now();
    let login = people::login_of(form.value("login"));
    let typed = form.value("password").to_owned();
    // It never travels back to the page.
    form.set("password", "");
    if login.is_empty() {
        form.refuse("login", visitor.locale.t("account.login_empty"));
    }
    if typed.is_empty() {
        form.refuse("password", visitor.locale.t("account.password_empty"));
    }
    if form.has_errors() {
        return Ok(sign_in_page(&app, &visitor, form));
    }
    let now = app.clock.now();
    let allowed = app.limits.try_take(Limit::SignInsPerRemote, &remote.0, now)
        && app.limits.try_take(Limit::SignInsPerLogin, &login, now);
    if !allowed {
        form.refuse("login", visitor.locale.t("account.too_many_tries"));
        return Ok(sign_in_page(&app, &visitor, form));
    }
    let found = app.store.read(move |tx| people::find_by_login(tx, &login)).await?;
    let hash = found.as_ref().and_then(|row| row.password.as_deref());
    let is_right = password::is_right(&typed, hash).await.map_err(|_| PageError::Busy)?;
    let row = match found {
        Some(row) if is_right && may_sign_in(&app, &row) => row,
        found => {
            // Wrong passwords of a locked account do not lock it for longer.
            if let Some(row) = found.filter(|row| may_sign_in(&app, row)) {
                count_failure(&app, &row).await?;
            }
            even_out(started).await;
            form.refuse("login", wrong(&app, &visitor));
            return Ok(sign_in_page(&app, &visitor, form));
        }
    };
    let back = Back::new(form.value("tiep")).path_or("").to_owned();
    if !app.config.account.second_factor {
        return go_on(&app, &visitor, &headers, &row, &back).await;
    }
    if row.totp.is_some() {
        let ticket = ticket::issue(&app, PasswordRight { person: row.id, back });
        return Ok(redirect("/can-bo/dang-nhap/ma", vec![ticket]));
    }
    let secret = Totp::new(&app.random).base32();
    let ticket = ticket::issue(&app, SettingUp { person: row.id, back, secret });
    Ok(redirect("/can-bo/dang-nhap/ma-moi", vec![ticket]))
}

/// The one answer to everything that is wrong.
pub(super) fn wrong(app: &App, visitor: &Visitor) -> String {
    let config = &app.config.account;
    let words = visitor.locale.say("account.sign_in_wrong");
    words.arg("failures", config.failures_max).arg("minutes", config.lock_minutes).to_string()
}

fn sign_in_page(app: &App, visitor: &Visitor, answers: Form) -> Response {
    let page = Page::new(app, visitor, visitor.locale.t("account.officer_sign_in"));
    let failed = answers.has_errors();
    render_form(&SignInPage { page, answers }, failed)
}
