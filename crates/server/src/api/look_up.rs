//! Public look-up by exact code: how far a dossier is and when it is due, and nothing about anybody.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::caller::Anybody;
use crate::api::problem::{Kind, Problem};
use crate::api::wire::{Instant, Status};
use crate::app::App;
use crate::portal::lookup;
use crate::web::limit::{Limit, Remote};

/// What everybody may know about a dossier.
#[derive(Debug, Serialize, ToSchema)]
pub struct Progress {
    /// The code, as it is printed.
    code: String,
    /// Where it stands.
    status: Status,
    /// Steps of its electronic process that are done.
    steps_done: usize,
    /// Steps it has.
    steps_total: usize,
    /// When it is due; null when there is no limit, or the clock has not started.
    due_at: Option<Instant>,
    /// What is to be expected next, in words.
    note: String,
}

/// Looks a dossier up. A code that is not there is answered like one that cannot be.
pub async fn show(
    State(app): State<App>,
    anybody: Anybody,
    remote: Remote,
    Path(code): Path<String>,
) -> Result<Json<Progress>, Problem> {
    app.limits.take(Limit::LookUpsPerRemote, &remote.0, app.clock.now())?;
    let found = lookup::find(&app, &code, anybody.locale).await?.ok_or(Kind::NotFound)?;
    Ok(Json(Progress {
        code: found.code,
        status: Status::new(anybody.locale, found.status),
        steps_done: found.done,
        steps_total: found.all,
        due_at: found.due_at.map(Instant::from),
        note: found.note,
    }))
}
