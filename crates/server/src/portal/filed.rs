//! The confirmation: the code in large letters, what happens next and by when, and ways to keep it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use motcua_domain::dossier::{Office as _, ReturnWay, time};

use crate::app::App;
use crate::calendar::words;
use crate::form::qr;
use crate::portal::dossier::{self, PdfLine};
use crate::portal::files;
use crate::portal::opened::Opened;
use crate::web::error::PageError;
use crate::web::page::{Page, render};
use crate::web::visitor::Citizen;
use crate::web::wording;

#[derive(Template)]
#[template(path = "portal/filed.html")]
struct FiledPage {
    page: Page,
    code: String,
    qr: String,
    qr_href: String,
    forms: Vec<PdfLine>,
    next: Vec<String>,
    mail: String,
}

/// The page after filing. It may be opened again.
pub async fn show(
    State(app): State<App>,
    citizen: Citizen,
    Path(code): Path<String>,
) -> Result<Response, PageError> {
    let opened = Opened::load(&app, &citizen, &code).await?;
    let (dossier, locale) = (&opened.dossier, opened.locale);
    let code = dossier.code.to_string();
    let email = dossier.filing.applicant.identity.email.as_deref();
    Ok(render(&FiledPage {
        page: Page::new(&app, &citizen.visitor, locale.t("portal.filed")),
        qr: qr::svg(&files::lookup_url(&app, &code)).unwrap_or_default(),
        qr_href: format!("/ho-so/{code}/ma-qr"),
        forms: dossier::forms(dossier, locale),
        next: next(&opened),
        mail: email
            .map(|email| locale.say("portal.mail_goes_to").arg("email", email).to_string())
            .unwrap_or_default(),
        code,
    }))
}

/// What happens next, in the order it happens.
pub fn next(opened: &Opened) -> Vec<String> {
    let (dossier, locale) = (&opened.dossier, opened.locale);
    let desk = opened.office.unit_name_in(locale, &dossier.filing.receiving_unit);
    let calendar = opened.office.calendar_of(&dossier.filing.receiving_unit);
    let mut next = Vec::new();
    if let Some(due) = time::intake_due(dossier, calendar, opened.office.settings_of(dossier)) {
        let due = words::instant(locale, due);
        next.push(locale.say("portal.next_answer").arg("unit", desk.as_str()).arg("due", due).to_string());
    }
    if dossier.filing.competent_unit.is_none() {
        next.push(locale.t("portal.next_dispatch").to_owned());
    }
    next.push(match dossier.filing.limit {
        Some(limit) => {
            locale.say("portal.next_limit").arg("limit", wording::limit(locale, limit)).to_string()
        }
        None => locale.t("portal.next_no_limit").to_owned(),
    });
    next.push(match &dossier.filing.return_way {
        ReturnWay::Online => locale.t("portal.next_result_online").to_owned(),
        ReturnWay::Desk => locale.say("portal.next_result_desk").arg("unit", desk).to_string(),
        ReturnWay::Post(address) => locale.say("portal.next_result_post").arg("address", address).to_string(),
    });
    next
}
