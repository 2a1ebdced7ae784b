//! Codes by mail: six digits that prove who reads an address.

use jiff::{SignedDuration, Timestamp};
use motcua_db::{DbError, Tx};

use crate::account::people::email_hash;
use crate::app::App;

pub mod store;

/// A code is good for this long.
pub const CODE_MINUTES: i64 = 10;
/// Wrong tries before a code is worth nothing.
pub const TRIES_MAX: i64 = 5;

/// What a code that was typed is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The right one; it is used up.
    Right,
    /// A wrong one; so many tries are left.
    Wrong {
        /// How many.
        tries_left: i64,
    },
    /// Over, used up, or never sent.
    Over,
}

/// Makes a new code for an address. The code before it is worth nothing any more.
pub fn issue(tx: &mut Tx<'_>, app: &App, email: &str) -> Result<String, DbError> {
    let code = app.random.six_digits();
    let now = app.clock.now();
    let expires_at = now + SignedDuration::from_mins(CODE_MINUTES);
    let address = email_hash(app, email);
    store::put(tx, &address, &code_hash(app, &address, &code), now, expires_at)?;
    Ok(code)
}

/// Checks a code that was typed. The try is counted before it is compared, so that many at once all count.
pub fn check(
    tx: &mut Tx<'_>,
    app: &App,
    email: &str,
    typed: &str,
    now: Timestamp,
) -> Result<Answer, DbError> {
    let address = email_hash(app, email);
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let Some((expected, tries)) = store::count_try(tx, &address, now, TRIES_MAX)? else {
        return Ok(Answer::Over);
    };
    if code_hash(app, &address, &digits) != expected {
        let tries_left = (TRIES_MAX - tries).max(0);
        return Ok(if tries_left == 0 { Answer::Over } else { Answer::Wrong { tries_left } });
    }
    store::delete(tx, &address)?;
    Ok(Answer::Right)
}

fn code_hash(app: &App, address: &str, code: &str) -> String {
    app.secrets.keyed_hash("login-code", &format!("{address} {code}"))
}
