//! The second factor of officers: codes of six digits that change every thirty seconds (RFC 6238).

use jiff::Timestamp;
use totp_rs::{Algorithm, Secret, TOTP};

use crate::random::Random;

/// How long one code lasts. Authenticator applications know no other.
const STEP_SECONDS: i64 = 30;
/// Codes of this many steps before and after now are taken, because clocks of telephones differ.
const SKEW_STEPS: i64 = 1;

/// The secret shared with an officer's telephone.
#[derive(Clone)]
pub struct Totp(Vec<u8>);

impl Totp {
    /// A fresh secret of 160 bits, as RFC 4226 recommends.
    pub fn new(random: &Random) -> Self {
        Self(random.bytes::<20>().to_vec())
    }

    /// The secret in the form people type: letters A–Z and digits 2–7.
    pub fn base32(&self) -> String {
        Secret::Raw(self.0.clone()).to_encoded().to_string()
    }

    /// The secret in groups of four letters, as people read it.
    pub fn groups(&self) -> String {
        let letters: Vec<char> = self.base32().chars().collect();
        letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }

    /// The secret with this text; blanks and small letters are allowed.
    pub fn from_base32(text: &str) -> Option<Self> {
        let letters: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase();
        let bytes = Secret::Encoded(letters).to_bytes().ok()?;
        (16 <= bytes.len()).then_some(Self(bytes))
    }

    /// The address in the QR code that authenticator applications read.
    pub fn url(&self, office: &str, login: &str) -> String {
        let named = TOTP {
            issuer: Some(office.replace(':', " ")),
            account_name: login.replace(':', " "),
            ..self.totp()
        };
        named.get_url()
    }

    /// The code at an instant.
    pub fn code_at(&self, at: Timestamp) -> String {
        self.code_of(at.as_second().div_euclid(STEP_SECONDS))
    }

    /// The time step whose code this is, around `now`, when it is later than `last_step`; every code counts once.
    pub fn accept(&self, code: &str, now: Timestamp, last_step: i64) -> Option<i64> {
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let current = now.as_second().div_euclid(STEP_SECONDS);
        // Every step is computed, so that the time tells nothing.
        let matching = (current - SKEW_STEPS..=current + SKEW_STEPS)
            .filter(|step| is_same(&self.code_of(*step), &digits))
            .max();
        matching.filter(|step| last_step < *step)
    }

    fn code_of(&self, step: i64) -> String {
        self.totp().generate(u64::try_from(step * STEP_SECONDS).unwrap_or(0))
    }

    fn totp(&self) -> TOTP {
        let step_seconds = STEP_SECONDS.unsigned_abs();
        TOTP::new_unchecked(Algorithm::SHA1, 6, 1, step_seconds, self.0.clone(), None, String::new())
    }
}

impl std::fmt::Debug for Totp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Totp(…)")
    }
}

/// Compares in the same time wherever the difference is.
fn is_same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |sum, (x, y)| sum | (x ^ y)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_codes_are_those_of_rfc_6238() {
        // Appendix B of the RFC, SHA-1, last six of its eight digits.
        let totp = Totp(b"12345678901234567890".to_vec());
        assert_eq!(totp.code_at(at(59)), "287082");
        assert_eq!(totp.code_at(at(1_111_111_109)), "081804");
        assert_eq!(totp.code_at(at(20_000_000_000)), "353130");
    }

    #[test]
    fn a_code_is_taken_one_step_early_or_late_and_once() {
        let totp = Totp::new(&Random::seeded(1));
        let code = totp.code_at(at(3_000));
        assert_eq!(totp.accept(&code, at(3_000), 0), Some(100));
        assert_eq!(totp.accept(&code, at(3_030), 0), Some(100));
        assert_eq!(totp.accept(&code, at(2_970), 0), Some(100));
        assert_eq!(totp.accept(&code, at(3_060), 0), None);
        assert_eq!(totp.accept(&code, at(3_000), 100), None);
        assert_eq!(totp.accept("", at(3_000), 0), None);
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        assert_eq!(totp.accept(&spaced, at(3_000), 0), Some(100));
    }

    #[test]
    fn the_secret_prints_and_parses() {
        let totp = Totp::new(&Random::seeded(1));
        let text = totp.base32();
        let spaced = format!("{} {}", &text[..8], text[8..].to_lowercase());
        assert_eq!(Totp::from_base32(&spaced).unwrap().0, totp.0);
        assert!(Totp::from_base32("ABC").is_none());
        assert!(Totp::from_base32("không phải").is_none());
        let url = totp.url("Một Cửa: demo", "an.nguyen");
        assert!(url.starts_with("otpauth://totp/") && url.contains(&text), "{url}");
    }
}
