//! A template and its data become an archival PDF: no file, no network and no clock can be reached from inside.

use std::fmt;
use std::sync::LazyLock;

use jiff::Timestamp;
use motcua_domain::office_time::{OFFICE, to_office};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{DiagSpan, FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World, WorldExt as _};
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use super::printable::printable_value;
use super::qr;
use super::seed;
use super::typeface::typeface;

/// Longest template taken, in bytes.
pub const TEMPLATE_BYTES_MAX: usize = 64 * 1024;
/// Largest data taken, in bytes of JSON.
pub const DATA_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Results the layout engine remembers are dropped when this many renderings did not use them. What all forms share is
/// used by each; what is of one dossier only takes memory, several megabytes of each, and two thousand may be printed at once.
const REMEMBERED_RENDERINGS: usize = 2;
/// Data larger than this many bytes of JSON is a book of many pages, of which nothing is worth remembering.
const BOOK_BYTES: usize = 32 * 1024;

static MAIN_FILE: LazyLock<FileId> = LazyLock::new(|| virtual_file("form.typ"));
static FRAME_FILE: LazyLock<FileId> = LazyLock::new(|| virtual_file("frame.typ"));
static DATA_FILE: LazyLock<FileId> = LazyLock::new(|| virtual_file("data.json"));
static QR_FILE: LazyLock<FileId> = LazyLock::new(|| virtual_file("qr.svg"));
static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));
static FRAME_SOURCE: LazyLock<Source> =
    LazyLock::new(|| Source::new(*FRAME_FILE, seed::text(seed::FRAME).unwrap_or_default()));

/// Why no PDF came out.
#[derive(Debug, Error)]
pub enum FormError {
    /// The template is longer than [`TEMPLATE_BYTES_MAX`].
    #[error("the template has {0} bytes, more than {TEMPLATE_BYTES_MAX}")]
    TemplateTooLong(usize),
    /// The data is larger than [`DATA_BYTES_MAX`].
    #[error("the data of the form has {0} bytes, more than {DATA_BYTES_MAX}")]
    DataTooLong(usize),
    /// The register has more entries than fit one file; see `RegisterData::into_parts`.
    #[error("the register has {0} entries: print it in parts")]
    RegisterTooLong(usize),
    /// The data cannot be written as JSON.
    #[error("the data of the form cannot be written")]
    Data(#[source] serde_json::Error),
    /// The template does not compile with this data.
    #[error("the template cannot be printed: {}", listed(.0))]
    Template(Vec<TemplateFault>),
    /// The pages came out, but break a rule of archival and accessible PDF.
    #[error("the form would not be an archival PDF: {}", listed(.0))]
    NotArchival(Vec<TemplateFault>),
    /// No set of forms has this kind for a dossier of that day.
    #[error("no form of the kind {kind} for dossiers received on {received_on}")]
    NoForm {
        /// What was to be printed.
        kind: motcua_domain::form::FormKind,
        /// The day that chose the set.
        received_on: jiff::civil::Date,
    },
}

/// One thing wrong with a template, at a place its author can find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateFault {
    /// Line of the template, from 1; `None` when the fault has no place in it.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to try.
    pub hints: Vec<String>,
}

impl fmt::Display for TemplateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.message)?;
        for hint in &self.hints {
            write!(f, " ({hint})")?;
        }
        Ok(())
    }
}

/// Prints `data` on the form that `template_source` describes. The template reads `data.json`, may import
/// `frame.typ`, and finds the code for `head.look_up_url` as `qr.svg` when
/// the field `qr` says so. The same input gives the same bytes.
///
/// # Errors
/// [`FormError`] when the template is wrong, or its pages break PDF/A-2a or PDF/UA-1.
pub fn render(template_source: &str, data: &Value, created: Timestamp) -> Result<Vec<u8>, FormError> {
    if TEMPLATE_BYTES_MAX < template_source.len() {
        return Err(FormError::TemplateTooLong(template_source.len()));
    }
    let mut data = data.clone();
    let qr = data.pointer("/head/look_up_url").and_then(Value::as_str).and_then(qr::svg);
    if let Value::Object(fields) = &mut data {
        fields.insert("qr".to_owned(), Value::Bool(qr.is_some()));
    }
    printable_value(&mut data);
    let json = serde_json::to_vec(&data).map_err(FormError::Data)?;
    if DATA_BYTES_MAX < json.len() {
        return Err(FormError::DataTooLong(json.len()));
    }
    let remembered = if BOOK_BYTES < json.len() { 0 } else { REMEMBERED_RENDERINGS };
    let ident = ident(template_source, &json, created);
    let paper = Paper {
        main: Source::new(*MAIN_FILE, template_source.to_owned()),
        data: Bytes::new(json),
        qr: qr.map(Bytes::from_string),
    };
    let pdf = paper.pdf(ident, created);
    typst::comemo::evict(remembered);
    pdf
}

