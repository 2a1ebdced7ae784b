//! Days, instants, money and counts as people write them, on pages, in mails and on printed forms.

use jiff::Timestamp;
use jiff::civil::Date;
use motcua_domain::calendar::Limit;
use motcua_domain::office_time::to_office;

use crate::web::locale::Locale;

const ENGLISH_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A day in words: `ngày 06 tháng 3 năm 2026`, `6 March 2026`. In Vietnamese the day below ten and
/// the months January and February carry a zero, so that nobody can put a digit before them (Decree 30/2020, Annex I).
pub fn day(locale: Locale, day: Date) -> String {
    match locale {
        Locale::Vi => {
            let month =
                if day.month() <= 2 { format!("{:02}", day.month()) } else { day.month().to_string() };
            format!("ngày {:02} tháng {month} năm {}", day.day(), day.year())
        }
        Locale::En => {
            let month = ENGLISH_MONTHS[usize::try_from(day.month() - 1).unwrap_or_default()];
            format!("{} {month} {}", day.day(), day.year())
        }
    }
}

/// A day for tables and dense lists: `06/03/2026` in both languages, as every office in the country writes it.
pub fn day_short(day: Date) -> String {
    format!("{:02}/{:02}/{}", day.day(), day.month(), day.year())
}

/// An instant by the clock on the office wall: `14 giờ 05, ngày 06 tháng 3 năm 2026`, `14:05 on 6 March 2026`.
pub fn office_datetime(locale: Locale, at: Timestamp) -> String {
    let wall = to_office(at);
    match locale {
        Locale::Vi => {
            format!("{:02} giờ {:02}, {}", wall.hour(), wall.minute(), day(locale, wall.date()))
        }
        Locale::En => format!("{:02}:{:02} on {}", wall.hour(), wall.minute(), day(locale, wall.date())),
    }
}

/// An instant for tables and dense lists: `14:05 06/03/2026`.
pub fn office_datetime_short(at: Timestamp) -> String {
    let wall = to_office(at);
    format!("{:02}:{:02} {}", wall.hour(), wall.minute(), day_short(wall.date()))
}

/// The time on the office wall, without the day: `14:05`.
pub fn clock_time(at: Timestamp) -> String {
    let wall = to_office(at);
    format!("{:02}:{:02}", wall.hour(), wall.minute())
}

/// The size of a file: `512 kB`, `1,4 MB`. Counted as browsers and phones show it, in steps of 1024.
pub fn file_size(locale: Locale, bytes: u64) -> String {
    const KILO: u64 = 1_024;
    const MEGA: u64 = KILO * KILO;
    if bytes < KILO {
        return format!("{bytes} B");
    }
    if bytes < MEGA {
        return format!("{} kB", bytes.div_ceil(KILO));
    }
    let tenths = bytes.saturating_mul(10).div_ceil(MEGA);
    let point = match locale {
        Locale::Vi => ',',
        Locale::En => '.',
    };
    match tenths % 10 {
        0 => format!("{} MB", tenths / 10),
        rest => format!("{}{point}{rest} MB", tenths / 10),
    }
}

/// An amount of money: `1.005.000 đồng`, `1,005,000 VND`.
pub fn money(locale: Locale, amount: i64) -> String {
    match locale {
        Locale::Vi => format!("{} đồng", grouped(amount, '.')),
        Locale::En => format!("{} VND", grouped(amount, ',')),
    }
}

/// A whole number with its thousands apart: `1.005.000`, `1,005,000`.
pub fn number(locale: Locale, number: i64) -> String {
    match locale {
        Locale::Vi => grouped(number, '.'),
        Locale::En => grouped(number, ','),
    }
}

/// A number somebody answered with: thousands apart from five digits on, so that a year stays a year.
pub fn answered_number(locale: Locale, answered: i64) -> String {
    if answered.unsigned_abs() < 10_000 { answered.to_string() } else { number(locale, answered) }
}

