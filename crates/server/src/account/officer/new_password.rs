//! The page on which an officer replaces the password that an administrator gave.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};

use crate::account::office_log::{self, Deed, Doer};
use crate::account::officer::{PasswordDue, finish, officer_of};
use crate::account::{password, people, ticket};
use crate::app::App;
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::guard::SafeForm;
use crate::web::locale::Locale;
use crate::web::page::{Page, render_form};
use crate::web::visitor::Visitor;

#[derive(askama::Template)]
#[template(path = "account/officer_new_password.html")]
struct NewPasswordPage {
    page: Page,
    answers: Form,
    /// For the browser's own store of passwords.
    login: String,
}

/// Asks for a new password.
pub async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let Some(due) = ticket::read::<PasswordDue>(&app, &headers) else {
        return Ok(Redirect::to("/can-bo/dang-nhap").into_response());
    };
    let row = officer_of(&app, due.person).await?;
    let login = row.and_then(|row| row.login).unwrap_or_default();
    Ok(new_password_page(&app, &visitor, Form::new(), login))
}

/// Keeps the new password and signs in.
pub async fn save(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let Some(due) = ticket::read::<PasswordDue>(&app, &headers) else {
        return Ok(Redirect::to("/can-bo/dang-nhap").into_response());
    };
    let Some(mut row) = officer_of(&app, due.person).await? else {
        return Ok(Redirect::to("/can-bo/dang-nhap").into_response());
    };
    let login = row.login.clone().unwrap_or_default();
    let Some(chosen) = read(&mut form, visitor.locale, &login) else {
        return Ok(new_password_page(&app, &visitor, form, login));
    };
    if password::is_right(&chosen, row.password.as_deref()).await.map_err(|_| PageError::Busy)? {
        form.refuse("password", visitor.locale.t("account.password_same"));
        return Ok(new_password_page(&app, &visitor, form, login));
    }
    row.password = Some(password::hash(&app.random, &chosen).await.map_err(|_| PageError::Busy)?);
    row.password_once = false;
    let (world, saved) = (app.clone(), row.clone());
    let doer = Doer { id: Some(row.id), name: row.name.clone() };
    app.store
        .write(move |tx| {
            people::store::save(tx, &saved)?;
            office_log::record(tx, &world, &doer, &Deed::to_person("account.log_password_changed", saved.id))
        })
        .await?;
    finish(&app, &visitor, &headers, &row, &due.back).await
}

/// Reads a new password typed twice (`password`, `again`) and empties both fields.
pub fn read(form: &mut Form, locale: Locale, login: &str) -> Option<String> {
    let (chosen, again) = (form.value("password").to_owned(), form.value("again").to_owned());
    form.set("password", "");
    form.set("again", "");
    if let Some(weakness) = password::weakness(&chosen, login) {
        let words =
            locale.say(weakness.key()).arg("min", password::CHARS_MIN).arg("max", password::CHARS_MAX);
        form.refuse("password", words.to_string());
    } else if chosen != again {
        form.refuse("again", locale.t("account.password_differs"));
    }
    (!form.has_errors()).then_some(chosen)
}

fn new_password_page(app: &App, visitor: &Visitor, answers: Form, login: String) -> Response {
    let page = Page::new(app, visitor, visitor.locale.t("account.new_password_title"));
    let failed = answers.has_errors();
    render_form(&NewPasswordPage { page, answers, login }, failed)
}
