//! Due instants follow what they are counted with: a day off decided today moves every running dossier.

use jiff::SignedDuration;
use jiff::civil::date;
use motcua::app::App;
use motcua::calendar::steps::change;
use motcua::calendar::store::Author;
use motcua::dossier::recount::recount;
use motcua::dossier::steps;
use motcua::dossier::verify::verify;
use motcua::office::{Facts, Snapshot};
use motcua_db::DbError;
use motcua_domain::access::Role;
use motcua_domain::calendar::{CalendarError, DayException, DayKind, DayName};
use motcua_domain::dossier::Action;
use motcua_domain::ids::MessageId;
use motcua_domain::unit::{Unit, UnitLevel};

use crate::dossier::{accept, code, file, officer};
use crate::given::{Office, on_each_engine};

/// One dossier that was handed over, due on Monday 9 March, in units that storage knows.
async fn running(office: &Office) -> String {
    let since = date(2025, 7, 1);
    let province = Unit::new(code("H99"), "UBND tỉnh Mẫu", UnitLevel::Province, None, since);
    let commune = Unit::new(code("H99.101"), "UBND xã Mẫu", UnitLevel::Commune, Some(code("H99")), since);
    office
        .app
        .store
        .write(move |tx| {
            motcua::unit::store::save(tx, &province)?;
            motcua::unit::store::save(tx, &commune)
        })
        .await
        .unwrap();
    office.app.reload_office().await.unwrap();
    let dossier = file(office, "press").await.dossier.code;
    let desk = officer(20, Role::Reception, "H99.101");
    steps::take(&office.app, &desk, &dossier, None, accept()).await.unwrap();
    let forward = Action::Forward { step: "receive".parse().unwrap(), note: String::new() };
    steps::take(&office.app, &desk, &dossier, None, forward).await.unwrap();
    dossier.to_string()
}

async fn day_off(app: &App, day: jiff::civil::Date) {
    let (author, now) = (Author { id: None, name: "motcua".to_owned() }, app.clock.now());
    let storm = DayException {
        day,
        kind: DayKind::LocalOff,
        name: DayName { vi: "Nghỉ tránh bão".to_owned(), en: None },
        swapped_with: None,
        windows: Vec::new(),
    };
    app.store
        .write(move |tx| {
            change::<Failure>(tx, None, &author, now, |layer| {
                layer.exceptions.push(storm.clone());
                Ok(())
            })
        })
        .await
        .unwrap();
}

#[derive(Debug)]
struct Failure;

impl From<CalendarError> for Failure {
    fn from(error: CalendarError) -> Self {
        panic!("{error}")
    }
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        panic!("{error}")
    }
}

async fn due(app: &App, dossier: &str) -> (Option<String>, String) {
    let code = dossier.to_owned();
    app.store
        .read(move |tx| {
            let row = tx.one("select due_at from dossier where code = $1", &[code.as_str().into()])?.unwrap();
            let work = tx.one(
                "select min(due_at) as due_at from work where dossier_code = $1",
                &[code.as_str().into()],
            )?;
            Ok::<_, DbError>((row.get("due_at")?, work.unwrap().get("due_at")?))
        })
        .await
        .unwrap()
}

#[test]
fn a_day_off_decided_today_moves_the_due_instant_of_running_dossiers() {
    on_each_engine(async |office| {
        let dossier = running(&office).await;
        let monday = "2026-03-09T01:00:00.000Z".to_owned();
        assert_eq!(due(&office.app, &dossier).await, (Some(monday.clone()), monday));
        recount(&office.app).await.unwrap();
        office.wait(SignedDuration::from_mins(3));
        recount(&office.app).await.unwrap();

        day_off(&office.app, date(2026, 3, 4)).await;
        office.app.reload_office().await.unwrap();
        let checked = verify(&office.app).await.expect("what waits for being counted is no difference");
        assert_eq!(checked.waiting, 1);
        recount(&office.app).await.unwrap();
        let tuesday = "2026-03-10T01:00:00.000Z".to_owned();
        assert_eq!(due(&office.app, &dossier).await, (Some(tuesday.clone()), tuesday));

        office.wait(SignedDuration::from_mins(3));
        recount(&office.app).await.unwrap();
        assert_eq!(verify(&office.app).await.unwrap().waiting, 0);
        let code = dossier.parse().unwrap();
        let desk = officer(20, Role::Reception, "H99.101");
        let read =
            Action::SendMessage { id: MessageId::new(uuid::Uuid::from_u128(3)), text: "Đã rõ".to_owned() };
        steps::take(&office.app, &desk, &code, None, read).await.expect("the dossier goes on");
    });
}

/// Another server may count a dossier again after a page loaded it and before its step is saved, and this one may not know
/// of the day off yet.
#[test]
fn a_step_beside_a_recount_leaves_row_and_work_alike() {
    on_each_engine(async |office| {
        let dossier = running(&office).await;
        let (code, desk) = (dossier.parse().unwrap(), officer(20, Role::Reception, "H99.101"));
        let seen = steps::open(&office.app, &desk, &code).await.unwrap();
        let today = date(2026, 3, 2);
        let old = office.app.store.read_sync(|tx| Facts::read(tx, today)).unwrap();
        let old = Snapshot::new(old, today).unwrap();
        day_off(&office.app, date(2026, 3, 4)).await;
        office.app.reload_office().await.unwrap();
        recount(&office.app).await.unwrap();
        office.app.set_office(old);
        let (id, text) = (MessageId::new(uuid::Uuid::from_u128(3)), "Đã rõ".to_owned());
        steps::take_on(&office.app, &desk, &seen, None, Action::SendMessage { id, text }).await.unwrap();
        let (row, work) = due(&office.app, &dossier).await;
        assert_eq!(row.as_deref(), Some(work.as_str()));
    });
}

#[test]
fn a_due_instant_changed_by_hand_while_nothing_is_counted_is_named() {
    on_each_engine(async |office| {
        let dossier = running(&office).await;
        for _ in 0..2 {
            recount(&office.app).await.unwrap();
            office.wait(SignedDuration::from_mins(3));
        }
        let sql = "update dossier set due_at = '2026-03-19T01:00:00.000Z'";
        office.app.store.write(move |tx| tx.run(sql, &[])).await.unwrap();
        let error = verify(&office.app).await.expect_err("somebody gave the dossier ten days more");
        assert!(error.to_string().contains(&dossier) && error.to_string().contains("due_at"), "{error}");
    });
}
