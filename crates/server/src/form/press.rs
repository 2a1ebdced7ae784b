//! Where papers are typeset and bound: on two threads of their own. What one paper needed stays ready for the next, several
//! tens of megabytes on each thread that ever made one; on whichever thread is free, many would hold it.

use std::sync::LazyLock;

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

/// Papers in the making at once. One takes milliseconds.
const THREADS: usize = 2;

/// Only its threads for blocking work are used.
static PRESS: LazyLock<Runtime> = LazyLock::new(|| {
    let mut press = Builder::new_current_thread();
    press.max_blocking_threads(THREADS).thread_name("press");
    press.build().expect("a runtime without timers and sockets asks the system for nothing")
});

/// Does the work as soon as a thread is free.
pub fn put<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    PRESS.spawn_blocking(work)
}
