//! How a dossier ends: settled and returned, withdrawn, stopped.

use crate::dossier::decide::gate::is_supplement_lapsed;
use crate::dossier::decide::{Draft, intake, process, text};
use crate::dossier::event::Event;
use crate::dossier::refusal::Blank;
use crate::dossier::{Paper, Refusal, Task, Verdict};
use crate::procedure::{StepKey, StepKind};

/// Signs the result. A refusal has to be issued before the due instant, unless the applicant got an apology and a new
/// date (domain rules §3.4.4).
pub(super) fn settle(
    draft: &mut Draft<'_>,
    step: &StepKey,
    verdict: Verdict,
    title: &str,
    paper: &Paper,
) -> Result<(), Refusal> {
    let title = text::line(title, Blank::Title)?;
    if paper.file.is_none() {
        return Err(Refusal::ResultFileMissing);
    }
    let present: Vec<&Paper> = draft.dossier.papers().collect();
    intake::check_papers(std::slice::from_ref(paper), &present, &draft.dossier.filing)?;
    match verdict {
        Verdict::Grant => {}
        Verdict::Reject => check_reject_in_time(draft)?,
    }
    let opened = process::opened_by(draft, step)?;
    let paper = Box::new(paper.clone());
    draft.record(Event::Settled { step: step.clone(), verdict, title, paper, opened })
}

/// Takes the dossier back at the applicant's wish.
pub(super) fn withdraw(draft: &mut Draft<'_>, reason: &str) -> Result<(), Refusal> {
    let reason = text::text(reason, Blank::Reason)?;
    draft.record(Event::Withdrawn { reason })
}

/// Stops settling: form 05, with the base and what happens to the fees.
pub(super) fn stop(
    draft: &mut Draft<'_>,
    reason: &str,
    legal_base: &str,
    fee_settlement: &str,
) -> Result<(), Refusal> {
    let reason = text::text(reason, Blank::Reason)?;
    let legal_base = text::line(legal_base, Blank::LegalBase)?;
    let fee_settlement = text::text(fee_settlement, Blank::FeeSettlement)?;
    let lapsed = is_supplement_lapsed(draft.ctx, &draft.dossier);
    draft.record(Event::Stopped { reason, legal_base, fee_settlement, lapsed })
}

/// Hands the result over. Signs for it first when nobody at the desk has: it is in their hands now.
pub(super) fn hand_back(draft: &mut Draft<'_>, to: &str, note: &str) -> Result<(), Refusal> {
    let to = text::line(to, Blank::ReturnedTo)?;
    let note = text::note(note)?;
    let last = draft.dossier.step_of_kind(StepKind::Return).map(|step| step.key.clone());
    let unsigned = last.filter(|step| draft.dossier.task(step).is_some_and(Task::is_offered));
    if let Some(step) = unsigned {
        draft.record(Event::TakenOver { step, in_charge: false, due: None, note: String::new() })?;
    }
    draft.record(Event::Returned { to, note })
}

fn check_reject_in_time(draft: &Draft<'_>) -> Result<(), Refusal> {
    match draft.due() {
        Some(due)
            if due.as_second() < draft.ctx.now.as_second()
                && draft.dossier.progress.extensions.is_empty() =>
        {
            Err(Refusal::TooLateToReject { due })
        }
        Some(_) | None => Ok(()),
    }
}
