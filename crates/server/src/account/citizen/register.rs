//! The page that asks a new citizen for the facts that forms are filled with. It is asked once.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use motcua_db::DbError;
use motcua_domain::dossier::Identity;

use crate::account::citizen::{Proved, facts, sign_in};
use crate::account::people::{self, NewCitizen};
use crate::account::ticket;
use crate::app::App;
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::guard::SafeForm;
use crate::web::page::{Page, render_form};
use crate::web::visitor::Visitor;

#[derive(askama::Template)]
#[template(path = "account/register.html")]
struct FactsPage {
    page: Page,
    answers: Form,
    email: String,
}

/// Asks for the facts.
pub async fn ask(State(app): State<App>, visitor: Visitor, headers: HeaderMap) -> Response {
    match ticket::read::<Proved>(&app, &headers) {
        Some(proved) => facts_page(&app, &visitor, Form::new(), proved.email),
        None => Redirect::to("/dang-nhap").into_response(),
    }
}

/// Makes the account and signs in.
pub async fn save(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let Some(proved) = ticket::read::<Proved>(&app, &headers) else {
        return Ok(Redirect::to("/dang-nhap").into_response());
    };
    let before = Identity { email: Some(proved.email.clone()), ..Identity::default() };
    let Some(facts) = facts::read(&mut form, visitor.locale, before) else {
        return Ok(facts_page(&app, &visitor, form, proved.email));
    };
    let (world, new) =
        (app.clone(), NewCitizen { name: facts.name, identity: facts.identity, language: visitor.locale });
    let made = app.store.write(move |tx| people::create_citizen(tx, &world, &new)).await;
    match made {
        // Somebody who presses twice, or comes back to an old page, has the account already.
        Ok(_) | Err(DbError::Conflict(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let (world, email) = (app.clone(), proved.email);
    let known = app.store.read(move |tx| people::find_by_email(tx, &world, &email)).await?;
    let known = known.ok_or(PageError::NotFound)?;
    sign_in::finish(&app, &visitor, &headers, &known.row, &proved.back).await
}

fn facts_page(app: &App, visitor: &Visitor, answers: Form, email: String) -> Response {
    let page = Page::new(app, visitor, visitor.locale.t("account.register"));
    let failed = answers.has_errors();
    render_form(&FactsPage { page, answers, email }, failed)
}
