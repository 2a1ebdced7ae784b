//! Named filters of work lists: an officer keeps one, shares it with a unit they work in, renames it, throws it away.

pub mod store;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::SignedDuration;
use motcua_db::{DbError, Tx};
use motcua_domain::unit::UnitCode;
use serde::Deserialize;

use crate::app::App;
use crate::desk::list::{Asked, Of};
use crate::office::Snapshot;
use crate::web::done::Done;
use crate::web::error::PageError;
use crate::web::form::{Choice, Form};
use crate::web::guard::SafeForm;
use crate::web::page::{Page, render, render_as};
use crate::web::visitor::{Officer, Person};
use store::View;

/// Where views are looked after.
pub const HOME: &str = "/can-bo/cach-loc";
/// Views of one officer, and those shared with one officer.
const VIEWS_MAX: i64 = 50;
/// Characters of a name.
const NAME_CHARS_MAX: usize = 80;
/// A view that was thrown away can be taken back for so long.
const TAKE_BACK_DAYS: i64 = 30;

/// A view in words.
struct Line {
    id: String,
    name: String,
    href: String,
    list: &'static str,
    shared: String,
    author: String,
}

#[derive(Template)]
#[template(path = "desk/views.html")]
struct ViewsPage {
    page: Page,
    own: Vec<Line>,
    shared: Vec<Line>,
    thrown: Option<Line>,
    done: &'static str,
}

#[derive(Template)]
#[template(path = "desk/view.html")]
struct ViewPage {
    page: Page,
    answers: Form,
    units: Vec<Choice>,
    action: String,
    back: String,
}

/// Which filter is to be kept.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Kept {
    list: String,
    query: String,
}

/// Which view was thrown away a moment ago.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Thrown {
    bo: String,
}

/// The units an officer works in: they may share with these, and see what others shared with them.
pub fn units_of(person: &Person) -> Vec<String> {
    let working = person.appointments.iter().filter(|held| held.role.works_on_dossiers());
    let units: std::collections::BTreeSet<String> = working.map(|held| held.unit.to_string()).collect();
    units.into_iter().collect()
}

/// The views this person sees, by name, their own first.
pub async fn seen(app: &App, person: &Person) -> Result<Vec<View>, DbError> {
    let (id, units, today) = (person.id, units_of(person), app.office().day.to_string());
    app.store.read(move |tx| store::seen(tx, id, &units, &today, VIEWS_MAX)).await
}

/// All of them, to look after one's own.
pub async fn all(
    State(app): State<App>,
    officer: Officer,
    Query(thrown): Query<Thrown>,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    let locale = officer.visitor.locale;
    let office = app.office();
    let me = officer.person.id;
    let seen = seen(&app, &officer.person).await?;
    let thrown = app.store.read(move |tx| store::own(tx, &thrown.bo, me)).await?;
    let line = |view: View| Line {
        href: view.of.href(&view.query),
        list: locale.t(view.of.title()),
        shared: view.unit_code.as_deref().map(|unit| unit_name(&office, unit)).unwrap_or_default(),
        id: view.id,
        name: view.name,
        author: view.author_name,
    };
    let thrown = thrown.filter(|gone| seen.iter().all(|view| view.id != gone.id)).map(line);
    let (own, shared): (Vec<View>, Vec<View>) =
        seen.into_iter().partition(|view| view.author_id == me.to_string());
    let done = match done.word() {
        "luu" => locale.t("desk.view_saved"),
        _ => "",
    };
    Ok(render(&ViewsPage {
        page: Page::new(&app, &officer.visitor, locale.t("desk.views")),
        own: own.into_iter().map(line).collect(),
        shared: shared.into_iter().map(line).collect(),
        thrown,
        done,
    }))
}

/// The page that asks for the name of the filter in the address.
pub async fn ask(
    State(app): State<App>,
    officer: Officer,
    Query(kept): Query<Kept>,
) -> Result<Response, PageError> {
    let of = Of::from_name(&kept.list).ok_or(PageError::NotFound)?;
    Ok(add_page(&app, &officer, Form::new(), of, &Asked::of_query(&kept.query).query()))
}

/// Keeps it.
pub async fn add(
    State(app): State<App>,
    officer: Officer,
    Query(kept): Query<Kept>,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let of = Of::from_name(&kept.list).ok_or(PageError::NotFound)?;
    let query = Asked::of_query(&kept.query).query();
    let (locale, me, now) = (officer.visitor.locale, officer.person.clone(), app.clock.now());
    let known = seen(&app, &officer.person).await?;
    let own = known.iter().filter(|view| view.author_id == me.id.to_string()).count();
    if i64::try_from(own).is_ok_and(|own| VIEWS_MAX <= own) {
        form.refuse("name", locale.say("desk.views_too_many").arg("limit", VIEWS_MAX).to_string());
    }
    let Some((name, unit)) = read(&mut form, &officer) else {
        return Ok(add_page(&app, &officer, form, of, &query));
    };
    let view = View {
        id: app.random.uuid(now).to_string(),
        author_id: me.id.to_string(),
        author_name: me.name.clone(),
        of,
        name,
        query: query.clone(),
        unit_code: unit,
    };
    app.store.write(move |tx| store::insert(tx, &view, me.id, now)).await?;
    Ok(Redirect::to(&of.href(&query)).into_response())
}

