//! Encryption of a backup, with a passphrase or for the public keys of those who may open it.
//!
//! The file is an age file (`age-encryption.org/v1`: scrypt or X25519, then `ChaCha20-Poly1305` in pieces of 64 KiB whose
//! numbers and end are sealed too), so that the standard `age` opens it where this program is not at hand. The library
//! takes its chance from the system. What programs of before sealed is opened by `sealed_before.rs`.

use std::fmt;
use std::io::{self, BufRead, Write};
use std::iter;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use age::stream::{StreamReader, StreamWriter};
use age::{DecryptError, Decryptor, EncryptError, Encryptor, scrypt, x25519};

use crate::backup::{BackupError, keep_secret};
use crate::cli::{Exit, Place, print};
use crate::clock::{Clock, stored};

/// The first bytes of every version of an age file.
pub const MAGIC: &[u8] = b"age-encryption.org/";
/// A passphrase becomes a key with 2^17 rounds in 128 MiB: about half a second.
const WORK: u8 = 17;
/// A file that asks for more than 2^20 rounds in 1 GiB is not one of ours, and shall not cost us that.
const WORK_MAX: u8 = 20;

/// Make a pair of keys for backups: the secret key is written to a file, the public key is printed.
#[derive(clap::Args, Debug)]
pub struct BackupKey {
    /// Where to write the secret key. It opens backups, and belongs on another machine than the service.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl BackupKey {
    /// Prints the public key. A file that is there already is never replaced: backups may need it.
    pub fn run(&self, _place: &Place) -> anyhow::Result<Exit> {
        let secret = x25519::Identity::generate();
        let public = secret.to_public();
        let made = stored(Clock::System.now());
        let text = secret.to_string();
        let text = format!(
            "# opens backups of motcua\n# created: {made}\n# public key: {public}\n{}\n",
            age::secrecy::ExposeSecret::expose_secret(&text)
        );
        keep_secret(&self.file, &text)?;
        print(&public.to_string())?;
        eprintln!(
            "{}: the secret key. Keep it away from the service, with a copy: without it no backup made for the public key opens",
            self.file.display()
        );
        Ok(Exit::Done)
    }
}

/// A public key: whoever holds the secret key that belongs to it may open the backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient(x25519::Recipient);

impl FromStr for Recipient {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.trim()
            .parse()
            .map(Self)
            .map_err(|_| "write a public key as `motcua backup-key` prints it: age1…")
    }
}

/// What a backup is sealed with.
#[derive(Clone)]
pub enum Lock {
    /// A passphrase.
    Passphrase(String),
    /// Public keys; each of their secret keys opens it alone.
    Recipients(Vec<Recipient>),
}

/// What a sealed backup is opened with.
#[derive(Clone)]
pub enum Unlock {
    /// A passphrase.
    Passphrase(String),
    /// The secret keys in a file.
    Identity {
        /// Which file.
        path: PathBuf,
        /// The keys.
        keys: Vec<x25519::Identity>,
    },
}

impl Unlock {
    /// The secret keys in a file, one a line, as `motcua backup-key` and `age-keygen` write them.
    pub fn identity(path: &Path) -> Result<Self, BackupError> {
        let text = std::fs::read_to_string(path).map_err(|source| BackupError::read(path, source))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let keys: Result<Vec<x25519::Identity>, _> = lines.map(str::parse).collect();
        match keys {
            Ok(keys) if !keys.is_empty() => Ok(Self::Identity { path: path.to_owned(), keys }),
            Ok(_) | Err(_) => Err(BackupError::NoIdentity(path.display().to_string())),
        }
    }
}

/// Neither tells a secret.
impl fmt::Debug for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passphrase(_) => f.write_str("Passphrase"),
            Self::Recipients(keys) => f.debug_tuple("Recipients").field(keys).finish(),
        }
    }
}

impl fmt::Debug for Unlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passphrase(_) => f.write_str("Passphrase"),
            Self::Identity { path, .. } => f.debug_tuple("Identity").field(path).finish(),
        }
    }
}

/// Seals what is written to the answer, whose `finish` has to be called at the end.
pub fn seal<W: Write>(inner: W, lock: &Lock) -> io::Result<StreamWriter<W>> {
    encryptor(lock, WORK).map_err(io::Error::other)?.wrap_output(inner)
}

fn encryptor(lock: &Lock, work: u8) -> Result<Encryptor, EncryptError> {
    match lock {
        Lock::Passphrase(text) => {
            let mut one = scrypt::Recipient::new(text.clone().into());
            one.set_work_factor(work);
            Encryptor::with_recipients(iter::once(&one as &dyn age::Recipient))
        }
        Lock::Recipients(keys) => {
            Encryptor::with_recipients(keys.iter().map(|key| &key.0 as &dyn age::Recipient))
        }
    }
}

