//! The units of a population: from a table, made up, or one by one.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use motcua_domain::unit::{UnitCode, UnitLevel};
use serde::Deserialize;

use super::{Province, is_share, is_weight, share_out};
use crate::import::read::Source;

/// Where the units come from: any of the three, together.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitsSpec {
    /// A table with a row for each.
    pub table: Option<TableSpec>,
    /// Made up.
    pub made: Option<MadeSpec>,
    /// One by one.
    #[serde(default)]
    pub list: Vec<UnitSpec>,
}

/// A CSV table with a row for each unit: which column holds what.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableSpec {
    /// The file, from the folder of the spec.
    pub file: PathBuf,
    /// Column of the code.
    pub code: String,
    /// Column of the name.
    pub name: String,
    /// Column that tells departments from communes; rows with another word in it are left out.
    pub level: String,
    /// The word for departments in it.
    pub department: String,
    /// The word for communes in it.
    pub commune: String,
    /// Column of the dossiers received.
    pub received: String,
    /// Column of those that are late.
    pub late: String,
}

/// Units that are made up.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MadeSpec {
    /// How many departments.
    #[serde(default)]
    pub departments: u16,
    /// How many communes.
    pub communes: u16,
    /// Dossiers of all of them together.
    pub dossiers: u64,
    /// Share of them that is late.
    pub late: f64,
    /// How many times as many dossiers as the quietest the busiest unit has.
    #[serde(default = "one")]
    pub busiest: f64,
}

/// One unit and its dossiers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitSpec {
    /// Its code.
    pub code: UnitCode,
    /// Its name.
    pub name: String,
    /// Department or commune.
    #[serde(with = "level")]
    pub level: UnitLevel,
    /// Dossiers received.
    pub received: u64,
    /// How many of them are late: settled late, or running past their due instant at the end.
    pub late: u64,
}

fn one() -> f64 {
    1.0
}

impl TableSpec {
    pub(super) fn read(&self, folder: &Path) -> anyhow::Result<Vec<UnitSpec>> {
        let file = folder.join(&self.file);
        let mut units = Vec::new();
        let source = Source::open(&file).with_context(|| format!("units.table: {}", file.display()))?;
        let table = source.into_table()?;
        let columns = [&self.code, &self.name, &self.level, &self.received, &self.late];
        if let Some(missing) = columns.into_iter().find(|column| !table.has_columns(&[column.as_str()])) {
            bail!("units.table: {} has no column {missing}", file.display());
        }
        table.rows(|row| {
            let level = match row.text(&self.level) {
                word if word == self.department => UnitLevel::Department,
                word if word == self.commune => UnitLevel::Commune,
                _ => return Ok(()),
            };
            units.push(UnitSpec {
                code: row.parsed(&self.code, "unit.not_a_unit_code")?,
                name: row.needed(&self.name)?.to_owned(),
                level,
                received: row.parsed(&self.received, "import.not_a_count")?,
                late: row.parsed(&self.late, "import.not_a_count")?,
            });
            Ok(())
        })?;
        Ok(units)
    }
}

impl MadeSpec {
    /// Units with made-up names; the first of each kind are the busiest.
    pub(super) fn make(&self, province: &Province) -> anyhow::Result<Vec<UnitSpec>> {
        let count = u64::from(self.departments) + u64::from(self.communes);
        ensure!(0 < count, "units.made: no units");
        ensure!(is_share(self.late), "units.made.late: {} is no share from 0 to 1", self.late);
        ensure!(is_weight(self.busiest) && 1.0 <= self.busiest, "units.made.busiest: must be 1 or more");
        let weights: Vec<f64> = (0..count).map(|nth| self.weight(nth, count)).collect();
        let received = share_out(self.dossiers, &weights);
        let mut units = Vec::new();
        for (nth, received) in (0_u32..).zip(received) {
            let (level, code, name) = if nth < u32::from(self.departments) {
                let number = nth + 1;
                (UnitLevel::Department, format!("{}.{number:02}", province.code), format!("Sở số {number}"))
            } else {
                let number = nth - u32::from(self.departments) + 1;
                (
                    UnitLevel::Commune,
                    format!("{}.{}", province.code, 100 + number),
                    format!("UBND xã số {number}"),
                )
            };
            let late = share_out(received, &[self.late, 1.0 - self.late])[0];
            units.push(UnitSpec { code: code.parse()?, name, level, received, late });
        }
        Ok(units)
    }

    fn weight(&self, nth: u64, count: u64) -> f64 {
        let rank = f64::from(u32::try_from(nth).unwrap_or(u32::MAX));
        let last = f64::from(u32::try_from(count.saturating_sub(1).max(1)).unwrap_or(u32::MAX));
        self.busiest - (self.busiest - 1.0) * rank / last
    }
}

/// Levels by the names they have everywhere.
mod level {
    use motcua_domain::unit::UnitLevel;
    use serde::{Deserialize as _, Deserializer, de::Error as _};

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<UnitLevel, D::Error> {
        let name = String::deserialize(from)?;
        match UnitLevel::from_name(&name) {
            Some(level @ (UnitLevel::Department | UnitLevel::Commune)) => Ok(level),
            Some(UnitLevel::Central | UnitLevel::Province | UnitLevel::District) | None => {
                Err(D::Error::custom(format!("{name}: write department or commune")))
            }
        }
    }
}
