//! Levels, as far as the national catalogue can be trusted about them.

use std::collections::BTreeSet;

use motcua_domain::procedure::ProcedureLevel;

/// Words in the name of a field, or of an executing agency, that answers to a ministry and not to the province. The
/// national catalogue calls the procedures of customs and tax offices "Cấp xã", which they are not.
const VERTICAL_WORDS: [&str; 9] = [
    "hải quan",
    "thuế",
    "kho bạc",
    "bảo hiểm xã hội",
    "ngân hàng nhà nước",
    "công an",
    "biên phòng",
    "thi hành án",
    "quản lý xuất nhập cảnh",
];

/// Whether a field or an agency is of a vertical agency.
pub fn is_vertical(name: &str) -> bool {
    let name = name.to_lowercase();
    VERTICAL_WORDS.iter().any(|words| name.contains(words))
}

/// The level of a vertical agency, in place of what the source says.
pub fn vertical() -> BTreeSet<ProcedureLevel> {
    BTreeSet::from([ProcedureLevel::Vertical])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tax_is_vertical_and_renting_is_not() {
        assert!(is_vertical("Thuế tỉnh, thành phố"));
        assert!(is_vertical("Chi cục Hải quan khu vực"));
        assert!(is_vertical("Công an Xã"));
        assert!(!is_vertical("Giao đất, cho thuê đất"));
        assert!(!is_vertical("Ủy ban nhân dân cấp xã"));
    }
}
