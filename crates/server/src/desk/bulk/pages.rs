//! Pages of runs: the form of an act on many dossiers, its preview, its progress and its report; my runs.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use motcua_db::DbError;
use motcua_domain::access::{Scope, list_scope};
use serde::Deserialize;

use crate::app::App;
use crate::clock::stored;
use crate::desk::bulk::order::{self, Fields, Typed};
use crate::desk::bulk::store::{self, Outcome, Run, Shown};
use crate::desk::bulk::{HOME, own, seen};
use crate::desk::export;
use crate::desk::export::kept;
use crate::desk::field::ActField;
use crate::desk::show::refused;
use crate::web::done::Done;
use crate::web::error::PageError;
use crate::web::form::{Field, Form};
use crate::web::locale::Locale;
use crate::web::page::{Page, render, render_as};
use crate::web::visitor::{Officer, encode};
use crate::web::wording;

/// Rows of a page of a run.
const PAGE_ROWS: usize = 100;
/// Runs on a page.
const PAGE_RUNS: usize = 20;

/// Which part of a run.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Part {
    /// Rows with this outcome only.
    xem: String,
    /// After this place.
    sau: i64,
    /// The form again, before it is confirmed.
    sua: String,
}

/// Which page of my runs.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Before {
    truoc: String,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Foreseen,
    Running,
    Ended,
}

struct Tab {
    label: &'static str,
    href: String,
    count: i64,
    is_current: bool,
}

struct Line {
    place: i64,
    code: String,
    href: String,
    applicant: String,
    procedure: String,
    badge: &'static str,
    outcome: &'static str,
    words: String,
    at: String,
}

#[derive(Template)]
#[template(path = "desk/bulk_ask.html")]
struct AskPage {
    page: Page,
    id: String,
    chosen: String,
    fields: Vec<ActField>,
    has_own: bool,
    answers: Form,
    back: String,
}

impl AskPage {
    fn field(&self, field: &ActField) -> Field {
        self.answers.field(&field.name)
    }
}

/// The one file of a run that prints.
enum PrintedFile {
    /// Where it is, and what the link says.
    Kept { href: String, words: String },
    /// Kept no longer, which is said.
    Gone(String),
}

