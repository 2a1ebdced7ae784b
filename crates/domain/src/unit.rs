//! Units (đơn vị, cơ quan): who receives, handles and signs; where they stand in the tree, and since when.
//!
//! A unit is an organisation. The ground it looks after is an [`area::AreaCode`]: the national statistics office
//! gives areas their codes and used some of them again in 2025, so that an area is known by code *and* day.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::procedure::FeeKind;
use crate::unit::area::AreaCode;

pub mod area;

/// Electronic identification code of an agency, `H44.100` (Decision 20/2020/QĐ-TTg, articles 4 and 6): groups
/// of digits and capital letters separated by dots, at most 35 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UnitCode(String);

/// The longest agency code the decision allows, in characters.
pub const UNIT_CODE_CHARS_MAX: usize = 35;

/// The text given is not the code of an agency.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the code of a unit: {0:?}")]
pub struct BadUnitCode(pub String);

impl UnitCode {
    /// The code as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UnitCode {
    type Err = BadUnitCode;

    fn from_str(text: &str) -> Result<Self, BadUnitCode> {
        let group_ok = |group: &str| {
            !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        };
        if text.len() <= UNIT_CODE_CHARS_MAX && text.split('.').all(group_ok) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadUnitCode(text.chars().take(2 * UNIT_CODE_CHARS_MAX).collect()))
        }
    }
}

impl TryFrom<String> for UnitCode {
    type Error = BadUnitCode;

    fn try_from(text: String) -> Result<Self, BadUnitCode> {
        text.parse()
    }
}

impl From<UnitCode> for String {
    fn from(code: UnitCode) -> Self {
        code.0
    }
}

impl fmt::Display for UnitCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a unit stands. Since 1 July 2025 local government has two levels, province and commune; district
/// remains for what happened before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitLevel {
    /// Trung ương: ministries and what stands under them.
    Central,
    /// Tỉnh, thành phố: the People's Committee of a province and its centre.
    Province,
    /// Sở, ban, ngành: a department of a province.
    Department,
    /// Huyện, quận, thị xã: until 30 June 2025.
    District,
    /// Xã, phường, đặc khu.
    Commune,
}

impl UnitLevel {
    /// Every level, from the top down.
    pub const ALL: [Self; 5] =
        [Self::Central, Self::Province, Self::Department, Self::District, Self::Commune];

    /// The name used in storage, in message keys and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Central => "central",
            Self::Province => "province",
            Self::Department => "department",
            Self::District => "district",
            Self::Commune => "commune",
        }
    }

    /// The level with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

/// What kind of one-stop place it is (Decree 61/2018 as amended, domain §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OneStopKind {
    /// Trung tâm phục vụ hành chính công: the centre of a province or commune.
    Centre,
    /// Chi nhánh của trung tâm.
    Branch,
    /// Điểm tiếp nhận.
    Point,
}

impl OneStopKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Centre, Self::Branch, Self::Point];

    /// The name used in storage, in message keys and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Centre => "centre",
            Self::Branch => "branch",
            Self::Point => "point",
        }
    }
}

/// A place where a unit receives people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OneStop {
    /// Centre, branch or point.
    pub kind: OneStopKind,
    /// As written over the door and on the receipt.
    pub name: String,
    /// Street address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// Telephone of the desk.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
}

/// An account that fees of a unit are paid into. Money that lands in another unit's account is the commonest
/// complaint about today's systems, so the account follows from unit, fee and day, and is shown before paying.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayeeAccount {
    /// Only for fees of this kind; `None` for every kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee_kind: Option<FeeKind>,
    /// Only for the fee with this code; `None` for every fee.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee_code: Option<String>,
    /// BIN of the bank, six digits (`970436`).
    pub bank_bin: String,
    /// Account number at that bank.
    pub account: String,
    /// Name of the account as the bank has it.
    pub holder: String,
    /// First day the account may be used.
    pub valid_from: Date,
    /// Last day, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
}

/// How much of a predecessor went into its successor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Share {
    /// All of it (nhập toàn bộ, giữ nguyên, đổi tên).
    Whole,
    /// A part (nhập một phần); other parts went elsewhere.
    Part,
}

/// The unit that took over from another one, and how much of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Successor {
    /// The unit that took over.
    pub unit: UnitCode,
    /// All of it or a part.
    pub share: Share,
}

