//! Small pictures drawn in code, so that a demonstration has files of several kinds: a page that was scanned as PNG
//! and a portrait as JPEG.

use std::io::Write as _;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

const WIDTH: usize = 496;
const HEIGHT: usize = 702;

/// A page with lines of writing, black on white; another `seed` is another page.
pub fn page(seed: usize) -> Vec<u8> {
    let mut rows = Vec::with_capacity(HEIGHT * (WIDTH / 8 + 1));
    for y in 0..HEIGHT {
        rows.push(0);
        rows.extend((0..WIDTH / 8).map(|byte| {
            (0..8).fold(0u8, |bits, bit| bits << 1 | u8::from(!is_ink(byte * 8 + bit, y, seed)))
        }));
    }
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    let body = packed.write_all(&rows).and_then(|()| packed.finish()).unwrap_or_default();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut head = Vec::new();
    head.extend(be(WIDTH));
    head.extend(be(HEIGHT));
    // One bit a pixel, grey; the usual packing; not interlaced.
    head.extend([1, 0, 0, 0, 0]);
    chunk(&mut png, *b"IHDR", &head);
    chunk(&mut png, *b"IDAT", &body);
    chunk(&mut png, *b"IEND", &[]);
    png
}

/// A frame, a heading, lines of words, and a stamp.
fn is_ink(x: usize, y: usize, seed: usize) -> bool {
    let edge = x.min(WIDTH - 1 - x).min(y.min(HEIGHT - 1 - y));
    if (12..14).contains(&edge) {
        return true;
    }
    let (dx, dy) = (x.abs_diff(380), y.abs_diff(600));
    let far = dx * dx + dy * dy;
    if (52 * 52..56 * 56).contains(&far) || (far < 40 * 40 && (dx + 2 * dy + seed) % 9 < 2) {
        return true;
    }
    if edge < 48 || 540 < y {
        return false;
    }
    let (line, inside) = (y / 26, y % 26);
    let word = (x / 11 + line * 5 + seed * 3) % 7;
    let height = if line < 5 { 4..16 } else { 8..14 };
    height.contains(&inside) && word != 0 && (x * 7 + line * 13 + seed * 31 + inside * 3) % 5 < 2
}

fn be(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes()
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], content: &[u8]) {
    let mut sum = Crc::new();
    sum.update(&kind);
    sum.update(content);
    png.extend(be(content.len()));
    png.extend(kind);
    png.extend(content);
    png.extend(sum.sum().to_be_bytes());
}

/// Squares of eight pixels, across and down.
const SQUARES: (usize, usize) = (24, 32);

/// A portrait in grey squares; another `seed` is another face.
pub fn portrait(seed: usize) -> Vec<u8> {
    let mut jpeg = vec![0xff, 0xd8];
    let size = |squares: usize| u16::try_from(squares * 8).unwrap_or(u16::MAX).to_be_bytes();
    // Quantised by eight throughout: the mean of a square is then its grey value.
    segment(&mut jpeg, 0xdb, &[&[0][..], &[8; 64]].concat());
    let (high, wide) = (size(SQUARES.1), size(SQUARES.0));
    segment(&mut jpeg, 0xc0, &[8, high[0], high[1], wide[0], wide[1], 1, 1, 0x11, 0]);
    segment(&mut jpeg, 0xc4, &[&[0][..], &CODES_BY_LENGTH, &(0..12).collect::<Vec<u8>>()].concat());
    // Of the finer waves only "no more of them" is ever said.
    segment(&mut jpeg, 0xc4, &[&[0x10, 1][..], &[0; 15], &[0]].concat());
    segment(&mut jpeg, 0xda, &[1, 1, 0, 0, 63, 0]);
    let mut bits = Bits::default();
    let mut before = 0;
    for y in 0..SQUARES.1 {
        for x in 0..SQUARES.0 {
            let grey = grey(x, y, seed) - 128;
            bits.difference(grey - before);
            bits.push(0, 1);
            before = grey;
        }
    }
    jpeg.extend(bits.finish());
    jpeg.extend([0xff, 0xd9]);
    jpeg
}

/// How many codes of one bit, two bits and so on there are for the size of a difference.
const CODES_BY_LENGTH: [u8; 16] = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];

fn segment(jpeg: &mut Vec<u8>, marker: u8, content: &[u8]) {
    let length = u16::try_from(content.len() + 2).unwrap_or(u16::MAX);
    jpeg.extend([0xff, marker]);
    jpeg.extend(length.to_be_bytes());
    jpeg.extend(content);
}

/// Light ground, dark hair, a face, a collar.
fn grey(x: usize, y: usize, seed: usize) -> i32 {
    let inside = |cx: usize, cy: usize, rx: usize, ry: usize| {
        let (dx, dy) = (x.abs_diff(cx), y.abs_diff(cy));
        dx * dx * ry * ry + dy * dy * rx * rx <= rx * rx * ry * ry
    };
    let tone = i32::try_from(seed * 17 % 40).unwrap_or(0);
    let eyes = y == 13 && (x == 10 || x == 14);
    if inside(12, 14, 5, 7) {
        if eyes { 40 } else { 175 + tone / 2 }
    } else if inside(12, 12, 6, 8 + seed % 4) {
        40 + tone
    } else if inside(12, 32, 11, 9) {
        90 + tone
    } else {
        245
    }
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    open: u8,
    filled: u8,
}

impl Bits {
    fn push(&mut self, code: u32, length: u8) {
        for at in (0..length).rev() {
            self.open = self.open << 1 | u8::from(code >> at & 1 == 1);
            self.filled += 1;
            if self.filled == 8 {
                self.bytes.push(self.open);
                if self.open == 0xff {
                    self.bytes.push(0);
                }
                (self.open, self.filled) = (0, 0);
            }
        }
    }

    /// The size of the difference in its code, then the difference in as many bits.
    fn difference(&mut self, difference: i32) {
        const CODES: [(u32, u8); 9] =
            [(0, 2), (2, 3), (3, 3), (4, 3), (5, 3), (6, 3), (14, 4), (30, 5), (62, 6)];
        let size = u8::try_from(32 - difference.unsigned_abs().leading_zeros()).unwrap_or(0).min(8);
        let (code, length) = CODES[usize::from(size)];
        self.push(code, length);
        let shown = if difference < 0 { difference + (1 << size) - 1 } else { difference };
        self.push(shown.unsigned_abs(), size);
    }

    fn finish(mut self) -> Vec<u8> {
        while self.filled != 0 {
            self.push(1, 1);
        }
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_a_picture_that_others_read() {
        let picture = image::load_from_memory(&page(1)).unwrap();
        assert_eq!((picture.width(), picture.height()), (496, 702));
        assert_ne!(page(1), page(2));
    }

    #[test]
    fn a_portrait_is_framed_as_a_picture() {
        let bytes = portrait(3);
        assert!(bytes.starts_with(&[0xff, 0xd8, 0xff, 0xdb]) && bytes.ends_with(&[0xff, 0xd9]));
        assert_ne!(bytes, portrait(4));
    }
}
