//! A dossier in words: what happened, what is refused and why, how much time is left. For the desk and the portal.

use jiff::Timestamp;
use motcua_domain::access::{Appointment, Denial};
use motcua_domain::calendar::Calendar;
use motcua_domain::dossier::refusal::Arg;
use motcua_domain::dossier::{Dossier, Event, IssuedForm, Opened, Recorded, Refusal, Verdict};
use motcua_domain::procedure::{ElectronicProcess, StepKey};

use crate::calendar::words as calendar_words;
use crate::dossier::steps::StepError;
use crate::office::Snapshot;
use crate::web::error::PageError;
use crate::web::locale::Locale;
use crate::web::wording;

/// The name of a step: its own, or that of its kind.
pub fn step(locale: Locale, process: &ElectronicProcess, key: &StepKey) -> String {
    match process.step(key) {
        Some(step) => match &step.name {
            Some(name) => name.clone(),
            None => locale.t(&format!("dossier.step_{}", step.kind.name())).to_owned(),
        },
        None => key.to_string(),
    }
}

/// Why somebody read a dossier. The record keeps it in Vietnamese; what the program itself writes is translated.
pub fn reading(locale: Locale, purpose: &str) -> &str {
    let written = ["desk.purpose", "issued.purpose_form", "issued.purpose_register"];
    written.into_iter().find(|key| Locale::Vi.t(key) == purpose).map_or(purpose, |key| locale.t(key))
}

/// Why the rules say no, as a sentence that says what to do.
pub fn refusal(locale: Locale, office: &Snapshot, process: &ElectronicProcess, refusal: &Refusal) -> String {
    refusal
        .args()
        .into_iter()
        .fold(locale.say(refusal.key()), |text, (name, arg)| {
            text.arg(name, argument(locale, office, process, &arg))
        })
        .to_string()
}

/// Why somebody may not do something that is about no dossier.
pub fn denial(locale: Locale, office: &Snapshot, denial: &Denial) -> String {
    let no_steps = ElectronicProcess { steps: Vec::new() };
    refusal(locale, office, &no_steps, &Refusal::Denied(denial.clone()))
}

fn argument(locale: Locale, office: &Snapshot, process: &ElectronicProcess, arg: &Arg) -> String {
    match arg {
        Arg::Text(text) => text.clone(),
        Arg::Number(number) => number.to_string(),
        Arg::Money(amount) => wording::money(locale, *amount),
        Arg::Instant(at) => calendar_words::instant(locale, *at),
        Arg::Unit(unit) => office.unit_name(unit),
        Arg::Posts(posts) => {
            // Two steps may belong to one post.
            let mut words: Vec<String> = Vec::new();
            for post in posts.iter().map(|post| self::post(locale, office, post)) {
                if !words.contains(&post) {
                    words.push(post);
                }
            }
            words.join(", ")
        }
        Arg::Roles(roles) => {
            let words: Vec<&str> =
                roles.iter().map(|role| crate::account::roles::name(locale, *role)).collect();
            words.join(", ")
        }
        Arg::Status(status) => locale.t(&format!("status.{}", status.name())).to_owned(),
        Arg::Steps(steps) => {
            let words: Vec<String> = steps.iter().map(|key| step(locale, process, key)).collect();
            words.join(", ")
        }
        Arg::Action(kind) => locale.t(&format!("action.{}", kind.name())).to_owned(),
    }
}

/// `chuyên viên, UBND xã Mẫu`.
pub fn post(locale: Locale, office: &Snapshot, post: &Appointment) -> String {
    let role = locale.t(&format!("access.role_{}", post.role.name()));
    locale.say("dossier.post").arg("role", role).arg("unit", office.unit_name(&post.unit)).to_string()
}

/// `Giấy tiếp nhận hồ sơ và hẹn trả kết quả, số 07`.
pub fn form_title(locale: Locale, form: &IssuedForm) -> String {
    let name = locale.t(&format!("dossier.form_{}", form.kind.name()));
    locale.say("desk.form_title").arg("form", name).arg("number", format!("{:02}", form.number)).to_string()
}

