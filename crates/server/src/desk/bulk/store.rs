//! SQL of bulk runs and their rows.

use std::collections::BTreeMap;

use jiff::Timestamp;
use motcua_db::{DbError, Params, Query, Row, Tx, Value};
use motcua_domain::dossier::DossierCode;
use motcua_domain::ids::PersonId;

use crate::clock::stored;
use crate::desk::bulk::acts::Act;
use crate::desk::list::Of;
use crate::desk::store::passed_through;
use crate::document::blob::BlobHash;
use crate::web::locale::Locale;

/// Rows of one insert statement, to stay below the engines' limit on parameters.
const INSERT_ROWS_MAX: usize = 100;

/// What became of one dossier of a run, or is to become of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Chosen; nobody has looked yet what would become of it.
    Chosen,
    /// It can be done.
    Ready,
    /// It cannot be done, and will not be tried.
    Barred,
    /// Confirmed, not done yet.
    Waiting,
    /// Done.
    Done,
    /// The rules said no when it came to it.
    Refused,
    /// The dossier changed after the preview, so nothing was done.
    Stale,
    /// Whoever asked for it stopped the run before it came to this.
    Stopped,
}

impl Outcome {
    /// Every one, in the order of reports.
    pub const ALL: [Self; 8] = [
        Self::Chosen,
        Self::Ready,
        Self::Waiting,
        Self::Done,
        Self::Refused,
        Self::Stale,
        Self::Stopped,
        Self::Barred,
    ];

    /// The name in storage, in addresses and in message keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chosen => "chosen",
            Self::Ready => "ready",
            Self::Barred => "barred",
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Stale => "stale",
            Self::Stopped => "stopped",
        }
    }

    /// The one of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }
}

/// One act on many dossiers.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its id.
    pub id: String,
    /// Who asked for it: they alone see it.
    pub author: PersonId,
    /// What they were called then.
    pub author_name: String,
    /// From which list.
    pub of: Of,
    /// How that list was narrowed: the part of its address after `?`.
    pub query: String,
    /// Everything the list held, or what was ticked.
    pub everything: bool,
    /// Which act.
    pub act: Act,
    /// What was typed, sealed.
    pub fields: String,
    /// The language its rows speak.
    pub locale: Locale,
    /// When the dossiers were chosen.
    pub created_at: Timestamp,
    /// When the outcomes were foreseen.
    pub foreseen_at: Option<Timestamp>,
    /// When it was confirmed.
    pub confirmed_at: Option<Timestamp>,
    /// When nothing of it waited any more.
    pub ended_at: Option<Timestamp>,
    /// Under which id the file of a run that prints is kept, as long as it is.
    pub export_id: Option<String>,
    /// How many pages it has.
    pub pages: Option<i64>,
}

/// One dossier of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// Its number in the run, from 1.
    pub place: i64,
    /// Which dossier.
    pub code: String,
    /// Which of its work was chosen.
    pub step: String,
    /// Rows alike in this ask for the same fields.
    pub alike: String,
    /// The version it had when its outcome was foreseen.
    pub version: i64,
    /// What became of it.
    pub outcome: Outcome,
    /// What is to happen, or why not.
    pub words: String,
}

/// One dossier of a run, as its page shows it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The row.
    pub row: RunRow,
    /// Since when the outcome stands.
    pub settled_at: Option<Timestamp>,
    /// Whose dossier; empty for whoever may not see it any more.
    pub applicant: String,
    /// What procedure.
    pub procedure: String,
}

const COLUMNS: &str =
    "id, author_id, author_name, list, query, everything, action, fields, language, created_at,
    foreseen_at, confirmed_at, ended_at, export_id, pages";

/// Keeps a new run with its rows.
pub fn insert(tx: &mut Tx<'_>, run: &Run, rows: &[RunRow]) -> Result<(), DbError> {
    let sql = format!(
        "insert into bulk_run ({COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
                 $14, $15)"
    );
    tx.run_ahead(
        &sql,
        &[
            run.id.as_str().into(),
            run.author.to_string().into(),
            run.author_name.as_str().into(),
            run.of.name().into(),
            run.query.as_str().into(),
            run.everything.into(),
            run.act.name().into(),
            run.fields.as_str().into(),
            run.locale.code().into(),
            stored(run.created_at).into(),
            run.foreseen_at.map(stored).into(),
            run.confirmed_at.map(stored).into(),
            run.ended_at.map(stored).into(),
            run.export_id.as_deref().into(),
            run.pages.into(),
        ],
    )?;
    insert_rows(tx, &run.id, rows)
}

