//! Errors at the edge: the only place that knows status codes.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use motcua_db::DbError;

use crate::app::App;
use crate::web::locale::{Locale, Text};
use crate::web::log::Number;
use crate::web::visitor::Visitor;

/// Why a page cannot be shown, in a form that a person can act on.
///
/// It travels in the response's extensions; [`frame`] renders it with the language and the frame of the visitor.
#[derive(Clone, Debug)]
pub enum PageError {
    /// 404: there is no such thing, or it is not for this person to know.
    NotFound,
    /// 403: the sentence says who may.
    Forbidden(String),
    /// 409: the rules say no, or somebody else was first. The sentence says what to do.
    Refused(String),
    /// 422: what was sent cannot be read.
    BadInput(String),
    /// 413: more than is allowed; the sentence names the limit.
    TooLarge(String),
    /// 429: try again later.
    TooMany,
    /// 303: sign in and come back.
    SignIn(String),
    /// 403: the form is from another site, or the session behind it is gone.
    StaleForm,
    /// 503: too much is waiting.
    Busy,
    /// 507: the disk is full.
    DiskFull,
    /// 500: ours.
    Internal,
}

impl PageError {
    /// The rules refuse, in words of the page's language.
    pub fn refused(text: &Text) -> Self {
        Self::Refused(text.to_string())
    }

    /// The status code of this error.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden(_) | Self::StaleForm => StatusCode::FORBIDDEN,
            Self::Refused(_) => StatusCode::CONFLICT,
            Self::BadInput(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::SignIn(_) => StatusCode::SEE_OTHER,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Message key of the heading, and of the sentence unless the error carries one.
    pub fn key(&self) -> &'static str {
        match self {
            Self::NotFound => "error.not_found",
            Self::Forbidden(_) => "error.forbidden",
            Self::Refused(_) => "error.refused",
            Self::BadInput(_) => "error.bad_input",
            Self::TooLarge(_) => "error.too_large",
            Self::TooMany => "error.too_many",
            Self::SignIn(_) => "error.sign_in",
            Self::StaleForm => "error.stale_form",
            Self::Busy => "error.busy",
            Self::DiskFull => "error.disk_full",
            Self::Internal => "error.internal",
        }
    }

    /// The sentence it carries, if any.
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::Forbidden(text) | Self::Refused(text) | Self::BadInput(text) | Self::TooLarge(text) => {
                Some(text)
            }
            Self::NotFound
            | Self::TooMany
            | Self::SignIn(_)
            | Self::StaleForm
            | Self::Busy
            | Self::DiskFull
            | Self::Internal => None,
        }
    }
}

/// Logged here once, with its causes; the page says only that it is our mistake.
impl From<DbError> for PageError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Busy => Self::Busy,
            DbError::DiskFull(_) => Self::DiskFull,
            DbError::Conflict(_)
            | DbError::Engine(_)
            | DbError::Decode(_)
            | DbError::BadValue(_)
            | DbError::Aborted
            | DbError::NewerSchema { .. }
            | DbError::ChangedMigration { .. }
            | DbError::Unfit(_) => Self::internal(&error),
        }
    }
}

impl PageError {
    /// A mistake of ours: logged once, with its causes.
    pub fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        let mut causes = Vec::new();
        let mut next = error.source();
        while let Some(cause) = next {
            causes.push(cause.to_string());
            next = cause.source();
        }
        tracing::error!(error = %error, causes = ?causes, "a request failed");
        Self::Internal
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = match &self {
            Self::SignIn(to) => (self.status(), [(header::LOCATION, to.clone())]).into_response(),
            Self::Busy => (self.status(), [(header::RETRY_AFTER, "2")]).into_response(),
            Self::TooMany => (self.status(), [(header::RETRY_AFTER, "60")]).into_response(),
            Self::NotFound
            | Self::Forbidden(_)
            | Self::Refused(_)
            | Self::BadInput(_)
            | Self::TooLarge(_)
            | Self::StaleForm
            | Self::DiskFull
            | Self::Internal => self.status().into_response(),
        };
        response.extensions_mut().insert(self);
        response
    }
}

/// Gives every [`PageError`] that left a handler its page, in the visitor's language, and so with every refusal that
/// was made before a handler was reached.
pub async fn frame(State(app): State<App>, visitor: Visitor, request: Request, next: Next) -> Response {
    let number = request.extensions().get::<Number>().cloned();
    let response = next.run(request).await;
    let known = response.extensions().get::<PageError>().cloned();
    let Some(error) = known.or_else(|| unframed(visitor.locale, &response)) else { return response };
    if matches!(error, PageError::SignIn(_)) {
        return response;
    }
    let page = crate::web::page::Page::new(&app, &visitor, visitor.locale.t(error.key()));
    let is_officer = page.person.as_ref().is_some_and(|person| person.is_officer);
    let advice = match (&error, number) {
        // Officers are the desk that others are told to call.
        (PageError::Internal, Some(Number(number))) if is_officer => {
            page.say("error.internal_officer").arg("number", number).to_string()
        }
        (error, _) => advice(&page, error),
    };
    let mut framed = if is_officer {
        super::page::render_as(error.status(), &DeskErrorPage { page, advice })
    } else {
        super::page::render_as(error.status(), &ErrorPage { page, advice })
    };
    for (name, value) in response.headers() {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            framed.headers_mut().append(name, value.clone());
        }
    }
    framed
}

/// What an answer without a page says by its status: an address whose parts cannot be read leads nowhere.
fn unframed(locale: Locale, response: &Response) -> Option<PageError> {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if kind.is_some_and(|kind| !kind.starts_with("text/plain")) {
        return None;
    }
    match response.status() {
        StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
            Some(PageError::NotFound)
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE | StatusCode::UNPROCESSABLE_ENTITY => {
            Some(PageError::BadInput(locale.t("error.bad_input_advice").to_owned()))
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            Some(PageError::TooLarge(locale.t("error.too_large_advice").to_owned()))
        }
        StatusCode::GATEWAY_TIMEOUT => Some(PageError::Busy),
        _ => None,
    }
}

#[derive(askama::Template)]
#[template(path = "layout/error.html")]
struct ErrorPage {
    page: crate::web::page::Page,
    advice: String,
}

#[derive(askama::Template)]
#[template(path = "layout/desk_error.html")]
struct DeskErrorPage {
    page: crate::web::page::Page,
    advice: String,
}

/// What to do, in one sentence.
fn advice(page: &crate::web::page::Page, error: &PageError) -> String {
    error.detail().map_or_else(|| page.t(&format!("{}_advice", error.key())).to_owned(), str::to_owned)
}
