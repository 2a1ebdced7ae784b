//! Sessions: a random secret in a cookie, its hash in storage, ended by time or by signing out.

use jiff::{SignedDuration, Timestamp};
use motcua_db::DbError;
use motcua_domain::ids::PersonId;

use crate::account::store;
use crate::app::App;
use crate::clock::stored;
use crate::web::visitor::{Face, Person};

/// A session is marked as seen at most this often, so that reading a page seldom writes.
const SEEN_MINUTES: i64 = 5;

/// The person behind a session cookie; `None` when it is unknown, over or the account was closed.
pub async fn find(app: &App, token: &str) -> Result<Option<Person>, DbError> {
    let hash = app.secrets.keyed_hash("session", token);
    let now = app.clock.now();
    let idle_since = now - SignedDuration::from_mins(app.config.account.idle_minutes_max);
    let key = hash.clone();
    let Some(found) = app.store.read(move |tx| store::find_session(tx, &key, now, idle_since)).await? else {
        return Ok(None);
    };
    if found.seen_at + SignedDuration::from_mins(SEEN_MINUTES) < now {
        app.store.write(move |tx| store::touch_session(tx, &hash, now)).await?;
    }
    Ok(Some(found.person))
}

/// Opens a session and returns the secret for the cookie.
pub async fn open(app: &App, person: PersonId, face: Face) -> Result<String, DbError> {
    let token = app.random.token();
    let hash = app.secrets.keyed_hash("session", &token);
    let now = app.clock.now();
    let expires_at = now + SignedDuration::from_hours(app.config.account.session_hours_max);
    app.store.write(move |tx| store::insert_session(tx, &hash, person, face, now, expires_at)).await?;
    Ok(token)
}

/// Ends a session.
pub async fn close(app: &App, token: &str) -> Result<(), DbError> {
    let hash = app.secrets.keyed_hash("session", token);
    app.store.write(move |tx| store::delete_session(tx, &hash)).await
}

/// What storage knows about a session.
#[derive(Clone, Debug)]
pub struct Found {
    /// Who.
    pub person: Person,
    /// Last request.
    pub seen_at: Timestamp,
}

/// An instant as storage keeps it, for the queries of this word.
pub(super) fn instant(at: Timestamp) -> motcua_db::Value {
    stored(at).into()
}
