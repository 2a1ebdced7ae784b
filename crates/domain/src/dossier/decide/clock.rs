//! What stops, restarts or moves the clock: supplements, payments, pauses, the extension.

use jiff::{SignedDuration, Timestamp};

use crate::access::Grant;
use crate::calendar::Limit;
use crate::dossier::decide::{Draft, intake, text};
use crate::dossier::event::Event;
use crate::dossier::refusal::Blank;
use crate::dossier::{DEFECTS_MAX, Defect, Paper, Refusal, Stage, time};
use crate::office_time::day_of;

/// Asks for papers: every defect at once, each against a component of this dossier or the form itself.
pub(super) fn request_supplement(
    draft: &mut Draft<'_>,
    grant: &Grant,
    defects: &[Defect],
    reason: &str,
    legal_base: &str,
    answer_by: Option<Timestamp>,
) -> Result<(), Refusal> {
    let reason = text::text(reason, Blank::Reason)?;
    let legal_base = text::line(legal_base, Blank::LegalBase)?;
    let defects = check_defects(draft, defects)?;
    let (now, settings) = (draft.ctx.now, draft.ctx.settings);
    let days_max = settings.supplement_wait_days;
    // A last day that is off moves to the next working day (Civil Code 91/2015/QH13, article 148.5).
    let latest = draft.calendar().due_at(now, Limit::Days(days_max));
    let answer_by = answer_by.unwrap_or(latest);
    if answer_by <= now {
        return Err(Refusal::NotInFuture { at: answer_by });
    }
    if latest < answer_by {
        return Err(Refusal::AnswerByTooLate { days_max });
    }
    let used = u32::try_from(draft.dossier.progress.supplements.len()).unwrap_or(u32::MAX);
    let stage = if draft.dossier.is_at_intake() { Stage::Intake } else { Stage::Appraisal };
    // Before the clock has started nothing can be late.
    let in_time = time::started_at(&draft.dossier).is_none_or(|started| {
        now <= draft.calendar().add_working_days(started, settings.return_ineligible_days)
    });
    let event = Event::SupplementRequested {
        stage,
        defects,
        reason,
        legal_base,
        approver: draft.author.id.filter(|_| settings.max_supplements <= used && grant.is_leader()),
        in_time,
        answer_by,
        due_before: draft.due(),
    };
    draft.record(event)
}

/// Takes the papers asked for: something for every defect.
pub(super) fn answer_supplement(draft: &mut Draft<'_>, papers: &[Paper], note: &str) -> Result<(), Refusal> {
    let note = text::note(note)?;
    let present: Vec<&Paper> = draft.dossier.papers().collect();
    intake::check_papers(papers, &present, &draft.dossier.filing)?;
    let defects = draft.dossier.open_supplement().map_or(&[][..], |supplement| &supplement.defects);
    let answered = |defect: &&Defect| match &defect.component {
        Some(component) => papers.iter().any(|paper| paper.component.as_ref() == Some(component)),
        None => !note.is_empty(),
    };
    let open: Vec<&Defect> = defects.iter().filter(|defect| !answered(defect)).collect();
    if open.iter().any(|defect| defect.component.is_none()) {
        return Err(Refusal::Missing(Blank::Answer));
    }
    if !open.is_empty() {
        return Err(Refusal::DefectsUnanswered {
            titles: open.iter().map(|defect| defect.title.clone()).collect(),
        });
    }
    let answered =
        |due_after| Event::SupplementAnswered { papers: papers.to_vec(), note: note.clone(), due_after };
    let due_after = draft.due_if(answered(None));
    draft.record(answered(due_after))
}

/// Asks for a payment.
pub(super) fn request_payment(
    draft: &mut Draft<'_>,
    name: &str,
    amount: i64,
    legal_base: &str,
    pay_by: Timestamp,
) -> Result<(), Refusal> {
    let name = text::line(name, Blank::PaymentName)?;
    let legal_base = text::line(legal_base, Blank::LegalBase)?;
    if amount <= 0 {
        return Err(Refusal::AmountNotPositive);
    }
    check_ahead(draft, pay_by)?;
    draft.record(Event::PaymentRequested { name, amount, legal_base, pay_by })
}

