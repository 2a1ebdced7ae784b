//! What an event makes of a dossier. Never refuses, never reads a clock or a calendar.
//!
//! Replaying a journal gives the same dossier on every machine and in every year: whatever an event means is decided
//! before it is written down.

use std::sync::Arc;

use jiff::Timestamp;

use crate::calendar::PauseKind;
use crate::dossier::event::{Author, Event, Recorded};
use crate::dossier::{
    Dossier, DossierCode, Extension, Filing, IssuedForm, Opinion, OpinionAnswer, Outcome, Paper, Pause,
    PaymentDue, Progress, Proposal, Status, Supplement,
};
use crate::form::FormKind;
use crate::ids::OpinionId;
use crate::procedure::StepKey;
use crate::unit::UnitCode;

mod steps;

/// A journal that cannot be replayed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrokenJournal {
    /// It has no entry.
    #[error("the journal has no entry")]
    Empty,
    /// Its first entry is not the filing.
    #[error("the journal does not begin with the filing")]
    NotFiled,
    /// The entries are not numbered 1, 2, 3 …
    #[error("entry {found} stands where entry {expected} belongs")]
    Gap {
        /// The number that belongs there.
        expected: u64,
        /// The number that stands there.
        found: u64,
    },
}

/// The dossier that its first entry makes; `None` when that is not the filing.
pub fn begin(code: &DossierCode, first: &Recorded) -> Option<Dossier> {
    let Event::Filed { filing } = &first.event else {
        return None;
    };
    let submitted_at = filing.posted_at.unwrap_or(first.at);
    let mut dossier = Dossier {
        code: code.clone(),
        filing: Arc::new(Filing::clone(filing)),
        progress: Progress {
            version: 1,
            changed_at: first.at,
            status: Status::Registered,
            submitted_at,
            accepted_at: None,
            forwarded_at: None,
            competent_received_at: None,
            ended_at: None,
            competent_unit: filing.competent_unit.clone(),
            non_territorial: false,
            due: None,
            end_reason: None,
            tasks: Vec::new(),
            hand_overs: Vec::new(),
            holdings: Vec::new(),
            papers: Vec::new(),
            supplements: Vec::new(),
            pauses: Vec::new(),
            extensions: Vec::new(),
            opinions: Vec::new(),
            proposals: Vec::new(),
            payments: Vec::new(),
            outcome: None,
            forms: Vec::new(),
            messages: Vec::new(),
        },
    };
    steps::lay_out(&mut dossier, submitted_at);
    Some(dossier)
}

/// Adds one entry. A reading, and whatever does not fit the dossier, changes nothing.
pub fn apply(dossier: &mut Dossier, entry: &Recorded) {
    if matches!(entry.event, Event::Read { .. } | Event::Filed { .. }) {
        return;
    }
    dossier.progress.version += 1;
    dossier.progress.changed_at = entry.at;
    change(dossier, entry);
}

/// The dossier that a whole journal makes.
pub fn replay<'a>(
    code: &DossierCode,
    entries: impl IntoIterator<Item = &'a Recorded>,
) -> Result<Dossier, BrokenJournal> {
    let mut entries = entries.into_iter().zip(1..);
    let (first, _) = entries.next().ok_or(BrokenJournal::Empty)?;
    let mut dossier = begin(code, first).filter(|_| first.sequence == 1).ok_or(BrokenJournal::NotFiled)?;
    for (entry, expected) in entries {
        if entry.sequence != expected {
            return Err(BrokenJournal::Gap { expected, found: entry.sequence });
        }
        apply(&mut dossier, entry);
    }
    Ok(dossier)
}

