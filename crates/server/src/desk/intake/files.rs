//! The files of an intake: photos and scans of the papers, gathered while the page is filled in and kept until it is
//! accepted. They lie in a draft of the officer, of one procedure, whose id the page carries; what was typed is not in it.

use std::sync::Arc;

use axum::extract::{Multipart, State};
use axum::http::HeaderMap;
use axum::response::Response;
use motcua_domain::ids::DraftId;
use motcua_domain::procedure::{Component, ProcedureVersion, Purpose as Wanted};

use crate::account::held::LOST_FILE;
use crate::account::office_log::Doer;
use crate::app::App;
use crate::desk::files::{self, row};
use crate::desk::intake::handoff::{self, Panel};
use crate::desk::intake::{PATH, Receiver, show, version};
use crate::document::handoff::{End, end_all};
use crate::document::upload::{Sender, Upload};
use crate::dossier::steps::Also;
use crate::portal::draft::{Draft, Purpose, Typed};
use crate::portal::store::{self, DraftFile, OpenIntake};
use crate::portal::upload::{self as portal, FileRow, UnfinishedRow};
use crate::portal::work::Work;
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::locale::Locale;
use crate::web::router::FORM_BYTES_MAX;
use crate::web::visitor::Officer;

/// The boxes of files: the key of the component follows.
pub const BOX: &str = "scan-";
/// Most unfinished intakes that are offered to go on with.
const OFFERED: i64 = 5;

/// Everything that was gathered for one page.
pub struct Gathered {
    /// The draft that holds it, or will.
    pub id: DraftId,
    /// What is here.
    pub files: Vec<DraftFile>,
    uploads: Vec<Upload>,
    panel: Option<Panel>,
}

/// What belongs to one paper.
pub struct Slot {
    /// What the box is called.
    pub label: String,
    /// Files that are here.
    pub kept: Vec<FileRow>,
    /// Files that are not.
    pub unfinished: Vec<UnfinishedRow>,
    /// What is wrong; empty when nothing is.
    pub error: String,
    /// The link by which a phone sends right now.
    pub panel: Option<Panel>,
}

impl Gathered {
    /// What the page's draft holds. A page of another procedure begins another one: its papers are others.
    pub async fn load(
        app: &App,
        officer: &Officer,
        form: &mut Form,
        version: &ProcedureVersion,
    ) -> Result<Self, PageError> {
        let owner = officer.person.id;
        let asked = form.value("draft").parse::<DraftId>().ok();
        let inner = app.clone();
        let found = match asked {
            Some(id) => app.store.read(move |tx| store::draft(tx, &inner.secrets, id, owner)).await?,
            None => None,
        };
        let other = |draft: &Draft| draft.procedure != version.code || draft.purpose != Purpose::Intake;
        let id = asked.filter(|_| !found.as_ref().is_some_and(other));
        let id = id.unwrap_or_else(|| DraftId::new(app.random.uuid(app.clock.now())));
        form.set("draft", id.to_string());
        let mut gathered = Self { id, files: Vec::new(), uploads: Vec::new(), panel: None };
        if let Some(draft) = found.filter(|draft| draft.id == id) {
            gathered.files = app.store.read(move |tx| store::files(tx, id)).await?;
            gathered.uploads = portal::unfinished(app, &draft, &mut gathered.files).await?;
            gathered.panel =
                handoff::panel(app, officer, form.value("handoff"), &gathered.files, &gathered.uploads)
                    .await?;
        }
        Ok(gathered)
    }

    /// What belongs to the paper with this key and name.
    pub fn slot(&self, key: &str, name: &str, form: &Form, locale: Locale) -> Slot {
        let here = self.files.iter().filter(|file| file.component == key);
        // What a phone is sending goes on there and nowhere else.
        let is_ours =
            |upload: &&Upload| upload.handoff.is_none() || upload.ended.is_some() || upload.has_arrived();
        let uploads: Vec<Upload> = self.uploads.iter().filter(is_ours).cloned().collect();
        Slot {
            label: format!("{}: {name}", locale.t("intake.scan")),
            kept: here.map(|file| row(self.id, file, locale)).collect(),
            unfinished: portal::unfinished_rows(&uploads, key, locale),
            error: form.error(&format!("{BOX}{key}")).unwrap_or_default().to_owned(),
            panel: self.panel.clone().filter(|panel| panel.component == key),
        }
    }
}

/// The paper with this key that is handed in, in whatever case.
fn asked<'a>(version: &'a ProcedureVersion, key: &str) -> Option<&'a Component> {
    let mut all = version.cases.iter().flat_map(|case| &case.components);
    all.find(|component| component.purpose == Wanted::HandIn && component.key.as_str() == key)
}

/// The page of an intake; none when its officer receives no more, or the paper is not asked for.
pub fn page_of(officer: &Officer, work: &Work, component: &str) -> Result<Option<String>, PageError> {
    Receiver::at(officer)?;
    let is_here = work.draft.purpose == Purpose::Intake && asked(&work.version, component).is_some();
    Ok(is_here.then(|| href(work.draft.procedure.as_str(), work.draft.id)))
}

/// The page that goes on with an intake.
pub fn href(procedure: &str, id: DraftId) -> String {
    format!("{PATH}?thu_tuc={procedure}&nhap={id}")
}

/// The intakes that were begun and not finished, each in a sentence with its page.
pub async fn unfinished(app: &App, officer: &Officer) -> Result<Vec<(String, String)>, PageError> {
    let (owner, locale) = (officer.person.id, officer.visitor.locale);
    let open = app.store.read(move |tx| store::open_intakes(tx, owner, OFFERED)).await?;
    let line = |one: &OpenIntake| {
        let said = locale.say("intake.go_on").arg("procedure", &one.procedure_name).arg("files", one.files);
        let at = crate::web::wording::office_datetime(locale, one.created_at);
        (said.arg("at", at).to_string(), href(&one.procedure, one.id))
    };
    Ok(open.iter().map(line).collect())
}

