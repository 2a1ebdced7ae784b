//! Looks for malware: asks `clamd`, when the office runs one, before a file is kept (INSTREAM, see clamd(8)).

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};

/// Bytes sent at a time.
const PIECE_BYTES: usize = 64 * 1024;
/// A file that takes longer was not looked at.
const SCAN_SECONDS_MAX: u64 = 180;
/// Longest answer that is read, in bytes.
const ANSWER_BYTES_MAX: u64 = 1_000;

/// Where `clamd` listens: a path beginning with `/`, or `host:port`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub enum Scanner {
    /// A socket of this machine.
    Socket(PathBuf),
    /// A port.
    Port(String),
}

impl From<String> for Scanner {
    fn from(text: String) -> Self {
        if text.starts_with('/') { Self::Socket(text.into()) } else { Self::Port(text) }
    }
}

/// What was found in a file that was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Nothing.
    Clean,
    /// Malware.
    Infected,
}

/// Why a file was not looked at.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// Nobody answers.
    #[error("clamd does not answer")]
    Unreachable(#[from] io::Error),
    /// It takes too long.
    #[error("clamd took longer than {SCAN_SECONDS_MAX} seconds")]
    Late,
    /// It says something else than yes or no, for example that the file is larger than its `StreamMaxLength`.
    #[error("clamd could not look at a file: {0}")]
    Failed(String),
}

impl Scanner {
    /// Looks at a file.
    pub async fn scan(&self, path: &Path) -> Result<Finding, ScanError> {
        let scanning = async {
            let file = File::open(path).await?;
            match self {
                Self::Socket(socket) => ask(UnixStream::connect(socket).await?, file).await,
                Self::Port(address) => ask(TcpStream::connect(address).await?, file).await,
            }
        };
        let scanned = tokio::time::timeout(Duration::from_secs(SCAN_SECONDS_MAX), scanning).await;
        let answer = scanned.map_err(|_| ScanError::Late)??;
        let answer = answer.trim_end_matches(['\0', '\n']).trim();
        match answer.rsplit(' ').next() {
            Some("OK") => Ok(Finding::Clean),
            Some("FOUND") => {
                tracing::warn!(clamd = answer, "malware was sent");
                Ok(Finding::Infected)
            }
            Some(_) | None => Err(ScanError::Failed(answer.to_owned())),
        }
    }
}

/// Sends the file in pieces, each after its length, and reads the answer.
async fn ask(mut line: impl AsyncRead + AsyncWrite + Unpin, mut file: File) -> io::Result<String> {
    line.write_all(b"zINSTREAM\0").await?;
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let length = file.read(&mut piece).await?;
        let said = u32::try_from(length).map_err(io::Error::other)?.to_be_bytes();
        // It stops listening when the file is too large for it, and says so.
        let sent = async {
            line.write_all(&said).await?;
            line.write_all(&piece[..length]).await
        };
        if sent.await.is_err() || length == 0 {
            break;
        }
    }
    let mut answer = String::new();
    line.take(ANSWER_BYTES_MAX).read_to_string(&mut answer).await?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_path_or_a_port() {
        assert_eq!(Scanner::from("/run/clamd".to_owned()), Scanner::Socket("/run/clamd".into()));
        assert_eq!(Scanner::from("127.0.0.1:3310".to_owned()), Scanner::Port("127.0.0.1:3310".to_owned()));
    }
}
