//! Work lists as tables: every row a list has, with the number its own counters say.

use axum::extract::{Path, Query, State};
use axum::response::Redirect;
use jiff::Timestamp;
use motcua_db::Tx;
use motcua_domain::dossier::{Channel, Status};
use motcua_domain::unit::UnitCode;

use crate::account::office_log::Deed;
use crate::app::App;
use crate::clock::stored;
use crate::desk::export::kept::Kept;
use crate::desk::export::table::{Kind, Table, TableError};
use crate::desk::export::{self, Taker, What};
use crate::desk::list::{self, Asked, Of};
use crate::desk::store::{self, After, Counts, Filter, Listed, Whose};
use crate::dossier::row::APPLICANTS_TABS;
use crate::dossier::store::NO_DUE;
use crate::office::Snapshot;
use crate::web::error::PageError;
use crate::web::locale::Locale;
use crate::web::visitor::Officer;
use crate::web::wording;

/// Rows read at a time: what stands in memory.
const BATCH: usize = 1_000;

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

/// My work as a table.
pub async fn mine(
    State(app): State<App>,
    officer: Officer,
    Path(kind): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Redirect, PageError> {
    give(&app, &officer, Of::Mine, &kind, &asked).await
}

/// The work of my units as a table.
pub async fn unit(
    State(app): State<App>,
    officer: Officer,
    Path(kind): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Redirect, PageError> {
    give(&app, &officer, Of::Units, &kind, &asked).await
}

async fn give(
    app: &App,
    officer: &Officer,
    of: Of,
    kind: &str,
    asked: &Asked,
) -> Result<Redirect, PageError> {
    let kind = Kind::from_name(kind).ok_or(PageError::NotFound)?;
    let list = List { of, filter: list::filter(asked, app.clock.now()), said: asked.query() };
    Ok(Redirect::to(&take_away(app, officer.into(), kind, list).await?.href()))
}

/// A work list, narrowed somehow.
pub struct List {
    /// Which.
    pub of: Of,
    /// What narrows it.
    pub filter: Filter,
    /// The same as the office log says it.
    pub said: String,
}

/// Makes a table of a work list.
pub async fn take_away(app: &App, taker: Taker<'_>, kind: Kind, list: List) -> Result<Kept, PageError> {
    let (locale, now, office) = (taker.locale, app.clock.now(), app.office());
    let List { of, filter, said } = list;
    let whose = of.whose(taker.person);
    let what = What {
        title: locale.t(of.title()).to_owned(),
        day: motcua_domain::office_time::day_of(now),
        columns: COLUMNS.map(|column| locale.t(column)).to_vec(),
        deed: Deed::new("desk.log_exported", format!("list:{}", of.name()))
            .word("list", locale.t(of.title()))
            .word("filter", said),
    };
    let fill = move |tx: &mut Tx<'_>, table: &mut Table| {
        let words = Words { locale, office: &office, now };
        fill(tx, &words, &whose, &filter, table)
    };
    export::take_away(app, taker, kind, what, fill).await
}

/// Every row that the list has at this moment, with the number the list's own counters say; anything else is a fault.
fn fill(
    tx: &mut Tx<'_>,
    words: &Words<'_>,
    whose: &Whose,
    filter: &Filter,
    table: &mut Table,
) -> Result<i64, TableError> {
    let counted = Counts::of(&store::counts(tx, whose, filter)?, filter.tab.as_deref().unwrap_or_default());
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
    table.row(&[export::total(words.locale, "desk.export_total", rows, words.now)])?;
    Ok(rows)
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
