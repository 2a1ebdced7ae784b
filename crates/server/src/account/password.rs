//! Passwords of officers: argon2id, at most a few at once, the same time for logins that do not exist.

use std::sync::LazyLock;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use tokio::sync::Semaphore;

use crate::random::Random;

/// Each takes about 20 ms of one core and 19 MiB.
static HASHING: Semaphore = Semaphore::const_new(2);
/// Who waits longer than this for a turn is told that the service is busy.
const WAIT_SECONDS_MAX: u64 = 10;

/// Fewest characters of a password.
pub const CHARS_MIN: usize = 10;
/// Most characters of a password.
pub const CHARS_MAX: usize = 200;

/// Compared with when there is no account, so that the answer takes as long.
static DECOY: LazyLock<String> = LazyLock::new(|| hash_with(&[7; 16], "nobody has this password"));

/// Letters and digits that are not mistaken for one another on paper.
const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// Too many passwords are being checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being checked")]
pub struct Busy;

/// What is wrong with a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// Fewer than [`CHARS_MIN`] characters.
    Short,
    /// More than [`CHARS_MAX`] characters.
    Long,
    /// Made of very few different characters.
    Monotonous,
    /// Holds the login.
    HoldsLogin,
}

/// What is wrong with a new password, if anything. Length is what counts; rules about kinds of characters only
/// make passwords that people write down.
pub fn weakness(password: &str, login: &str) -> Option<Weakness> {
    let chars = password.chars().count();
    let mut different: Vec<char> = password.to_lowercase().chars().collect();
    different.sort_unstable();
    different.dedup();
    if chars < CHARS_MIN {
        Some(Weakness::Short)
    } else if CHARS_MAX < chars {
        Some(Weakness::Long)
    } else if different.len() < 5 {
        Some(Weakness::Monotonous)
    } else if password.to_lowercase().contains(&login.to_lowercase()) {
        Some(Weakness::HoldsLogin)
    } else {
        None
    }
}

impl Weakness {
    /// Key of the sentence that says what to do.
    pub fn key(self) -> &'static str {
        match self {
            Self::Short => "account.password_short",
            Self::Long => "account.password_long",
            Self::Monotonous => "account.password_monotonous",
            Self::HoldsLogin => "account.password_holds_login",
        }
    }
}

/// A password for the first sign-in: sixteen letters and digits in four groups, about 79 bits.
pub fn initial(random: &Random) -> String {
    let mut groups = Vec::new();
    for _ in 0..4 {
        let group: String = (0..4)
            .map(|_| {
                let at = usize::try_from(random.below(LETTERS.len() as u64)).unwrap_or(0);
                char::from(LETTERS[at])
            })
            .collect();
        groups.push(group);
    }
    groups.join("-")
}

/// The hash to store.
pub async fn hash(random: &Random, password: &str) -> Result<String, Busy> {
    let (random, password) = (random.clone(), password.to_owned());
    in_turn(move || hash_now(&random, &password)).await
}

/// As [`hash`], on this thread and without waiting for a turn: for commands that fill an installation.
pub fn hash_now(random: &Random, password: &str) -> String {
    hash_with(&random.bytes::<16>(), password)
}

/// Whether `password` is the one of `hash`. Without a hash the answer is no and takes as long.
pub async fn is_right(password: &str, hash: Option<&str>) -> Result<bool, Busy> {
    let (password, hash) = (password.to_owned(), hash.map(str::to_owned));
    in_turn(move || {
        let against = hash.as_deref().unwrap_or(&DECOY);
        let matches = PasswordHash::new(against)
            .is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok());
        matches && hash.is_some()
    })
    .await
}

fn hash_with(salt: &[u8; 16], password: &str) -> String {
    let salt = SaltString::encode_b64(salt).expect("sixteen bytes are a salt");
    Argon2::default()
        .hash_password(password.as_bytes(), &salt)
        .expect("the default parameters take a password of any length that a form holds")
        .to_string()
}

async fn in_turn<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> Result<T, Busy> {
    let turn = tokio::time::timeout(Duration::from_secs(WAIT_SECONDS_MAX), HASHING.acquire()).await;
    let Ok(Ok(_turn)) = turn else { return Err(Busy) };
    tokio::task::spawn_blocking(act).await.map_err(|_| Busy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_opens_its_own_hash_only() {
        let random = Random::seeded(1);
        let stored = hash(&random, "một mật khẩu dài").await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_eq!(is_right("một mật khẩu dài", Some(&stored)).await, Ok(true));
        assert_eq!(is_right("một mật khẩu khác", Some(&stored)).await, Ok(false));
        assert_eq!(is_right("nobody has this password", None).await, Ok(false));
        assert_eq!(is_right("x", Some("not a hash")).await, Ok(false));
    }

    #[test]
    fn length_counts_and_the_login_does_not_belong_in_it() {
        assert_eq!(weakness("ngắn", "an"), Some(Weakness::Short));
        assert_eq!(weakness(&"dài".repeat(100), "x1"), Some(Weakness::Long));
        assert_eq!(weakness("aaaaaaaaaaaa", "x1"), Some(Weakness::Monotonous));
        assert_eq!(weakness("Nguyen.Van.An.2026", "nguyen.van.an"), Some(Weakness::HoldsLogin));
        assert_eq!(weakness("bốn con gà nhảy", "nguyen.van.an"), None);
        assert_eq!(weakness(&initial(&Random::seeded(3)), "nguyen.van.an"), None);
    }
}