/// A time limit: `05 ngày làm việc`, `5 working days`. Vietnamese writes amounts below ten with a zero on papers.
pub fn limit(locale: Locale, limit: Limit) -> String {
    let amount = limit.amount();
    match locale {
        Locale::Vi => {
            let unit = match limit {
                Limit::WorkingHours(_) => "giờ làm việc",
                Limit::WorkingDays(_) => "ngày làm việc",
                Limit::Days(_) => "ngày",
                Limit::Months(_) => "tháng",
            };
            format!("{amount:02} {unit}")
        }
        Locale::En => {
            let unit = match limit {
                Limit::WorkingHours(_) => "working hour",
                Limit::WorkingDays(_) => "working day",
                Limit::Days(_) => "day",
                Limit::Months(_) => "month",
            };
            format!("{amount} {unit}{}", if amount == 1 { "" } else { "s" })
        }
    }
}

fn grouped(number: i64, separator: char) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    if number < 0 {
        text.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if 0 < at && (digits.len() - at).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn days_are_written_as_the_decree_asks() {
        assert_eq!(day(Locale::Vi, date(2026, 3, 6)), "ngày 06 tháng 3 năm 2026");
        assert_eq!(day(Locale::Vi, date(2026, 2, 16)), "ngày 16 tháng 02 năm 2026");
        assert_eq!(day(Locale::Vi, date(2026, 12, 31)), "ngày 31 tháng 12 năm 2026");
        assert_eq!(day(Locale::En, date(2026, 12, 1)), "1 December 2026");
        assert_eq!(day_short(date(2026, 3, 6)), "06/03/2026");
    }

    #[test]
    fn instants_are_read_off_the_office_wall() {
        let at: Timestamp = "2026-03-05T17:05:59Z".parse().unwrap();
        assert_eq!(office_datetime(Locale::Vi, at), "00 giờ 05, ngày 06 tháng 3 năm 2026");
        assert_eq!(office_datetime(Locale::En, at), "00:05 on 6 March 2026");
        assert_eq!(office_datetime_short(at), "00:05 06/03/2026");
    }

    #[test]
    fn sizes_are_written_as_phones_show_them() {
        assert_eq!(file_size(Locale::Vi, 20 * 1024 * 1024), "20 MB");
        assert_eq!(file_size(Locale::Vi, 1_468_006), "1,4 MB");
        assert_eq!(file_size(Locale::En, 1_468_006), "1.4 MB");
        assert_eq!(file_size(Locale::Vi, 1_025), "2 kB");
        assert_eq!(file_size(Locale::Vi, 0), "0 B");
        assert_eq!(clock_time("2026-03-05T17:05:59Z".parse().unwrap()), "00:05");
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(money(Locale::Vi, 1_005_000), "1.005.000 đồng");
        assert_eq!(money(Locale::En, 1_005_000), "1,005,000 VND");
        assert_eq!(money(Locale::Vi, 0), "0 đồng");
        assert_eq!(number(Locale::Vi, 999), "999");
        assert_eq!(number(Locale::En, -1_000), "-1,000");
        assert_eq!(number(Locale::Vi, i64::MIN), "-9.223.372.036.854.775.808");
    }

    #[test]
    fn limits_name_their_unit() {
        assert_eq!(limit(Locale::Vi, Limit::WorkingDays(5)), "05 ngày làm việc");
        assert_eq!(limit(Locale::Vi, Limit::WorkingHours(12)), "12 giờ làm việc");
        assert_eq!(limit(Locale::En, Limit::Months(1)), "1 month");
        assert_eq!(limit(Locale::En, Limit::Days(10)), "10 days");
    }

    proptest! {
        /// Taking the separators away gives the number back.
        #[test]
        fn grouping_loses_nothing(value in any::<i64>()) {
            prop_assert_eq!(number(Locale::Vi, value).replace('.', "").parse::<i64>(), Ok(value));
        }
    }
}