/// The page that renames and shares one.
pub async fn edit(
    State(app): State<App>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let me = officer.person.id;
    let view = app.store.read(move |tx| store::own(tx, &id, me)).await?.ok_or(PageError::NotFound)?;
    let unit = view.unit_code.clone().unwrap_or_default();
    let answers = Form::from_pairs([("name", view.name.as_str()), ("unit", unit.as_str())]);
    Ok(edit_page(&app, &officer, answers, &view.id))
}

/// Renames and shares it.
pub async fn save(
    State(app): State<App>,
    officer: Officer,
    Path(id): Path<String>,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let (me, key) = (officer.person.id, id.clone());
    let own = app.store.read(move |tx| store::own(tx, &key, me)).await?;
    if own.is_none() {
        return Err(PageError::NotFound);
    }
    let Some((name, unit)) = read(&mut form, &officer) else {
        return Ok(edit_page(&app, &officer, form, &id));
    };
    let saved = app.store.write(move |tx| store::save(tx, &id, me, &name, unit.as_deref())).await?;
    if saved {
        Ok(Redirect::to(&format!("{HOME}?xong=luu")).into_response())
    } else {
        Err(PageError::NotFound)
    }
}

/// Throws it away.
pub async fn throw_away(
    State(app): State<App>,
    officer: Officer,
    Path(id): Path<String>,
    _: SafeForm,
) -> Result<Redirect, PageError> {
    let (me, now, key) = (officer.person.id, app.clock.now(), id.clone());
    let forget_before = now - SignedDuration::from_hours(24 * TAKE_BACK_DAYS);
    let found = app.store.write(move |tx: &mut Tx<'_>| {
        store::purge(tx, me, forget_before)?;
        store::set_deleted(tx, &key, me, Some(now))
    });
    if found.await? { Ok(Redirect::to(&format!("{HOME}?bo={id}"))) } else { Err(PageError::NotFound) }
}

/// Takes it back.
pub async fn take_back(
    State(app): State<App>,
    officer: Officer,
    Path(id): Path<String>,
    _: SafeForm,
) -> Result<Redirect, PageError> {
    let me = officer.person.id;
    let found = app.store.write(move |tx| store::set_deleted(tx, &id, me, None)).await?;
    if found { Ok(Redirect::to(HOME)) } else { Err(PageError::NotFound) }
}

/// Name and unit, with a complaint at the field that is wrong.
fn read(form: &mut Form, officer: &Officer) -> Option<(String, Option<String>)> {
    let locale = officer.visitor.locale;
    let name = form.text("name").unwrap_or_default().to_owned();
    if name.is_empty() {
        form.refuse("name", locale.t("desk.view_name_missing"));
    } else if NAME_CHARS_MAX < name.chars().count() {
        form.refuse("name", locale.say("desk.view_name_too_long").arg("limit", NAME_CHARS_MAX).to_string());
    }
    let unit = form.text("unit").map(str::to_owned);
    if unit.as_ref().is_some_and(|unit| !units_of(&officer.person).contains(unit)) {
        form.refuse("unit", locale.t("desk.choose_one"));
    }
    if form.has_errors() { None } else { Some((name, unit)) }
}

fn add_page(app: &App, officer: &Officer, answers: Form, of: Of, query: &str) -> Response {
    let kept = crate::web::visitor::encode(query);
    let action = format!("{HOME}/them?list={}&query={kept}", of.name());
    form_page(app, officer, answers, "desk.view_add", action, of.href(query))
}

fn edit_page(app: &App, officer: &Officer, answers: Form, id: &str) -> Response {
    form_page(app, officer, answers, "desk.view_edit", format!("{HOME}/{id}/sua"), HOME.to_owned())
}

fn form_page(
    app: &App,
    officer: &Officer,
    answers: Form,
    title: &str,
    action: String,
    back: String,
) -> Response {
    let office = app.office();
    let units = units_of(&officer.person);
    let units = units.into_iter().map(|unit| Choice::new(unit.clone(), unit_name(&office, &unit))).collect();
    let status = if answers.has_errors() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = Page::new(app, &officer.visitor, officer.visitor.locale.t(title));
    render_as(status, &ViewPage { page, answers, units, action, back })
}

fn unit_name(office: &Snapshot, unit: &str) -> String {
    unit.parse::<UnitCode>().map_or_else(|_| unit.to_owned(), |unit| office.unit_name(&unit))
}
