//! Days, instants, limits and explanations in the words of a language.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use motcua_domain::calendar::{DayKind, DayName, ExplanationLine, MoveReason, OffReason, PauseKind};
use motcua_domain::office_time::to_office;

use crate::web::locale::{Locale, Text};
use crate::web::wording;

/// A day with its weekday: `thứ Sáu 27/02/2026`.
pub fn day(locale: Locale, date: Date) -> String {
    locale
        .say("calendar.day")
        .arg("weekday", weekday(locale, date))
        .arg("dd", format_args!("{:02}", date.day()))
        .arg("mm", format_args!("{:02}", date.month()))
        .arg("d", date.day())
        .arg("month", month_name(locale, date.month()))
        .arg("yyyy", date.year())
        .to_string()
}

/// An instant on the office wall: `16:20 thứ Sáu 27/02/2026`.
pub fn instant(locale: Locale, at: Timestamp) -> String {
    let wall = to_office(at);
    locale
        .say("calendar.instant")
        .arg("time", time(wall.time()))
        .arg("day", day(locale, wall.date()))
        .to_string()
}

/// A stretch of working time: `1 giờ 30 phút`. Parts of a minute are dropped.
pub fn duration(locale: Locale, seconds: i64) -> String {
    let minutes = usize::try_from(seconds / 60).unwrap_or(0);
    let hours = locale.count("calendar.hours", minutes / 60).to_string();
    let rest = locale.count("calendar.minutes", minutes % 60).to_string();
    match (minutes / 60, minutes % 60) {
        (0, 0) => locale.t("calendar.under_a_minute").to_owned(),
        (0, _) => rest,
        (_, 0) => hours,
        _ => format!("{hours} {rest}"),
    }
}

/// The official word for a kind of day.
pub fn kind(locale: Locale, kind: DayKind) -> &'static str {
    locale.t(match kind {
        DayKind::Holiday => "calendar.kind.holiday",
        DayKind::Compensation => "calendar.kind.compensation",
        DayKind::SwapOff => "calendar.kind.swap_off",
        DayKind::Makeup => "calendar.kind.makeup",
        DayKind::LocalOff => "calendar.kind.local_off",
    })
}

/// The name of a day, in Vietnamese when nobody has written an English one.
pub fn name(locale: Locale, name: &DayName) -> &str {
    match locale {
        Locale::Vi => &name.vi,
        Locale::En => name.en.as_deref().unwrap_or(&name.vi),
    }
}

/// Why nobody works on a day.
pub fn off_reason(locale: Locale, reason: &OffReason) -> String {
    match reason {
        OffReason::WeeklyRest => locale.t("calendar.weekly_rest").to_owned(),
        OffReason::Exception { kind: off, name: called } => locale
            .say("calendar.off_reason")
            .arg("kind", kind(locale, *off))
            .arg("name", name(locale, called))
            .to_string(),
    }
}

/// `tháng 2`, by its number from 1 to 12.
pub fn month_name(locale: Locale, month: i8) -> &'static str {
    const KEYS: [&str; 12] = [
        "calendar.month.january",
        "calendar.month.february",
        "calendar.month.march",
        "calendar.month.april",
        "calendar.month.may",
        "calendar.month.june",
        "calendar.month.july",
        "calendar.month.august",
        "calendar.month.september",
        "calendar.month.october",
        "calendar.month.november",
        "calendar.month.december",
    ];
    let index = usize::try_from(month - 1).expect("months are 1 to 12");
    locale.t(KEYS[index])
}

/// The weekdays from Monday on: two letters, and the whole word.
pub fn weekdays(locale: Locale) -> [(&'static str, &'static str); 7] {
    const KEYS: [&str; 7] = [
        "calendar.weekday_short.monday",
        "calendar.weekday_short.tuesday",
        "calendar.weekday_short.wednesday",
        "calendar.weekday_short.thursday",
        "calendar.weekday_short.friday",
        "calendar.weekday_short.saturday",
        "calendar.weekday_short.sunday",
    ];
    std::array::from_fn(|index| (locale.t(KEYS[index]), weekday_name(locale, index)))
}