fn insert_rows(tx: &mut Tx<'_>, run: &str, rows: &[RunRow]) -> Result<(), DbError> {
    for some in rows.chunks(INSERT_ROWS_MAX) {
        let mut params = Params::default();
        let run = params.bind(run);
        let mut tuples = Vec::with_capacity(some.len());
        for row in some {
            let names = params.bind_all::<Value>([
                row.place.into(),
                row.code.as_str().into(),
                row.step.as_str().into(),
                row.alike.as_str().into(),
                row.version.into(),
                row.outcome.name().into(),
                row.words.as_str().into(),
            ]);
            tuples.push(format!("({run}, {})", names.join(", ")));
        }
        let sql = format!(
            "insert into bulk_row (run_id, place, dossier_code, step, alike, version, outcome, words) values {}",
            tuples.join(", ")
        );
        tx.run_ahead(&sql, &params)?;
    }
    Ok(())
}

/// The run of this id, for those who do it.
pub fn find(tx: &mut Tx<'_>, id: &str) -> Result<Option<Run>, DbError> {
    let sql = format!("select {COLUMNS} from bulk_run where id = $1");
    tx.one(&sql, &[id.into()])?.as_ref().map(run).transpose()
}

/// A page of the runs of this author, newest first, those before `before` (instant and id).
pub fn own(
    tx: &mut Tx<'_>,
    author: PersonId,
    before: Option<(&str, &str)>,
    limit: i64,
) -> Result<Vec<Run>, DbError> {
    let (at, id) = before.unwrap_or(("~", "~"));
    let sql = format!(
        "select {COLUMNS} from bulk_run where author_id = $1 and (created_at, id) < ($2, $3)
          order by created_at desc, id desc limit $4"
    );
    tx.rows(&sql, &[author.to_string().into(), at.into(), id.into(), limit.into()])?.iter().map(run).collect()
}

/// Forgets what this author chose before `before` and never confirmed.
pub fn purge(tx: &mut Tx<'_>, author: PersonId, before: Timestamp) -> Result<(), DbError> {
    let params = [author.to_string().into(), stored(before).into()];
    tx.run_ahead(
        "delete from bulk_row where run_id in
             (select id from bulk_run where author_id = $1 and created_at < $2 and confirmed_at is null)",
        &params,
    )?;
    tx.run_ahead(
        "delete from bulk_run where author_id = $1 and created_at < $2 and confirmed_at is null",
        &params,
    )
}

/// How many dossiers of a run came to what.
pub fn counts(tx: &mut Tx<'_>, run: &str) -> Result<BTreeMap<Outcome, i64>, DbError> {
    tx.rows(
        "select outcome, count(*) as n from bulk_row where run_id = $1 group by outcome order by outcome",
        &[run.into()],
    )?
    .iter()
    .map(|row| Ok((outcome(row)?, row.get("n")?)))
    .collect()
}

/// The rows of a run after a place, in its order.
pub fn rows(tx: &mut Tx<'_>, run: &str, after: i64, limit: i64) -> Result<Vec<RunRow>, DbError> {
    tx.rows(
        "select place, dossier_code, step, alike, version, outcome, words from bulk_row
          where run_id = $1 and $2 < place order by place limit $3",
        &[run.into(), after.into(), limit.into()],
    )?
    .iter()
    .map(run_row)
    .collect()
}

/// The first rows that wait to be done.
pub fn waiting(tx: &mut Tx<'_>, run: &str, limit: i64) -> Result<Vec<RunRow>, DbError> {
    tx.rows(
        "select place, dossier_code, step, alike, version, outcome, words from bulk_row
          where run_id = $1 and outcome = 'waiting' order by place limit $2",
        &[run.into(), limit.into()],
    )?
    .iter()
    .map(run_row)
    .collect()
}

/// One row of each kind that asks for fields of its own.
pub fn samples(tx: &mut Tx<'_>, run: &str, limit: i64) -> Result<Vec<RunRow>, DbError> {
    tx.rows(
        "select place, dossier_code, step, alike, version, outcome, words from bulk_row
          where run_id = $1
            and place in (select min(s.place) from bulk_row s where s.run_id = $1 group by s.alike)
          order by place limit $2",
        &[run.into(), limit.into()],
    )?
    .iter()
    .map(run_row)
    .collect()
}

