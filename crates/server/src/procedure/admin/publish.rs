//! Publishing a draft by a decision, and ending a procedure.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::civil::Date;
use motcua_domain::procedure::{ProcedureVersion, PublicationDecision, PublicationKind};

use crate::app::App;
use crate::import::clean_line;
use crate::procedure::admin::compare::{Section, sections};
use crate::procedure::admin::draft::{ProblemLine, find, problem_lines, write};
use crate::procedure::admin::{HOME, code, keeper, versions};
use crate::procedure::check::check;
use crate::procedure::difference;
use crate::procedure::draft::Draft;
use crate::procedure::steps;
use crate::unit::admin::fields::day;
use crate::web::error::PageError;
use crate::web::form::{Choice, Form};
use crate::web::guard::SafeForm;
use crate::web::locale::Locale;
use crate::web::page::{Page, render, render_as};
use crate::web::visitor::Officer;
use crate::web::wording;

/// Working days between the decision of a province and the day the text takes effect (domain rules §6).
const ON_TIME_WORKING_DAYS: u32 = 5;
/// Longest number of a decision, in characters.
const NUMBER_CHARS_MAX: usize = 100;

#[derive(Template)]
#[template(path = "procedure/admin/publish.html")]
struct PublishPage {
    page: Page,
    answers: Form,
    base: String,
    name: String,
    version: i64,
    problems: Vec<ProblemLine>,
    is_new: bool,
    sections: Vec<Section>,
    kinds: Vec<Choice>,
    /// The decision comes too late, in words; asked about before it is published.
    late: Option<String>,
}

/// Shows what would be published, against what is in force, and asks for the decision.
pub async fn ask(
    State(app): State<App>,
    officer: Officer,
    Path(text): Path<String>,
) -> Result<Response, PageError> {
    keeper(&app, &officer)?;
    let draft = find(&app, &code(&text)?).await?.ok_or(PageError::NotFound)?;
    let mut form = Form::from_pairs([("kind", if draft.base_version == 0 { "new" } else { "amended" })]);
    form.set_date("from", app.office().day);
    Ok(render(&publish_page(&app, &officer, &draft, form, None).await?))
}

/// Publishes the draft.
pub async fn publish(
    State(app): State<App>,
    officer: Officer,
    Path(text): Path<String>,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let doer = keeper(&app, &officer)?;
    let code = code(&text)?;
    let locale = officer.visitor.locale;
    let Some(draft) = find(&app, &code).await? else {
        // Whoever presses twice has published once.
        let last = versions(&app, &code).await?.pop();
        let decided = last.and_then(|last| last.publication).map(|decision| decision.number);
        if decided.is_some_and(|number| number == clean_line(form.value("decision"))) {
            return Ok(Redirect::to(&format!("{HOME}/{code}?xong=cong-bo")).into_response());
        }
        return Err(PageError::Refused(locale.t("catalogue.stale").to_owned()));
    };
    let office = app.office();
    let checked = check(locale, &office, &draft);
    let is_stale = form.number("version") != Some(draft.version);
    if is_stale {
        form.refuse_at("version", "decision", locale.t("catalogue.stale_check"));
    }
    let decision = decision(&mut form, locale, false);
    let from = needed_day(&mut form, locale, "from", "catalogue.valid_from", "catalogue.mend_valid_from");
    let late = decision.as_ref().and_then(|decision| late(&app, locale, decision));
    let is_late = late.is_some() && !form.checked("late");
    if is_late && !form.has_errors() {
        form.refuse("late", locale.t("catalogue.mend_late"));
    }
    let (Some(decision), Some(from), true, false) =
        (decision, from, checked.problems.is_empty(), form.has_errors())
    else {
        let page = publish_page(&app, &officer, &draft, form, late).await?;
        return Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    let version = ProcedureVersion {
        publication: Some(decision),
        valid_from: from,
        valid_to: None,
        source: None,
        ..checked.version
    };
    write(&app, &doer, locale, move |tx, app, doer| steps::publish(tx, app, doer, &draft, &version)).await?;
    Ok(Redirect::to(&format!("{HOME}/{code}?xong=cong-bo")).into_response())
}

#[derive(Template)]
#[template(path = "procedure/admin/end.html")]
struct EndPage {
    page: Page,
    answers: Form,
    base: String,
    name: String,
}

/// Asks by which decision a procedure ends, and when.
pub async fn ask_end(
    State(app): State<App>,
    officer: Officer,
    Path(text): Path<String>,
) -> Result<Response, PageError> {
    keeper(&app, &officer)?;
    let all = versions(&app, &code(&text)?).await?;
    let last = all.last().ok_or(PageError::NotFound)?;
    let form = Form::from_pairs([("seen", last.version.to_string())]);
    Ok(render(&end_page(&app, &officer, last, form)))
}

/// Ends a procedure.
pub async fn end(
    State(app): State<App>,
    officer: Officer,
    Path(text): Path<String>,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let doer = keeper(&app, &officer)?;
    let code = code(&text)?;
    let locale = officer.visitor.locale;
    let all = versions(&app, &code).await?;
    let version = all.last().ok_or(PageError::NotFound)?;
    if form.number("seen") != Some(i64::from(version.version)) {
        form.set("seen", version.version.to_string());
        form.refuse_at("seen", "decision", locale.t("catalogue.overtaken"));
    }
    let decision = decision(&mut form, locale, true);
    let last = needed_day(&mut form, locale, "last", "catalogue.last_day", "catalogue.mend_last_day");
    let first = all.iter().map(|version| version.valid_from).min();
    if last.zip(first).is_some_and(|(last, first)| last < first) {
        form.refuse_at("last", "last-day", locale.t("catalogue.mend_last_before"));
    }
    let (Some(decision), Some(last), false) = (decision, last, form.has_errors()) else {
        return Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &end_page(&app, &officer, version, form)));
    };
    let (named, seen) = (code.clone(), version.version);
    write(&app, &doer, locale, move |tx, app, doer| steps::end(tx, app, doer, &named, seen, last, &decision))
        .await?;
    Ok(Redirect::to(&format!("{HOME}/{code}?xong=bai-bo")).into_response())
}

