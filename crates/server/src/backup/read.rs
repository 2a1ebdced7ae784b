//! Reading a backup: everything is compared with the manifest and the last line before anything is believed.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;

use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use crate::backup::seal::{self, Unlock};
use crate::backup::sealed_before::{self, Opener};
use crate::backup::trailer::TrailedReader;
use crate::backup::{BackupError, FORMAT, FileParts, HEADER, Header, KEY, MANIFEST, Manifest, Part};
use crate::document::blob::BlobHash;
use crate::progress;
use crate::secrets::hex;

/// Most bytes of a part that is read whole: header, manifest, key file.
const SMALL_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Whether the rest of the backup is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The next part too.
    More,
    /// Nothing more.
    Enough,
}

/// A backup and what opens it.
#[derive(Clone, Debug)]
pub struct Backup<'a> {
    /// The file.
    pub file: &'a Path,
    /// What opens it, when it is sealed.
    pub unlock: Option<&'a Unlock>,
}

impl Backup<'_> {
    /// The bytes of the tar, with the last line.
    fn open(&self, what: &'static str) -> Result<Box<dyn Read>, BackupError> {
        let failed = |error| BackupError::read(self.file, error);
        let file = File::open(self.file).map_err(failed)?;
        let bar = progress::over_bytes(file.metadata().map_err(failed)?.len(), what);
        let mut file = BufReader::with_capacity(128 * 1024, bar.wrap_read(file));
        let start = file.fill_buf().map_err(failed)?;
        if start.starts_with(seal::MAGIC) {
            return Ok(Box::new(seal::open(file, self.unlock)?));
        }
        if start.starts_with(sealed_before::MAGIC) {
            return match self.unlock {
                Some(Unlock::Passphrase(text)) => Ok(Box::new(Opener::new(file, text)?)),
                Some(Unlock::Identity { .. }) | None => Err(BackupError::NeedsPassphrase),
            };
        }
        match self.unlock {
            _ if !start.starts_with(HEADER.as_bytes()) => {
                Err(BackupError::NotABackup(self.file.display().to_string()))
            }
            Some(_) => Err(BackupError::NotSealed),
            None => Ok(Box::new(file)),
        }
    }

    /// Hands every part to `take` with its name and length. Answers whether the last line fits, when all were taken.
    pub fn each(
        &self,
        what: &'static str,
        mut take: impl FnMut(&str, u64, &mut dyn Read) -> Result<Wanted, BackupError>,
    ) -> Result<(), BackupError> {
        let mut archive = tar::Archive::new(TrailedReader::new(self.open(what)?));
        for entry in archive.entries().map_err(BackupError::damaged)? {
            let mut entry = entry.map_err(BackupError::damaged)?;
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let bytes = entry.size();
            if take(&name, bytes, &mut entry)? == Wanted::Enough {
                return Ok(());
            }
        }
        if archive.into_inner().is_whole().map_err(BackupError::damaged)? {
            Ok(())
        } else {
            Err(BackupError::damaged("its last line is missing or does not fit what stands before it"))
        }
    }

    /// Reads all of it and compares every part with the manifest.
    pub fn check(&self) -> Result<Manifest, BackupError> {
        let mut found = Found::default();
        let checked = self.each("checking", |name, bytes, content| {
            found.take(name, bytes, content)?;
            Ok(Wanted::More)
        });
        match (checked, found.manifest.take()) {
            (Err(error), _) => Err(error),
            (Ok(()), Some(manifest)) => {
                found.compare(&manifest)?;
                Ok(manifest)
            }
            (Ok(()), None) => Err(BackupError::damaged("it has no manifest")),
        }
    }
}

/// What a backup really holds.
#[derive(Default)]
struct Found {
    header: Option<Header>,
    tables: Vec<Part>,
    files: FileParts,
    names: Sha256,
    key: Option<Part>,
    manifest: Option<Manifest>,
}

impl Found {
    fn take(&mut self, name: &str, bytes: u64, content: &mut dyn Read) -> Result<(), BackupError> {
        if self.manifest.is_some() {
            return Err(BackupError::damaged(format!("{name} stands after the manifest")));
        }
        if self.header.is_none() {
            let header: Header = json(name, content)?;
            refuse_newer(&header)?;
            self.header = Some(header);
            return Ok(());
        }
        if name == MANIFEST {
            self.manifest = Some(json(name, content)?);
            return Ok(());
        }
        let mut hasher = Sha256::new();
        let length = std::io::copy(content, &mut hasher).map_err(BackupError::damaged)?;
        if length != bytes {
            return Err(BackupError::damaged(format!("{name} is too short")));
        }
        let part = Part { name: name.to_owned(), bytes, sha256: hex(&hasher.finalize()) };
        if name == KEY {
            self.key = Some(part);
        } else if let Some(hash) = hash_of(name) {
            if part.sha256 != hash.to_string() {
                return Err(BackupError::damaged(format!("{name} is not what its name says")));
            }
            self.names.update(&part.sha256);
            self.files.count += 1;
            self.files.bytes += bytes;
        } else {
            self.tables.push(part);
        }
        Ok(())
    }