/// One dossier of a run whose paper was printed.
#[derive(Clone, Debug)]
pub struct PrintedRow {
    /// Its number in the run.
    pub place: i64,
    /// Which dossier.
    pub code: DossierCode,
    /// The paper.
    pub paper: BlobHash,
}

/// Writes down which paper was printed of a dossier.
pub fn put_paper(tx: &mut Tx<'_>, run: &str, place: i64, paper: BlobHash) -> Result<(), DbError> {
    let params = [run.into(), place.into(), paper.to_string().into()];
    tx.run_ahead("update bulk_row set paper = $3 where run_id = $1 and place = $2", &params)
}

/// What was printed after a place, in the order of the run.
pub fn printed(tx: &mut Tx<'_>, run: &str, after: i64, limit: i64) -> Result<Vec<PrintedRow>, DbError> {
    tx.rows(
        "select place, dossier_code, paper from bulk_row
          where run_id = $1 and outcome = 'done' and $2 < place and paper is not null
          order by place limit $3",
        &[run.into(), after.into(), limit.into()],
    )?
    .iter()
    .map(|row| {
        Ok(PrintedRow {
            place: row.get("place")?,
            code: row.parse("dossier_code")?,
            paper: row.parse("paper")?,
        })
    })
    .collect()
}

/// Writes down that what was printed is not given after all.
pub fn take_back(tx: &mut Tx<'_>, run: &str, place: i64, words: &str, at: Timestamp) -> Result<(), DbError> {
    tx.run_ahead(
        "update bulk_row set outcome = 'refused', words = $3, paper = null, settled_at = $4
          where run_id = $1 and place = $2 and outcome = 'done'",
        &[run.into(), place.into(), words.into(), stored(at).into()],
    )
}

/// Writes down where the file of a run is kept. `Conflict` when it has one.
pub fn put_file(tx: &mut Tx<'_>, run: &str, export: &str, pages: i64) -> Result<(), DbError> {
    let changed = tx.run(
        "update bulk_run set export_id = $2, pages = $3 where id = $1 and export_id is null",
        &[run.into(), export.into(), pages.into()],
    )?;
    if changed == 0 {
        return Err(DbError::Conflict(format!("the bulk run {run} has a file")));
    }
    Ok(())
}

/// What a page of a run holds. The applicant is named where `units` had to do with the dossier; without them, to
/// whoever sees everything.
pub fn shown(
    tx: &mut Tx<'_>,
    run: &str,
    only: Option<Outcome>,
    after: i64,
    limit: i64,
    units: Option<&[String]>,
) -> Result<Vec<Shown>, DbError> {
    let mut params = Params::default();
    let (run, after, limit) = (params.bind(run), params.bind(after), params.bind(limit));
    let narrowed = match only {
        None => "1 = 1".to_owned(),
        Some(outcome) => format!("r.outcome = {}", params.bind(outcome.name())),
    };
    let is_known = match units {
        None => "1 = 1".to_owned(),
        Some([]) => "1 = 0".to_owned(),
        Some(units) => passed_through(&params.bind_all(units).join(", ")),
    };
    let sql = format!(
        "select r.place, r.dossier_code, r.step, r.alike, r.version, r.outcome, r.words, r.settled_at,
                d.procedure_name, case when {is_known} then d.applicant_name else '' end as applicant
           from bulk_row r
           join dossier d on d.code = r.dossier_code
          where r.run_id = {run} and {after} < r.place and {narrowed} order by r.place limit {limit}"
    );
    tx.rows(&sql, &params)?
        .iter()
        .map(|row| {
            Ok(Shown {
                row: run_row(row)?,
                settled_at: row.parse_opt("settled_at")?,
                applicant: row.get("applicant")?,
                procedure: row.get("procedure_name")?,
            })
        })
        .collect()
}

/// Puts what was foreseen in the place of the rows there are. `false` when the run was confirmed meanwhile.
pub fn foresee(
    tx: &mut Tx<'_>,
    run: &str,
    fields: &str,
    language: &str,
    rows: &[RunRow],
    at: Timestamp,
) -> Result<bool, DbError> {
    let changed = tx.run(
        "update bulk_run set fields = $2, language = $3, foreseen_at = $4
          where id = $1 and confirmed_at is null",
        &[run.into(), fields.into(), language.into(), stored(at).into()],
    )?;
    if changed == 0 {
        return Ok(false);
    }
    tx.run_ahead("delete from bulk_row where run_id = $1", &[run.into()])?;
    insert_rows(tx, run, rows)?;
    Ok(true)
}

