//! The name a file is shown and given back under.

use unicode_normalization::UnicodeNormalization as _;

use super::kind::FileKind;

/// Letters of a name that are kept.
const LETTERS_MAX: usize = 120;

/// What a person called a file, made safe to show, to send and to save: no folders, no
/// invisible or turning letters, and an ending that tells what the file is.
pub fn clean(given: &str, kind: FileKind) -> String {
    let kept = plain(given);
    let kept = kept.as_str();
    let (stem, ending) = kept.rsplit_once('.').unwrap_or((kept, ""));
    let known = kind.extensions().iter().find(|known| ending.eq_ignore_ascii_case(known));
    let stem = if known.is_some() { stem } else { kept };
    let stem: String = stem.chars().take(LETTERS_MAX).collect();
    let stem = stem.trim_end();
    let stem = if stem.is_empty() { "tệp" } else { stem };
    format!("{stem}.{}", known.unwrap_or(&kind.extensions()[0]))
}

/// What a person called a file of which nobody knows yet what it is: no folders, no deceiving letters.
pub fn given(given: &str) -> String {
    let kept: String = plain(given).chars().take(LETTERS_MAX).collect();
    let kept = kept.trim_end_matches(is_edge);
    if kept.is_empty() { "tệp".to_owned() } else { kept.to_owned() }
}

fn plain(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|letter| !is_deceiving(*letter)).nfc().collect();
    kept.trim_matches(is_edge).to_owned()
}

/// What no name begins or ends with.
fn is_edge(letter: char) -> bool {
    letter.is_whitespace() || letter == '.'
}

fn is_deceiving(letter: char) -> bool {
    is_unseen(letter) || matches!(letter, '"' | '<' | '>' | '|' | ':' | '*' | '?')
}

/// Control letters, and those that change the direction or the width of others: with one of
/// them `gpj.exe` is read as `exe.jpg`.
pub fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_kept_as_people_wrote_them() {
        assert_eq!(clean("Giấy khai sinh.pdf", FileKind::Pdf), "Giấy khai sinh.pdf");
        assert_eq!(clean("Ảnh 3x4.JPEG", FileKind::Jpeg), "Ảnh 3x4.jpeg");
        assert_eq!(clean("to.khai.v2.docx", FileKind::Docx), "to.khai.v2.docx");
        assert_eq!(clean("Gia\u{302}\u{301}y.pdf", FileKind::Pdf), "Giấy.pdf", "composed");
    }

    #[test]
    fn the_ending_tells_what_the_file_is() {
        assert_eq!(clean("don.exe", FileKind::Pdf), "don.exe.pdf");
        assert_eq!(clean("anh.png", FileKind::Jpeg), "anh.png.jpg");
        assert_eq!(clean("scan", FileKind::Png), "scan.png");
        assert_eq!(clean("anh\u{202E}gpj.exe", FileKind::Jpeg), "anhgpj.exe.jpg");
    }

    #[test]
    fn folders_and_tricks_are_dropped() {
        assert_eq!(clean("../../etc/passwd", FileKind::Pdf), "passwd.pdf");
        assert_eq!(clean("C:\\Users\\An\\don.pdf", FileKind::Pdf), "don.pdf");
        assert_eq!(clean("a\"\r\nset-cookie: x.pdf", FileKind::Pdf), "aset-cookie x.pdf");
        assert_eq!(clean("", FileKind::Pdf), "tệp.pdf");
        assert_eq!(clean("..", FileKind::Pdf), "tệp.pdf");
        assert_eq!(clean(".pdf", FileKind::Pdf), "pdf.pdf");
    }

    #[test]
    fn a_name_cut_off_at_a_dot_loses_it() {
        let long = "a".repeat(LETTERS_MAX - 1);
        assert_eq!(given(&format!("{long}. b.pdf")), long);
    }

    proptest! {
        #[test]
        fn a_clean_name_is_short_and_stays_as_it_is(given in "\\PC{0,300}") {
            let name = clean(&given, FileKind::Pdf);
            prop_assert!(name.chars().count() <= LETTERS_MAX + 4);
            prop_assert!(!name.contains(['/', '\\', '"', '\n']));
            prop_assert_eq!(clean(&name, FileKind::Pdf), name);
        }

        #[test]
        fn a_name_given_is_short_and_stays_as_it_is(first in "\\PC{0,300}") {
            let name = given(&first);
            prop_assert!(name.chars().count() <= LETTERS_MAX);
            prop_assert_eq!(given(&name), name);
        }
    }
}
