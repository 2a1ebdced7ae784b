//! Backups that programs sealed before `seal.rs`: argon2id makes the key of the passphrase, XChaCha20-Poly1305 seals piece
//! by piece. They are opened, and no longer written.
//!
//! `MAGIC`, the cost of the key, salt, nonce and a check of the passphrase; then pieces of 64 KiB, each with its
//! own tag. The number of a piece and whether it is the last are part of its nonce (STREAM), so that none can be
//! left out, moved or cut off.

use std::io::{self, BufRead, Read};

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::Payload;
use chacha20poly1305::aead::stream::DecryptorBE32;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::backup::BackupError;

/// The first bytes; the last of them is the version.
pub const MAGIC: &[u8; 16] = b"MOTCUA-SEALED\n\0\x01";
const PIECE: usize = 64 * 1024;
const TAG: usize = 16;
/// The nonce of `XChaCha20` without the counter and the mark of the last piece: 19 of its 24 bytes.
const NONCE: usize = 19;
const SALT: usize = 16;
const CHECK: usize = 16;
const HEAD: usize = MAGIC.len() + 12 + SALT + NONCE + CHECK;
/// A file that asks for more than this is not one of ours, and shall not cost us that.
const COST_MAX: [u32; 3] = [1024 * 1024, 16, 8];

type Head = [u8; HEAD];

/// Key of the cipher, key of the check.
fn keys(passphrase: &str, salt: &[u8], cost: [u32; 3]) -> Option<([u8; 32], [u8; 32])> {
    let params = Params::new(cost[0], cost[1], cost[2], Some(64)).ok()?;
    let mut both = [0; 64];
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon.hash_password_into(passphrase.as_bytes(), salt, &mut both).ok()?;
    let (mut sealing, mut checking) = ([0; 32], [0; 32]);
    sealing.copy_from_slice(&both[..32]);
    checking.copy_from_slice(&both[32..]);
    Some((sealing, checking))
}

fn check(key: &[u8; 32], head: &[u8]) -> Hmac<Sha256> {
    let mut mac = <Hmac<Sha256> as hmac::Mac>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(head);
    mac
}

/// Opens what was sealed so. A piece that was changed, moved or cut off is an error of kind `InvalidData`.
pub struct Opener<R> {
    inner: R,
    head: Head,
    cipher: Option<DecryptorBE32<XChaCha20Poly1305>>,
    piece: Vec<u8>,
    given: usize,
}

impl<R: BufRead> Opener<R> {
    /// Reads the head and tries the passphrase.
    pub fn new(mut inner: R, passphrase: &str) -> Result<Self, BackupError> {
        let mut head = [0; HEAD];
        inner.read_exact(&mut head).map_err(|_| BackupError::damaged("it ends in its first line"))?;
        let number = |at: usize| {
            let at = MAGIC.len() + 4 * at;
            head[at..at + 4].iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte))
        };
        let cost = [number(0), number(1), number(2)];
        if cost.iter().zip(COST_MAX).any(|(asked, most)| most < *asked) {
            return Err(BackupError::damaged("its first line was changed"));
        }
        let salt_at = MAGIC.len() + 12;
        let nonce_at = salt_at + SALT;
        let check_at = nonce_at + NONCE;
        let (sealing, checking) = keys(passphrase, &head[salt_at..nonce_at], cost)
            .ok_or_else(|| BackupError::damaged("its first line was changed"))?;
        let tried = check(&checking, &head[..check_at]);
        tried.verify_truncated_left(&head[check_at..]).map_err(|_| BackupError::WrongPassphrase)?;
        let mut nonce = [0; NONCE];
        nonce.copy_from_slice(&head[nonce_at..check_at]);
        let cipher = DecryptorBE32::new((&sealing).into(), (&nonce).into());
        Ok(Self { inner, head, cipher: Some(cipher), piece: Vec::new(), given: 0 })
    }

    /// Opens the next piece; leaves nothing when the last was opened.
    fn open_piece(&mut self) -> io::Result<()> {
        self.piece.clear();
        self.given = 0;
        let Some(mut cipher) = self.cipher.take() else { return Ok(()) };
        let mut sealed = Vec::with_capacity(PIECE + TAG);
        (&mut self.inner).take((PIECE + TAG) as u64).read_to_end(&mut sealed)?;
        let payload = Payload { msg: &sealed, aad: &self.head };
        let opened = if self.inner.fill_buf()?.is_empty() {
            cipher.decrypt_last(payload)
        } else {
            let opened = cipher.decrypt_next(payload);
            self.cipher = Some(cipher);
            opened
        };
        self.piece = opened.map_err(|_| {
            self.cipher = None;
            io::Error::new(io::ErrorKind::InvalidData, "a sealed piece was changed or cut off")
        })?;
        Ok(())
    }
}

