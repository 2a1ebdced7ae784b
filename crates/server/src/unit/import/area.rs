//! Rows of the statistics office's lists of areas and of its conversion tables.

use motcua_domain::identity::fold;
use motcua_domain::unit::Share;
use motcua_domain::unit::area::{Area, AreaCode, AreaLevel, Succession, THREE_LEVELS_UNTIL, TWO_LEVELS_FROM};

use crate::import::problem::BadValue;
use crate::import::read::TableRow;
use crate::import::{Problem, clean_line};
use crate::unit::import::Kind;

/// A code of the right number of digits.
fn code(row: &TableRow<'_>, column: &str, level: AreaLevel) -> Result<AreaCode, BadValue> {
    let code: AreaCode = row.parsed(column, "unit.not_an_area_code")?;
    if code.level() == level {
        Ok(code)
    } else {
        Err(Problem::new("unit.not_an_area_code", &code).in_column(column))
    }
}

pub(super) fn area(
    kind: Kind,
    row: &TableRow<'_>,
    notes: &mut Vec<(&'static str, String)>,
) -> Result<Area, BadValue> {
    let name = clean_line(row.needed("ten_day_du")?);
    let (code, parent) = match kind {
        Kind::LegacyDistricts => {
            (code(row, "ma_huyen", AreaLevel::District)?, Some(code(row, "ma_tinh", AreaLevel::Province)?))
        }
        Kind::LegacyCommunes => {
            (code(row, "ma_xa", AreaLevel::Commune)?, Some(code(row, "ma_huyen", AreaLevel::District)?))
        }
        Kind::Communes => {
            (code(row, "ma_xa", AreaLevel::Commune)?, Some(code(row, "ma_tinh", AreaLevel::Province)?))
        }
        Kind::LegacyProvinces
        | Kind::Provinces
        | Kind::Conversion
        | Kind::SpecialConversion
        | Kind::Agencies
        | Kind::Own => (code(row, "ma_tinh", AreaLevel::Province)?, None),
    };
    let is_current = matches!(kind, Kind::Provinces | Kind::Communes);
    // The list says what a commune is called today and what it was called on the day of the conversion, but not
    // since when. `Hoà` and `Hòa`, `B'Lao` and `B’Lao` are two ways of writing one name.
    let name_of_2025 = clean_line(row.text("ten_theo_bang_chuyen_doi_2025"));
    if !name_of_2025.is_empty() && letters_of(&name_of_2025) != letters_of(&name) {
        notes.push(("unit.found_renamed", format!("{name_of_2025} → {name}")));
    }
    Ok(Area {
        code,
        name,
        parent,
        valid_from: is_current.then_some(TWO_LEVELS_FROM),
        valid_to: (!is_current).then_some(THREE_LEVELS_UNTIL),
    })
}

fn letters_of(name: &str) -> String {
    fold(name).chars().filter(|c| c.is_alphanumeric()).collect()
}

pub(super) fn succession(kind: Kind, row: &TableRow<'_>) -> Result<Succession, BadValue> {
    let old = match kind {
        Kind::SpecialConversion => code(row, "ma_huyen_cu", AreaLevel::District)?,
        Kind::LegacyProvinces
        | Kind::LegacyDistricts
        | Kind::LegacyCommunes
        | Kind::Provinces
        | Kind::Communes
        | Kind::Conversion
        | Kind::Agencies
        | Kind::Own => code(row, "ma_xa_cu", AreaLevel::Commune)?,
    };
    let note = clean_line(row.needed("ghi_chu")?);
    let share = share(&note).ok_or_else(|| Problem::new("unit.not_a_share", &note).in_column("ghi_chu"))?;
    Ok(Succession { old, new: code(row, "ma_xa_moi", AreaLevel::Commune)?, on: TWO_LEVELS_FROM, share, note })
}

/// What the words of the table mean. Land without its people, or people without their land, is a part.
fn share(note: &str) -> Option<Share> {
    let note = fold(note);
    let is_part = ["mot phan", "phan con lai", "nhap them"].iter().any(|words| note.contains(words));
    let is_whole =
        ["toan bo", "giu nguyen", "doi ten", "doi loai hinh"].iter().any(|words| note.contains(words));
    match (is_part, is_whole) {
        (true, _) => Some(Share::Part),
        (false, true) => Some(Share::Whole),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_conversion_table_are_whole_or_part() {
        for (note, expected) in [
            ("Nhập toàn bộ", Some(Share::Whole)),
            ("Nhập toàn bộ diện tích", Some(Share::Whole)),
            ("Giữ nguyên", Some(Share::Whole)),
            ("Đổi loại hình", Some(Share::Whole)),
            ("Sắp xếp toàn bộ huyện thành đặc khu (không có xã cũ)", Some(Share::Whole)),
            ("Nhâp một phần diện tích", Some(Share::Part)),
            ("Nhập một phần diện tích, toàn bộ dân số", Some(Share::Part)),
            ("Đổi tên từ một phần Phường 15", Some(Share::Part)),
            ("Phần còn lại sau khi tách một phần vào xã Canh Vinh", Some(Share::Part)),
            ("Nhập thêm khu vực bãi bồi ven biển", Some(Share::Part)),
            ("Không rõ", None),
        ] {
            assert_eq!(share(note), expected, "{note}");
        }
    }
}
