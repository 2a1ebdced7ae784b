//! Who held the dossier when, and how long: lateness belongs to whoever held it (domain rules §3.4.6).

use jiff::Timestamp;

use crate::calendar::{Calendar, Limit};
use crate::dossier::{Dossier, Holding, time};
use crate::procedure::StepKey;
use crate::settings::Settings;
use crate::unit::UnitCode;

/// One line of the control slip: a step in one unit's hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stay {
    /// Which step.
    pub step: StepKey,
    /// Who held it.
    pub unit: UnitCode,
    /// Handed over when.
    pub from: Timestamp,
    /// Signed for when; its own time runs from here.
    pub signed_at: Option<Timestamp>,
    /// Until when; `None` while it still holds it.
    pub to: Option<Timestamp>,
    /// The officer who ended it, as a label.
    pub ended_by: Option<String>,
    /// Working minutes its process gives this step; `None` when only the dossier's own limit counts, or the limit
    /// is in days of the calendar.
    pub allotted_minutes: Option<i64>,
    /// Working minutes it was in the unit's hands unsigned.
    pub unsigned_minutes: i64,
    /// Working minutes it took from the signature on, without the time the clock stood.
    pub used_minutes: i64,
    /// When its own time ran out: that of its process, or for the desk the end of the day on which it has to hand over.
    pub due: Option<Timestamp>,
    /// Whether it took longer than that.
    pub late: bool,
    /// Whether the desk kept the dossier longer than it may before handing it over.
    pub late_hand_over: bool,
    /// Working minutes of it after the dossier itself was due: this unit's share of the lateness.
    pub overdue_minutes: i64,
}

/// Every stay, in order of beginning. `calendar_of` gives the calendar of a unit, `dossier_due` is the due instant of
/// the dossier, `settings` are those it keeps.
pub fn custody<'c>(
    dossier: &Dossier,
    settings: &Settings,
    calendar_of: impl Fn(&UnitCode) -> &'c Calendar,
    dossier_due: Option<Timestamp>,
    now: Timestamp,
) -> Vec<Stay> {
    let stay =
        |holding: &Holding| stay_of(dossier, holding, settings, calendar_of(&holding.unit), dossier_due, now);
    dossier.progress.holdings.iter().map(stay).collect()
}

fn stay_of(
    dossier: &Dossier,
    holding: &Holding,
    settings: &Settings,
    calendar: &Calendar,
    dossier_due: Option<Timestamp>,
    now: Timestamp,
) -> Stay {
    let end = holding.to.unwrap_or(now).max(holding.from);
    let signed = holding.signed_at.unwrap_or(end);
    let limit = dossier.step(&holding.step).and_then(|step| step.limit);
    let own = holding.signed_at.and_then(|since| time::limit_due(dossier, limit?, since, calendar, end));
    let hand_over = time::hand_over_due(dossier, holding, calendar, settings);
    let due = own.into_iter().chain(hand_over).min();
    let is_past = |due: Timestamp| due.as_second() < end.as_second();
    // What is settled waits for its applicant: nobody is late with it any more.
    let overdue_to = dossier.progress.ended_at.map_or(end, |ended| ended.min(end));
    let overdue_from = dossier_due.map(|due| due.max(holding.from)).filter(|from| *from < overdue_to);
    Stay {
        step: holding.step.clone(),
        unit: holding.unit.clone(),
        from: holding.from,
        signed_at: holding.signed_at,
        to: holding.to,
        ended_by: holding.ended_by.clone(),
        allotted_minutes: limit.and_then(|limit| allotted_minutes(limit, calendar)),
        unsigned_minutes: time::working_minutes(dossier, calendar, holding.from, signed),
        used_minutes: time::working_minutes(dossier, calendar, signed, end),
        due,
        late: due.is_some_and(is_past),
        late_hand_over: hand_over.is_some_and(is_past),
        overdue_minutes: overdue_from
            .map_or(0, |from| time::working_minutes(dossier, calendar, from, overdue_to)),
    }
}

fn allotted_minutes(limit: Limit, calendar: &Calendar) -> Option<i64> {
    match limit {
        Limit::WorkingHours(hours) => Some(i64::from(hours) * 60),
        Limit::WorkingDays(days) => Some(i64::from(days) * i64::from(calendar.minutes_per_day())),
        Limit::Days(_) | Limit::Months(_) => None,
    }
}
