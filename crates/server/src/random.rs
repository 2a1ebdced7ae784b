//! The one source of chance: ids, tokens, codes.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use rand::{RngCore as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use uuid::Uuid;

/// A cryptographic generator, seeded by the machine, or by a test so that it repeats itself.
#[derive(Clone)]
pub struct Random(Arc<Mutex<ChaCha20Rng>>);

impl Random {
    /// Seeded by the operating system.
    pub fn from_os() -> Self {
        Self(Arc::new(Mutex::new(ChaCha20Rng::from_os_rng())))
    }

    /// Seeded by a number: the same numbers every time. For tests and simulations only.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(ChaCha20Rng::seed_from_u64(seed))))
    }

    /// Fresh bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }

    /// A secret nobody can guess, for cookies and links: 43 letters, digits, `-` and `_`.
    pub fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }

    /// A number from 0 up to `limit`, without it.
    pub fn below(&self, limit: u64) -> u64 {
        let wide = u128::from(u64::from_le_bytes(self.bytes())) * u128::from(limit);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// A code of six digits, for mail.
    pub fn six_digits(&self) -> String {
        format!("{:06}", self.below(1_000_000))
    }

    /// An id that sorts by time.
    pub fn uuid(&self, now: Timestamp) -> Uuid {
        let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }
}

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Random")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_itself() {
        assert_eq!(Random::seeded(7).token(), Random::seeded(7).token());
        assert_ne!(Random::seeded(7).token(), Random::seeded(8).token());
    }

    #[test]
    fn ids_sort_by_time() {
        let random = Random::seeded(1);
        let early = random.uuid(Timestamp::from_millisecond(1_000).unwrap());
        let late = random.uuid(Timestamp::from_millisecond(2_000).unwrap());
        assert!(early < late);
    }

    #[test]
    fn below_stays_below() {
        let random = Random::seeded(3);
        assert!((0..1_000).all(|_| random.below(7) < 7));
        assert_eq!(random.six_digits().len(), 6);
    }
}
