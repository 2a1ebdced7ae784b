//! A dossier from filing to return, wholly by API; done once however often it is sent; seen by those who may.

use axum::http::StatusCode;
use motcua_domain::access::Role;
use serde_json::{Value, json};

use super::{Call, Staff, filed, filing, header_of, json as body, pdf, problem, step, token};
use crate::given::{Office, on_each_engine};
use crate::portal::files;

const ROLES: [Role; 5] =
    [Role::Reception, Role::UnitHead, Role::Specialist, Role::SigningLeader, Role::ResultReturner];

async fn ok(office: &mut Office, token: &str, code: &str, action: Value) -> Value {
    let answer = step(office, token, code, &action).await;
    assert_eq!(answer.status, StatusCode::OK, "{action}: {}", answer.text());
    body(&answer)
}

/// The officers who may be put in charge, as the actions name them.
async fn specialist(office: &mut Office, token: &str, code: &str) -> String {
    let path = format!("/api/v1/dossiers/{code}/actions");
    let actions = body(&Call::get(&path).by(token).send(office).await);
    let items = actions["items"].as_array().unwrap();
    let assign = items.iter().find(|item| item["action"] == "assign" && item["allowed"] == true);
    let assign = assign.unwrap_or_else(|| panic!("{actions:#}"));
    assign["officers"][0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_dossier_lives_from_filing_to_return_by_api() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let staff = Staff::open(office, &ROLES).await;
        let code = filed(office, &staff.lan).await;
        let (desk, head) = (staff.of(Role::Reception), staff.of(Role::UnitHead));
        assert_eq!(ok(office, desk, &code, json!({ "action": "accept" })).await["status"], "accepted");
        ok(office, desk, &code, json!({ "action": "forward", "step": "receive" })).await;
        ok(office, head, &code, json!({ "action": "take_over", "step": "assign" })).await;
        let officer = specialist(office, head, &code).await;
        ok(office, head, &code, json!({ "action": "assign", "step": "assign", "officer": officer })).await;
        let propose =
            json!({ "action": "propose", "step": "examine", "verdict": "grant", "text": "Đủ điều kiện." });
        ok(office, staff.of(Role::Specialist), &code, propose).await;
        ok(office, head, &code, json!({ "action": "approve", "step": "approve" })).await;
        let signer = staff.of(Role::SigningLeader);
        let file = pdf(office, signer, "Giấy khai sinh.pdf").await;
        let settle = json!({
            "action": "settle", "step": "sign", "verdict": "grant", "title": "Giấy khai sinh số 1", "file": file,
        });
        assert_eq!(ok(office, signer, &code, settle).await["status"], "settled");
        let returner = staff.of(Role::ResultReturner);
        ok(office, returner, &code, json!({ "action": "take_over", "step": "return" })).await;
        let done = json!({ "action": "return", "to": "Trần Thị Lan" });
        assert_eq!(ok(office, returner, &code, done).await["status_number"], 10);
        seen_by_its_owner(office, &staff.lan, &code).await;
        motcua::dossier::verify::verify(&office.app).await.expect("the record is whole");
    });
}

async fn seen_by_its_owner(office: &mut Office, lan: &str, code: &str) {
    let path = format!("/api/v1/dossiers/{code}");
    let answer = Call::get(&path).by(lan).send(office).await;
    let dossier = body(&answer);
    assert_eq!(dossier["status"]["name"], "returned");
    assert_eq!(format!("\"{}\"", dossier["version"]), header_of(&answer, "etag"));
    assert!(!dossier["clock"]["explanation"].as_array().unwrap().is_empty());
    assert!(
        dossier["proposals"].as_array().unwrap().is_empty(),
        "what officers write to each other stays inside"
    );
    assert!(dossier["steps"].as_array().unwrap().iter().all(|step| step["officer"].is_null()));
    let result = format!("{path}/files/{}", dossier["outcome"]["paper"].as_str().unwrap());
    let file = Call::get(&result).by(lan).send(office).await;
    assert_eq!((file.media_type.as_str(), file.body), ("application/pdf", files::pdf()));
    // The journal is chained, page by page, and tells who read.
    let (mut previous, mut next, mut readings) = ("0".repeat(64), String::new(), 0);
    loop {
        let page = format!("{path}/journal?limit=3{next}");
        let journal = body(&Call::get(&page).by(lan).send(office).await);
        for entry in journal["items"].as_array().unwrap() {
            assert_eq!(entry["previous_hash"], previous);
            entry["hash"].as_str().unwrap().clone_into(&mut previous);
            readings += usize::from(entry["kind"] == "read");
        }
        let Some(cursor) = journal["next"].as_str() else { break };
        next = format!("&cursor={cursor}");
    }
    assert_eq!(dossier["journal"]["hash"], previous);
    assert_eq!(readings, 5, "each officer once");
}

