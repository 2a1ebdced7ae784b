//! A backup that somebody hands over: read to its end, whatever it is. Sealed ones cost a passphrase's time each, and
//! are read here only when they ask for little.

use motcua::backup::read::Backup;
use motcua::backup::seal::MAGIC;

/// After the magic: how much memory the key takes, in KiB.
fn asks_for_much(bytes: &[u8]) -> bool {
    let asked = bytes.strip_prefix(MAGIC).and_then(|rest| rest.first_chunk::<4>());
    asked.is_some_and(|asked| 1024 < u32::from_le_bytes(*asked))
}

/// One input.
pub fn read(bytes: &[u8]) {
    if asks_for_much(bytes) {
        return;
    }
    let file = tempfile::NamedTempFile::new().expect("a place for a file");
    std::fs::write(file.path(), bytes).expect("room for it");
    for passphrase in [None, Some("mười hai con giáp")] {
        let backup = Backup { file: file.path(), passphrase };
        let _ = backup.check();
    }
}
