//! Files on their way into a draft: what a plain form sends, and the rows of what came and of what is still to come.
//! Scripts send files in pieces, see `document/upload`.

use askama::Template;
use axum::extract::multipart::Field;
use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use motcua_domain::ids::DraftId;

use crate::app::App;
use crate::document::problem::{PER_COMPONENT_MAX, Problem};
use crate::document::receive::Expected;
use crate::document::upload::{self, Ended, Place, Sender, Upload};
use crate::portal::draft::{Draft, Purpose};
use crate::portal::store::{self, DraftFile};
use crate::portal::work::Work;
use crate::portal::{frame, papers, supplement};
use crate::web::error::PageError;
use crate::web::limit::Limit;
use crate::web::locale::Locale;
use crate::web::page::{Page, render};
use crate::web::visitor::{Citizen, encode};
use crate::web::wording;

/// Longest text field that comes with a file, in bytes.
const TEXT_BYTES_MAX: usize = 1_000;
/// Header of a script that changes one row and stays on its page.
pub const PART_HEADER: &str = "x-part";
/// Longest name of a refused file that is repeated, in characters.
const NAME_CHARS_MAX: usize = 80;
/// The most one request may send, in files of the largest size: a plain form may send several at once.
const FILES_PER_REQUEST: usize = 10;
/// Most uploads that did not arrive which one page shows.
const UNFINISHED_ROWS: i64 = 20;

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
    /// The button inside a larger form that takes it out; empty when it has a form of its own.
    pub press: &'static str,
}

impl FileRow {
    /// A row that is neither read nor taken out.
    pub fn untouchable(file: &DraftFile, locale: Locale) -> Self {
        Self {
            id: file.id.clone(),
            name: file.name.clone(),
            size: wording::file_size(locale, u64::try_from(file.size).unwrap_or(0)),
            href: String::new(),
            remove: String::new(),
            press: "",
        }
    }
}

/// A row for a file of a draft.
pub fn row(draft: DraftId, file: &DraftFile, locale: Locale) -> FileRow {
    let href = format!("{}/tep/{}", frame::base(draft), file.id);
    FileRow { remove: format!("{href}/xoa"), href, ..FileRow::untouchable(file, locale) }
}

/// How large a plain form with files may be.
pub fn body_limit(app: &App) -> DefaultBodyLimit {
    let file_bytes = usize::try_from(app.config.upload.file_bytes_max).unwrap_or(usize::MAX);
    DefaultBodyLimit::max(file_bytes.saturating_mul(FILES_PER_REQUEST))
}

/// The limits of files that a script sends, said before anything is chosen.
pub fn limits(app: &App, locale: Locale) -> String {
    limits_of(locale, app.config.upload.resumable_bytes_max)
}

/// The limits of files that a plain form sends.
pub fn plain_limits(app: &App, locale: Locale) -> String {
    limits_of(locale, app.config.upload.file_bytes_max)
}

fn limits_of(locale: Locale, bytes_max: u64) -> String {
    locale
        .say("portal.file_limits")
        .arg("limit", wording::file_size(locale, bytes_max))
        .arg("count", PER_COMPONENT_MAX)
        .to_string()
}

#[derive(Template)]
#[template(path = "portal/_row.html")]
struct RowPart {
    page: Page,
    kept: FileRow,
}

/// How a file stands that is not attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfinished {
    /// A part is here.
    Stopped,
    /// It is here, and waits to be looked at for malware.
    Waiting,
    /// Nobody went on with it in time.
    Expired,
    /// There is malware in it.
    Quarantined,
}

impl Unfinished {
    /// Whether it comes to nothing.
    pub fn is_over(self) -> bool {
        match self {
            Self::Stopped | Self::Waiting => false,
            Self::Expired | Self::Quarantined => true,
        }
    }

    /// Message key of the word for it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Stopped => "file.stopped",
            Self::Waiting => "file.waiting",
            Self::Expired => "file.gone",
            Self::Quarantined => "file.quarantined",
        }
    }
}

