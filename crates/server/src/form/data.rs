//! What each form says: plain facts that the dossier fills in, written as words when they reach the template.
//!
//! Field names are the contract with the templates of `seed/forms` and with those an office has edited:
//! change them only by adding.

use jiff::Timestamp;
use jiff::civil::Date;
use motcua_domain::calendar::Limit;
use motcua_domain::form::FormKind;
use serde::Serialize;

use super::words;

/// The top of every form, and what proves the record behind it.
#[derive(Debug, Clone, Serialize)]
pub struct Head {
    /// Name of the agency above; none when there is none.
    pub superior: Option<String>,
    /// Name of the issuing agency.
    pub agency: String,
    /// Name of its reception desk; none on letters of the agency itself.
    pub reception: Option<String>,
    /// Place name before the date.
    pub place: String,
    /// Day of issue.
    #[serde(serialize_with = "words::as_day")]
    pub day: Date,
    /// Number of this form, such as `07/HDHS`; none when the form has none.
    pub number_label: Option<String>,
    /// Code of the dossier; none on the register.
    pub code: Option<String>,
    /// Address of the public look-up, shown as a square code.
    pub look_up_url: Option<String>,
    /// What the journal said when the form was issued.
    pub proof: Option<Proof>,
}

/// Hashes by which the record can later be shown to be unchanged.
#[derive(Debug, Clone, Serialize)]
pub struct Proof {
    /// Hash of the dossier's newest journal entry, hexadecimal.
    #[serde(serialize_with = "words::as_short_hash")]
    pub head: String,
    /// The last tree of all dossiers that was sealed.
    pub sealed: Option<SealedRoot>,
}

/// Root of a sealed tree of dossiers.
#[derive(Debug, Clone, Serialize)]
pub struct SealedRoot {
    /// Root hash, hexadecimal.
    #[serde(serialize_with = "words::as_short_hash")]
    pub root: String,
    /// When it was sealed.
    #[serde(serialize_with = "words::as_short_instant")]
    pub at: Timestamp,
}

/// Whom the form is about.
#[derive(Debug, Clone, Serialize)]
pub struct Applicant {
    /// Name of the person or organisation.
    pub name: String,
    /// Identity or tax number; empty when unknown.
    pub id_number: String,
    /// Address; empty when unknown.
    pub address: String,
    /// Telephone; empty when unknown.
    pub phone: String,
    /// Mail address; empty when unknown.
    pub email: String,
}

/// Whom to ask.
#[derive(Debug, Clone, Serialize)]
pub struct Contact {
    /// Name and function.
    pub name: String,
    /// Telephone.
    pub phone: String,
}

/// Who signs for an agency.
#[derive(Debug, Clone, Serialize)]
pub struct Signature {
    /// Lines above the signature, such as `TM. ỦY BAN NHÂN DÂN`, `KT. CHỦ TỊCH`, `PHÓ CHỦ TỊCH`.
    pub authority: Vec<String>,
    /// Name of the signer.
    pub name: String,
}

/// Form 01: the dossier is taken in and will be answered by a day.
#[derive(Debug, Clone, Serialize)]
pub struct ReceiptData {
    /// Top of the form.
    pub head: Head,
    /// Owner of the dossier.
    pub applicant: Applicant,
    /// What is asked for.
    pub request: String,
    /// Papers taken in.
    pub components: Vec<ReceivedComponent>,
    /// Sets of papers.
    pub sets_count: u32,
    /// Time the procedure allows; none when no rule limits it.
    #[serde(serialize_with = "words::as_limit_or_none")]
    pub limit: Option<Limit>,
    /// When the complete dossier was received.
    #[serde(serialize_with = "words::as_instant")]
    pub received_at: Timestamp,
    /// When the result is promised; none for a procedure without limit.
    #[serde(serialize_with = "words::as_instant_or_none")]
    pub due_at: Option<Timestamp>,
    /// Where the result is to be had.
    pub result_place: String,
    /// Fees and charges; empty when the procedure has none.
    pub fees: Vec<FeeLine>,
    /// Where the register has it.
    pub register: Option<RegisterPlace>,
    /// Who handed it in.
    pub submitter: String,
    /// Who took it in.
    pub receiver: String,
}

