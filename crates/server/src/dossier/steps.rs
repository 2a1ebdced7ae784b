//! Load, decide, save, record: the one road every change takes.

mod made;

use std::sync::Arc;

use jiff::Timestamp;
use motcua_db::{DbError, Query, Tx};
use motcua_domain::access::{Actor, Denial, may_see};
use motcua_domain::dossier::apply::begin;
use motcua_domain::dossier::code::BadCode;
use motcua_domain::dossier::decide::file as decide_filing;
use motcua_domain::dossier::{
    Action, Ctx, Decision, Dossier, DossierCode, Filing, Progress, Recorded, Refusal,
};
use motcua_domain::identity::fold;
use motcua_domain::office_time;

use crate::app::App;
use crate::clock::stored;
use crate::dossier::journal::EntryError;
use crate::dossier::row::{self, Head};
use crate::dossier::steps::made::{Made, Step, decided};
use crate::dossier::store::{self, DossierRow, Stored};
use crate::office::Snapshot;

/// How often a step is tried when others come between.
const ATTEMPTS_MAX: usize = 6;

/// Why a step was not taken.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// No such dossier, or not for this person to know.
    #[error("no such dossier")]
    NotFound,
    /// The rules say no.
    #[error("refused: {0}")]
    Refused(Box<Refusal>),
    /// The dossier changed since the page was shown. Holds its version now.
    #[error("the dossier changed meanwhile, it is at version {0}")]
    Stale(u64),
    /// The template of codes makes no code.
    #[error(transparent)]
    Code(#[from] BadCode),
    /// The journal cannot be read.
    #[error("the journal cannot be read")]
    Journal(#[from] EntryError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<Refusal> for StepError {
    fn from(refusal: Refusal) -> Self {
        if refusal.hides_dossier() { Self::NotFound } else { Self::Refused(Box::new(refusal)) }
    }
}

/// A dossier as it was loaded.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// As it stands now.
    pub dossier: Dossier,
    /// Where its journal ends.
    pub head: Head,
    /// What proves its due instant and its work as they are stored.
    pub counted: String,
}

/// A step that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The dossier after it.
    pub dossier: Dossier,
    /// What was recorded.
    pub recorded: Vec<Recorded>,
    /// Where its journal ends now.
    pub head: Head,
    /// As of a [`Loaded`] dossier.
    pub counted: String,
}

impl Taken {
    /// The dossier, for the next step.
    pub fn loaded(&self) -> Loaded {
        Loaded { dossier: self.dossier.clone(), head: self.head.clone(), counted: self.counted.clone() }
    }
}

