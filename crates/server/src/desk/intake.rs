//! Counter intake: one page in the order of the conversation, from the card to the printed receipt. Programs take
//! dossiers in by the same road: [`fields::filing`], then [`take_in`].

pub mod fields;
mod filed;
pub mod files;
mod handoff;
pub mod offer;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use motcua_domain::access::{Actor, Role};
use motcua_domain::dossier::{Action, Filing, Recorded, Status};
use motcua_domain::identity::fold;
use motcua_domain::ids::PersonId;
use motcua_domain::office_time;
use motcua_domain::procedure::{ProcedureCode, ProcedureVersion};
use motcua_domain::unit::UnitCode;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::document::problem::PER_COMPONENT_MAX;
use crate::dossier::steps::{self, Also, StepError, Taken};
use crate::dossier::words;
use crate::portal::upload as portal;
use crate::procedure::store as procedures;
use crate::web::error::PageError;
use crate::web::form::{Choice, Form};
use crate::web::guard::{self, SafeForm};
use crate::web::locale::Locale;
use crate::web::page::{Page, render_as};
use crate::web::visitor::{Officer, Person, cookie};
use files::{Gathered, Slot};
use offer::{FeeLine, Offer, PaperLine};

/// Cookie that remembers the procedure taken in last, for "repeat the last one".
const LAST_COOKIE: &str = "thu_tuc_truoc";
/// How long it is remembered: a working day.
const LAST_SECONDS: i64 = 12 * 3600;
/// Procedures offered while typing.
const SUGGESTED_MAX: usize = 12;
/// Address of the page.
const PATH: &str = "/can-bo/tiep-nhan";

/// Pages of the counter.
pub fn routes() -> Router<App> {
    Router::new()
        .route(PATH, get(blank).post(sent))
        .route("/can-bo/tiep-nhan/thu-tuc", get(suggest))
        .route("/can-bo/tiep-nhan/xong/{code}", get(filed::page))
        .route("/can-bo/tiep-nhan/chup/{handoff}", get(handoff::live))
}

/// Where the files of a page come in that has no scripts.
pub fn uploads(app: &App) -> Router<App> {
    Router::new().route("/can-bo/tiep-nhan/tep", post(files::plain)).layer(portal::body_limit(app))
}

/// What the address may choose beforehand.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    thu_tuc: String,
    q: String,
    nhap: String,
}

#[derive(Template)]
#[template(path = "desk/intake.html")]
struct IntakePage {
    page: Page,
    typed: Form,
    shown: String,
    last: Option<String>,
    notice: Option<String>,
    warnings: Vec<String>,
    unfinished: Vec<(String, String)>,
    desks: Vec<Choice>,
    kinds: Vec<Choice>,
    sexes: Vec<Choice>,
    capacities: Vec<Choice>,
    is_represented: bool,
    offer: Option<Offered>,
}

/// What stands on the page once a procedure is chosen.
struct Offered {
    cases: Vec<Choice>,
    limits: Vec<Choice>,
    papers: Vec<(PaperLine, Slot)>,
    limits_of_files: String,
    plain_limits: String,
    size_max: u64,
    count_max: usize,
    fees: Vec<FeeLine>,
    copies: Vec<Choice>,
    units: Vec<Choice>,
    channels: Vec<Choice>,
    ways: Vec<Choice>,
}

/// Who takes in, at which desks, and in which language mistakes are named.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// The officer.
    pub officer: PersonId,
    /// Where this officer receives; never empty.
    pub desks: Vec<UnitCode>,
    /// Language of sentences.
    pub locale: Locale,
}

impl Receiver {
    /// Nobody but those who receive at some desk may take anything in.
    pub fn of(person: &Person, locale: Locale) -> Result<Self, PageError> {
        let held = person.appointments.iter().filter(|held| held.role == Role::Reception);
        let desks: Vec<UnitCode> = held.map(|held| held.unit.clone()).collect();
        if desks.is_empty() {
            return Err(PageError::Forbidden(locale.t("intake.not_reception").to_owned()));
        }
        Ok(Self { officer: person.id, desks, locale })
    }

    fn at(officer: &Officer) -> Result<Self, PageError> {
        Self::of(&officer.person, officer.visitor.locale)
    }
}

