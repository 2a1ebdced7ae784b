//! Tests of importing calendars.

use std::path::PathBuf;

use jiff::civil::date;
use motcua_db::testing::on_each_engine;
use motcua_domain::calendar::{Calendar, DayKind};
use motcua_domain::unit::{Unit, UnitLevel};

use super::*;
use crate::calendar::seed;
use crate::import::words;
use crate::migrations::ALL;
use crate::web::locale::Locale;

const OFF: &str = "ngay,thu,ten,loai,nguon,ghi_chu\n";
const MAKEUP: &str = "ngay_lam_bu,thu,thay_cho_ngay_nghi,nguon\n";

/// A file of the shared data, which is not part of the repository.
fn shared(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/holidays").join(name);
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{} is missing", path.display());
    eprintln!("skipped: {} is missing", path.display());
    None
}

fn now() -> Timestamp {
    "2026-03-02T01:00:00Z".parse().unwrap()
}

fn take(store: &Store, source: Source, unit: Option<&UnitCode>) -> Result<Report, ImportError> {
    let author = Author { id: None, name: "motcua".to_owned() };
    import(store, source, unit, &author, now())
}

fn take_text(store: &Store, text: &str) -> Result<Report, ImportError> {
    take(store, Source::from_bytes("x", text.as_bytes().to_vec())?, None)
}

fn counts(report: &Report) -> (u64, u64, u64) {
    (report.taken, report.changed, report.unchanged)
}

fn national(store: &Store) -> motcua_domain::calendar::CalendarLayer {
    store.read_sync(|tx| store::find(tx, None)).unwrap().layer
}

fn version(store: &Store) -> i64 {
    store.read_sync(store::version).unwrap()
}

/// The words in which a refusal is told.
fn refusal(store: &Store, text: &str) -> String {
    let error = take_text(store, text).unwrap_err();
    words::reasons(Locale::Vi, &error).join("\n")
}

#[test]
fn the_holiday_data_agrees_with_what_is_shipped_and_twice_changes_nothing() {
    let Some(off) = shared("holidays-2020-2026.csv") else { return };
    let Some(makeup) = shared("makeup-workdays.csv") else { return };
    on_each_engine(ALL, |store| {
        store.write_sync(|tx| steps::install(tx, now())).unwrap();
        let report = take(store, Source::open(&off).unwrap(), None).unwrap();
        assert_eq!(counts(&report), (0, 0, 100));
        assert_eq!(report.count_of("calendar.import.found_unverified"), 1);
        assert_eq!(report.count_of("calendar.import.found_one_source"), 1);
        assert_eq!(report.count_of("calendar.import.found_label"), 9);
        let report = take(store, Source::open(&makeup).unwrap(), None).unwrap();
        assert_eq!(counts(&report), (0, 0, 4));
        assert_eq!(report.count_of("calendar.import.found_one_source"), 3);
        assert_eq!((version(store), national(store)), (1, seed::national()));
    });
}

#[test]
fn the_holiday_data_alone_makes_the_calendar_of_the_contract() {
    let Some(off) = shared("holidays-2020-2026.csv") else { return };
    let Some(makeup) = shared("makeup-workdays.csv") else { return };
    on_each_engine(ALL, |store| {
        for (path, taken) in [(&makeup, 4), (&off, 100)] {
            assert_eq!(counts(&take(store, Source::open(path).unwrap(), None).unwrap()), (taken, 0, 0));
        }
        let before = version(store);
        for path in [&off, &makeup] {
            let report = take(store, Source::open(path).unwrap(), None).unwrap();
            assert_eq!((report.taken, report.changed), (0, 0));
        }
        assert_eq!(version(store), before, "twice changes nothing");
        let layer = national(store);
        let swap = layer.exceptions.iter().find(|exception| exception.day == date(2026, 1, 2)).unwrap();
        assert_eq!((swap.kind, swap.swapped_with), (DayKind::SwapOff, Some(date(2026, 1, 10))));
        let calendar = Calendar::resolve(&[layer]).unwrap();
        let due = |received: &str, limit: &str| {
            calendar.due_at(received.parse().unwrap(), limit.parse().unwrap()).to_string()
        };
        assert_eq!(due("2026-02-13T16:20+07:00", "5wd"), "2026-02-27T09:20:00Z");
        assert_eq!(due("2026-04-24T15:00+07:00", "12wh"), "2026-04-29T03:00:00Z");
    });
}

#[test]
fn a_day_twice_names_both_rows_and_nothing_is_taken() {
    on_each_engine(ALL, |store| {
        let rows = "2027-01-01,T6,Tết Dương lịch,nghi_le,,\n2027-04-30,T6,Ngày Chiến thắng,nghi_le,,\n";
        let text = format!("{OFF}{rows}2027-01-01,T6,Nghỉ,hoan_doi,,\n");
        assert_eq!(refusal(store, &text), "Dòng 4, cột ngay: Ngày này đã có ở dòng 2 (2027-01-01)");
        assert_eq!((version(store), national(store).exceptions.len()), (0, 0));
        let own = r#"{"exceptions":[
            {"day":"2027-01-01","kind":"HOLIDAY","name":{"vi":"a"}},
            {"day":"2027-01-01","kind":"MAKEUP","name":{"vi":"b"}}]}"#;
        let told = refusal(store, own);
        assert!(told.contains("exceptions[1].day") && told.contains("exceptions[0] (2027-01-01)"), "{told}");
        assert_eq!(version(store), 0);
    });
}

