//! One dossier, one page: facts and papers on the left, clock and possible acts on the right, the timeline below.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use motcua_domain::calendar::{Clock, Timeliness, Warning};
use motcua_domain::dossier::action::Target;
use motcua_domain::dossier::choice::{Choice as Possible, allowed_actions};
use motcua_domain::dossier::custody::{Stay, custody};
use motcua_domain::dossier::{
    ActionKind, Channel, CopyKind, Dossier, DossierCode, Office as _, Paper, PaperSource, Status, time,
};
use motcua_domain::ids::PaperId;
use motcua_domain::procedure::ElectronicProcess;

use crate::app::App;
use crate::calendar::words as calendar_words;
use crate::desk::field::{self, ActField, Look};
use crate::desk::files::{self, Gathered};
use crate::desk::kept::Kept;
use crate::dossier::row::is_paused;
use crate::dossier::steps::{self, Loaded};
use crate::dossier::words::{self, Line};
use crate::office::Snapshot;
use crate::portal::upload::{FileRow, UnfinishedRow};
use crate::web::done::Done;
use crate::web::error::PageError;
use crate::web::form::{Field, Form};
use crate::web::locale::Locale;
use crate::web::page::{Page, render_as};
use crate::web::visitor::Officer;
use crate::web::wording;

/// A label and what it is.
pub struct Fact {
    label: &'static str,
    value: String,
}

/// One paper in words.
struct PaperWords {
    title: String,
    about: String,
    href: Option<String>,
    file_name: String,
}

/// One numbered form.
struct FormWords {
    title: String,
    href: String,
}

/// One hop of the control slip.
struct HopWords {
    step: String,
    unit: String,
    by: String,
    from: String,
    due: String,
    to: String,
    used: String,
    unsigned: String,
    late: Option<&'static str>,
}

/// One act: possible, or nearly with the reason why not.
struct ActWords {
    kind: &'static str,
    label: String,
    target: String,
    why_not: Option<String>,
    fields: Vec<ActField>,
    is_open: bool,
    problem: Option<String>,
    /// Under which name its file is kept until it is done.
    key: String,
    kept: Vec<FileRow>,
    unfinished: Vec<UnfinishedRow>,
}

impl ActWords {
    fn takes_file(&self) -> bool {
        self.fields.iter().any(|field| field.look == Look::File)
    }

    fn id(&self) -> String {
        format!("{}-{}", self.kind, self.target)
    }

    /// Whether it is open with what was typed into it.
    fn is_to_mend(&self) -> bool {
        self.is_open && self.why_not.is_none()
    }
}

/// What was typed into one act, when it comes back.
pub struct Attempt {
    /// Which act.
    pub kind: ActionKind,
    /// On what.
    pub target: Target,
    /// What was typed.
    pub form: Form,
    /// Why it was not done, unless it is said at a field.
    pub problem: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/show.html")]
struct ShowPage {
    page: Page,
    code: String,
    version: u64,
    status: &'static str,
    status_number: u8,
    badges: Vec<(&'static str, String)>,
    facts: Vec<Fact>,
    answers: Vec<(String, String)>,
    papers: Vec<PaperWords>,
    forms: Vec<FormWords>,
    hops: Vec<HopWords>,
    /// Whose, and what is asked for: in one line under the code.
    what: String,
    messages: Vec<(String, String, String)>,
    proposal: Vec<Fact>,
    due: String,
    explanation: Vec<String>,
    acts: Vec<ActWords>,
    /// Where files of acts are gathered, when some act takes one.
    draft: Option<String>,
    size_max: u64,
    typed: Form,
    kept: Option<Kept>,
    timeline: Vec<Line>,
    head_hash: String,
    notice: Option<&'static str>,
}

impl ShowPage {
    /// Whether an act was tried and not done: the title says so first.
    fn is_refused(&self) -> bool {
        self.kept.is_some() || self.acts.iter().any(ActWords::is_to_mend)
    }

