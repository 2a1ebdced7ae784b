//! What people can do to a dossier, in the imperative.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::dossier::{Defect, Filing, Paper, Verdict};
use crate::ids::{MessageId, OpinionId, PersonId};
use crate::procedure::StepKey;
use crate::unit::UnitCode;

/// One thing somebody wants to do. Texts are as typed; the rules trim and check them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nộp: file it. Done by [`crate::dossier::decide::file`]; a dossier that is there refuses it.
    File {
        /// What is asked.
        filing: Box<Filing>,
    },
    /// Tiếp nhận.
    Accept {
        /// Who settles it, when it is another unit than the filing or the dispatcher named.
        competent_unit: Option<UnitCode>,
        /// A remark.
        note: String,
    },
    /// Từ chối tiếp nhận.
    Refuse {
        /// Why.
        reason: String,
        /// The article that says so.
        legal_base: String,
    },
    /// Yêu cầu bổ sung: one, with every defect. A second one is asked by the leader who allows it.
    RequestSupplement {
        /// Every defect, each against a component of this dossier or the form itself.
        defects: Vec<Defect>,
        /// Why.
        reason: String,
        /// The article that asks for it.
        legal_base: String,
        /// The applicant's deadline; `None` for the longest the settings allow.
        answer_by: Option<Timestamp>,
    },
    /// Nộp bổ sung.
    AnswerSupplement {
        /// At least one for each component that was asked for.
        papers: Vec<Paper>,
        /// What the applicant says; needed where the form itself was at fault.
        note: String,
    },
    /// Yêu cầu nghĩa vụ tài chính.
    RequestPayment {
        /// What for.
        name: String,
        /// VND.
        amount: i64,
        /// The article that asks for it.
        legal_base: String,
        /// Until when.
        pay_by: Timestamp,
    },
    /// Xác nhận đã nộp.
    ConfirmPayment {
        /// VND, exactly as asked.
        amount: i64,
        /// Number of the receipt.
        receipt: String,
    },
    /// Tạm dừng: the leader who does it is the approver.
    Pause {
        /// Why.
        reason: String,
        /// The article that allows it.
        legal_base: String,
        /// Until when at the latest.
        until: Timestamp,
    },
    /// Tiếp tục.
    Resume {
        /// A remark.
        note: String,
    },
    /// Điều phối: name the competent unit.
    Dispatch {
        /// Which.
        unit: UnitCode,
        /// A remark.
        note: String,
    },
    /// Chuyển bước: finish the step held and hand over.
    Forward {
        /// The step that is finished.
        step: StepKey,
        /// A remark; in a step of kind opinion, the opinion.
        note: String,
    },
    /// Ký nhận: sign for a step handed over.
    TakeOver {
        /// Which.
        step: StepKey,
        /// What is missing, or the invoice of the post.
        note: String,
    },
    /// Trả lại bước trước; also refuses to sign for a step handed over.
    SendBack {
        /// The step held or offered.
        step: StepKey,
        /// An earlier one that was done.
        to: StepKey,
        /// Why.
        reason: String,
    },
    /// Phân công: on a step of kind assign, names who examines and hands on; on any other, who is in charge.
    Assign {
        /// The step that is assigned, or the step of kind assign that this ends.
        step: StepKey,
        /// Who.
        officer: PersonId,
        /// As a label.
        officer_name: String,
    },
    /// Lấy ý kiến.
    AskOpinion {
        /// A new id.
        id: OpinionId,
        /// Who is asked.
        unit: UnitCode,
        /// What.
        question: String,
        /// Until when.
        answer_by: Timestamp,
    },
    /// Cho ý kiến.
    AnswerOpinion {
        /// Which question.
        id: OpinionId,
        /// Agrees or not.
        agrees: bool,
        /// In words.
        text: String,
    },
    /// Trình kết quả.
    Propose {
        /// The examining step that this finishes.
        step: StepKey,
        /// Grant or reject.
        verdict: Verdict,
        /// Findings and reasons.
        text: String,
        /// The draft of the result.
        draft: Option<Box<Paper>>,
    },
    /// Duyệt.
    Approve {
        /// The approving step that this finishes.
        step: StepKey,
        /// A remark.
        note: String,
    },
    /// Ký, ban hành kết quả.
    Settle {
        /// The signing step that this finishes.
        step: StepKey,
        /// Granted or rejected.
        verdict: Verdict,
        /// Number and title of the document.
        title: String,
        /// The result, with its file.
        paper: Box<Paper>,
    },
    /// Xin lỗi và gia hạn.
    Extend {
        /// The new due instant, on a working day.
        new_due: Timestamp,
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
        /// Whose hands, in words.
        to: String,
        /// A remark.
        note: String,
    },
    /// Thêm giấy tờ, số hóa.
    AddPaper {
        /// Which.
        paper: Box<Paper>,
    },
    /// Nhắn tin.
    SendMessage {
        /// A new id.
        id: MessageId,
        /// What.
        text: String,
    },
    /// Xem hồ sơ: recorded, and shown to the applicant.
    Read {
        /// What for.
        purpose: String,
    },
}

/// What an action is about, beyond the dossier itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// The dossier as a whole.
    Dossier,
    /// One step of its process.
    Step(StepKey),
    /// One request for an opinion.
    Opinion(OpinionId),
}

