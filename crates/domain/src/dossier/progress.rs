//! Everything about a dossier that changes, as the fold of its journal.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::dossier::{
    Extension, HandOver, Holding, IssuedForm, Message, Opinion, Outcome, Paper, Pause, PaymentDue, Proposal,
    Status, Supplement, Task,
};
use crate::unit::UnitCode;

/// Everything about a dossier that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Counts changes; readings do not count.
    pub version: u64,
    /// When it last changed. Time never runs backwards in a journal.
    pub changed_at: Timestamp,
    /// One of the ten.
    pub status: Status,
    /// Submitted by the applicant, or handed over by the post.
    pub submitted_at: Timestamp,
    /// The complete dossier was accepted (time on the receipt).
    pub accepted_at: Option<Timestamp>,
    /// Sent on by the receiving desk.
    pub forwarded_at: Option<Timestamp>,
    /// The competent agency has it: starts the clock of a non-territorial dossier.
    pub competent_received_at: Option<Timestamp>,
    /// First of: settled, refused, stopped, withdrawn.
    pub ended_at: Option<Timestamp>,
    /// Who settles it, once known.
    pub competent_unit: Option<UnitCode>,
    /// Handed in elsewhere than at the desk of the competent unit (phi địa giới).
    pub non_territorial: bool,
    /// The due instant that was last told to the applicant. What is shown is computed by [`super::time::clock`];
    /// the two agree whenever the clock runs.
    pub due: Option<Timestamp>,
    /// Why it was refused, stopped or withdrawn.
    pub end_reason: Option<String>,
    /// The steps.
    pub tasks: Vec<Task>,
    /// Receipts for hand-overs.
    pub hand_overs: Vec<HandOver>,
    /// Who answered for which step when.
    pub holdings: Vec<Holding>,
    /// Papers added since filing, by whomever.
    pub papers: Vec<Paper>,
    /// Requests for papers.
    pub supplements: Vec<Supplement>,
    /// Every time the clock stood.
    pub pauses: Vec<Pause>,
    /// At most one (to be configured).
    pub extensions: Vec<Extension>,
    /// Opinions of other units.
    pub opinions: Vec<Opinion>,
    /// What is proposed at the moment, one for each examining step.
    pub proposals: Vec<Proposal>,
    /// Financial obligations.
    pub payments: Vec<PaymentDue>,
    /// The result.
    pub outcome: Option<Outcome>,
    /// Numbered forms.
    pub forms: Vec<IssuedForm>,
    /// Messages.
    pub messages: Vec<Message>,
}
