//! Values an office may set (domain rules §19). Each set is data with a day from which it holds.

use serde::{Deserialize, Serialize};

use crate::calendar::SupplementPolicy;

/// The settings in force on one day. The default is what the law and practice suggest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// An online submission is answered within this many working hours.
    pub online_ack_hours: u32,
    /// Supplement requests allowed for one dossier without a leader's approval.
    pub max_supplements: u32,
    /// Whether a leader may approve one more, with a legal base.
    pub second_supplement_with_approval: bool,
    /// What a supplement does to the limit.
    pub supplement_policy: SupplementPolicy,
    /// The applicant's own deadline for an answer, in calendar days.
    pub supplement_wait_days: u32,
    /// An ineligible dossier goes back within this many working days of reception.
    pub return_ineligible_days: u32,
    /// From this hour on, acceptance counts from the next working day.
    pub forward_cutoff_hour: u8,
    /// The apology is due this many working days before the due instant.
    pub apology_before_days: u32,
    /// Extensions allowed for one dossier.
    pub max_extensions: u32,
    /// Longest pause on other grounds, in calendar days.
    pub pause_days_max: u32,
    /// Lateness in statistics counts against the original due instant.
    pub overdue_against_original: bool,
    /// Template of the dossier code.
    pub code_template: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            online_ack_hours: 8,
            max_supplements: 1,
            second_supplement_with_approval: false,
            supplement_policy: SupplementPolicy::Restart,
            supplement_wait_days: 30,
            return_ineligible_days: 3,
            forward_cutoff_hour: 15,
            apology_before_days: 1,
            max_extensions: 1,
            pause_days_max: 30,
            overdue_against_original: true,
            code_template: "{agency}-{yymmdd}-{seq4}".to_owned(),
        }
    }
}
