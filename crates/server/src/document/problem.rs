//! Why a file was not taken, each in words of its own.

use axum::http::StatusCode;

use crate::app::App;
use crate::document::blob::BlobError;
use crate::document::receive::ReceiveError;
use crate::web::locale::Locale;
use crate::web::wording;

/// Most files of one component.
pub const PER_COMPONENT_MAX: usize = 20;

/// Why a file was not taken. Each has its own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Nothing was chosen.
    NoFile,
    /// There is nothing in it.
    Empty,
    /// Larger than allowed.
    TooBig,
    /// Of a kind that is not taken, whatever its name says.
    WrongKind,
    /// Locked with a password.
    Locked,
    /// Its end is missing, or the line broke.
    CutOff,
    /// It changed on its way.
    Altered,
    /// There is malware in it.
    Infected,
    /// It could not be looked at for malware.
    NotScanned,
    /// No more files fit.
    TooMany,
    /// The same file is there already.
    Again,
    /// The disk is full.
    DiskFull,
    /// It could not be stored.
    NotStored,
    /// What it was meant for was handed in meanwhile.
    HandedIn,
    /// The link it came by is over, or another phone's.
    LinkOver,
}

impl Problem {
    const ALL: [Self; 15] = [
        Self::NoFile,
        Self::Empty,
        Self::TooBig,
        Self::WrongKind,
        Self::Locked,
        Self::CutOff,
        Self::Altered,
        Self::Infected,
        Self::NotScanned,
        Self::TooMany,
        Self::Again,
        Self::DiskFull,
        Self::NotStored,
        Self::HandedIn,
        Self::LinkOver,
    ];

    /// The name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoFile => "no_file",
            Self::Empty => "empty",
            Self::TooBig => "too_big",
            Self::WrongKind => "wrong_kind",
            Self::Locked => "locked",
            Self::CutOff => "cut_off",
            Self::Altered => "altered",
            Self::Infected => "infected",
            Self::NotScanned => "not_scanned",
            Self::TooMany => "too_many",
            Self::Again => "again",
            Self::DiskFull => "disk_full",
            Self::NotStored => "not_stored",
            Self::HandedIn => "handed_in",
            Self::LinkOver => "link_over",
        }
    }

    /// The problem with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|problem| problem.name() == name)
    }

    /// What to do about it, after the name of the file when there is one. `bytes_max` is the limit of the way it came.
    pub fn words(self, app: &App, locale: Locale, bytes_max: u64, file: &str) -> String {
        let key = match self {
            Self::NoFile => "portal.file_none",
            Self::TooMany => "portal.file_too_many",
            Self::Again => "portal.file_again",
            Self::Empty => "file.empty",
            Self::TooBig => "file.too_big",
            Self::WrongKind => "file.wrong_kind",
            Self::Locked => "file.locked",
            Self::CutOff => "file.cut_off",
            Self::Altered => "file.altered",
            Self::Infected => "file.infected",
            Self::NotScanned => "file.not_scanned",
            Self::DiskFull => "file.disk_full",
            Self::NotStored => "file.not_stored",
            Self::HandedIn => "portal.already_filed",
            Self::LinkOver => "handoff.over",
        };
        let said = locale
            .say(key)
            .arg("limit", wording::file_size(locale, bytes_max))
            .arg("count", PER_COMPONENT_MAX)
            .arg("all", app.config.upload.files_max);
        if file.is_empty() { said.to_string() } else { format!("{file}: {said}") }
    }

    /// The status code of the answer to a script.
    pub fn status(self) -> StatusCode {
        match self {
            Self::TooBig => StatusCode::PAYLOAD_TOO_LARGE,
            Self::WrongKind => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Again | Self::TooMany | Self::HandedIn => StatusCode::CONFLICT,
            Self::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
            Self::NotScanned => StatusCode::SERVICE_UNAVAILABLE,
            Self::LinkOver => StatusCode::GONE,
            Self::NotStored => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NoFile | Self::Empty | Self::Locked | Self::CutOff | Self::Altered | Self::Infected => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
        }
    }
}

impl From<ReceiveError> for Problem {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::Empty => Self::Empty,
            ReceiveError::TooBig { .. } => Self::TooBig,
            ReceiveError::WrongKind => Self::WrongKind,
            ReceiveError::Locked => Self::Locked,
            ReceiveError::CutOff | ReceiveError::Interrupted(_) => Self::CutOff,
            ReceiveError::Altered => Self::Altered,
            ReceiveError::Infected => Self::Infected,
            ReceiveError::NotScanned(_) => Self::NotScanned,
            ReceiveError::Blob(BlobError::DiskFull(_)) => Self::DiskFull,
            ReceiveError::Blob(error) => {
                tracing::error!(error = %error, "a file could not be stored");
                Self::NotStored
            }
        }
    }
}
