//! What the search finds as a table: every dossier of every page, for the same officer.

use axum::extract::{Path, Query, State};
use axum::response::Redirect;
use jiff::Timestamp;
use motcua_db::Tx;
use motcua_domain::access::{Scope, list_scope};

use crate::account::office_log::Deed;
use crate::app::App;
use crate::desk::export::kept::Kept;
use crate::desk::export::table::{Kind, Table, TableError};
use crate::desk::export::{self, Taker, What, total};
use crate::desk::search::store::{self, Wanted};
use crate::desk::search::{Asked, FoundWords, HOME, wanted};
use crate::web::error::PageError;
use crate::web::locale::Locale;
use crate::web::visitor::Officer;

/// Rows read at a time.
const BATCH: usize = 1_000;
/// Digits of a number that the office log names.
const DIGITS_SHOWN: usize = 3;

/// Columns of the table, by their sentences: those of the page.
const COLUMNS: [&str; 6] =
    ["desk.code", "desk.applicant", "desk.procedure", "desk.status", "desk.submitted", "desk.due"];

/// Everything that is found.
pub async fn give(
    State(app): State<App>,
    officer: Officer,
    Path(kind): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Redirect, PageError> {
    let kind = Kind::from_name(&kind).ok_or(PageError::NotFound)?;
    match asked.q.trim() {
        "" => Ok(Redirect::to(HOME)),
        q => Ok(Redirect::to(&take_away(&app, (&officer).into(), kind, q).await?.href())),
    }
}

/// Makes a table of everything that is found.
pub async fn take_away(app: &App, taker: Taker<'_>, kind: Kind, q: &str) -> Result<Kept, PageError> {
    let (locale, now) = (taker.locale, app.clock.now());
    let what = What {
        title: locale.t("desk.search").to_owned(),
        day: motcua_domain::office_time::day_of(now),
        columns: COLUMNS.map(|column| locale.t(column)).to_vec(),
        deed: Deed::new("desk.log_search_exported", "list:search").word("q", logged(q)),
    };
    let (scope, wanted) = (list_scope(&taker.person.actor()), wanted(app, q));
    let fill = move |tx: &mut Tx<'_>, table: &mut Table| fill(tx, locale, now, &scope, &wanted, table);
    export::take_away(app, taker, kind, what, fill).await
}

/// Page after page of the search, as the screen shows it. The search has no counter of its own: the last line counts.
fn fill(
    tx: &mut Tx<'_>,
    locale: Locale,
    now: Timestamp,
    scope: &Scope,
    wanted: &Wanted,
    table: &mut Table,
) -> Result<i64, TableError> {
    let (mut after, mut rows) = (None, 0i64);
    loop {
        let batch = store::find(tx, scope, wanted, after.as_ref(), BATCH)?;
        let is_last = batch.len() < BATCH;
        after = batch.last().map(|last| last.place.clone());
        for one in batch {
            let words = FoundWords::new(locale, one);
            let status = words.status.to_owned();
            table.row(&[words.code, words.applicant, words.procedure, status, words.submitted, words.due])?;
            rows += 1;
        }
        if is_last {
            break;
        }
    }
    table.row(&[total(locale, "desk.export_found", rows, now)])?;
    Ok(rows)
}

/// What was searched for, as the office log names it: of a number of somebody only its end.
fn logged(q: &str) -> String {
    let is_number = q.chars().any(|c| c.is_ascii_digit()) && !q.chars().any(char::is_alphabetic);
    if !is_number {
        return q.to_owned();
    }
    let digits: Vec<char> = q.chars().filter(char::is_ascii_digit).collect();
    let end: String = digits[digits.len().saturating_sub(DIGITS_SHOWN)..].iter().collect();
    format!("…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_office_log_names_words_and_codes_and_only_the_end_of_a_number() {
        let all = ["Trần Thị Lan", "H99.101-26", "025 190 000 007", "0101234567-001", "07", "%"];
        assert_eq!(all.map(logged), ["Trần Thị Lan", "H99.101-26", "…007", "…001", "…07", "%"]);
    }
}
