//! What a file really is, told by its content and not by its name, and whether it is whole.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

/// The kinds of file that are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A PDF.
    Pdf,
    /// A JPEG picture.
    Jpeg,
    /// A PNG picture.
    Png,
    /// A text of Word, without macros.
    Docx,
    /// A table of Excel, without macros.
    Xlsx,
}

/// Why a file is not taken, whatever its name says.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// Its content is of no kind that is taken.
    #[error("the content is of no kind that is taken")]
    WrongKind,
    /// It is locked. A locked file cannot be shown, signed or archived.
    #[error("the file is locked with a password")]
    Locked,
    /// Its end is missing.
    #[error("the end of the file is missing")]
    CutOff,
    /// It cannot be read from our own disk.
    #[error("the file cannot be read")]
    Unreadable(#[from] io::Error),
}

/// Entries of an office file; a real one has a few hundred at most.
const ENTRIES_MAX: usize = 5000;
/// Where a PDF may begin: some programs write a few bytes before it.
const PDF_HEAD: usize = 1024;
/// How far from its end a PDF must end, for programs that write something after it.
const PDF_TAIL: u64 = 4096;

impl FileKind {
    /// The kind as `content-type` names it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The ways its name may end; the first is the usual one.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Png => &["png"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
        }
    }

    /// The kind that is named so in `content-type`.
    pub fn from_media_type(text: &str) -> Option<Self> {
        let all = [Self::Pdf, Self::Jpeg, Self::Png, Self::Docx, Self::Xlsx];
        all.into_iter().find(|kind| kind.media_type() == text)
    }

    /// Whether browsers show it in a page.
    pub fn is_shown_by_browsers(self) -> bool {
        match self {
            Self::Pdf | Self::Jpeg | Self::Png => true,
            Self::Docx | Self::Xlsx => false,
        }
    }
}

/// Bytes at the beginning that tell the kind.
pub const HEAD_BYTES: usize = 8192;

/// Whether a file that begins so may be of a kind that is taken: a wrong one is refused before all of it came.
pub fn may_be_taken(head: &[u8]) -> bool {
    let media_type = infer::get(head).map(|found| found.mime_type());
    find(&head[..head.len().min(PDF_HEAD)], b"%PDF-").is_some()
        || matches!(media_type, Some("image/jpeg" | "image/png"))
        || head.starts_with(b"PK\x03\x04")
        || head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0])
}

/// Looks at the whole file: which kind it is, not locked, not cut off.
pub fn inspect(file: &mut File) -> Result<FileKind, Unfit> {
    let mut head = Vec::new();
    file.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    if find(&head[..head.len().min(PDF_HEAD)], b"%PDF-").is_some() {
        return pdf(file).map(|()| FileKind::Pdf);
    }
    let media_type = infer::get(&head).map(|found| found.mime_type());
    match media_type {
        Some("image/jpeg") => jpeg(file).map(|()| FileKind::Jpeg),
        Some("image/png") => png(file).map(|()| FileKind::Png),
        _ if head.starts_with(b"PK\x03\x04") => office(file),
        _ if head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) => Err(old_office(file)),
        _ => Err(Unfit::WrongKind),
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

/// Whether `found` says yes to a window of the file from `start` on. Windows overlap by 64 bytes.
fn any_window(file: &mut File, start: u64, found: impl Fn(&[u8]) -> bool) -> io::Result<bool> {
    file.seek(SeekFrom::Start(start))?;
    let mut window = Vec::new();
    loop {
        let carried = window.len().saturating_sub(64);
        window.drain(..carried);
        if file.by_ref().take(1 << 16).read_to_end(&mut window)? == 0 {
            return Ok(false);
        }
        if found(&window) {
            return Ok(true);
        }
    }
}

fn pdf(file: &mut File) -> Result<(), Unfit> {
    let length = file.seek(SeekFrom::End(0))?;
    let tail = length.saturating_sub(PDF_TAIL);
    if !any_window(file, tail, |window| find(window, b"%%EOF").is_some())? {
        return Err(Unfit::CutOff);
    }
    if any_window(file, 0, has_encryption)? { Err(Unfit::Locked) } else { Ok(()) }
}

/// Whether a trailer refers to an encryption dictionary: `/Encrypt 12 0 R` or `/Encrypt <<`.
fn has_encryption(mut window: &[u8]) -> bool {
    const KEY: &[u8] = b"/Encrypt";
    while let Some(place) = find(window, KEY) {
        window = &window[place + KEY.len()..];
        let value = window.trim_ascii_start();
        let referred = value.len() < window.len() && value.first().is_some_and(u8::is_ascii_digit);
        if referred || value.starts_with(b"<<") {
            return true;
        }
    }
    false
}

/// Walks over the segments, which may hold a small picture with an end of its own, to the
/// picture itself, and looks for its end.
fn jpeg(file: &mut File) -> Result<(), Unfit> {
    let mut place = 2;
    loop {
        file.seek(SeekFrom::Start(place))?;
        let mut segment = [0; 4];
        if file.read_exact(&mut segment).is_err() || segment[0] != 0xFF {
            return Err(Unfit::CutOff);
        }
        let length = u64::from(u16::from_be_bytes([segment[2], segment[3]]));
        match segment[1] {
            // A picture without an image.
            0xD9 => return Err(Unfit::CutOff),
            0xDA => break,
            // Padding before a marker.
            0xFF => place += 1,
            _ => place += 2 + length,
        }
    }
    let ended = any_window(file, place, |window| find(window, &[0xFF, 0xD9]).is_some())?;
    if ended { Ok(()) } else { Err(Unfit::CutOff) }
}

/// Walks over the chunks to the last one.
fn png(file: &mut File) -> Result<(), Unfit> {
    let length = file.seek(SeekFrom::End(0))?;
    let mut place = 8;
    loop {
        file.seek(SeekFrom::Start(place))?;
        let mut chunk = [0; 8];
        if file.read_exact(&mut chunk).is_err() {
            return Err(Unfit::CutOff);
        }
        // Length, type, content, checksum.
        place += 12 + u64::from(u32::from_be_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]));
        if length < place {
            return Err(Unfit::CutOff);
        }
        if &chunk[4..] == b"IEND" {
            return Ok(());
        }
    }
}

