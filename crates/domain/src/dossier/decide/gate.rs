//! What depends on the person and the state alone: asked before anything is typed, and again when it is done.

use crate::access::{self, Actor, Grant};
use crate::dossier::action::Target;
use crate::dossier::decide::Ctx;
use crate::dossier::{ActionKind, Dossier, Filing, Refusal, Status, Task, time};
use crate::procedure::{ProcessStep, StepAgency, StepKey, StepKind};

/// Whether this person may do this now, and in which quality.
///
/// Outsiders learn nothing; insiders first whether it can be done at all, then whether they are the ones to do it.
pub(in crate::dossier) fn gate(
    ctx: &Ctx<'_>,
    dossier: &Dossier,
    kind: ActionKind,
    target: &Target,
) -> Result<Grant, Refusal> {
    access::may_see(ctx.actor, dossier)?;
    let status = dossier.status();
    if !statuses_of(kind).contains(&status) {
        return Err(Refusal::WrongStatus { status });
    }
    check_target(dossier, kind, target)?;
    let grant = access::may(ctx.actor, kind, target, dossier)?;
    check_state(ctx, dossier, kind, target, &grant)?;
    Ok(grant)
}

/// The statuses in which something can be done.
fn statuses_of(kind: ActionKind) -> &'static [Status] {
    use Status::{Accepted, AwaitingPayment, AwaitingSupplement, InProcess, Registered, Settled};
    match kind {
        ActionKind::File => &[],
        ActionKind::Accept | ActionKind::Refuse => &[Registered],
        ActionKind::RequestSupplement | ActionKind::Dispatch => &[Registered, Accepted, InProcess],
        ActionKind::AnswerSupplement => &[AwaitingSupplement],
        ActionKind::RequestPayment | ActionKind::Forward | ActionKind::SendBack | ActionKind::Extend => {
            &[Accepted, InProcess]
        }
        ActionKind::ConfirmPayment => &[AwaitingPayment],
        ActionKind::TakeOver => &[Accepted, InProcess, Settled],
        ActionKind::Pause
        | ActionKind::Resume
        | ActionKind::Assign
        | ActionKind::AskOpinion
        | ActionKind::Propose
        | ActionKind::Approve
        | ActionKind::Settle => &[InProcess],
        ActionKind::AnswerOpinion => &[InProcess, AwaitingSupplement, AwaitingPayment],
        ActionKind::Withdraw => &[Registered, Accepted, InProcess, AwaitingSupplement, AwaitingPayment],
        ActionKind::Stop => &[Accepted, InProcess, AwaitingSupplement, AwaitingPayment],
        ActionKind::Return => &[Settled],
        ActionKind::AddPaper | ActionKind::SendMessage => {
            &[Registered, Accepted, InProcess, AwaitingSupplement, AwaitingPayment, Settled]
        }
        ActionKind::Read => &Status::ALL,
    }
}

/// Whether the step or opinion is there and in a state for it.
fn check_target(dossier: &Dossier, kind: ActionKind, target: &Target) -> Result<(), Refusal> {
    match target {
        Target::Dossier => Ok(()),
        Target::Opinion(id) => match dossier.opinion(*id) {
            None => Err(Refusal::UnknownOpinion),
            Some(opinion) if opinion.answer.is_some() => Err(Refusal::OpinionGiven),
            Some(_) => Ok(()),
        },
        Target::Step(key) => check_step(dossier, kind, key),
    }
}

fn check_step(dossier: &Dossier, kind: ActionKind, key: &StepKey) -> Result<(), Refusal> {
    let unknown = || Refusal::UnknownStep { step: key.clone() };
    let (step, task) = dossier.step(key).zip(dossier.task(key)).ok_or_else(unknown)?;
    if kind == ActionKind::TakeOver {
        return if task.is_offered() { Ok(()) } else { Err(Refusal::StepNotOffered { step: key.clone() }) };
    }
    if task.is_offered() {
        // Whoever will not take it sends it back unsigned.
        let refuses = kind == ActionKind::SendBack;
        return if refuses { Ok(()) } else { Err(Refusal::StepNotTakenOver { step: key.clone() }) };
    }
    if !task.is_active() {
        return Err(Refusal::StepNotActive { step: key.clone() });
    }
    if kind == ActionKind::Assign && matches!(step.kind, StepKind::Receive | StepKind::Return) {
        return Err(Refusal::NotAssignable { step: key.clone() });
    }
    let ends_by = endings_of(dossier, step);
    if ENDINGS.contains(&kind) && !ends_by.contains(&kind) {
        return Err(Refusal::StepEndsOtherwise { step: key.clone(), action: ends_by[0] });
    }
    Ok(())
}

