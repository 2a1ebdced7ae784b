//! Files that arrive in pieces, by the tus protocol 1.0 (core, creation, checksum, expiration, termination).
//!
//! How much arrived is what the row says, and never more than what lies in the part file: the row is written after the
//! bytes were flushed to disk, and what lies behind it is cut off before anything is added. So an answered piece
//! survives any stop, and half a piece that a stop left behind is never taken for a whole one.

mod finish;
mod part;
pub mod place;
mod receive;
mod sender;
pub mod store;
pub mod sweep;
pub mod turn;
pub mod tus;
pub mod web;

use jiff::{SignedDuration, Timestamp};
use motcua_domain::ids::PersonId;

use crate::app::App;
use crate::document::blob::BlobHash;
use crate::document::kind::FileKind;
use crate::document::problem::Problem;

pub use finish::finish_arrived;
pub use place::Place;
pub use sender::Sender;
pub use web::{PATH, href, routes};

/// Most uploads of one person on their way at the same time.
pub const OPEN_MAX: i64 = 20;
/// Their bytes together, in files of the largest size.
const OPEN_FILES_MAX: u64 = 10;
/// For how long somebody is told that an upload was given up.
const TOLD_DAYS: i64 = 14;

/// A file on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Nobody can guess it.
    pub id: String,
    /// Who sends it. Nobody else sees it.
    pub owner: PersonId,
    /// What it is meant for.
    pub place: Place,
    /// The link by which a phone sends it; none when its owner does.
    pub handoff: Option<String>,
    /// As the person named it.
    pub name: String,
    /// What the sender said about it, as it was sent.
    pub metadata: String,
    /// Its whole length.
    pub size: u64,
    /// What the sender says its SHA-256 is.
    pub sha256_given: Option<BlobHash>,
    /// How much of it is on disk.
    pub received: u64,
    /// What it was found to be, while it is moved to its place.
    pub found: Option<Found>,
    /// What became of it.
    pub ended: Option<Ended>,
    /// The file it became.
    pub file: Option<String>,
    /// Begun.
    pub created_at: Timestamp,
    /// Given up then, unless more comes; the end itself once it ended.
    pub expires_at: Timestamp,
}

/// A whole file, looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its hash.
    pub hash: BlobHash,
    /// What it is.
    pub kind: FileKind,
}

/// What became of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It is where it was meant to be.
    Kept,
    /// Nobody went on with it.
    Expired,
    /// It was not taken.
    Refused(Problem),
}

impl Ended {
    /// The name in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Expired => "expired",
            Self::Refused(problem) => problem.name(),
        }
    }

    /// What has this name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "kept" => Some(Self::Kept),
            "expired" => Some(Self::Expired),
            problem => Problem::from_name(problem).map(Self::Refused),
        }
    }
}

impl Upload {
    /// Whether everything is here, and nothing was made of it yet.
    pub fn has_arrived(&self) -> bool {
        self.ended.is_none() && self.received == self.size
    }

    /// How much of it is here, in whole percent.
    pub fn percent(&self) -> u64 {
        100 * self.received / self.size.max(1)
    }
}

/// When an upload that gets something now is given up.
fn expiry(app: &App) -> Timestamp {
    app.clock.now() + SignedDuration::from_hours(24 * app.config.upload.unfinished_days)
}
