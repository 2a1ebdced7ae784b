//! Problems: every error of the API as RFC 9457 `application/problem+json`, in the caller's language.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use motcua_db::DbError;
use motcua_domain::dossier::Refusal;
use motcua_domain::procedure::ElectronicProcess;
use serde::Serialize;
use utoipa::ToSchema;

use crate::dossier::steps::StepError;
use crate::dossier::words;
use crate::office::Snapshot;
use crate::web::error::PageError;
use crate::web::locale::Locale;

/// What the type of every problem begins with.
pub const TYPE_PREFIX: &str = "urn:motcua:problem:";
/// The media type of a problem.
pub const MEDIA_TYPE: &str = "application/problem+json";

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident, $name:literal, $status:ident;)+) => {
        /// Kinds of problems. Each has a name that never changes, and a status.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Kind { $($(#[$doc])* $variant),+ }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The last part of its type.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The status it is answered with.
            pub fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status),+ }
            }
        }
    };
}

kinds! {
    /// The body is not JSON; the detail says where it stops being so.
    BadJson, "bad_json", BAD_REQUEST;
    /// A header cannot be read.
    BadHeader, "bad_header", BAD_REQUEST;
    /// The request cannot be read.
    BadRequest, "bad_request", BAD_REQUEST;
    /// `Idempotency-Key` is needed.
    KeyMissing, "key_missing", BAD_REQUEST;
    /// A token is needed.
    NoToken, "no_token", UNAUTHORIZED;
    /// The token is not known, has expired or was revoked.
    BadToken, "bad_token", UNAUTHORIZED;
    /// The token has not the scope for this.
    MissingScope, "missing_scope", FORBIDDEN;
    /// Not for this person.
    Forbidden, "forbidden", FORBIDDEN;
    /// There is no such thing, or it is not for this person to know.
    NotFound, "not_found", NOT_FOUND;
    /// The address knows other methods: see `Allow`.
    WrongMethod, "wrong_method", METHOD_NOT_ALLOWED;
    /// The rules say no.
    Refused, "refused", CONFLICT;
    /// The dossier changed: see `current_version`.
    Stale, "stale", PRECONDITION_FAILED;
    /// The file is another than the one that is meant.
    Changed, "changed", PRECONDITION_FAILED;
    /// The file has no such bytes: `Content-Range` says how many it has.
    OutOfRange, "out_of_range", RANGE_NOT_SATISFIABLE;
    /// More than is allowed.
    TooLarge, "too_large", PAYLOAD_TOO_LARGE;
    /// Neither JSON nor a file that is taken.
    WrongMediaType, "wrong_media_type", UNSUPPORTED_MEDIA_TYPE;
    /// Fields have to be mended: see `errors`.
    Invalid, "invalid", UNPROCESSABLE_ENTITY;
    /// The file is empty, locked, cut off or changed on its way.
    BadFile, "bad_file", UNPROCESSABLE_ENTITY;
    /// The idempotency key was used for another request.
    KeyReused, "key_reused", UNPROCESSABLE_ENTITY;
    /// `If-Match` is needed.
    VersionMissing, "version_missing", PRECONDITION_REQUIRED;
    /// Too many requests: see `Retry-After`.
    TooMany, "too_many", TOO_MANY_REQUESTS;
    /// Our mistake.
    Internal, "internal", INTERNAL_SERVER_ERROR;
    /// Too much is waiting: see `Retry-After`.
    Busy, "busy", SERVICE_UNAVAILABLE;
    /// It took too long.
    TimedOut, "timed_out", GATEWAY_TIMEOUT;
    /// The disk of the server is full.
    DiskFull, "disk_full", INSUFFICIENT_STORAGE;
}

/// What is wrong with one field of a body, or one parameter of an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FieldProblem)]
pub struct Wrong {
    /// The field as a JSON pointer into the body (RFC 6901); for a parameter of the address its name after `?`, for
    /// a header its name.
    pub pointer: String,
    /// What to do about it.
    pub detail: String,
}

