//! The data folder: whether it can be written, who may read it, the key file, the space that is left.

use std::fs::{self, Metadata};
use std::io;
use std::path::Path;

use crate::check::{Finding, whole};
use crate::cli::Place;
use crate::secrets::{SecretError, Secrets};
use crate::web::locale::Locale;

/// Less free space than this is wrong, and less than four times of it is worth a look.
const FREE_BYTES_MIN: u64 = 1 << 30;

pub(super) fn look(place: &Place, locale: Locale) -> Vec<Finding> {
    let folder = place.data.display();
    if let Err(error) = place.refuse_unfinished() {
        return vec![Finding::wrong(
            locale.say("check.unfinished").arg("error", error),
            locale.say("check.unfinished_mend"),
        )];
    }
    let metadata = match fs::metadata(&place.data) {
        Ok(metadata) if metadata.is_dir() => metadata,
        Ok(_) | Err(_) => {
            return vec![Finding::wrong(
                locale.say("check.folder_none").arg("folder", &folder),
                locale.say("check.folder_none_mend"),
            )];
        }
    };
    vec![data(place, &metadata, locale), key(place, locale), space(place, locale)]
}

fn data(place: &Place, metadata: &Metadata, locale: Locale) -> Finding {
    let folder = place.data.display();
    let probe = place.data.join(".check");
    if let Err(error) = fs::write(&probe, b"").and_then(|()| fs::remove_file(&probe)) {
        return Finding::wrong(
            locale.say("check.folder_closed").arg("folder", &folder).arg("error", error),
            locale.say("check.folder_closed_mend").arg("folder", &folder),
        );
    }
    if is_open_to_others(metadata, 0o007) {
        return Finding::note(
            locale.say("check.folder_open").arg("folder", &folder),
            locale.say("check.folder_open_mend").arg("folder", &folder),
        );
    }
    Finding::sound(locale.say("check.folder").arg("folder", &folder))
}

fn key(place: &Place, locale: Locale) -> Finding {
    let file = place.data.join("secret.key");
    let name = file.display();
    match Secrets::load(&file) {
        Ok(_) => {}
        Err(SecretError::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            let said = locale.say("check.key_none").arg("file", &name);
            return if place.has_database() {
                Finding::wrong(said, locale.say("check.key_none_mend"))
            } else {
                Finding::note(said, locale.say("check.key_new"))
            };
        }
        Err(error) => {
            return Finding::wrong(
                locale.say("check.key_wrong").arg("error", whole(&error)),
                locale.say("check.key_none_mend"),
            );
        }
    }
    if fs::metadata(&file).is_ok_and(|metadata| is_open_to_others(&metadata, 0o077)) {
        return Finding::wrong(
            locale.say("check.key_open").arg("file", &name),
            locale.say("check.key_open_mend").arg("file", &name),
        );
    }
    Finding::sound(locale.say("check.key"))
}

fn space(place: &Place, locale: Locale) -> Finding {
    let megabytes = |bytes: u64| bytes >> 20;
    match free_bytes(&place.data) {
        Ok(free) => {
            let said = locale.say("check.disk").arg("free", megabytes(free));
            let mend = || locale.say("check.disk_mend").arg("min", megabytes(FREE_BYTES_MIN));
            if free < FREE_BYTES_MIN {
                Finding::wrong(said, mend())
            } else if free < 4 * FREE_BYTES_MIN {
                Finding::note(said, mend())
            } else {
                Finding::sound(said)
            }
        }
        Err(error) => {
            Finding::note(locale.say("check.disk_unknown").arg("error", error), locale.say("check.disk_look"))
        }
    }
}

/// Bytes that may still be written into a folder.
#[cfg(unix)]
pub fn free_bytes(folder: &Path) -> io::Result<u64> {
    let found = rustix::fs::statvfs(folder)?;
    Ok(found.f_bavail.saturating_mul(found.f_frsize))
}

/// Bytes that may still be written into a folder.
#[cfg(not(unix))]
pub fn free_bytes(_: &Path) -> io::Result<u64> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(unix)]
fn is_open_to_others(metadata: &Metadata, bits: u32) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & bits != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Metadata, _: u32) -> bool {
    false
}
