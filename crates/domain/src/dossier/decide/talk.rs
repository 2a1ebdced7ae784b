//! What is said about a dossier: opinions, papers, messages, readings.

use jiff::Timestamp;

use crate::access::Actor;
use crate::dossier::decide::{Draft, intake, text};
use crate::dossier::event::Event;
use crate::dossier::refusal::Blank;
use crate::dossier::{MESSAGES_MAX, Message, OPINIONS_MAX, Paper, Refusal};
use crate::ids::{MessageId, OpinionId};
use crate::unit::UnitCode;

/// Asks another unit what it thinks. The clock goes on (domain rules §3.4.5).
pub(super) fn ask_opinion(
    draft: &mut Draft<'_>,
    id: OpinionId,
    unit: &UnitCode,
    question: &str,
    answer_by: Timestamp,
) -> Result<(), Refusal> {
    let question = text::text(question, Blank::Question)?;
    draft.ctx.check_unit(unit)?;
    if draft.author.unit.as_ref() == Some(unit) {
        return Err(Refusal::OwnOpinion);
    }
    if draft.dossier.opinion(id).is_some() {
        return Err(Refusal::IdTwice);
    }
    if OPINIONS_MAX <= draft.dossier.progress.opinions.len() {
        return Err(Refusal::TooMany { max: OPINIONS_MAX });
    }
    if answer_by <= draft.ctx.now {
        return Err(Refusal::NotInFuture { at: answer_by });
    }
    draft.record(Event::OpinionAsked { id, unit: unit.clone(), question, answer_by })
}

/// Answers. A late answer is taken, and marked as late.
pub(super) fn answer_opinion(
    draft: &mut Draft<'_>,
    id: OpinionId,
    agrees: bool,
    said: &str,
) -> Result<(), Refusal> {
    let said = text::text(said, Blank::Opinion)?;
    let late = draft.dossier.opinion(id).is_some_and(|opinion| opinion.answer_by < draft.ctx.now);
    draft.record(Event::OpinionAnswered { id, agrees, text: said, late })
}

/// Adds a paper, or its scan.
pub(super) fn add_paper(draft: &mut Draft<'_>, paper: &Paper) -> Result<(), Refusal> {
    let present: Vec<&Paper> = draft.dossier.papers().collect();
    intake::check_papers(std::slice::from_ref(paper), &present, &draft.dossier.filing)?;
    draft.record(Event::PaperAdded { paper: Box::new(paper.clone()) })
}

/// Writes to the other side.
pub(super) fn send_message(draft: &mut Draft<'_>, id: MessageId, said: &str) -> Result<(), Refusal> {
    let text = text::text(said, Blank::Message)?;
    let messages = &draft.dossier.progress.messages;
    if messages.iter().any(|message| message.id == id) {
        return Err(Refusal::IdTwice);
    }
    if MESSAGES_MAX <= messages.len() {
        return Err(Refusal::TooMany { max: MESSAGES_MAX });
    }
    // Officers write in a role; the applicant, and an officer about a matter of their own, in none.
    let from_applicant = draft.author.role.is_none();
    let by = draft.author.name.clone();
    let message = Message { id, from_applicant, by, at: draft.ctx.now, text };
    draft.record(Event::MessageSent { message })
}

/// Reads. The applicant sees who read what for; the applicant's own reading leaves no trace.
pub(super) fn read(draft: &mut Draft<'_>, purpose: &str) -> Result<(), Refusal> {
    let is_owner = draft.ctx.actor.id().is_some_and(|id| draft.dossier.is_owned_by(id));
    match draft.ctx.actor {
        Actor::Citizen { .. } | Actor::Officer { .. } if is_owner => Ok(()),
        Actor::Citizen { .. } | Actor::Officer { .. } | Actor::System => {
            let purpose = text::text(purpose, Blank::Purpose)?;
            draft.record(Event::Read { purpose })
        }
    }
}
