//! The description of a population, as `motcua simulate` reads it. `docs/simulation.md` explains every line.

mod units;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, ensure};
use jiff::civil::Date;
use motcua_domain::dossier::Channel;
use motcua_domain::unit::UnitCode;
use serde::Deserialize;

use crate::simulate::course::Besides;
pub use units::{MadeSpec, TableSpec, UnitSpec, UnitsSpec};

/// Dossiers of one simulation: a province takes some ten years for them.
pub const DOSSIERS_MAX: u64 = 10_000_000;
/// The doors that dossiers of a simulation come in by.
pub const DOORS: [Channel; 3] = [Channel::Online, Channel::Counter, Channel::Post];
/// Units of one simulation.
const UNITS_MAX: usize = 2_000;

/// A population of units and dossiers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// What it stands for; the name of the office on its pages.
    pub title: String,
    /// First day on which dossiers are filed.
    pub from: Date,
    /// Last day on which dossiers are filed.
    pub to: Date,
    /// The day at whose end everything stops; `to` when not given.
    pub until: Option<Date>,
    /// The province.
    pub province: Province,
    /// Who takes dossiers in, and how many.
    pub units: UnitsSpec,
    /// Share of dossiers by door: `online`, `counter`, `post`.
    #[serde(default = "default_doors")]
    pub doors: BTreeMap<String, f64>,
    /// Weight of each hour from 0 to 23, by door.
    #[serde(default)]
    pub hours: BTreeMap<String, Vec<f64>>,
    /// Weight of each day of the week, Monday first.
    #[serde(default = "default_weekdays")]
    pub weekdays: [f64; 7],
    /// Weight of each procedure by its code; all that fit, alike, when there are none.
    #[serde(default)]
    pub procedures: BTreeMap<String, f64>,
    /// What happens besides the smooth course.
    #[serde(default)]
    pub shares: Shares,
}

/// The province that the units belong to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Province {
    /// Its code.
    pub code: UnitCode,
    /// Its name.
    pub name: String,
}

/// Shares of all dossiers, from 0 to 1. Dossiers that are late know none of these but `read`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Shares {
    /// Papers are asked for at intake, and come.
    pub supplement_at_intake: f64,
    /// Papers are asked for during the examination, and come.
    pub supplement: f64,
    /// Papers are asked for during the examination, and never come.
    pub lapsed: f64,
    /// A payment is asked for, and made.
    pub payment: f64,
    /// Refused at intake.
    pub refused: f64,
    /// Taken back by the applicant.
    pub withdrawn: f64,
    /// What was asked is not granted.
    pub rejected: f64,
    /// Paused on other grounds, and resumed.
    pub paused: f64,
    /// Sent back once by the head of the unit.
    pub sent_back: f64,
    /// Officers open the dossier before they act on it.
    pub read: f64,
}

impl Default for Shares {
    fn default() -> Self {
        Self {
            supplement_at_intake: 0.02,
            supplement: 0.06,
            lapsed: 0.005,
            payment: 0.05,
            refused: 0.01,
            withdrawn: 0.008,
            rejected: 0.01,
            paused: 0.004,
            sent_back: 0.02,
            read: 0.6,
        }
    }
}

impl Shares {
    /// Every share of which one dossier has at most one; `rejected` and `read` go with any.
    pub fn besides(&self) -> [(Besides, f64); 8] {
        [
            (Besides::SupplementAtIntake, self.supplement_at_intake),
            (Besides::Supplement, self.supplement),
            (Besides::Lapsed, self.lapsed),
            (Besides::Payment, self.payment),
            (Besides::Refused, self.refused),
            (Besides::Withdrawn, self.withdrawn),
            (Besides::Paused, self.paused),
            (Besides::SentBack, self.sent_back),
        ]
    }
}

fn default_doors() -> BTreeMap<String, f64> {
    [("online", 0.55), ("counter", 0.42), ("post", 0.03)].map(|(door, share)| (door.to_owned(), share)).into()
}

/// Fewer come at the end of the week; at the weekend some file online.
fn default_weekdays() -> [f64; 7] {
    [1.25, 1.1, 1.0, 1.0, 0.9, 0.2, 0.1]
}

impl Spec {
    /// Reads and checks a spec and the table it names.
    ///
    /// # Errors
    /// Whatever is wrong with it, by the name of the line.
    pub fn read(file: &Path) -> anyhow::Result<(Self, Vec<UnitSpec>)> {
        let text =
            std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let spec: Self = toml::from_str(&text).with_context(|| format!("{} is no spec", file.display()))?;
        spec.check()?;
        let units = spec.units(file.parent().unwrap_or(Path::new(".")))?;
        Ok((spec, units))
    }

    /// The day at whose end everything stops.
    pub fn until(&self) -> Date {
        self.until.unwrap_or(self.to)
    }

    fn check(&self) -> anyhow::Result<()> {
        ensure!(!self.title.trim().is_empty(), "title: must not be empty");
        ensure!(self.from <= self.to, "from: {} is after to, {}", self.from, self.to);
        ensure!(self.to <= self.until(), "until: {} is before to, {}", self.until(), self.to);
        for (door, share) in &self.doors {
            ensure!(is_share(*share), "doors.{door}: {share} is no share from 0 to 1");
            ensure!(DOORS.iter().any(|one| one.name() == door), "doors.{door}: no such door here");
        }
        ensure!(0.0 < self.doors.values().sum::<f64>(), "doors: nobody comes through any door");
        for (door, hours) in &self.hours {
            ensure!(self.doors.contains_key(door), "hours.{door}: no such door here");
            ensure!(hours.len() == 24, "hours.{door}: write 24 weights, one for each hour");
            check_weights(&format!("hours.{door}"), hours)?;
        }
        check_weights("weekdays", &self.weekdays)?;
        for (code, weight) in &self.procedures {
            ensure!(is_weight(*weight), "procedures.{code}: {weight} is no weight");
        }
        let besides = self.shares.besides();
        let named = besides.map(|(besides, share)| (besides.name(), share));
        let others = [("rejected", self.shares.rejected), ("read", self.shares.read)];
        for (name, share) in named.into_iter().chain(others) {
            ensure!(is_share(share), "shares.{name}: {share} is no share from 0 to 1");
        }
        let all: f64 = besides.iter().map(|(_, share)| share).sum();
        ensure!(all <= 1.0, "shares: together they are {all}, more than all dossiers");
        Ok(())
    }

