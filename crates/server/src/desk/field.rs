//! The fields an act asks for, and the action they make.

use jiff::Timestamp;
use jiff::civil::{Date, time};
use motcua_db::DbError;
use motcua_domain::dossier::action::Target;
use motcua_domain::dossier::{
    Action, ActionKind, CopyKind, Defect, Dossier, FileRef, Office as _, Paper, PaperSource, TaskState,
    Verdict,
};
use motcua_domain::ids::{MessageId, OpinionId, PaperId, PersonId};
use motcua_domain::office_time;
use motcua_domain::procedure::{ComponentKey, StepKey, StepKind};
use motcua_domain::unit::UnitCode;

use crate::account::people::store as people;
use crate::app::App;
use crate::dossier::{legal_base, words};
use crate::web::form::{Choice, Form};
use crate::web::locale::Locale;
use crate::web::wording;

/// The field in which an act names the article that allows it.
const LEGAL_BASE: &str = "legal_base";
/// The acts that take a file: what it is called, and whether it may be left out.
const FILES: [(ActionKind, &str, bool); 3] = [
    (ActionKind::Propose, "desk.draft_file", true),
    (ActionKind::Settle, "desk.result_file", false),
    (ActionKind::AddPaper, "desk.file", false),
];

/// How a field is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// One line.
    Line,
    /// Several lines.
    Area,
    /// A day, `dd/mm/yyyy`.
    Day,
    /// One of a few.
    Select,
    /// A file.
    File,
}

/// One field of an act.
#[derive(Clone, Debug)]
pub struct ActField {
    /// Name in the form.
    pub name: String,
    /// In words.
    pub label: String,
    /// How it is shown.
    pub look: Look,
    /// What to fill in when nothing was typed.
    pub value: String,
    /// For selects.
    pub choices: Vec<Choice>,
    /// May stay empty.
    pub optional: bool,
    /// What is often typed here. Anything else may be typed as well.
    pub offers: Vec<String>,
}

impl ActField {
    /// An empty field that has to be filled in.
    pub fn new(locale: Locale, name: &str, label: &str, look: Look) -> Self {
        Self {
            name: name.to_owned(),
            label: locale.t(label).to_owned(),
            look,
            value: String::new(),
            choices: Vec::new(),
            optional: false,
            offers: Vec::new(),
        }
    }

    fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// With something to choose from.
    #[must_use]
    pub fn choices(mut self, choices: Vec<Choice>) -> Self {
        self.choices = choices;
        self
    }

    /// How the template asks.
    pub fn is(&self, look: &str) -> bool {
        look == match self.look {
            Look::Line => "line",
            Look::Area => "area",
            Look::Day => "day",
            Look::Select => "select",
            Look::File => "file",
        }
    }
}

/// The fields of an act on this dossier.
pub async fn fields(
    app: &App,
    locale: Locale,
    dossier: &Dossier,
    kind: ActionKind,
    target: &Target,
) -> Result<Vec<ActField>, DbError> {
    let mut fields = bare_fields(app, locale, dossier, kind, target).await?;
    if let Some((_, label, optional)) = FILES.into_iter().find(|(takes, ..)| *takes == kind) {
        fields.push(ActField { optional, ..ActField::new(locale, "file", label, Look::File) });
    }
    if let Some(base) = fields.iter_mut().find(|field| field.name == LEGAL_BASE) {
        base.offers = legal_base::offered(app, dossier).await?;
    }
    Ok(fields)
}

/// Whether an act of this kind has a field for a file.
pub fn takes_file(kind: ActionKind) -> bool {
    FILES.iter().any(|(takes, ..)| *takes == kind)
}

