//! The page `/api`: what the interface for programs is, how to get a token, and every operation, for people to read.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::api::endpoint::Endpoint;
use crate::api::token::Scope;
use crate::api::{document, endpoints};
use crate::app::App;
use crate::web::page::{Page, render};
use crate::web::visitor::Visitor;

/// Where it is.
pub const PATH: &str = "/api";

/// One operation, as the document names it.
struct Operation {
    method: String,
    path: &'static str,
    says: &'static str,
    scopes: String,
}

/// Operations of one kind.
struct Group {
    title: &'static str,
    operations: Vec<Operation>,
}

#[derive(Template)]
#[template(path = "api/about.html")]
struct AboutPage {
    page: Page,
    address: String,
    scopes: Vec<(&'static str, &'static str)>,
    groups: Vec<Group>,
}

/// Shows it to anybody.
pub async fn page(State(app): State<App>, visitor: Visitor) -> Response {
    let locale = visitor.locale;
    let all = endpoints();
    let group = |(tag, _): &(&'static str, &str)| Group {
        title: locale.t(&format!("api.group_{}", tag.replace('-', "_"))),
        operations: all.iter().filter(|endpoint| endpoint.tag == *tag).map(operation).collect(),
    };
    render(&AboutPage {
        page: Page::new(&app, &visitor, locale.t("api.about")),
        address: format!("{}/api/v1", app.config.server.public_url()),
        scopes: Scope::ALL.map(|scope| (scope.name(), locale.t(scope.key()))).into(),
        groups: document::TAGS.iter().map(group).collect(),
    })
}

fn operation(endpoint: &Endpoint) -> Operation {
    let scopes: Vec<&str> = endpoint.scopes.iter().map(|scope| scope.name()).collect();
    Operation {
        method: endpoint.method.to_uppercase(),
        path: endpoint.path,
        says: endpoint.says,
        scopes: scopes.join(", "),
    }
}
