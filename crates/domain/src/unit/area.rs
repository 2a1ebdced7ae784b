//! Areas (địa bàn): provinces, districts and communes as the national statistics office numbers them, and
//! which of today's areas an old one became.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::unit::Share;

/// Code of an area: two digits for a province, three for a district, five for a commune. Some commune codes
/// were used again on 1 July 2025 for another, larger commune: a code means something only on a day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AreaCode(String);

/// The text given is not the code of an area.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the code of an area: {0:?}")]
pub struct BadAreaCode(pub String);

impl AreaCode {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The level, which follows from the number of digits.
    pub fn level(&self) -> AreaLevel {
        match self.0.len() {
            2 => AreaLevel::Province,
            3 => AreaLevel::District,
            _ => AreaLevel::Commune,
        }
    }
}

impl FromStr for AreaCode {
    type Err = BadAreaCode;

    fn from_str(text: &str) -> Result<Self, BadAreaCode> {
        if matches!(text.len(), 2 | 3 | 5) && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadAreaCode(text.chars().take(20).collect()))
        }
    }
}

impl TryFrom<String> for AreaCode {
    type Error = BadAreaCode;

    fn try_from(text: String) -> Result<Self, BadAreaCode> {
        text.parse()
    }
}

impl From<AreaCode> for String {
    fn from(code: AreaCode) -> Self {
        code.0
    }
}

impl fmt::Display for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How large an area is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaLevel {
    /// Tỉnh, thành phố trực thuộc trung ương.
    Province,
    /// Huyện, quận, thị xã, thành phố thuộc tỉnh: until 30 June 2025.
    District,
    /// Xã, phường, thị trấn, đặc khu.
    Commune,
}

impl AreaLevel {
    /// The name used in storage, in message keys and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Province => "province",
            Self::District => "district",
            Self::Commune => "commune",
        }
    }
}

/// The last day of the three-level organisation (Law 72/2025/QH15 on local government).
pub const THREE_LEVELS_UNTIL: Date = jiff::civil::date(2025, 6, 30);

/// The first day of the two-level organisation.
pub const TWO_LEVELS_FROM: Date = jiff::civil::date(2025, 7, 1);

/// One area, as it was during one stretch of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// Code.
    pub code: AreaCode,
    /// Full name, `Phường Ba Đình`.
    pub name: String,
    /// The area it lies in; `None` for a province.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<AreaCode>,
    /// First day; `None` when it was there before anything here was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// Last day; `None` while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
}

impl Area {
    /// Whether this stretch of the area covers `day`.
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|first| first <= day) && self.valid_to.is_none_or(|last| day <= last)
    }
}

/// One line of the conversion table: an old area, or a part of it, went into a new one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Succession {
    /// The area until the day before.
    pub old: AreaCode,
    /// The area from `on`.
    pub new: AreaCode,
    /// First day of the new one.
    pub on: Date,
    /// All of the old one or a part.
    pub share: Share,
    /// What the table says, in its own words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// What an old address became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upgrade {
    /// Nothing is known of this area.
    Unknown,
    /// Certainly this one: the old area went into it whole.
    Sure(AreaCode),
    /// One of these: the old area was divided, and the person must say where they live.
    OneOf(Vec<AreaCode>),
}

/// What the area `old` became, from the lines of the conversion table that name it.
pub fn upgrade(old: &AreaCode, lines: &[Succession]) -> Upgrade {
    let mut found: Vec<&Succession> = lines.iter().filter(|line| line.old == *old).collect();
    found.sort_by(|a, b| a.new.cmp(&b.new));
    found.dedup_by(|a, b| a.new == b.new);
    match found.as_slice() {
        [] => Upgrade::Unknown,
        [only] if only.share == Share::Whole => Upgrade::Sure(only.new.clone()),
        several => Upgrade::OneOf(several.iter().map(|line| line.new.clone()).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> AreaCode {
        text.parse().expect("an area code")
    }

    fn line(old: &str, new: &str, share: Share) -> Succession {
        Succession { old: code(old), new: code(new), on: TWO_LEVELS_FROM, share, note: String::new() }
    }

    #[test]
    fn the_number_of_digits_is_the_level() {
        assert_eq!(code("01").level(), AreaLevel::Province);
        assert_eq!(code("001").level(), AreaLevel::District);
        assert_eq!(code("00004").level(), AreaLevel::Commune);
        for wrong in ["", "1", "1234", "0000a", "000045", "０１"] {
            assert!(wrong.parse::<AreaCode>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_an_undivided_area_is_upgraded_without_asking() {
        let lines = [
            line("00004", "00004", Share::Whole),
            line("00013", "00004", Share::Part),
            line("00013", "00008", Share::Part),
            line("00016", "00008", Share::Part),
        ];
        assert_eq!(upgrade(&code("00004"), &lines), Upgrade::Sure(code("00004")));
        assert_eq!(upgrade(&code("00013"), &lines), Upgrade::OneOf(vec![code("00004"), code("00008")]));
        assert_eq!(upgrade(&code("00016"), &lines), Upgrade::OneOf(vec![code("00008")]));
        assert_eq!(upgrade(&code("99999"), &lines), Upgrade::Unknown);
    }
}