    fn compare(self, manifest: &Manifest) -> Result<(), BackupError> {
        if self.header.as_ref() != Some(&manifest.header) {
            return Err(BackupError::damaged("its first part is not that of the manifest"));
        }
        let parts: Vec<&Part> = manifest.tables.iter().flat_map(|table| &table.parts).collect();
        if let Some((found, _)) = self.tables.iter().zip(&parts).find(|(found, part)| found != *part) {
            return Err(BackupError::damaged(format!("{} is not that of the manifest", found.name)));
        }
        if parts.len() != self.tables.len() {
            return Err(BackupError::damaged("it does not have as many tables as the manifest says"));
        }
        let files = FileParts { sha256: hex(&self.names.finalize()), ..self.files };
        if files != manifest.files {
            return Err(BackupError::damaged("its files are not those of the manifest"));
        }
        if self.key != manifest.key || self.key.is_some() != manifest.header.key_included {
            return Err(BackupError::damaged("its key file is not that of the manifest"));
        }
        Ok(())
    }
}

/// Refused before anything else is read: the rest may have another form.
fn refuse_newer(header: &Header) -> Result<(), BackupError> {
    let known = crate::migrations::ALL.last().map_or(0, |last| last.number);
    if FORMAT < header.format || known < header.schema {
        return Err(BackupError::Newer {
            program: header.program.clone(),
            format: header.format,
            schema: header.schema,
            known,
        });
    }
    Ok(())
}

/// The hash in the name of a file's part.
pub(super) fn hash_of(name: &str) -> Option<BlobHash> {
    name.strip_prefix("files/")?.parse().ok()
}

fn json<T: DeserializeOwned>(name: &str, content: &mut dyn Read) -> Result<T, BackupError> {
    let text = small(content)?;
    serde_json::from_slice(&text).map_err(|error| BackupError::damaged(format!("{name}: {error}")))
}

/// A part that is read whole.
pub(super) fn small(content: &mut dyn Read) -> Result<Vec<u8>, BackupError> {
    let mut text = Vec::new();
    let length = content.take(SMALL_BYTES_MAX).read_to_end(&mut text).map_err(BackupError::damaged)?;
    if length as u64 == SMALL_BYTES_MAX {
        return Err(BackupError::damaged("a part is too long"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::backup::sealed_before::tests::{PASSPHRASE, sealed};
    use crate::backup::store::Position;
    use crate::backup::trailer::TrailedWriter;

    /// The smallest backup there can be: no tables, no files.
    fn smallest() -> (Manifest, Vec<u8>) {
        let header = Header {
            format: FORMAT,
            program: "0.1.0".to_owned(),
            schema: 1,
            engine: "sqlite".to_owned(),
            at: "2026-03-06T02:00:00.000Z".to_owned(),
            key_mark: None,
            key_included: false,
        };
        let position =
            Position { dossiers: 0, entries: 0, last_at: None, root: String::new(), office_log: None };
        let files = FileParts { sha256: hex(&Sha256::digest([])), ..FileParts::default() };
        let note = String::new();
        let manifest =
            Manifest { header: header.clone(), position, tables: Vec::new(), files, key: None, note };
        let parts = [
            (HEADER, serde_json::to_vec(&header).unwrap()),
            (MANIFEST, serde_json::to_vec(&manifest).unwrap()),
        ];
        let mut archive = tar::Builder::new(TrailedWriter::new(Vec::new()));
        for (name, text) in parts {
            let mut head = tar::Header::new_ustar();
            head.set_size(text.len() as u64);
            archive.append_data(&mut head, name, text.as_slice()).unwrap();
        }
        (manifest, archive.into_inner().unwrap().finish().unwrap())
    }

    #[test]
    fn what_was_sealed_by_programs_of_before_opens() {
        let (manifest, content) = smallest();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&sealed(&content)).unwrap();
        let checked = |unlock: Option<&Unlock>| Backup { file: file.path(), unlock }.check();
        let [right, wrong] =
            [PASSPHRASE, "mười hai con giap"].map(|text| Unlock::Passphrase(text.to_owned()));
        assert_eq!(checked(Some(&right)).unwrap(), manifest);
        assert!(matches!(checked(Some(&wrong)), Err(BackupError::WrongPassphrase)));
        assert!(matches!(checked(None), Err(BackupError::NeedsPassphrase)));
    }
}
