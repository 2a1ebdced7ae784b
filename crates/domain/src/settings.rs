//! Values an office may set (domain rules §19). Each set is data with a day from which it holds.

use jiff::civil::{Date, Time, time};
use serde::{Deserialize, Serialize};

use crate::calendar::{EarlyBoundary, OverdueAgainst, SupplementPolicy, TimelinessRule, WarningRule};

/// The settings in force on one day. The default is what the law and practice suggest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// An online submission is answered within this many working hours (domain rules §3.3.4).
    pub online_ack_hours: u32,
    /// Supplement requests allowed for one dossier without a leader's approval (§3.3.5).
    pub max_supplements: u32,
    /// Whether a leader may ask for one more, with a legal base (§3.3.5).
    pub second_supplement_with_approval: bool,
    /// What a supplement does to the limit (§3.4.2).
    pub supplement_policy: SupplementPolicy,
    /// The applicant's own deadline for an answer, in calendar days (§3.4.3).
    pub supplement_wait_days: u32,
    /// An ineligible dossier goes back within this many working days of reception (§3.4.2).
    pub return_ineligible_days: u32,
    /// What is accepted after this time is handed over at the beginning of the next working day instead of the
    /// same day (§3.3.8). It does not move the clock of the dossier.
    pub forward_cutoff: Time,
    /// The apology is due this many working days before the due instant (§3.4.7).
    pub apology_before_days: u32,
    /// Extensions allowed for one dossier (§3.4.7).
    pub max_extensions: u32,
    /// Longest pause on other grounds, in calendar days (§3.4.10).
    pub pause_days_max: u32,
    /// Which due instant lateness in statistics counts against (§3.4.7).
    pub overdue_against: OverdueAgainst,
    /// Where early ends and on time begins (§4.4).
    pub early_boundary: EarlyBoundary,
    /// Share of the time that may be used before the first warning (§4.4).
    pub warning_used_percent: u8,
    /// Working days before the due instant at which the last warning begins (§4.4).
    pub warning_days_before: u32,
    /// Template of the dossier code (§3.5).
    pub code_template: String,
}

impl Settings {
    /// How timeliness is measured.
    pub fn timeliness_rule(&self) -> TimelinessRule {
        TimelinessRule { early_boundary: self.early_boundary, overdue_against: self.overdue_against }
    }

    /// When a running dossier is warned about.
    pub fn warning_rule(&self) -> WarningRule {
        WarningRule { used_percent: self.warning_used_percent, working_days_before: self.warning_days_before }
    }
}

impl Default for Settings {
    fn default() -> Self {
        let warning = WarningRule::default();
        Self {
            online_ack_hours: 8,
            max_supplements: 1,
            second_supplement_with_approval: false,
            supplement_policy: SupplementPolicy::Restart,
            supplement_wait_days: 30,
            return_ineligible_days: 3,
            forward_cutoff: time(15, 0, 0, 0),
            apology_before_days: 1,
            max_extensions: 1,
            pause_days_max: 30,
            overdue_against: OverdueAgainst::OriginalDue,
            early_boundary: EarlyBoundary::DueDay,
            warning_used_percent: warning.used_percent,
            warning_days_before: warning.working_days_before,
            code_template: "{agency}-{yymmdd}-{seq4}".to_owned(),
        }
    }
}

/// Every set that was ever decided. A dossier keeps the set in force on the day of its reception, whatever is
/// decided afterwards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsHistory {
    shipped: Settings,
    /// Oldest first.
    decided: Vec<(Date, Settings)>,
}

impl SettingsHistory {
    /// From the sets with the day each holds from, in any order.
    pub fn new(sets: impl IntoIterator<Item = (Date, Settings)>) -> Self {
        let mut decided: Vec<_> = sets.into_iter().collect();
        decided.sort_by_key(|(valid_from, _)| *valid_from);
        Self { shipped: Settings::default(), decided }
    }

    /// The set in force on a day; the one that is shipped before the first decision.
    pub fn on(&self, day: Date) -> &Settings {
        let last = self.decided.iter().rev().find(|(valid_from, _)| *valid_from <= day);
        last.map_or(&self.shipped, |(_, settings)| settings)
    }

    /// What was decided, oldest first, each with the day it holds from.
    pub fn decided(&self) -> &[(Date, Settings)] {
        &self.decided
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_set_holds_from_its_day_until_the_next_one() {
        let days = |online_ack_hours| Settings { online_ack_hours, ..Settings::default() };
        let history = SettingsHistory::new([(date(2026, 7, 1), days(4)), (date(2026, 3, 1), days(6))]);
        let hours = |day| history.on(day).online_ack_hours;
        assert_eq!([date(2026, 2, 28), date(2026, 3, 1)].map(hours), [8, 6]);
        assert_eq!([date(2026, 6, 30), date(2026, 7, 1)].map(hours), [6, 4]);
        assert_eq!(history.decided()[0].0, date(2026, 3, 1));
    }

    #[test]
    fn what_is_left_out_keeps_its_default() {
        let settings: Settings =
            serde_json::from_str(r#"{"max_supplements": 2, "forward_cutoff": "15:30"}"#).unwrap();
        assert_eq!(settings.max_supplements, 2);
        assert_eq!(settings.forward_cutoff, time(15, 30, 0, 0));
        assert_eq!(settings.supplement_wait_days, 30);
        assert!(serde_json::from_str::<Settings>(r#"{"max_suplements": 2}"#).is_err());
    }
}
