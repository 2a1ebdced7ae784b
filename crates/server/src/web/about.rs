//! Pages about the service itself: whom to ask, and how far everybody can use it.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use crate::app::App;
use crate::config::Contact;
use crate::web::page::{Page, render};
use crate::web::visitor::Visitor;

/// The pages every footer links to.
pub fn routes() -> Router<App> {
    Router::new().route("/lien-he", get(contact)).route("/tro-nang", get(accessibility))
}

#[derive(Template)]
#[template(path = "about/contact.html")]
struct ContactPage {
    page: Page,
    contact: Contact,
}

#[derive(Template)]
#[template(path = "about/accessibility.html")]
struct AccessibilityPage {
    page: Page,
}

async fn contact(State(app): State<App>, visitor: Visitor) -> Response {
    let page = Page::new(&app, &visitor, visitor.locale.t("about.contact"));
    render(&ContactPage { page, contact: app.config.contact.clone() })
}

async fn accessibility(State(app): State<App>, visitor: Visitor) -> Response {
    render(&AccessibilityPage { page: Page::new(&app, &visitor, visitor.locale.t("about.accessibility")) })
}
