//! The papers an office asked for: each on its own page, all of them handed in at once.

use askama::Template;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use motcua_domain::dossier::{
    Action, ActionKind, CopyKind, Defect, Dossier, DossierCode, Office as _, Paper, PaperSource, Refusal,
    Supplement,
};
use motcua_domain::ids::{DraftId, PaperId};

use crate::app::App;
use crate::document::problem::{PER_COMPONENT_MAX, Problem};
use crate::dossier::steps::{self, StepError};
use crate::dossier::words::time_left;
use crate::portal::dossier::{self, PaperLine};
use crate::portal::draft::{Draft, Purpose, Typed};
use crate::portal::frame;
use crate::portal::opened::Opened;
use crate::portal::step::{Asked, Saved};
use crate::portal::store::{self, DraftFile};
use crate::portal::upload::{self, FileRow, UnfinishedRow};
use crate::portal::work::file_ref;
use crate::secrets::Secrets;
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::guard::{SafeForm, SafeScript};
use crate::web::page::{Page, render, render_as};
use crate::web::visitor::Citizen;
use crate::web::wording;

/// Longest answer to one defect, in characters.
const ANSWER_CHARS_MAX: usize = 2_000;

#[derive(Template)]
#[template(path = "portal/defect.html")]
struct DefectPage {
    page: Page,
    answers: Form,
    caption: String,
    title: String,
    wanted: String,
    reason: String,
    legal_base: String,
    answer_by: String,
    before: Vec<PaperLine>,
    key: String,
    note: String,
    needs_note: bool,
    upload: String,
    draft: String,
    action: String,
    save: String,
    back: String,
    limits: String,
    plain_limits: String,
    size_max: u64,
    count_max: usize,
    unfinished: Vec<UnfinishedRow>,
    files: Vec<FileRow>,
}

#[derive(Template)]
#[template(path = "portal/supplement.html")]
struct SupplementPage {
    page: Page,
    href: String,
    back: String,
    answer_by: String,
    parts: Vec<Part>,
}

/// One defect and what answers it.
struct Part {
    title: String,
    wanted: String,
    files: Vec<String>,
    note: String,
    change: String,
    is_answered: bool,
}

/// A supplement that is being answered.
struct Answering {
    opened: Opened,
    supplement: Supplement,
    draft: Draft,
    files: Vec<DraftFile>,
}

impl Answering {
    /// The supplement that is asked for now. Somebody who comes too late, or again, is told so.
    async fn load(app: &App, citizen: &Citizen, code: &str) -> Result<Result<Self, Response>, PageError> {
        let opened = Opened::load(app, citizen, code).await?;
        let Some(supplement) = opened.dossier.open_supplement().cloned() else {
            return Ok(Err(Redirect::to(&opened.href()).into_response()));
        };
        if let Some(Err(refusal)) = opened.may(app, citizen, ActionKind::AnswerSupplement) {
            return Err(PageError::Refused(opened.words().refusal(&refusal)));
        }
        let (draft, files) = draft(app, citizen, &opened.dossier).await?;
        if draft.filed_at.is_some() {
            return Ok(Err(Redirect::to(&opened.href()).into_response()));
        }
        Ok(Ok(Self { opened, supplement, draft, files }))
    }

    fn defect(&self, number: usize) -> Option<&Defect> {
        self.supplement.defects.get(number.checked_sub(1)?)
    }

    fn files_of(&self, number: usize) -> impl Iterator<Item = &DraftFile> {
        let key = key(number);
        self.files.iter().filter(move |file| file.component == key)
    }

    fn note(&self, number: usize) -> &str {
        self.draft.typed.value(&note_name(number)).trim()
    }

    /// A paper is answered by a file, a fault of the form by words.
    fn is_answered(&self, number: usize) -> bool {
        match self.defect(number) {
            Some(defect) if defect.component.is_none() => !self.note(number).is_empty(),
            Some(_) => self.files_of(number).next().is_some(),
            None => true,
        }
    }

