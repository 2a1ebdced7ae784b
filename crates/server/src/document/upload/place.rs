//! What an upload is meant for: who may send it there, and how it gets there.

use motcua_db::{DbError, Tx};
use motcua_domain::ids::{DraftId, PersonId};

use crate::app::App;
use crate::document::problem::{PER_COMPONENT_MAX, Problem};
use crate::portal::store::{self, DraftFile};
use crate::portal::upload::page_of;
use crate::portal::work::Work;
use crate::web::error::PageError;
use crate::web::visitor::Citizen;

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

    /// Whether this person may send one more file there. `NotFound` when there is no such place for them.
    pub async fn may_take(&self, app: &App, citizen: &Citizen) -> Result<Result<(), Problem>, PageError> {
        match self {
            Self::Draft { draft, component } => {
                let work = Work::load(app, citizen.person.id, *draft).await?;
                if work.draft.filed_at.is_some() || work.draft.deleted_at.is_some() {
                    return Ok(Err(Problem::HandedIn));
                }
                page_of(app, citizen, &work, component).await?.ok_or(PageError::NotFound)?;
                let here = work.files_of(component).count();
                let is_full = PER_COMPONENT_MAX <= here || app.config.upload.files_max <= work.files.len();
                Ok(if is_full { Err(Problem::TooMany) } else { Ok(()) })
            }
        }
    }

    /// The page on which it is attached.
    pub async fn page(&self, app: &App, citizen: &Citizen) -> Result<String, PageError> {
        match self {
            Self::Draft { draft, component } => {
                let work = Work::load(app, citizen.person.id, *draft).await?;
                let page = page_of(app, citizen, &work, component).await?;
                Ok(page.unwrap_or_else(|| crate::portal::frame::base(*draft)))
            }
        }
    }

    /// Attaches a whole file, in the transaction that ends its upload.
    pub fn attach(
        &self,
        tx: &mut Tx<'_>,
        app: &App,
        owner: PersonId,
        file: &DraftFile,
    ) -> Result<Result<(), Problem>, DbError> {
        match self {
            Self::Draft { draft, component } => {
                let Some(counts) = store::file_counts(tx, *draft, owner, component)? else {
                    return Ok(Err(Problem::HandedIn));
                };
                if PER_COMPONENT_MAX <= counts.here || app.config.upload.files_max <= counts.all {
                    return Ok(Err(Problem::TooMany));
                }
                let is_new = store::insert_file(tx, *draft, file, app.clock.now())?;
                Ok(if is_new { Ok(()) } else { Err(Problem::Again) })
            }
        }
    }
}