/// One paper on the receipt, and in which makings it was handed in.
#[derive(Debug, Clone, Serialize)]
pub struct ReceivedComponent {
    /// Name of the paper.
    pub name: String,
    /// The makings handed in.
    pub makings: Vec<Making>,
    /// How many.
    pub count: u32,
}

/// In which making a paper is handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Making {
    /// Bản chính.
    Original,
    /// Bản sao.
    Copy,
    /// Bản chụp.
    Photocopy,
    /// Bản điện tử.
    Electronic,
}

/// One fee on the receipt.
#[derive(Debug, Clone, Serialize)]
pub struct FeeLine {
    /// What it is for.
    pub name: String,
    /// In VND; 0 is a fee of nothing, which differs from no fee.
    #[serde(serialize_with = "words::as_money")]
    pub amount: i64,
    /// Already paid.
    pub paid: bool,
}

/// Place of a dossier in the register.
#[derive(Debug, Clone, Serialize)]
pub struct RegisterPlace {
    /// The book, such as `01/2026`.
    pub book: String,
    /// Entry in the book.
    #[serde(serialize_with = "words::as_two_digits")]
    pub entry: u32,
}

/// Form 02: what is missing, once and completely.
#[derive(Debug, Clone, Serialize)]
pub struct SupplementData {
    /// Top of the form.
    pub head: Head,
    /// Owner of the dossier.
    pub applicant: Applicant,
    /// What is asked for.
    pub request: String,
    /// Every defect.
    pub defects: Vec<DefectLine>,
    /// Why.
    pub reason: String,
    /// The rule that asks for it; empty when the reason names it.
    pub legal_base: String,
    /// Until when the applicant may answer.
    #[serde(serialize_with = "words::as_instant_or_none")]
    pub answer_by: Option<Timestamp>,
    /// Whom to ask.
    pub contact: Contact,
    /// Who signs as guide.
    pub guide: String,
}

/// One thing to bring or mend.
#[derive(Debug, Clone, Serialize)]
pub struct DefectLine {
    /// The paper, and what about it.
    pub content: String,
    /// Making asked for, such as `Bản sao`; empty when any will do.
    pub making: String,
}

/// Form 03: not taken in, and why.
#[derive(Debug, Clone, Serialize)]
pub struct RefusalData {
    /// Top of the form.
    pub head: Head,
    /// Owner of the dossier.
    pub applicant: Applicant,
    /// What was asked for.
    pub request: String,
    /// The concrete reason.
    pub reason: String,
    /// The rule; empty when the reason names it.
    pub legal_base: String,
    /// Whom to ask.
    pub contact: Contact,
    /// Who handed it in.
    pub submitter: String,
    /// Who refused it.
    pub receiver: String,
}

/// Form 04: it will be late; sorry, and until when.
#[derive(Debug, Clone, Serialize)]
pub struct ApologyData {
    /// Top of the form.
    pub head: Head,
    /// To whom.
    pub applicant: Applicant,
    /// What was asked for.
    pub request: String,
    /// Field of administration, such as `Đất đai`.
    pub field: String,
    /// Who received the dossier.
    pub received_by: String,
    /// When.
    #[serde(serialize_with = "words::as_instant")]
    pub received_at: Timestamp,
    /// The promise that will not be kept.
    #[serde(serialize_with = "words::as_instant")]
    pub due_before: Timestamp,
    /// The new one.
    #[serde(serialize_with = "words::as_instant")]
    pub due_after: Timestamp,
    /// Why.
    pub reason: String,
    /// Who gets copies, line by line.
    pub recipients: Vec<String>,
    /// The head of the handling agency.
    pub signature: Signature,
}

