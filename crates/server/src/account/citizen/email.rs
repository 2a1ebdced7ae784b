//! The pages on which a citizen changes the address to sign in with: the new address, then the code sent to it.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use motcua_db::DbError;
use motcua_domain::ids::PersonId;
use serde::{Deserialize, Serialize};

use crate::account::citizen::own::known;
use crate::account::citizen::sign_in::{self, CodePage};
use crate::account::people;
use crate::account::redirect;
use crate::account::ticket::{self, Ticket};
use crate::app::App;
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::guard::SafeForm;
use crate::web::limit::Remote;
use crate::web::page::{Page, render_form};
use crate::web::visitor::Citizen;

/// A code was mailed to the new address.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct NewAddress {
    person: PersonId,
    email: String,
}

impl Ticket for NewAddress {
    const PURPOSE: &'static str = "ticket:new-address";
}

#[derive(askama::Template)]
#[template(path = "account/own_email.html")]
struct AddressPage {
    page: Page,
    answers: Form,
}

/// Asks for the new address.
pub async fn ask(State(app): State<App>, citizen: Citizen) -> Response {
    address_page(&app, &citizen, Form::new())
}

/// Mails a code to the new address. Whether somebody else has it is not told here.
pub async fn send(
    State(app): State<App>,
    citizen: Citizen,
    remote: Remote,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let Some(email) = sign_in::mailed(&app, &citizen.visitor, &remote, &mut form).await? else {
        return Ok(address_page(&app, &citizen, form));
    };
    let ticket = ticket::issue(&app, NewAddress { person: citizen.person.id, email });
    Ok(redirect("/tai-khoan/email/ma", vec![ticket]))
}

/// Asks for the code.
pub async fn ask_code(State(app): State<App>, citizen: Citizen, headers: HeaderMap) -> Response {
    match waiting(&app, &citizen, &headers) {
        Some(waiting) => code_page(&app, &citizen, waiting.email, Form::new()),
        None => Redirect::to("/tai-khoan/email").into_response(),
    }
}

/// Mails another code.
pub async fn send_again(
    State(app): State<App>,
    citizen: Citizen,
    remote: Remote,
    headers: HeaderMap,
    _form: SafeForm,
) -> Result<Response, PageError> {
    let Some(waiting) = waiting(&app, &citizen, &headers) else {
        return Ok(Redirect::to("/tai-khoan/email").into_response());
    };
    if let Err(words) = sign_in::mail_code(&app, &citizen.visitor, &remote, &waiting.email).await? {
        let mut form = Form::new();
        form.refuse("code", words);
        return Ok(code_page(&app, &citizen, waiting.email, form));
    }
    Ok(redirect("/tai-khoan/email/ma", vec![ticket::issue(&app, waiting)]))
}

/// Changes the address once the code proves that the person reads it.
pub async fn check_code(
    State(app): State<App>,
    citizen: Citizen,
    headers: HeaderMap,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let Some(waiting) = waiting(&app, &citizen, &headers) else {
        return Ok(Redirect::to("/tai-khoan/email").into_response());
    };
    let locale = citizen.visitor.locale;
    if let Err(words) = sign_in::check(&app, locale, &waiting.email, form.value("code")).await? {
        form.refuse("code", words);
        return Ok(code_page(&app, &citizen, waiting.email, form));
    }
    let mut known = known(&app, &citizen.person).await?;
    people::put_email(&app, &mut known, &waiting.email);
    let saved = app.store.write(move |tx| people::store::save(tx, &known.row)).await;
    match saved {
        Ok(()) => Ok(redirect("/tai-khoan?xong=email", vec![ticket::withdraw(&app)])),
        Err(DbError::Conflict(_)) => {
            let mut form = Form::from_pairs([("email", &waiting.email)]);
            form.refuse("email", locale.t("account.email_taken"));
            Ok(address_page(&app, &citizen, form))
        }
        Err(error) => Err(error.into()),
    }
}

/// The ticket, when it is this person's.
fn waiting(app: &App, citizen: &Citizen, headers: &HeaderMap) -> Option<NewAddress> {
    ticket::read::<NewAddress>(app, headers).filter(|waiting| waiting.person == citizen.person.id)
}

fn address_page(app: &App, citizen: &Citizen, answers: Form) -> Response {
    let page = Page::new(app, &citizen.visitor, citizen.visitor.locale.t("account.email_change"));
    let failed = answers.has_errors();
    render_form(&AddressPage { page, answers }, failed)
}

fn code_page(app: &App, citizen: &Citizen, email: String, answers: Form) -> Response {
    let page = Page::new(app, &citizen.visitor, citizen.visitor.locale.t("account.code_title"));
    let failed = answers.has_errors();
    render_form(&CodePage::new(page, answers, email, "/tai-khoan/email", false), failed)
}
