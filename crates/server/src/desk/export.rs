//! A list as a table to take away: every row of it at one moment, as CSV or as a spreadsheet, counted and written down
//! in the office log.

pub mod table;

use std::io::{Read as _, Seek as _, SeekFrom};

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::stream;
use jiff::Timestamp;
use motcua_db::Tx;
use motcua_domain::dossier::{Channel, Status};
use motcua_domain::unit::UnitCode;

use crate::account::office_log::{self, Deed, Doer};
use crate::app::App;
use crate::clock::stored;
use crate::desk::list::{self, Asked, Of};
use crate::desk::store::{self, After, Counts, Filter, Listed, Whose};
use crate::document::give::disposition;
use crate::dossier::row::APPLICANTS_TABS;
use crate::dossier::store::NO_DUE;
use crate::office::Snapshot;
use crate::web::error::PageError;
use crate::web::locale::Locale;
use crate::web::visitor::Officer;
use crate::web::wording;
use table::{Kind, Table, TableError};

/// Rows read at a time: what stands in memory.
const BATCH: usize = 1_000;
/// Bytes sent at a time.
const PIECE_BYTES: usize = 64 * 1024;
/// How many rows a table has, for programs.
const ROWS_HEADER: &str = "x-total-count";

/// Columns of a table, by their sentences.
const COLUMNS: [&str; 12] = [
    "desk.code",
    "desk.applicant",
    "desk.procedure_code",
    "desk.procedure",
    "desk.status",
    "desk.waits_for",
    "desk.unit",
    "desk.officer",
    "dossier.channel",
    "desk.since",
    "desk.due",
    "desk.due_state",
];

/// A finished table.
pub struct Made {
    /// The file, at its beginning.
    pub file: std::fs::File,
    /// Its length.
    pub bytes: u64,
    /// Rows of what it is about.
    pub rows: i64,
}

/// My work as a table.
pub async fn mine(
    State(app): State<App>,
    officer: Officer,
    Path(kind): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    give(&app, &officer, Of::Mine, &kind, &asked).await
}

/// The work of my units as a table.
pub async fn unit(
    State(app): State<App>,
    officer: Officer,
    Path(kind): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    give(&app, &officer, Of::Units, &kind, &asked).await
}

async fn give(
    app: &App,
    officer: &Officer,
    of: Of,
    kind: &str,
    asked: &Asked,
) -> Result<Response, PageError> {
    let kind = Kind::from_name(kind).ok_or(PageError::NotFound)?;
    let (locale, now, office) = (officer.visitor.locale, app.clock.now(), app.office());
    let (whose, filter) = (of.whose(&officer.person), list::filter(asked, now));
    let folder = app.data.clone();
    let made = app
        .store
        .read(move |tx| {
            let words = Words { locale, office: &office, now };
            make(tx, &words, kind, &folder, &whose, &filter)
        })
        .await
        .map_err(not_made)?;
    let deed = Deed::new("desk.log_exported", format!("list:{}", of.name()))
        .word("list", locale.t(of.title()))
        .word("rows", made.rows)
        .word("filter", asked.query());
    let (world, doer) = (app.clone(), Doer::from(&officer.person));
    app.store.write(move |tx| office_log::record(tx, &world, &doer, &deed)).await?;
    let day = motcua_domain::office_time::day_of(now);
    let name = format!("{} {day}.{}", locale.t(of.title()), kind.name());
    Ok(sent(made, kind, &name))
}

/// What a page answers when there is no table.
pub fn not_made(error: TableError) -> PageError {
    match error {
        TableError::Db(error) => PageError::from(error),
        other @ (TableError::Write(_)
        | TableError::Csv(_)
        | TableError::Zip(_)
        | TableError::TooLong
        | TableError::Miscounted { .. }) => PageError::internal(&other),
    }
}

/// Every row that the list has at this moment, with the number the list's own counters say; anything else is a fault.
fn make(
    tx: &mut Tx<'_>,
    words: &Words<'_>,
    kind: Kind,
    folder: &std::path::Path,
    whose: &Whose,
    filter: &Filter,
) -> Result<Made, TableError> {
    let locale = words.locale;
    let counted = Counts::of(&store::counts(tx, whose, filter)?, filter.tab.as_deref().unwrap_or_default());
    let mut table = Table::begin(kind, folder, &COLUMNS.map(|column| locale.t(column)))?;
    let (mut after, mut rows) = (After::default(), 0i64);
    loop {
        let batch = store::list(tx, whose, filter, &after, i64::try_from(BATCH).unwrap_or(i64::MAX))?;
        let officers = store::names_of(tx, &batch.iter().filter_map(|row| row.officer_id.clone()).collect())?;
        for row in &batch {
            table.row(&words.of(row, &officers))?;
            rows += 1;
        }
        match batch.last() {
            Some(last) if batch.len() == BATCH => after = After::of(last),
            Some(_) | None => break,
        }
    }
    if rows != counted {
        return Err(TableError::Miscounted { rows, counted });
    }
    let at = wording::office_datetime(locale, words.now);
    let total = locale.say("desk.export_total").arg("n", wording::number(locale, rows)).arg("at", at);
    table.row(&[total.to_string()])?;
    finished(table, rows)
}

/// The table to be sent, from its beginning.
pub fn finished(table: Table, rows: i64) -> Result<Made, TableError> {
    let (mut file, bytes) = table.end()?;
    file.seek(SeekFrom::Start(0))?;
    Ok(Made { file, bytes, rows })
}

/// The file, piece by piece; it has no name any more and is gone when it was sent.
pub fn sent(made: Made, kind: Kind, name: &str) -> Response {
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

/// What a row says, in words.
struct Words<'a> {
    locale: Locale,
    office: &'a Snapshot,
    now: Timestamp,
}

impl Words<'_> {
    fn of(&self, row: &Listed, officers: &[(String, String)]) -> [String; 12] {
        let locale = self.locale;
        let instant =
            |text: &str| text.parse::<Timestamp>().map(wording::office_datetime_short).unwrap_or_default();
        let status = Status::from_number(row.status).map(|status| format!("status.{}", status.name()));
        let channel =
            Channel::from_name(&row.channel).map(|channel| format!("dossier.channel_{}", channel.name()));
        let officer = officers.iter().find(|(id, _)| row.officer_id.as_ref() == Some(id));
        let unit = row.unit_code.parse::<UnitCode>().map(|unit| self.office.unit_name(&unit));
        let due = if row.due_at == NO_DUE { String::new() } else { instant(&row.due_at) };
        let state = if APPLICANTS_TABS.contains(&row.tab.as_str()) || row.paused {
            "desk.badge_paused"
        } else if row.due_at < stored(self.now) {
            "desk.badge_late"
        } else if row.warn_at <= stored(self.now) {
            "desk.badge_soon"
        } else {
            ""
        };
        let said = |key: Option<String>| key.map(|key| locale.t(&key).to_owned()).unwrap_or_default();
        [
            row.code.clone(),
            row.applicant_name.clone(),
            row.procedure_code.clone(),
            row.procedure_name.clone(),
            said(status),
            locale.t(&format!("desk.tab_{}", row.tab)).to_owned(),
            unit.unwrap_or_else(|_| row.unit_code.clone()),
            officer.map(|(_, name)| name.clone()).unwrap_or_default(),
            said(channel),
            instant(&row.since),
            due,
            if state.is_empty() { String::new() } else { locale.t(state).to_owned() },
        ]
    }
}
