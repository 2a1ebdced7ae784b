//! My work and my unit's work: what is due next first, with exact counts.

mod asked;
mod rows;

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use motcua_db::DbError;
use motcua_domain::dossier::{Channel, Office as _, Status};
use motcua_domain::identity::fold;
use motcua_domain::unit::UnitCode;

use crate::app::App;
use crate::desk::bulk::bar::{Bar, Tried};
use crate::desk::export;
use crate::desk::store::{self, Choices, Counts, Whose};
use crate::desk::view;
use crate::office::Snapshot;
use crate::web::error::PageError;
use crate::web::form::Choice;
use crate::web::locale::Locale;
use crate::web::page::{Page, render_as};
use crate::web::visitor::{Officer, encode};
pub use asked::{Asked, Of, TABS, begins, ends, filter, mine_of, of_units};
use asked::{href, read_after};
use rows::{RowWords, rows_of};

/// Rows of a page.
const PAGE_ROWS: usize = 50;

/// One tab with its count.
struct Tab {
    label: &'static str,
    href: String,
    count: i64,
    is_current: bool,
    is_urgent: bool,
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
