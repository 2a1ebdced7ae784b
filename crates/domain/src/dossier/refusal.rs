//! Why a rule says no. Every variant has a sentence in each language, and the data that sentence needs.

use std::fmt;

use jiff::Timestamp;

use crate::access::{Appointment, Denial, Role};
use crate::dossier::{ActionKind, Status};
use crate::procedure::{ComponentKey, StepKey};
use crate::unit::UnitCode;

/// One value of a sentence. The server puts it into the words of the page's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg {
    /// As it is.
    Text(String),
    /// A count.
    Number(i64),
    /// VND.
    Money(i64),
    /// A moment in office time.
    Instant(Timestamp),
    /// A unit, by its name.
    Unit(UnitCode),
    /// Roles in units, as an enumeration.
    Posts(Vec<Appointment>),
    /// Roles, as an enumeration.
    Roles(Vec<Role>),
    /// One of the ten statuses, by its name.
    Status(Status),
    /// Steps of the process of this dossier, by their names.
    Steps(Vec<StepKey>),
    /// An action, by the label of its button.
    Action(ActionKind),
}

/// A text that has to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Blank {
    /// Name of the applicant.
    ApplicantName,
    /// What is asked, in one line.
    Subject,
    /// The consent or authorisation of the owner.
    Consent,
    /// Why.
    Reason,
    /// The article that allows it.
    LegalBase,
    /// What the applicant must bring or mend.
    Wanted,
    /// What the applicant says to a defect of the form itself.
    Answer,
    /// What is to be paid for.
    PaymentName,
    /// Number of the receipt.
    Receipt,
    /// The question to another unit.
    Question,
    /// The opinion.
    Opinion,
    /// The reasons of a proposal.
    Proposal,
    /// Number and title of the result.
    Title,
    /// Who got the result.
    ReturnedTo,
    /// What happens to the fees.
    FeeSettlement,
    /// The message.
    Message,
    /// Why somebody reads the dossier.
    Purpose,
    /// What a paper is.
    PaperTitle,
}

impl Blank {
    /// The key of the sentence that asks for it.
    fn key(self) -> &'static str {
        match self {
            Self::ApplicantName => "refusal.missing_applicant_name",
            Self::Subject => "refusal.missing_subject",
            Self::Consent => "refusal.missing_consent",
            Self::Reason => "refusal.missing_reason",
            Self::LegalBase => "refusal.missing_legal_base",
            Self::Wanted => "refusal.missing_wanted",
            Self::Answer => "refusal.missing_answer",
            Self::PaymentName => "refusal.missing_payment_name",
            Self::Receipt => "refusal.missing_receipt",
            Self::Question => "refusal.missing_question",
            Self::Opinion => "refusal.missing_opinion",
            Self::Proposal => "refusal.missing_proposal",
            Self::Title => "refusal.missing_title",
            Self::ReturnedTo => "refusal.missing_returned_to",
            Self::FeeSettlement => "refusal.missing_fee_settlement",
            Self::Message => "refusal.missing_message",
            Self::Purpose => "refusal.missing_purpose",
            Self::PaperTitle => "refusal.missing_paper_title",
        }
    }
}

