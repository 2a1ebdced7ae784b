//! Who somebody is: numbers of cards and tax codes, names, telephone numbers, e-mail addresses.
//!
//! Everything here reads what people type or scanners send. Nothing panics, and nothing is refused that an office
//! would accept: where a number does not fit a birth date or a sex, that is a warning, because registers err.

pub mod card;
pub mod contact;
pub mod letters;
pub mod name;
pub mod tax;

pub use card::{CardQr, CardQrError, CardWarning, CitizenNumber, NumberError, OldNumber, Sex};
pub use contact::{Email, EmailError, Phone, PhoneError};
pub use letters::fold;
pub use name::{NameError, PersonName};
pub use tax::{TaxCode, TaxCodeError};

/// Serialises a text newtype through its `FromStr` and `Display`.
macro_rules! text_serde {
    ($name:ident, $error:ident) => {
        impl TryFrom<String> for $name {
            type Error = $error;

            fn try_from(text: String) -> Result<Self, $error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }
    };
}
pub(crate) use text_serde;
