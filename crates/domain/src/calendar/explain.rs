//! How a due instant came about, as data: the pages, papers and the command line put it into words.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    Calendar, DayCount, Limit, OffReason, PauseKind,
    moment::{Moment, date_of, year_at, year_index},
};

/// Longest count that is told day by day; what follows is summed up in one line.
pub const EXPLANATION_LINES_MAX: usize = 400;

/// One line of an explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum ExplanationLine {
    /// The complete dossier was received.
    Received {
        /// When.
        at: Timestamp,
    },
    /// A dossier received elsewhere reached the competent unit, where its clock starts.
    CompetentReceived {
        /// When.
        at: Timestamp,
    },
    /// Counting begins later than the event that starts it.
    StartMoved {
        /// The event.
        from: Timestamp,
        /// Where counting begins.
        to: Timestamp,
        /// Why.
        reason: MoveReason,
    },
    /// The time limit that is counted.
    Limited {
        /// The limit.
        limit: Limit,
    },
    /// The procedure has no time limit.
    Unlimited,
    /// A run of days off that were passed over for the same reason.
    DaysOff {
        /// First day of the run.
        from: Date,
        /// Last day of the run.
        to: Date,
        /// Why nobody works.
        reason: OffReason,
    },
    /// A run of working days that were counted.
    DaysCounted {
        /// First day of the run.
        from: Date,
        /// Last day of the run.
        to: Date,
        /// Number of the first day within the limit.
        first: u32,
        /// Number of the last day within the limit.
        last: u32,
    },
    /// A run of working days from which the same working time was taken.
    TimeCounted {
        /// First day of the run.
        from: Date,
        /// Last day of the run.
        to: Date,
        /// Seconds taken from each day.
        seconds_each: i64,
        /// Seconds of the limit that are left after the run.
        seconds_left: i64,
    },
    /// A count so long that its rest is summed up.
    RestSummed {
        /// First day that is not told.
        from: Date,
        /// Last day of the count.
        to: Date,
        /// Working days among them.
        working_days: i64,
    },
    /// Days or months of the calendar were counted, the first day left out.
    SpanCounted {
        /// The day that is left out.
        first: Date,
        /// The last day of the limit.
        last: Date,
    },
    /// The last day ends when the office closes.
    EndsAtClose {
        /// The close.
        at: Timestamp,
    },
    /// The end fell where nobody works.
    EndMoved {
        /// The day the limit ended on.
        from: Date,
        /// Where the end moved.
        to: Timestamp,
        /// Why.
        reason: MoveReason,
    },
    /// The due instant before the pauses and the extension that follow.
    FirstDue {
        /// The instant printed on the receipt.
        at: Timestamp,
    },
    /// The clock stood still.
    Paused {
        /// From when.
        from: Timestamp,
        /// Until when; none while it still stands.
        to: Option<Timestamp>,
        /// What was waited for.
        pause: PauseKind,
    },
    /// Working time spent waiting was added.
    WaitingAdded {
        /// Seconds of working time.
        seconds: i64,
        /// The due instant before.
        old_due: Option<Timestamp>,
        /// The due instant after.
        new_due: Option<Timestamp>,
    },
    /// The clock began again from zero when the supplement was complete.
    Restarted {
        /// When the supplement was complete.
        at: Timestamp,
        /// The due instant before.
        old_due: Option<Timestamp>,
    },
    /// A new due instant was given with an apology.
    Extended {
        /// When it was given.
        granted_at: Timestamp,
        /// The due instant before.
        old_due: Option<Timestamp>,
        /// The due instant after.
        new_due: Timestamp,
    },
    /// Years whose days off nobody has published: they were computed from the law and may still change.
    Provisional {
        /// The years.
        years: Vec<i16>,
    },
    /// The due instant that counts.
    Due {
        /// When.
        at: Timestamp,
    },
}

/// Why an instant moved to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum MoveReason {
    /// The office had not opened yet.
    BeforeOpening,
    /// It was the break between two windows.
    Break,
    /// The office had closed.
    AfterClose,
    /// Nobody works that day.
    DayOff {
        /// Why.
        reason: OffReason,
    },
}

/// Collects the lines of one explanation.
pub(super) struct Explainer<'a> {
    calendar: &'a Calendar,
    pub lines: Vec<ExplanationLine>,
}

impl<'a> Explainer<'a> {
    pub fn new(calendar: &'a Calendar) -> Self {
        Self { calendar, lines: Vec::new() }
    }

    pub fn push(&mut self, line: ExplanationLine) {
        self.lines.push(line);
    }

    pub fn received(&mut self, at: Moment) {
        self.push(ExplanationLine::Received { at: at.timestamp() });
    }

    pub fn due(&mut self, at: Moment) {
        self.push(ExplanationLine::Due { at: at.timestamp() });
    }

    /// Where counting begins after `at`, and why.
    pub fn started(&mut self, at: Moment) -> Moment {
        let start = self.calendar.normalise_moment(at);
        if start != at {
            let reason = self.move_reason(at);
            self.push(ExplanationLine::StartMoved { from: at.timestamp(), to: start.timestamp(), reason });
            for day in at.day + 1..start.day {
                self.day_off(day);
            }
        }
        start
    }

