//! Before a filing: what is needed, begin, go on with an earlier draft, throw one away and take it back.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::SignedDuration;
use motcua_domain::ids::DraftId;
use motcua_domain::procedure::{OnlineLevel, ProcedureCode, ProcedureVersion};
use serde::Deserialize;

use crate::app::App;
use crate::portal::draft::{Draft, Purpose, Typed};
use crate::portal::plan::Plan;
use crate::portal::store;
use crate::portal::work::Work;
use crate::portal::{fees, frame, tasks, upload, world};
use crate::procedure::words as procedure_words;
use crate::web::error::PageError;
use crate::web::guard::SafeForm;
use crate::web::locale::Locale;
use crate::web::page::{Page, render};
use crate::web::visitor::{Citizen, Visitor};
use crate::web::wording;

/// Most drafts one person may keep; the list is one page.
const DRAFTS_MAX: i64 = 100;
/// For how many days a draft that was thrown away can be taken back.
const TAKE_BACK_DAYS: i64 = 7;

#[derive(Template)]
#[template(path = "portal/start.html")]
struct StartPage {
    page: Page,
    procedure_code: String,
    procedure_name: String,
    procedure_href: String,
    is_online: bool,
    reason: String,
    drafts: Vec<DraftLine>,
    papers: Vec<Needed>,
    several_cases: bool,
    held: String,
    limits: String,
    limit: String,
    cost: String,
}

/// A draft in a list.
struct DraftLine {
    name: String,
    href: String,
    when: String,
}

/// A paper in the list of what is needed.
struct Needed {
    name: String,
    note: &'static str,
}

#[derive(Template)]
#[template(path = "portal/drafts.html")]
struct DraftsPage {
    page: Page,
    drafts: Vec<DraftLine>,
    thrown_away: Option<DraftLine>,
}

#[derive(Template)]
#[template(path = "portal/not_eligible.html")]
struct NotEligiblePage {
    page: Page,
    procedure: String,
    back: String,
    procedure_href: String,
}

/// What is needed for a procedure, and the button that begins.
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(code): Path<ProcedureCode>,
) -> Result<Response, PageError> {
    let locale = visitor.locale;
    let version = world::version_in_force(&app, &code).await?.ok_or(PageError::NotFound)?;
    let drafts = match Citizen::of(&visitor) {
        Some(citizen) => open_drafts(&app, &citizen).await?,
        None => Vec::new(),
    };
    let drafts = drafts.iter().filter(|draft| draft.procedure == code).map(|draft| draft_line(draft, locale));
    let typed = Typed::default();
    let plan = Plan::new(&version, &typed);
    let papers = plan.components().into_iter().map(|component| Needed {
        name: component.name.clone(),
        note: if component.required { "" } else { locale.t("portal.paper_if_any_note") },
    });
    // Whatever the case turns out to be: what no case asks for is said before anybody looks for it.
    let held =
        version.cases.iter().flat_map(|case| &case.components).filter(|component| component.already_held);
    let held: BTreeSet<&str> = held.map(|component| component.name.as_str()).collect();
    Ok(render(&StartPage {
        page: Page::new(&app, &visitor, locale.say("portal.start_title").arg("procedure", &version.name)),
        procedure_code: code.to_string(),
        procedure_name: procedure_words::name(locale, &version),
        procedure_href: format!("/thu-tuc/{code}"),
        is_online: is_online(&version),
        reason: match &version.online {
            OnlineLevel::Partial { reason } => reason.clone(),
            OnlineLevel::Full | OnlineLevel::None => String::new(),
        },
        drafts: drafts.collect(),
        papers: papers.collect(),
        several_cases: !plan.cases().is_empty(),
        held: held.into_iter().collect::<Vec<_>>().join("; "),
        limits: upload::limits(&app, locale),
        limit: world::limit_words(&plan.terms(), locale),
        cost: fees::in_short(&plan.terms(), locale),
    }))
}

/// Begins a draft.
pub async fn begin(
    State(app): State<App>,
    citizen: Citizen,
    Path(code): Path<ProcedureCode>,
    _: SafeForm,
) -> Result<Response, PageError> {
    let version = world::version_in_force(&app, &code).await?.ok_or(PageError::NotFound)?;
    if !is_online(&version) {
        return Ok(Redirect::to(&format!("/nop-ho-so/{code}")).into_response());
    }
    let earlier = open_drafts(&app, &citizen).await?;
    // A second press of the button a moment later is the same wish, not a second draft.
    let now = app.clock.now();
    let just_begun = |draft: &&Draft| {
        draft.procedure == code
            && draft.typed == Typed::default()
            && now.duration_since(draft.created_at) < SignedDuration::from_mins(2)
    };
    let id = match earlier.iter().find(just_begun) {
        Some(draft) => draft.id,
        None => insert(&app, &citizen, &version, earlier.len()).await?,
    };
    let work = Work::load(&app, citizen.person.id, id).await?;
    let first = work.plan().steps().first().map(|step| step.slug()).unwrap_or_default();
    Ok(Redirect::to(&format!("{}/{first}", frame::base(id))).into_response())
}

