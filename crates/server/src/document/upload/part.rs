//! The pieces of one upload on disk: one file, to whose end is written and which is flushed before anybody is told.

use std::fs::{self, File, FileTimes, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::document::blob::{BlobError, BlobHash, Blobs};
use crate::document::kind::{self, FileKind, Unfit, inspect};

/// Bytes read at a time.
const READ_BYTES: usize = 256 * 1024;

impl Blobs {
    /// How much of an upload lies here.
    pub(super) fn part_bytes(&self, id: &str) -> io::Result<u64> {
        match fs::metadata(self.part(id)) {
            Ok(found) => Ok(found.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// Opens the pieces to write after `received` bytes. What lies behind them was never answered for and is cut off.
    pub(super) fn open_part(&self, id: &str, received: u64) -> io::Result<File> {
        let path = self.part(id);
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path)?;
        file.set_len(received)?;
        file.seek(SeekFrom::Start(received))?;
        if received == 0 {
            // The name of a new file must reach the disk as well.
            path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())?;
        }
        Ok(file)
    }

    /// Whether what came so far may become a file of a kind that is taken.
    pub(super) fn part_may_be_taken(&self, id: &str) -> io::Result<bool> {
        let mut head = Vec::new();
        File::open(self.part(id))?.take(kind::HEAD_BYTES as u64).read_to_end(&mut head)?;
        Ok(kind::may_be_taken(&head))
    }

    /// Reads the whole file once more: its hash, and what it is. Memory stays flat.
    pub(super) fn look_at_part(&self, id: &str) -> Result<(BlobHash, Result<FileKind, Unfit>), BlobError> {
        let mut file = File::open(self.part(id))?;
        let mut hasher = Sha256::new();
        let mut piece = vec![0; READ_BYTES];
        loop {
            let length = file.read(&mut piece)?;
            if length == 0 {
                break;
            }
            hasher.update(&piece[..length]);
        }
        file.seek(SeekFrom::Start(0))?;
        Ok((BlobHash::finish(hasher), inspect(&mut file)))
    }

    /// Moves a whole file to its place, as one that was kept `now`.
    pub(super) fn publish_part(&self, id: &str, hash: BlobHash, now: Timestamp) -> Result<(), BlobError> {
        let path = self.part(id);
        let file = File::open(&path)?;
        file.set_times(FileTimes::new().set_modified(now.into()))?;
        file.sync_all()?;
        self.publish(&path, hash)
    }

    /// Removes what came of an upload.
    pub(super) fn remove_part(&self, id: &str) -> io::Result<()> {
        match fs::remove_file(self.part(id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// An open part file, which counts what it holds.
pub struct Writer {
    file: File,
    /// Bytes written, flushed or not.
    pub at: u64,
}

impl Writer {
    /// Writes after `received` bytes.
    pub fn open(blobs: &Blobs, id: &str, received: u64) -> io::Result<Self> {
        Ok(Self { file: blobs.open_part(id, received)?, at: received })
    }

    /// Adds bytes.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    /// Everything written is on disk when this answers.
    pub fn flush(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Forgets what was written after `bytes`.
    pub fn cut(&mut self, bytes: u64) -> io::Result<()> {
        self.file.set_len(bytes)?;
        self.at = self.file.seek(SeekFrom::Start(bytes))?;
        Ok(())
    }
}
