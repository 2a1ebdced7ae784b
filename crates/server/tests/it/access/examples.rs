//! Ids of others, not in the address but inside what is sent: a row of a run, a draft of an upload, a file of a filing,
//! a key, a view.

use axum::http::StatusCode;
use motcua_domain::access::Role;
use serde_json::json;

use super::state::State;
use crate::api::{self, Call, Staff, filing, header_of, json as body, pointers, problem, token};
use crate::given::on_each_engine;
use crate::given::province::EAST;
use crate::portal;
use crate::upload::tus;

#[test]
fn a_run_names_no_dossier_of_another_unit() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let (_, code) = portal::filed(office).await;
        office.officer("Lê Văn Tây", Role::Reception, "H99.102").await;
        let row = format!("{code}~receive");
        for act in ["accept", "forward", "return", "print"] {
            let rows = [("row", row.as_str()), ("row", "H99.101-260302-9876~receive"), ("act", act)];
            let chosen = office.post("/can-bo/hang-loat?list=units&query=", &rows).await;
            let Some(run) = chosen.location else { continue };
            let before = State::of(office).await;
            let foreseen = office.post(&format!("{run}/xem-truoc"), &[("note", "x"), ("to", "x")]).await;
            let page = office.get(&run).await.text() + &foreseen.text();
            for secret in ["Trần Thị Lan", "Trần Minh Khôi", "0912345678"] {
                assert!(!page.contains(secret), "{act}: {secret} in {page}");
            }
            let changed = State::of(office).await.changes(&before);
            assert!(changed.iter().all(|change| change.contains(" bulk_")), "{act}: {changed:?}");
        }
    });
}

#[test]
fn an_upload_begins_in_no_draft_of_another() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let draft = portal::draft(office).await;
        office.citizen("Nguyễn Văn Bình").await;
        let before = State::of(office).await;
        let begun = tus::begin(office, &draft.base, "chung-sinh", "a.pdf", 100, None).await;
        assert_eq!(begun.status, StatusCode::NOT_FOUND);
        assert_eq!(State::of(office).await.changes(&before), Vec::<String>::new());
    });
}

#[test]
fn a_file_and_a_key_of_another_are_of_no_use() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let staff = Staff::open(office, &[Role::Reception]).await;
        let binh = office.citizen("Nguyễn Văn Bình").await;
        let binh = token(office, &binh, &["dossiers:read", "dossiers:file", "dossiers:act"]).await;
        let file = api::pdf(office, &staff.lan, "a.pdf").await;
        let mut sent = filing(&file);
        let call = |sent: &serde_json::Value, token: &str| {
            Call::post("/api/v1/dossiers", sent).by(token).with("idempotency-key", "1")
        };
        let stolen = call(&sent, &binh).send(office).await;
        assert!(pointers(&stolen).contains(&"/papers/0/file".to_owned()), "{}", stolen.text());
        let by_lan = call(&sent, &staff.lan).send(office).await;
        assert_eq!(by_lan.status, StatusCode::CREATED, "{}", by_lan.text());
        // The same request under the same key is another one when somebody else sends it.
        let again = call(&sent, &binh).send(office).await;
        assert!(pointers(&again).contains(&"/papers/0/file".to_owned()), "{}", again.text());
        assert!(!again.headers.contains_key("idempotency-replayed"));
        // A file that somebody sent can be a paper of no step of another either.
        let own = api::pdf(office, &binh, "b.pdf").await;
        sent["papers"][0]["file"] = json!(own);
        let code = body(&by_lan)["code"].as_str().unwrap().to_owned();
        let desk = staff.of(Role::Reception);
        let tag =
            header_of(&Call::get(&format!("/api/v1/dossiers/{code}")).by(desk).send(office).await, "etag");
        let step = json!({ "action": "add_paper", "paper": { "title": "x", "file": own } });
        let path = format!("/api/v1/dossiers/{code}/steps");
        let call = Call::post(&path, &step).by(desk).with("if-match", &tag).with("idempotency-key", "2");
        assert_eq!(pointers(&call.send(office).await), ["/paper/file"]);
    });
}

#[test]
fn a_view_of_another_filters_nothing() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        portal::filed(office).await;
        let quay = office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let add = "/can-bo/cach-loc/them?list=units&query=tab%3Dintake";
        office.post(add, &[("name", "Của riêng tôi"), ("unit", "")]).await;
        let page = office.get("/can-bo/cach-loc").await.text();
        let id = page
            .split("/can-bo/cach-loc/")
            .find_map(|rest| rest.split_once("/sua"))
            .expect("a view")
            .0
            .to_owned();
        let colleague = office.officer("Lê Thị Cùng", Role::Specialist, EAST).await;
        let page = office.get(&format!("/can-bo/don-vi?view={id}")).await.text();
        assert!(!page.contains("Của riêng tôi"), "{page}");
        for (who, expected) in [(&quay, StatusCode::OK), (&colleague, StatusCode::UNPROCESSABLE_ENTITY)] {
            let token = token(office, who, &["dossiers:read"]).await;
            let answer = Call::get(&format!("/api/v1/dossiers?view={id}")).by(&token).send(office).await;
            assert_eq!(answer.status, expected, "{}", answer.text());
            if expected != StatusCode::OK {
                assert_eq!(problem(&answer), "invalid");
            }
        }
    });
}
