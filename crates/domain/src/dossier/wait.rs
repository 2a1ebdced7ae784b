//! What the dossier waits for and what moves its due instant: supplements, payments, pauses, the extension.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::calendar::PauseKind;
use crate::dossier::{CopyKind, Status};
use crate::ids::PersonId;
use crate::procedure::ComponentKey;

/// One defect of a supplement request: which component, what is wanted, why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defect {
    /// Key of the component, `None` when the form itself is at fault.
    pub component: Option<ComponentKey>,
    /// Its name, for letters.
    pub title: String,
    /// What the applicant must bring or mend.
    pub wanted: String,
    /// Original, copy or electronic.
    pub copy: CopyKind,
}

/// The stage at which a supplement was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Before acceptance: the clock has not started.
    Intake,
    /// While being settled.
    Appraisal,
}

/// A supplement request and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supplement {
    /// Intake or appraisal.
    pub stage: Stage,
    /// The status to go back to when it is answered.
    pub back_to: Status,
    /// Every defect, once.
    pub defects: Vec<Defect>,
    /// Why, in one sentence.
    pub reason: String,
    /// The article that asks for it.
    pub legal_base: String,
    /// The leader who allowed it, for one more than the settings give every officer.
    pub approver: Option<PersonId>,
    /// Asked within the working days in which an ineligible dossier goes back (domain rules §3.4.2).
    pub in_time: bool,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// The applicant's own deadline.
    pub answer_by: Timestamp,
    /// The due instant before it, when the clock was running.
    pub due_before: Option<Timestamp>,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// The due instant after it.
    pub due_after: Option<Timestamp>,
}

/// A pause with its base. Kinds other than supplement and finance need a leader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Why the clock stands.
    pub kind: PauseKind,
    /// In words.
    pub reason: String,
    /// The article that allows it.
    pub legal_base: String,
    /// Who allowed it.
    pub approver: Option<PersonId>,
    /// The approver's name, as a label that outlives the account.
    pub approver_name: String,
    /// From when.
    pub from: Timestamp,
    /// Until when at the latest; a pause without end is not allowed.
    pub until: Timestamp,
    /// When it really ended.
    pub ended_at: Option<Timestamp>,
}

/// The one extension, with its apology.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// When it was signed.
    pub at: Timestamp,
    /// The due instant before.
    pub due_before: Timestamp,
    /// The new due instant.
    pub due_after: Timestamp,
    /// Why the office is late.
    pub reason: String,
    /// Who signed the apology.
    pub signed_by: Option<PersonId>,
    /// As a label.
    pub signer_name: String,
    /// Signed before the due instant less the legal notice; otherwise it came too late.
    pub in_time: bool,
}

/// A request to pay, inside status 6.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentDue {
    /// What for.
    pub name: String,
    /// VND.
    pub amount: i64,
    /// The article that asks for it.
    pub legal_base: String,
    /// Asked when.
    pub asked_at: Timestamp,
    /// Until when.
    pub pay_by: Timestamp,
    /// Paid when.
    pub paid_at: Option<Timestamp>,
    /// Number of the receipt.
    pub receipt: Option<String>,
}
