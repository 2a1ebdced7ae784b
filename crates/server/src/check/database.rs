//! The database: whether it answers, its schema, its soundness; the clock, the workers and the last backup.

use std::cmp::Ordering;

use jiff::{SignedDuration, Timestamp};
use motcua_db::{DbError, Store};

use crate::backup;
use crate::check::{Finding, store, whole};
use crate::cli::Place;
use crate::clock::Clock;
use crate::jobs::store as jobs;
use crate::migrations;
use crate::web::locale::Locale;
use crate::web::wording::office_datetime_short;

/// A clock may be this far behind another server's.
const BEHIND_SECONDS_MAX: i64 = 60;
/// A job that is due is taken within a second; after this long nobody takes them.
const WAITED_MINUTES_MAX: i64 = 10;
/// A backup older than this is too old.
const BACKUP_HOURS_MAX: i64 = 48;

pub(super) fn look(place: &Place, clock: &Clock, locale: Locale) -> Vec<Finding> {
    let unreachable = |error: &DbError| {
        let said = locale.say("check.database_wrong").arg("error", whole(error));
        vec![Finding::wrong(said, locale.say("check.database_mend"))]
    };
    let address = match place.address() {
        Ok(address) => address,
        Err(error) => return unreachable(&error),
    };
    if !place.has_database() {
        return vec![Finding::note(locale.say("check.database_none"), locale.say("check.database_new"))];
    }
    let database = match Store::open(&address) {
        Ok(database) => database,
        Err(error) => return unreachable(&error),
    };
    let mut findings = vec![Finding::sound(locale.say("check.database").arg("address", &address))];
    match schema(&database, locale) {
        Ok((finding, current)) => {
            findings.push(finding);
            if !current {
                return findings;
            }
        }
        Err(error) => return unreachable(&error),
    }
    let now = clock.now();
    let looks = [soundness(&database, locale), time(&database, now, locale), workers(&database, now, locale)];
    for look in looks.into_iter().chain([last_backup(place, &database, now, locale)]) {
        match look {
            Ok(some) => findings.extend(some),
            Err(error) => findings.extend(unreachable(&error)),
        }
    }
    findings
}

/// Whether the schema is the one of this program; the rest is asked only then.
fn schema(database: &Store, locale: Locale) -> Result<(Finding, bool), DbError> {
    let known = migrations::ALL.last().map_or(0, |last| last.number);
    let found = database.read_sync(motcua_db::schema)?.unwrap_or(0);
    let say = |key| locale.say(key).arg("found", found).arg("known", known);
    Ok(match known.cmp(&found) {
        Ordering::Less => {
            (Finding::wrong(say("check.schema_newer"), locale.say("check.schema_newer_mend")), false)
        }
        Ordering::Equal => (Finding::sound(locale.say("check.schema").arg("found", found)), true),
        Ordering::Greater => {
            (Finding::note(say("check.schema_older"), locale.say("check.schema_older_mend")), false)
        }
    })
}

fn soundness(database: &Store, locale: Locale) -> Result<Vec<Finding>, DbError> {
    let found = database.read_sync(motcua_db::unsound)?;
    if found.is_empty() {
        return Ok(vec![Finding::sound(locale.say("check.sound"))]);
    }
    let wrong = |what| {
        Finding::wrong(locale.say("check.unsound").arg("what", what), locale.say("check.unsound_mend"))
    };
    Ok(found.into_iter().map(wrong).collect())
}

fn time(database: &Store, now: Timestamp, locale: Locale) -> Result<Vec<Finding>, DbError> {
    let newest = database.read_sync(store::newest_entry)?;
    let newest = newest.and_then(|text| text.parse::<Timestamp>().ok());
    let limit = now + SignedDuration::from_secs(BEHIND_SECONDS_MAX);
    Ok(vec![match newest.filter(|newest| limit < *newest) {
        Some(newest) => Finding::wrong(
            locale
                .say("check.clock_behind")
                .arg("now", office_datetime_short(now))
                .arg("newest", office_datetime_short(newest)),
            locale.say("check.clock_mend"),
        ),
        None => Finding::sound(locale.say("check.clock").arg("now", office_datetime_short(now))),
    }])
}

fn workers(database: &Store, now: Timestamp, locale: Locale) -> Result<Vec<Finding>, DbError> {
    let (since, counts) =
        database.read_sync(|tx| Ok::<_, DbError>((jobs::due_since(tx, now)?, jobs::counts(tx, now)?)))?;
    let late = now - SignedDuration::from_mins(WAITED_MINUTES_MAX);
    let mut findings = vec![match since.filter(|since| *since < late) {
        Some(since) => Finding::wrong(
            locale.say("check.workers_late").arg("since", office_datetime_short(since)),
            locale.say("check.workers_mend"),
        ),
        None => Finding::sound(locale.say("check.workers").arg("waiting", counts.waiting)),
    }];
    if 0 < counts.failed {
        findings.push(Finding::note(
            locale.say("check.jobs_failed").arg("count", counts.failed),
            locale.say("check.jobs_mend"),
        ));
    }
    Ok(findings)
}

fn last_backup(
    place: &Place,
    database: &Store,
    now: Timestamp,
    locale: Locale,
) -> Result<Vec<Finding>, DbError> {
    let earnest = database.read_sync(store::is_in_earnest)?;
    let last = backup::last(&place.data);
    let at = last.as_ref().and_then(|last| last.at.parse::<Timestamp>().ok());
    let limit = now - SignedDuration::from_hours(BACKUP_HOURS_MAX);
    let mend = || locale.say("check.backup_mend");
    let finding = match (last, at) {
        (Some(last), Some(at)) => {
            let said = locale.say("check.backup").arg("at", office_datetime_short(at)).arg("file", last.file);
            if limit <= at { Finding::sound(said) } else { Finding::wrong(said, mend()) }
        }
        (None, _) | (Some(_), None) if earnest => Finding::wrong(locale.say("check.backup_none"), mend()),
        (None, _) | (Some(_), None) => Finding::note(locale.say("check.backup_none"), mend()),
    };
    Ok(vec![finding])
}
