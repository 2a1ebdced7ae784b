//! Our Rust files, taken apart into code, comments and texts.

use std::fs;
use std::path::Path;

use super::root;

/// One file of ours.
pub struct Source {
    /// From the root of the workspace.
    pub path: String,
    /// As it is.
    pub text: String,
    /// Line by line, without comments and without what stands in texts.
    pub code: String,
    /// Line and content of each text.
    pub strings: Vec<(usize, String)>,
    /// Line and content of each comment.
    pub comments: Vec<(usize, String)>,
    /// The line where `#[cfg(test)]` begins the tests; past the end when there are none.
    pub tests_from: usize,
}

impl Source {
    /// Every Rust file of the workspace.
    pub fn all() -> Vec<Source> {
        let root = root();
        let paths = files(&root.join("crates"), &["rs"]);
        let all: Vec<Source> = paths
            .into_iter()
            .map(|path| {
                Source::take_apart(
                    format!("crates/{path}"),
                    fs::read_to_string(root.join("crates").join(&path)).unwrap(),
                )
            })
            .collect();
        assert!(20 < all.len(), "the files were found");
        all
    }

    /// Whether the whole file is a test.
    pub fn is_test(&self) -> bool {
        let names = ["/tests.rs", "/testing.rs", "/given.rs"];
        self.path.contains("/tests/") || names.iter().any(|name| self.path.ends_with(name))
    }

    fn take_apart(path: String, text: String) -> Source {
        let mut reader =
            Reader { rest: &text, line: 1, code: String::new(), strings: Vec::new(), comments: Vec::new() };
        while !reader.rest.is_empty() {
            reader.step();
        }
        let Reader { code, strings, comments, .. } = reader;
        let tests_from = code.lines().position(|line| line.trim() == "#[cfg(test)]").unwrap_or(usize::MAX);
        Source { path, text, code, strings, comments, tests_from }
    }
}

/// A reader of just as much Rust as is needed to know where texts and comments are.
struct Reader<'a> {
    rest: &'a str,
    line: usize,
    code: String,
    strings: Vec<(usize, String)>,
    comments: Vec<(usize, String)>,
}

impl Reader<'_> {
    fn step(&mut self) {
        let rest = self.rest;
        if rest.starts_with("//") {
            let comment = rest.lines().next().unwrap_or_default();
            self.comments.push((self.line, comment.to_owned()));
            self.skip(comment.len());
        } else if rest.starts_with("/*") {
            let length = rest.find("*/").map_or(rest.len(), |end| end + 2);
            self.comments.push((self.line, rest[..length].to_owned()));
            self.skip(length);
        } else if let Some(hashes) = raw_start(rest, self.code.chars().next_back()) {
            let end = format!("\"{}", "#".repeat(hashes));
            let start = rest.find('"').unwrap_or_default() + 1;
            let length = rest[start..].find(&end).unwrap_or(rest.len() - start);
            self.take_string(start, length, end.len());
        } else if let Some(inside) = rest.strip_prefix('"') {
            self.take_string(1, quoted_length(inside), 1);
        } else if let Some(length) = letter_length(rest) {
            self.code.push_str("' '");
            self.skip(length);
        } else {
            let letter = rest.chars().next().unwrap_or_default();
            self.code.push(letter);
            self.line += usize::from(letter == '\n');
            self.rest = &rest[letter.len_utf8()..];
        }
    }

    fn take_string(&mut self, start: usize, length: usize, end: usize) {
        let text = self.rest[start..start + length].to_owned();
        self.strings.push((self.line, text));
        self.code.push_str("\"\"");
        self.skip((start + length + end).min(self.rest.len()));
    }

    /// Goes on behind `length` bytes, keeping the count of lines.
    fn skip(&mut self, length: usize) {
        let lines = self.rest[..length].matches('\n').count();
        self.line += lines;
        self.code.extend(std::iter::repeat_n('\n', lines));
        self.rest = &self.rest[length..];
    }
}

/// How many `#` a raw text that begins here has.
fn raw_start(rest: &str, before: Option<char>) -> Option<usize> {
    if before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_') {
        return None;
    }
    let inner = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let hashes = inner.len() - inner.trim_start_matches('#').len();
    inner[hashes..].starts_with('"').then_some(hashes)
}

/// Length of a text up to the quote that ends it.
fn quoted_length(rest: &str) -> usize {
    let mut escaped = false;
    for (place, letter) in rest.char_indices() {
        match letter {
            '"' if !escaped => return place,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    rest.len()
}

/// Length of a letter in quotes; a lifetime has no second quote.
fn letter_length(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    if inner.starts_with('\\') {
        return inner[2..].find('\'').map(|end| end + 4);
    }
    let letter = inner.chars().next()?;
    inner[letter.len_utf8()..].starts_with('\'').then_some(letter.len_utf8() + 2)
}

/// A template without its comments, line by line as it was.
pub fn without_comments(template: &str) -> String {
    let mut code = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{#") {
        let (comment, next) = after.split_once("#}").unwrap_or((after, ""));
        code.push_str(before);
        code.extend(std::iter::repeat_n('\n', comment.matches('\n').count()));
        rest = next;
    }
    code + rest
}

/// Every file below `folder` with one of these endings, but nothing built or fetched.
pub fn files(folder: &Path, endings: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type().unwrap();
            if kind.is_dir() && !["target", "node_modules", ".git", "data"].contains(&name.as_str()) {
                folders.push(entry.path());
            } else if kind.is_file() && endings.iter().any(|ending| name.ends_with(&format!(".{ending}"))) {
                let path = entry.path();
                found.push(path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn code_comments_and_texts_are_told_apart() {
    let text = "let a = \"x // \\\" y\"; // dbg!(\nlet b = r#\"z \" \n\"#; let c = '\"'; let d: &'a str = \"e\";\n#[cfg(test)]\nmod";
    let source = Source::take_apart("a.rs".to_owned(), text.to_owned());
    let strings: Vec<&str> = source.strings.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(strings, ["x // \\\" y", "z \" \n", "e"]);
    assert_eq!(source.strings[2].0, 3);
    assert_eq!(source.comments, [(1, "// dbg!(".to_owned())]);
    assert!(!source.code.contains("dbg") && source.code.contains("let d: &'a str"));
    assert_eq!(source.tests_from, 3);
}

#[test]
fn comments_of_templates_are_dropped() {
    assert_eq!(without_comments("a {# b\n{{ c }} #}d\n{# e #}"), "a \nd\n");
}