/// Confirms a run as it was foreseen at this instant. `false` when it was foreseen anew or confirmed before.
pub fn confirm(tx: &mut Tx<'_>, run: &str, foreseen_at: Timestamp, now: Timestamp) -> Result<bool, DbError> {
    let changed = tx.run(
        "update bulk_run set confirmed_at = $3 where id = $1 and foreseen_at = $2 and confirmed_at is null",
        &[run.into(), stored(foreseen_at).into(), stored(now).into()],
    )?;
    if changed == 0 {
        return Ok(false);
    }
    tx.run_ahead(
        "update bulk_row set outcome = 'waiting' where run_id = $1 and outcome = 'ready'",
        &[run.into()],
    )?;
    Ok(true)
}

/// Writes down what became of a row that waits; without words, what was foreseen. `false` when it waits no more.
pub fn settle(
    tx: &mut Tx<'_>,
    run: &str,
    place: i64,
    outcome: Outcome,
    words: Option<&str>,
    at: Timestamp,
) -> Result<bool, DbError> {
    let changed = tx.run(
        "update bulk_row set outcome = $3, words = coalesce(cast($4 as text), words), settled_at = $5
          where run_id = $1 and place = $2 and outcome = 'waiting'",
        &[run.into(), place.into(), outcome.name().into(), words.into(), stored(at).into()],
    )?;
    Ok(changed == 1)
}

/// Whether nobody has settled a row yet.
pub fn is_waiting(run: &str, place: i64) -> Query<bool> {
    Query::new(
        "select 1 as one from bulk_row where run_id = $1 and place = $2 and outcome = 'waiting'",
        [run.into(), place.into()],
        |rows| Ok(!rows.is_empty()),
    )
}

/// Lets go of everything that still waits in a run and ends it. Answers how many dossiers that were.
pub fn stop(tx: &mut Tx<'_>, run: &str, at: Timestamp) -> Result<u64, DbError> {
    let stopped = tx.run(
        "update bulk_row set outcome = 'stopped', settled_at = $2 where run_id = $1 and outcome = 'waiting'",
        &[run.into(), stored(at).into()],
    )?;
    end(tx, run, at)?;
    Ok(stopped)
}

/// Ends a run of which nothing waits any more.
pub fn end(tx: &mut Tx<'_>, run: &str, at: Timestamp) -> Result<(), DbError> {
    tx.run_ahead(
        "update bulk_run set ended_at = $2
          where id = $1 and confirmed_at is not null and ended_at is null
            and not exists (select 1 from bulk_row r where r.run_id = $1 and r.outcome = 'waiting')",
        &[run.into(), stored(at).into()],
    )
}

fn run(row: &Row) -> Result<Run, DbError> {
    let (list, action, language): (String, String, String) =
        (row.get("list")?, row.get("action")?, row.get("language")?);
    let unknown = |column: &str, value: &str| DbError::Decode(format!("bulk_run.{column} is {value}"));
    Ok(Run {
        id: row.get("id")?,
        author: row.parse("author_id")?,
        author_name: row.get("author_name")?,
        of: Of::from_name(&list).ok_or_else(|| unknown("list", &list))?,
        query: row.get("query")?,
        everything: row.get("everything")?,
        act: Act::from_name(&action).ok_or_else(|| unknown("action", &action))?,
        fields: row.get("fields")?,
        locale: Locale::from_code(&language).ok_or_else(|| unknown("language", &language))?,
        created_at: row.parse("created_at")?,
        foreseen_at: row.parse_opt("foreseen_at")?,
        confirmed_at: row.parse_opt("confirmed_at")?,
        ended_at: row.parse_opt("ended_at")?,
        export_id: row.get("export_id")?,
        pages: row.get("pages")?,
    })
}

fn run_row(row: &Row) -> Result<RunRow, DbError> {
    Ok(RunRow {
        place: row.get("place")?,
        code: row.get("dossier_code")?,
        step: row.get("step")?,
        alike: row.get("alike")?,
        version: row.get("version")?,
        outcome: outcome(row)?,
        words: row.get("words")?,
    })
}

fn outcome(row: &Row) -> Result<Outcome, DbError> {
    let name: String = row.get("outcome")?;
    Outcome::from_name(&name).ok_or_else(|| DbError::Decode(format!("bulk_row.outcome is {name}")))
}
