//! The counter: one page takes a dossier in, once, and says everything that is wrong at once.

use std::collections::HashMap;

use jiff::civil::date;
use motcua::dossier::steps;
use motcua::office::{Facts, Snapshot};
use motcua::procedure::store::publish;
use motcua_domain::access::Role;
use motcua_domain::calendar::Limit;
use motcua_domain::dossier::{Channel as Door, Dossier, Status};
use motcua_domain::procedure::{Channel, ChannelTerms, Competence, ProcedureVersion};
use motcua_domain::unit::{Unit, UnitLevel, Units};

use crate::given::province::{self, EAST};
use crate::given::{Office, on_each_engine};
use crate::portal::Draft;
use crate::printing::text_of;

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

/// A whole page, with these fields typed otherwise.
fn typed_with<'a>(other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = typed("", "");
    fields.retain(|(name, _)| other.iter().all(|(replaced, _)| replaced != name));
    fields.extend(other);
    fields
}

/// Sends a page that is accepted, and the dossier it led to.
async fn taken_in(office: &mut Office, fields: &[(&str, &str)]) -> Dossier {
    let answer = office.post(PAGE, fields).await;
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.text());
    let code = answer.location.as_ref().unwrap().rsplit('/').next().unwrap();
    crate::desk::shown(office, code).await
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
fn an_intake_without_the_key_of_its_page_is_sent_once_more_and_never_taken_for_another() {
    on_each_engine(async |mut office| {
        open_counter(&mut office, Role::Reception).await;
        let mut keys = Vec::new();
        for name in ["Nguyễn Thị Đào", "Trần Văn Mận"] {
            for empty in ["", "  "] {
                let refused = office.post(PAGE, &typed_with(&[("submit_key", empty), ("name", name)])).await;
                assert_eq!(refused.status.as_u16(), 422, "{}", refused.text());
                let page = refused.text();
                assert!(page.contains("href=\"#accept\"") && page.contains("id=\"accept\""), "{page}");
                assert!(page.contains("thiếu mã của lần gửi") && page.contains(name), "{page}");
                let key = page.split("name=\"submit_key\" value=\"").nth(1).unwrap().split('"').next();
                keys.push(key.unwrap().to_owned());
            }
        }
        assert!(keys.iter().all(|key| !key.trim().is_empty()) && keys[0] != keys[2], "{keys:?}");
        let first = taken_in(&mut office, &typed_with(&[("submit_key", &keys[0])])).await;
        let other = [("submit_key", keys[2].as_str()), ("name", "Trần Văn Mận")];
        let second = taken_in(&mut office, &typed_with(&other)).await;
        assert_ne!(first.code, second.code);
        assert_eq!(second.filing.applicant.name, "Trần Văn Mận");
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
fn a_wrong_number_or_an_impossible_day_is_said_at_its_field() {
    on_each_engine(async |mut office| {
        open_counter(&mut office, Role::Reception).await;
        let wrong = [
            ("kind", "company"),
            ("name", "Công ty Mẫu"),
            ("id_number", "12345"),
            ("tax_number", "0100047517"),
            ("born-day", "31"),
            ("born-month", "2"),
            ("born-year", "1990"),
        ];
        let answer = office.post(PAGE, &typed_with(&wrong)).await;
        assert_eq!(answer.status.as_u16(), 422);
        let text = answer.text();
        for id in ["id_number-error", "tax_number-error", "born-error"] {
            assert!(text.contains(&format!("id=\"{id}\"")), "{id}: {text}");
        }
        for kept in ["12345", "0100047517", "31", "1990", "Công ty Mẫu"] {
            assert!(text.contains(&format!("value=\"{kept}\"")), "{kept} was typed and is lost");
        }
        let right =
            [("kind", "company"), ("name", "Công ty Mẫu"), ("id_number", ""), ("tax_number", "0100047516")];
        let dossier = taken_in(&mut office, &typed_with(&right)).await;
        assert_eq!(dossier.filing.applicant.identity.tax_number.as_deref(), Some("0100047516"));
    });
}

#[test]
fn what_the_post_brings_counts_as_submitted_when_it_was_handed_over() {
    on_each_engine(async |mut office| {
        open_counter(&mut office, Role::Reception).await;
        let mut chosen = typed_with(&[("channel", "post"), ("choose", "yes")]);
        chosen.retain(|(name, _)| *name != "accept");
        let page = office.post(PAGE, &chosen).await;
        assert_eq!(page.status.as_u16(), 200, "{}", page.text());
        for asked in ["name=\"posted-day\"", "name=\"posted_time\"", "1.001193/1//true"] {
            assert!(page.text().contains(asked), "{asked}: {}", page.text());
        }
        let posted = |day: &'static str, month: &'static str, time: &'static str| {
            typed_with(&[
                ("mark", "1.001193/1//true"),
                ("channel", "post"),
                ("posted-day", day),
                ("posted-month", month),
                ("posted-year", "2026"),
                ("posted_time", time),
            ])
        };
        // A day that does not exist, no day, a time that does not exist, and tomorrow: the clock says 2 March.
        for (day, month, time, wrong) in [
            ("30", "2", "15:30", "posted"),
            ("", "2", "15:30", "posted"),
            ("27", "2", "25:70", "posted_time"),
            ("27", "2", "", "posted_time"),
            ("3", "3", "15:30", "posted"),
        ] {
            let answer = office.post(PAGE, &posted(day, month, time)).await;
            assert_eq!(answer.status.as_u16(), 422, "{day}/{month} {time}");
            let text = answer.text();
            assert!(text.contains(&format!("id=\"{wrong}-error\"")), "{day}/{month} {time}: {text}");
            assert!(text.contains(&format!("value=\"{time}\"")) && text.contains("Nguyễn Thị Đào"));
        }
        let dossier = taken_in(&mut office, &posted("27", "2", "15:30")).await;
        assert_eq!(dossier.filing.channel, Door::Post);
        assert_eq!(dossier.progress.submitted_at, "2026-02-27T08:30:00Z".parse().unwrap());
        assert_eq!(dossier.progress.status, Status::Accepted);
        let page = office.get(&crate::desk::at(dossier.code.as_str())).await.text();
        assert!(page.contains("Bưu chính công ích") && page.contains("15:30"), "{page}");
    });
}

#[test]
fn somebody_who_comes_for_the_applicant_is_asked_who_they_are_and_printed_on_the_receipt() {
    on_each_engine(async |mut office| {
        open_counter(&mut office, Role::Reception).await;
        let blank = office.get("/can-bo/tiep-nhan?thu_tuc=1.001193").await.text();
        let names = ["rep_name", "rep_id", "rep_phone", "rep_capacity", "rep_consent"];
        for name in names {
            assert!(blank.contains(&format!("name=\"{name}\"")), "{name}: {blank}");
        }
        // Whoever types the telephone alone is asked for the rest.
        let wrong = [("rep_name", "Con 1"), ("rep_id", "12345"), ("rep_phone", "99")];
        let answer = office.post(PAGE, &typed_with(&wrong)).await;
        assert_eq!(answer.status.as_u16(), 422);
        let text = answer.text();
        for name in names {
            assert!(text.contains(&format!("id=\"{name}-error\"")), "{name}: {text}");
        }
        for kept in ["Con 1", "12345", "99"] {
            assert!(text.contains(&format!("value=\"{kept}\"")), "{kept} was typed and is lost");
        }
        let right = [
            ("rep_name", "Trần Văn Con"),
            ("rep_id", "001090000007"),
            ("rep_phone", ""),
            ("rep_capacity", "authorised"),
            ("rep_consent", "Giấy ủy quyền số 12"),
        ];
        let dossier = taken_in(&mut office, &typed_with(&right)).await;
        let other = dossier.filing.representative.as_ref().expect("somebody came for the applicant");
        assert_eq!((other.name.as_str(), other.consent.as_str()), ("Trần Văn Con", "Giấy ủy quyền số 12"));
        assert_eq!(other.identity.id_number.as_deref(), Some("001090000007"));
        assert_eq!(dossier.filing.applicant.name, "Nguyễn Thị Đào");
        let page = office.get(&crate::desk::at(dossier.code.as_str())).await.text();
        for said in ["Người nộp thay", "Trần Văn Con (Người được ủy quyền)", "Giấy ủy quyền số 12"]
        {
            assert!(page.contains(said), "{said}: {page}");
        }
        let entry = dossier.progress.forms[0].entry;
        let receipt = motcua::dossier::forms::pdf(&office.app, &dossier.code, entry).await.unwrap();
        if let Some(text) = text_of(&receipt.bytes) {
            assert!(text.contains("Trần Văn Con"), "{text}");
        }
    });
}

#[test]
fn the_fee_is_that_of_the_channel() {
    on_each_engine(async |mut office| {
        office.province().await;
        let mut version = province::birth();
        version.version = 2;
        version.channels[0].fees.truncate(1);
        version.channels[0].fees[0].amount = Some(50_000);
        let mut direct = ChannelTerms { channel: Channel::Direct, ..version.channels[0].clone() };
        direct.fees[0].amount = Some(100_000);
        version.channels.push(direct);
        let at = "2026-01-03T00:00:00.000Z";
        office.app.store.write(move |tx| publish(tx, &version, at, "test")).await.unwrap();

        office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let page = office.get("/can-bo/tiep-nhan?thu_tuc=1.001193").await.text();
        assert!(page.contains("100.000 đồng") && !page.contains("50.000 đồng"), "{page}");
        let sent = [("mark", "1.001193/2/thuong/false"), ("case", "thuong"), ("unit", EAST), ("desk", EAST)];
        let dossier = taken_in(&mut office, &typed_with(&sent)).await;
        assert_eq!(dossier.filing.fees[0].amount, Some(100_000));

        office.citizen("Trần Thị Lan").await;
        let draft = Draft::begin(&mut office).await;
        draft.fill(&mut office).await;
        let page = office.get(&format!("{}/le-phi", draft.base)).await.text();
        assert!(page.contains("50.000 đồng") && !page.contains("100.000 đồng"), "{page}");
        let code = draft.file(&mut office).await;
        assert_eq!(crate::desk::shown(&office, &code).await.filing.fees[0].amount, Some(50_000));
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
