//! What happened: the content of the journal, in the past tense.
//!
//! An event carries everything that was decided, so that applying it needs neither a clock nor a calendar nor the
//! list of units.

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
    /// Name then; empty for the program itself.
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
    Filed {
        /// What was asked.
        filing: Box<Filing>,
    },
    /// Accepted: status 2 (then 4 when a unit signs for it).
    Accepted {
        /// Who settles it; `None` when the dispatcher has to find out.
        competent_unit: Option<UnitCode>,
        /// Handed in elsewhere than at its desk: the clock has not started.
        non_territorial: bool,
        /// The due instant, when the clock starts now.
        due: Option<Timestamp>,
        /// A remark.
        note: String,
    },
    /// Not accepted: status 3.
    Refused {
        /// Why.
        reason: String,
        /// The article that says so.
        legal_base: String,
    },
    /// Papers asked for: status 5.
    SupplementRequested {
        /// Before or after acceptance.
        stage: Stage,
        /// Every defect, once.
        defects: Vec<Defect>,
        /// Why.
        reason: String,
        /// The article that asks for it.
        legal_base: String,
        /// The leader who allowed one more.
        approver: Option<PersonId>,
        /// Asked within the working days the law gives.
        in_time: bool,
        /// The applicant's own deadline.
        answer_by: Timestamp,
        /// The due instant until now.
        due_before: Option<Timestamp>,
    },
    /// Papers brought: back to 1, 2 or 4.
    SupplementAnswered {
        /// The papers.
        papers: Vec<Paper>,
        /// What the applicant says.
        note: String,
        /// The due instant from now on.
        due_after: Option<Timestamp>,
    },
    /// Payment asked for: status 6.
    PaymentRequested {
        /// What for.
        name: String,
        /// VND.
        amount: i64,
        /// The article that asks for it.
        legal_base: String,
        /// Until when.
        pay_by: Timestamp,
    },
    /// Paid: status 4.
    Paid {
        /// VND.
        amount: i64,
        /// Number of the receipt.
        receipt: String,
        /// The due instant from now on.
        due_after: Option<Timestamp>,
    },
    /// The clock stands on other grounds, inside status 4.
    Paused {
        /// Why.
        reason: String,
        /// The article that allows it.
        legal_base: String,
        /// Until when at the latest.
        until: Timestamp,
    },
    /// The clock runs again.
    Resumed {
        /// A remark.
        note: String,
        /// The due instant from now on.
        due_after: Option<Timestamp>,
    },
    /// The dispatcher found the competent unit.
    Dispatched {
        /// Which.
        unit: UnitCode,
        /// Handed in elsewhere than at its desk.
        non_territorial: bool,
        /// The due instant, when the clock runs.
        due: Option<Timestamp>,
        /// A remark.
        note: String,
    },
    /// A step was finished; the following ones were opened.
    Forwarded {
        /// The step that was finished.
        step: StepKey,
        /// Those that it opened; none while a later one waits for others as well.
        opened: Vec<Opened>,
        /// A remark, or the opinion asked for.
        note: String,
    },
    /// The receiving side signed for a step.
    TakenOver {
        /// Which.
        step: StepKey,
        /// Whether the taker does it (a specialist), rather than receiving it for the unit.
        in_charge: bool,
        /// The due instant, when this starts the clock of a non-territorial dossier.
        due: Option<Timestamp>,
        /// A remark: papers missing, postal invoice.
        note: String,
    },
    /// A step was sent back to an earlier one.
    SentBack {
        /// The step that was held.
        step: StepKey,
        /// The earlier step that is open again.
        to: Opened,
        /// Why.
        reason: String,
    },
    /// An officer is in charge of a step.
    Assigned {
        /// Which.
        step: StepKey,
        /// Who.
        officer: PersonId,
        /// As a label.
        officer_name: String,
    },
    /// Another unit is asked what it thinks.
    OpinionAsked {
        /// Stable id.
        id: OpinionId,
        /// Who is asked.
        unit: UnitCode,
        /// What.
        question: String,
        /// Until when.
        answer_by: Timestamp,
    },
    /// It answered.
    OpinionAnswered {
        /// Which question.
        id: OpinionId,
        /// Agrees or not.
        agrees: bool,
        /// In words.
        text: String,
        /// After the instant it was asked by.
        late: bool,
    },
    /// The specialist proposes a result.
    Proposed {
        /// The step that this finishes.
        step: StepKey,
        /// Grant or reject.
        verdict: Verdict,
        /// Why.
        text: String,
        /// The draft of the result.
        draft: Option<Box<Paper>>,
        /// The steps that it opened.
        opened: Vec<Opened>,
    },
    /// The head agrees.
    Approved {
        /// The step that this finishes.
        step: StepKey,
        /// A remark.
        note: String,
        /// The steps that it opened.
        opened: Vec<Opened>,
    },
    /// The result is signed: status 9.
    Settled {
        /// The step that this finishes.
        step: StepKey,
        /// Granted or rejected.
        verdict: Verdict,
        /// Number and title of the document.
        title: String,
        /// The result.
        paper: Box<Paper>,
        /// The return, handed over to the one-stop.
        opened: Vec<Opened>,
    },
    /// Late, with an apology and a new date.
    Extended {
        /// The due instant until now.
        due_before: Timestamp,
        /// The new one.
        due_after: Timestamp,
        /// Why the office is late.
        reason: String,
        /// Signed as early as the law asks; otherwise late without apology.
        in_time: bool,
    },
    /// The applicant took it back: status 7.
    Withdrawn {
        /// Why.
        reason: String,
    },
    /// The office stopped it: status 8.
    Stopped {
        /// Why.
        reason: String,
        /// The article that allows it.
        legal_base: String,
        /// What happens to the fees paid.
        fee_settlement: String,
        /// Because the applicant's deadline for the papers passed.
        lapsed: bool,
    },
    /// The result is in the applicant's hands: status 10.
    Returned {
        /// Whose hands, in words.
        to: String,
        /// A remark.
        note: String,
    },
    /// A paper was added or scanned.
    PaperAdded {
        /// Which.
        paper: Box<Paper>,
    },
    /// Somebody wrote.
    MessageSent {
        /// What.
        message: Message,
    },
    /// A numbered form was issued.
    FormIssued {
        /// Which.
        kind: FormKind,
        /// Number in the register of the unit.
        number: u32,
        /// Whose register.
        unit: UnitCode,
    },
    /// An officer read the dossier. Changes nothing; the applicant sees it.
    Read {
        /// What for.
        purpose: String,
    },
}

