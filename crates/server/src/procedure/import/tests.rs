//! Tests of importing whole files.

use std::fmt::Write as _;
use std::path::PathBuf;

use jiff::civil::date;
use motcua_db::testing::on_each_engine;
use motcua_domain::procedure::{Channel, OnlineLevel};

use super::*;
use crate::procedure::store as procedures;

const AT: &str = "2026-03-02T01:00:00.000Z";
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

fn take(store: &Store, name: &str, text: &str) -> Result<Report, ImportError> {
    import(store, Source::from_bytes(name, text.as_bytes().to_vec())?, TODAY, AT)
}

fn counts(report: &Report) -> (u64, u64, u64, u64) {
    (report.taken, report.changed, report.unchanged, report.left_out)
}

const FLAT: &str = "ma_thu_tuc,ten_thu_tuc,linh_vuc,co_quan_cong_bo,co_quan_thuc_hien\n\
    1.000001,Thủ tục một,Hộ tịch,Bộ Tư pháp,UBND cấp xã\n\
    1.000002,Thủ tục hai,Hộ tịch,Bộ Tư pháp,UBND cấp xã\n";

fn portal(name: &str) -> String {
    format!(
        r#"{{"code":"1.000001","name":"{name}","isWard":true,"executionMethods":[{{"submissionMethod":"DIRECT","processingTime":3,"processingTimeUnit":"WORKING_DAY"}}],"executionCases":[]}}"#
    )
}

#[test]
fn importing_twice_changes_nothing() {
    on_each_engine(crate::migrations::ALL, |store| {
        assert_eq!(counts(&take(store, "a.csv", FLAT).unwrap()), (2, 0, 0, 0));
        assert_eq!(counts(&take(store, "a.csv", FLAT).unwrap()), (0, 0, 2, 0));
        assert_eq!(store.read_sync(procedures::revision).unwrap(), 2);
    });
}

#[test]
fn a_line_of_a_catalogue_never_takes_the_place_of_something_richer() {
    on_each_engine(crate::migrations::ALL, |store| {
        take(store, "a.csv", FLAT).unwrap();
        assert_eq!(counts(&take(store, "d.json", &portal("Một")).unwrap()), (0, 1, 0, 0));
        assert_eq!(counts(&take(store, "d.json", &portal("Một, sửa đổi")).unwrap()), (0, 1, 0, 0));
        let changed = FLAT.replace("Thủ tục một", "Tên khác");
        let report = take(store, "a.csv", &changed).unwrap();
        assert_eq!(counts(&report), (0, 0, 1, 1));
        assert_eq!(report.count_of("procedure.found_richer_here"), 1);
        let code = "1.000001".parse().unwrap();
        let version = store.read_sync(|tx| procedures::in_force(tx, &code, TODAY)).unwrap().unwrap();
        assert_eq!((version.version, version.name.as_str()), (3, "Một, sửa đổi"));
    });
}

#[test]
fn what_this_office_wrote_is_not_taken_back_by_an_import() {
    on_each_engine(crate::migrations::ALL, |store| {
        take(store, "d.json", &portal("Một")).unwrap();
        let own = r#"{"code":"1.000001","name":"Một, đã kiểm tra","valid_from":"2026-02-01","channels":[{"channel":"direct","limit":"2wd"}]}"#;
        assert_eq!(counts(&take(store, "own.json", own).unwrap()), (0, 1, 0, 0));
        assert_eq!(counts(&take(store, "own.json", own).unwrap()), (0, 0, 1, 0));
        assert_eq!(counts(&take(store, "d.json", &portal("Một")).unwrap()), (0, 0, 1, 0));
        let report = take(store, "d.json", &portal("Một, bản mới")).unwrap();
        assert_eq!((counts(&report), report.count_of("procedure.found_written_here")), ((0, 0, 0, 1), 1));
    });
}

