//! How officers sign in: login and password, then a code from their telephone.

pub mod new_password;
pub mod own;
pub mod second_factor;
pub mod set_up;
pub mod sign_in;

use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use axum::response::Response;
use jiff::SignedDuration;
use motcua_db::DbError;
use motcua_domain::ids::PersonId;
use serde::{Deserialize, Serialize};

use crate::account::office_log::{self, Deed, Doer};
use crate::account::people::{self, store::PersonRow};
use crate::account::ticket::{self, Ticket};
use crate::account::{Back, redirect, session};
use crate::app::App;
use crate::web::error::PageError;
use crate::web::visitor::{Face, Visitor};

/// Where an officer lands who did not come from anywhere.
const HOME: &str = "/can-bo";
/// A wrong password is answered after this long, whether or not the login exists.
const WRONG_ANSWER_MS: u64 = 250;

/// The password was right; the second factor is due.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PasswordRight {
    /// Whose.
    pub person: PersonId,
    /// Where to go afterwards.
    pub back: String,
}

/// The password was right, and a second factor is being set up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SettingUp {
    /// Whose.
    pub person: PersonId,
    /// Where to go afterwards.
    pub back: String,
    /// The secret offered, base32.
    pub secret: String,
}

/// Both factors were right; the password given by the administrator must be changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PasswordDue {
    /// Whose.
    pub person: PersonId,
    /// Where to go afterwards.
    pub back: String,
}

impl Ticket for PasswordRight {
    const PURPOSE: &'static str = "ticket:password-right";
}

impl Ticket for SettingUp {
    const PURPOSE: &'static str = "ticket:setting-up";
}

impl Ticket for PasswordDue {
    const PURPOSE: &'static str = "ticket:password-due";
}

/// The officer of a ticket, unless the account was closed or locked since it was issued.
async fn officer_of(app: &App, id: PersonId) -> Result<Option<PersonRow>, DbError> {
    let row = app.store.read(move |tx| people::store::find(tx, id)).await?;
    Ok(row.filter(|row| may_sign_in(app, row)))
}

/// Whether an account is open, an officer's, and not locked.
fn may_sign_in(app: &App, row: &PersonRow) -> bool {
    let locked = row.locked_until.is_some_and(|until| app.clock.now() < until);
    row.active && row.login.is_some() && !locked
}

/// Counts a wrong password or code against an account, and writes down when that locks it.
async fn count_failure(app: &App, row: &PersonRow) -> Result<(), DbError> {
    let config = &app.config.account;
    let (failures_max, id) = (config.failures_max, row.id);
    let locked_until = app.clock.now() + SignedDuration::from_mins(config.lock_minutes);
    let (world, doer) = (app.clone(), Doer { id: Some(row.id), name: row.name.clone() });
    app.store
        .write(move |tx| {
            people::store::count_failure(tx, id, failures_max, locked_until)?;
            let now_locked =
                people::store::find(tx, id)?.is_some_and(|row| row.locked_until == Some(locked_until));
            if now_locked {
                let deed = Deed::to_person("account.log_locked", id).word("failures", failures_max);
                office_log::record(tx, &world, &doer, &deed)?;
            }
            Ok(())
        })
        .await
}

/// Waits so that every wrong answer takes the same time.
async fn even_out(started: Instant) {
    tokio::time::sleep(Duration::from_millis(WRONG_ANSWER_MS).saturating_sub(started.elapsed())).await;
}

/// After both factors: a password that was given is changed first, then the session opens.
async fn go_on(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
    row: &PersonRow,
    back: &str,
) -> Result<Response, PageError> {
    if row.password_once {
        let ticket = ticket::issue(app, PasswordDue { person: row.id, back: back.to_owned() });
        return Ok(redirect("/can-bo/dang-nhap/mat-khau", vec![ticket]));
    }
    finish(app, visitor, headers, row, back).await
}

/// Opens the session of an officer and leads back to where the sign-in began.
pub(super) async fn finish(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
    row: &PersonRow,
    back: &str,
) -> Result<Response, PageError> {
    let token = session::open(app, row.id, Face::Desk, headers).await?;
    let (world, id, language) = (app.clone(), row.id, visitor.locale.code());
    let doer = Doer { id: Some(row.id), name: row.name.clone() };
    app.store
        .write(move |tx| {
            people::store::forget_failures(tx, id)?;
            people::store::set_language(tx, id, language)?;
            office_log::record(tx, &world, &doer, &Deed::to_person("account.log_signed_in", id))
        })
        .await?;
    let cookies = vec![session::set_cookie(app, Some(&token)), ticket::withdraw(app)];
    Ok(redirect(Back::new(back).path_or(HOME), cookies))
}
