//! Is it alive, is it ready, how does it do: for load balancers and for whoever watches over the service.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use crate::app::App;
use crate::web::metrics;

/// A database that does not answer by then is not ready.
const ANSWER_SECONDS_MAX: u64 = 2;

/// What anybody may ask.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/health", get(live))
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
}

/// What is served on the address for whoever watches over the service. Figures are given nowhere else.
pub fn beside(app: App) -> Router {
    routes().route("/metrics", get(figures)).with_state(app)
}

/// The process answers.
async fn live() -> &'static str {
    "ok"
}

/// The database answers and has everything this program needs, and nobody asked the process to stop.
async fn ready(State(app): State<App>) -> Response {
    match unready(&app).await {
        None => "ready".into_response(),
        Some(why) => (StatusCode::SERVICE_UNAVAILABLE, why).into_response(),
    }
}

/// Why requests should go elsewhere. Says nothing that an outsider could use.
async fn unready(app: &App) -> Option<&'static str> {
    if app.stop.is_cancelled() {
        return Some("stopping");
    }
    let asked = app.store.read(motcua_db::schema);
    let wanted = crate::migrations::ALL.last().map(|last| last.number);
    match tokio::time::timeout(Duration::from_secs(ANSWER_SECONDS_MAX), asked).await {
        Ok(Ok(found)) if wanted <= found => None,
        Ok(Ok(_)) => Some("migrations are missing"),
        Ok(Err(error)) => {
            tracing::warn!(error = %error, "the database does not answer");
            Some("the database does not answer")
        }
        Err(_) => Some("the database does not answer in time"),
    }
}

async fn figures(State(app): State<App>) -> Response {
    let text = tokio::task::spawn_blocking(move || metrics::text(&app)).await.unwrap_or_default();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
