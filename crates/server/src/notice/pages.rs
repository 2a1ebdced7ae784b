//! The outbox of a demonstration: every letter that would have been sent, readable. Only there.

use axum::extract::{Query, State};
use axum::response::Response;
use jiff::Timestamp;
use motcua_domain::office_time;
use serde::Deserialize;

use crate::app::App;
use crate::notice::store::PAGE_ROWS;
use crate::notice::{self, Letter};
use crate::web::error::PageError;
use crate::web::page::{Page, render};
use crate::web::visitor::Visitor;

/// Which page of the outbox.
#[derive(Debug, Default, Deserialize)]
pub struct Before {
    #[serde(default)]
    truoc: Option<String>,
}

#[derive(askama::Template)]
#[template(path = "notice/outbox.html")]
struct OutboxPage {
    page: Page,
    letters: Vec<Letter>,
    next: String,
}

impl OutboxPage {
    /// What a clock on the office wall showed.
    #[expect(clippy::unused_self, reason = "called from the template")]
    fn wall(&self, at: &Timestamp) -> String {
        office_time::to_office(*at).strftime("%H:%M %d/%m/%Y").to_string()
    }
}

/// Lists letters, newest first.
pub async fn outbox(
    State(app): State<App>,
    visitor: Visitor,
    Query(before): Query<Before>,
) -> Result<Response, PageError> {
    if !app.demo {
        return Err(PageError::NotFound);
    }
    let mut letters = notice::newest(&app, before.truoc).await?;
    let more = PAGE_ROWS < letters.len();
    letters.truncate(PAGE_ROWS);
    let next = letters.last().filter(|_| more).map(|letter| format!("/demo/hop-thu?truoc={}", letter.id));
    let page = Page::new(&app, &visitor, visitor.locale.t("notice.outbox"));
    Ok(render(&OutboxPage { page, letters, next: next.unwrap_or_default() }))
}
