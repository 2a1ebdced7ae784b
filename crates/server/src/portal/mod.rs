//! The portal: what citizens do with dossiers, from the first question to the result.

pub mod acknowledgement;
pub mod answers;
pub mod check;
pub mod dossier;
pub mod draft;
pub mod fees;
pub mod filed;
pub mod files;
pub mod filing;
pub mod frame;
pub mod lookup;
pub mod mine;
pub mod opened;
pub mod papers;
pub mod plan;
pub mod start;
pub mod step;
pub mod store;
pub mod summary;
pub mod supplement;
pub mod tasks;
pub mod timeline;
pub mod upload;
pub mod view;
pub mod withdraw;
pub mod words;
pub mod work;
pub mod world;

use axum::Router;
use axum::response::Redirect;
use axum::routing::{get, post};

use crate::app::App;

/// Pages of citizens.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/tra-cuu", get(lookup::ask))
        .route("/tra-cuu/{code}", get(lookup::show))
        .route("/nop-ho-so", get(|| async { Redirect::to("/thu-tuc") }))
        .route("/nop-ho-so/{procedure}", get(start::show).post(start::begin))
        .route("/nop-ho-so/nhap", get(start::drafts))
        .route("/nop-ho-so/nhap/{draft}", get(start::tasks))
        .route("/nop-ho-so/nhap/{draft}/luu", post(step::save))
        .route("/nop-ho-so/nhap/{draft}/xoa", post(start::throw_away))
        .route("/nop-ho-so/nhap/{draft}/lay-lai", post(start::take_back))
        .route("/nop-ho-so/nhap/{draft}/khong-du-dieu-kien", get(start::not_eligible))
        .route("/nop-ho-so/nhap/{draft}/kiem-tra", get(check::show))
        .route("/nop-ho-so/nhap/{draft}/nop", post(check::file))
        .route("/nop-ho-so/nhap/{draft}/giay-to/{component}", get(papers::show).post(papers::take))
        .route("/nop-ho-so/nhap/{draft}/tep/{file}", get(files::draft_file))
        .route("/nop-ho-so/nhap/{draft}/tep/{file}/xoa", post(files::remove))
        .route("/nop-ho-so/nhap/{draft}/{page}", get(step::show).post(step::take))
        .route("/ho-so", get(mine::list))
        .route("/ho-so/{code}", get(dossier::show))
        .route("/ho-so/{code}/da-nop", get(filed::show))
        .route("/ho-so/{code}/phieu-nop", get(acknowledgement::show))
        .route("/ho-so/{code}/ma-qr", get(files::qr))
        .route("/ho-so/{code}/tep/{paper}", get(files::paper))
        .route("/ho-so/{code}/tin-nhan", post(dossier::message))
        .route("/ho-so/{code}/rut", get(withdraw::show).post(withdraw::take))
        .route("/ho-so/{code}/bo-sung", get(supplement::show))
        .route("/ho-so/{code}/bo-sung/kiem-tra", get(supplement::check))
        .route("/ho-so/{code}/bo-sung/nop", post(supplement::file))
        .route("/ho-so/{code}/bo-sung/{number}", get(supplement::defect).post(supplement::take))
        .route("/ho-so/{code}/bo-sung/{number}/luu", post(supplement::save_typed))
}

/// Where files come in: larger and slower than any other request.
pub fn uploads(app: &App) -> Router<App> {
    Router::new().route("/nop-ho-so/nhap/{draft}/tep", post(upload::receive)).layer(upload::body_limit(app))
}
