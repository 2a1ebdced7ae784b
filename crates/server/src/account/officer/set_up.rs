//! The page on which an officer sets up the second factor at the first sign-in.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fast_qr::QRBuilder;
use fast_qr::convert::{Builder as _, svg::SvgBuilder};

use crate::account::office_log::{self, Deed, Doer};
use crate::account::officer::{SettingUp, go_on, officer_of};
use crate::account::people::{self, store::PersonRow};
use crate::account::ticket;
use crate::account::totp::Totp;
use crate::app::App;
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::guard::SafeForm;
use crate::web::page::{Page, render_form};
use crate::web::visitor::Visitor;

#[derive(askama::Template)]
#[template(path = "account/officer_set_up.html")]
struct SetUpPage {
    page: Page,
    answers: Form,
    /// Groups of four letters, as people type them.
    secret: String,
    /// The QR code as the address of a picture.
    qr: String,
}

/// Shows the secret and asks for the first code.
pub async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let Some((_, row, totp)) = current(&app, &headers).await? else {
        return Ok(Redirect::to("/can-bo/dang-nhap").into_response());
    };
    Ok(set_up_page(&app, &visitor, Form::new(), &row, &totp))
}

/// Keeps the secret once a code proves that the telephone has it.
pub async fn check(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let Some((setting_up, mut row, totp)) = current(&app, &headers).await? else {
        return Ok(Redirect::to("/can-bo/dang-nhap").into_response());
    };
    let typed = form.value("code").to_owned();
    form.set("code", "");
    let Some(step) = totp.accept(&typed, app.clock.now(), 0) else {
        form.refuse("code", visitor.locale.t("account.set_up_wrong"));
        return Ok(set_up_page(&app, &visitor, form, &row, &totp));
    };
    row.totp = Some(people::seal_totp(&app, row.id, &totp));
    row.totp_step = step;
    let (world, saved) = (app.clone(), row.clone());
    let doer = Doer { id: Some(row.id), name: row.name.clone() };
    app.store
        .write(move |tx| {
            people::store::save(tx, &saved)?;
            office_log::record(tx, &world, &doer, &Deed::to_person("account.log_totp_set", saved.id))
        })
        .await?;
    go_on(&app, &visitor, &headers, &row, &setting_up.back).await
}

/// Who is setting up what, as long as nobody did meanwhile.
async fn current(app: &App, headers: &HeaderMap) -> Result<Option<(SettingUp, PersonRow, Totp)>, PageError> {
    let Some(setting_up) = ticket::read::<SettingUp>(app, headers) else { return Ok(None) };
    let Some(row) = officer_of(app, setting_up.person).await? else { return Ok(None) };
    let totp = Totp::from_base32(&setting_up.secret);
    Ok(totp.filter(|_| row.totp.is_none()).map(|totp| (setting_up, row, totp)))
}

fn set_up_page(app: &App, visitor: &Visitor, answers: Form, row: &PersonRow, totp: &Totp) -> Response {
    let page = Page::new(app, visitor, visitor.locale.t("account.set_up_title"));
    let failed = answers.has_errors();
    let url = totp.url(&app.office_name(), row.login.as_deref().unwrap_or_default());
    let template = SetUpPage { page, answers, secret: totp.groups(), qr: qr_picture(&url) };
    render_form(&template, failed)
}

/// A QR code as an SVG picture in a `data:` address; empty for a text too long for any code.
fn qr_picture(text: &str) -> String {
    let Ok(code) = QRBuilder::new(text).build() else { return String::new() };
    let svg = SvgBuilder::default().margin(2).to_str(&code);
    format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg))
}
