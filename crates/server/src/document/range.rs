//! A file that may be asked for in parts, so that a download that broke off goes on (RFC 9110, sections 13 and 14).

use std::convert::Infallible;
use std::ops::Range;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

/// Bytes sent at a time.
const PIECE_BYTES: usize = 64 * 1024;

/// What a request says about the part of a file that it asks for.
#[derive(Clone, Debug, Default)]
pub struct PartAsked {
    /// Only GET is answered in parts.
    pub method: Method,
    /// The range and its conditions are among them.
    pub headers: HeaderMap,
}

impl<S: Send + Sync> FromRequestParts<S> for PartAsked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self { method: parts.method.clone(), headers: parts.headers.clone() })
    }
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// All of it.
    Whole,
    /// The bytes from the first up to the second, without it.
    Range(u64, u64),
    /// Nothing: the caller has it already.
    Known,
    /// Nothing: the caller means another file.
    Other,
    /// Bytes that are not there.
    Outside,
}

/// Gives a file of `bytes` bytes as the request wants it. `about` are the headers of the whole file; `tag` is its entity
/// tag: the file under this tag never changes. `read` reads the part that is sent, and nothing is read when none is.
pub async fn give<F, E>(
    asked: &PartAsked,
    mut about: HeaderMap,
    tag: &str,
    bytes: u64,
    read: impl FnOnce(Range<u64>) -> F,
) -> Result<Response, E>
where
    F: Future<Output = Result<Body, E>>,
{
    let etag = format!("\"{tag}\"");
    let part = part(&asked.method, &asked.headers, &etag, bytes);
    about.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        about.insert(header::ETAG, etag);
    }
    let (status, from, until) = match part {
        Part::Whole => (StatusCode::OK, 0, bytes),
        Part::Range(from, until) => {
            about.insert(header::CONTENT_RANGE, text(format!("bytes {from}-{}/{bytes}", until - 1)));
            (StatusCode::PARTIAL_CONTENT, from, until)
        }
        Part::Known => return Ok(empty(StatusCode::NOT_MODIFIED, &about)),
        Part::Other => return Ok(empty(StatusCode::PRECONDITION_FAILED, &about)),
        Part::Outside => {
            let mut answer = empty(StatusCode::RANGE_NOT_SATISFIABLE, &about);
            answer.headers_mut().insert(header::CONTENT_RANGE, text(format!("bytes */{bytes}")));
            return Ok(answer);
        }
    };
    about.insert(header::CONTENT_LENGTH, HeaderValue::from(until - from));
    let body = if asked.method == Method::HEAD { Body::empty() } else { read(from..until).await? };
    Ok((status, about, body).into_response())
}

/// Part of an open file.
pub async fn of_file(mut file: File, part: Range<u64>) -> std::io::Result<Body> {
    file.seek(std::io::SeekFrom::Start(part.start)).await?;
    let pieces = ReaderStream::with_capacity(file.take(part.end - part.start), PIECE_BYTES);
    Ok(Body::from_stream(pieces))
}

/// An answer without a body: of the headers only those that are not about one.
fn empty(status: StatusCode, about: &HeaderMap) -> Response {
    let kept: [HeaderName; 3] = [header::ETAG, header::ACCEPT_RANGES, header::CACHE_CONTROL];
    let headers: HeaderMap =
        kept.into_iter().filter_map(|name| about.get(&name).cloned().map(|value| (name, value))).collect();
    (status, headers).into_response()
}

fn text(value: String) -> HeaderValue {
    HeaderValue::try_from(value).expect("digits make a header")
}

/// What is asked for, condition by condition in the order of the standard.
fn part(method: &Method, asked: &HeaderMap, etag: &str, bytes: u64) -> Part {
    if !names(asked, &header::IF_MATCH, |said| said == etag).unwrap_or(true) {
        return Part::Other;
    }
    let is_ours = |said: &str| said.strip_prefix("W/").unwrap_or(said) == etag;
    if names(asked, &header::IF_NONE_MATCH, is_ours).unwrap_or(false) {
        return Part::Known;
    }
    // Ranges are for GET alone, and only of the very file that was begun. A date is none: there is no other tag.
    let is_same = asked.get(header::IF_RANGE).is_none_or(|said| said == etag);
    let mut ranges = asked.get_all(header::RANGE).iter();
    match (ranges.next().and_then(|said| said.to_str().ok()), ranges.next()) {
        (Some(said), None) if *method == Method::GET && is_same => range(said, bytes),
        (Some(_) | None, _) => Part::Whole,
    }
}

/// Whether a header that lists entity tags names one of this kind, or any; `None` when there is no such header.
fn names(asked: &HeaderMap, header: &HeaderName, is_named: impl Fn(&str) -> bool) -> Option<bool> {
    asked.get(header)?;
    let lines = asked.get_all(header).iter().filter_map(|line| line.to_str().ok());
    Some(lines.flat_map(|line| line.split(',')).map(str::trim).any(|said| said == "*" || is_named(said)))
}

