//! A table on its way into a file: CSV as Excel in Vietnam reads it, or a spreadsheet. Nothing of it stays in memory.

use std::fs::File;
use std::io::{BufWriter, ErrorKind, Seek as _, Write as _};

use zip::ZipWriter;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;

/// Excel takes a file of text for UTF-8 only when it begins with this.
const MARK: &[u8] = "\u{feff}".as_bytes();
/// A spreadsheet holds no more rows.
pub const SHEET_ROWS_MAX: usize = 1_048_576;
/// A cell holds no more characters.
const CELL_CHARS_MAX: usize = 32_767;

/// What kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Csv,
    /// A spreadsheet.
    Xlsx,
}

/// Why there is no table.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The database.
    #[error(transparent)]
    Db(#[from] motcua_db::DbError),
    /// The disk.
    #[error("the table cannot be written")]
    Write(#[from] std::io::Error),
    /// The text.
    #[error("the table cannot be written as text")]
    Csv(#[from] csv::Error),
    /// The spreadsheet.
    #[error("the table cannot be written as a spreadsheet")]
    Zip(#[from] ZipError),
    /// More rows than a spreadsheet holds.
    #[error("a spreadsheet holds {SHEET_ROWS_MAX} rows at most")]
    TooLong,
    /// The list holds other rows than its counters say.
    #[error("{rows} rows were written, {counted} were counted")]
    Miscounted {
        /// What was written.
        rows: i64,
        /// What was counted.
        counted: i64,
    },
}

impl TableError {
    /// Whether there was no room to write it.
    pub fn is_disk_full(&self) -> bool {
        let failed = match self {
            Self::Write(error) | Self::Zip(ZipError::Io(error)) => Some(error),
            Self::Csv(error) => {
                if let csv::ErrorKind::Io(error) = error.kind() {
                    Some(error)
                } else {
                    None
                }
            }
            Self::Db(_) | Self::Zip(_) | Self::TooLong | Self::Miscounted { .. } => None,
        };
        failed.is_some_and(|error| matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded))
    }
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Csv, Self::Xlsx];

    /// The end of its address and of its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// What an address asks for.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What a browser is told.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// A table that is being written into a file.
pub struct Table(Writer);

enum Writer {
    Csv(Box<csv::Writer<File>>),
    Xlsx { zip: Box<ZipWriter<BufWriter<File>>>, rows: usize },
}

/// The parts of a spreadsheet beside its rows.
const PARTS: [(&str, &str); 4] = [
    (
        "[Content_Types].xml",
        r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#,
    ),
    (
        "_rels/.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="1" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
    ),
];
const XML: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;

impl Table {
    /// Begins a table with its columns in an empty file.
    pub fn begin(kind: Kind, mut file: File, columns: &[&str]) -> Result<Self, TableError> {
        let writer = match kind {
            Kind::Csv => {
                file.write_all(MARK)?;
                Writer::Csv(Box::new(csv::WriterBuilder::new().flexible(true).from_writer(file)))
            }
            Kind::Xlsx => {
                let mut zip = ZipWriter::new(BufWriter::new(file));
                for (name, text) in PARTS {
                    zip.start_file(name, SimpleFileOptions::default())?;
                    write!(zip, "{XML}{text}")?;
                }
                zip.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default().large_file(true))?;
                let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
                write!(zip, "{XML}<worksheet xmlns=\"{main}\"><sheetData>")?;
                Writer::Xlsx { zip: Box::new(zip), rows: 0 }
            }
        };
        let mut table = Self(writer);
        table.row(columns)?;
        Ok(table)
    }

    /// Writes a row.
    pub fn row(&mut self, cells: &[impl AsRef<str>]) -> Result<(), TableError> {
        match &mut self.0 {
            Writer::Csv(csv) => Ok(csv.write_record(cells.iter().map(|cell| inert(cell.as_ref())))?),
            Writer::Xlsx { zip, rows } => {
                *rows += 1;
                if SHEET_ROWS_MAX < *rows {
                    return Err(TableError::TooLong);
                }
                write!(zip, "<row>")?;
                for cell in cells {
                    let text = escaped(cell.as_ref());
                    write!(zip, "<c t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>")?;
                }
                Ok(write!(zip, "</row>")?)
            }
        }
    }

    /// The file and its length.
    pub fn end(self) -> Result<(File, u64), TableError> {
        let mut file = match self.0 {
            Writer::Csv(csv) => csv.into_inner().map_err(csv::IntoInnerError::into_error)?,
            Writer::Xlsx { mut zip, .. } => {
                write!(zip, "</sheetData></worksheet>")?;
                zip.finish()?.into_inner().map_err(std::io::IntoInnerError::into_error)?
            }
        };
        let bytes = file.stream_position()?;
        Ok((file, bytes))
    }
}

/// A text that no spreadsheet takes for a formula when it reads it from CSV: what begins like one is quoted.
fn inert(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

/// A text inside XML. A cell that is typed as text is never a formula.
fn escaped(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    for c in cell.chars().take(CELL_CHARS_MAX) {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '\t' | '\n' => text.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, SeekFrom};

    use super::*;

    fn written(kind: Kind, rows: &[&[&str]]) -> Vec<u8> {
        let mut table = Table::begin(kind, tempfile::tempfile().unwrap(), &["Mã", "Tên"]).unwrap();
        for row in rows {
            table.row(row).unwrap();
        }
        let (mut file, bytes) = table.end().unwrap();
        file.seek(SeekFrom::Start(0)).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        assert_eq!(content.len() as u64, bytes);
        content
    }

    #[test]
    fn a_text_table_begins_with_its_mark_and_holds_no_formula() {
        let text = String::from_utf8(written(
            Kind::Csv,
            &[&["H-1", "=cmd|' /C calc'!A0"], &["-1", "+1"], &["@a", "An, \"Bình\""], &["Cộng"]],
        ));
        let wanted = "\u{feff}Mã,Tên\nH-1,'=cmd|' /C calc'!A0\n'-1,'+1\n'@a,\"An, \"\"Bình\"\"\"\nCộng\n";
        assert_eq!(text.unwrap(), wanted);
    }

    #[test]
    fn a_spreadsheet_takes_as_many_rows_as_programs_open_and_says_so() {
        let mut table = Table::begin(Kind::Xlsx, tempfile::tempfile().unwrap(), &["Mã"]).unwrap();
        let Writer::Xlsx { rows, .. } = &mut table.0 else { panic!("another kind") };
        *rows = SHEET_ROWS_MAX - 1;
        table.row(&["the last"]).unwrap();
        assert!(matches!(table.row(&["one more"]), Err(TableError::TooLong)));
    }

    #[test]
    fn a_full_disk_is_told_from_other_faults() {
        let full = || File::options().write(true).open("/dev/full").unwrap();
        for kind in [Kind::Csv, Kind::Xlsx] {
            let rows = |table: &mut Table| (0..10_000).try_for_each(|_| table.row(&["x".repeat(100)]));
            let written = Table::begin(kind, full(), &["Mã"]).and_then(|mut table| {
                rows(&mut table)?;
                table.end().map(|_| ())
            });
            assert!(written.unwrap_err().is_disk_full(), "{kind:?}");
        }
        assert!(!TableError::TooLong.is_disk_full());
    }

    #[test]
    fn a_spreadsheet_is_a_package_whose_cells_are_texts() {
        let content = written(Kind::Xlsx, &[&["=1+1", "<An> & Bình\u{1}"]]);
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(content)).unwrap();
        let mut sheet = String::new();
        zip.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
        assert!(
            sheet.contains("<c t=\"inlineStr\"><is><t xml:space=\"preserve\">=1+1</t></is></c>"),
            "{sheet}"
        );
        assert!(sheet.contains("&lt;An&gt; &amp; Bình</t>"), "{sheet}");
        for part in ["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"] {
            zip.by_name(part).unwrap();
        }
    }
}
