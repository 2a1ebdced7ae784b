//! Tickets: what is known between two pages of a sign-in, sealed in a cookie that soon expires.
//!
//! Nothing is stored for people who have not signed in yet, and addresses stay out of links and logs.

use axum::http::{HeaderMap, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::web::guard::set_cookie;
use crate::web::visitor::cookie;

/// The cookie. One sign-in at a time: a new one replaces the ticket of the last.
const COOKIE: &str = "buoc";
/// A ticket is good for this long.
const MINUTES_MAX: i64 = 30;

#[derive(Serialize, Deserialize)]
struct Envelope<T> {
    at: Timestamp,
    content: T,
}

/// What a kind of ticket is sealed for; a ticket of one kind does not open as another.
pub trait Ticket: Serialize + DeserializeOwned {
    /// The purpose of the seal.
    const PURPOSE: &'static str;
}

/// The `Set-Cookie` value that hands a ticket out.
pub fn issue<T: Ticket>(app: &App, content: T) -> HeaderValue {
    let envelope = Envelope { at: app.clock.now(), content };
    let json = serde_json::to_string(&envelope).expect("a ticket is texts");
    let sealed = app.secrets.seal(&app.random, T::PURPOSE, &json);
    let seconds = MINUTES_MAX * 60;
    HeaderValue::from_str(&set_cookie(app, COOKIE, &sealed, Some(seconds))).expect("a seal is ASCII")
}

/// The ticket that came with a request, unless it is over or of another kind.
pub fn read<T: Ticket>(app: &App, headers: &HeaderMap) -> Option<T> {
    let json = app.secrets.open(T::PURPOSE, &cookie(headers, COOKIE)?).ok()?;
    let envelope: Envelope<T> = serde_json::from_str(&json).ok()?;
    let fresh = app.clock.now() < envelope.at + SignedDuration::from_mins(MINUTES_MAX);
    fresh.then_some(envelope.content)
}

/// The `Set-Cookie` value that takes the ticket back.
pub fn withdraw(app: &App) -> HeaderValue {
    HeaderValue::from_str(&set_cookie(app, COOKIE, "", Some(0))).expect("a constant is ASCII")
}