/// Why a rule says no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not to this person.
    Denied(#[from] Denial),
    /// Not in this status.
    WrongStatus { status: Status },
    /// A bug: the rules made a transition that the national list does not know. Nothing was changed.
    ForbiddenTransition { from: Status, to: Status },
    /// The server reserved no number for the form that this action issues. Nothing was changed.
    FormNumberMissing,

    /// A text that has to be written is blank.
    Missing(Blank),
    /// A text is too long.
    TooLong { max: usize },
    /// A list is too long.
    TooMany { max: usize },
    /// An instant that must lie ahead does not.
    NotInFuture { at: Timestamp },
    /// An instant that must have passed lies ahead.
    InFuture { at: Timestamp },
    /// An amount of money that is not more than zero.
    AmountNotPositive,
    /// An id was used before.
    IdTwice,

    /// The electronic process of the procedure cannot be followed.
    ProcessUnusable,
    /// No set of papers.
    NoSets,
    /// The unit does not exist on this day.
    UnknownUnit { unit: UnitCode },
    /// The agency of a step could not be found among the units.
    NoUnitForStep { step: StepKey },
    /// The component is not one of those this dossier asks for.
    UnknownComponent { component: ComponentKey },

    /// A supplement request without a defect.
    NoDefects,
    /// As many supplement requests as the settings allow were made.
    SupplementUsed { max: u32 },
    /// One more needs a leader.
    SecondSupplementNeedsLeader,
    /// The applicant's deadline is longer than the settings allow.
    AnswerByTooLate { days_max: u32 },
    /// The applicant's deadline for the papers has passed.
    SupplementDeadlinePassed { answer_by: Timestamp },
    /// Not every defect was answered.
    DefectsUnanswered { titles: Vec<String> },
    /// Another amount than was asked for.
    AmountDiffers { expected: i64, given: i64 },

    /// Not while the clock stands on other grounds.
    Paused { until: Timestamp },
    /// It does not stand.
    NotPaused,
    /// Longer than the settings allow.
    PauseTooLong { days_max: u32 },
    /// The program may act only when the deadline has passed.
    NotLapsed,
    /// There is no due instant to extend.
    NoDue,
    /// As many extensions as the settings allow were given.
    ExtensionUsed { max: u32 },
    /// The new due instant is not after the old one.
    NewDueNotLater { due: Timestamp },
    /// The new due instant is not on a working day.
    NewDueOnDayOff { at: Timestamp },

    /// Nobody knows the competent unit yet: the dispatcher has to find it.
    CompetentUnitUnknown,
    /// The competent unit is settled once the dossier has left the one-stop.
    CompetentUnitFixed,
    /// The process has no such step.
    UnknownStep { step: StepKey },
    /// Nobody holds this step now.
    StepNotActive { step: StepKey },
    /// The step was handed over and must be signed for first.
    StepNotTakenOver { step: StepKey },
    /// The step is not waiting for a signature.
    StepNotOffered { step: StepKey },
    /// This step is finished in another way.
    StepEndsOtherwise { step: StepKey, action: ActionKind },
    /// The step is not an earlier one that was done.
    NotAnEarlierStep { step: StepKey },
    /// Only work of the professional side is assigned.
    NotAssignable { step: StepKey },
    /// The officer has not the role of the step in its unit.
    OfficerNotInUnit { unit: UnitCode },
    /// The next step is another unit's: hand it over instead.
    NobodyToAssign { step: StepKey },

    /// No such request for an opinion.
    UnknownOpinion,
    /// The opinion was given.
    OpinionGiven,
    /// A unit need not ask itself.
    OwnOpinion,
    /// There is no proposal to approve.
    NothingProposed,
    /// Other steps must be done first.
    BranchesOpen { steps: Vec<StepKey> },
    /// A refusal must be issued before the due instant, unless the applicant got an apology and a new date.
    TooLateToReject { due: Timestamp },
    /// The result has no file.
    ResultFileMissing,
    /// Only a leader stops a dossier whose applicant's deadline has not passed.
    StopNeedsLeader,
}

impl Refusal {
    /// Whether even that there is such a dossier is not for this person to know.
    pub fn hides_dossier(&self) -> bool {
        matches!(self, Self::Denied(denial) if denial.hides_dossier())
    }

    /// Whether somebody else might do it: the fault is not in the dossier.
    pub fn is_of_person(&self) -> bool {
        matches!(self, Self::Denied(_))
    }

