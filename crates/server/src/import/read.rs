//! Reads the rows of a file: JSON, JSON lines or CSV, packed with gzip or not, within limits.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use indicatif::ProgressBar;
use serde_json::Value;

use crate::import::problem::{BadRow, BadRows, BadValue, ImportError, Problem};
use crate::progress;

/// The largest file, unpacked. The whole national catalogue in full detail is about 150 MB.
pub const FILE_MB_MAX: u64 = 1_024;
/// The longest row. The longest procedure of the national catalogue is about 110 kB.
pub const ROW_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The largest document of one JSON value, which has to be held as a whole.
pub const DOCUMENT_MB_MAX: u64 = 256;
/// The most rows.
pub const ROWS_MAX: u64 = 500_000;

/// A file that is being read, with the bar that shows how far.
#[expect(missing_debug_implementations, reason = "a boxed reader has none")]
pub struct Source {
    reader: Box<dyn BufRead + Send>,
    path: std::path::PathBuf,
    bar: ProgressBar,
}

/// Counts what is unpacked and refuses to go past [`FILE_MB_MAX`], so that a small file cannot fill the memory.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(into)?;
        self.left = self
            .left
            .checked_sub(u64::try_from(read).unwrap_or(u64::MAX))
            .ok_or_else(|| std::io::Error::new(std::io::ErrorKind::FileTooLarge, "too large"))?;
        Ok(read)
    }
}

