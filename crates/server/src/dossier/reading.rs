//! Readings of the last minutes, so that reloading a page does not fill the journal.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use motcua_domain::access::Actor;
use motcua_domain::dossier::DossierCode;
use motcua_domain::ids::PersonId;

/// Within this time a second look at the same dossier is the same reading.
const SAME_READING_MINUTES: i64 = 10;
/// Readings remembered at most; beyond it the old ones are forgotten, and recorded again.
const REMEMBERED_MAX: usize = 10_000;

/// Who read what a moment ago. Forgotten at a restart, which records a reading once more and loses none.
#[derive(Debug, Default)]
pub struct Readings(Mutex<HashMap<(PersonId, DossierCode), Timestamp>>);

impl Readings {
    /// Whether this reading has to be recorded; remembers it.
    pub fn is_news(&self, actor: &Actor, code: &DossierCode, now: Timestamp) -> bool {
        let Actor::Officer { id, .. } = actor else { return false };
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if REMEMBERED_MAX <= recent.len() {
            recent.retain(|_, at| now < *at + SignedDuration::from_mins(SAME_READING_MINUTES));
        }
        if REMEMBERED_MAX <= recent.len() {
            recent.clear();
        }
        let key = (*id, code.clone());
        let known =
            recent.get(&key).is_some_and(|at| now < *at + SignedDuration::from_mins(SAME_READING_MINUTES));
        if !known {
            recent.insert(key, now);
        }
        !known
    }
}
