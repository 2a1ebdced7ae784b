//! Closing a unit: its last day, who takes over, and what is still open in it. Taking a closing back.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use motcua_db::DbError;
use motcua_domain::dossier::Office as _;
use motcua_domain::unit::{Share, Successor, Unit, UnitCode};

use crate::account::people::store as people;
use crate::app::App;
use crate::unit::admin::{HOME, back, fields, keeper, stretches, write};
use crate::unit::steps::{self, ChangeError};
use crate::unit::store;
use crate::web::error::PageError;
use crate::web::form::{Choice, Form};
use crate::web::guard::SafeForm;
use crate::web::locale::Locale;
use crate::web::page::{Page, render, render_as};
use crate::web::visitor::Officer;

#[derive(Template)]
#[template(path = "unit/close.html")]
struct ClosePage {
    page: Page,
    answers: Form,
    unit: Unit,
    base: String,
    left: Left,
    units: Vec<Choice>,
    shares: Vec<Choice>,
}

/// What a unit still has.
struct Left {
    dossiers: i64,
    people: usize,
}

impl Left {
    fn is_nothing(&self) -> bool {
        self.dossiers == 0 && self.people == 0
    }
}

/// Asks for the last day and for who takes over.
pub async fn ask(
    State(app): State<App>,
    officer: Officer,
    Path(code): Path<String>,
) -> Result<Response, PageError> {
    keeper(&app, &officer)?;
    let stretches = stretches(&app, &code).await?;
    let unit = stretches.last().ok_or(PageError::NotFound)?;
    let mut form = Form::from_pairs([("seen", steps::seal(&stretches))]);
    if let Some(last) = unit.valid_to {
        form.set_date("last", last);
    }
    for successor in &unit.successors {
        let Some(row) = form.add_row("successor") else { break };
        form.set(&format!("{row}-unit"), successor.unit.as_str());
        form.set(&format!("{row}-share"), share_name(successor.share));
    }
    if unit.successors.is_empty() {
        form.add_row("successor");
    }
    Ok(render(&close_page(&app, &officer, unit.clone(), form).await?))
}

/// Closes the unit.
pub async fn close(
    State(app): State<App>,
    officer: Officer,
    Path(code): Path<String>,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let doer = keeper(&app, &officer)?;
    let known = stretches(&app, &code).await?;
    let unit = known.last().ok_or(PageError::NotFound)?.clone();
    if form.change_rows() {
        return Ok(render(&close_page(&app, &officer, unit, form).await?));
    }
    let locale = officer.visitor.locale;
    let office = app.office();
    let last = fields::day(&mut form, locale, "last", "unit.field_last");
    match last {
        None => form.refuse_at("last", "last-day", locale.t("unit.mend_last")),
        Some(last) if last < unit.valid_from => {
            form.refuse_at("last", "last-day", locale.t("unit.mend_last_before"));
        }
        Some(_) => {}
    }
    let successors = successors(&mut form, locale, &unit.code, &app);
    let left = left(&app, &unit.code).await?;
    if !left.is_nothing() && !form.checked("known") {
        let words = locale.say("unit.mend_known").arg("dossiers", left.dossiers).arg("people", left.people);
        form.refuse("known", words.to_string());
    }
    let (Some(last), false) = (last, form.has_errors()) else {
        return Ok(render_as(
            StatusCode::UNPROCESSABLE_ENTITY,
            &close_page(&app, &officer, unit, form).await?,
        ));
    };
    let (code, seen) = (unit.code.clone(), form.value("seen").to_owned());
    let closed = write(&app, &doer, {
        let code = code.clone();
        move |tx, app, doer| steps::close(tx, app, doer, &code, &seen, last, &successors)
    });
    match closed.await? {
        Ok(()) => Ok(back(&code, "dong")),
        Err(error) => {
            if matches!(error, ChangeError::Stale) {
                form.set("seen", steps::seal(&stretches(&app, code.as_str()).await?));
                form.refuse_at("last", "last-day", locale.t("unit.mend_stale"));
            } else {
                fields::refuse(&mut form, locale, &office, &error);
            }
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &close_page(&app, &officer, unit, form).await?))
        }
    }
}

/// Takes a closing back.
pub async fn reopen(
    State(app): State<App>,
    officer: Officer,
    Path(code): Path<String>,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let doer = keeper(&app, &officer)?;
    let code: UnitCode = code.parse().map_err(|_| PageError::NotFound)?;
    let (named, seen) = (code.clone(), form.value("seen").to_owned());
    match write(&app, &doer, move |tx, app, doer| steps::reopen(tx, app, doer, &named, &seen)).await? {
        Ok(()) => Ok(back(&code, "mo-lai")),
        Err(_) => Err(PageError::Refused(officer.visitor.locale.t("unit.stale").to_owned())),
    }
}

fn successors(form: &mut Form, locale: Locale, of: &UnitCode, app: &App) -> Vec<Successor> {
    let office = app.office();
    let mut successors: Vec<Successor> = Vec::new();
    let mut wrong = Vec::new();
    for row in form.rows("successor") {
        if row.is_blank(&["share"]) {
            continue;
        }
        let unit = row.text("unit").parse::<UnitCode>().ok();
        match unit.filter(|unit| unit != of && office.units().latest(unit).is_some()) {
            None => wrong.push((row.of("unit"), "unit.mend_successor")),
            Some(unit) if successors.iter().any(|other| other.unit == unit) => {
                wrong.push((row.of("unit"), "unit.mend_successor_twice"));
            }
            Some(unit) => {
                let share =
                    if row.text("share") == share_name(Share::Part) { Share::Part } else { Share::Whole };
                successors.push(Successor { unit, share });
            }
        }
    }
    for (name, key) in wrong {
        form.refuse(&name, locale.t(key));
    }
    successors
}

/// How a share is named in forms.
pub fn share_name(share: Share) -> &'static str {
    match share {
        Share::Whole => "whole",
        Share::Part => "part",
    }
}

async fn left(app: &App, code: &UnitCode) -> Result<Left, DbError> {
    let (code, today) = (code.clone(), app.office().day);
    app.store
        .read(move |tx| {
            let mut people: Vec<_> =
                people::posts_in(tx, &code, today)?.into_iter().map(|post| post.person).collect();
            people.dedup();
            Ok(Left { dossiers: store::running_dossiers(tx, &code)?, people: people.len() })
        })
        .await
}

async fn close_page(app: &App, officer: &Officer, unit: Unit, answers: Form) -> Result<ClosePage, PageError> {
    let locale = officer.visitor.locale;
    let office = app.office();
    let others = office.units().all_on(office.day).filter(|other| other.code != unit.code);
    let choice = |other: &Unit| Choice::new(other.code.as_str(), format!("{} ({})", other.name, other.code));
    Ok(ClosePage {
        page: Page::new(app, &officer.visitor, locale.t("unit.close")),
        base: format!("{HOME}/{}", unit.code),
        left: left(app, &unit.code).await?,
        units: others.map(choice).collect(),
        shares: [Share::Whole, Share::Part]
            .map(|share| {
                Choice::new(share_name(share), locale.t(&format!("unit.share_{}", share_name(share))))
            })
            .to_vec(),
        answers,
        unit,
    })
}