impl<R: BufRead> Read for Opener<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.piece.len() && self.cipher.is_some() {
            self.open_piece()?;
        }
        let length = into.len().min(self.piece.len() - self.given);
        into[..length].copy_from_slice(&self.piece[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use chacha20poly1305::aead::stream::EncryptorBE32;

    use super::*;

    pub const PASSPHRASE: &str = "mười hai con giáp";

    /// As the programs of before sealed, with less cost.
    pub fn sealed(content: &[u8]) -> Vec<u8> {
        let (salt, nonce) = ([5; SALT], [6; NONCE]);
        let mut head = MAGIC.to_vec();
        head.extend([256u32, 1, 1].iter().flat_map(|number| number.to_le_bytes()));
        head.extend(salt.iter().chain(&nonce));
        let (sealing, checking) = keys(PASSPHRASE, &salt, [256, 1, 1]).unwrap();
        head.extend(&check(&checking, &head).finalize().into_bytes()[..CHECK]);
        let mut cipher = EncryptorBE32::<XChaCha20Poly1305>::new((&sealing).into(), (&nonce).into());
        let full = content.len().saturating_sub(1) / PIECE * PIECE;
        let mut sealed = head.clone();
        for piece in content[..full].chunks(PIECE) {
            sealed.extend(cipher.encrypt_next(Payload { msg: piece, aad: &head }).unwrap());
        }
        sealed.extend(cipher.encrypt_last(Payload { msg: &content[full..], aad: &head }).unwrap());
        sealed
    }

    fn opened(sealed: &[u8]) -> Result<Vec<u8>, String> {
        let mut content = Vec::new();
        let mut opener = Opener::new(sealed, PASSPHRASE).map_err(|error| error.to_string())?;
        opener.read_to_end(&mut content).map_err(|error| error.to_string())?;
        Ok(content)
    }

    #[test]
    fn content_comes_back_whatever_its_length() {
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE] {
            let content: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
            assert_eq!(opened(&sealed(&content)).unwrap(), content, "{length}");
        }
    }

    #[test]
    fn another_passphrase_does_not_open_it() {
        let refused = Opener::new(sealed(b"x").as_slice(), "mười hai con giap").err().unwrap();
        assert!(matches!(refused, BackupError::WrongPassphrase));
    }

    #[test]
    fn a_piece_changed_moved_or_cut_off_is_refused() {
        let content = vec![7; 3 * PIECE];
        let whole = sealed(&content);
        let piece = PIECE + TAG;
        for at in [0, 17, MAGIC.len() + 13, HEAD - 1, HEAD, HEAD + piece, whole.len() - 1] {
            let mut changed = whole.clone();
            changed[at] ^= 0x80;
            assert!(opened(&changed).is_err(), "byte {at}");
        }
        for kept in [5, HEAD, HEAD + 1, HEAD + piece, HEAD + 2 * piece, whole.len() - 1] {
            assert!(opened(&whole[..kept]).is_err(), "cut at {kept}");
        }
        let mut swapped = whole.clone();
        swapped[HEAD..HEAD + piece].copy_from_slice(&whole[HEAD + piece..HEAD + 2 * piece]);
        swapped[HEAD + piece..HEAD + 2 * piece].copy_from_slice(&whole[HEAD..HEAD + piece]);
        assert!(opened(&swapped).is_err());
        assert!(opened(&[whole.as_slice(), b"more"].concat()).is_err());
    }
}