/// The same without a file, and without what is offered in them.
#[expect(clippy::too_many_lines, reason = "one arm for each kind, so that a new one must be thought about")]
async fn bare_fields(
    app: &App,
    locale: Locale,
    dossier: &Dossier,
    kind: ActionKind,
    target: &Target,
) -> Result<Vec<ActField>, DbError> {
    let field = |name: &str, label: &str, look| ActField::new(locale, name, label, look);
    let note = || field("note", "dossier.note", Look::Area).optional();
    let reason = || field("reason", "dossier.reason", Look::Area);
    let base = || field(LEGAL_BASE, "dossier.legal_base", Look::Line);
    Ok(match kind {
        ActionKind::Accept if dossier.filing.competent_unit.is_none() => {
            let units = field("unit", "dossier.competent_unit", Look::Select).optional();
            vec![units.choices(units_of(app, locale)), note()]
        }
        ActionKind::Accept
        | ActionKind::Resume
        | ActionKind::Forward
        | ActionKind::TakeOver
        | ActionKind::Approve => {
            vec![note()]
        }
        ActionKind::Refuse => vec![reason(), base()],
        ActionKind::RequestSupplement => supplement_fields(locale, dossier, base()),
        ActionKind::RequestPayment => vec![
            field("name", "dossier.payment", Look::Line),
            field("amount", "desk.amount", Look::Line),
            base(),
            field("day", "dossier.pay_by", Look::Day),
        ],
        ActionKind::ConfirmPayment => {
            let typed = |amount| wording::number(locale, amount);
            let asked = dossier.progress.payments.last().map(|due| typed(due.amount)).unwrap_or_default();
            vec![
                field("amount", "desk.amount", Look::Line).value(asked),
                field("receipt", "desk.receipt", Look::Line),
            ]
        }
        ActionKind::Pause => vec![reason(), base(), field("day", "dossier.until", Look::Day)],
        ActionKind::Dispatch => {
            vec![field("unit", "dossier.competent_unit", Look::Select).choices(units_of(app, locale)), note()]
        }
        ActionKind::SendBack => vec![
            field("to", "desk.send_back_to", Look::Select).choices(earlier_steps(locale, dossier)),
            reason(),
        ],
        ActionKind::Assign => {
            let officers = officers_for(app, dossier, target).await?;
            let officers = officers.into_iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect();
            vec![field("officer", "dossier.officer", Look::Select).choices(officers)]
        }
        ActionKind::AskOpinion => vec![
            field("unit", "dossier.asked_unit", Look::Select).choices(units_of(app, locale)),
            field("question", "dossier.question", Look::Area),
            field("day", "dossier.answer_by", Look::Day),
        ],
        ActionKind::AnswerOpinion => vec![
            field("agrees", "dossier.opinion", Look::Select).choices(vec![
                Choice::new("yes", locale.t("dossier.agrees")),
                Choice::new("no", locale.t("dossier.disagrees")),
            ]),
            field("text", "dossier.opinion_text", Look::Area),
        ],
        ActionKind::Propose => vec![
            field("verdict", "dossier.verdict", Look::Select).choices(verdicts(locale)),
            field("text", "dossier.reason", Look::Area),
        ],
        ActionKind::Settle => vec![
            field("verdict", "dossier.verdict", Look::Select).choices(verdicts(locale)),
            field("title", "desk.result_title", Look::Line),
        ],
        ActionKind::Extend => vec![field("day", "dossier.due_after", Look::Day), reason()],
        ActionKind::Withdraw => vec![reason()],
        ActionKind::Stop => {
            vec![reason(), base(), field("fee_settlement", "dossier.fee_settlement", Look::Line)]
        }
        ActionKind::Return => {
            vec![field("to", "dossier.returned_to", Look::Line).value(&dossier.filing.applicant.name), note()]
        }
        ActionKind::AddPaper => vec![
            field("title", "dossier.paper", Look::Line),
            field("component", "desk.component", Look::Select).optional().choices(components(dossier)),
            field("copy", "desk.copy", Look::Select).choices(copies(locale)),
        ],
        ActionKind::SendMessage => vec![field("text", "dossier.message", Look::Area)],
        ActionKind::AnswerSupplement => answer_fields(locale, dossier),
        ActionKind::File | ActionKind::Read => Vec::new(),
    })
}

/// A supplement names every defect at its component, once.
fn supplement_fields(locale: Locale, dossier: &Dossier, base: ActField) -> Vec<ActField> {
    let mut fields = Vec::new();
    for component in &dossier.filing.components {
        let label = locale.say("desk.wanted_for").arg("component", &component.name).to_string();
        let name = format!("wanted-{}", component.key);
        fields.push(ActField {
            label,
            ..ActField::new(locale, &name, "desk.wanted_form", Look::Area).optional()
        });
    }
    fields.push(ActField::new(locale, "wanted", "desk.wanted_form", Look::Area).optional());
    fields.push(ActField::new(locale, "reason", "dossier.reason", Look::Area));
    fields.push(base);
    fields.push(ActField::new(locale, "day", "desk.answer_by_default", Look::Day).optional());
    fields
}

