//! What this person may do to this dossier now: the buttons of a screen, and why some of them do nothing.

use crate::access::Denial;
use crate::dossier::action::Target;
use crate::dossier::decide::gate::gate;
use crate::dossier::{ActionKind, Ctx, Dossier, Refusal};

/// One act that is offered, or nearly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Which act.
    pub kind: ActionKind,
    /// On what.
    pub target: Target,
    /// `Ok` when it is possible now; otherwise why it is not, worth telling this person.
    pub verdict: Result<(), Refusal>,
}

/// Every act that is possible for this person now, and those that nearly are with the reason why not, in the order
/// of the buttons. What is done with the dossier as a whole comes before what is done with its steps.
pub fn allowed_actions(ctx: &Ctx<'_>, dossier: &Dossier) -> Vec<Choice> {
    let mut choices = Vec::new();
    for kind in ActionKind::ALL {
        for target in targets_of(kind, dossier) {
            let verdict = gate(ctx, dossier, kind, &target).map(|_| ());
            let is_told = verdict.as_ref().err().is_none_or(|refusal| is_near(ctx, dossier, refusal));
            if is_told && kind != ActionKind::Read {
                choices.push(Choice { kind, target, verdict });
            }
        }
    }
    choices
}

/// What an act of this kind could be about.
fn targets_of(kind: ActionKind, dossier: &Dossier) -> Vec<Target> {
    match kind {
        ActionKind::Forward
        | ActionKind::TakeOver
        | ActionKind::SendBack
        | ActionKind::Assign
        | ActionKind::Propose
        | ActionKind::Approve
        | ActionKind::Settle => {
            let held = dossier.progress.tasks.iter().filter(|task| task.is_active() || task.is_offered());
            held.map(|task| Target::Step(task.step.clone())).collect()
        }
        ActionKind::AnswerOpinion => {
            let open = dossier.progress.opinions.iter().filter(|opinion| opinion.answer.is_none());
            open.map(|opinion| Target::Opinion(opinion.id)).collect()
        }
        ActionKind::File
        | ActionKind::Accept
        | ActionKind::Refuse
        | ActionKind::RequestSupplement
        | ActionKind::AnswerSupplement
        | ActionKind::RequestPayment
        | ActionKind::ConfirmPayment
        | ActionKind::Pause
        | ActionKind::Resume
        | ActionKind::Dispatch
        | ActionKind::AskOpinion
        | ActionKind::Extend
        | ActionKind::Withdraw
        | ActionKind::Stop
        | ActionKind::Return
        | ActionKind::AddPaper
        | ActionKind::SendMessage
        | ActionKind::Read => vec![Target::Dossier],
    }
}

/// Whether the reason is worth a line on the screen: something is in the way that this person can see and others
/// can remove.
fn is_near(ctx: &Ctx<'_>, dossier: &Dossier, refusal: &Refusal) -> bool {
    let works_at_a_holder = || dossier.holders().into_iter().any(|unit| ctx.actor.belongs_to(unit));
    match refusal {
        Refusal::Denied(Denial::NeedsPost { .. } | Denial::NotInCharge { .. } | Denial::NotAssigned) => {
            works_at_a_holder()
        }
        Refusal::SupplementUsed { .. }
        | Refusal::SecondSupplementNeedsLeader
        | Refusal::SupplementDeadlinePassed { .. }
        | Refusal::Paused { .. }
        | Refusal::NoDue
        | Refusal::ExtensionUsed { .. }
        | Refusal::CompetentUnitUnknown
        | Refusal::NothingProposed
        | Refusal::BranchesOpen { .. } => true,
        // What follows is not about this moment: wrong status or step, or something typed.
        Refusal::Denied(_)
        | Refusal::WrongStatus { .. }
        | Refusal::ForbiddenTransition { .. }
        | Refusal::FormNumberMissing
        | Refusal::Missing(_)
        | Refusal::TooLong { .. }
        | Refusal::TooMany { .. }
        | Refusal::NotInFuture { .. }
        | Refusal::InFuture { .. }
        | Refusal::AmountNotPositive
        | Refusal::IdTwice
        | Refusal::ProcessUnusable
        | Refusal::NoSets
        | Refusal::UnknownUnit { .. }
        | Refusal::NoUnitForStep { .. }
        | Refusal::UnknownComponent { .. }
        | Refusal::NoDefects
        | Refusal::AnswerByTooLate { .. }
        | Refusal::DefectsUnanswered { .. }
        | Refusal::AmountDiffers { .. }
        | Refusal::NotPaused
        | Refusal::PauseTooLong { .. }
        | Refusal::NotLapsed
        | Refusal::NewDueNotLater { .. }
        | Refusal::NewDueOnDayOff { .. }
        | Refusal::CompetentUnitFixed
        | Refusal::UnknownStep { .. }
        | Refusal::StepNotActive { .. }
        | Refusal::StepNotTakenOver { .. }
        | Refusal::StepNotOffered { .. }
        | Refusal::StepEndsOtherwise { .. }
        | Refusal::NotAnEarlierStep { .. }
        | Refusal::NotAssignable { .. }
        | Refusal::OfficerNotInUnit { .. }
        | Refusal::NobodyToAssign { .. }
        | Refusal::UnknownOpinion
        | Refusal::OpinionGiven
        | Refusal::OwnOpinion
        | Refusal::TooLateToReject { .. }
        | Refusal::ResultFileMissing
        | Refusal::StopNeedsLeader => false,
    }
}
