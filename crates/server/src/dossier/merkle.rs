//! One root for all dossiers: a Merkle tree over (code, head hash) in the order of codes.
//!
//! Leaves and inner nodes are hashed with different prefixes, so that neither can pass for the other.

use sha2::{Digest as _, Sha256};

use crate::secrets::hex;

/// Folds leaves one by one; needs memory only for one hash per level.
#[derive(Debug, Default)]
pub struct Tree {
    /// Roots of complete subtrees, the largest first, with their heights.
    peaks: Vec<(u32, [u8; 32])>,
    leaves: u64,
}

impl Tree {
    /// Adds the next dossier. Codes must come in ascending order.
    pub fn push(&mut self, code: &str, head: &str) {
        let mut hasher = Sha256::new_with_prefix([0]);
        hasher.update((code.len() as u64).to_le_bytes());
        hasher.update(code.as_bytes());
        hasher.update(head.as_bytes());
        let mut node = (0, hasher.finalize().into());
        while let Some(&(height, left)) = self.peaks.last() {
            if height != node.0 {
                break;
            }
            self.peaks.pop();
            node = (height + 1, inner(&left, &node.1));
        }
        self.peaks.push(node);
        self.leaves += 1;
    }

    /// How many dossiers were added.
    pub fn leaves(&self) -> u64 {
        self.leaves
    }

    /// The root, as 64 hexadecimal digits; of an empty tree the hash of nothing.
    pub fn root(&self) -> String {
        let mut peaks = self.peaks.iter().rev().map(|(_, hash)| *hash);
        let Some(smallest) = peaks.next() else { return hex(&Sha256::digest([])) };
        hex(&peaks.fold(smallest, |right, left| inner(&left, &right)))
    }
}

fn inner(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    let mut hasher = Sha256::new_with_prefix([1]);
    hasher.update(left);
    hasher.update(right);
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn root(leaves: &[(String, String)]) -> String {
        let mut tree = Tree::default();
        for (code, head) in leaves {
            tree.push(code, head);
        }
        tree.root()
    }

    #[test]
    fn an_empty_tree_has_a_root() {
        assert_eq!(root(&[]).len(), 64);
    }

    proptest! {
        /// Any other head, at any place, makes another root.
        #[test]
        fn every_head_counts(n in 1usize..40, at in 0usize..40) {
            let leaves: Vec<_> = (0..n).map(|i| (format!("H1-{i:04}"), format!("{i:064x}"))).collect();
            let mut changed = leaves.clone();
            let at = at % n;
            changed[at].1 = "f".repeat(64);
            prop_assert_ne!(root(&leaves), root(&changed));
            prop_assert_ne!(root(&leaves), root(&leaves[..n - 1]));
        }
    }
}
