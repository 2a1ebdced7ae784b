//! Headers of uploads in pieces: one header to a line, as `name: value`.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use motcua::document::upload::tus::{self, Checksum, Metadata};

/// One input.
pub fn read(bytes: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let Some(at) = line.iter().position(|byte| *byte == b':') else { continue };
        let name = HeaderName::from_bytes(&line[..at]);
        let value = HeaderValue::from_bytes(line[at + 1..].trim_ascii());
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    let _ = (tus::version(&headers), tus::meant(&headers), tus::offset(&headers), tus::length(&headers));
    if let Ok(read) = Metadata::read(&headers) {
        assert!(!read.value("filename").contains('\0'));
        let mut again = HeaderMap::new();
        again.insert("upload-metadata", HeaderValue::from_str(&read.sent).expect("it was a header"));
        assert_eq!(Metadata::read(&again).ok(), Some(read), "what is kept is read as the same");
    }
    if let Ok(Some(mut checksum)) = Checksum::read(&headers) {
        checksum.update(bytes);
        let _ = checksum.matches();
    }
}
