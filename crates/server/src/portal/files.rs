//! Files given back to their owner: papers of a dossier, files of a draft, the code to keep.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use motcua_domain::dossier::{Dossier, Paper};
use motcua_domain::ids::{DraftId, PaperId, PersonId};
use serde::Deserialize;

use crate::app::App;
use crate::document::give::{Way, give};
use crate::document::range::PartAsked;
use crate::form::qr;
use crate::portal::dossier::may_have_result;
use crate::portal::draft::Purpose;
use crate::portal::opened::Opened;
use crate::portal::upload::{PART_HEADER, page_of};
use crate::portal::work::Work;
use crate::portal::{store, timeline};
use crate::web::error::PageError;
use crate::web::guard::SafeForm;
use crate::web::visitor::Citizen;

/// How a file is wanted.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    /// Anything: to be saved, not shown.
    #[serde(default)]
    luu: String,
}

impl Wanted {
    fn way(&self) -> Way {
        if self.luu.is_empty() { Way::Show } else { Way::Save }
    }
}

/// A paper of a dossier: what was handed in, and the result once it is the applicant's.
pub async fn paper(
    State(app): State<App>,
    citizen: Citizen,
    Path((code, id)): Path<(String, PaperId)>,
    Query(wanted): Query<Wanted>,
    asked: PartAsked,
) -> Result<Response, PageError> {
    let opened = Opened::load(&app, &citizen, &code).await?;
    let paper = papers_of(&opened.dossier).into_iter().find(|paper| paper.id == id);
    let file = paper.and_then(|paper| paper.file.as_ref()).ok_or(PageError::NotFound)?;
    give(&app.blobs, (&file.sha256).into(), &file.name, &file.media_type, wanted.way(), &asked).await
}

/// The papers an applicant may have: those handed in, and the result once it is the applicant's.
pub fn papers_of(dossier: &Dossier) -> Vec<&Paper> {
    let outcome = dossier.progress.outcome.as_ref().map(|outcome| &outcome.paper);
    let is_theirs = |paper: &&Paper| {
        !timeline::is_internal(dossier, paper) && outcome.is_none_or(|outcome| outcome.id != paper.id)
    };
    let result = outcome.filter(|_| may_have_result(dossier));
    dossier.papers().filter(is_theirs).chain(result).collect()
}

/// A file of a draft.
pub async fn draft_file(
    State(app): State<App>,
    citizen: Citizen,
    Path((id, file)): Path<(DraftId, String)>,
    Query(wanted): Query<Wanted>,
    asked: PartAsked,
) -> Result<Response, PageError> {
    give_back(&app, citizen.person.id, id, &file, wanted.way(), &asked).await
}

/// Gives a file of a draft back to its owner.
pub async fn give_back(
    app: &App,
    owner: PersonId,
    id: DraftId,
    file: &str,
    way: Way,
    asked: &PartAsked,
) -> Result<Response, PageError> {
    let work = Work::load(app, owner, id).await?;
    let file = work.files.iter().find(|kept| kept.id == file).ok_or(PageError::NotFound)?;
    give(&app.blobs, (&file.sha256).into(), &file.name, &file.media_type, way, asked).await
}

/// Takes a file out of a draft, for a script.
pub async fn remove(
    State(app): State<App>,
    citizen: Citizen,
    Path((id, file)): Path<(DraftId, String)>,
    headers: HeaderMap,
    SafeForm(_): SafeForm,
) -> Result<Response, PageError> {
    let work = Work::load(&app, citizen.person.id, id).await?;
    if work.draft.filed_at.is_some() {
        return Err(PageError::refused(&citizen.visitor.locale.say("portal.already_filed")));
    }
    let component = work.files.iter().find(|kept| kept.id == file).map(|kept| kept.component.clone());
    let page = async {
        let page = match component {
            Some(component) => page_of(&app, &citizen, &work, &component).await?,
            None => None,
        };
        Ok(page.unwrap_or_else(|| match work.draft.purpose {
            Purpose::Filing => format!("{}/giay-to", crate::portal::frame::base(id)),
            Purpose::Supplement | Purpose::Intake | Purpose::Act => "/ho-so".to_owned(),
        }))
    };
    take_out(&app, id, file, &headers, page).await
}

/// Takes a file out of a draft that the caller has found to be theirs. A script stays on its page, anybody else is led to
/// `page`. Taking out what is not there any more is done already.
pub async fn take_out(
    app: &App,
    id: DraftId,
    file: String,
    headers: &HeaderMap,
    page: impl Future<Output = Result<String, PageError>>,
) -> Result<Response, PageError> {
    app.store.write(move |tx| store::delete_file(tx, id, &file)).await?;
    if headers.contains_key(PART_HEADER) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(Redirect::to(&page.await?).into_response())
}

/// The code of a dossier as a picture to keep: it holds the address of the public look-up.
pub async fn qr(
    State(app): State<App>,
    citizen: Citizen,
    Path(code): Path<String>,
) -> Result<Response, PageError> {
    let opened = Opened::load(&app, &citizen, &code).await?;
    let svg = qr::svg(&lookup_url(&app, opened.dossier.code.as_str())).ok_or(PageError::Internal)?;
    let name = format!("attachment; filename=\"{}.svg\"", opened.dossier.code);
    Ok(([(header::CONTENT_TYPE, "image/svg+xml".to_owned()), (header::CONTENT_DISPOSITION, name)], svg)
        .into_response())
}

/// The address of the public look-up of a dossier.
pub fn lookup_url(app: &App, code: &str) -> String {
    format!("{}/tra-cuu/{code}", app.config.server.public_url())
}