/// The draft of an intake, with nothing in it yet.
pub fn fresh(app: &App, officer: &Officer, id: DraftId, version: &ProcedureVersion) -> Draft {
    Draft::of_version(id, Purpose::Intake, officer.person.id, version, app.clock.now())
}

/// Begins the draft of an intake with its first file. One that is there already stays as it is.
pub async fn begin(app: &App, officer: &Officer, id: DraftId, procedure: &str) -> Result<(), PageError> {
    Receiver::at(officer)?;
    let version = version(app, procedure).await?.ok_or(PageError::NotFound)?;
    Ok(fresh(app, officer, id, &version).begin(app).await?)
}

/// Does what a button beside the files says. `false` when none of them was pressed.
pub async fn press(
    app: &App,
    officer: &Officer,
    version: &ProcedureVersion,
    form: &mut Form,
) -> Result<bool, PageError> {
    let id = form.value("draft").parse::<DraftId>();
    let owner = officer.person.id;
    if files::press(app, owner, id.as_ref().ok().copied(), form).await? {
        return Ok(true);
    }
    if let (Some(key), Ok(id)) = (form.text("photo").map(str::to_owned), &id) {
        let component = asked(version, &key).ok_or(PageError::NotFound)?;
        handoff::open(app, officer, version, component, *id, form).await?;
    } else if form.checked("handoff_end") {
        handoff::close(app, officer, form).await?;
    } else if !form.checked("refresh") {
        return Ok(false);
    }
    Ok(true)
}

/// What is written with the step that ends an intake: its draft is handed in, and no phone sends into it any more.
pub fn handed_in(app: &App, officer: &Officer, id: DraftId) -> Also {
    let (app, doer) = (app.clone(), Doer::from(&officer.person));
    let empty = store::seal(&app.secrets, &app.random, id, &Typed::default());
    Arc::new(move |tx, taken| {
        store::mark_filed(tx, id, taken.dossier.code.as_str(), &empty, app.clock.now())?;
        end_all(tx, &app, &doer, id, End::Finished)
    })
}

/// The whole page sent with files, by a browser without scripts: they are kept, and the page comes back as it was.
pub async fn plain(
    State(app): State<App>,
    officer: Officer,
    headers: HeaderMap,
    multipart: Multipart,
) -> Result<Response, PageError> {
    let locale = officer.visitor.locale;
    Receiver::at(&officer)?;
    let Page { pairs, problems } = read(&app, &officer, multipart).await?;
    let mut form = Form::from_pairs(pairs);
    if form.value("csrf") != officer.visitor.csrf {
        return Err(PageError::StaleForm);
    }
    let notice = form.text(LOST_FILE).map(str::to_owned);
    let notice = notice.map(|name| locale.say("desk.choose_file_again").arg("name", name).to_string());
    for (name, problem) in problems {
        form.refuse(&name, problem);
    }
    let procedure = form.value("procedure").to_owned();
    let version = version(&app, &procedure).await?;
    show(&app, &officer, &headers, form, version.as_ref(), notice).await
}

/// A page as it was sent, and what was wrong with its files.
struct Page {
    pairs: Vec<(String, String)>,
    problems: Vec<(String, String)>,
}

/// Reads the page. The token, the procedure and the draft stand before the first file.
async fn read(app: &App, officer: &Officer, mut multipart: Multipart) -> Result<Page, PageError> {
    let locale = officer.visitor.locale;
    let unreadable = || PageError::BadInput(locale.t("error.bad_input_advice").to_owned());
    let mut page = Page { pairs: Vec::new(), problems: Vec::new() };
    let (mut bytes, mut work) = (0, None);
    while let Some(field) = multipart.next_field().await.map_err(|_| unreadable())? {
        let name = field.name().unwrap_or_default().to_owned();
        let Some(given) = field.file_name().map(str::to_owned) else {
            let text = field.text().await.map_err(|_| unreadable())?;
            bytes += name.len() + text.len();
            if FORM_BYTES_MAX < bytes {
                return Err(PageError::TooLarge(locale.t("desk.text_too_long").to_owned()));
            }
            page.pairs.push((name, text));
            continue;
        };
        let Some(key) = name.strip_prefix(BOX).filter(|_| !given.is_empty()) else { continue };
        if work.is_none() {
            work = Some(draft_of(app, officer, &page.pairs).await?);
        }
        let Some(work) = &mut work else { continue };
        asked(&work.version, key).ok_or(PageError::NotFound)?;
        if let Some(Err((problem, given))) =
            portal::keep(app, &Sender::Officer(officer.clone()), work, key, field).await?
        {
            let words = problem.words(app, locale, app.config.upload.file_bytes_max, &given);
            page.problems.push((name.clone(), words));
        }
    }
    Ok(page)
}

/// The draft that a page names, begun when there is none yet; nothing is stored for a page that may not be ours.
async fn draft_of(app: &App, officer: &Officer, pairs: &[(String, String)]) -> Result<Work, PageError> {
    let value =
        |wanted: &str| pairs.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value.as_str());
    if value("csrf") != officer.visitor.csrf {
        return Err(PageError::StaleForm);
    }
    let id = value("draft").parse::<DraftId>().map_err(|_| PageError::NotFound)?;
    begin(app, officer, id, value("procedure")).await?;
    let work = Work::load(app, officer.person.id, id).await?;
    if work.draft.purpose != Purpose::Intake || work.draft.filed_at.is_some() {
        return Err(PageError::refused(&officer.visitor.locale.say("portal.already_filed")));
    }
    Ok(work)
}
