//! One act on many dossiers of a work list: chosen, foreseen dossier by dossier, confirmed, done by workers, reported.
//! A run is kept with what became of each dossier; only its author sees it.

pub mod acts;
pub mod bar;
pub mod order;
pub mod pages;
pub mod print;
pub mod report;
pub mod store;
pub mod work;

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use jiff::{SignedDuration, Timestamp};
use motcua_db::DbError;
use motcua_domain::dossier::Dossier;
use serde::Deserialize;

use crate::account::office_log::{self, Deed, Doer};
use crate::app::App;
use crate::clock::stored;
use crate::desk::list::{self, Asked, Of};
use crate::desk::show::refused;
use crate::desk::store::{self as desk_store, After, Listed};
use crate::dossier::steps::StepError;
use crate::jobs;
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::guard::SafeForm;
use crate::web::locale::Locale;
use crate::web::visitor::Officer;
use crate::web::wording;
use acts::Act;
use bar::Tried;
use order::{Order, Typed};
use store::{Outcome, Run, RunRow};

/// Where runs are.
pub const HOME: &str = "/can-bo/hang-loat";
/// Dossiers of one run: what is looked at while somebody waits for the preview, and small beside what one transaction
/// may write.
pub const ROWS_MAX: usize = 2_000;
/// A run that was not confirmed is kept for so long.
const DRAFT_HOURS: i64 = 24;
/// Longest text of a field, in bytes: more than any rule allows, less than hurts.
const TEXT_BYTES_MAX: usize = 64 * 1024;
/// Between dossier and step in the box of a row.
const MARK: char = '~';

/// Pages of runs.
pub fn routes() -> Router<App> {
    Router::new()
        .route(HOME, get(pages::all).post(choose))
        .route("/can-bo/hang-loat/{id}", get(pages::show))
        .route("/can-bo/hang-loat/{id}/xem-truoc", post(foresee))
        .route("/can-bo/hang-loat/{id}/thuc-hien", post(confirm))
        .route("/can-bo/hang-loat/{id}/dung", post(stop))
        .route("/can-bo/hang-loat/{id}/in-lai", post(print_again))
        .route("/can-bo/hang-loat/{id}/tai-ve/{kind}", get(report::give))
}

/// From which list the dossiers are chosen.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct From {
    list: String,
    query: String,
}

/// What the box of a row sends.
pub fn pick(row: &Listed) -> String {
    format!("{}{MARK}{}", row.code, row.step)
}

/// Keeps what was chosen as a new run, or shows the list again and says what to choose.
pub async fn choose(
    State(app): State<App>,
    officer: Officer,
    Query(from): Query<From>,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let of = Of::from_name(&from.list).ok_or(PageError::NotFound)?;
    let asked = Asked::of_query(&from.query);
    let (locale, act) = (officer.visitor.locale, Act::from_name(form.value("act")));
    let everything = form.checked("all");
    let rows = match (act, everything) {
        (None, _) => Err(locale.t("bulk.choose_act").to_owned()),
        (Some(_), true) => all_of(&app, &officer, of, &asked).await?,
        (Some(_), false) => ticked(&app, &officer, &form).await?,
    };
    let (act, rows) = match (act, rows) {
        (Some(act), Ok(rows)) => (act, rows),
        (_, Err(problem)) => {
            let ticked = form.values("row").into_iter().map(str::to_owned).collect();
            let act = form.value("act").to_owned();
            let tried = Tried { problem, ticked, act, everything };
            return list::page(&app, &officer, asked, of, Some(tried)).await;
        }
        (None, Ok(_)) => return Err(PageError::NotFound),
    };
    let run = begun(&app, &officer, of, asked.query(), everything, act);
    Ok(Redirect::to(&keep(&app, run, rows).await?).into_response())
}

/// A run that this officer begins now.
fn begun(app: &App, officer: &Officer, of: Of, query: String, everything: bool, act: Act) -> Run {
    let now = app.clock.now();
    Run {
        id: app.random.uuid(now).to_string(),
        author: officer.person.id,
        author_name: officer.person.name.clone(),
        of,
        query,
        everything,
        act,
        fields: String::new(),
        locale: officer.visitor.locale,
        created_at: now,
        foreseen_at: None,
        confirmed_at: None,
        ended_at: None,
        export_id: None,
        pages: None,
    }
}

/// Keeps a run that begins, and answers where it is.
async fn keep(app: &App, run: Run, rows: Vec<RunRow>) -> Result<String, DbError> {
    let there = format!("{HOME}/{}", run.id);
    let before = run.created_at - SignedDuration::from_hours(DRAFT_HOURS);
    app.store
        .write(move |tx| {
            store::purge(tx, run.author, before)?;
            store::insert(tx, &run, &rows)
        })
        .await?;
    Ok(there)
}

