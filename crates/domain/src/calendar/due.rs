//! The due instant of a limit.

use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    Calendar, DayCount, ExplanationLine, Limit,
    explain::Explainer,
    moment::{Moment, date_of, day_number, is_known},
};

/// A due instant and how it came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The last instant at which settling is on time.
    pub at: Timestamp,
    /// Line by line, in order.
    pub explanation: Vec<ExplanationLine>,
    /// Years that were computed because nobody has published them.
    pub provisional_years: Vec<i16>,
}

impl Calendar {
    /// The due instant of a limit that begins at `start`, explained.
    ///
    /// Counting begins at the normalised start. Working hours consume window time. Working days end at the same
    /// time of day, the start day being day zero. Days and months leave the first day out; an end on a day off
    /// moves to the next working day at the same time. The answer is always inside a window.
    pub fn due(&self, start: Timestamp, limit: Limit) -> Due {
        let mut explainer = Explainer::new(self);
        let received = Moment::of(start);
        explainer.received(received);
        let start = explainer.started(received);
        let due = self.due_moment(start, limit);
        explainer.counted(start, limit, due);
        let provisional_years = explainer.provisional(received, due);
        explainer.due(due);
        Due { at: due.timestamp(), explanation: explainer.lines, provisional_years }
    }

    /// The same instant as [`Self::due`], without the explanation and without allocating.
    pub fn due_at(&self, start: Timestamp, limit: Limit) -> Timestamp {
        self.due_moment(self.normalise_moment(Moment::of(start)), limit).timestamp()
    }

    /// `start` is normalised.
    pub(super) fn due_moment(&self, start: Moment, limit: Limit) -> Moment {
        if let Limit::WorkingHours(hours) = limit {
            return self.seconds_after(start, i64::from(hours) * 3600);
        }
        let nominal = self.nominal_last_day(start, limit);
        let Some(day) = nominal.and_then(|day| self.working_day_from(day)) else {
            return Moment::LAST;
        };
        match self.day_count {
            DayCount::SameClockTime => self.on_working_day(day, start.second),
            DayCount::EndOfDay => Moment { day, second: self.plan(day).close() },
        }
    }

    /// The last day of a limit before it moves off a day of rest; none past the known years.
    pub(super) fn nominal_last_day(&self, start: Moment, limit: Limit) -> Option<i64> {
        let day = match limit {
            Limit::WorkingHours(hours) => self.seconds_after(start, i64::from(hours) * 3600).day,
            Limit::WorkingDays(0) => start.day,
            Limit::WorkingDays(days) => self.nth_working_day_after(start.day, i64::from(days))?,
            Limit::Days(days) => start.day + i64::from(days),
            Limit::Months(months) => {
                let span = Span::new().try_months(months).ok()?;
                day_number(date_of(start.day).checked_add(span).ok()?)
            }
        };
        is_known(day).then_some(day)
    }

    /// `day` itself when it is worked, else the next working day.
    pub(super) fn working_day_from(&self, day: i64) -> Option<i64> {
        if self.plan(day).is_worked() { Some(day) } else { self.nth_working_day_after(day, 1) }
    }
}
