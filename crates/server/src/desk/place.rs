//! At which field of an act a refusal is said: the rules know what is wrong, the page where it was typed.

use motcua_domain::dossier::refusal::Blank;
use motcua_domain::dossier::{ActionKind, Refusal};

use crate::desk::field::ActField;
use crate::web::form::Form;

/// The field of this act that has to be mended, when the refusal is about something typed.
pub fn of(kind: ActionKind, refusal: &Refusal, fields: &[ActField], form: &Form) -> Option<String> {
    let name = match refusal {
        Refusal::Missing(blank) => of_blank(kind, *blank)?,
        Refusal::TooLong { max } => {
            let is_long = |field: &&ActField| *max < form.value(&field.name).trim().chars().count();
            return fields.iter().find(is_long).map(|field| field.name.clone());
        }
        Refusal::NotInFuture { .. }
        | Refusal::InFuture { .. }
        | Refusal::AnswerByTooLate { .. }
        | Refusal::PauseTooLong { .. }
        | Refusal::NewDueNotLater { .. }
        | Refusal::NewDueOnDayOff { .. } => "day",
        Refusal::AmountNotPositive | Refusal::AmountDiffers { .. } => "amount",
        Refusal::UnknownUnit { .. } | Refusal::OwnOpinion => "unit",
        Refusal::UnknownComponent { .. } => "component",
        Refusal::NoDefects => "wanted",
        Refusal::NotAnEarlierStep { .. } => "to",
        Refusal::OfficerNotInUnit { .. } => "officer",
        Refusal::TooLateToReject { .. } => "verdict",
        Refusal::ResultFileMissing => "file",
        // What follows is about the person, the moment or the process, not about what was typed.
        Refusal::Denied(_)
        | Refusal::WrongStatus { .. }
        | Refusal::ForbiddenTransition { .. }
        | Refusal::FormNumberMissing
        | Refusal::TooMany { .. }
        | Refusal::IdTwice
        | Refusal::ProcessUnusable
        | Refusal::NoSets
        | Refusal::NoUnitForStep { .. }
        | Refusal::SupplementUsed { .. }
        | Refusal::SecondSupplementNeedsLeader
        | Refusal::SupplementDeadlinePassed { .. }
        | Refusal::DefectsUnanswered { .. }
        | Refusal::Paused { .. }
        | Refusal::NotPaused
        | Refusal::NotLapsed
        | Refusal::NoDue
        | Refusal::ExtensionUsed { .. }
        | Refusal::CompetentUnitUnknown
        | Refusal::CompetentUnitFixed
        | Refusal::UnknownStep { .. }
        | Refusal::StepNotActive { .. }
        | Refusal::StepNotTakenOver { .. }
        | Refusal::StepNotOffered { .. }
        | Refusal::StepEndsOtherwise { .. }
        | Refusal::NotAssignable { .. }
        | Refusal::NobodyToAssign { .. }
        | Refusal::UnknownOpinion
        | Refusal::OpinionGiven
        | Refusal::NothingProposed
        | Refusal::BranchesOpen { .. }
        | Refusal::StopNeedsLeader => return None,
    };
    fields.iter().find(|field| field.name == name).map(|field| field.name.clone())
}

fn of_blank(kind: ActionKind, blank: Blank) -> Option<&'static str> {
    Some(match blank {
        Blank::Reason => "reason",
        Blank::LegalBase => "legal_base",
        Blank::Wanted => "wanted",
        Blank::Answer => "note",
        Blank::PaymentName => "name",
        Blank::Receipt => "receipt",
        Blank::Question => "question",
        // Another agency gives its opinion as the note with which it hands on.
        Blank::Opinion if kind == ActionKind::Forward => "note",
        Blank::Opinion | Blank::Proposal | Blank::Message => "text",
        Blank::Title | Blank::PaperTitle => "title",
        Blank::ReturnedTo => "to",
        Blank::FeeSettlement => "fee_settlement",
        Blank::ApplicantName | Blank::Subject | Blank::Consent | Blank::Purpose => return None,
    })
}
