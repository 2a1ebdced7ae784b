//! The papers of a filing: a list of what is wanted, and one page for each to attach it.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use motcua_domain::ids::DraftId;
use motcua_domain::procedure::{Component, ComponentKey, Purpose};

use crate::app::App;
use crate::document::problem::{PER_COMPONENT_MAX, Problem};
use crate::document::upload::{Ended, Upload};
use crate::portal::frame::{self, FROM_CHECK, Frame};
use crate::portal::plan::Step;
use crate::portal::step::{self, Asked};
use crate::portal::upload::{self, FileRow, UnfinishedRow};
use crate::portal::work::{Work, later_name};
use crate::procedure::words::quantity;
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::guard::SafeForm;
use crate::web::locale::Locale;
use crate::web::page::{Page, render};
use crate::web::visitor::{Citizen, Visitor};

#[derive(Template)]
#[template(path = "portal/papers.html")]
struct PapersPage {
    page: Page,
    frame: Frame,
    limits: String,
    /// Files that were given up, each in a sentence.
    expired: Vec<String>,
    papers: Vec<PaperTask>,
    others: Vec<Other>,
}

/// One paper in the list.
struct PaperTask {
    key: String,
    name: String,
    href: String,
    hint: String,
    status: String,
    tone: &'static str,
}

/// A paper that is not attached.
pub struct Other {
    /// What it is.
    pub name: String,
    /// What happens to it.
    pub note: &'static str,
}

#[derive(Template)]
#[template(path = "portal/paper.html")]
struct PaperPage {
    page: Page,
    frame: Frame,
    answers: Form,
    key: String,
    name: String,
    wanted: String,
    upload: String,
    draft: String,
    limits: String,
    plain_limits: String,
    size_max: u64,
    count_max: usize,
    unfinished: Vec<UnfinishedRow>,
    files: Vec<FileRow>,
    may_bring_later: bool,
    later_name: String,
}

/// The list of papers.
pub async fn list(
    app: &App,
    citizen: &Citizen,
    work: &mut Work,
    from_check: bool,
) -> Result<Response, PageError> {
    let locale = citizen.visitor.locale;
    let uploads = upload::unfinished(app, &work.draft, &mut work.files).await?;
    let work = &*work;
    let frame = Frame::new(work, Step::Papers, locale, from_check);
    let plan = work.plan();
    let papers = plan
        .components()
        .into_iter()
        .map(|component| task(work, component, &uploads, &frame, locale))
        .collect();
    let gone = uploads.iter().filter(|upload| upload.ended == Some(Ended::Expired));
    let expired = gone.map(|gone| locale.say("portal.upload_expired").arg("name", &gone.name).to_string());
    Ok(render(&PapersPage {
        page: Page::new(app, &citizen.visitor, locale.t("portal.papers_title")),
        limits: upload::limits(app, locale),
        expired: expired.collect(),
        papers,
        others: others(work, locale),
        frame,
    }))
}

/// The papers of the case that are not attached, with what happens to them.
pub fn others(work: &Work, locale: Locale) -> Vec<Other> {
    let plan = work.plan();
    let note = |component: &Component| match component.purpose {
        Purpose::HandIn => locale.t("portal.paper_held"),
        Purpose::Present => locale.t("portal.paper_shown"),
        Purpose::Note => "",
    };
    let others = plan.other_components().into_iter();
    others.map(|component| Other { name: component.name.clone(), note: note(component) }).collect()
}

/// The page of one paper.
pub async fn show(
    State(app): State<App>,
    citizen: Citizen,
    Path((id, key)): Path<(DraftId, ComponentKey)>,
    Query(opened): Query<Asked>,
) -> Result<Response, PageError> {
    let mut work = Work::load_filing(&app, &citizen, id).await?;
    if let Some(away) = step::elsewhere(&work) {
        return Ok(away);
    }
    let component = find(&work, &key).ok_or(PageError::NotFound)?.clone();
    let mut answers = work.draft.typed.form();
    if let Some(problem) = Problem::from_name(&opened.loi) {
        let bytes_max = app.config.upload.file_bytes_max;
        answers.refuse(key.as_str(), problem.words(&app, citizen.visitor.locale, bytes_max, &opened.ten));
    }
    let uploads = upload::unfinished(&app, &work.draft, &mut work.files).await?;
    let from_check = opened.tu == FROM_CHECK;
    Ok(page(&app, &citizen.visitor, &work, &component, &uploads, answers, from_check))
}

