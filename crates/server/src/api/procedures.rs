//! Procedures: searched without accents, and one whole version.

pub mod version;

use axum::Json;
use axum::extract::{Path, State};
use motcua_domain::procedure::{ProcedureCode, ProcedureLevel as RuledLevel};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::caller::Anybody;
use crate::api::problem::{Kind, Problem};
use crate::api::query::{self, Asked};
use crate::api::wire::ProcedureLevel;
use crate::app::App;
use crate::procedure::search::{QUERY_CHARS_MAX, Query};
use crate::procedure::store::Listed;
use version::{Named, Procedure};

/// Entries that can be paged over: more than the national catalogue has.
const OFFSET_MAX: usize = 20_000;

/// A procedure in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProcedureLine {
    /// National code.
    code: String,
    /// Number of the version in force.
    version: u32,
    /// Official name.
    name: String,
    /// Fields it belongs to.
    fields: Vec<Named>,
    /// Levels it is done at.
    levels: Vec<ProcedureLevel>,
    /// How far it can be done online: `full`, `partial` or `none`.
    online: String,
    /// Executing agency, in the words of the publication.
    agency: String,
    /// A line of a catalogue and no more: nothing can be filed.
    is_outline: bool,
}

/// A page of procedures: best first when something was searched, else by name.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProcedureList {
    /// The procedures.
    items: Vec<ProcedureLine>,
    /// Cursor of the next page; null on the last one.
    next: Option<String>,
    /// How many there are on all pages.
    total: usize,
}

impl From<&Listed> for ProcedureLine {
    fn from(listed: &Listed) -> Self {
        Self {
            code: listed.code.to_string(),
            version: listed.version,
            name: listed.name.clone(),
            fields: listed.fields.iter().map(Named::from).collect(),
            levels: listed.levels.iter().map(|level| (*level).into()).collect(),
            online: listed.online.clone(),
            agency: listed.agency.clone(),
            is_outline: listed.is_outline,
        }
    }
}

/// Searches and browses what is in force and open to the public.
pub async fn list(
    State(app): State<App>,
    _: Anybody,
    mut asked: Asked,
) -> Result<Json<ProcedureList>, Problem> {
    let limit = asked.limit();
    let offset = asked.cursor::<1>().and_then(|[offset]| offset.parse().ok()).unwrap_or(0);
    let query = Query {
        text: asked.text("q").unwrap_or_default().chars().take(QUERY_CHARS_MAX).collect(),
        field: asked.text("field"),
        level: asked.parsed("level", RuledLevel::from_name),
        online: asked.one_of("online", &["full", "partial", "none"]).map(str::to_owned),
    };
    asked.done()?;
    let today = app.catalogue.today(&app).await?;
    let found = today.index.search(&query, offset.min(OFFSET_MAX), limit);
    let end = offset.saturating_add(found.entries.len());
    let more = end < found.total && !found.entries.is_empty();
    Ok(Json(ProcedureList {
        items: found.entries.into_iter().map(ProcedureLine::from).collect(),
        next: more.then(|| query::cursor([&end.to_string()])),
        total: found.total,
    }))
}

/// One version of a procedure: that in force today, or the one asked for.
pub async fn show(
    State(app): State<App>,
    _: Anybody,
    Path(code): Path<String>,
    mut asked: Asked,
) -> Result<Json<Procedure>, Problem> {
    let number: Option<u32> = asked.parsed("version", |text| text.parse().ok());
    asked.done()?;
    let code: ProcedureCode = code.parse().map_err(|_| Kind::NotFound)?;
    let found = match number {
        None => app.catalogue.in_force(&app, &code).await?,
        Some(number) => app.catalogue.version(&app, &code, number).await?,
    };
    let version = found.filter(|version| !version.internal).ok_or(Kind::NotFound)?;
    Ok(Json(Procedure::from(version.as_ref())))
}
