//! One unit: what it is, where it stands, what it was, who works in it, what runs there.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use motcua_db::DbError;
use motcua_domain::dossier::Office as _;
use motcua_domain::unit::{Share, Unit, UnitCode, Units};

use crate::account::office_log::pages::{LogLine, lines};
use crate::account::office_log::store as log_store;
use crate::account::people::store::{Post, posts_in};
use crate::account::roles;
use crate::app::App;
use crate::office::Snapshot;
use crate::unit::admin::{HOME, fields, keeper, stretches};
use crate::unit::{steps, store};
use crate::web::done::Done;
use crate::web::error::PageError;
use crate::web::locale::Locale;
use crate::web::page::{Page, render};
use crate::web::visitor::Officer;
use crate::web::wording;

/// People, entries of the log and units below that are shown here; the rest is one link away.
const ROWS_MAX: usize = 20;

/// Key of the sentence on what was just done.
fn sentence(done: &Done) -> Option<&'static str> {
    match done.word() {
        "them" => Some("unit.done_added"),
        "sua" => Some("unit.done_changed"),
        "dong" => Some("unit.done_closed"),
        "mo-lai" => Some("unit.done_reopened"),
        _ => None,
    }
}

#[derive(Template)]
#[template(path = "unit/show.html")]
struct ShowPage {
    page: Page,
    done: Option<&'static str>,
    base: String,
    seen: String,
    unit: Unit,
    /// In words: there today, to come, over.
    state: &'static str,
    tone: &'static str,
    facts: Vec<(&'static str, String)>,
    parent: Option<Link>,
    below: Vec<Link>,
    more_below: usize,
    stops: Vec<StopWords>,
    payees: Vec<PayeeWords>,
    before: Vec<Heir>,
    after: Vec<Heir>,
    history: Vec<Stretch>,
    dossiers: i64,
    people: Vec<PersonLine>,
    people_all: usize,
    log: Vec<LogLine>,
}

struct Link {
    href: String,
    words: String,
}

struct StopWords {
    kind: &'static str,
    name: String,
    address: String,
    phone: String,
}

struct PayeeWords {
    what: String,
    account: String,
    holder: String,
    since: String,
}

/// A unit that went into another.
struct Heir {
    link: Link,
    share: &'static str,
    day: String,
}

struct Stretch {
    name: String,
    from: String,
    last: String,
}

struct PersonLine {
    href: String,
    name: String,
    roles: String,
}

/// Shows one unit.
pub async fn page(
    State(app): State<App>,
    officer: Officer,
    Path(code): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    keeper(&app, &officer)?;
    let stretches = stretches(&app, &code).await?;
    let office = app.office();
    let day = office.day;
    let unit = stretches.iter().find(|unit| unit.is_valid_on(day)).or(stretches.last());
    let unit = unit.ok_or(PageError::NotFound)?.clone();
    let locale = officer.visitor.locale;
    let named = unit.code.clone();
    let (dossiers, posts, mut entries) = app
        .store
        .read(move |tx| {
            let subject = format!("unit:{named}");
            Ok::<_, DbError>((
                store::running_dossiers(tx, &named)?,
                posts_in(tx, &named, day)?,
                log_store::newest(tx, Some(&subject), None)?,
            ))
        })
        .await?;
    entries.truncate(ROWS_MAX);
    let mut below: Vec<Link> =
        office.units().children_on(&unit.code, day).map(|child| link(&child.code, &child.name)).collect();
    let more_below = below.len().saturating_sub(ROWS_MAX);
    below.truncate(ROWS_MAX);
    let (state, tone) = if unit.valid_to.is_some_and(|last| last < day) {
        ("unit.is_closed", "grey")
    } else if day < unit.valid_from {
        ("unit.is_future", "yellow")
    } else {
        ("unit.is_open", "green")
    };
    Ok(render(&ShowPage {
        page: Page::new(&app, &officer.visitor, &unit.name),
        done: sentence(&done),
        base: format!("{HOME}/{}", unit.code),
        seen: steps::seal(&stretches),
        state: locale.t(state),
        tone,
        facts: facts(locale, &unit),
        parent: unit.parent.as_ref().map(|parent| link(parent, &office.unit_name(parent))),
        below,
        more_below,
        stops: stops(locale, &unit),
        payees: payees(locale, &unit),
        before: predecessors(locale, office.units(), &unit.code),
        after: successors(locale, &office, &unit),
        history: history(&stretches),
        dossiers,
        people_all: posts.len(),
        people: people(locale, &posts),
        log: lines(locale, &entries),
        unit,
    }))
}

fn link(code: &UnitCode, name: &str) -> Link {
    Link { href: format!("{HOME}/{code}"), words: format!("{name} ({code})") }
}

/// The first of the people, each once with every role.
fn people(locale: Locale, posts: &[Post]) -> Vec<PersonLine> {
    let of_one = posts.chunk_by(|one, other| one.person == other.person);
    let line = |held: &[Post]| {
        let first = held.first()?;
        let roles: Vec<&str> =
            held.iter().map(|post| roles::name(locale, post.tenure.appointment.role)).collect();
        Some(PersonLine {
            href: format!("/can-bo/quan-tri/nguoi-dung/{}", first.person),
            name: first.name.clone(),
            roles: roles.join("; "),
        })
    };
    of_one.filter_map(line).take(ROWS_MAX).collect()
}

fn facts(locale: Locale, unit: &Unit) -> Vec<(&'static str, String)> {
    let area = unit.area.as_ref().map(ToString::to_string).unwrap_or_default();
    let last = unit.valid_to.map_or_else(|| locale.t("unit.no_end").to_owned(), wording::day_short);
    let facts = [
        ("unit.field_code", unit.code.to_string()),
        ("unit.field_name_en", unit.name_en.clone().unwrap_or_default()),
        ("unit.field_level", fields::level(locale, unit.level).to_owned()),
        ("unit.field_area", area),
        ("unit.field_from", wording::day_short(unit.valid_from)),
        ("unit.field_last", last),
        ("unit.field_symbol", unit.symbol.clone()),
        ("unit.field_superior", unit.superior_name.clone()),
        ("unit.field_place", unit.place.clone()),
        ("unit.field_address", unit.address.clone()),
        ("unit.field_phone", unit.phone.clone()),
        ("unit.field_email", unit.email.clone()),
    ];
    facts
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| (locale.t(key), value))
        .collect()
}

