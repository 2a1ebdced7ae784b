//! A file on its way in: written as it arrives, hashed, looked at, kept or refused.

use std::error::Error;
use std::fs;
use std::io::{Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt as _};
use motcua_domain::dossier::FileRef;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncWriteExt as _, BufWriter};
use uuid::Uuid;

use super::blob::{BlobError, BlobHash, Blobs};
use super::kind::{FileKind, Unfit, inspect};
use super::name;
use super::scan::{Finding, ScanError};

/// Bytes gathered before they are written.
const WRITE_BYTES: usize = 256 * 1024;

/// What is known about a file before it arrives.
#[derive(Debug, Clone, Copy)]
pub struct Expected {
    /// Any id nobody else uses: the name of the file while it arrives.
    pub id: Uuid,
    /// Most bytes that are taken.
    pub bytes_max: u64,
    /// How long the sender says it is.
    pub bytes: Option<u64>,
    /// What the sender says its SHA-256 is.
    pub sha256: Option<BlobHash>,
}

/// A file that was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// Its name in the store.
    pub hash: BlobHash,
    /// Its length in bytes.
    pub bytes: u64,
    /// What it is.
    pub kind: FileKind,
}

impl Received {
    /// The file as dossiers name it, under the name it was given.
    pub fn named(&self, given: &str) -> FileRef {
        FileRef {
            sha256: self.hash.into(),
            name: name::clean(given, self.kind),
            size: self.bytes,
            media_type: self.kind.media_type().to_owned(),
        }
    }
}

/// Why a file was not kept. Nothing of it is left behind.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// It has no content.
    #[error("the file is empty")]
    Empty,
    /// It is longer than allowed.
    #[error("the file has more than {bytes_max} bytes")]
    TooBig {
        /// The limit, in bytes.
        bytes_max: u64,
    },
    /// Its content is not of a kind that is taken, whatever its name says.
    #[error("the file is of a kind that is not taken")]
    WrongKind,
    /// It is locked with a password.
    #[error("the file is locked with a password")]
    Locked,
    /// Its end is missing: the sender stopped early, or had only a part.
    #[error("the file was cut off")]
    CutOff,
    /// It is not the file whose SHA-256 was announced.
    #[error("the file changed on its way")]
    Altered,
    /// There is malware in it.
    #[error("there is malware in the file")]
    Infected,
    /// It could not be looked at for malware.
    #[error("the file could not be looked at for malware")]
    NotScanned(#[source] ScanError),
    /// The connection broke.
    #[error("the file stopped arriving")]
    Interrupted(#[source] Box<dyn Error + Send + Sync>),
    /// It could not be stored.
    #[error(transparent)]
    Blob(#[from] BlobError),
}

impl From<Unfit> for ReceiveError {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::WrongKind => Self::WrongKind,
            Unfit::Locked => Self::Locked,
            Unfit::CutOff => Self::CutOff,
            Unfit::Unreadable(error) => Self::Blob(error.into()),
        }
    }
}

impl ReceiveError {
    /// Message key of the sentence that says what to do. `TooBig` names its limit as `limit`.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Empty => "file.empty",
            Self::TooBig { .. } => "file.too_big",
            Self::WrongKind => "file.wrong_kind",
            Self::Locked => "file.locked",
            Self::CutOff | Self::Interrupted(_) => "file.cut_off",
            Self::Altered => "file.altered",
            Self::Infected => "file.infected",
            Self::NotScanned(_) => "file.not_scanned",
            Self::Blob(BlobError::DiskFull(_)) => "file.disk_full",
            Self::Blob(BlobError::Missing | BlobError::NotWritable(_) | BlobError::Storage(_)) => {
                "file.not_stored"
            }
        }
    }
}

/// A file that goes away again unless it is kept.
struct Arriving(PathBuf);

impl Drop for Arriving {
    fn drop(&mut self) {
        // After it was moved to its place there is nothing to remove.
        match fs::remove_file(&self.0) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => tracing::warn!(%error, "a file that was not kept could not be removed"),
        }
    }
}

