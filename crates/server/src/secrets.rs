//! The key file outside the database: personal identifiers are sealed with it, and found by keyed hashes.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::random::Random;

const PREFIX: &str = "sealed1:";
const NONCE_BYTES: usize = 24;

/// Why something sealed cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The key file could not be read or written.
    #[error("the key file {path}")]
    File {
        /// Where it should be.
        path: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The key file is not 64 hexadecimal digits.
    #[error("the key file {0} does not hold a key of 64 hexadecimal digits")]
    BadKey(String),
    /// Sealed with another key, for another purpose, or changed since.
    #[error("a sealed value does not open with this key")]
    Sealed,
}

/// The keys of this installation, one for each purpose, all derived from the key file.
#[derive(Clone)]
pub struct Secrets {
    sealing: [u8; 32],
    finding: [u8; 32],
    signing: [u8; 32],
}

impl Secrets {
    /// Reads the key file, or makes it (readable by its owner only) when there is none.
    pub fn load_or_create(path: &Path, random: &Random) -> Result<Self, SecretError> {
        let failed = |source| SecretError::File { path: path.display().to_string(), source };
        match Self::load(path) {
            Err(SecretError::File { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                let key = random.bytes::<32>();
                let mut options = fs::OpenOptions::new();
                options.write(true).create_new(true);
                #[cfg(unix)]
                std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
                let mut file = options.open(path).map_err(failed)?;
                writeln!(file, "{}", hex(&key)).and_then(|()| file.sync_all()).map_err(failed)?;
                Ok(Self::from_key(&key))
            }
            loaded => loaded,
        }
    }

    /// Reads a key file that must be there.
    pub fn load(path: &Path) -> Result<Self, SecretError> {
        let failed = |source| SecretError::File { path: path.display().to_string(), source };
        let text = fs::read_to_string(path).map_err(failed)?;
        let key = parse_key(text.trim()).ok_or_else(|| SecretError::BadKey(path.display().to_string()))?;
        Ok(Self::from_key(&key))
    }

    /// Derives the keys from one master key.
    pub fn from_key(key: &[u8; 32]) -> Self {
        let derive = |purpose: &str| -> [u8; 32] { mac(key, &[purpose]) };
        Self { sealing: derive("seal"), finding: derive("find"), signing: derive("sign") }
    }

    /// Seals a text. `purpose` binds it to its place: it opens only for the same one.
    pub fn seal(&self, random: &Random, purpose: &str, text: &str) -> String {
        let nonce = random.bytes::<NONCE_BYTES>();
        let payload = Payload { msg: text.as_bytes(), aad: purpose.as_bytes() };
        let sealed = self
            .cipher()
            .encrypt(XNonce::from_slice(&nonce), payload)
            .expect("a text in memory is shorter than the cipher's limit of 256 GiB");
        format!("{PREFIX}{}", STANDARD_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// Opens what [`Self::seal`] sealed for the same purpose.
    pub fn open(&self, purpose: &str, sealed: &str) -> Result<String, SecretError> {
        let bytes = sealed
            .strip_prefix(PREFIX)
            .and_then(|text| STANDARD_NO_PAD.decode(text).ok())
            .filter(|bytes| NONCE_BYTES < bytes.len())
            .ok_or(SecretError::Sealed)?;
        let (nonce, message) = bytes.split_at(NONCE_BYTES);
        let payload = Payload { msg: message, aad: purpose.as_bytes() };
        let text =
            self.cipher().decrypt(XNonce::from_slice(nonce), payload).map_err(|_| SecretError::Sealed)?;
        String::from_utf8(text).map_err(|_| SecretError::Sealed)
    }

    /// A hash by which an exact value can be found without storing it. 64 hexadecimal digits.
    pub fn keyed_hash(&self, kind: &str, value: &str) -> String {
        hex(&mac(&self.finding, &[kind, value]))
    }

    /// A short proof that this installation made `parts`, for links, cookies and form tokens.
    pub fn sign(&self, parts: &[&str]) -> String {
        hex(&mac(&self.signing, parts)[..16])
    }

    /// Whether `signature` is the one of `parts`; takes the same time for every wrong one.
    pub fn is_signed(&self, parts: &[&str], signature: &str) -> bool {
        let expected = self.sign(parts);
        let differences = expected.bytes().zip(signature.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
        expected.len() == signature.len() && differences == 0
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&self.sealing).into())
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(…)")
    }
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Parts are told apart by their lengths, so that ("ab","c") and ("a","bc") differ.
fn mac(key: &[u8; 32], parts: &[&str]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_le_bytes());
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().into()
}

fn parse_key(text: &str) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, digits) in key.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        Secrets::from_key(&[7; 32])
    }

    #[test]
    fn what_is_sealed_opens_for_its_purpose_only() {
        let sealed = secrets().seal(&Random::seeded(1), "person", "001090000007");
        assert!(!sealed.contains("001090000007"));
        assert_eq!(secrets().open("person", &sealed).unwrap(), "001090000007");
        assert!(secrets().open("mail", &sealed).is_err());
        assert!(Secrets::from_key(&[8; 32]).open("person", &sealed).is_err());
    }

    #[test]
    fn a_changed_seal_does_not_open() {
        let sealed = secrets().seal(&Random::seeded(1), "person", "x");
        for at in PREFIX.len()..sealed.len() {
            let mut bytes = sealed.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(changed == sealed || secrets().open("person", &changed).is_err(), "byte {at}");
        }
    }

    #[test]
    fn a_number_is_found_by_its_hash_and_parts_do_not_run_together() {
        let hash = |kind, value| secrets().keyed_hash(kind, value);
        assert_eq!(hash("id", "1"), hash("id", "1"));
        assert_ne!(hash("id", "12"), hash("id1", "2"));
        assert!(secrets().is_signed(&["a"], &secrets().sign(&["a"])));
        assert!(!secrets().is_signed(&["a"], ""));
    }

    #[test]
    fn the_key_file_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        let first = Secrets::load_or_create(&path, &Random::seeded(1)).unwrap();
        let second = Secrets::load_or_create(&path, &Random::seeded(2)).unwrap();
        assert_eq!(first.keyed_hash("id", "1"), second.keyed_hash("id", "1"));
        fs::write(&path, "short").unwrap();
        assert!(matches!(Secrets::load_or_create(&path, &Random::seeded(2)), Err(SecretError::BadKey(_))));
    }
}
