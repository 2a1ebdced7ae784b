//! One person: what the account is, which roles it has, what was done to it.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use motcua_domain::ids::PersonId;
use motcua_domain::office_time;

use crate::account::admin::access::Administrator;
use crate::account::admin::{Given, HOME};
use crate::account::office_log::pages::{LogLine, lines};
use crate::account::office_log::{self};
use crate::account::people::store::{self, PersonRow};
use crate::account::roles::{self, TenureLine};
use crate::account::ticket;
use crate::app::App;
use crate::web::done::Done;
use crate::web::error::PageError;
use crate::web::page::{Page, render};
use crate::web::wording;

/// Entries of the log shown here; the rest is one link away.
const LOG_ROWS: usize = 10;

/// Key of the sentence on what was just done.
fn sentence(done: &Done) -> Option<&'static str> {
    match done.word() {
        "them" => Some("account.done_added"),
        "sua" => Some("account.done_edited"),
        "mat-khau" => Some("account.done_password"),
        "xac-thuc" => Some("account.done_totp"),
        "khoa" => Some("account.done_closed"),
        "mo" => Some("account.done_opened"),
        "dang-xuat" => Some("account.done_signed_out"),
        "vai-tro" => Some("account.done_appointed"),
        "thoi" => Some("account.done_ended"),
        _ => None,
    }
}

#[derive(askama::Template)]
#[template(path = "account/admin/show.html")]
struct ShowPage {
    page: Page,
    done: Option<&'static str>,
    /// A password that was just given. This is the only time it is shown.
    given: Option<String>,
    row: PersonRow,
    base: String,
    since: String,
    locked_until: Option<String>,
    tenures: Vec<TenureLine>,
    log: Vec<LogLine>,
    is_self: bool,
}

/// Shows one person.
pub async fn page(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<String>,
    Query(done): Query<Done>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let id: PersonId = id.parse().map_err(|_| PageError::NotFound)?;
    let row = app.store.read(move |tx| store::find(tx, id)).await?.ok_or(PageError::NotFound)?;
    let locale = administrator.visitor.locale;
    let subject = format!("person:{id}");
    let mut entries = app.store.read(move |tx| office_log::store::newest(tx, Some(&subject), None)).await?;
    entries.truncate(LOG_ROWS);
    let given = ticket::read::<Given>(&app, &headers).filter(|given| given.person == id);
    let now = app.clock.now();
    let template = ShowPage {
        page: Page::new(&app, &administrator.visitor, &row.name),
        done: sentence(&done),
        given: given.map(|given| given.password),
        base: format!("{HOME}/{id}"),
        since: wording::day_short(office_time::day_of(row.created_at)),
        locked_until: row.locked_until.filter(|until| now < *until).map(wording::office_datetime_short),
        tenures: roles::list(&app, locale, id).await?,
        log: lines(locale, &entries),
        is_self: id == administrator.person.id,
        row,
    };
    let shows_password = template.given.is_some();
    let mut response = render(&template);
    if shows_password {
        let withdrawn: HeaderValue = ticket::withdraw(&app);
        response.headers_mut().append(header::SET_COOKIE, withdrawn);
    }
    Ok(response)
}
