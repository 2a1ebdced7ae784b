//! Where the steps of the process stand, and who held the dossier when.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::PersonId;
use crate::procedure::StepKey;
use crate::unit::UnitCode;

/// Where one step of the electronic process stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum TaskState {
    /// Steps before it are not done.
    Waiting,
    /// Handed over to its unit, which has not signed for it yet.
    Offered {
        /// When it was handed over.
        at: Timestamp,
    },
    /// In the unit's hands.
    Active {
        /// Since when the unit holds it.
        since: Timestamp,
        /// The officer in charge, once assigned.
        officer: Option<PersonId>,
        /// As a label.
        officer_name: Option<String>,
    },
    /// Done.
    Done {
        /// Since when the unit held it.
        since: Timestamp,
        /// When it was finished.
        at: Timestamp,
        /// Who finished it.
        by: Option<PersonId>,
        /// As a label.
        by_name: String,
    },
    /// Left out: the dossier ended before.
    Dropped,
}

/// One step of the process of this dossier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Key of the step in the process.
    pub step: StepKey,
    /// The unit that has to do it, once known.
    pub unit: Option<UnitCode>,
    /// Where it stands.
    pub state: TaskState,
}

/// A hand-over receipt (bản ghi giao nhận) between two units, or between the one-stop and the professional side
/// of one unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOver {
    /// The step that the receiving unit is to do.
    pub step: StepKey,
    /// Who gives.
    pub from_unit: UnitCode,
    /// The officer who gives, as a label.
    pub from_name: String,
    /// Given when.
    pub given_at: Timestamp,
    /// Who takes.
    pub to_unit: UnitCode,
    /// The officer who signed for it, as a label.
    pub to_name: Option<String>,
    /// Signed for when.
    pub taken_at: Option<Timestamp>,
    /// When it was taken back unsigned, because it went back or the dossier ended.
    pub taken_back_at: Option<Timestamp>,
    /// What the giver remarks.
    pub note: String,
    /// What the taker remarks: papers missing, postal invoice.
    pub taker_note: String,
}

impl HandOver {
    /// Whether it waits for a signature for this step.
    pub fn is_open_for(&self, step: &StepKey) -> bool {
        self.step == *step && self.taken_at.is_none() && self.taken_back_at.is_none()
    }
}

/// One stretch of time in which one unit answered for one step.
///
/// It begins with the hand-over: from then on only the receiving unit can go on, so it answers for the delay
/// until it signs as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// The step.
    pub step: StepKey,
    /// Who held it.
    pub unit: UnitCode,
    /// From when.
    pub from: Timestamp,
    /// When the unit signed for it; `None` while it has not.
    pub signed_at: Option<Timestamp>,
    /// Until when; `None` while it still does.
    pub to: Option<Timestamp>,
    /// The officer who ended it, as a label.
    pub ended_by: Option<String>,
}

impl Holding {
    /// Whether it goes on, for this step.
    pub fn is_open_for(&self, step: &StepKey) -> bool {
        self.step == *step && self.to.is_none()
    }
}

impl Task {
    /// In a unit's hands.
    pub fn is_active(&self) -> bool {
        matches!(self.state, TaskState::Active { .. })
    }

    /// Handed over and not signed for.
    pub fn is_offered(&self) -> bool {
        matches!(self.state, TaskState::Offered { .. })
    }

    /// Finished.
    pub fn is_done(&self) -> bool {
        matches!(self.state, TaskState::Done { .. })
    }

    /// The officer in charge: account and label.
    pub fn officer(&self) -> Option<(PersonId, &str)> {
        match &self.state {
            TaskState::Active { officer, officer_name, .. } => {
                officer.map(|id| (id, officer_name.as_deref().unwrap_or_default()))
            }
            TaskState::Waiting | TaskState::Offered { .. } | TaskState::Done { .. } | TaskState::Dropped => {
                None
            }
        }
    }
}
