//! The addresses of uploads: `/tai-len` begins one, `/tai-len/{id}` is one.

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{any, options, post};
use motcua_domain::ids::PersonId;

use crate::app::App;
use crate::document::name;
use crate::document::problem::Problem;
use crate::document::upload::finish::settle;
use crate::document::upload::receive::{self, Piece};
use crate::document::upload::turn::Turn;
use crate::document::upload::tus::{self, Checksum, Metadata, Trouble};
use crate::document::upload::{Ended, OPEN_FILES_MAX, OPEN_MAX, Sender, Upload, expiry, store};
use crate::portal::upload::{PART_HEADER, kept_row};
use crate::web::error::PageError;
use crate::web::guard::SafeForm;
use crate::web::limit::Limit;
use crate::web::locale::Locale;
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

/// What the service speaks.
pub async fn speaks(State(app): State<App>) -> Response {
    tus::options(&app)
}

async fn begin(State(app): State<App>, visitor: Visitor, headers: HeaderMap) -> Response {
    begin_as(&app, Sender::of(&visitor), &headers, visitor.locale).await
}

async fn one(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, request: Request) -> Response {
    one_as(&app, Sender::of(&visitor), &id, request, visitor.locale).await
}

/// Begins an upload of a sender; nobody who is not signed in sends anything.
pub async fn begin_as(app: &App, sender: Option<Sender>, headers: &HeaderMap, locale: Locale) -> Response {
    create(app, sender, headers).await.unwrap_or_else(|trouble| trouble.answer(app, locale))
}

/// Everything that a sender may ask of one upload.
pub async fn one_as(
    app: &App,
    sender: Option<Sender>,
    id: &str,
    request: Request,
    locale: Locale,
) -> Response {
    let meant = match *request.method() {
        Method::POST => tus::meant(request.headers()).unwrap_or_default().to_owned(),
        ref method => method.to_string(),
    };
    let done = match (meant.as_str(), &sender) {
        ("OPTIONS", _) => Ok(tus::options(app)),
        ("HEAD" | "GET" | "PATCH" | "DELETE", None) => Err(Trouble::SignedOut),
        ("HEAD", Some(sender)) => stand(app, sender, id, request.headers()).await,
        ("GET", Some(sender)) => outcome(app, sender, id).await,
        ("PATCH", Some(sender)) => piece(app, sender, id, request).await,
        ("DELETE", Some(sender)) => terminate(app, sender, id, request.headers()).await,
        _ => Ok(StatusCode::METHOD_NOT_ALLOWED.into_response()),
    };
    done.unwrap_or_else(|trouble| trouble.answer(app, locale))
}

