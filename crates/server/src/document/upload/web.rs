//! The addresses of uploads: `/tai-len` begins one, `/tai-len/{id}` is one.

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{any, options, post};
use motcua_domain::ids::DraftId;

use crate::app::App;
use crate::document::name;
use crate::document::problem::Problem;
use crate::document::upload::finish::settle;
use crate::document::upload::receive::{self, Piece};
use crate::document::upload::turn::Turn;
use crate::document::upload::tus::{self, Checksum, Metadata, Trouble};
use crate::document::upload::{Ended, OPEN_FILES_MAX, OPEN_MAX, Place, Upload, expiry, store};
use crate::portal::upload::{PART_HEADER, kept_row};
use crate::web::error::PageError;
use crate::web::guard::SafeForm;
use crate::web::limit::Limit;
use crate::web::visitor::{Citizen, Visitor};

/// Where uploads begin.
pub const PATH: &str = "/tai-len";

/// Where one upload is.
pub fn href(id: &str) -> String {
    format!("{PATH}/{id}")
}

/// Everything about uploads. Bodies are measured as they come, so nothing else limits them.
pub fn routes() -> Router<App> {
    Router::new()
        .route(PATH, options(speaks).post(begin))
        .route("/tai-len/{id}", any(one))
        .route("/tai-len/{id}/bo", post(throw_away))
}

async fn speaks(State(app): State<App>) -> Response {
    tus::options(&app)
}

async fn begin(State(app): State<App>, visitor: Visitor, headers: HeaderMap) -> Response {
    let locale = visitor.locale;
    create(&app, &visitor, &headers).await.unwrap_or_else(|trouble| trouble.answer(&app, locale))
}

async fn one(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, request: Request) -> Response {
    let meant = match *request.method() {
        Method::POST => tus::meant(request.headers()).unwrap_or_default().to_owned(),
        ref method => method.to_string(),
    };
    let done = match meant.as_str() {
        "OPTIONS" => Ok(tus::options(&app)),
        "HEAD" => stand(&app, &visitor, &id, request.headers()).await,
        "GET" => outcome(&app, &visitor, &id).await,
        "PATCH" => piece(&app, &visitor, &id, request).await,
        "DELETE" => terminate(&app, &visitor, &id, request.headers()).await,
        _ => Ok(StatusCode::METHOD_NOT_ALLOWED.into_response()),
    };
    done.unwrap_or_else(|trouble| trouble.answer(&app, visitor.locale))
}

/// Begins an upload.
async fn create(app: &App, visitor: &Visitor, headers: &HeaderMap) -> Result<Response, Trouble> {
    tus::version(headers)?;
    let citizen = sender(visitor)?;
    is_ours(visitor, headers)?;
    let now = app.clock.now();
    app.limits.take(Limit::UploadsPerPerson, &citizen.person.id.to_string(), now)?;
    let size = tus::length(headers)?;
    if size == 0 {
        return Err(Problem::Empty.into());
    }
    if app.config.upload.resumable_bytes_max < size {
        return Err(Problem::TooBig.into());
    }
    let metadata = Metadata::read(headers)?;
    let sha256_given = match metadata.value("sha256") {
        "" => None,
        text => Some(text.parse().map_err(|_| Trouble::Unreadable("Upload-Metadata"))?),
    };
    let draft = metadata.value("draft").parse::<DraftId>().map_err(|_| Trouble::NotFound)?;
    let place = Place::Draft { draft, component: metadata.value("component").to_owned() };
    if let Err(problem) = place.may_take(app, &citizen).await? {
        return Err(problem.into());
    }
    let upload = Upload {
        id: app.random.token(),
        owner: citizen.person.id,
        place,
        name: name::given(metadata.value("filename")),
        metadata: metadata.sent,
        size,
        sha256_given,
        received: 0,
        found: None,
        ended: None,
        file: None,
        created_at: now,
        expires_at: expiry(app),
    };
    let bytes_max = app.config.upload.resumable_bytes_max.saturating_mul(OPEN_FILES_MAX);
    let row = upload.clone();
    let is_begun = app.store.write(move |tx| {
        let (number, bytes) = store::open_of(tx, row.owner)?;
        if OPEN_MAX <= number || bytes_max < row.size.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX))
        {
            return Ok(false);
        }
        store::insert(tx, &row).map(|()| true)
    });
    if !is_begun.await? {
        return Err(Trouble::TooManyOpen);
    }
    let mut response = tus::standing(StatusCode::CREATED, &upload);
    let location = HeaderValue::from_str(&href(&upload.id)).expect("an id is letters and digits");
    response.headers_mut().insert(header::LOCATION, location);
    Ok(response)
}

/// How much is here. Whoever asks goes on from there, so whoever wrote before stops.
async fn stand(app: &App, visitor: &Visitor, id: &str, headers: &HeaderMap) -> Result<Response, Trouble> {
    tus::version(headers)?;
    let (upload, turn) = taken(app, &sender(visitor)?, id).await?;
    let settling = app.clone();
    // To its end, whether or not the line holds.
    let settled = tokio::spawn(async move {
        let settled = settle(&settling, upload).await;
        drop(turn);
        settled
    });
    let upload = settled.await.map_err(|error| PageError::internal(&error))??;
    match upload.ended {
        Some(Ended::Expired) => Err(Trouble::Ended(Ended::Expired)),
        Some(Ended::Kept | Ended::Refused(_)) | None => Ok(tus::standing(StatusCode::OK, &upload)),
    }
}

