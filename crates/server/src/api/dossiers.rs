//! Dossiers of the person behind the token: one of them, its journal, what may be done with it, its files.

pub mod list;
pub mod wire;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use motcua_domain::dossier::action::Target;
use motcua_domain::dossier::choice::{Choice, allowed_actions};
use motcua_domain::dossier::{ActionKind, Dossier, DossierCode, Event, Recorded};
use motcua_domain::ids::PaperId;
use motcua_domain::procedure::ElectronicProcess;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::caller::{Caller, Reader};
use crate::api::problem::{Kind, Problem, TYPE_PREFIX};
use crate::api::query::{self, Asked};
use crate::api::wire::Instant;
use crate::app::App;
use crate::desk::field;
use crate::desk::show as desk;
use crate::document::give::{Way, give};
use crate::document::range::PartAsked;
use crate::dossier::journal::Entry;
use crate::dossier::steps::{self, Loaded, StepError};
use crate::dossier::{store, words};
use crate::office::Snapshot;
use crate::portal::{files as portal, timeline, words::Words};
use crate::web::locale::Locale;
use wire::View;

/// A page of a journal, oldest entry first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Journal {
    /// The entries.
    items: Vec<JournalEntry>,
    /// Cursor of the next page; null on the last one.
    next: Option<String>,
}

/// One entry of the journal. Entries are chained: each holds the hash of the one before it.
#[derive(Debug, Serialize, ToSchema)]
pub struct JournalEntry {
    /// 1, 2, 3 … within the dossier.
    sequence: i64,
    /// When.
    at: Option<Instant>,
    /// Name of the event.
    kind: String,
    /// The event in words.
    title: String,
    /// Who: to its applicant a unit, to officers a person.
    by: String,
    /// What there is to say about it, in words.
    details: Vec<String>,
    /// Hash of the entry before it (SHA-256, hexadecimal); zeros before the first.
    previous_hash: String,
    /// Hash of this entry.
    hash: String,
}

/// What the caller may do with a dossier now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Actions {
    /// The version this is true of: send it as `If-Match`.
    version: u64,
    /// Everything that is possible now, and what nearly is, with the reason why not.
    items: Vec<ActionChoice>,
}

/// One thing that can be done, or nearly.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActionChoice {
    /// Name of the action.
    action: &'static str,
    /// In words.
    label: &'static str,
    /// The step it is about.
    step: Option<String>,
    /// The request for an opinion it is about.
    opinion: Option<String>,
    /// Whether it is possible now.
    allowed: bool,
    /// Why not.
    reason: Option<Reason>,
    /// Who can be put in charge, for an assignment.
    officers: Vec<OfficerName>,
}

/// Why something cannot be done now: the type and the words of the problem it would be answered with.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reason {
    /// One of the types of problems.
    #[serde(rename = "type")]
    type_: String,
    /// In words.
    detail: String,
}

/// An officer.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfficerName {
    /// The account.
    id: String,
    /// Name.
    name: String,
}

/// A dossier opened by the caller. An officer's opening is a reading that its applicant sees.
pub struct Opened {
    /// As it was loaded.
    pub loaded: Loaded,
    /// Whether it is looked at from inside the office.
    pub is_inside: bool,
}

impl Opened {
    /// Opens it. To those who may not see it there is no such dossier.
    pub async fn load(app: &App, caller: &Caller, code: &str) -> Result<Self, Problem> {
        let code: DossierCode = code.parse().map_err(|_| Kind::NotFound)?;
        let actor = caller.actor();
        let loaded = if caller.is_officer() {
            steps::view(app, &actor, &code, &caller.purpose()).await
        } else {
            steps::open(app, &actor, &code).await
        };
        let loaded = loaded.map_err(|error| unopened(app, caller.locale, error))?;
        // An officer in a matter of their own is an applicant.
        let is_inside = caller.is_officer() && !loaded.dossier.is_owned_by(caller.person.id);
        Ok(Self { loaded, is_inside })
    }

    /// The dossier.
    pub fn dossier(&self) -> &Dossier {
        &self.loaded.dossier
    }
}

/// A step that was not taken, without a dossier at hand.
pub fn unopened(app: &App, locale: Locale, error: StepError) -> Problem {
    let process = ElectronicProcess { steps: Vec::new() };
    Problem::of_step(locale, &app.office(), &process, error)
}

/// The entity tag of a version.
pub fn etag(version: u64) -> String {
    format!("\"{version}\"")
}

/// One dossier.
pub async fn show(
    State(app): State<App>,
    Reader(caller): Reader,
    Path(code): Path<String>,
) -> Result<Response, Problem> {
    let opened = Opened::load(&app, &caller, &code).await?;
    let office = app.office();
    let view = View {
        locale: caller.locale,
        office: &office,
        dossier: opened.dossier(),
        is_inside: opened.is_inside,
        now: app.clock.now(),
    };
    let tag = etag(opened.dossier().progress.version);
    Ok(([(header::ETAG, tag)], Json(wire::Dossier::new(&view, &opened.loaded.head))).into_response())
}

