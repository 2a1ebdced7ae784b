//! A sender that speaks tus 1.0, as the script of the pages does.

use axum::body::Body;
use axum::http::{Method, Request};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::given::{Answer, Office};

/// A request with the version of the protocol and the token of the session.
pub fn request(office: &Office, method: Method, href: &str) -> axum::http::request::Builder {
    Request::builder()
        .method(method)
        .uri(href)
        .header("tus-resumable", "1.0.0")
        .header("x-csrf-token", office.csrf())
        .header("sec-fetch-site", "same-origin")
}

/// `Upload-Metadata`.
pub fn metadata(pairs: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{name} {}", STANDARD.encode(value));
    pairs.iter().map(pair).collect::<Vec<_>>().join(",")
}

/// Begins an upload to a component of the draft at `base`.
pub async fn begin(
    office: &mut Office,
    base: &str,
    component: &str,
    name: &str,
    size: u64,
    sha256: Option<&str>,
) -> Answer {
    let draft = base.rsplit('/').next().unwrap();
    let mut pairs = vec![("filename", name), ("draft", draft), ("component", component)];
    pairs.extend(sha256.map(|hash| ("sha256", hash)));
    let request = request(office, Method::POST, "/tai-len")
        .header("upload-length", size)
        .header("upload-metadata", metadata(&pairs));
    office.send(request.body(Body::empty()).unwrap()).await
}

/// Sends a piece.
pub async fn piece(office: &mut Office, href: &str, offset: u64, bytes: &[u8]) -> Answer {
    let request = request(office, Method::PATCH, href)
        .header("content-type", "application/offset+octet-stream")
        .header("upload-offset", offset);
    office.send(request.body(Body::from(bytes.to_vec())).unwrap()).await
}

/// Sends a piece with its own hash.
pub async fn checked(office: &mut Office, href: &str, offset: u64, bytes: &[u8], checksum: &str) -> Answer {
    let request = request(office, Method::PATCH, href)
        .header("content-type", "application/offset+octet-stream")
        .header("upload-checksum", checksum)
        .header("upload-offset", offset);
    office.send(request.body(Body::from(bytes.to_vec())).unwrap()).await
}

/// Asks how much arrived.
pub async fn head(office: &mut Office, href: &str) -> Answer {
    let request = request(office, Method::HEAD, href).body(Body::empty()).unwrap();
    office.send(request).await
}

/// A number in the headers of an answer.
pub fn number(answer: &Answer, name: &str) -> u64 {
    answer.headers[name].to_str().unwrap().parse().unwrap()
}

/// Sends a whole file in one piece: the row it gets, or why it was not taken.
pub async fn send(office: &mut Office, base: &str, component: &str, name: &str, content: &[u8]) -> Answer {
    let begun = begin(office, base, component, name, content.len() as u64, None).await;
    let Some(href) = begun.location.clone() else { return begun };
    let sent = piece(office, &href, 0, content).await;
    if !sent.status.is_success() {
        return sent;
    }
    office.get(&href).await
}
