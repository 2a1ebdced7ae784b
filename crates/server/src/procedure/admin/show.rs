//! One procedure from inside: its versions, who published them by which decision, what is being prepared.

use askama::Template;
use axum::extract::{Path, Query, State as Shared};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use jiff::civil::Date;
use motcua_db::DbError;
use motcua_domain::procedure::{ProcedureVersion, PublicationDecision};

use crate::account::office_log::pages::{LogLine, lines};
use crate::account::office_log::store as log_store;
use crate::app::App;
use crate::procedure::admin::list::state_words;
use crate::procedure::admin::{HOME, State, code, reader};
use crate::procedure::draft::store::{self as drafts, DraftHead};
use crate::procedure::outline::{SECTIONS, Thing, things};
use crate::procedure::store::{self, VersionHead};
use crate::procedure::words;
use crate::web::done::Done;
use crate::web::error::PageError;
use crate::web::locale::Locale;
use crate::web::page::{Page, render};
use crate::web::visitor::Officer;
use crate::web::wording;

/// Entries of the log shown here.
const LOG_ROWS: usize = 20;

/// Key of the sentence on what was just done.
fn sentence(done: &Done) -> Option<&'static str> {
    match done.word() {
        "cong-bo" => Some("catalogue.done_published"),
        "bai-bo" => Some("catalogue.done_ended"),
        "bo" => Some("catalogue.done_thrown_away"),
        _ => None,
    }
}

#[derive(Template)]
#[template(path = "procedure/admin/show.html")]
struct ShowPage {
    page: Page,
    base: String,
    code: String,
    done: Option<&'static str>,
    may_manage: bool,
    state: &'static str,
    tone: &'static str,
    /// Whether there is something that can be ended.
    can_end: bool,
    draft: Option<DraftWords>,
    lines: Vec<Line>,
    log: Vec<LogLine>,
}

struct DraftWords {
    words: String,
}

/// One version in the list of them.
struct Line {
    number: u32,
    validity: String,
    decision: String,
    published: String,
    dossiers: i64,
    is_in_force: bool,
    /// The version before, to compare with.
    before: Option<u32>,
}

/// Shows a procedure.
pub async fn page(
    Shared(app): Shared<App>,
    officer: Officer,
    Path(text): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    let may_manage = reader(&app, &officer)?;
    let code = code(&text)?;
    let locale = officer.visitor.locale;
    let today = app.office().day;
    let named = code.clone();
    let (versions, heads, running, draft, mut entries) = app
        .store
        .read(move |tx| {
            let subject = format!("procedure:{named}");
            Ok::<_, DbError>((
                store::all_of(tx, &named)?,
                store::versions(tx, &named)?,
                store::running_dossiers(tx, &named)?,
                drafts::head(tx, &named)?,
                log_store::newest(tx, Some(&subject), None)?,
            ))
        })
        .await?;
    entries.truncate(LOG_ROWS);
    let in_force = ProcedureVersion::in_force(&versions, today);
    let name = in_force.or(versions.last()).map(|version| words::name(locale, version));
    let name = name.or(draft.as_ref().map(|draft| draft.name.clone())).ok_or(PageError::NotFound)?;
    let stretches: Vec<(Date, Option<Date>)> =
        versions.iter().map(|version| (version.valid_from, version.valid_to)).collect();
    let state = State::of(&stretches, today);
    let in_force = in_force.map(|version| version.version);
    let lines_of = heads
        .iter()
        .filter_map(|head| Some((head, versions.iter().find(|version| version.version == head.version)?)))
        .map(|(head, version)| Line {
            number: head.version,
            validity: validity(locale, version),
            decision: version.publication.as_ref().map(|of| decision(locale, of)).unwrap_or_default(),
            published: published(locale, head),
            dossiers: running.get(&head.version).copied().unwrap_or(0),
            is_in_force: in_force == Some(head.version),
            before: versions.iter().rev().map(|of| of.version).find(|number| *number < head.version),
        })
        .collect();
    Ok(render(&ShowPage {
        page: Page::new(&app, &officer.visitor, name),
        base: format!("{HOME}/{code}"),
        code: code.to_string(),
        done: sentence(&done),
        may_manage,
        state: state_words(locale, state),
        tone: state.tone(),
        can_end: matches!(state, State::InForce | State::Future),
        draft: draft.map(|draft| draft_words(locale, &draft)),
        lines: lines_of,
        log: lines(locale, &entries),
    }))
}

