//! Pages on which a citizen signs in: the address, then the code.

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use motcua_db::DbError;
use motcua_domain::identity::{Email, EmailError};

use crate::account::citizen::{CodeSent, Proved};
use crate::account::code::{self, Answer};
use crate::account::people::{self, store::PersonRow};
use crate::account::{Back, redirect, session, ticket};
use crate::app::App;
use crate::notice::{self, Mail};
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::guard::SafeForm;
use crate::web::limit::{Limit, Remote};
use crate::web::locale::Locale;
use crate::web::page::{Page, render_form};
use crate::web::visitor::{Face, Visitor};

/// Where a citizen lands who did not come from anywhere.
const HOME: &str = "/ho-so";

/// Whether a code was just sent once more.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Again {
    #[serde(default)]
    lai: String,
}

#[derive(askama::Template)]
#[template(path = "account/sign_in.html")]
struct AddressPage {
    page: Page,
    answers: Form,
}

/// The page that asks for a code that was mailed.
#[derive(askama::Template)]
#[template(path = "account/code.html")]
pub struct CodePage {
    page: Page,
    answers: Form,
    email: String,
    minutes: i64,
    /// Where another address is typed; the code goes to `/ma` below it.
    other: &'static str,
    sent_again: bool,
}

impl CodePage {
    /// The page for a code mailed to `email`, below the page `other` that asked for the address.
    pub fn new(page: Page, answers: Form, email: String, other: &'static str, sent_again: bool) -> Self {
        Self { page, answers, email, minutes: code::CODE_MINUTES, other, sent_again }
    }
}

/// Asks for the address.
pub async fn ask_address(State(app): State<App>, visitor: Visitor, Query(back): Query<Back>) -> Response {
    if visitor.person.as_ref().is_some_and(|person| person.face == Face::Portal) {
        return Redirect::to(back.path_or(HOME)).into_response();
    }
    address_page(&app, &visitor, Form::from_pairs([("tiep", back.path_or(""))]))
}

/// Mails a code to the address that was typed. `None` when that was not done; the field says why.
pub async fn mailed(
    app: &App,
    visitor: &Visitor,
    remote: &Remote,
    form: &mut Form,
) -> Result<Option<String>, PageError> {
    let email = match form.value("email").parse::<Email>() {
        Ok(email) => email.to_string(),
        Err(error) => {
            form.refuse("email", visitor.locale.t(email_key(error)));
            return Ok(None);
        }
    };
    if let Err(words) = mail_code(app, visitor, remote, &email).await? {
        form.refuse("email", words);
        return Ok(None);
    }
    Ok(Some(email))
}

/// Mails a code. The answer is the same whether or not the address has an account.
pub async fn send_code(
    State(app): State<App>,
    visitor: Visitor,
    remote: Remote,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let Some(email) = mailed(&app, &visitor, &remote, &mut form).await? else {
        return Ok(address_page(&app, &visitor, form));
    };
    let back = Back::new(form.value("tiep")).path_or("").to_owned();
    let ticket = ticket::issue(&app, CodeSent { email, back });
    Ok(redirect("/dang-nhap/ma", vec![ticket]))
}

/// Asks for the code.
pub async fn ask_code(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Query(again): Query<Again>,
) -> Response {
    let Some(sent) = ticket::read::<CodeSent>(&app, &headers) else {
        return Redirect::to("/dang-nhap").into_response();
    };
    code_page(&app, &visitor, sent.email, Form::new(), !again.lai.is_empty())
}

/// Mails another code to the same address.
pub async fn send_again(
    State(app): State<App>,
    visitor: Visitor,
    remote: Remote,
    headers: HeaderMap,
    _form: SafeForm,
) -> Result<Response, PageError> {
    let Some(sent) = ticket::read::<CodeSent>(&app, &headers) else {
        return Ok(Redirect::to("/dang-nhap").into_response());
    };
    if let Err(words) = mail_code(&app, &visitor, &remote, &sent.email).await? {
        let mut form = Form::new();
        form.refuse("code", words);
        return Ok(code_page(&app, &visitor, sent.email, form, false));
    }
    let ticket = ticket::issue(&app, sent);
    Ok(redirect("/dang-nhap/ma?lai=1", vec![ticket]))
}

