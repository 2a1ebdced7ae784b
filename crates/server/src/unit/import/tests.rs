//! Tests of importing areas and units.

use std::path::PathBuf;

use jiff::civil::date;
use motcua_db::testing::on_each_engine;
use motcua_domain::unit::area::{TWO_LEVELS_FROM, Upgrade, upgrade};

use super::*;

const TODAY: Date = date(2026, 3, 2);

/// A file of the shared data, which is not part of the repository.
fn shared(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{} is missing", path.display());
    eprintln!("skipped: {} is missing", path.display());
    None
}

fn file(name: &str, text: &str) -> Read {
    read(Source::from_bytes(name, text.as_bytes().to_vec()).unwrap()).unwrap()
}

/// New, changed and unchanged rows of each file.
type Counts = Vec<(u64, u64, u64)>;

fn take_texts(store: &Store, texts: &[&str]) -> Result<Counts, (String, ImportError)> {
    let files = texts.iter().map(|text| file("x.csv", text)).collect();
    let reports = take_all(store, files, TODAY)?;
    Ok(reports.iter().map(|report| (report.taken, report.changed, report.unchanged)).collect())
}

const PROVINCES: &str = "ma_tinh,ten,ten_day_du,so_xa\n25,Phú Thọ,Tỉnh Phú Thọ,1\n";
const COMMUNES: &str =
    "ma_xa,ten_day_du,ma_tinh,ten_theo_bang_chuyen_doi_2025\n07900,Phường Việt Trì,25,Phường Việt Trì\n";
const AGENCIES: &str = "ma_dinh_danh,ten,cap,ma_xa_gso\nH44,UBND tỉnh Phú Thọ,TOAN_TINH,\nH44.01,Văn phòng UBND Tỉnh - Tỉnh Phú Thọ,SO_NGANH,\nH44.100,UBND Phường Việt Trì,XA,07900\n";

#[test]
fn files_are_taken_in_the_order_in_which_they_need_each_other() {
    on_each_engine(crate::migrations::ALL, |store| {
        assert_eq!(
            take_texts(store, &[AGENCIES, COMMUNES, PROVINCES]).unwrap(),
            [(1, 0, 0), (1, 0, 0), (3, 0, 0)]
        );
        assert_eq!(
            take_texts(store, &[AGENCIES, COMMUNES, PROVINCES]).unwrap(),
            [(0, 0, 1), (0, 0, 1), (0, 0, 3)]
        );
        let units = Units::new(store.read_sync(store::all).unwrap()).unwrap();
        let names: Vec<_> = units.all_on(TODAY).map(|unit| unit.name.as_str()).collect();
        assert_eq!(names, ["UBND tỉnh Phú Thọ", "Văn phòng UBND Tỉnh", "UBND Phường Việt Trì"]);
        let province = units.on(&"H44".parse().unwrap(), TODAY).unwrap();
        assert_eq!(province.area.as_ref().map(ToString::to_string).as_deref(), Some("25"));
        let commune = units.on(&"H44.100".parse().unwrap(), TODAY).unwrap();
        assert_eq!(
            units.of_level(&commune.code, motcua_domain::unit::UnitLevel::Province, TODAY),
            Some(province)
        );
    });
}

#[test]
fn a_list_of_codes_does_not_take_away_what_this_office_added() {
    on_each_engine(crate::migrations::ALL, |store| {
        take_texts(store, &[PROVINCES, COMMUNES, AGENCIES]).unwrap();
        let code = "H44.100".parse().unwrap();
        let mut commune = store.read_sync(|tx| store::on(tx, &code, TODAY)).unwrap().unwrap();
        commune.phone = "02103846647".to_owned();
        store.write_sync(|tx| store::save(tx, &commune)).unwrap();
        let renamed = AGENCIES.replace("UBND Phường Việt Trì", "UBND phường Việt Trì");
        assert_eq!(take_texts(store, &[&renamed]).unwrap(), [(0, 1, 2)]);
        let commune = store.read_sync(|tx| store::on(tx, &code, TODAY)).unwrap().unwrap();
        assert_eq!((commune.name.as_str(), commune.phone.as_str()), ("UBND phường Việt Trì", "02103846647"));
    });
}

