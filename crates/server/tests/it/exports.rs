//! Lists to take away: every row the list has at that moment, as text and as a spreadsheet, and the log says who did.

use std::io::{Cursor, Read as _};

use axum::http::StatusCode;
use motcua_domain::access::Role;

use crate::given::on_each_engine;
use crate::given::province::EAST;
use crate::portal;

#[test]
fn a_list_is_taken_away_as_text_and_as_a_spreadsheet() {
    on_each_engine(async |mut office| {
        let (_, code) = portal::filed(&mut office).await;
        office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let page = office.get("/can-bo/don-vi?tab=intake").await.text();
        assert!(page.contains("href=\"/can-bo/don-vi/tai-ve/csv?tab=intake\""), "{page}");

        let csv = office.get("/can-bo/don-vi/tai-ve/csv?tab=intake").await;
        assert_eq!((csv.status, csv.media_type.as_str()), (StatusCode::OK, "text/csv; charset=utf-8"));
        assert_eq!(csv.headers["x-total-count"], "1");
        let name = csv.headers["content-disposition"].to_str().unwrap();
        assert!(name.starts_with("attachment;") && name.contains("viec cua don vi 2026-03-02.csv"), "{name}");
        let text = csv.text();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("\u{feff}Mã hồ sơ,Chủ hồ sơ,Mã thủ tục"), "{text}");
        assert!(lines[1].starts_with(&code) && lines[1].contains("Trần Thị Lan,1.001193,"), "{text}");
        assert!(lines[1].contains("Mới đăng ký") && lines[1].contains("08:00 02/03/2026"), "{text}");
        assert!(lines[2].contains("Tổng cộng 1 việc, lập lúc"), "{text}");
        assert_eq!(lines.len(), 3);

        let sheet = office.get("/can-bo/tai-ve/xlsx").await;
        assert_eq!(sheet.status, StatusCode::OK);
        let mut zip = zip::ZipArchive::new(Cursor::new(sheet.body)).unwrap();
        let mut rows = String::new();
        zip.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut rows).unwrap();
        assert!(rows.contains(&code) && rows.contains("Tổng cộng 1 việc"), "{rows}");

        let none = office.get("/can-bo/don-vi/tai-ve/csv?tab=late").await;
        assert_eq!((none.headers["x-total-count"].as_bytes(), none.text().lines().count()), (&b"0"[..], 2));
        assert_eq!(office.get("/can-bo/tai-ve/pdf").await.status, StatusCode::NOT_FOUND);

        office.officer("Giang Thị Kiểm", Role::Auditor, EAST).await;
        let log = office.get("/can-bo/quan-tri/nhat-ky").await.text();
        assert!(log.contains("Tải về danh sách") && log.contains("tab=intake"), "{log}");
        office.officer("Lê Văn Tây", Role::Reception, "H99.102").await;
        let other = office.get("/can-bo/don-vi/tai-ve/csv").await;
        assert!(!other.text().contains(&code) && other.headers["x-total-count"] == "0");
        office.nobody();
        assert!(office.get("/can-bo/tai-ve/csv").await.status.is_redirection());
    });
}