/// Opens what [`seal`] sealed. A piece that was changed, moved or cut off is an error when it is read.
pub fn open<R: BufRead>(inner: R, unlock: Option<&Unlock>) -> Result<StreamReader<R>, BackupError> {
    let damaged = || BackupError::damaged("its first lines were changed or cut off");
    let sealed = Decryptor::new_buffered(inner).map_err(|_| damaged())?;
    let (opened, wrong) = match (sealed.is_scrypt(), unlock) {
        (true, Some(Unlock::Passphrase(text))) => {
            let mut one = scrypt::Identity::new(text.clone().into());
            one.set_max_work_factor(WORK_MAX);
            (sealed.decrypt(iter::once(&one as &dyn age::Identity)), BackupError::WrongPassphrase)
        }
        (false, Some(Unlock::Identity { path, keys })) => {
            let wrong = BackupError::WrongIdentity(path.display().to_string());
            (sealed.decrypt(keys.iter().map(|key| key as &dyn age::Identity)), wrong)
        }
        (true, Some(Unlock::Identity { .. }) | None) => return Err(BackupError::NeedsPassphrase),
        (false, Some(Unlock::Passphrase(_)) | None) => return Err(BackupError::NeedsIdentity),
    };
    opened.map_err(|error| match error {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed | DecryptError::NoMatchingKeys => {
            wrong
        }
        DecryptError::ExcessiveWork { .. }
        | DecryptError::InvalidHeader
        | DecryptError::InvalidMac
        | DecryptError::Io(_)
        | DecryptError::UnknownFormat => damaged(),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    const PASSPHRASE: &str = "mười hai con giáp";
    const PIECE: usize = 64 * 1024;
    const TAG: usize = 16;

    /// Two people, and one who has nothing to do with it.
    static KEYS: LazyLock<[x25519::Identity; 3]> =
        LazyLock::new(|| [(); 3].map(|()| x25519::Identity::generate()));

    fn of(person: usize) -> Unlock {
        Unlock::Identity { path: PathBuf::from(person.to_string()), keys: vec![KEYS[person].clone()] }
    }

    fn for_two() -> Lock {
        Lock::Recipients(KEYS[..2].iter().map(|key| Recipient(key.to_public())).collect())
    }

    fn sealed(lock: &Lock, content: &[u8]) -> Vec<u8> {
        let mut sealing = encryptor(lock, 4).unwrap().wrap_output(Vec::new()).unwrap();
        sealing.write_all(content).unwrap();
        sealing.finish().unwrap()
    }

    fn opened(sealed: &[u8], unlock: &Unlock) -> Result<Vec<u8>, BackupError> {
        let mut content = Vec::new();
        open(sealed, Some(unlock))?.read_to_end(&mut content).map_err(BackupError::damaged)?;
        Ok(content)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// Each of the two opens the same bytes, however many there are.
        #[test]
        fn content_comes_back(pieces in 0usize..3, beside in -3isize..=3, seed: u8) {
            let length = (pieces * PIECE).saturating_add_signed(beside);
            let content: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap() ^ seed).collect();
            let sealed = sealed(&for_two(), &content);
            for person in [0, 1] {
                prop_assert!(opened(&sealed, &of(person)).unwrap() == content, "{length} bytes, person {person}");
            }
        }

        /// A byte changed anywhere is refused, and so is a file cut off anywhere.
        #[test]
        fn no_change_goes_unnoticed(at: prop::sample::Index, bit in 0u8..8) {
            let whole = sealed(&for_two(), &vec![7; PIECE + 100]);
            let at = at.index(whole.len());
            let mut changed = whole.clone();
            changed[at] ^= 1 << bit;
            // The head is covered as a whole, also what it holds for the other person.
            prop_assert!(opened(&changed, &of(0)).is_err(), "byte {at}");
            prop_assert!(opened(&whole[..at], &of(0)).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn a_passphrase_opens_what_it_sealed_and_no_other_does() {
        let lock = Lock::Passphrase(PASSPHRASE.to_owned());
        for length in [0, 1, PIECE, PIECE + 1] {
            let content = vec![9; length];
            let sealed = sealed(&lock, &content);
            assert_eq!(opened(&sealed, &Unlock::Passphrase(PASSPHRASE.to_owned())).unwrap(), content);
            let wrong = opened(&sealed, &Unlock::Passphrase("mười hai con giap".to_owned()));
            assert!(matches!(wrong, Err(BackupError::WrongPassphrase)));
            assert!(matches!(opened(&sealed, &of(0)), Err(BackupError::NeedsPassphrase)));
            assert!(matches!(open(sealed.as_slice(), None), Err(BackupError::NeedsPassphrase)));
        }
    }

    #[test]
    fn another_key_or_a_passphrase_does_not_open_what_keys_open() {
        let sealed = sealed(&for_two(), b"x");
        assert!(matches!(opened(&sealed, &of(2)), Err(BackupError::WrongIdentity(_))));
        let passphrase = Unlock::Passphrase(PASSPHRASE.to_owned());
        assert!(matches!(opened(&sealed, &passphrase), Err(BackupError::NeedsIdentity)));
        assert!(matches!(open(sealed.as_slice(), None), Err(BackupError::NeedsIdentity)));
    }

    #[test]
    fn pieces_moved_or_added_are_refused() {
        let whole = sealed(&for_two(), &vec![7; 3 * PIECE]);
        let piece = PIECE + TAG;
        let first = whole.len() - 3 * piece;
        let mut swapped = whole.clone();
        swapped[first..first + piece].copy_from_slice(&whole[first + piece..first + 2 * piece]);
        swapped[first + piece..first + 2 * piece].copy_from_slice(&whole[first..first + piece]);
        assert!(opened(&swapped, &of(0)).is_err());
        assert!(opened(&whole[..whole.len() - piece], &of(0)).is_err());
        assert!(opened(&[whole.as_slice(), b"more"].concat(), &of(0)).is_err());
    }

    #[test]
    fn a_public_key_is_not_a_secret_one() {
        let public = KEYS[0].to_public().to_string();
        assert_eq!(public.parse::<Recipient>().unwrap(), Recipient(KEYS[0].to_public()));
        for other in ["", "age1", &public[..40], "AGE-SECRET-KEY-1QQQQ"] {
            assert!(other.parse::<Recipient>().is_err(), "{other}");
        }
    }
}
