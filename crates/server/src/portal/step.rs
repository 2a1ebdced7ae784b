//! The pages of a filing, one question each: shown, continued from, saved as typed.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use motcua_domain::ids::DraftId;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::portal::draft::Typed;
use crate::portal::frame::{self, FROM_CHECK, Frame};
use crate::portal::plan::{Step, Who};
use crate::portal::view::{self, Shown};
use crate::portal::work::Work;
use crate::portal::{papers, world};
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::guard::{SafeForm, SafeScript};
use crate::web::page::{Page, render_as};
use crate::web::visitor::{Citizen, Visitor};
use crate::web::wording;

/// What a page of a filing may be opened with.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    /// `kiem-tra` when opened from the answers.
    #[serde(default)]
    pub tu: String,
    /// Search for a unit.
    #[serde(default)]
    pub q: String,
    /// Why a file was not taken, and which.
    #[serde(default)]
    pub loi: String,
    /// Name of the file that was not taken.
    #[serde(default)]
    pub ten: String,
}

/// Shows one page.
pub async fn show(
    State(app): State<App>,
    citizen: Citizen,
    Path((id, slug)): Path<(DraftId, String)>,
    Query(opened): Query<Asked>,
) -> Result<Response, PageError> {
    let mut work = Work::load_filing(&app, &citizen, id).await?;
    if let Some(away) = elsewhere(&work) {
        return Ok(away);
    }
    let Some(step) = work.plan().step(&slug) else {
        return Ok(Redirect::to(&frame::base(id)).into_response());
    };
    let from_check = opened.tu == FROM_CHECK;
    if step == Step::Papers {
        return papers::list(&app, &citizen, &mut work, from_check).await;
    }
    let mut form = work.draft.typed.form();
    prefill(&app, &citizen, &work, step, &mut form).await?;
    let shown = Shown { step, from_check, search: opened.q };
    Ok(page(&app, &citizen.visitor, &work, &shown, form, StatusCode::OK))
}

/// Takes the answers of one page.
pub async fn take(
    State(app): State<App>,
    citizen: Citizen,
    Path((id, slug)): Path<(DraftId, String)>,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let mut work = Work::load_filing(&app, &citizen, id).await?;
    if let Some(away) = elsewhere(&work) {
        return Ok(away);
    }
    let base = frame::base(id);
    let Some(step) = work.plan().step(&slug) else { return Ok(Redirect::to(&base).into_response()) };
    let from_check = form.value("tu") == FROM_CHECK;
    let mut typed = work.draft.typed.clone();
    if step != Step::Papers {
        work.plan().take(&mut typed, step, &form);
    }
    work.check(citizen.visitor.locale, step, &mut form);
    if !form.has_errors() {
        typed.mark_done(&slug);
    }
    work.save(&app, &typed).await?;
    work.draft.typed = typed;
    if form.has_errors() {
        let shown = Shown { step, from_check, search: String::new() };
        return Ok(page(&app, &citizen.visitor, &work, &shown, form, StatusCode::UNPROCESSABLE_ENTITY));
    }
    Ok(Redirect::to(&next(&work, step, from_check)).into_response())
}

/// Where the walk goes on. From the answers one comes straight back, unless the change opened new questions.
fn next(work: &Work, step: Step, from_check: bool) -> String {
    let base = frame::base(work.draft.id);
    if step == Step::Conditions && work.draft.typed.value("meets") == "no" {
        return format!("{base}/khong-du-dieu-kien");
    }
    let page = |step: Step| format!("{base}/{}", step.slug());
    if from_check {
        return match work.first_incomplete() {
            Some(left) => format!("{}?tu={FROM_CHECK}", page(left)),
            None => format!("{base}/kiem-tra"),
        };
    }
    work.plan().after(step).map_or_else(|| format!("{base}/kiem-tra"), page)
}

/// A draft that was handed in is its dossier now; one thrown away is among the drafts.
pub fn elsewhere(work: &Work) -> Option<Response> {
    match (&work.draft.filed_at, &work.draft.dossier, &work.draft.deleted_at) {
        (Some(_), Some(code), _) => Some(Redirect::to(&format!("/ho-so/{code}")).into_response()),
        (Some(_), None, _) | (None, _, Some(_)) => Some(Redirect::to("/nop-ho-so/nhap").into_response()),
        (None, _, None) => None,
    }
}

#[derive(Serialize)]
pub struct Saved {
    /// As shown: `14:05`.
    pub saved_at: String,
}

/// Keeps what was typed, unchecked: for scripts.
pub async fn save(
    State(app): State<App>,
    citizen: Citizen,
    _: SafeScript,
    Path(id): Path<DraftId>,
    form: Form,
) -> Result<Response, PageError> {
    let work = Work::load_filing(&app, &citizen, id).await?;
    let mut typed: Typed = work.draft.typed.clone();
    let Some(step) = work.plan().step(form.value("step")) else { return Err(PageError::NotFound) };
    work.plan().take(&mut typed, step, &form);
    if !work.save(&app, &typed).await? {
        return Err(PageError::refused(&citizen.visitor.locale.say("portal.already_filed")));
    }
    Ok(Json(Saved { saved_at: wording::clock_time(app.clock.now()) }).into_response())
}

fn page(
    app: &App,
    visitor: &Visitor,
    work: &Work,
    shown: &Shown,
    answers: Form,
    status: StatusCode,
) -> Response {
    let locale = visitor.locale;
    let (title, view) = view::of(work, shown, &answers, locale);
    let frame = Frame::new(work, shown.step, locale, shown.from_check);
    let page = Page::new(app, visitor, title);
    render_as(status, &view::StepPage { page, frame, answers, view })
}

/// Fills in what the account already says, so that nobody types it twice.
async fn prefill(
    app: &App,
    citizen: &Citizen,
    work: &Work,
    step: Step,
    form: &mut Form,
) -> Result<(), PageError> {
    let typed = &work.draft.typed;
    let is_for_me = matches!(work.plan().who(), Some(Who::Me) | None);
    let prefix = match step {
        Step::Applicant if is_for_me && !typed.knows("owner_name") => "owner",
        Step::Representative if !typed.knows("rep_name") => "rep",
        Step::ReturnAddress if !typed.knows("return_address") => {
            form.set("return_address", typed.value("owner_address"));
            return Ok(());
        }
        Step::Conditions
        | Step::Case
        | Step::Unit
        | Step::Who
        | Step::Consent
        | Step::Applicant
        | Step::Representative
        | Step::Questions(_)
        | Step::Papers
        | Step::ReturnWay
        | Step::ReturnAddress
        | Step::Fees => return Ok(()),
    };
    let (name, known) = world::profile(app, citizen.person.id).await?;
    form.set(&format!("{prefix}_name"), &name);
    form.set(&format!("{prefix}_address"), &known.address);
    for (part, value) in [("id", &known.id_number), ("phone", &known.phone), ("email", &known.email)] {
        if let Some(value) = value {
            form.set(&format!("{prefix}_{part}"), value);
        }
    }
    if let Some(born) = known.birth_date {
        form.set_date(&format!("{prefix}_born"), born);
    }
    form.set(view::FROM_ACCOUNT, "yes");
    Ok(())
}