/// What the clock stood still for.
pub fn pause_kind(locale: Locale, kind: PauseKind) -> &'static str {
    locale.t(match kind {
        PauseKind::Supplement => "calendar.pause.supplement",
        PauseKind::Finance => "calendar.pause.finance",
        PauseKind::Other => "calendar.pause.other",
    })
}

/// An explanation, one sentence a line.
pub fn explanation(locale: Locale, lines: &[ExplanationLine]) -> Vec<String> {
    let stands = lines.iter().any(|line| matches!(line, ExplanationLine::Paused { to: None, .. }));
    let words = |line: &ExplanationLine| {
        // While the clock stands, nobody can promise this instant.
        if let ExplanationLine::Due { at } = line
            && stands
        {
            return locale.say("calendar.line.due_before_pause").arg("at", instant(locale, *at)).to_string();
        }
        sentence(locale, line)
    };
    lines.iter().map(words).collect()
}

/// One line of an explanation.
pub fn sentence(locale: Locale, line: &ExplanationLine) -> String {
    let say = |key: &str, at: &Timestamp| locale.say(key).arg("at", instant(locale, *at));
    let sentence = match line {
        ExplanationLine::Received { at } => say("calendar.line.received", at),
        ExplanationLine::CompetentReceived { at } => say("calendar.line.competent_received", at),
        ExplanationLine::StartMoved { to, reason, .. } => start_moved(locale, *to, reason),
        ExplanationLine::Limited { limit: allowed } => {
            locale.say("calendar.line.limited").arg("limit", wording::limit(locale, *allowed))
        }
        ExplanationLine::Unlimited => locale.say("calendar.line.unlimited"),
        ExplanationLine::DaysOff { from, to, reason } => locale
            .say("calendar.line.days_off")
            .arg("days", run(locale, *from, *to))
            .arg("reason", off_reason(locale, reason)),
        ExplanationLine::DaysCounted { from, to, first, last } => {
            days_counted(locale, (*from, *to), *first, *last)
        }
        ExplanationLine::TimeCounted { from, to, seconds_each, seconds_left } => {
            time_counted(locale, (*from, *to), *seconds_each, *seconds_left)
        }
        ExplanationLine::RestSummed { from, to, working_days } => {
            let n = usize::try_from(*working_days).unwrap_or(0);
            locale.count("calendar.line.rest_summed", n).arg("days", run(locale, *from, *to))
        }
        ExplanationLine::SpanCounted { first, last } => locale
            .say("calendar.line.span_counted")
            .arg("first", day(locale, *first))
            .arg("last", day(locale, *last)),
        ExplanationLine::EndsAtClose { at } => say("calendar.line.ends_at_close", at),
        ExplanationLine::EndMoved { from, to, reason } => end_moved(locale, *from, *to, reason),
        ExplanationLine::FirstDue { at } => say("calendar.line.first_due", at),
        ExplanationLine::Paused { from, to, pause } => paused(locale, *from, *to, *pause),
        ExplanationLine::WaitingAdded { seconds, old_due, new_due } => locale
            .say("calendar.line.waiting_added")
            .arg("time", duration(locale, *seconds))
            .arg("old", due(locale, *old_due))
            .arg("new", due(locale, *new_due)),
        ExplanationLine::Restarted { at, old_due } => {
            say("calendar.line.restarted", at).arg("old", due(locale, *old_due))
        }
        ExplanationLine::Extended { granted_at, old_due, new_due } => {
            say("calendar.line.extended", granted_at)
                .arg("old", due(locale, *old_due))
                .arg("new", instant(locale, *new_due))
        }
        ExplanationLine::Provisional { years } => {
            let years: Vec<String> = years.iter().map(ToString::to_string).collect();
            locale.say("calendar.line.provisional").arg("years", years.join(", "))
        }
        ExplanationLine::Due { at } => say("calendar.line.due", at),
    };
    capital(&sentence.to_string())
}

