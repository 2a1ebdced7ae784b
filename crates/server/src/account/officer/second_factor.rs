//! The page on which an officer types the code of the second factor.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};

use crate::account::officer::{PasswordRight, count_failure, go_on, officer_of};
use crate::account::{people, ticket};
use crate::app::App;
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::guard::SafeForm;
use crate::web::limit::{Limit, Remote};
use crate::web::page::{Page, render_form};
use crate::web::visitor::Visitor;

#[derive(askama::Template)]
#[template(path = "account/officer_code.html")]
struct CodePage {
    page: Page,
    answers: Form,
}

/// Asks for the code.
pub async fn ask(State(app): State<App>, visitor: Visitor, headers: HeaderMap) -> Response {
    match ticket::read::<PasswordRight>(&app, &headers) {
        Some(_) => code_page(&app, &visitor, Form::new()),
        None => Redirect::to("/can-bo/dang-nhap").into_response(),
    }
}

/// Checks the code. Every code counts once, and wrong ones lock the account like wrong passwords.
pub async fn check(
    State(app): State<App>,
    visitor: Visitor,
    remote: Remote,
    headers: HeaderMap,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let Some(ticket) = ticket::read::<PasswordRight>(&app, &headers) else {
        return Ok(Redirect::to("/can-bo/dang-nhap").into_response());
    };
    let now = app.clock.now();
    if !app.limits.try_take(Limit::SignInsPerRemote, &remote.0, now) {
        form.refuse("code", visitor.locale.t("account.too_many_tries"));
        return Ok(code_page(&app, &visitor, form));
    }
    let Some(row) = officer_of(&app, ticket.person).await? else {
        form.refuse("code", super::sign_in::wrong(&app, &visitor));
        return Ok(code_page(&app, &visitor, form));
    };
    let Some(totp) = people::totp_of(&app, &row)? else {
        return Ok(Redirect::to("/can-bo/dang-nhap").into_response());
    };
    let typed = form.value("code").to_owned();
    form.set("code", "");
    if typed.trim().is_empty() {
        form.refuse("code", visitor.locale.t("account.code_empty"));
        return Ok(code_page(&app, &visitor, form));
    }
    let id = row.id;
    let accepted = match totp.accept(&typed, now, row.totp_step) {
        Some(step) => app.store.write(move |tx| people::store::use_totp_step(tx, id, step)).await?,
        None => false,
    };
    if !accepted {
        count_failure(&app, &row).await?;
        form.refuse("code", visitor.locale.t("account.totp_wrong"));
        return Ok(code_page(&app, &visitor, form));
    }
    go_on(&app, &visitor, &headers, &row, &ticket.back).await
}

fn code_page(app: &App, visitor: &Visitor, answers: Form) -> Response {
    let page = Page::new(app, visitor, visitor.locale.t("account.totp_title"));
    let failed = answers.has_errors();
    render_form(&CodePage { page, answers }, failed)
}
