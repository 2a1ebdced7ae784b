//! Clocks that stand, so that none is forgotten: which, why, who stopped them until when, and how often each officer did.

pub mod store;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use motcua_db::DbError;
use motcua_domain::access::{Scope, list_scope};
use motcua_domain::calendar::PauseKind;
use motcua_domain::dossier::Office as _;
use motcua_domain::dossier::event::{Event, Recorded};
use motcua_domain::office_time::{day_of, from_office};
use motcua_domain::unit::UnitCode;
use serde::Deserialize;

use crate::app::App;
use crate::calendar::words as calendar_words;
use crate::clock::stored;
use crate::office::Snapshot;
use crate::web::error::PageError;
use crate::web::form::Choice;
use crate::web::locale::Locale;
use crate::web::page::{Page, render};
use crate::web::visitor::{Officer, encode};
use crate::web::wording;
use store::{Standing, Tally};

const HREF: &str = "/can-bo/tam-dung";
/// Rows of a page.
const PAGE_ROWS: usize = 50;
/// Months that can be asked for: this one and those before it.
const MONTHS: i32 = 24;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    unit: String,
    /// `2026-11`.
    month: String,
    after: String,
}

/// A clock that stands, in words.
struct StandingWords {
    code: String,
    href: String,
    applicant: String,
    procedure: String,
    kind: String,
    reason: String,
    legal_base: String,
    by: String,
    unit: String,
    since: String,
    until: String,
    is_over: bool,
}

struct TallyWords {
    unit: String,
    by: String,
    numbers: [String; 5],
}

#[derive(Template)]
#[template(path = "desk/pauses.html")]
struct PausesPage {
    page: Page,
    units: Vec<Choice>,
    months: Vec<Choice>,
    unit: String,
    month: String,
    month_title: String,
    rows: Vec<StandingWords>,
    shown: String,
    next: String,
    tallies: Vec<TallyWords>,
}

/// The page.
pub async fn page(
    State(app): State<App>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let locale = officer.visitor.locale;
    let office = app.office();
    let now = app.clock.now();
    let scope = list_scope(&officer.person.actor());
    let units = choices(&office, &scope);
    let unit: Option<UnitCode> = asked.unit.parse().ok().filter(|_| !asked.unit.is_empty());
    let this_month = day_of(now).first_of_month();
    let months: Vec<Date> = (0..MONTHS).map(|back| this_month.saturating_sub(back.months())).collect();
    let month = months.iter().copied().find(|month| month_value(*month) == asked.month).unwrap_or(this_month);
    let (from, to) = (starts(month), starts(month.saturating_add(1.month())));
    let after = asked.after.split_once('~').map(|(at, code)| (at.to_owned(), code.to_owned()));
    let limit = i64::try_from(PAGE_ROWS + 1).unwrap_or(i64::MAX);
    let of = unit.clone();
    // Who stopped clocks is found by unit: those who see everything ask for every unit there ever was.
    let everywhere = office.units().history().map(|unit| unit.code.clone()).collect();
    let stopped_in = match &scope {
        Scope::Everything => Scope::Units { units: everywhere, owner: officer.person.id },
        Scope::Units { .. } | Scope::Owner(_) => scope.clone(),
    };
    let (total, mut standing, tallies) = app
        .store
        .read(move |tx| {
            let total = store::standing_count(tx, &scope, of.as_ref())?;
            let standing = store::standing(tx, &scope, of.as_ref(), after.as_ref(), limit)?;
            Ok::<_, DbError>((total, standing, store::tallies(tx, &stopped_in, of.as_ref(), &from, &to)?))
        })
        .await?;
    let more = PAGE_ROWS < standing.len();
    standing.truncate(PAGE_ROWS);
    let next = match standing.last() {
        Some(Standing { entry, .. }) if more => format!(
            "{HREF}?unit={}&month={}&after={}",
            encode(&asked.unit),
            month_value(month),
            encode(&format!("{}~{}", entry.at, entry.dossier_code))
        ),
        Some(_) | None => String::new(),
    };
    let mut rows = Vec::with_capacity(standing.len());
    for one in &standing {
        let recorded =
            one.entry.recorded(&app.secrets).map_err(|error| DbError::Decode(error.to_string()))?;
        rows.extend(words(locale, &office, now, one, &recorded));
    }
    Ok(render(&PausesPage {
        page: Page::new(&app, &officer.visitor, locale.t("desk.pauses")),
        units,
        months: months
            .iter()
            .map(|month| Choice::new(month_value(*month), month_words(locale, *month)))
            .collect(),
        unit: unit.map(|unit| unit.to_string()).unwrap_or_default(),
        month: month_value(month),
        month_title: locale.say("desk.pauses_month").arg("month", month_words(locale, month)).to_string(),
        shown: locale.say("desk.pauses_shown").arg("n", rows.len()).arg("all", total).to_string(),
        rows,
        next,
        tallies: tallies.into_iter().map(|one| tally(locale, &office, one)).collect(),
    }))
}