/// At the desk the answer comes on paper: each paper that was asked for is taken as an original or as a copy. Its scan
/// is added like any other.
fn answer_fields(locale: Locale, dossier: &Dossier) -> Vec<ActField> {
    let defects = dossier.open_supplement().map_or(&[][..], |supplement| &supplement.defects);
    let mut fields: Vec<ActField> = Vec::new();
    for defect in defects {
        let Some(component) = &defect.component else { continue };
        let name = received_name(component);
        if fields.iter().all(|field| field.name != name) {
            let label = locale.say("desk.received").arg("paper", &defect.title).to_string();
            let choices = vec![
                Choice::new("", locale.t("desk.not_received")),
                Choice::new("original", locale.t("desk.copy_original")),
                Choice::new("copy", locale.t("desk.copy_copy")),
            ];
            let field = ActField::new(locale, &name, "desk.copy", Look::Select).choices(choices);
            fields.push(ActField { label, ..field });
        }
    }
    let said = ActField::new(locale, "note", "desk.applicant_says", Look::Area);
    // Where the form itself was at fault there is no paper to bring.
    let is_needed = defects.iter().any(|defect| defect.component.is_none());
    fields.push(if is_needed { said } else { said.optional() });
    fields
}

fn received_name(component: &ComponentKey) -> String {
    format!("received-{component}")
}

fn units_of(app: &App, locale: Locale) -> Vec<Choice> {
    let office = app.office();
    let blank = Choice::new("", locale.t("form.choose"));
    let units = office.units().all_on(office.day).map(|unit| Choice::new(unit.code.as_str(), &unit.name));
    std::iter::once(blank).chain(units).collect()
}

fn earlier_steps(locale: Locale, dossier: &Dossier) -> Vec<Choice> {
    let done = dossier.progress.tasks.iter().filter(|task| matches!(task.state, TaskState::Done { .. }));
    done.map(|task| Choice::new(task.step.as_str(), words::step(locale, &dossier.filing.process, &task.step)))
        .collect()
}

/// Who may be put in charge: of the step itself, or on an assigning step of the one that follows.
pub async fn officers_for(
    app: &App,
    dossier: &Dossier,
    target: &Target,
) -> Result<Vec<(PersonId, String)>, DbError> {
    let Target::Step(key) = target else { return Ok(Vec::new()) };
    let (Some(step), Some(task)) = (dossier.step(key), dossier.task(key)) else { return Ok(Vec::new()) };
    let role = if step.kind == StepKind::Assign {
        let next = dossier.filing.process.steps.iter().find(|next| next.after.contains(key));
        next.map_or(step.role, |next| next.role)
    } else {
        step.role
    };
    let unit = task.unit.as_ref().unwrap_or_else(|| dossier.responsible_unit()).clone();
    let day = app.office().day;
    app.store.read(move |tx| people::holders(tx, &unit, role, day)).await
}

fn components(dossier: &Dossier) -> Vec<Choice> {
    let blank = Choice::new("", "–");
    let all = dossier.filing.components.iter().map(|one| Choice::new(one.key.to_string(), &one.name));
    std::iter::once(blank).chain(all).collect()
}

fn verdicts(locale: Locale) -> Vec<Choice> {
    vec![
        Choice::new("grant", locale.t("dossier.verdict_grant")),
        Choice::new("reject", locale.t("dossier.verdict_reject")),
    ]
}

/// The kinds of copies, by the words of forms.
pub fn copies(locale: Locale) -> Vec<Choice> {
    vec![
        Choice::new("original", locale.t("desk.copy_original")),
        Choice::new("copy", locale.t("desk.copy_copy")),
        Choice::new("electronic", locale.t("desk.copy_electronic")),
    ]
}

/// The kind of copy by its name in forms.
pub fn copy_kind(name: &str) -> CopyKind {
    match name {
        "copy" => CopyKind::Copy,
        "electronic" => CopyKind::Electronic,
        _ => CopyKind::Original,
    }
}

