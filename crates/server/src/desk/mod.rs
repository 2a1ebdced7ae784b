//! The desk: where officers see what is due next and do it.

pub mod act;
pub mod bulk;
pub mod export;
pub mod field;
pub mod files;
pub mod intake;
pub mod kept;
pub mod list;
pub mod pauses;
pub mod place;
pub mod search;
pub mod show;
pub mod store;
pub mod view;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::app::App;

/// Largest body of an act: the largest file that is taken, and the fields around it. Files are measured on their own.
const ACT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Pages of the desk.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(files::routes())
        .merge(intake::routes())
        .merge(bulk::routes())
        .route("/can-bo", get(list::mine))
        .route("/can-bo/don-vi", get(list::unit))
        .route("/can-bo/tep-tai-ve/{id}", get(export::kept::page))
        .route("/can-bo/tai-ve/{kind}", get(export::work::mine))
        .route("/can-bo/don-vi/tai-ve/{kind}", get(export::work::unit))
        .route("/can-bo/tam-dung", get(pauses::page))
        .route("/can-bo/tra-cuu", get(search::page))
        .route("/can-bo/tra-cuu/tai-ve/{kind}", get(search::export::give))
        .route("/can-bo/cach-loc", get(view::all))
        .route("/can-bo/cach-loc/them", get(view::ask).post(view::add))
        .route("/can-bo/cach-loc/{id}/sua", get(view::edit).post(view::save))
        .route("/can-bo/cach-loc/{id}/xoa", post(view::throw_away))
        .route("/can-bo/cach-loc/{id}/lay-lai", post(view::take_back))
        .route("/can-bo/ho-so/{code}", get(show::page))
        .route(
            "/can-bo/ho-so/{code}/viec/{action}",
            post(act::act).layer(DefaultBodyLimit::max(ACT_BYTES_MAX)),
        )
        .route("/can-bo/ho-so/{code}/giay-to/{paper}", get(show::paper))
}
