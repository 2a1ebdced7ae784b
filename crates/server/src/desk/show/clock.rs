//! The time of a dossier on its page: what is urgent about it, when it is due, and who had it for how long.

use jiff::Timestamp;
use motcua_domain::calendar::{Clock, Timeliness, Warning};
use motcua_domain::dossier::custody::{Stay, custody};
use motcua_domain::dossier::{Dossier, Office as _, Status, time};

use crate::calendar::words as calendar_words;
use crate::dossier::row::is_paused;
use crate::dossier::words;
use crate::office::Snapshot;
use crate::web::locale::Locale;
use crate::web::wording;

/// One hop of the control slip.
pub(super) struct HopWords {
    pub(super) step: String,
    pub(super) unit: String,
    pub(super) by: String,
    pub(super) from: String,
    pub(super) due: String,
    pub(super) to: String,
    pub(super) used: String,
    pub(super) unsigned: String,
    pub(super) late: Option<&'static str>,
}

pub(super) fn badges(
    locale: Locale,
    office: &Snapshot,
    dossier: &Dossier,
    now: Timestamp,
) -> Vec<(&'static str, String)> {
    let mut badges = Vec::new();
    if is_paused(dossier) {
        badges.push(("paused", locale.t("desk.badge_paused").to_owned()));
    }
    let (calendar, settings) = (office.calendar_of(dossier.responsible_unit()), office.settings_of(dossier));
    if !is_paused(dossier) {
        match time::warning(dossier, calendar, settings, now) {
            Warning::None => {}
            Warning::MostTimeUsed => {
                let used = locale.say("desk.badge_most_used").arg("percent", settings.warning_used_percent);
                badges.push(("soon", used.to_string()));
            }
            Warning::LastDay => badges.push(("soon", locale.t("desk.badge_soon").to_owned())),
            Warning::Overdue => badges.push(("late", locale.t("desk.badge_late").to_owned())),
        }
    }
    if dossier.progress.outcome.is_some() {
        match time::timeliness(dossier, calendar, settings, now) {
            Some(Timeliness::Early) => badges.push(("done", locale.t("desk.badge_early").to_owned())),
            Some(Timeliness::OnTime) => badges.push(("done", locale.t("desk.badge_on_time").to_owned())),
            Some(Timeliness::Overdue) => badges.push(("late", locale.t("desk.badge_was_late").to_owned())),
            Some(Timeliness::RunningInTime | Timeliness::RunningLate) | None => {}
        }
    }
    if is_hand_over_late(office, dossier, now) {
        badges.push(("late", locale.t("desk.badge_late_hand_over").to_owned()));
    }
    if !dossier.progress.extensions.is_empty() {
        badges.push(("done", locale.t("desk.badge_extended").to_owned()));
    }
    badges
}

/// Whether the desk still holds a dossier that it had to hand over.
fn is_hand_over_late(office: &Snapshot, dossier: &Dossier, now: Timestamp) -> bool {
    let settings = office.settings_of(dossier);
    dossier.progress.holdings.iter().filter(|holding| holding.to.is_none()).any(|holding| {
        let due = time::hand_over_due(dossier, holding, office.calendar_of(&holding.unit), settings);
        due.is_some_and(|due| due < now)
    })
}

pub(super) fn due(
    locale: Locale,
    office: &Snapshot,
    dossier: &Dossier,
    clock: Option<&Clock>,
    now: Timestamp,
) -> String {
    let calendar = office.calendar_of(dossier.responsible_unit());
    if dossier.status() == Status::Registered {
        return locale.t("desk.clock_not_started").to_owned();
    }
    if is_paused(dossier) {
        return locale.t("desk.clock_stands").to_owned();
    }
    match clock {
        None => locale.t("desk.clock_not_started").to_owned(),
        Some(clock) => match (clock.due, dossier.progress.ended_at) {
            (None, _) => locale.t("desk.no_due").to_owned(),
            (Some(due), Some(_)) => {
                locale.say("desk.promised").arg("at", calendar_words::instant(locale, due)).to_string()
            }
            (Some(due), None) => words::time_left(locale, calendar, now, due),
        },
    }
}

pub(super) fn hops(
    locale: Locale,
    office: &Snapshot,
    dossier: &Dossier,
    clock: Option<&Clock>,
    now: Timestamp,
) -> Vec<HopWords> {
    let due = clock.and_then(|clock| clock.due);
    let at = |at: Option<Timestamp>| at.map(wording::office_datetime_short).unwrap_or_default();
    let time = |minutes: i64| calendar_words::duration(locale, minutes * 60);
    let unsigned = |minutes: i64| locale.say("desk.unsigned").arg("time", time(minutes)).to_string();
    custody(dossier, office.settings_of(dossier), |unit| office.calendar_of(unit), due, now)
        .into_iter()
        .map(|stay| HopWords {
            step: words::step(locale, &dossier.filing.process, &stay.step),
            unit: office.unit_name(&stay.unit),
            from: wording::office_datetime_short(stay.from),
            due: at(stay.due),
            to: at(stay.to),
            used: time(stay.used_minutes),
            unsigned: if 0 < stay.unsigned_minutes { unsigned(stay.unsigned_minutes) } else { String::new() },
            late: late_words(locale, &stay),
            by: stay.ended_by.unwrap_or_default(),
        })
        .collect()
}

/// What a unit is late with, in words.
fn late_words(locale: Locale, stay: &Stay) -> Option<&'static str> {
    let key = match (stay.late_hand_over, stay.late || 0 < stay.overdue_minutes) {
        (true, _) => "desk.badge_late_hand_over",
        (false, true) => "desk.badge_late",
        (false, false) => return None,
    };
    Some(locale.t(key))
}