/// One unit, as it was during one stretch of time. A change of name or place is a new stretch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Agency code.
    pub code: UnitCode,
    /// Full name, `UBND phường Việt Trì`.
    pub name: String,
    /// Name in English; the Vietnamese one is shown when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// Where it stands.
    pub level: UnitLevel,
    /// The unit above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<UnitCode>,
    /// The area it looks after, for provinces, districts and communes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<AreaCode>,
    /// First day of this stretch.
    pub valid_from: Date,
    /// Last day of this stretch; `None` while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// Who took over after `valid_to`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub successors: Vec<Successor>,
    /// Sign of the unit in document numbers: the `UBND` of `05/QĐ-UBND`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub symbol: String,
    /// First line of its letterhead: the superior agency (Decree 30/2020, annex I). Empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub superior_name: String,
    /// Place name before the date of its documents (địa danh).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// Street address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// Telephone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// E-mail.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// Where it receives people; empty for a unit without a desk of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub one_stops: Vec<OneStop>,
    /// Accounts its fees are paid into.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payees: Vec<PayeeAccount>,
}

impl Unit {
    /// A unit with a code, a name and a place in the tree; everything else empty.
    pub fn new(
        code: UnitCode,
        name: impl Into<String>,
        level: UnitLevel,
        parent: Option<UnitCode>,
        valid_from: Date,
    ) -> Self {
        Self {
            code,
            name: name.into(),
            name_en: None,
            level,
            parent,
            area: None,
            valid_from,
            valid_to: None,
            successors: Vec::new(),
            symbol: String::new(),
            superior_name: String::new(),
            place: String::new(),
            address: String::new(),
            phone: String::new(),
            email: String::new(),
            one_stops: Vec::new(),
            payees: Vec::new(),
        }
    }

    /// Whether this stretch of the unit covers `day`.
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }

    /// The account that a fee of this unit is paid into on `day`. The narrowest rule wins: by code, then by
    /// kind, then any.
    pub fn payee_for(&self, kind: FeeKind, code: &str, day: Date) -> Option<&PayeeAccount> {
        let fits = |payee: &&PayeeAccount| {
            payee.fee_code.as_deref().is_none_or(|wanted| wanted == code)
                && payee.fee_kind.is_none_or(|wanted| wanted == kind)
        };
        let narrowness = |payee: &&PayeeAccount| (payee.fee_code.is_some(), payee.fee_kind.is_some());
        self.payees_on(day).filter(fits).max_by_key(narrowness)
    }

    /// The account for money that is no fee of a known kind: only one that takes everything.
    pub fn payee_for_anything(&self, day: Date) -> Option<&PayeeAccount> {
        self.payees_on(day).rfind(|payee| payee.fee_code.is_none() && payee.fee_kind.is_none())
    }

    fn payees_on(&self, day: Date) -> impl DoubleEndedIterator<Item = &PayeeAccount> {
        let in_force = move |payee: &&PayeeAccount| {
            payee.valid_from <= day && payee.valid_to.is_none_or(|last| day <= last)
        };
        self.payees.iter().filter(in_force)
    }
}

/// What is wrong with a set of units.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnitDefect {
    /// The last day of a stretch is before its first.
    #[error("unit {0} ends before it begins")]
    EndsBeforeItBegins(UnitCode),
    /// Two stretches of one unit cover the same day.
    #[error("unit {0} has two stretches on {1}")]
    Overlap(UnitCode, Date),
    /// The unit above is not in the set.
    #[error("unit {unit} stands under {parent}, which is not known")]
    UnknownParent {
        /// The unit.
        unit: UnitCode,
        /// What it names as its parent.
        parent: UnitCode,
    },
    /// Following the parents from this unit comes back to it.
    #[error("unit {0} stands under itself")]
    Cycle(UnitCode),
}

/// All units of the office, with their history: answers who stood where on which day.
#[derive(Clone, Debug, Default)]
pub struct Units {
    /// Stretches of each unit, earliest first.
    by_code: BTreeMap<UnitCode, Vec<Unit>>,
}

impl Units {
    /// The set of these units, or everything that is wrong with it.
    pub fn new(units: Vec<Unit>) -> Result<Self, Vec<UnitDefect>> {
        let mut by_code: BTreeMap<UnitCode, Vec<Unit>> = BTreeMap::new();
        for unit in units {
            by_code.entry(unit.code.clone()).or_default().push(unit);
        }
        for stretches in by_code.values_mut() {
            stretches.sort_by_key(|unit| unit.valid_from);
        }
        let units = Self { by_code };
        let defects = units.defects();
        if defects.is_empty() { Ok(units) } else { Err(defects) }
    }

