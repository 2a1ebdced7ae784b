//! Files on their way from a page into an import: received, kept by their hash, tried out, taken.

use axum::extract::Multipart;
use bytes::Bytes;
use jiff::civil::Date;
use motcua_db::{DbError, Tx};
use motcua_domain::access::Matter;
use motcua_domain::office_time;

use crate::account::office_log::{self, Deed, Doer};
use crate::app::App;
use crate::clock::stored;
use crate::document::blob::{BlobError, BlobHash};
use crate::import::read::Source;
use crate::import::{ImportError, Report};
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::{procedure, unit};

/// The most one request may send. The whole national catalogue in full detail, packed, is about a quarter of it.
pub const UPLOAD_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The most files of one request: every list of areas and units there is.
const FILES_MAX: usize = 20;
/// Longest text field that comes with files, in bytes.
const TEXT_BYTES_MAX: usize = 1_000;
/// Longest name of a file that is repeated, in characters.
const NAME_CHARS_MAX: usize = 100;

/// What was sent with a form: the token it carried, and the files.
#[derive(Debug, Default)]
pub struct Sent {
    /// The form token.
    pub csrf: String,
    /// Name and content of each file.
    pub files: Vec<(String, Bytes)>,
    /// Key of the sentence that says what to do, when not everything came.
    pub problem: Option<&'static str>,
}

/// Reads what a form sends; never more than [`UPLOAD_BYTES_MAX`] of it.
pub async fn receive(mut multipart: Multipart) -> Sent {
    let mut sent = Sent::default();
    let mut total = 0;
    loop {
        let mut field = match multipart.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break,
            Err(_) => {
                sent.problem.get_or_insert("import.cut_off");
                break;
            }
        };
        let is_file = field.name() == Some("file");
        let is_token = field.name() == Some("csrf");
        let name: String = field
            .file_name()
            .unwrap_or_default()
            .chars()
            .filter(|c| !c.is_control())
            .take(NAME_CHARS_MAX)
            .collect();
        let mut content = Vec::new();
        // What is refused is read to its end all the same: a browser that is cut off while it sends shows no answer.
        loop {
            match field.chunk().await {
                Ok(Some(piece)) => {
                    total += piece.len();
                    if total <= UPLOAD_BYTES_MAX && (is_file || content.len() < TEXT_BYTES_MAX) {
                        content.extend_from_slice(&piece);
                    }
                }
                Ok(None) => break,
                Err(_) => {
                    sent.problem.get_or_insert("import.cut_off");
                    break;
                }
            }
        }
        if is_token {
            sent.csrf = String::from_utf8_lossy(&content).into_owned();
        } else if is_file && !name.is_empty() && sent.files.len() < FILES_MAX {
            sent.files.push((name, Bytes::from(content)));
        }
    }
    if UPLOAD_BYTES_MAX < total {
        sent.problem = Some("import.too_big");
    } else if sent.files.is_empty() {
        sent.problem.get_or_insert("import.no_file");
    }
    sent
}

/// A file that was tried out and waits for a person to say yes: its name, its hash, and the proof that this person was
/// shown what it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Name of the file.
    pub name: String,
    /// Under which it is kept.
    pub hash: BlobHash,
    /// Ties it to the matter and the person.
    pub proof: String,
}

impl Waiting {
    /// Keeps a file for the second step.
    pub async fn keep(
        app: &App,
        matter: Matter,
        doer: &Doer,
        name: &str,
        bytes: Bytes,
    ) -> Result<Self, PageError> {
        let hash = app.blobs.keep(bytes).await.map_err(|error| blob_failed(&error))?;
        Ok(Self { name: name.to_owned(), hash, proof: proof(app, matter, doer, name, hash) })
    }

    /// The files that a form names, with their content; `None` when one is not there any more.
    pub async fn read_back(
        app: &App,
        matter: Matter,
        doer: &Doer,
        form: &Form,
    ) -> Result<Option<Vec<(String, Bytes)>>, PageError> {
        let (names, hashes, proofs) = (form.values("name"), form.values("hash"), form.values("proof"));
        let mut files = Vec::new();
        for ((name, hash), given) in names.iter().zip(&hashes).zip(&proofs) {
            let hash: BlobHash = hash.parse().map_err(|_| PageError::NotFound)?;
            if proof(app, matter, doer, name, hash) != **given {
                return Err(PageError::NotFound);
            }
            match app.blobs.bytes(hash).await {
                Ok(bytes) => files.push(((*name).to_owned(), bytes)),
                Err(BlobError::Missing) => return Ok(None),
                Err(error) => return Err(blob_failed(&error)),
            }
        }
        Ok(Some(files).filter(|files| !files.is_empty()))
    }
}

