//! The form of a day that differs: read, checked against the calendar, turned into what is stored.

use jiff::civil::Date;
use motcua_domain::calendar::{Calendar, CalendarLayer, DayException, DayKind, DayName, NAME_LETTERS_MAX};

use crate::calendar::words;
use crate::web::form::{Choice, Form};
use crate::web::locale::Locale;

/// Most days one form may change: a storm, a flood, a Tết.
const RUN_DAYS_MAX: usize = 31;
/// Years a day can be entered for.
pub const YEARS: std::ops::RangeInclusive<i16> = 1970..=2100;

/// What a day is checked against.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The calendar in force.
    pub calendar: &'a Calendar,
    /// The decisions of the unit itself.
    pub own: &'a CalendarLayer,
    /// The day that is being changed; none when days are added.
    pub changed: Option<Date>,
    /// The language of complaints.
    pub locale: Locale,
}

/// The kinds to choose from.
pub fn kinds(locale: Locale) -> Vec<Choice> {
    let hint = |kind| match kind {
        DayKind::Holiday => "calendar.hint.holiday",
        DayKind::Compensation => "calendar.hint.compensation",
        DayKind::SwapOff => "calendar.hint.swap_off",
        DayKind::Makeup => "calendar.hint.makeup",
        DayKind::LocalOff => "calendar.hint.local_off",
    };
    let choice = |kind: DayKind| {
        Choice::new(kind.word(), words::capital(words::kind(locale, kind))).hint(locale.t(hint(kind)))
    };
    [DayKind::LocalOff, DayKind::Holiday, DayKind::Compensation, DayKind::SwapOff, DayKind::Makeup]
        .map(choice)
        .into()
}

/// The form of a day as it is stored.
pub fn filled(exception: &DayException) -> Form {
    let mut form = Form::new();
    form.set_date("ngay", exception.day);
    form.set("loai", exception.kind.word());
    form.set("ten", &exception.name.vi);
    form.set("ten_en", exception.name.en.as_deref().unwrap_or_default());
    if let Some(other) = exception.swapped_with {
        form.set_date("doi", other);
    }
    form
}

/// Reads the form. None when something has to be mended; the form then says what.
pub fn read(form: &mut Form, around: Surroundings<'_>) -> Option<Vec<DayException>> {
    let t = |key| around.locale.t(key);
    // In the order of the page, and everything that can be checked, so that people hear of all of it at once.
    let kind = form.text("loai").and_then(DayKind::from_word);
    if kind.is_none() {
        form.refuse("loai", t("calendar.mend.kind"));
    }
    let day = read_day(form, "ngay", around.locale, "calendar.field.day", true);
    let last = read_day(form, "den", around.locale, "calendar.field.last", false);
    let days = day.and_then(|day| run_of(form, around, day, last));
    let name = read_name(form, around.locale);
    let other = read_day(form, "doi", around.locale, "calendar.field.other", false);
    let other = kind.zip(days.as_ref()).and_then(|(kind, days)| check_swap(form, around, kind, days, other));
    if form.has_errors() {
        return None;
    }
    let (day, kind, name, days, other) = (day?, kind?, name?, days?, other?);
    let exception = |day, kind, swapped_with| DayException {
        day,
        kind,
        name: name.clone(),
        swapped_with,
        windows: Vec::new(),
    };
    let mut exceptions: Vec<_> = days.iter().map(|day| exception(*day, kind, other)).collect();
    // The other half of a swap is decided with it.
    if let Some(other) = other {
        let half = if kind == DayKind::Makeup { DayKind::SwapOff } else { DayKind::Makeup };
        exceptions.push(exception(other, half, Some(day)));
    }
    Some(exceptions)
}

/// Puts days in place of those that were there, and takes back what they no longer belong to.
pub fn put(layer: &mut CalendarLayer, changed: Option<Date>, exceptions: Vec<DayException>) {
    if let Some(day) = changed {
        remove(layer, day);
    }
    layer.exceptions.retain(|old| exceptions.iter().all(|new| new.day != old.day));
    layer.exceptions.extend(exceptions);
}

/// Makes a day like its weekday again, and with it the other half of its swap.
pub fn remove(layer: &mut CalendarLayer, day: Date) {
    let other = layer.exceptions.iter().find(|exception| exception.day == day).and_then(|e| e.swapped_with);
    layer.exceptions.retain(|exception| {
        let is_half = Some(exception.day) == other && exception.swapped_with == Some(day);
        exception.day != day && !is_half
    });
}

