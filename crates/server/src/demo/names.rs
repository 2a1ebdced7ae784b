//! Invented people of the demonstration. Their numbers begin with 099, which no province has.

use jiff::civil::Date;
use motcua_domain::dossier::Identity;

const FAMILY: [&str; 18] = [
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý",
    "Đinh", "Tạ", "Lương", "Mai",
];
const MEN: [&str; 19] = [
    "Văn An",
    "Đức Bình",
    "Quốc Cường",
    "Tiến Dũng",
    "Thành Đạt",
    "Hữu Hải",
    "Mạnh Hùng",
    "Đăng Khoa",
    "Hoàng Long",
    "Hoài Nam",
    "Hồng Phúc",
    "Minh Quân",
    "Thanh Sơn",
    "Anh Tài",
    "Công Thành",
    "Anh Tuấn",
    "Quang Việt",
    "Thế Vinh",
    "Văn Xuân",
];
const WOMEN: [&str; 19] = [
    "Thị Ánh",
    "Ngọc Bích",
    "Thị Châu",
    "Thùy Dung",
    "Hương Giang",
    "Thu Hà",
    "Thị Hạnh",
    "Thanh Hiền",
    "Thị Kim",
    "Thùy Linh",
    "Ngọc Mai",
    "Thị Nga",
    "Hồng Nhung",
    "Thị Oanh",
    "Bích Phượng",
    "Như Quỳnh",
    "Thị Tâm",
    "Minh Thư",
    "Hải Yến",
];
const MENS_MIDDLE: [&str; 13] =
    ["Văn", "Đức", "Quốc", "Tiến", "Thành", "Hữu", "Mạnh", "Đăng", "Hoàng", "Hồng", "Minh", "Quang", "Thế"];
const WOMENS_MIDDLE: [&str; 13] =
    ["Thị", "Ngọc", "Thùy", "Hương", "Thu", "Thanh", "Hồng", "Bích", "Như", "Minh", "Hải", "Kim", "Mai"];
const MENS_GIVEN: [&str; 29] = [
    "An", "Bình", "Cường", "Dũng", "Đạt", "Hải", "Hùng", "Khoa", "Long", "Nam", "Phúc", "Quân", "Sơn", "Tài",
    "Thành", "Tuấn", "Việt", "Vinh", "Xuân", "Bảo", "Chiến", "Định", "Giang", "Hiếu", "Kiên", "Lâm", "Nghĩa",
    "Thắng", "Trung",
];
const WOMENS_GIVEN: [&str; 29] = [
    "Ánh",
    "Bích",
    "Châu",
    "Dung",
    "Giang",
    "Hà",
    "Hạnh",
    "Hiền",
    "Kim",
    "Linh",
    "Mai",
    "Nga",
    "Nhung",
    "Oanh",
    "Phượng",
    "Quỳnh",
    "Tâm",
    "Thư",
    "Yến",
    "Anh",
    "Chi",
    "Diệp",
    "Hoa",
    "Lan",
    "Loan",
    "Ngân",
    "Thảo",
    "Trang",
    "Vân",
];
/// Streets and hamlets of the three communes.
const PLACES: [[&str; 5]; 3] = [
    [
        "đường Bờ Sen, phường Sen Hồng",
        "đường Cầu Ngói, phường Sen Hồng",
        "ngõ 4 đường Hoa Sen, phường Sen Hồng",
        "tổ 7, phường Sen Hồng",
        "tổ 12, phường Sen Hồng",
    ],
    [
        "thôn Trung, xã Sen Trắng",
        "thôn Hạ, xã Sen Trắng",
        "thôn Bãi, xã Sen Trắng",
        "xóm Đình, xã Sen Trắng",
        "xóm Mới, xã Sen Trắng",
    ],
    [
        "thôn Bến, xã Đầm Vạc",
        "thôn Vạc, xã Đầm Vạc",
        "thôn Đồng Chiêm, xã Đầm Vạc",
        "xóm Chài, xã Đầm Vạc",
        "xóm Lò, xã Đầm Vạc",
    ],
];

/// Whether the person with this number is a woman: every other one.
fn is_woman(number: usize) -> bool {
    number % 2 == 1
}

/// Full name; the same number is the same person.
pub fn name(number: usize) -> String {
    let given = if is_woman(number) { &WOMEN } else { &MEN };
    format!("{} {}", FAMILY[number * 7 % FAMILY.len()], given[number * 5 / 2 % given.len()])
}

/// One of very many full names; the same number is the same person.
pub fn full_name(number: usize) -> String {
    let (middle, given) = if is_woman(number) {
        (&WOMENS_MIDDLE[..], &WOMENS_GIVEN[..])
    } else {
        (&MENS_MIDDLE[..], &MENS_GIVEN[..])
    };
    // Steps that have no factor in common with the lengths, so that names do not come in a visible order.
    let family = FAMILY[number / 2 * 5 % FAMILY.len()];
    let middle = middle[number / 36 * 7 % middle.len()];
    format!("{family} {middle} {}", given[number / 3 * 11 % given.len()])
}

