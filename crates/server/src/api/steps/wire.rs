//! Every action on the wire, by its name in `action`.

use motcua_domain::dossier::{CopyKind, Defect, Dossier, Paper, PaperSource};
use motcua_domain::ids::{OpinionId, PersonId};
use motcua_domain::procedure::{ComponentKey, StepKey};
use motcua_domain::unit::UnitCode;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::api::body::read_value;
use crate::api::problem::Problem;
use crate::api::wire::{Instant, PaperCopy, Verdict};
use crate::web::locale::Locale;

/// A step to be taken. Texts are as typed; the rules say what is missing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// Tiếp nhận.
    Accept {
        /// Who settles it, when it is another unit than the filing names.
        #[schema(value_type = Option<String>)]
        #[serde(default)]
        competent_unit: Option<UnitCode>,
        /// A remark.
        #[serde(default)]
        note: String,
    },
    /// Từ chối tiếp nhận.
    Refuse {
        /// Why.
        reason: String,
        /// The article that says so.
        legal_base: String,
    },
    /// Yêu cầu bổ sung: one, with every defect.
    RequestSupplement {
        /// Every defect, each at a component or at the form itself.
        defects: Vec<DefectIn>,
        /// Why.
        reason: String,
        /// The article that asks for it.
        legal_base: String,
        /// The applicant's deadline; null for the longest allowed.
        #[serde(default)]
        answer_by: Option<Instant>,
    },
    /// Nộp bổ sung.
    AnswerSupplement {
        /// At least one for each component that was asked for.
        papers: Vec<PaperIn>,
        /// What the applicant says; needed where the form itself was at fault.
        #[serde(default)]
        note: String,
    },
    /// Yêu cầu nghĩa vụ tài chính.
    RequestPayment {
        /// What for.
        name: String,
        /// Whole đồng (VND).
        amount: i64,
        /// The article that asks for it.
        legal_base: String,
        /// Until when.
        pay_by: Instant,
    },
    /// Xác nhận đã nộp.
    ConfirmPayment {
        /// Whole đồng (VND), exactly as asked.
        amount: i64,
        /// Number of the receipt.
        receipt: String,
    },
    /// Tạm dừng.
    Pause {
        /// Why.
        reason: String,
        /// The article that allows it.
        legal_base: String,
        /// Until when at the latest.
        until: Instant,
    },
    /// Tiếp tục.
    Resume {
        /// A remark.
        #[serde(default)]
        note: String,
    },
    /// Điều phối: name the competent unit.
    Dispatch {
        /// Code of the unit.
        #[schema(value_type = String)]
        unit: UnitCode,
        /// A remark.
        #[serde(default)]
        note: String,
    },
    /// Chuyển bước: finish the step and hand over.
    Forward {
        /// Key of the step that is finished.
        #[schema(value_type = String)]
        step: StepKey,
        /// A remark; in a step of kind opinion, the opinion.
        #[serde(default)]
        note: String,
    },
    /// Ký nhận: sign for a step handed over.
    TakeOver {
        /// Key of the step.
        #[schema(value_type = String)]
        step: StepKey,
        /// What is missing.
        #[serde(default)]
        note: String,
    },
    /// Trả lại bước trước; also refuses to sign for a step handed over.
    SendBack {
        /// Key of the step held or offered.
        #[schema(value_type = String)]
        step: StepKey,
        /// Key of an earlier one that was done.
        #[schema(value_type = String)]
        to: StepKey,
        /// Why.
        reason: String,
    },
    /// Phân công.
    Assign {
        /// Key of the step.
        #[schema(value_type = String)]
        step: StepKey,
        /// Account of the officer: the list of actions names those who can be put in charge.
        #[schema(value_type = String)]
        officer: PersonId,
    },
    /// Lấy ý kiến.
    AskOpinion {
        /// Code of the unit that is asked.
        #[schema(value_type = String)]
        unit: UnitCode,
        /// What.
        question: String,
        /// Until when.
        answer_by: Instant,
    },
    /// Cho ý kiến.
    AnswerOpinion {
        /// Id of the request.
        #[schema(value_type = String)]
        opinion: OpinionId,
        /// Agrees or not.
        agrees: bool,
        /// In words.
        text: String,
    },
    /// Trình kết quả.
    Propose {
        /// Key of the examining step.
        #[schema(value_type = String)]
        step: StepKey,
        /// Grant or reject.
        verdict: Verdict,
        /// Findings and reasons.
        text: String,
        /// Id of a file: the draft of the result.
        #[serde(default)]
        file: Option<String>,
    },
    /// Duyệt.
    Approve {
        /// Key of the approving step.
        #[schema(value_type = String)]
        step: StepKey,
        /// A remark.
        #[serde(default)]
        note: String,
    },
    /// Ký, ban hành kết quả.
    Settle {
        /// Key of the signing step.
        #[schema(value_type = String)]
        step: StepKey,
        /// Grant or reject.
        verdict: Verdict,
        /// Number and title of the document.
        title: String,
        /// Id of a file: the result.
        file: String,
    },
    /// Xin lỗi và gia hạn.
    Extend {
        /// The new due instant, on a working day.
        new_due: Instant,
        /// Why the office is late.
        reason: String,
    },
    /// Rút hồ sơ.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// Dừng giải quyết.
    Stop {
        /// Why.
        reason: String,
        /// The article that allows it.
        legal_base: String,
        /// What happens to the fees paid.
        fee_settlement: String,
    },
    /// Trả kết quả.
    Return {
        /// Whose hands.
        to: String,
        /// A remark.
        #[serde(default)]
        note: String,
    },
    /// Thêm giấy tờ, số hóa.
    AddPaper {
        /// Which.
        paper: PaperIn,
    },
    /// Nhắn tin.
    SendMessage {
        /// What.
        text: String,
    },
}

