//! Ends the links whose time is over, and forgets those that ended long ago, with what officers gathered and never used.

use jiff::SignedDuration;

use crate::account::office_log::Doer;
use crate::app::App;
use crate::document::handoff::{End, finish, store};

/// Links ended at most in one turn of the job.
const LINKS: i64 = 100;
/// How long a link that ended is kept, for whoever still looks at its page.
const KEPT_HOURS: i64 = 24;

/// Does both. Twice is as good as once.
pub async fn sweep(app: &App) -> anyhow::Result<()> {
    let now = app.clock.now();
    let inner = app.clone();
    app.store
        .write(move |tx| {
            for handoff in store::run_out(tx, now, LINKS)? {
                finish(tx, &inner, &Doer::program(), &handoff, End::Expired)?;
            }
            store::delete_ended(tx, now - SignedDuration::from_hours(KEPT_HOURS))?;
            let unfinished = SignedDuration::from_hours(24 * inner.config.upload.unfinished_days);
            crate::portal::store::purge_gathered(tx, now - unfinished)
        })
        .await?;
    Ok(())
}
