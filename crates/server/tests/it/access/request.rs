//! A request as a browser, or whoever pretends to be one, puts it on the line.

use axum::body::Body;
use axum::http::Request;

use super::crawl::Shot;
use super::world::pdf;

/// Which form token a request carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Csrf {
    /// That of the session.
    Right,
    /// Another.
    Wrong,
    /// None.
    Missing,
}

/// The request of a shot with a form token, where forms and scripts carry it.
pub fn request(shot: &Shot, token: Option<String>) -> Request<Body> {
    let mut request = Request::builder()
        .method(shot.method.as_str())
        .uri(encoded(&shot.path))
        .header("sec-fetch-site", "same-origin")
        .header("tus-resumable", "1.0.0")
        .header("upload-offset", "0");
    if let Some(token) = &token {
        request = request.header("x-csrf-token", token);
    }
    let mut fields = shot.fields.clone();
    fields.extend(token.map(|token| ("csrf".to_owned(), token)));
    let (kind, body) = match shot.method.as_str() {
        "GET" | "HEAD" => ("text/plain", Vec::new()),
        "PATCH" => ("application/offset+octet-stream", vec![b'%'; 100]),
        _ if shot.is_multipart => ("multipart/form-data; boundary=ranh", multipart(&fields)),
        _ => ("application/x-www-form-urlencoded", urlencoded(&fields)),
    };
    let request = request.header("content-type", kind).body(Body::from(body));
    request.unwrap_or_else(|error| panic!("{error}: {shot:?}"))
}

/// A path as it may stand in a request: everything that is not ASCII is encoded.
fn encoded(path: &str) -> String {
    let plain = |sign: char| sign.is_ascii_graphic();
    path.chars()
        .map(
            |sign| {
                if plain(sign) { sign.to_string() } else { motcua::web::visitor::encode(&sign.to_string()) }
            },
        )
        .collect()
}

fn urlencoded(fields: &[(String, String)]) -> Vec<u8> {
    let encode = motcua::web::visitor::encode;
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    pairs.join("&").into_bytes()
}

fn multipart(fields: &[(String, String)]) -> Vec<u8> {
    let part = |(name, value): &(String, String)| {
        format!("--ranh\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes()
    };
    let mut body: Vec<u8> = fields.iter().rev().flat_map(part).collect();
    body.extend(b"--ranh\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x.pdf\"\r\n\r\n");
    body.extend(pdf("x"));
    body.extend(b"\r\n--ranh--\r\n");
    body
}
