//! Lists to take away: every row at one moment, as CSV or as a spreadsheet, written down in the office log.

pub mod table;
pub mod work;

use std::io::{Read as _, Seek as _, SeekFrom};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::stream;
use jiff::Timestamp;
use jiff::civil::Date;
use motcua_db::Tx;

use crate::account::office_log::{self, Deed, Doer};
use crate::app::App;
use crate::document::give::disposition;
use crate::web::error::PageError;
use crate::web::locale::Locale;
use crate::web::visitor::Officer;
use crate::web::wording;
use table::{Kind, SHEET_ROWS_MAX, Table, TableError};

/// Bytes sent at a time.
const PIECE_BYTES: usize = 64 * 1024;
/// How many rows a table has, for programs.
const ROWS_HEADER: &str = "x-total-count";

/// What is taken away.
pub struct What {
    /// What it is called, in words.
    pub title: String,
    /// The day it is about.
    pub day: Date,
    /// Its columns, in words.
    pub columns: Vec<&'static str>,
    /// What the office log says of it. How many rows it had is added as `rows`.
    pub deed: Deed,
}

/// A finished table, its file at the beginning.
struct Made {
    file: std::fs::File,
    bytes: u64,
    rows: i64,
}

/// Where something is taken away from: the sentence of each link, and the link.
pub fn links(path: &str, query: &str) -> [(&'static str, String); 2] {
    let mark = if query.is_empty() { "" } else { "?" };
    [("desk.export_xlsx", Kind::Xlsx), ("desk.export_csv", Kind::Csv)]
        .map(|(words, kind)| (words, format!("{path}/tai-ve/{}{mark}{query}", kind.name())))
}

/// The last line of a table: how many rows it has, and of which moment.
pub fn total(locale: Locale, words: &str, rows: i64, now: Timestamp) -> String {
    let at = wording::office_datetime(locale, now);
    locale.say(words).arg("n", wording::number(locale, rows)).arg("at", at).to_string()
}

/// Gives a table of everything `fill` writes at one moment, and writes down who took it away. `fill` answers how many
/// rows it is about.
pub async fn give(
    app: &App,
    officer: &Officer,
    kind: Kind,
    what: What,
    fill: impl Fn(&mut Tx<'_>, &mut Table) -> Result<i64, TableError> + Send + 'static,
) -> Result<Response, PageError> {
    let (columns, folder) = (what.columns, app.data.clone());
    let made = app.store.read(move |tx| {
        let mut table = Table::begin(kind, tempfile::tempfile_in(&folder)?, &columns)?;
        let rows = fill(tx, &mut table)?;
        let (mut file, bytes) = table.end()?;
        file.seek(SeekFrom::Start(0))?;
        Ok(Made { file, bytes, rows })
    });
    let made = made.await.map_err(|error| not_made(officer.visitor.locale, error))?;
    let deed = what.deed.word("rows", made.rows);
    let (world, doer) = (app.clone(), Doer::from(&officer.person));
    app.store.write(move |tx| office_log::record(tx, &world, &doer, &deed)).await?;
    Ok(sent(made, kind, &format!("{} {}.{}", what.title, what.day, kind.name())))
}

/// What a page answers when there is no table.
fn not_made(locale: Locale, error: TableError) -> PageError {
    match error {
        TableError::Db(error) => PageError::from(error),
        TableError::TooLong => {
            let limit = wording::number(locale, i64::try_from(SHEET_ROWS_MAX).unwrap_or(i64::MAX));
            PageError::TooLarge(locale.say("desk.export_too_long").arg("limit", limit).to_string())
        }
        other if other.is_disk_full() => PageError::DiskFull,
        other @ (TableError::Write(_)
        | TableError::Csv(_)
        | TableError::Zip(_)
        | TableError::Miscounted { .. }) => PageError::internal(&other),
    }
}

/// The file, piece by piece; it has no name any more and is gone when it was sent.
fn sent(made: Made, kind: Kind, name: &str) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind.media_type()));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(made.bytes));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_DISPOSITION, disposition(false, name));
    headers.insert(ROWS_HEADER, HeaderValue::from(made.rows));
    let pieces = stream::try_unfold(made.file, |mut file| async move {
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; PIECE_BYTES];
            file.read(&mut piece).map(|bytes| {
                piece.truncate(bytes);
                (Bytes::from(piece), file)
            })
        });
        let (piece, file) = read.await.map_err(std::io::Error::other)??;
        Ok::<_, std::io::Error>((!piece.is_empty()).then_some((piece, file)))
    });
    (StatusCode::OK, headers, Body::from_stream(pieces)).into_response()
}
