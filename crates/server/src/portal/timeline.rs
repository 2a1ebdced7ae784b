//! What happened to a dossier, told to its owner: to department level, without what officers write to each other.

use motcua_domain::dossier::{Author, Dossier, Event, Opened, Recorded, Verdict};
use motcua_domain::unit::UnitCode;

use crate::calendar::words;
use crate::dossier::words::reading as reading_words;
use crate::portal::words::Words;
use crate::web::locale::Locale;
use crate::web::wording;

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Item {
    /// What.
    pub title: String,
    /// Which unit did it, or the applicant.
    pub by: String,
    /// When, in words.
    pub when: String,
    /// When, for machines.
    pub instant: String,
    /// What there is to say about it.
    pub lines: Vec<String>,
}

/// One time somebody of an office read the dossier.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Name and office.
    pub who: String,
    /// When.
    pub when: String,
    /// What for.
    pub purpose: String,
}

/// The timeline, newest first.
pub fn items(dossier: &Dossier, history: &[Recorded], words: &Words<'_>) -> Vec<Item> {
    history.iter().rev().filter_map(|entry| item(dossier, entry, words)).collect()
}

/// Who read it, newest first.
pub fn readings(history: &[Recorded], words: &Words<'_>) -> Vec<Reading> {
    let reading = |entry: &Recorded| {
        let Event::Read { purpose } = &entry.event else { return None };
        let when = words::instant(words.locale, entry.at);
        Some(Reading {
            who: with_unit(&entry.author, words),
            when,
            purpose: reading_words(words.locale, purpose).to_owned(),
        })
    };
    history.iter().rev().filter_map(reading).collect()
}

fn item(dossier: &Dossier, entry: &Recorded, words: &Words<'_>) -> Option<Item> {
    let lines = lines(dossier, &entry.event, words)?;
    Some(Item {
        title: words.locale.t(&format!("event.{}", entry.event.name())).to_owned(),
        by: by(&entry.author, words),
        when: words::instant(words.locale, entry.at),
        instant: entry.at.to_string(),
        lines,
    })
}

