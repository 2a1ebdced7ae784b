//! Early, on time, overdue: one definition, used by every list and every figure.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Calendar, Clock};
use crate::office_time::day_of;

/// How a dossier stands to its due instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timeliness {
    /// Ended early (trước hạn).
    Early,
    /// Ended on time and not early (đúng hạn).
    OnTime,
    /// Ended late (quá hạn).
    Overdue,
    /// Not ended, in time (trong hạn).
    RunningInTime,
    /// Not ended, late (quá hạn).
    RunningLate,
}

/// Where early ends and on time begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EarlyBoundary {
    /// Early is before the day of the due instant.
    #[default]
    DueDay,
    /// Early is before the due instant.
    DueInstant,
}

/// Which due instant lateness is measured against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverdueAgainst {
    /// The one before the extension: an apology does not make a late dossier timely.
    #[default]
    OriginalDue,
    /// The extended one.
    ExtendedDue,
}

/// How timeliness is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelinessRule {
    /// Where early ends.
    pub early_boundary: EarlyBoundary,
    /// What late is measured against.
    pub overdue_against: OverdueAgainst,
}

/// How urgent a running dossier is, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// Nothing to say.
    None,
    /// Most of the time is used up.
    MostTimeUsed,
    /// One working day is left, or less.
    LastDay,
    /// The due instant has passed.
    Overdue,
}

/// When a running dossier is warned about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarningRule {
    /// Share of the time that may be used before the first warning.
    pub used_percent: u8,
    /// Working days before the due instant at which the last warning begins.
    pub working_days_before: u32,
}

impl Default for WarningRule {
    fn default() -> Self {
        Self { used_percent: 80, working_days_before: 1 }
    }
}

impl Clock {
    /// How the dossier stands: at `ended`, else at `now`, else where its clock stopped when it is paused. None when
    /// nothing limits it.
    pub fn timeliness(
        &self,
        ended: Option<Timestamp>,
        now: Timestamp,
        rule: TimelinessRule,
    ) -> Option<Timeliness> {
        let due = match rule.overdue_against {
            OverdueAgainst::OriginalDue => self.original_due.or(self.due),
            OverdueAgainst::ExtendedDue => self.due,
        }?;
        Some(match ended {
            Some(ended) if is_later(ended, due) => Timeliness::Overdue,
            Some(ended) if is_early(ended, due, rule.early_boundary) => Timeliness::Early,
            Some(_) => Timeliness::OnTime,
            None if is_later(self.judged_at(now), due) => Timeliness::RunningLate,
            None => Timeliness::RunningInTime,
        })
    }

    /// How urgent a running dossier is, measured against the due instant that counts now.
    pub fn warning_level(&self, now: Timestamp, calendar: &Calendar, rule: WarningRule) -> Warning {
        let Some(due) = self.due else {
            return Warning::None;
        };
        let now = self.judged_at(now);
        if is_later(now, due) {
            return Warning::Overdue;
        }
        if calendar.subtract_working_days(due, rule.working_days_before) <= now {
            return Warning::LastDay;
        }
        let allotted = calendar.working_seconds_between(self.running_from, due) - self.waited_seconds;
        let used = calendar.working_seconds_between(self.running_from, now) - self.waited_seconds;
        if allotted * i64::from(rule.used_percent) <= used * 100 {
            Warning::MostTimeUsed
        } else {
            Warning::None
        }
    }

    /// The first instant at which [`Self::warning_level`] says something, if the clock is not stopped before.
    pub fn warns_at(&self, calendar: &Calendar, rule: WarningRule) -> Option<Timestamp> {
        let due = self.due?;
        let allotted = calendar.working_seconds_between(self.running_from, due) - self.waited_seconds;
        let used = (allotted * i64::from(rule.used_percent) + 99).div_euclid(100) + self.waited_seconds;
        let used = u32::try_from(used).unwrap_or_default();
        let most_used = calendar.add_working_seconds(self.running_from, used);
        Some(most_used.min(calendar.subtract_working_days(due, rule.working_days_before)))
    }

    fn judged_at(&self, now: Timestamp) -> Timestamp {
        self.paused_since.map_or(now, |since| since.min(now))
    }
}

/// How a dossier without a due instant stands: what it took against the most its procedure allows, both in working
/// minutes.
pub fn timeliness_of_elapsed(elapsed_minutes: i64, minutes_max: i64, has_ended: bool) -> Timeliness {
    match (elapsed_minutes <= minutes_max, has_ended) {
        (true, true) => Timeliness::OnTime,
        (true, false) => Timeliness::RunningInTime,
        (false, true) => Timeliness::Overdue,
        (false, false) => Timeliness::RunningLate,
    }
}

/// The clock counts whole seconds, so a part of a second is not late.
fn is_later(at: Timestamp, due: Timestamp) -> bool {
    due.as_second() < at.as_second()
}

fn is_early(at: Timestamp, due: Timestamp, boundary: EarlyBoundary) -> bool {
    match boundary {
        EarlyBoundary::DueDay => day_of(at) < day_of(due),
        EarlyBoundary::DueInstant => at.as_second() < due.as_second(),
    }
}