/// One range of bytes. What cannot be read is no range, and of several at once the whole is given: nobody who goes on
/// asks for them.
fn range(said: &str, bytes: u64) -> Part {
    let Some((unit, range)) = said.split_once('=') else { return Part::Whole };
    let Some((first, last)) = range.trim().split_once('-') else { return Part::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Part::Whole;
    }
    // More digits than a number has mean more bytes than a file has.
    let number = |text: &str| {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse().unwrap_or(u64::MAX))
    };
    let (from, until) = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => (first, last.saturating_add(1).min(bytes)),
        (Some(first), None) if last.is_empty() => (first, bytes),
        (None, Some(length)) if first.is_empty() => (bytes.saturating_sub(length), bytes),
        (Some(_) | None, Some(_) | None) => return Part::Whole,
    };
    if from < until { Part::Range(from, until) } else { Part::Outside }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TAG: &str = "\"a1\"";

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, value.parse().unwrap());
        }
        headers
    }

    fn asked(pairs: &[(HeaderName, &str)]) -> Part {
        part(&Method::GET, &headers(pairs), TAG, 100)
    }

    #[test]
    fn a_range_is_read_as_the_standard_writes_it() {
        for (said, wanted) in [
            ("bytes=0-0", Part::Range(0, 1)),
            ("bytes=10-19", Part::Range(10, 20)),
            ("Bytes=99-", Part::Range(99, 100)),
            ("bytes=90-1000", Part::Range(90, 100)),
            ("bytes=-10", Part::Range(90, 100)),
            ("bytes=-1000", Part::Range(0, 100)),
            ("bytes= 5-9 ", Part::Range(5, 10)),
            ("bytes=100-", Part::Outside),
            ("bytes=-0", Part::Outside),
            ("bytes=99999999999999999999999-", Part::Outside),
            ("bytes=0-99999999999999999999999", Part::Range(0, 100)),
            ("bytes=9-5", Part::Whole),
            ("bytes=0-1,5-6", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("bytes=+1-2", Part::Whole),
            ("bytes", Part::Whole),
            ("rows=1-2", Part::Whole),
        ] {
            assert_eq!(asked(&[(header::RANGE, said)]), wanted, "{said}");
        }
        assert_eq!(range("bytes=0-", 0), Part::Outside, "of nothing there is no part");
        assert_eq!(asked(&[(header::RANGE, "bytes=0-1"), (header::RANGE, "bytes=2-3")]), Part::Whole);
        let head = part(&Method::HEAD, &headers(&[(header::RANGE, "bytes=0-1")]), TAG, 100);
        assert_eq!(head, Part::Whole, "ranges are for GET");
    }

    #[test]
    fn a_download_goes_on_only_with_the_file_it_began() {
        let after = |tag: &str| asked(&[(header::RANGE, "bytes=50-"), (header::IF_RANGE, tag)]);
        assert_eq!(after(TAG), Part::Range(50, 100));
        for other in ["\"b2\"", "W/\"a1\"", "a1", "Mon, 02 Mar 2026 01:00:00 GMT"] {
            assert_eq!(after(other), Part::Whole, "{other}");
        }
    }

    #[test]
    fn conditions_come_before_ranges() {
        let range = (header::RANGE, "bytes=50-");
        for (said, wanted) in [(TAG, Part::Known), ("W/\"a1\"", Part::Known), ("*", Part::Known)] {
            assert_eq!(asked(&[(header::IF_NONE_MATCH, said), range.clone()]), wanted, "{said}");
        }
        assert_eq!(asked(&[(header::IF_NONE_MATCH, "\"x\", \"a1\"")]), Part::Known);
        assert_eq!(asked(&[(header::IF_NONE_MATCH, "\"x\""), range.clone()]), Part::Range(50, 100));
        for (said, wanted) in
            [(TAG, Part::Range(50, 100)), ("*", Part::Range(50, 100)), ("W/\"a1\"", Part::Other)]
        {
            assert_eq!(asked(&[(header::IF_MATCH, said), range.clone()]), wanted, "{said}");
        }
    }

    #[tokio::test]
    async fn the_parts_of_a_file_make_the_file() {
        let content: Vec<u8> = (0..200_000u32).map(|n| n.to_le_bytes()[0]).collect();
        let path = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(path.path(), &content).unwrap();
        let mut joined = Vec::new();
        for (said, length) in [("bytes=0-69999", 70_000), ("bytes=70000-70000", 1), ("bytes=70001-", 129_999)]
        {
            let file = File::open(path.path()).await.unwrap();
            let about = headers(&[(header::CONTENT_TYPE, "text/csv")]);
            let asked = PartAsked { headers: headers(&[(header::RANGE, said)]), ..PartAsked::default() };
            let answer = give(&asked, about, "a1", 200_000, |part| of_file(file, part)).await.unwrap();
            assert_eq!(answer.status(), StatusCode::PARTIAL_CONTENT);
            assert_eq!(answer.headers()[header::CONTENT_LENGTH], length.to_string());
            joined.extend(axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap());
        }
        assert!(joined == content);
    }

    proptest! {
        /// Whatever is asked for lies inside the file.
        #[test]
        fn a_part_is_never_longer_than_the_file(said in "(bytes=)?[0-9]{0,21}-?[0-9]{0,21}", bytes in 0u64..1_000) {
            if let Part::Range(from, until) = range(&said, bytes) {
                prop_assert!(from < until && until <= bytes);
            }
        }
    }
}
