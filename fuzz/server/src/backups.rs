//! A backup that somebody hands over: read to its end, whatever it is. Sealed ones cost a passphrase's time each, and
//! are read here only when they ask for little.

use motcua::backup::read::Backup;
use motcua::backup::seal::{MAGIC, Unlock};
use motcua::backup::sealed_before;

/// How many rounds of scrypt, as a power of two, or how much memory argon2id takes, in KiB: more than is waited for here.
fn asks_for_much(bytes: &[u8]) -> bool {
    if bytes.starts_with(MAGIC) {
        return bytes.windows(SCRYPT.len()).any(|some| some == SCRYPT);
    }
    let asked = bytes.strip_prefix(sealed_before::MAGIC).and_then(|rest| rest.first_chunk::<4>());
    asked.is_some_and(|asked| 1024 < u32::from_le_bytes(*asked))
}

/// The mark of a passphrase in an age file.
const SCRYPT: &[u8] = b"scrypt";

/// One input.
pub fn read(bytes: &[u8]) {
    if asks_for_much(bytes) {
        return;
    }
    let file = tempfile::NamedTempFile::new().expect("a place for a file");
    std::fs::write(file.path(), bytes).expect("room for it");
    let passphrase = Unlock::Passphrase("mười hai con giáp".to_owned());
    for unlock in [None, Some(&passphrase)] {
        let backup = Backup { file: file.path(), unlock };
        let _ = backup.check();
    }
}
