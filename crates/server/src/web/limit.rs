//! Limits on how often one address or one person may ask: a bucket of tokens for each, in memory.
//!
//! Each process counts for itself and forgets when it stops. What must hold across both, such as wrong passwords,
//! is counted in storage as well.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use axum::http::request::Parts;
use jiff::Timestamp;

use crate::app::App;
use crate::web::error::PageError;

/// Buckets kept at the same time. With more callers than this the oldest counts are forgotten rather than kept.
const BUCKETS_MAX: usize = 100_000;

/// What is limited. An address may stand for a whole office or neighbourhood, so its limits are wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Codes mailed to one e-mail address.
    MailsPerAddress,
    /// Codes asked for from one remote address.
    MailsPerRemote,
    /// Codes typed for one e-mail address.
    CodesPerAddress,
    /// Passwords and codes of officers typed from one remote address.
    SignInsPerRemote,
    /// Passwords and codes typed for one login.
    SignInsPerLogin,
    /// Dossier codes looked up from one remote address.
    LookUpsPerRemote,
    /// Tokens of the API that do not hold, from one remote address.
    BadTokensPerRemote,
    /// Calls of the API without a token, from one remote address.
    PublicCallsPerRemote,
    /// Calls of the API with the tokens of one person.
    CallsPerPerson,
    /// Files that one person begins to send, by whichever road: in pieces, with a form, as a program.
    UploadsPerPerson,
    /// Links for phones that one person opens.
    HandoffsPerPerson,
    /// Links for phones that do not exist, asked for from one remote address.
    HandoffsPerRemote,
    /// Pieces of uploads that one person sends: each reaches the disk before it is answered.
    PiecesPerPerson,
}

impl Limit {
    /// How many at once, and how many more each hour.
    fn rule(self) -> (f64, f64) {
        match self {
            Self::MailsPerAddress => (5.0, 20.0),
            Self::MailsPerRemote | Self::HandoffsPerRemote => (30.0, 120.0),
            Self::CodesPerAddress => (10.0, 40.0),
            Self::SignInsPerRemote | Self::BadTokensPerRemote | Self::HandoffsPerPerson => (60.0, 600.0),
            Self::SignInsPerLogin => (20.0, 60.0),
            Self::LookUpsPerRemote => (60.0, 1_200.0),
            Self::PublicCallsPerRemote => (600.0, 18_000.0),
            Self::UploadsPerPerson => (200.0, 1_200.0),
            Self::CallsPerPerson | Self::PiecesPerPerson => (2_000.0, 72_000.0),
        }
    }
}

/// All buckets of this process.
#[derive(Debug, Default)]
pub struct Limits(Mutex<HashMap<(Limit, String), Bucket>>);

#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: f64,
    at: Timestamp,
}

impl Limits {
    /// Takes one token of `key`, or refuses because there is none left for now.
    pub fn take(&self, limit: Limit, key: &str, now: Timestamp) -> Result<(), PageError> {
        if self.try_take(limit, key, now) { Ok(()) } else { Err(PageError::TooMany) }
    }

    /// As [`Limits::take`], for pages that say it beside the field.
    pub fn try_take(&self, limit: Limit, key: &str, now: Timestamp) -> bool {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if BUCKETS_MAX <= buckets.len() {
            forget(&mut buckets, now);
        }
        let (most, _) = limit.rule();
        let bucket = buckets.entry((limit, key.to_owned())).or_insert(Bucket { tokens: most, at: now });
        bucket.tokens = filled(limit, *bucket, now);
        bucket.at = now;
        let allowed = 1.0 <= bucket.tokens;
        if allowed {
            bucket.tokens -= 1.0;
        }
        allowed
    }
}

/// Drops the buckets that are full again; when that is not enough, all of them.
fn forget(buckets: &mut HashMap<(Limit, String), Bucket>, now: Timestamp) {
    buckets.retain(|(limit, _), bucket| filled(*limit, *bucket, now) < limit.rule().0);
    if BUCKETS_MAX <= buckets.len() {
        tracing::warn!("too many callers to count; limits start anew");
        buckets.clear();
    }
}

fn filled(limit: Limit, bucket: Bucket, now: Timestamp) -> f64 {
    let (most, per_hour) = limit.rule();
    let hours = now.duration_since(bucket.at).as_secs_f64().max(0.0) / 3600.0;
    (bucket.tokens + hours * per_hour).min(most)
}

/// The remote address a request came from, as a key of limits: whole for IPv4, the first half for IPv6, because
/// a household has the other half to itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote(pub String);

impl<S> FromRequestParts<S> for Remote
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let app = App::from_ref(state);
        let forwarded = app.config.server.behind_proxy.then(|| last_forwarded(parts)).flatten();
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        Ok(Self(forwarded.or(peer).map_or_else(|| "unknown".to_owned(), key)))
    }
}

/// The address our own proxy saw: the last one. Those before it are what the caller says.
fn last_forwarded(parts: &Parts) -> Option<IpAddr> {
    let line = parts.headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    line.rsplit(',').next()?.trim().parse().ok()
}

fn key(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::")
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
    }

    #[test]
    fn the_bucket_empties_and_fills_again() {
        let limits = Limits::default();
        let take = |key: &str, minute| limits.try_take(Limit::MailsPerAddress, key, at(minute));
        assert!((0..5).all(|_| take("an", 0)));
        assert!(!take("an", 0));
        assert!(take("binh", 0), "everybody has a bucket of their own");
        assert!(take("an", 3), "twenty an hour is one in three minutes");
        assert!(!take("an", 3));
        assert_eq!((0..100).filter(|_| take("an", 600)).count(), 5, "it never holds more than it may");
    }

    #[test]
    fn a_clock_set_back_does_not_fill_it() {
        let limits = Limits::default();
        assert!((0..5).all(|_| limits.try_take(Limit::MailsPerAddress, "an", at(60))));
        assert!(!limits.try_take(Limit::MailsPerAddress, "an", at(0)));
    }

    #[test]
    fn households_share_a_bucket_and_written_forms_do_not_matter() {
        assert_eq!(key("2001:db8:1:2:3:4:5:6".parse().unwrap()), key("2001:db8:1:2::9".parse().unwrap()));
        assert_ne!(key("2001:db8:1:2::1".parse().unwrap()), key("2001:db8:1:3::1".parse().unwrap()));
        assert_eq!(key("::ffff:192.0.2.1".parse().unwrap()), "192.0.2.1");
    }
}
