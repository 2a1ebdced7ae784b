//! Codes of procedures, and the keys that stay the same from one version of a procedure to the next.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest procedure code, in characters: seven of the number, and an agency code.
pub const PROCEDURE_CODE_CHARS_MAX: usize = 40;

/// The longest key, in characters.
pub const KEY_CHARS_MAX: usize = 64;

/// Code of a procedure in the national catalogue: `1.001193`, or with the agency that made it its own,
/// `1.000948.H38`, `1.001193.000.00.00.H49`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProcedureCode(String);

/// The text given is not the code of a procedure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the code of a procedure: {0:?}")]
pub struct BadProcedureCode(pub String);

impl ProcedureCode {
    /// The code as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The national number alone: `1.000948` of `1.000948.H38`.
    pub fn national(&self) -> &str {
        let end = self.0.match_indices('.').nth(1).map_or(self.0.len(), |(at, _)| at);
        &self.0[..end]
    }
}

impl FromStr for ProcedureCode {
    type Err = BadProcedureCode;

    fn from_str(text: &str) -> Result<Self, BadProcedureCode> {
        let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
        let mut groups = text.split('.');
        let book = groups.next().unwrap_or_default();
        let number = groups.next().unwrap_or_default();
        // Six digits by the rule; a few with seven or nine are in the national catalogue.
        let numbered = book.len() == 1 && digits(book) && (6..=9).contains(&number.len()) && digits(number);
        let group_ok = |group: &str| {
            !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        };
        if text.len() <= PROCEDURE_CODE_CHARS_MAX && numbered && groups.all(group_ok) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadProcedureCode(text.chars().take(2 * PROCEDURE_CODE_CHARS_MAX).collect()))
        }
    }
}

impl TryFrom<String> for ProcedureCode {
    type Error = BadProcedureCode;

    fn try_from(text: String) -> Result<Self, BadProcedureCode> {
        text.parse()
    }
}

impl From<ProcedureCode> for String {
    fn from(code: ProcedureCode) -> Self {
        code.0
    }
}

impl fmt::Display for ProcedureCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text given is not a key: letters and digits of ASCII, `-`, `_` and `.`, 1 to 64 characters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a key: {0:?}")]
pub struct BadKey(pub String);

macro_rules! key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The key as written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = BadKey;

            fn from_str(text: &str) -> Result<Self, BadKey> {
                let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
                if (1..=KEY_CHARS_MAX).contains(&text.len()) && text.bytes().all(is_allowed) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(BadKey(text.chars().take(2 * KEY_CHARS_MAX).collect()))
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadKey;

            fn try_from(text: String) -> Result<Self, BadKey> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(key: $name) -> Self {
                key.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

key!(
    /// A case of a procedure (trường hợp): which papers are asked for depends on it.
    CaseKey
);
key!(
    /// One paper asked for. A supplement names the paper by this key, so it never changes between versions.
    ComponentKey
);
key!(
    /// One question of the online form.
    QuestionKey
);
key!(
    /// One step of the electronic process.
    StepKey
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_is_a_number_with_or_without_an_agency() {
        for (text, national) in [
            ("1.001193", "1.001193"),
            ("1.000948.H38", "1.000948"),
            ("1.001193.000.00.00.H49", "1.001193"),
            ("2.009182739", "2.009182739"),
        ] {
            let code: ProcedureCode = text.parse().expect("a procedure code");
            assert_eq!(code.to_string(), text);
            assert_eq!(code.national(), national);
        }
        for wrong in
            ["", "1", "1.", "1.00119", "1001193", "1.014955-Xoa", " 1.014325", "1.001193.", "1.001193.h38"]
        {
            assert!(wrong.parse::<ProcedureCode>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn keys_are_plain() {
        assert!("000.00.00.G15-KQ003208".parse::<ComponentKey>().is_ok());
        for wrong in ["", "a b", "á", "a/b", &"a".repeat(65)] {
            assert!(wrong.parse::<StepKey>().is_err(), "{wrong}");
        }
    }

    proptest! {
        /// Reading a code never panics, and what was read prints the same.
        #[test]
        fn codes_print_and_parse(text in "[0-9]\\.[0-9]{4,10}(\\.[0-9A-Za-z]{0,3}){0,5}|\\PC{0,50}") {
            if let Ok(code) = text.parse::<ProcedureCode>() {
                prop_assert_eq!(code.to_string(), text.clone());
                prop_assert!(text.starts_with(code.national()));
            }
        }
    }
}
