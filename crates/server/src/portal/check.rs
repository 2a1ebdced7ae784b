//! Check your answers, file, and the confirmation.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use motcua_domain::dossier::DossierCode;
use motcua_domain::identity::CitizenNumber;
use motcua_domain::ids::DraftId;

use crate::app::App;
use crate::dossier::steps;
use crate::portal::draft::Typed;
use crate::portal::frame;
use crate::portal::words::Words;
use crate::portal::work::Work;
use crate::portal::{filing, step, store, summary};
use crate::procedure::words as procedure_words;
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::guard::SafeForm;
use crate::web::locale::Locale;
use crate::web::page::{Page, render_as};
use crate::web::visitor::{Citizen, Visitor};

#[derive(Template)]
#[template(path = "portal/check.html")]
struct CheckPage {
    page: Page,
    answers: Form,
    base: String,
    back: String,
    procedure: String,
    warnings: Vec<String>,
    sections: Vec<summary::Part>,
}

/// All answers, to be read once more.
pub async fn show(
    State(app): State<App>,
    citizen: Citizen,
    Path(id): Path<DraftId>,
) -> Result<Response, PageError> {
    let work = Work::load_filing(&app, &citizen, id).await?;
    if let Some(away) = step::elsewhere(&work).or_else(|| left_to_do(&work)) {
        return Ok(away);
    }
    Ok(page(&app, &citizen.visitor, &work, Form::new(), StatusCode::OK))
}

/// Files it. The draft is the key of the submission: pressed twice, or again after going back, it is one dossier.
pub async fn file(
    State(app): State<App>,
    citizen: Citizen,
    Path(id): Path<DraftId>,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let locale = citizen.visitor.locale;
    let work = Work::load_filing(&app, &citizen, id).await?;
    if let (Some(_), Some(code)) = (work.draft.filed_at, &work.draft.dossier) {
        return Ok(Redirect::to(&filed_at(code)).into_response());
    }
    if let Some(away) = step::elsewhere(&work).or_else(|| left_to_do(&work)) {
        return Ok(away);
    }
    if !form.checked("declare") {
        form.refuse("declare", locale.t("portal.tick_declare"));
        return Ok(page(&app, &citizen.visitor, &work, form, StatusCode::UNPROCESSABLE_ENTITY));
    }
    let now = app.clock.now();
    let Some(filing) = filing::build(&work, work.office.settings(), &app.random, now) else {
        return Err(PageError::refused(&locale.say("portal.no_desk")));
    };
    let process = filing.process.clone();
    let words = Words { locale, office: &work.office, process: &process };
    let taken = steps::file(&app, &citizen.person.actor(), filing, &submit_key(id)).await;
    let code = taken.map_err(|error| words.error(error))?.dossier.code;
    let (name, empty) = (code.to_string(), store::seal(&app.secrets, &app.random, id, &Typed::default()));
    app.store.write(move |tx| store::mark_filed(tx, id, &name, &empty, now)).await?;
    Ok(Redirect::to(&filed_at(&code)).into_response())
}

/// The key under which a draft is filed.
pub fn submit_key(id: DraftId) -> String {
    format!("draft:{id}")
}

fn filed_at(code: &DossierCode) -> String {
    format!("/ho-so/{code}/da-nop")
}

fn left_to_do(work: &Work) -> Option<Response> {
    let base = frame::base(work.draft.id);
    work.first_incomplete().map(|_| Redirect::to(&format!("{base}?con=1")).into_response())
}

fn page(app: &App, visitor: &Visitor, work: &Work, answers: Form, status: StatusCode) -> Response {
    let locale = visitor.locale;
    let base = frame::base(work.draft.id);
    let back =
        work.plan().steps().last().map_or_else(|| base.clone(), |step| format!("{base}/{}", step.slug()));
    render_as(
        status,
        &CheckPage {
            page: Page::new(app, visitor, locale.t("portal.check_title")),
            answers,
            back,
            procedure: procedure_words::name(locale, &work.version),
            warnings: warnings(work, locale),
            sections: summary::parts(work, locale),
            base,
        },
    )
}

/// What does not fit but is not refused: registers err, and people are served while they are put right.
fn warnings(work: &Work, locale: Locale) -> Vec<String> {
    let form = work.draft.typed.form();
    let Ok(number) = form.value("owner_id").parse::<CitizenNumber>() else { return Vec::new() };
    let born = form.date("owner_born").ok().flatten();
    if number.warnings(None, born).is_empty() {
        Vec::new()
    } else {
        vec![locale.t("portal.number_and_birthday").to_owned()]
    }
}
