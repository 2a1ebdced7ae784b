//! The life of a token: made on a page, shown once, used as its owner, over.

use axum::http::StatusCode;
use jiff::SignedDuration;
use motcua_domain::access::Role;

use super::{Call, header_of, json, problem, token};
use crate::given::on_each_engine;
use crate::given::province::EAST;

const PAGE: &str = "/can-bo/tai-khoan/khoa-api";

#[test]
fn a_token_is_shown_once_used_and_taken_back() {
    on_each_engine(async |mut office| {
        office.province().await;
        let hoa = office.officer("Nguyễn Thị Hòa", Role::Reception, EAST).await;
        let secret = token(&mut office, &hoa, &["dossiers:read"]).await;
        assert!(secret.starts_with("motcua_") && secret.len() == 50, "{secret}");
        let page = office.get(PAGE).await.text();
        assert!(!page.contains(&secret) && page.contains("Máy thử") && page.contains("Chưa dùng"));
        let used = Call::get("/api/v1/dossiers").by(&secret).send(&mut office).await;
        assert_eq!(used.status, StatusCode::OK, "{}", used.text());
        office.switch(&hoa);
        let page = office.get(PAGE).await.text();
        assert!(page.contains("02/03/2026"), "the last day it was used");
        let id = page.split("/thu-hoi").next().unwrap().rsplit('/').next().unwrap().to_owned();
        // Nobody else can take it back.
        let other = office.officer("Trần Văn Bình", Role::Reception, EAST).await;
        let stolen = office.post(&format!("{PAGE}/{id}/thu-hoi"), &[]).await;
        assert_eq!(stolen.status, StatusCode::NOT_FOUND);
        assert_eq!(Call::get("/api/v1/dossiers").by(&secret).send(&mut office).await.status, StatusCode::OK);
        office.switch(&hoa);
        let gone = office.post(&format!("{PAGE}/{id}/thu-hoi"), &[]).await;
        assert_eq!(gone.location.as_deref(), Some("/can-bo/tai-khoan/khoa-api?xong=thu-hoi"));
        let refused = Call::get("/api/v1/dossiers").by(&secret).send(&mut office).await;
        assert_eq!((problem(&refused).as_str(), refused.status), ("bad_token", StatusCode::UNAUTHORIZED));
        assert_eq!(header_of(&refused, "www-authenticate"), "Bearer error=\"invalid_token\"");
        drop(other);
    });
}

#[test]
fn no_token_an_unknown_one_and_one_that_has_expired_open_nothing() {
    on_each_engine(async |mut office| {
        office.province().await;
        let lan = office.citizen("Trần Thị Lan").await;
        let secret = token(&mut office, &lan, &["dossiers:read"]).await;
        let path = "/api/v1/dossiers";
        let none = Call::get(path).send(&mut office).await;
        assert_eq!(
            (problem(&none).as_str(), header_of(&none, "www-authenticate").as_str()),
            ("no_token", "Bearer")
        );
        for wrong in ["motcua_x", "", &secret[..40]] {
            assert_eq!(problem(&Call::get(path).by(wrong).send(&mut office).await), "bad_token");
        }
        let basic = Call::get(path).with("authorization", "Basic bGFuOng=").send(&mut office).await;
        assert_eq!(problem(&basic), "no_token");
        // A session opens pages and nothing else.
        office.switch(&lan);
        assert_eq!(problem(&Call::get(path).send_as_is(&mut office).await), "no_token");
        office.wait(SignedDuration::from_hours(24 * 30 - 1));
        assert_eq!(Call::get(path).by(&secret).send(&mut office).await.status, StatusCode::OK);
        office.wait(SignedDuration::from_hours(1));
        assert_eq!(problem(&Call::get(path).by(&secret).send(&mut office).await), "bad_token");
    });
}

#[test]
fn a_token_does_what_its_scopes_say_and_no_more() {
    on_each_engine(async |mut office| {
        office.province().await;
        let lan = office.citizen("Trần Thị Lan").await;
        let reader = token(&mut office, &lan, &["dossiers:read"]).await;
        let nothing = serde_json::json!({});
        let refused = Call::post("/api/v1/dossiers", &nothing).by(&reader).send(&mut office).await;
        assert_eq!((problem(&refused).as_str(), refused.status), ("missing_scope", StatusCode::FORBIDDEN));
        assert!(json(&refused)["detail"].as_str().unwrap().contains("dossiers:file"));
        let filer = token(&mut office, &lan, &["dossiers:file"]).await;
        assert_eq!(
            problem(&Call::get("/api/v1/dossiers").by(&filer).send(&mut office).await),
            "missing_scope"
        );
    });
}

#[test]
fn a_token_needs_a_name_a_scope_and_an_end_within_a_year() {
    on_each_engine(async |mut office| {
        office.province().await;
        office.citizen("Trần Thị Lan").await;
        let path = "/tai-khoan/khoa-api";
        let wrong = office.post(path, &[("name", " "), ("days", "366")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        for id in ["name-error", "scopes-error", "days-error"] {
            assert!(wrong.text().contains(id), "{id}");
        }
        let foreign = [("name", "x"), ("days", "30"), ("scopes", "everything")];
        assert_eq!(office.post(path, &foreign).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        for number in 0..20 {
            let name = number.to_string();
            let fields = [("name", name.as_str()), ("days", "30"), ("scopes", "dossiers:read")];
            assert_eq!(office.post(path, &fields).await.status, StatusCode::OK);
        }
        let more = [("name", "x"), ("days", "30"), ("scopes", "dossiers:read")];
        assert!(office.post(path, &more).await.text().contains("nhiều nhất 20 khóa"));
        office.nobody();
        assert!(office.get(path).await.location.unwrap().starts_with("/dang-nhap"));
    });
}
