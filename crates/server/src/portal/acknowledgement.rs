//! The paper to keep after filing: code, square code, what was sent, what happens next.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use motcua_domain::dossier::{Dossier, Paper};
use serde_json::{Value, json};

use crate::app::App;
use crate::calendar::words;
use crate::form::press;
use crate::form::render::render;
use crate::portal::opened::Opened;
use crate::portal::{filed, files};
use crate::web::error::PageError;
use crate::web::visitor::Citizen;

const TEMPLATE: &str = include_str!("../../seed/portal/filed.typ");

/// The PDF. The same dossier gives the same bytes, because it says what was so at the moment of filing.
pub async fn show(
    State(app): State<App>,
    citizen: Citizen,
    Path(code): Path<String>,
) -> Result<Response, PageError> {
    let opened = Opened::load(&app, &citizen, &code).await?;
    let data = data(&app, &opened);
    let created = opened.dossier.progress.submitted_at;
    let printed = press::put(move || render(TEMPLATE, &data, created)).await;
    let pdf =
        printed.map_err(|error| PageError::internal(&error))?.map_err(|error| PageError::internal(&error))?;
    let name = format!("inline; filename=\"{}.pdf\"", opened.dossier.code);
    let mut response = ([(header::CONTENT_TYPE, "application/pdf")], pdf).into_response();
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

fn data(app: &App, opened: &Opened) -> Value {
    let (dossier, locale) = (&opened.dossier, opened.locale);
    let filing = &dossier.filing;
    let unit = |code| opened.office.unit_name_in(locale, code);
    let mut facts = vec![
        (locale.t("portal.ack_procedure"), filing.procedure_name.clone()),
        (locale.t("portal.fact_applicant"), filing.applicant.name.clone()),
    ];
    if let Some(representative) = &filing.representative {
        facts.push((locale.t("portal.representative_name"), representative.name.clone()));
    }
    facts.push((locale.t("portal.fact_submitted"), words::instant(locale, dossier.progress.submitted_at)));
    facts.push((locale.t("portal.fact_desk"), unit(&filing.receiving_unit)));
    let facts: Vec<Value> =
        facts.into_iter().map(|(label, value)| json!({ "label": label, "value": value })).collect();
    json!({
        "form": { "title": locale.t("portal.ack_title") },
        "head": {
            "agency": unit(&filing.receiving_unit),
            "reception": Value::Null,
            "code": dossier.code.as_str(),
            "look_up_url": files::lookup_url(app, dossier.code.as_str()),
        },
        "words": {
            "lang": locale.code(),
            "code": locale.t("portal.dossier_code"),
            "scan": locale.t("portal.ack_scan"),
            "papers": locale.t("portal.ack_papers"),
            "next": locale.t("portal.what_next"),
            "foot": locale.t("portal.ack_foot"),
        },
        "facts": facts,
        "papers": papers(dossier),
        "next": filed::next(opened),
    })
}

fn papers(dossier: &Dossier) -> Vec<String> {
    let line = |paper: &Paper| match &paper.file {
        Some(file) => format!("{}: {}", paper.title, file.name),
        None => paper.title.clone(),
    };
    dossier.filing.papers.iter().map(line).collect()
}
