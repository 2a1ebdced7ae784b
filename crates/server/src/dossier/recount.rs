//! Due instants in the rows of dossiers and work follow the calendar, the units and the settings: when one of these
//! changes, running dossiers are counted again.

use jiff::SignedDuration;
use motcua_db::DbError;
use motcua_domain::dossier::DossierCode;

use crate::app::App;
use crate::dossier::steps::{self, StepError};
use crate::dossier::store::{self, Counted};

/// Dossiers read at a time.
const PAGE: i64 = 200;
/// The second pass comes this long after the first, in seconds. By then every server has read the office again and
/// finished the steps it began before.
const SECOND_PASS_SECONDS: i64 = 150;

/// Counts every running dossier again, if anything it is counted with changed since the last time. Safe to run twice.
pub async fn recount(app: &App) -> anyhow::Result<()> {
    app.reload_office().await?;
    let office = app.office();
    let now = app.clock.now();
    let last = app.store.read(store::counted).await?;
    let passes = match last {
        Some(last) if last.stamp == office.stamp => {
            let is_early = now < last.at + SignedDuration::from_secs(SECOND_PASS_SECONDS);
            if 2 <= last.passes || is_early {
                return Ok(());
            }
            last.passes + 1
        }
        Some(_) | None => 1,
    };
    let mut after = String::new();
    loop {
        let from = after.clone();
        let codes = app.store.read(move |tx| store::running_after(tx, &from, PAGE)).await?;
        let Some(last) = codes.last() else { break };
        after = last.to_string();
        for code in codes {
            count_again(app, code).await?;
        }
    }
    let counted = Counted { stamp: office.stamp.clone(), passes, at: now };
    app.store.write(move |tx| store::put_counted(tx, &counted)).await?;
    Ok(())
}

/// One dossier in its own transaction. A step taken meanwhile counts it with the same calendar.
async fn count_again(app: &App, code: DossierCode) -> anyhow::Result<()> {
    let (world, office) = (app.clone(), app.office());
    let counted = app
        .store
        .write(move |tx| {
            let Some(loaded) = steps::load(tx, &world, &code)? else { return Ok(()) };
            steps::count_again(tx, &world, &office, &loaded)
        })
        .await;
    match counted {
        Ok(()) | Err(StepError::Db(DbError::Conflict(_))) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
