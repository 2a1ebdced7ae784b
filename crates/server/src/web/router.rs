//! All routes together, with what lies around them.

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Extensions, HeaderMap, StatusCode, Version, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate as _};
use tower_http::timeout::TimeoutLayer;

use crate::account::held;
use crate::app::App;
use crate::web::error::PageError;
use crate::web::{asset, error, guard, log};

/// Largest body of an ordinary form. Uploads set their own limit.
pub const FORM_BYTES_MAX: usize = 1024 * 1024;
/// A request that takes longer is given up.
const REQUEST_SECONDS_MAX: u64 = 120;
/// A file from a slow line takes its time: 20 MB at 100 kbit/s are half an hour.
const UPLOAD_SECONDS_MAX: u64 = 45 * 60;

/// The whole service.
pub fn router(app: App) -> Router {
    let within =
        |seconds| TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_secs(seconds));
    let pages = Router::new()
        .merge(crate::account::routes())
        .merge(crate::desk::routes())
        .merge(crate::jobs::pages::routes())
        .merge(crate::dossier::forms::routes())
        .merge(crate::notice::routes())
        .merge(crate::calendar::routes())
        .merge(crate::setting::routes())
        .merge(crate::procedure::routes())
        .merge(crate::procedure::admin::routes())
        .merge(crate::unit::admin::routes())
        .merge(crate::import::pages::routes())
        .merge(crate::web::routes())
        .merge(crate::portal::routes())
        .merge(crate::document::handoff::pages::routes())
        .merge(crate::api::pages())
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(within(REQUEST_SECONDS_MAX));
    let uploads = crate::portal::uploads(&app)
        .merge(crate::document::upload::routes())
        .merge(crate::document::handoff::pages::uploads(&app))
        .merge(crate::desk::intake::uploads(&app))
        .merge(crate::import::pages::uploads());
    let uploads = uploads.layer(within(UPLOAD_SECONDS_MAX));
    let api =
        crate::api::routes().layer(DefaultBodyLimit::max(FORM_BYTES_MAX)).layer(within(REQUEST_SECONDS_MAX));
    let api = api.merge(crate::api::uploads(&app).layer(within(UPLOAD_SECONDS_MAX)));
    Router::new()
        .merge(pages)
        .merge(uploads)
        .fallback(not_found)
        .layer(from_fn_with_state(app.clone(), held::keep))
        .layer(from_fn(guard::ours))
        .layer(from_fn_with_state(app.clone(), error::frame))
        .route("/static/{*path}", get(asset::serve))
        .merge(api.layer(from_fn(crate::api::problem::frame)))
        .layer(from_fn_with_state(app.clone(), guard::guard))
        .layer(
            CompressionLayer::new()
                .gzip(true)
                .quality(tower_http::CompressionLevel::Fastest)
                .compress_when(DefaultPredicate::new().and(may_be_compressed)),
        )
        .layer(from_fn_with_state(app.clone(), log::request))
        .with_state(app)
}

/// What may be asked for in ranges is sent as it lies: the ranges are of these bytes.
fn may_be_compressed(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    !headers.contains_key(header::ACCEPT_RANGES)
}

async fn not_found() -> Response {
    PageError::NotFound.into_response()
}
