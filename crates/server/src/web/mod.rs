//! What every page shares: session, language, forms, errors, the frame.

pub mod about;
pub mod asset;
pub mod done;
pub mod error;
pub mod form;
pub mod guard;
pub mod health;
pub mod limit;
pub mod locale;
pub mod log;
pub mod metrics;
pub mod numbered;
pub mod page;
pub mod router;
pub mod rows;
pub mod serve;
pub mod visitor;
pub mod wording;

use axum::Router;
use axum::extract::Query;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use crate::app::App;
use crate::web::locale::Locale;

/// Pages that belong to no domain word.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/ngon-ngu/{code}", get(choose_language))
        .merge(about::routes())
        .merge(health::routes())
}

#[derive(Deserialize)]
struct Back {
    #[serde(default)]
    tiep: String,
}

/// Remembers the language for a year and goes back where the visitor was.
async fn choose_language(
    axum::extract::State(app): axum::extract::State<App>,
    axum::extract::Path(code): axum::extract::Path<String>,
    Query(back): Query<Back>,
) -> Response {
    let Some(locale) = Locale::from_code(&code) else { return error::PageError::NotFound.into_response() };
    let cookie = guard::set_cookie(&app, visitor::LOCALE_COOKIE, locale.code(), Some(365 * 24 * 3600));
    let to = safe_path(&back.tiep).unwrap_or("/").to_owned();
    ([(header::SET_COOKIE, cookie)], axum::response::Redirect::to(&to)).into_response()
}

/// A path on this site that it is safe to redirect to; never another site.
pub fn safe_path(path: &str) -> Option<&str> {
    let is_ours = path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\");
    (is_ours && !path.chars().any(char::is_control)).then_some(path)
}
