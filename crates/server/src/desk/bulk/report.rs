//! The report of a run as a table to take away: every dossier with what became of it.

use axum::extract::{Path, State};
use axum::response::Redirect;
use motcua_db::Tx;

use crate::account::office_log::Deed;
use crate::app::App;
use crate::desk::bulk::own;
use crate::desk::bulk::pages::{units_of, words_of};
use crate::desk::bulk::store::{self, Run};
use crate::desk::export::table::{Kind, Table, TableError};
use crate::desk::export::{self, What};
use crate::web::error::PageError;
use crate::web::locale::Locale;
use crate::web::visitor::Officer;
use crate::web::wording;

/// Rows read at a time.
const BATCH: usize = 500;

/// Columns of the table, by their sentences.
const COLUMNS: [&str; 7] = [
    "bulk.place",
    "desk.code",
    "desk.applicant",
    "desk.procedure",
    "bulk.outcome",
    "bulk.words",
    "bulk.settled_at",
];

/// The report of one run.
pub async fn give(
    State(app): State<App>,
    officer: Officer,
    Path((id, kind)): Path<(String, String)>,
) -> Result<Redirect, PageError> {
    let kind = Kind::from_name(&kind).ok_or(PageError::NotFound)?;
    let run = own(&app, &officer, id).await?;
    let (locale, units) = (officer.visitor.locale, units_of(&officer));
    let title = locale.say("bulk.title").arg("act", run.act.label(locale)).to_string();
    let what = What {
        deed: Deed::new("desk.log_exported", "list:bulk")
            .word("list", &title)
            .word("filter", run.query.as_str()),
        title,
        day: motcua_domain::office_time::day_of(run.created_at),
        columns: COLUMNS.map(|column| locale.t(column)).to_vec(),
    };
    let fill = move |tx: &mut Tx<'_>, table: &mut Table| fill(tx, locale, &run, units.as_deref(), table);
    Ok(Redirect::to(&export::take_away(&app, (&officer).into(), kind, what, fill).await?.href()))
}

fn fill(
    tx: &mut Tx<'_>,
    locale: Locale,
    run: &Run,
    units: Option<&[String]>,
    table: &mut Table,
) -> Result<i64, TableError> {
    let (mut after, mut rows) = (0, 0);
    loop {
        let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
        let batch = store::shown(tx, &run.id, None, after, limit, units)?;
        for shown in &batch {
            table.row(&[
                shown.row.place.to_string(),
                shown.row.code.clone(),
                shown.applicant.clone(),
                shown.procedure.clone(),
                words_of(locale, shown.row.outcome).to_owned(),
                shown.row.words.clone(),
                shown.settled_at.map(wording::office_datetime_short).unwrap_or_default(),
            ])?;
            rows += 1;
        }
        match batch.last() {
            Some(last) if batch.len() == BATCH => after = last.row.place,
            Some(_) | None => break,
        }
    }
    Ok(rows)
}
