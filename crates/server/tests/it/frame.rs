//! The frame around every page: errors, languages, headers.

use axum::http::StatusCode;

use crate::given;

#[test]
fn an_unknown_page_says_what_to_do_in_the_visitors_language() {
    given::on_each_engine(async |mut office| {
        let answer = office.get("/khong-co").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert!(answer.text().contains("Không tìm thấy trang này"));

        let answer = office.get("/ngon-ngu/en?tiep=/khong-co").await;
        assert_eq!(answer.location.as_deref(), Some("/khong-co"));
        assert!(office.get("/khong-co").await.text().contains("This page was not found"));
    });
}

#[test]
fn choosing_a_language_never_leads_to_another_site() {
    given::on_each_engine(async |mut office| {
        for path in ["//evil.example", "https://evil.example", "/\\evil.example"] {
            let answer = office.get(&format!("/ngon-ngu/en?tiep={path}")).await;
            assert_eq!(answer.location.as_deref(), Some("/"), "{path}");
        }
    });
}

#[test]
fn contact_and_accessibility_have_their_pages() {
    given::on_each_engine(async |mut office| {
        for (path, words) in [("/lien-he", "Liên hệ"), ("/tro-nang", "WCAG 2.2")] {
            let answer = office.get(path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            assert!(answer.text().contains(words), "{path}");
        }
    });
}
