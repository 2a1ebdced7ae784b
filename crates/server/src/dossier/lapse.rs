//! What happens when nobody does anything: a supplement that never came stops the dossier, a pause that ran out ends.

use motcua_domain::access::Actor;
use motcua_domain::dossier::{Action, DossierCode, Refusal};

use crate::app::App;
use crate::clock::stored;
use crate::dossier::steps::{self, StepError};
use crate::dossier::store;
use crate::web::locale::Locale;

/// Dossiers looked at in one turn; the rest wait for the next.
const TURN_MAX: i64 = 500;

/// Stops what waited too long and resumes what was paused long enough. Safe to run twice: the rules refuse what has
/// not lapsed or was done already.
pub async fn lapse(app: &App) -> anyhow::Result<()> {
    let now = stored(app.clock.now());
    let unanswered = {
        let now = now.clone();
        app.store.read(move |tx| store::unanswered(tx, &now, TURN_MAX)).await?
    };
    for code in unanswered {
        take(app, &code, stop()).await?;
    }
    for code in app.store.read(move |tx| store::paused(tx, TURN_MAX)).await? {
        take(app, &code, Action::Resume { note: Locale::Vi.t("dossier.pause_over").to_owned() }).await?;
    }
    Ok(())
}

/// How the program stops what waited too long for its papers.
pub fn stop() -> Action {
    let words = |key: &str| Locale::Vi.t(key).to_owned();
    Action::Stop {
        reason: words("dossier.lapsed_reason"),
        legal_base: words("dossier.lapsed_base"),
        fee_settlement: words("dossier.lapsed_fees"),
    }
}

async fn take(app: &App, code: &DossierCode, action: Action) -> anyhow::Result<()> {
    match steps::take(app, &Actor::System, code, None, action).await {
        Ok(_) => Ok(()),
        Err(StepError::Refused(refusal)) => {
            if !matches!(*refusal, Refusal::NotLapsed | Refusal::NotPaused | Refusal::WrongStatus { .. }) {
                tracing::warn!(refusal = %refusal, "a lapsed dossier could not be moved on");
            }
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}