/// Begins an upload.
async fn create(app: &App, sender: Option<Sender>, headers: &HeaderMap) -> Result<Response, Trouble> {
    tus::version(headers)?;
    let mut sender = sender.ok_or(Trouble::SignedOut)?;
    sender.is_ours(headers)?;
    sender.may_send(app)?;
    let now = app.clock.now();
    app.limits.take(Limit::UploadsPerPerson, &sender.key(), now)?;
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
    let place = sender.place(app, &metadata).await?;
    if let Err(problem) = place.may_take(app, &sender).await? {
        return Err(problem.into());
    }
    let upload = Upload {
        id: app.random.token(),
        owner: sender.owner(),
        place,
        handoff: sender.handoff().map(str::to_owned),
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
    let location = HeaderValue::from_str(&sender.href(&upload.id)).expect("an id is letters and digits");
    response.headers_mut().insert(header::LOCATION, location);
    Ok(response)
}

/// How much is here. Whoever asks goes on from there, so whoever wrote before stops.
async fn stand(app: &App, sender: &Sender, id: &str, headers: &HeaderMap) -> Result<Response, Trouble> {
    tus::version(headers)?;
    let (upload, turn) = taken(app, sender, id).await?;
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
async fn outcome(app: &App, sender: &Sender, id: &str) -> Result<Response, Trouble> {
    let upload = found(app, sender, id).await?;
    match (upload.ended, &upload.file) {
        (Some(Ended::Kept), Some(file)) => Ok(kept_row(app, sender, &upload.place, file).await?),
        (Some(ended), _) => Err(Trouble::Ended(ended)),
        (None, _) => Ok(tus::standing(StatusCode::ACCEPTED, &upload)),
    }
}

/// Takes one piece.
async fn piece(app: &App, sender: &Sender, id: &str, request: Request) -> Result<Response, Trouble> {
    let (parts, body) = request.into_parts();
    tus::version(&parts.headers)?;
    sender.is_ours(&parts.headers)?;
    sender.may_send(app)?;
    app.limits.take(Limit::PiecesPerPerson, &sender.key(), app.clock.now())?;
    let upload = found(app, sender, id).await?;
    if upload.ended == Some(Ended::Expired) {
        return Err(Trouble::Ended(Ended::Expired));
    }
    let offset = tus::offset(&parts.headers)?;
    let checksum = Checksum::read(&parts.headers)?;
    let (upload, turn) = taken(app, sender, id).await?;
    // What came is put onto the disk also when the line breaks and nobody waits for the answer.
    let receiving = receive::receive(app.clone(), upload, Piece { offset, checksum, body }, turn);
    let upload = tokio::spawn(receiving).await.map_err(|error| PageError::internal(&error))??;
    Ok(tus::standing(StatusCode::NO_CONTENT, &upload))
}

/// Ends an upload that is not wanted any more.
async fn terminate(app: &App, sender: &Sender, id: &str, headers: &HeaderMap) -> Result<Response, Trouble> {
    tus::version(headers)?;
    sender.is_ours(headers)?;
    let upload = found(app, sender, id).await?;
    forget(app, &upload.id, upload.owner).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(tus::RESUMABLE, HeaderValue::from_static("1.0.0"));
    Ok(response)
}

/// The same from the row of a page, with or without a script.
async fn throw_away(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    SafeForm(_): SafeForm,
) -> Result<Response, PageError> {
    let is_script = headers.contains_key(PART_HEADER);
    let sender = Sender::of(&visitor).ok_or_else(|| Citizen::sign_in(&visitor))?;
    let owner = sender.owner();
    let wanted = id.clone();
    // What is gone already is thrown away.
    let Some(upload) = app.store.read(move |tx| store::find(tx, &wanted, owner)).await? else {
        return if is_script { Ok(StatusCode::NO_CONTENT.into_response()) } else { Err(PageError::NotFound) };
    };
    let page = upload.place.page(&app, &sender).await?;
    forget(&app, &id, owner).await?;
    if is_script {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(Redirect::to(&page).into_response())
}

/// Throws an upload of this person away, whoever writes to it right now.
pub async fn forget(app: &App, id: &str, owner: PersonId) -> Result<(), PageError> {
    let turn = app.turns.take(id).await.ok_or(PageError::Busy)?;
    let gone = id.to_owned();
    if app.store.write(move |tx| store::delete(tx, &gone, owner)).await? {
        app.blobs.remove_part(id).map_err(|error| PageError::internal(&error))?;
    }
    drop(turn);
    Ok(())
}

/// The upload as it stands. Somebody else's is not found.
async fn found(app: &App, sender: &Sender, id: &str) -> Result<Upload, Trouble> {
    let (id, owner) = (id.to_owned(), sender.owner());
    let upload = app.store.read(move |tx| store::find(tx, &id, owner)).await?;
    upload.filter(|upload| sender.may_see(upload)).ok_or(Trouble::NotFound)
}

/// The upload and the turn to write to it, read after the one before has stopped.
async fn taken(app: &App, sender: &Sender, id: &str) -> Result<(Upload, Turn), Trouble> {
    found(app, sender, id).await?;
    let turn = app.turns.take(id).await.ok_or(Trouble::Interrupted)?;
    Ok((found(app, sender, id).await?, turn))
}
