//! What an administrator does to an account with one button. Each change is logged, and ends the sessions it must.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use motcua_db::{DbError, Tx};
use motcua_domain::ids::PersonId;

use crate::account::admin::access::Administrator;
use crate::account::admin::{Given, HOME};
use crate::account::office_log::{self, Deed, Doer};
use crate::account::people::store as people_store;
use crate::account::steps::{self, ChangeError, changed};
use crate::account::{password, redirect, store, ticket};
use crate::app::App;
use crate::web::error::PageError;
use crate::web::guard::SafeForm;
use crate::web::locale::Locale;

/// Gives a new password, shown once on the page that follows, to be changed at the next sign-in.
pub async fn give_password(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<String>,
    _form: SafeForm,
) -> Result<Response, PageError> {
    let id = person(&id)?;
    let given = password::initial(&app.random);
    let hash = password::hash(&app.random, &given).await.map_err(|_| PageError::Busy)?;
    write(&app, &administrator, move |tx, app, doer| steps::give_password(tx, app, doer, id, &hash)).await?;
    let given = ticket::issue(&app, Given { person: id, password: given });
    Ok(redirect(&format!("{HOME}/{id}?xong=mat-khau"), vec![given]))
}

/// Forgets the second factor: the officer sets up another telephone at the next sign-in.
pub async fn clear_second_factor(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<String>,
    _form: SafeForm,
) -> Result<Response, PageError> {
    let id = person(&id)?;
    write(&app, &administrator, move |tx, app, doer| steps::clear_second_factor(tx, app, doer, id)).await?;
    Ok(back(id, "xac-thuc"))
}

/// Closes an account: nobody signs in with it, and whoever is signed in is not any more. One's own stays open, so
/// that there is always an administrator.
pub async fn close(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<String>,
    _form: SafeForm,
) -> Result<Response, PageError> {
    let id = person(&id)?;
    if id == administrator.person.id {
        let words = administrator.visitor.locale.t("account.not_oneself");
        return Err(PageError::Refused(words.to_owned()));
    }
    write(&app, &administrator, move |tx, app, doer| {
        changed(tx, id, |row| row.active = false)?;
        store::end_other_sessions(tx, id, None, app.clock.now())?;
        Ok(office_log::record(tx, app, doer, &Deed::to_person("account.log_closed", id))?)
    })
    .await?;
    reload(&app).await?;
    Ok(back(id, "khoa"))
}

/// Opens an account again.
pub async fn open(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<String>,
    _form: SafeForm,
) -> Result<Response, PageError> {
    let id = person(&id)?;
    write(&app, &administrator, move |tx, app, doer| {
        changed(tx, id, |row| {
            row.active = true;
            row.failures = 0;
            row.locked_until = None;
        })?;
        Ok(office_log::record(tx, app, doer, &Deed::to_person("account.log_opened", id))?)
    })
    .await?;
    reload(&app).await?;
    Ok(back(id, "mo"))
}

/// Signs a person out everywhere.
pub async fn sign_out(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<String>,
    _form: SafeForm,
) -> Result<Response, PageError> {
    let id = person(&id)?;
    write(&app, &administrator, move |tx, app, doer| {
        people_store::find(tx, id)?.ok_or(ChangeError::NotFound)?;
        store::end_other_sessions(tx, id, None, app.clock.now())?;
        Ok(office_log::record(tx, app, doer, &Deed::to_person("account.log_signed_out", id))?)
    })
    .await?;
    Ok(back(id, "dang-xuat"))
}

/// The id in a path.
pub(super) fn person(id: &str) -> Result<PersonId, PageError> {
    id.parse().map_err(|_| PageError::NotFound)
}

/// One change, in one transaction.
pub(super) async fn write<T: Send + 'static>(
    app: &App,
    administrator: &Administrator,
    act: impl Fn(&mut Tx<'_>, &App, &Doer) -> Result<T, ChangeError> + Send + 'static,
) -> Result<T, PageError> {
    let (world, doer) = (app.clone(), Doer::from(&administrator.person));
    let written = app.store.write(move |tx| act(tx, &world, &doer)).await;
    written.map_err(|error| refusal(administrator.visitor.locale, error))
}

/// The next requests see who is appointed to what now.
pub(super) async fn reload(app: &App) -> Result<(), PageError> {
    app.reload_office().await.map_err(|error| PageError::internal(&error))
}

pub(super) fn back(id: PersonId, done: &str) -> Response {
    Redirect::to(&format!("{HOME}/{id}?xong={done}")).into_response()
}

fn refusal(locale: Locale, error: ChangeError) -> PageError {
    let refused = |key| PageError::Refused(locale.t(key).to_owned());
    match error {
        ChangeError::NotFound => PageError::NotFound,
        ChangeError::LastAdministrator => refused("account.last_administrator"),
        ChangeError::Appointment => refused("account.appointment_gone"),
        ChangeError::Db(DbError::Conflict(_)) => refused("account.changed_meanwhile"),
        ChangeError::Db(error) => error.into(),
    }
}
