//! The page of one dossier: where it is, what is expected, everything that happened, and the proof of it.

mod expected;
mod proof;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use motcua_domain::dossier::{
    Action, ActionKind, Dossier, Office as _, Outcome, Paper, PaperSource, ReturnWay, Status, Verdict, time,
};
use motcua_domain::ids::MessageId;

use crate::app::App;
use crate::calendar::words;
use crate::dossier::row::is_paused;
use crate::dossier::steps;
use crate::portal::opened::Opened;
use crate::portal::timeline::{self, Item, Reading};
use crate::web::done::Done;
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::guard::SafeForm;
use crate::web::locale::Locale;
use crate::web::page::{Page, render_as};
use crate::web::visitor::Citizen;
use crate::web::wording;
use expected::{Expected, PayInto, expected, pay_into};
use proof::{Proof, proof};

/// Longest message, in characters.
const MESSAGE_CHARS_MAX: usize = 2_000;

#[derive(Template)]
#[template(path = "portal/dossier.html")]
struct DossierPage {
    page: Page,
    answers: Form,
    code: String,
    href: String,
    procedure: String,
    status: u8,
    status_words: &'static str,
    done: &'static str,
    expected: Expected,
    payment: Option<PayInto>,
    facts: Vec<(&'static str, String)>,
    result: Option<ResultLine>,
    items: Vec<Item>,
    clock: Vec<String>,
    papers: Vec<PaperLine>,
    fees: Vec<(String, String)>,
    messages: Vec<MessageLine>,
    may_write: bool,
    message_id: String,
    forms: Vec<PdfLine>,
    readings: Vec<Reading>,
    answered: Vec<(String, Vec<String>)>,
    proof: Proof,
    may_withdraw: bool,
}

/// The result.
struct ResultLine {
    title: String,
    verdict: &'static str,
    signer: String,
    when: String,
    href: String,
    name: String,
    advice: String,
}

/// One paper.
pub struct PaperLine {
    /// What it is.
    pub title: String,
    /// Name of the file; empty for paper.
    pub name: String,
    /// Size in words.
    pub size: String,
    /// Where it is read; empty for paper.
    pub href: String,
    /// How it came in.
    pub source: &'static str,
}

struct MessageLine {
    by: String,
    when: String,
    lines: Vec<String>,
    is_mine: bool,
}

/// A printed form.
pub struct PdfLine {
    /// Its name and number.
    pub name: String,
    /// Where it is read.
    pub href: String,
}

/// The page.
pub async fn show(
    State(app): State<App>,
    citizen: Citizen,
    Path(code): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    let opened = Opened::load(&app, &citizen, &code).await?;
    let done = match done.word() {
        "bo-sung" => "portal.done_supplement",
        "rut" => "portal.done_withdraw",
        "tin-nhan" => "portal.done_message",
        _ => "",
    };
    page(&app, &citizen, &opened, Form::new(), done).await
}

/// Sends a message to the office.
pub async fn message(
    State(app): State<App>,
    citizen: Citizen,
    Path(code): Path<String>,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let opened = Opened::load(&app, &citizen, &code).await?;
    let locale = opened.locale;
    let text = form.text("text").unwrap_or_default().to_owned();
    if text.is_empty() {
        form.refuse("text", locale.t("refusal.missing_message"));
    } else if MESSAGE_CHARS_MAX < text.chars().count() {
        let said = locale.say("portal.too_long").arg("what", locale.t("portal.message"));
        form.refuse("text", said.arg("limit", MESSAGE_CHARS_MAX).to_string());
    }
    if form.has_errors() {
        return page(&app, &citizen, &opened, form, "").await;
    }
    let id = form.value("id").parse().unwrap_or_else(|_| MessageId::new(app.random.uuid(app.clock.now())));
    let known = |id: MessageId| opened.dossier.progress.messages.iter().any(|message| message.id == id);
    if !known(id) {
        let action = Action::SendMessage { id, text };
        let taken = steps::take(&app, &citizen.person.actor(), &opened.dossier.code, None, action).await;
        taken.map_err(|error| opened.words().error(error))?;
    }
    Ok(Redirect::to(&format!("{}?xong=tin-nhan#tin-nhan", opened.href())).into_response())
}

async fn page(
    app: &App,
    citizen: &Citizen,
    opened: &Opened,
    answers: Form,
    done: &'static str,
) -> Result<Response, PageError> {
    let (dossier, locale, now) = (&opened.dossier, opened.locale, app.clock.now());
    let words = opened.words();
    let history = steps::history(app, &dossier.code).await.map_err(|error| words.error(error))?;
    let calendar = opened.office.calendar_of(dossier.responsible_unit());
    let clock = time::clock(dossier, calendar, now);
    let is_wrong = answers.has_errors();
    let status =
        if is_wrong { axum::http::StatusCode::UNPROCESSABLE_ENTITY } else { axum::http::StatusCode::OK };
    let template = DossierPage {
        page: Page::new(app, &citizen.visitor, locale.say("portal.dossier_title").arg("code", &dossier.code)),
        answers,
        code: dossier.code.to_string(),
        href: opened.href(),
        procedure: dossier.filing.procedure_name.clone(),
        status: dossier.status().number(),
        status_words: words.status(dossier.status()),
        done,
        expected: expected(opened, now),
        payment: pay_into(app, opened, now).await?,
        facts: facts(opened, now),
        result: dossier.progress.outcome.as_ref().map(|outcome| result(opened, outcome)),
        items: timeline::items(dossier, &history, &words),
        clock: clock.map(|clock| words::explanation(locale, &clock.explanation)).unwrap_or_default(),
        papers: papers(dossier, locale),
        fees: fee_lines(dossier, locale),
        messages: messages(dossier, locale),
        may_write: matches!(opened.may(app, citizen, ActionKind::SendMessage), Some(Ok(()))),
        message_id: app.random.uuid(now).to_string(),
        forms: forms(dossier, locale),
        readings: timeline::readings(&history, &words),
        answered: answered(dossier),
        proof: proof(app, opened).await?,
        may_withdraw: matches!(opened.may(app, citizen, ActionKind::Withdraw), Some(Ok(()))),
    };
    Ok(render_as(status, &template))
}

fn facts(opened: &Opened, now: Timestamp) -> Vec<(&'static str, String)> {
    let (dossier, locale) = (&opened.dossier, opened.locale);
    let progress = &dossier.progress;
    let mut facts = vec![
        (locale.t("portal.fact_applicant"), dossier.filing.applicant.name.clone()),
        (locale.t("portal.fact_submitted"), words::instant(locale, progress.submitted_at)),
        (locale.t("portal.fact_desk"), opened.office.unit_name_in(locale, &dossier.filing.receiving_unit)),
    ];
    let competent = progress.competent_unit.as_ref().map(|unit| opened.office.unit_name_in(locale, unit));
    let competent = competent.unwrap_or_else(|| locale.t("portal.fact_competent_unknown").to_owned());
    facts.push((locale.t("portal.fact_competent"), competent));
    if let Some(at) = progress.accepted_at {
        facts.push((locale.t("portal.fact_accepted"), words::instant(locale, at)));
    }
    let calendar = opened.office.calendar_of(dossier.responsible_unit());
    // Of a dossier that is over, what the applicant was told last counts: later holidays do not move it.
    let due = if progress.ended_at.is_some() { progress.due } else { time::due(dossier, calendar, now) };
    if let Some(due) = due {
        facts.push((locale.t("portal.fact_due"), due_unless_paused(dossier, locale, due)));
    }
    let way = match &dossier.filing.return_way {
        ReturnWay::Desk => locale.t("portal.return_desk").to_owned(),
        ReturnWay::Online => locale.t("portal.return_online").to_owned(),
        ReturnWay::Post(address) => format!("{}: {address}", locale.t("portal.return_post")),
    };
    facts.push((locale.t("portal.return_way"), way));
    facts
}

/// The due instant; while the clock stands, what it was before and that it will be counted again.
pub fn due_unless_paused(dossier: &Dossier, locale: Locale, due: Timestamp) -> String {
    let at = words::instant(locale, due);
    if is_paused(dossier) { locale.say("portal.due_stands").arg("at", at).to_string() } else { at }
}

/// The result is given online once it is signed when that was asked for, otherwise once it was handed over.
pub fn may_have_result(dossier: &Dossier) -> bool {
    match dossier.status() {
        Status::Returned => true,
        Status::Settled => dossier.filing.return_way == ReturnWay::Online,
        Status::Registered
        | Status::Accepted
        | Status::Refused
        | Status::InProcess
        | Status::AwaitingSupplement
        | Status::AwaitingPayment
        | Status::Withdrawn
        | Status::Stopped => false,
    }
}

fn result(opened: &Opened, outcome: &Outcome) -> ResultLine {
    let (dossier, locale) = (&opened.dossier, opened.locale);
    let verdict = match outcome.verdict {
        Verdict::Grant => "portal.granted",
        Verdict::Reject => "portal.rejected",
    };
    let is_given = may_have_result(dossier);
    let href = format!("{}/tep/{}", opened.href(), outcome.paper.id);
    ResultLine {
        title: outcome.title.clone(),
        verdict: locale.t(verdict),
        signer: outcome.signer_name.clone(),
        when: words::instant(locale, outcome.at),
        href: if is_given && outcome.paper.file.is_some() { href } else { String::new() },
        name: outcome.paper.file.as_ref().map(|file| file.name.clone()).unwrap_or_default(),
        advice: if is_given { String::new() } else { locale.t("portal.result_at_return").to_owned() },
    }
}

/// The papers the applicant may see: everything handed in, not what officers write among themselves.
pub fn papers(dossier: &Dossier, locale: Locale) -> Vec<PaperLine> {
    let is_result =
        |paper: &Paper| dossier.progress.outcome.as_ref().is_some_and(|outcome| outcome.paper.id == paper.id);
    let shown = dossier.papers().filter(|paper| !timeline::is_internal(dossier, paper) && !is_result(paper));
    shown.map(|paper| line(dossier, paper, locale)).collect()
}

/// One paper.
pub fn line(dossier: &Dossier, paper: &Paper, locale: Locale) -> PaperLine {
    let source = match paper.source {
        PaperSource::Uploaded => "portal.source_uploaded",
        PaperSource::Scanned => "portal.source_scanned",
        PaperSource::OnPaper => "portal.source_on_paper",
        PaperSource::Issued => "portal.source_issued",
    };
    let href = format!("/ho-so/{}/tep/{}", dossier.code, paper.id);
    let file = paper.file.as_ref();
    PaperLine {
        title: paper.title.clone(),
        name: file.map(|file| file.name.clone()).unwrap_or_default(),
        size: file.map(|file| wording::file_size(locale, file.size)).unwrap_or_default(),
        href: if file.is_some() { href } else { String::new() },
        source: locale.t(source),
    }
}

fn fee_lines(dossier: &Dossier, locale: Locale) -> Vec<(String, String)> {
    let amount = |amount: Option<i64>, paid: bool| match amount {
        None => locale.t("portal.fee_unknown").to_owned(),
        Some(0) => wording::money(locale, 0),
        Some(vnd) => {
            let key = if paid { "portal.fee_paid" } else { "portal.fee_unpaid" };
            locale.say(key).arg("amount", wording::money(locale, vnd)).to_string()
        }
    };
    // What was unknown at filing is known once it is asked for.
    let is_asked = |name: &str| dossier.progress.payments.iter().any(|asked| asked.name == name);
    let filed = dossier.filing.fees.iter().filter(|fee| fee.amount.is_some() || !is_asked(&fee.name));
    let filed = filed.map(|fee| (fee.name.clone(), amount(fee.amount, fee.paid)));
    let asked = dossier.progress.payments.iter();
    let asked = asked.map(|asked| (asked.name.clone(), amount(Some(asked.amount), asked.paid_at.is_some())));
    filed.chain(asked).collect()
}

fn messages(dossier: &Dossier, locale: Locale) -> Vec<MessageLine> {
    let line = |message: &motcua_domain::dossier::Message| MessageLine {
        by: message.by.clone(),
        when: words::instant(locale, message.at),
        lines: message.text.lines().map(str::to_owned).collect(),
        is_mine: message.from_applicant,
    };
    dossier.progress.messages.iter().map(line).collect()
}

/// The printed forms of the dossier that are for the applicant.
pub fn forms(dossier: &Dossier, locale: Locale) -> Vec<PdfLine> {
    let form = |issued: &motcua_domain::dossier::IssuedForm| {
        let name = locale.t(&format!("dossier.form_{}", issued.kind.name()));
        PdfLine {
            name: locale.say("portal.form_number").arg("form", name).arg("number", issued.number).to_string(),
            href: format!("/ho-so/{}/bieu-mau/{}", dossier.code, issued.entry),
        }
    };
    dossier.progress.forms.iter().map(form).collect()
}

fn answered(dossier: &Dossier) -> Vec<(String, Vec<String>)> {
    let answers = dossier.filing.answers.iter();
    answers.map(|answer| (answer.label.clone(), answer.value.lines().map(str::to_owned).collect())).collect()
}
