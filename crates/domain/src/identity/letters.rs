//! Vietnamese letters: composing them as Unicode NFC does, folding them for search, ordering them as people do.
//!
//! Each vowel has a shape (plain, mũ, trăng, móc) and a tone. Text arrives composed (`ệ`), decomposed (`e` and two
//! marks, from phones of one maker) or half and half; all of it must compare equal.

use std::sync::LazyLock;

/// One row for each vowel and shape: six tones in lower case, then six in upper case.
const ROWS: [(char, u8, &str); 12] = [
    ('a', 0, "aàáảãạAÀÁẢÃẠ"),
    ('a', BREVE, "ăằắẳẵặĂẰẮẲẴẶ"),
    ('a', CIRCUMFLEX, "âầấẩẫậÂẦẤẨẪẬ"),
    ('e', 0, "eèéẻẽẹEÈÉẺẼẸ"),
    ('e', CIRCUMFLEX, "êềếểễệÊỀẾỂỄỆ"),
    ('i', 0, "iìíỉĩịIÌÍỈĨỊ"),
    ('o', 0, "oòóỏõọOÒÓỎÕỌ"),
    ('o', CIRCUMFLEX, "ôồốổỗộÔỒỐỔỖỘ"),
    ('o', HORN, "ơờớởỡợƠỜỚỞỠỢ"),
    ('u', 0, "uùúủũụUÙÚỦŨỤ"),
    ('u', HORN, "ưừứửữựƯỪỨỬỮỰ"),
    ('y', 0, "yỳýỷỹỵYỲÝỶỸỴ"),
];

const BREVE: u8 = 1;
const CIRCUMFLEX: u8 = 2;
const HORN: u8 = 3;

/// A vowel taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Vowel {
    /// Lower case, without marks.
    base: char,
    shape: u8,
    tone: u8,
    upper: bool,
}

/// Every letter of the rows with what it is made of, sorted by letter.
static VOWELS: LazyLock<Vec<(char, Vowel)>> = LazyLock::new(|| {
    let mut vowels: Vec<(char, Vowel)> = ROWS
        .iter()
        .flat_map(|&(base, shape, row)| {
            (0u8..)
                .zip(row.chars())
                .map(move |(at, letter)| (letter, Vowel { base, shape, tone: at % 6, upper: 6 <= at }))
        })
        .collect();
    vowels.sort_by_key(|(letter, _)| *letter);
    vowels
});

/// A mark that stands alone, after the letter it belongs to.
enum Mark {
    Shape(u8),
    Tone(u8),
}

fn mark(c: char) -> Option<Mark> {
    Some(match c {
        '\u{306}' => Mark::Shape(BREVE),
        '\u{302}' => Mark::Shape(CIRCUMFLEX),
        '\u{31b}' => Mark::Shape(HORN),
        '\u{300}' | '\u{340}' => Mark::Tone(1),
        '\u{301}' | '\u{341}' => Mark::Tone(2),
        '\u{309}' => Mark::Tone(3),
        '\u{303}' => Mark::Tone(4),
        '\u{323}' => Mark::Tone(5),
        _ => return None,
    })
}

/// Takes a letter apart; `None` when it is no Vietnamese vowel.
fn split(letter: char) -> Option<Vowel> {
    let at = VOWELS.binary_search_by_key(&letter, |(letter, _)| *letter).ok()?;
    Some(VOWELS[at].1)
}

/// Puts a vowel together; `None` when there is no such letter (`y` has no shapes).
fn join(vowel: Vowel) -> Option<char> {
    let (_, _, row) = ROWS.iter().find(|(base, shape, _)| (*base, *shape) == (vowel.base, vowel.shape))?;
    row.chars().nth(usize::from(vowel.tone) + if vowel.upper { 6 } else { 0 })
}

/// `vowel` with one more mark; `None` when it has such a mark already, or there is no such letter.
fn with_mark(vowel: Vowel, mark: &Mark) -> Option<Vowel> {
    let marked = match *mark {
        Mark::Shape(shape) if vowel.shape == 0 => Vowel { shape, ..vowel },
        Mark::Tone(tone) if vowel.tone == 0 => Vowel { tone, ..vowel },
        Mark::Shape(_) | Mark::Tone(_) => return None,
    };
    join(marked).map(|_| marked)
}

/// `text` with every Vietnamese letter in one piece. For Vietnamese text this is Unicode NFC; other scripts and
/// letters stay as they are.
pub fn compose(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut composed = String::with_capacity(text.len());
    let mut open: Option<Vowel> = None;
    for c in text.chars() {
        if let Some(vowel) = open
            && let Some(marked) = mark(c).and_then(|mark| with_mark(vowel, &mark))
        {
            open = Some(marked);
            continue;
        }
        composed.extend(open.take().and_then(join));
        open = split(c);
        if open.is_none() {
            composed.push(c);
        }
    }
    composed.extend(open.and_then(join));
    composed
}

