//! Files on their way into a draft: streamed, measured, looked at, and answered in words of their own.

use askama::Template;
use axum::Json;
use axum::extract::multipart::Field;
use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use motcua_domain::ids::DraftId;
use serde::Serialize;

use crate::app::App;
use crate::document::blob::BlobError;
use crate::document::receive::{Expected, ReceiveError};
use crate::portal::draft::Purpose;
use crate::portal::store::{self, DraftFile};
use crate::portal::work::Work;
use crate::portal::{frame, papers, supplement};
use crate::web::error::PageError;
use crate::web::locale::Locale;
use crate::web::page::{Page, render};
use crate::web::visitor::{Citizen, encode};
use crate::web::wording;

/// Most files of one component.
pub const PER_COMPONENT_MAX: usize = 20;
/// Longest text field that comes with a file, in bytes.
const TEXT_BYTES_MAX: usize = 1_000;
/// Header of a script that sends one file and wants one row back.
pub const PART_HEADER: &str = "x-part";
/// Longest name of a refused file that is repeated, in characters.
const NAME_CHARS_MAX: usize = 80;
/// The most one request may send, in files of the largest size: a plain form may send several at once.
pub const FILES_PER_REQUEST: usize = 10;

/// Why a file was not taken. Each has its own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Nothing was chosen.
    NoFile,
    /// There is nothing in it.
    Empty,
    /// Larger than allowed.
    TooBig,
    /// Of a kind that is not taken, whatever its name says.
    WrongKind,
    /// Locked with a password.
    Locked,
    /// Its end is missing, or the line broke.
    CutOff,
    /// It changed on its way.
    Altered,
    /// No more files fit.
    TooMany,
    /// The same file is there already.
    Again,
    /// The disk is full.
    DiskFull,
    /// It could not be stored.
    NotStored,
}

impl Problem {
    const ALL: [Self; 11] = [
        Self::NoFile,
        Self::Empty,
        Self::TooBig,
        Self::WrongKind,
        Self::Locked,
        Self::CutOff,
        Self::Altered,
        Self::TooMany,
        Self::Again,
        Self::DiskFull,
        Self::NotStored,
    ];

    /// The name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoFile => "no_file",
            Self::Empty => "empty",
            Self::TooBig => "too_big",
            Self::WrongKind => "wrong_kind",
            Self::Locked => "locked",
            Self::CutOff => "cut_off",
            Self::Altered => "altered",
            Self::TooMany => "too_many",
            Self::Again => "again",
            Self::DiskFull => "disk_full",
            Self::NotStored => "not_stored",
        }
    }

    /// The problem with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|problem| problem.name() == name)
    }

    /// What to do about it, after the name of the file when there is one.
    pub fn words(self, app: &App, locale: Locale, file: &str) -> String {
        let key = match self {
            Self::NoFile => "portal.file_none",
            Self::TooMany => "portal.file_too_many",
            Self::Again => "portal.file_again",
            Self::Empty => "file.empty",
            Self::TooBig => "file.too_big",
            Self::WrongKind => "file.wrong_kind",
            Self::Locked => "file.locked",
            Self::CutOff => "file.cut_off",
            Self::Altered => "file.altered",
            Self::DiskFull => "file.disk_full",
            Self::NotStored => "file.not_stored",
        };
        let said = locale
            .say(key)
            .arg("limit", wording::file_size(locale, app.config.upload.file_bytes_max))
            .arg("count", PER_COMPONENT_MAX)
            .arg("all", app.config.upload.files_max);
        if file.is_empty() { said.to_string() } else { format!("{file}: {said}") }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::TooBig => StatusCode::PAYLOAD_TOO_LARGE,
            Self::WrongKind => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Again | Self::TooMany => StatusCode::CONFLICT,
            Self::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
            Self::NotStored => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NoFile | Self::Empty | Self::Locked | Self::CutOff | Self::Altered => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
        }
    }
}

