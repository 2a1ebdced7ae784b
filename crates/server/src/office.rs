//! What the rules may ask about the office, read once and kept until something of it changes.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;
use motcua_db::{DbError, Tx};
use motcua_domain::access::Role;
use motcua_domain::calendar::{Calendar, CalendarError, CalendarLayer};
use motcua_domain::dossier::{Dossier, Office};
use motcua_domain::ids::PersonId;
use motcua_domain::office_time::day_of;
use motcua_domain::settings::{Settings, SettingsHistory};
use motcua_domain::unit::{UnitCode, UnitDefect, Units};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::secrets::hex;
use crate::web::locale::Locale;

/// Units, working time, appointments and settings at one moment.
#[derive(Debug)]
pub struct Snapshot {
    units: Units,
    everywhere: Calendar,
    calendars: HashMap<UnitCode, Calendar>,
    appointments: HashSet<(PersonId, Role, UnitCode)>,
    settings: SettingsHistory,
    /// The day it was read for: appointments and units are those of that day.
    pub day: Date,
    /// Stands for everything due instants are counted with: two snapshots with the same stamp count alike.
    pub stamp: String,
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
    /// Every set of settings.
    pub settings: SettingsHistory,
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
            settings: crate::setting::store::history(tx)?,
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
        let mut stamp = Stamp::default();
        stamp.add(&crate::dossier::row::COUNTING);
        stamp.add(&national);
        stamp.add(settings.decided());
        // In one order, because the stamp is one number for one office.
        let in_force: BTreeMap<_, _> = units.all_on(day).map(|unit| (&unit.code, unit)).collect();
        for unit in in_force.into_values() {
            let mut chain: Vec<CalendarLayer> = units
                .line_on(&unit.code, day)
                .into_iter()
                .filter_map(|above| layers.get(&above.code).cloned())
                .collect();
            if chain.is_empty() {
                continue;
            }
            // From the unit upwards becomes from the root downwards, under what holds for everybody.
            stamp.add(&(&unit.code, &chain));
            chain.push(national.clone());
            chain.reverse();
            calendars.insert(unit.code.clone(), resolve(unit.code.as_str(), &chain)?);
        }
        let stamp = stamp.finish();
        Ok(Self { units, everywhere, calendars, appointments, settings, day, stamp })
    }

    /// The settings in force on the snapshot's day.
    pub fn settings(&self) -> &Settings {
        self.settings.on(self.day)
    }

    /// The settings a dossier was taken in under; until then those of the day it was filed.
    pub fn settings_of(&self, dossier: &Dossier) -> &Settings {
        let progress = &dossier.progress;
        self.settings.on(day_of(progress.accepted_at.unwrap_or(progress.submitted_at)))
    }

    /// Every set of settings.
    pub fn settings_history(&self) -> &SettingsHistory {
        &self.settings
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

    /// The same in the language of the page, where the unit has a name in it.
    pub fn unit_name_in(&self, locale: Locale, code: &UnitCode) -> String {
        let unit = self.units.on(code, self.day).or_else(|| self.units.latest(code));
        match (locale, unit.and_then(|unit| unit.name_en.as_ref())) {
            (Locale::En, Some(english)) => english.clone(),
            (Locale::En | Locale::Vi, _) => self.unit_name(code),
        }
    }
}

/// A hash over what is added, in order.
#[derive(Default)]
struct Stamp(Sha256);

impl Stamp {
    fn add(&mut self, part: &(impl Serialize + ?Sized)) {
        let json = serde_json::to_vec(part).expect("calendars and settings are plain data");
        self.0.update((json.len() as u64).to_le_bytes());
        self.0.update(&json);
    }

    fn finish(self) -> String {
        hex(&self.0.finalize())
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
