//! The draft of a procedure: begun, looked through, thrown away.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use motcua_db::Tx;
use motcua_domain::procedure::{ProcedureCode, ProcedureVersion};

use crate::account::office_log::Doer;
use crate::app::App;
use crate::clock::stored;
use crate::procedure::admin::{HOME, code, keeper, versions};
use crate::procedure::check::{Problem, check};
use crate::procedure::draft::fields::{Section, filled, is_whole, name_rows};
use crate::procedure::draft::{Draft, store as drafts};
use crate::procedure::steps::{self, ChangeError};
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::guard::SafeForm;
use crate::web::locale::Locale;
use crate::web::page::{Page, render, render_as};
use crate::web::visitor::Officer;
use crate::web::wording;

#[derive(Template)]
#[template(path = "procedure/admin/draft.html")]
struct DraftPage {
    page: Page,
    base: String,
    code: String,
    saved: String,
    base_version: u32,
    sections: Vec<SectionLine>,
    problems: Vec<ProblemLine>,
}

struct SectionLine {
    path: &'static str,
    title: &'static str,
    problems: usize,
}

/// A problem and where it is mended.
pub struct ProblemLine {
    /// The page and the box.
    pub href: String,
    /// What to do.
    pub words: String,
}

/// Begins a draft from the version in force, or from the last one.
pub async fn begin(
    State(app): State<App>,
    officer: Officer,
    Path(text): Path<String>,
    SafeForm(_form): SafeForm,
) -> Result<Response, PageError> {
    let doer = keeper(&app, &officer)?;
    let code = code(&text)?;
    let all = versions(&app, &code).await?;
    let last = all.last().ok_or(PageError::NotFound)?;
    let mut from = ProcedureVersion::in_force(&all, app.office().day).unwrap_or(last).clone();
    let locale = officer.visitor.locale;
    if !is_whole(&from) {
        return Err(PageError::Refused(locale.t("catalogue.too_long").to_owned()));
    }
    // What was ended and is prepared again goes on; what came from elsewhere is from now on written here.
    from.valid_to = None;
    from.source = None;
    from.publication = None;
    start(&app, &doer, locale, from, last.version).await?;
    Ok(Redirect::to(&format!("{HOME}/{code}/soan")).into_response())
}

async fn start(
    app: &App,
    doer: &Doer,
    locale: Locale,
    from: ProcedureVersion,
    base_version: u32,
) -> Result<(), PageError> {
    let mut form = filled(&from);
    name_rows(&mut form);
    let draft = Draft {
        pairs: form.pairs().to_vec(),
        base: from,
        base_version,
        version: 1,
        changed_at: stored(app.clock.now()),
        changed_by: doer.name.clone(),
    };
    write(app, doer, locale, move |tx, app, doer| steps::begin(tx, app, doer, &draft)).await
}

#[derive(Template)]
#[template(path = "procedure/admin/new.html")]
struct NewPage {
    page: Page,
    answers: Form,
}

/// Asks for the code and name of a procedure that is new.
pub async fn ask_new(State(app): State<App>, officer: Officer) -> Result<Response, PageError> {
    keeper(&app, &officer)?;
    Ok(render(&new_page(&app, &officer, Form::new())))
}

/// Begins the draft of a procedure that is new.
pub async fn begin_new(
    State(app): State<App>,
    officer: Officer,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let doer = keeper(&app, &officer)?;
    let locale = officer.visitor.locale;
    let code = form.value("code").trim().parse::<ProcedureCode>();
    if code.is_err() {
        form.refuse("code", locale.t("catalogue.mend_code"));
    }
    let name = crate::import::clean_line(form.value("name"));
    if name.is_empty() {
        form.refuse("name", locale.t("catalogue.mend_name"));
    }
    if let Ok(code) = &code
        && (!versions(&app, code).await?.is_empty() || find(&app, code).await?.is_some())
    {
        form.refuse("code", locale.t("catalogue.mend_taken"));
    }
    let (Ok(code), false) = (code, form.has_errors()) else {
        return Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &new_page(&app, &officer, form)));
    };
    let version = ProcedureVersion::new(code.clone(), name, app.office().day);
    start(&app, &doer, locale, version, 0).await?;
    Ok(Redirect::to(&format!("{HOME}/{code}/soan")).into_response())
}

fn new_page(app: &App, officer: &Officer, answers: Form) -> NewPage {
    NewPage { page: Page::new(app, &officer.visitor, officer.visitor.locale.t("catalogue.add")), answers }
}

