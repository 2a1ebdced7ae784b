//! One word for one thing: folders and message files are called by words of `docs/glossary.md`.

use std::collections::BTreeSet;

use super::{assert_none, root};

/// Every word of the first column, each also without the `s` of the plural.
fn words() -> BTreeSet<String> {
    let text = std::fs::read_to_string(root().join("docs/glossary.md")).unwrap();
    let first = |line: &str| line.strip_prefix("| ")?.split(" | ").next().map(str::to_owned);
    let words: BTreeSet<String> = text
        .lines()
        .filter_map(first)
        .flat_map(|cell| cell.split([',', ' ']).map(singular).collect::<Vec<_>>())
        .collect();
    assert!(words.contains("dossier") && words.contains("one-stop"), "the glossary was found");
    words
}

fn singular(word: &str) -> String {
    word.strip_suffix('s').unwrap_or(word).to_owned()
}

/// Names of the folders in `folder`, or of the files that end so.
fn names(folder: &str, ending: Option<&str>) -> Vec<String> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap().map(Result::unwrap);
    let name = |entry: std::fs::DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        match ending {
            Some(ending) => name.strip_suffix(ending).map(str::to_owned),
            None => entry.path().is_dir().then_some(name),
        }
    };
    let mut names: Vec<String> = entries.filter_map(name).collect();
    assert!(10 < names.len(), "{folder} was found");
    names.sort();
    names
}

#[test]
fn folders_and_sentences_are_called_by_words_of_the_glossary() {
    let words = words();
    let mut findings = Vec::new();
    for (folder, ending) in [("crates/server/src", None), ("crates/server/messages/vi", Some(".toml"))] {
        for name in names(folder, ending) {
            if !words.contains(&singular(&name)) {
                findings.push(format!(
                    "{folder}/{name}: docs/glossary.md has no such word: add it, or use the one it has"
                ));
            }
        }
    }
    assert_none(&findings);
}