fn change(dossier: &mut Dossier, entry: &Recorded) {
    let progress = &mut dossier.progress;
    match &entry.event {
        Event::Filed { .. } | Event::Read { .. } => {}
        Event::Accepted { competent_unit, non_territorial, due, .. } => {
            accept(progress, entry.at, competent_unit.as_ref(), *non_territorial, *due);
        }
        Event::Dispatched { unit, non_territorial, due, .. } => {
            dispatch(progress, unit, *non_territorial, *due);
        }
        Event::Refused { reason, .. } => end(dossier, Status::Refused, entry, reason),
        Event::Withdrawn { reason } => end(dossier, Status::Withdrawn, entry, reason),
        Event::Stopped { reason, .. } => end(dossier, Status::Stopped, entry, reason),
        Event::SupplementRequested { .. } => ask_supplement(progress, entry),
        Event::SupplementAnswered { papers, due_after, .. } => {
            answer_supplement(progress, entry.at, papers, *due_after);
        }
        Event::PaymentRequested { .. } => ask_payment(progress, entry),
        Event::Paid { receipt, due_after, .. } => pay(progress, entry.at, receipt, *due_after),
        Event::Paused { reason, legal_base, until } => {
            let pause = pause_of(entry, PauseKind::Other, reason, legal_base, *until);
            progress.pauses.push(pause);
        }
        Event::Resumed { due_after, .. } => {
            end_pause(progress, PauseKind::Other, entry.at);
            progress.due = due_after.or(progress.due);
        }
        Event::Extended { .. } => extend(progress, entry),
        Event::Forwarded { step, opened, note } => steps::finish(dossier, entry, step, opened, note),
        Event::TakenOver { step, in_charge, due, note } => {
            progress.due = due.or(progress.due);
            steps::take_over(dossier, entry, step, *in_charge, note);
        }
        Event::SentBack { step, to, reason } => steps::send_back(dossier, entry, step, to, reason),
        Event::Assigned { step, officer, officer_name } => {
            steps::assign(dossier, step, *officer, officer_name);
        }
        Event::Proposed { step, opened, .. } => {
            propose(progress, entry, step);
            steps::finish(dossier, entry, step, opened, "");
        }
        Event::Approved { step, note, opened } => {
            for proposal in &mut progress.proposals {
                proposal.approved_by = Some(entry.author.name.clone());
            }
            steps::finish(dossier, entry, step, opened, note);
        }
        Event::Settled { step, opened, .. } => {
            settle(progress, entry);
            steps::finish(dossier, entry, step, opened, "");
        }
        Event::Returned { to, .. } => {
            hand_back(progress, entry.at, to);
            steps::finish_return(dossier, entry);
        }
        Event::OpinionAsked { .. } => ask_opinion(progress, entry),
        Event::OpinionAnswered { id, .. } => answer_opinion(progress, entry, *id),
        Event::PaperAdded { paper } => progress.papers.push((**paper).clone()),
        Event::MessageSent { message } => progress.messages.push(message.clone()),
        Event::FormIssued { kind, number, unit } => issue(progress, entry, *kind, *number, unit),
    }
}

fn accept(
    progress: &mut Progress,
    at: Timestamp,
    competent_unit: Option<&UnitCode>,
    non_territorial: bool,
    due: Option<Timestamp>,
) {
    progress.status = Status::Accepted;
    progress.accepted_at = Some(at);
    progress.competent_unit = competent_unit.cloned();
    progress.non_territorial = non_territorial;
    progress.due = due;
}

fn dispatch(progress: &mut Progress, unit: &UnitCode, non_territorial: bool, due: Option<Timestamp>) {
    if progress.competent_unit.as_ref() != Some(unit) {
        progress.competent_received_at = None;
    }
    progress.competent_unit = Some(unit.clone());
    progress.non_territorial = non_territorial;
    progress.due = due;
}

fn end(dossier: &mut Dossier, status: Status, entry: &Recorded, reason: &str) {
    let progress = &mut dossier.progress;
    progress.status = status;
    progress.ended_at = Some(entry.at);
    progress.end_reason = Some(reason.to_owned());
    for kind in [PauseKind::Supplement, PauseKind::Finance, PauseKind::Other] {
        end_pause(progress, kind, entry.at);
    }
    steps::drop_all(dossier, entry);
}

fn ask_supplement(progress: &mut Progress, entry: &Recorded) {
    let Event::SupplementRequested {
        stage,
        defects,
        reason,
        legal_base,
        approver,
        in_time,
        answer_by,
        due_before,
    } = &entry.event
    else {
        return;
    };
    progress.supplements.push(Supplement {
        stage: *stage,
        back_to: progress.status,
        defects: defects.clone(),
        reason: reason.clone(),
        legal_base: legal_base.clone(),
        approver: *approver,
        in_time: *in_time,
        asked_at: entry.at,
        answer_by: *answer_by,
        due_before: *due_before,
        answered_at: None,
        due_after: None,
    });
    progress.pauses.push(pause_of(entry, PauseKind::Supplement, reason, legal_base, *answer_by));
    progress.status = Status::AwaitingSupplement;
}

fn answer_supplement(progress: &mut Progress, at: Timestamp, papers: &[Paper], due_after: Option<Timestamp>) {
    progress.papers.extend(papers.iter().cloned());
    let open = progress.supplements.iter_mut().find(|supplement| supplement.answered_at.is_none());
    if let Some(supplement) = open {
        supplement.answered_at = Some(at);
        supplement.due_after = due_after;
        progress.status = supplement.back_to;
    }
    end_pause(progress, PauseKind::Supplement, at);
    progress.due = due_after.or(progress.due);
}