/// Everything a template can reach.
struct Paper {
    main: Source,
    data: Bytes,
    qr: Option<Bytes>,
}

impl Paper {
    fn pdf(&self, ident: String, created: Timestamp) -> Result<Vec<u8>, FormError> {
        let document =
            typst::compile(self).output.map_err(|faults| FormError::Template(self.located(&faults)))?;
        // Accessible and archival at once; both validate what the library can check.
        let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1]).map_err(|hinted| {
            FormError::NotArchival(vec![TemplateFault {
                line: None,
                message: hinted.message().to_string(),
                hints: Vec::new(),
            }])
        })?;
        let options = PdfOptions {
            ident: Smart::Custom(ident),
            creator: Smart::Custom(Some(concat!("Một Cửa ", env!("CARGO_PKG_VERSION")).to_owned())),
            timestamp: office_time(created),
            standards,
            ..PdfOptions::default()
        };
        typst_pdf::pdf(&document, &options).map_err(|faults| FormError::NotArchival(self.located(&faults)))
    }

    fn located(&self, faults: &[SourceDiagnostic]) -> Vec<TemplateFault> {
        faults
            .iter()
            .map(|fault| TemplateFault {
                line: self.line_in_main(fault),
                message: fault.message.to_string(),
                hints: fault.hints.iter().map(|hint| hint.v.to_string()).collect(),
            })
            .collect()
    }

    /// The line of the edited template that the fault is at, or that called what failed.
    fn line_in_main(&self, fault: &SourceDiagnostic) -> Option<usize> {
        let callers = fault.trace.iter().map(|call| DiagSpan::from(call.span));
        let span = std::iter::once(fault.span).chain(callers).find(|span| span.id() == Some(*MAIN_FILE))?;
        let range = self.range(span)?;
        self.main.lines().byte_to_line(range.start).map(|line| line + 1)
    }
}

impl World for Paper {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &typeface().book
    }

    fn main(&self) -> FileId {
        *MAIN_FILE
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == *MAIN_FILE {
            Ok(self.main.clone())
        } else if id == *FRAME_FILE {
            Ok(FRAME_SOURCE.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == *DATA_FILE {
            Ok(self.data.clone())
        } else if id == *QR_FILE {
            self.qr.clone().ok_or(FileError::AccessDenied)
        } else {
            self.source(id).map(|source| Bytes::from_string(source.text().to_owned()))
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        typeface().fonts.get(index).cloned()
    }

    /// A template has no clock: dates come with the data.
    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn virtual_file(name: &str) -> FileId {
    let path = VirtualPath::new(name).expect("a plain file name is a path");
    FileId::new(RootedPath::new(VirtualRoot::Project, path))
}

/// Names the document in its metadata, so that two receipts are never taken for one.
fn ident(template_source: &str, json: &[u8], created: Timestamp) -> String {
    let digest = Sha256::new()
        .chain_update(template_source)
        .chain_update([0])
        .chain_update(json)
        .chain_update([0])
        .chain_update(created.to_string())
        .finalize();
    format!("{digest:x}")
}

fn office_time(created: Timestamp) -> Option<typst_pdf::Timestamp> {
    let local = to_office(created);
    let part = |value: i8| u8::try_from(value).ok();
    let datetime = Datetime::from_ymd_hms(
        local.year().into(),
        part(local.month())?,
        part(local.day())?,
        part(local.hour())?,
        part(local.minute())?,
        part(local.second())?,
    )?;
    typst_pdf::Timestamp::new_local(datetime, OFFICE.seconds() / 60)
}

fn listed(faults: &[TemplateFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
