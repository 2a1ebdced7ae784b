//! Search over the dossiers an officer may see: by code, name or number.

pub mod export;
pub mod store;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::Timestamp;
use motcua_db::Tx;
use motcua_domain::access::list_scope;
use motcua_domain::dossier::Status;
use motcua_domain::identity::fold;
use serde::Deserialize;

use crate::app::App;
use crate::desk::export as downloads;
use crate::web::error::PageError;
use crate::web::locale::Locale;
use crate::web::page::{Page, render};
use crate::web::visitor::{Officer, encode};
use crate::web::wording;
use store::{By, Found, Place, Wanted};

/// Where the search is.
const HOME: &str = "/can-bo/tra-cuu";
/// Rows of a page.
const PAGE_ROWS: usize = 50;

/// What is searched for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    after: String,
}

struct FoundWords {
    code: String,
    applicant: String,
    procedure: String,
    status: &'static str,
    status_number: i64,
    submitted: String,
    due: String,
}

#[derive(Template)]
#[template(path = "desk/search.html")]
struct SearchPage {
    page: Page,
    q: String,
    found: Vec<FoundWords>,
    next: String,
    shown: String,
    exports: [(&'static str, String); 2],
}

impl FoundWords {
    fn new(locale: Locale, one: Found) -> Self {
        let instant =
            |text: &str| text.parse::<Timestamp>().map(wording::office_datetime_short).unwrap_or_default();
        Self {
            status: Status::from_number(one.status)
                .map_or("", |status| locale.t(&format!("status.{}", status.name()))),
            status_number: one.status,
            submitted: instant(&one.submitted_at),
            due: one.due_at.as_deref().map(instant).unwrap_or_default(),
            code: one.code,
            applicant: one.applicant_name,
            procedure: one.procedure_name,
        }
    }
}

/// The page of results; a whole code goes straight to its dossier.
pub async fn page(
    State(app): State<App>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let locale = officer.visitor.locale;
    let q = asked.q.trim().to_owned();
    let after = read_after(&asked.after);
    let mut found = Vec::new();
    if !q.is_empty() {
        let scope = list_scope(&officer.person.actor());
        let wanted = wanted(&app, &q);
        let find = move |tx: &mut Tx<'_>| store::find(tx, &scope, &wanted, after.as_ref(), PAGE_ROWS + 1);
        found = app.store.read(find).await?;
    }
    if let [only] = found.as_slice()
        && only.code.eq_ignore_ascii_case(&q)
    {
        return Ok(Redirect::to(&format!("/can-bo/ho-so/{}", only.code)).into_response());
    }
    let more = PAGE_ROWS < found.len();
    found.truncate(PAGE_ROWS);
    let next = match found.last() {
        Some(last) if more => {
            let Place { by, key, code } = &last.place;
            let after = format!("{}~{code}~{key}", by.name());
            format!("{HOME}?q={}&after={}", encode(&q), encode(&after))
        }
        Some(_) | None => String::new(),
    };
    let shown = locale.say("desk.search_shown").arg("n", found.len()).to_string();
    let exports = downloads::links(HOME, &format!("q={}", encode(&q)));
    let found = found.into_iter().map(|one| FoundWords::new(locale, one)).collect();
    let page = Page::new(&app, &officer.visitor, locale.t("desk.search"));
    Ok(render(&SearchPage { page, q, found, next, shown, exports }))
}

/// What was typed, as it is searched for.
fn wanted(app: &App, q: &str) -> Wanted {
    let words: Vec<&str> = q.split_whitespace().collect();
    let number = words.concat().replace('.', "");
    Wanted { text: fold(&words.join(" ")), number_hash: app.secrets.keyed_hash("applicant", &number) }
}

/// Where a page begins; what cannot be read is the first page.
fn read_after(text: &str) -> Option<Place> {
    let mut parts = text.splitn(3, '~');
    let (by, code, key) = (By::from_name(parts.next()?)?, parts.next()?, parts.next()?);
    Some(Place { by, key: key.to_owned(), code: code.to_owned() })
}
