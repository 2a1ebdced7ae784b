//! Counting forwards and backwards in working time.

use jiff::{Timestamp, civil::Time};

use super::{
    Calendar,
    moment::{Moment, YEARS, second_of, year_index},
};

/// Public counting. Instants are counted in whole seconds; parts of a second are dropped.
impl Calendar {
    /// Where counting from `at` begins: `at` itself inside a window, else the beginning of the next window. The
    /// closing minute belongs to what follows it.
    pub fn normalise(&self, at: Timestamp) -> Timestamp {
        self.normalise_moment(Moment::of(at)).timestamp()
    }

    /// When the office opens on the first working day after the day of `after`.
    pub fn next_working_day_start(&self, after: Timestamp) -> Timestamp {
        self.opening_after(Moment::of(after).day).timestamp()
    }

    /// The same time of day `days` working days after the normalised `at`. When the office does not work at that
    /// time of that day, the next window instant.
    pub fn add_working_days(&self, at: Timestamp, days: u32) -> Timestamp {
        self.working_days_after(self.normalise_moment(Moment::of(at)), days).timestamp()
    }

    /// The same time of day `days` working days before `at`, or the beginning of the next window when the office
    /// does not work at that time of that day.
    pub fn subtract_working_days(&self, at: Timestamp, days: u32) -> Timestamp {
        let at = Moment::of(at);
        if days == 0 {
            return at.timestamp();
        }
        let day = self.nth_working_day_before(at.day, i64::from(days));
        day.map_or(at, |day| self.on_working_day(day, at.second)).timestamp()
    }

    /// The instant at which `seconds` of working time after `at` are done.
    pub fn add_working_seconds(&self, at: Timestamp, seconds: u32) -> Timestamp {
        self.seconds_after(self.normalise_moment(Moment::of(at)), i64::from(seconds)).timestamp()
    }

    /// Seconds of working time from `from` to `to`; negative when `to` is the earlier.
    pub fn working_seconds_between(&self, from: Timestamp, to: Timestamp) -> i64 {
        self.seconds_between(Moment::of(from), Moment::of(to))
    }

    /// Whole minutes of working time from `from` to `to`; negative when `to` is the earlier.
    pub fn working_minutes_between(&self, from: Timestamp, to: Timestamp) -> i64 {
        self.working_seconds_between(from, to) / 60
    }

    /// Working days after the day of `from` up to the day of `to`, that day included; negative when `to` is the
    /// earlier.
    pub fn working_days_between(&self, from: Timestamp, to: Timestamp) -> i64 {
        self.days_between(Moment::of(from).day, Moment::of(to).day)
    }

    /// When a dossier received at `received` must be handed over to the competent unit: the same working day,
    /// or when it came after `cutoff` the beginning of the next working day. A dossier received on a day off
    /// counts as received when the office opens next.
    pub fn hand_over_due(&self, received: Timestamp, cutoff: Time) -> Timestamp {
        let received = Moment::of(received);
        let start = self.normalise_moment(received);
        let came = if self.plan(received.day).is_worked() { received } else { start };
        if second_of(cutoff) < came.second || start.day != came.day {
            return self.opening_after(came.day).timestamp();
        }
        Moment { day: start.day, second: self.plan(start.day).close() }.timestamp()
    }
}

/// Counting in moments, for the rest of the calendar.
impl Calendar {
    pub(super) fn normalise_moment(&self, at: Moment) -> Moment {
        let open = self.plan(at.day).spans.iter().find(|&&(_, to)| at.second < to);
        match open {
            Some(&(from, _)) => Moment { day: at.day, second: at.second.max(from) },
            None => self.opening_after(at.day),
        }
    }

    /// The opening of the first working day after `day`.
    pub(super) fn opening_after(&self, day: i64) -> Moment {
        let next = self.nth_working_day_after(day, 1);
        next.map_or(Moment::LAST, |day| Moment { day, second: self.plan(day).open() })
    }

    /// The working day number `count` after `day`; none past the last known year.
    pub(super) fn nth_working_day_after(&self, day: i64, count: i64) -> Option<i64> {
        let mut index = year_index(day);
        let mut rank = self.table(index).days_through(day) + count;
        loop {
            let table = self.table(index);
            if rank <= table.days() {
                return Some(table.day_of_rank(rank));
            }
            rank -= table.days();
            index += 1;
            if index == YEARS {
                return None;
            }
        }
    }

    /// The working day number `count` before `day`, from 1; none before the first known year.
    fn nth_working_day_before(&self, day: i64, count: i64) -> Option<i64> {
        let mut index = year_index(day);
        let mut rank = self.table(index).days_until(day) + 1 - count;
        while rank < 1 {
            index = index.checked_sub(1)?;
            rank += self.table(index).days();
        }
        Some(self.table(index).day_of_rank(rank))
    }

    pub(super) fn working_days_after(&self, start: Moment, days: u32) -> Moment {
        if days == 0 {
            return start;
        }
        let day = self.nth_working_day_after(start.day, i64::from(days));
        day.map_or(Moment::LAST, |day| self.on_working_day(day, start.second))
    }

    /// A time of day on a working day, or the next window instant. The closing minute is still that day.
    pub(super) fn on_working_day(&self, day: i64, second: i64) -> Moment {
        let window = self.plan(day).spans.iter().find(|&&(_, to)| second <= to);
        match window {
            Some(&(from, _)) => Moment { day, second: second.max(from) },
            None => self.opening_after(day),
        }
    }

    /// `start` is normalised.
    pub(super) fn seconds_after(&self, start: Moment, seconds: i64) -> Moment {
        if seconds <= 0 || start == Moment::LAST {
            return start;
        }
        let mut index = year_index(start.day);
        let mut worked = self.table(index).seconds_until(start.day)
            + self.plan(start.day).worked_before(start.second)
            + seconds;
        loop {
            let table = self.table(index);
            if worked <= table.seconds() {
                let day = table.day_of_second(worked);
                let second = self.plan(day).second_after(worked - table.seconds_until(day));
                return Moment { day, second };
            }
            worked -= table.seconds();
            index += 1;
            if index == YEARS {
                return Moment::LAST;
            }
        }
    }

    pub(super) fn seconds_between(&self, from: Moment, to: Moment) -> i64 {
        if to < from {
            return -self.seconds_between(to, from);
        }
        let (first, last) = (year_index(from.day), year_index(to.day));
        let of_years: i64 = (first..last).map(|index| self.table(index).seconds()).sum();
        of_years + self.seconds_into_year(to) - self.seconds_into_year(from)
    }

    fn seconds_into_year(&self, at: Moment) -> i64 {
        self.table(year_index(at.day)).seconds_until(at.day) + self.plan(at.day).worked_before(at.second)
    }

    pub(super) fn days_between(&self, from: i64, to: i64) -> i64 {
        if to < from {
            return -self.days_between(to, from);
        }
        let (first, last) = (year_index(from), year_index(to));
        let of_years: i64 = (first..last).map(|index| self.table(index).days()).sum();
        of_years + self.table(last).days_through(to) - self.table(first).days_through(from)
    }
}
