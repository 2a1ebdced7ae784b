//! One request of one applicant: what was asked, and what has become of it.
//!
//! A [`Dossier`] is the fold of its journal: [`apply::apply`] adds one [`Recorded`] event, and nothing else
//! changes a dossier. [`decide::decide`] says which events an action makes, or why it is refused.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::calendar::{Limit, SupplementPolicy};
use crate::dossier::code::DossierCode;
use crate::ids::{MessageId, OpinionId, PaperId, PersonId, Sha256Hex};
use crate::procedure::{ElectronicProcess, ProcedureCode, StepKey};
use crate::unit::UnitCode;

pub mod action;
pub mod apply;
pub mod code;
pub mod custody;
pub mod decide;
pub mod event;
pub mod time;

/// The ten national statuses; the numbers are fixed by the national list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 1 Mới đăng ký: submitted, not yet accepted.
    Registered = 1,
    /// 2 Được tiếp nhận: accepted, receipt issued.
    Accepted = 2,
    /// 3 Không được tiếp nhận: refused at intake. The end.
    Refused = 3,
    /// 4 Đang xử lý: moves along its electronic process.
    InProcess = 4,
    /// 5 Yêu cầu bổ sung giấy tờ: waits for the applicant's papers.
    AwaitingSupplement = 5,
    /// 6 Yêu cầu thực hiện nghĩa vụ tài chính: waits for payment.
    AwaitingPayment = 6,
    /// 7 Công dân yêu cầu rút hồ sơ: withdrawn. The end.
    Withdrawn = 7,
    /// 8 Dừng xử lý: stopped. The end.
    Stopped = 8,
    /// 9 Đã xử lý xong: the result is ready.
    Settled = 9,
    /// 10 Đã trả kết quả: the result is in the applicant's hands. The end.
    Returned = 10,
}

impl Status {
    /// Every status, by number.
    pub const ALL: [Self; 10] = [
        Self::Registered,
        Self::Accepted,
        Self::Refused,
        Self::InProcess,
        Self::AwaitingSupplement,
        Self::AwaitingPayment,
        Self::Withdrawn,
        Self::Stopped,
        Self::Settled,
        Self::Returned,
    ];

    /// The national number, 1 to 10.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The status with this national number.
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|status| i64::from(status.number()) == number)
    }

    /// The name used in message keys and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::InProcess => "in_process",
            Self::AwaitingSupplement => "awaiting_supplement",
            Self::AwaitingPayment => "awaiting_payment",
            Self::Withdrawn => "withdrawn",
            Self::Stopped => "stopped",
            Self::Settled => "settled",
            Self::Returned => "returned",
        }
    }

    /// Whether nothing may change any more.
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Refused | Self::Withdrawn | Self::Stopped | Self::Returned)
    }

    /// Whether the national list allows to go from this status to `next`.
    pub fn may_become(self, next: Self) -> bool {
        let allowed: &[Self] = match self {
            Self::Registered => &[Self::Accepted, Self::Refused, Self::AwaitingSupplement, Self::Withdrawn],
            Self::Accepted => &[
                Self::InProcess,
                Self::AwaitingSupplement,
                Self::AwaitingPayment,
                Self::Withdrawn,
                Self::Stopped,
            ],
            Self::InProcess => &[
                Self::InProcess,
                Self::AwaitingSupplement,
                Self::AwaitingPayment,
                Self::Withdrawn,
                Self::Stopped,
                Self::Settled,
            ],
            Self::AwaitingSupplement => {
                &[Self::Registered, Self::Accepted, Self::InProcess, Self::Withdrawn, Self::Stopped]
            }
            Self::AwaitingPayment => &[Self::InProcess, Self::Withdrawn, Self::Stopped],
            Self::Settled => &[Self::Returned],
            Self::Refused | Self::Withdrawn | Self::Stopped | Self::Returned => &[],
        };
        allowed.contains(&next)
    }
}

