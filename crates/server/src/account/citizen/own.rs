//! The pages on which a citizen sees and corrects what is known about them.

use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use motcua_db::DbError;

use crate::account::citizen::facts;
use crate::account::people::{self, Known};
use crate::account::sessions::{self, SessionLine};
use crate::app::App;
use crate::web::done::Done;
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::guard::SafeForm;
use crate::web::page::{Page, render, render_form};
use crate::web::visitor::{Citizen, Person};

/// Key of the sentence on what was just done.
fn sentence(done: &Done) -> Option<&'static str> {
    match done.word() {
        "thong-tin" => Some("account.own_saved"),
        "email" => Some("account.email_changed"),
        "phien" => Some("account.sessions_ended"),
        _ => None,
    }
}

#[derive(askama::Template)]
#[template(path = "account/own.html")]
struct OwnPage {
    page: Page,
    done: Option<&'static str>,
    known: Known,
    sessions: Vec<SessionLine>,
}

#[derive(askama::Template)]
#[template(path = "account/own_facts.html")]
struct FactsPage {
    page: Page,
    answers: Form,
}

/// Shows what is known and where the person is signed in.
pub async fn page(
    State(app): State<App>,
    citizen: Citizen,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    let known = known(&app, &citizen.person).await?;
    let sessions = sessions::list(&app, &citizen.visitor, &citizen.person).await?;
    let page = Page::new(&app, &citizen.visitor, citizen.visitor.locale.t("account.own"));
    Ok(render(&OwnPage { page, done: sentence(&done), known, sessions }))
}

/// Asks for corrections.
pub async fn ask_facts(State(app): State<App>, citizen: Citizen) -> Result<Response, PageError> {
    let known = known(&app, &citizen.person).await?;
    let answers = facts::form(&known.row.name, &known.identity);
    Ok(facts_page(&app, &citizen, answers))
}

/// Keeps corrections. Dossiers that were filed keep what they were filed with.
pub async fn save_facts(
    State(app): State<App>,
    citizen: Citizen,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let known = known(&app, &citizen.person).await?;
    let Some(read) = facts::read(&mut form, citizen.visitor.locale, known.identity) else {
        return Ok(facts_page(&app, &citizen, form));
    };
    let mut row = known.row;
    people::put(&app, &mut row, &read.name, &read.identity);
    let saved = app.store.write(move |tx| people::store::save(tx, &row)).await;
    match saved {
        Ok(()) => Ok(Redirect::to("/tai-khoan?xong=thong-tin").into_response()),
        Err(DbError::Conflict(_)) => {
            form.refuse("full_name", citizen.visitor.locale.t("account.own_changed_meanwhile"));
            Ok(facts_page(&app, &citizen, form))
        }
        Err(error) => Err(error.into()),
    }
}

/// Signs out everywhere else.
pub async fn end_others(
    State(app): State<App>,
    citizen: Citizen,
    _form: SafeForm,
) -> Result<Response, PageError> {
    sessions::end_others(&app, &citizen.visitor, &citizen.person).await?;
    Ok(Redirect::to("/tai-khoan?xong=phien").into_response())
}

/// The person signed in, identity opened.
pub(super) async fn known(app: &App, person: &Person) -> Result<Known, PageError> {
    let (world, id) = (app.clone(), person.id);
    let known = app.store.read(move |tx| people::find(tx, &world, id)).await?;
    known.ok_or(PageError::NotFound)
}

fn facts_page(app: &App, citizen: &Citizen, answers: Form) -> Response {
    let page = Page::new(app, &citizen.visitor, citizen.visitor.locale.t("account.own_correct"));
    let failed = answers.has_errors();
    render_form(&FactsPage { page, answers }, failed)
}