fn read_day(form: &mut Form, name: &str, locale: Locale, what: &str, needed: bool) -> Option<Date> {
    match form.date(name) {
        Ok(Some(day)) if YEARS.contains(&day.year()) => Some(day),
        Ok(Some(_)) => {
            let (first, last) = (YEARS.start(), YEARS.end());
            let sentence = locale.say("calendar.mend.year").arg("first", first).arg("last", last);
            form.refuse_at(name, &format!("{name}-year"), sentence.to_string());
            None
        }
        Ok(None) => {
            if needed {
                form.refuse_at(name, &format!("{name}-day"), locale.t("calendar.mend.day"));
            }
            None
        }
        Err(problem) => {
            let sentence = locale.say(problem.key()).arg("what", locale.t(what));
            form.refuse_date(name, problem, sentence.to_string());
            None
        }
    }
}

fn read_name(form: &mut Form, locale: Locale) -> Option<DayName> {
    let too_long = |name: &str| NAME_LETTERS_MAX < name.chars().count();
    let sentence = locale.say("calendar.mend.name_too_long").arg("limit", NAME_LETTERS_MAX).to_string();
    let vi = form.text("ten").map(str::to_owned);
    let en = form.text("ten_en").map(str::to_owned);
    match &vi {
        None => form.refuse("ten", locale.t("calendar.mend.name")),
        Some(name) if too_long(name) => form.refuse("ten", &sentence),
        Some(_) => {}
    }
    if en.as_deref().is_some_and(too_long) {
        form.refuse("ten_en", &sentence);
    }
    vi.map(|vi| DayName { vi, en })
}

/// The days from the first to the last, none of which was decided before.
fn run_of(form: &mut Form, around: Surroundings<'_>, day: Date, last: Option<Date>) -> Option<Vec<Date>> {
    let last = last.unwrap_or(day);
    if last < day {
        form.refuse_at("den", "den-day", around.locale.t("calendar.mend.order"));
        return None;
    }
    let days: Vec<Date> =
        day.series(jiff::Span::new().days(1)).take_while(|day| *day <= last).take(RUN_DAYS_MAX + 1).collect();
    if RUN_DAYS_MAX < days.len() {
        let sentence = around.locale.say("calendar.mend.too_many_days").arg("limit", RUN_DAYS_MAX);
        form.refuse_at("den", "den-day", sentence.to_string());
        return None;
    }
    let decided =
        |exception: &&DayException| days.contains(&exception.day) && around.changed != Some(exception.day);
    if let Some(exception) = around.own.exceptions.iter().find(decided) {
        let sentence = around
            .locale
            .say("calendar.mend.day_twice")
            .arg("day", words::capital(&words::day(around.locale, exception.day)))
            .arg("kind", words::kind(around.locale, exception.kind))
            .arg("name", words::name(around.locale, &exception.name));
        form.refuse_at("ngay", "ngay-day", sentence.to_string());
        return None;
    }
    Some(days)
}

