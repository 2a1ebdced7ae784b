//! Files sent in pieces, as the script of the pages sends them (tus 1.0).

use anyhow::{Context as _, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::Method;

use crate::browser::{Answer, Browser};

/// Where uploads begin.
const PATH: &str = "/tai-len";
const VERSION: (&str, &str) = ("tus-resumable", "1.0.0");

impl Browser {
    /// Begins a file of this size, and answers where its pieces go. `about` says what it is for.
    pub async fn begin_file(&mut self, about: &[(&str, &str)], size: usize) -> anyhow::Result<String> {
        let pairs: Vec<String> =
            about.iter().map(|(name, value)| format!("{name} {}", STANDARD.encode(value))).collect();
        let (size, pairs) = (size.to_string(), pairs.join(","));
        let headers = [VERSION, ("upload-length", size.as_str()), ("upload-metadata", pairs.as_str())];
        let answer = self.script(Method::POST, PATH, &headers, &[]).await?;
        ensure!(answer.status.is_success(), "beginning a file was answered {}", answer.status);
        Ok(answer.location)
    }

    /// How much of a file is there.
    pub async fn received(&mut self, href: &str) -> anyhow::Result<usize> {
        let answer = self.script(Method::HEAD, href, &[VERSION], &[]).await?;
        ensure!(answer.status.is_success(), "asking for {href} was answered {}", answer.status);
        offset(&answer)
    }

    /// Sends what follows `offset`, and answers how much is there now.
    pub async fn send_piece(&mut self, href: &str, offset: usize, piece: &[u8]) -> anyhow::Result<usize> {
        let at = offset.to_string();
        let kind = ("content-type", "application/offset+octet-stream");
        let answer =
            self.script(Method::PATCH, href, &[VERSION, kind, ("upload-offset", at.as_str())], piece).await?;
        ensure!(answer.status.is_success(), "a piece at {offset} was answered {}", answer.status);
        self::offset(&answer)
    }
}

fn offset(answer: &Answer) -> anyhow::Result<usize> {
    let value = answer.headers.get("upload-offset").context("nobody says how much is there")?;
    Ok(value.to_str()?.parse()?)
}
