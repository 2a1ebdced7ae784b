//! Jobs that were given up, for administrators: what failed, why, and a button to try again.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use motcua_db::DbError;
use serde::Deserialize;

use crate::account::admin::access::Administrator;
use crate::account::office_log::{self, Deed, Doer};
use crate::app::App;
use crate::clock::stored;
use crate::jobs::store::{self, Counts, FailedJob, PAGE_ROWS};
use crate::web::error::PageError;
use crate::web::guard::SafeForm;
use crate::web::page::{Page, render};
use crate::web::visitor::encode;
use crate::web::wording;

const HOME: &str = "/can-bo/quan-tri/viec-nen";

/// Pages of jobs.
pub fn routes() -> Router<App> {
    Router::new().route(HOME, get(page)).route("/can-bo/quan-tri/viec-nen/{id}", post(try_again))
}

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    /// Instant and id of the last job of the page before.
    #[serde(default)]
    truoc: String,
    #[serde(default)]
    xong: String,
}

struct Line {
    id: String,
    kind: &'static str,
    dossier_code: String,
    since: String,
    failed_at: String,
    tries: i64,
    error: String,
}

#[derive(askama::Template)]
#[template(path = "jobs/list.html")]
struct ListPage {
    page: Page,
    counts: Counts,
    lines: Vec<Line>,
    next: String,
    tried_again: bool,
}

/// Lists failed jobs, latest first.
pub async fn page(
    State(app): State<App>,
    administrator: Administrator,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let now = app.clock.now();
    let before = asked.truoc.split_once('_').map(|(at, id)| (at.to_owned(), id.to_owned()));
    let (mut failed, counts) = app
        .store
        .read(move |tx| {
            let before = before.as_ref().map(|(at, id)| (at.as_str(), id.as_str()));
            Ok::<_, DbError>((store::failed(tx, before)?, store::counts(tx, now)?))
        })
        .await?;
    let more = PAGE_ROWS < failed.len();
    failed.truncate(PAGE_ROWS);
    let next = failed
        .last()
        .filter(|_| more)
        .map(|last| format!("{HOME}?truoc={}", encode(&format!("{}_{}", stored(last.failed_at), last.id))));
    let page = Page::new(&app, &administrator.visitor, administrator.visitor.locale.t("jobs.title"));
    let lines = failed.into_iter().map(|job| line(&page, job)).collect();
    let tried_again = !asked.xong.is_empty();
    Ok(render(&ListPage { page, counts, lines, next: next.unwrap_or_default(), tried_again }))
}

/// Starts a failed job anew.
pub async fn try_again(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<String>,
    _form: SafeForm,
) -> Result<Response, PageError> {
    let (world, now, doer) = (app.clone(), app.clock.now(), Doer::from(&administrator.person));
    let revived = app
        .store
        .write(move |tx| {
            let revived = store::revive(tx, &id, now)?;
            if revived {
                office_log::record(
                    tx,
                    &world,
                    &doer,
                    &Deed::new("jobs.log_tried_again", format!("job:{id}")),
                )?;
            }
            Ok::<_, DbError>(revived)
        })
        .await?;
    if revived {
        Ok(Redirect::to(&format!("{HOME}?xong=1")).into_response())
    } else {
        Err(PageError::NotFound)
    }
}

fn line(page: &Page, job: FailedJob) -> Line {
    Line {
        kind: page.t(&format!("jobs.kind_{}", job.kind.name())),
        dossier_code: job.dossier_code.unwrap_or_default(),
        since: wording::office_datetime_short(job.created_at),
        failed_at: wording::office_datetime_short(job.failed_at),
        tries: job.tries,
        error: job.last_error,
        id: job.id,
    }
}