impl From<ReceiveError> for Problem {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::Empty => Self::Empty,
            ReceiveError::TooBig { .. } => Self::TooBig,
            ReceiveError::WrongKind => Self::WrongKind,
            ReceiveError::Locked => Self::Locked,
            ReceiveError::CutOff | ReceiveError::Interrupted(_) => Self::CutOff,
            ReceiveError::Altered => Self::Altered,
            ReceiveError::Blob(BlobError::DiskFull(_)) => Self::DiskFull,
            ReceiveError::Blob(error) => {
                tracing::error!(error = %error, "a file could not be stored");
                Self::NotStored
            }
        }
    }
}

/// One kept file, as rows show it.
#[derive(Clone, Debug)]
pub struct FileRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its size in words.
    pub size: String,
    /// Where it is read.
    pub href: String,
    /// Where it is taken out.
    pub remove: String,
}

/// A row for a file of a draft.
pub fn row(draft: DraftId, file: &DraftFile, locale: Locale) -> FileRow {
    let href = format!("{}/tep/{}", frame::base(draft), file.id);
    FileRow {
        id: file.id.clone(),
        name: file.name.clone(),
        size: wording::file_size(locale, u64::try_from(file.size).unwrap_or(0)),
        remove: format!("{href}/xoa"),
        href,
    }
}

/// The limits, said before anything is chosen.
pub fn limits(app: &App, locale: Locale) -> String {
    locale
        .say("portal.file_limits")
        .arg("limit", wording::file_size(locale, app.config.upload.file_bytes_max))
        .arg("count", PER_COMPONENT_MAX)
        .to_string()
}

#[derive(Template)]
#[template(path = "portal/_row.html")]
struct RowPart {
    page: Page,
    kept: FileRow,
}

#[derive(Serialize)]
struct Refused {
    message: String,
}

/// What came, field by field.
#[derive(Debug, Default)]
struct Sent {
    is_ours: bool,
    component: String,
    bytes: Option<u64>,
    /// The page of the component, once it is known to be asked for.
    page: Option<String>,
    kept: Vec<DraftFile>,
    problem: Option<(Problem, String)>,
}

/// Takes files: one at a time from a script, several from a plain form. The token, the component and the size come
/// before the file, so that nothing is stored for a request that may not be ours.
pub async fn receive(
    State(app): State<App>,
    citizen: Citizen,
    Path(id): Path<DraftId>,
    headers: HeaderMap,
    mut multipart: Multipart,
) -> Result<Response, PageError> {
    let locale = citizen.visitor.locale;
    let mut work = Work::load(&app, citizen.person.id, id).await?;
    if work.draft.filed_at.is_some() || work.draft.deleted_at.is_some() {
        return Err(PageError::refused(&locale.say("portal.already_filed")));
    }
    let token = headers.get("x-csrf-token").and_then(|value| value.to_str().ok());
    let mut sent = Sent { is_ours: token == Some(citizen.visitor.csrf.as_str()), ..Sent::default() };
    loop {
        match multipart.next_field().await {
            Ok(Some(field)) => take_field(&app, &citizen, &mut work, &mut sent, field).await?,
            Ok(None) => break,
            Err(_) => {
                sent.problem.get_or_insert((Problem::CutOff, String::new()));
                break;
            }
        }
    }
    if !sent.is_ours {
        return Err(PageError::StaleForm);
    }
    let page = sent.page.clone().ok_or(PageError::NotFound)?;
    if sent.kept.is_empty() && sent.problem.is_none() {
        sent.problem = Some((Problem::NoFile, String::new()));
    }
    if !headers.contains_key(PART_HEADER) {
        let query =
            sent.problem.map(|(problem, name)| format!("?loi={}&ten={}", problem.name(), encode(&name)));
        return Ok(Redirect::to(&format!("{page}{}", query.unwrap_or_default())).into_response());
    }
    if let Some((problem, _)) = sent.problem {
        let message = problem.words(&app, locale, "");
        return Ok((problem.status(), Json(Refused { message })).into_response());
    }
    let file = sent.kept.first().ok_or(PageError::NotFound)?;
    Ok(render(&RowPart { page: Page::new(&app, &citizen.visitor, ""), kept: row(id, file, locale) }))
}