/// The action a filled-in form makes. What is missing or not readable is said at its field; the rules say the rest.
#[expect(clippy::too_many_lines, reason = "one arm for each kind, so that a new one must be thought about")]
pub fn action(
    app: &App,
    locale: Locale,
    dossier: &Dossier,
    kind: ActionKind,
    target: &Target,
    form: &mut Form,
    file: Option<FileRef>,
) -> Option<Action> {
    let typed = form.clone();
    let text = |name: &str| typed.text(name).unwrap_or_default().to_owned();
    let (note, reason, legal_base) = (text("note"), text("reason"), text(LEGAL_BASE));
    let step = match target {
        Target::Step(step) => Some(step.clone()),
        Target::Dossier | Target::Opinion(_) => None,
    };
    let now = app.clock.now();
    Some(match kind {
        ActionKind::Accept => {
            let competent_unit = match form.text("unit") {
                Some(_) => Some(unit(form, locale)?),
                None => None,
            };
            Action::Accept { competent_unit, note }
        }
        ActionKind::Refuse => Action::Refuse { reason, legal_base },
        ActionKind::RequestSupplement => {
            let answer_by = match form.text("day") {
                Some(_) => Some(end_of(day(form, locale, "day")?)),
                None => None,
            };
            Action::RequestSupplement { defects: defects(dossier, form), reason, legal_base, answer_by }
        }
        ActionKind::RequestPayment => {
            let name = text("name");
            let amount = amount(form, locale)?;
            Action::RequestPayment { name, amount, legal_base, pay_by: end_of(day(form, locale, "day")?) }
        }
        ActionKind::ConfirmPayment => {
            let receipt = text("receipt");
            Action::ConfirmPayment { amount: amount(form, locale)?, receipt }
        }
        ActionKind::Pause => Action::Pause { reason, legal_base, until: end_of(day(form, locale, "day")?) },
        ActionKind::Resume => Action::Resume { note },
        ActionKind::Dispatch => Action::Dispatch { unit: unit(form, locale)?, note },
        ActionKind::Forward => Action::Forward { step: step?, note },
        ActionKind::TakeOver => Action::TakeOver { step: step?, note },
        ActionKind::SendBack => {
            let to: StepKey = chosen(form, locale, "to")?;
            Action::SendBack { step: step?, to, reason }
        }
        ActionKind::Assign => {
            let officer: PersonId = chosen(form, locale, "officer")?;
            // The name is put in where the officers of the unit are at hand.
            Action::Assign { step: step?, officer, officer_name: String::new() }
        }
        ActionKind::AskOpinion => {
            let question = text("question");
            let unit = unit(form, locale)?;
            let answer_by = end_of(day(form, locale, "day")?);
            Action::AskOpinion { id: OpinionId::new(app.random.uuid(now)), unit, question, answer_by }
        }
        ActionKind::AnswerOpinion => {
            let Target::Opinion(id) = target else { return None };
            let agrees = one_of(form, locale, "agrees", [("yes", true), ("no", false)])?;
            Action::AnswerOpinion { id: *id, agrees, text: text("text") }
        }
        ActionKind::Propose => {
            let title = locale.t("desk.draft_file");
            let draft = file.map(|file| Box::new(issued(app, title, file, now)));
            Action::Propose { step: step?, verdict: verdict(form, locale)?, text: text("text"), draft }
        }
        ActionKind::Approve => Action::Approve { step: step?, note },
        ActionKind::Settle => {
            let title = text("title");
            let (verdict, file) = (verdict(form, locale), needed(form, locale, file));
            let paper = Box::new(issued(app, &title, file?, now));
            Action::Settle { step: step?, verdict: verdict?, title, paper }
        }
        ActionKind::Extend => {
            Action::Extend { new_due: new_due(app, dossier, day(form, locale, "day")?), reason }
        }
        ActionKind::Withdraw => Action::Withdraw { reason },
        ActionKind::Stop => Action::Stop { reason, legal_base, fee_settlement: text("fee_settlement") },
        ActionKind::Return => Action::Return { to: text("to"), note },
        ActionKind::AddPaper => {
            let (title, component, copy) =
                (text("title"), text("component").parse().ok(), copy_kind(&text("copy")));
            let file = needed(form, locale, file)?;
            let paper =
                Paper { component, copy, source: PaperSource::Scanned, ..issued(app, &title, file, now) };
            Action::AddPaper { paper: Box::new(paper) }
        }
        ActionKind::SendMessage => {
            Action::SendMessage { id: MessageId::new(app.random.uuid(now)), text: text("text") }
        }
        ActionKind::AnswerSupplement => {
            Action::AnswerSupplement { papers: received(app, locale, dossier, form, now)?, note }
        }
        ActionKind::File | ActionKind::Read => return None,
    })
}

