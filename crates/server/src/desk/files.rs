//! Files that an officer gathers for something that is not done yet: papers of an intake, or the file of an act. They lie
//! in a draft of the officer, whose they are; nobody else sees them until it is done.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use motcua_domain::dossier::action::Target;
use motcua_domain::dossier::choice::allowed_actions;
use motcua_domain::dossier::{ActionKind, DossierCode, FileRef};
use motcua_domain::ids::{DraftId, PersonId};

use crate::app::App;
use crate::desk::field::takes_file;
use crate::desk::intake;
use crate::desk::show::{refused, target_name};
use crate::document::give::Way;
use crate::document::range::PartAsked;
use crate::document::upload::{self as uploads, Upload};
use crate::dossier::steps::{self, Also, Loaded};
use crate::portal::draft::{Draft, Purpose};
use crate::portal::files::{give_back, take_out};
use crate::portal::store::{self, DraftFile};
use crate::portal::upload::{self as portal, FileRow, UnfinishedRow};
use crate::portal::work::{Work, file_ref};
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::guard::SafeForm;
use crate::web::locale::Locale;
use crate::web::visitor::Officer;

/// Files of officers' drafts.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/can-bo/tep/{draft}/{file}", get(file))
        .route("/can-bo/tep/{draft}/{file}/xoa", post(remove))
}

/// The row of a file. Its button is part of the form around it, which keeps what was typed.
pub fn row(draft: DraftId, file: &DraftFile, locale: Locale) -> FileRow {
    let href = format!("/can-bo/tep/{draft}/{}", file.id);
    FileRow { remove: format!("{href}/xoa"), href, press: "take_out", ..FileRow::untouchable(file, locale) }
}

/// Does what a button beside a file of a draft says: takes it out, or gives its upload up. `false` when none of them was
/// pressed. Out of a draft that is not there nothing has to be taken.
pub async fn press(
    app: &App,
    owner: PersonId,
    draft: Option<DraftId>,
    form: &Form,
) -> Result<bool, PageError> {
    let pressed = |name| form.text(name).map(str::to_owned);
    match (pressed("take_out"), pressed("give_up")) {
        (Some(file), _) => {
            if let Some(id) = draft {
                Work::load(app, owner, id).await?;
                app.store.write(move |tx| store::delete_file(tx, id, &file)).await?;
            }
        }
        (None, Some(upload)) => uploads::web::forget(app, &upload, owner).await?,
        (None, None) => return Ok(false),
    }
    Ok(true)
}

/// The draft of the acts of one officer on one dossier: the same one whenever it is asked for.
fn draft_id(app: &App, owner: PersonId, code: &DossierCode) -> DraftId {
    Draft::id_of(&app.secrets, Purpose::Act, &format!("{owner}:{code}"))
}

/// Under which name the file of an act lies in its draft.
pub fn key(kind: ActionKind, target: &Target) -> String {
    format!("{}.{}", kind.name(), target_name(target))
}

/// What was gathered for the acts on one dossier.
pub struct Gathered {
    /// The draft that holds it, or will.
    pub id: DraftId,
    files: Vec<DraftFile>,
    uploads: Vec<Upload>,
}

impl Gathered {
    /// What this officer gathered for this dossier.
    pub async fn load(app: &App, officer: &Officer, code: &DossierCode) -> Result<Self, PageError> {
        let owner = officer.person.id;
        let id = draft_id(app, owner, code);
        let inner = app.clone();
        let found = app.store.read(move |tx| {
            let Some(draft) = store::draft(tx, &inner.secrets, id, owner)? else { return Ok(None) };
            Ok::<_, motcua_db::DbError>(Some((draft, store::files(tx, id)?)))
        });
        let Some((draft, mut files)) = found.await? else {
            return Ok(Self { id, files: Vec::new(), uploads: Vec::new() });
        };
        let uploads = portal::unfinished(app, &draft, &mut files).await?;
        Ok(Self { id, files, uploads })
    }

    /// The same for an act of this kind; none when it takes no file, as most do.
    pub async fn for_act(
        app: &App,
        officer: &Officer,
        code: &DossierCode,
        kind: ActionKind,
    ) -> Result<Option<Self>, PageError> {
        if takes_file(kind) { Self::load(app, officer, code).await.map(Some) } else { Ok(None) }
    }

    /// The draft, when there is something in it.
    pub fn draft(&self) -> Option<DraftId> {
        (!self.files.is_empty()).then_some(self.id)
    }

