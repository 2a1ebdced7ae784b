//! Tests of the storage of procedures, on each engine.

use jiff::civil::date;
use motcua_db::testing::on_each_engine;

use super::*;

const AT: &str = "2026-03-02T01:00:00.000Z";

fn birth(version: u32, valid_from: Date) -> ProcedureVersion {
    let mut birth =
        ProcedureVersion::new("1.001193".parse().unwrap(), "Thủ tục đăng ký khai sinh", valid_from);
    birth.version = version;
    birth.fields = vec![Field { code: "G15-TP07".to_owned(), name: "Hộ tịch".to_owned() }];
    birth.levels = [ProcedureLevel::Commune].into();
    birth.keywords = vec!["Có con nhỏ".to_owned(), "Giấy khai sinh".to_owned()];
    birth
}

#[test]
fn a_version_is_read_back_as_it_was_published_and_its_number_is_taken_for_good() {
    on_each_engine(crate::migrations::ALL, |store| {
        let first = birth(1, date(2026, 1, 16));
        store.write_sync(|tx| publish(tx, &first, AT, "catalog.csv")).unwrap();
        assert_eq!(store.read_sync(|tx| version(tx, &first.code, 1)).unwrap(), Some(first.clone()));
        assert_eq!(store.read_sync(|tx| version(tx, &first.code, 2)).unwrap(), None);
        let again = store.write_sync(|tx| publish(tx, &first, AT, "catalog.csv"));
        assert!(matches!(again, Err(DbError::Conflict(_))), "{again:?}");
        assert_eq!(store.read_sync(revision).unwrap(), 1, "what failed changed nothing");
    });
}

#[test]
fn storage_chooses_the_version_in_force_as_the_rules_do() {
    on_each_engine(crate::migrations::ALL, |store| {
        let mut last = birth(4, date(2027, 1, 1));
        last.valid_to = Some(date(2027, 3, 31));
        let all = [birth(1, date(2026, 1, 16)), birth(2, date(2026, 7, 1)), birth(3, date(2026, 7, 1)), last];
        for version in &all {
            store.write_sync(|tx| publish(tx, version, AT, "Nguyễn Văn An")).unwrap();
        }
        let code = all[0].code.clone();
        let mut day = date(2026, 1, 1);
        while day < date(2027, 6, 1) {
            let stored = store.read_sync(|tx| in_force(tx, &code, day)).unwrap();
            assert_eq!(stored.as_ref(), ProcedureVersion::in_force(&all, day), "{day}");
            let listed = store.read_sync(|tx| listing(tx, day)).unwrap();
            let in_list = listed.iter().find(|entry| entry.is_in_force).map(|entry| entry.version);
            assert_eq!(in_list, stored.map(|version| version.version), "{day}");
            day = day.checked_add(jiff::Span::new().days(9)).unwrap();
        }
        let heads = store.read_sync(|tx| versions(tx, &code)).unwrap();
        assert_eq!(heads.iter().map(|head| head.version).collect::<Vec<_>>(), [4, 3, 2, 1]);
        assert_eq!(heads[0].published_by, "Nguyễn Văn An");
    });
}

#[test]
fn a_list_carries_what_searches_need() {
    on_each_engine(crate::migrations::ALL, |store| {
        store.write_sync(|tx| publish(tx, &birth(1, date(2026, 1, 16)), AT, "x")).unwrap();
        let listed = store.read_sync(|tx| listing(tx, date(2026, 3, 2))).unwrap();
        let [only] = listed.as_slice() else { panic!("{listed:?}") };
        assert_eq!(only.fields[0].name, "Hộ tịch");
        assert_eq!(only.levels, [ProcedureLevel::Commune]);
        assert_eq!(only.keywords, ["Có con nhỏ", "Giấy khai sinh"]);
        assert!(only.is_outline && only.is_in_force && !only.is_internal);
    });
}

#[test]
fn a_fingerprint_is_of_what_is_said_and_not_of_number_and_day() {
    let first = birth(1, date(2026, 1, 16));
    assert_eq!(fingerprint(&first).unwrap(), fingerprint(&birth(7, date(2027, 1, 1))).unwrap());
    let mut other = first.clone();
    other.name.push('.');
    assert_ne!(fingerprint(&first).unwrap(), fingerprint(&other).unwrap());
}