#[derive(Template)]
#[template(path = "desk/bulk.html")]
struct RunPage {
    page: Page,
    id: String,
    act: &'static str,
    stage: Stage,
    is_anew: bool,
    /// What became of how many, in one sentence.
    summary: String,
    /// What a run that prints has made.
    file: Option<PrintedFile>,
    facts: Vec<(&'static str, String)>,
    typed: Vec<Typed>,
    tabs: Vec<Tab>,
    lines: Vec<Line>,
    next: String,
    shown: String,
    ready: i64,
    /// The button that has it done.
    confirm: String,
    foreseen: String,
    list_href: String,
    list_title: &'static str,
    chosen_by: &'static str,
    exports: [(&'static str, String); 2],
}

impl RunPage {
    fn is_foreseen(&self) -> bool {
        self.stage == Stage::Foreseen
    }

    fn is_running(&self) -> bool {
        self.stage == Stage::Running
    }
}

struct RunLine {
    href: String,
    at: String,
    act: &'static str,
    state: &'static str,
    badge: &'static str,
    summary: String,
}

#[derive(Template)]
#[template(path = "desk/bulk_runs.html")]
struct RunsPage {
    page: Page,
    runs: Vec<RunLine>,
    next: String,
    limit: String,
}

/// A run: its form before the preview, afterwards what will become, or became, of each dossier.
pub async fn show(
    State(app): State<App>,
    officer: Officer,
    Path(id): Path<String>,
    Query(part): Query<Part>,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    let run = own(&app, &officer, id).await?;
    let typed = order::typed(&app, &run).map_err(|error| PageError::internal(&*error))?;
    let is_open = run.confirmed_at.is_none();
    if run.foreseen_at.is_none() || (is_open && !part.sua.is_empty()) {
        let (locale, actor) = (officer.visitor.locale, officer.person.actor());
        let fields = order::fields(&app, locale, &actor, &run).await;
        let fields = fields.map_err(|error| refused(locale, &app, error))?;
        let form = Form::from_pairs(typed.into_iter().map(|one| (one.name, one.value)));
        return ask(&app, &officer, &run, fields, form, StatusCode::OK).await;
    }
    render_run(&app, &officer, &run, typed, &part, is_open && done.word() == "moi").await
}

/// The form of a run.
pub async fn ask(
    app: &App,
    officer: &Officer,
    run: &Run,
    fields: Fields,
    answers: Form,
    status: StatusCode,
) -> Result<Response, PageError> {
    let locale = officer.visitor.locale;
    let id = run.id.clone();
    let counts = app.store.read(move |tx| store::counts(tx, &id)).await?;
    let chosen: i64 = counts.values().sum();
    let act = run.act.label(locale);
    let page = AskPage {
        page: Page::new(app, &officer.visitor, locale.say("bulk.title").arg("act", act)),
        id: run.id.clone(),
        chosen: counted(locale, "bulk.chosen", chosen),
        fields: fields.fields,
        has_own: fields.has_own,
        answers,
        back: run.of.href(&run.query),
    };
    Ok(render_as(status, &page))
}

fn counted(locale: Locale, key: &str, n: i64) -> String {
    locale.say(key).arg("n", wording::number(locale, n)).to_string()
}

/// The units whose dossiers an officer may see by name; none for those who see everything.
pub fn units_of(officer: &Officer) -> Option<Vec<String>> {
    match list_scope(&officer.person.actor()) {
        Scope::Everything => None,
        Scope::Units { units, .. } => Some(units.iter().map(ToString::to_string).collect()),
        Scope::Owner(_) => Some(Vec::new()),
    }
}

/// A run read whole, in one moment.
struct Read {
    counts: std::collections::BTreeMap<Outcome, i64>,
    rows: Vec<Shown>,
}

async fn render_run(
    app: &App,
    officer: &Officer,
    run: &Run,
    typed: Vec<Typed>,
    part: &Part,
    is_anew: bool,
) -> Result<Response, PageError> {
    let locale = officer.visitor.locale;
    let only = Outcome::from_name(&part.xem);
    let (id, after, units) = (run.id.clone(), part.sau.max(0), units_of(officer));
    let limit = i64::try_from(PAGE_ROWS + 1).unwrap_or(i64::MAX);
    let Read { counts, mut rows } = app
        .store
        .read(move |tx| {
            let counts = store::counts(tx, &id)?;
            let rows = store::shown(tx, &id, only, after, limit, units.as_deref())?;
            Ok::<_, DbError>(Read { counts, rows })
        })
        .await?;
    let of = |outcome: Outcome| counts.get(&outcome).copied().unwrap_or_default();
    let stage = match (run.confirmed_at, run.ended_at) {
        (None, _) => Stage::Foreseen,
        (Some(_), None) => Stage::Running,
        (Some(_), Some(_)) => Stage::Ended,
    };
    let total: i64 = counts.values().sum();
    let here = format!("{HOME}/{}", run.id);
    let more = PAGE_ROWS < rows.len();
    rows.truncate(PAGE_ROWS);
    let next = rows.last().filter(|_| more).map(|last| {
        let only = only.map(|only| format!("xem={}&", only.name())).unwrap_or_default();
        format!("{here}?{only}sau={}", last.row.place)
    });
    let in_tab = only.map_or(total, of);
    let shown = locale.say("bulk.shown").arg("n", rows.len()).arg("all", wording::number(locale, in_tab));
    let act = run.act.label(locale);
    let file = file_of(app, officer, run, stage).await?;
    Ok(render(&RunPage {
        page: Page::new(app, &officer.visitor, locale.say("bulk.title").arg("act", act)),
        id: run.id.clone(),
        act,
        stage,
        is_anew,
        summary: summary(locale, stage, &of, total),
        file,
        facts: facts(locale, run),
        typed: typed.into_iter().filter(|one| !one.shown.is_empty()).collect(),
        tabs: tabs(locale, &here, only, &of, total),
        lines: rows.into_iter().map(|row| line(locale, row)).collect(),
        next: next.unwrap_or_default(),
        shown: shown.to_string(),
        ready: of(Outcome::Ready),
        confirm: locale
            .say("bulk.confirm")
            .arg("act", act)
            .arg("n", wording::number(locale, of(Outcome::Ready)))
            .to_string(),
        foreseen: seen(run),
        list_href: run.of.href(&run.query),
        list_title: locale.t(run.of.title()),
        chosen_by: locale.t(if run.everything { "bulk.by_everything" } else { "bulk.by_ticks" }),
        exports: export::links(&here, ""),
    }))
}

/// What there is to take to the printer.
async fn file_of(
    app: &App,
    officer: &Officer,
    run: &Run,
    stage: Stage,
) -> Result<Option<PrintedFile>, DbError> {
    let (Stage::Ended, Some(id), Some(pages)) = (stage, &run.export_id, run.pages) else { return Ok(None) };
    let locale = officer.visitor.locale;
    Ok(Some(match kept::find(app, &officer.person, id.clone()).await? {
        Some(kept) => {
            let said = locale.say("bulk.print_open").arg("n", wording::number(locale, kept.rows));
            let words = said.arg("pages", wording::number(locale, pages)).to_string();
            PrintedFile::Kept { href: kept.href(), words }
        }
        None => PrintedFile::Gone(counted(locale, "bulk.print_gone", app.config.export.kept_minutes)),
    }))
}

fn summary(locale: Locale, stage: Stage, of: &dyn Fn(Outcome) -> i64, total: i64) -> String {
    let number = |n: i64| wording::number(locale, n);
    let stopped = of(Outcome::Stopped);
    let left = of(Outcome::Barred) + of(Outcome::Refused) + of(Outcome::Stale) + stopped;
    let (key, did) = match stage {
        Stage::Foreseen => ("bulk.summary_foreseen", of(Outcome::Ready)),
        Stage::Running => ("bulk.summary_running", of(Outcome::Done)),
        Stage::Ended if 0 < stopped => ("bulk.summary_stopped", of(Outcome::Done)),
        Stage::Ended => ("bulk.summary_ended", of(Outcome::Done)),
    };
    let said = locale.say(key).arg("did", number(did)).arg("left", number(left)).arg("all", number(total));
    said.to_string()
}

fn facts(locale: Locale, run: &Run) -> Vec<(&'static str, String)> {
    let mut facts = vec![(locale.t("bulk.author"), run.author_name.clone())];
    for (label, at) in [
        ("bulk.foreseen_at", run.foreseen_at),
        ("bulk.confirmed_at", run.confirmed_at),
        ("bulk.ended_at", run.ended_at),
    ] {
        facts.extend(at.map(|at| (locale.t(label), wording::office_datetime(locale, at))));
    }
    facts
}

fn tabs(
    locale: Locale,
    here: &str,
    only: Option<Outcome>,
    of: &dyn Fn(Outcome) -> i64,
    total: i64,
) -> Vec<Tab> {
    let all = Tab {
        label: locale.t("desk.tab_all"),
        href: here.to_owned(),
        count: total,
        is_current: only.is_none(),
    };
    let some = Outcome::ALL.into_iter().filter(|one| 0 < of(*one) || only == Some(*one)).map(|one| Tab {
        label: words_of(locale, one),
        href: format!("{here}?xem={}", one.name()),
        count: of(one),
        is_current: only == Some(one),
    });
    std::iter::once(all).chain(some).collect()
}

/// An outcome in words.
pub fn words_of(locale: Locale, outcome: Outcome) -> &'static str {
    locale.t(&format!("bulk.outcome_{}", outcome.name()))
}

/// The shape of an outcome; its words say it too.
fn badge_of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Chosen | Outcome::Waiting => "paused",
        Outcome::Ready | Outcome::Done => "done",
        Outcome::Barred | Outcome::Stale | Outcome::Stopped => "soon",
        Outcome::Refused => "late",
    }
}