/// The kinds of [`Action`], for access rules, buttons, keys and the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    File,
    Accept,
    Refuse,
    RequestSupplement,
    AnswerSupplement,
    RequestPayment,
    ConfirmPayment,
    Pause,
    Resume,
    Dispatch,
    Forward,
    TakeOver,
    SendBack,
    Assign,
    AskOpinion,
    AnswerOpinion,
    Propose,
    Approve,
    Settle,
    Extend,
    Withdraw,
    Stop,
    Return,
    AddPaper,
    SendMessage,
    Read,
}

impl ActionKind {
    /// Every kind, in the order buttons are shown.
    pub const ALL: [Self; 26] = [
        Self::File,
        Self::Accept,
        Self::Refuse,
        Self::RequestSupplement,
        Self::AnswerSupplement,
        Self::RequestPayment,
        Self::ConfirmPayment,
        Self::Pause,
        Self::Resume,
        Self::Dispatch,
        Self::Forward,
        Self::TakeOver,
        Self::SendBack,
        Self::Assign,
        Self::AskOpinion,
        Self::AnswerOpinion,
        Self::Propose,
        Self::Approve,
        Self::Settle,
        Self::Extend,
        Self::Withdraw,
        Self::Stop,
        Self::Return,
        Self::AddPaper,
        Self::SendMessage,
        Self::Read,
    ];

    /// The name used in message keys, addresses and the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Accept => "accept",
            Self::Refuse => "refuse",
            Self::RequestSupplement => "request_supplement",
            Self::AnswerSupplement => "answer_supplement",
            Self::RequestPayment => "request_payment",
            Self::ConfirmPayment => "confirm_payment",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Dispatch => "dispatch",
            Self::Forward => "forward",
            Self::TakeOver => "take_over",
            Self::SendBack => "send_back",
            Self::Assign => "assign",
            Self::AskOpinion => "ask_opinion",
            Self::AnswerOpinion => "answer_opinion",
            Self::Propose => "propose",
            Self::Approve => "approve",
            Self::Settle => "settle",
            Self::Extend => "extend",
            Self::Withdraw => "withdraw",
            Self::Stop => "stop",
            Self::Return => "return",
            Self::AddPaper => "add_paper",
            Self::SendMessage => "send_message",
            Self::Read => "read",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl Action {
    /// Which kind this is.
    pub fn kind(&self) -> ActionKind {
        match self {
            Self::File { .. } => ActionKind::File,
            Self::Accept { .. } => ActionKind::Accept,
            Self::Refuse { .. } => ActionKind::Refuse,
            Self::RequestSupplement { .. } => ActionKind::RequestSupplement,
            Self::AnswerSupplement { .. } => ActionKind::AnswerSupplement,
            Self::RequestPayment { .. } => ActionKind::RequestPayment,
            Self::ConfirmPayment { .. } => ActionKind::ConfirmPayment,
            Self::Pause { .. } => ActionKind::Pause,
            Self::Resume { .. } => ActionKind::Resume,
            Self::Dispatch { .. } => ActionKind::Dispatch,
            Self::Forward { .. } => ActionKind::Forward,
            Self::TakeOver { .. } => ActionKind::TakeOver,
            Self::SendBack { .. } => ActionKind::SendBack,
            Self::Assign { .. } => ActionKind::Assign,
            Self::AskOpinion { .. } => ActionKind::AskOpinion,
            Self::AnswerOpinion { .. } => ActionKind::AnswerOpinion,
            Self::Propose { .. } => ActionKind::Propose,
            Self::Approve { .. } => ActionKind::Approve,
            Self::Settle { .. } => ActionKind::Settle,
            Self::Extend { .. } => ActionKind::Extend,
            Self::Withdraw { .. } => ActionKind::Withdraw,
            Self::Stop { .. } => ActionKind::Stop,
            Self::Return { .. } => ActionKind::Return,
            Self::AddPaper { .. } => ActionKind::AddPaper,
            Self::SendMessage { .. } => ActionKind::SendMessage,
            Self::Read { .. } => ActionKind::Read,
        }
    }

    /// What it is about.
    pub fn target(&self) -> Target {
        match self {
            Self::Forward { step, .. }
            | Self::TakeOver { step, .. }
            | Self::SendBack { step, .. }
            | Self::Assign { step, .. }
            | Self::Propose { step, .. }
            | Self::Approve { step, .. }
            | Self::Settle { step, .. } => Target::Step(step.clone()),
            Self::AnswerOpinion { id, .. } => Target::Opinion(*id),
            Self::File { .. }
            | Self::Accept { .. }
            | Self::Refuse { .. }
            | Self::RequestSupplement { .. }
            | Self::AnswerSupplement { .. }
            | Self::RequestPayment { .. }
            | Self::ConfirmPayment { .. }
            | Self::Pause { .. }
            | Self::Resume { .. }
            | Self::Dispatch { .. }
            | Self::AskOpinion { .. }
            | Self::Extend { .. }
            | Self::Withdraw { .. }
            | Self::Stop { .. }
            | Self::Return { .. }
            | Self::AddPaper { .. }
            | Self::SendMessage { .. }
            | Self::Read { .. } => Target::Dossier,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name() {
        for kind in ActionKind::ALL {
            assert_eq!(ActionKind::from_name(kind.name()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
        assert_eq!(ActionKind::from_name("approve_everything"), None);
    }
}
