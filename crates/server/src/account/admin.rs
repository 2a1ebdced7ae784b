//! Administration of people: who may sign in, with which roles, in which units, from when to when.

pub mod access;
pub mod add;
pub mod appoint;
pub mod change;
pub mod edit;
pub mod list;
pub mod show;

use axum::Router;
use axum::routing::{get, post};
use motcua_domain::ids::PersonId;
use serde::{Deserialize, Serialize};

use crate::account::ticket::Ticket;
use crate::app::App;

/// Where these pages are.
pub const HOME: &str = "/can-bo/quan-tri/nguoi-dung";

/// Pages of administration.
pub fn routes() -> Router<App> {
    let pages = Router::new()
        .route("/", get(list::page))
        .route("/them", get(add::ask).post(add::save))
        .route("/{id}", get(show::page))
        .route("/{id}/sua", get(edit::ask).post(edit::save))
        .route("/{id}/mat-khau", post(change::give_password))
        .route("/{id}/xac-thuc", post(change::clear_second_factor))
        .route("/{id}/khoa", post(change::close))
        .route("/{id}/mo", post(change::open))
        .route("/{id}/dang-xuat", post(change::sign_out))
        .route("/{id}/vai-tro", get(appoint::ask).post(appoint::save))
        .route("/{id}/vai-tro/ket-thuc", get(appoint::ask_end).post(appoint::end));
    Router::new().nest(HOME, pages)
}

/// A password that was just given, to be shown once.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Given {
    person: PersonId,
    password: String,
}

impl Ticket for Given {
    const PURPOSE: &'static str = "ticket:password-given";
}