/// One file that did not arrive, as rows show it.
#[derive(Clone, Debug)]
pub struct UnfinishedRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its size in words.
    pub size: String,
    /// Its size in bytes, by which a script knows it again.
    pub bytes: u64,
    /// Its hash, when the sender said it.
    pub sha256: String,
    /// What arrived, in percent.
    pub percent: u64,
    /// How it stands.
    pub state: Unfinished,
    /// What happened, and what to do.
    pub message: String,
    /// Where it is gone on with.
    pub href: String,
    /// Where it is thrown away.
    pub remove: String,
}

/// The uploads to a draft that did not arrive. What arrived and was left alone becomes a file first.
pub async fn unfinished(
    app: &App,
    draft: &Draft,
    files: &mut Vec<DraftFile>,
) -> Result<Vec<Upload>, PageError> {
    let (id, owner) = (draft.id, draft.owner);
    let read = app
        .store
        .read(move |tx| upload::store::unfinished(tx, owner, &id.to_string(), UNFINISHED_ROWS))
        .await?;
    let number = read.len();
    let left = upload::finish_arrived(app, read).await?;
    if left.len() < number {
        *files = app.store.read(move |tx| store::files(tx, id)).await?;
    }
    Ok(left)
}

/// The rows of those that were meant for one component.
pub fn unfinished_rows(uploads: &[Upload], component: &str, locale: Locale) -> Vec<UnfinishedRow> {
    let is_here = |upload: &&Upload| upload.place.columns().2 == component;
    uploads.iter().filter(is_here).map(|upload| unfinished_row(upload, locale)).collect()
}

fn unfinished_row(upload: &Upload, locale: Locale) -> UnfinishedRow {
    let at = wording::office_datetime(locale, upload.expires_at);
    let (state, message) = match upload.ended {
        Some(Ended::Refused(_)) => (Unfinished::Quarantined, locale.say("file.infected")),
        Some(Ended::Expired | Ended::Kept) => (Unfinished::Expired, locale.say("file.expired").arg("at", at)),
        None if upload.has_arrived() => (Unfinished::Waiting, locale.say("file.checking")),
        None => {
            let said = locale.say("file.unfinished").arg("percent", upload.percent()).arg("until", at);
            (Unfinished::Stopped, said)
        }
    };
    let href = upload::href(&upload.id);
    UnfinishedRow {
        id: upload.id.clone(),
        name: upload.name.clone(),
        size: wording::file_size(locale, upload.size),
        bytes: upload.size,
        sha256: upload.sha256_given.map(String::from).unwrap_or_default(),
        percent: upload.percent(),
        state,
        message: message.to_string(),
        remove: format!("{href}/bo"),
        href,
    }
}

/// The row of a file that came in pieces.
pub async fn kept_row(app: &App, sender: &Sender, place: &Place, file: &str) -> Result<Response, PageError> {
    match place {
        Place::Draft { draft, .. } => {
            let work = Work::load(app, sender.owner(), *draft).await?;
            let kept = work.files.iter().find(|kept| kept.id == file).ok_or(PageError::NotFound)?;
            let kept = sender.row(&work, kept);
            Ok(render(&RowPart { page: Page::new(app, sender.visitor(), ""), kept }))
        }
    }
}

/// What came, field by field.
#[derive(Debug, Default)]
struct Sent {
    is_ours: bool,
    component: String,
    /// The page of the component, once it is known to be asked for.
    page: Option<String>,
    kept: usize,
    problem: Option<(Problem, String)>,
}

/// Takes the files of a plain form.
pub async fn receive(
    State(app): State<App>,
    citizen: Citizen,
    Path(id): Path<DraftId>,
    multipart: Multipart,
) -> Result<Response, PageError> {
    let locale = citizen.visitor.locale;
    let work = Work::load(&app, citizen.person.id, id).await?;
    if work.draft.filed_at.is_some() || work.draft.deleted_at.is_some() {
        return Err(PageError::refused(&locale.say("portal.already_filed")));
    }
    take_all(&app, &Sender::Citizen(citizen), work, multipart).await
}

