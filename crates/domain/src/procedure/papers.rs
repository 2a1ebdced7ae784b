//! What the applicant brings: the papers of each case, and the questions of the online form.

use serde::{Deserialize, Serialize};

use crate::procedure::code::{CaseKey, ComponentKey, QuestionKey};

/// One case of a procedure, with its papers. A procedure without cases has one, with an empty name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The same in every version.
    pub key: CaseKey,
    /// What distinguishes it, in words an applicant recognises.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The papers.
    pub components: Vec<Component>,
}

impl Case {
    /// The papers that are handed in with the dossier.
    pub fn handed_in(&self) -> impl Iterator<Item = &Component> {
        self.components.iter().filter(|component| component.purpose == Purpose::HandIn)
    }
}

/// What happens to a paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Phải nộp: stays in the dossier.
    #[default]
    HandIn,
    /// Phải xuất trình: shown, and given back at once.
    Present,
    /// Lưu ý: no paper but advice about papers, which the national catalogue lists among them.
    Note,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 3] = [Self::HandIn, Self::Present, Self::Note];

    /// The name used in storage, in message keys and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::HandIn => "hand_in",
            Self::Present => "present",
            Self::Note => "note",
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_hand_in(&self) -> bool {
        *self == Self::HandIn
    }
}

/// One paper asked for (thành phần hồ sơ).
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent facts about a paper, as the catalogue lists them"
)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// The same in every version; unique in its procedure and case.
    pub key: ComponentKey,
    /// Code in the national list of papers, `000.00.00.G15-KQ003208`; empty when it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// What it is.
    pub name: String,
    /// Heading it is listed under, when the papers of a case are in groups.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// Whether it is handed in, shown, or only advice.
    #[serde(default, skip_serializing_if = "Purpose::is_hand_in")]
    pub purpose: Purpose,
    /// How many originals.
    #[serde(default)]
    pub original_qty: u16,
    /// How many copies.
    #[serde(default)]
    pub copy_qty: u16,
    /// Whether a dossier without it is incomplete. Otherwise it is asked for when it applies.
    #[serde(default)]
    pub required: bool,
    /// Whether the national portal fills it in as an electronic form.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub electronic_form: bool,
    /// Whether it is the online form itself: answered on the portal, never uploaded.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interactive: bool,
    /// Whether a connected database holds it, so that it is not asked for unless the look-up fails
    /// (Decree 61/2018 as amended, domain §3.3.3).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub already_held: bool,
    /// File names of its blank forms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub templates: Vec<String>,
}

/// One question of the online form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The same in every version: answers are stored under it.
    pub key: QuestionKey,
    /// The question as asked.
    pub label: String,
    /// The question in English; the Vietnamese one is asked when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_en: Option<String>,
    /// What an answer looks like.
    pub kind: QuestionKind,
    /// Whether it must be answered.
    #[serde(default)]
    pub required: bool,
    /// One sentence of help.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
    /// Heading of the page it stands on; questions of one group are asked together. Empty: alone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// Asked only in these cases; empty for every case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<CaseKey>,
}

/// What an answer looks like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum QuestionKind {
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// A day.
    Date,
    /// A whole number between two bounds.
    Number {
        /// The least.
        min: i64,
        /// The most.
        max: i64,
    },
    /// One of these.
    Choice(Vec<ChoiceOption>),
    /// Yes or no.
    YesNo,
}

/// One answer to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoiceOption {
    /// What is stored.
    pub key: QuestionKey,
    /// What is shown.
    pub label: String,
    /// What is shown in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_en: Option<String>,
}
