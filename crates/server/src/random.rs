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
pub struct Random(Arc<Mutex<State>>);

struct State {
    generator: ChaCha20Rng,
    /// Millisecond and count of the last id, so that ids made within one millisecond sort as they were made.
    last_id: (u64, u16),
}

/// The count within a millisecond has twelve bits; it begins in the lower half, so that it seldom runs out.
const COUNT_MAX: u16 = 0x0fff;
/// Ids may be this far ahead of the clock when very many are made at once.
const AHEAD_MS_MAX: u64 = 1_000;

impl Random {
    /// Seeded by the operating system.
    pub fn from_os() -> Self {
        Self::new(ChaCha20Rng::from_os_rng())
    }

    /// Seeded by a number: the same numbers every time. For tests and simulations only.
    pub fn seeded(seed: u64) -> Self {
        Self::new(ChaCha20Rng::seed_from_u64(seed))
    }

    fn new(generator: ChaCha20Rng) -> Self {
        Self(Arc::new(Mutex::new(State { generator, last_id: (0, 0) })))
    }

    /// Fresh bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).generator.fill_bytes(&mut bytes);
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

    /// An id that sorts by time, and within a millisecond as it was made here.
    pub fn uuid(&self, now: Timestamp) -> Uuid {
        let now_ms = u64::try_from(now.as_millisecond()).unwrap_or(0);
        let mut bytes = self.bytes::<10>();
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = u16::from_be_bytes([bytes[0], bytes[1]]) & (COUNT_MAX >> 1);
        let (last_ms, last_count) = state.last_id;
        // Many ids at once run ahead of the clock; a clock that was set back is followed.
        let goes_on = now_ms <= last_ms && last_ms - now_ms < AHEAD_MS_MAX;
        let (at_ms, count) = match (goes_on, last_count) {
            (false, _) => (now_ms, fresh),
            (true, COUNT_MAX) => (last_ms + 1, fresh),
            (true, count) => (last_ms, count + 1),
        };
        state.last_id = (at_ms, count);
        drop(state);
        [bytes[0], bytes[1]] = count.to_be_bytes();
        uuid::Builder::from_unix_timestamp_millis(at_ms, &bytes).into_uuid()
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
        let now = Timestamp::from_millisecond(3_000).unwrap();
        let ids: Vec<_> = (0..10_000).map(|_| random.uuid(now)).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "as they were made");
    }

    #[test]
    fn below_stays_below() {
        let random = Random::seeded(3);
        assert!((0..1_000).all(|_| random.below(7) < 7));
        assert_eq!(random.six_digits().len(), 6);
    }
}
