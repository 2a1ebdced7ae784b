//! The people of a demonstration: listed with their sign-ins, and signed in as with one click. Only there.

pub mod store;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use motcua_db::{DbError, Tx};
use motcua_domain::ids::PersonId;

use crate::account::citizen::sign_in;
use crate::account::people::{self, Known};
use crate::account::roles::{self, TenureLine};
use crate::account::{officer, totp::Totp};
use crate::app::App;
use crate::web::error::PageError;
use crate::web::guard::SafeForm;
use crate::web::locale::Locale;
use crate::web::page::{Page, render};
use crate::web::visitor::Visitor;

/// Somebody visitors of the demonstration may sign in as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoPerson {
    /// The account, made with [`people::create_citizen`] or [`people::create_officer`].
    pub person: PersonId,
    /// Who this is in the story, in Vietnamese.
    pub note_vi: String,
    /// The same in English.
    pub note_en: String,
    /// The password of an officer, shown to everybody.
    pub password: Option<String>,
}

impl DemoPerson {
    fn note(&self, locale: Locale) -> &str {
        match locale {
            Locale::Vi => &self.note_vi,
            Locale::En => &self.note_en,
        }
    }
}

/// Puts somebody at the end of the list.
pub fn add(tx: &mut Tx<'_>, person: &DemoPerson) -> Result<(), DbError> {
    store::insert(tx, person)
}

/// One person of the list.
struct Line {
    id: String,
    name: String,
    note: String,
    /// Roles held today.
    roles: Vec<TenureLine>,
    /// Address of a citizen, login of an officer.
    login: String,
    password: String,
    /// Secret of the second factor in groups of four, and the code of this moment.
    secret: String,
    code: String,
}

#[derive(askama::Template)]
#[template(path = "account/demo.html")]
struct DemoPage {
    page: Page,
    officers: Vec<Line>,
    citizens: Vec<Line>,
}

/// Lists the people.
pub async fn page(State(app): State<App>, visitor: Visitor) -> Result<Response, PageError> {
    if !app.demo {
        return Err(PageError::NotFound);
    }
    let world = app.clone();
    let people = app
        .store
        .read(move |tx| {
            let mut people = Vec::new();
            for person in store::all(tx)? {
                if let Some(known) = people::find(tx, &world, person.person)? {
                    people.push((person, known));
                }
            }
            Ok::<_, DbError>(people)
        })
        .await?;
    let (mut officers, mut citizens) = (Vec::new(), Vec::new());
    for (person, known) in people {
        let is_officer = known.row.login.is_some();
        let line = line(&app, visitor.locale, person, known).await?;
        if is_officer { officers.push(line) } else { citizens.push(line) }
    }
    let page = Page::new(&app, &visitor, visitor.locale.t("account.demo"));
    Ok(render(&DemoPage { page, officers, citizens }))
}

/// Signs in as one of them.
pub async fn sign_in(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let id: PersonId = form.value("person").parse().map_err(|_| PageError::NotFound)?;
    let row = app
        .store
        .read(move |tx| if store::holds(tx, id)? { people::store::find(tx, id) } else { Ok(None) })
        .await?;
    let row = row.filter(|_| app.demo).ok_or(PageError::NotFound)?;
    if row.login.is_some() {
        officer::finish(&app, &visitor, &headers, &row, "").await
    } else {
        sign_in::finish(&app, &visitor, &headers, &row, "").await
    }
}

async fn line(app: &App, locale: Locale, person: DemoPerson, known: Known) -> Result<Line, DbError> {
    let mut held = roles::list(app, locale, known.row.id).await?;
    held.retain(|line| line.is_current);
    let totp = people::totp_of(app, &known.row)?;
    Ok(Line {
        id: known.row.id.to_string(),
        note: person.note(locale).to_owned(),
        roles: held,
        login: known.row.login.or(known.identity.email).unwrap_or_default(),
        password: person.password.unwrap_or_default(),
        secret: totp.as_ref().map(Totp::groups).unwrap_or_default(),
        code: totp.map(|totp| totp.code_at(app.clock.now())).unwrap_or_default(),
        name: known.row.name,
    })
}
