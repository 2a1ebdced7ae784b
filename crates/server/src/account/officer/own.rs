//! The pages on which an officer sees their own account and changes the password.

use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};

use crate::account::office_log::{self, Deed, Doer};
use crate::account::officer::{count_failure, new_password, officer_of};
use crate::account::people::{self, store::PersonRow};
use crate::account::roles::{self, TenureLine};
use crate::account::sessions::{self, SessionLine};
use crate::account::{password, session, store};
use crate::app::App;
use crate::web::done::Done;
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::guard::SafeForm;
use crate::web::page::{Page, render, render_form};
use crate::web::visitor::Officer;

/// Key of the sentence on what was just done.
fn sentence(done: &Done) -> Option<&'static str> {
    match done.word() {
        "mat-khau" => Some("account.password_saved"),
        "phien" => Some("account.sessions_ended"),
        _ => None,
    }
}

#[derive(askama::Template)]
#[template(path = "account/officer_own.html")]
struct OwnPage {
    page: Page,
    done: Option<&'static str>,
    row: PersonRow,
    tenures: Vec<TenureLine>,
    sessions: Vec<SessionLine>,
}

#[derive(askama::Template)]
#[template(path = "account/officer_own_password.html")]
struct PasswordPage {
    page: Page,
    answers: Form,
    /// For the browser's own store of passwords.
    login: String,
}

/// Shows roles and sessions.
pub async fn page(
    State(app): State<App>,
    officer: Officer,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    let row = row(&app, &officer).await?;
    let tenures = roles::list(&app, officer.visitor.locale, row.id).await?;
    let sessions = sessions::list(&app, &officer.visitor, &officer.person).await?;
    let page = Page::new(&app, &officer.visitor, officer.visitor.locale.t("account.own"));
    Ok(render(&OwnPage { page, done: sentence(&done), row, tenures, sessions }))
}

/// Signs out everywhere else.
pub async fn end_others(
    State(app): State<App>,
    officer: Officer,
    _form: SafeForm,
) -> Result<Response, PageError> {
    sessions::end_others(&app, &officer.visitor, &officer.person).await?;
    Ok(Redirect::to("/can-bo/tai-khoan?xong=phien").into_response())
}

/// Asks for the password of now and a new one.
pub async fn ask_password(State(app): State<App>, officer: Officer) -> Result<Response, PageError> {
    let row = row(&app, &officer).await?;
    Ok(password_page(&app, &officer, Form::new(), row))
}

/// Changes the password, and signs out everywhere else. Wrong ones count as wrong sign-ins.
pub async fn save_password(
    State(app): State<App>,
    officer: Officer,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let mut row = row(&app, &officer).await?;
    let locale = officer.visitor.locale;
    let current = form.value("current").to_owned();
    form.set("current", "");
    if officer_of(&app, row.id).await?.is_none() {
        form.refuse("current", super::sign_in::wrong(&app, &officer.visitor));
        return Ok(password_page(&app, &officer, form, row));
    }
    if !password::is_right(&current, row.password.as_deref()).await.map_err(|_| PageError::Busy)? {
        count_failure(&app, &row).await?;
        form.refuse("current", locale.t("account.current_wrong"));
    }
    let login = row.login.clone().unwrap_or_default();
    let Some(chosen) = new_password::read(&mut form, locale, &login) else {
        return Ok(password_page(&app, &officer, form, row));
    };
    row.password = Some(password::hash(&app.random, &chosen).await.map_err(|_| PageError::Busy)?);
    row.password_once = false;
    let this = officer.visitor.session.as_deref().map(|token| session::hash(&app, token));
    let (world, now, doer) = (app.clone(), app.clock.now(), Doer::from(&officer.person));
    app.store
        .write(move |tx| {
            people::store::save(tx, &row)?;
            store::end_other_sessions(tx, row.id, this.as_deref(), now)?;
            office_log::record(tx, &world, &doer, &Deed::to_person("account.log_password_changed", row.id))
        })
        .await?;
    Ok(Redirect::to("/can-bo/tai-khoan?xong=mat-khau").into_response())
}

async fn row(app: &App, officer: &Officer) -> Result<PersonRow, PageError> {
    let id = officer.person.id;
    app.store.read(move |tx| people::store::find(tx, id)).await?.ok_or(PageError::NotFound)
}

fn password_page(app: &App, officer: &Officer, answers: Form, row: PersonRow) -> Response {
    let page = Page::new(app, &officer.visitor, officer.visitor.locale.t("account.password_change"));
    let failed = answers.has_errors();
    render_form(&PasswordPage { page, answers, login: row.login.unwrap_or_default() }, failed)
}