impl Source {
    /// Opens a file.
    pub fn open(path: &Path) -> Result<Self, ImportError> {
        let failed = |source| ImportError::Read { path: path.to_owned(), source };
        let file = File::open(path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let bar = progress::over_bytes(length, name.unwrap_or_default());
        Self::from_reader(bar.wrap_read(file), path, bar.clone())
    }

    /// Reads from memory, as when a file was sent with a form. `name` stands in messages.
    pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Result<Self, ImportError> {
        Self::from_reader(std::io::Cursor::new(bytes), Path::new(name), ProgressBar::hidden())
    }

    fn from_reader(
        reader: impl Read + Send + 'static,
        path: &Path,
        bar: ProgressBar,
    ) -> Result<Self, ImportError> {
        let failed = |source| ImportError::Read { path: path.to_owned(), source };
        let mut packed = BufReader::new(reader);
        let is_gzip = packed.fill_buf().map_err(failed)?.starts_with(&[0x1f, 0x8b]);
        let left = FILE_MB_MAX * 1024 * 1024;
        let mut reader: Box<dyn BufRead + Send> = if is_gzip {
            Box::new(BufReader::new(Bounded { inner: MultiGzDecoder::new(packed), left }))
        } else {
            Box::new(BufReader::new(Bounded { inner: packed, left }))
        };
        // Spreadsheets put a byte order mark in front of UTF-8.
        if reader.fill_buf().map_err(failed)?.starts_with(&[0xef, 0xbb, 0xbf]) {
            reader.consume(3);
        }
        Ok(Self { reader, path: path.to_owned(), bar })
    }

    /// The name of the file without its folder, for the report.
    pub fn name(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Whether it begins as JSON does; otherwise it is read as a table.
    pub fn is_json(&mut self) -> Result<bool, ImportError> {
        let failed = |source| ImportError::Read { path: self.path.clone(), source };
        let start = self.reader.fill_buf().map_err(failed)?;
        if start.is_empty() {
            return Err(ImportError::Empty);
        }
        Ok(matches!(start.trim_ascii_start().first(), Some(b'{' | b'[')))
    }

    fn read_failed(&self, source: std::io::Error) -> ImportError {
        if source.kind() == std::io::ErrorKind::FileTooLarge {
            ImportError::TooLarge(FILE_MB_MAX)
        } else {
            ImportError::Read { path: self.path.clone(), source }
        }
    }

    /// Hands every JSON value to `take` with its row: one to a line, or the elements of one array, or one alone.
    /// What `take` finds wrong is collected, so that people hear of every bad row and not only of the first.
    pub fn json_rows(
        mut self,
        mut take: impl FnMut(u64, Value) -> Result<(), BadValue>,
    ) -> Result<u64, ImportError> {
        let mut bad = BadRows::default();
        let mut rows = 0;
        let mut line = Vec::new();
        let mut number = 0;
        while self.next_line(&mut line, &mut number)? {
            if ROW_BYTES_MAX < line.len() {
                if rows == 0 && line.trim_ascii_start().starts_with(b"[") {
                    return self.document(line, take);
                }
                return Err(too_long(number));
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            rows += 1;
            match serde_json::from_slice(&line) {
                Ok(Value::Array(elements)) if rows == 1 => return self.elements(elements, take),
                Ok(value) => {
                    if let Err(wrong) = take(number, value) {
                        bad.note(wrong.in_row(number))?;
                    }
                }
                // A value that goes on over several lines is one document, not lines of values.
                Err(error) if rows == 1 && error.is_eof() => return self.document(line, take),
                Err(error) => bad.note(bad_json(number, &error))?,
            }
            if ROWS_MAX < rows {
                return Err(ImportError::TooManyRows(ROWS_MAX));
            }
        }
        self.bar.finish_and_clear();
        bad.none_or_err()?;
        if rows == 0 { Err(ImportError::Empty) } else { Ok(rows) }
    }

    fn document(
        mut self,
        mut bytes: Vec<u8>,
        take: impl FnMut(u64, Value) -> Result<(), BadValue>,
    ) -> Result<u64, ImportError> {
        let most = DOCUMENT_MB_MAX * 1024 * 1024;
        let read = (&mut self.reader).take(most).read_to_end(&mut bytes);
        let read = read.map_err(|error| self.read_failed(error))?;
        if u64::try_from(read).unwrap_or(u64::MAX) == most {
            return Err(ImportError::TooLarge(DOCUMENT_MB_MAX));
        }
        match serde_json::from_slice(&bytes) {
            Ok(Value::Array(elements)) => self.elements(elements, take),
            Ok(value) => self.elements(vec![value], take),
            Err(error) => {
                let row = u64::try_from(error.line()).unwrap_or(u64::MAX);
                Err(ImportError::BadRows(vec![bad_json(row, &error)]))
            }
        }
    }

    fn elements(
        self,
        elements: Vec<Value>,
        mut take: impl FnMut(u64, Value) -> Result<(), BadValue>,
    ) -> Result<u64, ImportError> {
        let mut bad = BadRows::default();
        let mut rows = 0;
        for element in elements {
            rows += 1;
            if let Err(wrong) = take(rows, element) {
                bad.note(wrong.in_row(rows))?;
            }
            if ROWS_MAX < rows {
                return Err(ImportError::TooManyRows(ROWS_MAX));
            }
        }
        self.bar.finish_and_clear();
        bad.none_or_err()?;
        if rows == 0 { Err(ImportError::Empty) } else { Ok(rows) }
    }

    /// Reads the next line into `line`; `false` at the end. Stops just past [`ROW_BYTES_MAX`].
    fn next_line(&mut self, line: &mut Vec<u8>, number: &mut u64) -> Result<bool, ImportError> {
        line.clear();
        let most = u64::try_from(ROW_BYTES_MAX).unwrap_or(u64::MAX);
        let read = (&mut self.reader).take(most + 1).read_until(b'\n', line);
        if read.map_err(|error| self.read_failed(error))? == 0 {
            return Ok(false);
        }
        *number += 1;
        Ok(true)
    }

    /// Reads the heading of a table.
    pub fn into_table(self) -> Result<Table, ImportError> {
        let Self { reader, path, bar } = self;
        let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(reader);
        let failed = |error| csv_failed(&path, error);
        let columns: Vec<String> =
            reader.headers().map_err(failed)?.iter().map(|name| name.trim().to_owned()).collect();
        Ok(Table { reader, columns, path, bar })
    }
}

fn too_long(row: u64) -> ImportError {
    let problem = Problem::new("import.row_too_long", ROW_BYTES_MAX / 1024 / 1024);
    ImportError::BadRows(vec![problem.in_column("").in_row(row)])
}

fn bad_json(row: u64, error: &serde_json::Error) -> BadRow {
    let problem = Problem::new("import.not_json", error);
    problem.in_column("").in_row(row)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the library may add kinds of errors")]
fn csv_failed(path: &Path, error: csv::Error) -> ImportError {
    let row = error.position().map_or(1, csv::Position::line);
    let bad =
        |key, value: String| ImportError::BadRows(vec![Problem::new(key, value).in_column("").in_row(row)]);
    match error.into_kind() {
        csv::ErrorKind::Io(source) if source.kind() == std::io::ErrorKind::FileTooLarge => {
            ImportError::TooLarge(FILE_MB_MAX)
        }
        csv::ErrorKind::Io(source) => ImportError::Read { path: path.to_owned(), source },
        csv::ErrorKind::Utf8 { err, .. } => bad("import.not_utf8", format!("{}", err.field() + 1)),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            bad("import.wrong_number_of_columns", format!("{len} ≠ {expected_len}"))
        }
        other => bad("import.not_csv", format!("{other:?}")),
    }
}

/// A table with a heading.
#[expect(missing_debug_implementations, reason = "a boxed reader has none")]
pub struct Table {
    reader: csv::Reader<Box<dyn BufRead + Send>>,
    /// Names of the columns.
    pub columns: Vec<String>,
    path: std::path::PathBuf,
    bar: ProgressBar,
}

/// One row of a table.
#[derive(Debug)]
pub struct TableRow<'a> {
    /// Line of the file.
    pub row: u64,
    columns: &'a [String],
    record: &'a csv::StringRecord,
}

impl TableRow<'_> {
    /// The value in a column, without spaces at its ends. Empty when the table has no such column.
    pub fn text(&self, column: &str) -> &str {
        let at = self.columns.iter().position(|name| name == column);
        at.and_then(|at| self.record.get(at)).unwrap_or_default().trim()
    }

    /// The value in a column, which must not be empty.
    pub fn needed(&self, column: &str) -> Result<&str, BadValue> {
        match self.text(column) {
            "" => Err(Problem::new("import.missing", "").in_column(column)),
            text => Ok(text),
        }
    }

    /// The value in a column, read as `T`; `key` says what it should have been.
    pub fn parsed<T: std::str::FromStr>(&self, column: &str, key: &'static str) -> Result<T, BadValue> {
        let text = self.needed(column)?;
        text.parse().map_err(|_| Problem::new(key, text).in_column(column))
    }
}

impl Table {
    /// The name of the file without its folder, for the report.
    pub fn name(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Whether it has all of these columns.
    pub fn has_columns(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.columns.iter().any(|column| column == name))
    }

