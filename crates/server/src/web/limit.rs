//! Limits on how often one address or one person may ask: a bucket of tokens for each, in memory.
//!
//! Each process counts for itself and forgets when it stops. What must hold across both, such as wrong passwords,
//! is counted in storage as well.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use axum::http::request::Parts;
use jiff::Timestamp;
use serde::Deserialize;

use crate::app::App;
use crate::web::error::PageError;

/// Buckets kept at the same time. With more callers than this the oldest counts are forgotten rather than kept.
const BUCKETS_MAX: usize = 100_000;

/// What is limited, by its name in the configuration. An address may stand for a whole office or neighbourhood, so its
/// limits are wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// What holds unless the configuration says otherwise.
    fn usual(self) -> Rate {
        let rate = |at_once, per_hour| Rate { at_once, per_hour };
        match self {
            Self::MailsPerAddress => rate(5, 20),
            Self::MailsPerRemote | Self::HandoffsPerRemote => rate(30, 120),
            Self::CodesPerAddress => rate(10, 40),
            Self::SignInsPerRemote | Self::BadTokensPerRemote | Self::HandoffsPerPerson => rate(60, 600),
            Self::SignInsPerLogin => rate(20, 60),
            Self::LookUpsPerRemote => rate(60, 1_200),
            Self::PublicCallsPerRemote => rate(600, 18_000),
            Self::UploadsPerPerson => rate(200, 1_200),
            Self::CallsPerPerson | Self::PiecesPerPerson => rate(2_000, 72_000),
        }
    }
}

/// How often somebody may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "WrittenRate")]
pub struct Rate {
    /// So many at once.
    pub at_once: u32,
    /// And so many more each hour.
    pub per_hour: u32,
}

/// A rate as it is written, before anybody has looked at it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRate {
    at_once: i64,
    per_hour: i64,
}

/// A rate by which nobody could ever ask, or more than anybody counts.
#[derive(Debug, thiserror::Error)]
#[error("{name} is {given}: write a whole number from 1 to {max}", max = u32::MAX)]
struct BadRate {
    name: &'static str,
    given: i64,
}

impl TryFrom<WrittenRate> for Rate {
    type Error = BadRate;

    fn try_from(written: WrittenRate) -> Result<Self, BadRate> {
        let number = |name, given: i64| {
            u32::try_from(given).ok().filter(|number| 0 < *number).ok_or(BadRate { name, given })
        };
        let at_once = number("at_once", written.at_once)?;
        Ok(Self { at_once, per_hour: number("per_hour", written.per_hour)? })
    }
}

/// Section `[limits]` of the configuration. A limit that it does not name is the usual one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Rates(BTreeMap<Limit, Rate>);

impl Rates {
    /// What holds.
    pub fn of(&self, limit: Limit) -> Rate {
        self.0.get(&limit).copied().unwrap_or_else(|| limit.usual())
    }

    /// Those that are named, in the order of [`Limit`].
    pub fn named(&self) -> impl Iterator<Item = (Limit, Rate)> {
        self.0.iter().map(|(limit, rate)| (*limit, *rate))
    }
}

/// All buckets of this process.
#[derive(Debug, Default)]
pub struct Limits {
    rates: Rates,
    buckets: Mutex<HashMap<(Limit, String), Bucket>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: f64,
    at: Timestamp,
}

impl Limits {
    /// Empty ones, by these rates.
    pub fn new(rates: Rates) -> Self {
        Self { rates, buckets: Mutex::default() }
    }

    /// Takes one token of `key`, or refuses because there is none left for now.
    pub fn take(&self, limit: Limit, key: &str, now: Timestamp) -> Result<(), PageError> {
        if self.try_take(limit, key, now) { Ok(()) } else { Err(PageError::TooMany) }
    }

    /// As [`Limits::take`], for pages that say it beside the field.
    pub fn try_take(&self, limit: Limit, key: &str, now: Timestamp) -> bool {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if BUCKETS_MAX <= buckets.len() {
            forget(&mut buckets, &self.rates, now);
        }
        let rate = self.rates.of(limit);
        let full = Bucket { tokens: f64::from(rate.at_once), at: now };
        let bucket = buckets.entry((limit, key.to_owned())).or_insert(full);
        bucket.tokens = filled(rate, *bucket, now);
        bucket.at = now;
        let allowed = 1.0 <= bucket.tokens;
        if allowed {
            bucket.tokens -= 1.0;
        }
        allowed
    }
}

/// Drops the buckets that are full again; when that is not enough, all of them.
fn forget(buckets: &mut HashMap<(Limit, String), Bucket>, rates: &Rates, now: Timestamp) {
    buckets.retain(|(limit, _), bucket| {
        let rate = rates.of(*limit);
        filled(rate, *bucket, now) < f64::from(rate.at_once)
    });
    if BUCKETS_MAX <= buckets.len() {
        tracing::warn!("too many callers to count; limits start anew");
        buckets.clear();
    }
}

fn filled(rate: Rate, bucket: Bucket, now: Timestamp) -> f64 {
    let hours = now.duration_since(bucket.at).as_secs_f64().max(0.0) / 3600.0;
    (bucket.tokens + hours * f64::from(rate.per_hour)).min(f64::from(rate.at_once))
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
    fn the_configuration_says_how_often_and_names_what_it_changes() {
        let rates: Rates = toml::from_str("mails_per_address = { at_once = 2, per_hour = 60 }").unwrap();
        let limits = Limits::new(rates);
        let take = |limit, minute| limits.try_take(limit, "an", at(minute));
        assert!(take(Limit::MailsPerAddress, 0) && take(Limit::MailsPerAddress, 0));
        assert!(!take(Limit::MailsPerAddress, 0));
        assert!(take(Limit::MailsPerAddress, 1), "sixty an hour is one a minute");
        assert!((0..10).all(|_| take(Limit::CodesPerAddress, 0)) && !take(Limit::CodesPerAddress, 0));
    }

    #[test]
    fn a_rate_by_which_nobody_could_ask_is_refused_by_name() {
        for (written, said) in [
            (
                "mails_per_address = { at_once = 0, per_hour = 20 }",
                "at_once is 0: write a whole number from 1",
            ),
            ("mails_per_address = { at_once = 5, per_hour = -1 }", "per_hour is -1"),
            ("mails_per_address = { at_once = 99999999999, per_hour = 1 }", "at_once is 99999999999"),
            ("mails_per_address = { at_once = 5 }", "per_hour"),
            ("mails_per_address = { at_once = 5, per_hour = 20, per_day = 9 }", "per_day"),
            ("mails_per_address = { at_once = \"many\", per_hour = 20 }", "invalid type: string"),
            ("mails_per_address = { at_once = 1.5, per_hour = 20 }", "invalid type: floating point"),
            ("mails_per_address = 5", "invalid type"),
            ("mails_per_adress = { at_once = 5, per_hour = 20 }", "unknown variant `mails_per_adress`"),
        ] {
            let error = toml::from_str::<Rates>(written).unwrap_err().to_string();
            assert!(error.contains(said) && error.contains("line 1"), "{written}: {error}");
        }
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