impl Blobs {
    /// Takes a file in, piece by piece. It is on disk under its hash when this answers.
    pub async fn receive<S, E>(&self, expected: Expected, pieces: S) -> Result<Received, ReceiveError>
    where
        S: Stream<Item = Result<Bytes, E>>,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let arriving = Arriving(self.incoming(&expected.id.to_string()));
        let (file, hash, bytes) = write(&arriving, &expected, pieces).await?;
        if bytes == 0 {
            return Err(ReceiveError::Empty);
        }
        if expected.bytes.is_some_and(|announced| announced != bytes) {
            return Err(ReceiveError::CutOff);
        }
        if expected.sha256.is_some_and(|announced| announced != hash) {
            return Err(ReceiveError::Altered);
        }
        self.scan(&arriving.0).await?;
        let blobs = self.clone();
        let kept = tokio::task::spawn_blocking(move || -> Result<FileKind, ReceiveError> {
            let mut file = file;
            file.seek(SeekFrom::Start(0)).map_err(BlobError::from)?;
            let kind = inspect(&mut file)?;
            file.sync_all().map_err(BlobError::from)?;
            blobs.publish(&arriving.0, hash)?;
            Ok(kind)
        });
        let kind = kept.await.map_err(BlobError::from)??;
        Ok(Received { hash, bytes, kind })
    }
}

impl Blobs {
    /// Looks for malware in a file that is not kept yet, when somebody is there to look.
    pub(super) async fn scan(&self, path: &Path) -> Result<(), ReceiveError> {
        let Some(scanner) = &self.scanner else { return Ok(()) };
        match scanner.scan(path).await {
            Ok(Finding::Clean) => Ok(()),
            Ok(Finding::Infected) => Err(ReceiveError::Infected),
            Err(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::error!(error = %error, cause = ?cause, "a file could not be looked at for malware");
                Err(ReceiveError::NotScanned(error))
            }
        }
    }
}

