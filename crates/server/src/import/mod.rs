//! Imports: catalogues and lists from files. All or nothing for each file, and a report of what was done.

pub mod command;
pub mod pages;
pub mod problem;
pub mod read;
pub mod report;
pub mod upload;
pub mod words;

pub use problem::{BadRow, ImportError, Problem};
pub use report::{Finding, Report};

use unicode_normalization::UnicodeNormalization as _;

/// `text` as it is kept: Unicode NFC, lines ended by `\n`, no other control characters, nothing at the ends.
pub fn clean(text: &str) -> String {
    let one_kind_of_line_end = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String =
        one_kind_of_line_end.nfc().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    kept.trim().to_owned()
}

/// `text` as the name of something: [`clean`], and on one line with single spaces.
pub fn clean_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_composed_and_lines_have_one_kind_of_end() {
        assert_eq!(clean(" Ho\u{302}\u{323} ti\u{323}ch\r\n\u{0}- a\rb\t "), "Hộ tịch\n- a\nb");
        assert_eq!(clean_line(" Hộ \n  tịch\t"), "Hộ tịch");
    }
}