/// Everything that identifies or reaches the person with a [`full_name`] of this number; up to a million are different.
pub fn numbered(number: usize) -> Identity {
    let birth_date = birth_date(number);
    let century = if birth_date.year() < 2000 { 0 } else { 2 } + u8::from(is_woman(number));
    Identity {
        id_number: Some(format!("099{century}{:02}{:06}", birth_date.year() % 100, number % 1_000_000)),
        birth_date: Some(birth_date),
        phone: Some(format!("0900{:06}", number % 1_000_000)),
        ..identity(number, number)
    }
}

/// An address in the commune with this place in the list of communes.
pub fn address(number: usize, commune: usize) -> String {
    format!("số {}, {}, tỉnh Hương Sen", 1 + number * 13 % 97, PLACES[commune % 3][number % 5])
}

/// Day of birth: a grown-up.
pub fn birth_date(number: usize) -> Date {
    let part = |value: usize| i8::try_from(value).unwrap_or(1);
    let year = i16::try_from(1952 + number * 17 % 54).unwrap_or(1970);
    jiff::civil::date(year, part(1 + number * 5 % 12), part(1 + number * 11 % 28))
}

/// A number that fits name and day of birth, and that nobody has: no province is 099.
pub fn id_number(number: usize) -> String {
    let born = birth_date(number).year();
    let century = if born < 2000 { 0 } else { 2 } + u8::from(is_woman(number));
    format!("099{century}{:02}{:06}", born % 100, 900_000 + number * 37 % 100_000)
}

/// Everything that identifies or reaches this person.
pub fn identity(number: usize, commune: usize) -> Identity {
    Identity {
        id_number: Some(id_number(number)),
        tax_number: None,
        birth_date: Some(birth_date(number)),
        address: address(number, commune),
        phone: Some(format!("09000{:05}", number * 101 % 100_000)),
        email: None,
    }
}

/// Companies and business households: name, tax number (of no tax office there is), address.
pub const FIRMS: [(&str, &str, &str); 8] = [
    ("Công ty TNHH Sen Việt Hương Sen", "9900000111", "khu công nghiệp Đầm Vạc, xã Đầm Vạc, tỉnh Hương Sen"),
    ("Công ty cổ phần Xây dựng Bờ Sen", "9900000129", "số 45 đường Bờ Sen, phường Sen Hồng, tỉnh Hương Sen"),
    ("Hợp tác xã Nông nghiệp Sen Trắng", "9900000136", "thôn Trung, xã Sen Trắng, tỉnh Hương Sen"),
    ("Công ty TNHH Một thành viên Gốm Lò Vạc", "9900000143", "xóm Lò, xã Đầm Vạc, tỉnh Hương Sen"),
    ("Hộ kinh doanh Bún cá Bà Sóng", "9900000150", "số 9 đường Cầu Ngói, phường Sen Hồng, tỉnh Hương Sen"),
    ("Hộ kinh doanh Tạp hóa Bến Vạc", "9900000168", "thôn Bến, xã Đầm Vạc, tỉnh Hương Sen"),
    ("Hộ kinh doanh Trà sen Bạch Liên", "9900000175", "ngõ 4 đường Hoa Sen, phường Sen Hồng, tỉnh Hương Sen"),
    ("Hộ kinh doanh Sửa xe Văn Bến", "9900000182", "thôn Hạ, xã Sen Trắng, tỉnh Hương Sen"),
];
/// The first business household among [`FIRMS`].
pub const FIRST_HOUSEHOLD: usize = 4;

/// Foreigners.
pub const FOREIGNERS: [&str; 4] =
    ["Ingrid Halvorsen", "Tomas Kratochvil", "Mei Tanabe-Ross", "Pedro Almansa"];

#[cfg(test)]
mod tests {
    use motcua_domain::identity::{CitizenNumber, PersonName, Phone, TaxCode};

    use super::*;

    #[test]
    fn many_people_have_many_names_and_numbers_that_forms_take() {
        let names: std::collections::BTreeSet<String> = (0..20_000).map(full_name).collect();
        assert!(5_000 < names.len(), "{}", names.len());
        let mut numbers = std::collections::BTreeSet::new();
        for number in (0..1_000_000).step_by(997) {
            let identity = numbered(number);
            let id = identity.id_number.unwrap();
            assert!(id.parse::<CitizenNumber>().is_ok(), "{id}");
            assert!(identity.phone.unwrap().parse::<Phone>().is_ok());
            assert!(numbers.insert(id));
        }
    }

    #[test]
    fn everybody_has_a_name_and_numbers_that_forms_take() {
        let mut seen = std::collections::BTreeSet::new();
        for number in 0..300 {
            let identity = identity(number, number);
            let id = identity.id_number.unwrap();
            assert!(id.parse::<CitizenNumber>().is_ok(), "{id}");
            assert!(identity.phone.unwrap().parse::<Phone>().is_ok());
            assert!(name(number).parse::<PersonName>().is_ok(), "{}", name(number));
            assert!(seen.insert(id), "two people have one number");
        }
        for (name, tax, _) in FIRMS {
            assert!(tax.parse::<TaxCode>().is_ok(), "{name}");
        }
    }
}
