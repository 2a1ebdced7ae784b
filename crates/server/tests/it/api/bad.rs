//! Every bad input gets its own problem, and changes nothing.

use axum::http::StatusCode;
use motcua::config::Config;
use motcua_domain::access::Role;
use serde_json::{Value, json};

use super::{Call, Staff, filed, filing, json as body, pdf, pointers, problem, send_file, step};
use crate::given::{on_each_engine, with_config};

#[test]
fn a_body_that_cannot_be_read_says_where() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let staff = Staff::open(office, &[]).await;
        let call =
            || Call::post("/api/v1/dossiers", &Value::Null).by(&staff.lan).with("idempotency-key", "1");
        let broken = call().sending("{\n  \"procedure\": \"1.001193\",,\n}").send(office).await;
        assert_eq!((problem(&broken).as_str(), broken.status), ("bad_json", StatusCode::BAD_REQUEST));
        assert!(body(&broken)["detail"].as_str().unwrap().starts_with("Dòng 2, cột "));
        let large = call().sending(vec![b' '; 2 << 20]).send(office).await;
        assert_eq!((problem(&large).as_str(), large.status), ("too_large", StatusCode::PAYLOAD_TOO_LARGE));
        let mut form = call();
        form.headers.retain(|(name, _)| *name != "content-type");
        let form = form.with("content-type", "application/x-www-form-urlencoded").send(office).await;
        assert_eq!(problem(&form), "wrong_media_type");
        let mut sent = filing("x");
        sent["speed"] = json!("fast");
        assert_eq!(pointers(&call().sending(sent.to_string()).send(office).await), ["/speed"]);
        sent.as_object_mut().unwrap().remove("speed");
        sent["applicant"]["name"] = json!(7);
        assert_eq!(pointers(&call().sending(sent.to_string()).send(office).await), ["/applicant/name"]);
        sent["applicant"].as_object_mut().unwrap().remove("name");
        assert_eq!(pointers(&call().sending(sent.to_string()).send(office).await), ["/applicant/name"]);
        let keyless = Call::post("/api/v1/dossiers", &sent).by(&staff.lan).send(office).await;
        assert_eq!((problem(&keyless).as_str(), keyless.status), ("key_missing", StatusCode::BAD_REQUEST));
        let long =
            Call::post("/api/v1/dossiers", &sent).by(&staff.lan).with("idempotency-key", &"k".repeat(256));
        assert_eq!(problem(&long.send(office).await), "bad_header");
    });
}

#[test]
fn an_address_says_what_is_known_and_an_empty_parameter_says_nothing() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let staff = Staff::open(office, &[Role::Reception]).await;
        let empty = "/api/v1/units?day=&level=&under=&limit=&cursor=";
        assert_eq!(Call::get(empty).send(office).await.status, StatusCode::OK);
        let wrong = [
            ("/api/v1/views?more=1", "more"),
            ("/api/v1/exports/search", "q"),
            ("/api/v1/exports/search?q=%20%E2%80%AE", "q"),
            ("/api/v1/dossiers?officer=Lan", "officer"),
            ("/api/v1/procedures/1.001193?version=4294967296", "version"),
        ];
        for (path, name) in wrong {
            let answer = Call::get(path).by(staff.of(Role::Reception)).send(office).await;
            assert_eq!(pointers(&answer), [name], "{path}");
        }
    });
}

#[test]
fn a_filing_is_checked_as_the_portal_checks_it_and_everything_is_said_at_once() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let staff = Staff::open(office, &[]).await;
        let file = pdf(office, &staff.lan, "a.pdf").await;
        let mut sent = filing(&file);
        sent["unit"] = json!("H99.999");
        sent["applicant"]["id_number"] = json!("12");
        sent["applicant"]["phone"] = Value::Null;
        sent["answers"] = json!({ "ten-con": "A\u{0}", "ban-sao": 21, "mau-mat": "nâu", "ngay-sinh": "2026-02-30", "gioi-tinh": "nam" });
        sent["papers"] = json!([
            { "component": "chung-sinh", "file": "01990000-0000-7000-8000-000000000000" },
            { "component": "bien-ban", "file": file },
        ]);
        sent["declared"] = json!(false);
        let call =
            |sent: &Value| Call::post("/api/v1/dossiers", sent).by(&staff.lan).with("idempotency-key", "1");
        let answer = call(&sent).send(office).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let mut places = pointers(&answer);
        places.sort();
        assert_eq!(
            places,
            [
                "/answers/ban-sao",
                "/answers/mau-mat",
                "/answers/ngay-sinh",
                "/applicant/id_number",
                "/applicant/phone",
                "/declared",
                "/papers",
                "/papers/0/file",
                "/papers/1/component",
                "/unit",
            ]
        );
        let mut other = filing(&file);
        other["procedure"] = json!("1.000894");
        assert_eq!(pointers(&call(&other).send(office).await), ["/procedure"], "not done online");
        other["procedure"] = json!("1.001193");
        other["version"] = json!(2);
        assert_eq!(pointers(&call(&other).send(office).await), ["/version"]);
        other["version"] = json!(1);
        other["meets_conditions"] = json!(false);
        assert_eq!(pointers(&call(&other).send(office).await), ["/meets_conditions"]);
        other["meets_conditions"] = json!(true);
        other["filed_for"] = json!("other");
        let mut places = pointers(&call(&other).send(office).await);
        places.retain(|place| place == "/consent" || place == "/representative/capacity");
        assert_eq!(places.len(), 2, "somebody else has to agree");
        let english = call(&sent).with("accept-language", "en").send(office).await;
        assert!(english.text().contains("Some fields need to be corrected"));
    });
}

