//! What the rules may ask about the office, read once and kept until something of it changes.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use motcua_db::{DbError, Tx};
use motcua_domain::access::Role;
use motcua_domain::calendar::{Calendar, CalendarError, CalendarLayer};
use motcua_domain::dossier::Office;
use motcua_domain::ids::PersonId;
use motcua_domain::settings::Settings;
use motcua_domain::unit::{UnitCode, UnitDefect, Units};

/// Units, working time, appointments and settings at one moment.
#[derive(Debug)]
pub struct Snapshot {
    units: Units,
    everywhere: Calendar,
    calendars: HashMap<UnitCode, Calendar>,
    appointments: HashSet<(PersonId, Role, UnitCode)>,
    /// The settings in force.
    pub settings: Settings,
    /// The day it was read for: appointments and units are those of that day.
    pub day: Date,
}

/// What a snapshot is made of.
#[derive(Debug, Default)]
pub struct Facts {
    /// Every unit with its history.
    pub units: Units,
    /// The layer that holds for everybody.
    pub national: CalendarLayer,
    /// What units set themselves.
    pub layers: HashMap<UnitCode, CalendarLayer>,
    /// Who holds which role where on the day.
    pub appointments: HashSet<(PersonId, Role, UnitCode)>,
    /// The settings in force.
    pub settings: Settings,
}

impl Facts {
    /// Reads what storage knows, with the appointments of one day.
    pub fn read(tx: &mut Tx<'_>, day: Date) -> Result<Self, OfficeError> {
        let layers = crate::calendar::store::layers(tx)?;
        Ok(Self {
            units: Units::new(crate::unit::store::all(tx)?).map_err(SnapshotError::Units)?,
            national: layers.national,
            layers: layers.of_units,
            appointments: crate::account::store::appointments_on(tx, day)?,
            settings: Settings::default(),
        })
    }
}

/// Why the office could not be read.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// What is stored contradicts itself.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// It could not be read.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Why the facts in storage make no office.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// A calendar contradicts itself.
    #[error("the calendar of {unit}")]
    Calendar {
        /// Whose.
        unit: String,
        /// What is wrong.
        #[source]
        source: CalendarError,
    },
    /// The tree of units contradicts itself.
    #[error("the units do not fit together: {0:?}")]
    Units(Vec<UnitDefect>),
}

impl Snapshot {
    /// Resolves the calendar of every unit that has its own layer, or stands below one that has.
    pub fn new(facts: Facts, day: Date) -> Result<Self, SnapshotError> {
        let Facts { units, national, layers, appointments, settings } = facts;
        let resolve = |unit: &str, chain: &[CalendarLayer]| {
            Calendar::resolve(chain)
                .map_err(|source| SnapshotError::Calendar { unit: unit.to_owned(), source })
        };
        let everywhere = resolve("*", std::slice::from_ref(&national))?;
        let mut calendars = HashMap::new();
        for unit in units.all_on(day) {
            let mut chain: Vec<CalendarLayer> = units
                .line_on(&unit.code, day)
                .into_iter()
                .filter_map(|above| layers.get(&above.code).cloned())
                .collect();
            if chain.is_empty() {
                continue;
            }
            // From the unit upwards becomes from the root downwards, under what holds for everybody.
            chain.push(national.clone());
            chain.reverse();
            calendars.insert(unit.code.clone(), resolve(unit.code.as_str(), &chain)?);
        }
        Ok(Self { units, everywhere, calendars, appointments, settings, day })
    }

    /// The working time of a unit, or of the whole office.
    pub fn calendar(&self, unit: Option<&UnitCode>) -> &Calendar {
        unit.map_or(&self.everywhere, |unit| self.calendar_of(unit))
    }

    /// The name of a unit on the snapshot's day, or the last it had; its code when it is not known at all.
    pub fn unit_name(&self, code: &UnitCode) -> String {
        let unit = self.units.on(code, self.day).or_else(|| self.units.latest(code));
        unit.map_or_else(|| code.to_string(), |unit| unit.name.clone())
    }
}

impl Office for Snapshot {
    fn calendar_of(&self, unit: &UnitCode) -> &Calendar {
        self.calendars.get(unit).unwrap_or(&self.everywhere)
    }

    fn units(&self) -> &Units {
        &self.units
    }

    fn is_appointed(&self, person: PersonId, role: Role, unit: &UnitCode) -> bool {
        self.appointments.contains(&(person, role, unit.clone()))
    }
}
