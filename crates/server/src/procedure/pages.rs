//! The way in: home, search over procedures, browsing by field and level.

use askama::Template;
use axum::Json;
use axum::extract::{Query as Asked, State};
use axum::response::Response;
use motcua_domain::procedure::ProcedureLevel;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::procedure::catalogue::Loaded;
use crate::procedure::search::{QUERY_CHARS_MAX, Query};
use crate::procedure::store::Listed;
use crate::procedure::words;
use crate::web::error::PageError;
use crate::web::form::Choice;
use crate::web::locale::Locale;
use crate::web::page::{Page, render};
use crate::web::visitor::{Officer, Visitor, encode};

/// Procedures on a page.
const PAGE_SIZE: usize = 20;
/// Pages that can be asked for: more than the national catalogue has.
const PAGES_MAX: usize = 1_000;
/// Procedures shown on the home page.
const FEATURED_MAX: usize = 8;
/// Procedures offered while somebody types.
const OFFERED_MAX: usize = 10;

/// A procedure in a list.
pub struct Row {
    code: String,
    name: String,
    facts: Vec<String>,
}

impl Row {
    fn new(locale: Locale, listed: &Listed) -> Self {
        let fields: Vec<&str> = listed.fields.iter().map(|field| field.name.as_str()).collect();
        let mut facts =
            vec![listed.code.to_string(), fields.join(", "), words::levels(locale, &listed.levels)];
        facts.push(if listed.is_outline {
            locale.t("procedure.outline_short").to_owned()
        } else {
            words::online(locale, &listed.online).to_owned()
        });
        facts.retain(|fact| !fact.is_empty());
        Self { code: listed.code.to_string(), name: listed.name.clone(), facts }
    }
}

/// The rows of a page. The index holds official names only: for readers of English each version is asked for its own.
async fn rows(app: &App, locale: Locale, found: Vec<&Listed>) -> Result<Vec<Row>, PageError> {
    let mut rows: Vec<Row> = found.iter().map(|listed| Row::new(locale, listed)).collect();
    if locale == Locale::En {
        for (row, listed) in rows.iter_mut().zip(found) {
            if let Some(version) = app.catalogue.version(app, &listed.code, listed.version).await? {
                row.name = words::name(locale, &version);
            }
        }
    }
    Ok(rows)
}

/// A way to browse.
pub struct Way {
    href: String,
    label: String,
    count: usize,
}

#[derive(Template)]
#[template(path = "procedure/home.html")]
struct HomePage {
    page: Page,
    featured: Vec<Row>,
    levels: Vec<Way>,
    total: usize,
}

/// The home page: one search box, what can be done online, where to look up.
pub async fn home(State(app): State<App>, visitor: Visitor) -> Result<Response, PageError> {
    let today = app.catalogue.today(&app).await?;
    let page = Page::new(&app, &visitor, visitor.locale.t("procedure.home_title"));
    let featured = rows(&app, page.locale, today.index.featured(FEATURED_MAX)).await?;
    let levels = levels(&today, page.locale);
    Ok(render(&HomePage { featured, levels, total: today.index.len(), page }))
}

fn levels(today: &Loaded, locale: Locale) -> Vec<Way> {
    let way = |level: ProcedureLevel| Way {
        href: format!("/thu-tuc?level={}", level.name()),
        label: words::level(locale, level).to_owned(),
        count: today.index.count_of_level(level),
    };
    ProcedureLevel::ALL.into_iter().map(way).filter(|way| 0 < way.count).collect()
}

/// What stands in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Address {
    q: String,
    field: String,
    level: String,
    online: String,
    page: String,
}

impl Address {
    fn query(&self) -> Query {
        let online = ["full", "partial", "none"].into_iter().find(|name| *name == self.online);
        Query {
            text: self.q.chars().take(QUERY_CHARS_MAX).collect(),
            field: (!self.field.is_empty()).then(|| self.field.clone()),
            level: ProcedureLevel::from_name(&self.level),
            online: online.map(str::to_owned),
        }
    }

    /// The page asked for, from 1. Anything else is the first one.
    fn page(&self) -> usize {
        self.page.parse().ok().filter(|page| (1..=PAGES_MAX).contains(page)).unwrap_or(1)
    }

    fn href(&self, text: &str, page: usize) -> String {
        let page = if 1 < page { page.to_string() } else { String::new() };
        let pairs = [
            ("q", text),
            ("field", self.field.as_str()),
            ("level", self.level.as_str()),
            ("online", self.online.as_str()),
            ("page", page.as_str()),
        ];
        let written: Vec<String> = pairs
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        if written.is_empty() { "/thu-tuc".to_owned() } else { format!("/thu-tuc?{}", written.join("&")) }
    }
}

