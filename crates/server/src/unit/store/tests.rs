//! Tests of the storage of units and areas, on each engine.

use jiff::civil::date;
use motcua_db::testing::on_each_engine;
use motcua_domain::unit::UnitLevel;
use motcua_domain::unit::area::{THREE_LEVELS_UNTIL, TWO_LEVELS_FROM};

use super::*;

fn code(text: &str) -> UnitCode {
    text.parse().unwrap()
}

fn area(text: &str, name: &str, parent: Option<&str>, from: Option<Date>, to: Option<Date>) -> Area {
    let parent = parent.map(|parent| parent.parse().unwrap());
    Area { code: text.parse().unwrap(), name: name.to_owned(), parent, valid_from: from, valid_to: to }
}

#[test]
fn a_unit_is_what_it_was_on_the_day() {
    on_each_engine(crate::migrations::ALL, |store| {
        let mut before =
            Unit::new(code("H44.45"), "Sở Nông nghiệp", UnitLevel::Department, None, date(2016, 1, 1));
        before.valid_to = Some(date(2025, 2, 28));
        let after = Unit::new(
            code("H44.45"),
            "Sở Nông nghiệp và Môi trường",
            UnitLevel::Department,
            None,
            date(2025, 3, 1),
        );
        let saved = store
            .write_sync(|tx| Ok::<_, DbError>([save(tx, &before)?, save(tx, &after)?, save(tx, &after)?]));
        assert_eq!(saved.unwrap(), [Saved::New, Saved::New, Saved::Unchanged]);
        let name_on = |day| store.read_sync(|tx| on(tx, &code("H44.45"), day)).unwrap().map(|unit| unit.name);
        assert_eq!(name_on(date(2025, 2, 28)).as_deref(), Some("Sở Nông nghiệp"));
        assert_eq!(name_on(date(2025, 3, 1)).as_deref(), Some("Sở Nông nghiệp và Môi trường"));
        assert_eq!(name_on(date(2015, 1, 1)), None);
        assert_eq!(store.read_sync(all).unwrap(), [before, after]);
        assert_eq!(store.read_sync(revision).unwrap(), 2);
    });
}

#[test]
fn a_code_that_was_used_again_is_two_areas() {
    on_each_engine(crate::migrations::ALL, |store| {
        let areas = [
            area("01", "Thành phố Hà Nội", None, None, Some(THREE_LEVELS_UNTIL)),
            area("01", "Thành phố Hà Nội", None, Some(TWO_LEVELS_FROM), None),
            area("001", "Quận Ba Đình", Some("01"), None, Some(THREE_LEVELS_UNTIL)),
            area("00004", "Phường Trúc Bạch", Some("001"), None, Some(THREE_LEVELS_UNTIL)),
            area("00004", "Phường Ba Đình", Some("01"), Some(TWO_LEVELS_FROM), None),
            area("00008", "Phường Ân Thi", Some("01"), Some(TWO_LEVELS_FROM), None),
            area("00010", "Phường Đống Đa", Some("01"), Some(TWO_LEVELS_FROM), None),
        ];
        store.write_sync(|tx| areas.iter().try_for_each(|area| save_area(tx, area).map(drop))).unwrap();
        let ba_dinh: AreaCode = "00004".parse().unwrap();
        let name_on = |day| store.read_sync(|tx| area_on(tx, &ba_dinh, day)).unwrap().map(|area| area.name);
        assert_eq!(name_on(date(1990, 1, 1)).as_deref(), Some("Phường Trúc Bạch"));
        assert_eq!(name_on(TWO_LEVELS_FROM).as_deref(), Some("Phường Ba Đình"));
        assert_eq!(store.read_sync(|tx| area_history(tx, &ba_dinh)).unwrap(), areas[3..5]);

        let names_in = |parent: Option<&str>, day| -> Vec<String> {
            let parent: Option<AreaCode> = parent.map(|parent| parent.parse().unwrap());
            let found = store.read_sync(|tx| areas_in(tx, parent.as_ref(), day)).unwrap();
            found.into_iter().map(|area| area.name).collect()
        };
        assert_eq!(names_in(None, TWO_LEVELS_FROM), ["Thành phố Hà Nội"]);
        assert_eq!(
            names_in(Some("01"), TWO_LEVELS_FROM),
            ["Phường Ân Thi", "Phường Ba Đình", "Phường Đống Đa"]
        );
        assert_eq!(names_in(Some("01"), THREE_LEVELS_UNTIL), ["Quận Ba Đình"]);
        let named =
            |text: &str| store.read_sync(|tx| provinces_named(tx, text, TWO_LEVELS_FROM)).unwrap().len();
        assert_eq!([named("ha noi"), named("thanh pho ha noi"), named("noi"), named("a noi")], [1, 1, 1, 0]);
    });
}

#[test]
fn a_succession_is_read_from_both_ends() {
    on_each_engine(crate::migrations::ALL, |store| {
        let line = Succession {
            old: "00013".parse().unwrap(),
            new: "00004".parse().unwrap(),
            on: TWO_LEVELS_FROM,
            share: Share::Part,
            note: "Nhập một phần".to_owned(),
        };
        let whole = Succession { share: Share::Whole, ..line.clone() };
        let saved = store.write_sync(|tx| {
            Ok::<_, DbError>([
                save_succession(tx, &whole)?,
                save_succession(tx, &line)?,
                save_succession(tx, &line)?,
            ])
        });
        assert_eq!(saved.unwrap(), [Saved::New, Saved::Changed, Saved::Unchanged]);
        assert_eq!(store.read_sync(|tx| successors_of(tx, &line.old)).unwrap(), std::slice::from_ref(&line));
        assert_eq!(store.read_sync(|tx| predecessors_of(tx, &line.new)).unwrap(), [line]);
    });
}
