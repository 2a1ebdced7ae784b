//! Lists taken away whole: work lists and what the search finds, as the desk gives them. What was made is kept for a
//! while under an address of its own, so that a download that broke off goes on.

use axum::extract::{Path, State};
use axum::response::{Redirect, Response};

use crate::api::caller::{Caller, Reader};
use crate::api::dossiers::list::work_list;
use crate::api::problem::{Kind, Problem};
use crate::api::query::Asked;
use crate::app::App;
use crate::desk::export::kept::{self, Kept};
use crate::desk::export::table::Kind as File;
use crate::desk::export::{Taker, work};
use crate::desk::search;
use crate::document::range::PartAsked;

/// Makes a table of a work list.
pub async fn of_work(
    State(app): State<App>,
    Reader(caller): Reader,
    mut asked: Asked,
) -> Result<Redirect, Problem> {
    let taker = officer(&caller)?;
    let kind = kind(&mut asked);
    let list = work_list(&app, &caller, &mut asked).await?;
    asked.done()?;
    Ok(there(&work::take_away(&app, taker, kind, list).await?))
}

/// Makes a table of what the search finds.
pub async fn of_search(
    State(app): State<App>,
    Reader(caller): Reader,
    mut asked: Asked,
) -> Result<Redirect, Problem> {
    let taker = officer(&caller)?;
    let (kind, q) = (kind(&mut asked), asked.text("q"));
    if q.is_none() {
        asked.refuse("q", caller.locale.t("api.field_missing"));
    }
    asked.done()?;
    let kept = search::export::take_away(&app, taker, kind, &q.unwrap_or_default()).await?;
    Ok(there(&kept))
}

/// Gives a table that was made, or the part of it that is asked for.
pub async fn show(
    State(app): State<App>,
    Reader(caller): Reader,
    Path(id): Path<String>,
    part: PartAsked,
) -> Result<Response, Problem> {
    Ok(kept::give(&app, &caller.person, id, &part).await?)
}

/// Whoever works at the desk.
fn officer(caller: &Caller) -> Result<Taker<'_>, Problem> {
    if caller.is_officer() {
        Ok(Taker { person: &caller.person, locale: caller.locale })
    } else {
        Err(Problem::new(Kind::Forbidden, caller.locale.t("api.officers_only")))
    }
}

fn kind(asked: &mut Asked) -> File {
    asked.one_of("kind", &File::ALL.map(File::name)).and_then(File::from_name).unwrap_or(File::Csv)
}

fn there(kept: &Kept) -> Redirect {
    Redirect::to(&format!("/api/v1/exports/{}", kept.id))
}
