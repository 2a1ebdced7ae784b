//! My work and my unit's work: what is due next first, with exact counts.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use motcua_db::DbError;
use motcua_domain::access::{Scope, list_scope};
use motcua_domain::dossier::{Channel, Office as _, Status};
use motcua_domain::identity::fold;
use motcua_domain::office_time::from_office;
use motcua_domain::procedure::ElectronicProcess;
use motcua_domain::unit::UnitCode;
use serde::Deserialize;

use crate::app::App;
use crate::calendar::words as calendar_words;
use crate::clock::stored;
use crate::desk::bulk;
use crate::desk::bulk::bar::{Bar, Tried};
use crate::desk::export;
use crate::desk::store::{self, After, Choices, Counts, Filter, Listed, Whose};
use crate::desk::view;
use crate::dossier::row::APPLICANTS_TABS;
use crate::dossier::store::NO_DUE;
use crate::dossier::words;
use crate::office::Snapshot;
use crate::web::error::PageError;
use crate::web::form::{Choice, parse_day};
use crate::web::locale::Locale;
use crate::web::page::{Page, render_as};
use crate::web::visitor::{Officer, Person, encode};
use crate::web::wording;

/// Rows of a page.
const PAGE_ROWS: usize = 50;
/// Tabs in the order of the day's work; the empty one is everything.
pub const TABS: [&str; 10] =
    ["", "late", "soon", "intake", "hand_over", "process", "approve", "supplement", "payment", "return"];

/// Everything that narrows a list is in the address, so that a link shares it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    tab: String,
    q: String,
    unit: String,
    procedure: String,
    field: String,
    channel: String,
    status: String,
    officer: String,
    due_from: String,
    due_until: String,
    after: String,
}

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// My work.
    Mine,
    /// The work of my units.
    Units,
}

impl Of {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Mine, Self::Units];

    /// As the API and saved views name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Units => "units",
        }
    }

    /// The list of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.name() == name)
    }

    /// Where its page is.
    pub fn path(self) -> &'static str {
        match self {
            Self::Mine => "/can-bo",
            Self::Units => "/can-bo/don-vi",
        }
    }

    /// Its page, narrowed by the part of an address after `?`.
    pub fn href(self, query: &str) -> String {
        if query.is_empty() { self.path().to_owned() } else { format!("{}?{query}", self.path()) }
    }

    /// The sentence it is called by.
    pub fn title(self) -> &'static str {
        match self {
            Self::Mine => "desk.my_work",
            Self::Units => "desk.unit_work",
        }
    }

    /// Whose work it lists to this officer.
    pub fn whose(self, person: &Person) -> Whose {
        match self {
            Self::Mine => mine_of(person),
            Self::Units => of_units(person),
        }
    }
}

impl Asked {
    /// What stands in the part of an address after `?`; what nobody knows narrows nothing.
    pub fn of_query(query: &str) -> Self {
        let uri = format!("/?{query}").parse::<Uri>().ok();
        uri.and_then(|uri| Query::try_from_uri(&uri).ok()).map(|Query(asked)| asked).unwrap_or_default()
    }

    /// The part of an address after `?` that asks for this, from its first page on.
    pub fn query(&self) -> String {
        let pairs = self.pairs().into_iter().filter(|(name, value)| *name != "after" && !value.is_empty());
        pairs.map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&")
    }

    /// The same from the page on that is asked for.
    pub fn whole_query(&self) -> String {
        href("", self).trim_start_matches('?').to_owned()
    }