/// Everything the list holds now, however many pages it has; a sentence when that is nothing or too much.
async fn all_of(
    app: &App,
    officer: &Officer,
    of: Of,
    asked: &Asked,
) -> Result<Result<Vec<RunRow>, String>, DbError> {
    let (whose, filter) = (of.whose(&officer.person), list::filter(asked, app.clock.now()));
    let read = app.store.read(move |tx| {
        let total = desk_store::counts(tx, &whose, &filter)?.of(filter.tab.as_deref().unwrap_or_default());
        let limit = i64::try_from(ROWS_MAX).unwrap_or(i64::MAX);
        if limit < total {
            return Ok::<_, DbError>((total, Vec::new()));
        }
        Ok((total, desk_store::list(tx, &whose, &filter, &After::default(), limit)?))
    });
    let (total, listed) = read.await?;
    let locale = officer.visitor.locale;
    Ok(match (total, listed.is_empty()) {
        (0, _) => Err(locale.t("bulk.none_chosen").to_owned()),
        (total, true) => Err(too_many(locale, total)),
        (_, false) => Ok(listed
            .iter()
            .zip(1..)
            .map(|(row, place)| {
                let version = row.procedure_version;
                let alike = format!("{} {version} {} {}", row.procedure_code, row.step, row.unit_code);
                chosen(place, &row.code, &row.step, alike)
            })
            .collect()),
    })
}

/// That a list holds more than one run may.
pub fn too_many(locale: Locale, total: i64) -> String {
    let limit = wording::number(locale, i64::try_from(ROWS_MAX).unwrap_or(i64::MAX));
    locale.say("bulk.too_many").arg("n", wording::number(locale, total)).arg("limit", limit).to_string()
}

/// What was ticked, as far as this officer may see it.
async fn ticked(app: &App, officer: &Officer, form: &Form) -> Result<Result<Vec<RunRow>, String>, PageError> {
    let locale = officer.visitor.locale;
    let mut known: BTreeSet<&str> = BTreeSet::new();
    let sent = form.values("row").into_iter().filter(|row| known.insert(row));
    let sent: Vec<RunRow> = sent
        .filter_map(|row| row.split_once(MARK))
        .map(|(code, step)| chosen(0, code, step, String::new()))
        .collect();
    if ROWS_MAX < sent.len() {
        return Ok(Err(too_many(locale, i64::try_from(sent.len()).unwrap_or(i64::MAX))));
    }
    let loaded = order::load(app, &officer.person.actor(), &sent).await;
    let loaded = loaded.map_err(|error| refused(locale, app, error))?;
    let seen = sent.into_iter().zip(loaded).filter_map(|(row, found)| Some((row, found?.dossier)));
    let rows: Vec<RunRow> = seen
        .zip(1..)
        .map(|((row, dossier), place)| RunRow { place, alike: alike(&dossier, &row.step), ..row })
        .collect();
    Ok(if rows.is_empty() { Err(locale.t("bulk.none_chosen").to_owned()) } else { Ok(rows) })
}

fn alike(dossier: &Dossier, step: &str) -> String {
    let filing = &dossier.filing;
    let unit = order::unit_of(dossier, step);
    format!("{} {} {step} {unit}", filing.procedure, filing.procedure_version)
}

fn chosen(place: i64, code: &str, step: &str, alike: String) -> RunRow {
    RunRow {
        place,
        code: code.to_owned(),
        step: step.to_owned(),
        alike,
        version: 0,
        outcome: Outcome::Chosen,
        words: String::new(),
    }
}

/// A run of this officer; nobody else learns that there is one.
pub async fn own(app: &App, officer: &Officer, id: String) -> Result<Run, PageError> {
    let run = app.store.read(move |tx| store::find(tx, &id)).await?.ok_or(PageError::NotFound)?;
    if run.author == officer.person.id { Ok(run) } else { Err(PageError::NotFound) }
}

/// Every row of a run, in its order.
async fn all_rows(app: &App, run: &Run) -> Result<Vec<RunRow>, DbError> {
    let (id, last) = (run.id.clone(), i64::try_from(ROWS_MAX).unwrap_or(i64::MAX));
    app.store.read(move |tx| store::rows(tx, &id, 0, last)).await
}

