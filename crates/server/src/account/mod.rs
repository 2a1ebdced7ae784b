//! People who sign in, and how.

pub mod session;
pub mod store;

use axum::Router;

use crate::app::App;

/// Pages of this word.
pub fn routes() -> Router<App> {
    Router::new()
}