impl Event {
    /// Every name, in the order in which things usually happen.
    pub const NAMES: [&'static str; 27] = [
        "filed",
        "accepted",
        "refused",
        "supplement_requested",
        "supplement_answered",
        "payment_requested",
        "paid",
        "paused",
        "resumed",
        "dispatched",
        "forwarded",
        "taken_over",
        "sent_back",
        "assigned",
        "opinion_asked",
        "opinion_answered",
        "proposed",
        "approved",
        "settled",
        "extended",
        "withdrawn",
        "stopped",
        "returned",
        "paper_added",
        "message_sent",
        "form_issued",
        "read",
    ];

    /// The name used in storage, in message keys and in the API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Filed { .. } => "filed",
            Self::Accepted { .. } => "accepted",
            Self::Refused { .. } => "refused",
            Self::SupplementRequested { .. } => "supplement_requested",
            Self::SupplementAnswered { .. } => "supplement_answered",
            Self::PaymentRequested { .. } => "payment_requested",
            Self::Paid { .. } => "paid",
            Self::Paused { .. } => "paused",
            Self::Resumed { .. } => "resumed",
            Self::Dispatched { .. } => "dispatched",
            Self::Forwarded { .. } => "forwarded",
            Self::TakenOver { .. } => "taken_over",
            Self::SentBack { .. } => "sent_back",
            Self::Assigned { .. } => "assigned",
            Self::OpinionAsked { .. } => "opinion_asked",
            Self::OpinionAnswered { .. } => "opinion_answered",
            Self::Proposed { .. } => "proposed",
            Self::Approved { .. } => "approved",
            Self::Settled { .. } => "settled",
            Self::Extended { .. } => "extended",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Stopped { .. } => "stopped",
            Self::Returned { .. } => "returned",
            Self::PaperAdded { .. } => "paper_added",
            Self::MessageSent { .. } => "message_sent",
            Self::FormIssued { .. } => "form_issued",
            Self::Read { .. } => "read",
        }
    }
}

/// A step that a finished one opened, and to whom it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Which.
    pub step: StepKey,
    /// To which unit.
    pub unit: UnitCode,
    /// Must be signed for: it went to another unit, or across the line between one-stop and professional side.
    pub offered: bool,
}
