//! Forms from elsewhere are refused: the origin of the request, and a token in the form. So are addresses that nobody
//! can have typed.

use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::visitor::{GUEST_COOKIE, Visitor, cookie};

/// A form of ours: read, and its token checked. Handlers that change something take this, never [`Form`].
#[derive(Debug)]
pub struct SafeForm(pub Form);

impl FromRequest<App> for SafeForm {
    type Rejection = PageError;

    async fn from_request(request: Request, app: &App) -> Result<Self, PageError> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, app).await?;
        let request = Request::from_parts(parts, body);
        let form =
            Form::from_request(request, app).await.map_err(|error| PageError::BadInput(error.body_text()))?;
        if form.value("csrf") == visitor.csrf { Ok(Self(form)) } else { Err(PageError::StaleForm) }
    }
}

/// Proof that a request of a script carries the token in `X-CSRF-Token`. For uploads and saving as typed.
#[derive(Clone, Copy, Debug)]
pub struct SafeScript;

impl axum::extract::FromRequestParts<App> for SafeScript {
    type Rejection = PageError;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        app: &App,
    ) -> Result<Self, PageError> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        let sent = parts.headers.get("x-csrf-token").and_then(|value| value.to_str().ok());
        if sent == Some(visitor.csrf.as_str()) { Ok(Self) } else { Err(PageError::StaleForm) }
    }
}

/// Lies around all pages: refuses changing requests that a browser says come from another site, and addresses with a
/// NUL in them, which no text of ours has.
pub async fn ours(request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if changes && is_from_elsewhere(request.headers()) {
        return PageError::StaleForm.into_response();
    }
    if request.uri().path_and_query().is_some_and(|address| address.as_str().contains("%00")) {
        return PageError::NotFound.into_response();
    }
    next.run(request).await
}

/// Sets the security headers, and gives every browser the cookie that form tokens are tied to.
pub async fn guard(
    axum::extract::State(app): axum::extract::State<App>,
    mut request: Request,
    next: Next,
) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let is_page = !is_api && !request.uri().path().starts_with("/static/");
    let fresh = (is_page && cookie(request.headers(), GUEST_COOKIE).is_none()).then(|| app.random.token());
    if let Some(fresh) = &fresh {
        let all = match request.headers().get(header::COOKIE).and_then(|value| value.to_str().ok()) {
            Some(sent) => format!("{sent}; {GUEST_COOKIE}={fresh}"),
            None => format!("{GUEST_COOKIE}={fresh}"),
        };
        if let Ok(all) = HeaderValue::from_str(&all) {
            request.headers_mut().insert(header::COOKIE, all);
        }
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if let Some(value) =
        fresh.and_then(|fresh| HeaderValue::from_str(&set_cookie(&app, GUEST_COOKIE, &fresh, None)).ok())
    {
        headers.append(header::SET_COOKIE, value);
    }
    for (name, value) in SECURITY_HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if is_page {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}

const SECURITY_HEADERS: [(header::HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob:; \
         connect-src 'self'; form-action 'self'; frame-ancestors 'self'; frame-src 'self'; object-src 'none'; \
         base-uri 'none'; manifest-src 'self'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
    (header::HeaderName::from_static("permissions-policy"), "camera=(self), microphone=(), geolocation=()"),
];

/// A `Set-Cookie` value; `Secure` when the public address is https.
pub fn set_cookie(app: &App, name: &str, value: &str, seconds: Option<i64>) -> String {
    let secure = if app.config.server.public_url().starts_with("https:") { "; Secure" } else { "" };
    let lifetime = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{lifetime}")
}

fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    let (Some(origin), Some(host)) = (text("origin"), text("host")) else { return false };
    origin.split_once("://").is_none_or(|(_, from)| from != host)
}
