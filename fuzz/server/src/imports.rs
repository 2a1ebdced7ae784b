//! Files of units, procedures and calendars: JSON, JSON lines and CSV, packed or not.

use jiff::civil::date;
use motcua::import::read::Source;

/// One input.
pub fn read(bytes: &[u8]) {
    let today = date(2026, 3, 2);
    let source = || Source::from_bytes("tệp.csv", bytes.to_vec());
    let _ = source().and_then(motcua::unit::import::read);
    let _ = source().and_then(|source| motcua::procedure::import::read(source, today));
    let _ = source().and_then(motcua::calendar::import::read);
}