/// `text` as it is searched: lower case, without accents, `đ` as `d`.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            folded.push(c.to_ascii_lowercase());
        } else if let Some(vowel) = split(c) {
            folded.push(vowel.base);
        } else if matches!(c, 'đ' | 'Đ' | 'ð' | 'Ð') {
            // The Icelandic letter looks the same and comes from old Vietnamese fonts.
            folded.push('d');
        } else if mark(c).is_none() {
            folded.extend(c.to_lowercase());
        }
    }
    folded
}

/// A key that sorts as bytes in the order of the Vietnamese alphabet: a ă â b c d đ e ê …, and by tone only
/// between words that are otherwise the same (ngang, huyền, sắc, hỏi, ngã, nặng).
pub fn sort_key(text: &str) -> String {
    let composed = compose(text);
    let mut key = String::with_capacity(2 * composed.len());
    let mut tones = String::new();
    for c in composed.chars() {
        let (base, shape, tone) = match split(c) {
            Some(vowel) => (vowel.base, vowel.shape, vowel.tone),
            None if matches!(c, 'đ' | 'Đ') => ('d', 1, 0),
            None => (c.to_lowercase().next().unwrap_or(c), 0, 0),
        };
        key.push(base);
        if base.is_alphabetic() {
            key.push(char::from(b'0' + shape));
            tones.push(char::from(b'0' + tone));
        }
    }
    // Below every letter, so that a word comes before the words it begins.
    key.push('\u{1}');
    key.push_str(&tones);
    key
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decomposed_and_half_composed_letters_become_one() {
        for written in ["ệ", "e\u{302}\u{323}", "e\u{323}\u{302}", "ê\u{323}", "ẹ\u{302}"] {
            assert_eq!(compose(written), "ệ", "{}", written.escape_unicode());
            assert_eq!(fold(written), "e", "{}", written.escape_unicode());
        }
        assert_eq!(compose("Nguye\u{302}\u{303}n Va\u{306}n Du\u{31b}\u{303}ng"), "Nguyễn Văn Dững");
        assert_eq!(compose("Tu\u{31b}\u{31b}"), "Tư\u{31b}", "a second mark of a kind is left where it was");
        assert_eq!(compose("y\u{302}"), "y\u{302}", "there is no such letter");
        assert_eq!(compose("\u{301}a"), "\u{301}a");
        assert_eq!(compose("Müller 北京"), "Müller 北京");
    }

    #[test]
    fn folding_drops_accents_and_case() {
        assert_eq!(fold("ĐĂNG KÝ KHAI SINH"), "dang ky khai sinh");
        assert_eq!(fold("Đặc khu Phú Quốc, Thuỷ/Thủy"), "dac khu phu quoc, thuy/thuy");
        assert_eq!(fold("Müller"), "müller");
    }

    #[test]
    fn names_sort_as_in_a_vietnamese_dictionary() {
        let mut words = vec![
            "đa", "dạ", "da", "bé", "be", "ân", "ăn", "an", "anh", "ạn", "ê", "em", "à", "ư", "un", "ơ", "ô",
            "o",
        ];
        words.sort_by_key(|word| sort_key(word));
        assert_eq!(
            words,
            [
                "à", "an", "ạn", "anh", "ăn", "ân", "be", "bé", "da", "dạ", "đa", "em", "ê", "o", "ô", "ơ",
                "un", "ư"
            ]
        );
    }

    proptest! {
        /// Any Vietnamese text, however its marks are written, composes and folds the same.
        #[test]
        fn marks_may_be_written_in_any_order(letters in prop::collection::vec((0usize..144, any::<bool>(), any::<bool>()), 0..12)) {
            const SHAPES: [&str; 4] = ["", "\u{306}", "\u{302}", "\u{31b}"];
            const TONES: [&str; 6] = ["", "\u{300}", "\u{301}", "\u{309}", "\u{303}", "\u{323}"];
            let (mut whole, mut apart) = (String::new(), String::new());
            for (at, decompose, tone_first) in letters {
                let (letter, vowel) = VOWELS[at];
                whole.push(letter);
                if !decompose {
                    apart.push(letter);
                    continue;
                }
                let base = if vowel.upper { vowel.base.to_ascii_uppercase() } else { vowel.base };
                let (shape, tone) = (SHAPES[usize::from(vowel.shape)], TONES[usize::from(vowel.tone)]);
                apart.push(base);
                apart.push_str(if tone_first { tone } else { shape });
                apart.push_str(if tone_first { shape } else { tone });
            }
            prop_assert_eq!(compose(&apart), whole.clone());
            prop_assert_eq!(fold(&apart), fold(&whole));
            prop_assert!(fold(&whole).is_ascii());
        }

        /// Composing or folding twice changes nothing more, on any text.
        #[test]
        fn composing_and_folding_come_to_rest(text in "\\PC{0,40}") {
            let (composed, folded) = (compose(&text), fold(&text));
            prop_assert_eq!(compose(&composed), composed.clone());
            prop_assert_eq!(fold(&folded), folded.clone());
            prop_assert_eq!(fold(&composed), folded);
        }
    }
}
