//! Saved views: the named filters of work lists that an officer sees.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::caller::Reader;
use crate::api::problem::Problem;
use crate::api::query::Asked;
use crate::api::wire::UnitName;
use crate::app::App;
use crate::desk::view;

/// The views an officer sees.
#[derive(Debug, Serialize, ToSchema)]
pub struct ViewList {
    /// Their own by name, then those that colleagues shared; to citizens none.
    items: Vec<View>,
}

/// A filter of a work list with its name.
#[derive(Debug, Serialize, ToSchema)]
pub struct View {
    /// Its id: `view` of the list of dossiers.
    id: String,
    /// What it is called.
    name: String,
    /// `mine` or `units`: which list it narrows.
    list: &'static str,
    /// What narrows it, as the address of its page holds it.
    query: String,
    /// The unit it is shared with.
    unit: Option<UnitName>,
    /// Who saved it.
    author: String,
    /// Whether the caller did.
    is_mine: bool,
}

/// The views.
pub async fn list(
    State(app): State<App>,
    Reader(caller): Reader,
    asked: Asked,
) -> Result<Json<ViewList>, Problem> {
    asked.done()?;
    let (office, me) = (app.office(), caller.person.id.to_string());
    let seen = if caller.is_officer() { view::seen(&app, &caller.person).await? } else { Vec::new() };
    let items = seen.into_iter().map(|view| View {
        list: view.of.name(),
        unit: view.unit_code.as_deref().map(|unit| UnitName::of_text(&office, unit)),
        is_mine: view.author_id == me,
        id: view.id,
        name: view.name,
        query: view.query,
        author: view.author_name,
    });
    Ok(Json(ViewList { items: items.collect() }))
}
