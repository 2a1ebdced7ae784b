//! Who sends files: a citizen or an officer who signed in, or a phone that came by a link.

use axum::http::HeaderMap;
use motcua_domain::dossier::DossierCode;
use motcua_domain::ids::{DraftId, PersonId};
use motcua_domain::procedure::ProcedureCode;

use crate::app::App;
use crate::desk::{files, intake};
use crate::document::handoff::phone::{Phone, State};
use crate::document::problem::Problem;
use crate::document::upload::tus::{Metadata, Trouble};
use crate::document::upload::{Place, Upload, href};
use crate::portal::draft::Purpose;
use crate::portal::frame;
use crate::portal::store::DraftFile;
use crate::portal::upload::{self as portal, FileRow};
use crate::portal::work::Work;
use crate::web::error::PageError;
use crate::web::visitor::{Citizen, Face, Officer, Visitor};

/// Somebody who may send files.
#[derive(Clone, Debug)]
pub enum Sender {
    /// Into drafts of their own.
    Citizen(Citizen),
    /// Into what they are doing at the desk.
    Officer(Officer),
    /// Into the one place of its link.
    Phone(Box<Phone>),
}

impl Sender {
    /// The sender behind a visitor, if one is signed in.
    pub fn of(visitor: &Visitor) -> Option<Self> {
        let person = visitor.person.clone()?;
        let visitor = visitor.clone();
        Some(match person.face {
            Face::Portal => Self::Citizen(Citizen { visitor, person }),
            Face::Desk => Self::Officer(Officer { visitor, person }),
        })
    }

    /// The frame.
    pub fn visitor(&self) -> &Visitor {
        match self {
            Self::Citizen(citizen) => &citizen.visitor,
            Self::Officer(officer) => &officer.visitor,
            Self::Phone(phone) => &phone.visitor,
        }
    }

    /// Whose files they become.
    pub fn owner(&self) -> PersonId {
        match self {
            Self::Citizen(citizen) => citizen.person.id,
            Self::Officer(officer) => officer.person.id,
            Self::Phone(phone) => phone.handoff.owner,
        }
    }

    /// The link they come by.
    pub fn handoff(&self) -> Option<&str> {
        match self {
            Self::Citizen(_) | Self::Officer(_) => None,
            Self::Phone(phone) => Some(&phone.handoff.id),
        }
    }

    /// By what requests are counted: a phone does not use up what its owner may send.
    pub fn key(&self) -> String {
        self.handoff().map_or_else(|| self.owner().to_string(), str::to_owned)
    }

    /// Where one upload is.
    pub fn href(&self, id: &str) -> String {
        match self {
            Self::Citizen(_) | Self::Officer(_) => href(id),
            Self::Phone(phone) => format!("{}{}", phone.href(), href(id)),
        }
    }

    /// Whether an upload of the owner is theirs to go on with: a phone sees only its own.
    pub fn may_see(&self, upload: &Upload) -> bool {
        match self {
            Self::Citizen(_) | Self::Officer(_) => true,
            Self::Phone(phone) => {
                phone.is_bound() && upload.handoff.as_deref() == Some(phone.handoff.id.as_str())
            }
        }
    }

    /// Whether bytes are still taken from them.
    pub fn may_send(&self, app: &App) -> Result<(), Trouble> {
        match self {
            Self::Citizen(_) | Self::Officer(_) => Ok(()),
            Self::Phone(phone) if phone.state(app) == State::Open => Ok(()),
            Self::Phone(_) => Err(Problem::LinkOver.into()),
        }
    }

    /// A request that changes something carries the token of the session, or of the browser without one.
    pub fn is_ours(&self, headers: &HeaderMap) -> Result<(), Trouble> {
        let sent = headers.get("x-csrf-token").and_then(|value| value.to_str().ok());
        if sent == Some(self.visitor().csrf.as_str()) { Ok(()) } else { Err(Trouble::Forged) }
    }

    /// The place that is meant. What an officer does begins a draft with its first file; a phone has no choice.
    pub async fn place(&mut self, app: &App, metadata: &Metadata) -> Result<Place, Trouble> {
        let component = metadata.value("component").to_owned();
        let draft = metadata.value("draft").parse::<DraftId>();
        match self {
            Self::Citizen(_) => Ok(Place::Draft { draft: draft.map_err(|_| Trouble::NotFound)?, component }),
            Self::Officer(officer) => {
                let draft = draft.map_err(|_| Trouble::NotFound)?;
                let about = metadata.value("about");
                // The code of a dossier may be written in many ways, that of a procedure in one.
                if about.parse::<ProcedureCode>().is_ok() {
                    intake::files::begin(app, officer, draft, about).await?;
                } else {
                    let code = about.parse::<DossierCode>().map_err(|_| Trouble::NotFound)?;
                    files::begin(app, officer, draft, &code).await?;
                }
                Ok(Place::Draft { draft, component })
            }
            Self::Phone(phone) => {
                if !phone.bind(app).await? {
                    return Err(Problem::LinkOver.into());
                }
                Ok(Place::Draft { draft: phone.handoff.draft, component: phone.handoff.component.clone() })
            }
        }
    }

    /// The page on which a component of a draft gets its files; none when they may not send any there.
    pub async fn page_of(
        &self,
        app: &App,
        work: &Work,
        component: &str,
    ) -> Result<Option<String>, PageError> {
        match self {
            Self::Citizen(citizen) => portal::page_of(app, citizen, work, component).await,
            Self::Officer(officer) => match work.draft.purpose {
                Purpose::Intake => intake::files::page_of(officer, work, component),
                Purpose::Act => files::page_of(app, officer, work, component).await,
                Purpose::Filing | Purpose::Supplement => Ok(None),
            },
            Self::Phone(phone) => {
                let is_its = phone.handoff.draft == work.draft.id && phone.handoff.component == component;
                Ok(is_its.then(|| phone.href()))
            }
        }
    }

    /// Where they are led when there is no such page any more.
    pub fn home(&self, draft: DraftId) -> String {
        match self {
            Self::Citizen(_) => frame::base(draft),
            Self::Officer(_) => "/can-bo".to_owned(),
            Self::Phone(phone) => phone.href(),
        }
    }

    /// The row of a file that came. A phone sees its name and nothing more.
    pub fn row(&self, work: &Work, file: &DraftFile) -> FileRow {
        let locale = self.visitor().locale;
        match self {
            Self::Citizen(_) => portal::row(work.draft.id, file, locale),
            Self::Officer(_) => files::row(work.draft.id, file, locale),
            Self::Phone(_) => FileRow::untouchable(file, locale),
        }
    }
}
