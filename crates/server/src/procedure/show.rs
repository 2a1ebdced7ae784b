//! One procedure at one look: for whom, which papers in my case, how long, how much, where, online or not.

use askama::Template;
use axum::extract::{Path, Query as Asked, State};
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::Time;
use motcua_domain::calendar::{Calendar, Limit};
use motcua_domain::dossier::Office as _;
use motcua_domain::office_time;
use motcua_domain::procedure::{
    Case, CaseKey, ChannelTerms, Competence, OnlineLevel, ProcedureCode, ProcedureVersion, Purpose,
};
use serde::Deserialize;

use crate::app::App;
use crate::calendar::words as calendar_words;
use crate::config::Contact;
use crate::office::Snapshot;
use crate::procedure::words::{self, PaperWords, TermsWords, paragraphs};
use crate::web::error::PageError;
use crate::web::form::{Choice, Field, parse_day};
use crate::web::locale::Locale;
use crate::web::page::{Page, render};
use crate::web::visitor::Visitor;
use crate::web::wording;

/// What stands in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Address {
    /// The case chosen.
    case: String,
    /// The day on which the dossier would be filed.
    day: String,
}

/// The papers of the case chosen.
struct CaseWords {
    handed_in: Vec<PaperWords>,
    shown: Vec<PaperWords>,
    advice: Vec<PaperWords>,
}

/// When a dossier filed at an instant would be due.
struct DueWords {
    limit: String,
    due: String,
    explanation: Vec<String>,
    is_provisional: bool,
}

/// The account fees are paid into.
struct PayeeWords {
    holder: String,
    account: String,
    unit: String,
}

/// A text the procedure rests on.
struct BaseWords {
    number: String,
    name: String,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own that the page says or does not say"
)]
#[derive(Template)]
#[template(path = "procedure/show.html")]
struct ShowPage {
    page: Page,
    code: String,
    caption: String,
    is_outline: bool,
    subjects: String,
    limit: String,
    fees: String,
    agency: String,
    online: String,
    results: String,
    start_href: Option<String>,
    requirements: Vec<String>,
    cases: Vec<Choice>,
    chosen: Field,
    papers: Option<CaseWords>,
    terms: Vec<TermsWords>,
    has_cases_in_terms: bool,
    day: Field,
    filed: String,
    dues: Vec<DueWords>,
    payee: Option<PayeeWords>,
    steps: Vec<String>,
    bases: Vec<BaseWords>,
    publication: Option<String>,
    postal: bool,
    non_territorial: bool,
    source: Option<String>,
    version: String,
    contact: Contact,
}

/// The page of a procedure in force.
pub async fn page(
    State(app): State<App>,
    visitor: Visitor,
    Path(code): Path<String>,
    Asked(address): Asked<Address>,
) -> Result<Response, PageError> {
    let code: ProcedureCode = code.parse().map_err(|_| PageError::NotFound)?;
    let version = app.catalogue.in_force(&app, &code).await?.ok_or(PageError::NotFound)?;
    let page = Page::new(&app, &visitor, words::name(visitor.locale, &version));
    Ok(render(&view(&app, page, &version, &address)))
}

fn view(app: &App, page: Page, version: &ProcedureVersion, address: &Address) -> ShowPage {
    let locale = page.locale;
    let office = app.office();
    let chosen = chosen_case(version, &address.case);
    let terms = terms_of(version, chosen.map(|case| &case.key));
    let (filed_at, filed, day) = filed(app, locale, &address.day);
    let names = |names: Vec<&str>| names.join(", ");
    ShowPage {
        code: version.code.to_string(),
        caption: names(version.fields.iter().map(|field| field.name.as_str()).collect()),
        is_outline: version.is_outline(),
        subjects: names(version.subjects.iter().map(|subject| subject.name.as_str()).collect()),
        limit: words::limits_in_short(locale, version),
        fees: words::fees_in_short(locale, version),
        agency: version.executing_agency.clone(),
        online: words::online_with_reason(locale, &version.online),
        results: names(version.results.iter().map(|result| result.name.as_str()).collect()),
        start_href: start_href(version),
        requirements: paragraphs(&version.requirements),
        cases: cases(version),
        chosen: Field::new("case", chosen.map(|case| case.key.as_str()).unwrap_or_default()),
        papers: chosen.map(|case| case_words(locale, case)),
        dues: dues(locale, calendar(&office, version), &terms, filed_at),
        terms: words::terms(locale, version, &terms),
        has_cases_in_terms: terms.iter().any(|terms| terms.case.is_some()),
        day,
        filed,
        payee: payee(&office, version, app),
        steps: paragraphs(&version.steps),
        bases: bases(version),
        publication: publication(locale, version),
        postal: version.postal,
        non_territorial: version.non_territorial,
        source: version.source.as_ref().map(|source| source.name.clone()),
        version: locale
            .say("procedure.version_in_force")
            .arg("version", version.version)
            .arg("day", wording::day_short(version.valid_from))
            .to_string(),
        contact: app.config.contact.clone(),
        page,
    }
}