    /// The file of one act: the last that came.
    pub fn file(&self, key: &str) -> Option<FileRef> {
        self.files.iter().rev().find(|file| file.component == key).map(file_ref)
    }

    /// The rows of one act.
    pub fn rows(&self, key: &str, locale: Locale) -> (Vec<FileRow>, Vec<UnfinishedRow>) {
        let here = self.files.iter().filter(|file| file.component == key);
        let kept = here.map(|file| row(self.id, file, locale)).collect();
        (kept, portal::unfinished_rows(&self.uploads, key, locale))
    }

    /// Keeps the file that came with an act which is not done, in the place of those before it: nobody has to choose it
    /// twice. Only of somebody who may do the act.
    pub async fn keep(
        &self,
        app: &App,
        officer: &Officer,
        loaded: &Loaded,
        key: &str,
        file: FileRef,
    ) -> Result<(), PageError> {
        if !takes(app, officer, loaded, key) {
            return Ok(());
        }
        let now = app.clock.now();
        let draft = Draft::of_dossier(self.id, Purpose::Act, officer.person.id, &loaded.dossier, now);
        let sealed = draft.sealed(app);
        let row = DraftFile::of(app.random.uuid(now), key, file);
        let kept = app.store.write(move |tx| {
            store::insert_draft(tx, &draft, &sealed)?;
            store::delete_files_of(tx, draft.id, &row.component)?;
            store::insert_file(tx, draft.id, &row, now)
        });
        Ok(kept.await.map(|_| ())?)
    }

    /// What is written with an act that is done: its files belong to the dossier now.
    pub fn used(&self, key: &str) -> Also {
        let (id, key) = (self.id, key.to_owned());
        Arc::new(move |tx, _| store::delete_files_of(tx, id, &key))
    }
}

/// Begins the draft of the acts on a dossier with its first file. One that is there already stays as it is.
pub async fn begin(app: &App, officer: &Officer, id: DraftId, code: &DossierCode) -> Result<(), PageError> {
    let locale = officer.visitor.locale;
    let actor = officer.person.actor();
    let loaded = steps::open(app, &actor, code).await.map_err(|error| refused(locale, app, error))?;
    if id != draft_id(app, officer.person.id, code) {
        return Err(PageError::NotFound);
    }
    let draft = Draft::of_dossier(id, Purpose::Act, officer.person.id, &loaded.dossier, app.clock.now());
    Ok(draft.begin(app).await?)
}

/// The page of a dossier on which this officer may do the act of this name, with a file.
pub async fn page_of(
    app: &App,
    officer: &Officer,
    work: &Work,
    component: &str,
) -> Result<Option<String>, PageError> {
    let Some(code) = work.draft.dossier.as_ref().filter(|_| work.draft.purpose == Purpose::Act) else {
        return Ok(None);
    };
    let locale = officer.visitor.locale;
    let actor = officer.person.actor();
    let loaded = steps::open(app, &actor, code).await.map_err(|error| refused(locale, app, error))?;
    Ok(takes(app, officer, &loaded, component).then(|| href(code)))
}

/// Whether this officer may do the act of this name now, and it takes a file.
fn takes(app: &App, officer: &Officer, loaded: &Loaded, component: &str) -> bool {
    let (office, actor, dossier) = (app.office(), officer.person.actor(), &loaded.dossier);
    let entries = u64::try_from(loaded.head.sequence).unwrap_or_default();
    let ctx = steps::ctx(&actor, &office, app.clock.now(), Some(dossier), None, entries);
    allowed_actions(&ctx, dossier)
        .iter()
        .any(|one| takes_file(one.kind) && one.verdict.is_ok() && key(one.kind, &one.target) == component)
}

fn href(code: &DossierCode) -> String {
    format!("/can-bo/ho-so/{code}")
}

/// A file, given back.
async fn file(
    State(app): State<App>,
    officer: Officer,
    Path((id, file)): Path<(DraftId, String)>,
    asked: PartAsked,
) -> Result<Response, PageError> {
    give_back(&app, officer.person.id, id, &file, Way::Show, &asked).await
}

/// Takes a file out.
async fn remove(
    State(app): State<App>,
    officer: Officer,
    Path((id, file)): Path<(DraftId, String)>,
    headers: HeaderMap,
    SafeForm(_): SafeForm,
) -> Result<Response, PageError> {
    let work = Work::load(&app, officer.person.id, id).await?;
    let page = match &work.draft.dossier {
        Some(code) => href(code),
        None => intake::files::href(work.draft.procedure.as_str(), id),
    };
    take_out(&app, id, file, &headers, async { Ok(page) }).await
}