/// What happened to a dossier, with the chain of hashes.
pub async fn journal(
    State(app): State<App>,
    Reader(caller): Reader,
    Path(code): Path<String>,
    mut asked: Asked,
) -> Result<Json<Journal>, Problem> {
    let limit = asked.limit();
    let after = asked.cursor::<1>().and_then(|[sequence]| sequence.parse().ok()).unwrap_or(0);
    asked.done()?;
    let opened = Opened::load(&app, &caller, &code).await?;
    let key = opened.dossier().code.to_string();
    let most = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let mut entries = app.store.read(move |tx| store::journal_after(tx, &key, after, most)).await?;
    let next = query::cut(&mut entries, limit, |entry| query::cursor([&entry.sequence.to_string()]));
    let office = app.office();
    let items: Result<Vec<JournalEntry>, StepError> = entries
        .into_iter()
        .map(|entry| {
            let recorded = entry.recorded(&app.secrets)?;
            Ok(journal_entry(caller.locale, &office, &opened, entry, &recorded))
        })
        .collect();
    let items = items.map_err(|error| unopened(&app, caller.locale, error))?;
    Ok(Json(Journal { items, next }))
}

fn journal_entry(
    locale: Locale,
    office: &Snapshot,
    opened: &Opened,
    entry: Entry,
    recorded: &Recorded,
) -> JournalEntry {
    let one = std::slice::from_ref(recorded);
    let dossier = opened.dossier();
    let (by, details) = if opened.is_inside {
        let line = words::timeline(locale, office, dossier, one, true).pop();
        line.map(|line| (line.by, line.details)).unwrap_or_default()
    } else {
        let words = Words { locale, office, process: &dossier.filing.process };
        if matches!(recorded.event, Event::Read { .. }) {
            let reading = timeline::readings(one, &words).pop();
            reading.map(|reading| (reading.who, vec![reading.purpose])).unwrap_or_default()
        } else {
            let item = timeline::items(dossier, one, &words).pop();
            item.map(|item| (item.by, item.lines)).unwrap_or_default()
        }
    };
    JournalEntry {
        sequence: entry.sequence,
        at: Some(recorded.at.into()),
        title: locale.t(&format!("event.{}", recorded.event.name())).to_owned(),
        kind: entry.kind,
        by,
        details,
        previous_hash: entry.previous_hash,
        hash: entry.hash,
    }
}

/// What the caller may do now, and why not the rest.
pub async fn actions(
    State(app): State<App>,
    Reader(caller): Reader,
    Path(code): Path<String>,
) -> Result<Json<Actions>, Problem> {
    let opened = Opened::load(&app, &caller, &code).await?;
    let (office, actor) = (app.office(), caller.actor());
    let entries = u64::try_from(opened.loaded.head.sequence).unwrap_or_default();
    let possible = {
        let ctx = steps::ctx(&actor, &office, app.clock.now(), Some(opened.dossier()), None, entries);
        allowed_actions(&ctx, opened.dossier())
    };
    let mut items = Vec::with_capacity(possible.len());
    for one in possible {
        items.push(choice(&app, &caller, &office, opened.dossier(), one).await?);
    }
    Ok(Json(Actions { version: opened.dossier().progress.version, items }))
}

async fn choice(
    app: &App,
    caller: &Caller,
    office: &Snapshot,
    dossier: &Dossier,
    one: Choice,
) -> Result<ActionChoice, Problem> {
    let allowed = one.verdict.is_ok();
    let mut officers = Vec::new();
    if allowed && one.kind == ActionKind::Assign {
        let found = field::officers_for(app, dossier, &one.target).await?;
        officers = found.into_iter().map(|(id, name)| OfficerName { id: id.to_string(), name }).collect();
    }
    let reason = one.verdict.err().map(|refusal| Reason {
        type_: format!("{TYPE_PREFIX}{}", refusal.key()),
        detail: words::refusal(caller.locale, office, &dossier.filing.process, &refusal),
    });
    let (step, opinion) = match one.target {
        Target::Dossier => (None, None),
        Target::Step(step) => (Some(step.to_string()), None),
        Target::Opinion(id) => (None, Some(id.to_string())),
    };
    Ok(ActionChoice {
        action: one.kind.name(),
        label: caller.locale.t(&format!("action.{}", one.kind.name())),
        step,
        opinion,
        allowed,
        reason,
        officers,
    })
}

/// A file of a dossier, to those who may have it.
pub async fn file(
    State(app): State<App>,
    Reader(caller): Reader,
    Path((code, paper)): Path<(String, String)>,
    part: PartAsked,
) -> Result<Response, Problem> {
    let opened = Opened::load(&app, &caller, &code).await?;
    let id: PaperId = paper.parse().map_err(|_| Kind::NotFound)?;
    let papers = papers_of(opened.dossier(), opened.is_inside);
    let file = papers.into_iter().find(|paper| paper.id == id).and_then(|paper| paper.file.as_ref());
    let file = file.ok_or(Kind::NotFound)?;
    let hash = file.sha256.as_str().parse().map_err(|_| Kind::Internal)?;
    Ok(give(&app.blobs, hash, &file.name, &file.media_type, Way::Save, &part).await?)
}

/// The papers that may be seen from inside the office, or by the applicant.
pub fn papers_of(dossier: &Dossier, is_inside: bool) -> Vec<&motcua_domain::dossier::Paper> {
    if is_inside { desk::papers_of(dossier) } else { portal::papers_of(dossier) }
}
