//! Every input that fuzzing begins with or has ever found, and many like it, through the readers of what comes from
//! outside: the targets of `fuzz/server`, without the fuzzer.

#[path = "../../../../fuzz/server/src/lib.rs"]
mod targets;

use std::path::{Path, PathBuf};

use motcua::random::Random;

/// Inputs made of each kept one.
const MADE: usize = 60;

/// Inputs that were kept for a target.
fn kept(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/server/seeds").join(target);
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{target} begins with nothing");
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// An input like this one: bytes changed, cut out, put in, said twice.
fn like(random: &Random, input: &[u8]) -> Vec<u8> {
    let below = |limit: usize| usize::try_from(random.below(limit.max(1) as u64)).unwrap();
    let mut made = input.to_vec();
    for _ in 0..=below(4) {
        let (from, to) = (below(made.len()), below(made.len()));
        let (from, to) = (from.min(to), from.max(to));
        match below(5) {
            0 if from < made.len() => made[from] ^= 1 << below(8),
            1 => drop(made.drain(from..to.min(from + 20))),
            2 => made.truncate(to),
            3 => {
                let again = made[from..to.min(from + 200)].to_vec();
                drop(made.splice(to..to, again));
            }
            _ => {
                let odd: [&[u8]; 8] =
                    [b"\0", b"-1", b"\xff\xfe", b"99999999999999999999", b"\"", b"{[", b"%00", b",,\n"];
                drop(made.splice(from..from, odd[below(odd.len())].iter().copied()));
            }
        }
    }
    made
}

fn throw(target: &str, read: fn(&[u8])) {
    let random = Random::seeded(1);
    for input in kept(target) {
        read(&input);
        for _ in 0..MADE {
            let made = like(&random, &input);
            let res = std::panic::catch_unwind(|| read(&made));
            assert!(
                res.is_ok(),
                "{target} breaks at {:?}: keep it in fuzz/server/seeds",
                String::from_utf8_lossy(&made)
            );
        }
    }
}

#[test]
fn files_and_their_names_are_looked_at_without_breaking() {
    throw("files", targets::files::read);
}

#[test]
fn headers_of_uploads_are_read_without_breaking() {
    throw("uploads", targets::uploads::read);
}

#[test]
fn forms_with_files_are_read_without_breaking() {
    throw("parts", targets::parts::read);
}

#[test]
fn imports_are_read_without_breaking() {
    throw("imports", targets::imports::read);
}

#[test]
fn addresses_and_forms_are_read_without_breaking() {
    throw("forms", targets::forms::read);
}

#[test]
fn bodies_of_programs_are_read_without_breaking() {
    throw("bodies", targets::bodies::read);
}

#[test]
fn backups_are_read_without_breaking() {
    throw("backups", targets::backups::read);
}
