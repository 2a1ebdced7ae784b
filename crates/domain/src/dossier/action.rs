//! What people can do to a dossier, in the imperative.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::dossier::{Defect, Filing, Paper, Verdict};
use crate::ids::{MessageId, OpinionId, PersonId};
use crate::procedure::StepKey;
use crate::unit::UnitCode;

/// One thing somebody wants to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nộp: file it. The only action without a dossier.
    File { filing: Box<Filing> },
    /// Tiếp nhận.
    Accept { competent_unit: Option<UnitCode>, note: String },
    /// Từ chối tiếp nhận.
    Refuse { reason: String, legal_base: String },
    /// Yêu cầu bổ sung: one, with every defect. A second one is asked by the leader who allows it.
    RequestSupplement {
        defects: Vec<Defect>,
        reason: String,
        legal_base: String,
        answer_by: Option<Timestamp>,
    },
    /// Nộp bổ sung.
    AnswerSupplement { papers: Vec<Paper>, note: String },
    /// Yêu cầu nghĩa vụ tài chính.
    RequestPayment { name: String, amount: i64, legal_base: String, pay_by: Timestamp },
    /// Xác nhận đã nộp.
    ConfirmPayment { amount: i64, receipt: String },
    /// Tạm dừng: with base; the actor is the approver.
    Pause { reason: String, legal_base: String, until: Timestamp },
    /// Tiếp tục.
    Resume { note: String },
    /// Điều phối: name the competent unit.
    Dispatch { unit: UnitCode, note: String },
    /// Chuyển bước: finish the step held and hand over.
    Forward { step: StepKey, note: String },
    /// Ký nhận: sign for a step handed over.
    TakeOver { step: StepKey, note: String },
    /// Trả lại bước trước.
    SendBack { step: StepKey, to: StepKey, reason: String },
    /// Phân công: on a step of kind assign, names who examines and hands on; on any other, who is in charge.
    Assign { step: StepKey, officer: PersonId, officer_name: String },
    /// Lấy ý kiến.
    AskOpinion { id: OpinionId, unit: UnitCode, question: String, answer_by: Timestamp },
    /// Cho ý kiến.
    AnswerOpinion { id: OpinionId, agrees: bool, text: String },
    /// Trình kết quả.
    Propose { step: StepKey, verdict: Verdict, text: String, draft: Option<Box<Paper>> },
    /// Duyệt.
    Approve { step: StepKey, note: String },
    /// Ký, ban hành kết quả.
    Settle { step: StepKey, verdict: Verdict, title: String, paper: Box<Paper> },
    /// Xin lỗi và gia hạn.
    Extend { new_due: Timestamp, reason: String },
    /// Rút hồ sơ.
    Withdraw { reason: String },
    /// Dừng giải quyết.
    Stop { reason: String, legal_base: String, fee_settlement: String },
    /// Trả kết quả.
    Return { to: String, note: String },
    /// Thêm giấy tờ, số hóa.
    AddPaper { paper: Box<Paper> },
    /// Nhắn tin.
    SendMessage { id: MessageId, text: String },
    /// Xem hồ sơ: recorded, and shown to the applicant.
    Read { purpose: String },
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
