//! What comes to a desk is taken in by API as on the page of the counter: once, and with everything wrong said at once.

use axum::http::StatusCode;
use motcua_domain::access::Role;
use serde_json::{Value, json};

use super::{Call, Staff, filing, header_of, json as body, pdf, pointers, problem};
use crate::given::province::EAST;
use crate::given::{Answer, Office, on_each_engine};

const PATH: &str = "/api/v1/intakes";

fn brought() -> Value {
    json!({
        "procedure": "1.001193",
        "case": "thuong",
        "channel": "counter",
        "unit": EAST,
        "applicant": {
            "kind": "citizen", "name": "Nguyễn Thị Đào", "id_number": "001190000007", "birth_date": "1990-02-01",
            "address": "Khu 3, xã Đông", "phone": "0912345678", "email": "dao@example.vn",
        },
        "papers": [{ "component": "chung-sinh", "copy": "original" }],
        "return_way": "desk",
    })
}

async fn take_in(office: &mut Office, token: &str, key: &str, sent: &Value) -> Answer {
    Call::post(PATH, sent).by(token).with("idempotency-key", key).send(office).await
}

#[test]
fn what_is_brought_is_taken_in_and_accepted_once() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let staff = Staff::open(office, &[Role::Reception]).await;
        let desk = staff.of(Role::Reception);
        let first = take_in(office, desk, "quay 1", &brought()).await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.text());
        let state = body(&first);
        assert_eq!(state["status"], "accepted");
        let kinds: Vec<&str> =
            state["recorded"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds[..2], ["filed", "accepted"]);
        let again = take_in(office, desk, "quay 1", &brought()).await;
        assert_eq!((again.status, &again.body), (first.status, &first.body));
        assert_eq!(header_of(&again, "idempotency-replayed"), "true");
        let mut other = brought();
        other["sets"] = json!(2);
        assert_eq!(problem(&take_in(office, desk, "quay 1", &other).await), "key_reused");
        let dossier = body(&Call::get(&header_of(&first, "location")).by(desk).send(office).await);
        assert_eq!(dossier["channel"], "counter");
        assert_eq!(dossier["applicant"]["name"], "Nguyễn Thị Đào");
        assert_eq!(dossier["papers"][0]["source"], "on_paper");
        motcua::dossier::verify::verify(&office.app).await.expect("the record is whole");
    });
}

#[test]
fn what_came_by_post_counts_from_the_hand_over() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let staff = Staff::open(office, &[Role::Reception]).await;
        let desk = staff.of(Role::Reception);
        let mut sent = brought();
        sent["channel"] = json!("post");
        assert_eq!(pointers(&take_in(office, desk, "1", &sent).await), ["/posted_at", "/posted_at"]);
        sent["posted_at"] = json!("2026-03-02T09:00:00+07:00");
        assert_eq!(pointers(&take_in(office, desk, "1", &sent).await), ["/posted_at"], "after now");
        sent["posted_at"] = json!("2026-02-27T15:30:00+07:00");
        let taken = take_in(office, desk, "1", &sent).await;
        assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.text());
        let dossier = body(&Call::get(&header_of(&taken, "location")).by(desk).send(office).await);
        assert_eq!(dossier["channel"], "post");
    });
}

#[test]
fn everything_wrong_is_said_at_once_and_at_its_place() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let staff = Staff::open(office, &[Role::Reception, Role::Specialist]).await;
        let desk = staff.of(Role::Reception);
        let mut sent = brought();
        sent["applicant"]["id_number"] = json!("12");
        sent["applicant"]["phone"] = json!("12");
        sent["applicant"]["address"] = json!("x".repeat(301));
        sent["subject"] = json!("x".repeat(301));
        sent["sets"] = json!(0);
        sent["unit"] = json!("H99.999");
        sent["papers"] = json!([
            { "component": "chung-sinh", "copy": "original", "quantity": 1000 },
            { "component": "chung-sinh", "copy": "copy" },
            { "component": "bien-ban", "copy": "copy" },
        ]);
        sent["fees_paid"] = json!(["Phí lạ"]);
        sent["return_way"] = json!("post");
        let mut places = pointers(&take_in(office, desk, "1", &sent).await);
        places.sort();
        assert_eq!(
            places,
            [
                "/applicant/address",
                "/applicant/id_number",
                "/applicant/phone",
                "/fees_paid/0",
                "/papers/1/component",
                "/papers/2/component",
                "/return_address",
                "/sets",
                "/subject",
                "/unit",
            ]
        );
        let mut sent = brought();
        sent["case"] = Value::Null;
        sent["desk"] = json!("H99.102");
        sent["posted_at"] = json!("2026-02-27T15:30:00+07:00");
        assert_eq!(pointers(&take_in(office, desk, "1", &sent).await), ["/desk", "/case", "/posted_at"]);
        for who in [staff.lan.as_str(), staff.of(Role::Specialist)] {
            let denied = take_in(office, who, "1", &brought()).await;
            assert_eq!((problem(&denied).as_str(), denied.status), ("forbidden", StatusCode::FORBIDDEN));
        }
    });
}

#[test]
fn an_officer_files_online_only_for_somebody_else() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let staff = Staff::open(office, &[Role::Reception, Role::Specialist]).await;
        let desk = staff.of(Role::Reception).to_owned();
        let file = pdf(office, &desk, "Giấy chứng sinh.pdf").await;
        let mut sent = filing(&file);
        let call = |token: &str, sent: &Value| {
            Call::post("/api/v1/dossiers", sent).by(token).with("idempotency-key", "1")
        };
        assert_eq!(pointers(&call(&desk, &sent).send(office).await), ["/filed_for"]);
        sent["filed_for"] = json!("other");
        sent["consent"] = json!(true);
        sent["representative"] = json!({
            "name": "Cán bộ Hòa", "id_number": "025190000008", "address": "UBND xã Đông", "phone": "0912345679",
            "capacity": "community_team",
        });
        let filed = call(&desk, &sent).send(office).await;
        assert_eq!(filed.status, StatusCode::CREATED, "{}", filed.text());
        let path = header_of(&filed, "location");
        let dossier = body(&Call::get(&path).by(&desk).send(office).await);
        assert_eq!(dossier["channel"], "assisted");
        // Who helped is no owner: the desk may go on with it.
        let accept = super::step(
            office,
            &desk,
            body(&filed)["code"].as_str().unwrap(),
            &json!({ "action": "accept" }),
        )
        .await;
        assert_eq!(body(&accept)["status"], "accepted", "{}", accept.text());
        let specialist = staff.of(Role::Specialist).to_owned();
        let file = pdf(office, &specialist, "Giấy chứng sinh.pdf").await;
        sent["papers"][0]["file"] = json!(file);
        let denied = call(&specialist, &sent).send(office).await;
        assert_eq!(problem(&denied), "access.denied_needs_post");
    });
}