/// Writes what arrives; answers the file, its hash and its length.
async fn write<S, E>(
    arriving: &Arriving,
    expected: &Expected,
    pieces: S,
) -> Result<(fs::File, BlobHash, u64), ReceiveError>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    let too_big = ReceiveError::TooBig { bytes_max: expected.bytes_max };
    if expected.bytes.is_some_and(|announced| expected.bytes_max < announced) {
        return Err(too_big);
    }
    let options =
        tokio::fs::OpenOptions::new().read(true).write(true).create_new(true).open(&arriving.0).await;
    let mut file = BufWriter::with_capacity(WRITE_BYTES, options.map_err(BlobError::from)?);
    let mut hasher = Sha256::new();
    let mut bytes = 0;
    let mut pieces = std::pin::pin!(pieces);
    while let Some(piece) =
        pieces.try_next().await.map_err(|error| ReceiveError::Interrupted(error.into()))?
    {
        bytes += piece.len() as u64;
        if expected.bytes_max < bytes {
            return Err(too_big);
        }
        hasher.update(&piece);
        file.write_all(&piece).await.map_err(BlobError::from)?;
    }
    file.flush().await.map_err(BlobError::from)?;
    let file = file.into_inner().into_std().await;
    Ok((file, BlobHash::finish(hasher), bytes))
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt as _, stream};
    use jiff::Timestamp;

    use super::super::kind::tests::pdf;
    use super::*;

    struct Desk {
        folder: tempfile::TempDir,
        blobs: Blobs,
    }

    fn desk() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path()).unwrap();
        Desk { folder, blobs }
    }

    fn expected() -> Expected {
        Expected { id: Uuid::from_u128(7), bytes_max: 1 << 20, bytes: None, sha256: None }
    }

    impl Desk {
        async fn send(&self, expected: Expected, content: &[u8]) -> Result<Received, ReceiveError> {
            let pieces: Vec<Result<Bytes, std::io::Error>> =
                content.chunks(100).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
            self.blobs.receive(expected, stream::iter(pieces)).await
        }

        /// Nothing was kept and nothing was left behind.
        async fn is_empty(&self) -> bool {
            let kept: Vec<BlobHash> = self.blobs.kept_before(Timestamp::MAX).try_collect().await.unwrap();
            let incoming = fs::read_dir(self.folder.path().join("incoming")).unwrap().count();
            kept.is_empty() && incoming == 0
        }
    }

    #[tokio::test]
    async fn a_sound_file_is_kept_under_its_hash() {
        let desk = desk();
        let content = pdf("");
        let hash = BlobHash::of(&content);
        let known = Expected { bytes: Some(content.len() as u64), sha256: Some(hash), ..expected() };
        let received = desk.send(known, &content).await.unwrap();
        assert_eq!(received, Received { hash, bytes: content.len() as u64, kind: FileKind::Pdf });
        assert_eq!(desk.blobs.bytes(hash).await.unwrap(), content);
        assert_eq!(desk.send(expected(), &content).await.unwrap().hash, hash, "sent twice, kept once");
        assert_eq!(fs::read_dir(desk.folder.path().join("incoming")).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn an_empty_file_is_refused() {
        let desk = desk();
        let res = desk.send(expected(), b"").await;
        assert!(matches!(res, Err(ReceiveError::Empty)), "{res:?}");
        assert!(desk.is_empty().await);
    }

    #[tokio::test]
    async fn a_file_that_is_too_big_is_refused_before_or_while_it_arrives() {
        let desk = desk();
        let announced = Expected { bytes: Some(30 << 20), ..expected() };
        let endless =
            stream::iter(std::iter::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from(vec![0; 1 << 16]))));
        for res in [desk.send(announced, b"x").await, desk.blobs.receive(expected(), endless).await] {
            assert!(matches!(res, Err(ReceiveError::TooBig { bytes_max: 0x10_0000 })), "{res:?}");
        }
        assert!(desk.is_empty().await);
    }

    #[tokio::test]
    async fn a_program_named_pdf_is_refused() {
        let desk = desk();
        let res = desk.send(expected(), b"MZ\x90\0\x03\0\0\0 this is a program").await;
        assert!(matches!(res, Err(ReceiveError::WrongKind)), "{res:?}");
        assert!(desk.is_empty().await);
    }

    #[tokio::test]
    async fn a_locked_file_is_refused() {
        let desk = desk();
        let res = desk.send(expected(), &pdf("/Encrypt 9 0 R ")).await;
        assert!(matches!(res, Err(ReceiveError::Locked)), "{res:?}");
        assert!(desk.is_empty().await);
    }

    #[tokio::test]
    async fn a_file_cut_off_on_its_way_is_refused() {
        let desk = desk();
        let content = pdf("");
        let part = &content[..content.len() / 2];
        let whole = Expected { bytes: Some(content.len() as u64), ..expected() };
        for res in [desk.send(expected(), part).await, desk.send(whole, part).await] {
            assert!(matches!(res, Err(ReceiveError::CutOff)), "{res:?}");
        }
        assert!(desk.is_empty().await);
    }

    #[tokio::test]
    async fn a_broken_connection_leaves_nothing() {
        let desk = desk();
        let broken =
            [Ok(Bytes::from(pdf(""))), Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))];
        let res = desk.blobs.receive(expected(), stream::iter(broken)).await;
        assert!(matches!(res, Err(ReceiveError::Interrupted(_))), "{res:?}");
        assert!(desk.is_empty().await);
    }

    #[tokio::test]
    async fn a_sender_who_vanishes_leaves_nothing() {
        let desk = desk();
        let silent = stream::iter([Ok::<_, std::io::Error>(Bytes::from(pdf("")))])
            .chain(stream::once(std::future::pending()));
        {
            let mut receiving = std::pin::pin!(desk.blobs.receive(expected(), silent));
            let waited = tokio::time::timeout(std::time::Duration::from_millis(50), receiving.as_mut()).await;
            assert!(waited.is_err(), "still waiting");
            assert!(!desk.is_empty().await, "it was arriving");
        }
        assert!(desk.is_empty().await);
    }

    #[tokio::test]
    async fn a_file_changed_on_its_way_is_refused() {
        let desk = desk();
        let other = Expected { sha256: Some(BlobHash::of(b"another file")), ..expected() };
        let res = desk.send(other, &pdf("")).await;
        assert!(matches!(res, Err(ReceiveError::Altered)), "{res:?}");
        assert!(desk.is_empty().await);
    }

    #[tokio::test]
    async fn a_folder_that_vanished_is_an_error_of_the_store() {
        let desk = desk();
        fs::remove_dir_all(desk.folder.path()).unwrap();
        let res = desk.send(expected(), &pdf("")).await;
        assert!(matches!(res, Err(ReceiveError::Blob(_))), "{res:?}");
    }
}