    /// The label of a field for a file.
    fn file_label(&self, field: &ActField) -> String {
        if field.optional {
            format!("{} {}", field.label, self.page.t("form.optional"))
        } else {
            field.label.clone()
        }
    }

    /// The field as it was typed, in the act it was typed into; else its first value.
    fn field(&self, act: &ActWords, field: &ActField) -> Field {
        let id = format!("{}-{}", act.id(), field.name);
        let mut shown =
            if act.is_open { self.typed.field(&field.name) } else { Field::new(&field.name, &field.value) };
        if shown.value.is_empty() && shown.error.is_none() {
            shown = Field::new(&field.name, &field.value);
        }
        shown.name = id;
        shown
    }
}

/// The page. Opening it is a reading that the applicant can see.
pub async fn page(
    State(app): State<App>,
    officer: Officer,
    Path(code): Path<DossierCode>,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    let locale = officer.visitor.locale;
    let actor = officer.person.actor();
    let purpose = locale_free_purpose();
    let viewed = steps::view(&app, &actor, &code, purpose).await;
    let loaded = viewed.map_err(|error| refused(locale, &app, error))?;
    let notice = (done.word() == "1").then(|| locale.t("desk.done"));
    render_dossier(&app, &officer, loaded, None, notice).await
}

/// Why officers open a dossier from their desk, as the journal keeps it.
fn locale_free_purpose() -> &'static str {
    Locale::Vi.t("desk.purpose")
}

/// A step that was not taken, without a dossier at hand.
pub fn refused(locale: Locale, app: &App, error: steps::StepError) -> PageError {
    let process = ElectronicProcess { steps: Vec::new() };
    words::page_error(locale, &app.office(), &process, error)
}

/// The page of a dossier; with an attempt, the act that was tried is open and says what to mend.
pub async fn render_dossier(
    app: &App,
    officer: &Officer,
    loaded: Loaded,
    attempt: Option<Attempt>,
    notice: Option<&'static str>,
) -> Result<Response, PageError> {
    let locale = officer.visitor.locale;
    let office = app.office();
    let now = app.clock.now();
    let dossier = &loaded.dossier;
    let history = steps::history(app, &dossier.code).await.map_err(|error| refused(locale, app, error))?;
    let actor = officer.person.actor();
    let entries = u64::try_from(loaded.head.sequence).unwrap_or_default();
    let possible = {
        let ctx = steps::ctx(&actor, &office, now, Some(dossier), None, entries);
        allowed_actions(&ctx, dossier)
    };
    let mut acts = acts(app, locale, &office, dossier, possible, attempt.as_ref()).await?;
    let draft = fill_files(app, officer, &dossier.code, &mut acts).await?;
    let kept = match attempt.as_ref().filter(|_| !acts.iter().any(ActWords::is_to_mend)) {
        Some(attempt) => Some(Kept::of(app, locale, dossier, attempt).await?),
        None => None,
    };
    let calendar = office.calendar_of(dossier.responsible_unit());
    let clock = time::clock(dossier, calendar, now);
    let status = if attempt.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let title = locale.say("desk.dossier").arg("code", &dossier.code);
    let shown = ShowPage {
        page: Page::new(app, &officer.visitor, title),
        code: dossier.code.to_string(),
        version: dossier.progress.version,
        status: locale.t(&format!("status.{}", dossier.status().name())),
        status_number: dossier.status().number(),
        badges: badges(locale, &office, dossier, now),
        facts: facts(locale, &office, dossier),
        answers: dossier.filing.answers.iter().map(|one| (one.label.clone(), one.value.clone())).collect(),
        papers: dossier.papers().map(|paper| paper_words(locale, dossier, paper)).collect(),
        forms: forms(locale, dossier),
        hops: hops(locale, &office, dossier, clock.as_ref(), now),
        what: format!("{} – {}", dossier.filing.applicant.name, dossier.filing.procedure_name),
        messages: messages(locale, dossier),
        proposal: proposal(locale, dossier),
        due: due(locale, &office, dossier, clock.as_ref(), now),
        explanation: clock
            .map(|clock| calendar_words::explanation(locale, &clock.explanation))
            .unwrap_or_default(),
        acts,
        draft,
        size_max: app.config.upload.resumable_bytes_max,
        typed: attempt.map(|attempt| attempt.form).unwrap_or_default(),
        kept,
        timeline: words::timeline(locale, &office, dossier, &history, true),
        head_hash: loaded.head.hash.clone(),
        notice,
    };
    Ok(render_as(status, &shown))
}

async fn acts(
    app: &App,
    locale: Locale,
    office: &Snapshot,
    dossier: &Dossier,
    mut possible: Vec<Possible>,
    attempt: Option<&Attempt>,
) -> Result<Vec<ActWords>, PageError> {
    possible.sort_by_key(|one| if one.verdict.is_ok() { rank(one.kind) } else { u8::MAX });
    let process = &dossier.filing.process;
    let mut acts = Vec::with_capacity(possible.len());
    for one in possible {
        let tried = attempt.filter(|attempt| attempt.kind == one.kind && attempt.target == one.target);
        let fields = match &one.verdict {
            Ok(()) => field::fields(app, locale, dossier, one.kind, &one.target).await?,
            Err(_) => Vec::new(),
        };
        acts.push(ActWords {
            kind: one.kind.name(),
            label: act_label(locale, process, one.kind, &one.target),
            target: target_name(&one.target),
            why_not: one.verdict.err().map(|refusal| words::refusal(locale, office, process, &refusal)),
            fields,
            is_open: tried.is_some(),
            problem: tried.and_then(|attempt| attempt.problem.clone()),
            key: files::key(one.kind, &one.target),
            kept: Vec::new(),
            unfinished: Vec::new(),
        });
    }
    Ok(acts)
}

/// Fills in what was gathered for each act that takes a file. Answers the draft that holds it; none when no act does.
async fn fill_files(
    app: &App,
    officer: &Officer,
    code: &DossierCode,
    acts: &mut [ActWords],
) -> Result<Option<String>, PageError> {
    if !acts.iter().any(ActWords::takes_file) {
        return Ok(None);
    }
    let gathered = Gathered::load(app, officer, code).await?;
    for act in acts.iter_mut().filter(|act| act.takes_file()) {
        (act.kept, act.unfinished) = gathered.rows(&act.key, officer.visitor.locale);
    }
    Ok(Some(gathered.id.to_string()))
}

/// What brings a dossier on comes first, then who is to do it, then everything else.
fn rank(kind: ActionKind) -> u8 {
    match kind {
        ActionKind::Accept
        | ActionKind::AnswerSupplement
        | ActionKind::ConfirmPayment
        | ActionKind::Resume
        | ActionKind::Dispatch
        | ActionKind::Forward
        | ActionKind::TakeOver
        | ActionKind::AnswerOpinion
        | ActionKind::Propose
        | ActionKind::Approve
        | ActionKind::Settle
        | ActionKind::Return => 0,
        ActionKind::Assign | ActionKind::SendBack => 1,
        ActionKind::File
        | ActionKind::Refuse
        | ActionKind::RequestSupplement
        | ActionKind::RequestPayment
        | ActionKind::Pause
        | ActionKind::AskOpinion
        | ActionKind::Extend
        | ActionKind::Withdraw
        | ActionKind::Stop
        | ActionKind::AddPaper
        | ActionKind::SendMessage
        | ActionKind::Read => 2,
    }
}

/// An act in words: with the step, where it is about one that is not called like the act.
pub fn act_label(locale: Locale, process: &ElectronicProcess, kind: ActionKind, target: &Target) -> String {
    let label = locale.t(&format!("action.{}", kind.name()));
    match target {
        Target::Step(step) => {
            let step = words::step(locale, process, step);
            if step == label {
                return step;
            }
            locale.say("desk.act_on_step").arg("act", label).arg("step", step).to_string()
        }
        Target::Dossier | Target::Opinion(_) => label.to_owned(),
    }
}

/// The target of an act as a form carries it.
pub fn target_name(target: &Target) -> String {
    match target {
        Target::Dossier => String::new(),
        Target::Step(step) => step.to_string(),
        Target::Opinion(id) => id.to_string(),
    }
}

fn badges(
    locale: Locale,
    office: &Snapshot,
    dossier: &Dossier,
    now: jiff::Timestamp,
) -> Vec<(&'static str, String)> {
    let mut badges = Vec::new();
    if is_paused(dossier) {
        badges.push(("paused", locale.t("desk.badge_paused").to_owned()));
    }
    let (calendar, settings) = (office.calendar_of(dossier.responsible_unit()), office.settings_of(dossier));
    if !is_paused(dossier) {
        match time::warning(dossier, calendar, settings, now) {
            Warning::None => {}
            Warning::MostTimeUsed => {
                let used = locale.say("desk.badge_most_used").arg("percent", settings.warning_used_percent);
                badges.push(("soon", used.to_string()));
            }
            Warning::LastDay => badges.push(("soon", locale.t("desk.badge_soon").to_owned())),
            Warning::Overdue => badges.push(("late", locale.t("desk.badge_late").to_owned())),
        }
    }
    if dossier.progress.outcome.is_some() {
        match time::timeliness(dossier, calendar, settings, now) {
            Some(Timeliness::Early) => badges.push(("done", locale.t("desk.badge_early").to_owned())),
            Some(Timeliness::OnTime) => badges.push(("done", locale.t("desk.badge_on_time").to_owned())),
            Some(Timeliness::Overdue) => badges.push(("late", locale.t("desk.badge_was_late").to_owned())),
            Some(Timeliness::RunningInTime | Timeliness::RunningLate) | None => {}
        }
    }
    if is_hand_over_late(office, dossier, now) {
        badges.push(("late", locale.t("desk.badge_late_hand_over").to_owned()));
    }
    if !dossier.progress.extensions.is_empty() {
        badges.push(("done", locale.t("desk.badge_extended").to_owned()));
    }
    badges
}

/// Whether the desk still holds a dossier that it had to hand over.
fn is_hand_over_late(office: &Snapshot, dossier: &Dossier, now: jiff::Timestamp) -> bool {
    let settings = office.settings_of(dossier);
    dossier.progress.holdings.iter().filter(|holding| holding.to.is_none()).any(|holding| {
        let due = time::hand_over_due(dossier, holding, office.calendar_of(&holding.unit), settings);
        due.is_some_and(|due| due < now)
    })
}

fn due(
    locale: Locale,
    office: &Snapshot,
    dossier: &Dossier,
    clock: Option<&Clock>,
    now: jiff::Timestamp,
) -> String {
    let calendar = office.calendar_of(dossier.responsible_unit());
    if dossier.status() == Status::Registered {
        return locale.t("desk.clock_not_started").to_owned();
    }
    if is_paused(dossier) {
        return locale.t("desk.clock_stands").to_owned();
    }
    match clock {
        None => locale.t("desk.clock_not_started").to_owned(),
        Some(clock) => match (clock.due, dossier.progress.ended_at) {
            (None, _) => locale.t("desk.no_due").to_owned(),
            (Some(due), Some(_)) => {
                locale.say("desk.promised").arg("at", calendar_words::instant(locale, due)).to_string()
            }
            (Some(due), None) => words::time_left(locale, calendar, now, due),
        },
    }
}

fn facts(locale: Locale, office: &Snapshot, dossier: &Dossier) -> Vec<Fact> {
    let filing = &dossier.filing;
    let identity = &filing.applicant.identity;
    let mut facts = Vec::new();
    let mut add = |label: &str, value: String| {
        if !value.is_empty() {
            facts.push(Fact { label: locale.t(label), value });
        }
    };
    add("desk.applicant", filing.applicant.name.clone());
    add(
        "desk.id_number",
        identity.id_number.clone().or_else(|| identity.tax_number.clone()).unwrap_or_default(),
    );
    add("desk.address", identity.address.clone());
    add("desk.phone", identity.phone.clone().unwrap_or_default());
    add("desk.email", identity.email.clone().unwrap_or_default());
    if let Some(other) = &filing.representative {
        let words =
            locale.say("desk.representative_words").arg("name", &other.name).arg("capacity", &other.capacity);
        add("desk.representative", words.to_string());
        // The portal keeps which text was agreed to; the desk writes the ground in words.
        if matches!(filing.channel, Channel::Counter | Channel::Post) && other.consent != other.capacity {
            add("desk.representative_ground", other.consent.clone());
        }
    }
    add("desk.subject", filing.subject.clone());
    add("desk.procedure", format!("{} – {}", filing.procedure, filing.procedure_name));
    add("dossier.channel", locale.t(&format!("dossier.channel_{}", filing.channel.name())).to_owned());
    add("desk.receiving_unit", office.unit_name(&filing.receiving_unit));
    let competent = dossier.progress.competent_unit.as_ref().map(|unit| office.unit_name(unit));
    add("dossier.competent_unit", competent.unwrap_or_else(|| locale.t("desk.unit_unknown").to_owned()));
    add(
        "desk.limit",
        filing
            .limit
            .map_or_else(|| locale.t("desk.no_limit").to_owned(), |limit| wording::limit(locale, limit)),
    );
    add("desk.submitted", calendar_words::instant(locale, dossier.progress.submitted_at));
    if let Some(at) = dossier.progress.accepted_at {
        add("desk.accepted", calendar_words::instant(locale, at));
    }
    for fee in &filing.fees {
        let paid = locale.t(if fee.paid { "desk.fee_paid" } else { "desk.fee_open" });
        let amount = match fee.amount {
            None => locale.t("desk.fee_unknown").to_owned(),
            Some(0) => locale.t("portal.no_fees_short").to_owned(),
            Some(amount) => format!("{} ({paid})", wording::money(locale, amount)),
        };
        add("desk.fee", format!("{}: {amount}", fee.name));
    }
    facts
}

fn paper_words(locale: Locale, dossier: &Dossier, paper: &Paper) -> PaperWords {
    let copy = match paper.copy {
        CopyKind::Original => "desk.copy_original",
        CopyKind::Copy => "desk.copy_copy",
        CopyKind::Electronic => "desk.copy_electronic",
    };
    let source = match paper.source {
        PaperSource::Uploaded => "desk.source_uploaded",
        PaperSource::Scanned => "desk.source_scanned",
        PaperSource::OnPaper => "desk.source_on_paper",
        PaperSource::Issued => "desk.source_issued",
    };
    PaperWords {
        title: paper.title.clone(),
        about: format!("{}, {}", locale.t(copy), locale.t(source)),
        href: paper.file.is_some().then(|| format!("/can-bo/ho-so/{}/giay-to/{}", dossier.code, paper.id)),
        file_name: paper.file.as_ref().map(|file| file.name.clone()).unwrap_or_default(),
    }
}

fn forms(locale: Locale, dossier: &Dossier) -> Vec<FormWords> {
    let form = |one: &motcua_domain::dossier::IssuedForm| FormWords {
        title: locale
            .say("desk.form_title")
            .arg("form", locale.t(&format!("dossier.form_{}", one.kind.name())))
            .arg("number", format!("{:02}", one.number))
            .to_string(),
        href: format!("/can-bo/ho-so/{}/bieu-mau/{}", dossier.code, one.entry),
    };
    dossier.progress.forms.iter().map(form).collect()
}

fn hops(
    locale: Locale,
    office: &Snapshot,
    dossier: &Dossier,
    clock: Option<&Clock>,
    now: jiff::Timestamp,
) -> Vec<HopWords> {
    let due = clock.and_then(|clock| clock.due);
    let at = |at: Option<jiff::Timestamp>| at.map(wording::office_datetime_short).unwrap_or_default();
    let time = |minutes: i64| calendar_words::duration(locale, minutes * 60);
    let unsigned = |minutes: i64| locale.say("desk.unsigned").arg("time", time(minutes)).to_string();
    custody(dossier, office.settings_of(dossier), |unit| office.calendar_of(unit), due, now)
        .into_iter()
        .map(|stay| HopWords {
            step: words::step(locale, &dossier.filing.process, &stay.step),
            unit: office.unit_name(&stay.unit),
            from: wording::office_datetime_short(stay.from),
            due: at(stay.due),
            to: at(stay.to),
            used: time(stay.used_minutes),
            unsigned: if 0 < stay.unsigned_minutes { unsigned(stay.unsigned_minutes) } else { String::new() },
            late: late_words(locale, &stay),
            by: stay.ended_by.unwrap_or_default(),
        })
        .collect()
}

/// What a unit is late with, in words.
fn late_words(locale: Locale, stay: &Stay) -> Option<&'static str> {
    let key = match (stay.late_hand_over, stay.late || 0 < stay.overdue_minutes) {
        (true, _) => "desk.badge_late_hand_over",
        (false, true) => "desk.badge_late",
        (false, false) => return None,
    };
    Some(locale.t(key))
}

