//! Which numbered form an action issues, and in whose register.

use crate::dossier::{Action, Dossier};
use crate::form::FormKind;
use crate::procedure::StepKind;
use crate::unit::UnitCode;

/// A form that an action issues. The server reserves its number before the rules decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormToNumber {
    /// Which.
    pub kind: FormKind,
    /// The unit whose register of the year it takes its number from.
    pub unit: UnitCode,
}

impl Dossier {
    /// The form that this action issues when it is allowed (domain rules §3.3.6, §3.4.7, §3.4.8).
    pub fn form_of(&self, action: &Action) -> Option<FormToNumber> {
        let desk = &self.filing.receiving_unit;
        let issued = |kind, unit: &UnitCode| Some(FormToNumber { kind, unit: unit.clone() });
        match action {
            Action::Accept { .. } => issued(FormKind::Receipt, desk),
            Action::Refuse { .. } => issued(FormKind::Refusal, desk),
            Action::RequestSupplement { .. } => issued(FormKind::SupplementRequest, desk),
            Action::Extend { .. } => issued(FormKind::Apology, self.responsible_unit()),
            // Before acceptance there is nothing to give notice of: the applicant takes back what was only sent.
            Action::Withdraw { .. } if self.is_at_intake() => None,
            // It was stopped because papers asked for at intake never came: no other unit has it.
            Action::Stop { .. } if self.is_at_intake() => issued(FormKind::StopNotice, desk),
            Action::Stop { .. } | Action::Withdraw { .. } => {
                issued(FormKind::StopNotice, self.responsible_unit())
            }
            // The control slip goes with the dossier from its first hand-over on.
            Action::Forward { step, .. } => {
                let leaves_desk = self.step(step).is_some_and(|step| step.kind == StepKind::Receive);
                let has_slip = self.progress.forms.iter().any(|form| form.kind == FormKind::ControlSlip);
                if leaves_desk && !has_slip { issued(FormKind::ControlSlip, desk) } else { None }
            }
            Action::File { .. }
            | Action::AnswerSupplement { .. }
            | Action::RequestPayment { .. }
            | Action::ConfirmPayment { .. }
            | Action::Pause { .. }
            | Action::Resume { .. }
            | Action::Dispatch { .. }
            | Action::TakeOver { .. }
            | Action::SendBack { .. }
            | Action::Assign { .. }
            | Action::AskOpinion { .. }
            | Action::AnswerOpinion { .. }
            | Action::Propose { .. }
            | Action::Approve { .. }
            | Action::Settle { .. }
            | Action::Return { .. }
            | Action::AddPaper { .. }
            | Action::SendMessage { .. }
            | Action::Read { .. } => None,
        }
    }
}