/// What was typed, kept with what it makes of every dossier; or the form again, with what to mend.
pub async fn foresee(
    State(app): State<App>,
    officer: Officer,
    Path(id): Path<String>,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let run = own(&app, &officer, id).await?;
    let there = format!("{HOME}/{}", run.id);
    if run.confirmed_at.is_some() {
        return Ok(Redirect::to(&there).into_response());
    }
    let (locale, actor) = (officer.visitor.locale, officer.person.actor());
    if form.pairs().iter().any(|(_, text)| TEXT_BYTES_MAX < text.len()) {
        return Err(PageError::TooLarge(locale.t("desk.text_too_long").to_owned()));
    }
    let step_failed = |error: StepError| refused(locale, &app, error);
    let fields = order::fields(&app, locale, &actor, &run).await.map_err(step_failed)?;
    let order = Order { act: run.act, form, locale, actor };
    let rows = all_rows(&app, &run).await?;
    let foreseen = order.foresee_all(&app, rows, &fields.fields).await.map_err(step_failed)?;
    let mut form = order.form;
    if let Some((field, words)) = foreseen.mend {
        form.refuse(&field, words);
        return pages::ask(&app, &officer, &run, fields, form, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let typed: Vec<Typed> = fields.fields.iter().map(|field| typed(&form, field)).collect();
    let sealed = order::sealed(&app, &run.id, &typed);
    let (now, language) = (app.clock.now(), locale.code());
    let id = run.id.clone();
    app.store.write(move |tx| store::foresee(tx, &id, &sealed, language, &foreseen.rows, now)).await?;
    Ok(Redirect::to(&there).into_response())
}

fn typed(form: &Form, field: &crate::desk::field::ActField) -> Typed {
    let value = form.text(&field.name).unwrap_or_default().to_owned();
    let chosen = field.choices.iter().find(|choice| choice.value == value);
    let shown = chosen.filter(|_| !value.is_empty()).map_or_else(|| value.clone(), |one| one.label.clone());
    Typed { name: field.name.clone(), label: field.label.clone(), value, shown }
}

/// Has it done, as it was foreseen on the page that asked. Pressing twice does it once.
pub async fn confirm(
    State(app): State<App>,
    officer: Officer,
    Path(id): Path<String>,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let run = own(&app, &officer, id).await?;
    let there = format!("{HOME}/{}", run.id);
    let Ok(foreseen_at) = form.value("foreseen").parse::<Timestamp>() else {
        return Ok(Redirect::to(&there).into_response());
    };
    let (locale, now, doer) = (officer.visitor.locale, app.clock.now(), Doer::from(&officer.person));
    let (world, job) = (app.clone(), work::job(&app, &run.id));
    let is_new = run.confirmed_at.is_none();
    let id = run.id.clone();
    let confirmed = app
        .store
        .write(move |tx| {
            let ready = store::counts(tx, &id)?.get(&Outcome::Ready).copied().unwrap_or_default();
            if ready == 0 || !store::confirm(tx, &id, foreseen_at, now)? {
                return Ok::<_, DbError>(false);
            }
            jobs::enqueue(tx, &world, &job)?;
            let deed = Deed::new("bulk.log_confirmed", format!("bulk:{id}"))
                .word("act", run.act.label(locale))
                .word("rows", ready)
                .word("list", locale.t(run.of.title()))
                .word("filter", run.query.as_str());
            office_log::record(tx, &world, &doer, &deed)?;
            Ok(true)
        })
        .await?;
    let notice = if is_new && !confirmed { "?xong=moi" } else { "" };
    Ok(Redirect::to(&format!("{there}{notice}")).into_response())
}

/// The instant by which a confirmation names the preview it is about.
fn seen(run: &Run) -> String {
    run.foreseen_at.map(stored).unwrap_or_default()
}

/// Stops a run: what is done stays done, the rest is left alone. Pressing twice, or too late, changes nothing.
pub async fn stop(
    State(app): State<App>,
    officer: Officer,
    Path(id): Path<String>,
    SafeForm(_): SafeForm,
) -> Result<Redirect, PageError> {
    let run = own(&app, &officer, id).await?;
    let there = format!("{HOME}/{}", run.id);
    let (locale, now, doer) = (officer.visitor.locale, app.clock.now(), Doer::from(&officer.person));
    let world = app.clone();
    app.store
        .write(move |tx| {
            let stopped = store::stop(tx, &run.id, now)?;
            if stopped == 0 {
                return Ok::<_, DbError>(());
            }
            let deed = Deed::new("bulk.log_stopped", format!("bulk:{}", run.id))
                .word("act", run.act.label(locale))
                .word("rows", stopped);
            office_log::record(tx, &world, &doer, &deed)
        })
        .await?;
    Ok(Redirect::to(&there))
}

/// Begins a run that prints again what this one printed: its file is kept for a while only. It is foreseen and confirmed
/// like any other.
pub async fn print_again(
    State(app): State<App>,
    officer: Officer,
    Path(id): Path<String>,
    SafeForm(_): SafeForm,
) -> Result<Redirect, PageError> {
    let run = own(&app, &officer, id).await?;
    if run.act != Act::Print || run.ended_at.is_none() {
        return Err(PageError::NotFound);
    }
    let rows = all_rows(&app, &run).await?;
    let printed = rows.into_iter().filter(|row| row.outcome == Outcome::Done).zip(1..);
    let rows: Vec<RunRow> =
        printed.map(|(row, place)| chosen(place, &row.code, &row.step, row.alike)).collect();
    let typed = order::typed(&app, &run).map_err(|error| PageError::internal(&*error))?;
    let mut again = begun(&app, &officer, run.of, run.query, false, run.act);
    again.fields = order::sealed(&app, &again.id, &typed);
    Ok(Redirect::to(&keep(&app, again, rows).await?))
}