/// Shows what is prepared: its sections, and everything that still has to be mended.
pub async fn page(
    State(app): State<App>,
    officer: Officer,
    Path(text): Path<String>,
) -> Result<Response, PageError> {
    keeper(&app, &officer)?;
    let code = code(&text)?;
    let draft = find(&app, &code).await?.ok_or(PageError::NotFound)?;
    let locale = officer.visitor.locale;
    let checked = check(locale, &app.office(), &draft);
    let of = |section: Section| SectionLine {
        path: section.path(),
        title: locale.t(section.key()),
        problems: checked.problems.iter().filter(|problem| problem.section == section).count(),
    };
    let base = format!("{HOME}/{code}");
    Ok(render(&DraftPage {
        page: Page::new(&app, &officer.visitor, draft.name()),
        saved: saved(locale, &draft),
        base_version: draft.base_version,
        sections: Section::ALL.map(of).into(),
        problems: problem_lines(&base, &checked.problems),
        base,
        code: code.to_string(),
    }))
}

#[derive(Template)]
#[template(path = "procedure/admin/throw_away.html")]
struct ThrowAwayPage {
    page: Page,
    base: String,
    name: String,
    saved: String,
    version: i64,
}

/// Asks whether the draft is to be thrown away.
pub async fn ask_throw_away(
    State(app): State<App>,
    officer: Officer,
    Path(text): Path<String>,
) -> Result<Response, PageError> {
    keeper(&app, &officer)?;
    let code = code(&text)?;
    let draft = find(&app, &code).await?.ok_or(PageError::NotFound)?;
    let locale = officer.visitor.locale;
    Ok(render(&ThrowAwayPage {
        page: Page::new(&app, &officer.visitor, locale.t("catalogue.throw_away")),
        base: format!("{HOME}/{code}"),
        name: format!("{code} {}", draft.name()),
        saved: saved(locale, &draft),
        version: draft.version,
    }))
}

/// Throws the draft away.
pub async fn throw_away(
    State(app): State<App>,
    officer: Officer,
    Path(text): Path<String>,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let doer = keeper(&app, &officer)?;
    let code = code(&text)?;
    let seen = form.number("version").unwrap_or_default();
    let is_published = !versions(&app, &code).await?.is_empty();
    let named = code.clone();
    let locale = officer.visitor.locale;
    write(&app, &doer, locale, move |tx, app, doer| steps::throw_away(tx, app, doer, &named, seen)).await?;
    let to = if is_published { format!("{HOME}/{code}?xong=bo") } else { format!("{HOME}?xong=bo") };
    Ok(Redirect::to(&to).into_response())
}

/// When and by whom the draft was saved last.
pub fn saved(locale: Locale, draft: &Draft) -> String {
    let at =
        draft.changed_at.parse().map_or_else(|_| draft.changed_at.clone(), wording::office_datetime_short);
    locale.say("catalogue.draft_by").arg("name", &draft.changed_by).arg("at", at).to_string()
}

/// Problems with the addresses of their boxes. Papers of a case stand on the page of the case.
pub fn problem_lines(base: &str, problems: &[Problem]) -> Vec<ProblemLine> {
    let line = |problem: &Problem| {
        let path = problem.section.path();
        let case = problem.target.strip_prefix("case-").and_then(|rest| rest.split_once("-paper-"));
        let query = case.map(|(case, _)| format!("?case={case}")).unwrap_or_default();
        ProblemLine {
            href: format!("{base}/soan/{path}{query}#{}", problem.target),
            words: problem.words.clone(),
        }
    };
    problems.iter().map(line).collect()
}

/// The draft of a procedure.
pub async fn find(app: &App, code: &ProcedureCode) -> Result<Option<Draft>, PageError> {
    let code = code.clone();
    Ok(app.store.read(move |tx| drafts::find(tx, &code)).await?)
}

/// One change in one transaction; what the rules refuse becomes a sentence.
pub async fn write<T: Send + 'static>(
    app: &App,
    doer: &Doer,
    locale: Locale,
    act: impl Fn(&mut Tx<'_>, &App, &Doer) -> Result<T, ChangeError> + Send + 'static,
) -> Result<T, PageError> {
    let (world, doer) = (app.clone(), doer.clone());
    let written = app.store.write(move |tx| act(tx, &world, &doer)).await;
    written.map_err(|error| match error {
        ChangeError::NotFound => PageError::NotFound,
        ChangeError::Stale => PageError::Refused(locale.t("catalogue.stale").to_owned()),
        ChangeError::Overtaken => PageError::Refused(locale.t("catalogue.overtaken").to_owned()),
        ChangeError::Db(error) => error.into(),
    })
}