#[test]
fn the_same_request_is_done_once_and_another_under_its_key_is_refused() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let staff = Staff::open(office, &[Role::Reception]).await;
        let file = pdf(office, &staff.lan, "a.pdf").await;
        assert_eq!(pdf(office, &staff.lan, "a.pdf").await, file, "the same file has one id");
        let call = |body: &Value| {
            Call::post("/api/v1/dossiers", body).by(&staff.lan).with("idempotency-key", "don 1")
        };
        let mut sent = filing(&file);
        let first = call(&sent).send(office).await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.text());
        assert_eq!(
            header_of(&first, "location"),
            format!("/api/v1/dossiers/{}", body(&first)["code"].as_str().unwrap())
        );
        let code = body(&first)["code"].as_str().unwrap().to_owned();
        let tag = header_of(&first, "etag");
        let desk = staff.of(Role::Reception);
        let path = format!("/api/v1/dossiers/{code}/steps");
        let accept = json!({ "action": "accept" });
        let take = || Call::post(&path, &accept).by(desk).with("if-match", &tag).with("idempotency-key", "k");
        let taken = take().send(office).await;
        assert_eq!(taken.status, StatusCode::OK, "{}", taken.text());
        // The dossier has moved on; the answers are those of then.
        let again = call(&sent).send(office).await;
        assert_eq!((again.status, again.body), (first.status, first.body));
        assert_eq!(header_of(&take().send(office).await, "idempotency-replayed"), "true");
        assert_eq!(take().send(office).await.body, taken.body);
        sent["declared"] = json!(false);
        assert_eq!(problem(&call(&sent).send(office).await), "key_reused");
        let refuse = json!({ "action": "refuse", "reason": "x", "legal_base": "y" });
        let other = Call::post(&path, &refuse).by(desk).with("if-match", &tag).with("idempotency-key", "k");
        assert_eq!(problem(&other.send(office).await), "key_reused");
        let list = body(&Call::get("/api/v1/dossiers").by(&staff.lan).send(office).await);
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn of_two_clients_with_the_same_version_one_is_told_that_it_is_stale() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let staff = Staff::open(office, &[Role::Reception]).await;
        let code = filed(office, &staff.lan).await;
        let (path, desk) = (format!("/api/v1/dossiers/{code}"), staff.of(Role::Reception));
        let tag = header_of(&Call::get(&path).by(desk).send(office).await, "etag");
        let steps = format!("{path}/steps");
        let call = |key: &'static str, body: Value| {
            Call::post(&steps, &body).by(desk).with("if-match", &tag).with("idempotency-key", key)
        };
        assert_eq!(call("a", json!({ "action": "accept" })).send(office).await.status, StatusCode::OK);
        let late = call("b", json!({ "action": "accept" })).send(office).await;
        assert_eq!((problem(&late).as_str(), late.status), ("stale", StatusCode::PRECONDITION_FAILED));
        let now = header_of(&Call::get(&path).by(desk).send(office).await, "etag");
        assert_eq!(header_of(&late, "etag"), now);
        assert_eq!(format!("\"{}\"", body(&late)["current_version"]), now);
        // With the version of now the rules answer, with a type of their own.
        let again = Call::post(&steps, &json!({ "action": "accept" })).by(desk).with("if-match", &now);
        let refused = again.with("idempotency-key", "c").send(office).await;
        assert_eq!(
            (problem(&refused).as_str(), refused.status),
            ("refusal.wrong_status", StatusCode::CONFLICT)
        );
    });
}

#[test]
fn strangers_find_nothing_and_lists_hold_what_pages_hold() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let staff = Staff::open(office, &[Role::Reception, Role::Specialist]).await;
        let code = filed(office, &staff.lan).await;
        let binh = office.citizen("Nguyễn Văn Bình").await;
        let binh = token(office, &binh, &["dossiers:read", "dossiers:act"]).await;
        let west = office.officer("Cán bộ Tây", Role::Reception, "H99.102").await;
        let west = token(office, &west, &["dossiers:read", "dossiers:act"]).await;
        let path = format!("/api/v1/dossiers/{code}");
        for stranger in [&binh, &west] {
            for tail in ["", "/journal", "/actions", "/files/01990000-0000-7000-8000-000000000000"] {
                let path = format!("{path}{tail}");
                assert_eq!(problem(&Call::get(&path).by(stranger).send(office).await), "not_found", "{tail}");
            }
            let steps = format!("{path}/steps");
            let call = Call::post(&steps, &json!({ "action": "withdraw", "reason": "x" })).by(stranger);
            let call = call.with("if-match", "\"1\"").with("idempotency-key", "x");
            assert_eq!(problem(&call.send(office).await), "not_found");
            let list = body(&Call::get("/api/v1/dossiers").by(stranger).send(office).await);
            assert!(list["items"].as_array().unwrap().is_empty());
        }
        let waiting = "/api/v1/dossiers?whose=units&tab=intake&q=tran%20thi";
        let work = body(&Call::get(waiting).by(staff.of(Role::Reception)).send(office).await);
        assert_eq!(
            (work["items"][0]["code"].as_str(), work["items"][0]["work"]["tab"].as_str()),
            (Some(code.as_str()), Some("intake"))
        );
        // A specialist of the unit sees it, and may not accept it.
        let denied = step(office, staff.of(Role::Specialist), &code, &json!({ "action": "accept" })).await;
        assert_eq!(
            (problem(&denied).as_str(), denied.status),
            ("access.denied_needs_post", StatusCode::FORBIDDEN)
        );
        let own = body(&Call::get("/api/v1/dossiers").by(&staff.lan).send(office).await);
        assert_eq!(own["items"][0]["code"], code);
        // Its owner may take it back.
        ok(office, &staff.lan, &code, json!({ "action": "withdraw", "reason": "Không còn nhu cầu" })).await;
        let closed = body(&Call::get("/api/v1/dossiers?state=closed").by(&staff.lan).send(office).await);
        assert_eq!(closed["items"][0]["status"]["name"], "withdrawn");
    });
}