/// The door a dossier came in by, with the national code (`KenhThucHien`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// 1 Trực tiếp: at the counter.
    Counter,
    /// 2 Trực tuyến: online, by the applicant.
    Online,
    /// 3 Bưu chính công ích: by post.
    Post,
    /// 2 as well: online, filed by a helper with the applicant's consent.
    Assisted,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 4] = [Self::Counter, Self::Online, Self::Post, Self::Assisted];

    /// The national code.
    pub fn national_code(self) -> u8 {
        match self {
            Self::Counter => 1,
            Self::Online | Self::Assisted => 2,
            Self::Post => 3,
        }
    }

    /// The name used in storage, message keys and the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Online => "online",
            Self::Post => "post",
            Self::Assisted => "assisted",
        }
    }

    /// The channel with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.name() == name)
    }
}

/// Whom the dossier belongs to (`LoaiDoiTuong`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicantKind {
    /// 0 công dân.
    Citizen,
    /// 1 doanh nghiệp, tổ chức.
    Company,
    /// 2 hộ kinh doanh.
    Household,
}

/// Identifiers and addresses. Storage seals this part as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Personal identification number, 12 digits (or the old 9).
    pub id_number: Option<String>,
    /// Tax number of an organisation, 10 or 13 digits.
    pub tax_number: Option<String>,
    /// `yyyy-mm-dd`.
    pub birth_date: Option<jiff::civil::Date>,
    /// As written on the card.
    pub address: String,
    /// Ten digits.
    pub phone: Option<String>,
    /// Where notices go.
    pub email: Option<String>,
}

/// The owner of the dossier (chủ hồ sơ).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applicant {
    /// Citizen, company or business household.
    pub kind: ApplicantKind,
    /// Full name, Unicode NFC.
    pub name: String,
    /// Everything that identifies or reaches this person.
    pub identity: Identity,
}

/// Who hands the dossier in when it is not the owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Representative {
    /// Full name.
    pub name: String,
    /// Sealed like the owner's.
    pub identity: Identity,
    /// In which quality: authorised person, parent, community digital team, postal worker.
    pub capacity: String,
    /// The consent or authorisation: text version agreed to, or number of the paper.
    pub consent: String,
}

/// One answer of the online form, by the stable key of its question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Key of the question in the procedure version.
    pub question: String,
    /// Label of the question as it was asked, so that the answer stays readable.
    pub label: String,
    /// As typed.
    pub value: String,
}

/// How the applicant wants the result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnWay {
    /// At the desk that took the dossier in.
    Desk,
    /// As a signed file in the portal.
    Online,
    /// By post to this address.
    Post(String),
}

/// Everything that was asked at the moment of filing. Never changes afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filing {
    /// The procedure asked for.
    pub procedure: ProcedureCode,
    /// The version in force at reception; kept for life.
    pub procedure_version: u32,
    /// Its name then.
    pub procedure_name: String,
    /// Key of the field (lĩnh vực) of the procedure.
    pub field: String,
    /// Key of the case (trường hợp) whose components apply, when there are several.
    pub case: Option<String>,
    /// The door.
    pub channel: Channel,
    /// Whose dossier it is.
    pub applicant: Applicant,
    /// Who hands it in, when somebody else.
    pub representative: Option<Representative>,
    /// Account of the owner in the portal, when there is one.
    pub owner: Option<PersonId>,
    /// The officer at the counter who took it in.
    pub taken_in_by: Option<PersonId>,
    /// What is asked, in one line (trích yếu).
    pub subject: String,
    /// The online form.
    pub answers: Vec<Answer>,
    /// Sets of papers handed in.
    pub sets: u16,
    /// The desk that took it in.
    pub receiving_unit: UnitCode,
    /// Who settles it; `None` sends it to the dispatcher.
    pub competent_unit: Option<UnitCode>,
    /// How the result goes back.
    pub return_way: ReturnWay,
    /// The limit in force for this channel and procedure version; `None` when there is none.
    pub limit: Option<Limit>,
    /// What happens to the limit when a supplement is asked, in force at reception.
    pub supplement_policy: SupplementPolicy,
    /// Fees in force, in VND; an unknown amount is `None`, which is not zero.
    pub fees: Vec<FeeDue>,
    /// The electronic process in force.
    pub process: ElectronicProcess,
    /// Papers handed in with the filing.
    pub papers: Vec<Paper>,
}

