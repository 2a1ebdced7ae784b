//! Tax codes (mã số thuế): ten digits with a check digit, thirteen for a dependent unit, twelve for a person.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::identity::card::CitizenNumber;
use crate::identity::text_serde;

/// A tax code. Since 1 July 2025 the tax code of a person is the personal number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum TaxCode {
    /// Ten digits: an organisation, a household business, a person registered before July 2025.
    Main(String),
    /// Ten digits and three more, `0100047516-001`: a unit that depends on it.
    Dependent(String),
    /// The personal number of a person.
    Person(CitizenNumber),
}

/// Why a text is not a tax code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TaxCodeError {
    /// Nothing was typed.
    #[error("the tax code is empty")]
    Empty,
    /// Something that is not a digit.
    #[error("the tax code has something in it that is not a digit")]
    NotDigits,
    /// Neither 10, 12 nor 13 digits.
    #[error("the tax code has {0} digits instead of 10, 12 or 13")]
    Length(usize),
    /// The tenth digit is not the one that follows from the nine before it.
    #[error("the tenth digit does not fit the nine before it")]
    CheckDigit,
    /// No tenth digit fits these nine, so no such code was ever given.
    #[error("no tax code begins with these nine digits")]
    NeverIssued,
    /// The three digits of a dependent unit are 000.
    #[error("the last three digits run from 001 to 999")]
    DependentNumber,
}

/// The tenth digit of the tax code whose first nine are `prefix`: ten less the weighted sum modulo eleven.
/// `None` when that is ten: such codes are never given.
pub fn check_digit(prefix: [u8; 9]) -> Option<u8> {
    const WEIGHTS: [u32; 9] = [31, 29, 23, 19, 17, 13, 7, 5, 3];
    let sum: u32 = WEIGHTS.iter().zip(prefix).map(|(weight, digit)| weight * u32::from(digit)).sum();
    match 10 - sum % 11 {
        10 => None,
        digit => u8::try_from(digit).ok(),
    }
}

impl TaxCode {
    /// The code without dashes, as other systems and look-ups want it.
    pub fn digits(&self) -> String {
        self.to_string().replace('-', "")
    }
}

impl FromStr for TaxCode {
    type Err = TaxCodeError;

    fn from_str(text: &str) -> Result<Self, TaxCodeError> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-')).collect();
        if digits.is_empty() {
            return Err(TaxCodeError::Empty);
        }
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(TaxCodeError::NotDigits);
        }
        if let Ok(number) = digits.parse() {
            return Ok(Self::Person(number));
        }
        if !matches!(digits.len(), 10 | 13) {
            return Err(TaxCodeError::Length(digits.len()));
        }
        let mut prefix = [0; 9];
        for (to, from) in prefix.iter_mut().zip(digits.bytes()) {
            *to = from - b'0';
        }
        let check = check_digit(prefix).ok_or(TaxCodeError::NeverIssued)?;
        if digits.as_bytes()[9] - b'0' != check {
            return Err(TaxCodeError::CheckDigit);
        }
        match digits.split_at(10) {
            (_, "") => Ok(Self::Main(digits)),
            (_, "000") => Err(TaxCodeError::DependentNumber),
            (main, unit) => Ok(Self::Dependent(format!("{main}-{unit}"))),
        }
    }
}

impl fmt::Display for TaxCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Main(code) | Self::Dependent(code) => f.write_str(code),
            Self::Person(number) => number.fmt(f),
        }
    }
}

text_serde!(TaxCode, TaxCodeError);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(prefix: &str) -> Option<u8> {
        let digits: Vec<u8> = prefix.bytes().map(|byte| byte - b'0').collect();
        check_digit(digits.try_into().expect("nine digits"))
    }

    #[test]
    fn the_tenth_digit_follows_from_the_nine_before_it() {
        assert_eq!(check("010004751"), Some(6));
        assert_eq!(check("000000007"), Some(0));
        assert_eq!(check("010010911"), Some(3));
        assert_eq!(check("030039220"), Some(6));
        assert_eq!(check("010168653"), None);
    }

    #[test]
    fn a_code_has_ten_twelve_or_thirteen_digits() {
        let read = |text: &str| text.parse::<TaxCode>().map(|code| code.to_string());
        assert_eq!(read("0100047516"), Ok("0100047516".to_owned()));
        assert_eq!(read(" 0100 047 516 - 001 "), Ok("0100047516-001".to_owned()));
        assert_eq!(read("0100047516999"), Ok("0100047516-999".to_owned()));
        assert_eq!(read("025199000001"), Ok("025199000001".to_owned()));
        assert_eq!(read("0100047516-000"), Err(TaxCodeError::DependentNumber));
        assert_eq!(read("0100047517"), Err(TaxCodeError::CheckDigit));
        assert_eq!(read("0101686530"), Err(TaxCodeError::NeverIssued));
        assert_eq!(read("010004751"), Err(TaxCodeError::Length(9)));
        assert_eq!(read("010004751x"), Err(TaxCodeError::NotDigits));
        assert_eq!(read(" - "), Err(TaxCodeError::Empty));
        assert_eq!(
            "0100047516-001".parse::<TaxCode>().map(|code| code.digits()),
            Ok("0100047516001".to_owned())
        );
    }

    proptest! {
        /// Reading never panics, and what was read prints a text that reads the same.
        #[test]
        fn codes_print_and_parse(text in "[0-9]{9,13}(-[0-9]{1,3})?|\\PC{0,20}") {
            if let Ok(code) = text.parse::<TaxCode>() {
                prop_assert_eq!(code.to_string().parse(), Ok(code));
            }
        }

        /// One wrong digit of a ten-digit code is always noticed.
        #[test]
        fn a_wrong_digit_is_noticed(prefix in prop::array::uniform9(0u8..10), at in 0usize..10, by in 1u8..10) {
            let Some(check) = check_digit(prefix) else { return Ok(()) };
            let mut digits: Vec<u8> = prefix.into_iter().chain([check]).collect();
            digits[at] = (digits[at] + by) % 10;
            let text: String = digits.iter().map(|digit| char::from(b'0' + digit)).collect();
            prop_assert!(text.parse::<TaxCode>().is_err(), "{}", text);
        }
    }
}