/// `16:20`. Nobody makes an appointment to the second, and a minute that has begun is not promised.
fn time(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// `thứ Hai`, by its number from 0 for Monday to 6 for Sunday.
pub fn weekday_name(locale: Locale, index: usize) -> &'static str {
    const KEYS: [&str; 7] = [
        "calendar.weekday.monday",
        "calendar.weekday.tuesday",
        "calendar.weekday.wednesday",
        "calendar.weekday.thursday",
        "calendar.weekday.friday",
        "calendar.weekday.saturday",
        "calendar.weekday.sunday",
    ];
    locale.t(KEYS[index])
}

fn weekday(locale: Locale, date: Date) -> &'static str {
    let index = usize::try_from(date.weekday().to_monday_zero_offset()).expect("weekdays are 0 to 6");
    weekday_name(locale, index)
}

/// One day, or a run of days.
fn run(locale: Locale, from: Date, to: Date) -> String {
    if from == to {
        return day(locale, from);
    }
    locale.say("calendar.run").arg("from", day(locale, from)).arg("to", day(locale, to)).to_string()
}

/// With a capital, to begin a sentence.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn start_moved(locale: Locale, to: Timestamp, reason: &MoveReason) -> Text {
    let sentence = match reason {
        MoveReason::BeforeOpening => locale.say("calendar.line.start_before_opening"),
        MoveReason::Break => locale.say("calendar.line.start_in_break"),
        MoveReason::AfterClose => locale.say("calendar.line.start_after_close"),
        MoveReason::DayOff { reason } => {
            locale.say("calendar.line.start_on_day_off").arg("reason", off_reason(locale, reason))
        }
    };
    sentence.arg("to", instant(locale, to))
}

fn end_moved(locale: Locale, from: Date, to: Timestamp, reason: &MoveReason) -> Text {
    let sentence = match reason {
        MoveReason::BeforeOpening | MoveReason::Break | MoveReason::AfterClose => {
            locale.say("calendar.line.end_closed")
        }
        MoveReason::DayOff { reason } => {
            locale.say("calendar.line.end_on_day_off").arg("reason", off_reason(locale, reason))
        }
    };
    sentence.arg("from", day(locale, from)).arg("to", instant(locale, to))
}

fn days_counted(locale: Locale, (from, to): (Date, Date), first: u32, last: u32) -> Text {
    let sentence = if first == last {
        locale.say("calendar.line.day_counted").arg("n", first)
    } else {
        locale.say("calendar.line.days_counted").arg("first", first).arg("last", last)
    };
    sentence.arg("days", run(locale, from, to))
}

fn time_counted(locale: Locale, (from, to): (Date, Date), seconds_each: i64, seconds_left: i64) -> Text {
    let key = match (from == to, seconds_left) {
        (true, 0) => "calendar.line.time_used_up",
        (true, _) => "calendar.line.time_counted",
        (false, 0) => "calendar.line.time_each_used_up",
        (false, _) => "calendar.line.time_each_counted",
    };
    locale
        .say(key)
        .arg("days", run(locale, from, to))
        .arg("each", duration(locale, seconds_each))
        .arg("left", duration(locale, seconds_left))
}

fn paused(locale: Locale, from: Timestamp, to: Option<Timestamp>, kind: PauseKind) -> Text {
    let sentence = match to {
        Some(to) => locale.say("calendar.line.paused").arg("to", instant(locale, to)),
        None => locale.say("calendar.line.paused_still"),
    };
    sentence.arg("kind", pause_kind(locale, kind)).arg("from", instant(locale, from))
}

fn due(locale: Locale, at: Option<Timestamp>) -> String {
    at.map_or_else(|| locale.t("calendar.no_due").to_owned(), |at| instant(locale, at))
}
