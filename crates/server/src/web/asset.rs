//! Static files: embedded, named by their content, kept by browsers for a year.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "static"]
struct Files;

/// `app.css` → `/static/app.0a1b2c3d.css`.
static URLS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    Files::iter()
        .filter_map(|name| {
            let file = Files::get(&name)?;
            let hash = crate::secrets::hex(&file.metadata.sha256_hash()[..4]);
            let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
            Some((name.to_string(), format!("/static/{stem}.{hash}.{ending}")))
        })
        .collect()
});

/// The address of a static file, which changes when the file does. Unknown names keep their name and answer 404.
pub fn url(name: &str) -> String {
    URLS.get(name).cloned().unwrap_or_else(|| format!("/static/{name}"))
}

/// Serves a static file under its plain or its hashed name.
pub async fn serve(Path(path): Path<String>) -> Response {
    let (name, hashed) = plain_name(&path);
    let Some(file) = Files::get(&name) else { return StatusCode::NOT_FOUND.into_response() };
    let lifetime = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    let kind = media_type(&name);
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, lifetime)], file.data).into_response()
}

/// `app.0a1b2c3d.css` is `app.css`, when the hash is right.
fn plain_name(path: &str) -> (String, bool) {
    let mut parts: Vec<&str> = path.split('.').collect();
    if 3 <= parts.len() {
        parts.remove(parts.len() - 2);
        let name = parts.join(".");
        if URLS.get(&name).is_some_and(|url| url.strip_prefix("/static/") == Some(path)) {
            return (name, true);
        }
    }
    (path.to_owned(), false)
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("png") => "image/png",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        Some(_) | None => "application/octet-stream",
    }
}
