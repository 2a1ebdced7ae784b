//! Files on their way in: streamed, hashed, looked at, and kept until a filing or a step names them.

use std::sync::Arc;

use axum::Json;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::http::StatusCode;
use futures_util::StreamExt as _;
use jiff::SignedDuration;
use motcua_domain::dossier::FileRef;
use motcua_domain::ids::PersonId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::caller::{Caller, Sender};
use crate::api::problem::{Kind, Problem};
use crate::api::store;
use crate::app::App;
use crate::document::receive::{Expected, ReceiveError};
use crate::web::limit::Limit;
use crate::web::wording;

/// A file waits this long to be named. Its row stays a day longer, so that no request under way loses its file.
pub const WAIT_DAYS: i64 = 7;

/// A file that was kept. It waits seven days to be named by a filing or a step.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptFile {
    /// Its id: what a filing or a step names.
    id: String,
    /// SHA-256 of what arrived, 64 hexadecimal digits.
    sha256: String,
    /// The name it is shown under.
    name: String,
    /// Bytes.
    size: u64,
    /// What it was found to be.
    media_type: String,
}

/// Takes one file. Sent twice under the same name, it has one id.
pub async fn receive(
    State(app): State<App>,
    Sender(caller): Sender,
    request: Request,
) -> Result<(StatusCode, Json<KeptFile>), Problem> {
    let multipart = Multipart::from_request(request, &app).await;
    let mut multipart = multipart.map_err(|_| Kind::WrongMediaType)?;
    loop {
        let field = multipart.next_field().await.map_err(|error| broken(&error))?;
        let Some(field) = field else {
            return Err(Problem::field("/file", caller.locale.t("api.field_missing")));
        };
        if field.name() == Some("file") {
            let file = keep(&app, &caller, field).await?;
            return Ok((StatusCode::CREATED, Json(file)));
        }
    }
}

/// A file that this person sent, by its id.
pub async fn sent(app: &App, person: PersonId, id: &str) -> Result<Option<FileRef>, Problem> {
    let id = id.to_owned();
    let since = app.clock.now() - SignedDuration::from_hours(24 * WAIT_DAYS);
    Ok(app.store.read(move |tx| store::file(tx, person, &id, since)).await?)
}

async fn keep(app: &App, caller: &Caller, field: Field<'_>) -> Result<KeptFile, Problem> {
    let now = app.clock.now();
    app.limits.take(Limit::UploadsPerPerson, &caller.person.id.to_string(), now)?;
    let id = app.random.uuid(now);
    let given = field.file_name().unwrap_or_default().to_owned();
    let expected = Expected { id, bytes_max: app.config.upload.file_bytes_max, bytes: None, sha256: None };
    let pieces = field.map(|piece| piece.map_err(Arc::new));
    let received = app.blobs.receive(expected, pieces).await.map_err(|error| refused(app, caller, &error))?;
    let file = received.named(&given);
    let (person, row) = (caller.person.id, file.clone());
    let id = app.store.write(move |tx| store::keep_file(tx, person, &id.to_string(), &row, now)).await?;
    Ok(KeptFile {
        id,
        sha256: file.sha256.to_string(),
        name: file.name,
        size: file.size,
        media_type: file.media_type,
    })
}

fn refused(app: &App, caller: &Caller, error: &ReceiveError) -> Problem {
    let limit = wording::file_size(caller.locale, app.config.upload.file_bytes_max);
    let said = caller.locale.say(error.key()).arg("limit", limit).to_string();
    let kind = match error {
        ReceiveError::TooBig { .. } => Kind::TooLarge,
        ReceiveError::WrongKind => Kind::WrongMediaType,
        ReceiveError::NotScanned(_) => Kind::Busy,
        // What the line says about a body that is too large arrives as a broken stream.
        ReceiveError::Interrupted(cause) if is_too_large(cause.as_ref()) => Kind::TooLarge,
        ReceiveError::Interrupted(_)
        | ReceiveError::Empty
        | ReceiveError::Locked
        | ReceiveError::CutOff
        | ReceiveError::Altered
        | ReceiveError::Infected => Kind::BadFile,
        ReceiveError::Blob(crate::document::blob::BlobError::DiskFull(_)) => Kind::DiskFull,
        ReceiveError::Blob(error) => {
            tracing::error!(error = %error, "a file could not be stored");
            Kind::Internal
        }
    };
    Problem::new(kind, said)
}

fn is_too_large(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    cause
        .downcast_ref::<Arc<MultipartError>>()
        .is_some_and(|error| error.status() == StatusCode::PAYLOAD_TOO_LARGE)
}

fn broken(error: &MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Kind::TooLarge.into();
    }
    Kind::BadRequest.into()
}
