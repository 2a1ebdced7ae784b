//! One dossier, one page: facts and papers on the left, clock and possible acts on the right, the timeline below.

mod acts;
mod clock;
mod facts;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use motcua_domain::dossier::choice::allowed_actions;
use motcua_domain::dossier::{Dossier, DossierCode, Office as _, Paper, time};
use motcua_domain::ids::PaperId;
use motcua_domain::procedure::ElectronicProcess;

use crate::app::App;
use crate::calendar::words as calendar_words;
use crate::desk::field::ActField;
use crate::desk::kept::Kept;
use crate::document::range::PartAsked;
use crate::dossier::steps::{self, Loaded};
use crate::dossier::words::{self, Line};
use crate::web::done::Done;
use crate::web::error::PageError;
use crate::web::form::{Field, Form};
use crate::web::locale::Locale;
use crate::web::page::{Page, render_as};
use crate::web::visitor::Officer;
use acts::{ActWords, acts, fill_files};
pub use acts::{Attempt, act_label, target_name};
use clock::{HopWords, badges, due, hops};
use facts::{Fact, FormWords, PaperWords, facts, forms, messages, paper_words, proposal};

#[derive(Template)]
#[template(path = "desk/show.html")]
struct ShowPage {
    page: Page,
    code: String,
    version: u64,
    status: &'static str,
    status_number: u8,
    badges: Vec<(&'static str, String)>,
    facts: Vec<Fact>,
    answers: Vec<(String, String)>,
    papers: Vec<PaperWords>,
    forms: Vec<FormWords>,
    hops: Vec<HopWords>,
    /// Whose, and what is asked for: in one line under the code.
    what: String,
    messages: Vec<(String, String, String)>,
    proposal: Vec<Fact>,
    due: String,
    explanation: Vec<String>,
    acts: Vec<ActWords>,
    /// Where files of acts are gathered, when some act takes one.
    draft: Option<String>,
    size_max: u64,
    typed: Form,
    kept: Option<Kept>,
    timeline: Vec<Line>,
    head_hash: String,
    notice: Option<&'static str>,
}

impl ShowPage {
    /// Whether an act was tried and not done: the title says so first.
    fn is_refused(&self) -> bool {
        self.kept.is_some() || self.acts.iter().any(ActWords::is_refused)
    }

    /// The label of a field for a file.
    fn file_label(&self, field: &ActField) -> String {
        if field.optional {
            format!("{} {}", field.label, self.page.t("form.optional"))
        } else {
            field.label.clone()
        }
    }

    /// The field as it was typed, in the act it was typed into; else its first value.
    fn field(&self, act: &ActWords, field: &ActField) -> Field {
        let id = format!("{}-{}", act.id(), field.name);
        let mut shown =
            if act.is_open { self.typed.field(&field.name) } else { Field::new(&field.name, &field.value) };
        if shown.value.is_empty() && shown.error.is_none() {
            shown = Field::new(&field.name, &field.value);
        }
        shown.name = id;
        shown
    }
}

/// The page. Opening it is a reading that the applicant can see.
pub async fn page(
    State(app): State<App>,
    officer: Officer,
    Path(code): Path<DossierCode>,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    let locale = officer.visitor.locale;
    let actor = officer.person.actor();
    let purpose = locale_free_purpose();
    let viewed = steps::view(&app, &actor, &code, purpose).await;
    let loaded = viewed.map_err(|error| refused(locale, &app, error))?;
    let notice = (done.word() == "1").then(|| locale.t("desk.done"));
    render_dossier(&app, &officer, loaded, None, notice).await
}

/// Why officers open a dossier from their desk, as the journal keeps it.
fn locale_free_purpose() -> &'static str {
    Locale::Vi.t("desk.purpose")
}

/// A step that was not taken, without a dossier at hand.
pub fn refused(locale: Locale, app: &App, error: steps::StepError) -> PageError {
    let process = ElectronicProcess { steps: Vec::new() };
    words::page_error(locale, &app.office(), &process, error)
}

