//! Administration of units: the tree, one unit with its history, adding, changing, closing.

pub mod close;
pub mod edit;
pub mod fields;
pub mod list;
pub mod show;

use axum::Router;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use motcua_db::Tx;
use motcua_domain::access::Matter;
use motcua_domain::unit::{Unit, UnitCode};

use crate::account::admin::access::manager;
use crate::account::office_log::Doer;
use crate::app::App;
use crate::unit::steps::ChangeError;
use crate::unit::store;
use crate::web::error::PageError;
use crate::web::visitor::Officer;

/// Where these pages are.
pub const HOME: &str = "/can-bo/quan-tri/don-vi";

/// Pages of units.
pub fn routes() -> Router<App> {
    let pages = Router::new()
        .route("/", get(list::page))
        .route("/them", get(edit::ask_new).post(edit::add))
        .route("/{code}", get(show::page))
        .route("/{code}/sua", get(edit::ask).post(edit::save))
        .route("/{code}/dong", get(close::ask).post(close::close))
        .route("/{code}/mo-lai", post(close::reopen));
    Router::new().nest(HOME, pages)
}

/// The officer, when units are theirs to look after.
fn keeper(app: &App, officer: &Officer) -> Result<Doer, PageError> {
    manager(app, officer, Matter::Units)
}

/// Every stretch of the unit of a path, earliest first; never none.
async fn stretches(app: &App, code: &str) -> Result<Vec<Unit>, PageError> {
    let code: UnitCode = code.parse().map_err(|_| PageError::NotFound)?;
    let found = app.store.read(move |tx| store::all_of(tx, &code)).await?;
    if found.is_empty() { Err(PageError::NotFound) } else { Ok(found) }
}

/// One change in one transaction; then every request counts with it.
async fn write(
    app: &App,
    doer: &Doer,
    act: impl Fn(&mut Tx<'_>, &App, &Doer) -> Result<(), ChangeError> + Send + 'static,
) -> Result<Result<(), ChangeError>, PageError> {
    let (world, doer) = (app.clone(), doer.clone());
    match app.store.write(move |tx| act(tx, &world, &doer)).await {
        Ok(()) => {
            app.reload_office().await.map_err(|error| PageError::internal(&error))?;
            Ok(Ok(()))
        }
        Err(ChangeError::NotFound) => Err(PageError::NotFound),
        Err(ChangeError::Db(error)) => Err(error.into()),
        Err(refused) => Ok(Err(refused)),
    }
}

fn back(code: &UnitCode, done: &str) -> Response {
    Redirect::to(&format!("{HOME}/{code}?xong={done}")).into_response()
}
