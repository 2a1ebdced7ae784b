//! What leads to the result and goes with it: opinions, proposals, the result, numbered forms, messages.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::dossier::Paper;
use crate::form::FormKind;
use crate::ids::{MessageId, OpinionId};
use crate::procedure::StepKey;
use crate::unit::UnitCode;

/// A request for an opinion and its answer. Does not stop the clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// Stable id.
    pub id: OpinionId,
    /// Who is asked.
    pub unit: UnitCode,
    /// What.
    pub question: String,
    /// Asked when, by whom.
    pub asked_at: Timestamp,
    /// As a label.
    pub asked_by: String,
    /// Until when.
    pub answer_by: Timestamp,
    /// The answer.
    pub answer: Option<OpinionAnswer>,
}

/// What another unit thinks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpinionAnswer {
    /// Agrees or not.
    pub agrees: bool,
    /// In words.
    pub text: String,
    /// When.
    pub at: Timestamp,
    /// As a label.
    pub by: String,
    /// After the instant it was asked by.
    pub late: bool,
}

/// What the office says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// What was asked is granted.
    Grant,
    /// It is refused, with reasons, before the due instant.
    Reject,
}

/// What the specialist proposes to those who approve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The step it came from; each examining agency has its own.
    pub step: StepKey,
    /// Grant or reject.
    pub verdict: Verdict,
    /// Why.
    pub text: String,
    /// The draft of the result.
    pub draft: Option<Paper>,
    /// Who proposed, as a label.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Approved by, as a label.
    pub approved_by: Option<String>,
}

/// The result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Granted or rejected.
    pub verdict: Verdict,
    /// Number and title of the document, in words.
    pub title: String,
    /// The result file.
    pub paper: Paper,
    /// Who signed, as a label.
    pub signer_name: String,
    /// Signed when.
    pub at: Timestamp,
    /// Handed over when.
    pub returned_at: Option<Timestamp>,
    /// To whom, how.
    pub returned_to: Option<String>,
}

/// A numbered form that was issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedForm {
    /// Which form.
    pub kind: FormKind,
    /// Number of the unit's register of this year.
    pub number: u32,
    /// The unit whose register it is.
    pub unit: UnitCode,
    /// When.
    pub at: Timestamp,
    /// Sequence number of the journal entry, which identifies the form for life.
    pub entry: u64,
    /// Who signs it, as a label.
    pub signer_name: String,
}

/// A message between the applicant and the office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Stable id.
    pub id: MessageId,
    /// From the applicant, or from the office.
    pub from_applicant: bool,
    /// As a label.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What.
    pub text: String,
}