/// Checks that make-up days are days of rest and swapped days are worked, and answers the other half, when there is
/// one. None when something has to be mended.
#[expect(clippy::option_option, reason = "no other half is an answer, and so is a complaint")]
fn check_swap(
    form: &mut Form,
    around: Surroundings<'_>,
    kind: DayKind,
    days: &[Date],
    other: Option<Date>,
) -> Option<Option<Date>> {
    let is_rest = |day: Date| !around.calendar.is_worked_by_week(day);
    if kind == DayKind::Makeup && !days.iter().all(|day| is_rest(*day)) {
        form.refuse_at("ngay", "ngay-day", around.locale.t("calendar.mend.makeup_is_worked"));
        return None;
    }
    let Some(other) = other.filter(|_| matches!(kind, DayKind::SwapOff | DayKind::Makeup)) else {
        return Some(None);
    };
    let complaint = if 1 < days.len() {
        "calendar.mend.swap_one_day"
    } else if days.contains(&other) {
        "calendar.mend.swap_same_day"
    } else if kind == DayKind::SwapOff && !is_rest(other) {
        "calendar.mend.makeup_is_worked"
    } else if kind == DayKind::Makeup && is_rest(other) {
        "calendar.mend.swap_is_rest"
    } else {
        return Some(Some(other));
    };
    form.refuse_at("doi", "doi-day", around.locale.t(complaint));
    None
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::calendar::seed;

    fn read_pairs(pairs: &[(&str, &str)], changed: Option<Date>) -> (Form, Option<Vec<DayException>>) {
        let (calendar, own) = (seed::calendar(), seed::national());
        let mut form = Form::from_pairs(pairs.iter().copied());
        let around = Surroundings { calendar: &calendar, own: &own, changed, locale: Locale::Vi };
        let exceptions = read(&mut form, around);
        assert_eq!(exceptions.is_none(), form.has_errors());
        (form, exceptions)
    }

    fn refused_at(pairs: &[(&str, &str)]) -> Vec<String> {
        read_pairs(pairs, None).0.errors().iter().map(|error| error.name.clone()).collect()
    }

    const STORM: [(&str, &str); 3] = [("ngay", "2026-09-09"), ("loai", "LOCAL_OFF"), ("ten", "Bão số 3")];

    #[test]
    fn a_storm_takes_several_days_off() {
        let mut pairs = STORM.to_vec();
        pairs.push(("den", "2026-09-11"));
        let days: Vec<Date> = read_pairs(&pairs, None).1.unwrap().iter().map(|e| e.day).collect();
        assert_eq!(days, [date(2026, 9, 9), date(2026, 9, 10), date(2026, 9, 11)]);
        pairs.pop();
        pairs.push(("den", "2026-12-11"));
        assert_eq!(refused_at(&pairs), ["den"]);
        pairs.pop();
        pairs.push(("den", "2026-09-08"));
        assert_eq!(refused_at(&pairs), ["den"]);
    }

    #[test]
    fn both_halves_of_a_swap_are_decided_together_and_taken_back_together() {
        let swap = [("ngay", "2027-01-08"), ("loai", "SWAP_OFF"), ("ten", "Hoán đổi"), ("doi", "2027-01-16")];
        let halves = read_pairs(&swap, None).1.unwrap();
        assert_eq!(halves.len(), 2);
        assert_eq!((halves[1].kind, halves[1].swapped_with), (DayKind::Makeup, Some(date(2027, 1, 8))));
        let mut layer = seed::national();
        put(&mut layer, None, halves);
        layer.check().unwrap();
        remove(&mut layer, date(2027, 1, 16));
        assert_eq!(layer, seed::national());
    }

    #[test]
    fn what_cannot_be_is_sent_back_with_a_sentence() {
        assert_eq!(refused_at(&[]), ["loai", "ngay", "ten"]);
        let with = |name: &'static str, value: &'static str| {
            let kept = STORM.into_iter().filter(|(other, _)| *other != name);
            refused_at(&kept.chain([(name, value)]).collect::<Vec<_>>())
        };
        assert_eq!(with("ngay", "2026-02-30"), ["ngay"]);
        assert_eq!(with("ngay", "2200-01-01"), ["ngay"]);
        // A day that is in the calendar already, and a make-up day that is worked anyway.
        assert_eq!(with("ngay", "2026-04-27"), ["ngay"]);
        assert_eq!(with("loai", "MAKEUP"), ["ngay"]);
        assert_eq!(with("loai", "HOLIDAYS"), ["loai"]);
        // All of it at once.
        assert_eq!(refused_at(&[("ngay", "2026-04-27"), ("loai", "MAKEUP")]), ["ngay", "ten"]);
        let swap = |other: &'static str| {
            let pairs = [("ngay", "2027-01-08"), ("loai", "SWAP_OFF"), ("ten", "x"), ("doi", other)];
            refused_at(&pairs)
        };
        assert_eq!(swap("2027-01-11"), ["doi"]);
        assert_eq!(swap("2027-01-08"), ["doi"]);
    }

    #[test]
    fn a_day_can_be_changed_in_its_place() {
        let day = date(2026, 4, 27);
        let mut layer = seed::national();
        let before = layer.exceptions.iter().find(|exception| exception.day == day).unwrap().clone();
        let mut form = filled(&before);
        form.set("ten", "Nghỉ bù Giỗ Tổ");
        let pairs: Vec<(&str, &str)> =
            form.pairs().iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let after = read_pairs(&pairs, Some(day)).1.unwrap();
        put(&mut layer, Some(day), after);
        let after = layer.exceptions.iter().find(|exception| exception.day == day).unwrap();
        assert_eq!((after.kind, after.name.vi.as_str()), (before.kind, "Nghỉ bù Giỗ Tổ"));
    }
}