async fn take_field(
    app: &App,
    citizen: &Citizen,
    work: &mut Work,
    sent: &mut Sent,
    mut field: Field<'_>,
) -> Result<(), PageError> {
    match field.name().unwrap_or_default() {
        "csrf" => sent.is_ours |= text(&mut field).await == citizen.visitor.csrf,
        "component" => {
            sent.component = text(&mut field).await;
            sent.page = page_of(app, citizen, work, &sent.component).await?;
        }
        "size" => sent.bytes = text(&mut field).await.parse().ok(),
        "file" if sent.is_ours && sent.page.is_some() => {
            let given = field.file_name().unwrap_or_default().to_owned();
            match keep(app, work, sent, &given, field).await? {
                Ok(file) => {
                    work.files.push(file.clone());
                    sent.kept.push(file);
                }
                // A plain form sends an empty part when nothing was chosen.
                Err(Problem::Empty) if given.is_empty() => {}
                Err(problem) => {
                    sent.problem.get_or_insert((problem, given.chars().take(NAME_CHARS_MAX).collect()));
                }
            }
        }
        _ => {}
    }
    Ok(())
}

/// Stores one file and its row. What is refused is read to its end all the same, because a browser that is cut off
/// while it sends shows no answer.
async fn keep(
    app: &App,
    work: &Work,
    sent: &Sent,
    given: &str,
    mut field: Field<'_>,
) -> Result<Result<DraftFile, Problem>, PageError> {
    let here = work.files_of(&sent.component).count();
    let is_full = PER_COMPONENT_MAX <= here || app.config.upload.files_max <= work.files.len();
    let now = app.clock.now();
    let id = app.random.uuid(now);
    let received = if is_full {
        Err(Problem::TooMany)
    } else {
        let expected =
            Expected { id, bytes_max: app.config.upload.file_bytes_max, bytes: sent.bytes, sha256: None };
        app.blobs.receive(expected, &mut field).await.map_err(Problem::from)
    };
    let received = match received {
        Ok(received) => received,
        Err(problem) => {
            drain(&mut field).await;
            return Ok(Err(problem));
        }
    };
    let kept = received.named(given);
    let file = DraftFile {
        id: id.to_string(),
        component: sent.component.clone(),
        name: kept.name,
        size: i64::try_from(kept.size).unwrap_or(i64::MAX),
        media_type: kept.media_type,
        sha256: kept.sha256,
    };
    let (draft, row) = (work.draft.id, file.clone());
    let is_new = app.store.write(move |tx| store::insert_file(tx, draft, &row, now)).await?;
    Ok(if is_new { Ok(file) } else { Err(Problem::Again) })
}

/// The page on which files of this component are attached. None when it is not asked for.
pub async fn page_of(
    app: &App,
    citizen: &Citizen,
    work: &Work,
    component: &str,
) -> Result<Option<String>, PageError> {
    match work.draft.purpose {
        Purpose::Filing => {
            let key = component.parse().ok();
            let known = key.as_ref().and_then(|key| papers::find(work, key));
            Ok(known.map(|known| format!("{}/giay-to/{}", frame::base(work.draft.id), known.key)))
        }
        Purpose::Supplement => match &work.draft.dossier {
            Some(code) => supplement::knows(app, citizen, code.as_str(), component).await,
            None => Ok(None),
        },
    }
}

/// A short text field; what is longer is cut.
async fn text(field: &mut Field<'_>) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(piece)) = field.chunk().await {
        if bytes.len() < TEXT_BYTES_MAX {
            bytes.extend_from_slice(&piece);
        }
    }
    bytes.truncate(TEXT_BYTES_MAX);
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn drain(field: &mut Field<'_>) {
    while let Ok(Some(_)) = field.chunk().await {}
}