/// Form 05 of the seven: the dossier is stopped.
#[derive(Debug, Clone, Serialize)]
pub struct StopData {
    /// Top of the form.
    pub head: Head,
    /// Who asked.
    pub applicant: Applicant,
    /// What was asked for.
    pub request: String,
    /// At which stage it stood, in words.
    pub stage: String,
    /// What is decided.
    pub decision: String,
    /// Why.
    pub reason: String,
    /// The rule; empty when the reason names it.
    pub legal_base: String,
    /// From when.
    #[serde(serialize_with = "words::as_instant")]
    pub stopped_at: Timestamp,
    /// Fees paid so far, in VND.
    #[serde(serialize_with = "words::as_money")]
    pub fees_paid: i64,
    /// Of these, what is given back, in VND; none when it is filled in by hand once it is counted.
    #[serde(serialize_with = "words::as_money_or_none")]
    pub fees_refunded: Option<i64>,
    /// How and when it is given back; empty when nothing is.
    pub fee_settlement: String,
    /// Who gets copies, line by line.
    pub recipients: Vec<String>,
    /// Who signs.
    pub signature: Signature,
}

/// Form 05 of the six, 06 of the seven: who held the dossier from when to when.
#[derive(Debug, Clone, Serialize)]
pub struct ControlSlipData {
    /// Top of the form.
    pub head: Head,
    /// Owner of the dossier.
    pub applicant: Applicant,
    /// What is asked for.
    pub request: String,
    /// When it was received.
    #[serde(serialize_with = "words::as_instant")]
    pub received_at: Timestamp,
    /// When the result is promised.
    #[serde(serialize_with = "words::as_instant_or_none")]
    pub due_at: Option<Timestamp>,
    /// The handling agency.
    pub lead: String,
    /// Cooperating agencies.
    pub partners: Vec<String>,
    /// Every hand-over, oldest first.
    pub hops: Vec<Hop>,
}

/// One hand-over.
#[derive(Debug, Clone, Serialize)]
pub struct Hop {
    /// Who gave it.
    pub from: String,
    /// Who took it.
    pub to: String,
    /// When it was signed for; none while it is under way.
    #[serde(serialize_with = "words::as_instant_or_none")]
    pub at: Option<Timestamp>,
    /// Person who gave it.
    pub given_by: String,
    /// Person who took it; empty while it is under way.
    pub taken_by: String,
    /// How the giver stood with its own time; none for the first hand-over.
    pub punctuality: Option<Punctuality>,
    /// Remarks, such as the number of a postal invoice.
    pub note: String,
}

/// How work stands with its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Punctuality {
    /// Trước hạn.
    Early,
    /// Đúng hạn.
    OnTime,
    /// Quá hạn.
    Late,
}

/// Most entries printed into one file: more would hold too much memory while the pages are laid out.
pub const REGISTER_ROWS_MAX: usize = 200;

/// Form 06 of the six, 07 of the seven: the book of all dossiers of a year, or one part of it.
#[derive(Debug, Clone, Serialize)]
pub struct RegisterData {
    /// Top of the book.
    pub head: Head,
    /// Year of the book.
    pub year: i16,
    /// The book, such as `01/2026`.
    pub book: String,
    /// Which part of the book this is, from 1.
    pub part: usize,
    /// How many parts the book has.
    pub parts: usize,
    /// When it was opened.
    #[serde(serialize_with = "words::as_short_day")]
    pub opened_on: Date,
    /// When it was closed; none while it is open.
    #[serde(serialize_with = "words::as_day_or_none")]
    pub closed_on: Option<Date>,
    /// Entries of the whole book.
    pub entries_count: usize,
    /// Entries of this part, in order.
    pub rows: Vec<RegisterRow>,
    /// Who keeps the book.
    pub keeper: String,
    /// Who answers for it.
    pub signature: Signature,
}

impl RegisterData {
    /// The book in parts of at most [`REGISTER_ROWS_MAX`] entries, each to be printed into a file of its own.
    /// A book without entries is one part.
    pub fn into_parts(mut self) -> Vec<Self> {
        let mut rows = std::mem::take(&mut self.rows).into_iter();
        self.entries_count = rows.len();
        self.parts = rows.len().div_ceil(REGISTER_ROWS_MAX).max(1);
        (1..=self.parts)
            .map(|part| Self { part, rows: rows.by_ref().take(REGISTER_ROWS_MAX).collect(), ..self.clone() })
            .collect()
    }
}

