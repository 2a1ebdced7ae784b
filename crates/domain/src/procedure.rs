//! Administrative procedures (thủ tục hành chính): what can be asked for, with which papers, on what terms.
//!
//! A published [`ProcedureVersion`] never changes. A revision is a new version, and a dossier keeps the one in
//! force when it was received.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::unit::{UnitCode, UnitLevel};

pub mod check;
pub mod code;
pub mod papers;
pub mod process;
pub mod terms;

pub use check::{Part, ProcedureDefect};
pub use code::{BadKey, BadProcedureCode, CaseKey, ComponentKey, ProcedureCode, QuestionKey, StepKey};
pub use papers::{Case, ChoiceOption, Component, Purpose, Question, QuestionKind};
pub use process::{ElectronicProcess, ProcessDefect, ProcessStep, StepAgency, StepKind};
pub use terms::{Channel, ChannelTerms, CollectedAt, Fee, FeeKind};

/// A level a procedure is done at (cấp thực hiện).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProcedureLevel {
    /// Cấp bộ.
    Ministry,
    /// Cấp tỉnh.
    Province,
    /// Cấp huyện, until 30 June 2025.
    District,
    /// Cấp xã.
    Commune,
    /// Ngành dọc: tax, customs, treasury, insurance and others that answer to a ministry, not to the province.
    Vertical,
    /// Cơ quan khác.
    Other,
}

impl ProcedureLevel {
    /// Every level, as listed to people.
    pub const ALL: [Self; 6] =
        [Self::Commune, Self::Province, Self::Ministry, Self::Vertical, Self::Other, Self::District];

    /// The name used in storage, in message keys and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ministry => "ministry",
            Self::Province => "province",
            Self::District => "district",
            Self::Commune => "commune",
            Self::Vertical => "vertical",
            Self::Other => "other",
        }
    }

    /// The level with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

/// A field of administration (lĩnh vực).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// National code, `G15-TP07`; empty when it is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// Name, `Hộ tịch`.
    pub name: String,
}

/// Who may ask for it (đối tượng thực hiện).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// National code, `ĐT1`; empty when it is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// Name, `Công dân Việt Nam`.
    pub name: String,
}

/// What a publication decision does to a procedure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublicationKind {
    /// Mới ban hành.
    New,
    /// Sửa đổi, bổ sung.
    Amended,
    /// Thay thế.
    Replaced,
    /// Bãi bỏ.
    Abolished,
}

impl PublicationKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::New, Self::Amended, Self::Replaced, Self::Abolished];

    /// The name used in storage, in message keys and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Amended => "amended",
            Self::Replaced => "replaced",
            Self::Abolished => "abolished",
        }
    }
}

/// The decision that made the procedure public (quyết định công bố).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicationDecision {
    /// Number, `163/QĐ-BTP`.
    pub number: String,
    /// Day it was signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// Day the text it publishes takes effect: the deadline of the decision is counted from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<Date>,
    /// What it does; `None` when the source does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<PublicationKind>,
    /// Who signed it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub issuer: String,
}

/// What the applicant gets (kết quả).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcedureResult {
    /// National code, `KQ.G15.000031`; empty when it is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// Name, `Giấy khai sinh`.
    pub name: String,
    /// What sort of paper it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ResultKind>,
    /// How many months it is valid; `None` when it does not expire or nobody says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity_months: Option<u16>,
}

/// What sort of paper a result is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResultKind {
    /// Giấy phép.
    Licence,
    /// Giấy chứng nhận, giấy khai sinh.
    Certificate,
    /// Quyết định hành chính.
    Decision,
    /// Trích lục, bản sao.
    Extract,
    /// Giấy xác nhận.
    Confirmation,
    /// Another paper.
    Other,
}

impl ResultKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Licence, Self::Certificate, Self::Decision, Self::Extract, Self::Confirmation, Self::Other];

    /// The name used in storage, in message keys and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Licence => "licence",
            Self::Certificate => "certificate",
            Self::Decision => "decision",
            Self::Extract => "extract",
            Self::Confirmation => "confirmation",
            Self::Other => "other",
        }
    }
}

/// A text the procedure rests on (căn cứ pháp lý).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalBase {
    /// Number, `123/2015/NĐ-CP`; empty when it is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub number: String,
    /// What it is about.
    pub name: String,
    /// Day it was issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// Who issued it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub issuer: String,
}

/// How far it can be done online (mức độ dịch vụ công trực tuyến).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum OnlineLevel {
    /// Toàn trình: everything, without coming to an office.
    Full,
    /// Một phần: some of it; the reason why not all is published with it.
    Partial {
        /// Why not all; empty when the source does not say.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// Not at all.
    #[default]
    None,
}

impl OnlineLevel {
    /// The name used in storage, in message keys and in the API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Partial { .. } => "partial",
            Self::None => "none",
        }
    }
}

/// Which unit is competent for a dossier.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Competence {
    /// The unit whose one-stop received it.
    Receiving,
    /// The unit of this level whose area the applicant chooses or lives in.
    Area(UnitLevel),
    /// This unit.
    Unit(UnitCode),
    /// Nobody can tell beforehand: the dossier goes to the dispatcher's queue.
    #[default]
    Dispatcher,
}

/// Where an entry came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Name of the source.
    pub name: String,
    /// Id of the entry there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
}

