//! Giving roles in units, and ending them.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use jiff::civil::Date;
use motcua_domain::access::{Appointment, Role};
use motcua_domain::dossier::Office as _;
use motcua_domain::ids::PersonId;
use motcua_domain::office_time;
use motcua_domain::unit::UnitCode;
use serde::Deserialize;

use crate::account::admin::HOME;
use crate::account::admin::access::Administrator;
use crate::account::admin::change::{back, person, reload, write};
use crate::account::office_log;
use crate::account::people::store::{self, PersonRow, Tenure};
use crate::account::roles;
use crate::account::steps::{self, ChangeError, tenure_deed};
use crate::app::App;
use crate::web::error::PageError;
use crate::web::form::{Choice, Form};
use crate::web::guard::SafeForm;
use crate::web::locale::Locale;
use crate::web::page::{Page, render_form};
use crate::web::wording;

#[derive(askama::Template)]
#[template(path = "account/admin/appoint.html")]
struct AppointPage {
    page: Page,
    answers: Form,
    base: String,
    name: String,
    units: Vec<Choice>,
    roles: Vec<Choice>,
}

#[derive(askama::Template)]
#[template(path = "account/admin/end.html")]
struct EndPage {
    page: Page,
    answers: Form,
    base: String,
    sentence: String,
}

/// Which appointment is to end.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Which {
    #[serde(default)]
    unit: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    from: String,
}

/// Asks for a role.
pub async fn ask(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let row = officer(&app, person(&id)?).await?;
    let mut answers = Form::new();
    answers.set_date("from", office_time::day_of(app.clock.now()));
    Ok(appoint_page(&app, &administrator, &row, answers))
}

/// Gives a role.
pub async fn save(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<String>,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let row = officer(&app, person(&id)?).await?;
    let locale = administrator.visitor.locale;
    let Some(tenure) = read(&app, &mut form, locale) else {
        return Ok(appoint_page(&app, &administrator, &row, form));
    };
    let id = row.id;
    let held = app.store.read(move |tx| store::tenures(tx, id)).await?;
    if held.iter().any(|other| overlap(other, &tenure)) {
        form.refuse("role", locale.t("account.appointed_already"));
        return Ok(appoint_page(&app, &administrator, &row, form));
    }
    write(&app, &administrator, move |tx, app, doer| Ok(steps::appoint(tx, app, doer, id, &tenure)?)).await?;
    reload(&app).await?;
    Ok(back(id, "vai-tro"))
}

/// Asks from which day a role no longer holds.
pub async fn ask_end(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<String>,
    Query(which): Query<Which>,
) -> Result<Response, PageError> {
    let row = officer(&app, person(&id)?).await?;
    let mut answers = Form::from_pairs([("unit", &which.unit), ("role", &which.role), ("from", &which.from)]);
    answers.set_date("end", office_time::day_of(app.clock.now()));
    end_page(&app, &administrator, &row, answers)
}

/// Ends a role.
pub async fn end(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<String>,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let row = officer(&app, person(&id)?).await?;
    let locale = administrator.visitor.locale;
    let mut tenure = named(&form).ok_or(PageError::NotFound)?;
    match form.date("end") {
        Ok(Some(day)) if tenure.valid_from <= day => tenure.valid_to = Some(day),
        Ok(Some(_)) => form.refuse_at("end", "end-day", locale.t("account.end_before_start")),
        Ok(None) => form.refuse_at("end", "end-day", locale.t("account.end_empty")),
        Err(problem) => {
            let words = locale.say(problem.key()).arg("what", locale.t("account.end_day"));
            form.refuse_date("end", problem, words.to_string());
        }
    }
    let Some(day) = tenure.valid_to.filter(|_| !form.has_errors()) else {
        return end_page(&app, &administrator, &row, form);
    };
    let (id, is_self, today) =
        (row.id, row.id == administrator.person.id, office_time::day_of(app.clock.now()));
    write(&app, &administrator, move |tx, app, doer| {
        let held = &tenure.appointment;
        if is_self && held.role == Role::Administrator && !store::is_administrated(tx, Some(id), today)? {
            return Err(ChangeError::LastAdministrator);
        }
        if !store::end_appointment(tx, id, held, tenure.valid_from, day)? {
            return Err(ChangeError::Appointment);
        }
        Ok(office_log::record(tx, app, doer, &tenure_deed("account.log_ended", id, &tenure))?)
    })
    .await?;
    reload(&app).await?;
    Ok(back(id, "thoi"))
}

