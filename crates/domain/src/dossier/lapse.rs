//! What the program does by itself when a time set to somebody is over.

use jiff::{SignedDuration, Timestamp};

use crate::dossier::{ActionKind, Dossier};

/// Something that the program may do from a certain instant on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lapse {
    /// The first whole second at which [`crate::access::Actor::System`] may do it.
    pub from: Timestamp,
    /// [`ActionKind::Stop`] when the applicant's deadline for papers is over (domain rules §3.4.3),
    /// [`ActionKind::Resume`] when a pause on other grounds is (§3.4.10).
    pub kind: ActionKind,
}

/// What lapses next, for the server to put a job on its calendar. The job asks [`crate::dossier::decide::decide`] like
/// anybody: when the applicant was faster, the answer is no.
pub fn next_lapse(dossier: &Dossier) -> Option<Lapse> {
    if dossier.status().is_closed() {
        return None;
    }
    if let Some(supplement) = dossier.open_supplement() {
        return Some(Lapse { from: after(supplement.answer_by), kind: ActionKind::Stop });
    }
    dossier.open_pause().map(|pause| Lapse { from: pause.until, kind: ActionKind::Resume })
}

/// The applicant may still answer at the very instant.
fn after(at: Timestamp) -> Timestamp {
    at.checked_add(SignedDuration::from_secs(1)).unwrap_or(Timestamp::MAX)
}
