//! At the one-stop: filing, accepting, refusing, finding the competent unit.

use std::collections::BTreeSet;

use crate::dossier::decide::gate::settling_step;
use crate::dossier::decide::{Ctx, Draft, text};
use crate::dossier::event::Event;
use crate::dossier::refusal::Blank;
use crate::dossier::{Channel, Filing, PAPERS_MAX, Paper, Refusal};
use crate::procedure::ComponentKey;
use crate::unit::UnitCode;

/// What has to be right about a filing. What the applicant forgot is for the desk to ask for; what no desk could
/// work with is refused here.
pub(super) fn check_filing(ctx: &Ctx<'_>, filing: &Filing) -> Result<(), Refusal> {
    text::line(&filing.applicant.name, Blank::ApplicantName)?;
    text::text(&filing.subject, Blank::Subject)?;
    if let Some(representative) = &filing.representative {
        text::line(&representative.consent, Blank::Consent)?;
    }
    if filing.sets == 0 {
        return Err(Refusal::NoSets);
    }
    if let Some(at) = filing.posted_at
        && (ctx.now < at || filing.channel != Channel::Post)
    {
        return Err(Refusal::InFuture { at });
    }
    if filing.fees.iter().any(|fee| fee.amount.is_some_and(|amount| amount < 0)) {
        return Err(Refusal::AmountNotPositive);
    }
    if !filing.process.defects().is_empty() || settling_step(filing).is_none() {
        return Err(Refusal::ProcessUnusable);
    }
    ctx.check_unit(&filing.receiving_unit)?;
    if let Some(unit) = &filing.competent_unit {
        ctx.check_unit(unit)?;
    }
    check_papers(&filing.papers, &[], filing)
}

/// Accepts: the complete dossier is here, form 01 is issued, and unless it was handed in elsewhere the clock starts.
pub(super) fn accept(draft: &mut Draft<'_>, unit: Option<&UnitCode>, note: &str) -> Result<(), Refusal> {
    let note = text::note(note)?;
    let competent_unit = unit.or(draft.dossier.progress.competent_unit.as_ref()).cloned();
    let mut non_territorial = false;
    if let Some(unit) = &competent_unit {
        draft.ctx.check_unit(unit)?;
        non_territorial = draft.ctx.is_non_territorial(&draft.dossier.filing.receiving_unit, unit);
    }
    let accepted = |due| Event::Accepted {
        competent_unit: competent_unit.clone(),
        non_territorial,
        due,
        note: note.clone(),
    };
    let due = draft.due_if(accepted(None));
    draft.record(accepted(due))
}

/// Does not accept: form 03, with the reason.
pub(super) fn refuse(draft: &mut Draft<'_>, reason: &str, legal_base: &str) -> Result<(), Refusal> {
    let reason = text::text(reason, Blank::Reason)?;
    let legal_base = text::line(legal_base, Blank::LegalBase)?;
    draft.record(Event::Refused { reason, legal_base })
}

/// Names the competent unit.
pub(super) fn dispatch(draft: &mut Draft<'_>, unit: &UnitCode, note: &str) -> Result<(), Refusal> {
    let note = text::note(note)?;
    draft.ctx.check_unit(unit)?;
    let non_territorial = draft.ctx.is_non_territorial(&draft.dossier.filing.receiving_unit, unit);
    let dispatched = |due| Event::Dispatched { unit: unit.clone(), non_territorial, due, note: note.clone() };
    let due = draft.due_if(dispatched(None));
    draft.record(dispatched(due))
}

/// Checks new papers against those that are there and the components that this dossier asks for.
pub(super) fn check_papers(new: &[Paper], present: &[&Paper], filing: &Filing) -> Result<(), Refusal> {
    if PAPERS_MAX < new.len() + present.len() {
        return Err(Refusal::TooMany { max: PAPERS_MAX });
    }
    let mut ids: BTreeSet<_> = present.iter().map(|paper| paper.id).collect();
    for paper in new {
        text::line(&paper.title, Blank::PaperTitle)?;
        if !ids.insert(paper.id) {
            return Err(Refusal::IdTwice);
        }
        if let Some(component) = &paper.component {
            check_component(component, filing)?;
        }
    }
    Ok(())
}

/// Checks that this dossier asks for the component.
pub(super) fn check_component(component: &ComponentKey, filing: &Filing) -> Result<(), Refusal> {
    if filing.components.iter().any(|asked| asked.key == *component) {
        Ok(())
    } else {
        Err(Refusal::UnknownComponent { component: component.clone() })
    }
}
