//! The square code on a form, drawn as one vector path.

use std::fmt::Write as _;

use fast_qr::{ECL, QRBuilder};

/// Clear margin that readers need around the code, in modules.
const QUIET: usize = 4;
/// Longest text taken, in bytes; more would print too fine for a phone.
const BYTES_MAX: usize = 300;

/// An SVG picture of the code for `text`; `None` when the text is empty or too long to be read from paper.
/// Fifteen in a hundred damaged modules are recovered: paper gets folded.
pub fn svg(text: &str) -> Option<String> {
    if text.is_empty() || BYTES_MAX < text.len() {
        return None;
    }
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let side = code.size + 2 * QUIET;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\"><path fill=\"#fff\" \
         d=\"M0 0h{side}v{side}H0z\"/><path fill=\"#000\" d=\""
    );
    for row in 0..code.size {
        let mut column = 0;
        while column < code.size {
            let width = code[row][column..].iter().take_while(|module| module.value()).count();
            if 0 < width {
                // Writing to a String cannot fail.
                let _ = write!(svg, "M{} {}h{width}v1h-{width}z", column + QUIET, row + QUIET);
            }
            column += width.max(1);
        }
    }
    svg.push_str("\"/></svg>");
    Some(svg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_holds_one_path_with_a_quiet_margin() {
        let svg = svg("https://example.vn/tra-cuu/H56.1.2-261121-0007").unwrap();
        assert_eq!(svg.matches("<path").count(), 2);
        // The finder pattern begins right after the margin with seven dark modules.
        assert!(svg.contains("M4 4h7v1h-7z"), "{svg}");
    }

    #[test]
    fn text_no_phone_could_read_from_paper_gets_no_code() {
        assert_eq!(svg(""), None);
        assert_eq!(svg(&"x".repeat(BYTES_MAX + 1)), None);
        assert!(svg(&"x".repeat(BYTES_MAX)).is_some());
    }
}
