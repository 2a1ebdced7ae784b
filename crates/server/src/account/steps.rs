//! Changes of accounts and roles, each written into the office log in the transaction that makes it: the one road of
//! the pages of administration and of the command line.

use motcua_db::{DbError, Tx};
use motcua_domain::ids::PersonId;

use crate::account::office_log::{self, Deed, Doer};
use crate::account::people::store::{self, PersonRow, Tenure};
use crate::account::people::{self, NewOfficer};
use crate::app::App;
use crate::web::wording;

/// Why a change is not made.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// No such person.
    #[error("no such person")]
    NotFound,
    /// Nobody could administrate afterwards.
    #[error("the last administrator")]
    LastAdministrator,
    /// The same appointment begins on that day already, or there is none to end.
    #[error("no such appointment, or there is one already")]
    Appointment,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Makes the account of an officer. `Conflict` when the login is taken.
pub fn add(tx: &mut Tx<'_>, app: &App, doer: &Doer, new: &NewOfficer) -> Result<PersonId, DbError> {
    let id = people::create_officer(tx, app, new)?;
    let deed = Deed::to_person("account.log_added", id).word("name", &new.name).word("login", &new.login);
    office_log::record(tx, app, doer, &deed)?;
    Ok(id)
}

/// Gives a role in a unit. `Conflict` when the same appointment begins on that day already.
pub fn appoint(
    tx: &mut Tx<'_>,
    app: &App,
    doer: &Doer,
    id: PersonId,
    tenure: &Tenure,
) -> Result<(), DbError> {
    people::appoint(tx, id, &tenure.appointment, tenure.valid_from, tenure.valid_to)?;
    office_log::record(tx, app, doer, &tenure_deed("account.log_appointed", id, tenure))
}

/// Gives an officer a new password, to be changed at the next sign-in, and ends every session.
pub fn give_password(
    tx: &mut Tx<'_>,
    app: &App,
    doer: &Doer,
    id: PersonId,
    hash: &str,
) -> Result<(), ChangeError> {
    let row = store::find(tx, id)?.filter(|row| row.login.is_some());
    row.ok_or(ChangeError::NotFound)?;
    changed(tx, id, |row| {
        row.password = Some(hash.to_owned());
        row.password_once = true;
        row.failures = 0;
        row.locked_until = None;
    })?;
    crate::account::store::end_other_sessions(tx, id, None, app.clock.now())?;
    Ok(office_log::record(tx, app, doer, &Deed::to_person("account.log_password_given", id))?)
}

/// Forgets the second factor, so that another telephone is set up at the next sign-in, and ends every session.
pub fn clear_second_factor(tx: &mut Tx<'_>, app: &App, doer: &Doer, id: PersonId) -> Result<(), ChangeError> {
    changed(tx, id, |row| row.totp = None)?;
    crate::account::store::end_other_sessions(tx, id, None, app.clock.now())?;
    Ok(office_log::record(tx, app, doer, &Deed::to_person("account.log_totp_cleared", id))?)
}

/// Loads a person, changes it by `edit`, saves it.
pub(super) fn changed(
    tx: &mut Tx<'_>,
    id: PersonId,
    edit: impl FnOnce(&mut PersonRow),
) -> Result<PersonRow, ChangeError> {
    let mut row = store::find(tx, id)?.ok_or(ChangeError::NotFound)?;
    edit(&mut row);
    store::save(tx, &row)?;
    Ok(row)
}

/// What the log says of a role that was given or ended.
pub(super) fn tenure_deed(kind: &'static str, id: PersonId, tenure: &Tenure) -> Deed {
    let last = tenure.valid_to.and_then(|end| end.yesterday().ok());
    Deed::to_person(kind, id)
        .word("role", tenure.appointment.role.name())
        .word("unit", &tenure.appointment.unit)
        .word("from", wording::day_short(tenure.valid_from))
        .word("until", last.map_or_else(|| "…".to_owned(), wording::day_short))
}