/// Nothing is granted, and nobody agrees, by a word that is not on the list.
fn verdict(form: &mut Form, locale: Locale) -> Option<Verdict> {
    one_of(form, locale, "verdict", [("grant", Verdict::Grant), ("reject", Verdict::Reject)])
}

fn one_of<T>(form: &mut Form, locale: Locale, name: &str, words: [(&str, T); 2]) -> Option<T> {
    let typed = form.value(name).to_owned();
    let found = words.into_iter().find(|(word, _)| *word == typed).map(|(_, meant)| meant);
    if found.is_none() {
        form.refuse(name, locale.t("desk.choose_one"));
    }
    found
}

/// The papers that were brought to the desk, with a complaint at each that was asked for and is not here.
fn received(
    app: &App,
    locale: Locale,
    dossier: &Dossier,
    form: &mut Form,
    now: Timestamp,
) -> Option<Vec<Paper>> {
    let mut papers: Vec<Paper> = Vec::new();
    for defect in dossier.open_supplement().map_or(&[][..], |supplement| &supplement.defects) {
        let Some(component) = &defect.component else { continue };
        if papers.iter().any(|paper| paper.component.as_ref() == Some(component)) {
            continue;
        }
        let kinds = [("original", CopyKind::Original), ("copy", CopyKind::Copy)];
        let Some(copy) = one_of(form, locale, &received_name(component), kinds) else { continue };
        papers.push(Paper {
            id: PaperId::new(app.random.uuid(now)),
            component: Some(component.clone()),
            title: defect.title.clone(),
            copy,
            quantity: 1,
            source: PaperSource::OnPaper,
            file: None,
        });
    }
    if form.has_errors() { None } else { Some(papers) }
}

fn defects(dossier: &Dossier, form: &Form) -> Vec<Defect> {
    let at_components = dossier.filing.components.iter().filter_map(|component| {
        let wanted = form.text(&format!("wanted-{}", component.key))?.to_owned();
        Some(Defect {
            component: Some(component.key.clone()),
            title: component.name.clone(),
            wanted,
            copy: CopyKind::Electronic,
        })
    });
    let at_form = form.text("wanted").map(|wanted| Defect {
        component: None,
        title: dossier.filing.subject.clone(),
        wanted: wanted.to_owned(),
        copy: CopyKind::Electronic,
    });
    at_components.chain(at_form).collect()
}

/// A paper made here, with a file.
pub fn issued(app: &App, title: &str, file: FileRef, now: Timestamp) -> Paper {
    Paper {
        id: PaperId::new(app.random.uuid(now)),
        component: None,
        title: title.to_owned(),
        copy: CopyKind::Electronic,
        quantity: 1,
        source: PaperSource::Issued,
        file: Some(file),
    }
}

fn needed(form: &mut Form, locale: Locale, file: Option<FileRef>) -> Option<FileRef> {
    if file.is_none() && form.error("file").is_none() {
        form.refuse("file", locale.t("desk.file_needed"));
    }
    file
}

fn unit(form: &mut Form, locale: Locale) -> Option<UnitCode> {
    chosen(form, locale, "unit")
}

fn chosen<T: std::str::FromStr>(form: &mut Form, locale: Locale, name: &str) -> Option<T> {
    let value = form.text(name).and_then(|text| text.parse().ok());
    if value.is_none() {
        form.refuse(name, locale.t("desk.choose_one"));
    }
    value
}

fn amount(form: &mut Form, locale: Locale) -> Option<i64> {
    let amount = form.number("amount");
    if amount.is_none() {
        form.refuse("amount", locale.t("desk.amount_in_dong"));
    }
    amount
}

fn day(form: &mut Form, locale: Locale, name: &str) -> Option<Date> {
    let day = form.date(name).ok().flatten();
    if day.is_none() {
        form.refuse(name, locale.t("desk.day_needed"));
    }
    day
}

/// A deadline given as a day ends with it, in office time.
fn end_of(day: Date) -> Timestamp {
    office_time::from_office(day.to_datetime(time(17, 0, 0, 0)))
}

/// A new day at the clock time of the old due instant.
fn new_due(app: &App, dossier: &Dossier, day: Date) -> Timestamp {
    let office = app.office();
    let calendar = office.calendar_of(dossier.responsible_unit());
    let old = motcua_domain::dossier::time::due(dossier, calendar, app.clock.now());
    let clock_time = old.map_or(time(17, 0, 0, 0), |due| office_time::to_office(due).time());
    office_time::from_office(day.to_datetime(clock_time))
}
