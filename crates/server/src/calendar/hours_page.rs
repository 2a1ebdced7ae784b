//! Pages of the weekly working hours, for administrators.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use motcua_domain::calendar::{CalendarLayer, DayCount, Week, Window};
use motcua_domain::office_time::day_of;

use crate::app::App;
use crate::calendar::place::{Address, ChangeError, Place, administrator, change, read};
use crate::calendar::words;
use crate::web::error::PageError;
use crate::web::form::{Choice, Field, Form};
use crate::web::guard::SafeForm;
use crate::web::locale::Locale;
use crate::web::page::{Page, render, render_as};
use crate::web::visitor::Officer;

/// Names of the boxes, Monday first.
const BOXES: [&str; 7] = ["thu-2", "thu-3", "thu-4", "thu-5", "thu-6", "thu-7", "chu-nhat"];
/// Minutes of a working day that can be chosen.
const MINUTES: std::ops::RangeInclusive<i64> = 60..=1440;

#[derive(Template)]
#[template(path = "calendar/hours.html")]
struct HoursPage {
    page: Page,
    place: Place,
    unit_name: String,
    answers: Form,
    boxes: Vec<(Field, String)>,
    counts: Vec<Choice>,
    patterns: Vec<Pattern>,
    is_unit: bool,
}

/// A weekly pattern this unit decided.
struct Pattern {
    since: String,
    /// For the form that takes it back; empty for the pattern without a beginning.
    key: String,
    hours: Vec<String>,
}

/// The form, filled with what is in force.
pub async fn show(
    State(app): State<App>,
    officer: Officer,
    Query(address): Query<Address>,
) -> Result<Response, PageError> {
    administrator(&officer)?;
    let place = Place::read(&app, &address.nam, &address.unit)?;
    let (stored, _) = read(&app, &place).await?;
    let office = app.office();
    let week = office.calendar(place.unit.as_ref()).week_on(day_of(app.clock.now()));
    let mut form = Form::new();
    for (name, windows) in BOXES.iter().zip(&week.days) {
        form.set(name, as_text(windows));
    }
    form.set("cach-tinh", stored.layer.day_count.map_or("", count_word));
    form.set("phut", stored.layer.minutes_per_day.map_or_else(String::new, |minutes| minutes.to_string()));
    Ok(render(&hours_page(&app, &officer, place, form, &stored.layer)))
}

/// Adds a weekly pattern and sets how days are counted.
pub async fn save(
    State(app): State<App>,
    officer: Officer,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let author = administrator(&officer)?;
    let place = Place::read(&app, form.value("nam"), form.value("don-vi"))?;
    let (stored, _) = read(&app, &place).await?;
    let office = app.office();
    let today = day_of(app.clock.now());
    let in_force = office.calendar(place.unit.as_ref()).week_on(today).clone();
    let settled = read_form(&mut form, &in_force, officer.visitor.locale);
    let Some(settled) = settled else {
        let page = hours_page(&app, &officer, place, form, &stored.layer);
        return Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    let edit = move |layer: &mut CalendarLayer| {
        // Saving the other settings alone leaves the hours where they are inherited from.
        if let Some(week) = &settled.week {
            layer.weeks.retain(|other| other.valid_from != week.valid_from);
            layer.weeks.push(week.clone());
            layer.weeks.sort_by_key(|week| week.valid_from);
        }
        layer.day_count = settled.day_count;
        layer.minutes_per_day = settled.minutes_per_day;
    };
    match change(&app, &place, author, None, edit).await {
        Ok(()) => Ok(place.back("gio")),
        Err(ChangeError::Calendar(_)) => {
            form.refuse(BOXES[0], officer.visitor.locale.t("calendar.mend.week"));
            let page = hours_page(&app, &officer, place, form, &stored.layer);
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(error) => Err(error.into()),
    }
}

/// Takes a weekly pattern back.
pub async fn remove(
    State(app): State<App>,
    officer: Officer,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let author = administrator(&officer)?;
    let place = Place::read(&app, form.value("nam"), form.value("don-vi"))?;
    let since: Option<Date> = match form.text("tu") {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| PageError::NotFound)?),
    };
    change(&app, &place, author, None, move |layer| layer.weeks.retain(|week| week.valid_from != since))
        .await?;
    Ok(place.back("gio"))
}

/// The hours of a week in words, days with the same hours together.
pub fn in_force(locale: Locale, week: &Week) -> Vec<String> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for index in 0..7 {
        match runs.last_mut() {
            Some((_, last)) if week.days[*last] == week.days[index] => *last = index,
            _ => runs.push((index, index)),
        }
    }
    let tell = |&(first, last): &(usize, usize)| {
        let days = if first == last {
            words::weekday_name(locale, first).to_owned()
        } else {
            let (from, to) = (words::weekday_name(locale, first), words::weekday_name(locale, last));
            locale.say("calendar.run").arg("from", from).arg("to", to).to_string()
        };
        let hours = match &week.days[first][..] {
            [] => locale.t("calendar.weekly_rest").to_owned(),
            windows => as_text(windows),
        };
        locale.say("calendar.hours_of").arg("days", words::capital(&days)).arg("hours", hours).to_string()
    };
    runs.iter().map(tell).collect()
}

