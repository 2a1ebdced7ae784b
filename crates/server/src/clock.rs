//! The one place that knows what time it is.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Where the time comes from. Rules never ask; they are told.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The time of this machine, cut to milliseconds, which is what storage keeps.
    System,
    /// A time that stands still until it is set: tests and simulations.
    Set(Arc<Mutex<Timestamp>>),
}

impl Clock {
    /// A clock that stands at `at`.
    pub fn standing(at: Timestamp) -> Self {
        Self::Set(Arc::new(Mutex::new(at)))
    }

    /// Now, in whole milliseconds.
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn now(&self) -> Timestamp {
        let now = match self {
            Self::System => Timestamp::now(),
            Self::Set(at) => *at.lock().unwrap_or_else(PoisonError::into_inner),
        };
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// Puts a standing clock to `at`. The clock of the machine is left alone.
    pub fn set(&self, at: Timestamp) {
        if let Self::Set(held) = self {
            *held.lock().unwrap_or_else(PoisonError::into_inner) = at;
        }
    }

    /// Moves a standing clock on.
    pub fn advance(&self, by: SignedDuration) {
        self.set(self.now() + by);
    }
}

/// An instant as storage keeps it: UTC, fixed width, sorts as bytes.
pub fn stored(at: Timestamp) -> String {
    format!("{at:.3}")
}
