//! The typeface of the forms, embedded in the program and parsed once.

use std::sync::LazyLock;

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

/// Liberation Serif has the metrics of Times New Roman, which Decree 30/2020 asks for, and every Vietnamese letter.
const FACES: [&[u8]; 4] = [
    include_bytes!("../../fonts/LiberationSerif-Regular.ttf"),
    include_bytes!("../../fonts/LiberationSerif-Bold.ttf"),
    include_bytes!("../../fonts/LiberationSerif-Italic.ttf"),
    include_bytes!("../../fonts/LiberationSerif-BoldItalic.ttf"),
];

/// The parsed faces and the index that finds one by name and style.
pub struct Typeface {
    /// Index over `fonts`, in the same order.
    pub book: LazyHash<FontBook>,
    /// The faces.
    pub fonts: Vec<Font>,
}

/// The typeface, parsed at first use.
pub fn typeface() -> &'static Typeface {
    static TYPEFACE: LazyLock<Typeface> = LazyLock::new(|| {
        let fonts: Vec<Font> = FACES.into_iter().filter_map(|face| Font::new(Bytes::new(face), 0)).collect();
        Typeface { book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts }
    });
    &TYPEFACE
}

impl Typeface {
    /// Whether every face can draw `letter`, so that it prints in bold and italic too.
    pub fn draws(&self, letter: char) -> bool {
        self.fonts.iter().all(|font| font.info().coverage.contains(u32::from(letter)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_four_faces_are_readable() {
        assert_eq!(typeface().fonts.len(), FACES.len());
    }

    #[test]
    fn every_vietnamese_letter_can_be_drawn_in_every_face() {
        let bases = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY";
        let tones = ["", "\u{300}", "\u{309}", "\u{303}", "\u{301}", "\u{323}"];
        for base in bases.chars() {
            for tone in tones {
                let letter: String =
                    unicode_normalization::UnicodeNormalization::nfc(format!("{base}{tone}").chars())
                        .collect();
                assert_eq!(letter.chars().count(), 1, "{letter} has a composed form");
                assert!(letter.chars().all(|letter| typeface().draws(letter)), "{letter}");
            }
        }
        assert!("đĐ₫–—“”‘’…•×0123456789".chars().all(|letter| typeface().draws(letter)));
    }
}