#[derive(Template)]
#[template(path = "procedure/search.html")]
struct SearchPage {
    page: Page,
    query: Query,
    rows: Vec<Row>,
    total: usize,
    /// Nothing was typed and nothing chosen: ways to browse are offered.
    is_start: bool,
    field_value: String,
    level_value: String,
    online_value: String,
    fields: Vec<Choice>,
    levels: Vec<Choice>,
    online: Vec<Choice>,
    level_ways: Vec<Way>,
    field_ways: Vec<Way>,
    suggestion: Option<(String, String)>,
    without_filters: Option<String>,
    shown: String,
    previous: String,
    next: String,
}

/// Search and browse.
pub async fn search(
    State(app): State<App>,
    visitor: Visitor,
    Asked(address): Asked<Address>,
) -> Result<Response, PageError> {
    let today = app.catalogue.today(&app).await?;
    let locale = visitor.locale;
    let query = address.query();
    let number = address.page();
    let found = today.index.search(&query, (number - 1) * PAGE_SIZE, PAGE_SIZE);
    let has_filters = query.field.is_some() || query.level.is_some() || query.online.is_some();
    let unfiltered = Query { text: query.text.clone(), ..Query::default() };
    let is_empty = found.total == 0;
    let without_filters = is_empty && has_filters && 0 < today.index.search(&unfiltered, 0, 1).total;
    let suggestion = if is_empty { today.index.suggest(&query) } else { None };
    let from = (number - 1) * PAGE_SIZE + 1;
    let shown = locale
        .say("procedure.shown")
        .arg("from", from)
        .arg("to", (from - 1) + found.entries.len())
        .arg("total", found.total)
        .to_string();
    let title = if query.text.trim().is_empty() {
        locale.t("procedure.search_title").to_owned()
    } else {
        locale.say("procedure.search_title_of").arg("text", query.text.trim()).to_string()
    };
    let next =
        if number * PAGE_SIZE < found.total { address.href(&query.text, number + 1) } else { String::new() };
    let fields = today.index.fields();
    let view = SearchPage {
        page: Page::new(&app, &visitor, title),
        rows: rows(&app, locale, found.entries).await?,
        total: found.total,
        is_start: query == Query::default() && number == 1,
        field_value: query.field.clone().unwrap_or_default(),
        level_value: query.level.map(ProcedureLevel::name).unwrap_or_default().to_owned(),
        online_value: query.online.clone().unwrap_or_default(),
        fields: fields
            .iter()
            .map(|field| Choice::new(&field.name, format!("{} ({})", field.name, field.count)))
            .collect(),
        levels: ProcedureLevel::ALL
            .into_iter()
            .map(|of| Choice::new(of.name(), words::level(locale, of)))
            .collect(),
        online: ["full", "partial", "none"]
            .into_iter()
            .map(|of| Choice::new(of, words::online(locale, of)))
            .collect(),
        level_ways: levels(&today, locale),
        field_ways: fields
            .iter()
            .map(|field| Way {
                href: format!("/thu-tuc?field={}", encode(&field.name)),
                label: field.name.clone(),
                count: field.count,
            })
            .collect(),
        suggestion: suggestion.map(|text| (address.href(&text, 1), text)),
        without_filters: without_filters
            .then(|| Address { q: query.text.clone(), ..Address::default() }.href(&query.text, 1)),
        shown,
        previous: if 1 < number { address.href(&query.text, number - 1) } else { String::new() },
        next,
        query,
    };
    Ok(render(&view))
}

/// What is offered while an officer types.
#[derive(Debug, Serialize)]
pub struct Offer {
    options: Vec<OfferedProcedure>,
}

/// A procedure to choose.
#[derive(Debug, Serialize)]
pub struct OfferedProcedure {
    value: String,
    label: String,
    note: String,
}

/// Procedures that answer what an officer has typed so far, as the type-ahead of the desk takes them. Only what can
/// be filed is offered: a line of the catalogue without papers and terms cannot.
pub async fn offer(
    State(app): State<App>,
    officer: Officer,
    Asked(address): Asked<Address>,
) -> Result<Json<Offer>, PageError> {
    let today = app.catalogue.today(&app).await?;
    let found = today.index.search(&address.query(), 0, OFFERED_MAX * 4);
    let fileable = found.entries.into_iter().filter(|listed| !listed.is_outline).take(OFFERED_MAX);
    let locale = officer.visitor.locale;
    let options = fileable
        .map(|listed| OfferedProcedure {
            value: listed.code.to_string(),
            label: listed.name.clone(),
            note: format!("{} · {}", listed.code, words::levels(locale, &listed.levels)),
        })
        .collect();
    Ok(Json(Offer { options }))
}