/// What else is written in the transaction of a step, once it is taken.
pub type Also = Arc<dyn Fn(&mut Tx<'_>, &Taken) -> Result<(), DbError> + Send + Sync>;

/// For a step with which nothing else is written.
pub fn nothing_else() -> Also {
    Arc::new(|_, _| Ok(()))
}

/// Files a dossier. The same `submit_key` files it once, however often the button is pressed.
pub async fn file(app: &App, actor: &Actor, filing: Filing, submit_key: &str) -> Result<Taken, StepError> {
    file_and(app, actor, filing, submit_key, nothing_else()).await
}

/// As [`file()`], with more to write in the same transaction. A dossier that an earlier press filed has nothing recorded.
pub async fn file_and(
    app: &App,
    actor: &Actor,
    filing: Filing,
    submit_key: &str,
    also: Also,
) -> Result<Taken, StepError> {
    if let Some(code) = app.store.ask(store::submission(submit_key)).await? {
        return again(app, &code).await;
    }
    let now = app.now_to_record();
    let code = new_code(app, &filing, now).await?;
    let office = app.office();
    let (job_app, key, actor) = (app.clone(), submit_key.to_owned(), actor.clone());
    let new = code.clone();
    let filed: Result<Arc<Taken>, StepError> = app
        .store
        .write(move |tx| {
            store::remember_submission(tx, &key, &new, now)?;
            let ctx = ctx(&actor, &office, now, None, None, 0);
            let decision = decide_filing(&ctx, &new, filing.clone())?;
            let made = Made::new(&job_app, &office, decision, None)?;
            let taken = made.keep(tx, &job_app, None)?;
            also(tx, &taken)?;
            Ok(taken)
        })
        .await;
    match filed {
        // The button was pressed twice at once: the other press won, and its dossier is the answer.
        Err(StepError::Db(DbError::Conflict(_))) => {
            let code = app.store.ask(store::submission(submit_key)).await?;
            again(app, &code.ok_or(StepError::NotFound)?).await
        }
        Err(error) => Err(error),
        Ok(taken) => Ok(Arc::unwrap_or_clone(taken)),
    }
}

/// Takes one step on a dossier. `expected` is the version the person saw: anything newer is answered as stale.
pub async fn take(
    app: &App,
    actor: &Actor,
    code: &DossierCode,
    expected: Option<u64>,
    action: Action,
) -> Result<Taken, StepError> {
    take_on(app, actor, &find(app, code).await?, expected, action).await
}

/// As [`take`], on a dossier that was loaded just now: it is not loaded again unless somebody else came between.
pub async fn take_on(
    app: &App,
    actor: &Actor,
    loaded: &Loaded,
    expected: Option<u64>,
    action: Action,
) -> Result<Taken, StepError> {
    take_on_and(app, actor, loaded, expected, action, nothing_else()).await
}

/// As [`take_on`], with more to write in the same transaction.
pub async fn take_on_and(
    app: &App,
    actor: &Actor,
    loaded: &Loaded,
    expected: Option<u64>,
    action: Action,
    also: Also,
) -> Result<Taken, StepError> {
    let step = Arc::new(Step { actor: actor.clone(), action, expected });
    let loaded = Arc::new(loaded.clone());
    for attempt in 0..ATTEMPTS_MAX {
        let (inner, step, before, also) =
            (app.clone(), Arc::clone(&step), Arc::clone(&loaded), Arc::clone(&also));
        let (office, now) = (app.office(), app.now_to_record());
        // Whatever needs no number is decided before others have to wait for it. Saving notices that the dossier changed
        // since it was loaded; then it is loaded again, in the transaction.
        let early = attempt == 0 && loaded.dossier.form_of(&step.action).is_none();
        let made = if early { Some(step.made(app, &office, &before, None, now)?) } else { None };
        let taken = app
            .store
            .write(move |tx| {
                let taken = match &made {
                    Some(made) => made.keep(tx, &inner, Some(&before)),
                    None if attempt == 0 => step.take(tx, &inner, &office, &before, now),
                    None => {
                        let found = load(tx, &inner, &before.dossier.code)?.ok_or(StepError::NotFound)?;
                        step.take(tx, &inner, &office, &found, now)
                    }
                }?;
                also(tx, &taken)?;
                Ok::<_, StepError>(taken)
            })
            .await;
        match taken {
            Err(StepError::Db(DbError::Conflict(_))) => {}
            Err(error) => return Err(error),
            Ok(taken) => return Ok(Arc::unwrap_or_clone(taken)),
        }
    }
    Err(StepError::Db(DbError::Busy))
}

/// Brings what lists read of a dossier in line with the office as it is now. The dossier itself does not change.
pub fn count_again(tx: &mut Tx<'_>, app: &App, office: &Snapshot, loaded: &Loaded) -> Result<(), StepError> {
    let dossier = &loaded.dossier;
    let code = dossier.code.as_str();
    let due = row::due(dossier, office).map(stored);
    let work = row::work(dossier, office, office.settings_of(dossier));
    let counted = row::counted(&app.secrets, code, due.as_deref(), &work);
    if counted != loaded.counted {
        store::put_due(tx, code, due.as_deref(), &counted, loaded.head.sequence)?;
        store::put_work(tx, code, &work)?;
        let names = row::name_keys(&fold(&dossier.filing.applicant.name));
        store::put_units(tx, code, &dossier.units(), &names)?;
    }
    Ok(())
}

/// Loads a dossier: its row holds what changes, its first entry what was asked.
pub fn load(tx: &mut Tx<'_>, app: &App, code: &DossierCode) -> Result<Option<Loaded>, StepError> {
    let filing = app.filings.get(code);
    let found = tx.ask(&query(code, filing.as_ref()))?;
    found.map(|found| loaded(app, code, filing, found)).transpose()
}

/// Loads a dossier as it is now; `NotFound` when there is none with this code.
async fn find(app: &App, code: &DossierCode) -> Result<Loaded, StepError> {
    let filing = app.filings.get(code);
    let found = app.store.ask(query(code, filing.as_ref())).await?;
    loaded(app, code, filing, found.ok_or(StepError::NotFound)?)
}

/// The row of a dossier, with its first entry when the filing is not remembered.
fn query(code: &DossierCode, filing: Option<&Arc<Filing>>) -> Query<Option<Stored>> {
    if filing.is_some() { store::find(code) } else { store::find_with_filing(code) }
}

/// What storage holds of a dossier, read back.
fn loaded(
    app: &App,
    code: &DossierCode,
    filing: Option<Arc<Filing>>,
    (row, first): Stored,
) -> Result<Loaded, StepError> {
    let filing = match first {
        Some(first) => {
            let begun = begin(code, &first.recorded(&app.secrets)?).ok_or(EntryError::Column("content"))?;
            app.filings.remember(code, &begun.filing, first.content.len());
            begun.filing
        }
        None => filing.ok_or(StepError::NotFound)?,
    };
    let dossier = Dossier { code: code.clone(), filing, progress: progress(&row)? };
    Ok(Loaded { dossier, head: head_of(&row), counted: row.counted })
}

/// Opens a dossier for a person: `NotFound` unless this person may see it.
pub async fn open(app: &App, actor: &Actor, code: &DossierCode) -> Result<Loaded, StepError> {
    seen(actor, find(app, code).await?)
}

/// What [`open`] answers of each of these codes, read in one transaction: the caller bounds how many they are. A text
/// that is no code leads to no dossier.
pub async fn open_all(
    app: &App,
    actor: &Actor,
    codes: Vec<String>,
) -> Result<Vec<Result<Loaded, StepError>>, DbError> {
    let inner = app.clone();
    let read = app.store.read(move |tx| {
        let mut one = |code: &String| {
            let Ok(code) = code.parse::<DossierCode>() else { return Ok(Err(StepError::NotFound)) };
            match load(tx, &inner, &code) {
                Err(StepError::Db(error)) => Err(error),
                loaded => Ok(loaded.and_then(|found| found.ok_or(StepError::NotFound))),
            }
        };
        codes.iter().map(&mut one).collect::<Result<Vec<_>, DbError>>()
    });
    Ok(read.await?.into_iter().map(|found| seen(actor, found?)).collect())
}

/// What was loaded, if this person may see it.
fn seen(actor: &Actor, loaded: Loaded) -> Result<Loaded, StepError> {
    match may_see(actor, &loaded.dossier) {
        Ok(_) => Ok(loaded),
        Err(Denial::RoleReadsNoDossiers) => Err(Refusal::Denied(Denial::RoleReadsNoDossiers).into()),
        Err(_) => Err(StepError::NotFound),
    }
}

/// Opens a dossier for an officer's screen and records the reading, so that the applicant sees it. The same officer
/// reading again within some minutes is one reading.
pub async fn view(app: &App, actor: &Actor, code: &DossierCode, purpose: &str) -> Result<Loaded, StepError> {
    let loaded = open(app, actor, code).await?;
    if app.readings.is_news(actor, code, app.clock.now()) {
        take_on(app, actor, &loaded, None, Action::Read { purpose: purpose.to_owned() }).await?;
    }
    Ok(loaded)
}

/// What a step would make of a dossier as it was loaded, without taking it. A form that it issues gets its number only
/// when it is taken.
pub fn foresee(app: &App, actor: &Actor, loaded: &Loaded, action: &Action) -> Result<Decision, Refusal> {
    let number = loaded.dossier.form_of(action).map(|_| 1);
    decided(&app.office(), actor, app.clock.now(), loaded, number, action)
}

/// The whole journal of a dossier as the rules see it. The caller has opened the dossier before.
pub async fn history(app: &App, code: &DossierCode) -> Result<Vec<Recorded>, StepError> {
    let key = code.to_string();
    let entries = app.store.read(move |tx| store::journal(tx, &key)).await?;
    Ok(entries.iter().map(|entry| entry.recorded(&app.secrets)).collect::<Result<_, _>>()?)
}

/// The context of the rules for this person now, also for screens that ask what is possible. A dossier is judged by
/// the settings it was taken in under; without one, those of today hold.
pub fn ctx<'a>(
    actor: &'a Actor,
    office: &'a Snapshot,
    now: Timestamp,
    dossier: Option<&Dossier>,
    form_number: Option<u32>,
    entries: u64,
) -> Ctx<'a> {
    let settings = dossier.map_or_else(|| office.settings(), |dossier| office.settings_of(dossier));
    Ctx { now, actor, office, settings, form_number, entries }
}

fn progress(row: &DossierRow) -> Result<Progress, EntryError> {
    Ok(serde_json::from_str(&row.progress)?)
}

fn head_of(row: &DossierRow) -> Head {
    Head { sequence: row.head_sequence, hash: row.head_hash.clone() }
}

async fn again(app: &App, code: &DossierCode) -> Result<Taken, StepError> {
    let Loaded { dossier, head, counted } = find(app, code).await?;
    Ok(Taken { dossier, recorded: Vec::new(), head, counted })
}

/// Reserves a code: a number of the agency's day, in a small transaction of its own.
async fn new_code(app: &App, filing: &Filing, now: Timestamp) -> Result<DossierCode, StepError> {
    let day = office_time::day_of(now);
    let agency = filing.receiving_unit.clone();
    let number =
        app.store.write(move |tx| store::next_code_number(tx, agency.as_str(), &day.to_string())).await?;
    let template = app.office().settings().code_template.clone();
    let number = u32::try_from(number).map_err(|_| DbError::Decode("code number".to_owned()))?;
    Ok(DossierCode::from_template(&template, filing.receiving_unit.as_str(), day, number)?)
}
