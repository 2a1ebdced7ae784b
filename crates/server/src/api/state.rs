//! What a step answers: where the dossier stands now. The same facts in every language, so that it can be repeated.

use motcua_domain::dossier::Status as RuledStatus;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::dossiers::etag;
use crate::api::store::Answer;
use crate::api::wire::{Instant, StatusName};
use crate::dossier::row;
use crate::dossier::steps::Taken;
use crate::office::Snapshot;

/// Where a dossier stands after a step.
#[derive(Debug, Serialize, ToSchema)]
pub struct DossierState {
    /// Its code.
    code: String,
    /// Its version now: send it as `If-Match` of the next step.
    version: u64,
    /// National number of its status.
    status_number: u8,
    /// Name of its status.
    status: StatusName,
    /// When it is due; null while it waits for the applicant, and without a limit.
    due_at: Option<Instant>,
    /// What this step recorded.
    recorded: Vec<RecordedEvent>,
}

/// An entry that a step wrote into the journal.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordedEvent {
    /// Its number.
    sequence: u64,
    /// Name of the event.
    kind: &'static str,
}

impl DossierState {
    /// The dossier after a step.
    pub fn new(office: &Snapshot, taken: &Taken) -> Self {
        let status: RuledStatus = taken.dossier.status();
        let recorded = taken.recorded.iter();
        Self {
            code: taken.dossier.code.to_string(),
            version: taken.dossier.progress.version,
            status_number: status.number(),
            status: status.into(),
            due_at: row::due(&taken.dossier, office).map(Instant::from),
            recorded: recorded
                .map(|one| RecordedEvent { sequence: one.sequence, kind: one.event.name() })
                .collect(),
        }
    }
}

/// The answer of a step: 201 with its place for a new dossier, 200 for one that was there.
pub fn answer(office: &Snapshot, taken: &Taken, is_new: bool) -> Answer {
    let state = DossierState::new(office, taken);
    Answer {
        request_hash: String::new(),
        status: if is_new { 201 } else { 200 },
        etag: etag(state.version),
        location: is_new.then(|| format!("/api/v1/dossiers/{}", state.code)),
        body: serde_json::to_string(&state).expect("texts and numbers are JSON"),
    }
}