/// Files what came to a desk and accepts it; both once, however often the same `key` is sent. What cannot be accepted
/// is filed all the same: its status tells. `also` is written with the step that ends it, and knows all that was
/// recorded.
pub async fn take_in(
    app: &App,
    actor: &Actor,
    filing: Filing,
    key: &str,
    also: Also,
) -> Result<Taken, StepError> {
    let filed = steps::file(app, actor, filing, key).await?;
    if filed.dossier.progress.status == Status::Registered {
        let competent_unit = filed.dossier.filing.competent_unit.clone();
        let accept = Action::Accept { competent_unit, note: String::new() };
        let (before, with_filing) = (filed.recorded.clone(), Arc::clone(&also));
        let with_filing: Also =
            Arc::new(move |tx, accepted| with_filing(tx, &after(before.clone(), accepted.clone())));
        match steps::take_on_and(app, actor, &filed.loaded(), None, accept, with_filing).await {
            Ok(accepted) => return Ok(after(filed.recorded, accepted)),
            Err(StepError::Refused(_) | StepError::Stale(_)) => {}
            Err(error) => return Err(error),
        }
    }
    let ended = filed.clone();
    app.store.write(move |tx| also(tx, &ended)).await?;
    Ok(filed)
}

/// A step with what the one before it recorded.
fn after(mut before: Vec<Recorded>, taken: Taken) -> Taken {
    before.extend(taken.recorded);
    Taken { recorded: before, ..taken }
}

/// An empty page, or one with a procedure chosen beforehand.
pub async fn blank(
    State(app): State<App>,
    officer: Officer,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let receiver = Receiver::at(&officer)?;
    let mut form = Form::new();
    form.set("kind", "citizen");
    if let Some(desk) = receiver.desks.first() {
        form.set("desk", desk.as_str());
    }
    form.set("procedure", &wanted.thu_tuc);
    form.set("draft", &wanted.nhap);
    let version = version(&app, &wanted.thu_tuc).await?;
    if let Some(version) = &version {
        Offer::of(version, &form).fill(&app, &mut form);
    } else if !wanted.thu_tuc.is_empty() {
        form.refuse_at("procedure", "procedure-text", officer.visitor.locale.t("intake.procedure_unknown"));
    }
    show(&app, &officer, &headers, form, version.as_ref(), None).await
}

/// The page sent: shows the papers of another choice, or files and accepts.
pub async fn sent(
    State(app): State<App>,
    officer: Officer,
    headers: HeaderMap,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let locale = officer.visitor.locale;
    let receiver = Receiver::at(&officer)?;
    let typed = form.value("procedure").to_owned();
    let typed = if typed.is_empty() { form.value("procedure-text").trim().to_owned() } else { typed };
    form.set("procedure", &typed);
    let Some(version) = version(&app, &typed).await? else {
        form.refuse_at("procedure", "procedure-text", locale.t("intake.procedure_unknown"));
        if form.checked("accept") {
            fields::applicant(&mut form, locale);
            fields::representative(&mut form, locale);
        }
        return show(&app, &officer, &headers, form, None, None).await;
    };
    let offer = Offer::of(&version, &form);
    if form.value("mark") == offer.mark() && files::press(&app, &officer, &version, &mut form).await? {
        return show(&app, &officer, &headers, form, Some(&version), None).await;
    }
    if form.value("mark") != offer.mark() || !form.checked("accept") {
        let is_late = form.checked("accept");
        offer.fill(&app, &mut form);
        let notice = is_late.then(|| locale.t("intake.changed").to_owned());
        return show(&app, &officer, &headers, form, Some(&version), notice).await;
    }
    let gathered = Gathered::load(&app, &officer, &mut form, &version).await?;
    let Some(filing) = fields::filing(&app, &receiver, &offer, &mut form, &gathered.files) else {
        return show(&app, &officer, &headers, form, Some(&version), None).await;
    };
    // Without its key one intake could not be told from another of the same officer.
    if form.text("submit_key").is_none() {
        form.refuse_at("submit_key", "accept", locale.t("intake.send_again"));
        return show(&app, &officer, &headers, form, Some(&version), None).await;
    }
    let actor = officer.person.actor();
    let key = format!("counter/{}/{}", officer.person.id, form.value("submit_key"));
    let process = filing.process.clone();
    // The done page tells from the status when it was filed and not accepted.
    let dossier =
        match take_in(&app, &actor, filing, &key, files::handed_in(&app, &officer, gathered.id)).await {
            Ok(taken) => taken.dossier,
            Err(StepError::Refused(refusal)) => {
                let problem = words::refusal(locale, &app.office(), &process, &refusal);
                return show(&app, &officer, &headers, form, Some(&version), Some(problem)).await;
            }
            Err(error) => return Err(words::page_error(locale, &app.office(), &process, error)),
        };
    let last = guard::set_cookie(&app, LAST_COOKIE, version.code.as_str(), Some(LAST_SECONDS));
    let to = format!("{PATH}/xong/{}", dossier.code);
    Ok(([(header::SET_COOKIE, last)], Redirect::to(&to)).into_response())
}