/// The actions that end a step without assigning anybody.
const ENDINGS: [ActionKind; 4] =
    [ActionKind::Forward, ActionKind::Propose, ActionKind::Approve, ActionKind::Settle];

/// How a step ends, the usual way first.
pub(in crate::dossier) fn endings_of(dossier: &Dossier, step: &ProcessStep) -> &'static [ActionKind] {
    match step.kind {
        StepKind::Assign => &[ActionKind::Assign, ActionKind::Forward],
        StepKind::Examine => &[ActionKind::Propose],
        StepKind::Approve => &[ActionKind::Approve],
        StepKind::Sign if settling_step(&dossier.filing) == Some(&step.key) => &[ActionKind::Settle],
        StepKind::Receive | StepKind::Opinion | StepKind::Sign => &[ActionKind::Forward],
        StepKind::Return => &[ActionKind::Return],
    }
}

/// The signature that makes the result: of those right before the return that of the competent unit, which leads, or
/// else the last one listed. Other signatures are handed on like any step.
pub(super) fn settling_step(filing: &Filing) -> Option<&StepKey> {
    let process = &filing.process;
    let last = process.steps.iter().find(|step| step.kind == StepKind::Return)?;
    let signs = |step: &&ProcessStep| step.kind == StepKind::Sign && last.after.contains(&step.key);
    let leads = |step: &&ProcessStep| step.agency == StepAgency::Competent;
    let found = process.steps.iter().filter(signs).find(leads);
    found.or_else(|| process.steps.iter().rfind(signs)).map(|step| &step.key)
}

/// What the state demands once the right person asks.
fn check_state(
    ctx: &Ctx<'_>,
    dossier: &Dossier,
    kind: ActionKind,
    target: &Target,
    grant: &Grant,
) -> Result<(), Refusal> {
    match kind {
        ActionKind::RequestSupplement => {
            check_running(dossier)?;
            check_supplements(ctx, dossier, grant)
        }
        ActionKind::AnswerSupplement => check_answer_in_time(ctx, dossier),
        ActionKind::RequestPayment | ActionKind::SendBack | ActionKind::Propose => check_running(dossier),
        ActionKind::Pause => match dossier.open_pause() {
            Some(pause) => Err(Refusal::Paused { until: pause.until }),
            None => Ok(()),
        },
        ActionKind::Resume => check_resume(ctx, dossier),
        ActionKind::Dispatch => check_dispatch(dossier),
        ActionKind::Forward => {
            check_running(dossier)?;
            if dossier.progress.competent_unit.is_none() {
                return Err(Refusal::CompetentUnitUnknown);
            }
            Ok(())
        }
        ActionKind::Approve => {
            check_running(dossier)?;
            check_proposed(dossier, target)
        }
        ActionKind::Settle => {
            check_running(dossier)?;
            check_branches(dossier, target)
        }
        ActionKind::Extend => {
            check_running(dossier)?;
            check_extensions(ctx, dossier)
        }
        ActionKind::Stop => check_stop(ctx, dossier, grant),
        ActionKind::File
        | ActionKind::Accept
        | ActionKind::Refuse
        | ActionKind::ConfirmPayment
        | ActionKind::TakeOver
        | ActionKind::Assign
        | ActionKind::AskOpinion
        | ActionKind::AnswerOpinion
        | ActionKind::Withdraw
        | ActionKind::Return
        | ActionKind::AddPaper
        | ActionKind::SendMessage
        | ActionKind::Read => Ok(()),
    }
}

/// Nothing goes on while the clock stands on other grounds: who wants to go on resumes first.
fn check_running(dossier: &Dossier) -> Result<(), Refusal> {
    match dossier.open_pause() {
        Some(pause) => Err(Refusal::Paused { until: pause.until }),
        None => Ok(()),
    }
}

/// One supplement for a dossier; one more by a leader where the settings allow it (domain rules §3.3.5).
fn check_supplements(ctx: &Ctx<'_>, dossier: &Dossier, grant: &Grant) -> Result<(), Refusal> {
    let max = ctx.settings.max_supplements;
    let used = u32::try_from(dossier.progress.supplements.len()).unwrap_or(u32::MAX);
    if used < max {
        return Ok(());
    }
    if !ctx.settings.second_supplement_with_approval || max < used {
        return Err(Refusal::SupplementUsed { max });
    }
    if grant.is_leader() { Ok(()) } else { Err(Refusal::SecondSupplementNeedsLeader) }
}