/// What is told about an event. None for what has a place of its own on the page, or is not for the applicant.
#[expect(clippy::too_many_lines, reason = "one arm for each kind, so that a new one must be thought about")]
fn lines(dossier: &Dossier, event: &Event, words: &Words<'_>) -> Option<Vec<String>> {
    let locale = words.locale;
    let due = |key: &str, at: Option<jiff::Timestamp>| {
        at.map(|at| locale.say(key).arg("due", words::instant(locale, at)).to_string())
    };
    let base = |legal_base: &str| labelled("portal.legal_base", legal_base, locale);
    let reason = |reason: &str| labelled("portal.reason", reason, locale);
    let unit = |unit: &UnitCode| {
        locale.say("portal.goes_to").arg("unit", words.office.unit_name_in(words.locale, unit)).to_string()
    };
    Some(match event {
        Event::Filed { filing } => {
            vec![
                locale
                    .say("portal.filed_at")
                    .arg("unit", words.office.unit_name_in(words.locale, &filing.receiving_unit))
                    .to_string(),
            ]
        }
        Event::Accepted { competent_unit, due: at, .. } => {
            competent_unit.iter().map(unit).chain(due("portal.due_set", *at)).collect()
        }
        Event::Refused { reason: why, legal_base } => vec![reason(why), base(legal_base)],
        Event::SupplementRequested { defects, reason: why, legal_base, answer_by, .. } => {
            let mut lines = vec![reason(why)];
            lines.extend(defects.iter().map(|defect| format!("{}: {}", defect.title, defect.wanted)));
            lines.push(base(legal_base));
            lines.extend(due("portal.answer_by", Some(*answer_by)));
            lines
        }
        Event::SupplementAnswered { papers, note, due_after } => {
            let mut lines: Vec<String> = papers.iter().map(|paper| paper.title.clone()).collect();
            lines.extend((!note.is_empty()).then(|| note.clone()));
            lines.extend(due("portal.due_now", *due_after));
            lines
        }
        Event::PaymentRequested { name, amount, legal_base, pay_by } => {
            let mut lines = vec![format!("{name}: {}", wording::money(locale, *amount)), base(legal_base)];
            lines.extend(due("portal.pay_by", Some(*pay_by)));
            lines
        }
        Event::Paid { amount, receipt, due_after } => {
            let mut lines =
                vec![wording::money(locale, *amount), labelled("portal.receipt", receipt, locale)];
            lines.extend(due("portal.due_now", *due_after));
            lines
        }
        Event::Paused { reason: why, legal_base, until } => {
            let mut lines = vec![reason(why), base(legal_base)];
            lines.extend(due("portal.paused_until", Some(*until)));
            lines
        }
        Event::Resumed { due_after, .. } => due("portal.due_now", *due_after).into_iter().collect(),
        Event::Dispatched { unit: to, due: at, .. } => {
            std::iter::once(unit(to)).chain(due("portal.due_set", *at)).collect()
        }
        Event::Forwarded { step, opened, .. } => finished(step, opened, words),
        Event::TakenOver { step, .. } => vec![in_step(step, words)],
        Event::SentBack { to, .. } => vec![in_step(&to.step, words), unit(&to.unit)],
        Event::Assigned { .. } | Event::MessageSent { .. } | Event::Read { .. } => return None,
        Event::OpinionAsked { unit: asked, answer_by, .. } => {
            std::iter::once(unit(asked)).chain(due("portal.opinion_by", Some(*answer_by))).collect()
        }
        Event::OpinionAnswered { late, .. } => {
            late.then(|| locale.t("portal.opinion_late").to_owned()).into_iter().collect()
        }
        Event::Proposed { step, opened, .. } | Event::Approved { step, opened, .. } => {
            finished(step, opened, words)
        }
        Event::Settled { verdict, title, .. } => {
            let said = match verdict {
                Verdict::Grant => "portal.granted",
                Verdict::Reject => "portal.rejected",
            };
            vec![locale.t(said).to_owned(), title.clone()]
        }
        Event::Extended { due_before, due_after, reason: why, .. } => {
            let mut lines = vec![reason(why)];
            lines.extend(due("portal.due_was", Some(*due_before)));
            lines.extend(due("portal.due_now", Some(*due_after)));
            lines
        }
        Event::Withdrawn { reason: why } => vec![reason(why)],
        Event::Stopped { reason: why, legal_base, fee_settlement, .. } => {
            vec![reason(why), base(legal_base), labelled("portal.fee_settlement", fee_settlement, locale)]
        }
        Event::Returned { to, .. } => vec![labelled("portal.handed_to", to, locale)],
        Event::PaperAdded { paper } => {
            // What officers add while they settle is theirs; what was scanned from the applicant is shown.
            if is_internal(dossier, paper) {
                return None;
            }
            vec![paper.title.clone()]
        }
        Event::FormIssued { kind, number, .. } => {
            let form = locale.t(&format!("dossier.form_{}", kind.name()));
            vec![locale.say("portal.form_number").arg("form", form).arg("number", number).to_string()]
        }
    })
}

/// Whether a paper is an officer's draft or opinion, which the applicant does not get.
pub fn is_internal(dossier: &Dossier, paper: &motcua_domain::dossier::Paper) -> bool {
    let is_result = dossier.progress.outcome.as_ref().is_some_and(|outcome| outcome.paper.id == paper.id);
    paper.source == motcua_domain::dossier::PaperSource::Issued && !is_result
}

fn finished(step: &motcua_domain::procedure::StepKey, opened: &[Opened], words: &Words<'_>) -> Vec<String> {
    let next = |opened: &Opened| {
        let (step, unit) = (words.step(&opened.step), words.office.unit_name_in(words.locale, &opened.unit));
        words.locale.say("portal.next_step").arg("step", step).arg("unit", unit).to_string()
    };
    let done = words.locale.say("portal.step_done").arg("step", words.step(step)).to_string();
    std::iter::once(done).chain(opened.iter().map(next)).collect()
}

fn in_step(step: &motcua_domain::procedure::StepKey, words: &Words<'_>) -> String {
    words.locale.say("portal.in_step").arg("step", words.step(step)).to_string()
}

fn labelled(key: &str, value: &str, locale: Locale) -> String {
    format!("{}: {value}", locale.t(key))
}

/// The unit, not the officer. The applicant under the name used then.
fn by(author: &Author, words: &Words<'_>) -> String {
    match (&author.unit, author.id) {
        (Some(unit), _) => words.office.unit_name_in(words.locale, unit),
        (None, Some(_)) => author.name.clone(),
        (None, None) => words.locale.t("dossier.by_program").to_owned(),
    }
}

fn with_unit(author: &Author, words: &Words<'_>) -> String {
    match &author.unit {
        Some(unit) => format!("{}, {}", author.name, words.office.unit_name_in(words.locale, unit)),
        None => author.name.clone(),
    }
}
