//! What people typed, made fit for paper: composed letters, nothing invisible, nothing the typeface cannot draw.

use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;

use super::typeface::typeface;

/// Stands for a letter the typeface cannot draw. Archival PDF forbids missing glyphs, and a
/// receipt with a box in a name is better than no receipt.
const UNKNOWN: char = '□';
/// Every text inside `value`, made printable.
pub fn printable_value(value: &mut Value) {
    match value {
        Value::String(text) => *text = printable(text),
        Value::Array(items) => items.iter_mut().for_each(printable_value),
        Value::Object(fields) => fields.values_mut().for_each(printable_value),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// `text` with composed letters, without invisible ones, and with a box for what cannot be drawn.
pub fn printable(text: &str) -> String {
    text.nfc().filter_map(drawn).collect()
}

/// What is printed for `letter`; nothing for what cannot be seen.
fn drawn(letter: char) -> Option<char> {
    match letter {
        '\n' => Some('\n'),
        '\t' | '\u{2028}' | '\u{2029}' => Some(' '),
        _ if letter.is_control() || is_invisible(letter) => None,
        _ if is_private(letter) || !typeface().draws(letter) => Some(UNKNOWN),
        _ => Some(letter),
    }
}

/// Letters that change how their neighbours read without being seen: joiners, direction marks, tags.
fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Letters without a public meaning, which archival PDF forbids.
fn is_private(letter: char) -> bool {
    matches!(letter, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn decomposed_vietnamese_is_composed() {
        assert_eq!(printable("Nguye\u{302}\u{303}n Thi\u{323} U\u{31B}\u{309}"), "Nguyễn Thị Ử");
    }

    #[test]
    fn what_cannot_be_drawn_becomes_a_box() {
        assert_eq!(printable("An 😀 王"), "An □ □");
        assert!(typeface().draws(UNKNOWN));
    }

    #[test]
    fn what_cannot_be_seen_is_left_out() {
        assert_eq!(printable("A\u{202E}n\u{200B}\u{0}\u{FEFF}\u{AD}h"), "Anh");
        assert_eq!(printable("một\thai\nba"), "một hai\nba");
    }

    #[test]
    fn texts_deep_inside_are_reached() {
        let mut value = json!({ "a": ["\u{0}x", { "b": "y\u{202E}" }], "n": 3 });
        printable_value(&mut value);
        assert_eq!(value, json!({ "a": ["x", { "b": "y" }], "n": 3 }));
    }

    proptest! {
        /// Whatever is typed, only letters that can be drawn remain, and doing it again changes nothing.
        #[test]
        fn everything_printed_can_be_drawn(text in any::<String>()) {
            let printed = printable(&text);
            for letter in printed.chars() {
                prop_assert!(letter == '\n' || typeface().draws(letter), "{letter:?}");
            }
            prop_assert_eq!(printable(&printed), printed);
        }
    }
}
