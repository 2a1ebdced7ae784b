//! Adding a unit, putting it right, and letting it be something else from a day on.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use motcua_domain::dossier::Office as _;
use motcua_domain::unit::{Unit, UnitCode};

use crate::app::App;
use crate::office::Snapshot;
use crate::unit::admin::{HOME, back, fields, keeper, stretches, write};
use crate::unit::steps::{self, Change, ChangeError};
use crate::web::error::PageError;
use crate::web::form::{Choice, Form};
use crate::web::guard::SafeForm;
use crate::web::page::{Page, render, render_as};
use crate::web::visitor::Officer;

#[derive(Template)]
#[template(path = "unit/edit.html")]
struct EditPage {
    page: Page,
    answers: Form,
    /// A unit that is there already; its code stays.
    known: Option<Known>,
    levels: Vec<Choice>,
    parents: Vec<Choice>,
    stop_kinds: Vec<Choice>,
    fee_kinds: Vec<Choice>,
    ways: Vec<Choice>,
    action: String,
    back: String,
}

struct Known {
    code: UnitCode,
    name: String,
}

/// Asks for a new unit.
pub async fn ask_new(State(app): State<App>, officer: Officer) -> Result<Response, PageError> {
    keeper(&app, &officer)?;
    let mut form = Form::new();
    form.set_date("from", app.office().day);
    Ok(render(&edit_page(&app, &officer, None, form)))
}

/// Adds a unit.
pub async fn add(
    State(app): State<App>,
    officer: Officer,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let doer = keeper(&app, &officer)?;
    if form.change_rows() {
        return Ok(render(&edit_page(&app, &officer, None, form)));
    }
    let locale = officer.visitor.locale;
    let office = app.office();
    let Some(unit) = fields::read(&mut form, locale, &office) else {
        return Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &edit_page(&app, &officer, None, form)));
    };
    let code = unit.code.clone();
    match write(&app, &doer, move |tx, app, doer| steps::add(tx, app, doer, &unit)).await? {
        Ok(()) => Ok(back(&code, "them")),
        Err(error) => {
            fields::refuse(&mut form, locale, &office, &error);
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &edit_page(&app, &officer, None, form)))
        }
    }
}

/// Asks what a unit is, with what is known filled in.
pub async fn ask(
    State(app): State<App>,
    officer: Officer,
    Path(code): Path<String>,
) -> Result<Response, PageError> {
    keeper(&app, &officer)?;
    let stretches = stretches(&app, &code).await?;
    let last = stretches.last().ok_or(PageError::NotFound)?;
    let mut form = fields::filled(last);
    form.set("how", "correct");
    form.set("seen", steps::seal(&stretches));
    Ok(render(&edit_page(&app, &officer, Some(last), form)))
}

/// Keeps what was typed about a unit, unless somebody else changed it since the page was shown.
pub async fn save(
    State(app): State<App>,
    officer: Officer,
    Path(code): Path<String>,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let doer = keeper(&app, &officer)?;
    let known = stretches(&app, &code).await?;
    let last = known.last().ok_or(PageError::NotFound)?;
    if form.change_rows() {
        return Ok(render(&edit_page(&app, &officer, Some(last), form)));
    }
    let locale = officer.visitor.locale;
    let office = app.office();
    form.set("code", last.code.as_str());
    let how = match form.value("how") {
        "change" => Change::NewStretch,
        _ => Change::Correction,
    };
    let Some(unit) = fields::read(&mut form, locale, &office) else {
        return Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &edit_page(&app, &officer, Some(last), form)));
    };
    let (code, seen) = (unit.code.clone(), form.value("seen").to_owned());
    match write(&app, &doer, move |tx, app, doer| steps::change(tx, app, doer, &seen, how, &unit)).await? {
        Ok(()) => Ok(back(&code, "sua")),
        Err(error) => {
            fields::refuse(&mut form, locale, &office, &error);
            // Whoever reads who was first may send it again.
            let now = stretches(&app, code.as_str()).await?;
            if matches!(error, ChangeError::Stale) {
                form.set("seen", steps::seal(&now));
            }
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &edit_page(&app, &officer, now.last(), form)))
        }
    }
}

fn edit_page(app: &App, officer: &Officer, known: Option<&Unit>, answers: Form) -> EditPage {
    let locale = officer.visitor.locale;
    let office = app.office();
    let title = locale.t(if known.is_some() { "unit.edit" } else { "unit.add" });
    let base = known.map_or_else(|| HOME.to_owned(), |unit| format!("{HOME}/{}", unit.code));
    EditPage {
        page: Page::new(app, &officer.visitor, title),
        levels: fields::levels(locale),
        parents: parents(&office, known, answers.value("parent")),
        stop_kinds: fields::stop_kinds(locale),
        fee_kinds: fields::fee_kinds(locale),
        ways: vec![
            Choice::new("correct", locale.t("unit.how_correct")).hint(locale.t("unit.how_correct_hint")),
            Choice::new("change", locale.t("unit.how_change")).hint(locale.t("unit.how_change_hint")),
        ],
        action: if known.is_some() { format!("{base}/sua") } else { format!("{base}/them") },
        known: known.map(|unit| Known { code: unit.code.clone(), name: unit.name.clone() }),
        back: base,
        answers,
    }
}

/// The units that can stand above; also the one that does, when it is closed.
fn parents(office: &Snapshot, known: Option<&Unit>, chosen: &str) -> Vec<Choice> {
    let mut choices = fields::parents(office, known.map(|unit| &unit.code));
    let is_there = choices.iter().any(|choice| choice.value == chosen);
    if let Ok(code) = chosen.parse::<UnitCode>()
        && !is_there
        && let Some(unit) = office.units().latest(&code)
    {
        choices.push(Choice::new(chosen, format!("{} ({code})", unit.name)));
    }
    choices
}