/// Takes the files of a plain form of any sender into a draft, and goes back to the page they came from. The token and
/// the component come before them, so that nothing is stored for a request that may not be ours.
pub async fn take_all(
    app: &App,
    sender: &Sender,
    mut work: Work,
    mut multipart: Multipart,
) -> Result<Response, PageError> {
    let mut sent = Sent::default();
    loop {
        match multipart.next_field().await {
            Ok(Some(field)) => take_field(app, sender, &mut work, &mut sent, field).await?,
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
    if sent.kept == 0 && sent.problem.is_none() {
        sent.problem = Some((Problem::NoFile, String::new()));
    }
    let query = sent.problem.map(|(problem, name)| format!("?loi={}&ten={}", problem.name(), encode(&name)));
    Ok(Redirect::to(&format!("{page}{}", query.unwrap_or_default())).into_response())
}

async fn take_field(
    app: &App,
    sender: &Sender,
    work: &mut Work,
    sent: &mut Sent,
    mut field: Field<'_>,
) -> Result<(), PageError> {
    match field.name().unwrap_or_default() {
        "csrf" => sent.is_ours |= text(&mut field).await == sender.visitor().csrf,
        "component" => {
            sent.component = text(&mut field).await;
            sent.page = sender.page_of(app, work, &sent.component).await?;
        }
        "file" if sent.is_ours && sent.page.is_some() => {
            match keep(app, sender, work, &sent.component, field).await? {
                Some(Ok(())) => sent.kept += 1,
                None => {}
                Some(Err(problem)) => _ = sent.problem.get_or_insert(problem),
            }
        }
        _ => {}
    }
    Ok(())
}

/// Stores one file and its row; why not, with the name it was given. None when nothing was chosen: a plain form sends
/// an empty part then. What is refused is read to its end all the same, because a browser that is cut off while it
/// sends shows no answer.
pub async fn keep(
    app: &App,
    sender: &Sender,
    work: &mut Work,
    component: &str,
    mut field: Field<'_>,
) -> Result<Option<Result<(), (Problem, String)>>, PageError> {
    let given = field.file_name().unwrap_or_default().to_owned();
    let now = app.clock.now();
    if !given.is_empty() {
        app.limits.take(Limit::UploadsPerPerson, &sender.key(), now)?;
    }
    let here = work.files_of(component).count();
    let is_full = PER_COMPONENT_MAX <= here || app.config.upload.files_max <= work.files.len();
    let id = app.random.uuid(now);
    let received = if is_full {
        Err(Problem::TooMany)
    } else {
        let expected =
            Expected { id, bytes_max: app.config.upload.file_bytes_max, bytes: None, sha256: None };
        app.blobs.receive(expected, &mut field).await.map_err(Problem::from)
    };
    let refused = |problem| Ok(Some(Err((problem, given.chars().take(NAME_CHARS_MAX).collect()))));
    let received = match received {
        Ok(received) => received,
        Err(Problem::Empty) if given.is_empty() => return Ok(None),
        Err(problem) => {
            while let Ok(Some(_)) = field.chunk().await {}
            return refused(problem);
        }
    };
    let file = DraftFile::of(id, component, received.named(&given));
    let (inner, draft, row) = (app.clone(), work.draft.id, file.clone());
    let handoff = sender.handoff().map(str::to_owned);
    let added = app.store.write(move |tx| upload::place::add(tx, &inner, draft, &row, handoff.as_deref()));
    match added.await? {
        Ok(()) => work.files.push(file),
        Err(problem) => return refused(problem),
    }
    Ok(Some(Ok(())))
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
        Purpose::Intake | Purpose::Act => Ok(None),
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