/// A problem (RFC 9457). New members may be added; `type` never changes its meaning.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct Body {
    /// What kind of problem: one of the types listed in `ProblemType`.
    #[serde(rename = "type")]
    #[schema(value_type = ProblemType)]
    type_: String,
    /// The kind in words.
    title: &'static str,
    /// The status of the answer.
    status: u16,
    /// What is to be done, in words, when there is more to say than the title.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// Every field that has to be mended.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<Wrong>,
    /// The version of the dossier now, when it changed since it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    current_version: Option<u64>,
}

/// The type of a problem: every name there is.
#[derive(Debug)]
pub struct ProblemType;

impl ProblemType {
    /// Every type there is: the kinds, and each refusal of the rules by its key.
    pub fn all() -> Vec<String> {
        let is_refusal = |key: &&str| key.starts_with("refusal.") || key.starts_with("access.denied_");
        let mut refusals: Vec<&str> = Locale::Vi.keys().filter(is_refusal).collect();
        refusals.sort_unstable();
        let names = Kind::ALL.iter().map(|kind| kind.name()).chain(refusals);
        names.map(|name| format!("{TYPE_PREFIX}{name}")).collect()
    }
}

impl utoipa::PartialSchema for ProblemType {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("Every type of problem. `refusal.` and `access.` are the rules saying no."))
            .enum_values(Some(Self::all()))
            .into()
    }
}

impl ToSchema for ProblemType {}

/// A problem on its way out. It travels in the extensions of the answer; [`frame`] writes it down.
#[derive(Clone, Debug)]
pub struct Problem {
    kind: Kind,
    /// Key of the refusal, which is then the type.
    refusal: Option<&'static str>,
    detail: Option<String>,
    errors: Vec<Wrong>,
    current_version: Option<u64>,
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        Self { kind, refusal: None, detail: None, errors: Vec::new(), current_version: None }
    }
}

impl Problem {
    /// A problem with a sentence of its own.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..kind.into() }
    }

    /// Fields that have to be mended.
    pub fn invalid(errors: Vec<Wrong>) -> Self {
        Self { errors, ..Kind::Invalid.into() }
    }

    /// One field that has to be mended.
    pub fn field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::invalid(vec![Wrong { pointer: pointer.into(), detail: detail.into() }])
    }

    /// The rules say no, in words.
    pub fn refused(
        locale: Locale,
        office: &Snapshot,
        process: &ElectronicProcess,
        refusal: &Refusal,
    ) -> Self {
        if refusal.hides_dossier() {
            return Kind::NotFound.into();
        }
        let kind = if refusal.is_of_person() { Kind::Forbidden } else { Kind::Refused };
        let detail = words::refusal(locale, office, process, refusal);
        Self { refusal: Some(refusal.key()), detail: Some(detail), ..kind.into() }
    }

    /// A step that was not taken.
    pub fn of_step(locale: Locale, office: &Snapshot, process: &ElectronicProcess, error: StepError) -> Self {
        match error {
            StepError::Refused(refusal) => Self::refused(locale, office, process, &refusal),
            StepError::Stale(version) => {
                Self { current_version: Some(version), ..Self::new(Kind::Stale, locale.t("dossier.stale")) }
            }
            other @ (StepError::NotFound | StepError::Code(_) | StepError::Journal(_) | StepError::Db(_)) => {
                words::page_error(locale, office, process, other).into()
            }
        }
    }

    /// The type, without the prefix.
    pub fn type_name(&self) -> &'static str {
        self.refusal.unwrap_or_else(|| self.kind.name())
    }

    /// The sentence, if it has one of its own.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    fn body(self, locale: Locale) -> Body {
        Body {
            type_: format!("{TYPE_PREFIX}{}", self.type_name()),
            title: locale.t(&format!("api.problem_{}", self.kind.name())),
            status: self.kind.status().as_u16(),
            detail: self.detail,
            errors: self.errors,
            current_version: self.current_version,
        }
    }

    /// What an answer without a problem of ours says by its status.
    fn of_status(status: StatusCode) -> Option<Self> {
        if !status.is_client_error() && !status.is_server_error() {
            return None;
        }
        let general = match status {
            StatusCode::UNAUTHORIZED => Kind::NoToken,
            StatusCode::FORBIDDEN => Kind::Forbidden,
            StatusCode::NOT_FOUND => Kind::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Kind::WrongMethod,
            StatusCode::PRECONDITION_FAILED => Kind::Changed,
            StatusCode::RANGE_NOT_SATISFIABLE => Kind::OutOfRange,
            StatusCode::PAYLOAD_TOO_LARGE => Kind::TooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Kind::WrongMediaType,
            StatusCode::TOO_MANY_REQUESTS => Kind::TooMany,
            StatusCode::SERVICE_UNAVAILABLE => Kind::Busy,
            StatusCode::GATEWAY_TIMEOUT => Kind::TimedOut,
            other if other.is_client_error() => Kind::BadRequest,
            _ => Kind::Internal,
        };
        Some(general.into())
    }
}