/// A defect of a dossier.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DefectAsked)]
pub struct DefectIn {
    /// Key of the component; null when the form itself is at fault.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    component: Option<ComponentKey>,
    /// What the applicant must bring or mend.
    wanted: String,
    /// Which copy; electronic when nothing is said.
    #[serde(default)]
    copy: Option<PaperCopy>,
}

/// A paper with a file that was sent before.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PaperSent)]
pub struct PaperIn {
    /// Key of the component it answers; null for other papers.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    component: Option<ComponentKey>,
    /// What it is; the name of the component when nothing is said.
    #[serde(default)]
    title: Option<String>,
    /// Which copy; electronic when nothing is said.
    #[serde(default)]
    copy: Option<PaperCopy>,
    /// Id of the file.
    pub file: String,
}

impl Step {
    /// Reads a step: the name in `action` says what else belongs to it.
    pub fn read(locale: Locale, mut value: Value) -> Result<Self, Problem> {
        let Some(fields) = value.as_object_mut() else { return read_value(locale, value) };
        match fields.remove("action") {
            // What the reader says about the name has to point to it.
            Some(Value::String(name)) if !is_known(&name) => {
                let known = NAMES.join(", ");
                Err(Problem::field("/action", locale.say("api.value_one_of").arg("known", known).to_string()))
            }
            Some(Value::String(name)) => read_value(locale, json!({ name: value })),
            Some(_) => Err(Problem::field("/action", locale.t("api.parameter_wrong"))),
            None => Err(Problem::field("/action", locale.t("api.field_missing"))),
        }
    }
}

/// The name of every action that is taken here: all but filing and reading, which have endpoints of their own.
pub const NAMES: [&str; 24] = [
    "accept",
    "refuse",
    "request_supplement",
    "answer_supplement",
    "request_payment",
    "confirm_payment",
    "pause",
    "resume",
    "dispatch",
    "forward",
    "take_over",
    "send_back",
    "assign",
    "ask_opinion",
    "answer_opinion",
    "propose",
    "approve",
    "settle",
    "extend",
    "withdraw",
    "stop",
    "return",
    "add_paper",
    "send_message",
];

fn is_known(name: &str) -> bool {
    NAMES.contains(&name)
}

impl DefectIn {
    /// The defect, under the name its component has in this dossier.
    pub fn ruled(self, dossier: &Dossier) -> Defect {
        let title = self.component.as_ref().and_then(|key| component_name(dossier, key));
        Defect {
            title: title.unwrap_or_else(|| dossier.filing.subject.clone()),
            component: self.component,
            wanted: self.wanted,
            copy: self.copy.map_or(CopyKind::Electronic, CopyKind::from),
        }
    }
}

impl PaperIn {
    /// The paper: `made` has its id and its file.
    pub fn ruled(self, dossier: &Dossier, made: Paper, is_officer: bool) -> Paper {
        let named = self.component.as_ref().and_then(|key| component_name(dossier, key));
        Paper {
            title: self.title.or(named).unwrap_or_default(),
            component: self.component,
            copy: self.copy.map_or(CopyKind::Electronic, CopyKind::from),
            source: if is_officer { PaperSource::Scanned } else { PaperSource::Uploaded },
            ..made
        }
    }
}

fn component_name(dossier: &Dossier, key: &ComponentKey) -> Option<String> {
    let asked = dossier.filing.components.iter().find(|asked| asked.key == *key);
    asked.map(|asked| asked.name.clone())
}

#[cfg(test)]
mod tests {
    use motcua_domain::dossier::ActionKind;

    use super::*;

    #[test]
    fn every_action_but_filing_and_reading_has_a_name_here() {
        let mut names: Vec<&str> = ActionKind::ALL.iter().map(|kind| kind.name()).collect();
        names.retain(|name| !matches!(*name, "file" | "read"));
        assert_eq!(names, NAMES);
        for name in NAMES {
            // Whatever else is missing, the name itself is understood.
            let said = format!("{:?}", Step::read(Locale::En, json!({ "action": name })));
            assert!(!said.contains("/action"), "{said}");
        }
    }

    #[test]
    fn a_field_that_is_wrong_is_pointed_to() {
        let pointer = |value| {
            let said = format!("{:?}", Step::read(Locale::En, value).unwrap_err());
            said.split("pointer: \"").nth(1).unwrap().split('"').next().unwrap().to_owned()
        };
        assert_eq!(pointer(json!({ "action": "refuse", "reason": "x" })), "/legal_base");
        assert_eq!(pointer(json!({ "action": "resume", "note": "x", "more": 1 })), "/more");
        assert_eq!(pointer(json!({ "action": "dance" })), "/action");
        assert_eq!(pointer(json!({})), "/action");
        let papers = json!([{ "file": "a" }, { "file": 7 }]);
        assert_eq!(pointer(json!({ "action": "answer_supplement", "papers": papers })), "/papers/1/file");
        assert_eq!(
            pointer(json!({ "action": "pause", "reason": "", "legal_base": "", "until": "soon" })),
            "/until"
        );
    }
}
