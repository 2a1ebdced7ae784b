//! Named points of the write road at which the program can be made to die, for the harness that looks for what is lost.
//!
//! `MOTCUA_DIE_AT=commit:17` ends the process at once, as a power cut would, when it comes to that point for the
//! seventeenth time. Without the variable nothing happens.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Every point, in the order of the road of a change.
pub const POINTS: [&str; 6] = ["commit", "committed", "file_kept", "file_named", "job_claimed", "job_done"];

/// The variable that names one, and how often it is passed first.
pub const VARIABLE: &str = "MOTCUA_DIE_AT";

struct Wanted {
    point: String,
    left: AtomicU64,
}

static WANTED: LazyLock<Option<Wanted>> = LazyLock::new(|| parse(&std::env::var(VARIABLE).ok()?));

fn parse(text: &str) -> Option<Wanted> {
    let (point, times) = text.split_once(':')?;
    let left = times.parse().ok().filter(|times| *times != 0)?;
    POINTS.contains(&point).then(|| Wanted { point: point.to_owned(), left: AtomicU64::new(left) })
}

/// Here the process may be made to die. `name` is one of [`POINTS`].
pub fn point(name: &str) {
    debug_assert!(POINTS.contains(&name), "{name} is no point of the write road");
    if let Some(wanted) = &*WANTED
        && wanted.point == name
        && wanted.left.fetch_sub(1, Ordering::Relaxed) == 1
    {
        std::process::abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_named_with_how_often_it_is_passed() {
        let read = |text| parse(text).map(|wanted| (wanted.point, wanted.left.into_inner()));
        assert_eq!(read("commit:17"), Some(("commit".to_owned(), 17)));
        for wrong in ["commit", "commit:0", "commit:x", "kommit:1", ""] {
            assert!(read(wrong).is_none(), "{wrong}");
        }
    }
}
