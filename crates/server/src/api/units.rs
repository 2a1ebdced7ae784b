//! Units: who receives, settles and signs, on a day.

use axum::Json;
use axum::extract::State;
use motcua_domain::dossier::Office as _;
use motcua_domain::unit::{OneStop as RuledOneStop, Unit as RuledUnit, UnitCode, UnitLevel as RuledLevel};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::caller::Anybody;
use crate::api::problem::Problem;
use crate::api::query::{self, Asked};
use crate::api::wire::{Day, UnitLevel};
use crate::app::App;

/// A unit as it is on the day asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Unit {
    /// Agency code (Decision 20/2020/QĐ-TTg).
    code: String,
    /// Full name.
    name: String,
    /// Name in English.
    name_en: Option<String>,
    /// Where it stands.
    level: UnitLevel,
    /// Code of the unit above it.
    parent: Option<String>,
    /// Code of the area it looks after.
    area: Option<String>,
    /// First day on which it is as told here.
    valid_from: Day,
    /// Last day; null while it goes on.
    valid_to: Option<Day>,
    /// Street address.
    address: String,
    /// Telephone.
    phone: String,
    /// E-mail.
    email: String,
    /// Where it receives people.
    one_stops: Vec<OneStop>,
}

/// A place where a unit receives people.
#[derive(Debug, Serialize, ToSchema)]
pub struct OneStop {
    /// `centre`, `branch` or `point`.
    kind: &'static str,
    /// As written over the door.
    name: String,
    /// Street address.
    address: String,
    /// Telephone of the desk.
    phone: String,
}

/// A page of units, by code.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitList {
    /// The units.
    items: Vec<Unit>,
    /// Cursor of the next page; null on the last one.
    next: Option<String>,
}

impl From<&RuledUnit> for Unit {
    fn from(unit: &RuledUnit) -> Self {
        Self {
            code: unit.code.to_string(),
            name: unit.name.clone(),
            name_en: unit.name_en.clone(),
            level: unit.level.into(),
            parent: unit.parent.as_ref().map(ToString::to_string),
            area: unit.area.as_ref().map(|area| area.as_str().to_owned()),
            valid_from: unit.valid_from.into(),
            valid_to: unit.valid_to.map(Day::from),
            address: unit.address.clone(),
            phone: unit.phone.clone(),
            email: unit.email.clone(),
            one_stops: unit.one_stops.iter().map(OneStop::from).collect(),
        }
    }
}

impl From<&RuledOneStop> for OneStop {
    fn from(stop: &RuledOneStop) -> Self {
        Self {
            kind: stop.kind.name(),
            name: stop.name.clone(),
            address: stop.address.clone(),
            phone: stop.phone.clone(),
        }
    }
}

/// Units of a day, by code.
pub async fn list(State(app): State<App>, _: Anybody, mut asked: Asked) -> Result<Json<UnitList>, Problem> {
    let office = app.office();
    let limit = asked.limit();
    let after = asked.cursor::<1>();
    let day = asked.parsed("day", |text| text.parse().ok()).unwrap_or(office.day);
    let level = asked.parsed("level", RuledLevel::from_name);
    let under: Option<UnitCode> = asked.parsed("under", |text| text.parse().ok());
    asked.done()?;
    let units = office.units();
    let is_wanted = |unit: &&RuledUnit| {
        after.as_ref().is_none_or(|[code]| code.as_str() < unit.code.as_str())
            && level.is_none_or(|level| unit.level == level)
            && under.as_ref().is_none_or(|above| units.is_within(&unit.code, above, day))
    };
    let mut items: Vec<Unit> = units.all_on(day).filter(is_wanted).take(limit + 1).map(Unit::from).collect();
    let next = query::cut(&mut items, limit, |unit| query::cursor([&unit.code]));
    Ok(Json(UnitList { items, next }))
}
