//! Pages of the settings, for administrators: what holds now, what was decided, deciding anew from a day on.

use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use jiff::civil::Date;
use motcua_db::{DbError, Tx};
use motcua_domain::office_time::day_of;
use motcua_domain::settings::Settings;

use crate::account::admin::access::Administrator;
use crate::account::office_log::{self, Deed, Doer};
use crate::app::App;
use crate::dossier::store as dossiers;
use crate::setting::item::{self, Kind};
use crate::setting::store::{self, DecidedSet};
use crate::web::done::Done;
use crate::web::error::PageError;
use crate::web::form::{Choice, Field, Form};
use crate::web::guard::SafeForm;
use crate::web::locale::Locale;
use crate::web::page::{Page, render, render_form};
use crate::web::wording;

/// Where the pages are.
const HOME: &str = "/can-bo/quan-tri/tham-so";
/// Prefix of the three boxes of the day.
const SINCE: &str = "tu";

/// Routes of the pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(HOME, get(show))
        .route("/can-bo/quan-tri/tham-so/sua", get(ask).post(save))
        .route("/can-bo/quan-tri/tham-so/bo", post(remove))
}

#[derive(askama::Template)]
#[template(path = "setting/show.html")]
struct ShowPage {
    page: Page,
    done: Option<&'static str>,
    in_force: Vec<(&'static str, String)>,
    sets: Vec<SetLine>,
    revision: i64,
}

/// One decision.
struct SetLine {
    since: String,
    /// For the form that takes it back; empty when its day has come.
    key: String,
    by: String,
    changes: Vec<String>,
}

#[derive(askama::Template)]
#[template(path = "setting/edit.html")]
struct EditPage {
    page: Page,
    answers: Form,
    boxes: Vec<SettingBox>,
}

/// One box of the form.
struct SettingBox {
    field: Field,
    label: &'static str,
    /// What is counted, behind the box.
    unit: &'static str,
    choices: Vec<Choice>,
    width: &'static str,
}

/// What is stored, read together.
struct Stored {
    revision: i64,
    sets: Vec<DecidedSet>,
    has_dossiers: bool,
}

fn read(tx: &mut Tx<'_>) -> Result<Stored, DbError> {
    Ok(Stored {
        revision: store::revision(tx)?,
        sets: store::all(tx)?,
        has_dossiers: !dossiers::rows_after(tx, "", 1)?.is_empty(),
    })
}

/// Lists what holds today, and every decision.
pub async fn show(
    State(app): State<App>,
    administrator: Administrator,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    let locale = administrator.visitor.locale;
    let stored = app.store.read(read).await?;
    let today = day_of(app.clock.now());
    let office = app.office();
    let in_force = office.settings();
    let mut sets = Vec::new();
    let mut before = &Settings::default();
    for set in &stored.sets {
        sets.push(SetLine {
            since: wording::day_short(set.valid_from),
            key: if today < set.valid_from { set.valid_from.to_string() } else { String::new() },
            by: locale
                .say("setting.decided_by")
                .arg("name", &set.author_name)
                .arg("at", wording::office_datetime_short(set.decided_at))
                .to_string(),
            changes: changes(locale, before, &set.settings),
        });
        before = &set.settings;
    }
    sets.reverse();
    Ok(render(&ShowPage {
        page: Page::new(&app, &administrator.visitor, locale.t("setting.title")),
        done: match done.word() {
            "dat" => Some(locale.t("setting.done_put")),
            "bo" => Some(locale.t("setting.done_removed")),
            _ => None,
        },
        in_force: item::ALL.iter().map(|item| (item.label(locale), item.words(locale, in_force))).collect(),
        sets,
        revision: stored.revision,
    }))
}

/// Asks for a new set, beginning from the one decided last.
pub async fn ask(State(app): State<App>, administrator: Administrator) -> Result<Response, PageError> {
    let stored = app.store.read(read).await?;
    let last = stored.sets.last().map(|set| set.settings.clone()).unwrap_or_default();
    let mut answers = Form::from_pairs(item::ALL.iter().map(|item| (item.key, item.typed(&last))));
    answers.set("revision", stored.revision.to_string());
    if let Ok(tomorrow) = day_of(app.clock.now()).tomorrow() {
        answers.set_date(SINCE, tomorrow);
    }
    Ok(edit_page(&app, &administrator, answers))
}

/// Keeps a new set.
pub async fn save(
    State(app): State<App>,
    administrator: Administrator,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let locale = administrator.visitor.locale;
    let stored = app.store.read(read).await?;
    let since = read_day(&mut form, locale, day_of(app.clock.now()), stored.has_dossiers);
    let mut settings = Settings::default();
    for item in &item::ALL {
        if let Err(mend) = item.read(locale, form.value(item.key), &mut settings) {
            form.refuse(item.key, mend);
        }
    }
    if form.number("revision") != Some(stored.revision) {
        form.set("revision", stored.revision.to_string());
        form.refuse(item::ALL[0].key, locale.t("setting.changed_meanwhile"));
    }
    let Some(valid_from) = since.filter(|_| !form.has_errors()) else {
        return Ok(edit_page(&app, &administrator, form));
    };
    let earlier = stored.sets.iter().rev().find(|set| set.valid_from < valid_from);
    let before = earlier.map(|set| set.settings.clone()).unwrap_or_default();
    // The office log is read by everybody's auditor: it is written in the language of the office.
    let told = changes(Locale::Vi, &before, &settings).join("; ");
    if told.is_empty() {
        form.refuse(item::ALL[0].key, locale.t("setting.nothing_changed"));
        return Ok(edit_page(&app, &administrator, form));
    }
    let person = &administrator.person;
    let (world, doer, author) = (app.clone(), Doer::from(person), person.id);
    let set =
        DecidedSet { valid_from, settings, decided_at: app.clock.now(), author_name: person.name.clone() };
    let deed = Deed::new("setting.log_put", format!("setting:{valid_from}"))
        .word("day", wording::day_short(valid_from))
        .word("changes", told);
    app.store
        .write(move |tx| {
            store::put(tx, stored.revision, &set, author)?;
            office_log::record(tx, &world, &doer, &deed)
        })
        .await?;
    app.reload_office().await.map_err(|error| PageError::internal(&error))?;
    Ok(Redirect::to(&format!("{HOME}?xong=dat")).into_response())
}

/// Takes back a set whose day has not come.
pub async fn remove(
    State(app): State<App>,
    administrator: Administrator,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let valid_from: Date = form.value("ngay").parse().map_err(|_| PageError::NotFound)?;
    let revision = form.number("revision").ok_or(PageError::NotFound)?;
    let locale = administrator.visitor.locale;
    if valid_from <= day_of(app.clock.now()) {
        return Err(PageError::refused(&locale.say("setting.day_has_come")));
    }
    let (world, doer) = (app.clone(), Doer::from(&administrator.person));
    let deed = Deed::new("setting.log_removed", format!("setting:{valid_from}"))
        .word("day", wording::day_short(valid_from));
    let removed = app
        .store
        .write(move |tx| {
            store::remove(tx, revision, valid_from)?;
            office_log::record(tx, &world, &doer, &deed)
        })
        .await;
    match removed {
        Ok(()) => {}
        Err(DbError::Conflict(_)) => {
            return Err(PageError::refused(&locale.say("setting.removed_meanwhile")));
        }
        Err(error) => return Err(error.into()),
    }
    app.reload_office().await.map_err(|error| PageError::internal(&error))?;
    Ok(Redirect::to(&format!("{HOME}?xong=bo")).into_response())
}

/// The day a set holds from: tomorrow at the earliest, because today's dossiers keep the rules they came under. An
/// office without dossiers may take any day.
fn read_day(form: &mut Form, locale: Locale, today: Date, has_dossiers: bool) -> Option<Date> {
    match form.date(SINCE) {
        Ok(Some(day)) if has_dossiers && day <= today => {
            form.refuse_at(SINCE, &format!("{SINCE}-day"), locale.t("setting.mend_past"));
            None
        }
        Ok(Some(day)) => Some(day),
        Ok(None) => {
            form.refuse_at(SINCE, &format!("{SINCE}-day"), locale.t("setting.mend_day"));
            None
        }
        Err(problem) => {
            form.refuse_date(SINCE, problem, locale.t("setting.mend_day"));
            None
        }
    }
}

/// What differs, one sentence each.
fn changes(locale: Locale, before: &Settings, after: &Settings) -> Vec<String> {
    let differs = item::ALL.iter().filter(|item| item.typed(before) != item.typed(after));
    differs
        .map(|item| {
            let say = locale.say("setting.change").arg("name", item.label(locale));
            say.arg("before", item.words(locale, before)).arg("after", item.words(locale, after)).to_string()
        })
        .collect()
}

fn edit_page(app: &App, administrator: &Administrator, answers: Form) -> Response {
    let locale = administrator.visitor.locale;
    let failed = answers.has_errors();
    let box_of = |item: &item::Item| {
        let choice =
            |name: &&str| Choice::new(*name, locale.t(&format!("setting.{}_{name}", item.key)).to_owned());
        let choices = match item.kind {
            Kind::Choice { names, .. } => names.iter().map(choice).collect(),
            Kind::Number { .. } | Kind::Clock { .. } | Kind::Template => Vec::new(),
        };
        let unit = match item.kind {
            Kind::Number { .. } => locale.t(&format!("setting.{}_unit.other", item.key)),
            Kind::Choice { .. } | Kind::Clock { .. } | Kind::Template => "",
        };
        SettingBox {
            field: answers.field(item.key),
            label: item.label(locale),
            unit,
            choices,
            width: if unit.is_empty() { "20" } else { "4" },
        }
    };
    let boxes = item::ALL.iter().map(box_of).collect();
    let page = Page::new(app, &administrator.visitor, locale.t("setting.decide"));
    render_form(&EditPage { page, answers, boxes }, failed)
}