/// What became of it: the row of the file, or why it was not taken.
async fn outcome(app: &App, visitor: &Visitor, id: &str) -> Result<Response, Trouble> {
    let citizen = sender(visitor)?;
    let upload = found(app, &citizen, id).await?;
    match (upload.ended, &upload.file) {
        (Some(Ended::Kept), Some(file)) => Ok(kept_row(app, &citizen, &upload.place, file).await?),
        (Some(ended), _) => Err(Trouble::Ended(ended)),
        (None, _) => Ok(tus::standing(StatusCode::ACCEPTED, &upload)),
    }
}

/// Takes one piece.
async fn piece(app: &App, visitor: &Visitor, id: &str, request: Request) -> Result<Response, Trouble> {
    let (parts, body) = request.into_parts();
    tus::version(&parts.headers)?;
    let citizen = sender(visitor)?;
    is_ours(visitor, &parts.headers)?;
    app.limits.take(Limit::PiecesPerPerson, &citizen.person.id.to_string(), app.clock.now())?;
    let upload = found(app, &citizen, id).await?;
    if upload.ended == Some(Ended::Expired) {
        return Err(Trouble::Ended(Ended::Expired));
    }
    let offset = tus::offset(&parts.headers)?;
    let checksum = Checksum::read(&parts.headers)?;
    let (upload, turn) = taken(app, &citizen, id).await?;
    // What came is put onto the disk also when the line breaks and nobody waits for the answer.
    let receiving = receive::receive(app.clone(), upload, Piece { offset, checksum, body }, turn);
    let upload = tokio::spawn(receiving).await.map_err(|error| PageError::internal(&error))??;
    Ok(tus::standing(StatusCode::NO_CONTENT, &upload))
}

/// Ends an upload that is not wanted any more.
async fn terminate(app: &App, visitor: &Visitor, id: &str, headers: &HeaderMap) -> Result<Response, Trouble> {
    tus::version(headers)?;
    let citizen = sender(visitor)?;
    is_ours(visitor, headers)?;
    let (upload, turn) = taken(app, &citizen, id).await?;
    forget(app, &upload).await?;
    drop(turn);
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(tus::RESUMABLE, HeaderValue::from_static("1.0.0"));
    Ok(response)
}

/// The same from the row of a page, with or without a script.
async fn throw_away(
    State(app): State<App>,
    citizen: Citizen,
    Path(id): Path<String>,
    headers: HeaderMap,
    SafeForm(_): SafeForm,
) -> Result<Response, PageError> {
    let is_script = headers.contains_key(PART_HEADER);
    let owner = citizen.person.id;
    let wanted = id.clone();
    // What is gone already is thrown away.
    let Some(upload) = app.store.read(move |tx| store::find(tx, &wanted, owner)).await? else {
        return if is_script { Ok(StatusCode::NO_CONTENT.into_response()) } else { Err(PageError::NotFound) };
    };
    let page = upload.place.page(&app, &citizen).await?;
    let turn = app.turns.take(&id).await.ok_or(PageError::Busy)?;
    forget(&app, &upload).await?;
    drop(turn);
    if is_script {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(Redirect::to(&page).into_response())
}

async fn forget(app: &App, upload: &Upload) -> Result<(), PageError> {
    let (id, owner) = (upload.id.clone(), upload.owner);
    app.store.write(move |tx| store::delete(tx, &id, owner)).await?;
    app.blobs.remove_part(&upload.id).map_err(|error| PageError::internal(&error))
}

/// Only citizens send files here.
fn sender(visitor: &Visitor) -> Result<Citizen, Trouble> {
    Citizen::of(visitor).ok_or(Trouble::SignedOut)
}

/// A request that changes something carries the token of the session.
fn is_ours(visitor: &Visitor, headers: &HeaderMap) -> Result<(), Trouble> {
    let sent = headers.get("x-csrf-token").and_then(|value| value.to_str().ok());
    if sent == Some(visitor.csrf.as_str()) { Ok(()) } else { Err(Trouble::Forged) }
}

/// The upload as it stands. Somebody else's is not found.
async fn found(app: &App, citizen: &Citizen, id: &str) -> Result<Upload, Trouble> {
    let (id, owner) = (id.to_owned(), citizen.person.id);
    app.store.read(move |tx| store::find(tx, &id, owner)).await?.ok_or(Trouble::NotFound)
}

/// The upload and the turn to write to it, read after the one before has stopped.
async fn taken(app: &App, citizen: &Citizen, id: &str) -> Result<(Upload, Turn), Trouble> {
    found(app, citizen, id).await?;
    let turn = app.turns.take(id).await.ok_or(Trouble::Interrupted)?;
    Ok((found(app, citizen, id).await?, turn))
}