#[test]
fn a_file_that_cannot_be_used_is_not_kept() {
    let mut config = Config::default();
    config.upload.file_bytes_max = 4_096;
    with_config(&config, async |mut office| {
        let office = &mut office;
        let staff = Staff::open(office, &[]).await;
        let program = [b"MZ\x90\0".as_slice(), &[0; 500]].concat();
        let locked = b"%PDF-1.4\ntrailer << /Encrypt 5 0 R >>\nstartxref\n9\n%%EOF\n".as_slice();
        for (name, content, kind) in [
            ("don.pdf", program.as_slice(), "wrong_media_type"),
            ("don.pdf", b"".as_slice(), "bad_file"),
            ("don.pdf", locked, "bad_file"),
            ("don.pdf", &[b'x'; 5_000], "too_large"),
            ("don.pdf", &vec![b'x'; 200_000], "too_large"),
        ] {
            let answer = send_file(office, &staff.lan, name, content).await;
            assert_eq!(problem(&answer), kind, "{} bytes: {}", content.len(), answer.text());
        }
        let json = Call::post("/api/v1/files", &json!({})).by(&staff.lan).send(office).await;
        assert_eq!(problem(&json), "wrong_media_type");
    });
}

#[test]
fn a_step_that_cannot_be_taken_says_why() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let staff = Staff::open(office, &[Role::Reception]).await;
        let code = filed(office, &staff.lan).await;
        let (path, desk) = (format!("/api/v1/dossiers/{code}/steps"), staff.of(Role::Reception));
        let accept = json!({ "action": "accept" });
        let call = || Call::post(&path, &accept).by(desk).with("idempotency-key", "1");
        let unmatched = call().send(office).await;
        assert_eq!(
            (problem(&unmatched).as_str(), unmatched.status),
            ("version_missing", StatusCode::PRECONDITION_REQUIRED)
        );
        for wrong in ["1", "\"x\"", "W/\"1\"", "*"] {
            assert_eq!(problem(&call().with("if-match", wrong).send(office).await), "bad_header", "{wrong}");
        }
        for (sent, place) in [
            (json!({ "action": "dance" }), "/action"),
            (json!({ "note": "x" }), "/action"),
            (json!({ "action": "refuse", "reason": "x" }), "/legal_base"),
            (json!({ "action": "accept", "speed": 1 }), "/speed"),
            (json!({ "action": "dispatch", "unit": "xã" }), "/unit"),
            (json!({ "action": "add_paper", "paper": { "file": "x" } }), "/paper/file"),
        ] {
            let answer = step(office, desk, &code, &sent.clone()).await;
            assert_eq!(pointers(&answer), [place], "{sent}");
        }
        let blank =
            step(office, desk, &code, &json!({ "action": "refuse", "reason": " ", "legal_base": "x" })).await;
        assert_eq!(
            (problem(&blank).as_str(), blank.status),
            ("refusal.missing_reason", StatusCode::CONFLICT)
        );
        let asked = json!({
            "action": "request_supplement", "reason": "Mờ", "legal_base": "Điều 9",
            "defects": [{ "component": "chung-sinh", "wanted": "Bản rõ nét" }],
        });
        assert_eq!(step(office, desk, &code, &asked).await.status, StatusCode::OK);
        // The applicant answers at the very component.
        let file = pdf(office, &staff.lan, "b.pdf").await;
        let answer =
            json!({ "action": "answer_supplement", "papers": [{ "component": "chung-sinh", "file": file }] });
        let answered = step(office, &staff.lan, &code, &answer).await;
        assert_eq!(body(&answered)["status"], "registered", "{}", answered.text());
    });
}
