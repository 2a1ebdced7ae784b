//! Units through the desk: who may, the tree, changes with their log, closing, imports.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use motcua_domain::access::Role;
use motcua_domain::dossier::Office as _;
use motcua_domain::unit::UnitCode;

use crate::given::province::EAST;
use crate::given::{self, Answer, Office};

const PATH: &str = "/can-bo/quan-tri/don-vi";
const LOG: &str = "/can-bo/quan-tri/nhat-ky";

fn code(text: &str) -> UnitCode {
    text.parse().unwrap()
}

async fn administrator(office: &mut Office) {
    office.province().await;
    office.officer("Trần Thị Quản", Role::Administrator, "H99").await;
}

/// Sends one file as a browser without scripts does.
pub async fn upload(office: &mut Office, path: &str, name: &str, content: &str) -> Answer {
    let csrf = office.csrf();
    let body = format!(
        "--x\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n\
         --x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{content}\r\n--x--\r\n"
    );
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body))
        .unwrap();
    office.send(request).await
}

/// The value of a hidden field of a page.
pub fn hidden(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    page.split(&start)
        .nth(1)
        .unwrap_or_else(|| panic!("no {name} in {page}"))
        .split('"')
        .next()
        .unwrap()
        .to_owned()
}

#[test]
fn every_other_role_is_refused_by_address() {
    given::on_each_engine(async |mut office| {
        office.province().await;
        for (number, role) in Role::ALL.into_iter().filter(|role| *role != Role::Administrator).enumerate() {
            office.officer(&format!("Người {number}"), role, "H99").await;
            for path in ["", "/them", "/H99", "/H99/sua", "/H99/dong", "/nhap"] {
                let answer = office.get(&format!("{PATH}{path}")).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{role:?} {path}");
            }
            for path in ["/them", "/H99/sua", "/H99/dong", "/H99/mo-lai", "/nhap/ghi"] {
                let answer = office.post(&format!("{PATH}{path}"), &[]).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{role:?} {path}");
            }
        }
        office.officer("Quản Trị", Role::Administrator, "H99").await;
        assert_eq!(office.get(PATH).await.status, StatusCode::OK);
        assert_eq!(office.get(&format!("{PATH}/H98")).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_unit_is_added_changed_and_found_at_once() {
    given::on_each_engine(async |mut office| {
        administrator(&mut office).await;
        let text = office.get(PATH).await.text();
        assert!(text.contains("UBND xã Đông") && text.contains("1–4 trong 4 đơn vị"), "{text}");
        let wrong = [
            ("code", "h99"),
            ("name", "UBND xã <Nam>"),
            ("level", "x"),
            ("from-day", "31"),
            ("from-month", "2"),
        ];
        let answer = office.post(&format!("{PATH}/them"), &wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        for words in ["Nhập mã định danh gồm", "Chọn cấp của đơn vị", "nhập năm", "UBND xã &#60;Nam&#62;"]
        {
            assert!(answer.text().contains(words), "{words}");
        }
        let rows = office.post(&format!("{PATH}/them"), &[("name", "Xã Nam"), ("row", "add:stop")]).await;
        assert_eq!(rows.status, StatusCode::OK);
        assert!(rows.text().contains("id=\"stop-0-name\"") && rows.text().contains("value=\"Xã Nam\""));
        let new = [
            ("code", "H99.103"),
            ("name", "UBND xã Nam"),
            ("level", "commune"),
            ("parent", "H99"),
            ("from", "2026-01-01"),
            ("stop-0-kind", "point"),
            ("stop-0-name", "Điểm tiếp nhận xã Nam"),
        ];
        let answer = office.post(&format!("{PATH}/them"), &new).await;
        assert_eq!(
            answer.location.as_deref(),
            Some("/can-bo/quan-tri/don-vi/H99.103?xong=them"),
            "{}",
            answer.text()
        );
        assert_eq!(office.app.office().unit_name(&code("H99.103")), "UBND xã Nam");
        // The same form sent twice adds nothing.
        let again = office.post(&format!("{PATH}/them"), &new).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text().contains("Mã này đã có đơn vị dùng"));
        let text = office.get(&format!("{PATH}?q=xa+nam")).await.text();
        assert!(text.contains("UBND xã Nam") && !text.contains("UBND xã Đông"));

        let page = office.get(&format!("{PATH}/H99.103/sua")).await.text();
        let seen = hidden(&page, "seen");
        let mut change = new.to_vec();
        change[1].1 = "UBND phường Nam";
        change[4].1 = "2026-02-01";
        change.extend([("how", "change"), ("seen", seen.as_str())]);
        let answer = office.post(&format!("{PATH}/H99.103/sua"), &change).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let units = office.app.office();
        let on = |day| units.units().on(&code("H99.103"), day).map(|unit| unit.name.clone());
        assert_eq!(on(jiff::civil::date(2026, 1, 31)).as_deref(), Some("UBND xã Nam"));
        assert_eq!(on(jiff::civil::date(2026, 2, 1)).as_deref(), Some("UBND phường Nam"));
        // Whoever had the page before is told, and loses nothing.
        let stale = office.post(&format!("{PATH}/H99.103/sua"), &change).await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            stale.text().contains("Người khác vừa sửa đơn vị này")
                && stale.text().contains("UBND phường Nam")
        );
        let text = office.get(&format!("{LOG}?ve=unit:H99.103")).await.text();
        assert!(
            text.contains("Thêm đơn vị UBND xã Nam (H99.103)") && text.contains("có hiệu lực từ 01/02/2026")
        );
    });
}

#[test]
fn a_unit_with_people_is_closed_only_knowingly_and_its_history_is_shown() {
    given::on_each_engine(async |mut office| {
        administrator(&mut office).await;
        office.hired("Lê Thị Cúc", &[(Role::Reception, EAST)]).await;
        let base = format!("{PATH}/{EAST}");
        let page = office.get(&format!("{base}/dong")).await.text();
        assert!(
            page.contains("1 người đang giữ vai trò") && page.contains(&format!("nguoi-dung?unit={EAST}"))
        );
        let seen = hidden(&page, "seen");
        let typed = [
            ("seen", seen.as_str()),
            ("last", "2026-06-30"),
            ("successor-0-unit", "H99.102"),
            ("successor-0-share", "whole"),
        ];
        let answer = office.post(&format!("{base}/dong"), &typed).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains("Đơn vị còn 0 hồ sơ đang giải quyết và 1 người"));
        let answer = office.post(&format!("{base}/dong"), &[&typed[..], &[("known", "yes")]].concat()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        assert!(office.get(&base).await.text().contains("UBND phường Tây (H99.102)"));
        let page = office.get(&format!("{PATH}/H99.102")).await.text();
        assert!(
            page.contains("Được hình thành từ")
                && page.contains("UBND xã Đông")
                && page.contains("30/06/2026")
        );
        // A unit with others below it is not closed.
        let page = office.get(&format!("{PATH}/H99/dong")).await.text();
        let seen = hidden(&page, "seen");
        let typed = [("seen", seen.as_str()), ("last", "2026-06-30"), ("known", "yes")];
        let answer = office.post(&format!("{PATH}/H99/dong"), &typed).await;
        assert!(answer.text().contains("Còn đơn vị trực thuộc hoạt động sau ngày này"), "{}", answer.text());
        let page = office.get(&base).await.text();
        let seen = hidden(&page, "seen");
        let answer = office.post(&format!("{base}/mo-lai"), &[("seen", &seen)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        let log = office.get(&format!("{LOG}?ve=unit:{EAST}")).await.text();
        assert!(log.contains("Kết thúc đơn vị UBND xã Đông") && log.contains("Bỏ việc kết thúc"));
    });
}

#[test]
fn a_file_is_tried_out_before_it_is_taken_and_one_bad_row_forbids_it() {
    given::on_each_engine(async |mut office| {
        administrator(&mut office).await;
        let unit = |n: usize, from: &str| {
            format!(
                "{{\"code\":\"H99.{n}\",\"name\":\"Đơn vị {n}\",\"level\":\"commune\",\"parent\":\"H99\",\"valid_from\":\"{from}\"}}\n"
            )
        };
        let rows: Vec<String> =
            (1..=1500).map(|n| unit(1000 + n, if n == 1234 { "hôm qua" } else { "2026-01-01" })).collect();
        let path = format!("{PATH}/nhap");
        let answer = upload(&mut office, &path, "sai.jsonl", &rows.concat()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains("Dòng 1234"), "{}", answer.text());
        let answer = upload(&mut office, &path, "dung.jsonl", &unit(2000, "2026-01-01")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let page = answer.text();
        assert!(page.contains("Chưa có gì được ghi") && page.contains("dung.jsonl"));
        assert!(office.app.office().units().latest(&code("H99.2000")).is_none());
        let kept = ["name", "hash", "proof"].map(|name| (name, hidden(&page, name)));
        let typed: Vec<(&str, &str)> = kept.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = office.post(&format!("{path}/ghi"), &typed).await;
        assert!(answer.text().contains("Đã ghi vào dữ liệu"), "{}", answer.text());
        assert!(office.app.office().units().latest(&code("H99.2000")).is_some());
        assert!(office.app.office().units().latest(&code("H99.1001")).is_none());
        assert!(office.get(LOG).await.text().contains("Nhập đơn vị, địa bàn từ tệp dung.jsonl: thêm 1"));
        let forged = [typed[0], typed[1], ("proof", "0123")];
        assert_eq!(office.post(&format!("{path}/ghi"), &forged).await.status, StatusCode::NOT_FOUND);
        let nothing = upload(&mut office, &path, "", "").await;
        assert!(nothing.text().contains("Chọn tệp cần nhập"));
    });
}
