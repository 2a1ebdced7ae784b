//! Changes of the catalogue by a controller: beginning a draft, throwing it away, publishing it, ending a procedure. Each in
//! one transaction with its line in the office log.

use jiff::civil::Date;
use motcua_db::{DbError, Tx};
use motcua_domain::procedure::{ProcedureCode, ProcedureVersion, PublicationDecision};

use crate::account::office_log::{self, Deed, Doer};
use crate::app::App;
use crate::clock::stored;
use crate::procedure::draft::{Draft, store as drafts};
use crate::procedure::store;
use crate::web::wording;

/// Why the catalogue is not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// There is no such procedure, version or draft.
    #[error("there is no such procedure, version or draft")]
    NotFound,
    /// Somebody else saved, published or threw the draft away since the page was made.
    #[error("the draft was changed meanwhile")]
    Stale,
    /// Another version was published since the draft was begun.
    #[error("another version was published meanwhile")]
    Overtaken,
    /// The database.
    #[error("the database")]
    Db(#[source] DbError),
}

impl From<DbError> for ChangeError {
    fn from(error: DbError) -> Self {
        // Two publications of the same number: one came first.
        if matches!(error, DbError::Conflict(_)) { Self::Overtaken } else { Self::Db(error) }
    }
}

/// Begins a draft. One that is there already stays, and is gone on with.
pub fn begin(tx: &mut Tx<'_>, app: &App, doer: &Doer, draft: &Draft) -> Result<(), ChangeError> {
    if drafts::insert(tx, draft)? {
        let deed = deed("catalogue.log_begun", &draft.base.code).word("version", draft.base_version);
        office_log::record(tx, app, doer, &deed)?;
    }
    Ok(())
}

/// Throws a draft away.
pub fn throw_away(
    tx: &mut Tx<'_>,
    app: &App,
    doer: &Doer,
    code: &ProcedureCode,
    seen: i64,
) -> Result<(), ChangeError> {
    if !drafts::remove(tx, code, seen)? {
        return Err(ChangeError::Stale);
    }
    Ok(office_log::record(tx, app, doer, &deed("catalogue.log_thrown_away", code))?)
}

/// Publishes what a draft says as the next version, and puts the draft away. `seen` is the version of the draft that was
/// looked through.
pub fn publish(
    tx: &mut Tx<'_>,
    app: &App,
    doer: &Doer,
    draft: &Draft,
    version: &ProcedureVersion,
) -> Result<u32, ChangeError> {
    if !drafts::remove(tx, &version.code, draft.version)? {
        return Err(ChangeError::Stale);
    }
    let latest = latest(tx, &version.code)?;
    if latest != draft.base_version {
        return Err(ChangeError::Overtaken);
    }
    append(tx, app, doer, "catalogue.log_published", version, latest + 1)
}

/// Ends a procedure by a decision: the last version again, with a last day. Dossiers that run keep the version they have.
pub fn end(
    tx: &mut Tx<'_>,
    app: &App,
    doer: &Doer,
    code: &ProcedureCode,
    seen: u32,
    last: Date,
    decision: &PublicationDecision,
) -> Result<u32, ChangeError> {
    let latest = latest(tx, code)?;
    if latest != seen {
        return Err(ChangeError::Overtaken);
    }
    let before = store::version(tx, code, latest)?.ok_or(ChangeError::NotFound)?;
    let today = app.office().day;
    let ended = ProcedureVersion {
        publication: Some(decision.clone()),
        // It takes the place of the one before at once, and says until when.
        valid_from: before.valid_from.max(today).min(last),
        valid_to: Some(last),
        source: None,
        ..before
    };
    append(tx, app, doer, "catalogue.log_ended", &ended, latest + 1)
}

fn append(
    tx: &mut Tx<'_>,
    app: &App,
    doer: &Doer,
    kind: &'static str,
    version: &ProcedureVersion,
    number: u32,
) -> Result<u32, ChangeError> {
    let version = ProcedureVersion { version: number, ..version.clone() };
    store::publish(tx, &version, &stored(app.clock.now()), &doer.name)?;
    let decision = version.publication.as_ref().map(|decision| decision.number.clone()).unwrap_or_default();
    let deed = deed(kind, &version.code)
        .word("version", number)
        .word("name", &version.name)
        .word("decision", decision)
        .word("from", wording::day_short(version.valid_from))
        .word("last", version.valid_to.map_or_else(|| "…".to_owned(), wording::day_short));
    office_log::record(tx, app, doer, &deed)?;
    Ok(number)
}

fn latest(tx: &mut Tx<'_>, code: &ProcedureCode) -> Result<u32, ChangeError> {
    Ok(store::versions(tx, code)?.first().map_or(0, |head| head.version))
}

fn deed(kind: &'static str, code: &ProcedureCode) -> Deed {
    Deed::new(kind, format!("procedure:{code}")).word("code", code)
}