/// One version of a procedure. Once published it never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcedureVersion {
    /// National code.
    pub code: ProcedureCode,
    /// 1, 2, 3 … in the order of publication.
    #[serde(default)]
    pub version: u32,
    /// Official name.
    pub name: String,
    /// Name in English; the Vietnamese one is shown when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// Fields it belongs to.
    #[serde(default)]
    pub fields: Vec<Field>,
    /// Levels it is done at.
    #[serde(default)]
    pub levels: BTreeSet<ProcedureLevel>,
    /// Who may ask for it.
    #[serde(default)]
    pub subjects: Vec<Subject>,
    /// The decision that published it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publication: Option<PublicationDecision>,
    /// First day it is in force.
    pub valid_from: Date,
    /// Last day; `None` while it is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// How it is done, step by step, for the applicant to read (trình tự thực hiện).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub steps: String,
    /// Its cases and their papers.
    #[serde(default)]
    pub cases: Vec<Case>,
    /// Limits and fees by channel.
    #[serde(default)]
    pub channels: Vec<ChannelTerms>,
    /// What the applicant gets.
    #[serde(default)]
    pub results: Vec<ProcedureResult>,
    /// Texts it rests on.
    #[serde(default)]
    pub legal_bases: Vec<LegalBase>,
    /// Requirements and conditions (yêu cầu, điều kiện).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub requirements: String,
    /// The executing agency in the words of the publication.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub executing_agency: String,
    /// Which unit is competent for a dossier.
    #[serde(default)]
    pub competence: Competence,
    /// How far it can be done online.
    #[serde(default)]
    pub online: OnlineLevel,
    /// Whether any one-stop of the province may receive it, wherever the applicant lives (phi địa giới).
    #[serde(default)]
    pub non_territorial: bool,
    /// Whether papers and results may travel by the public postal service.
    #[serde(default)]
    pub postal: bool,
    /// Whether it is done between agencies only (thủ tục nội bộ) and so is not shown to the public.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub internal: bool,
    /// Words people search it by that are not in its name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// Questions of the online form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<Question>,
    /// Its electronic process; `None` for the default one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<ElectronicProcess>,
    /// Where the entry came from; `None` when it was written here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

impl ProcedureVersion {
    /// A version with a code and a name, in force from a day; everything else empty.
    pub fn new(code: ProcedureCode, name: impl Into<String>, valid_from: Date) -> Self {
        Self {
            code,
            version: 1,
            name: name.into(),
            name_en: None,
            fields: Vec::new(),
            levels: BTreeSet::new(),
            subjects: Vec::new(),
            publication: None,
            valid_from,
            valid_to: None,
            steps: String::new(),
            cases: Vec::new(),
            channels: Vec::new(),
            results: Vec::new(),
            legal_bases: Vec::new(),
            requirements: String::new(),
            executing_agency: String::new(),
            competence: Competence::default(),
            online: OnlineLevel::default(),
            non_territorial: false,
            postal: false,
            internal: false,
            keywords: Vec::new(),
            questions: Vec::new(),
            process: None,
            source: None,
        }
    }

    /// Whether it is in force on `day`.
    pub fn is_in_force_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }

    /// Its own process, or the default one.
    pub fn process(&self) -> ElectronicProcess {
        self.process.clone().unwrap_or_else(ElectronicProcess::default_process)
    }

    /// The case with this key.
    pub fn case(&self, key: &CaseKey) -> Option<&Case> {
        self.cases.iter().find(|case| case.key == *key)
    }

    /// The terms that may apply to a dossier of this case and channel: those of the case when it has its own,
    /// otherwise those of every case. More than one when conditions that only an officer can judge decide.
    pub fn terms(&self, channel: Channel, case: Option<&CaseKey>) -> Vec<&ChannelTerms> {
        let of = |wanted: Option<&CaseKey>| -> Vec<&ChannelTerms> {
            let fits = |terms: &&ChannelTerms| terms.channel == channel && terms.case.as_ref() == wanted;
            self.channels.iter().filter(fits).collect()
        };
        let own = if case.is_some() { of(case) } else { Vec::new() };
        if own.is_empty() { of(None) } else { own }
    }

    /// The channels it may be filed by, in the order of their numbers.
    pub fn open_channels(&self) -> Vec<Channel> {
        let offered = |channel: &Channel| self.channels.iter().any(|terms| terms.channel == *channel);
        Channel::ALL.into_iter().filter(offered).collect()
    }

    /// The version of one procedure in force on `day`: the one published last of those that have begun. `None`
    /// before the first begins, and after the last has ended.
    pub fn in_force(versions: &[Self], day: Date) -> Option<&Self> {
        let begun = versions.iter().filter(|version| version.valid_from <= day);
        begun.max_by_key(|version| version.version).filter(|version| version.is_in_force_on(day))
    }

    /// What a dossier keeps of its field: the national code, or the name where no code is known.
    pub fn field_key(&self) -> String {
        let key = |field: &Field| if field.code.is_empty() { field.name.clone() } else { field.code.clone() };
        self.fields.first().map(key).unwrap_or_default()
    }

    /// The name of a field that a dossier kept as [`Self::field_key`].
    pub fn field_name<'a>(&'a self, key: &'a str) -> &'a str {
        self.fields.iter().find(|field| field.code == key).map_or(key, |field| &field.name)
    }

    /// Whether it is a line of a catalogue and no more: neither papers nor terms, so nothing can be filed.
    pub fn is_outline(&self) -> bool {
        self.cases.is_empty() && self.channels.is_empty()
    }
}

#[cfg(test)]
mod tests;
