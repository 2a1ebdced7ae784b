//! A simulated population keeps its spec to the dossier, repeats itself, and is an office like any other.

use std::collections::BTreeMap;
use std::path::Path;

use motcua::app::App;
use motcua::dossier::store::{self, DossierRow};
use motcua::dossier::verify::verify;
use motcua::simulate::course::end_of;
use motcua::simulate::spec::Spec;
use motcua::simulate::{Simulated, simulate};

use crate::given::on_each_engine;

const SPEC: &str = r#"
    title = "Tỉnh thử nghiệm"
    from = "2026-01-05"
    to = "2026-01-23"
    until = "2026-02-11"
    [province]
    code = "H99"
    name = "UBND tỉnh Hương Sen"
    [units.table]
    file = "units.csv"
    code = "ma"
    name = "ten"
    level = "cap"
    department = "SO"
    commune = "XA"
    received = "nhan"
    late = "tre"
    [units.made]
    communes = 2
    dossiers = 90
    late = 0.1
    busiest = 2.0
    [shares]
    supplement_at_intake = 0.1
    supplement = 0.1
    lapsed = 0.05
    payment = 0.1
    refused = 0.08
    withdrawn = 0.08
    paused = 0.08
    sent_back = 0.1
    rejected = 0.1
"#;
const TABLE: &str = "ma,ten,cap,nhan,tre\nH99,Cả tỉnh,TINH,70,30\nH99.07,Sở Thử,SO,40,0\nH99.08,Sở Trễ,SO,3,3\nH99.09,Sở Vắng,SO,0,0\nH99.201,Xã Thử,XA,30,11\n";

async fn simulated(app: &App, spec: &str, seed: u64) -> Simulated {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("spec.toml");
    std::fs::write(&file, spec).unwrap();
    std::fs::write(folder.path().join("units.csv"), TABLE).unwrap();
    let (spec, units) = Spec::read(&file).unwrap();
    app.clock.set(end_of(spec.until()));
    simulate(app, &spec, &units, seed, |_| {}).await.unwrap()
}

fn rows(app: &App) -> Vec<DossierRow> {
    app.store.read_sync(|tx| store::rows_after(tx, "", 10_000)).unwrap()
}

#[test]
fn every_unit_has_as_many_dossiers_and_late_ones_as_the_spec_says_and_verify_is_silent() {
    on_each_engine(async |office| {
        let simulated = simulated(&office.app, SPEC, 5).await;
        assert_eq!(simulated.refused, Vec::<String>::new());
        assert_eq!(simulated.differences(), Vec::<String>::new());
        assert_eq!(simulated.totals.len(), 6);
        assert_eq!(simulated.dossiers, 163);
        let checked = verify(&office.app).await.unwrap();
        assert_eq!((checked.dossiers, checked.entries), (163, simulated.entries));
        assert_eq!(checked.seals, 1);
        let mut by_status: BTreeMap<i64, usize> = BTreeMap::new();
        for row in rows(&office.app) {
            *by_status.entry(row.status).or_default() += 1;
        }
        for status in [3, 4, 7, 8, 10] {
            assert!(by_status.contains_key(&status), "none is in status {status}: {by_status:?}");
        }
        let channels = rows(&office.app).into_iter().map(|row| row.channel);
        let channels: std::collections::BTreeSet<String> = channels.collect();
        assert_eq!(channels.into_iter().collect::<Vec<_>>(), ["counter", "online", "post"]);
    });
}

/// Everything that does not hang on the key file of the folder.
fn lived(app: &App) -> Vec<(String, i64, String, Option<String>, i64, String)> {
    let lived = |row: DossierRow| {
        (row.code, row.status, row.submitted_at, row.due_at, row.head_sequence, row.applicant_name)
    };
    rows(app).into_iter().map(lived).collect()
}

#[test]
fn the_same_seed_lives_the_same_lives_and_another_lives_others() {
    let run = |seed: u64| {
        let all = std::sync::Mutex::new(Vec::new());
        on_each_engine(async |office| {
            simulated(&office.app, SPEC, seed).await;
            all.lock().unwrap().push(lived(&office.app));
        });
        all.into_inner().unwrap()
    };
    let (once, again, other) = (run(5), run(5), run(6));
    assert_eq!(once, again);
    assert_ne!(once, other);
    assert!(once.iter().all(|engine| *engine == once[0]), "both engines hold the same");
}

#[test]
fn the_desk_of_a_simulated_unit_lists_its_work() {
    on_each_engine(async |office| {
        simulated(&office.app, SPEC, 5).await;
        let mut office = office.demonstration().await;
        let page = office.get("/demo").await.text();
        assert!(page.contains("truongphong.h99.07"), "the officers are listed");
        let found = rows(&office.app).into_iter().find(|row| row.ended_at.is_none()).unwrap();
        let page = office.get(&format!("/tra-cuu/{}", found.code)).await.text();
        assert!(page.contains(&found.code));
    });
}

/// Everything ends on the only day, on which people file online, late in the evening.
const EVENING: &str = r#"
    title = "Buổi tối"
    from = "2026-01-05"
    to = "2026-01-05"
    [province]
    code = "H99"
    name = "UBND tỉnh Hương Sen"
    [units.made]
    communes = 2
    dossiers = 60
    late = 0.0
    [doors]
    online = 1.0
    [hours]
    online = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]
"#;

#[test]
fn what_cannot_be_filed_online_comes_to_the_counter_before_everything_ends() {
    on_each_engine(async |office| {
        let simulated = simulated(&office.app, EVENING, 5).await;
        assert_eq!(simulated.refused, Vec::<String>::new());
        assert_eq!(simulated.differences(), Vec::<String>::new());
        let rows = rows(&office.app);
        let (counter, online): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.channel == "counter");
        assert!(!counter.is_empty() && !online.is_empty(), "{} and {}", counter.len(), online.len());
        assert!(
            online.iter().all(|row| row.submitted_at.as_str() >= "2026-01-05T15:00"),
            "at the hour of the spec"
        );
        assert!(counter.iter().all(|row| row.submitted_at.as_str() < "2026-01-05T10:00"), "when it is open");
    });
}

/// The calendar knows no working day between from and to.
#[test]
fn nobody_comes_to_a_counter_that_is_not_open() {
    on_each_engine(async |office| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("spec.toml");
        std::fs::write(&file, EVENING.replace("2026-01-05", "2026-01-04")).unwrap();
        let (spec, units) = Spec::read(&file).unwrap();
        office.app.clock.set(end_of(spec.until()));
        let error = simulate(&office.app, &spec, &units, 5, |_| {}).await.unwrap_err();
        assert!(error.to_string().contains("not one working day lies between them"), "{error:#}");
    });
}

#[test]
fn a_simulation_that_cannot_be_kept_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let read = |text: String| {
        std::fs::write(folder.path().join("units.csv"), TABLE).unwrap();
        let file = folder.path().join("spec.toml");
        std::fs::write(&file, text).unwrap();
        format!("{:#}", Spec::read(Path::new(&file)).unwrap_err())
    };
    assert!(read(SPEC.replace("nhan\"", "co\"")).contains("has no column co"));
    assert!(read(SPEC.replace("units.csv", "keine.csv")).contains("keine.csv"));
    std::fs::write(folder.path().join("units.csv"), TABLE).unwrap();
}
