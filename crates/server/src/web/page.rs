//! What every template knows: language, person, form token, addresses.

use std::fmt::Display;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use crate::app::App;
use crate::web::locale::{Locale, Text};
use crate::web::visitor::{Face, Person, Visitor};

/// The field `page` of every template.
#[derive(Clone, Debug)]
pub struct Page {
    /// The language.
    pub locale: Locale,
    /// Goes into `<title>`, before the name of the office.
    pub title: String,
    /// Token for the hidden field `csrf` and the header `X-CSRF-Token`.
    pub csrf: String,
    /// Who is signed in.
    pub person: Option<PersonLabel>,
    /// Demonstration data: every page says so.
    pub demo: bool,
    /// Name of the office that runs this installation.
    pub office: String,
    /// Path and query of this page, for links that come back here.
    pub path: String,
    /// The address people type, without a slash at its end.
    pub public_url: String,
}

/// Who is signed in, as the frame shows it.
#[derive(Clone, Debug)]
pub struct PersonLabel {
    /// Full name.
    pub name: String,
    /// Signed in at the desk; otherwise at the portal.
    pub is_officer: bool,
    /// Names of the roles held, for the navigation.
    pub roles: Vec<&'static str>,
}

impl Page {
    /// The page context of this visitor.
    pub fn new(app: &App, visitor: &Visitor, title: impl Display) -> Self {
        Self {
            locale: visitor.locale,
            title: title.to_string(),
            csrf: visitor.csrf.clone(),
            person: visitor.person.as_ref().map(PersonLabel::new),
            demo: app.demo,
            office: app.office_name(),
            path: visitor.path.clone(),
            public_url: app.config.server.public_url(),
        }
    }

    /// A sentence.
    pub fn t(&self, key: &str) -> &'static str {
        self.locale.t(key)
    }

    /// A sentence with arguments.
    pub fn say(&self, key: &str) -> Text {
        self.locale.say(key)
    }

    /// A sentence with a number.
    pub fn count(&self, key: &str, n: &usize) -> Text {
        self.locale.count(key, *n)
    }

    /// Address of a static file.
    pub fn asset(&self, name: &str) -> String {
        super::asset::url(name)
    }

    /// Whether the officer signed in holds this role anywhere.
    pub fn has_role(&self, role: &str) -> bool {
        self.person.as_ref().is_some_and(|person| person.roles.contains(&role))
    }

    /// `page` or nothing, for `aria-current` in navigation: the page is at `path` or below it.
    pub fn is_at(&self, path: &str) -> bool {
        let here = self.path.split('?').next().unwrap_or_default();
        here == path || here.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
    }
}

impl PersonLabel {
    fn new(person: &Person) -> Self {
        let mut roles: Vec<_> = person.appointments.iter().map(|held| held.role.name()).collect();
        roles.sort_unstable();
        roles.dedup();
        Self { name: person.name.clone(), is_officer: person.face == Face::Desk, roles }
    }
}

/// Renders a template. A template that cannot be written is a mistake of ours, answered as one.
pub fn render(template: &impl Template) -> Response {
    render_as(StatusCode::OK, template)
}

/// Renders a form: 422 when something has to be mended.
pub fn render_form(template: &impl Template, failed: bool) -> Response {
    render_as(if failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, template)
}

/// Renders a template with a status: 422 for a form that has to be mended.
pub fn render_as(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => {
            tracing::error!(error = %error, "a page could not be rendered");
            super::error::PageError::Internal.into_response()
        }
    }
}
