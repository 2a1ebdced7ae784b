//! One at a time: whoever comes to an upload last gets it, and whoever wrote to it before stops at once.
//!
//! A line that broke leaves a request behind that waits for bytes that never come. The next request of the same
//! person must not wait for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Seat, OwnedMutexGuard};
use tokio_util::sync::CancellationToken;

/// How long somebody waits for the one before to put what came onto the disk.
const WAIT_SECONDS_MAX: u64 = 20;

/// Who writes to which upload, in this process. Between processes the row decides, see `note_received`.
#[derive(Debug, Default)]
pub struct Turns(Arc<Mutex<HashMap<String, Waiting>>>);

#[derive(Debug)]
struct Waiting {
    seat: Arc<Seat<()>>,
    /// Cancelled when the next one comes.
    last: CancellationToken,
}

/// The right to write to one upload, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    id: String,
    given_up: CancellationToken,
    all: Arc<Mutex<HashMap<String, Waiting>>>,
    seat: Option<OwnedMutexGuard<()>>,
}

impl Turns {
    /// Waits until the one before has stopped. None when that takes too long.
    pub async fn take(&self, id: &str) -> Option<Turn> {
        let mine = CancellationToken::new();
        let seat = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let waiting = all
                .entry(id.to_owned())
                .or_insert_with(|| Waiting { seat: Arc::default(), last: CancellationToken::new() });
            std::mem::replace(&mut waiting.last, mine.clone()).cancel();
            Arc::clone(&waiting.seat)
        };
        let taken = tokio::time::timeout(Duration::from_secs(WAIT_SECONDS_MAX), seat.lock_owned()).await;
        let seat = taken.ok()?;
        Some(Turn { id: id.to_owned(), given_up: mine, all: Arc::clone(&self.0), seat: Some(seat) })
    }
}

impl Turn {
    /// Ends when somebody else wants to go on.
    pub async fn given_up(&self) {
        self.given_up.cancelled().await;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        self.seat = None;
        // Only the one in the map is left: nobody waits.
        if all.get(&self.id).is_some_and(|waiting| Arc::strong_count(&waiting.seat) == 1) {
            all.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_last_one_gets_it_and_nothing_is_left() {
        let turns = Arc::new(Turns::default());
        let first = turns.take("a").await.unwrap();
        let other = turns.take("b").await.unwrap();
        let second = tokio::spawn({
            let turns = Arc::clone(&turns);
            async move { turns.take("a").await }
        });
        first.given_up().await;
        assert!(!second.is_finished(), "the first one still writes");
        drop(first);
        let second = second.await.unwrap().unwrap();
        assert!(!second.given_up.is_cancelled() && !other.given_up.is_cancelled());
        drop((second, other));
        assert!(turns.0.lock().unwrap().is_empty());
    }
}
