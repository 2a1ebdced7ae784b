//! Days, instants, limits and explanations in the words of a language.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use motcua_domain::calendar::{DayKind, DayName, ExplanationLine, Limit, MoveReason, OffReason, PauseKind};
use motcua_domain::office_time::to_office;

use crate::web::locale::Locale;

/// A day with its weekday: `thứ Sáu 27/02/2026`.
pub fn day(locale: Locale, date: Date) -> String {
    locale
        .say("calendar.day")
        .arg("weekday", weekday(locale, date))
        .arg("dd", format_args!("{:02}", date.day()))
        .arg("mm", format_args!("{:02}", date.month()))
        .arg("d", date.day())
        .arg("month", month(locale, date))
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

/// A limit: `5 ngày làm việc`.
pub fn limit(locale: Locale, limit: Limit) -> String {
    let n = usize::try_from(limit.amount()).unwrap_or(usize::MAX);
    match limit {
        Limit::WorkingHours(_) => locale.count("calendar.working_hours", n),
        Limit::WorkingDays(_) => locale.count("calendar.working_days", n),
        Limit::Days(_) => locale.count("calendar.days", n),
        Limit::Months(_) => locale.count("calendar.months", n),
    }
    .to_string()
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
    lines.iter().map(|line| sentence(locale, line)).collect()
}

/// One line of an explanation.
pub fn sentence(locale: Locale, line: &ExplanationLine) -> String {
    let at = |at: &Timestamp| instant(locale, *at);
    match line {
        ExplanationLine::Received { at: instant } => {
            locale.say("calendar.line.received").arg("at", at(instant)).to_string()
        }
        ExplanationLine::CompetentReceived { at: instant } => {
            locale.say("calendar.line.competent_received").arg("at", at(instant)).to_string()
        }
        ExplanationLine::StartMoved { to, reason, .. } => start_moved(locale, *to, reason),
        ExplanationLine::Limited { limit: allowed } => {
            locale.say("calendar.line.limited").arg("limit", limit(locale, *allowed)).to_string()
        }
        ExplanationLine::Unlimited => locale.t("calendar.line.unlimited").to_owned(),
        ExplanationLine::EndsAtClose { at: instant } => {
            locale.say("calendar.line.ends_at_close").arg("at", at(instant)).to_string()
        }
        ExplanationLine::EndMoved { from, to, reason } => end_moved(locale, *from, *to, reason),
        ExplanationLine::FirstDue { at: instant } => {
            locale.say("calendar.line.first_due").arg("at", at(instant)).to_string()
        }
        ExplanationLine::Provisional { years } => {
            let years: Vec<String> = years.iter().map(ToString::to_string).collect();
            locale.say("calendar.line.provisional").arg("years", years.join(", ")).to_string()
        }
        ExplanationLine::Due { at: instant } => {
            locale.say("calendar.line.due").arg("at", at(instant)).to_string()
        }
        ExplanationLine::DaysOff { .. }
        | ExplanationLine::DaysCounted { .. }
        | ExplanationLine::TimeCounted { .. }
        | ExplanationLine::RestSummed { .. }
        | ExplanationLine::SpanCounted { .. } => counted(locale, line),
        ExplanationLine::Paused { .. }
        | ExplanationLine::WaitingAdded { .. }
        | ExplanationLine::Restarted { .. }
        | ExplanationLine::Extended { .. } => event(locale, line),
    }
}

/// `16:20`, or `16:20:05` when the seconds matter.
fn time(time: Time) -> String {
    let minutes = format!("{:02}:{:02}", time.hour(), time.minute());
    if time.second() == 0 { minutes } else { format!("{minutes}:{:02}", time.second()) }
}

fn weekday(locale: Locale, date: Date) -> &'static str {
    const KEYS: [&str; 7] = [
        "calendar.weekday.monday",
        "calendar.weekday.tuesday",
        "calendar.weekday.wednesday",
        "calendar.weekday.thursday",
        "calendar.weekday.friday",
        "calendar.weekday.saturday",
        "calendar.weekday.sunday",
    ];
    let index = usize::try_from(date.weekday().to_monday_zero_offset()).expect("weekdays are 0 to 6");
    locale.t(KEYS[index])
}

fn month(locale: Locale, date: Date) -> &'static str {
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
    let index = usize::try_from(date.month() - 1).expect("months are 1 to 12");
    locale.t(KEYS[index])
}

/// One day, or a run of days.
fn run(locale: Locale, from: Date, to: Date) -> String {
    if from == to {
        return day(locale, from);
    }
    locale.say("calendar.run").arg("from", day(locale, from)).arg("to", day(locale, to)).to_string()
}

