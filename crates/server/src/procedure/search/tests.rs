//! Tests of the search over procedures.

use motcua_domain::procedure::Field;
use proptest::prelude::*;

use super::*;

fn listed(code: &str, name: &str, field: &str) -> Listed {
    Listed {
        code: code.parse().unwrap(),
        version: 1,
        name: name.to_owned(),
        fields: vec![Field { code: String::new(), name: field.to_owned() }],
        levels: vec![ProcedureLevel::Commune],
        online: "full".to_owned(),
        agency: "Ủy ban nhân dân cấp xã".to_owned(),
        keywords: Vec::new(),
        is_outline: true,
        is_internal: false,
        is_in_force: true,
    }
}

fn index() -> Index {
    let mut tax = listed("1.000005", "Khai thuế đất phi nông nghiệp", "Thuế");
    tax.levels = vec![ProcedureLevel::Vertical];
    tax.online = "none".to_owned();
    let mut land = listed("1.000006", "Đăng ký đất đai lần đầu", "Đất đai");
    land.keywords = vec!["Làm sổ đỏ".to_owned()];
    let mut ended = listed("1.000007", "Đăng ký khai sinh kiểu cũ", "Hộ tịch");
    ended.is_in_force = false;
    let mut internal = listed("1.000008", "Báo cáo khai sinh nội bộ", "Hộ tịch");
    internal.is_internal = true;
    Index::new(vec![
        listed("1.000001", "Thủ tục đăng ký khai sinh lưu động", "Hộ tịch"),
        listed("1.000002", "Thủ tục đăng ký lại khai sinh", "Hộ tịch"),
        listed("1.001193", "Thủ tục đăng ký khai sinh", "Hộ tịch"),
        listed("1.000003", "Thủ tục đăng ký khai tử", "Hộ tịch"),
        listed("1.000004", "Khai báo tu bổ di tích", "Văn hóa"),
        tax,
        land,
        ended,
        internal,
    ])
}

fn codes(index: &Index, text: &str) -> Vec<String> {
    let query = Query { text: text.to_owned(), ..Query::default() };
    index.search(&query, 0, 20).entries.iter().map(|listed| listed.code.to_string()).collect()
}

#[test]
fn the_plainest_name_comes_first_with_or_without_accents() {
    let index = index();
    for text in
        ["dang ky khai sinh", "ĐĂNG KÝ KHAI SINH", "thủ tục đăng ký khai sinh", " đăng  ký, khai sinh "]
    {
        assert_eq!(codes(&index, text), ["1.001193", "1.000001", "1.000002"], "{text}");
    }
    assert_eq!(codes(&index, "dang ky khai si")[0], "1.001193", "a word that is only begun");
    assert_eq!(codes(&index, "khai sinh dang ky").len(), 3, "in any order");
}

#[test]
fn accents_that_were_typed_count() {
    assert_eq!(codes(&index(), "khai tử")[0], "1.000003");
    assert_eq!(codes(&index(), "khai tu").len(), 2);
}

#[test]
fn codes_fields_and_other_words_are_found_too() {
    let index = index();
    assert_eq!(codes(&index, "1.001193"), ["1.001193"]);
    assert_eq!(codes(&index, "1.00000").len(), 6);
    assert_eq!(codes(&index, "so do"), ["1.000006"]);
    assert_eq!(codes(&index, "hộ tịch khai tử")[0], "1.000003");
    assert_eq!(codes(&index, "dang ky khai sinh cho con")[0], "1.001193", "a word too many");
    assert_eq!(codes(&index, "xuất khẩu gạo"), Vec::<String>::new());
}

#[test]
fn filters_hold_with_and_without_words() {
    let index = index();
    let total = |query: Query| index.search(&query, 0, 20).total;
    assert_eq!(total(Query::default()), 7, "what has ended and what is internal is not shown");
    assert_eq!(total(Query { field: Some("Hộ tịch".to_owned()), ..Query::default() }), 4);
    assert_eq!(total(Query { level: Some(ProcedureLevel::Vertical), ..Query::default() }), 1);
    assert_eq!(
        total(Query { online: Some("none".to_owned()), text: "khai".to_owned(), ..Query::default() }),
        1
    );
    let page = index.search(&Query::default(), 5, 20);
    assert_eq!((page.entries.len(), page.total), (2, 7));
    let fields: Vec<(&str, usize)> =
        index.fields().iter().map(|field| (field.name.as_str(), field.count)).collect();
    assert_eq!(fields, [("Đất đai", 1), ("Hộ tịch", 4), ("Thuế", 1), ("Văn hóa", 1)]);
}

#[test]
fn a_mistyped_word_is_mended_when_that_finds_something() {
    let index = index();
    let suggest = |text: &str| index.suggest(&Query { text: text.to_owned(), ..Query::default() });
    assert_eq!(suggest("dang ky khia sihn"), Some("dang ky khai sinh".to_owned()));
    assert_eq!(suggest("dang ky khai sinh"), None);
    assert_eq!(suggest("zzzzzz"), None);
}

#[test]
fn letters_are_put_in_taken_out_changed_and_swapped() {
    for (a, b, by) in [("", "", 0), ("a", "", 1), ("sinh", "sihn", 1), ("khai", "khi", 1), ("dat", "nha", 3)]
    {
        assert_eq!(distance(a.as_bytes(), b.as_bytes()), by, "{a} {b}");
    }
}

proptest! {
    /// Any query answers, pages do not overlap, and the total is the same on every page.
    #[test]
    fn any_query_answers(text in "[a-zđăâêôơư .]{0,30}|\\PC{0,40}", at in 0usize..4) {
        let index = index();
        let query = Query { text, ..Query::default() };
        let all = index.search(&query, 0, 100);
        let page = index.search(&query, at * 2, 2);
        prop_assert_eq!(page.total, all.total);
        prop_assert_eq!(all.total, all.entries.len());
        let rest: Vec<_> = all.entries.iter().skip(at * 2).take(2).collect();
        prop_assert_eq!(page.entries.iter().collect::<Vec<_>>(), rest);
        let _ = index.suggest(&query);
    }
}
