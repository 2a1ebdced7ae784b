//! Files that people attach, and what they call them: what is taken is of a kind that is taken, its beginning said so
//! already, and its name is safe and stays so.

use std::io::{Seek as _, Write as _};

use motcua::document::kind::{FileKind, HEAD_BYTES, inspect, may_be_taken};
use motcua::document::name::{clean, given};

fn look_at(bytes: &[u8]) {
    let mut file = tempfile::tempfile().expect("a place for a file");
    file.write_all(bytes).expect("room for it");
    file.rewind().expect("its beginning");
    if let Ok(kind) = inspect(&mut file) {
        assert!(
            may_be_taken(&bytes[..bytes.len().min(HEAD_BYTES)]),
            "taken as {kind:?}, refused by its beginning"
        );
        assert_eq!(FileKind::from_media_type(kind.media_type()), Some(kind));
    }
}

/// One input.
pub fn read(bytes: &[u8]) {
    look_at(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for kind in [FileKind::Pdf, FileKind::Jpeg, FileKind::Png] {
        let name = clean(text, kind);
        assert!(!name.contains(['/', '\\', '"', '\n', '\r', '\0', '\u{202e}']), "{name:?}");
        assert_eq!(clean(&name, kind), name, "cleaning is done once");
    }
    let name = given(text);
    assert_eq!(given(&name), name, "naming is done once");
}
