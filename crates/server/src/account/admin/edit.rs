//! Correcting an officer's name, login and contact.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use motcua_db::DbError;

use crate::account::admin::HOME;
use crate::account::admin::access::Administrator;
use crate::account::admin::add::{EditPage, read};
use crate::account::office_log::{self, Deed, Doer};
use crate::account::people::{self, Known};
use crate::app::App;
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::guard::SafeForm;
use crate::web::page::{Page, render_form};

/// Asks for corrections.
pub async fn ask(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let known = officer(&app, &id).await?;
    let answers = Form::from_pairs([
        ("full_name", known.row.name.as_str()),
        ("login", known.row.login.as_deref().unwrap_or_default()),
        ("email", known.identity.email.as_deref().unwrap_or_default()),
        ("phone", known.identity.phone.as_deref().unwrap_or_default()),
        ("version", &known.row.version.to_string()),
    ]);
    Ok(edit_page(&app, &administrator, &id, answers))
}

/// Keeps corrections, unless somebody else made some since the page was shown.
pub async fn save(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<String>,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let known = officer(&app, &id).await?;
    let locale = administrator.visitor.locale;
    let Some(about) = read(&mut form, locale, known.identity) else {
        return Ok(edit_page(&app, &administrator, &id, form));
    };
    if form.number("version") != Some(known.row.version) {
        form.set("version", known.row.version.to_string());
        form.refuse("full_name", locale.t("account.changed_meanwhile"));
        return Ok(edit_page(&app, &administrator, &id, form));
    }
    let mut row = known.row;
    people::put(&app, &mut row, &about.name, &about.identity);
    row.login = Some(about.login);
    let (world, doer) = (app.clone(), Doer::from(&administrator.person));
    let saved = app
        .store
        .write(move |tx| {
            people::store::save(tx, &row)?;
            let login = row.login.as_deref().unwrap_or_default();
            let deed =
                Deed::to_person("account.log_edited", row.id).word("name", &row.name).word("login", login);
            office_log::record(tx, &world, &doer, &deed)
        })
        .await;
    match saved {
        Ok(()) => Ok(Redirect::to(&format!("{HOME}/{id}?xong=sua")).into_response()),
        Err(DbError::Conflict(_)) => {
            form.refuse("login", locale.t("account.login_taken"));
            Ok(edit_page(&app, &administrator, &id, form))
        }
        Err(error) => Err(error.into()),
    }
}

/// The officer of a path; citizens correct their own data.
async fn officer(app: &App, id: &str) -> Result<Known, PageError> {
    let id = id.parse().map_err(|_| PageError::NotFound)?;
    let world = app.clone();
    let known = app.store.read(move |tx| people::find(tx, &world, id)).await?;
    known.filter(|known| known.row.login.is_some()).ok_or(PageError::NotFound)
}

fn edit_page(app: &App, administrator: &Administrator, id: &str, answers: Form) -> Response {
    let locale = administrator.visitor.locale;
    let page = Page::new(app, &administrator.visitor, locale.t("account.edit"));
    let failed = answers.has_errors();
    let template = EditPage {
        page,
        answers,
        action: format!("{HOME}/{id}/sua"),
        back: format!("{HOME}/{id}"),
        words: locale.t("account.edit_words"),
    };
    render_form(&template, failed)
}
