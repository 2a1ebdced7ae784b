//! How long settling may take: `12wh`, `5wd`, `10d`, `1mo`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A time limit of a procedure or a step. Written as a number and `wh` (working hours), `wd` (working
/// days), `d` (days) or `mo` (months). Amounts are at least one and at most [`Limit::MAX_HOURS`],
/// [`Limit::MAX_DAYS`] or [`Limit::MAX_MONTHS`] when read from text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Limit {
    /// Hours inside working windows (`GIO_LAM_VIEC`).
    WorkingHours(u32),
    /// Working days (`NGAY_LAM_VIEC`).
    WorkingDays(u32),
    /// Days of the calendar (`NGAY`).
    Days(u32),
    /// Months of the calendar (`THANG`).
    Months(u32),
}

/// Why a text is not a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LimitError {
    /// No number in front.
    #[error("a limit begins with a whole number, as in 5wd")]
    NoNumber,
    /// Neither wh, wd, d nor mo.
    #[error("a limit ends with wh (working hours), wd (working days), d (days) or mo (months)")]
    NoUnit,
    /// Zero, or more than any law gives.
    #[error("the amount of this limit lies between 1 and {max}")]
    OutOfRange {
        /// The largest amount of the unit.
        max: u32,
    },
}

impl Limit {
    /// Most working hours a limit may have: about five years.
    pub const MAX_HOURS: u32 = 10_000;
    /// Most days, working or not: ten years.
    pub const MAX_DAYS: u32 = 3_660;
    /// Most months: ten years.
    pub const MAX_MONTHS: u32 = 120;

    /// The number in front of the unit.
    pub fn amount(self) -> u32 {
        let (Self::WorkingHours(amount)
        | Self::WorkingDays(amount)
        | Self::Days(amount)
        | Self::Months(amount)) = self;
        amount
    }

    fn suffix(self) -> &'static str {
        match self {
            Self::WorkingHours(_) => "wh",
            Self::WorkingDays(_) => "wd",
            Self::Days(_) => "d",
            Self::Months(_) => "mo",
        }
    }

    fn max(self) -> u32 {
        match self {
            Self::WorkingHours(_) => Self::MAX_HOURS,
            Self::WorkingDays(_) | Self::Days(_) => Self::MAX_DAYS,
            Self::Months(_) => Self::MAX_MONTHS,
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.amount(), self.suffix())
    }
}

impl FromStr for Limit {
    type Err = LimitError;

    fn from_str(text: &str) -> Result<Self, LimitError> {
        let text = text.trim();
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return Err(LimitError::NoNumber);
        }
        // Too many digits for a number are too many for any limit.
        let amount = text[..digits].parse().unwrap_or(u32::MAX);
        let limit = match text[digits..].trim_start() {
            "wh" => Self::WorkingHours(amount),
            "wd" => Self::WorkingDays(amount),
            "d" => Self::Days(amount),
            "mo" => Self::Months(amount),
            _ => return Err(LimitError::NoUnit),
        };
        let max = limit.max();
        if amount == 0 || max < amount { Err(LimitError::OutOfRange { max }) } else { Ok(limit) }
    }
}

impl TryFrom<String> for Limit {
    type Error = LimitError;

    fn try_from(text: String) -> Result<Self, LimitError> {
        text.parse()
    }
}

impl From<Limit> for String {
    fn from(limit: Limit) -> Self {
        limit.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_as_they_are_written() {
        for text in ["12wh", "5wd", "10d", "1mo", "3660wd", "10000wh", "120mo"] {
            assert_eq!(text.parse::<Limit>().unwrap().to_string(), text);
        }
        assert_eq!(" 5 wd ".parse(), Ok(Limit::WorkingDays(5)));
        assert_eq!(serde_json::to_string(&Limit::Days(10)).unwrap(), "\"10d\"");
        assert_eq!(serde_json::from_str::<Limit>("\"1mo\"").unwrap(), Limit::Months(1));
    }

    #[test]
    fn what_is_no_limit_is_refused() {
        let refused = |text: &str| text.parse::<Limit>().unwrap_err();
        assert_eq!(refused(""), LimitError::NoNumber);
        assert_eq!(refused("-5wd"), LimitError::NoNumber);
        assert_eq!(refused("5"), LimitError::NoUnit);
        assert_eq!(refused("5WD"), LimitError::NoUnit);
        assert_eq!(refused("1.5d"), LimitError::NoUnit);
        assert_eq!(refused("5đ"), LimitError::NoUnit);
        assert_eq!(refused("0d"), LimitError::OutOfRange { max: 3660 });
        assert_eq!(refused("121mo"), LimitError::OutOfRange { max: 120 });
        assert_eq!(refused("99999999999999999999wh"), LimitError::OutOfRange { max: 10_000 });
        assert!(serde_json::from_str::<Limit>("5").is_err());
    }
}