/// One entry of the register.
#[derive(Debug, Clone, Serialize)]
pub struct RegisterRow {
    /// 1, 2, 3 … within the year.
    #[serde(serialize_with = "words::as_two_digits")]
    pub entry: u32,
    /// Code of the dossier.
    pub code: String,
    /// Name of the procedure.
    pub procedure: String,
    /// Sets of papers.
    #[serde(serialize_with = "words::as_two_digits")]
    pub sets_count: u32,
    /// Owner.
    pub applicant: Applicant,
    /// The handling agency.
    pub lead: String,
    /// When it was received.
    #[serde(serialize_with = "words::as_short_instant")]
    pub received_at: Timestamp,
    /// When the result is promised.
    #[serde(serialize_with = "words::as_short_instant_or_none")]
    pub due_at: Option<Timestamp>,
    /// When the result was returned.
    #[serde(serialize_with = "words::as_short_instant_or_none")]
    pub returned_at: Option<Timestamp>,
    /// How it came in, in words.
    pub came_by: String,
    /// How the result goes out, in words.
    pub goes_by: String,
    /// Who signed for the result; empty until then.
    pub signed_by: String,
    /// Remarks.
    pub note: String,
}

/// Any form, ready to be printed.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum FormData {
    /// 01.
    Receipt(Box<ReceiptData>),
    /// 02.
    Supplement(Box<SupplementData>),
    /// 03.
    Refusal(Box<RefusalData>),
    /// 04.
    Apology(Box<ApologyData>),
    /// Stop notice.
    Stop(Box<StopData>),
    /// Control slip.
    ControlSlip(Box<ControlSlipData>),
    /// Register.
    Register(Box<RegisterData>),
}

impl FormData {
    /// Which form this is the content of.
    pub fn kind(&self) -> FormKind {
        match self {
            Self::Receipt(_) => FormKind::Receipt,
            Self::Supplement(_) => FormKind::SupplementRequest,
            Self::Refusal(_) => FormKind::Refusal,
            Self::Apology(_) => FormKind::Apology,
            Self::Stop(_) => FormKind::StopNotice,
            Self::ControlSlip(_) => FormKind::ControlSlip,
            Self::Register(_) => FormKind::Register,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::to_value;

    use super::*;
    use crate::form::sample;

    #[test]
    fn facts_reach_the_template_as_words() {
        let receipt = to_value(sample::receipt()).unwrap();
        assert_eq!(receipt["received_at"], "14\u{a0}giờ\u{a0}05, ngày\u{a0}06 tháng\u{a0}3 năm\u{a0}2026");
        assert_eq!(receipt["limit"], "03 ngày làm việc");
        assert_eq!(receipt["fees"][0]["amount"], "75.000\u{a0}đồng");
        assert_eq!(receipt["register"]["entry"], "231");
        assert_eq!(receipt["head"]["proof"]["head"], "3f9a 22c1 9b07 55de");
        let register = to_value(sample::register(4)).unwrap();
        assert_eq!(register["rows"][0]["entry"], "01");
        assert_eq!(register["rows"][0]["due_at"], "14:05 11/03/2026");
        assert_eq!(register["rows"][3]["due_at"], serde_json::Value::Null);
    }

    #[test]
    fn a_long_register_is_printed_in_parts() {
        let sizes = |count| -> Vec<(usize, usize, usize)> {
            let parts = sample::register(count).into_parts();
            parts.iter().map(|part| (part.part, part.parts, part.rows.len())).collect()
        };
        assert_eq!(sizes(0), [(1, 1, 0)]);
        assert_eq!(sizes(200), [(1, 1, 200)]);
        assert_eq!(sizes(401), [(1, 3, 200), (2, 3, 200), (3, 3, 1)]);
        let parts = sample::register(401).into_parts();
        assert!(parts.iter().all(|part| part.entries_count == 401));
        assert_eq!(parts[2].rows[0].entry, 401);
    }

    #[test]
    fn every_kind_has_its_own_content() {
        for kind in FormKind::ALL {
            assert_eq!(sample::of(kind).kind(), kind);
        }
    }
}
