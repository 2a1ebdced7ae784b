//! Sessions: a random secret in a cookie, its hash in storage, ended by time or by signing out.

use axum::http::{HeaderMap, HeaderValue, header};
use jiff::{SignedDuration, Timestamp};
use motcua_db::DbError;
use motcua_domain::ids::PersonId;

use crate::account::store::{self, NewSession};
use crate::app::App;
use crate::clock::stored;
use crate::web::guard;
use crate::web::visitor::{Face, Person, SESSION_COOKIE, cookie};

/// A session is marked as seen at most this often, so that reading a page seldom writes.
const SEEN_MINUTES: i64 = 5;
/// Characters kept of what a browser says it is.
const AGENT_CHARS_MAX: usize = 300;

/// The person behind a session cookie; `None` when it is unknown, over or the account was closed.
pub async fn find(app: &App, token: &str) -> Result<Option<Person>, DbError> {
    let hash = hash(app, token);
    let now = app.clock.now();
    let idle_since = idle_since(app);
    let Some(found) = app.store.ask(store::find_session(&hash, now, idle_since)).await? else {
        return Ok(None);
    };
    if found.seen_at + SignedDuration::from_mins(SEEN_MINUTES) < now {
        app.store.write(move |tx| store::touch_session(tx, &hash, now)).await?;
    }
    Ok(Some(found.person))
}

/// Opens a session and answers the secret for the cookie. The session the browser had before ends: a secret from
/// before the sign-in is worth nothing after it.
pub async fn open(app: &App, person: PersonId, face: Face, headers: &HeaderMap) -> Result<String, DbError> {
    let token = app.random.token();
    let before = cookie(headers, SESSION_COOKIE).map(|token| hash(app, &token));
    let now = app.clock.now();
    let new = NewSession {
        token_hash: hash(app, &token),
        person,
        face,
        agent: agent(headers),
        now,
        expires_at: now + SignedDuration::from_hours(app.config.account.session_hours_max),
    };
    app.store
        .write(move |tx| {
            if let Some(before) = &before {
                store::end_session(tx, before, now)?;
            }
            store::insert_session(tx, &new)
        })
        .await?;
    Ok(token)
}

/// Ends a session.
pub async fn close(app: &App, token: &str) -> Result<(), DbError> {
    let (hash, now) = (hash(app, token), app.clock.now());
    app.store.write(move |tx| store::end_session(tx, &hash, now)).await
}

/// By which a session is found; storage never holds the secret.
pub fn hash(app: &App, token: &str) -> String {
    app.secrets.keyed_hash("session", token)
}

/// Sessions without a request since then are over.
pub fn idle_since(app: &App) -> Timestamp {
    app.clock.now() - SignedDuration::from_mins(app.config.account.idle_minutes_max)
}

/// The `Set-Cookie` value that carries a session; without `token`, the one that ends it.
pub fn set_cookie(app: &App, token: Option<&str>) -> HeaderValue {
    let value =
        guard::set_cookie(app, SESSION_COOKIE, token.unwrap_or_default(), token.is_none().then_some(0));
    HeaderValue::from_str(&value).expect("a token is letters, digits, - and _")
}

/// What the browser says it is, cut to a length.
fn agent(headers: &HeaderMap) -> String {
    let said = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    said.chars().take(AGENT_CHARS_MAX).collect()
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
