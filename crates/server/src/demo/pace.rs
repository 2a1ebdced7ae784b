//! How long people of the demonstration take: plausible on the working calendar, and as late as fates demand.

use jiff::{SignedDuration, Timestamp};
use motcua_domain::calendar::Calendar;
use motcua_domain::dossier::{Channel, Dossier, Office as _, ReturnWay, Status};
use motcua_domain::procedure::StepKind;

use crate::app::App;
use crate::demo::lives::next_task;
use crate::demo::plan::{Fate, Life, MINUTES_A_DAY, whole, working_days};

/// When the next act on this dossier happens.
pub fn next_at(app: &App, dossier: &Dossier, life: Life) -> Timestamp {
    let office = app.office();
    let calendar = office.calendar_of(&dossier.filing.receiving_unit);
    let pace = Pace { app, calendar, now: app.clock.now() };
    match dossier.status() {
        Status::Registered => match dossier.filing.channel {
            Channel::Counter => pace.minutes(2, 9),
            Channel::Post => pace.minutes(20, 110),
            Channel::Online | Channel::Assisted => pace.minutes(20, 230),
        },
        Status::AwaitingSupplement => pace.minutes(450, 450 * 3),
        Status::AwaitingPayment => pace.minutes(200, 450 * 2),
        Status::Settled if dossier.offered_tasks().next().is_none() => match dossier.filing.return_way {
            ReturnWay::Desk => pace.minutes(60, 450 * 2),
            ReturnWay::Online => pace.minutes(1, 10),
            ReturnWay::Post(_) => pace.minutes(120, 400),
        },
        Status::Accepted
        | Status::InProcess
        | Status::Settled
        | Status::Refused
        | Status::Withdrawn
        | Status::Stopped
        | Status::Returned => pace.in_process(dossier, life),
    }
}

struct Pace<'a> {
    app: &'a App,
    calendar: &'a Calendar,
    now: Timestamp,
}

impl Pace<'_> {
    /// Some working minutes from now.
    fn minutes(&self, from: u64, to: u64) -> Timestamp {
        let seconds = from * 60 + self.app.random.below(60 * to.saturating_sub(from).max(1));
        self.calendar.add_working_seconds(self.now, u32::try_from(seconds).unwrap_or(u32::MAX))
    }

    /// Some hundredths of `days` working days from now.
    fn share(&self, days: f64, from: u32, to: u32) -> Timestamp {
        let minutes =
            |hundredths: u32| u64::from(whole(days * MINUTES_A_DAY * f64::from(hundredths) / 100.0)).max(1);
        self.minutes(minutes(from), minutes(to))
    }

    fn in_process(&self, dossier: &Dossier, life: Life) -> Timestamp {
        let whole_limit = working_days(dossier.filing.limit).min(10.0);
        if dossier.offered_tasks().next().is_some() {
            return self.share(whole_limit, 1, 5);
        }
        let step = next_task(dossier).and_then(|task| dossier.step(&task.step));
        let Some(step) = step else { return self.minutes(5, 60) };
        let own = step.limit.map(|limit| working_days(Some(limit)));
        match step.kind {
            StepKind::Receive => self.minutes(4, 30),
            StepKind::Examine => self.examined(dossier, life, own.unwrap_or(whole_limit * 0.6)),
            StepKind::Opinion => self.share(own.unwrap_or(whole_limit * 0.3), 35, 85),
            StepKind::Assign | StepKind::Approve | StepKind::Sign | StepKind::Return => {
                self.share(own.unwrap_or(whole_limit * 0.08), 15, 70)
            }
        }
    }

    /// Where fates differ.
    #[expect(clippy::wildcard_enum_match_arm, reason = "fates that say nothing here live like the rest")]
    fn examined(&self, dossier: &Dossier, life: Life, own: f64) -> Timestamp {
        let progress = &dossier.progress;
        let due = progress.due;
        // An act of its own in the middle of the examination, then the rest of it.
        let first_part = |done: bool| if done { self.share(own, 15, 40) } else { self.share(own, 10, 30) };
        match life.fate {
            Fate::Late => self.after(due, 400, 1_500),
            // The police, not the commune that went first.
            Fate::LateInChain if progress.proposals.is_empty() => self.share(own, 30, 80),
            Fate::LateInChain => self.after(due, 300, 1_000),
            Fate::Extended | Fate::ExtendedOpen => match (progress.extensions.first(), due) {
                (None, Some(due)) => self.before(due),
                (Some(extension), _) => self.after(Some(extension.due_before), 200, 900),
                (None, None) => self.share(own, 30, 60),
            },
            Fate::OpinionLate => match progress.opinions.iter().find(|opinion| opinion.answer.is_none()) {
                Some(opinion) => self.after(Some(opinion.answer_by), 60, 300),
                None => first_part(!progress.opinions.is_empty()),
            },
            Fate::Resumed => match progress.pauses.first() {
                Some(pause) if pause.ended_at.is_none() => self.minutes(450 * 3, 450 * 6),
                pause => first_part(pause.is_some()),
            },
            Fate::Talked if progress.messages.len() < 2 => self.minutes(30, 200),
            Fate::Paid | Fate::Unpaid => first_part(!progress.payments.is_empty()),
            Fate::SupplementAnswered | Fate::SupplementOpen | Fate::Lapsed => {
                first_part(!progress.supplements.is_empty())
            }
            Fate::Paused | Fate::OpinionOpen | Fate::Stopped | Fate::Withdrawn => first_part(false),
            _ => self.share(own, 35, 80),
        }
    }

    /// Some working minutes after an instant that has to pass first.
    fn after(&self, instant: Option<Timestamp>, from: u64, to: u64) -> Timestamp {
        let from_instant =
            Pace { app: self.app, calendar: self.calendar, now: instant.unwrap_or(self.now).max(self.now) };
        from_instant.minutes(from, to)
    }

    /// Between one and two working days before the due instant, but not in the past.
    fn before(&self, due: Timestamp) -> Timestamp {
        let at = self.calendar.subtract_working_days(due, 2);
        let at =
            self.calendar.add_working_seconds(at, u32::try_from(self.app.random.below(20_000)).unwrap_or(0));
        at.max(self.now + SignedDuration::from_mins(10))
    }
}
