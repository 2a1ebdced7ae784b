//! Whose calendar of which year a page is about, and the one road on which pages change it.

use axum::response::{IntoResponse, Redirect, Response};
use motcua_db::{DbError, Tx};
use motcua_domain::access::Role;
use motcua_domain::calendar::{CalendarError, CalendarLayer};
use motcua_domain::dossier::Office as _;
use motcua_domain::office_time::day_of;
use motcua_domain::unit::UnitCode;
use serde::Deserialize;

use crate::app::App;
use crate::calendar::day_form::YEARS;
use crate::calendar::pages::PATH;
use crate::calendar::steps;
use crate::calendar::store::{self, Author, RecordedChange, StoredLayer};
use crate::office::OfficeError;
use crate::web::error::PageError;
use crate::web::locale::Locale;
use crate::web::visitor::Officer;

/// How many changes are told under a calendar.
const CHANGES_MAX: u32 = 20;

/// Which calendar is looked at, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Address {
    /// The year.
    #[serde(default)]
    pub nam: String,
    /// Code of the unit; empty for the whole office.
    #[serde(default, rename = "don-vi")]
    pub unit: String,
    /// A day that is to be changed.
    #[serde(default)]
    pub ngay: String,
    /// What was done a moment ago.
    #[serde(default)]
    pub xong: String,
}

/// Whose calendar of which year.
#[derive(Clone, Debug)]
pub struct Place {
    /// The unit; none for the whole office.
    pub unit: Option<UnitCode>,
    /// The year.
    pub year: i16,
}

impl Place {
    /// Reads the address; a unit that is not there or a year out of bounds is no page.
    pub fn read(app: &App, year: &str, unit: &str) -> Result<Self, PageError> {
        let year = match year.trim() {
            "" => day_of(app.clock.now()).year(),
            year => year.parse().ok().filter(|year| YEARS.contains(year)).ok_or(PageError::NotFound)?,
        };
        let unit = match unit.trim() {
            "" => None,
            code => {
                let code: UnitCode = code.parse().map_err(|_| PageError::NotFound)?;
                if app.office().units().latest(&code).is_none() {
                    return Err(PageError::NotFound);
                }
                Some(code)
            }
        };
        Ok(Self { unit, year })
    }

    /// Query of the address.
    pub fn query(&self) -> String {
        format!("nam={}&don-vi={}", self.year, self.unit_text())
    }

    /// The code as a form carries it.
    pub fn unit_text(&self) -> &str {
        self.unit.as_ref().map_or("", UnitCode::as_str)
    }

    /// Back to the year, with a word on what was done.
    pub fn back(&self, done: &str) -> Response {
        Redirect::to(&format!("{PATH}?{}&xong={done}", self.query())).into_response()
    }

    /// Whose calendar it is, in words.
    pub fn unit_name(&self, app: &App, locale: Locale) -> String {
        self.unit
            .as_ref()
            .map_or_else(|| locale.t("calendar.whole_office").to_owned(), |unit| app.office().unit_name(unit))
    }
}

/// Why a change was not made.
#[derive(Debug)]
pub enum ChangeError {
    /// It makes no calendar.
    Calendar(CalendarError),
    /// Somebody else changed the calendar since the page was made.
    Stale,
    /// The database.
    Database(DbError),
    /// The change is made, but the office cannot be read again.
    Reload(OfficeError),
}

impl From<CalendarError> for ChangeError {
    fn from(error: CalendarError) -> Self {
        Self::Calendar(error)
    }
}

impl From<DbError> for ChangeError {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

/// Lets administrators in.
pub fn administrator(officer: &Officer) -> Result<Author, PageError> {
    let person = &officer.person;
    if person.appointments.iter().any(|held| held.role == Role::Administrator) {
        return Ok(Author { id: Some(person.id), name: person.name.clone() });
    }
    Err(PageError::Forbidden(officer.visitor.locale.t("calendar.only_administrators").to_owned()))
}

/// The layer of a place, and who changed it last.
pub async fn read(app: &App, place: &Place) -> Result<(StoredLayer, Vec<RecordedChange>), PageError> {
    let unit = place.unit.clone();
    let read = move |tx: &mut Tx<'_>| {
        Ok::<_, DbError>((store::find(tx, unit.as_ref())?, store::changes(tx, unit.as_ref(), CHANGES_MAX)?))
    };
    Ok(app.store.read(read).await?)
}

/// Changes the layer of a place and lets the office count with it from now on. `seen` is the version the page was
/// made from, when what was typed depends on it.
pub async fn change(
    app: &App,
    place: &Place,
    author: Author,
    seen: Option<i64>,
    edit: impl Fn(&mut CalendarLayer) + Send + 'static,
) -> Result<(), ChangeError> {
    let (unit, now) = (place.unit.clone(), app.clock.now());
    let act = move |tx: &mut Tx<'_>| {
        let is_stale = |version: i64| seen.is_some_and(|seen| seen != version);
        if is_stale(store::find(tx, unit.as_ref())?.version) {
            return Err(ChangeError::Stale);
        }
        steps::change(tx, unit.as_ref(), &author, now, |layer| {
            edit(layer);
            Ok::<(), ChangeError>(())
        })
    };
    app.store.write(act).await?;
    app.reload_office().await.map_err(ChangeError::Reload)
}

impl From<ChangeError> for PageError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Calendar(error) => Self::internal(&error),
            ChangeError::Stale => Self::StaleForm,
            ChangeError::Database(error) => error.into(),
            ChangeError::Reload(error) => Self::internal(&error),
        }
    }
}
