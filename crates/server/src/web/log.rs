//! One line per request, without anything personal: addresses carry no names or numbers of people.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use crate::app::App;

/// One more than the largest number of a request.
const NUMBERS: u64 = 100_000_000;

/// The number of one request. The page of a fault shows it, and every line that the log has of the request carries it.
#[derive(Clone, Debug)]
pub struct Number(pub String);

/// Logs method, route (never the filled-in path), status and duration, and counts them.
pub async fn request(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let number = format!("{:08}", app.random.below(NUMBERS));
    // Of the level of errors, so that it is there whenever they are.
    let span = tracing::error_span!("request", number);
    request.extensions_mut().insert(Number(number));
    answered(app, request, next).instrument(span).await
}

async fn answered(app: App, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let started = std::time::Instant::now();
    let response = next.run(request).await;
    let took = started.elapsed();
    app.metrics.answered(route.as_deref(), response.status(), took);
    let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let route = route.unwrap_or_else(|| "(none)".to_owned());
    let status = response.status().as_u16();
    tracing::info!(http.method = %method, http.route = route, http.status = status, duration_ms, "request answered");
    response
}
