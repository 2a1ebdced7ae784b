//! The job behind a confirmed run: one dossier after another, each in a transaction of its own that also writes down what
//! became of it. Doing it twice changes nothing: a row that is settled is not done again.

use std::sync::Arc;

use motcua_db::{DbError, Tx};
use motcua_domain::dossier::DossierCode;

use crate::account::store as accounts;
use crate::app::App;
use crate::desk::act;
use crate::desk::bulk::acts::Act;
use crate::desk::bulk::order::Order;
use crate::desk::bulk::print;
use crate::desk::bulk::store::{self, Outcome, Run, RunRow};
use crate::document::blob::BlobHash;
use crate::dossier::steps::{self, Also, Loaded, StepError};
use crate::jobs::{self, JobKind, NewJob};

/// Rows read at a time.
const BATCH: i64 = 50;
/// Batches of one job, to stay far below the time a job may take; the rest is another job.
const BATCHES_MAX: usize = 10;

/// What became of a row other than done.
struct Left {
    outcome: Outcome,
    words: String,
}

impl Left {
    fn refused(words: impl Into<String>) -> Self {
        Self { outcome: Outcome::Refused, words: words.into() }
    }
}

/// Does what waits in a run, with the rights its author has now.
pub async fn work(app: &App, id: &str) -> anyhow::Result<()> {
    let key = id.to_owned();
    let Some(run) = app.store.read(move |tx| store::find(tx, &key)).await? else { return Ok(()) };
    let (author, today) = (run.author, app.office().day);
    let person = app.store.read(move |tx| accounts::find_officer(tx, author, today)).await?;
    let order = match &person {
        Some(person) => Some(Order::of(app, &run, person.actor())?),
        None => None,
    };
    for _ in 0..BATCHES_MAX {
        let key = run.id.clone();
        let rows = app.store.read(move |tx| store::waiting(tx, &key, BATCH)).await?;
        if rows.is_empty() {
            if let (Act::Print, Some(order), Some(person)) = (run.act, &order, &person) {
                print::bind(app, &run, order, person).await?;
            }
            let (key, now) = (run.id.clone(), app.clock.now());
            app.store.write(move |tx| store::end(tx, &key, now)).await?;
            return Ok(());
        }
        for row in &rows {
            let left = match &order {
                Some(order) => one(app, &run, order, row).await?,
                None => Some(Left::refused(run.locale.t("bulk.author_gone"))),
            };
            if let Some(left) = left {
                settle(app, &run, row, left).await?;
            }
        }
    }
    let (inner, job) = (app.clone(), job(app, &run.id));
    app.store.write(move |tx| jobs::enqueue(tx, &inner, &job)).await?;
    Ok(())
}

/// The job that does this run, now.
pub fn job(app: &App, run: &str) -> NewJob {
    NewJob { kind: JobKind::Bulk, dossier_code: None, payload: run.to_owned(), run_at: app.clock.now() }
}

/// Does the act to one dossier and answers why not, unless it is done.
async fn one(app: &App, run: &Run, order: &Order, row: &RunRow) -> anyhow::Result<Option<Left>> {
    let not_found = || Some(Left::refused(order.locale.t("bulk.not_found")));
    let Ok(code) = row.code.parse::<DossierCode>() else { return Ok(not_found()) };
    let taken = match steps::open(app, &order.actor, &code).await {
        Ok(loaded) if loaded.dossier.progress.version != version(row) => {
            return Ok(Some(stale(app, order, &loaded, row).await?));
        }
        Ok(loaded) => {
            let action = match order.action(app, &loaded.dossier, &row.step).await? {
                Ok(action) => action,
                Err(barred) => return Ok(Some(Left::refused(barred.words))),
            };
            let paper = match order.act {
                Act::Take(_) => None,
                Act::Print => match print::paper(app, order, &loaded.dossier).await? {
                    Ok(paper) => Some(paper),
                    Err(barred) => return Ok(Some(Left::refused(barred.words))),
                },
            };
            let also = note_done(app, run, row, paper);
            let taken =
                steps::take_on_and(app, &order.actor, &loaded, Some(version(row)), action, also).await;
            taken.map_err(|error| (error, Some(loaded)))
        }
        Err(error) => Err((error, None)),
    };
    match taken {
        Ok(_) => Ok(None),
        Err((StepError::Refused(refusal), Some(loaded))) => {
            Ok(Some(Left::refused(order.refusal(app, &loaded.dossier, &refusal))))
        }
        Err((StepError::NotFound | StepError::Refused(_), _)) => Ok(not_found()),
        Err((StepError::Stale(_), _)) => match steps::open(app, &order.actor, &code).await {
            Ok(loaded) => Ok(Some(stale(app, order, &loaded, row).await?)),
            Err(StepError::NotFound | StepError::Refused(_)) => Ok(not_found()),
            Err(error) => Err(error.into()),
        },
        // The database may be better later: the job is tried again. Unless the run was stopped, or another worker came first.
        Err((StepError::Db(error), _)) => {
            if is_waiting(app, run, row).await? {
                Err(error.into())
            } else {
                Ok(None)
            }
        }
        Err((error @ (StepError::Code(_) | StepError::Journal(_)), _)) => {
            tracing::error!(dossier.code = %code, error = %error, "a dossier of a bulk run cannot be read");
            Ok(Some(Left::refused(order.locale.t("bulk.broken"))))
        }
    }
}

fn version(row: &RunRow) -> u64 {
    u64::try_from(row.version).unwrap_or_default()
}

/// Who did what after the preview. Nothing was done to the dossier.
async fn stale(app: &App, order: &Order, now: &Loaded, row: &RunRow) -> Result<Left, StepError> {
    let changes = act::changes(app, order.locale, now, version(row)).await?;
    let words = order.locale.say("bulk.stale").arg("changes", changes).to_string();
    Ok(Left { outcome: Outcome::Stale, words })
}

/// Writes down in the transaction of the act that it is done, and what was printed. When the row waits no more, somebody
/// else settled it, and the act is not kept.
fn note_done(app: &App, run: &Run, row: &RunRow, paper: Option<BlobHash>) -> Also {
    let (id, place, now) = (run.id.clone(), row.place, app.clock.now());
    Arc::new(move |tx: &mut Tx<'_>, _| {
        if !store::settle(tx, &id, place, Outcome::Done, None, now)? {
            return Err(DbError::Conflict(format!("row {place} of the bulk run waits no more")));
        }
        paper.map_or(Ok(()), |paper| store::put_paper(tx, &id, place, paper))
    })
}

async fn is_waiting(app: &App, run: &Run, row: &RunRow) -> Result<bool, DbError> {
    app.store.ask(store::is_waiting(&run.id, row.place)).await
}

async fn settle(app: &App, run: &Run, row: &RunRow, left: Left) -> Result<(), DbError> {
    let (id, place, now) = (run.id.clone(), row.place, app.clock.now());
    let settled =
        app.store.write(move |tx| store::settle(tx, &id, place, left.outcome, Some(&left.words), now));
    settled.await.map(|_| ())
}