fn ask_payment(progress: &mut Progress, entry: &Recorded) {
    let Event::PaymentRequested { name, amount, legal_base, pay_by } = &entry.event else {
        return;
    };
    progress.payments.push(PaymentDue {
        name: name.clone(),
        amount: *amount,
        legal_base: legal_base.clone(),
        asked_at: entry.at,
        pay_by: *pay_by,
        paid_at: None,
        receipt: None,
    });
    progress.pauses.push(pause_of(entry, PauseKind::Finance, name, legal_base, *pay_by));
    progress.status = Status::AwaitingPayment;
}

fn pay(progress: &mut Progress, at: Timestamp, receipt: &str, due_after: Option<Timestamp>) {
    if let Some(payment) = progress.payments.iter_mut().find(|payment| payment.paid_at.is_none()) {
        payment.paid_at = Some(at);
        payment.receipt = Some(receipt.to_owned());
    }
    progress.status = Status::InProcess;
    end_pause(progress, PauseKind::Finance, at);
    progress.due = due_after.or(progress.due);
}

fn extend(progress: &mut Progress, entry: &Recorded) {
    let Event::Extended { due_before, due_after, reason, in_time } = &entry.event else {
        return;
    };
    progress.due = Some(*due_after);
    progress.extensions.push(Extension {
        at: entry.at,
        due_before: *due_before,
        due_after: *due_after,
        reason: reason.clone(),
        signed_by: entry.author.id,
        signer_name: entry.author.name.clone(),
        in_time: *in_time,
    });
}

fn pause_of(entry: &Recorded, kind: PauseKind, reason: &str, legal_base: &str, until: Timestamp) -> Pause {
    let Author { id, name, .. } = &entry.author;
    Pause {
        kind,
        reason: reason.to_owned(),
        legal_base: legal_base.to_owned(),
        approver: *id,
        approver_name: name.clone(),
        from: entry.at,
        until,
        ended_at: None,
    }
}

/// Ends the open pause of this kind. A pause on other grounds never lasts beyond what was allowed, however late
/// somebody notices.
fn end_pause(progress: &mut Progress, kind: PauseKind, at: Timestamp) {
    for pause in progress.pauses.iter_mut().filter(|pause| pause.kind == kind && pause.ended_at.is_none()) {
        pause.ended_at = Some(match kind {
            PauseKind::Other => at.min(pause.until),
            PauseKind::Supplement | PauseKind::Finance => at,
        });
    }
}

fn propose(progress: &mut Progress, entry: &Recorded, step: &StepKey) {
    let Event::Proposed { verdict, text, draft, .. } = &entry.event else {
        return;
    };
    progress.proposals.retain(|proposal| proposal.step != *step);
    progress.proposals.push(Proposal {
        step: step.clone(),
        verdict: *verdict,
        text: text.clone(),
        draft: draft.as_deref().cloned(),
        by: entry.author.name.clone(),
        at: entry.at,
        approved_by: None,
    });
}

fn settle(progress: &mut Progress, entry: &Recorded) {
    let Event::Settled { verdict, title, paper, .. } = &entry.event else {
        return;
    };
    progress.status = Status::Settled;
    progress.ended_at = Some(entry.at);
    progress.outcome = Some(Outcome {
        verdict: *verdict,
        title: title.clone(),
        paper: (**paper).clone(),
        signer_name: entry.author.name.clone(),
        at: entry.at,
        returned_at: None,
        returned_to: None,
    });
}

fn hand_back(progress: &mut Progress, at: Timestamp, to: &str) {
    progress.status = Status::Returned;
    if let Some(outcome) = &mut progress.outcome {
        outcome.returned_at = Some(at);
        outcome.returned_to = Some(to.to_owned());
    }
}

fn ask_opinion(progress: &mut Progress, entry: &Recorded) {
    let Event::OpinionAsked { id, unit, question, answer_by } = &entry.event else {
        return;
    };
    progress.opinions.push(Opinion {
        id: *id,
        unit: unit.clone(),
        question: question.clone(),
        asked_at: entry.at,
        asked_by: entry.author.name.clone(),
        answer_by: *answer_by,
        answer: None,
    });
}

fn answer_opinion(progress: &mut Progress, entry: &Recorded, id: OpinionId) {
    let Event::OpinionAnswered { agrees, text, late, .. } = &entry.event else {
        return;
    };
    if let Some(opinion) = progress.opinions.iter_mut().find(|opinion| opinion.id == id) {
        opinion.answer = Some(OpinionAnswer {
            agrees: *agrees,
            text: text.clone(),
            at: entry.at,
            by: entry.author.name.clone(),
            late: *late,
        });
    }
}

fn issue(progress: &mut Progress, entry: &Recorded, kind: FormKind, number: u32, unit: &UnitCode) {
    progress.forms.push(IssuedForm {
        kind,
        number,
        unit: unit.clone(),
        at: entry.at,
        entry: entry.sequence,
        signer_name: entry.author.name.clone(),
    });
}