    /// The unit as it is on `day`.
    pub fn on(&self, code: &UnitCode, day: Date) -> Option<&Unit> {
        self.by_code.get(code)?.iter().find(|unit| unit.is_valid_on(day))
    }

    /// The latest stretch of the unit, whether or not it still goes on: what to print for an old dossier.
    pub fn latest(&self, code: &UnitCode) -> Option<&Unit> {
        self.by_code.get(code)?.last()
    }

    /// Every unit there is on `day`, by code.
    pub fn all_on(&self, day: Date) -> impl Iterator<Item = &Unit> {
        self.by_code.values().filter_map(move |stretches| stretches.iter().find(|unit| unit.is_valid_on(day)))
    }

    /// Every stretch of every unit, by code and then by time.
    pub fn history(&self) -> impl Iterator<Item = &Unit> {
        self.by_code.values().flatten()
    }

    /// The units directly under `code` on `day`.
    pub fn children_on<'a>(&'a self, code: &'a UnitCode, day: Date) -> impl Iterator<Item = &'a Unit> {
        self.all_on(day).filter(move |unit| unit.parent.as_ref() == Some(code))
    }

    /// The unit and everything above it on `day`, nearest first: the order in which calendars and settings
    /// are inherited.
    pub fn line_on(&self, code: &UnitCode, day: Date) -> Vec<&Unit> {
        let mut line: Vec<&Unit> = Vec::new();
        let mut next = Some(code);
        while let Some(unit) = next.and_then(|code| self.on(code, day)) {
            if line.iter().any(|seen| seen.code == unit.code) {
                break;
            }
            line.push(unit);
            next = unit.parent.as_ref();
        }
        line
    }

    /// Whether `code` is `above` itself or stands somewhere under it on `day`.
    pub fn is_within(&self, code: &UnitCode, above: &UnitCode, day: Date) -> bool {
        self.line_on(code, day).iter().any(|unit| unit.code == *above)
    }

    /// `code` and every unit under it on `day`.
    pub fn subtree_on(&self, code: &UnitCode, day: Date) -> Vec<&Unit> {
        self.all_on(day).filter(|unit| self.is_within(&unit.code, code, day)).collect()
    }

    /// The unit of `level` that answers for `code` on `day`: itself, the nearest above it, or the only one
    /// below it. `None` when there is no such unit, or more than one below and so no way to tell.
    pub fn of_level(&self, code: &UnitCode, level: UnitLevel, day: Date) -> Option<&Unit> {
        if let Some(above) = self.line_on(code, day).into_iter().find(|unit| unit.level == level) {
            return Some(above);
        }
        let mut below = self.subtree_on(code, day).into_iter().filter(|unit| unit.level == level);
        let only = below.next();
        if below.next().is_none() { only } else { None }
    }

    /// The unit of `level` that looks after `area` on `day`.
    pub fn for_area(&self, area: &AreaCode, level: UnitLevel, day: Date) -> Option<&Unit> {
        self.all_on(day).find(|unit| unit.level == level && unit.area.as_ref() == Some(area))
    }

    fn defects(&self) -> Vec<UnitDefect> {
        let mut defects = Vec::new();
        for stretches in self.by_code.values() {
            for unit in stretches {
                if unit.valid_to.is_some_and(|last| last < unit.valid_from) {
                    defects.push(UnitDefect::EndsBeforeItBegins(unit.code.clone()));
                }
                if let Some(parent) = &unit.parent
                    && !self.by_code.contains_key(parent)
                {
                    defects
                        .push(UnitDefect::UnknownParent { unit: unit.code.clone(), parent: parent.clone() });
                }
                if self.is_above_itself(unit) {
                    defects.push(UnitDefect::Cycle(unit.code.clone()));
                }
            }
            for pair in stretches.windows(2) {
                if let [earlier, later] = pair
                    && earlier.is_valid_on(later.valid_from)
                {
                    defects.push(UnitDefect::Overlap(later.code.clone(), later.valid_from));
                }
            }
        }
        defects
    }

    fn is_above_itself(&self, unit: &Unit) -> bool {
        let mut seen = BTreeSet::new();
        let mut next = unit.parent.as_ref();
        while let Some(code) = next {
            if *code == unit.code {
                return true;
            }
            if !seen.insert(code) {
                return false;
            }
            next = self.on(code, unit.valid_from).and_then(|parent| parent.parent.as_ref());
        }
        false
    }
}

#[cfg(test)]
mod tests;