/// What the form says.
struct Settled {
    /// None when the hours stay as they are.
    week: Option<Week>,
    day_count: Option<DayCount>,
    minutes_per_day: Option<u16>,
}

fn read_form(form: &mut Form, in_force: &Week, locale: Locale) -> Option<Settled> {
    let valid_from = match form.date("tu") {
        Ok(day) => day,
        Err(problem) => {
            let what = locale.t("calendar.field.since");
            form.refuse_date("tu", problem, locale.say(problem.key()).arg("what", what).to_string());
            None
        }
    };
    let mut days: [Vec<Window>; 7] = Default::default();
    for (name, windows) in BOXES.iter().zip(&mut days) {
        match windows_of(form.value(name)) {
            Some(read) => *windows = read,
            None => form.refuse(name, locale.t("calendar.mend.windows")),
        }
    }
    let day_count = match form.value("cach-tinh") {
        "same" => Some(DayCount::SameClockTime),
        "close" => Some(DayCount::EndOfDay),
        _ => None,
    };
    let minutes = form.number("phut").filter(|minutes| MINUTES.contains(minutes));
    if form.text("phut").is_some() && minutes.is_none() {
        let sentence =
            locale.say("calendar.mend.minutes").arg("from", MINUTES.start()).arg("to", MINUTES.end());
        form.refuse("phut", sentence.to_string());
    }
    let minutes_per_day = minutes.and_then(|minutes| u16::try_from(minutes).ok());
    // New hours begin on a day: what was counted before stays as it was counted.
    if valid_from.is_none() && days != in_force.days {
        form.refuse_at("tu", "tu-day", locale.t("calendar.mend.since"));
    }
    let week = valid_from.map(|from| Week { valid_from: Some(from), days });
    (!form.has_errors()).then_some(Settled { week, day_count, minutes_per_day })
}

/// `07:30-11:30, 13:30-17:00`; nothing for a day of rest. None when it is not written so or makes no day.
fn windows_of(text: &str) -> Option<Vec<Window>> {
    let parts = text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty());
    let windows: Vec<Window> = parts.map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let week = Week::five_days(&windows);
    let layer = CalendarLayer { weeks: vec![week], ..CalendarLayer::default() };
    (windows.is_empty() || layer.check().is_ok()).then_some(windows)
}

fn as_text(windows: &[Window]) -> String {
    windows.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The ways of counting to choose from; a unit may leave it to the one above.
fn counts(locale: Locale, is_unit: bool) -> Vec<Choice> {
    let inherited = is_unit.then(|| Choice::new("", locale.t("calendar.count.inherited")));
    let own = [
        Choice::new("same", locale.t("calendar.count.same")),
        Choice::new("close", locale.t("calendar.count.close")),
    ];
    inherited.into_iter().chain(own).collect()
}

fn count_word(count: DayCount) -> &'static str {
    match count {
        DayCount::SameClockTime => "same",
        DayCount::EndOfDay => "close",
    }
}

fn hours_page(app: &App, officer: &Officer, place: Place, form: Form, own: &CalendarLayer) -> HoursPage {
    let locale = officer.visitor.locale;
    let labelled = |(index, name): (usize, &&str)| {
        (form.field(name), words::capital(words::weekday_name(locale, index)))
    };
    let pattern = |week: &Week| Pattern {
        since: week.valid_from.map_or_else(
            || locale.t("calendar.since_always").to_owned(),
            |day| locale.say("calendar.since").arg("day", words::day(locale, day)).to_string(),
        ),
        key: week.valid_from.map_or_else(String::new, |day| day.to_string()),
        hours: in_force(locale, week),
    };
    HoursPage {
        page: Page::new(app, &officer.visitor, locale.t("calendar.hours_title")),
        unit_name: place.unit_name(app, locale),
        boxes: BOXES.iter().enumerate().map(labelled).collect(),
        counts: counts(locale, place.unit.is_some()),
        patterns: own.weeks.iter().map(pattern).collect(),
        is_unit: place.unit.is_some(),
        place,
        answers: form,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_as_they_are_written() {
        assert_eq!(as_text(&windows_of("7:30-11:30; 13:30–17:00").unwrap()), "07:30-11:30, 13:30-17:00");
        assert_eq!(windows_of("  "), Some(Vec::new()));
        for text in ["7h30", "07:30-11:30, 11:00-17:00", "11:30-07:30", "07:30"] {
            assert_eq!(windows_of(text), None, "{text}");
        }
    }

    #[test]
    fn days_with_the_same_hours_are_told_together() {
        let told = in_force(Locale::Vi, &Week::default());
        let expected =
            ["Thứ Hai đến thứ Sáu: 07:30-11:30, 13:30-17:00", "Thứ Bảy đến Chủ nhật: nghỉ hằng tuần"];
        assert_eq!(told, expected);
    }
}