    fn first_open(&self) -> Option<usize> {
        (1..=self.supplement.defects.len()).find(|number| !self.is_answered(*number))
    }

    fn href(&self) -> String {
        format!("{}/bo-sung", self.opened.href())
    }

    fn answer_by(&self, app: &App) -> String {
        let calendar = self.opened.office.calendar_of(self.opened.dossier.responsible_unit());
        time_left(self.opened.locale, calendar, app.clock.now(), self.supplement.answer_by)
    }

    /// What is handed in: every file as a paper of its component, every answer in words.
    fn action(&self, now: jiff::Timestamp, app: &App) -> Action {
        let mut papers = Vec::new();
        let mut notes = Vec::new();
        for (number, defect) in (1..).zip(&self.supplement.defects) {
            for file in self.files_of(number) {
                papers.push(Paper {
                    id: file.id.parse().unwrap_or_else(|_| PaperId::new(app.random.uuid(now))),
                    component: defect.component.clone(),
                    title: defect.title.clone(),
                    copy: CopyKind::Electronic,
                    quantity: 1,
                    source: PaperSource::Uploaded,
                    file: Some(file_ref(file)),
                });
            }
            if !self.note(number).is_empty() {
                notes.push(format!("{}: {}", defect.title, self.note(number)));
            }
        }
        Action::AnswerSupplement { papers, note: notes.join("\n") }
    }
}

/// Opens at the first thing that is asked for and not answered yet.
pub async fn show(
    State(app): State<App>,
    citizen: Citizen,
    Path(code): Path<String>,
) -> Result<Response, PageError> {
    let answering = match Answering::load(&app, &citizen, &code).await? {
        Ok(answering) => answering,
        Err(away) => return Ok(away),
    };
    let page = answering.first_open().map_or_else(|| "kiem-tra".to_owned(), |number| number.to_string());
    Ok(Redirect::to(&format!("{}/{page}", answering.href())).into_response())
}

/// The page of one defect.
pub async fn defect(
    State(app): State<App>,
    citizen: Citizen,
    Path((code, number)): Path<(String, usize)>,
    Query(query): Query<Asked>,
) -> Result<Response, PageError> {
    let mut answering = match Answering::load(&app, &citizen, &code).await? {
        Ok(answering) => answering,
        Err(away) => return Ok(away),
    };
    let mut answers = answering.draft.typed.form();
    if let Some(problem) = Problem::from_name(&query.loi) {
        let bytes_max = app.config.upload.file_bytes_max;
        answers.refuse(&key(number), problem.words(&app, answering.opened.locale, bytes_max, &query.ten));
    }
    defect_page(&app, &citizen, &mut answering, number, answers).await
}

/// Continue on the page of one defect.
pub async fn take(
    State(app): State<App>,
    citizen: Citizen,
    Path((code, number)): Path<(String, usize)>,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let mut answering = match Answering::load(&app, &citizen, &code).await? {
        Ok(answering) => answering,
        Err(away) => return Ok(away),
    };
    let locale = answering.opened.locale;
    let defect = answering.defect(number).ok_or(PageError::NotFound)?.clone();
    answering.draft.typed.take(&form, |name| name == note_name(number));
    save(&app, &answering.draft).await?;
    let note = note_name(number);
    if ANSWER_CHARS_MAX < form.value(&note).chars().count() {
        let said = locale.say("portal.too_long").arg("what", locale.t("portal.your_note"));
        form.refuse(&note, said.arg("limit", ANSWER_CHARS_MAX).to_string());
    } else if !answering.is_answered(number) {
        match defect.component {
            Some(_) => form.refuse(&key(number), locale.t("portal.attach_paper")),
            None => form.refuse(&note, locale.t("portal.type_note")),
        }
    }
    if form.has_errors() {
        return defect_page(&app, &citizen, &mut answering, number, form).await;
    }
    let page = answering.first_open().map_or_else(|| "kiem-tra".to_owned(), |number| number.to_string());
    Ok(Redirect::to(&format!("{}/{page}", answering.href())).into_response())
}

