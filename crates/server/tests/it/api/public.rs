//! What anybody may ask: procedures, units, look-up.

use axum::http::StatusCode;
use motcua_domain::access::Role;
use motcua_domain::procedure::ProcedureVersion;

use super::{Call, Staff, filed, header_of, json, pointers, problem};
use crate::given::on_each_engine;
use crate::given::province::birth;

#[test]
fn procedures_are_searched_without_accents_and_paged_by_cursor() {
    on_each_engine(async |mut office| {
        office.province().await;
        let found = Call::get("/api/v1/procedures?q=dang%20ky%20khai%20sinh").send(&mut office).await;
        let list = json(&found);
        assert_eq!(list["items"][0]["code"], "1.001193");
        let first = json(&Call::get("/api/v1/procedures?limit=1").send(&mut office).await);
        assert_eq!((first["total"].as_u64(), first["items"].as_array().unwrap().len()), (Some(2), 1));
        let path = format!("/api/v1/procedures?limit=1&cursor={}", first["next"].as_str().unwrap());
        let second = json(&Call::get(&path).send(&mut office).await);
        assert_ne!(first["items"][0]["code"], second["items"][0]["code"]);
        assert!(second["next"].is_null());
        let wrong = "/api/v1/procedures?limit=101&level=village&cursor=x&sort=name";
        let answer = Call::get(wrong).send(&mut office).await;
        assert_eq!(problem(&answer), "invalid");
        assert_eq!(pointers(&answer), ["limit", "cursor", "level", "sort"], "all at once");
    });
}

#[test]
fn a_whole_version_can_be_imported_elsewhere() {
    on_each_engine(async |mut office| {
        office.province().await;
        let shown = json(&Call::get("/api/v1/procedures/1.001193").send(&mut office).await);
        let read: ProcedureVersion = serde_json::from_value(shown.clone()).unwrap();
        assert_eq!(read, birth());
        let same = Call::get("/api/v1/procedures/1.001193?version=1").send(&mut office).await;
        assert_eq!(json(&same), shown);
        for path in
            ["/api/v1/procedures/1.001193?version=9", "/api/v1/procedures/1.999999", "/api/v1/procedures/x"]
        {
            assert_eq!(problem(&Call::get(path).send(&mut office).await), "not_found", "{path}");
        }
    });
}

#[test]
fn units_are_those_of_the_day() {
    on_each_engine(async |mut office| {
        office.province().await;
        let all = json(&Call::get("/api/v1/units").send(&mut office).await);
        let codes = |list: &serde_json::Value| -> Vec<String> {
            list["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|unit| unit["code"].as_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(codes(&all), ["H99", "H99.01", "H99.101", "H99.102"]);
        let communes = json(&Call::get("/api/v1/units?level=commune&limit=1").send(&mut office).await);
        assert_eq!(codes(&communes), ["H99.101"]);
        let path =
            format!("/api/v1/units?level=commune&limit=1&cursor={}", communes["next"].as_str().unwrap());
        assert_eq!(codes(&json(&Call::get(&path).send(&mut office).await)), ["H99.102"]);
        assert!(codes(&json(&Call::get("/api/v1/units?day=2025-06-30").send(&mut office).await)).is_empty());
        assert_eq!(pointers(&Call::get("/api/v1/units?day=30/02/2026").send(&mut office).await), ["day"]);
    });
}

#[test]
fn look_up_tells_progress_and_nothing_about_anybody() {
    on_each_engine(async |mut office| {
        let staff = Staff::open(&mut office, &[Role::Reception]).await;
        let code = filed(&mut office, &staff.lan).await;
        let path = format!("/api/v1/look-up/{}", code.to_lowercase());
        let answer = Call::get(&path).send(&mut office).await;
        let told = json(&answer);
        assert_eq!(
            (told["code"].as_str(), told["status"]["number"].as_u64()),
            (Some(code.as_str()), Some(1))
        );
        for hidden in ["Lan", "025190000007", "0912345678", "Khôi"] {
            assert!(!answer.text().contains(hidden), "{hidden}");
        }
        for path in ["/api/v1/look-up/H99.101-260302-9999", "/api/v1/look-up/%3F"] {
            assert_eq!(problem(&Call::get(path).send(&mut office).await), "not_found");
        }
        // The page and the API share one limit of sixty at once.
        let mut last = StatusCode::OK;
        for _ in 0..60 {
            last = Call::get(&path).send(&mut office).await.status;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(office.get(&format!("/tra-cuu/{code}")).await.status, StatusCode::TOO_MANY_REQUESTS);
    });
}

#[test]
fn nothing_under_api_is_a_page() {
    on_each_engine(async |mut office| {
        let unknown = Call::get("/api/v1/nothing").send(&mut office).await;
        assert_eq!((problem(&unknown).as_str(), unknown.status), ("not_found", StatusCode::NOT_FOUND));
        assert!(unknown.text().contains("Không tìm thấy"), "Vietnamese unless asked otherwise");
        let english = Call::get("/api/v2").with("accept-language", "fr, en;q=0.8").send(&mut office).await;
        assert!(english.text().contains("Not found"));
        assert_eq!(header_of(&english, "content-language"), "en");
        let wrong = Call::get("/api/v1/procedures").method("DELETE").send(&mut office).await;
        assert_eq!(
            (problem(&wrong).as_str(), header_of(&wrong, "allow").as_str()),
            ("wrong_method", "GET,HEAD")
        );
        assert_eq!(header_of(&wrong, "cache-control"), "no-store");
    });
}