/// The page of a dossier; with an attempt, the act that was tried is open and says what to mend, if anything is.
pub async fn render_dossier(
    app: &App,
    officer: &Officer,
    loaded: Loaded,
    attempt: Option<Attempt>,
    notice: Option<&'static str>,
) -> Result<Response, PageError> {
    let locale = officer.visitor.locale;
    let office = app.office();
    let now = app.clock.now();
    let dossier = &loaded.dossier;
    let history = steps::history(app, &dossier.code).await.map_err(|error| refused(locale, app, error))?;
    let actor = officer.person.actor();
    let entries = u64::try_from(loaded.head.sequence).unwrap_or_default();
    let possible = {
        let ctx = steps::ctx(&actor, &office, now, Some(dossier), None, entries);
        allowed_actions(&ctx, dossier)
    };
    let mut acts = acts(app, locale, &office, dossier, possible, attempt.as_ref()).await?;
    let draft = fill_files(app, officer, &dossier.code, &mut acts).await?;
    let kept = match attempt.as_ref().filter(|_| !acts.iter().any(ActWords::is_typed_in)) {
        Some(attempt) => Some(Kept::of(app, locale, dossier, attempt).await?),
        None => None,
    };
    let calendar = office.calendar_of(dossier.responsible_unit());
    let clock = time::clock(dossier, calendar, now);
    let is_refused = attempt.as_ref().is_some_and(|attempt| attempt.problem.is_some());
    let status = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let title = locale.say("desk.dossier").arg("code", &dossier.code);
    let shown = ShowPage {
        page: Page::new(app, &officer.visitor, title),
        code: dossier.code.to_string(),
        version: dossier.progress.version,
        status: locale.t(&format!("status.{}", dossier.status().name())),
        status_number: dossier.status().number(),
        badges: badges(locale, &office, dossier, now),
        facts: facts(locale, &office, dossier),
        answers: dossier.filing.answers.iter().map(|one| (one.label.clone(), one.value.clone())).collect(),
        papers: dossier.papers().map(|paper| paper_words(locale, dossier, paper)).collect(),
        forms: forms(locale, dossier),
        hops: hops(locale, &office, dossier, clock.as_ref(), now),
        what: format!("{} – {}", dossier.filing.applicant.name, dossier.filing.procedure_name),
        messages: messages(locale, dossier),
        proposal: proposal(locale, dossier),
        due: due(locale, &office, dossier, clock.as_ref(), now),
        explanation: clock
            .map(|clock| calendar_words::explanation(locale, &clock.explanation))
            .unwrap_or_default(),
        acts,
        draft,
        size_max: app.config.upload.resumable_bytes_max,
        typed: attempt.map(|attempt| attempt.form).unwrap_or_default(),
        kept,
        timeline: words::timeline(locale, &office, dossier, &history, true),
        head_hash: loaded.head.hash.clone(),
        notice,
    };
    Ok(render_as(status, &shown))
}

/// A file of a paper, to those who may see the dossier.
pub async fn paper(
    State(app): State<App>,
    officer: Officer,
    Path((code, paper)): Path<(DossierCode, PaperId)>,
    asked: PartAsked,
) -> Result<Response, PageError> {
    let locale = officer.visitor.locale;
    let actor = officer.person.actor();
    let loaded = steps::view(&app, &actor, &code, locale_free_purpose()).await;
    let loaded = loaded.map_err(|error| refused(locale, &app, error))?;
    let found = papers_of(&loaded.dossier).into_iter().find(|one| one.id == paper);
    let file = found.and_then(|one| one.file.as_ref()).ok_or(PageError::NotFound)?;
    crate::dossier::files::answer(&app, file, &asked).await
}

/// The papers an officer may have: all of them, the result included.
pub fn papers_of(dossier: &Dossier) -> Vec<&Paper> {
    let mut papers: Vec<&Paper> = dossier.papers().collect();
    let result = dossier.progress.outcome.as_ref().map(|outcome| &outcome.paper);
    papers.extend(result.filter(|result| !dossier.papers().any(|paper| paper.id == result.id)));
    papers
}