/// Keeps what was typed about one defect.
pub async fn save_typed(
    State(app): State<App>,
    citizen: Citizen,
    _: SafeScript,
    Path((code, number)): Path<(String, usize)>,
    form: Form,
) -> Result<Response, PageError> {
    let answering = Answering::load(&app, &citizen, &code).await?;
    let mut answering =
        answering.map_err(|_| PageError::refused(&citizen.visitor.locale.say("portal.already_filed")))?;
    answering.draft.typed.take(&form, |name| name == note_name(number));
    save(&app, &answering.draft).await?;
    Ok(Json(Saved { saved_at: wording::clock_time(app.clock.now()) }).into_response())
}

/// All answers, to be read once more.
pub async fn check(
    State(app): State<App>,
    citizen: Citizen,
    Path(code): Path<String>,
) -> Result<Response, PageError> {
    match Answering::load(&app, &citizen, &code).await? {
        Ok(answering) => Ok(check_page(&app, &citizen, &answering)),
        Err(away) => Ok(away),
    }
}

/// Hands everything in. Pressed twice, it is handed in once.
pub async fn file(
    State(app): State<App>,
    citizen: Citizen,
    Path(code): Path<String>,
    _: SafeForm,
) -> Result<Response, PageError> {
    let answering = match Answering::load(&app, &citizen, &code).await? {
        Ok(answering) => answering,
        Err(away) => return Ok(away),
    };
    if let Some(open) = answering.first_open() {
        return Ok(Redirect::to(&format!("{}/{open}", answering.href())).into_response());
    }
    let now = app.clock.now();
    let action = answering.action(now, &app);
    let code = answering.opened.dossier.code.clone();
    match steps::take(&app, &citizen.person.actor(), &code, None, action).await {
        Ok(_) => {}
        // The other press of the button was faster.
        Err(StepError::Refused(refusal))
            if matches!(*refusal, Refusal::WrongStatus { .. } | Refusal::IdTwice) =>
        {
            let again = Opened::load(&app, &citizen, code.as_str()).await?;
            let ours = |paper: &Paper| answering.files.iter().any(|file| file.id == paper.id.to_string());
            if !answering.files.is_empty() && !again.dossier.papers().any(ours) {
                return Err(PageError::Refused(again.words().refusal(&refusal)));
            }
        }
        Err(error) => return Err(answering.opened.words().error(error)),
    }
    let (id, name) = (answering.draft.id, code.to_string());
    let empty = store::seal(&app.secrets, &app.random, id, &Typed::default());
    app.store.write(move |tx| store::mark_filed(tx, id, &name, &empty, now)).await?;
    Ok(Redirect::to(&format!("{}?xong=bo-sung", answering.opened.href())).into_response())
}

/// Whether a file may be attached under this key to the supplement of this dossier.
pub async fn knows(
    app: &App,
    citizen: &Citizen,
    code: &str,
    component: &str,
) -> Result<Option<String>, PageError> {
    let Ok(answering) = Answering::load(app, citizen, code).await? else { return Ok(None) };
    let numbers = 1..=answering.supplement.defects.len();
    let found = numbers.into_iter().find(|number| key(*number) == component);
    Ok(found.map(|number| format!("{}/{number}", answering.href())))
}

/// The draft of the answer to the request that is open. There is one for each request, whoever opens it first.
async fn draft(
    app: &App,
    citizen: &Citizen,
    dossier: &Dossier,
) -> Result<(Draft, Vec<DraftFile>), PageError> {
    let (inner, owner) = (app.clone(), citizen.person.id);
    let id = draft_id(&app.secrets, &dossier.code, dossier.progress.supplements.len());
    let found = app.store.read(move |tx| {
        let draft = store::draft(tx, &inner.secrets, id, owner)?;
        Ok::<_, motcua_db::DbError>((draft, store::files(tx, id)?))
    });
    let (found, files) = found.await?;
    if let Some(draft) = found {
        return Ok((draft, files));
    }
    let fresh = Draft::of_dossier(id, Purpose::Supplement, owner, dossier, app.clock.now());
    fresh.clone().begin(app).await?;
    Ok((fresh, files))
}

