//! What happened inside a dossier, part by part, on the wire.

use motcua_domain::dossier::{
    self as ruled, Defect as RuledDefect, Office as _, Task, TaskState as RuledTaskState, time,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::View;
use crate::api::wire::{Instant, PaperCopy, StepKind, UnitName, Verdict};
use crate::dossier::words;

/// One step of the electronic process of a dossier.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DossierStep)]
pub struct Step {
    /// Its key.
    key: String,
    /// What it is called.
    name: String,
    /// What is done.
    kind: StepKind,
    /// The unit that has to do it, once known.
    unit: Option<UnitName>,
    /// Where it stands: `waiting`, `offered` (handed over, not signed for), `active`, `done` or `dropped`.
    state: &'static str,
    /// Since when.
    since: Option<Instant>,
    /// When it was finished.
    done_at: Option<Instant>,
    /// When its own time runs out.
    due_at: Option<Instant>,
    /// Who is in charge of it, or finished it; told inside the office.
    officer: Option<String>,
}

/// A request for papers, and its answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Supplement {
    /// Every defect, once.
    defects: Vec<Defect>,
    /// Why.
    reason: String,
    /// The article that asks for it.
    legal_base: String,
    /// When it was asked.
    asked_at: Instant,
    /// The applicant's deadline.
    answer_by: Instant,
    /// When it was answered.
    answered_at: Option<Instant>,
}

/// One defect of a dossier.
#[derive(Debug, Serialize, ToSchema)]
pub struct Defect {
    /// Key of the component; null when the form itself is at fault.
    component: Option<String>,
    /// Its name.
    title: String,
    /// What the applicant must bring or mend.
    wanted: String,
    /// Original, copy or electronic.
    copy: PaperCopy,
}

/// A request to pay.
#[derive(Debug, Serialize, ToSchema)]
pub struct Payment {
    /// What for.
    name: String,
    /// Whole đồng (VND).
    amount: i64,
    /// The article that asks for it.
    legal_base: String,
    /// When it was asked.
    asked_at: Instant,
    /// Until when.
    pay_by: Instant,
    /// Paid when.
    paid_at: Option<Instant>,
    /// Number of the receipt.
    receipt: Option<String>,
}

/// A time in which the clock stood.
#[derive(Debug, Serialize, ToSchema)]
pub struct Pause {
    /// Why.
    reason: String,
    /// The article that allows it.
    legal_base: String,
    /// From when.
    from: Instant,
    /// Until when at the latest.
    until: Instant,
    /// When it ended.
    ended_at: Option<Instant>,
}

/// An extension with its apology.
#[derive(Debug, Serialize, ToSchema)]
pub struct Extension {
    /// When it was signed.
    at: Instant,
    /// The due instant before.
    due_before: Instant,
    /// The new due instant.
    due_after: Instant,
    /// Why the office is late.
    reason: String,
}

/// A request for an opinion, and its answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Opinion {
    /// Its id.
    id: String,
    /// Who is asked.
    unit: UnitName,
    /// What.
    question: String,
    /// When it was asked.
    asked_at: Instant,
    /// Until when.
    answer_by: Instant,
    /// Whether they agree; null while they have not answered.
    agrees: Option<bool>,
    /// What they say.
    text: Option<String>,
    /// When they answered.
    answered_at: Option<Instant>,
}

/// What a specialist proposes.
#[derive(Debug, Serialize, ToSchema)]
pub struct Proposal {
    /// The step it came from.
    step: String,
    /// Grant or reject.
    verdict: Verdict,
    /// Why.
    text: String,
    /// Who proposed.
    by: String,
    /// When.
    at: Instant,
}

/// The result.
#[derive(Debug, Serialize, ToSchema)]
pub struct Outcome {
    /// Granted or rejected.
    verdict: Verdict,
    /// Number and title of the document.
    title: String,
    /// Id of the paper that holds it: its file is given once it is the applicant's.
    paper: String,
    /// Who signed.
    signer_name: String,
    /// When.
    at: Instant,
    /// When it was handed over.
    returned_at: Option<Instant>,
    /// To whom.
    returned_to: Option<String>,
}

/// A numbered form that was issued.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IssuedForm)]
pub struct Form {
    /// Which form.
    kind: &'static str,
    /// Number in the register of the unit and the year.
    number: u32,
    /// The unit whose register it is.
    unit: UnitName,
    /// When.
    at: Instant,
    /// The entry of the journal that issued it.
    entry: u64,
}

/// A message between applicant and office.
#[derive(Debug, Serialize, ToSchema)]
pub struct Message {
    /// Its id.
    id: String,
    /// From the applicant, or from the office.
    from_applicant: bool,
    /// Who.
    by: String,
    /// When.
    at: Instant,
    /// What.
    text: String,
}