/// Takes note of a payment. Another amount than asked for is never booked as paid.
pub(super) fn confirm_payment(draft: &mut Draft<'_>, amount: i64, receipt: &str) -> Result<(), Refusal> {
    let receipt = text::line(receipt, Blank::Receipt)?;
    let expected = draft.dossier.open_payment().map_or(0, |payment| payment.amount);
    if amount != expected {
        return Err(Refusal::AmountDiffers { expected, given: amount });
    }
    let paid = |due_after| Event::Paid { amount, receipt: receipt.clone(), due_after };
    let due_after = draft.due_if(paid(None));
    draft.record(paid(due_after))
}

/// Stops the clock on other grounds (domain rules §3.4.10). The leader who does it is its approver.
pub(super) fn pause(
    draft: &mut Draft<'_>,
    reason: &str,
    legal_base: &str,
    until: Timestamp,
) -> Result<(), Refusal> {
    let reason = text::text(reason, Blank::Reason)?;
    let legal_base = text::line(legal_base, Blank::LegalBase)?;
    check_ahead(draft, until)?;
    let days_max = draft.ctx.settings.pause_days_max;
    if after_days(draft.ctx.now, days_max) < until {
        return Err(Refusal::PauseTooLong { days_max });
    }
    draft.record(Event::Paused { reason, legal_base, until })
}

/// Lets the clock run again.
pub(super) fn resume(draft: &mut Draft<'_>, note: &str) -> Result<(), Refusal> {
    let note = text::note(note)?;
    let resumed = |due_after| Event::Resumed { note: note.clone(), due_after };
    let due_after = draft.due_if(resumed(None));
    draft.record(resumed(due_after))
}

/// Apologises and gives a new date (domain rules §3.4.7). Too late an apology is recorded as what it is.
pub(super) fn extend(draft: &mut Draft<'_>, new_due: Timestamp, reason: &str) -> Result<(), Refusal> {
    let reason = text::text(reason, Blank::Reason)?;
    let due_before = draft.due().ok_or(Refusal::NoDue)?;
    if new_due <= due_before {
        return Err(Refusal::NewDueNotLater { due: due_before });
    }
    check_ahead(draft, new_due)?;
    if !draft.calendar().is_working_day(day_of(new_due)) {
        return Err(Refusal::NewDueOnDayOff { at: new_due });
    }
    let notice = draft.ctx.settings.apology_before_days;
    let in_time = draft.ctx.now <= draft.calendar().subtract_working_days(due_before, notice);
    draft.record(Event::Extended { due_before, due_after: new_due, reason, in_time })
}

fn check_defects(draft: &Draft<'_>, defects: &[Defect]) -> Result<Vec<Defect>, Refusal> {
    if defects.is_empty() {
        return Err(Refusal::NoDefects);
    }
    if DEFECTS_MAX < defects.len() {
        return Err(Refusal::TooMany { max: DEFECTS_MAX });
    }
    let checked = |defect: &Defect| -> Result<Defect, Refusal> {
        if let Some(component) = &defect.component {
            intake::check_component(component, &draft.dossier.filing)?;
        }
        Ok(Defect {
            component: defect.component.clone(),
            title: text::line(&defect.title, Blank::PaperTitle)?,
            wanted: text::text(&defect.wanted, Blank::Wanted)?,
            copy: defect.copy,
        })
    };
    defects.iter().map(checked).collect()
}

fn check_ahead(draft: &Draft<'_>, at: Timestamp) -> Result<(), Refusal> {
    if draft.ctx.now < at { Ok(()) } else { Err(Refusal::NotInFuture { at }) }
}

/// The same time of day some days of the calendar later.
fn after_days(at: Timestamp, days: u32) -> Timestamp {
    at.checked_add(SignedDuration::from_hours(i64::from(days) * 24)).unwrap_or(Timestamp::MAX)
}
