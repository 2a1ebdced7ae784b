//! Who may see the pages of administration.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use motcua_domain::access::{Denial, Matter, Role, may_inspect, may_manage};

use crate::account::office_log::Doer;
use crate::app::App;
use crate::dossier::words;
use crate::web::error::PageError;
use crate::web::visitor::{Officer, Person, Visitor};

/// An officer appointed as administrator, anywhere. Administrators see accounts, never what is in a dossier.
#[derive(Clone, Debug)]
pub struct Administrator {
    /// The frame.
    pub visitor: Visitor,
    /// The person.
    pub person: Person,
}

/// An officer who may read the office log: an administrator or an auditor.
#[derive(Clone, Debug)]
pub struct Overseer {
    /// The frame.
    pub visitor: Visitor,
    /// The person.
    pub person: Person,
}

impl<S> FromRequestParts<S> for Administrator
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let Officer { visitor, person } = Officer::from_request_parts(parts, state).await?;
        if holds(&person, &[Role::Administrator]) {
            return Ok(Self { visitor, person });
        }
        Err(PageError::Forbidden(visitor.locale.t("account.only_administrators").to_owned()))
    }
}

impl<S> FromRequestParts<S> for Overseer
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let Officer { visitor, person } = Officer::from_request_parts(parts, state).await?;
        if holds(&person, &[Role::Administrator, Role::Auditor]) {
            return Ok(Self { visitor, person });
        }
        Err(PageError::Forbidden(visitor.locale.t("account.only_overseers").to_owned()))
    }
}

impl Overseer {
    /// Whether the pages of people are open to this officer too.
    pub fn is_administrator(&self) -> bool {
        holds(&self.person, &[Role::Administrator])
    }
}

/// Lets in whoever may change this part of the office, and says under which name the log will know them.
pub fn manager(app: &App, officer: &Officer, matter: Matter) -> Result<Doer, PageError> {
    may_manage(&officer.person.actor(), matter).map_err(|denial| forbidden(app, officer, &denial))?;
    Ok(Doer::from(&officer.person))
}

/// Lets in whoever may look at this part of the office from inside.
pub fn inspector(app: &App, officer: &Officer, matter: Matter) -> Result<(), PageError> {
    let granted = may_inspect(&officer.person.actor(), matter);
    granted.map(|_| ()).map_err(|denial| forbidden(app, officer, &denial))
}

fn forbidden(app: &App, officer: &Officer, denial: &Denial) -> PageError {
    PageError::Forbidden(words::denial(officer.visitor.locale, &app.office(), denial))
}

fn holds(person: &Person, roles: &[Role]) -> bool {
    person.appointments.iter().any(|held| roles.contains(&held.role))
}