fn line(locale: Locale, shown: Shown) -> Line {
    Line {
        place: shown.row.place,
        href: format!("/can-bo/ho-so/{}", shown.row.code),
        code: shown.row.code,
        applicant: shown.applicant,
        procedure: shown.procedure,
        badge: badge_of(shown.row.outcome),
        outcome: words_of(locale, shown.row.outcome),
        words: shown.row.words,
        at: shown.settled_at.map(wording::office_datetime_short).unwrap_or_default(),
    }
}

/// My runs, newest first.
pub async fn all(
    State(app): State<App>,
    officer: Officer,
    Query(asked): Query<Before>,
) -> Result<Response, PageError> {
    let locale = officer.visitor.locale;
    let me = officer.person.id;
    let before = asked.truoc.split_once('_').map(|(at, id)| (at.to_owned(), id.to_owned()));
    let limit = i64::try_from(PAGE_RUNS + 1).unwrap_or(i64::MAX);
    let mut runs = app
        .store
        .read(move |tx| {
            let before = before.as_ref().map(|(at, id)| (at.as_str(), id.as_str()));
            let runs = store::own(tx, me, before, limit)?.into_iter();
            runs.map(|run| Ok((store::counts(tx, &run.id)?, run))).collect::<Result<Vec<_>, DbError>>()
        })
        .await?;
    let more = PAGE_RUNS < runs.len();
    runs.truncate(PAGE_RUNS);
    let next = runs.last().filter(|_| more).map(|(_, last)| {
        format!("{HOME}?truoc={}", encode(&format!("{}_{}", stored(last.created_at), last.id)))
    });
    let line = |(counts, run): (std::collections::BTreeMap<Outcome, i64>, Run)| {
        let of = |outcome: Outcome| counts.get(&outcome).copied().unwrap_or_default();
        let total: i64 = counts.values().sum();
        let (words, badge, stage) = match (run.foreseen_at, run.confirmed_at, run.ended_at) {
            (_, None, _) => ("bulk.state_open", "soon", Stage::Foreseen),
            (_, Some(_), None) => ("bulk.state_running", "paused", Stage::Running),
            (_, Some(_), Some(_)) => ("bulk.state_ended", "done", Stage::Ended),
        };
        RunLine {
            href: format!("{HOME}/{}", run.id),
            at: wording::office_datetime_short(run.created_at),
            act: run.act.label(locale),
            state: locale.t(words),
            badge,
            summary: if run.foreseen_at.is_none() {
                counted(locale, "bulk.chosen", total)
            } else {
                summary(locale, stage, &of, total)
            },
        }
    };
    Ok(render(&RunsPage {
        page: Page::new(&app, &officer.visitor, locale.t("bulk.runs")),
        runs: runs.into_iter().map(line).collect(),
        next: next.unwrap_or_default(),
        limit: counted(locale, "bulk.limit", i64::try_from(super::ROWS_MAX).unwrap_or(i64::MAX)),
    }))
}