/// What a page answers when a step was not taken and there is no form to go back to.
pub fn page_error(
    locale: Locale,
    office: &Snapshot,
    process: &ElectronicProcess,
    error: StepError,
) -> PageError {
    match error {
        StepError::NotFound => PageError::NotFound,
        StepError::Refused(reason) => {
            let said = refusal(locale, office, process, &reason);
            if reason.is_of_person() { PageError::Forbidden(said) } else { PageError::Refused(said) }
        }
        StepError::Stale(_) => PageError::Refused(locale.t("dossier.stale").to_owned()),
        StepError::Db(error) => error.into(),
        other @ (StepError::Code(_) | StepError::Journal(_)) => PageError::internal(&other),
    }
}

/// `còn 3 ngày làm việc, trước 16:20 thứ Sáu 27/02/2026`, or how late it is.
pub fn time_left(locale: Locale, calendar: &Calendar, now: Timestamp, due: Timestamp) -> String {
    if due < now {
        return format!("{}, {}", lateness(locale, calendar, now, due), was_due(locale, due));
    }
    let at = calendar_words::instant(locale, due);
    let (days, seconds) =
        (calendar.working_days_between(now, due), calendar.working_seconds_between(now, due));
    if seconds == 0 {
        return locale.say("dossier.left_none").arg("at", at).to_string();
    }
    let half_a_day = i64::from(calendar.minutes_per_day()) * 30;
    if 0 < days && half_a_day <= seconds {
        return locale
            .count("dossier.left_days", usize::try_from(days).unwrap_or_default())
            .arg("at", at)
            .to_string();
    }
    let time = calendar_words::duration(locale, seconds);
    locale.say("dossier.left_time").arg("time", time).arg("at", at).to_string()
}

/// How late something is: `Quá hạn 3 ngày làm việc`.
pub fn lateness(locale: Locale, calendar: &Calendar, now: Timestamp, due: Timestamp) -> String {
    let days = usize::try_from(calendar.working_days_between(due, now)).unwrap_or_default();
    if 0 < days {
        return locale.count("dossier.late_days", days).to_string();
    }
    let seconds = calendar.working_seconds_between(due, now);
    if seconds == 0 {
        return locale.t("dossier.late").to_owned();
    }
    locale.say("dossier.late_time").arg("time", calendar_words::duration(locale, seconds)).to_string()
}

/// `phải trả trước 16:20 thứ Sáu 27/02/2026`.
fn was_due(locale: Locale, due: Timestamp) -> String {
    locale.say("dossier.was_due").arg("at", calendar_words::instant(locale, due)).to_string()
}

/// One entry of the timeline.
#[derive(Clone, Debug)]
pub struct Line {
    /// What happened.
    pub title: String,
    /// Who, in which quality.
    pub by: String,
    /// When, in words.
    pub time: String,
    /// When, for machines.
    pub instant: String,
    /// What else is to be said.
    pub details: Vec<String>,
    /// Only somebody reading.
    pub is_reading: bool,
    /// Sequence of the entry.
    pub entry: u64,
}

/// The timeline, newest first. With `names`, officers are named (the desk); without, only their unit (the portal:
/// progress to the level of the department).
pub fn timeline(
    locale: Locale,
    office: &Snapshot,
    dossier: &Dossier,
    history: &[Recorded],
    names: bool,
) -> Vec<Line> {
    history.iter().rev().map(|one| line(locale, office, dossier, one, names)).collect()
}