/// A fee or charge that this dossier owes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeDue {
    /// Name as published.
    pub name: String,
    /// VND.
    pub amount: Option<i64>,
    /// Already collected at the counter.
    pub paid: bool,
}

/// Kind of copy (`LoaiBan`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CopyKind {
    /// 0 bản chính.
    Original,
    /// 1 bản sao.
    Copy,
    /// 2 bản điện tử.
    Electronic,
}

/// Where a paper came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperSource {
    /// Attached by the applicant.
    Uploaded,
    /// Scanned at the desk.
    Scanned,
    /// Handed in on paper, no file.
    OnPaper,
    /// Made by an officer while settling: draft, opinion, decision.
    Issued,
}

/// A stored file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// Address in the blob store.
    pub sha256: Sha256Hex,
    /// As the person named it.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Sniffed, never believed from the browser.
    pub media_type: String,
}

/// One paper of the dossier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// Stable id.
    pub id: PaperId,
    /// Key of the component it answers; `None` for other papers.
    pub component: Option<String>,
    /// What it is, in words.
    pub title: String,
    /// Original, copy or electronic.
    pub copy: CopyKind,
    /// How many.
    pub quantity: u16,
    /// Where it came from.
    pub source: PaperSource,
    /// The file, unless it is on paper only.
    pub file: Option<FileRef>,
}

/// One defect of a supplement request: which component, what is wanted, why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defect {
    /// Key of the component, `None` when the form itself is at fault.
    pub component: Option<String>,
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
    /// Who allowed it, for a second one.
    pub approver: Option<PersonId>,
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

/// Why a clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseKind {
    /// Waiting for papers (status 5).
    Supplement,
    /// Waiting for payment (status 6).
    Finance,
    /// Any other, inside status 4.
    Other,
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
    pub signed_by: PersonId,
    /// As a label.
    pub signer_name: String,
    /// Signed before the due instant less the legal notice; otherwise it came too late.
    pub in_time: bool,
}

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
    /// Left out: sent back over it, or the dossier ended before.
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
    /// When its own time runs out, while active.
    pub due: Option<Timestamp>,
}

/// A hand-over receipt between two units (bản ghi giao nhận).
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
    /// A remark: papers missing, postal invoice.
    pub note: String,
}

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
    pub kind: crate::form::FormKind,
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
    /// Paid when.
    pub paid_at: Option<Timestamp>,
    /// Number of the receipt.
    pub receipt: Option<String>,
}

/// The dossier as it stands now: the fold of its journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dossier {
    /// For life.
    pub code: DossierCode,
    /// What was asked.
    pub filing: Filing,
    /// What has become of it.
    pub progress: Progress,
}

/// Everything about a dossier that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Counts changes; readings do not count.
    pub version: u64,
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
    /// First of: settled, returned, refused, stopped, withdrawn.
    pub ended_at: Option<Timestamp>,
    /// Who settles it, once known.
    pub competent_unit: Option<UnitCode>,
    /// Why it was refused, stopped or withdrawn.
    pub end_reason: Option<String>,
    /// The steps.
    pub tasks: Vec<Task>,
    /// Receipts between units.
    pub hand_overs: Vec<HandOver>,
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
    /// What is proposed at the moment.
    pub proposal: Option<Proposal>,
    /// Financial obligations.
    pub payments: Vec<PaymentDue>,
    /// The result.
    pub outcome: Option<Outcome>,
    /// Numbered forms.
    pub forms: Vec<IssuedForm>,
    /// Messages.
    pub messages: Vec<Message>,
}
