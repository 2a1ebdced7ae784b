//! Adding an officer: name, login, how to reach them. The password is made here and shown once.

use axum::extract::State;
use axum::response::Response;
use motcua_db::DbError;
use motcua_domain::dossier::Identity;
use motcua_domain::identity::{Email, PersonName, Phone};

use crate::account::admin::access::Administrator;
use crate::account::admin::{Given, HOME};
use crate::account::citizen::facts::{name_words, phone_key};
use crate::account::office_log::Doer;
use crate::account::people::{self, NewOfficer};
use crate::account::{password, redirect, steps, ticket};
use crate::app::App;
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::guard::SafeForm;
use crate::web::locale::Locale;
use crate::web::page::{Page, render_form};

/// What an administrator says about an officer.
pub(super) struct About {
    pub name: String,
    pub login: String,
    pub identity: Identity,
}

#[derive(askama::Template)]
#[template(path = "account/admin/edit.html")]
pub(super) struct EditPage {
    pub page: Page,
    pub answers: Form,
    /// Where the form goes.
    pub action: String,
    /// Where the back link goes.
    pub back: String,
    /// The sentence under the heading.
    pub words: &'static str,
}

/// Asks for an officer.
pub async fn ask(State(app): State<App>, administrator: Administrator) -> Response {
    add_page(&app, &administrator, Form::new())
}

/// Adds an officer, and shows the first password on the page that follows.
pub async fn save(
    State(app): State<App>,
    administrator: Administrator,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let locale = administrator.visitor.locale;
    let Some(about) = read(&mut form, locale, Identity::default()) else {
        return Ok(add_page(&app, &administrator, form));
    };
    let first = password::initial(&app.random);
    let hash = password::hash(&app.random, &first).await.map_err(|_| PageError::Busy)?;
    let new = NewOfficer {
        name: about.name,
        login: about.login,
        identity: about.identity,
        language: Locale::default(),
        password: Some(hash),
        password_once: true,
        totp: None,
    };
    let (world, doer) = (app.clone(), Doer::from(&administrator.person));
    let made = app.store.write(move |tx| steps::add(tx, &world, &doer, &new)).await;
    match made {
        Ok(id) => {
            let given = ticket::issue(&app, Given { person: id, password: first });
            Ok(redirect(&format!("{HOME}/{id}?xong=them"), vec![given]))
        }
        Err(DbError::Conflict(_)) => {
            form.refuse("login", locale.t("account.login_taken"));
            Ok(add_page(&app, &administrator, form))
        }
        Err(error) => Err(error.into()),
    }
}

/// Reads `full_name`, `login`, `email` and `phone` over `before`, and records what is wrong with each.
pub(super) fn read(form: &mut Form, locale: Locale, before: Identity) -> Option<About> {
    let name = form.value("full_name").parse::<PersonName>();
    if let Err(error) = &name {
        form.refuse("full_name", name_words(locale, *error));
    }
    let login = people::login_of(form.value("login"));
    if !people::is_login(&login) {
        form.refuse("login", locale.t("account.login_wrong"));
    }
    let email = form.text("email").map(str::parse::<Email>).transpose();
    if email.is_err() {
        form.refuse("email", locale.t("account.email_wrong"));
    }
    let phone = form.text("phone").map(str::parse::<Phone>).transpose();
    if let Err(error) = &phone {
        form.refuse("phone", locale.t(phone_key(*error)));
    }
    let (Ok(name), Ok(email), Ok(phone), false) = (name, email, phone, form.has_errors()) else {
        return None;
    };
    let identity = Identity {
        email: email.map(|email| email.to_string()),
        phone: phone.map(|phone| phone.to_string()),
        ..before
    };
    Some(About { name: name.to_string(), login, identity })
}

fn add_page(app: &App, administrator: &Administrator, answers: Form) -> Response {
    let locale = administrator.visitor.locale;
    let page = Page::new(app, &administrator.visitor, locale.t("account.add"));
    let failed = answers.has_errors();
    let template = EditPage {
        page,
        answers,
        action: format!("{HOME}/them"),
        back: HOME.to_owned(),
        words: locale.t("account.add_words"),
    };
    render_form(&template, failed)
}
