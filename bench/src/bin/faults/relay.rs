//! A mail relay that is not always well: it says "not now", or takes a letter and hangs up before it says so.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Of so many conversations one ends with "not now".
const NOT_NOW: u64 = 7;
/// Of so many one ends without a word, after the letter was taken.
const HANGS_UP: u64 = 11;

/// A relay, with how often it took each letter, by the id of the letter.
#[derive(Clone)]
pub struct Relay {
    /// Host and port.
    pub address: String,
    taken: Arc<Mutex<HashMap<String, u64>>>,
}

impl Relay {
    /// Opens one on a port of its own.
    pub async fn open() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let relay = Self { address: listener.local_addr()?.to_string(), taken: Arc::default() };
        let ours = relay.clone();
        tokio::spawn(async move {
            for number in 0.. {
                let Ok((stream, _)) = listener.accept().await else { return };
                let ours = ours.clone();
                tokio::spawn(async move { drop(ours.converse(stream, number).await) });
            }
        });
        Ok(relay)
    }

    /// How often each letter came.
    pub fn taken(&self) -> HashMap<String, u64> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets every letter.
    pub fn forget(&self) {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    async fn converse(&self, stream: TcpStream, number: u64) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 relay\r\n").await?;
        let mut line = String::new();
        while 0 < stream.read_line(&mut line).await? {
            let answer: &[u8] = match line.get(..4).unwrap_or_default() {
                "RCPT" if number.is_multiple_of(NOT_NOW) => b"451 not now\r\n",
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").await?;
                    self.take(&mut stream).await?;
                    if number.is_multiple_of(HANGS_UP) {
                        return Ok(());
                    }
                    b"250 taken\r\n"
                }
                "QUIT" => return stream.write_all(b"221 bye\r\n").await,
                _ => b"250 ok\r\n",
            };
            stream.write_all(answer).await?;
            line.clear();
        }
        Ok(())
    }

    /// Reads a letter to its end and counts it.
    async fn take(&self, stream: &mut BufReader<TcpStream>) -> std::io::Result<()> {
        let mut letter = String::new();
        while !letter.ends_with("\r\n.\r\n") {
            if stream.read_line(&mut letter).await? == 0 {
                return Ok(());
            }
        }
        let id = letter.lines().find_map(|line| line.strip_prefix("Message-ID: <")?.split('@').next());
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        *taken.entry(id.unwrap_or_default().to_owned()).or_default() += 1;
        Ok(())
    }
}
