//! Who may see these pages.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use motcua_domain::access::Role;

use crate::app::App;
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

fn holds(person: &Person, roles: &[Role]) -> bool {
    person.appointments.iter().any(|held| roles.contains(&held.role))
}
