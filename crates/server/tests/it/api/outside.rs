//! The outside edge: what no form of ours sends is refused, and says so in words.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use motcua_domain::access::Role;

use super::{Call, Staff, problem};
use crate::given::{Office, on_each_engine};

/// Every address of the desk that changes something by a plain form.
const FORMS: [&str; 7] = [
    "/can-bo/tiep-nhan",
    "/can-bo/quan-tri/lich/ngay",
    "/can-bo/quan-tri/lich/bo",
    "/can-bo/quan-tri/lich/cong-bo",
    "/can-bo/quan-tri/lich/thu-hoi",
    "/can-bo/quan-tri/lich/gio",
    "/can-bo/quan-tri/lich/gio/bo",
];

async fn bare(office: &mut Office, path: &str, headers: &[(&str, &str)], body: &str) -> crate::given::Answer {
    let mut request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    office.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

#[test]
fn a_form_without_its_token_changes_nothing() {
    on_each_engine(async |mut office| {
        for (name, role) in [("Trần Thị Quầy", Role::Reception), ("Lại Văn Bến", Role::Administrator)]
        {
            office.officer(name, role, "H99").await;
            for path in FORMS {
                let answer = bare(&mut office, path, &[], "nam=2026&procedure=1.001193").await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
                assert!(answer.text().contains("Biểu mẫu này đã cũ"), "{path}: {}", answer.text());
            }
        }
    });
}

#[test]
fn a_form_from_another_site_is_refused_in_words() {
    on_each_engine(async |mut office| {
        office.get("/dang-nhap").await;
        let body = format!("csrf={}&email=an@example.vn", office.csrf());
        for from in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "http://evil.example"),
        ] {
            let answer = bare(&mut office, "/dang-nhap", &[from, ("host", "127.0.0.1")], &body).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{from:?}");
            assert!(answer.text().contains("Biểu mẫu này đã cũ"), "{from:?}: {}", answer.text());
        }
    });
}

#[test]
fn an_address_that_leads_nowhere_is_answered_with_a_page() {
    on_each_engine(async |mut office| {
        office.officer("Trần Thị Quầy", Role::Reception, "H99").await;
        for path in [
            "/can-bo/tra-cuu?q=%00",
            "/can-bo/ho-so/khong-phai-ma",
            "/can-bo/ho-so/%00",
            "/thu-tuc/%FF",
            "/tra-cuu/%FF",
            "/can-bo/ho-so/H99-260302-0001/viec/accept",
        ] {
            let answer = office.get(path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            assert!(answer.text().contains("Không tìm thấy trang này"), "{path}: {}", answer.text());
        }
    });
}

#[test]
fn a_path_that_is_no_text_is_not_said_to_be_json() {
    on_each_engine(async |mut office| {
        for path in ["/api/v1/procedures/%FF", "/api/v1/look-up/%FF"] {
            let answer = Call::get(path).send(&mut office).await;
            assert_eq!((problem(&answer).as_str(), answer.status), ("bad_request", StatusCode::BAD_REQUEST));
        }
        assert_eq!(problem(&Call::get("/api/v1/look-up/%00").send(&mut office).await), "not_found");
    });
}

/// The ids of lists that were made are looked for as they stand in the address.
#[test]
fn nothing_has_an_address_with_a_nul_in_it() {
    on_each_engine(async |mut office| {
        let staff = Staff::open(&mut office, &[Role::Reception]).await;
        for path in ["/api/v1/exports/%00", "/api/v1/exports/a%00b", "/api/v1/procedures/%00"] {
            let answer = Call::get(path).by(staff.of(Role::Reception)).send(&mut office).await;
            assert_eq!((problem(&answer).as_str(), answer.status), ("not_found", StatusCode::NOT_FOUND));
        }
    });
}

#[test]
fn the_page_about_the_api_lists_every_operation_in_both_languages() {
    on_each_engine(async |mut office| {
        let page = office.get("/api").await;
        assert_eq!(page.status, StatusCode::OK);
        for endpoint in motcua::api::endpoints() {
            let line = format!("{} {}", endpoint.method.to_uppercase(), endpoint.path);
            assert!(page.text().contains(&line), "{line}");
        }
        assert!(page.text().contains("Giao diện lập trình") && page.text().contains("openapi.json"));
        office.set_cookie("lang", "en");
        assert!(office.get("/api").await.text().contains("Interface for programs"));
        assert!(office.get("/").await.text().contains("href=\"/api\""), "the footer leads there");
    });
}