/// The draft of the answer to the request with this number, counted from 1.
pub fn draft_id(secrets: &Secrets, code: &DossierCode, number: usize) -> DraftId {
    Draft::id_of(secrets, Purpose::Supplement, &format!("{code}:{number}"))
}

async fn save(app: &App, draft: &Draft) -> Result<(), PageError> {
    let (id, now) = (draft.id, app.clock.now());
    let sealed = draft.sealed(app);
    app.store.write(move |tx| store::save_typed(tx, id, &sealed, now)).await?;
    Ok(())
}

async fn defect_page(
    app: &App,
    citizen: &Citizen,
    answering: &mut Answering,
    number: usize,
    answers: Form,
) -> Result<Response, PageError> {
    let uploads = upload::unfinished(app, &answering.draft, &mut answering.files).await?;
    let answering = &*answering;
    let locale = answering.opened.locale;
    let defect = answering.defect(number).ok_or(PageError::NotFound)?;
    let dossier = &answering.opened.dossier;
    let sent =
        dossier.papers().filter(|paper| defect.component.is_some() && paper.component == defect.component);
    let href = answering.href();
    let all = answering.supplement.defects.len();
    let back = if number == 1 { answering.opened.href() } else { format!("{href}/{}", number - 1) };
    let status = if answers.has_errors() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = DefectPage {
        page: Page::new(app, &citizen.visitor, &defect.title),
        caption: locale.say("portal.defect_of").arg("number", number).arg("all", all).to_string(),
        title: defect.title.clone(),
        wanted: defect.wanted.clone(),
        reason: answering.supplement.reason.clone(),
        legal_base: answering.supplement.legal_base.clone(),
        answer_by: answering.answer_by(app),
        before: sent.map(|paper| dossier::line(dossier, paper, locale)).collect(),
        key: key(number),
        note: note_name(number),
        needs_note: defect.component.is_none(),
        upload: format!("{}/tep", frame::base(answering.draft.id)),
        action: format!("{href}/{number}"),
        save: format!("{href}/{number}/luu"),
        back,
        draft: answering.draft.id.to_string(),
        limits: upload::limits(app, locale),
        plain_limits: upload::plain_limits(app, locale),
        size_max: app.config.upload.resumable_bytes_max,
        count_max: PER_COMPONENT_MAX,
        unfinished: upload::unfinished_rows(&uploads, &key(number), locale),
        files: answering.files_of(number).map(|file| upload::row(answering.draft.id, file, locale)).collect(),
        answers,
    };
    Ok(render_as(status, &template))
}

fn check_page(app: &App, citizen: &Citizen, answering: &Answering) -> Response {
    let locale = answering.opened.locale;
    let href = answering.href();
    let part = |(number, defect): (usize, &Defect)| Part {
        title: defect.title.clone(),
        wanted: defect.wanted.clone(),
        files: answering.files_of(number).map(|file| file.name.clone()).collect(),
        note: answering.note(number).to_owned(),
        change: format!("{href}/{number}"),
        is_answered: answering.is_answered(number),
    };
    let parts: Vec<Part> = (1..).zip(&answering.supplement.defects).map(part).collect();
    render(&SupplementPage {
        page: Page::new(app, &citizen.visitor, locale.t("portal.check_supplement")),
        back: format!("{href}/{}", answering.supplement.defects.len()),
        answer_by: answering.answer_by(app),
        parts,
        href,
    })
}

/// The name under which files of a defect are sent.
fn key(number: usize) -> String {
    format!("muc-{number}")
}

fn note_name(number: usize) -> String {
    format!("note-{number}")
}