/// An office file is a zip archive, whose table of contents stands at its end.
fn office(file: &mut File) -> Result<FileKind, Unfit> {
    file.seek(SeekFrom::Start(0))?;
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(|_| Unfit::CutOff)?;
    if ENTRIES_MAX < archive.len() {
        return Err(Unfit::WrongKind);
    }
    for index in 0..archive.len() {
        if archive.by_index_raw(index).map_err(|_| Unfit::CutOff)?.encrypted() {
            return Err(Unfit::Locked);
        }
    }
    let has = |name: &str| archive.index_for_name(name).is_some();
    let macros = archive.file_names().any(|name| name.ends_with("vbaProject.bin"));
    match (has("[Content_Types].xml") && !macros, has("word/document.xml"), has("xl/workbook.xml")) {
        (true, true, false) => Ok(FileKind::Docx),
        (true, false, true) => Ok(FileKind::Xlsx),
        (false, _, _) | (true, true, true) | (true, false, false) => Err(Unfit::WrongKind),
    }
}

/// The container of the old office programs also carries the new ones' locked files.
fn old_office(file: &mut File) -> Unfit {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    match any_window(file, 0, |window| find(window, &name).is_some()) {
        Ok(true) => Unfit::Locked,
        Ok(false) => Unfit::WrongKind,
        Err(error) => Unfit::Unreadable(error),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::{Cursor, Write as _};

    use super::*;

    /// A PDF of one empty page; `trailer` stands in its trailer.
    pub(in super::super) fn pdf(trailer: &str) -> Vec<u8> {
        let body = "%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n\
                    2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n\
                    3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n";
        let line = |number| {
            let place = body.find(&format!("\n{number} 0 obj")).unwrap() + 1;
            format!("{place:010} 00000 n \n")
        };
        let offsets = [line(1), line(2), line(3)].concat();
        format!(
            "{body}xref\n0 4\n0000000000 65535 f \n{offsets}trailer\n<< /Size 4 /Root 1 0 R {trailer}>>\n\
             startxref\n{}\n%%EOF\n",
            body.len()
        )
        .into_bytes()
    }

    fn png() -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        image::DynamicImage::new_rgb8(40, 30).write_to(&mut out, image::ImageFormat::Png).unwrap();
        out.into_inner()
    }

    /// The frame of a JPEG, with a small picture inside as cameras write it.
    fn jpeg() -> Vec<u8> {
        let small: [u8; 10] = [0xFF, 0xD8, 0xFF, 0xDA, 0, 2, 1, 2, 0xFF, 0xD9];
        let mut out = vec![0xFF, 0xD8, 0xFF, 0xE1, 0, 2 + 10];
        out.extend(small);
        out.extend([0xFF, 0xFF, 0xDB, 0, 4, 7, 7, 0xFF, 0xDA, 0, 4, 1, 1]);
        out.extend([0x42; 300]);
        out.extend([0xFF, 0xD9]);
        out
    }

    fn archive(names: &[&str]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in names {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(b"<?xml version=\"1.0\"?><x/>").unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn look(bytes: &[u8]) -> Result<FileKind, Unfit> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.seek(SeekFrom::Start(0)).unwrap();
        inspect(&mut file)
    }

    fn docx() -> Vec<u8> {
        archive(&["[Content_Types].xml", "word/document.xml", "word/styles.xml"])
    }

    #[test]
    fn sound_files_are_recognised_by_their_content() {
        assert_eq!(look(&pdf("")).unwrap(), FileKind::Pdf);
        assert_eq!(look(&[b"\xEF\xBB\xBF\n".as_slice(), &pdf("")].concat()).unwrap(), FileKind::Pdf);
        assert_eq!(look(&png()).unwrap(), FileKind::Png);
        assert_eq!(look(&jpeg()).unwrap(), FileKind::Jpeg);
        assert_eq!(look(&docx()).unwrap(), FileKind::Docx);
        assert_eq!(look(&archive(&["[Content_Types].xml", "xl/workbook.xml"])).unwrap(), FileKind::Xlsx);
    }

    #[test]
    fn anything_else_is_of_the_wrong_kind() {
        let program = [b"MZ\x90\0\x03\0\0\0".as_slice(), &[0; 600]].concat();
        let macros = archive(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]);
        let old = [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &[0; 600]].concat();
        for wrong in [
            program.as_slice(),
            b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0",
            b"<html><script>alert(1)</script></html>",
            b"GIF89a\x01\0\x01\0",
            b"just words",
            &archive(&["a.txt", "run.exe"]),
            &archive(&["[Content_Types].xml", "ppt/presentation.xml"]),
            &macros,
            &old,
        ] {
            assert!(matches!(look(wrong), Err(Unfit::WrongKind)), "{:?}", &wrong[..wrong.len().min(8)]);
        }
    }

    #[test]
    fn a_file_cut_anywhere_is_not_taken() {
        for whole in [pdf(""), png(), jpeg(), docx()] {
            // A line end after the last mark of a PDF may be missing.
            for length in 1..whole.len() - 1 {
                let res = look(&whole[..length]);
                assert!(res.is_err(), "{length} of {} bytes: {res:?}", whole.len());
            }
            let half = look(&whole[..whole.len() * 2 / 3]);
            assert!(matches!(half, Err(Unfit::CutOff)), "{half:?}");
        }
    }

    #[test]
    fn a_locked_file_is_told_apart() {
        for trailer in ["/Encrypt 9 0 R ", "/Encrypt\n9 0 R ", "/Encrypt<< /V 2 >> "] {
            assert!(matches!(look(&pdf(trailer)), Err(Unfit::Locked)), "{trailer}");
        }
        for trailer in ["/EncryptMetadata true ", "/Note (/Encryption) "] {
            assert_eq!(look(&pdf(trailer)).unwrap(), FileKind::Pdf, "{trailer}");
        }
        let mut office = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
        office.resize(70_000, 0);
        office.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
        assert!(matches!(look(&office), Err(Unfit::Locked)));
    }

    #[test]
    fn a_mark_on_the_edge_of_a_window_is_seen() {
        for padding in 65_400..65_560 {
            let note = format!("/Note ({}) /Encrypt 9 0 R ", " ".repeat(padding));
            assert!(matches!(look(&pdf(&note)), Err(Unfit::Locked)), "{padding}");
        }
    }

    #[test]
    fn media_types_are_read_back() {
        for kind in [FileKind::Pdf, FileKind::Jpeg, FileKind::Png, FileKind::Docx, FileKind::Xlsx] {
            assert_eq!(FileKind::from_media_type(kind.media_type()), Some(kind));
        }
        assert_eq!(FileKind::from_media_type("text/html"), None);
    }
}