/// With a capital, to begin a sentence.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn start_moved(locale: Locale, to: Timestamp, reason: &MoveReason) -> String {
    let sentence = match reason {
        MoveReason::BeforeOpening => locale.say("calendar.line.start_before_opening"),
        MoveReason::Break => locale.say("calendar.line.start_in_break"),
        MoveReason::AfterClose => locale.say("calendar.line.start_after_close"),
        MoveReason::DayOff { reason } => {
            locale.say("calendar.line.start_on_day_off").arg("reason", off_reason(locale, reason))
        }
    };
    sentence.arg("to", instant(locale, to)).to_string()
}

fn end_moved(locale: Locale, from: Date, to: Timestamp, reason: &MoveReason) -> String {
    let sentence = match reason {
        MoveReason::BeforeOpening | MoveReason::Break | MoveReason::AfterClose => {
            locale.say("calendar.line.end_closed")
        }
        MoveReason::DayOff { reason } => {
            locale.say("calendar.line.end_on_day_off").arg("reason", off_reason(locale, reason))
        }
    };
    sentence.arg("from", day(locale, from)).arg("to", instant(locale, to)).to_string()
}

fn counted(locale: Locale, line: &ExplanationLine) -> String {
    let days = |from: &Date, to: &Date| capital(&run(locale, *from, *to));
    let sentence = match line {
        ExplanationLine::DaysOff { from, to, reason } => {
            let reason = off_reason(locale, reason);
            locale.say("calendar.line.days_off").arg("days", days(from, to)).arg("reason", reason)
        }
        ExplanationLine::DaysCounted { from, to, first, last } if first == last => {
            locale.say("calendar.line.day_counted").arg("days", days(from, to)).arg("n", first)
        }
        ExplanationLine::DaysCounted { from, to, first, last } => locale
            .say("calendar.line.days_counted")
            .arg("days", days(from, to))
            .arg("first", first)
            .arg("last", last),
        ExplanationLine::TimeCounted { from, to, seconds_each, seconds_left } => {
            let sentence = match (from == to, *seconds_left) {
                (true, 0) => locale.say("calendar.line.time_used_up"),
                (true, _) => locale.say("calendar.line.time_counted"),
                (false, 0) => locale.say("calendar.line.time_each_used_up"),
                (false, _) => locale.say("calendar.line.time_each_counted"),
            };
            sentence
                .arg("days", days(from, to))
                .arg("each", duration(locale, *seconds_each))
                .arg("left", duration(locale, *seconds_left))
        }
        ExplanationLine::RestSummed { from, to, working_days } => {
            let n = usize::try_from(*working_days).unwrap_or(0);
            locale.count("calendar.line.rest_summed", n).arg("days", days(from, to))
        }
        ExplanationLine::SpanCounted { first, last } => locale
            .say("calendar.line.span_counted")
            .arg("first", day(locale, *first))
            .arg("last", day(locale, *last)),
        other => return sentence(locale, other),
    };
    sentence.to_string()
}

fn event(locale: Locale, line: &ExplanationLine) -> String {
    let due = |at: &Option<Timestamp>| {
        at.map_or_else(|| locale.t("calendar.no_due").to_owned(), |at| instant(locale, at))
    };
    let sentence = match line {
        ExplanationLine::Paused { from, to: Some(to), pause } => locale
            .say("calendar.line.paused")
            .arg("kind", pause_kind(locale, *pause))
            .arg("from", instant(locale, *from))
            .arg("to", instant(locale, *to)),
        ExplanationLine::Paused { from, to: None, pause } => locale
            .say("calendar.line.paused_still")
            .arg("kind", pause_kind(locale, *pause))
            .arg("from", instant(locale, *from)),
        ExplanationLine::WaitingAdded { seconds, old_due, new_due } => locale
            .say("calendar.line.waiting_added")
            .arg("time", duration(locale, *seconds))
            .arg("old", due(old_due))
            .arg("new", due(new_due)),
        ExplanationLine::Restarted { at, old_due } => {
            locale.say("calendar.line.restarted").arg("at", instant(locale, *at)).arg("old", due(old_due))
        }
        ExplanationLine::Extended { granted_at, old_due, new_due } => locale
            .say("calendar.line.extended")
            .arg("at", instant(locale, *granted_at))
            .arg("old", due(old_due))
            .arg("new", instant(locale, *new_due)),
        other => return sentence(locale, other),
    };
    sentence.to_string()
}