#[test]
fn a_published_number_never_changes_what_it_says() {
    on_each_engine(crate::migrations::ALL, |store| {
        let own = |version: u32, name: &str| {
            format!(r#"{{"code":"1.000001","version":{version},"name":"{name}","valid_from":"2026-02-01"}}"#)
        };
        assert_eq!(counts(&take(store, "o", &own(2, "Hai")).unwrap()), (1, 0, 0, 0));
        assert_eq!(counts(&take(store, "o", &own(2, "Hai")).unwrap()), (0, 0, 1, 0));
        let report =
            take(store, "o", &format!("{}\n{}\n{}", own(2, "Khác"), own(1, "Một"), own(3, "Ba"))).unwrap();
        assert_eq!(counts(&report), (0, 1, 0, 2));
        let keys: Vec<_> = report.findings.iter().map(|finding| (finding.row, finding.key)).collect();
        assert_eq!(keys, [(1, "procedure.found_other_content"), (2, "procedure.found_older_version")]);
    });
}

#[test]
fn one_bad_row_among_thousands_is_named_and_nothing_is_taken() {
    on_each_engine(crate::migrations::ALL, |store| {
        let mut text = "ma_thu_tuc,ten_thu_tuc,linh_vuc,co_quan_cong_bo,cap_thuc_hien\n".to_owned();
        for row in 0..3_000 {
            let level = if row == 2_345 { "Cấp phường" } else { "Cấp xã" };
            writeln!(text, "1.{row:06},Thủ tục,Hộ tịch,Bộ Tư pháp,{level}").unwrap();
        }
        let Err(ImportError::BadRows(rows)) = take(store, "a.csv", &text) else { panic!("it was taken") };
        let named: Vec<_> =
            rows.iter().map(|row| (row.row, row.column.as_str(), row.problem.value.as_str())).collect();
        assert_eq!(named, [(2_347, "cap_thuc_hien", "Cấp phường")]);
        assert_eq!(store.read_sync(procedures::known).unwrap().len(), 0);
    });
}

#[test]
fn files_that_are_something_else_say_so() {
    on_each_engine(crate::migrations::ALL, |store| {
        assert!(matches!(take(store, "x.csv", "a,b\n1,2\n"), Err(ImportError::UnknownKind(_))));
        assert!(matches!(take(store, "x.json", ""), Err(ImportError::UnknownKind(_) | ImportError::Empty)));
        let Err(ImportError::BadRows(rows)) = take(store, "x.json", r#"{"features":[]}"#) else { panic!() };
        assert_eq!(rows[0].problem.key, "procedure.not_a_procedure");
    });
}

#[test]
fn a_code_that_comes_twice_is_taken_as_it_comes_last() {
    on_each_engine(crate::migrations::ALL, |store| {
        let text = format!("{FLAT} 1.000001,Thủ tục một mới,Hộ tịch,Bộ Tư pháp,UBND cấp xã\n");
        let report = take(store, "a.csv", &text).unwrap();
        assert_eq!(counts(&report), (2, 0, 0, 1));
        assert_eq!(report.findings[0].row, 2);
        let code = "1.000001".parse().unwrap();
        let version = store.read_sync(|tx| procedures::in_force(tx, &code, TODAY)).unwrap().unwrap();
        assert_eq!(version.name, "Thủ tục một mới");
    });
}

#[test]
fn the_real_objects_are_all_taken_and_their_known_defects_reported() {
    let Some(path) = shared("tthc/details.jsonl.gz") else { return };
    on_each_engine(crate::migrations::ALL, |store| {
        let report = import(store, Source::open(&path).unwrap(), TODAY, AT).unwrap();
        assert_eq!(counts(&report), (402, 0, 0, 0));
        let found = |key: &str| report.count_of(&format!("procedure.found_{key}"));
        assert_eq!(found("limit_other"), 229);
        assert_eq!(found("fee_zero"), 1_092);
        assert_eq!(found("fee_in_currency"), 18);
        assert_eq!(found("nothing_required"), 364, "the others list no papers");
        assert_eq!(found("number_with_proposal"), 402);
        assert_eq!(found("vertical"), 20);

        let again = import(store, Source::open(&path).unwrap(), TODAY, AT).unwrap();
        assert_eq!(counts(&again), (0, 0, 402, 0));

        let code = "1.001193".parse().unwrap();
        let birth = store.read_sync(|tx| procedures::in_force(tx, &code, TODAY)).unwrap().unwrap();
        assert_eq!(birth.cases.len(), 1, "its four groups are headings");
        assert_eq!(birth.open_channels(), Channel::ALL);
        assert_eq!(birth.online, OnlineLevel::Partial { reason: String::new() });
        assert!(birth.channels.iter().all(|terms| terms.limit.is_none()), "unit OTHER is not guessed");

        let mut exported = Vec::new();
        assert_eq!(export(store, false, &mut exported).unwrap(), 402);
        let back = Source::from_bytes("export.jsonl", exported).unwrap();
        assert_eq!(counts(&import(store, back, TODAY, AT).unwrap()), (0, 0, 402, 0));
    });
}

#[test]
fn the_real_catalogue_is_taken_around_what_is_richer() {
    let (Some(details), Some(catalogue)) = (shared("tthc/details.jsonl.gz"), shared("tthc/catalog.csv"))
    else {
        return;
    };
    on_each_engine(crate::migrations::ALL, |store| {
        import(store, Source::open(&details).unwrap(), TODAY, AT).unwrap();
        let report = import(store, Source::open(&catalogue).unwrap(), TODAY, AT).unwrap();
        assert_eq!(report.count_of("procedure.found_struck_off"), 1);
        assert_eq!(report.taken + report.unchanged + report.left_out, 5_669);
        assert_eq!(
            report.left_out,
            1 + u64::try_from(report.count_of("procedure.found_richer_here")).unwrap()
        );
        let again = import(store, Source::open(&catalogue).unwrap(), TODAY, AT).unwrap();
        assert_eq!((again.taken, again.changed, again.left_out), (0, 0, report.left_out));
    });
}
