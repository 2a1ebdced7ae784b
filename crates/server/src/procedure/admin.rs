//! The catalogue from inside, for procedure controllers: every version, what differs, what is being prepared.

pub mod compare;
pub mod draft;
pub mod edit;
pub mod list;
pub mod publish;
pub mod show;

use axum::Router;
use axum::routing::get;
use jiff::civil::Date;
use motcua_domain::access::{Matter, may_manage};
use motcua_domain::procedure::{ProcedureCode, ProcedureVersion};

use crate::account::admin::access::{inspector, manager};
use crate::account::office_log::Doer;
use crate::app::App;
use crate::procedure::store;
use crate::web::error::PageError;
use crate::web::visitor::Officer;

/// Where these pages are.
pub const HOME: &str = "/can-bo/quan-tri/thu-tuc";

/// Pages of the catalogue.
pub fn routes() -> Router<App> {
    let pages = Router::new()
        .route("/", get(list::page))
        .route("/them", get(draft::ask_new).post(draft::begin_new))
        .route("/{code}", get(show::page))
        .route("/{code}/soan", get(draft::page).post(draft::begin))
        .route("/{code}/soan/bo", get(draft::ask_throw_away).post(draft::throw_away))
        .route("/{code}/soan/cong-bo", get(publish::ask).post(publish::publish))
        .route("/{code}/soan/{section}", get(edit::ask).post(edit::save))
        .route("/{code}/bai-bo", get(publish::ask_end).post(publish::end))
        .route("/{code}/so-sanh", get(compare::page))
        .route("/{code}/phien-ban/{version}", get(show::version))
        .route("/{code}/phien-ban/{version}/tep", get(show::export));
    Router::new().nest(HOME, pages)
}

/// Where a procedure stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A version is in force.
    InForce,
    /// Its first version begins later.
    Future,
    /// It was ended.
    Ended,
    /// Nothing was published; somebody prepares it.
    Draft,
}

impl State {
    /// Every state, as listed to people.
    pub const ALL: [Self; 4] = [Self::InForce, Self::Future, Self::Ended, Self::Draft];

    /// The name used in addresses and message keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::InForce => "in_force",
            Self::Future => "future",
            Self::Ended => "ended",
            Self::Draft => "draft",
        }
    }

    /// The colour of its tag.
    pub fn tone(self) -> &'static str {
        match self {
            Self::InForce => "green",
            Self::Future => "yellow",
            Self::Ended => "grey",
            Self::Draft => "blue",
        }
    }

    /// The state that these stretches, in the order of publication, come to on a day.
    pub fn of(stretches: &[(Date, Option<Date>)], day: Date) -> Self {
        let begun = stretches.iter().rev().find(|(from, _)| *from <= day);
        match begun {
            Some((_, last)) if last.is_none_or(|last| day <= last) => Self::InForce,
            // Ended, unless a version to come takes it up again.
            Some(_) | None if stretches.iter().any(|(from, _)| day < *from) => Self::Future,
            Some(_) => Self::Ended,
            None => Self::Draft,
        }
    }
}

/// Lets in who may look; answers whether this officer may change something as well.
fn reader(app: &App, officer: &Officer) -> Result<bool, PageError> {
    inspector(app, officer, Matter::Procedures)?;
    Ok(may_manage(&officer.person.actor(), Matter::Procedures).is_ok())
}

/// The officer, when publishing is theirs to do.
fn keeper(app: &App, officer: &Officer) -> Result<Doer, PageError> {
    manager(app, officer, Matter::Procedures)
}

/// The code of a path.
fn code(text: &str) -> Result<ProcedureCode, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}

/// Every version of the procedure of a path, by number.
async fn versions(app: &App, code: &ProcedureCode) -> Result<Vec<ProcedureVersion>, PageError> {
    let code = code.clone();
    Ok(app.store.read(move |tx| store::all_of(tx, &code)).await?)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_version_published_last_of_those_that_have_begun_decides() {
        let day = date(2026, 3, 2);
        let open = (date(2025, 1, 1), None);
        let over = (date(2025, 1, 1), Some(date(2026, 1, 1)));
        let later = (date(2026, 4, 1), None);
        assert_eq!(State::of(&[open], day), State::InForce);
        assert_eq!(State::of(&[open, later], day), State::InForce);
        assert_eq!(State::of(&[open, over], day), State::Ended);
        assert_eq!(State::of(&[over, later], day), State::Future);
        assert_eq!(State::of(&[later], day), State::Future);
        assert_eq!(State::of(&[], day), State::Draft);
    }
}
