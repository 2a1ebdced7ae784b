//! How to reach somebody: telephone numbers and e-mail addresses.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::identity::text_serde;

/// A Vietnamese telephone number, `0` first: ten digits for a mobile, eleven for a fixed line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

/// Why a text is not a telephone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Nothing was typed.
    #[error("the number is empty")]
    Empty,
    /// Something that is in no number.
    #[error("the number has something in it that is not a digit")]
    NotDigits,
    /// Neither a mobile nor a fixed line of Viet Nam.
    #[error("the number is neither a mobile of 10 digits nor a fixed line of 11")]
    NotVietnamese,
}

impl Phone {
    /// The digits, `0` first.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it can receive a short message.
    pub fn is_mobile(&self) -> bool {
        self.0.len() == 10
    }

    /// For dialling from anywhere and for other systems: `+84…`.
    pub fn international(&self) -> String {
        format!("+84{}", &self.0[1..])
    }
}

impl FromStr for Phone {
    type Err = PhoneError;

    fn from_str(text: &str) -> Result<Self, PhoneError> {
        let typed: String =
            text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-' | '(' | ')')).collect();
        if typed.is_empty() {
            return Err(PhoneError::Empty);
        }
        // (+84)0912… is common: the 0 stays when it is there, and is put back when it is not.
        let rest = match typed.strip_prefix('+').or_else(|| typed.strip_prefix("00")) {
            Some(international) => international.strip_prefix("84").ok_or(PhoneError::NotVietnamese)?,
            None if matches!(typed.len(), 11 | 12) => typed.strip_prefix("84").unwrap_or(&typed),
            None => &typed,
        };
        if !rest.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PhoneError::NotDigits);
        }
        let number = format!("0{}", rest.strip_prefix('0').unwrap_or(rest));
        let mobile = number.len() == 10 && matches!(number.as_bytes()[1], b'3' | b'5' | b'7' | b'8' | b'9');
        let fixed = number.len() == 11 && number.starts_with("02");
        if mobile || fixed { Ok(Self(number)) } else { Err(PhoneError::NotVietnamese) }
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_serde!(Phone, PhoneError);

/// The longest e-mail address, in characters (RFC 5321).
pub const EMAIL_CHARS_MAX: usize = 254;

/// An e-mail address of the usual shape. Whether it is read by anybody, only a message can tell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// Why a text is not an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Nothing was typed.
    #[error("the address is empty")]
    Empty,
    /// More characters than mail allows.
    #[error("the address is longer than {EMAIL_CHARS_MAX} characters")]
    TooLong,
    /// No `@`, or more than one.
    #[error("an address has one @")]
    At,
    /// The part before `@` is empty or has something in it that mail does not allow.
    #[error("what stands before @ is no mailbox")]
    Mailbox,
    /// The part after `@` is no domain.
    #[error("what stands after @ is no domain")]
    Domain,
}

impl Email {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(EmailError::Empty);
        }
        if EMAIL_CHARS_MAX < text.len() {
            return Err(EmailError::TooLong);
        }
        let (mailbox, domain) = text.split_once('@').ok_or(EmailError::At)?;
        if domain.contains('@') {
            return Err(EmailError::At);
        }
        let in_mailbox = |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+-/=?^_`{|}~".contains(&byte);
        let dots_ok = !mailbox.starts_with('.') && !mailbox.ends_with('.') && !mailbox.contains("..");
        if mailbox.is_empty() || 64 < mailbox.len() || !mailbox.bytes().all(in_mailbox) || !dots_ok {
            return Err(EmailError::Mailbox);
        }
        let label_ok = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let top_is_letters =
            domain.rsplit('.').next().is_some_and(|top| !top.bytes().all(|b| b.is_ascii_digit()));
        if !domain.contains('.') || !domain.split('.').all(label_ok) || !top_is_letters {
            return Err(EmailError::Domain);
        }
        Ok(Self(format!("{mailbox}@{}", domain.to_ascii_lowercase())))
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_serde!(Email, EmailError);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_has_one_form_however_it_was_typed() {
        for text in [
            "0912345678",
            "+84912345678",
            "84912345678",
            "0084 912 345 678",
            "(+84) 0912.345.678",
            "912-345-678",
        ] {
            assert_eq!(
                text.parse::<Phone>().map(|phone| phone.to_string()),
                Ok("0912345678".to_owned()),
                "{text}"
            );
        }
        let fixed: Phone = "0210 3846 647".parse().expect("a fixed line");
        assert_eq!((fixed.is_mobile(), fixed.international().as_str()), (false, "+842103846647"));
        assert!(
            "0843345678".parse::<Phone>().expect("a mobile").is_mobile(),
            "084 is a mobile prefix as well"
        );
        assert_eq!("0843345678".parse::<Phone>().map(|phone| phone.to_string()), Ok("0843345678".to_owned()));
    }

    #[test]
    fn what_is_no_number_says_why() {
        let refused = |text: &str| text.parse::<Phone>().expect_err("no number");
        assert_eq!(refused("  "), PhoneError::Empty);
        assert_eq!(refused("091234567a"), PhoneError::NotDigits);
        assert_eq!(refused("+1 202 555 0100"), PhoneError::NotVietnamese);
        assert_eq!(refused("0112345678"), PhoneError::NotVietnamese);
        assert_eq!(refused("091234567"), PhoneError::NotVietnamese);
        assert_eq!(refused("113"), PhoneError::NotVietnamese);
    }

    #[test]
    fn an_address_has_the_usual_shape() {
        let read = |text: &str| text.parse::<Email>().map(|email| email.to_string());
        assert_eq!(read(" Tran.Buoi+1@Example.VN "), Ok("Tran.Buoi+1@example.vn".to_owned()));
        assert_eq!(read(""), Err(EmailError::Empty));
        assert_eq!(read("buoi"), Err(EmailError::At));
        assert_eq!(read("a@b@c.vn"), Err(EmailError::At));
        assert_eq!(read("@c.vn"), Err(EmailError::Mailbox));
        assert_eq!(read("a b@c.vn"), Err(EmailError::Mailbox));
        assert_eq!(read("bưởi@c.vn"), Err(EmailError::Mailbox));
        assert_eq!(read("a..b@c.vn"), Err(EmailError::Mailbox));
        assert_eq!(read("a@localhost"), Err(EmailError::Domain));
        assert_eq!(read("a@-c.vn"), Err(EmailError::Domain));
        assert_eq!(read("a@1.2.3.4"), Err(EmailError::Domain));
        assert_eq!(read(&format!("a@{}.vn", "b".repeat(260))), Err(EmailError::TooLong));
    }

    proptest! {
        /// Reading never panics, and what was read prints a text that reads the same.
        #[test]
        fn contacts_print_and_parse(text in "[+0-9 .()-]{0,16}|[a-z.@-]{0,20}|\\PC{0,30}") {
            if let Ok(phone) = text.parse::<Phone>() {
                prop_assert_eq!(phone.international().parse(), Ok(phone.clone()));
                prop_assert_eq!(phone.to_string().parse(), Ok(phone));
            }
            if let Ok(email) = text.parse::<Email>() {
                prop_assert_eq!(email.to_string().parse(), Ok(email));
            }
        }
    }
}
