//! Typed ids: one newtype per table, so that one kind can never stand for another.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The text given is not an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id: {0}")]
pub struct BadId(pub String);

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps an id that the application made.
            pub fn new(id: Uuid) -> Self {
                Self(id)
            }

            /// The bare id.
            pub fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                Uuid::try_parse(text).map(Self).map_err(|_| BadId(text.to_owned()))
            }
        }
    };
}

id!(
    /// A person with an account: citizen, officer or both.
    PersonId
);
id!(
    /// A dossier not yet filed. Drafts live outside the list of statuses.
    DraftId
);
id!(
    /// One paper attached to a dossier, or issued by it.
    PaperId
);
id!(
    /// One request for an opinion.
    OpinionId
);
id!(
    /// One message between applicant and office.
    MessageId
);

/// SHA-256 of a file, as 64 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha256Hex(String);

impl Sha256Hex {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Sha256Hex {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() == 64 && text.bytes().all(is_digit) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadId(text.to_owned()))
        }
    }
}

impl TryFrom<String> for Sha256Hex {
    type Error = BadId;

    fn try_from(text: String) -> Result<Self, BadId> {
        text.parse()
    }
}

impl From<Sha256Hex> for String {
    fn from(hash: Sha256Hex) -> Self {
        hash.0
    }
}

impl fmt::Display for Sha256Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_print_and_parse() {
        let id = PersonId::new(Uuid::from_u128(7));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!("7".parse::<PersonId>().is_err());
    }

    #[test]
    fn a_hash_has_64_lower_case_digits() {
        assert!("ab".repeat(32).parse::<Sha256Hex>().is_ok());
        assert!("AB".repeat(32).parse::<Sha256Hex>().is_err());
        assert!("ab".parse::<Sha256Hex>().is_err());
    }
}