/// Checks the code. A known address is signed in; a new one is asked for its facts.
pub async fn check_code(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let Some(sent) = ticket::read::<CodeSent>(&app, &headers) else {
        return Ok(Redirect::to("/dang-nhap").into_response());
    };
    if let Err(words) = check(&app, visitor.locale, &sent.email, form.value("code")).await? {
        form.refuse("code", words);
        return Ok(code_page(&app, &visitor, sent.email, form, false));
    }
    let (world, email) = (app.clone(), sent.email.clone());
    let known = app.store.read(move |tx| people::find_by_email(tx, &world, &email)).await?;
    if let Some(known) = known {
        return finish(&app, &visitor, &headers, &known.row, &sent.back).await;
    }
    let ticket = ticket::issue(&app, Proved { email: sent.email, back: sent.back });
    Ok(redirect("/dang-nhap/thong-tin", vec![ticket]))
}

/// Opens the session of a citizen and leads back to where the sign-in began.
pub async fn finish(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
    row: &PersonRow,
    back: &str,
) -> Result<Response, PageError> {
    if !row.active {
        return Err(PageError::Forbidden(visitor.locale.t("account.closed").to_owned()));
    }
    let token = session::open(app, row.id, Face::Portal, headers).await?;
    let (id, language) = (row.id, visitor.locale.code());
    if row.language != language {
        app.store.write(move |tx| people::store::set_language(tx, id, language)).await?;
    }
    let cookies = vec![session::set_cookie(app, Some(&token)), ticket::withdraw(app)];
    Ok(redirect(Back::new(back).path_or(HOME), cookies))
}

/// Mails a code, or says why not now.
pub async fn mail_code(
    app: &App,
    visitor: &Visitor,
    remote: &Remote,
    email: &str,
) -> Result<Result<(), String>, DbError> {
    let now = app.clock.now();
    let address = people::email_hash(app, email);
    let allowed = app.limits.try_take(Limit::MailsPerRemote, &remote.0, now)
        && app.limits.try_take(Limit::MailsPerAddress, &address, now);
    if !allowed {
        return Ok(Err(visitor.locale.t("account.too_many_codes").to_owned()));
    }
    let (world, email, locale) = (app.clone(), email.to_owned(), visitor.locale);
    app.store
        .write(move |tx| {
            let code = code::issue(tx, &world, &email)?;
            notice::mail(tx, &world, &letter(&world, locale, &email, &code))
        })
        .await?;
    Ok(Ok(()))
}

/// Checks a code that was typed, or says what to do.
pub async fn check(
    app: &App,
    locale: Locale,
    email: &str,
    typed: &str,
) -> Result<Result<(), String>, DbError> {
    if typed.trim().is_empty() {
        return Ok(Err(locale.t("account.code_empty").to_owned()));
    }
    let now = app.clock.now();
    if !app.limits.try_take(Limit::CodesPerAddress, &people::email_hash(app, email), now) {
        return Ok(Err(locale.t("account.too_many_codes").to_owned()));
    }
    let (world, email, typed) = (app.clone(), email.to_owned(), typed.to_owned());
    let answer = app.store.write(move |tx| code::check(tx, &world, &email, &typed, now)).await?;
    Ok(match answer {
        Answer::Right => Ok(()),
        Answer::Wrong { tries_left } => {
            let left = usize::try_from(tries_left).unwrap_or(0);
            Err(locale.count("account.code_wrong", left).to_string())
        }
        Answer::Over => Err(locale.t("account.code_over").to_owned()),
    })
}

/// Key of what to do about an address that is none.
fn email_key(error: EmailError) -> &'static str {
    match error {
        EmailError::Empty => "account.email_empty",
        EmailError::TooLong | EmailError::At | EmailError::Mailbox | EmailError::Domain => {
            "account.email_wrong"
        }
    }
}

fn letter(app: &App, locale: Locale, email: &str, code: &str) -> Mail {
    let say = |key: &str| locale.say(key).arg("code", code).arg("minutes", code::CODE_MINUTES);
    let office = app.office_name();
    Mail {
        to: email.to_owned(),
        subject: locale.say("account.code_subject").arg("office", &office).to_string(),
        body: say("account.code_letter").arg("office", &office).to_string(),
        dossier_code: None,
    }
}

fn address_page(app: &App, visitor: &Visitor, answers: Form) -> Response {
    let page = Page::new(app, visitor, visitor.locale.t("account.sign_in"));
    let failed = answers.has_errors();
    render_form(&AddressPage { page, answers }, failed)
}

fn code_page(app: &App, visitor: &Visitor, email: String, answers: Form, sent_again: bool) -> Response {
    let page = Page::new(app, visitor, visitor.locale.t("account.code_title"));
    let failed = answers.has_errors();
    render_form(&CodePage::new(page, answers, email, "/dang-nhap", sent_again), failed)
}