impl Step {
    /// The step as the caller may see it; `None` for one that its process does not know.
    pub fn new(view: &View<'_>, task: &Task) -> Option<Self> {
        let process = &view.dossier.filing.process;
        let step = process.step(&task.step)?;
        let (state, since, done_at, officer) = match &task.state {
            RuledTaskState::Waiting => ("waiting", None, None, None),
            RuledTaskState::Offered { at } => ("offered", Some(*at), None, None),
            RuledTaskState::Active { since, officer_name, .. } => {
                ("active", Some(*since), None, officer_name.clone())
            }
            RuledTaskState::Done { since, at, by_name, .. } => {
                ("done", Some(*since), Some(*at), Some(by_name.clone()))
            }
            RuledTaskState::Dropped => ("dropped", None, None, None),
        };
        let due_at = task.unit.as_ref().filter(|_| task.is_active()).and_then(|unit| {
            time::step_due(view.dossier, &task.step, view.office.calendar_of(unit), view.now)
        });
        Some(Self {
            key: task.step.to_string(),
            name: words::step(view.locale, process, &task.step),
            kind: step.kind.into(),
            unit: task.unit.as_ref().map(|unit| UnitName::new(view.office, unit)),
            state,
            since: since.map(Instant::from),
            done_at: done_at.map(Instant::from),
            due_at: due_at.map(Instant::from),
            officer: officer.filter(|_| view.is_inside),
        })
    }
}

impl From<&ruled::Supplement> for Supplement {
    fn from(asked: &ruled::Supplement) -> Self {
        Self {
            defects: asked.defects.iter().map(Defect::from).collect(),
            reason: asked.reason.clone(),
            legal_base: asked.legal_base.clone(),
            asked_at: asked.asked_at.into(),
            answer_by: asked.answer_by.into(),
            answered_at: asked.answered_at.map(Instant::from),
        }
    }
}

impl From<&RuledDefect> for Defect {
    fn from(defect: &RuledDefect) -> Self {
        Self {
            component: defect.component.as_ref().map(ToString::to_string),
            title: defect.title.clone(),
            wanted: defect.wanted.clone(),
            copy: defect.copy.into(),
        }
    }
}

impl From<&ruled::PaymentDue> for Payment {
    fn from(asked: &ruled::PaymentDue) -> Self {
        Self {
            name: asked.name.clone(),
            amount: asked.amount,
            legal_base: asked.legal_base.clone(),
            asked_at: asked.asked_at.into(),
            pay_by: asked.pay_by.into(),
            paid_at: asked.paid_at.map(Instant::from),
            receipt: asked.receipt.clone(),
        }
    }
}

impl From<&ruled::Pause> for Pause {
    fn from(pause: &ruled::Pause) -> Self {
        Self {
            reason: pause.reason.clone(),
            legal_base: pause.legal_base.clone(),
            from: pause.from.into(),
            until: pause.until.into(),
            ended_at: pause.ended_at.map(Instant::from),
        }
    }
}

impl From<&ruled::Extension> for Extension {
    fn from(extension: &ruled::Extension) -> Self {
        Self {
            at: extension.at.into(),
            due_before: extension.due_before.into(),
            due_after: extension.due_after.into(),
            reason: extension.reason.clone(),
        }
    }
}

impl Opinion {
    /// The opinion, with the name of the unit that is asked.
    pub fn new(view: &View<'_>, opinion: &ruled::Opinion) -> Self {
        let answer = opinion.answer.as_ref();
        Self {
            id: opinion.id.to_string(),
            unit: UnitName::new(view.office, &opinion.unit),
            question: opinion.question.clone(),
            asked_at: opinion.asked_at.into(),
            answer_by: opinion.answer_by.into(),
            agrees: answer.map(|answer| answer.agrees),
            text: answer.map(|answer| answer.text.clone()),
            answered_at: answer.map(|answer| answer.at.into()),
        }
    }
}

impl From<&ruled::Proposal> for Proposal {
    fn from(proposal: &ruled::Proposal) -> Self {
        Self {
            step: proposal.step.to_string(),
            verdict: proposal.verdict.into(),
            text: proposal.text.clone(),
            by: proposal.by.clone(),
            at: proposal.at.into(),
        }
    }
}

impl From<&ruled::Outcome> for Outcome {
    fn from(outcome: &ruled::Outcome) -> Self {
        Self {
            verdict: outcome.verdict.into(),
            title: outcome.title.clone(),
            paper: outcome.paper.id.to_string(),
            signer_name: outcome.signer_name.clone(),
            at: outcome.at.into(),
            returned_at: outcome.returned_at.map(Instant::from),
            returned_to: outcome.returned_to.clone(),
        }
    }
}

impl Form {
    /// The form, with the name of its unit.
    pub fn new(view: &View<'_>, form: &ruled::IssuedForm) -> Self {
        Self {
            kind: form.kind.name(),
            number: form.number,
            unit: UnitName::new(view.office, &form.unit),
            at: form.at.into(),
            entry: form.entry,
        }
    }
}

impl From<&ruled::Message> for Message {
    fn from(message: &ruled::Message) -> Self {
        Self {
            id: message.id.to_string(),
            from_applicant: message.from_applicant,
            by: message.by.clone(),
            at: message.at.into(),
            text: message.text.clone(),
        }
    }
}
