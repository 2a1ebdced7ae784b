//! Addresses of printed forms: for officers at the desk, for owners in the portal.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::get;
use motcua_domain::dossier::DossierCode;
use motcua_domain::office_time::day_of;
use motcua_domain::unit::UnitCode;
use serde::Deserialize;

use super::register::{self, RegisterError};
use super::{PrintError, Printed, books, pdf};
use crate::app::App;
use crate::document::give::{Way, give_bytes};
use crate::document::kind::FileKind;
use crate::dossier::steps::{self, StepError};
use crate::web::error::PageError;
use crate::web::locale::Locale;
use crate::web::visitor::{Citizen, Officer};

/// Pages that print.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/can-bo/ho-so/{code}/bieu-mau/{entry}", get(for_officer))
        .route("/ho-so/{code}/bieu-mau/{entry}", get(for_owner))
        .route("/can-bo/so-theo-doi", get(book))
}

async fn for_officer(
    State(app): State<App>,
    officer: Officer,
    Path((code, entry)): Path<(String, u64)>,
) -> Result<Response, PageError> {
    let code = parse(&code)?;
    steps::view(&app, &officer.person.actor(), &code, super::purpose())
        .await
        .map_err(|error| not_shown(officer.visitor.locale, error))?;
    Ok(shown(pdf(&app, &code, entry).await?))
}

async fn for_owner(
    State(app): State<App>,
    citizen: Citizen,
    Path((code, entry)): Path<(String, u64)>,
) -> Result<Response, PageError> {
    let code = parse(&code)?;
    steps::open(&app, &citizen.person.actor(), &code)
        .await
        .map_err(|error| not_shown(citizen.visitor.locale, error))?;
    Ok(shown(pdf(&app, &code, entry).await?))
}

#[derive(Deserialize)]
struct Which {
    unit: Option<UnitCode>,
    year: Option<i16>,
    #[serde(default = "first")]
    book: u32,
}

fn first() -> u32 {
    1
}

async fn book(
    State(app): State<App>,
    officer: Officer,
    Query(which): Query<Which>,
) -> Result<Response, PageError> {
    let locale = officer.visitor.locale;
    let Some(unit) = which.unit else { return books::page(&app, &officer).await };
    let year = which.year.unwrap_or_else(|| day_of(app.clock.now()).year());
    if !(2000..=2100).contains(&year) {
        return Err(PageError::NotFound);
    }
    let works_there = |held: &motcua_domain::access::Appointment| {
        held.unit == unit && held.role.works_on_dossiers()
            || held.role == motcua_domain::access::Role::Auditor
    };
    if !officer.person.appointments.iter().any(works_there) {
        return Err(PageError::Forbidden(locale.t("issued.register_of_unit").to_owned()));
    }
    let actor = officer.person.actor();
    match register::book(&app, &actor, &unit, year, which.book.max(1)).await {
        Ok(printed) => Ok(shown(printed)),
        Err(RegisterError::Step(error)) => Err(not_shown(locale, error)),
        Err(RegisterError::Print(error)) => Err(error.into()),
    }
}

fn parse(code: &str) -> Result<DossierCode, PageError> {
    code.parse().map_err(|_| PageError::NotFound)
}

fn shown(printed: Printed) -> Response {
    give_bytes(printed.bytes, &printed.name, FileKind::Pdf, Way::Show)
}

fn not_shown(locale: Locale, error: StepError) -> PageError {
    match error {
        StepError::NotFound | StepError::Stale(_) => PageError::NotFound,
        StepError::Refused(_) => PageError::Forbidden(locale.t("issued.role_reads_none").to_owned()),
        StepError::Db(error) => error.into(),
        other @ (StepError::Code(_) | StepError::Journal(_)) => PageError::internal(&other),
    }
}

impl From<PrintError> for PageError {
    fn from(error: PrintError) -> Self {
        match error {
            PrintError::NotFound => Self::NotFound,
            PrintError::Db(error) => error.into(),
            other @ (PrintError::Journal(_)
            | PrintError::Entry(_)
            | PrintError::Form(_)
            | PrintError::Blob(_)
            | PrintError::Thread(_)) => Self::internal(&other),
        }
    }
}
