//! The blob store: bytes kept once under the hash of what they are, never changed.
//!
//! Layout of the folder: `ab/cd/abcd…` for each file, `incoming/` for those still arriving, `parts/` for those that
//! arrive in pieces, `exports/` for lists that are kept to be taken away.
//! A name that is the hash makes two things cheap: keeping the same file twice, and proving
//! years later that it is still the same.

mod hash;

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Read, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use object_store::local::LocalFileSystem;
use object_store::{GetOptions, ObjectStore, ObjectStoreExt as _};
use sha2::{Digest as _, Sha256};

use super::scan::Scanner;
pub use hash::{BadHash, BlobHash};

/// Why the store could not do it.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// There is no such file.
    #[error("there is no such file in the store")]
    Missing,
    /// The disk or the quota is full. Nothing was kept.
    #[error("the disk of the files is full")]
    DiskFull(#[source] Box<dyn Error + Send + Sync>),
    /// The folder may not be written to.
    #[error("the folder of the files cannot be written to")]
    NotWritable(#[source] Box<dyn Error + Send + Sync>),
    /// Anything else the system said.
    #[error("the store of the files failed")]
    Storage(#[source] Box<dyn Error + Send + Sync>),
}

impl BlobError {
    fn of_kind(kind: Option<io::ErrorKind>, source: Box<dyn Error + Send + Sync>) -> Self {
        match kind {
            Some(io::ErrorKind::NotFound) => Self::Missing,
            Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => Self::DiskFull(source),
            Some(io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) => {
                Self::NotWritable(source)
            }
            Some(_) | None => Self::Storage(source),
        }
    }
}

impl From<io::Error> for BlobError {
    fn from(error: io::Error) -> Self {
        Self::of_kind(Some(error.kind()), Box::new(error))
    }
}

impl From<object_store::Error> for BlobError {
    fn from(error: object_store::Error) -> Self {
        if matches!(error, object_store::Error::NotFound { .. }) {
            return Self::Missing;
        }
        let mut next: Option<&(dyn Error + 'static)> = Some(&error);
        let mut kind = None;
        while let Some(cause) = next {
            kind = kind.or_else(|| cause.downcast_ref::<io::Error>().map(io::Error::kind));
            next = cause.source();
        }
        Self::of_kind(kind, Box::new(error))
    }
}

impl From<tokio::task::JoinError> for BlobError {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::Storage(Box::new(error))
    }
}

/// A file on its way out.
pub struct Blob {
    /// Its length in bytes.
    pub bytes: u64,
    /// Its content, piece by piece.
    pub stream: BoxStream<'static, Result<Bytes, BlobError>>,
}

/// What a look at a kept file found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is what its name says.
    Sound,
    /// It is there, with other content.
    Altered,
    /// It is not there.
    Missing,
}

/// The store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Blobs {
    folder: PathBuf,
    objects: Arc<dyn ObjectStore>,
    pub(super) scanner: Option<Scanner>,
}