    /// The key of its sentence.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Denied(denial) => denial.key(),
            Self::Missing(blank) => blank.key(),
            Self::WrongStatus { .. } => "refusal.wrong_status",
            Self::ForbiddenTransition { .. } => "refusal.forbidden_transition",
            Self::FormNumberMissing => "refusal.form_number_missing",
            Self::TooLong { .. } => "refusal.too_long",
            Self::TooMany { .. } => "refusal.too_many",
            Self::NotInFuture { .. } => "refusal.not_in_future",
            Self::InFuture { .. } => "refusal.in_future",
            Self::AmountNotPositive => "refusal.amount_not_positive",
            Self::IdTwice => "refusal.id_twice",
            Self::ProcessUnusable => "refusal.process_unusable",
            Self::NoSets => "refusal.no_sets",
            Self::UnknownUnit { .. } => "refusal.unknown_unit",
            Self::NoUnitForStep { .. } => "refusal.no_unit_for_step",
            Self::UnknownComponent { .. } => "refusal.unknown_component",
            Self::NoDefects => "refusal.no_defects",
            Self::SupplementUsed { .. } => "refusal.supplement_used",
            Self::SecondSupplementNeedsLeader => "refusal.second_supplement_needs_leader",
            Self::AnswerByTooLate { .. } => "refusal.answer_by_too_late",
            Self::SupplementDeadlinePassed { .. } => "refusal.supplement_deadline_passed",
            Self::DefectsUnanswered { .. } => "refusal.defects_unanswered",
            Self::AmountDiffers { .. } => "refusal.amount_differs",
            Self::Paused { .. } => "refusal.paused",
            Self::NotPaused => "refusal.not_paused",
            Self::PauseTooLong { .. } => "refusal.pause_too_long",
            Self::NotLapsed => "refusal.not_lapsed",
            Self::NoDue => "refusal.no_due",
            Self::ExtensionUsed { .. } => "refusal.extension_used",
            Self::NewDueNotLater { .. } => "refusal.new_due_not_later",
            Self::NewDueOnDayOff { .. } => "refusal.new_due_on_day_off",
            Self::CompetentUnitUnknown => "refusal.competent_unit_unknown",
            Self::CompetentUnitFixed => "refusal.competent_unit_fixed",
            Self::UnknownStep { .. } => "refusal.unknown_step",
            Self::StepNotActive { .. } => "refusal.step_not_active",
            Self::StepNotTakenOver { .. } => "refusal.step_not_taken_over",
            Self::StepNotOffered { .. } => "refusal.step_not_offered",
            Self::StepEndsOtherwise { .. } => "refusal.step_ends_otherwise",
            Self::NotAnEarlierStep { .. } => "refusal.not_an_earlier_step",
            Self::NotAssignable { .. } => "refusal.not_assignable",
            Self::OfficerNotInUnit { .. } => "refusal.officer_not_in_unit",
            Self::NobodyToAssign { .. } => "refusal.nobody_to_assign",
            Self::UnknownOpinion => "refusal.unknown_opinion",
            Self::OpinionGiven => "refusal.opinion_given",
            Self::OwnOpinion => "refusal.own_opinion",
            Self::NothingProposed => "refusal.nothing_proposed",
            Self::BranchesOpen { .. } => "refusal.branches_open",
            Self::TooLateToReject { .. } => "refusal.too_late_to_reject",
            Self::ResultFileMissing => "refusal.result_file_missing",
            Self::StopNeedsLeader => "refusal.stop_needs_leader",
        }
    }

    /// The values of its sentence, by the names used there.
    pub fn args(&self) -> Vec<(&'static str, Arg)> {
        let count = |number: u32| Arg::Number(i64::from(number));
        let size = |number: usize| Arg::Number(i64::try_from(number).unwrap_or(i64::MAX));
        let steps = |step: &StepKey| ("steps", Arg::Steps(vec![step.clone()]));
        match self {
            Self::Denied(denial) => denial.args(),
            Self::WrongStatus { status } => vec![("status", Arg::Status(*status))],
            Self::ForbiddenTransition { from, to } => {
                vec![("from", Arg::Status(*from)), ("to", Arg::Status(*to))]
            }
            Self::TooLong { max } | Self::TooMany { max } => vec![("max", size(*max))],
            Self::NotInFuture { at } | Self::InFuture { at } | Self::NewDueOnDayOff { at } => {
                vec![("at", Arg::Instant(*at))]
            }
            Self::UnknownUnit { unit } | Self::OfficerNotInUnit { unit } => {
                vec![("unit", Arg::Unit(unit.clone()))]
            }
            Self::UnknownComponent { component } => vec![("component", Arg::Text(component.to_string()))],
            Self::SupplementUsed { max } | Self::ExtensionUsed { max } => vec![("max", count(*max))],
            Self::AnswerByTooLate { days_max } | Self::PauseTooLong { days_max } => {
                vec![("days", count(*days_max))]
            }
            Self::SupplementDeadlinePassed { answer_by } => vec![("at", Arg::Instant(*answer_by))],
            Self::DefectsUnanswered { titles } => vec![("titles", Arg::Text(titles.join("; ")))],
            Self::AmountDiffers { expected, given } => {
                vec![("expected", Arg::Money(*expected)), ("given", Arg::Money(*given))]
            }
            Self::Paused { until } => vec![("until", Arg::Instant(*until))],
            Self::NewDueNotLater { due } | Self::TooLateToReject { due } => vec![("due", Arg::Instant(*due))],
            Self::NoUnitForStep { step }
            | Self::UnknownStep { step }
            | Self::StepNotActive { step }
            | Self::StepNotTakenOver { step }
            | Self::StepNotOffered { step }
            | Self::NotAnEarlierStep { step }
            | Self::NotAssignable { step }
            | Self::NobodyToAssign { step } => vec![steps(step)],
            Self::StepEndsOtherwise { step, action } => vec![steps(step), ("action", Arg::Action(*action))],
            Self::BranchesOpen { steps } => vec![("steps", Arg::Steps(steps.clone()))],
            Self::FormNumberMissing
            | Self::Missing(_)
            | Self::AmountNotPositive
            | Self::IdTwice
            | Self::ProcessUnusable
            | Self::NoSets
            | Self::NoDefects
            | Self::SecondSupplementNeedsLeader
            | Self::NotPaused
            | Self::NotLapsed
            | Self::NoDue
            | Self::CompetentUnitUnknown
            | Self::CompetentUnitFixed
            | Self::UnknownOpinion
            | Self::OpinionGiven
            | Self::OwnOpinion
            | Self::NothingProposed
            | Self::ResultFileMissing
            | Self::StopNeedsLeader => Vec::new(),
        }
    }
}

impl fmt::Display for Refusal {
    /// The key of the sentence, for logs and problem details.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}