/// After the applicant's own deadline the office stops the dossier (domain rules §3.4.3).
fn check_answer_in_time(ctx: &Ctx<'_>, dossier: &Dossier) -> Result<(), Refusal> {
    match dossier.open_supplement() {
        Some(supplement) if supplement.answer_by < ctx.now => {
            Err(Refusal::SupplementDeadlinePassed { answer_by: supplement.answer_by })
        }
        Some(_) | None => Ok(()),
    }
}

fn check_resume(ctx: &Ctx<'_>, dossier: &Dossier) -> Result<(), Refusal> {
    let Some(pause) = dossier.open_pause() else {
        return Err(Refusal::NotPaused);
    };
    match ctx.actor {
        Actor::System if ctx.now < pause.until => Err(Refusal::NotLapsed),
        Actor::System | Actor::Citizen { .. } | Actor::Officer { .. } => Ok(()),
    }
}

/// The competent unit can be named, or named anew, while the dossier is at the one-stop.
fn check_dispatch(dossier: &Dossier) -> Result<(), Refusal> {
    let receive = dossier.step_of_kind(StepKind::Receive).and_then(|step| dossier.task(&step.key));
    if receive.is_some_and(Task::is_active) { Ok(()) } else { Err(Refusal::CompetentUnitFixed) }
}

/// A head approves what somebody proposed, wherever the process has an examination before.
fn check_proposed(dossier: &Dossier, target: &Target) -> Result<(), Refusal> {
    let Target::Step(key) = target else {
        return Ok(());
    };
    let process = &dossier.filing.process;
    let before = process.before(key);
    let examines = |step: &&ProcessStep| step.kind == StepKind::Examine && before.contains(&step.key);
    let mut examinations = process.steps.iter().filter(examines).peekable();
    let proposed = |step: &ProcessStep| dossier.progress.proposals.iter().any(|made| made.step == step.key);
    if examinations.peek().is_none() || examinations.any(proposed) {
        Ok(())
    } else {
        Err(Refusal::NothingProposed)
    }
}

/// The result is signed when everything else is done.
fn check_branches(dossier: &Dossier, target: &Target) -> Result<(), Refusal> {
    let is_return = |key: &StepKey| dossier.step(key).is_some_and(|step| step.kind == StepKind::Return);
    let is_this = |key: &StepKey| matches!(target, Target::Step(this) if this == key);
    let open = dossier.progress.tasks.iter().filter(|task| !task.is_done());
    let steps: Vec<StepKey> =
        open.map(|task| &task.step).filter(|key| !is_return(key) && !is_this(key)).cloned().collect();
    if steps.is_empty() { Ok(()) } else { Err(Refusal::BranchesOpen { steps }) }
}

/// Only one new date (domain rules §3.4.7), and only for what has a date.
fn check_extensions(ctx: &Ctx<'_>, dossier: &Dossier) -> Result<(), Refusal> {
    let max = ctx.settings.max_extensions;
    let used = u32::try_from(dossier.progress.extensions.len()).unwrap_or(u32::MAX);
    if max <= used {
        return Err(Refusal::ExtensionUsed { max });
    }
    let calendar = ctx.office.calendar_of(dossier.responsible_unit());
    match time::due(dossier, calendar, ctx.now) {
        Some(_) => Ok(()),
        None => Err(Refusal::NoDue),
    }
}

/// A leader stops with a base; the desk and the program only when the applicant's deadline has passed.
fn check_stop(ctx: &Ctx<'_>, dossier: &Dossier, grant: &Grant) -> Result<(), Refusal> {
    if grant.is_leader() || is_supplement_lapsed(ctx, dossier) {
        return Ok(());
    }
    match ctx.actor {
        Actor::System => Err(Refusal::NotLapsed),
        Actor::Citizen { .. } | Actor::Officer { .. } => Err(Refusal::StopNeedsLeader),
    }
}

/// Whether the applicant's deadline for the papers has passed.
pub(super) fn is_supplement_lapsed(ctx: &Ctx<'_>, dossier: &Dossier) -> bool {
    dossier.open_supplement().is_some_and(|supplement| supplement.answer_by < ctx.now)
}
