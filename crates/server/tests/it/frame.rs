//! The frame around every page: errors, languages, headers.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use motcua_domain::access::Role;

use crate::given::province::EAST;
use crate::given::{self, Office};

/// Takes a table away, so that its pages fail.
async fn break_table(office: &Office, table: &str) {
    let sql = format!("alter table {table} rename to {table}_gone");
    office.app.store.write(move |tx| tx.run(&sql, &[])).await.expect("a table has a name");
}

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

/// What the log said.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_number_of_a_fault_finds_its_line_in_the_log() {
    given::on_each_engine(async |mut office| {
        break_table(&office, "bulk_run").await;
        office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let log = Log::default();
        let writer = log.clone();
        let lines = tracing_subscriber::fmt().json().flatten_event(true).with_env_filter("warn");
        let guard = tracing::subscriber::set_default(lines.with_writer(move || writer.clone()).finish());
        let text = office.get("/can-bo/hang-loat").await.text();
        drop(guard);
        let number = text.split("báo số sự cố ").nth(1).expect("a number").split(' ').next().unwrap();
        let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        let line = log.lines().find(|line| line.contains("a request failed")).expect("it was logged");
        assert!(line.contains(&format!("\"span\":{{\"number\":\"{number}\"")), "{line}");
    });
}

#[test]
fn a_fault_tells_officers_what_officers_do_and_citizens_whom_to_call() {
    given::on_each_engine(async |mut office| {
        break_table(&office, "bulk_run").await;
        break_table(&office, "draft").await;
        let officer = office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let fault = office.get("/can-bo/hang-loat").await;
        assert_eq!(fault.status, StatusCode::INTERNAL_SERVER_ERROR);
        let text = fault.text();
        assert!(
            text.contains("Những gì đã xác nhận không bị mất.") && !text.contains("gọi Bộ phận"),
            "{text}"
        );
        let number = text.split("báo số sự cố ").nth(1).unwrap().split(' ').next().unwrap();
        assert!(number.len() == 8 && number.bytes().all(|byte| byte.is_ascii_digit()), "{number}");
        let again = office.get("/can-bo/hang-loat").await.text();
        assert!(!again.contains(number), "each fault has a number of its own");

        office.citizen("Trần Thị Lan").await;
        let fault = office.get("/ho-so").await;
        assert_eq!(fault.status, StatusCode::INTERNAL_SERVER_ERROR);
        let text = fault.text();
        assert!(
            text.contains("gọi Bộ phận Một cửa nơi bạn nộp hồ sơ") && !text.contains("số sự cố"),
            "{text}"
        );
        office.get("/ngon-ngu/en?tiep=/ho-so").await;
        assert!(office.get("/ho-so").await.text().contains("call the one-stop desk where you filed"));
        office.switch(&officer);
        office.get("/ngon-ngu/en?tiep=/can-bo").await;
        let text = office.get("/can-bo/hang-loat").await.text();
        assert!(
            text.contains("Nothing that was confirmed is lost.") && !text.contains("one-stop desk"),
            "{text}"
        );
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
