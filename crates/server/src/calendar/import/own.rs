//! Layers in our own format.

use std::collections::BTreeMap;

use jiff::civil::Date;
use motcua_domain::calendar::{CalendarError, CalendarLayer};
use motcua_domain::unit::UnitCode;
use serde_json::Value as Json;

use crate::import::problem::BadValue;
use crate::import::read::Source;
use crate::import::{ImportError, Problem};

/// One layer of a file, and whose it is.
#[derive(Debug)]
pub(super) struct OwnLayer {
    pub row: u64,
    pub unit: Option<UnitCode>,
    layer: CalendarLayer,
}

pub(super) fn read(source: Source) -> Result<Vec<OwnLayer>, ImportError> {
    let mut layers = Vec::new();
    source.json_rows(|row, value| {
        layers.push(read_one(row, value)?);
        Ok(())
    })?;
    Ok(layers)
}

fn read_one(row: u64, mut value: Json) -> Result<OwnLayer, BadValue> {
    let unit = match value.as_object_mut().and_then(|fields| fields.remove("unit")) {
        None | Some(Json::Null) => None,
        Some(code) => {
            let code: UnitCode = serde_json::from_value(code)
                .map_err(|error| Problem::new("import.not_as_expected", error).in_column("unit"))?;
            Some(code)
        }
    };
    let layer: CalendarLayer = serde_path_to_error::deserialize(value).map_err(|error| {
        let column = error.path().to_string();
        Problem::json(&error.into_inner()).in_column(column)
    })?;
    no_day_twice(&layer)?;
    layer.check().map_err(|error| refused(&layer, error))?;
    Ok(OwnLayer { row, unit, layer })
}

/// A day twice is answered with both places.
fn no_day_twice(layer: &CalendarLayer) -> Result<(), BadValue> {
    let mut first_places: BTreeMap<Date, usize> = BTreeMap::new();
    for (place, exception) in layer.exceptions.iter().enumerate() {
        if let Some(first) = first_places.insert(exception.day, place) {
            let value = format!("exceptions[{first}] ({})", exception.day);
            let column = format!("exceptions[{place}].day");
            return Err(Problem::new("calendar.import.day_twice", value).in_column(column));
        }
    }
    Ok(())
}

/// Where in the file the layer is wrong, as far as that can be told.
fn refused(layer: &CalendarLayer, error: CalendarError) -> BadValue {
    let day = match &error {
        CalendarError::DayTwice(day)
        | CalendarError::DayOutOfRange(day)
        | CalendarError::WindowsOnDayOff(day) => Some(*day),
        CalendarError::NotAWindow
        | CalendarError::WindowsOverlap(..)
        | CalendarError::TooManyWindows
        | CalendarError::WeekWithoutWork
        | CalendarError::WeekTwice(_)
        | CalendarError::TooManyWeeks
        | CalendarError::TooManyExceptions
        | CalendarError::BadName
        | CalendarError::MinutesPerDay(_)
        | CalendarError::BadRule(_) => None,
    };
    let place = layer.exceptions.iter().position(|exception| Some(exception.day) == day);
    let column = place.map_or_else(String::new, |place| format!("exceptions[{place}]"));
    Problem::new("calendar.import.no_calendar", error).in_column(column)
}

impl OwnLayer {
    /// Puts what this layer decides into another; what it leaves open stays. Answers how many things it decides:
    /// days, years, and the settings as one.
    pub(super) fn put(&self, layer: &mut CalendarLayer) -> u64 {
        let own = &self.layer;
        for exception in &own.exceptions {
            match layer.exceptions.iter_mut().find(|stored| stored.day == exception.day) {
                Some(stored) => stored.clone_from(exception),
                None => layer.exceptions.push(exception.clone()),
            }
        }
        layer.published_years.extend(&own.published_years);
        if !own.weeks.is_empty() {
            layer.weeks.clone_from(&own.weeks);
        }
        layer.rules = own.rules.clone().or_else(|| layer.rules.take());
        layer.minutes_per_day = own.minutes_per_day.or(layer.minutes_per_day);
        layer.day_count = own.day_count.or(layer.day_count);
        let has_settings = !own.weeks.is_empty()
            || own.rules.is_some()
            || own.minutes_per_day.is_some()
            || own.day_count.is_some();
        let decided = own.exceptions.len() + own.published_years.len() + usize::from(has_settings);
        u64::try_from(decided).unwrap_or(u64::MAX)
    }
}
