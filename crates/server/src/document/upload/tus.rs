//! The words of the tus protocol 1.0: what requests say in their headers, and what is answered.

use axum::Json;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Serialize;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::document::blob::BlobError;
use crate::document::problem::Problem;
use crate::document::receive::ReceiveError;
use crate::document::upload::finish::FinishError;
use crate::document::upload::{Ended, OPEN_MAX, Upload};
use crate::web::error::PageError;
use crate::web::locale::Locale;

pub const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const VERSIONS: HeaderName = HeaderName::from_static("tus-version");
const EXTENSIONS: HeaderName = HeaderName::from_static("tus-extension");
const MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
const ALGORITHMS: HeaderName = HeaderName::from_static("tus-checksum-algorithm");
pub const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
const OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");

const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
/// How the bytes of a piece are named.
const PIECE: &str = "application/offset+octet-stream";
/// Longest `Upload-Metadata`, in bytes.
const METADATA_BYTES_MAX: usize = 4_000;

/// Why a request was not done. The sentence is in the language of the sender.
#[derive(Debug)]
pub enum Trouble {
    /// 401.
    SignedOut,
    /// 403: without the token of the session.
    Forged,
    /// 404: there is none, or it is somebody else's.
    NotFound,
    /// 412: another version of the protocol.
    WrongVersion,
    /// 400: a header is missing or cannot be read.
    Unreadable(&'static str),
    /// 415: a piece that is not named as one.
    NotAPiece,
    /// 409: there are so many bytes here.
    WrongOffset(u64),
    /// 460: the piece is not what its hash says.
    WrongChecksum,
    /// 413: more bytes than the upload has.
    TooLong,
    /// 423: somebody else writes to it, or the line broke.
    Interrupted,
    /// 429: too often.
    TooMany,
    /// 409: too many are on their way.
    TooManyOpen,
    /// It ended.
    Ended(Ended),
    /// As pages answer it.
    Page(PageError),
}

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Self {
        Self::Ended(Ended::Refused(problem))
    }
}

impl From<PageError> for Trouble {
    fn from(error: PageError) -> Self {
        match error {
            PageError::NotFound => Self::NotFound,
            PageError::TooMany => Self::TooMany,
            error @ (PageError::Forbidden(_)
            | PageError::Refused(_)
            | PageError::BadInput(_)
            | PageError::TooLarge(_)
            | PageError::SignIn(_)
            | PageError::StaleForm
            | PageError::Busy
            | PageError::DiskFull
            | PageError::Internal) => Self::Page(error),
        }
    }
}

impl From<motcua_db::DbError> for Trouble {
    fn from(error: motcua_db::DbError) -> Self {
        PageError::from(error).into()
    }
}

impl From<FinishError> for Trouble {
    fn from(error: FinishError) -> Self {
        PageError::from(error).into()
    }
}

impl From<BlobError> for Trouble {
    fn from(error: BlobError) -> Self {
        Problem::from(ReceiveError::from(error)).into()
    }
}

#[derive(Serialize)]
struct Told {
    message: String,
}

impl Trouble {
    /// The answer, for a sender of this language.
    pub fn answer(self, app: &App, locale: Locale) -> Response {
        let (status, message) = self.words(app, locale);
        let mut response = (status, Json(Told { message })).into_response();
        let headers = response.headers_mut();
        headers.insert(RESUMABLE, VERSION);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self {
            Self::WrongVersion => _ = headers.insert(VERSIONS, VERSION),
            Self::WrongOffset(here) => _ = headers.insert(OFFSET, HeaderValue::from(here)),
            Self::TooMany => _ = headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60")),
            Self::Ended(Ended::Refused(Problem::TooBig)) => {
                headers.insert(MAX_SIZE, HeaderValue::from(app.config.upload.resumable_bytes_max));
            }
            Self::SignedOut
            | Self::Forged
            | Self::NotFound
            | Self::Unreadable(_)
            | Self::NotAPiece
            | Self::WrongChecksum
            | Self::TooLong
            | Self::Interrupted
            | Self::TooManyOpen
            | Self::Ended(_)
            | Self::Page(_) => {}
        }
        response
    }