fn validity(locale: Locale, version: &ProcedureVersion) -> String {
    let from = wording::day_short(version.valid_from);
    match version.valid_to {
        None => locale.say("unit.since").arg("from", from).to_string(),
        Some(last) => {
            locale.say("unit.from_to").arg("from", from).arg("last", wording::day_short(last)).to_string()
        }
    }
}

/// A publication decision in one line: number, day, what it does.
fn decision(locale: Locale, decision: &PublicationDecision) -> String {
    let kind = decision.kind.map(|kind| locale.t(&format!("catalogue.kind_{}", kind.name())).to_owned());
    let parts = [Some(decision.number.clone()), decision.date.map(wording::day_short), kind];
    let said: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    said.join(", ")
}

fn published(locale: Locale, head: &VersionHead) -> String {
    let at =
        head.published_at.parse().map_or_else(|_| head.published_at.clone(), wording::office_datetime_short);
    locale.say("catalogue.published").arg("name", &head.published_by).arg("at", at).to_string()
}

fn draft_words(locale: Locale, draft: &DraftHead) -> DraftWords {
    let at =
        draft.changed_at.parse().map_or_else(|_| draft.changed_at.clone(), wording::office_datetime_short);
    let words = locale.say("catalogue.draft_by").arg("name", &draft.changed_by).arg("at", at).to_string();
    DraftWords { words }
}

#[derive(Template)]
#[template(path = "procedure/admin/version.html")]
struct VersionPage {
    page: Page,
    base: String,
    number: u32,
    validity: String,
    decision: String,
    sections: Vec<SectionWords>,
}

/// Everything under one heading.
struct SectionWords {
    title: &'static str,
    things: Vec<Thing>,
}

/// Shows everything one version says.
pub async fn version(
    Shared(app): Shared<App>,
    officer: Officer,
    Path((text, number)): Path<(String, String)>,
) -> Result<Response, PageError> {
    reader(&app, &officer)?;
    let (code, number) = (code(&text)?, numbered(&number)?);
    let locale = officer.visitor.locale;
    let version = app.catalogue.version(&app, &code, number).await?.ok_or(PageError::NotFound)?;
    let mut all = things(locale, &app.office(), &version);
    // The only case of a procedure has no name, and nothing is said about it but its papers.
    all.retain(|thing| !thing.parts.is_empty());
    let mut sections = Vec::new();
    for key in SECTIONS {
        let (here, rest): (Vec<Thing>, Vec<Thing>) = all.into_iter().partition(|thing| thing.section == key);
        all = rest;
        if !here.is_empty() {
            sections.push(SectionWords { title: locale.t(key), things: here });
        }
    }
    Ok(render(&VersionPage {
        page: Page::new(&app, &officer.visitor, words::name(locale, &version)),
        base: format!("{HOME}/{code}"),
        number,
        validity: validity(locale, &version),
        decision: version.publication.as_ref().map(|of| decision(locale, of)).unwrap_or_default(),
        sections,
    }))
}

/// Gives one version in our own format, as imports take it.
pub async fn export(
    Shared(app): Shared<App>,
    officer: Officer,
    Path((text, number)): Path<(String, String)>,
) -> Result<Response, PageError> {
    reader(&app, &officer)?;
    let (code, number) = (code(&text)?, numbered(&number)?);
    let version = app.catalogue.version(&app, &code, number).await?.ok_or(PageError::NotFound)?;
    let json = serde_json::to_string_pretty(&*version).map_err(|error| PageError::internal(&error))?;
    let headers = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{code}-{number}.json\"")),
    ];
    Ok((headers, json).into_response())
}

/// The number of a version in a path.
fn numbered(text: &str) -> Result<u32, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}