/// The case in the address, or the only one there is.
fn chosen_case<'a>(version: &'a ProcedureVersion, asked: &str) -> Option<&'a Case> {
    match version.cases.as_slice() {
        [only] => Some(only),
        several => several.iter().find(|case| case.key.as_str() == asked),
    }
}

fn cases(version: &ProcedureVersion) -> Vec<Choice> {
    if version.cases.len() < 2 {
        return Vec::new();
    }
    version.cases.iter().map(|case| Choice::new(case.key.as_str(), &case.name)).collect()
}

/// The terms of the case chosen, or all of them.
fn terms_of<'a>(version: &'a ProcedureVersion, case: Option<&CaseKey>) -> Vec<&'a ChannelTerms> {
    match case {
        Some(case) => version
            .open_channels()
            .into_iter()
            .flat_map(|channel| version.terms(channel, Some(case)))
            .collect(),
        None => version.channels.iter().collect(),
    }
}

fn case_words(locale: Locale, case: &Case) -> CaseWords {
    CaseWords {
        handed_in: words::papers(locale, case, Purpose::HandIn),
        shown: words::papers(locale, case, Purpose::Present),
        advice: words::papers(locale, case, Purpose::Note),
    }
}

/// It can be begun here when there is something to file and a way to file it online.
fn start_href(version: &ProcedureVersion) -> Option<String> {
    let is_online = version.online != OnlineLevel::None;
    (is_online && !version.is_outline()).then(|| format!("/nop-ho-so/{}", version.code))
}

/// When the dossier would be filed: now, or first thing on the day asked for. With the words for it and the field.
fn filed(app: &App, locale: Locale, asked: &str) -> (Timestamp, String, Field) {
    let now = app.clock.now();
    let mut field = Field::new("day", asked);
    let day = parse_day(asked).filter(|day| office_time::day_of(now) <= *day);
    if let Some(day) = day {
        let start = office_time::from_office(day.to_datetime(Time::midnight()));
        let words = locale.say("procedure.filed_on").arg("day", wording::day(locale, day));
        return (start, words.to_string(), field);
    }
    if !asked.trim().is_empty() {
        field.error = Some(locale.t("procedure.day_not_read").to_owned());
    }
    let words = locale.say("procedure.filed_now").arg("instant", wording::office_datetime(locale, now));
    (now, words.to_string(), field)
}

/// The calendar of the unit that is competent for certain, or the one that holds for everybody.
fn calendar<'a>(office: &'a Snapshot, version: &ProcedureVersion) -> &'a Calendar {
    match &version.competence {
        Competence::Unit(unit) => office.calendar_of(unit),
        Competence::Receiving | Competence::Area(_) | Competence::Dispatcher => office.calendar(None),
    }
}

fn dues(locale: Locale, calendar: &Calendar, terms: &[&ChannelTerms], filed_at: Timestamp) -> Vec<DueWords> {
    let mut limits: Vec<Limit> = Vec::new();
    for limit in terms.iter().filter_map(|terms| terms.limit) {
        if !limits.contains(&limit) {
            limits.push(limit);
        }
    }
    limits
        .into_iter()
        .map(|limit| {
            let due = calendar.due(filed_at, limit);
            DueWords {
                limit: wording::limit(locale, limit),
                due: wording::office_datetime(locale, due.at),
                explanation: calendar_words::explanation(locale, &due.explanation),
                is_provisional: !due.provisional_years.is_empty(),
            }
        })
        .collect()
}

/// The account is certain only where the unit is.
fn payee(office: &Snapshot, version: &ProcedureVersion, app: &App) -> Option<PayeeWords> {
    let Competence::Unit(code) = &version.competence else { return None };
    let today = office_time::day_of(app.clock.now());
    let unit = office.units().on(code, today)?;
    let fee = version.channels.iter().flat_map(|terms| &terms.fees).next()?;
    let payee = unit.payee_for(fee.kind, &fee.code, today)?;
    Some(PayeeWords { holder: payee.holder.clone(), account: payee.account.clone(), unit: unit.name.clone() })
}

fn bases(version: &ProcedureVersion) -> Vec<BaseWords> {
    let words = |base: &motcua_domain::procedure::LegalBase| BaseWords {
        number: base.number.clone(),
        name: base.name.clone(),
    };
    version.legal_bases.iter().map(words).collect()
}

fn publication(locale: Locale, version: &ProcedureVersion) -> Option<String> {
    let decision = version.publication.as_ref()?;
    let day = decision.date.map(wording::day_short).unwrap_or_default();
    let words =
        locale.say("procedure.published_by").arg("number", &decision.number).arg("issuer", &decision.issuer);
    Some(words.arg("day", day).to_string())
}