#[test]
fn one_bad_row_among_many_is_named_and_nothing_is_taken() {
    on_each_engine(ALL, |store| {
        let good: Vec<String> = (1..=28).map(|day| format!("2027-06-{day:02},,x,nghi_le,,\n")).collect();
        let good = good.concat();
        for (row, told) in [
            ("2027-02-30,,x,nghi_le,,", "Không phải ngày có thật"),
            ("2127-02-03,,x,nghi_le,,", "Không phải ngày có thật"),
            ("2027-02-03,T2,x,nghi_le,,", "T2 ≠ T4"),
            ("2027-02-03,,x,nghi,,", "Không phải loại ngày nghỉ"),
            ("2027-02-03,, ,nghi_le,,", "Thiếu giá trị"),
            ("2027-02-03,,x,nghi_le", "Số cột"),
        ] {
            let refused = refusal(store, &format!("{OFF}{good}{row}\n"));
            assert!(refused.starts_with("Dòng 30") && refused.contains(told), "{refused}");
        }
        assert_eq!(version(store), 0);
        assert!(refusal(store, "a,b\n1,2\n").contains("a, b"));
        assert!(refusal(store, r#"{"exception":[]}"#).contains("exception"));
        assert!(
            refusal(store, r#"{"weeks":[{"days":[["7:30-11h"],[],[],[],[],[],[]]}]}"#).contains("weeks[0]")
        );
        assert!(
            refusal(store, r#"{"weeks":[{"days":[[],[],[],[],[],[],[]]}]}"#).contains("Không thành lịch")
        );
    });
}

#[test]
fn a_year_is_published_when_every_fixed_holiday_is_there() {
    on_each_engine(ALL, |store| {
        store.write_sync(|tx| steps::install(tx, now())).unwrap();
        let part = format!("{OFF}2027-01-01,,Tết Dương lịch,nghi_le,,\n2027-02-05,,Tết,nghi_le,,\n");
        let report = take_text(store, &part).unwrap();
        assert_eq!(counts(&report), (2, 0, 0));
        let found = report.findings.iter().find(|found| found.key.ends_with("found_incomplete")).unwrap();
        assert_eq!(found.value, "2027-04-16 Giỗ Tổ Hùng Vương");
        assert!(!national(store).published_years.contains(&2027));
        let days = ["2027-04-16", "2027-04-30", "2027-05-01", "2027-11-24"];
        let rest: String = days.map(|day| format!("{day},,x,nghi_le,,\n")).concat();
        let report = take_text(store, &format!("{OFF}{rest}")).unwrap();
        assert!(report.findings.is_empty(), "{:?}", report.findings);
        assert!(national(store).published_years.contains(&2027));
    });
}

#[test]
fn another_kind_replaces_a_day_and_a_makeup_day_finds_its_day_off() {
    on_each_engine(ALL, |store| {
        let report = take_text(store, &format!("{MAKEUP}2027-05-08,T7,2027-04-29,x\n")).unwrap();
        assert_eq!(report.count_of("calendar.import.found_no_day_off"), 1);
        let off = |kind: &str| format!("{OFF}2027-04-29,T5,x,{kind},,\n");
        assert_eq!(counts(&take_text(store, &off("nghi_bu")).unwrap()), (1, 0, 0));
        assert_eq!(counts(&take_text(store, &off("hoan_doi")).unwrap()), (0, 1, 0));
        let report = take_text(store, &format!("{MAKEUP}2027-05-08,T7,2027-04-29,x\n")).unwrap();
        assert_eq!(report.count_of("calendar.import.found_no_day_off"), 0);
        let layer = national(store);
        assert_eq!(layer.exceptions[0].swapped_with, Some(date(2027, 5, 8)));
    });
}

#[test]
fn our_own_format_goes_there_and_back() {
    on_each_engine(ALL, |store| {
        let text = serde_json::to_string(&seed::national()).unwrap();
        let report = take_text(store, &text).unwrap();
        assert_eq!(counts(&report), (104 + 7, 1, 0));
        assert_eq!(national(store), seed::national());
        assert_eq!(counts(&take_text(store, &text).unwrap()), (0, 0, 104 + 7 + 1));
        assert_eq!(version(store), 1);
        // What a file leaves open stays as it is.
        let part = r#"{"day_count":"end_of_day"}"#;
        assert_eq!(counts(&take_text(store, part).unwrap()), (0, 1, 0));
        assert_eq!(national(store).exceptions, seed::national().exceptions);
    });
}

#[test]
fn a_unit_has_its_own_calendar_once_it_is_known() {
    on_each_engine(ALL, |store| {
        let unit: UnitCode = "H44.100".parse().unwrap();
        let text = r#"{"unit":"H44.100","exceptions":[{"day":"2026-09-09","kind":"LOCAL_OFF","name":{"vi":"Bão"}}]}"#;
        assert!(refusal(store, text).contains("Không có đơn vị H44.100"));
        let known = Unit::new(unit.clone(), "UBND xã", UnitLevel::Commune, None, date(2025, 7, 1));
        store.write_sync(|tx| crate::unit::store::save(tx, &known)).unwrap();
        assert_eq!(counts(&take_text(store, text).unwrap()), (1, 0, 0));
        let layers = store.read_sync(store::layers).unwrap();
        assert_eq!(layers.of_units[&unit].exceptions.len(), 1);
        let table = format!("{OFF}2026-09-10,,Bão,hoan_doi,,\n");
        let source = Source::from_bytes("x.csv", table.into_bytes()).unwrap();
        assert_eq!(counts(&take(store, source, Some(&unit)).unwrap()), (1, 0, 0));
        assert_eq!(national(store).exceptions.len(), 0);
    });
}
