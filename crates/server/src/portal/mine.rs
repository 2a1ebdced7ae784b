//! "My dossiers": one row each, with what is expected of me and by when.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::Timestamp;
use motcua_domain::dossier::{Office as _, Status};
use serde::Deserialize;

use crate::app::App;
use crate::calendar::words;
use crate::dossier::words::time_left;
use crate::office::Snapshot;
use crate::portal::start;
use crate::portal::store::{self, MyDossier, Show};
use crate::web::error::PageError;
use crate::web::locale::Locale;
use crate::web::page::{Page, render};
use crate::web::visitor::{Citizen, encode};

/// Dossiers on one page.
const PAGE_ROWS: usize = 20;

#[derive(Template)]
#[template(path = "portal/mine.html")]
struct MinePage {
    page: Page,
    is_closed: bool,
    open: i64,
    closed: i64,
    drafts: usize,
    rows: Vec<Line>,
    first: String,
    next: String,
}

/// One dossier of the list.
struct Line {
    code: String,
    href: String,
    procedure: String,
    applicant: String,
    status: i64,
    status_words: &'static str,
    whereabouts: String,
    expected: String,
    is_my_turn: bool,
}

/// Which part of the list.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    /// `xong` for those that are over.
    #[serde(default)]
    pub loc: String,
    /// The row after which the page begins: instant, underscore, code.
    #[serde(default)]
    pub sau: String,
}

/// The list.
pub async fn list(
    State(app): State<App>,
    citizen: Citizen,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let locale = citizen.visitor.locale;
    let owner = citizen.person.id;
    let is_closed = wanted.loc == "xong";
    let show = if is_closed { Show::Closed } else { Show::Open };
    let after = wanted.sau.split_once('_').map(|(at, code)| (at.to_owned(), code.to_owned()));
    let is_first = after.is_none();
    let found = app.store.read(move |tx| {
        let after = after.as_ref().map(|(at, code)| (at.as_str(), code.as_str()));
        let rows =
            store::my_dossiers(tx, owner, show, after, i64::try_from(PAGE_ROWS + 1).unwrap_or(i64::MAX))?;
        Ok::<_, motcua_db::DbError>((rows, store::count_my_dossiers(tx, owner)?))
    });
    let (mut rows, (open, closed)) = found.await?;
    let has_more = PAGE_ROWS < rows.len();
    rows.truncate(PAGE_ROWS);
    let base = if is_closed { "/ho-so?loc=xong" } else { "/ho-so" };
    let join = if is_closed { '&' } else { '?' };
    let next = rows
        .last()
        .filter(|_| has_more)
        .map(|last| format!("{base}{join}sau={}", encode(&format!("{}_{}", last.submitted_at, last.code))));
    let (office, now) = (app.office(), app.clock.now());
    let drafts = start::open_drafts(&app, &citizen).await?.len();
    Ok(render(&MinePage {
        page: Page::new(&app, &citizen.visitor, locale.t("portal.my_dossiers")),
        is_closed,
        open,
        closed,
        drafts,
        rows: rows.into_iter().map(|row| line(row, &office, now, locale)).collect(),
        first: if is_first { String::new() } else { base.to_owned() },
        next: next.unwrap_or_default(),
    }))
}

fn line(row: MyDossier, office: &Snapshot, now: Timestamp, locale: Locale) -> Line {
    let unit = row.competent_unit.as_deref().unwrap_or(&row.receiving_unit);
    let status = Status::from_number(row.status);
    let whereabouts =
        unit.parse().map_or_else(|_| unit.to_owned(), |code| office.unit_name_in(locale, &code));
    let expected = expected(&row, status, office, now, locale);
    let is_my_turn = matches!(status, Some(Status::AwaitingSupplement | Status::AwaitingPayment));
    Line {
        href: format!("/ho-so/{}", row.code),
        code: row.code,
        procedure: row.procedure_name,
        applicant: row.applicant_name,
        status: row.status,
        status_words: status.map_or("", |status| locale.t(&format!("status.{}", status.name()))),
        whereabouts,
        expected,
        is_my_turn,
    }
}

/// What happens next, and by when.
fn expected(
    row: &MyDossier,
    status: Option<Status>,
    office: &Snapshot,
    now: Timestamp,
    locale: Locale,
) -> String {
    let unit = row.competent_unit.as_deref().unwrap_or(&row.receiving_unit).parse().ok();
    let calendar = unit.as_ref().map(|unit| office.calendar_of(unit));
    let parsed = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<Timestamp>().ok());
    let (due, wait) = (parsed(&row.due_at), parsed(&row.wait_until));
    let left = |due: Option<Timestamp>| {
        calendar.zip(due).map(|(calendar, due)| time_left(locale, calendar, now, due))
    };
    let say = |key: &str, due: Option<Timestamp>| match left(due) {
        Some(left) => locale.say(key).arg("left", left).to_string(),
        None => locale.t(&format!("{key}_no_due")).to_owned(),
    };
    match status {
        Some(Status::Registered) => say("portal.expect_answer", wait),
        Some(Status::Accepted | Status::InProcess) if row.paused => {
            locale.t("portal.expect_paused").to_owned()
        }
        Some(Status::Accepted | Status::InProcess) => say("portal.expect_result", due),
        Some(Status::AwaitingSupplement) if wait.is_some_and(|wait| wait < now) => {
            let ended = wait.map(|at| words::instant(locale, at)).unwrap_or_default();
            locale.say("portal.supplement_lapsed").arg("at", ended).to_string()
        }
        Some(Status::AwaitingSupplement) => say("portal.expect_supplement", wait),
        Some(Status::AwaitingPayment) => say("portal.expect_payment", wait),
        Some(Status::Settled) => locale.t("portal.expect_collect").to_owned(),
        Some(Status::Returned) => over("portal.over_returned", row, locale),
        Some(Status::Refused) => over("portal.over_refused", row, locale),
        Some(Status::Withdrawn) => over("portal.over_withdrawn", row, locale),
        Some(Status::Stopped) => over("portal.over_stopped", row, locale),
        None => String::new(),
    }
}

fn over(key: &str, row: &MyDossier, locale: Locale) -> String {
    let ended = row.ended_at.as_ref().and_then(|text| text.parse::<Timestamp>().ok());
    let when = ended.map(|at| words::day(locale, motcua_domain::office_time::day_of(at)));
    locale.say(key).arg("when", when.unwrap_or_default()).to_string()
}
