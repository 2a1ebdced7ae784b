//! The dossier code: the number printed on the receipt. Parse and print.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The code a dossier keeps for life, such as `H56.1.2-261121-0007`.
///
/// Letters, digits, dots and dashes, at most 50; always upper case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DossierCode(String);

/// The text is not a dossier code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a dossier code: {0:?}")]
pub struct BadCode(pub String);

/// Longest code accepted, in characters.
pub const CODE_LENGTH_MAX: usize = 50;

impl DossierCode {
    /// Prints `template` for an agency, a day at the office and a number of that day.
    ///
    /// Knows `{agency}`, `{yymmdd}` and `{seq4}` (at least four digits). Numbers restart daily
    /// for each agency; they are unique, not free of gaps.
    pub fn from_template(template: &str, agency: &str, day: Date, number: u32) -> Result<Self, BadCode> {
        let yymmdd = format!("{:02}{:02}{:02}", day.year().rem_euclid(100), day.month(), day.day());
        template
            .replace("{agency}", agency)
            .replace("{yymmdd}", &yymmdd)
            .replace("{seq4}", &format!("{number:04}"))
            .parse()
    }

    /// The code as printed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DossierCode {
    type Err = BadCode;

    /// Accepts what people type: surrounding blanks and lower case are mended.
    fn from_str(text: &str) -> Result<Self, BadCode> {
        let code = text.trim().to_ascii_uppercase();
        let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-';
        let has_digit = code.bytes().any(|byte| byte.is_ascii_digit());
        if (4..=CODE_LENGTH_MAX).contains(&code.len()) && code.bytes().all(known) && has_digit {
            Ok(Self(code))
        } else {
            Err(BadCode(text.to_owned()))
        }
    }
}

impl TryFrom<String> for DossierCode {
    type Error = BadCode;

    fn try_from(text: String) -> Result<Self, BadCode> {
        text.parse()
    }
}

impl From<DossierCode> for String {
    fn from(code: DossierCode) -> Self {
        code.0
    }
}

impl fmt::Display for DossierCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_names_agency_day_and_number() {
        let code = DossierCode::from_template("{agency}-{yymmdd}-{seq4}", "H56.1.2", date(2026, 11, 21), 7);
        assert_eq!(code.unwrap().as_str(), "H56.1.2-261121-0007");
    }

    #[test]
    fn january_eleventh_and_november_first_have_different_codes() {
        let print = |day| DossierCode::from_template("{agency}-{yymmdd}-{seq4}", "H1", day, 1).unwrap();
        assert_ne!(print(date(2026, 1, 11)), print(date(2026, 11, 1)));
    }

    #[test]
    fn a_code_typed_in_lower_case_with_blanks_is_found() {
        assert_eq!(" h56.1.2-261121-0007 ".parse::<DossierCode>().unwrap().as_str(), "H56.1.2-261121-0007");
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in ".{0,80}") {
            if let Ok(code) = text.parse::<DossierCode>() {
                prop_assert_eq!(code.as_str().parse::<DossierCode>().unwrap(), code);
            }
        }
    }
}
