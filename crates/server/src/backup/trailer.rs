//! The last line of a backup: the hash of every byte before it, so that no change anywhere goes unnoticed.

use std::io::{self, Read, Write};

use sha2::{Digest as _, Sha256};

use crate::secrets::hex;

const MARK: &str = "motcua-sha256:";
/// `MARK`, 64 digits, the end of the line.
const BYTES: usize = MARK.len() + 64 + 1;
const PIECE: usize = 64 * 1024;

fn line(hasher: Sha256) -> String {
    format!("{MARK}{}\n", hex(&hasher.finalize()))
}

/// Writes through, and adds the line at the end.
pub struct TrailedWriter<W> {
    inner: W,
    hasher: Sha256,
}

impl<W: Write> TrailedWriter<W> {
    /// Nothing is written yet.
    pub fn new(inner: W) -> Self {
        Self { inner, hasher: Sha256::new() }
    }

    /// Adds the line and gives the writer back.
    pub fn finish(mut self) -> io::Result<W> {
        self.inner.write_all(line(self.hasher).as_bytes())?;
        Ok(self.inner)
    }
}

impl<W: Write> Write for TrailedWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Reads everything but the line.
pub struct TrailedReader<R> {
    inner: R,
    hasher: Sha256,
    held: Vec<u8>,
    given: usize,
}

impl<R: Read> TrailedReader<R> {
    /// Nothing is read yet.
    pub fn new(inner: R) -> Self {
        Self { inner, hasher: Sha256::new(), held: Vec::new(), given: 0 }
    }

    /// Reads what is left and answers whether the line is there and fits everything before it.
    pub fn is_whole(mut self) -> io::Result<bool> {
        io::copy(&mut self, &mut io::sink())?;
        Ok(self.held[self.given..] == *line(self.hasher).as_bytes())
    }
}

impl<R: Read> Read for TrailedReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.held.len() - self.given <= BYTES {
            self.held.drain(..self.given);
            self.given = 0;
            (&mut self.inner).take((PIECE + BYTES - self.held.len()) as u64).read_to_end(&mut self.held)?;
        }
        let free = (self.held.len() - self.given).saturating_sub(BYTES);
        let length = free.min(into.len());
        let piece = &self.held[self.given..self.given + length];
        into[..length].copy_from_slice(piece);
        self.hasher.update(piece);
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(content: &[u8]) -> Vec<u8> {
        let mut writer = TrailedWriter::new(Vec::new());
        writer.write_all(content).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn content_comes_back_and_every_change_is_seen() {
        for length in [0, 1, BYTES, PIECE - 1, PIECE, PIECE + BYTES, 3 * PIECE + 7] {
            let content: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let whole = written(&content);
            let mut reader = TrailedReader::new(whole.as_slice());
            let mut read = Vec::new();
            reader.read_to_end(&mut read).unwrap();
            assert_eq!(read, content);
            assert!(reader.is_whole().unwrap());
            for at in [0, whole.len() / 2, whole.len() - 1] {
                let mut changed = whole.clone();
                changed[at] ^= 1;
                assert!(!TrailedReader::new(changed.as_slice()).is_whole().unwrap(), "{length}, byte {at}");
                assert!(!TrailedReader::new(&whole[..at]).is_whole().unwrap(), "{length}, cut at {at}");
            }
            let longer = [whole.as_slice(), b"x"].concat();
            assert!(!TrailedReader::new(longer.as_slice()).is_whole().unwrap());
        }
    }
}
