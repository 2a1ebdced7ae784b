//! The search over a catalogue as large as the nation's.

use std::time::Duration;

use motcua::procedure::search::{Index, Query};
use motcua::procedure::store::Listed;
use motcua_bench::Table;
use motcua_domain::procedure::{Field, ProcedureLevel};

const PROCEDURES: usize = 6_000;
const ACTS: [&str; 6] = [
    "Thủ tục đăng ký",
    "Cấp giấy phép",
    "Công nhận",
    "Thủ tục cấp lại",
    "Giải quyết hỗ trợ",
    "Thông báo thay đổi",
];
const THINGS: [&str; 7] = [
    "khai sinh có yếu tố nước ngoài",
    "xây dựng công trình theo tuyến trong đô thị",
    "trường tiểu học đạt chuẩn quốc gia",
    "kinh doanh dịch vụ lữ hành nội địa",
    "quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất",
    "hộ kinh doanh",
    "cơ sở bán lẻ thuốc lưu động tại vùng sâu, vùng xa",
];
const WHERE: [&str; 5] = [
    "thuộc thẩm quyền của Ủy ban nhân dân cấp tỉnh",
    "tại Ủy ban nhân dân cấp xã",
    "đối với tổ chức, cá nhân trong nước",
    "",
    "theo quy định của pháp luật chuyên ngành",
];

fn listed(at: usize) -> Listed {
    let name = format!(
        "{} {} {}",
        ACTS[at % ACTS.len()],
        THINGS[at / 3 % THINGS.len()],
        WHERE[at / 7 % WHERE.len()]
    );
    Listed {
        code: format!("1.{at:06}").parse().expect("six digits make a code"),
        version: 1,
        name: format!("{} {at}", name.trim()),
        fields: vec![Field { code: String::new(), name: format!("Lĩnh vực {}", at % 90) }],
        levels: vec![ProcedureLevel::Commune],
        online: "full".to_owned(),
        agency: "Ủy ban nhân dân cấp xã".to_owned(),
        keywords: vec!["Giấy tờ".to_owned()],
        is_outline: at.is_multiple_of(2),
        is_internal: false,
        is_in_force: true,
    }
}

fn main() {
    let index = Index::new((0..PROCEDURES).map(listed).collect());
    let budget = Some(Duration::from_millis(5));
    let table = Table::new(&format!("Search over {} procedures", index.len()));
    for (name, text) in [
        ("four words without accents", "dang ky khai sinh"),
        ("the same with accents", "đăng ký khai sinh"),
        ("one begun word", "gi"),
        ("sixteen words", "cap lai giay phep quyen su dung dat quyen so huu tai san gan lien voi dat thuoc"),
        ("nothing found", "khong co gi nhu the"),
        ("a code", "1.004321"),
        ("no words: the whole list", ""),
    ] {
        let query = Query { text: text.to_owned(), ..Query::default() };
        table.measure(name, budget, |_| index.search(&query, 0, 20).total);
    }
    let misspelt = Query { text: "dang ky khia sinh".to_owned(), ..Query::default() };
    table.measure("a suggestion for a misspelt word", budget, |_| index.suggest(&misspelt));
}
