//! A kept file on its way out: only as what it was found to be, and never as a page of this site.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;

use super::blob::{BlobError, BlobHash, Blobs};
use super::kind::FileKind;
use super::range::{self, PartAsked};
use crate::web::error::PageError;

/// What the browser does with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Shows it in the page, when browsers show this kind; saves it otherwise.
    Show,
    /// Saves it.
    Save,
}

/// A picture that browsers show runs nothing and asks for nothing.
const PICTURE_POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'";
/// Browsers show a PDF in a viewer of their own, which does not start in a sandbox.
const PDF_POLICY: &str =
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'";

/// Gives a file back under a name, or the part of it that is asked for. Whoever calls this has checked that the person
/// may have it.
pub async fn give(
    blobs: &Blobs,
    hash: BlobHash,
    name: &str,
    media_type: &str,
    way: Way,
    asked: &PartAsked,
) -> Result<Response, PageError> {
    let failed = |error: BlobError| match error {
        BlobError::Missing => PageError::NotFound,
        error @ (BlobError::DiskFull(_) | BlobError::NotWritable(_) | BlobError::Storage(_)) => {
            PageError::internal(&error)
        }
    };
    let bytes = blobs.size(hash).await.map_err(failed)?;
    let about = headers(FileKind::from_media_type(media_type), name, way);
    // The hash of what a file is changes when anything of it does.
    let tag = hash.to_string();
    let part = async |part| blobs.get_part(hash, part).await.map(Body::from_stream);
    range::give(asked, about, &tag, bytes, part).await.map_err(failed)
}

/// Gives bytes the office made itself, such as a printed form. Whoever calls this has checked that the person may
/// have them.
pub fn give_bytes(bytes: Bytes, name: &str, kind: FileKind, way: Way) -> Response {
    let mut headers = headers(Some(kind), name, way);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    (StatusCode::OK, headers, Body::from(bytes)).into_response()
}

fn headers(kind: Option<FileKind>, name: &str, way: Way) -> HeaderMap {
    let is_shown = way == Way::Show && kind.is_some_and(FileKind::is_shown_by_browsers);
    let media_type = kind.map_or("application/octet-stream", FileKind::media_type);
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy(kind));
    headers.insert(header::CONTENT_DISPOSITION, disposition(is_shown, name));
    headers
}

/// What a file of this kind may do in a browser.
pub fn policy(kind: Option<FileKind>) -> HeaderValue {
    let policy = if kind == Some(FileKind::Pdf) { PDF_POLICY } else { PICTURE_POLICY };
    HeaderValue::from_static(policy)
}

/// The name twice: in letters every browser reads, and as it is (RFC 6266).
pub fn disposition(is_shown: bool, name: &str) -> HeaderValue {
    use std::fmt::Write as _;
    let way = if is_shown { "inline" } else { "attachment" };
    let plain: String = motcua_domain::identity::fold(name)
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') { c } else { '_' })
        .collect();
    let encoded = name.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    });
    let value = format!("{way}; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    async fn headers(media_type: &str, way: Way) -> (String, String, String) {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path()).unwrap();
        let hash = blobs.keep(Bytes::from_static(b"content")).await.unwrap();
        let response = give(&blobs, hash, "Tờ khai.pdf", media_type, way, &PartAsked::default()).await;
        let response = response.unwrap();
        let text = |name| response.headers()[name].to_str().unwrap().to_owned();
        (text(header::CONTENT_TYPE), text(header::CONTENT_DISPOSITION), text(header::CONTENT_SECURITY_POLICY))
    }

    #[tokio::test]
    async fn a_picture_is_shown_in_a_sandbox_and_saved_when_asked() {
        let (kind, disposition, policy) = headers("image/png", Way::Show).await;
        assert_eq!(kind, "image/png");
        assert_eq!(disposition, "inline; filename=\"to khai.pdf\"; filename*=UTF-8''T%E1%BB%9D%20khai.pdf");
        assert!(policy.starts_with("sandbox;"));
        assert!(headers("image/png", Way::Save).await.1.starts_with("attachment;"));
    }

    #[tokio::test]
    async fn what_browsers_do_not_show_is_always_saved() {
        let docx = FileKind::Docx.media_type();
        assert!(headers(docx, Way::Show).await.1.starts_with("attachment;"));
        let (kind, disposition, _) = headers("text/html", Way::Show).await;
        assert_eq!(kind, "application/octet-stream");
        assert!(disposition.starts_with("attachment;"));
    }

    #[tokio::test]
    async fn a_file_that_is_not_kept_is_not_found() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path()).unwrap();
        let (never, asked) = (BlobHash::of(b"never sent"), PartAsked::default());
        let given = give(&blobs, never, "a.pdf", "application/pdf", Way::Show, &asked).await;
        assert!(matches!(given, Err(PageError::NotFound)));
    }

    proptest! {
        /// No name breaks out of its header.
        #[test]
        fn any_name_is_a_header(name in "\\PC{0,80}") {
            let value = disposition(true, &name);
            prop_assert_eq!(value.to_str().unwrap().matches('"').count(), 2);
        }
    }
}