#[test]
fn what_does_not_fit_is_named_and_nothing_is_taken() {
    on_each_engine(crate::migrations::ALL, |store| {
        let bad = |texts: &[&str]| match take_texts(store, texts) {
            Err((_, ImportError::BadRows(rows))) => {
                rows.iter().map(|row| (row.row, row.column.clone(), row.problem.key)).collect::<Vec<_>>()
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(bad(&[COMMUNES]), [(2, "ma_tinh".to_owned(), "unit.unknown_area")]);
        let own = r#"{"code":"H1","name":"A","level":"commune","parent":"H9","valid_from":"2025-07-01"}"#;
        assert_eq!(bad(&[own]), [(1, "parent".to_owned(), "unit.no_tree")]);
        assert_eq!(store.read_sync(store::all).unwrap(), []);
        let read_error =
            |text: &str| match read(Source::from_bytes("x.csv", text.as_bytes().to_vec()).unwrap()) {
                Err(ImportError::BadRows(rows)) => rows[0].problem.key,
                Err(ImportError::UnknownKind(_)) => "unknown kind",
                other => panic!("{other:?}"),
            };
        assert_eq!(read_error("a,b\n1,2\n"), "unknown kind");
        assert_eq!(read_error("ma_tinh,ten_day_du\n001,A\n"), "unit.not_an_area_code");
        assert_eq!(read_error("ma_xa_moi,ma_xa_cu,ghi_chu\n00004,00004,Khác\n"), "unit.not_a_share");
        assert_eq!(read_error("ma_dinh_danh,ten,cap,ma_xa_gso\nh44,A,XA,00004\n"), "unit.not_a_unit_code");
        assert_eq!(read_error("ma_dinh_danh,ten,cap,ma_xa_gso\nH44,A,HUYEN,00004\n"), "unit.not_a_level");
    });
}

#[test]
fn units_in_our_own_format_come_back_as_they_were() {
    on_each_engine(crate::migrations::ALL, |store| {
        take_texts(store, &[PROVINCES, COMMUNES, AGENCIES]).unwrap();
        let units = store.read_sync(store::all).unwrap();
        let lines: Vec<String> = units.iter().map(|unit| serde_json::to_string(unit).unwrap()).collect();
        assert_eq!(take_texts(store, &[&lines.join("\n")]).unwrap(), [(0, 0, 3)]);
    });
}

#[test]
fn the_real_lists_are_taken_and_what_they_disagree_about_is_reported() {
    let names = [
        "units/conversion-2025.csv",
        "units/conversion-special.csv",
        "units/legacy-communes.csv",
        "units/legacy-districts.csv",
        "units/legacy-provinces.csv",
        "units/provinces-current.csv",
        "units/wards-current.csv",
        "agency-codes/phu-tho-level2.csv",
    ];
    let Some(paths) = names.iter().map(|name| shared(name)).collect::<Option<Vec<_>>>() else { return };
    let read_all =
        || -> Vec<Read> { paths.iter().map(|path| read(Source::open(path).unwrap()).unwrap()).collect() };
    on_each_engine(crate::migrations::ALL, |store| {
        let reports = take_all(store, read_all(), TODAY).unwrap();
        let taken: Vec<u64> = reports.iter().map(|report| report.taken).collect();
        assert_eq!(taken, [63, 696, 10_051, 34, 3_321, 10_565, 6, 164]);
        assert_eq!(reports[4].count_of("unit.found_renamed"), 10, "the communes of Đồng Nai");
        assert!(0 < reports[5].count_of("unit.found_unlisted_area"));
        let again = take_all(store, read_all(), TODAY).unwrap();
        assert!(again.iter().all(|report| report.taken + report.changed == 0));

        let became = |old: &str| {
            let old = old.parse().unwrap();
            let lines = store.read_sync(|tx| store::successors_of(tx, &old)).unwrap();
            upgrade(&old, &lines)
        };
        assert_eq!(became("00013"), Upgrade::Sure("00004".parse().unwrap()), "Quán Thánh is Ba Đình");
        assert!(matches!(became("00112"), Upgrade::OneOf(areas) if 1 < areas.len()), "Thụy Khuê was divided");
        assert_eq!(became("318"), Upgrade::Sure("11948".parse().unwrap()), "Bạch Long Vĩ");
        let province: motcua_domain::unit::area::AreaCode = "25".parse().unwrap();
        let communes = store.read_sync(|tx| store::areas_in(tx, Some(&province), TWO_LEVELS_FROM)).unwrap();
        assert_eq!(communes.len(), 148);
    });
}