    /// Hands every row to `take`. What it finds wrong is collected, as in [`Source::json_rows`].
    #[expect(clippy::wildcard_enum_match_arm, reason = "only bad rows are collected")]
    pub fn rows(
        mut self,
        mut take: impl FnMut(&TableRow<'_>) -> Result<(), BadValue>,
    ) -> Result<u64, ImportError> {
        let mut bad = BadRows::default();
        let mut rows = 0;
        let mut record = csv::StringRecord::new();
        loop {
            // A row of the wrong shape is as bad as one with a wrong value; the next rows can still be read.
            match self.reader.read_record(&mut record) {
                Ok(false) => break,
                Ok(true) => {}
                Err(error) => match csv_failed(&self.path, error) {
                    ImportError::BadRows(wrong) => {
                        for row in wrong {
                            bad.note(row)?;
                        }
                        continue;
                    }
                    other => return Err(other),
                },
            }
            rows += 1;
            let row = record.position().map_or(0, csv::Position::line);
            if let Err(wrong) = take(&TableRow { row, columns: &self.columns, record: &record }) {
                bad.note(wrong.in_row(row))?;
            }
            if ROWS_MAX < rows {
                return Err(ImportError::TooManyRows(ROWS_MAX));
            }
        }
        self.bar.finish_and_clear();
        bad.none_or_err()?;
        if rows == 0 { Err(ImportError::Empty) } else { Ok(rows) }
    }
}

#[cfg(test)]
mod tests;