/// The units a list can be narrowed to.
fn choices(office: &Snapshot, scope: &Scope) -> Vec<Choice> {
    let named = |unit: &UnitCode| Choice::new(unit.as_str(), office.unit_name(unit));
    match scope {
        Scope::Everything => office.units().all_on(office.day).map(|unit| named(&unit.code)).collect(),
        Scope::Units { units, .. } => units.iter().map(named).collect(),
        Scope::Owner(_) => Vec::new(),
    }
}

fn words(
    locale: Locale,
    office: &Snapshot,
    now: Timestamp,
    standing: &Standing,
    recorded: &Recorded,
) -> Option<StandingWords> {
    let (kind, reason, legal_base, until) = stopped(&recorded.event)?;
    Some(StandingWords {
        code: standing.entry.dossier_code.clone(),
        href: format!("/can-bo/ho-so/{}", standing.entry.dossier_code),
        applicant: standing.applicant_name.clone(),
        procedure: standing.procedure_name.clone(),
        kind: calendar_words::capital(calendar_words::pause_kind(locale, kind)),
        reason: reason.to_owned(),
        legal_base: legal_base.to_owned(),
        by: recorded.author.name.clone(),
        unit: recorded.author.unit.as_ref().map(|unit| office.unit_name(unit)).unwrap_or_default(),
        since: wording::office_datetime_short(recorded.at),
        until: wording::office_datetime_short(until),
        is_over: until < now,
    })
}

/// Why and until when an event stops the clock; `None` for events that do not.
fn stopped(event: &Event) -> Option<(PauseKind, &str, &str, Timestamp)> {
    if let Event::SupplementRequested { reason, legal_base, answer_by, .. } = event {
        return Some((PauseKind::Supplement, reason, legal_base, *answer_by));
    }
    if let Event::PaymentRequested { name, legal_base, pay_by, .. } = event {
        return Some((PauseKind::Finance, name, legal_base, *pay_by));
    }
    if let Event::Paused { reason, legal_base, until } = event {
        return Some((PauseKind::Other, reason, legal_base, *until));
    }
    None
}

fn tally(locale: Locale, office: &Snapshot, tally: Tally) -> TallyWords {
    let unit = tally.unit_code.as_deref().and_then(|unit| unit.parse::<UnitCode>().ok());
    let all = tally.supplements + tally.payments + tally.others;
    TallyWords {
        unit: unit.map(|unit| office.unit_name(&unit)).unwrap_or_default(),
        by: tally.author_name,
        numbers: [tally.supplements, tally.payments, tally.others, all, tally.standing]
            .map(|number| wording::number(locale, number)),
    }
}

fn starts(month: Date) -> String {
    stored(from_office(month.into()))
}

fn month_value(month: Date) -> String {
    format!("{:04}-{:02}", month.year(), month.month())
}

fn month_words(locale: Locale, month: Date) -> String {
    let name = calendar_words::month_name(locale, month.month());
    locale.say("desk.month_of_year").arg("month", name).arg("year", month.year()).to_string()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_month_is_named_as_people_do_and_begins_at_midnight_here() {
        let month = date(2026, 8, 1);
        assert_eq!(month_value(month), "2026-08");
        assert_eq!(month_words(Locale::Vi, month), "tháng 8 năm 2026");
        assert_eq!(starts(month), "2026-07-31T17:00:00.000Z");
    }
}
