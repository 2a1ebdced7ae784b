//! How the facts of a form become words: serde calls these for the fields of `data.rs`.
#![expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes every field by reference"
)]

use jiff::Timestamp;
use jiff::civil::Date;
use motcua_domain::calendar::Limit;
use serde::{Serialize as _, Serializer};

use crate::web::locale::Locale;
use crate::web::wording;

/// Digits of a hash that are printed: enough to tell any two records apart, few enough to be read aloud.
const HASH_DIGITS: usize = 16;

/// With spaces that do not break a line between a number and its unit.
fn tied(text: &str) -> String {
    let mut tied = text.to_owned();
    for (loose, fast) in [
        (" giờ ", "\u{a0}giờ\u{a0}"),
        ("ngày ", "ngày\u{a0}"),
        ("tháng ", "tháng\u{a0}"),
        ("năm ", "năm\u{a0}"),
        (" đồng", "\u{a0}đồng"),
    ] {
        tied = tied.replace(loose, fast);
    }
    tied
}

pub fn as_short_hash<S: Serializer>(hash: &str, to: S) -> Result<S::Ok, S::Error> {
    let digits: Vec<char> = hash.chars().take(HASH_DIGITS).collect();
    let groups: Vec<String> = digits.chunks(4).map(|group| group.iter().collect()).collect();
    to.serialize_str(&groups.join(" "))
}

pub fn as_instant<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&tied(&wording::office_datetime(Locale::Vi, *at)))
}

pub fn as_instant_or_none<S: Serializer>(at: &Option<Timestamp>, to: S) -> Result<S::Ok, S::Error> {
    at.map(|at| tied(&wording::office_datetime(Locale::Vi, at))).serialize(to)
}

pub fn as_limit_or_none<S: Serializer>(limit: &Option<Limit>, to: S) -> Result<S::Ok, S::Error> {
    limit.map(|limit| wording::limit(Locale::Vi, limit)).serialize(to)
}

pub fn as_short_instant<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&wording::office_datetime_short(*at))
}

pub fn as_short_instant_or_none<S: Serializer>(at: &Option<Timestamp>, to: S) -> Result<S::Ok, S::Error> {
    at.map(wording::office_datetime_short).serialize(to)
}

pub fn as_day<S: Serializer>(day: &Date, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&tied(&wording::day(Locale::Vi, *day)))
}

pub fn as_day_or_none<S: Serializer>(day: &Option<Date>, to: S) -> Result<S::Ok, S::Error> {
    day.map(|day| tied(&wording::day(Locale::Vi, day))).serialize(to)
}

pub fn as_short_day<S: Serializer>(day: &Date, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&wording::day_short(*day))
}

pub fn as_money<S: Serializer>(amount: &i64, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&tied(&wording::money(Locale::Vi, *amount)))
}

pub fn as_money_or_none<S: Serializer>(amount: &Option<i64>, to: S) -> Result<S::Ok, S::Error> {
    amount.map(|amount| tied(&wording::money(Locale::Vi, amount))).serialize(to)
}

pub fn as_two_digits<S: Serializer>(number: &u32, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&format!("{number:02}"))
}