/// The version in force today of the procedure with this code, as far as anything can be filed for it.
pub async fn version(app: &App, code: &str) -> Result<Option<ProcedureVersion>, PageError> {
    let Ok(code) = code.trim().parse::<ProcedureCode>() else { return Ok(None) };
    let day = office_time::day_of(app.clock.now());
    Ok(app.store.read(move |tx| procedures::in_force(tx, &code, day)).await?)
}

async fn show(
    app: &App,
    officer: &Officer,
    headers: &HeaderMap,
    mut form: Form,
    version: Option<&ProcedureVersion>,
    notice: Option<String>,
) -> Result<Response, PageError> {
    let locale = officer.visitor.locale;
    let office = app.office();
    if form.text("submit_key").is_none() {
        form.set("submit_key", app.random.uuid(app.clock.now()).to_string());
    }
    let choices = |names: &[&str], prefix: &str| -> Vec<Choice> {
        names.iter().map(|name| Choice::new(*name, locale.t(&format!("intake.{prefix}_{name}")))).collect()
    };
    let gathered = match version {
        Some(version) => Some(Gathered::load(app, officer, &mut form, version).await?),
        None => None,
    };
    // On an empty page only: whoever is in the middle of one is not asked about others.
    let unfinished = match version {
        Some(_) => Vec::new(),
        None => files::unfinished(app, officer).await?,
    };
    let offer = version.zip(gathered).map(|(version, gathered)| {
        let offer = Offer::of(version, &form);
        let with_slot = |paper: PaperLine| {
            let slot = gathered.slot(&paper.key, &paper.name, &form, locale);
            (paper, slot)
        };
        Offered {
            cases: offer.cases(),
            limits: offer.limits(locale),
            papers: offer.papers(&form, locale).into_iter().map(with_slot).collect(),
            limits_of_files: portal::limits(app, locale),
            plain_limits: portal::plain_limits(app, locale),
            size_max: app.config.upload.resumable_bytes_max,
            count_max: PER_COMPONENT_MAX,
            fees: offer.fee_lines(&form, locale),
            copies: choices(&["original", "copy", "electronic"], "copy"),
            units: offer::units(app, locale),
            channels: choices(&["counter", "post"], "channel"),
            ways: choices(&["desk", "online", "post"], "way"),
        }
    });
    let status = if form.has_errors() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let receiver = Receiver::at(officer)?;
    let page = IntakePage {
        page: Page::new(app, &officer.visitor, locale.t("intake.title")),
        shown: version.map_or_else(
            || form.value("procedure-text").to_owned(),
            |version| format!("{} – {}", version.code, version.name),
        ),
        last: cookie(headers, LAST_COOKIE).filter(|code| code.parse::<ProcedureCode>().is_ok()),
        warnings: fields::warnings(&form, locale),
        unfinished,
        desks: receiver.desks.iter().map(|desk| Choice::new(desk.as_str(), office.unit_name(desk))).collect(),
        kinds: choices(&["citizen", "company", "household"], "kind"),
        sexes: choices(&["nam", "nu"], "sex"),
        capacities: fields::capacities(locale),
        is_represented: fields::is_represented(&form),
        typed: form,
        notice,
        offer,
    };
    Ok(render_as(status, &page))
}

/// Procedures offered while typing.
#[derive(Debug, Serialize)]
pub struct Suggestions {
    options: Vec<Suggestion>,
}

#[derive(Debug, Serialize)]
struct Suggestion {
    value: String,
    label: String,
    note: String,
}

/// The procedures in force whose name, code or keywords hold every word typed, accents or not.
pub async fn suggest(
    State(app): State<App>,
    officer: Officer,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Suggestions>, PageError> {
    Receiver::at(&officer)?;
    let day = office_time::day_of(app.clock.now());
    let listed = app.store.read(move |tx| procedures::listing(tx, day)).await?;
    let query = fold(wanted.q.trim());
    let mut found: Vec<(bool, usize, Suggestion)> = Vec::new();
    for one in listed.into_iter().filter(|one| one.is_in_force && !one.is_outline) {
        let text = fold(&format!("{} {} {}", one.code, one.name, one.keywords.join(" ")));
        if !query.split_whitespace().all(|word| text.contains(word)) {
            continue;
        }
        let is_exact = text.contains(&query);
        let field = one.fields.first().map(|field| field.name.clone()).unwrap_or_default();
        let note = format!("{} · {field}", one.code);
        let value = one.code.to_string();
        found.push((!is_exact, one.name.len(), Suggestion { value, label: one.name, note }));
    }
    found.sort_by_key(|one| (one.0, one.1));
    let options = found.into_iter().take(SUGGESTED_MAX).map(|(_, _, one)| one).collect();
    Ok(Json(Suggestions { options }))
}
