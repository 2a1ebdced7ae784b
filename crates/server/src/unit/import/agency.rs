//! Rows of a list of agency codes (Decision 20/2020/QĐ-TTg): a province, its departments and its communes.

use jiff::civil::Date;
use motcua_db::Tx;
use motcua_domain::identity::fold;
use motcua_domain::unit::area::{AreaCode, TWO_LEVELS_FROM};
use motcua_domain::unit::{Unit, UnitCode, UnitLevel};

use crate::import::problem::BadValue;
use crate::import::read::TableRow;
use crate::import::{Problem, clean_line};
use crate::unit::store;

/// Key of the note that a unit comes from such a list, which knows little of it.
pub(super) const FROM_LIST: &str = "unit.found_no_first_day";

/// Reads rows from the top: the province stands first, and its name is taken off the names that follow.
#[derive(Debug, Default)]
pub(super) struct Reader {
    province_name: String,
}

impl Reader {
    pub(super) fn unit(
        &mut self,
        row: &TableRow<'_>,
        notes: &mut Vec<(&'static str, String)>,
    ) -> Result<Unit, BadValue> {
        let code: UnitCode = row.parsed("ma_dinh_danh", "unit.not_a_unit_code")?;
        let level = match row.needed("cap")? {
            "TOAN_TINH" => UnitLevel::Province,
            "SO_NGANH" => UnitLevel::Department,
            "XA" => UnitLevel::Commune,
            other => return Err(Problem::new("unit.not_a_level", other).in_column("cap")),
        };
        let stated = clean_line(row.needed("ten")?);
        if level == UnitLevel::Province {
            self.province_name = without_office(&stated);
        }
        let name = self.without_province(&stated);
        if name != stated {
            notes.push(("unit.found_name_with_province", stated));
        }
        notes.push((FROM_LIST, String::new()));
        // The list of codes is that of the two-level organisation.
        let mut unit = Unit::new(code.clone(), name, level, parent(&code), TWO_LEVELS_FROM);
        if level == UnitLevel::Commune {
            unit.area = Some(row.parsed::<AreaCode>("ma_xa_gso", "unit.not_an_area_code")?);
        }
        Ok(unit)
    }

    /// `UBND xã Lâm Thao - Tỉnh Phú Thọ` is called so only on a portal of all provinces.
    fn without_province(&self, name: &str) -> String {
        let Some((own, province)) = name.rsplit_once(" - ") else { return name.to_owned() };
        if fold(province) == fold(&self.province_name) { own.to_owned() } else { name.to_owned() }
    }
}

/// `UBND tỉnh Phú Thọ` is the office of `tỉnh Phú Thọ`.
fn without_office(name: &str) -> String {
    name.strip_prefix("UBND ").unwrap_or(name).to_owned()
}

/// The first group of a code is the province or ministry, and comes first: `H44` is above `H44.100`.
fn parent(code: &UnitCode) -> Option<UnitCode> {
    code.as_str().rsplit_once('.').and_then(|(above, _)| above.parse().ok())
}

/// The area of a province, by its name; `None` when no name, or more than one, is the same.
pub(super) fn province_area(
    tx: &mut Tx<'_>,
    unit: &Unit,
    today: Date,
) -> Result<Option<AreaCode>, motcua_db::DbError> {
    let folded = fold(&without_office(&unit.name));
    let mut found = store::provinces_named(tx, &folded, today)?;
    Ok(if found.len() == 1 { found.pop().map(|area| area.code) } else { None })
}
