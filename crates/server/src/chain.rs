//! Rows chained by hash: each is covered with all its columns and the hash of the row before it.

use sha2::{Digest as _, Sha256};

use crate::secrets::hex;

/// What comes before the first row of every chain.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The hash of columns, each with its length before it, so that none can borrow from its neighbour.
pub fn hash<'a>(columns: impl IntoIterator<Item = Option<&'a str>>) -> String {
    let mut hasher = Sha256::new();
    for column in columns {
        match column {
            Some(text) => {
                hasher.update((text.len() as u64).to_le_bytes());
                hasher.update(text.as_bytes());
            }
            None => hasher.update(u64::MAX.to_le_bytes()),
        }
    }
    hex(&hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_belongs_to_its_column() {
        assert_ne!(hash([Some("ab"), Some("c")]), hash([Some("a"), Some("bc")]));
        assert_ne!(hash([Some("")]), hash([None]));
        assert_eq!(hash([Some("a"), None]), hash([Some("a"), None]));
    }
}