impl From<PageError> for Problem {
    fn from(error: PageError) -> Self {
        match error {
            PageError::NotFound => Kind::NotFound.into(),
            PageError::Forbidden(detail) => Self::new(Kind::Forbidden, detail),
            PageError::Refused(detail) => Self::new(Kind::Refused, detail),
            PageError::BadInput(detail) => Self::new(Kind::Invalid, detail),
            PageError::TooLarge(detail) => Self::new(Kind::TooLarge, detail),
            PageError::TooMany => Kind::TooMany.into(),
            PageError::SignIn(_) => Kind::NoToken.into(),
            PageError::StaleForm => Kind::Forbidden.into(),
            PageError::Busy => Kind::Busy.into(),
            PageError::DiskFull => Kind::DiskFull.into(),
            PageError::Internal => Kind::Internal.into(),
        }
    }
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        PageError::from(error).into()
    }
}

impl IntoResponse for Problem {
    #[expect(clippy::wildcard_enum_match_arm, reason = "headers are the exception: the status says enough")]
    fn into_response(self) -> Response {
        let mut response = self.kind.status().into_response();
        let headers = response.headers_mut();
        match self.kind {
            Kind::NoToken => put(headers, header::WWW_AUTHENTICATE, "Bearer"),
            Kind::BadToken => put(headers, header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\""),
            Kind::MissingScope => {
                put(headers, header::WWW_AUTHENTICATE, "Bearer error=\"insufficient_scope\"");
            }
            Kind::TooMany => put(headers, header::RETRY_AFTER, "60"),
            Kind::Busy => put(headers, header::RETRY_AFTER, "2"),
            Kind::Stale => {
                let version = self.current_version.unwrap_or_default();
                if let Ok(value) = HeaderValue::from_str(&format!("\"{version}\"")) {
                    headers.insert(header::ETAG, value);
                }
            }
            _ => {}
        }
        response.extensions_mut().insert(self);
        response
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

/// Lies around the whole API: writes every failure down as a problem, whoever made it, and lets nothing that was
/// asked for with a token be kept on the way. Nothing has an address with a NUL in it, which no text of ours has.
pub async fn frame(request: Request, next: Next) -> Response {
    let locale = language(request.headers());
    let mut response = if request.uri().path().contains("%00") {
        Problem::from(Kind::NotFound).into_response()
    } else {
        next.run(request).await
    };
    let problem = response.extensions_mut().remove::<Problem>();
    let problem = problem.or_else(|| response.extensions_mut().remove::<PageError>().map(Problem::from));
    let problem = problem.or_else(|| Problem::of_status(response.status()));
    let mut answer = match problem {
        None => response,
        Some(problem) => {
            let status = problem.kind.status();
            let body = axum::Json(problem.body(locale));
            let mut written = (status, [(header::CONTENT_TYPE, MEDIA_TYPE)], body).into_response();
            // Made twice: the last one counts.
            written.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
            for (name, value) in response.headers() {
                if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
                    written.headers_mut().insert(name, value.clone());
                }
            }
            written
        }
    };
    let headers = answer.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.entry(header::VARY).or_insert(HeaderValue::from_static("accept-language, authorization"));
    headers.entry(header::CONTENT_LANGUAGE).or_insert(HeaderValue::from_static(locale.code()));
    answer
}

/// The first language asked for that we have, else Vietnamese. Cookies say nothing here.
pub fn language(headers: &HeaderMap) -> Locale {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let parts = wanted.unwrap_or_default().split(',');
    parts.filter_map(|part| part.trim().get(..2)).find_map(Locale::from_code).unwrap_or_default()
}
