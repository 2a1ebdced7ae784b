//! The counter: one page takes a dossier in, once, and says everything that is wrong at once.

use std::collections::HashMap;

use jiff::civil::date;
use motcua::dossier::steps;
use motcua::office::{Facts, Snapshot};
use motcua::procedure::store::publish;
use motcua_domain::access::Role;
use motcua_domain::calendar::Limit;
use motcua_domain::dossier::Status;
use motcua_domain::procedure::{Channel, ChannelTerms, Competence, ProcedureVersion};
use motcua_domain::unit::{Unit, UnitLevel, Units};

use crate::given::{Office, on_each_engine};

const PAGE: &str = "/can-bo/tiep-nhan";

/// A commune with one procedure, and its receptionist signed in.
async fn open_counter(office: &mut Office, role: Role) {
    let since = date(2025, 7, 1);
    let commune = Unit::new("H99".parse().unwrap(), "UBND xã Mẫu", UnitLevel::Commune, None, since);
    let facts =
        Facts { units: Units::new(vec![commune]).unwrap(), layers: HashMap::new(), ..Facts::default() };
    office.app.set_office(Snapshot::new(facts, date(2026, 3, 2)).unwrap());
    let mut version = ProcedureVersion::new("1.001193".parse().unwrap(), "Đăng ký khai sinh", since);
    version.competence = Competence::Receiving;
    version.channels = vec![ChannelTerms {
        channel: Channel::Direct,
        case: None,
        limit: Some(Limit::WorkingDays(1)),
        limit_note: String::new(),
        fees: Vec::new(),
    }];
    let at = "2026-01-01T00:00:00.000Z";
    office.app.store.write(move |tx| publish(tx, &version, at, "test")).await.unwrap();
    office.officer("Trần Thị Quầy", role, "H99").await;
}

fn typed<'a>(email: &'a str, phone: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("submit_key", "press-1"),
        ("mark", "1.001193/1//false"),
        ("accept", "yes"),
        ("procedure", "1.001193"),
        ("kind", "citizen"),
        ("name", "Nguyễn Thị Đào"),
        ("id_number", "001190000007"),
        ("address", "Xã Mẫu"),
        ("phone", phone),
        ("email", email),
        ("subject", "Đăng ký khai sinh cho con"),
        ("sets", "1"),
        ("unit", "H99"),
        ("channel", "counter"),
        ("way", "desk"),
    ]
}

#[test]
fn a_double_click_takes_in_one_dossier_and_writes_to_the_applicant() {
    on_each_engine(async |mut office| {
        open_counter(&mut office, Role::Reception).await;
        let page = office.get("/can-bo/tiep-nhan?thu_tuc=1.001193").await;
        assert!(page.text().contains("1.001193/1//false"), "{}", page.text());
        let first = office.post(PAGE, &typed("dao@example.vn", "0912345678")).await;
        let second = office.post(PAGE, &typed("dao@example.vn", "0912345678")).await;
        assert_eq!(first.status.as_u16(), 303, "{}", first.text());
        assert_eq!(first.location, second.location);
        let done = first.location.unwrap();
        let code = done.rsplit('/').next().unwrap().parse().unwrap();
        let (app, key) = (office.app.clone(), code);
        let loaded = office.app.store.read(move |tx| steps::load(tx, &app, &key)).await.unwrap().unwrap();
        assert_eq!(loaded.dossier.progress.status, Status::Accepted);
        let page = office.get(&done).await.text();
        assert!(page.contains(loaded.dossier.code.as_str()) && page.contains("/bieu-mau/"), "{page}");
        let letter = office.letter_to("dao@example.vn").await.unwrap();
        assert!(letter.body.contains(loaded.dossier.code.as_str()) && !letter.body.contains("001190000007"));
        let found = office.get("/can-bo/tiep-nhan/thu-tuc?q=dang%20ky%20khai").await.text();
        assert!(found.contains("1.001193"), "{found}");
    });
}

#[test]
fn everything_wrong_is_said_at_once_and_nothing_typed_is_lost() {
    on_each_engine(async |mut office| {
        open_counter(&mut office, Role::Reception).await;
        let answer = office.post(PAGE, &typed("dao.example.vn", "12")).await;
        assert_eq!(answer.status.as_u16(), 422);
        let text = answer.text();
        for id in ["email-error", "phone-error"] {
            assert!(text.contains(id), "{id}");
        }
        assert!(text.contains("dao.example.vn") && text.contains("Nguyễn Thị Đào"));
    });
}

#[test]
fn only_reception_takes_in() {
    on_each_engine(async |mut office| {
        open_counter(&mut office, Role::Specialist).await;
        assert_eq!(office.get(PAGE).await.status.as_u16(), 403);
        assert_eq!(office.post(PAGE, &typed("", "")).await.status.as_u16(), 403);
    });
}
