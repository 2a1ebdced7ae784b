//! The files of a dossier on their way to those who may see it.

use axum::response::Response;
use motcua_domain::dossier::FileRef;

use crate::app::App;
use crate::document::give::{Way, give};
use crate::document::range::PartAsked;
use crate::web::error::PageError;

/// Gives a file of a dossier, or the part of it that is asked for. The caller has checked that this person may see the
/// dossier.
pub async fn answer(app: &App, file: &FileRef, asked: &PartAsked) -> Result<Response, PageError> {
    give(&app.blobs, (&file.sha256).into(), &file.name, &file.media_type, Way::Show, asked).await
}
