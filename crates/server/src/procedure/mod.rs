//! The catalogue of procedures: storage, search, imports, pages.

pub mod admin;
pub mod catalogue;
pub mod check;
pub mod difference;
pub mod draft;
pub mod import;
pub mod outline;
pub mod pages;
pub mod search;
pub mod show;
pub mod steps;
pub mod store;
pub mod words;

use axum::Router;
use axum::routing::get;

use crate::app::App;

/// Pages of procedures, for citizens and for officers.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(pages::home))
        .route("/thu-tuc", get(pages::search))
        .route("/thu-tuc/{code}", get(show::page))
        .route("/can-bo/thu-tuc/goi-y", get(pages::offer))
}