/// Every unit there is today, by code, to choose from.
pub(super) fn units(app: &App) -> Vec<Choice> {
    let office = app.office();
    let label = |code: &UnitCode, name: &str| Choice::new(code.as_str(), format!("{name} ({code})"));
    office.units().all_on(office.day).map(|unit| label(&unit.code, &unit.name)).collect()
}

/// Reads `unit`, `role`, `from` and `last` (the last day, optional), and records what is wrong with each.
fn read(app: &App, form: &mut Form, locale: Locale) -> Option<Tenure> {
    let unit = form.value("unit").parse::<UnitCode>().ok();
    let unit = unit.filter(|unit| app.office().units().latest(unit).is_some());
    if unit.is_none() {
        form.refuse("unit", locale.t("account.unit_choose"));
    }
    let role = Role::from_name(form.value("role"));
    if role.is_none() {
        form.refuse("role", locale.t("account.role_choose"));
    }
    let from = match form.date("from") {
        Ok(day) => day,
        Err(problem) => {
            let words = locale.say(problem.key()).arg("what", locale.t("account.from"));
            form.refuse_date("from", problem, words.to_string());
            None
        }
    };
    if from.is_none() {
        form.refuse_at("from", "from-day", locale.t("account.from_empty"));
    }
    let last = match form.date("last") {
        Ok(day) => day,
        Err(problem) => {
            let words = locale.say(problem.key()).arg("what", locale.t("account.until"));
            form.refuse_date("last", problem, words.to_string());
            None
        }
    };
    if last.zip(from).is_some_and(|(last, from)| last < from) {
        form.refuse_at("last", "last-day", locale.t("account.last_before_from"));
    }
    let (Some(unit), Some(role), Some(from), false) = (unit, role, from, form.has_errors()) else {
        return None;
    };
    let appointment = Appointment { unit, role };
    Some(Tenure { appointment, valid_from: from, valid_to: last.and_then(|last| last.tomorrow().ok()) })
}

/// The appointment that the fields `unit`, `role` and `from` name.
fn named(form: &Form) -> Option<Tenure> {
    let appointment =
        Appointment { unit: form.value("unit").parse().ok()?, role: Role::from_name(form.value("role"))? };
    Some(Tenure { appointment, valid_from: form.value("from").parse().ok()?, valid_to: None })
}

/// The same role in the same unit on the same day.
fn overlap(one: &Tenure, other: &Tenure) -> bool {
    let reaches = |early: &Tenure, day: Date| early.valid_to.is_none_or(|end| day < end);
    one.appointment == other.appointment && reaches(one, other.valid_from) && reaches(other, one.valid_from)
}

/// The officer with this id; citizens have no roles.
async fn officer(app: &App, id: PersonId) -> Result<PersonRow, PageError> {
    let row = app.store.read(move |tx| store::find(tx, id)).await?;
    row.filter(|row| row.login.is_some()).ok_or(PageError::NotFound)
}

fn appoint_page(app: &App, administrator: &Administrator, row: &PersonRow, answers: Form) -> Response {
    let locale = administrator.visitor.locale;
    let failed = answers.has_errors();
    let template = AppointPage {
        page: Page::new(app, &administrator.visitor, locale.t("account.appoint")),
        answers,
        base: format!("{HOME}/{}", row.id),
        name: row.name.clone(),
        units: units(app),
        roles: Role::ALL.map(|role| Choice::new(role.name(), roles::name(locale, role))).to_vec(),
    };
    render_form(&template, failed)
}

fn end_page(
    app: &App,
    administrator: &Administrator,
    row: &PersonRow,
    answers: Form,
) -> Result<Response, PageError> {
    let locale = administrator.visitor.locale;
    let tenure = named(&answers).ok_or(PageError::NotFound)?;
    let sentence = locale
        .say("account.end_words")
        .arg("name", &row.name)
        .arg("role", roles::name(locale, tenure.appointment.role))
        .arg("unit", app.office().unit_name(&tenure.appointment.unit))
        .arg("from", wording::day_short(tenure.valid_from));
    let failed = answers.has_errors();
    let template = EndPage {
        page: Page::new(app, &administrator.visitor, locale.t("account.end")),
        answers,
        base: format!("{HOME}/{}", row.id),
        sentence: sentence.to_string(),
    };
    Ok(render_form(&template, failed))
}
