//! Who is asking: language, form token, session.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use motcua_domain::access::{Actor, Appointment};
use motcua_domain::ids::PersonId;

use crate::account::session;
use crate::app::App;
use crate::web::error::PageError;
use crate::web::locale::Locale;

/// Cookie of a signed-in session. Its value is a secret; storage keeps only a hash.
pub const SESSION_COOKIE: &str = "phien";
/// Cookie that ties form tokens to a browser before anybody signs in.
pub const GUEST_COOKIE: &str = "khach";
/// Cookie of the language chosen.
pub const LOCALE_COOKIE: &str = "lang";

/// Which of the two doors a session came in by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// Citizens.
    Portal,
    /// Officers.
    Desk,
}

impl Face {
    /// The name in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Desk => "desk",
        }
    }
}

/// Who is signed in.
#[derive(Clone, Debug)]
pub struct Person {
    /// The account.
    pub id: PersonId,
    /// Full name.
    pub name: String,
    /// By which door.
    pub face: Face,
    /// What this officer is appointed to today; empty for citizens.
    pub appointments: Vec<Appointment>,
}

impl Person {
    /// The person as the rules see it. An officer at the portal is a citizen.
    pub fn actor(&self) -> Actor {
        match self.face {
            Face::Portal => Actor::Citizen { id: self.id, name: self.name.clone() },
            Face::Desk => Actor::Officer {
                id: self.id,
                name: self.name.clone(),
                appointments: self.appointments.clone(),
            },
        }
    }
}

/// Everything the frame knows about who is asking.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// From the cookie, else the browser's first choice that we have, else Vietnamese.
    pub locale: Locale,
    /// Token that forms of this visitor carry.
    pub csrf: String,
    /// Path and query of the request.
    pub path: String,
    /// The session, if any.
    pub person: Option<Person>,
    /// Secret of the session, for signing out.
    pub session: Option<String>,
}

impl<S> FromRequestParts<S> for Visitor
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let app = App::from_ref(state);
        let token = cookie(&parts.headers, SESSION_COOKIE);
        let person = match &token {
            Some(token) => session::find(&app, token).await?,
            None => None,
        };
        let tied_to = match (&person, &token) {
            (Some(_), Some(token)) => token.clone(),
            (None, _) | (Some(_), None) => cookie(&parts.headers, GUEST_COOKIE).unwrap_or_default(),
        };
        let visitor = Self {
            locale: locale(&parts.headers),
            csrf: app.secrets.sign(&["csrf", &tied_to]),
            path: parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
            session: person.is_some().then_some(token).flatten(),
            person,
        };
        parts.extensions.insert(visitor.clone());
        Ok(visitor)
    }
}

/// A citizen signed in at the portal. Anybody else is asked to sign in, and comes back afterwards.
#[derive(Clone, Debug)]
pub struct Citizen {
    /// The frame.
    pub visitor: Visitor,
    /// The person.
    pub person: Person,
}

/// An officer signed in at the desk. Anybody else is asked to sign in, and comes back afterwards.
#[derive(Clone, Debug)]
pub struct Officer {
    /// The frame.
    pub visitor: Visitor,
    /// The person.
    pub person: Person,
}

impl Citizen {
    /// The citizen behind a visitor, if one is signed in: for pages that everybody may see.
    pub fn of(visitor: &Visitor) -> Option<Self> {
        let person = visitor.person.clone().filter(|person| person.face == Face::Portal)?;
        Some(Self { visitor: visitor.clone(), person })
    }

    /// What a visitor is told who should be a citizen and is not.
    pub fn sign_in(visitor: &Visitor) -> PageError {
        PageError::SignIn(sign_in_url("/dang-nhap", &visitor.path))
    }
}

impl<S> FromRequestParts<S> for Citizen
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let visitor = Visitor::from_request_parts(parts, state).await?;
        Self::of(&visitor).ok_or_else(|| Self::sign_in(&visitor))
    }
}

impl<S> FromRequestParts<S> for Officer
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let visitor = Visitor::from_request_parts(parts, state).await?;
        match visitor.person.clone() {
            Some(person) if person.face == Face::Desk => Ok(Self { visitor, person }),
            Some(_) | None => Err(PageError::SignIn(sign_in_url("/can-bo/dang-nhap", &visitor.path))),
        }
    }
}

/// The value of a cookie.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(axum::http::header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, value)| *known == name && !value.is_empty())
        .map(|(_, value)| value.to_owned())
}

fn sign_in_url(at: &str, back: &str) -> String {
    format!("{at}?tiep={}", encode(back))
}

/// Percent-encodes a value for a query.
pub fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

fn locale(headers: &HeaderMap) -> Locale {
    if let Some(chosen) = cookie(headers, LOCALE_COOKIE).as_deref().and_then(Locale::from_code) {
        return chosen;
    }
    let wanted = headers.get(axum::http::header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    wanted
        .unwrap_or_default()
        .split(',')
        .filter_map(|part| part.trim().get(..2))
        .find_map(Locale::from_code)
        .unwrap_or_default()
}
