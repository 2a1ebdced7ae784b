//! Lists to take away: every row the list has at that moment, as text and as a spreadsheet, and the log says who did.

use std::io::{Cursor, Read as _};

use axum::http::StatusCode;
use motcua_domain::access::Role;

use crate::dossier::file;
use crate::given::province::EAST;
use crate::given::{Office, on_each_engine};
use crate::portal;

/// The lines of a table as text: its rows without the columns and the sum, and the sum.
fn lines(text: &str) -> (Vec<String>, String) {
    let mut lines: Vec<String> = text.lines().skip(1).map(str::to_owned).collect();
    let sum = lines.pop().unwrap_or_default();
    (lines, sum)
}

/// The codes on every page of a search, as somebody sees who goes from page to page.
async fn pages_of(office: &mut Office, q: &str) -> Vec<String> {
    let (mut codes, mut path) = (Vec::new(), format!("/can-bo/tra-cuu?q={q}"));
    loop {
        let page = office.get(&path).await.text();
        let rows = page.split("data-row-link href=\"/can-bo/ho-so/").skip(1);
        codes.extend(rows.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
        match page.split("rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split('"').next()) {
            Some(next) => path = next.replace("&#38;", "&"),
            None => return codes,
        }
    }
}

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

#[test]
fn what_the_search_finds_is_taken_away_with_every_row_of_the_screen() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let (_, code) = portal::filed(office).await;
        // More than a page, of one person.
        for number in 0..54 {
            file(office, &format!("press {number}")).await;
        }
        office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let page = office.get("/can-bo/tra-cuu?q=nguyen+thi").await.text();
        assert!(page.contains("href=\"/can-bo/tra-cuu/tai-ve/csv?q=nguyen%20thi\""), "{page}");
        assert!(!office.get("/can-bo/tra-cuu").await.text().contains("/tai-ve/"), "nothing was asked for");
        assert!(!office.get("/can-bo/tra-cuu?q=khong-co-ai").await.text().contains("/tai-ve/"));

        for (q, found) in [("nguyen%20thi", 54), ("thi", 55), ("001190000007", 54), ("h99.101", 55)] {
            let seen = pages_of(office, q).await;
            assert_eq!(seen.len(), found, "{q}");
            let csv = office.get(&format!("/can-bo/tra-cuu/tai-ve/csv?q={q}")).await;
            assert_eq!((csv.status, csv.media_type.as_str()), (StatusCode::OK, "text/csv; charset=utf-8"));
            assert_eq!(csv.headers["x-total-count"], found.to_string(), "{q}");
            let (rows, sum) = lines(&csv.text());
            let codes: Vec<&str> = rows.iter().filter_map(|row| row.split(',').next()).collect();
            assert_eq!(codes, seen, "{q}: the rows of the screen in its order");
            assert!(sum.contains(&format!("Tổng cộng {found} hồ sơ, lập lúc")), "{sum}");
        }
        let text = office.get("/can-bo/tra-cuu/tai-ve/csv?q=lan").await.text();
        assert!(text.starts_with("\u{feff}Mã hồ sơ,Chủ hồ sơ,Thủ tục,Trạng thái,"), "{text}");
        assert!(text.contains(&format!("{code},Trần Thị Lan,")) && text.contains("Mới đăng ký"), "{text}");
        let sheet = office.get("/can-bo/tra-cuu/tai-ve/xlsx?q=thi").await;
        let mut zip = zip::ZipArchive::new(Cursor::new(sheet.body)).unwrap();
        let mut rows = String::new();
        zip.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut rows).unwrap();
        assert_eq!((rows.matches("<row>").count(), rows.contains(&code)), (57, true), "{rows}");

        assert_eq!(office.get("/can-bo/tra-cuu/tai-ve/pdf?q=lan").await.status, StatusCode::NOT_FOUND);
        let nothing = office.get("/can-bo/tra-cuu/tai-ve/csv?q=%20").await;
        assert_eq!(nothing.location.as_deref(), Some("/can-bo/tra-cuu"), "there it says what to type");
        let none = office.get("/can-bo/tra-cuu/tai-ve/csv?q=khong-co-ai").await;
        assert_eq!((&none.headers["x-total-count"], lines(&none.text()).0.len()), (&"0".parse().unwrap(), 0));

        office.officer("Giang Thị Kiểm", Role::Auditor, EAST).await;
        let log = office.get("/can-bo/quan-tri/nhat-ky").await.text();
        assert!(log.contains("Tải về kết quả tra cứu “nguyen thi”: 54 hồ sơ"), "{log}");
        assert!(log.contains("tra cứu “…007”") && !log.contains("025190000007"), "{log}");
        let all = office.get("/can-bo/tra-cuu/tai-ve/csv?q=thi").await;
        assert_eq!(all.headers["x-total-count"], "55", "auditors see every unit");
        office.officer("Lê Văn Tây", Role::Reception, "H99.102").await;
        let other = office.get("/can-bo/tra-cuu/tai-ve/csv?q=thi").await;
        assert_eq!(
            (&other.headers["x-total-count"], other.text().contains(&code)),
            (&"0".parse().unwrap(), false)
        );
        office.nobody();
        assert!(office.get("/can-bo/tra-cuu/tai-ve/csv?q=lan").await.status.is_redirection());
    });
}