fn messages(locale: Locale, dossier: &Dossier) -> Vec<(String, String, String)> {
    let words = |one: &motcua_domain::dossier::Message| {
        (one.by.clone(), calendar_words::instant(locale, one.at), one.text.clone())
    };
    dossier.progress.messages.iter().map(words).collect()
}

fn proposal(locale: Locale, dossier: &Dossier) -> Vec<Fact> {
    let mut facts = Vec::new();
    for one in &dossier.progress.proposals {
        let verdict = match one.verdict {
            motcua_domain::dossier::Verdict::Grant => "dossier.verdict_grant",
            motcua_domain::dossier::Verdict::Reject => "dossier.verdict_reject",
        };
        facts.push(Fact { label: locale.t("dossier.verdict"), value: locale.t(verdict).to_owned() });
        facts.push(Fact { label: locale.t("dossier.reason"), value: one.text.clone() });
        facts.push(Fact { label: locale.t("dossier.officer"), value: one.by.clone() });
    }
    if let Some(outcome) = &dossier.progress.outcome {
        facts.push(Fact { label: locale.t("dossier.result"), value: outcome.title.clone() });
    }
    facts
}

/// A file of a paper, to those who may see the dossier.
pub async fn paper(
    State(app): State<App>,
    officer: Officer,
    Path((code, paper)): Path<(DossierCode, PaperId)>,
) -> Result<Response, PageError> {
    let locale = officer.visitor.locale;
    let actor = officer.person.actor();
    let loaded = steps::view(&app, &actor, &code, locale_free_purpose()).await;
    let loaded = loaded.map_err(|error| refused(locale, &app, error))?;
    let found = papers_of(&loaded.dossier).into_iter().find(|one| one.id == paper);
    let file = found.and_then(|one| one.file.as_ref()).ok_or(PageError::NotFound)?;
    crate::dossier::files::answer(&app, file).await
}

/// The papers an officer may have: all of them, the result included.
pub fn papers_of(dossier: &Dossier) -> Vec<&Paper> {
    let mut papers: Vec<&Paper> = dossier.papers().collect();
    let result = dossier.progress.outcome.as_ref().map(|outcome| &outcome.paper);
    papers.extend(result.filter(|result| !dossier.papers().any(|paper| paper.id == result.id)));
    papers
}
