//! Photos of a paper from a phone, seen from the counter: the button, the square code, and what came so far.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use motcua_domain::ids::DraftId;
use motcua_domain::procedure::{Component, ProcedureVersion};
use serde::Deserialize;

use crate::account::office_log::Doer;
use crate::app::App;
use crate::desk::files::row;
use crate::desk::intake::{Receiver, files};
use crate::document::handoff::{self, Asked, End, Handoff, store};
use crate::document::upload::Upload;
use crate::form::qr;
use crate::portal::store::{self as drafts, DraftFile};
use crate::portal::upload::{self as portal, FileRow, UnfinishedRow};
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::limit::Limit;
use crate::web::locale::Locale;
use crate::web::page::{Page, render};
use crate::web::visitor::Officer;
use crate::web::wording;

/// A link as the counter sees it.
#[derive(Clone, Debug)]
pub struct Panel {
    /// Its id.
    pub id: String,
    /// Key of the paper.
    pub component: String,
    /// Its name.
    pub paper: String,
    /// The square code; empty once the link is over.
    pub qr: String,
    /// The same as an address.
    pub address: String,
    /// How it stands.
    pub state: String,
    /// Whether more may come.
    pub is_open: bool,
    /// Changes when anything on it does.
    pub seen: String,
    /// What came.
    pub kept: Vec<FileRow>,
    /// What did not.
    pub unfinished: Vec<UnfinishedRow>,
}

#[derive(Template)]
#[template(path = "desk/_handoff.html")]
struct LivePart {
    page: Page,
    panel: Panel,
}

/// Opens a link for one paper. The page carries its secret from then on.
pub async fn open(
    app: &App,
    officer: &Officer,
    version: &ProcedureVersion,
    component: &Component,
    draft: DraftId,
    form: &mut Form,
) -> Result<(), PageError> {
    app.limits.take(Limit::HandoffsPerPerson, &officer.person.id.to_string(), app.clock.now())?;
    let receiver = Receiver::at(officer)?;
    let desk = receiver.desks.iter().find(|desk| desk.as_str() == form.value("desk"));
    let desk = desk.or_else(|| receiver.desks.first()).ok_or(PageError::NotFound)?;
    let draft = files::fresh(app, officer, draft, version);
    let asked = Asked {
        component: component.key.to_string(),
        paper: component.name.clone(),
        unit: app.office().unit_name(desk),
    };
    let token = handoff::open(app, Doer::from(&officer.person), draft, asked).await?;
    form.set("handoff", token.ok_or(PageError::NotFound)?);
    Ok(())
}

/// Takes the link of a page back, and forgets it.
pub async fn close(app: &App, officer: &Officer, form: &mut Form) -> Result<(), PageError> {
    let found = handoff::find(app, form.value("handoff"), officer.person.id).await?;
    form.set("handoff", "");
    let Some(found) = found.filter(|found| found.ended.is_none()) else { return Ok(()) };
    let end = found.end_at(app.clock.now()).unwrap_or(End::Revoked);
    let (inner, doer) = (app.clone(), Doer::from(&officer.person));
    Ok(app.store.write(move |tx| handoff::finish(tx, &inner, &doer, &found, end)).await?)
}

/// The link of a page; none when it has none.
pub async fn panel(
    app: &App,
    officer: &Officer,
    token: &str,
    kept: &[DraftFile],
    uploads: &[Upload],
) -> Result<Option<Panel>, PageError> {
    if token.is_empty() {
        return Ok(None);
    }
    let found = handoff::find(app, token, officer.person.id).await?;
    let Some(found) = found else { return Ok(None) };
    let mut panel = view(app, &found, kept, uploads, officer.visitor.locale);
    if panel.is_open {
        panel.address = handoff::address(app, token);
        panel.qr = qr::svg(&panel.address).unwrap_or_default();
    }
    Ok(Some(panel))
}

/// What the page asks again and again.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Seen {
    da: String,
}

/// What changes while a phone sends: nothing as long as the page shows it already.
pub async fn live(
    State(app): State<App>,
    officer: Officer,
    Path(id): Path<String>,
    Query(seen): Query<Seen>,
) -> Result<Response, PageError> {
    Receiver::at(&officer)?;
    let (inner, owner) = (app.clone(), officer.person.id);
    let found = app.store.read(move |tx| {
        let Some(found) = store::find(tx, &id, owner)? else { return Ok(None) };
        let draft = drafts::draft(tx, &inner.secrets, found.draft, owner)?;
        let files = drafts::files(tx, found.draft)?;
        Ok::<_, motcua_db::DbError>(draft.map(|draft| (found, draft, files)))
    });
    let (found, draft, mut files) = found.await?.ok_or(PageError::NotFound)?;
    let uploads = portal::unfinished(&app, &draft, &mut files).await?;
    let panel = view(&app, &found, &files, &uploads, officer.visitor.locale);
    if panel.seen == seen.da {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(render(&LivePart { page: Page::new(&app, &officer.visitor, ""), panel }))
}

fn view(app: &App, found: &Handoff, kept: &[DraftFile], uploads: &[Upload], locale: Locale) -> Panel {
    let end = found.end_at(app.clock.now());
    let by_it = |upload: &&Upload| upload.handoff.as_deref() == Some(found.id.as_str());
    let (sending, rest): (Vec<&Upload>, Vec<&Upload>) =
        uploads.iter().filter(by_it).partition(|upload| upload.ended.is_none() && !upload.has_arrived());
    let rest: Vec<Upload> = rest.into_iter().cloned().collect();
    let key = match end {
        None if !sending.is_empty() => "handoff.sending",
        None if 0 < found.received => "handoff.more",
        None => "handoff.waits",
        Some(End::Done) => "handoff.is_done",
        Some(End::Expired) => "handoff.is_expired",
        Some(End::Revoked | End::Finished) => "handoff.is_closed",
    };
    let percent = sending.iter().map(|upload| upload.percent()).sum::<u64>() / (sending.len() as u64).max(1);
    let state = locale
        .say(key)
        .arg("count", found.received)
        .arg("percent", percent)
        .arg("until", wording::clock_time(found.expires_at));
    let here = kept.iter().filter(|file| file.component == found.component);
    let kept: Vec<FileRow> = here.map(|file| row(found.draft, file, locale)).collect();
    let unfinished = portal::unfinished_rows(&rest, &found.component, locale);
    let states: Vec<&str> = unfinished.iter().map(|row| row.state.key()).collect();
    Panel {
        id: found.id.clone(),
        component: found.component.clone(),
        paper: found.asked.clone(),
        qr: String::new(),
        address: String::new(),
        seen: format!("{key}.{}.{percent}.{}.{}", found.received, kept.len(), states.join(".")),
        state: state.to_string(),
        is_open: end.is_none(),
        kept,
        unfinished,
    }
}