impl Blobs {
    /// A store in a folder, which is made when it is absent.
    pub fn open(folder: &Path) -> Result<Self, BlobError> {
        fs::create_dir_all(folder.join("incoming"))?;
        fs::create_dir_all(folder.join("parts"))?;
        fs::create_dir_all(folder.join("exports"))?;
        let objects = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self { folder: folder.to_owned(), objects: Arc::new(objects), scanner: None })
    }

    /// Has everything that people send looked at before it is kept.
    #[must_use]
    pub fn scanned_by(self, scanner: Option<Scanner>) -> Self {
        Self { scanner, ..self }
    }

    /// Keeps bytes the office made itself, such as a printed form. On disk when it answers.
    pub async fn keep(&self, bytes: Bytes) -> Result<BlobHash, BlobError> {
        let hash = BlobHash::of(&bytes);
        self.objects.put(&hash.location(), bytes.into()).await?;
        Ok(hash)
    }

    /// A file's content.
    pub async fn get(&self, hash: BlobHash) -> Result<Blob, BlobError> {
        let found = self.objects.get(&hash.location()).await?;
        Ok(Blob { bytes: found.meta.size, stream: found.into_stream().map_err(BlobError::from).boxed() })
    }

    /// The length of a file in bytes.
    pub async fn size(&self, hash: BlobHash) -> Result<u64, BlobError> {
        Ok(self.objects.head(&hash.location()).await?.size)
    }

    /// A part of a file's content, piece by piece; nothing else of it is read.
    pub async fn get_part(
        &self,
        hash: BlobHash,
        part: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, BlobError>>, BlobError> {
        // The store has no part without bytes, and of an empty file the whole is as short.
        let range = (!part.is_empty()).then(|| part.into());
        let options = GetOptions { range, ..GetOptions::default() };
        let found = self.objects.get_opts(&hash.location(), options).await?;
        Ok(found.into_stream().map_err(BlobError::from).boxed())
    }

    /// The whole content of a file, for what must be at hand at once.
    pub async fn bytes(&self, hash: BlobHash) -> Result<Bytes, BlobError> {
        Ok(self.objects.get(&hash.location()).await?.bytes().await?)
    }

    /// Whether the file is kept.
    pub async fn exists(&self, hash: BlobHash) -> Result<bool, BlobError> {
        match self.objects.head(&hash.location()).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads the file and compares it with its name.
    pub async fn verify(&self, hash: BlobHash) -> Result<Verdict, BlobError> {
        let mut stream = match self.get(hash).await {
            Ok(blob) => blob.stream,
            Err(BlobError::Missing) => return Ok(Verdict::Missing),
            Err(error) => return Err(error),
        };
        let mut hasher = Sha256::new();
        while let Some(piece) = stream.try_next().await? {
            hasher.update(&piece);
        }
        Ok(if BlobHash::finish(hasher) == hash { Verdict::Sound } else { Verdict::Altered })
    }

    /// Every file kept before `instant`, in no order.
    pub fn kept_before(&self, instant: Timestamp) -> BoxStream<'static, Result<BlobHash, BlobError>> {
        let kept = self.objects.list(None).map_err(BlobError::from);
        kept.try_filter_map(move |meta| async move {
            let old = meta.last_modified.timestamp_millis() < instant.as_millisecond();
            Ok(meta.location.filename().filter(|_| old).and_then(|name| name.parse().ok()))
        })
        .boxed()
    }

    /// The folders that hold files, in the order of their names. For backups.
    pub fn shelves(&self) -> io::Result<Vec<PathBuf>> {
        let mut shelves = Vec::new();
        for above in listed(&self.folder)? {
            if above.file_name().is_some_and(|name| name.len() == 2) {
                shelves.extend(listed(&above)?);
            }
        }
        Ok(shelves)
    }

    /// The files of one of the [`shelves`](Self::shelves), in the order of their names.
    pub fn on_shelf(shelf: &Path) -> io::Result<Vec<(BlobHash, PathBuf)>> {
        let named = |path: PathBuf| Some((path.file_name()?.to_str()?.parse().ok()?, path));
        Ok(listed(shelf)?.into_iter().filter_map(named).collect())
    }

    /// Puts a file of a backup in its place. Answers whether it is what its name says; otherwise nothing is kept.
    pub fn put_back(&self, hash: BlobHash, from: &mut dyn Read) -> Result<bool, BlobError> {
        let arriving = self.incoming(&hash.to_string());
        let mut file = File::create(&arriving)?;
        let mut hasher = Sha256::new();
        let mut piece = vec![0; 64 * 1024];
        loop {
            let length = from.read(&mut piece)?;
            if length == 0 {
                break;
            }
            hasher.update(&piece[..length]);
            file.write_all(&piece[..length])?;
        }
        file.sync_all()?;
        if BlobHash::finish(hasher) == hash {
            self.publish(&arriving, hash)?;
            return Ok(true);
        }
        fs::remove_file(&arriving)?;
        Ok(false)
    }

    /// Removes a file nothing refers to, if it was last kept before `instant`. A file somebody
    /// has just sent again stays, because the row that refers to it may be about to be written.
    pub async fn remove(&self, hash: BlobHash, instant: Timestamp) -> Result<bool, BlobError> {
        let meta = match self.objects.head(&hash.location()).await {
            Ok(meta) => meta,
            Err(object_store::Error::NotFound { .. }) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        if instant.as_millisecond() <= meta.last_modified.timestamp_millis() {
            return Ok(false);
        }
        let blobs = self.clone();
        tokio::task::spawn_blocking(move || blobs.take_away(hash, instant)).await?
    }

    /// Moves the file out of its place before it is looked at again: somebody may send it at this very moment.
    fn take_away(&self, hash: BlobHash, instant: Timestamp) -> Result<bool, BlobError> {
        let (place, aside) = (self.folder.join(hash.location().as_ref()), self.incoming(&hash.to_string()));
        match fs::rename(&place, &aside) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        let changed = Timestamp::try_from(fs::metadata(&aside)?.modified()?);
        if changed.is_ok_and(|changed| changed < instant) {
            fs::remove_file(&aside)?;
            return Ok(true);
        }
        fs::rename(&aside, &place)?;
        Ok(false)
    }

    /// Removes what stopped arriving before `instant`: a machine that lost power leaves it behind.
    pub fn sweep_incoming(&self, instant: Timestamp) -> Result<u64, BlobError> {
        let mut removed = 0;
        for entry in fs::read_dir(self.folder.join("incoming"))? {
            let entry = entry?;
            let changed = Timestamp::try_from(entry.metadata()?.modified()?);
            if changed.is_ok_and(|changed| changed < instant) {
                fs::remove_file(entry.path())?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// Where the file of this name arrives.
    pub(super) fn incoming(&self, name: &str) -> PathBuf {
        self.folder.join("incoming").join(name)
    }

    /// Where the pieces of the upload with this id lie.
    pub(super) fn part(&self, id: &str) -> PathBuf {
        self.folder.join("parts").join(id)
    }

    /// The ids of all uploads of which pieces lie here, and were last written to before `instant`.
    pub(super) fn parts_before(&self, instant: Timestamp) -> io::Result<Vec<String>> {
        written_before(&self.folder.join("parts"), instant)
    }

    /// Where lists lie that are kept to be taken away.
    pub fn exports(&self) -> PathBuf {
        self.folder.join("exports")
    }

    /// Where the list with this id lies.
    pub fn export(&self, id: &str) -> PathBuf {
        self.exports().join(id)
    }

    /// The names of all files among these lists that were last written to before `instant`.
    pub fn exports_before(&self, instant: Timestamp) -> io::Result<Vec<String>> {
        written_before(&self.exports(), instant)
    }

    /// Moves a file that arrived, and is on disk, to its place. It is durable when this answers.
    pub(super) fn publish(&self, arrived: &Path, hash: BlobHash) -> Result<(), BlobError> {
        let place = self.folder.join(hash.location().as_ref());
        let mut made = vec![place.parent().unwrap_or(&self.folder).to_owned()];
        fs::create_dir_all(&made[0])?;
        motcua_db::fault::point("file_kept");
        // Also when the content is kept already: its time is new then, see `remove`.
        fs::rename(arrived, &place)?;
        // The folders above may be new; their entries must reach the disk as well.
        made.extend(made[0].parent().map(Path::to_owned));
        made.push(self.folder.clone());
        made.iter().try_for_each(|folder| File::open(folder)?.sync_all())?;
        motcua_db::fault::point("file_named");
        Ok(())
    }
}

/// What lies in a folder, in the order of the names; nothing when there is no such folder.
fn listed(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(error),
    };
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort_unstable();
    Ok(paths)
}

/// The names in a folder of what was last written to before `instant`.
fn written_before(folder: &Path, instant: Timestamp) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for path in listed(folder)? {
        let changed = Timestamp::try_from(fs::metadata(&path)?.modified()?);
        if changed.is_ok_and(|changed| changed < instant) {
            names.extend(path.file_name().and_then(|name| name.to_str()).map(str::to_owned));
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, Blobs) {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(&folder.path().join("files")).unwrap();
        (folder, blobs)
    }

    const LATER: Timestamp = Timestamp::MAX;

    async fn kept(blobs: &Blobs, instant: Timestamp) -> Vec<BlobHash> {
        blobs.kept_before(instant).try_collect().await.unwrap()
    }

    #[tokio::test]
    async fn what_is_kept_comes_back() {
        let (_folder, blobs) = store();
        let hash = blobs.keep(Bytes::from_static(b"paper")).await.unwrap();
        assert_eq!(blobs.keep(Bytes::from_static(b"paper")).await.unwrap(), hash);
        assert!(blobs.exists(hash).await.unwrap());
        assert_eq!(blobs.bytes(hash).await.unwrap(), "paper");
        let blob = blobs.get(hash).await.unwrap();
        assert_eq!(blob.bytes, 5);
        let pieces: Vec<Bytes> = blob.stream.try_collect().await.unwrap();
        assert_eq!(pieces.concat(), b"paper");
        assert_eq!(blobs.size(hash).await.unwrap(), 5);
        for (part, wanted) in [(1..3, "ap".as_bytes()), (4..5, b"r"), (0..5, b"paper")] {
            let pieces: Vec<Bytes> = blobs.get_part(hash, part).await.unwrap().try_collect().await.unwrap();
            assert_eq!(pieces.concat(), wanted);
        }
        let empty = blobs.keep(Bytes::new()).await.unwrap();
        assert!(blobs.get_part(empty, 0..0).await.unwrap().try_next().await.unwrap().is_none());
        assert!(blobs.remove(empty, LATER).await.unwrap());
        assert_eq!(kept(&blobs, LATER).await, [hash]);
    }

    #[tokio::test]
    async fn what_is_not_kept_is_missing() {
        let (_folder, blobs) = store();
        let hash = BlobHash::of(b"never sent");
        assert!(!blobs.exists(hash).await.unwrap());
        assert!(matches!(blobs.get(hash).await, Err(BlobError::Missing)));
        assert!(matches!(blobs.bytes(hash).await, Err(BlobError::Missing)));
        assert!(matches!(blobs.size(hash).await, Err(BlobError::Missing)));
        assert!(matches!(blobs.get_part(hash, 0..1).await, Err(BlobError::Missing)));
        assert_eq!(blobs.verify(hash).await.unwrap(), Verdict::Missing);
        assert!(!blobs.remove(hash, LATER).await.unwrap());
    }

    #[tokio::test]
    async fn one_altered_byte_is_found() {
        let (folder, blobs) = store();
        let hash = blobs.keep(Bytes::from_static(b"paper")).await.unwrap();
        assert_eq!(blobs.verify(hash).await.unwrap(), Verdict::Sound);
        let place = folder.path().join("files").join(hash.location().as_ref());
        fs::write(place, b"Paper").unwrap();
        assert_eq!(blobs.verify(hash).await.unwrap(), Verdict::Altered);
    }

    #[tokio::test]
    async fn only_what_is_old_is_removed() {
        let (_folder, blobs) = store();
        let hash = blobs.keep(Bytes::from_static(b"draft")).await.unwrap();
        assert!(kept(&blobs, Timestamp::UNIX_EPOCH).await.is_empty());
        assert!(!blobs.remove(hash, Timestamp::UNIX_EPOCH).await.unwrap());
        assert!(blobs.exists(hash).await.unwrap());
        assert!(blobs.remove(hash, LATER).await.unwrap());
        assert!(!blobs.exists(hash).await.unwrap());
    }

    #[tokio::test]
    async fn what_stopped_arriving_is_swept() {
        let (_folder, blobs) = store();
        fs::write(blobs.incoming("left-behind"), b"half").unwrap();
        assert_eq!(blobs.sweep_incoming(Timestamp::UNIX_EPOCH).unwrap(), 0);
        assert_eq!(blobs.sweep_incoming(LATER).unwrap(), 1);
        assert!(!blobs.incoming("left-behind").exists());
        assert!(kept(&blobs, LATER).await.is_empty());
    }

    #[test]
    fn errors_of_the_disk_are_told_apart() {
        let full = File::options().write(true).open("/dev/full").and_then(|mut file| file.write_all(b"x"));
        assert!(matches!(BlobError::from(full.unwrap_err()), BlobError::DiskFull(_)));
        let forbidden = io::Error::from(io::ErrorKind::PermissionDenied);
        assert!(matches!(BlobError::from(forbidden), BlobError::NotWritable(_)));
        let wrapped = object_store::Error::Generic {
            store: "folder",
            source: Box::new(io::Error::from(io::ErrorKind::StorageFull)),
        };
        assert!(matches!(BlobError::from(wrapped), BlobError::DiskFull(_)));
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_told() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("files"), b"not a folder").unwrap();
        let error = Blobs::open(&folder.path().join("files")).unwrap_err();
        assert!(matches!(error, BlobError::Storage(_)) && error.source().is_some(), "{error:?}");
    }
}
