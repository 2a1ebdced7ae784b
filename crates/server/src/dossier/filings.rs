//! What was asked in the dossiers that were looked at last. A filing never changes, and reading one back is the larger
//! part of loading a dossier: who opens one page of it mostly opens the next.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;
use motcua_domain::dossier::{DossierCode, Filing};

/// Bytes of stored filings remembered at most. In memory they take several times as much.
const REMEMBERED_BYTES_MAX: usize = 4 << 20;

/// Filings by code, those used longest ago forgotten first.
pub struct Filings(Mutex<Remembered<Arc<Filing>>>);

impl Default for Filings {
    fn default() -> Self {
        Self(Mutex::new(Remembered::new(REMEMBERED_BYTES_MAX)))
    }
}

impl Filings {
    /// The filing of a dossier, if it is remembered.
    pub fn get(&self, code: &DossierCode) -> Option<Arc<Filing>> {
        self.remembered().get(code)
    }

    /// Remembers a filing that was read from `bytes` of storage.
    pub fn remember(&self, code: &DossierCode, filing: &Arc<Filing>, bytes: usize) {
        self.remembered().put(code, Arc::clone(filing), bytes);
    }

    fn remembered(&self) -> MutexGuard<'_, Remembered<Arc<Filing>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Filings {
    /// How many there are: what they say is of people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let remembered = self.remembered().by_code.len();
        f.debug_struct("Filings").field("remembered", &remembered).finish_non_exhaustive()
    }
}

struct Remembered<T> {
    /// Each with its bytes.
    by_code: LruCache<DossierCode, (T, usize)>,
    bytes: usize,
    bytes_max: usize,
}

impl<T: Clone> Remembered<T> {
    fn new(bytes_max: usize) -> Self {
        Self { by_code: LruCache::unbounded(), bytes: 0, bytes_max }
    }

    fn get(&mut self, code: &DossierCode) -> Option<T> {
        self.by_code.get(code).map(|(one, _)| one.clone())
    }

    fn put(&mut self, code: &DossierCode, one: T, bytes: usize) {
        let replaced = self.by_code.put(code.clone(), (one, bytes));
        self.bytes += bytes;
        self.bytes -= replaced.map_or(0, |(_, bytes)| bytes);
        while self.bytes_max < self.bytes
            && let Some((_, (_, bytes))) = self.by_code.pop_lru()
        {
            self.bytes -= bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(number: u32) -> DossierCode {
        format!("000.00.00.H43-261122-{number:04}").parse().unwrap()
    }

    #[test]
    fn what_was_used_longest_ago_is_forgotten_first() {
        let mut remembered = Remembered::new(100);
        for number in 1..=3 {
            remembered.put(&code(number), number, 40);
            assert_eq!(remembered.get(&code(1)), Some(1), "it is used again and again");
        }
        assert_eq!(remembered.get(&code(2)), None);
        assert_eq!(remembered.get(&code(3)), Some(3));
    }

    #[test]
    fn a_filing_read_twice_counts_once() {
        let mut remembered = Remembered::new(100);
        remembered.put(&code(1), 1, 50);
        for _ in 0..10 {
            remembered.put(&code(2), 2, 50);
        }
        assert_eq!((remembered.get(&code(1)), remembered.bytes), (Some(1), 100));
    }

    #[test]
    fn one_that_is_too_long_is_not_kept() {
        let mut remembered = Remembered::new(100);
        remembered.put(&code(1), 1, 101);
        assert_eq!((remembered.get(&code(1)), remembered.bytes), (None, 0));
    }
}