    fn words(&self, app: &App, locale: Locale) -> (StatusCode, String) {
        let mismatch = StatusCode::from_u16(460).expect("three digits");
        let say = |status: StatusCode, key: &str| (status, locale.t(key).to_owned());
        match self {
            Self::SignedOut => say(StatusCode::UNAUTHORIZED, "script.signed_out"),
            Self::Forged => say(StatusCode::FORBIDDEN, "error.stale_form_advice"),
            Self::NotFound => say(StatusCode::NOT_FOUND, "file.upload_unknown"),
            Self::WrongVersion => say(StatusCode::PRECONDITION_FAILED, "file.upload_version"),
            Self::Unreadable(name) => {
                let said = locale.say("file.upload_unreadable").arg("header", name);
                (StatusCode::BAD_REQUEST, said.to_string())
            }
            Self::NotAPiece => say(StatusCode::UNSUPPORTED_MEDIA_TYPE, "file.upload_not_a_piece"),
            Self::WrongOffset(_) => say(StatusCode::CONFLICT, "file.upload_offset"),
            Self::WrongChecksum => say(mismatch, "file.upload_checksum"),
            Self::TooLong => say(StatusCode::PAYLOAD_TOO_LARGE, "file.upload_too_long"),
            Self::Interrupted => say(StatusCode::LOCKED, "file.upload_interrupted"),
            Self::TooMany => say(StatusCode::TOO_MANY_REQUESTS, "error.too_many_advice"),
            Self::TooManyOpen => {
                let said = locale.say("file.upload_too_many").arg("count", OPEN_MAX);
                (StatusCode::CONFLICT, said.to_string())
            }
            Self::Ended(Ended::Refused(problem)) => {
                let words = problem.words(app, locale, app.config.upload.resumable_bytes_max, "");
                (problem.status(), words)
            }
            Self::Ended(Ended::Expired | Ended::Kept) => say(StatusCode::GONE, "file.upload_expired"),
            Self::Page(error) => {
                let words = error.detail().map(str::to_owned);
                let words =
                    words.or_else(|| locale.find(&format!("{}_advice", error.key())).map(str::to_owned));
                (error.status(), words.unwrap_or_default())
            }
        }
    }
}

/// What the service speaks, for whoever asks.
pub fn options(app: &App) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(RESUMABLE, VERSION);
    headers.insert(VERSIONS, VERSION);
    headers.insert(EXTENSIONS, HeaderValue::from_static("creation,checksum,expiration,termination"));
    headers.insert(ALGORITHMS, HeaderValue::from_static("sha256,sha1"));
    headers.insert(MAX_SIZE, HeaderValue::from(app.config.upload.resumable_bytes_max));
    response
}

/// How an upload stands.
pub fn standing(status: StatusCode, upload: &Upload) -> Response {
    let mut response = status.into_response();
    let headers = response.headers_mut();
    headers.insert(RESUMABLE, VERSION);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Nothing is missing any more, whatever was made of it.
    let here = if upload.ended.is_some() { upload.size } else { upload.received };
    headers.insert(OFFSET, HeaderValue::from(here));
    headers.insert(LENGTH, HeaderValue::from(upload.size));
    if let Ok(metadata) = HeaderValue::from_str(&upload.metadata) {
        headers.insert(METADATA, metadata);
    }
    if upload.ended.is_none()
        && let Ok(expires) = HeaderValue::from_str(&http_date(upload.expires_at))
    {
        headers.insert(EXPIRES, expires);
    }
    response
}

/// Only the version that is spoken here.
pub fn version(headers: &HeaderMap) -> Result<(), Trouble> {
    if headers.get(RESUMABLE) == Some(&VERSION) { Ok(()) } else { Err(Trouble::WrongVersion) }
}

/// The method that is meant, for senders whose way lets only `POST` pass.
pub fn meant(headers: &HeaderMap) -> Option<&str> {
    headers.get(OVERRIDE)?.to_str().ok()
}

/// Bytes that a piece is sent with.
pub fn offset(headers: &HeaderMap) -> Result<u64, Trouble> {
    if headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) != Some(PIECE) {
        return Err(Trouble::NotAPiece);
    }
    number(headers, &OFFSET).ok_or(Trouble::Unreadable("Upload-Offset"))
}

/// How long the whole file is.
pub fn length(headers: &HeaderMap) -> Result<u64, Trouble> {
    number(headers, &LENGTH).ok_or(Trouble::Unreadable("Upload-Length"))
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    let text = headers.get(name)?.to_str().ok()?;
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().unwrap_or(u64::MAX))
}

/// What a sender says about a file: pairs of a name and a text in base64.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// As it came.
    pub sent: String,
    pairs: Vec<(String, String)>,
}