/// Reads the decision, and records what is wrong with each field. A decision that ends says so by itself.
fn decision(form: &mut Form, locale: Locale, ends: bool) -> Option<PublicationDecision> {
    let number = clean_line(form.value("decision"));
    if number.is_empty() || NUMBER_CHARS_MAX < number.chars().count() {
        form.refuse("decision", locale.t("catalogue.mend_decision"));
    }
    let date = needed_day(form, locale, "signed", "catalogue.signed", "catalogue.mend_signed");
    let kind = if ends {
        Some(PublicationKind::Abolished)
    } else {
        let kind = PublicationKind::ALL.into_iter().find(|kind| kind.name() == form.value("kind"));
        kind.filter(|kind| *kind != PublicationKind::Abolished)
    };
    if kind.is_none() {
        form.refuse("kind", locale.t("catalogue.mend_kind"));
    }
    let effective = day(form, locale, "effective", "catalogue.effective");
    (!form.has_errors()).then(|| PublicationDecision {
        number,
        date,
        effective,
        kind,
        issuer: clean_line(form.value("issuer")),
    })
}

fn needed_day(form: &mut Form, locale: Locale, name: &str, label: &str, mend: &str) -> Option<Date> {
    let read = day(form, locale, name, label);
    if read.is_none() {
        form.refuse_at(name, &format!("{name}-day"), locale.t(mend));
    }
    read
}

/// What is to be said when the decision was signed less than five working days before the text takes effect.
fn late(app: &App, locale: Locale, decision: &PublicationDecision) -> Option<String> {
    let (signed, effective) = (decision.date?, decision.effective?);
    let office = app.office();
    let calendar = office.calendar(None);
    let mut latest = effective;
    let mut counted = 0;
    while counted < ON_TIME_WORKING_DAYS {
        latest = latest.yesterday().ok()?;
        counted += u32::from(calendar.is_working_day(latest));
    }
    if signed <= latest {
        return None;
    }
    let words = locale
        .say("catalogue.late")
        .arg("effective", wording::day_short(effective))
        .arg("latest", wording::day_short(latest))
        .arg("signed", wording::day_short(signed));
    Some(words.to_string())
}

async fn publish_page(
    app: &App,
    officer: &Officer,
    draft: &Draft,
    answers: Form,
    late: Option<String>,
) -> Result<PublishPage, PageError> {
    let locale = officer.visitor.locale;
    let office = app.office();
    let checked = check(locale, &office, draft);
    let base = format!("{HOME}/{}", draft.base.code);
    let all = versions(app, &draft.base.code).await?;
    let before = ProcedureVersion::in_force(&all, office.day).or(all.last());
    let found = before.map(|before| difference::between(locale, &office, before, &checked.version));
    let kinds = PublicationKind::ALL.into_iter().filter(|kind| *kind != PublicationKind::Abolished);
    let kind = |kind: PublicationKind| {
        Choice::new(kind.name(), locale.t(&format!("catalogue.kind_{}", kind.name())))
    };
    Ok(PublishPage {
        page: Page::new(app, &officer.visitor, locale.t("catalogue.publish_title")),
        answers,
        name: format!("{} {}", draft.base.code, draft.name()),
        version: draft.version,
        problems: problem_lines(&base, &checked.problems),
        is_new: before.is_none(),
        sections: sections(locale, found.unwrap_or_default()),
        kinds: kinds.map(kind).collect(),
        late,
        base,
    })
}

fn end_page(app: &App, officer: &Officer, version: &ProcedureVersion, answers: Form) -> EndPage {
    EndPage {
        page: Page::new(app, &officer.visitor, officer.visitor.locale.t("catalogue.end")),
        answers,
        base: format!("{HOME}/{}", version.code),
        name: format!("{} {}", version.code, version.name),
    }
}
