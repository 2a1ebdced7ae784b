//! A power cut: what the disk had not flushed is lost, whole or in part. `machine.c` notes every change; here those are
//! taken back that no flush followed.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::ErrorKind;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::chance::Chance;

/// A change of the disk, as it was noted.
#[derive(Debug)]
enum Change {
    /// Bytes of a file, or its end when `after` is empty.
    Content { inode: u64, at: u64, size_before: u64, before: Vec<u8>, after: Vec<u8> },
    /// A file or a folder that was not there.
    Made { path: PathBuf },
    /// A name that was another.
    Renamed { from: PathBuf, to: PathBuf },
    /// A name that was taken away; what had it is kept under another.
    Removed { path: PathBuf, kept: PathBuf },
    /// The content of a file is safe.
    Flushed { inode: u64 },
    /// The names in a folder are safe.
    FolderFlushed { path: PathBuf },
}

/// What was lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// Writes to files.
    pub writes: usize,
    /// Names made, changed and taken away.
    pub names: usize,
}

impl Lost {
    /// Adds what was lost later.
    pub fn add(&mut self, later: Self) {
        self.writes += later.writes;
        self.names += later.names;
    }
}

/// Takes back what was not flushed: all of it, or what chance chooses. Files are looked for below `root`.
pub fn lose(notes: &Path, root: &Path, chance: &mut Chance) -> anyhow::Result<Lost> {
    let changes = read(&fs::read(notes).with_context(|| format!("no notes at {}", notes.display()))?)?;
    let open = not_flushed(&changes);
    let (keeps_some, keeps_names) = (chance.below(2) == 0, chance.below(2) == 0);
    let mut files = HashMap::new();
    find(root, &mut files)?;
    let mut lost = Lost::default();
    let mut kept = Vec::new();
    for change in open.into_iter().rev() {
        if let Change::Content { inode, at, size_before, before, after } = change {
            let Some(file) = files.get(inode) else { continue };
            file.write_all_at(before, *at)?;
            file.set_len(*size_before)?;
            if keeps_some && chance.below(2) == 0 {
                kept.push((file, *at, after));
            } else {
                lost.writes += 1;
            }
        } else if !keeps_names {
            take_back(change)?;
            lost.names += 1;
        }
    }
    for (file, at, after) in kept.into_iter().rev() {
        if after.is_empty() {
            file.set_len(at)?;
        } else {
            file.write_all_at(after, at)?;
        }
    }
    for change in &changes {
        if let Change::Removed { kept, .. } = change
            && kept.exists()
        {
            fs::remove_file(kept)?;
        }
    }
    fs::write(notes, b"")?;
    Ok(lost)
}

/// What a cut may take, in the order in which it was done.
fn not_flushed(changes: &[Change]) -> Vec<&Change> {
    let (mut files, mut folders) = (HashSet::new(), HashSet::new());
    let mut open: Vec<&Change> = Vec::new();
    for change in changes.iter().rev() {
        let is_safe = match change {
            Change::Flushed { inode } => {
                files.insert(*inode);
                continue;
            }
            Change::FolderFlushed { path } => {
                folders.insert(path.as_path());
                continue;
            }
            Change::Content { inode, .. } => files.contains(inode),
            Change::Made { path } | Change::Removed { path, .. } | Change::Renamed { to: path, .. } => {
                path.parent().is_some_and(|folder| folders.contains(folder))
            }
        };
        if !is_safe {
            open.push(change);
        }
    }
    open.reverse();
    open
}

fn take_back(change: &Change) -> anyhow::Result<()> {
    let done = match change {
        Change::Made { path } if path.is_dir() => fs::remove_dir(path),
        Change::Made { path } => fs::remove_file(path),
        Change::Renamed { from, to } => fs::rename(to, from),
        Change::Removed { path, kept } => fs::rename(kept, path),
        Change::Content { .. } | Change::Flushed { .. } | Change::FolderFlushed { .. } => Ok(()),
    };
    match done {
        // A later change of the same name is safe, or the program died before it did what was noted.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::DirectoryNotEmpty) => Ok(()),
        done => done.with_context(|| format!("cannot be taken back: {change:?}")),
    }
}

/// Every file below a folder, by its inode.
fn find(folder: &Path, files: &mut HashMap<u64, File>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            find(&entry.path(), files)?;
        } else if kind.is_file() {
            let inode = entry.metadata()?.ino();
            files.insert(inode, File::options().read(true).write(true).open(entry.path())?);
        }
    }
    Ok(())
}

/// Numbers of one note.
const NUMBERS: usize = 8;

/// Reads notes; the last may be cut off.
fn read(mut notes: &[u8]) -> anyhow::Result<Vec<Change>> {
    let mut changes = Vec::new();
    while let Some((numbers, rest)) = notes.split_at_checked(NUMBERS * 8) {
        let number = |nth: usize| {
            let bytes = numbers.get(8 * nth..8 * nth + 8).and_then(|bytes| bytes.try_into().ok());
            u64::from_ne_bytes(bytes.unwrap_or_default())
        };
        let [kind, inode, at, size_before] = [0, 1, 2, 3].map(number);
        let mut parts: Vec<&[u8]> = Vec::new();
        let mut rest = rest;
        for nth in 4..NUMBERS {
            let Some((part, more)) = rest.split_at_checked(usize::try_from(number(nth))?) else {
                return Ok(changes);
            };
            parts.push(part);
            rest = more;
        }
        let [name, other, before, after] = parts[..] else { bail!("a note has four parts") };
        let path = |bytes: &[u8]| PathBuf::from(String::from_utf8_lossy(bytes).into_owned());
        changes.push(match kind {
            1 => {
                let (before, after) = (before.to_vec(), after.to_vec());
                Change::Content { inode, at, size_before, before, after }
            }
            2 => Change::Flushed { inode },
            3 => Change::Made { path: path(name) },
            4 => Change::Renamed { from: path(name), to: path(other) },
            5 => Change::Removed { path: path(name), kept: path(other) },
            6 => Change::FolderFlushed { path: path(name) },
            other => bail!("a note of kind {other}"),
        });
        notes = rest;
    }
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_flush_followed_is_not_taken_back() {
        let content =
            |inode| Change::Content { inode, at: 0, size_before: 0, before: Vec::new(), after: vec![1] };
        let made = |path: &str| Change::Made { path: PathBuf::from(path) };
        let changes = [
            content(1),
            made("a/one"),
            Change::Flushed { inode: 1 },
            content(1),
            content(2),
            made("b/two"),
            Change::FolderFlushed { path: PathBuf::from("a") },
        ];
        let open: Vec<String> = not_flushed(&changes).iter().map(|change| format!("{change:?}")).collect();
        assert_eq!(open, [&changes[3], &changes[4], &changes[5]].map(|change| format!("{change:?}")));
    }
}
