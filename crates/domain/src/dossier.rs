//! One request of one applicant: what was asked, and what has become of it.
//!
//! A [`Dossier`] is the fold of its journal: [`apply::apply`] adds one [`event::Recorded`] event, and nothing else
//! changes a dossier. [`decide::decide`] says which events an action makes, or why it is refused.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::calendar::PauseKind;
use crate::ids::{OpinionId, PersonId};
use crate::procedure::{ComponentKey, ProcessStep, StepKey, StepKind};
use crate::unit::UnitCode;

pub mod action;
pub mod apply;
pub mod choice;
pub mod code;
pub mod custody;
pub mod decide;
pub mod event;
pub mod filing;
pub mod lapse;
pub mod numbering;
pub mod progress;
pub mod refusal;
pub mod result;
pub mod status;
pub mod task;
pub mod time;
pub mod wait;

pub use action::{Action, ActionKind};
pub use code::DossierCode;
pub use decide::{Ctx, Decision, Office};
pub use event::{Author, Event, Opened, Recorded};
pub use filing::{
    Answer, Applicant, ApplicantKind, ComponentAsked, CopyKind, FeeDue, FileRef, Filing, Identity, Paper,
    PaperSource, Representative, ReturnWay,
};
pub use progress::Progress;
pub use refusal::Refusal;
pub use result::{IssuedForm, Message, Opinion, OpinionAnswer, Outcome, Proposal, Verdict};
pub use status::{Channel, Status};
pub use task::{HandOver, Holding, Task, TaskState};
pub use wait::{Defect, Extension, Pause, PaymentDue, Stage, Supplement};

/// The dossier as it stands now: the fold of its journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dossier {
    /// For life.
    pub code: DossierCode,
    /// What was asked. It never changes.
    pub filing: Arc<Filing>,
    /// What has become of it.
    pub progress: Progress,
}

impl Dossier {
    /// One of the ten national statuses.
    pub fn status(&self) -> Status {
        self.progress.status
    }

    /// Whether this account is the owner's.
    pub fn is_owned_by(&self, person: PersonId) -> bool {
        self.filing.owner == Some(person)
    }

    /// The unit whose calendar and leaders count: the competent one, or while nobody knows it the receiving one.
    pub fn responsible_unit(&self) -> &UnitCode {
        self.progress.competent_unit.as_ref().unwrap_or(&self.filing.receiving_unit)
    }

    /// Where this step stands.
    pub fn task(&self, step: &StepKey) -> Option<&Task> {
        self.progress.tasks.iter().find(|task| task.step == *step)
    }

    /// What this step is, by the process in force at reception.
    pub fn step(&self, step: &StepKey) -> Option<&ProcessStep> {
        self.filing.process.step(step)
    }

    /// The first step with this kind, in the order of the process.
    pub fn step_of_kind(&self, kind: StepKind) -> Option<&ProcessStep> {
        self.filing.process.steps.iter().find(|step| step.kind == kind)
    }

    /// The steps that are in somebody's hands.
    pub fn active_tasks(&self) -> impl Iterator<Item = &Task> {
        self.progress.tasks.iter().filter(|task| task.is_active())
    }

    /// The steps that were handed over and not signed for.
    pub fn offered_tasks(&self) -> impl Iterator<Item = &Task> {
        self.progress.tasks.iter().filter(|task| task.is_offered())
    }

    /// The units that hold it now.
    pub fn holders(&self) -> BTreeSet<&UnitCode> {
        self.active_tasks().filter_map(|task| task.unit.as_ref()).collect()
    }

    /// Every unit that has or had to do with it: those whose officers may read it.
    pub fn units(&self) -> BTreeSet<&UnitCode> {
        let opinions = self.progress.opinions.iter().map(|opinion| &opinion.unit);
        let tasks = self.progress.tasks.iter().filter_map(|task| task.unit.as_ref());
        let mut units: BTreeSet<&UnitCode> = opinions.chain(tasks).collect();
        units.insert(&self.filing.receiving_unit);
        units.extend(&self.progress.competent_unit);
        units
    }

    /// Whether it was never accepted: a supplement asked now belongs to intake.
    pub fn is_at_intake(&self) -> bool {
        self.progress.accepted_at.is_none()
    }

    /// The supplement request that waits for its answer.
    pub fn open_supplement(&self) -> Option<&Supplement> {
        self.progress.supplements.iter().find(|supplement| supplement.answered_at.is_none())
    }

    /// The payment that is waited for.
    pub fn open_payment(&self) -> Option<&PaymentDue> {
        self.progress.payments.iter().find(|payment| payment.paid_at.is_none())
    }

    /// The pause on other grounds that has not been ended.
    pub fn open_pause(&self) -> Option<&Pause> {
        self.progress.pauses.iter().find(|pause| pause.kind == PauseKind::Other && pause.ended_at.is_none())
    }

    /// A request for an opinion.
    pub fn opinion(&self, id: OpinionId) -> Option<&Opinion> {
        self.progress.opinions.iter().find(|opinion| opinion.id == id)
    }

    /// Every paper, those handed in first.
    pub fn papers(&self) -> impl Iterator<Item = &Paper> {
        self.filing.papers.iter().chain(&self.progress.papers)
    }

    /// The components without which the dossier is incomplete and for which no paper is there. The desk sees them;
    /// whether they apply to this case is for a person to say.
    pub fn missing_components(&self) -> impl Iterator<Item = &ComponentAsked> {
        let required = self.filing.components.iter().filter(|asked| asked.required);
        required.filter(|asked| self.latest_paper(&asked.key).is_none())
    }

    /// The paper with the latest word on this component.
    pub fn latest_paper(&self, component: &ComponentKey) -> Option<&Paper> {
        self.papers().filter(|paper| paper.component.as_ref() == Some(component)).last()
    }
}

/// Longest short text: a name, a legal base, the number of a receipt.
pub const LINE_CHARS_MAX: usize = 500;

/// Longest long text: a reason, a question, a message.
pub const TEXT_CHARS_MAX: usize = 5_000;

/// Most papers one dossier may have.
pub const PAPERS_MAX: usize = 500;

/// Most defects one supplement request may list.
pub const DEFECTS_MAX: usize = 100;

/// Most messages one dossier may have.
pub const MESSAGES_MAX: usize = 1_000;

/// Most opinions that may be asked for about one dossier.
pub const OPINIONS_MAX: usize = 100;
