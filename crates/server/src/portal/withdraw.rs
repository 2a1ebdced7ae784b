//! Taking a dossier back: the reason, what it means, and one more question.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use motcua_domain::dossier::{Action, ActionKind, Status};

use crate::app::App;
use crate::dossier::steps::{self, StepError};
use crate::portal::opened::Opened;
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::guard::SafeForm;
use crate::web::page::{Page, render_as};
use crate::web::visitor::Citizen;

/// Longest reason, in characters.
const REASON_CHARS_MAX: usize = 1_000;

#[derive(Template)]
#[template(path = "portal/withdraw.html")]
struct WithdrawPage {
    page: Page,
    answers: Form,
    code: String,
    procedure: String,
    href: String,
    version: u64,
    is_sure: bool,
}

/// Asks for the reason.
pub async fn show(
    State(app): State<App>,
    citizen: Citizen,
    Path(code): Path<String>,
) -> Result<Response, PageError> {
    let opened = Opened::load(&app, &citizen, &code).await?;
    if let Some(away) = over(&app, &citizen, &opened)? {
        return Ok(away);
    }
    Ok(page(&app, &citizen, &opened, Form::new(), false))
}

/// Takes the reason, asks once more, and then does it.
pub async fn take(
    State(app): State<App>,
    citizen: Citizen,
    Path(code): Path<String>,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let opened = Opened::load(&app, &citizen, &code).await?;
    if let Some(away) = over(&app, &citizen, &opened)? {
        return Ok(away);
    }
    let locale = opened.locale;
    let reason = form.text("reason").unwrap_or_default().to_owned();
    if reason.is_empty() {
        form.refuse("reason", locale.t("portal.type_withdraw_reason"));
    } else if REASON_CHARS_MAX < reason.chars().count() {
        let said = locale.say("portal.too_long").arg("what", locale.t("portal.withdraw_reason"));
        form.refuse("reason", said.arg("limit", REASON_CHARS_MAX).to_string());
    }
    if form.has_errors() || !form.checked("sure") {
        let is_sure = !form.has_errors();
        return Ok(page(&app, &citizen, &opened, form, is_sure));
    }
    let expected = form.number("version").and_then(|version| u64::try_from(version).ok());
    let taken = steps::take(
        &app,
        &citizen.person.actor(),
        &opened.dossier.code,
        expected,
        Action::Withdraw { reason },
    )
    .await;
    match taken {
        Ok(_) => Ok(Redirect::to(&format!("{}?xong=rut", opened.href())).into_response()),
        // Pressed twice: it is withdrawn already.
        Err(StepError::Refused(_) | StepError::Stale(_)) if is_withdrawn(&app, &citizen, &code).await? => {
            Ok(Redirect::to(&format!("{}?xong=rut", opened.href())).into_response())
        }
        Err(error) => Err(opened.words().error(error)),
    }
}

async fn is_withdrawn(app: &App, citizen: &Citizen, code: &str) -> Result<bool, PageError> {
    Ok(Opened::load(app, citizen, code).await?.dossier.status() == Status::Withdrawn)
}

/// One that is withdrawn leads back to its page; one that cannot be withdrawn any more says why.
fn over(app: &App, citizen: &Citizen, opened: &Opened) -> Result<Option<Response>, PageError> {
    if opened.dossier.status() == Status::Withdrawn {
        return Ok(Some(Redirect::to(&opened.href()).into_response()));
    }
    match opened.may(app, citizen, ActionKind::Withdraw) {
        Some(Ok(())) => Ok(None),
        Some(Err(refusal)) => Err(PageError::Refused(opened.words().refusal(&refusal))),
        None => {
            let status = opened.words().status(opened.dossier.status());
            Err(PageError::refused(&opened.locale.say("portal.too_late_to_withdraw").arg("status", status)))
        }
    }
}

fn page(app: &App, citizen: &Citizen, opened: &Opened, answers: Form, is_sure: bool) -> Response {
    let status = if answers.has_errors() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = WithdrawPage {
        page: Page::new(app, &citizen.visitor, opened.locale.t("portal.withdraw")),
        answers,
        code: opened.dossier.code.to_string(),
        procedure: opened.dossier.filing.procedure_name.clone(),
        href: opened.href(),
        version: opened.dossier.progress.version,
        is_sure,
    };
    render_as(status, &template)
}