fn stops(locale: Locale, unit: &Unit) -> Vec<StopWords> {
    let words = |stop: &motcua_domain::unit::OneStop| StopWords {
        kind: fields::stop_kind(locale, stop.kind),
        name: stop.name.clone(),
        address: stop.address.clone(),
        phone: stop.phone.clone(),
    };
    unit.one_stops.iter().map(words).collect()
}

fn payees(locale: Locale, unit: &Unit) -> Vec<PayeeWords> {
    let words = |payee: &motcua_domain::unit::PayeeAccount| {
        let kind = payee.fee_kind.map(|kind| crate::procedure::words::fee_kind(locale, kind).to_owned());
        let what: Vec<String> = kind.into_iter().chain(payee.fee_code.clone()).collect();
        let last = payee.valid_to.map(wording::day_short).unwrap_or_default();
        PayeeWords {
            what: if what.is_empty() { locale.t("unit.every_fee").to_owned() } else { what.join(" ") },
            account: format!("{} ({})", payee.account, payee.bank_bin),
            holder: payee.holder.clone(),
            since: format!("{} – {last}", wording::day_short(payee.valid_from)),
        }
    };
    unit.payees.iter().map(words).collect()
}

fn share(locale: Locale, share: Share) -> &'static str {
    locale.t(&format!("unit.share_{}", super::close::share_name(share)))
}

/// The units that went into this one, and when.
fn predecessors(locale: Locale, units: &Units, code: &UnitCode) -> Vec<Heir> {
    let mut found = Vec::new();
    for old in units.history() {
        for successor in old.successors.iter().filter(|successor| successor.unit == *code) {
            found.push(Heir {
                link: link(&old.code, &old.name),
                share: share(locale, successor.share),
                day: old.valid_to.map(wording::day_short).unwrap_or_default(),
            });
        }
    }
    found
}

fn successors(locale: Locale, office: &Snapshot, unit: &Unit) -> Vec<Heir> {
    let heir = |successor: &motcua_domain::unit::Successor| Heir {
        link: link(&successor.unit, &office.unit_name(&successor.unit)),
        share: share(locale, successor.share),
        day: unit.valid_to.map(wording::day_short).unwrap_or_default(),
    };
    unit.successors.iter().map(heir).collect()
}

/// Every stretch, latest first; nothing when there is only one.
fn history(stretches: &[Unit]) -> Vec<Stretch> {
    if stretches.len() < 2 {
        return Vec::new();
    }
    let words = |unit: &Unit| Stretch {
        name: unit.name.clone(),
        from: wording::day_short(unit.valid_from),
        last: unit.valid_to.map(wording::day_short).unwrap_or_default(),
    };
    stretches.iter().rev().map(words).collect()
}