fn proof(app: &App, matter: Matter, doer: &Doer, name: &str, hash: BlobHash) -> String {
    let person = doer.id.map(|id| id.to_string()).unwrap_or_default();
    app.secrets.sign(&["import", subject(matter), &person, name, &hash.to_string()])
}

fn blob_failed(error: &BlobError) -> PageError {
    match error {
        BlobError::DiskFull(_) => PageError::DiskFull,
        BlobError::Missing | BlobError::NotWritable(_) | BlobError::Storage(_) => PageError::internal(error),
    }
}

/// What the office log says an import was done to.
fn subject(matter: Matter) -> &'static str {
    match matter {
        Matter::Units => "import:units",
        Matter::Procedures => "import:procedures",
    }
}

/// Files that were read and found whole, in the order in which they are taken.
#[derive(Debug)]
pub struct Batch {
    content: Content,
    /// SHA-256 of each file, by its name.
    hashes: Vec<(String, BlobHash)>,
    today: Date,
}

#[derive(Debug)]
enum Content {
    Units(Vec<unit::import::Read>),
    Procedures(Vec<procedure::import::Read>),
}

/// Why an import ends without anything being kept.
#[derive(Debug)]
pub enum Stop {
    /// It was only tried out; this is what it would do.
    Tried(Vec<Report>),
    /// This file cannot be taken, and so none is.
    Failed(String, ImportError),
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Self::Failed(String::new(), error.into())
    }
}

impl Batch {
    /// Reads every file. This takes a while: not on a thread that serves others.
    pub fn read(matter: Matter, files: Vec<(String, Bytes)>, today: Date) -> Result<Self, Stop> {
        let hashes = files.iter().map(|(name, bytes)| (name.clone(), BlobHash::of(bytes))).collect();
        let failed = |name: &str| {
            let name = name.to_owned();
            move |error| Stop::Failed(name, error)
        };
        let content = match matter {
            Matter::Units => {
                let mut read = Vec::new();
                for (name, bytes) in files {
                    let source = Source::from_bytes(&name, bytes.into()).map_err(failed(&name))?;
                    read.push(unit::import::read(source).map_err(failed(&name))?);
                }
                // Lists of areas need each other, in whichever order they were chosen.
                read.sort_by_key(|file: &unit::import::Read| file.kind);
                Content::Units(read)
            }
            Matter::Procedures => {
                let mut read = Vec::new();
                for (name, bytes) in files {
                    let source = Source::from_bytes(&name, bytes.into()).map_err(failed(&name))?;
                    read.push(procedure::import::read(source, today).map_err(failed(&name))?);
                }
                Content::Procedures(read)
            }
        };
        Ok(Self { content, hashes, today })
    }

    /// Takes every file, or none.
    fn take(&self, tx: &mut Tx<'_>, at: &str, doer: &Doer) -> Result<Vec<Report>, Stop> {
        let mut reports = Vec::new();
        match &self.content {
            Content::Units(files) => {
                for file in files {
                    let taken = unit::import::take_in(tx, file, self.today);
                    reports.push(taken.map_err(|error| Stop::Failed(file.name.clone(), error))?);
                }
            }
            Content::Procedures(files) => {
                for file in files {
                    let by = format!("{} ({})", doer.name, file.name);
                    let taken = procedure::import::take_in(tx, file, at, &by);
                    reports.push(taken.map_err(|error| Stop::Failed(file.name.clone(), error))?);
                }
            }
        }
        Ok(reports)
    }

    fn deed(&self, report: &Report) -> Deed {
        let (kind, matter) = match &self.content {
            Content::Units(_) => ("import.log_units", Matter::Units),
            Content::Procedures(_) => ("import.log_procedures", Matter::Procedures),
        };
        let hash =
            self.hashes.iter().find(|(name, _)| *name == report.file).map(|(_, hash)| hash.to_string());
        Deed::new(kind, subject(matter))
            .word("file", &report.file)
            .word("hash", hash.unwrap_or_default())
            .word("taken", report.taken)
            .word("changed", report.changed)
            .word("left_out", report.left_out)
    }

    /// Tries the files out and undoes it, or takes them for good and writes that down, in one transaction.
    pub async fn run(self, app: &App, doer: &Doer, for_good: bool) -> Result<Vec<Report>, Stop> {
        let (world, doer, at) = (app.clone(), doer.clone(), stored(app.clock.now()));
        app.store
            .write(move |tx| {
                let reports = self.take(tx, &at, &doer)?;
                if !for_good {
                    return Err(Stop::Tried(reports));
                }
                for report in &reports {
                    office_log::record(tx, &world, &doer, &self.deed(report))?;
                }
                Ok(reports)
            })
            .await
    }
}

/// The day files are read on.
pub fn today(app: &App) -> Date {
    office_time::day_of(app.clock.now())
}
