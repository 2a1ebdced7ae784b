//! The page after a dossier was taken in: its code, when it is due, the receipt, and the next one.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use motcua_domain::dossier::{DossierCode, Event, Status};
use motcua_domain::form::FormKind;

use crate::app::App;
use crate::calendar::words as calendar_words;
use crate::dossier::steps;
use crate::dossier::words;
use crate::form::qr;
use crate::portal::files::lookup_url;
use crate::web::error::PageError;
use crate::web::page::{Page, render};
use crate::web::visitor::Officer;

#[derive(Template)]
#[template(path = "desk/intake_done.html")]
struct DonePage {
    page: Page,
    code: String,
    applicant: String,
    procedure: String,
    procedure_code: String,
    is_accepted: bool,
    due: String,
    receipt: Option<String>,
    qr: String,
}

impl DonePage {
    fn next_href(&self) -> String {
        format!("/can-bo/tiep-nhan?thu_tuc={}", self.procedure_code)
    }

    fn open_href(&self) -> String {
        format!("/can-bo/ho-so/{}", self.code)
    }
}

/// Shows it to the desk that took it in.
pub async fn page(
    State(app): State<App>,
    officer: Officer,
    Path(code): Path<DossierCode>,
) -> Result<Response, PageError> {
    let locale = officer.visitor.locale;
    super::Receiver::at(&officer)?;
    let actor = officer.person.actor();
    let loaded = steps::open(&app, &actor, &code).await;
    let dossier = match loaded {
        Ok(loaded) => loaded.dossier,
        Err(error) => {
            let process = motcua_domain::procedure::ElectronicProcess::default_process();
            return Err(words::page_error(locale, &app.office(), &process, error));
        }
    };
    let history = steps::history(&app, &code).await;
    let history =
        history.map_err(|error| words::page_error(locale, &app.office(), &dossier.filing.process, error))?;
    let is_receipt = |event: &Event| matches!(event, Event::FormIssued { kind: FormKind::Receipt, .. });
    let receipt = history.iter().rev().find(|one| is_receipt(&one.event)).map(|one| one.sequence);
    let is_accepted = dossier.progress.status != Status::Registered;
    let due = dossier.progress.due.map_or_else(
        || locale.t("intake.no_due").to_owned(),
        |due| locale.say("intake.due").arg("at", calendar_words::instant(locale, due)).to_string(),
    );
    let title = if is_accepted { "intake.done" } else { "intake.only_filed" };
    Ok(render(&DonePage {
        page: Page::new(&app, &officer.visitor, locale.t(title)),
        applicant: dossier.filing.applicant.name.clone(),
        procedure: dossier.filing.procedure_name.clone(),
        procedure_code: dossier.filing.procedure.to_string(),
        is_accepted,
        due,
        receipt: receipt.map(|entry| format!("/can-bo/ho-so/{code}/bieu-mau/{entry}")),
        qr: qr::svg(&lookup_url(&app, code.as_str())).unwrap_or_default(),
        code: code.to_string(),
    }))
}
