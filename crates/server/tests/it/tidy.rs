//! The code about the code: rules of `CONTRIBUTING.md` that no compiler checks.

mod glossary;
mod messages;
mod source;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use source::Source;

/// Lines after which a file should be split, and after which it must be.
const LINES_MANY: usize = 500;
const LINES_MAX: usize = 800;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 6] = ["utils", "util", "helpers", "common", "manager", "service"];

/// What no file of ours may hold, outside comments and texts.
const FORBIDDEN: [(&str, &str); 6] = [
    ("#[allow(", "write #[expect(…, reason = \"…\")]"),
    ("#![allow(", "write #![expect(…, reason = \"…\")]"),
    ("#[ignore", "assert today's answer and say why"),
    ("todo!(", "finish it"),
    ("unimplemented!(", "finish it"),
    ("dbg!(", "use tracing"),
];

/// The root of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("crates/server is two folders deep")
        .to_owned()
}

/// Fails with all findings at once.
fn assert_none(findings: &[String]) {
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

#[test]
fn files_are_short() {
    let mut findings = Vec::new();
    for file in Source::all() {
        let lines = file.text.lines().count();
        if LINES_MAX < lines {
            findings.push(format!("{}: {lines} lines, more than {LINES_MAX}: split it", file.path));
        } else if LINES_MANY < lines {
            eprintln!("{}: {lines} lines: think of splitting it", file.path);
        }
    }
    assert_none(&findings);
}

#[test]
fn every_file_says_what_it_is() {
    let findings: Vec<String> = Source::all()
        .iter()
        .filter(|file| !file.text.starts_with("//! "))
        .map(|file| format!("{}: begin with //! and one line that says what it is", file.path))
        .collect();
    assert_none(&findings);
}

#[test]
fn nothing_is_left_for_later_or_silenced() {
    let mut findings = Vec::new();
    for file in Source::all() {
        for (number, line) in file.code.lines().enumerate() {
            for (forbidden, instead) in FORBIDDEN {
                if line.contains(forbidden) {
                    findings.push(format!("{}:{}: {forbidden} {instead}", file.path, number + 1));
                }
            }
            let in_test = file.is_test() || file.tests_from <= number;
            if !in_test && line.contains(".unwrap()") {
                findings.push(format!("{}:{}: .unwrap() say why in expect(\"…\")", file.path, number + 1));
            }
        }
        for (number, comment) in &file.comments {
            if comment.contains("TODO") || comment.contains("FIXME") {
                findings.push(format!("{}:{number}: {comment}: finish it", file.path));
            }
        }
    }
    assert_none(&findings);
}

#[test]
fn modules_are_named_after_what_they_hold() {
    let findings: Vec<String> = Source::all()
        .iter()
        .filter(|file| {
            let words = file.path.trim_end_matches(".rs").split(['/', '_']);
            words.clone().any(|word| EMPTY_NAMES.contains(&word))
        })
        .map(|file| format!("{}: name the thing", file.path))
        .collect();
    assert_none(&findings);
}

/// A handler that took a bare form would take it from any site.
#[test]
fn handlers_take_forms_with_their_token_only() {
    let mut findings = Vec::new();
    for file in Source::all().iter().filter(|file| !file.is_test()) {
        for handler in file.code.split("async fn ").skip(1) {
            let head = handler.split('{').next().unwrap_or_default();
            let is_safe = head.contains("SafeScript");
            if head.contains("State(") && head.contains("form: Form") && !is_safe {
                let name = head.split('(').next().unwrap_or_default();
                findings.push(format!("{}: {name} takes Form, not SafeForm", file.path));
            }
        }
    }
    assert_none(&findings);
}

/// Tests may tamper with rows, to see whether that is found.
#[test]
fn sql_is_written_in_stores_only() {
    let mut findings = Vec::new();
    for file in Source::all() {
        let is_store = file.path.ends_with("store.rs") || file.path.contains("/store/");
        if is_store || file.is_test() || file.path.starts_with("crates/db/") {
            continue;
        }
        for (number, text) in &file.strings {
            if *number < file.tests_from && is_sql(text) {
                findings.push(format!("{}:{number}: SQL belongs into store.rs: {text}", file.path));
            }
        }
    }
    assert_none(&findings);
}

fn is_sql(text: &str) -> bool {
    let words: Vec<String> = text.split_whitespace().take(40).map(str::to_lowercase).collect();
    let has = |word: &str| words.iter().any(|known| known == word);
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["select", _, ..] => has("from") || words.len() < 4,
        ["insert", "into", ..]
        | ["delete", "from", ..]
        | ["pragma", _, ..]
        | ["create" | "alter" | "drop", "table" | "index" | "unique" | "view", ..]
        | ["update", _, "set", ..] => true,
        ["with", _, "as", ..] => has("select"),
        _ => false,
    }
}

#[test]
fn sql_is_recognised() {
    let yes = [
        "select a from b",
        "\n  Update dossier\n set x = 1",
        "with v(x) as (values (1)) select x",
        "insert into a",
    ];
    let no =
        ["Select a file from the list on this page", "update", "with the stamp as it is", "delete the file"];
    assert!(yes.iter().all(|text| is_sql(text)));
    assert!(!no[1..].iter().any(|text| is_sql(text)));
    assert!(is_sql(no[0]), "an English sentence like this belongs into messages/ anyway");
}

/// The rules have no I/O, no clock and no chance because nothing they depend on has.
#[test]
fn the_rules_depend_on_four_crates() {
    let text = std::fs::read_to_string(root().join("crates/domain/Cargo.toml")).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    let dependencies: BTreeSet<&str> =
        manifest["dependencies"].as_table().unwrap().keys().map(String::as_str).collect();
    assert_eq!(dependencies, BTreeSet::from(["jiff", "serde", "thiserror", "uuid"]));
    assert!(!manifest.contains_key("build-dependencies"));
}

/// Only `db` names a driver.
#[test]
fn drivers_are_named_in_one_crate() {
    for of in ["server", "domain"] {
        let text = std::fs::read_to_string(root().join(format!("crates/{of}/Cargo.toml"))).unwrap();
        let manifest: toml::Table = text.parse().unwrap();
        for section in ["dependencies", "dev-dependencies"] {
            let names = manifest.get(section).and_then(toml::Value::as_table).map(|table| table.keys());
            for name in names.into_iter().flatten() {
                assert!(!["rusqlite", "postgres", "tokio-postgres"].contains(&name.as_str()), "{of}: {name}");
            }
        }
    }
}

#[test]
fn no_file_names_somebody_s_machine() {
    let mut findings = Vec::new();
    let places =
        [["/ho", "me/"].concat(), ["/Us", "ers/"].concat(), ["/ro", "ot/"].concat(), ["/wo", "rk/"].concat()];
    for path in
        source::files(&root(), &["rs", "toml", "md", "html", "scss", "js", "mjs", "sh", "sql", "yml", "json"])
    {
        let text = std::fs::read_to_string(root().join(&path)).unwrap_or_default();
        for (number, line) in text.lines().enumerate() {
            // A path begins after a quote, a space or a bracket; an address has letters before.
            let named = places.iter().any(|place| {
                let begins =
                    |at: usize| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '.' || c == '/');
                line.match_indices(place.as_str()).any(|(at, _)| begins(at))
            });
            if named && line.len() < 2000 {
                findings.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert_none(&findings);
}
