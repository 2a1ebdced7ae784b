//! Chance that repeats itself: a xorshift, because nothing here is secret.

use std::time::Duration;

/// What follows from a seed.
pub struct Chance(u64);

impl Chance {
    /// That of this seed.
    pub fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    /// One of these.
    pub fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        let place = self.below(u64::try_from(all.len()).unwrap_or(1));
        all[usize::try_from(place).unwrap_or(0)]
    }

    /// Waits, shorter than so many milliseconds.
    pub async fn pause(&mut self, below_ms: u64) {
        tokio::time::sleep(Duration::from_millis(self.below(below_ms))).await;
    }
}