/// "My drafts".
pub async fn drafts(
    State(app): State<App>,
    citizen: Citizen,
    Query(query): Query<Thrown>,
) -> Result<Response, PageError> {
    let locale = citizen.visitor.locale;
    let drafts = open_drafts(&app, &citizen).await?;
    let thrown_away = match query.bo {
        Some(id) => {
            let work = Work::load_filing(&app, &citizen, id).await.ok();
            work.filter(|work| work.draft.deleted_at.is_some() && work.draft.filed_at.is_none())
        }
        None => None,
    };
    Ok(render(&DraftsPage {
        page: Page::new(&app, &citizen.visitor, locale.t("portal.drafts_title")),
        drafts: drafts.iter().map(|draft| draft_line(draft, locale)).collect(),
        thrown_away: thrown_away.map(|work| draft_line(&work.draft, locale)),
    }))
}

/// The list of drafts after one was thrown away.
#[derive(Debug, Deserialize)]
pub struct Thrown {
    bo: Option<DraftId>,
}

/// Throws a draft away. It can be taken back for some days.
pub async fn throw_away(
    State(app): State<App>,
    citizen: Citizen,
    Path(id): Path<DraftId>,
    _: SafeForm,
) -> Result<Redirect, PageError> {
    let (owner, now) = (citizen.person.id, app.clock.now());
    let forget_before = now - SignedDuration::from_hours(24 * TAKE_BACK_DAYS);
    let found = app.store.write(move |tx| {
        store::purge_deleted(tx, owner, forget_before)?;
        store::set_deleted(tx, id, owner, Some(now))
    });
    if found.await? {
        Ok(Redirect::to(&format!("/nop-ho-so/nhap?bo={id}")))
    } else {
        Err(PageError::NotFound)
    }
}

/// Takes a draft back.
pub async fn take_back(
    State(app): State<App>,
    citizen: Citizen,
    Path(id): Path<DraftId>,
    _: SafeForm,
) -> Result<Redirect, PageError> {
    let owner = citizen.person.id;
    let found = app.store.write(move |tx| store::set_deleted(tx, id, owner, None)).await?;
    if found { Ok(Redirect::to(&frame::base(id))) } else { Err(PageError::NotFound) }
}

/// For somebody who does not meet the conditions: where to go instead.
pub async fn not_eligible(
    State(app): State<App>,
    citizen: Citizen,
    Path(id): Path<DraftId>,
) -> Result<Response, PageError> {
    let work = Work::load_filing(&app, &citizen, id).await?;
    let title = citizen.visitor.locale.t("portal.not_eligible");
    Ok(render(&NotEligiblePage {
        page: Page::new(&app, &citizen.visitor, title),
        procedure: work.version.name.clone(),
        back: format!("{}/dieu-kien", frame::base(id)),
        procedure_href: format!("/thu-tuc/{}", work.draft.procedure),
    }))
}

/// The task list of a draft.
pub async fn tasks(
    State(app): State<App>,
    citizen: Citizen,
    Path(id): Path<DraftId>,
    Query(query): Query<tasks::Asked>,
) -> Result<Response, PageError> {
    let work = Work::load_filing(&app, &citizen, id).await?;
    if let Some(away) = crate::portal::step::elsewhere(&work) {
        return Ok(away);
    }
    Ok(tasks::page(&app, &citizen.visitor, &work, &query))
}

/// The drafts of the citizen that are neither filed nor thrown away.
pub async fn open_drafts(app: &App, citizen: &Citizen) -> Result<Vec<Draft>, PageError> {
    let (inner, owner) = (app.clone(), citizen.person.id);
    Ok(app.store.read(move |tx| store::open_drafts(tx, &inner.secrets, owner, DRAFTS_MAX)).await?)
}

async fn insert(
    app: &App,
    citizen: &Citizen,
    version: &ProcedureVersion,
    already: usize,
) -> Result<DraftId, PageError> {
    let locale = citizen.visitor.locale;
    if i64::try_from(already).is_ok_and(|already| DRAFTS_MAX <= already) {
        return Err(PageError::refused(&locale.say("portal.too_many_drafts").arg("limit", DRAFTS_MAX)));
    }
    let now = app.clock.now();
    let id = DraftId::new(app.random.uuid(now));
    Draft::of_version(id, Purpose::Filing, citizen.person.id, version, now).begin(app).await?;
    Ok(id)
}

/// A procedure with papers and terms that is done online at least in part.
pub fn is_online(version: &ProcedureVersion) -> bool {
    !version.is_outline() && version.online != OnlineLevel::None
}

fn draft_line(draft: &Draft, locale: Locale) -> DraftLine {
    let when = wording::office_datetime(locale, draft.updated_at);
    DraftLine {
        name: draft.procedure_name.clone(),
        href: frame::base(draft.id),
        when: locale.say("portal.last_typed").arg("when", when).to_string(),
    }
}
