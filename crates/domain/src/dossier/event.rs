//! What happened: the content of the journal, in the past tense.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::Role;
use crate::dossier::{Defect, Filing, Message, Paper, Stage, Verdict};
use crate::form::FormKind;
use crate::ids::{OpinionId, PersonId};
use crate::procedure::StepKey;
use crate::unit::UnitCode;

/// Who did it, as labels that outlive accounts and units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The account; `None` for the program itself.
    pub id: Option<PersonId>,
    /// Name then.
    pub name: String,
    /// The role that allowed it; `None` for applicants and the program.
    pub role: Option<Role>,
    /// The unit for which it was done.
    pub unit: Option<UnitCode>,
}

/// One entry of the journal, as the rules see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// 1, 2, 3 … within the dossier.
    pub sequence: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub author: Author,
    /// What.
    pub event: Event,
}

/// Everything that can happen to a dossier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Event {
    /// Submitted: status 1.
    Filed { filing: Box<Filing> },
    /// Accepted: status 2 (then 4 when its process starts).
    Accepted { competent_unit: Option<UnitCode>, note: String },
    /// Not accepted: status 3.
    Refused { reason: String, legal_base: String },
    /// Papers asked for: status 5.
    SupplementRequested {
        stage: Stage,
        defects: Vec<Defect>,
        reason: String,
        legal_base: String,
        approver: Option<PersonId>,
        answer_by: Timestamp,
        due_before: Option<Timestamp>,
    },
    /// Papers brought: back to 1, 2 or 4.
    SupplementAnswered { papers: Vec<Paper>, note: String, due_after: Option<Timestamp> },
    /// Payment asked for: status 6.
    PaymentRequested { name: String, amount: i64, legal_base: String, pay_by: Timestamp },
    /// Paid: back to 4.
    Paid { amount: i64, receipt: String },
    /// The clock stands on other grounds, inside status 4.
    Paused { reason: String, legal_base: String, until: Timestamp },
    /// The clock runs again.
    Resumed { note: String },
    /// The dispatcher found the competent unit.
    Dispatched { unit: UnitCode, note: String },
    /// A step was finished; the following ones were opened.
    Forwarded { step: StepKey, opened: Vec<Opened>, note: String },
    /// The receiving unit signed for a step.
    TakenOver { step: StepKey, due: Option<Timestamp>, note: String },
    /// A step was sent back to an earlier one.
    SentBack { step: StepKey, to: StepKey, unit: UnitCode, due: Option<Timestamp>, reason: String },
    /// An officer is in charge of a step.
    Assigned { step: StepKey, officer: PersonId, officer_name: String },
    /// Another unit is asked what it thinks.
    OpinionAsked { id: OpinionId, unit: UnitCode, question: String, answer_by: Timestamp },
    /// It answered.
    OpinionAnswered { id: OpinionId, agrees: bool, text: String },
    /// The specialist proposes a result.
    Proposed { step: StepKey, verdict: Verdict, text: String, draft: Option<Box<Paper>>, opened: Vec<Opened> },
    /// The head agrees.
    Approved { step: StepKey, note: String, opened: Vec<Opened> },
    /// The result is signed: status 9.
    Settled { step: StepKey, verdict: Verdict, title: String, paper: Box<Paper>, opened: Vec<Opened> },
    /// Late, with an apology and a new date.
    Extended { due_before: Timestamp, due_after: Timestamp, reason: String, in_time: bool },
    /// The applicant took it back: status 7.
    Withdrawn { reason: String },
    /// The office stopped it: status 8.
    Stopped { reason: String, legal_base: String, fee_settlement: String },
    /// The result is in the applicant's hands: status 10.
    Returned { to: String, note: String },
    /// A paper was added or scanned.
    PaperAdded { paper: Box<Paper> },
    /// Somebody wrote.
    MessageSent { message: Message },
    /// A numbered form was issued.
    FormIssued { kind: FormKind, number: u32, unit: UnitCode },
    /// An officer read the dossier. Changes nothing; the applicant sees it.
    Read { purpose: String },
}

/// A step that a finished one opened, and to whom it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Which.
    pub step: StepKey,
    /// To which unit; a unit other than the giver's must sign for it.
    pub unit: UnitCode,
    /// Must be signed for.
    pub offered: bool,
    /// Its own due instant when it is active at once.
    pub due: Option<Timestamp>,
}
