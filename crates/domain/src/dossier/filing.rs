//! What was asked at the moment of filing. Never changes afterwards.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::calendar::{Limit, SupplementPolicy};
use crate::dossier::Channel;
use crate::ids::{PaperId, PersonId, Sha256Hex};
use crate::procedure::{CaseKey, ComponentKey, ElectronicProcess, ProcedureCode, QuestionKey};
use crate::unit::UnitCode;

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
    pub question: QuestionKey,
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
    pub case: Option<CaseKey>,
    /// The papers asked for in this case: what a supplement may name.
    pub components: Vec<ComponentAsked>,
    /// The door.
    pub channel: Channel,
    /// Whose dossier it is.
    pub applicant: Applicant,
    /// Who hands it in, when somebody else.
    pub representative: Option<Representative>,
    /// Account of the owner in the portal, when there is one.
    pub owner: Option<PersonId>,
    /// By post: when the hand-over record with the postal service was signed, which is when the dossier counts
    /// as submitted (domain rules §3.3.9).
    pub posted_at: Option<Timestamp>,
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

/// A paper that the procedure version asks for in this case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentAsked {
    /// Its key in the procedure version.
    pub key: ComponentKey,
    /// Its name then.
    pub name: String,
    /// Whether the dossier is incomplete without it.
    pub required: bool,
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
    pub component: Option<ComponentKey>,
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
