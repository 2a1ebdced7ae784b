//! Changes of units: load, decide, check that everything still makes a tree, save, write down who did it; in one
//! transaction.

use jiff::civil::Date;
use motcua_db::{DbError, Tx};
use motcua_domain::unit::{Successor, Unit, UnitCode, UnitDefect, Units};
use sha2::{Digest as _, Sha256};

use crate::account::office_log::{self, Deed, Doer};
use crate::app::App;
use crate::secrets::hex;
use crate::unit::store;
use crate::web::wording;

/// Why a unit is not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// A unit with this code is there already.
    #[error("there is a unit with this code")]
    Taken,
    /// There is no such unit.
    #[error("there is no such unit")]
    NotFound,
    /// Somebody else changed the unit since the page was made.
    #[error("the unit was changed meanwhile")]
    Stale,
    /// The new stretch does not begin inside the one it follows.
    #[error("the new stretch does not begin inside the one before")]
    OutsideStretch,
    /// These units stand under it after its last day.
    #[error("units stand under it after its last day")]
    Children(Vec<UnitCode>),
    /// The units would not make a tree any more.
    #[error("the units do not fit together: {0:?}")]
    Tree(Vec<UnitDefect>),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// How what was typed is to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was wrong and is put right.
    Correction,
    /// It was right, and is something else from the first day that was typed.
    NewStretch,
}

/// What the stretches of a unit say, in short: another text means that somebody changed them.
pub fn seal(stretches: &[Unit]) -> String {
    let json = serde_json::to_vec(stretches).expect("a unit is texts and days");
    hex(&Sha256::digest(json)[..12])
}

/// Adds a unit.
pub fn add(tx: &mut Tx<'_>, app: &App, doer: &Doer, unit: &Unit) -> Result<(), ChangeError> {
    store::lock(tx)?;
    if !store::all_of(tx, &unit.code)?.is_empty() {
        return Err(ChangeError::Taken);
    }
    store::save(tx, unit)?;
    check_tree(tx)?;
    record(tx, app, doer, &deed("unit.log_added", unit).word("from", wording::day_short(unit.valid_from)))
}

/// Changes the last stretch of a unit, or begins a new one after it. `seen` is the [`seal`] the page showed.
pub fn change(
    tx: &mut Tx<'_>,
    app: &App,
    doer: &Doer,
    seen: &str,
    how: Change,
    unit: &Unit,
) -> Result<(), ChangeError> {
    store::lock(tx)?;
    let mut before = last_seen(tx, &unit.code, seen)?;
    match how {
        Change::Correction => {
            if before.valid_from != unit.valid_from {
                store::remove(tx, &before.code, before.valid_from)?;
            }
            let after = Unit { valid_to: before.valid_to, successors: before.successors, ..unit.clone() };
            store::save(tx, &after)?;
        }
        Change::NewStretch => {
            let after = Unit {
                valid_to: before.valid_to,
                successors: std::mem::take(&mut before.successors),
                ..unit.clone()
            };
            let ends = unit.valid_from.yesterday().map_err(|_| ChangeError::OutsideStretch)?;
            if unit.valid_from <= before.valid_from
                || before.valid_to.is_some_and(|last| last < unit.valid_from)
            {
                return Err(ChangeError::OutsideStretch);
            }
            before.valid_to = Some(ends);
            store::save(tx, &before)?;
            store::save(tx, &after)?;
        }
    }
    check_tree(tx)?;
    let kind = match how {
        Change::Correction => "unit.log_corrected",
        Change::NewStretch => "unit.log_changed",
    };
    record(tx, app, doer, &deed(kind, unit).word("from", wording::day_short(unit.valid_from)))
}

/// Closes a unit after its last day, and says who takes over.
pub fn close(
    tx: &mut Tx<'_>,
    app: &App,
    doer: &Doer,
    code: &UnitCode,
    seen: &str,
    last: Date,
    successors: &[Successor],
) -> Result<(), ChangeError> {
    store::lock(tx)?;
    let mut unit = last_seen(tx, code, seen)?;
    unit.valid_to = Some(last);
    unit.successors = successors.to_vec();
    let all = store::all(tx)?;
    let below = all.iter().filter(|other| other.parent.as_ref() == Some(code));
    let left: Vec<UnitCode> = below
        .filter(|other| other.valid_to.is_none_or(|ends| last < ends))
        .map(|other| other.code.clone())
        .collect();
    if !left.is_empty() {
        return Err(ChangeError::Children(left));
    }
    store::save(tx, &unit)?;
    check_tree(tx)?;
    let names: Vec<&str> = successors.iter().map(|successor| successor.unit.as_str()).collect();
    let deed = deed("unit.log_closed", &unit)
        .word("last", wording::day_short(last))
        .word("successors", if names.is_empty() { "…".to_owned() } else { names.join(", ") });
    record(tx, app, doer, &deed)
}

/// Takes a closing back: the unit goes on as if it had not been closed.
pub fn reopen(
    tx: &mut Tx<'_>,
    app: &App,
    doer: &Doer,
    code: &UnitCode,
    seen: &str,
) -> Result<(), ChangeError> {
    store::lock(tx)?;
    let mut unit = last_seen(tx, code, seen)?;
    unit.valid_to = None;
    unit.successors.clear();
    store::save(tx, &unit)?;
    check_tree(tx)?;
    record(tx, app, doer, &deed("unit.log_reopened", &unit))
}

/// The last stretch of a unit, if it is still what the page showed.
fn last_seen(tx: &mut Tx<'_>, code: &UnitCode, seen: &str) -> Result<Unit, ChangeError> {
    let mut stretches = store::all_of(tx, code)?;
    let is_seen = seal(&stretches) == seen;
    let last = stretches.pop().ok_or(ChangeError::NotFound)?;
    if is_seen { Ok(last) } else { Err(ChangeError::Stale) }
}

fn check_tree(tx: &mut Tx<'_>) -> Result<(), ChangeError> {
    Units::new(store::all(tx)?).map(|_| ()).map_err(ChangeError::Tree)
}

fn deed(kind: &'static str, unit: &Unit) -> Deed {
    Deed::new(kind, format!("unit:{}", unit.code)).word("name", &unit.name).word("code", &unit.code)
}

fn record(tx: &mut Tx<'_>, app: &App, doer: &Doer, deed: &Deed) -> Result<(), ChangeError> {
    Ok(office_log::record(tx, app, doer, deed)?)
}
