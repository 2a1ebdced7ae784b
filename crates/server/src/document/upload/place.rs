//! What an upload is meant for: who may send it there, and how it gets there.

use motcua_db::{DbError, Tx};
use motcua_domain::ids::DraftId;

use crate::app::App;
use crate::document::handoff::store as handoffs;
use crate::document::problem::{PER_COMPONENT_MAX, Problem};
use crate::document::upload::{Sender, Upload};
use crate::portal::store::{self, DraftFile};
use crate::portal::work::Work;
use crate::web::error::PageError;

/// Something that files are attached to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A component of a filing, or a defect of a supplement.
    Draft {
        /// The draft.
        draft: DraftId,
        /// Key of the component or the defect.
        component: String,
    },
}

impl Place {
    /// Purpose, place and part, as storage keeps them.
    pub fn columns(&self) -> (&'static str, String, &str) {
        match self {
            Self::Draft { draft, component } => ("draft", draft.to_string(), component),
        }
    }

    /// Read back.
    pub fn from_columns(purpose: &str, place: &str, part: String) -> Option<Self> {
        match purpose {
            "draft" => Some(Self::Draft { draft: place.parse().ok()?, component: part }),
            _ => None,
        }
    }

    /// Whether somebody may send one more file there. `NotFound` when there is no such place for them.
    pub async fn may_take(&self, app: &App, sender: &Sender) -> Result<Result<(), Problem>, PageError> {
        match self {
            Self::Draft { draft, component } => {
                let work = Work::load(app, sender.owner(), *draft).await?;
                if work.draft.filed_at.is_some() || work.draft.deleted_at.is_some() {
                    return Ok(Err(Problem::HandedIn));
                }
                sender.page_of(app, &work, component).await?.ok_or(PageError::NotFound)?;
                let here = work.files_of(component).count();
                let is_full = PER_COMPONENT_MAX <= here || app.config.upload.files_max <= work.files.len();
                Ok(if is_full { Err(Problem::TooMany) } else { Ok(()) })
            }
        }
    }

    /// The page on which it is attached.
    pub async fn page(&self, app: &App, sender: &Sender) -> Result<String, PageError> {
        match self {
            Self::Draft { draft, component } => {
                let work = Work::load(app, sender.owner(), *draft).await?;
                let page = sender.page_of(app, &work, component).await?;
                Ok(page.unwrap_or_else(|| sender.home(*draft)))
            }
        }
    }

    /// Attaches a whole file, in the transaction that ends its upload.
    pub fn attach(
        &self,
        tx: &mut Tx<'_>,
        app: &App,
        upload: &Upload,
        file: &DraftFile,
    ) -> Result<Result<(), Problem>, DbError> {
        match self {
            Self::Draft { draft, component } => {
                let Some(counts) = store::file_counts(tx, *draft, upload.owner, component)? else {
                    return Ok(Err(Problem::HandedIn));
                };
                if PER_COMPONENT_MAX <= counts.here || app.config.upload.files_max <= counts.all {
                    return Ok(Err(Problem::TooMany));
                }
                add(tx, app, *draft, file, upload.handoff.as_deref())
            }
        }
    }
}

/// Puts a file into a draft, by the link it came by if it came by one.
pub fn add(
    tx: &mut Tx<'_>,
    app: &App,
    draft: DraftId,
    file: &DraftFile,
    handoff: Option<&str>,
) -> Result<Result<(), Problem>, DbError> {
    if let Some(id) = handoff
        && !handoffs::takes(tx, id)?
    {
        return Ok(Err(Problem::LinkOver));
    }
    if !store::insert_file(tx, draft, file, app.clock.now())? {
        return Ok(Err(Problem::Again));
    }
    handoff.map_or(Ok(()), |id| handoffs::count(tx, id))?;
    Ok(Ok(()))
}