fn line(locale: Locale, office: &Snapshot, dossier: &Dossier, one: &Recorded, names: bool) -> Line {
    let unit = one.author.unit.as_ref().map(|unit| office.unit_name(unit));
    let by = match (&one.author.id, unit) {
        (None, _) => locale.t("dossier.by_program").to_owned(),
        (Some(_), None) => one.author.name.clone(),
        (Some(_), Some(unit)) if names => {
            let role = one.author.role.map_or("", |role| locale.t(&format!("access.role_{}", role.name())));
            locale
                .say("dossier.by_officer")
                .arg("name", &one.author.name)
                .arg("role", role)
                .arg("unit", unit)
                .to_string()
        }
        (Some(_), Some(unit)) => unit,
    };
    Line {
        title: locale.t(&format!("event.{}", one.event.name())).to_owned(),
        by,
        time: calendar_words::instant(locale, one.at),
        instant: crate::clock::stored(one.at),
        details: details(locale, office, dossier, &one.event),
        is_reading: matches!(one.event, Event::Read { .. }),
        entry: one.sequence,
    }
}

/// Sentences from labels and values; empty values say nothing.
struct Details<'a> {
    locale: Locale,
    office: &'a Snapshot,
    process: &'a ElectronicProcess,
    lines: Vec<String>,
}

impl Details<'_> {
    fn text(&mut self, label: &str, value: &str) {
        if !value.trim().is_empty() {
            self.lines.push(
                self.locale
                    .say("dossier.labelled")
                    .arg("label", self.locale.t(label))
                    .arg("value", value)
                    .to_string(),
            );
        }
    }

    fn instant(&mut self, label: &str, at: Option<Timestamp>) {
        if let Some(at) = at {
            self.text(label, &calendar_words::instant(self.locale, at));
        }
    }

    fn step(&mut self, key: &StepKey) {
        let name = step(self.locale, self.process, key);
        self.text("dossier.step", &name);
    }

    fn opened(&mut self, opened: &[Opened]) {
        for one in opened {
            let name = step(self.locale, self.process, &one.step);
            let key = if one.offered { "dossier.opened_offered" } else { "dossier.opened" };
            let unit = self.office.unit_name(&one.unit);
            self.lines.push(self.locale.say(key).arg("step", name).arg("unit", unit).to_string());
        }
    }

    fn verdict(&mut self, verdict: Verdict) {
        let words = match verdict {
            Verdict::Grant => self.locale.t("dossier.verdict_grant"),
            Verdict::Reject => self.locale.t("dossier.verdict_reject"),
        };
        self.text("dossier.verdict", words);
    }
}

