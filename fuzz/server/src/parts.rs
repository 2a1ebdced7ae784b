//! Forms with files: what was cut off, nested or sent without end is read to its end, and no more of it is kept than may be.

use axum::body::Body;
use axum::extract::{FromRequest as _, Multipart};
use axum::http::{Request, header};
use motcua::import::upload::{UPLOAD_BYTES_MAX, receive};

/// One input: the body of a form whose boundary is `X`.
pub fn read(bytes: &[u8]) {
    let request = Request::post("/")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=X")
        .body(Body::from(bytes.to_vec()))
        .expect("a request");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let sent = runtime.block_on(async {
        let multipart = Multipart::from_request(request, &()).await.expect("it has a boundary");
        receive(multipart).await
    });
    let kept: usize = sent.files.iter().map(|(_, content)| content.len()).sum();
    assert!(kept <= bytes.len().min(UPLOAD_BYTES_MAX), "{kept} bytes were made of {}", bytes.len());
    assert!(sent.files.iter().all(|(name, _)| !name.is_empty() && !name.contains(char::is_control)));
    assert!(!sent.files.is_empty() || sent.problem.is_some(), "nothing came, and nobody is told");
}