/// Continue on the page of one paper.
pub async fn take(
    State(app): State<App>,
    citizen: Citizen,
    Path((id, key)): Path<(DraftId, ComponentKey)>,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let mut work = Work::load_filing(&app, &citizen, id).await?;
    if let Some(away) = step::elsewhere(&work) {
        return Ok(away);
    }
    let component = find(&work, &key).ok_or(PageError::NotFound)?;
    let mut typed = work.draft.typed.clone();
    let later = later_name(component);
    typed.take(&form, |name| name == later);
    work.save(&app, &typed).await?;
    work.draft.typed = typed;
    let base = frame::base(id);
    let to = match (form.value("tu") == FROM_CHECK, work.first_incomplete()) {
        (true, None) => format!("{base}/kiem-tra"),
        (true, Some(_)) => format!("{base}/giay-to?tu={FROM_CHECK}"),
        (false, _) => format!("{base}/giay-to"),
    };
    Ok(Redirect::to(&to).into_response())
}

/// The attached paper of this draft with this key.
pub fn find<'a>(work: &'a Work, key: &ComponentKey) -> Option<&'a Component> {
    work.plan().components().into_iter().find(|component| component.key == *key)
}

fn page(
    app: &App,
    visitor: &Visitor,
    work: &Work,
    component: &Component,
    uploads: &[Upload],
    answers: Form,
    from_check: bool,
) -> Response {
    let locale = visitor.locale;
    let base = frame::base(work.draft.id);
    let key = component.key.as_str();
    let mut frame = Frame::new(work, Step::Papers, locale, from_check);
    let tail = if from_check { format!("?tu={FROM_CHECK}") } else { String::new() };
    frame.back = format!("{base}/giay-to{tail}");
    frame.action = format!("{base}/giay-to/{key}");
    crate::web::page::render_as(
        if answers.has_errors() {
            axum::http::StatusCode::UNPROCESSABLE_ENTITY
        } else {
            axum::http::StatusCode::OK
        },
        &PaperPage {
            page: Page::new(app, visitor, &component.name),
            key: key.to_owned(),
            name: component.name.clone(),
            wanted: quantity(locale, component),
            upload: format!("{base}/tep"),
            draft: work.draft.id.to_string(),
            limits: upload::limits(app, locale),
            plain_limits: upload::plain_limits(app, locale),
            size_max: app.config.upload.resumable_bytes_max,
            count_max: PER_COMPONENT_MAX,
            unfinished: upload::unfinished_rows(uploads, key, locale),
            files: work.files_of(key).map(|file| upload::row(work.draft.id, file, locale)).collect(),
            may_bring_later: work.may_bring_later(),
            later_name: later_name(component),
            frame,
            answers,
        },
    )
}

fn task(work: &Work, component: &Component, uploads: &[Upload], frame: &Frame, locale: Locale) -> PaperTask {
    let key = component.key.as_str();
    let count = work.files_of(key).count();
    let is_stopped = |upload: &Upload| upload.ended.is_none() && upload.place.columns().2 == key;
    let (status, tone) = match count {
        _ if uploads.iter().any(is_stopped) => (locale.t("portal.paper_stopped").to_owned(), "yellow"),
        0 if work.is_brought_later(component) => (locale.t("portal.paper_later").to_owned(), ""),
        0 if component.required => (locale.t("portal.paper_needed").to_owned(), "yellow"),
        0 => (locale.t("portal.paper_if_any").to_owned(), "grey"),
        count => (locale.count("portal.paper_files", count).to_string(), ""),
    };
    let tail = if frame.from_check { format!("?tu={FROM_CHECK}") } else { String::new() };
    PaperTask {
        key: key.to_owned(),
        name: component.name.clone(),
        href: format!("{}/{key}{tail}", frame.action),
        hint: quantity(locale, component),
        status,
        tone,
    }
}
