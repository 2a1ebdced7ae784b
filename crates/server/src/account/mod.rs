//! People who sign in, and how; who holds which role; what was done to accounts.

pub mod admin;
pub mod administrator;
pub mod citizen;
pub mod code;
pub mod demo;
pub mod held;
pub mod office_log;
pub mod officer;
pub mod password;
pub mod people;
pub mod roles;
pub mod session;
pub mod sessions;
pub mod sign_out;
pub mod steps;
pub mod store;
pub mod sweep;
pub mod ticket;
pub mod totp;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{AppendHeaders, IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::account::citizen::{email, own, register, sign_in};
use crate::app::App;
use crate::web::safe_path;

/// Pages of this word.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/dang-nhap", get(sign_in::ask_address).post(sign_in::send_code))
        .route("/dang-nhap/ma", get(sign_in::ask_code).post(sign_in::check_code))
        .route("/dang-nhap/ma/gui-lai", post(sign_in::send_again))
        .route("/dang-nhap/thong-tin", get(register::ask).post(register::save))
        .route("/dang-xuat", post(sign_out::citizen))
        .route("/tai-khoan", get(own::page))
        .route("/tai-khoan/thong-tin", get(own::ask_facts).post(own::save_facts))
        .route("/tai-khoan/phien", post(own::end_others))
        .route("/tai-khoan/email", get(email::ask).post(email::send))
        .route("/tai-khoan/email/ma", get(email::ask_code).post(email::check_code))
        .route("/tai-khoan/email/ma/gui-lai", post(email::send_again))
        .route("/can-bo/dang-nhap", get(officer::sign_in::ask).post(officer::sign_in::check))
        .route("/can-bo/dang-nhap/ma", get(officer::second_factor::ask).post(officer::second_factor::check))
        .route("/can-bo/dang-nhap/ma-moi", get(officer::set_up::ask).post(officer::set_up::check))
        .route(
            "/can-bo/dang-nhap/mat-khau",
            get(officer::new_password::ask).post(officer::new_password::save),
        )
        .route("/can-bo/dang-xuat", post(sign_out::officer))
        .route("/can-bo/tai-khoan", get(officer::own::page))
        .route("/can-bo/tai-khoan/phien", post(officer::own::end_others))
        .route(
            "/can-bo/tai-khoan/mat-khau",
            get(officer::own::ask_password).post(officer::own::save_password),
        )
        .route("/can-bo/quan-tri/nhat-ky", get(office_log::pages::page))
        .route("/demo", get(demo::page))
        .route("/demo/dang-nhap", post(demo::sign_in))
        .merge(admin::routes())
        .route(held::PATH, get(held::page))
}

/// Where to go after signing in, as it comes in an address or a form.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Back {
    #[serde(default)]
    tiep: String,
}

impl Back {
    /// From the field of a form.
    pub fn new(path: &str) -> Self {
        Self { tiep: path.to_owned() }
    }

    /// The path, when it is one of this site; else `or`.
    pub fn path_or<'a>(&'a self, or: &'a str) -> &'a str {
        safe_path(&self.tiep).unwrap_or(or)
    }
}

/// A redirect that sets cookies.
fn redirect(to: &str, cookies: Vec<HeaderValue>) -> Response {
    let cookies = cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie));
    (AppendHeaders(cookies.collect::<Vec<_>>()), Redirect::to(to)).into_response()
}