#[expect(clippy::too_many_lines, reason = "one arm for each event, so that a new one must be thought about")]
fn details(locale: Locale, office: &Snapshot, dossier: &Dossier, event: &Event) -> Vec<String> {
    let mut say = Details { locale, office, process: &dossier.filing.process, lines: Vec::new() };
    match event {
        Event::Filed { filing } => {
            say.text("dossier.channel", locale.t(&format!("dossier.channel_{}", filing.channel.name())));
        }
        Event::Accepted { competent_unit, due, note, .. } => {
            if let Some(unit) = competent_unit {
                say.text("dossier.competent_unit", &office.unit_name(unit));
            }
            say.instant("dossier.due", *due);
            say.text("dossier.note", note);
        }
        Event::Refused { reason, legal_base } => {
            say.text("dossier.reason", reason);
            say.text("dossier.legal_base", legal_base);
        }
        Event::SupplementRequested { defects, reason, legal_base, answer_by, in_time, .. } => {
            say.text("dossier.reason", reason);
            for defect in defects {
                say.text("dossier.defect", &format!("{}: {}", defect.title, defect.wanted));
            }
            say.text("dossier.legal_base", legal_base);
            say.instant("dossier.answer_by", Some(*answer_by));
            if !in_time {
                say.lines.push(locale.t("dossier.supplement_late").to_owned());
            }
        }
        Event::SupplementAnswered { papers, note, due_after } => {
            for paper in papers {
                say.text("dossier.paper", &paper.title);
            }
            say.text("dossier.note", note);
            say.instant("dossier.due", *due_after);
        }
        Event::PaymentRequested { name, amount, legal_base, pay_by } => {
            say.text("dossier.payment", &format!("{name}: {}", wording::money(locale, *amount)));
            say.text("dossier.legal_base", legal_base);
            say.instant("dossier.pay_by", Some(*pay_by));
        }
        Event::Paid { amount, receipt, due_after } => {
            say.text("dossier.amount", &wording::money(locale, *amount));
            say.text("dossier.receipt", receipt);
            say.instant("dossier.due", *due_after);
        }
        Event::Paused { reason, legal_base, until } => {
            say.text("dossier.reason", reason);
            say.text("dossier.legal_base", legal_base);
            say.instant("dossier.until", Some(*until));
        }
        Event::Resumed { note, due_after } => {
            say.text("dossier.note", note);
            say.instant("dossier.due", *due_after);
        }
        Event::Dispatched { unit, due, note, .. } => {
            say.text("dossier.competent_unit", &office.unit_name(unit));
            say.instant("dossier.due", *due);
            say.text("dossier.note", note);
        }
        Event::Forwarded { step, opened, note } => {
            say.step(step);
            say.opened(opened);
            say.text("dossier.note", note);
        }
        Event::TakenOver { step, due, note, .. } => {
            say.step(step);
            say.instant("dossier.due", *due);
            say.text("dossier.note", note);
        }
        Event::SentBack { step, to, reason } => {
            say.step(step);
            say.opened(std::slice::from_ref(to));
            say.text("dossier.reason", reason);
        }
        Event::Assigned { step, officer_name, .. } => {
            say.step(step);
            say.text("dossier.officer", officer_name);
        }
        Event::OpinionAsked { unit, question, answer_by, .. } => {
            say.text("dossier.asked_unit", &office.unit_name(unit));
            say.text("dossier.question", question);
            say.instant("dossier.answer_by", Some(*answer_by));
        }
        Event::OpinionAnswered { agrees, text, late, .. } => {
            say.text(
                "dossier.opinion",
                locale.t(if *agrees { "dossier.agrees" } else { "dossier.disagrees" }),
            );
            say.text("dossier.opinion_text", text);
            if *late {
                say.lines.push(locale.t("dossier.opinion_late").to_owned());
            }
        }
        Event::Proposed { step, verdict, text, opened, .. } => {
            say.step(step);
            say.verdict(*verdict);
            say.text("dossier.reason", text);
            say.opened(opened);
        }
        Event::Approved { step, note, opened } => {
            say.step(step);
            say.text("dossier.note", note);
            say.opened(opened);
        }
        Event::Settled { verdict, title, opened, .. } => {
            say.verdict(*verdict);
            say.text("dossier.result", title);
            say.opened(opened);
        }
        Event::Extended { due_before, due_after, reason, in_time } => {
            say.text("dossier.reason", reason);
            say.instant("dossier.due_before", Some(*due_before));
            say.instant("dossier.due_after", Some(*due_after));
            if !in_time {
                say.lines.push(locale.t("dossier.apology_late").to_owned());
            }
        }
        Event::Withdrawn { reason } => say.text("dossier.reason", reason),
        Event::Stopped { reason, legal_base, fee_settlement, .. } => {
            say.text("dossier.reason", reason);
            say.text("dossier.legal_base", legal_base);
            say.text("dossier.fee_settlement", fee_settlement);
        }
        Event::Returned { to, note } => {
            say.text("dossier.returned_to", to);
            say.text("dossier.note", note);
        }
        Event::PaperAdded { paper } => say.text("dossier.paper", &paper.title),
        Event::MessageSent { message } => say.text("dossier.message", &message.text),
        Event::FormIssued { kind, number, unit } => {
            let name = locale.t(&format!("dossier.form_{}", kind.name()));
            let words =
                locale.say("dossier.form_issued").arg("form", name).arg("number", format!("{number:02}"));
            say.lines.push(words.arg("unit", office.unit_name(unit)).to_string());
        }
        Event::Read { purpose } => say.text("dossier.purpose", reading(locale, purpose)),
    }
    say.lines
}
