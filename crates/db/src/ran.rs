//! What closures ran on a store: counted always, kept word for word when a test asks for it.

use std::sync::atomic::{AtomicU64, Ordering};
#[cfg(any(test, feature = "testing"))]
use std::sync::{Mutex, PoisonError};

use crate::Value;

/// Statements that closures ran since the store was opened.
#[derive(Default)]
pub(crate) struct Ran {
    count: AtomicU64,
    #[cfg(any(test, feature = "testing"))]
    kept: Mutex<Option<Vec<crate::testing::Statement>>>,
}

impl Ran {
    #[cfg_attr(
        not(any(test, feature = "testing")),
        expect(unused_variables, reason = "only tests keep them")
    )]
    pub(crate) fn note(&self, sql: &str, params: &[Value]) {
        self.count.fetch_add(1, Ordering::Relaxed);
        #[cfg(any(test, feature = "testing"))]
        if let Some(kept) = self.kept.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            kept.push(crate::testing::Statement { sql: sql.to_owned(), params: params.to_vec() });
        }
    }

    pub(crate) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// Begins to keep statements, or ends it; answers those that were kept until now.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn keep(&self, on: bool) -> Vec<crate::testing::Statement> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *kept, on.then(Vec::new)).unwrap_or_default()
    }
}