    /// Every unit with its dossiers, from wherever the spec takes them.
    fn units(&self, folder: &Path) -> anyhow::Result<Vec<UnitSpec>> {
        let mut units = self.units.list.clone();
        if let Some(table) = &self.units.table {
            units.extend(table.read(folder)?);
        }
        if let Some(made) = &self.units.made {
            units.extend(made.make(&self.province)?);
        }
        ensure!(!units.is_empty(), "units: name a table, made units or a list");
        ensure!(units.len() <= UNITS_MAX, "units: {} are more than {UNITS_MAX}", units.len());
        let mut seen = std::collections::BTreeSet::from([&self.province.code]);
        for unit in &units {
            ensure!(seen.insert(&unit.code), "unit {}: named twice", unit.code);
            ensure!(
                unit.late <= unit.received,
                "unit {}: {} late of {} received",
                unit.code,
                unit.late,
                unit.received
            );
        }
        let all: u64 = units.iter().map(|unit| unit.received).sum();
        ensure!((1..=DOSSIERS_MAX).contains(&all), "units: {all} dossiers are not from 1 to {DOSSIERS_MAX}");
        Ok(units)
    }
}

fn is_share(number: f64) -> bool {
    (0.0..=1.0).contains(&number)
}

fn is_weight(number: f64) -> bool {
    number.is_finite() && 0.0 <= number
}

fn check_weights(name: &str, weights: &[f64]) -> anyhow::Result<()> {
    ensure!(weights.iter().all(|weight| is_weight(*weight)), "{name}: a weight is not a number from 0 up");
    ensure!(0.0 < weights.iter().sum::<f64>(), "{name}: every weight is 0");
    Ok(())
}

/// Splits a number by weights so that the parts add up to it: each part is within one of its exact share.
pub fn share_out(whole: u64, weights: &[f64]) -> Vec<u64> {
    let all: f64 = weights.iter().sum();
    let mut given = 0;
    let mut weight = 0.0;
    let mut parts = Vec::with_capacity(weights.len());
    for one in weights {
        weight += one;
        let until = round(f64_of(whole) * (weight / all)).min(whole);
        parts.push(until.saturating_sub(given));
        given = given.max(until);
    }
    if let Some(last) = parts.last_mut() {
        *last += whole - given;
    }
    parts
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn f64_of(number: u64) -> f64 {
    number as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded by the whole")]
fn round(number: f64) -> u64 {
    number.round().max(0.0) as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SMALL: &str = r#"
        title = "Thử"
        from = "2026-03-02"
        to = "2026-03-13"
        [province]
        code = "H99"
        name = "Tỉnh Thử"
        [units.made]
        communes = 3
        dossiers = 100
        late = 0.1
    "#;

    fn parse(text: &str) -> anyhow::Result<Vec<UnitSpec>> {
        let spec: Spec = toml::from_str(text)?;
        spec.check()?;
        spec.units(Path::new("."))
    }

    #[test]
    fn made_units_share_their_dossiers_out() {
        let units = parse(SMALL).unwrap();
        let received: Vec<u64> = units.iter().map(|unit| unit.received).collect();
        assert_eq!(received, [33, 34, 33]);
        assert_eq!(units[0].late, 3);
        assert_eq!(units[2].code.as_str(), "H99.103");
    }

    #[test]
    fn what_is_wrong_with_a_spec_is_said_by_its_line() {
        for (from, to, says) in [
            ("to = \"2026-03-13\"", "to = \"2026-02-13\"", "from: 2026-03-02 is after to"),
            ("late = 0.1", "late = 1.1", "units.made.late: 1.1 is no share"),
            ("communes = 3", "communes = 0", "units.made: no units"),
            ("dossiers = 100", "dossiers = 0", "units: 0 dossiers"),
            ("[province]", "[doors]\nwindow = 1.0\n[province]", "doors.window: no such door here"),
            ("[province]", "[shares]\nrefused = 0.7\nlapsed = 0.6\n[province]", "more than all dossiers"),
            ("[province]", "[hours]\nonline = [1.0]\n[province]", "hours.online: write 24 weights"),
        ] {
            let error = parse(&SMALL.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains(says), "{error} instead of {says}");
        }
        assert!(parse(&SMALL.replace("title", "titel")).unwrap_err().to_string().contains("titel"));
    }

    proptest! {
        #[test]
        fn parts_add_up_and_none_is_far_from_its_share(whole in 0_u64..100_000, weights in prop::collection::vec(0.1_f64..10.0, 1..40)) {
            let parts = share_out(whole, &weights);
            prop_assert_eq!(parts.iter().sum::<u64>(), whole);
            let all: f64 = weights.iter().sum();
            for (part, weight) in parts.iter().zip(&weights) {
                prop_assert!((f64_of(*part) - f64_of(whole) * weight / all).abs() <= 1.0);
            }
        }
    }
}
