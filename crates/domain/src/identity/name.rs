//! Names of people.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::identity::letters;
use crate::identity::text_serde;

/// The longest name, in characters. The longest in the registers are about fifty.
pub const NAME_CHARS_MAX: usize = 150;

/// The name of a person, composed as Unicode NFC does, with single spaces.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonName(String);

/// Why a text is not the name of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing was typed.
    #[error("the name is empty")]
    Empty,
    /// More than [`NAME_CHARS_MAX`] characters.
    #[error("the name has {0} characters, more than {NAME_CHARS_MAX}")]
    TooLong(usize),
    /// A character that is in no name.
    #[error("{0:?} is in no name")]
    Character(char),
}

impl PersonName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Lower case, without accents: what a search compares.
    pub fn folded(&self) -> String {
        letters::fold(&self.0)
    }

    /// A key that sorts people as a Vietnamese register does: by given name, which comes last, then by family
    /// and middle names.
    pub fn sort_key(&self) -> String {
        match self.0.rsplit_once(' ') {
            Some((before, given)) => {
                format!("{}\u{2}{}", letters::sort_key(given), letters::sort_key(before))
            }
            None => letters::sort_key(&self.0),
        }
    }
}

impl FromStr for PersonName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let single_spaced = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let name = letters::compose(&single_spaced);
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        let length = name.chars().count();
        if NAME_CHARS_MAX < length {
            return Err(NameError::TooLong(length));
        }
        // Marks of other scripts and languages are letters to the people who bear them; digits, signs of
        // computers and controls are not.
        let in_no_name = |c: &char| {
            c.is_numeric() || c.is_control() || matches!(c, '<' | '>' | '|' | '@' | '{' | '}' | '\u{fffd}')
        };
        match name.chars().find(in_no_name) {
            Some(c) => Err(NameError::Character(c)),
            None => Ok(Self(name)),
        }
    }
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_serde!(PersonName, NameError);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(text: &str) -> PersonName {
        text.parse().expect("a name")
    }

    #[test]
    fn a_name_has_one_form_however_it_was_typed() {
        assert_eq!(name("  Nguye\u{302}\u{303}n\tVa\u{306}n   An "), name("Nguyễn Văn An"));
        assert_eq!(name("NGUYỄN VĂN ĐỨC").folded(), "nguyen van duc");
        assert_eq!(name("Y Bhơk Niê").folded(), "y bhok nie");
    }

    #[test]
    fn what_is_no_name_says_why() {
        let refused = |text: &str| text.parse::<PersonName>().expect_err("no name");
        assert_eq!(refused(" \t"), NameError::Empty);
        assert_eq!(refused("An 2"), NameError::Character('2'));
        assert_eq!(refused("An <b>"), NameError::Character('<'));
        assert_eq!(refused(&"a".repeat(151)), NameError::TooLong(151));
    }

    #[test]
    fn people_are_sorted_by_given_name() {
        let mut people =
            vec!["Trần Văn Đức", "Lê Thị Dung", "Nguyễn Văn An", "Lê Văn An", "Ân", "Trần Đình Đức"];
        people.sort_by_key(|person| name(person).sort_key());
        assert_eq!(
            people,
            ["Lê Văn An", "Nguyễn Văn An", "Ân", "Lê Thị Dung", "Trần Đình Đức", "Trần Văn Đức"]
        );
    }

    proptest! {
        /// Reading never panics, and what was read prints a text that reads the same.
        #[test]
        fn names_print_and_parse(text in "\\PC{0,40}") {
            if let Ok(name) = text.parse::<PersonName>() {
                prop_assert_eq!(name.to_string().parse(), Ok(name));
            }
        }
    }
}
