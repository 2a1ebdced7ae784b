//! Signing out, by either door. It asks for no form token: requests from other sites are refused before they get
//! here, and somebody whose session is over already should not be told that a form is stale.

use axum::extract::State;
use axum::response::Response;

use crate::account::{redirect, session};
use crate::app::App;
use crate::web::error::PageError;
use crate::web::visitor::Visitor;

/// Ends the session of a citizen.
pub async fn citizen(State(app): State<App>, visitor: Visitor) -> Result<Response, PageError> {
    leave(&app, &visitor, "/").await
}

/// Ends the session of an officer.
pub async fn officer(State(app): State<App>, visitor: Visitor) -> Result<Response, PageError> {
    leave(&app, &visitor, "/can-bo/dang-nhap").await
}

async fn leave(app: &App, visitor: &Visitor, to: &str) -> Result<Response, PageError> {
    if let Some(token) = &visitor.session {
        session::close(app, token).await?;
    }
    Ok(redirect(to, vec![session::set_cookie(app, None)]))
}