impl Metadata {
    /// Reads the header.
    pub fn read(headers: &HeaderMap) -> Result<Self, Trouble> {
        let wrong = || Trouble::Unreadable("Upload-Metadata");
        let sent = match headers.get(METADATA) {
            Some(value) => value.to_str().map_err(|_| wrong())?,
            None => "",
        };
        if METADATA_BYTES_MAX < sent.len() {
            return Err(wrong());
        }
        let mut pairs: Vec<(String, String)> = Vec::new();
        for pair in sent.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once(' ').unwrap_or((pair, ""));
            let value = STANDARD.decode(value.trim()).map_err(|_| wrong())?;
            let value = String::from_utf8(value).map_err(|_| wrong())?;
            if pairs.iter().any(|(known, _)| known == name) || value.contains('\0') {
                return Err(wrong());
            }
            pairs.push((name.to_owned(), value));
        }
        Ok(Self { sent: sent.to_owned(), pairs })
    }

    /// The text with this name; empty when there is none.
    pub fn value(&self, name: &str) -> &str {
        self.pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// The hash of a piece, as it was announced and as it comes.
#[derive(Clone, Debug)]
pub struct Checksum {
    announced: Vec<u8>,
    found: Hasher,
}

#[derive(Clone, Debug)]
enum Hasher {
    Sha1(Sha1),
    Sha256(Sha256),
}

impl Checksum {
    /// Reads the header. None when the piece has no hash of its own.
    pub fn read(headers: &HeaderMap) -> Result<Option<Self>, Trouble> {
        let Some(value) = headers.get(CHECKSUM) else { return Ok(None) };
        let wrong = || Trouble::Unreadable("Upload-Checksum");
        let (algorithm, hash) =
            value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(wrong)?;
        let announced = STANDARD.decode(hash.trim()).map_err(|_| wrong())?;
        let found = match algorithm {
            "sha1" => Hasher::Sha1(Sha1::new()),
            "sha256" => Hasher::Sha256(Sha256::new()),
            _ => return Err(wrong()),
        };
        Ok(Some(Self { announced, found }))
    }

    /// Takes more of the piece.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.found {
            Hasher::Sha1(hasher) => hasher.update(bytes),
            Hasher::Sha256(hasher) => hasher.update(bytes),
        }
    }

    /// Whether the piece was what was announced.
    pub fn matches(self) -> bool {
        match self.found {
            Hasher::Sha1(hasher) => hasher.finalize().as_slice() == self.announced,
            Hasher::Sha256(hasher) => hasher.finalize().as_slice() == self.announced,
        }
    }
}

/// An instant as headers write it (RFC 9110).
fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    }

    #[test]
    fn metadata_is_pairs_of_a_name_and_a_text() {
        for wrong in ["filename ***", "filename /w==", "draft MQ==,draft Mg==", "draft AA=="] {
            assert!(Metadata::read(&headers("upload-metadata", wrong)).is_err(), "{wrong}");
        }
        let sent = headers("upload-metadata", "filename xJHGsMahbg==, draft MQ==,empty");
        let metadata = Metadata::read(&sent).unwrap();
        assert_eq!((metadata.value("draft"), metadata.value("empty"), metadata.value("x")), ("1", "", ""));
        assert_eq!(metadata.value("filename"), "đươn");
        assert_eq!(Metadata::read(&HeaderMap::new()).unwrap(), Metadata::default());
    }

    #[test]
    fn a_length_is_digits() {
        for wrong in ["", "-1", "1e3", "0x10", "12 "] {
            assert!(length(&headers("upload-length", wrong)).is_err(), "{wrong}");
        }
        assert_eq!(length(&headers("upload-length", "007")).unwrap(), 7);
        assert_eq!(length(&headers("upload-length", "99999999999999999999999")).unwrap(), u64::MAX);
    }

    #[test]
    fn a_piece_is_compared_with_its_hash() {
        for sent in
            ["sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00=", "sha256 LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="]
        {
            let mut checksum = Checksum::read(&headers("upload-checksum", sent)).unwrap().unwrap();
            checksum.update(b"hel");
            assert!(!checksum.clone().matches());
            checksum.update(b"lo");
            assert!(checksum.matches(), "{sent}");
        }
        for wrong in ["md5 XUFAKrxLKna5cZ2REBfFkg==", "sha1", "sha1 ***"] {
            assert!(Checksum::read(&headers("upload-checksum", wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn instants_are_written_as_headers_write_them() {
        assert_eq!(http_date("2026-03-02T01:00:00Z".parse().unwrap()), "Mon, 02 Mar 2026 01:00:00 GMT");
    }
}
