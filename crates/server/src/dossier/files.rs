//! The files of a dossier on their way to those who may see it.

use axum::response::Response;
use motcua_domain::dossier::FileRef;

use crate::app::App;
use crate::document::give::{Way, give};
use crate::web::error::PageError;

/// Gives a file of a dossier. The caller has checked that this person may see the dossier.
pub async fn answer(app: &App, file: &FileRef) -> Result<Response, PageError> {
    give(&app.blobs, (&file.sha256).into(), &file.name, &file.media_type, Way::Show).await
}