    /// What stands in the address, by name.
    fn pairs(&self) -> [(&'static str, &str); 11] {
        [
            ("tab", &self.tab),
            ("q", &self.q),
            ("unit", &self.unit),
            ("procedure", &self.procedure),
            ("field", &self.field),
            ("channel", &self.channel),
            ("status", &self.status),
            ("officer", &self.officer),
            ("due_from", &self.due_from),
            ("due_until", &self.due_until),
            ("after", &self.after),
        ]
    }

    /// Whether anything but the tab narrows the list.
    fn is_narrowed(&self) -> bool {
        self.pairs().iter().any(|(name, value)| !["tab", "after"].contains(name) && !value.is_empty())
    }

    /// Whether something is asked that stands below the first line of filters.
    fn is_narrowed_further(&self) -> bool {
        let Self { procedure, field, channel, status, officer, due_from, due_until, .. } = self;
        [procedure, field, channel, status, officer, due_from, due_until]
            .iter()
            .any(|asked| !asked.is_empty())
    }

    /// Whether a day was typed that is no day: it narrows nothing, and the page says so.
    fn has_no_day(&self) -> bool {
        [&self.due_from, &self.due_until].iter().any(|day| !day.trim().is_empty() && parse_day(day).is_none())
    }
}

/// One tab with its count.
struct Tab {
    label: &'static str,
    href: String,
    count: i64,
    is_current: bool,
    is_urgent: bool,
}

/// One row in words.
struct RowWords {
    code: String,
    href: String,
    applicant: String,
    procedure: String,
    step: String,
    status: &'static str,
    status_number: i64,
    unit: String,
    since: String,
    due: String,
    badge: Option<(&'static str, String)>,
    /// What its box sends.
    pick: String,
    is_ticked: bool,
}

#[derive(Template)]
#[template(path = "desk/list.html")]
struct ListPage {
    page: Page,
    tabs: Vec<Tab>,
    rows: Vec<RowWords>,
    units: Vec<Choice>,
    procedures: Vec<Choice>,
    channels: Vec<Choice>,
    officers: Vec<Choice>,
    fields: Vec<Choice>,
    statuses: Vec<Choice>,
    asked: Asked,
    path: &'static str,
    next: String,
    shown: String,
    empty: Empty,
    views: Vec<ViewLink>,
    save_view: String,
    exports: [(&'static str, String); 2],
    bulk: Option<Bar>,
    /// What is missing to do something to many rows.
    problem: String,
}

/// A saved view of this list.
struct ViewLink {
    name: String,
    href: String,
    is_current: bool,
}

/// What stands instead of an empty table, and where to go from there.
struct Empty {
    says: &'static str,
    next: &'static str,
    href: &'static str,
}

/// My work.
pub async fn mine(
    State(app): State<App>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    page(&app, &officer, asked, Of::Mine, None).await
}

/// Everything that waits for my units.
pub async fn unit(
    State(app): State<App>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    page(&app, &officer, asked, Of::Units, None).await
}

/// The work of an officer: in their charge, or in nobody's and of one of their roles.
pub fn mine_of(person: &Person) -> Whose {
    let posts = person.appointments.iter().filter(|post| post.role.works_on_dossiers()).cloned();
    Whose::Mine(person.id, posts.collect())
}

/// The work of the units whose dossiers an officer may read.
pub fn of_units(person: &Person) -> Whose {
    match list_scope(&person.actor()) {
        Scope::Everything => Whose::Everything,
        Scope::Units { units, .. } => Whose::Units(units.iter().map(ToString::to_string).collect()),
        Scope::Owner(_) => Whose::Units(Vec::new()),
    }
}

/// A page of a list; with `tried`, what is missing to do something to many rows.
pub async fn page(
    app: &App,
    officer: &Officer,
    mut asked: Asked,
    of: Of,
    tried: Option<Tried>,
) -> Result<Response, PageError> {
    let (path, whose) = (of.path(), of.whose(&officer.person));
    let locale = officer.visitor.locale;
    let office = app.office();
    let now = app.clock.now();
    if !TABS.contains(&asked.tab.as_str()) {
        asked.tab.clear();
    }
    let filter = filter(&asked, now);
    let after = read_after(&asked.after);
    let limit = i64::try_from(PAGE_ROWS + 1).unwrap_or(i64::MAX);
    let (query, from) = (filter.clone(), whose.clone());
    let (choices, counts, mut listed) = app
        .store
        .read(move |tx| {
            let choices = store::choices(tx, &from, query.unit.as_deref())?;
            let counts = store::counts(tx, &from, &query)?;
            Ok::<_, DbError>((choices, counts, store::list(tx, &from, &query, &after, limit)?))
        })
        .await?;
    let more = PAGE_ROWS < listed.len();
    listed.truncate(PAGE_ROWS);
    let next = match listed.last() {
        Some(last) if more => href(
            path,
            &Asked { after: format!("{}~{}~{}", last.due_at, last.code, last.step), ..asked.clone() },
        ),
        Some(_) | None => String::new(),
    };
    let total = counts.of(&asked.tab);
    let shown = locale.say("desk.shown").arg("n", listed.len()).arg("all", total).to_string();
    let rows = rows_of(app, locale, &listed, tried.as_ref()).await?;
    let tabs = tabs(locale, path, &asked, &counts);
    let units = unit_choices(&office, &whose);
    let empty = empty(locale, officer, &asked, path);
    let (views, save_view) = view_links(app, officer, of, &asked).await?;
    let exports = export::links(path, &asked.query());
    let (status_code, problem) = match &tried {
        Some(tried) => (StatusCode::UNPROCESSABLE_ENTITY, tried.problem.clone()),
        None => (StatusCode::OK, String::new()),
    };
    let bulk = Bar::of(officer, of, &asked, rows.len(), total, tried);
    let choice = |(value, label): (String, String)| Choice::new(value, label);
    let fields = field_choices(app, &choices).await?;
    let list_page = ListPage {
        page: Page::new(app, &officer.visitor, locale.t(of.title())),
        tabs,
        rows,
        units,
        procedures: choices.procedures.iter().map(|one| Choice::new(&*one.code, &*one.name)).collect(),
        channels: channel_choices(locale),
        statuses: status_choices(locale, &choices),
        officers: choices.officers.into_iter().map(choice).collect(),
        fields,
        asked,
        path,
        next,
        shown,
        empty,
        views,
        save_view,
        exports,
        bulk,
        problem,
    };
    Ok(render_as(status_code, &list_page))
}

/// The rows of a page in words, with the boxes that were ticked.
async fn rows_of(
    app: &App,
    locale: Locale,
    listed: &[Listed],
    tried: Option<&Tried>,
) -> Result<Vec<RowWords>, DbError> {
    let (office, now) = (app.office(), app.clock.now());
    let mut rows = Vec::with_capacity(listed.len());
    for row in listed {
        let process = process_of(app, row).await?;
        let mut words = row_words(locale, &office, &process, now, row);
        words.is_ticked = tried.is_some_and(|tried| tried.ticked.contains(&words.pick));
        rows.push(words);
    }
    Ok(rows)
}

/// The saved views of this list, and where this one can be saved when it is none of them.
async fn view_links(
    app: &App,
    officer: &Officer,
    of: Of,
    asked: &Asked,
) -> Result<(Vec<ViewLink>, String), DbError> {
    let current = asked.query();
    let seen = view::seen(app, &officer.person).await?.into_iter().filter(|view| view.of == of);
    let views: Vec<ViewLink> = seen
        .map(|view| ViewLink {
            is_current: view.query == current,
            href: of.href(&view.query),
            name: view.name,
        })
        .collect();
    let is_known = current.is_empty() || views.iter().any(|view| view.is_current);
    let add = || format!("{}/them?list={}&query={}", view::HOME, of.name(), encode(&current));
    Ok((views, if is_known { String::new() } else { add() }))
}

/// What the address asks for, as storage is asked.
pub fn filter(asked: &Asked, now: Timestamp) -> Filter {
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let status = Status::ALL.into_iter().find(|status| status.name() == asked.status);
    Filter {
        tab: some(&asked.tab).filter(|tab| TABS.contains(&tab.as_str())),
        text: some(&asked.q).map(|text| fold(&text)),
        procedure: some(&asked.procedure),
        field: some(&asked.field),
        unit: some(&asked.unit),
        channel: some(&asked.channel),
        status: status.map(|status| i64::from(status.number())),
        officer: some(&asked.officer),
        due_from: parse_day(&asked.due_from).map(begins),
        due_before: parse_day(&asked.due_until).map(ends),
        now: stored(now),
    }
}

/// The instant a day begins at the office.
pub fn begins(day: Date) -> String {
    stored(from_office(day.into()))
}

/// The instant a day is over at the office.
pub fn ends(day: Date) -> String {
    begins(day.saturating_add(1.day()))
}

fn tabs(locale: Locale, path: &str, asked: &Asked, counts: &Counts) -> Vec<Tab> {
    TABS.into_iter()
        .map(|name| Tab {
            label: locale.t(&format!("desk.tab_{}", if name.is_empty() { "all" } else { name })),
            href: href(path, &Asked { tab: name.to_owned(), after: String::new(), ..asked.clone() }),
            count: counts.of(name),
            is_current: asked.tab == name,
            is_urgent: name == "late",
        })
        .collect()
}

fn href(path: &str, asked: &Asked) -> String {
    let query: Vec<String> = asked
        .pairs()
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// Where a page begins; what cannot be read is the first page.
fn read_after(text: &str) -> After {
    let mut parts = text.splitn(3, '~');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(due_at), Some(code), Some(step)) => {
            After { due_at: due_at.to_owned(), code: code.to_owned(), step: step.to_owned() }
        }
        _ => After::default(),
    }
}

/// The units whose work a list may show: the choice is offered, and each row names its unit, where there are several.
fn unit_choices(office: &Snapshot, whose: &Whose) -> Vec<Choice> {
    let units: BTreeSet<UnitCode> = match whose {
        Whose::Mine(_, posts) => posts.iter().map(|post| post.unit.clone()).collect(),
        Whose::Units(codes) => codes.iter().filter_map(|code| code.parse().ok()).collect(),
        Whose::Everything => office.units().all_on(office.day).map(|unit| unit.code.clone()).collect(),
    };
    units.iter().map(|unit| Choice::new(unit.as_str(), office.unit_name(unit))).collect()
}

/// The doors a dossier comes in by.
fn channel_choices(locale: Locale) -> Vec<Choice> {
    let words = |channel: Channel| locale.t(&format!("dossier.channel_{}", channel.name()));
    Channel::ALL.into_iter().map(|channel| Choice::new(channel.name(), words(channel))).collect()
}

/// The statuses in a list.
fn status_choices(locale: Locale, choices: &Choices) -> Vec<Choice> {
    let status = |number: &i64| {
        let name = Status::from_number(*number)?.name();
        Some(Choice::new(name, locale.t(&format!("status.{name}"))))
    };
    choices.statuses.iter().filter_map(status).collect()
}

/// The fields of a list under the names that its procedures give them.
async fn field_choices(app: &App, choices: &Choices) -> Result<Vec<Choice>, DbError> {
    let mut fields = Vec::with_capacity(choices.fields.len());
    for (field, procedure) in &choices.fields {
        let known = choices.procedures.iter().find(|one| one.code == *procedure);
        let version = match known.map(|one| (one.code.parse(), u32::try_from(one.version))) {
            Some((Ok(code), Ok(version))) => app.catalogue.version(app, &code, version).await?,
            Some(_) | None => None,
        };
        let name = version.map_or_else(|| field.clone(), |version| version.field_name(field).to_owned());
        fields.push(Choice::new(field, name));
    }
    fields.sort_by_key(|choice| fold(&choice.label));
    Ok(fields)
}

/// Why a list is empty: the filter, a role that handles no dossiers, or a good day.
fn empty(locale: Locale, officer: &Officer, asked: &Asked, path: &str) -> Empty {
    let says = |key: &str| Empty { says: locale.t(key), next: "", href: "" };
    let reads = !matches!(of_units(&officer.person), Whose::Units(units) if units.is_empty());
    if !reads {
        return says("desk.role_has_no_work");
    }
    if asked.is_narrowed() {
        return says("desk.nothing_found");
    }
    if path == "/can-bo" {
        let next = locale.t("desk.see_unit_work");
        return Empty { next, href: "/can-bo/don-vi", ..says("desk.nothing_waits") };
    }
    says("desk.nothing_waits")
}

/// The process whose step waits: that of the version the dossier was filed under.
async fn process_of(app: &App, row: &Listed) -> Result<ElectronicProcess, DbError> {
    let version = match (row.procedure_code.parse(), u32::try_from(row.procedure_version)) {
        (Ok(code), Ok(version)) => app.catalogue.version(app, &code, version).await?,
        (Err(_), _) | (_, Err(_)) => None,
    };
    Ok(version.map_or_else(ElectronicProcess::default_process, |version| version.process()))
}

/// When a row is due: a badge where something is to be said, and the rest of the sentence.
fn due_words(
    locale: Locale,
    office: &Snapshot,
    now: Timestamp,
    row: &Listed,
) -> (Option<(&'static str, String)>, String) {
    let unit = row.unit_code.parse::<UnitCode>().ok();
    let due = (row.due_at != NO_DUE).then(|| row.due_at.parse::<Timestamp>().ok()).flatten();
    let calendar = unit.as_ref().map(|unit| office.calendar_of(unit));
    let (Some(due), Some(calendar)) = (due, calendar) else {
        return if row.paused {
            (Some(("paused", locale.t("desk.clock_stands").to_owned())), String::new())
        } else {
            let settled = row.tab == "return";
            (None, locale.t(if settled { "desk.result_is_there" } else { "desk.no_due" }).to_owned())
        };
    };
    if APPLICANTS_TABS.contains(&row.tab.as_str()) {
        let until = locale.say("desk.applicant_until").arg("at", calendar_words::instant(locale, due));
        return (Some(("paused", locale.t("desk.badge_paused").to_owned())), until.to_string());
    }
    if due < now {
        let (late, was_due) = if row.tab == "hand_over" {
            (locale.t("desk.badge_late_hand_over").to_owned(), "desk.hand_over_was_due")
        } else {
            (words::lateness(locale, calendar, now, due), "desk.work_was_due")
        };
        let at = calendar_words::instant(locale, due);
        return (Some(("late", late)), locale.say(was_due).arg("at", at).to_string());
    }
    let badge = (row.warn_at <= stored(now)).then(|| ("soon", locale.t("desk.badge_soon").to_owned()));
    (badge, words::time_left(locale, calendar, now, due))
}

fn row_words(
    locale: Locale,
    office: &Snapshot,
    process: &ElectronicProcess,
    now: Timestamp,
    row: &Listed,
) -> RowWords {
    let unit = row.unit_code.parse::<UnitCode>().ok();
    let (badge, due) = due_words(locale, office, now, row);
    let since = row.since.parse::<Timestamp>().map(wording::office_datetime_short).unwrap_or_default();
    let status =
        Status::from_number(row.status).map_or("", |status| locale.t(&format!("status.{}", status.name())));
    RowWords {
        code: row.code.clone(),
        href: format!("/can-bo/ho-so/{}", row.code),
        applicant: row.applicant_name.clone(),
        procedure: row.procedure_name.clone(),
        step: step_words(locale, process, row),
        status,
        status_number: row.status,
        unit: unit.map(|unit| office.unit_name(&unit)).unwrap_or_default(),
        since,
        due,
        badge,
        pick: bulk::pick(row),
        is_ticked: false,
    }
}

/// What waits, in words: a step of the process, or something outside it.
fn step_words(locale: Locale, process: &ElectronicProcess, row: &Listed) -> String {
    let step = row.step.as_str();
    if row.tab == "hand_over" {
        return locale.t("desk.work_hand_over").to_owned();
    }
    let outside = ["intake", "supplement", "payment", "dispatch"];
    if outside.contains(&step) {
        return locale.t(&format!("desk.work_{step}")).to_owned();
    }
    if step.starts_with("opinion:") {
        return locale.t("desk.work_opinion").to_owned();
    }
    step.parse().map_or_else(|_| step.to_owned(), |key| words::step(locale, process, &key))
}