    /// The count of a limit from a normalised start to its due instant.
    pub fn counted(&mut self, start: Moment, limit: Limit, due: Moment) {
        self.push(ExplanationLine::Limited { limit });
        match limit {
            Limit::WorkingHours(hours) => self.hours_counted(start, i64::from(hours) * 3600, due),
            Limit::WorkingDays(days) => self.days_counted(start, days, due),
            Limit::Days(_) | Limit::Months(_) => self.span_counted(start, limit, due),
        }
    }

    /// Names the years between two moments that nobody has published.
    pub fn provisional(&mut self, from: Moment, to: Moment) -> Vec<i16> {
        let years = (year_index(from.day)..=year_index(to.day)).map(year_at);
        let years: Vec<i16> = years.filter(|&year| self.calendar.is_provisional(year)).collect();
        if !years.is_empty() {
            self.push(ExplanationLine::Provisional { years: years.clone() });
        }
        years
    }

    fn hours_counted(&mut self, start: Moment, seconds: i64, due: Moment) {
        let mut seconds_left = seconds;
        for day in start.day..=due.day {
            if self.sum_up(day, due.day) {
                return;
            }
            let plan = self.calendar.plan(day);
            let from = if day == start.day { plan.worked_before(start.second) } else { 0 };
            let to = if day == due.day { plan.worked_before(due.second) } else { plan.total };
            if from < to {
                seconds_left -= to - from;
                self.time_counted(day, to - from, seconds_left);
            } else if !plan.is_worked() {
                self.day_off(day);
            }
        }
    }

    fn days_counted(&mut self, start: Moment, days: u32, due: Moment) {
        let last = self.calendar.nominal_last_day(start, Limit::WorkingDays(days)).unwrap_or(due.day);
        let mut number = 0;
        for day in start.day + 1..=last {
            if self.sum_up(day, last) {
                break;
            }
            if self.calendar.plan(day).is_worked() {
                number += 1;
                self.day_counted(day, number);
            } else {
                self.day_off(day);
            }
        }
        self.ended(last, start.second, due);
    }

    fn span_counted(&mut self, start: Moment, limit: Limit, due: Moment) {
        let last = self.calendar.nominal_last_day(start, limit).unwrap_or(due.day);
        self.push(ExplanationLine::SpanCounted { first: date_of(start.day), last: date_of(last) });
        let worked = self.calendar.working_day_from(last).unwrap_or(due.day);
        for day in last..worked {
            self.day_off(day);
        }
        self.ended(last, start.second, due);
    }

    /// Tells how an end on day `last` became `due`.
    fn ended(&mut self, last: i64, second: i64, due: Moment) {
        let ends_at_close = self.calendar.day_count == DayCount::EndOfDay;
        let stays = due.day == last && (ends_at_close || due.second == second);
        if !stays {
            let reason = self.move_reason(Moment { day: last, second });
            self.push(ExplanationLine::EndMoved { from: date_of(last), to: due.timestamp(), reason });
        }
        if ends_at_close {
            self.push(ExplanationLine::EndsAtClose { at: due.timestamp() });
        }
    }

    /// Why nobody works at `at`.
    fn move_reason(&self, at: Moment) -> MoveReason {
        let plan = self.calendar.plan(at.day);
        if !plan.is_worked() {
            MoveReason::DayOff { reason: self.off_reason(at.day) }
        } else if at.second < plan.open() {
            MoveReason::BeforeOpening
        } else if plan.close() <= at.second {
            MoveReason::AfterClose
        } else {
            MoveReason::Break
        }
    }

    fn off_reason(&self, day: i64) -> OffReason {
        self.calendar.why_off(date_of(day)).unwrap_or(OffReason::WeeklyRest)
    }

    fn day_off(&mut self, day: i64) {
        let reason = self.off_reason(day);
        let before = date_of(day - 1);
        match self.lines.last_mut() {
            Some(ExplanationLine::DaysOff { to, reason: same, .. }) if *to == before && *same == reason => {
                *to = date_of(day);
            }
            _ => self.push(ExplanationLine::DaysOff { from: date_of(day), to: date_of(day), reason }),
        }
    }

    fn day_counted(&mut self, day: i64, number: u32) {
        let before = date_of(day - 1);
        match self.lines.last_mut() {
            Some(ExplanationLine::DaysCounted { to, last, .. }) if *to == before => {
                (*to, *last) = (date_of(day), number);
            }
            _ => {
                let (from, to) = (date_of(day), date_of(day));
                self.push(ExplanationLine::DaysCounted { from, to, first: number, last: number });
            }
        }
    }

    fn time_counted(&mut self, day: i64, seconds: i64, left: i64) {
        let before = date_of(day - 1);
        match self.lines.last_mut() {
            Some(ExplanationLine::TimeCounted { to, seconds_each, seconds_left, .. })
                if *to == before && *seconds_each == seconds =>
            {
                (*to, *seconds_left) = (date_of(day), left);
            }
            _ => {
                let (from, to) = (date_of(day), date_of(day));
                self.push(ExplanationLine::TimeCounted {
                    from,
                    to,
                    seconds_each: seconds,
                    seconds_left: left,
                });
            }
        }
    }

    /// Sums up the days from `day` to `last` when the explanation has become too long; answers whether it did.
    fn sum_up(&mut self, day: i64, last: i64) -> bool {
        if self.lines.len() < EXPLANATION_LINES_MAX {
            return false;
        }
        let working_days = self.calendar.days_between(day - 1, last);
        self.push(ExplanationLine::RestSummed { from: date_of(day), to: date_of(last), working_days });
        true
    }
}
