//! The rows of a list in words: what waits, where, since when, and how soon it is due.

use jiff::Timestamp;
use motcua_db::DbError;
use motcua_domain::dossier::{Office as _, Status};
use motcua_domain::procedure::ElectronicProcess;
use motcua_domain::unit::UnitCode;

use crate::app::App;
use crate::calendar::words as calendar_words;
use crate::clock::stored;
use crate::desk::bulk;
use crate::desk::bulk::bar::Tried;
use crate::desk::store::Listed;
use crate::dossier::row::APPLICANTS_TABS;
use crate::dossier::store::NO_DUE;
use crate::dossier::words;
use crate::office::Snapshot;
use crate::web::locale::Locale;
use crate::web::wording;

/// One row in words.
pub(super) struct RowWords {
    pub(super) code: String,
    pub(super) href: String,
    pub(super) applicant: String,
    pub(super) procedure: String,
    pub(super) step: String,
    pub(super) status: &'static str,
    pub(super) status_number: i64,
    pub(super) unit: String,
    pub(super) since: String,
    pub(super) due: String,
    pub(super) badge: Option<(&'static str, String)>,
    /// What its box sends.
    pub(super) pick: String,
    pub(super) is_ticked: bool,
}

/// The rows of a page in words, with the boxes that were ticked.
pub(super) async fn rows_of(
    app: &App,
    locale: Locale,
    listed: &[Listed],
    tried: Option<&Tried>,
) -> Result<Vec<RowWords>, DbError> {
    let (office, now) = (app.office(), app.clock.now());
    let mut rows = Vec::with_capacity(listed.len());
    for row in listed {
        let process = process_of(app, row).await?;
        let mut words = row_words(locale, &office, &process, now, row);
        words.is_ticked = tried.is_some_and(|tried| tried.ticked.contains(&words.pick));
        rows.push(words);
    }
    Ok(rows)
}

/// The process whose step waits: that of the version the dossier was filed under.
async fn process_of(app: &App, row: &Listed) -> Result<ElectronicProcess, DbError> {
    let version = match (row.procedure_code.parse(), u32::try_from(row.procedure_version)) {
        (Ok(code), Ok(version)) => app.catalogue.version(app, &code, version).await?,
        (Err(_), _) | (_, Err(_)) => None,
    };
    Ok(version.map_or_else(ElectronicProcess::default_process, |version| version.process()))
}

/// When a row is due: a badge where something is to be said, and the rest of the sentence.
fn due_words(
    locale: Locale,
    office: &Snapshot,
    now: Timestamp,
    row: &Listed,
) -> (Option<(&'static str, String)>, String) {
    let unit = row.unit_code.parse::<UnitCode>().ok();
    let due = (row.due_at != NO_DUE).then(|| row.due_at.parse::<Timestamp>().ok()).flatten();
    let calendar = unit.as_ref().map(|unit| office.calendar_of(unit));
    let (Some(due), Some(calendar)) = (due, calendar) else {
        return if row.paused {
            (Some(("paused", locale.t("desk.clock_stands").to_owned())), String::new())
        } else {
            let settled = row.tab == "return";
            (None, locale.t(if settled { "desk.result_is_there" } else { "desk.no_due" }).to_owned())
        };
    };
    if APPLICANTS_TABS.contains(&row.tab.as_str()) {
        let until = locale.say("desk.applicant_until").arg("at", calendar_words::instant(locale, due));
        return (Some(("paused", locale.t("desk.badge_paused").to_owned())), until.to_string());
    }
    if due < now {
        let (late, was_due) = if row.tab == "hand_over" {
            (locale.t("desk.badge_late_hand_over").to_owned(), "desk.hand_over_was_due")
        } else {
            (words::lateness(locale, calendar, now, due), "desk.work_was_due")
        };
        let at = calendar_words::instant(locale, due);
        return (Some(("late", late)), locale.say(was_due).arg("at", at).to_string());
    }
    let badge = (row.warn_at <= stored(now)).then(|| ("soon", locale.t("desk.badge_soon").to_owned()));
    (badge, words::time_left(locale, calendar, now, due))
}

fn row_words(
    locale: Locale,
    office: &Snapshot,
    process: &ElectronicProcess,
    now: Timestamp,
    row: &Listed,
) -> RowWords {
    let unit = row.unit_code.parse::<UnitCode>().ok();
    let (badge, due) = due_words(locale, office, now, row);
    let since = row.since.parse::<Timestamp>().map(wording::office_datetime_short).unwrap_or_default();
    let status =
        Status::from_number(row.status).map_or("", |status| locale.t(&format!("status.{}", status.name())));
    RowWords {
        code: row.code.clone(),
        href: format!("/can-bo/ho-so/{}", row.code),
        applicant: row.applicant_name.clone(),
        procedure: row.procedure_name.clone(),
        step: step_words(locale, process, row),
        status,
        status_number: row.status,
        unit: unit.map(|unit| office.unit_name(&unit)).unwrap_or_default(),
        since,
        due,
        badge,
        pick: bulk::pick(row),
        is_ticked: false,
    }
}

/// What waits, in words: a step of the process, or something outside it.
fn step_words(locale: Locale, process: &ElectronicProcess, row: &Listed) -> String {
    let step = row.step.as_str();
    if row.tab == "hand_over" {
        return locale.t("desk.work_hand_over").to_owned();
    }
    let outside = ["intake", "supplement", "payment", "dispatch"];
    if outside.contains(&step) {
        return locale.t(&format!("desk.work_{step}")).to_owned();
    }
    if step.starts_with("opinion:") {
        return locale.t("desk.work_opinion").to_owned();
    }
    step.parse().map_or_else(|_| step.to_owned(), |key| words::step(locale, process, &key))
}
