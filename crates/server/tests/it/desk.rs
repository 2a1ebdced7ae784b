//! The desk through its pages: what is offered, what is late, what is refused, and what is typed is kept.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode, header};
use futures_util::stream;
use jiff::SignedDuration;
use motcua_db::Engine;
use motcua_domain::access::Role;
use motcua_domain::dossier::{Action, Dossier, Status};

use crate::given::province::EAST;
use crate::given::{Answer, Office, on_each_engine};
use crate::portal::{self, files};

const BOUNDARY: &str = "----ranh-gioi";

/// Sends an act as the page of the dossier does, with a file when one is given.
pub async fn act(
    office: &mut Office,
    code: &str,
    kind: &str,
    fields: &[(&str, &str)],
    file: Option<(&str, &[u8])>,
) -> Answer {
    let csrf = office.token().await;
    let mut body = Vec::new();
    for (name, value) in fields.iter().chain(&[("csrf", csrf.as_str())]) {
        let part =
            format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    if let Some((name, content)) = file {
        let head = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             content-type: application/octet-stream\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend_from_slice(content);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
    let request = Request::post(format!("/can-bo/ho-so/{code}/viec/{kind}"))
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
        .header("sec-fetch-site", "same-origin")
        .body(in_pieces(&body))
        .unwrap();
    office.send(request).await
}

/// A body as the network brings it.
fn in_pieces(body: &[u8]) -> Body {
    let pieces: Vec<_> =
        body.chunks(64 * 1024).map(|piece| Ok::<_, Infallible>(Bytes::copy_from_slice(piece))).collect();
    Body::from_stream(stream::iter(pieces))
}

/// The dossier as it is now.
pub async fn shown(office: &Office, code: &str) -> Dossier {
    let (app, code) = (office.app.clone(), code.parse().unwrap());
    let read = move |tx: &mut motcua_db::Tx<'_>| motcua::dossier::steps::load(tx, &app, &code);
    office.app.store.read(read).await.unwrap().unwrap().dossier
}

fn accept() -> Action {
    Action::Accept { competent_unit: None, note: String::new() }
}

#[test]
fn an_act_that_needs_a_legal_base_offers_those_of_the_procedure_and_the_mechanism() {
    on_each_engine(async |mut office| {
        let (_, code) = portal::filed(&mut office).await;
        office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let page = office.get(&format!("/can-bo/ho-so/{code}")).await.text();
        let offers = page.split("<datalist id=\"refuse--legal_base-offers\">").nth(1).expect("a list");
        let offers = offers.split("</datalist>").next().unwrap();
        for offered in ["Luật Hộ tịch (60/2014/QH13)", "Nghị định số 118/2025/NĐ-CP"] {
            assert!(offers.contains(offered), "{offered} is not offered: {offers}");
        }
        assert!(page.contains("list=\"refuse--legal_base-offers\""));
        assert!(page.contains("list=\"request_supplement--legal_base-offers\""));
        let typed = [("version", "1"), ("reason", "Trùng hồ sơ"), ("legal_base", "Điều 3 của nơi khác")];
        let done = act(&mut office, &code, "refuse", &typed, None).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "any other base may be typed: {}", done.text());
    });
}

#[test]
fn a_late_hand_over_is_told_in_words_where_it_lies_and_stays_with_the_desk() {
    on_each_engine(async |mut office| {
        let (_, code) = portal::filed(&mut office).await;
        office.step(&code, Role::Reception, accept()).await;
        office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let listed = office.get("/can-bo?tab=hand_over").await.text();
        assert!(listed.contains(&code) && listed.contains("trước 17:00 thứ Hai 02/03/2026"), "{listed}");
        assert!(!listed.contains("Quá hạn bàn giao"));

        office.wait(SignedDuration::from_hours(30));
        office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        for path in ["/can-bo?tab=hand_over".to_owned(), "/can-bo/don-vi".to_owned(), at(&code)] {
            assert!(office.get(&path).await.text().contains("Quá hạn bàn giao"), "{path}");
        }

        let step = "receive".parse().unwrap();
        office.step(&code, Role::Reception, Action::Forward { step, note: String::new() }).await;
        assert!(!office.get("/can-bo/don-vi").await.text().contains("Quá hạn bàn giao"));
        let page = office.get(&at(&code)).await.text();
        let (_, custody) = page.split_once("Quá trình giao nhận").unwrap();
        assert!(custody.contains("Cán bộ Hòa") && custody.contains("Quá hạn bàn giao"), "{custody}");
    });
}

#[test]
fn a_dossier_that_waits_for_payment_has_its_tab_and_is_never_late_with_the_desk() {
    on_each_engine(async |mut office| {
        let (_, code) = portal::filed(&mut office).await;
        office.accepted(&code).await;
        let asked = Action::RequestPayment {
            name: "Lệ phí hộ tịch".to_owned(),
            amount: 8_000,
            legal_base: "Luật Phí và lệ phí số 97/2015/QH13".to_owned(),
            pay_by: office.app.clock.now() + SignedDuration::from_hours(24 * 7),
        };
        office.step(&code, Role::FeeCollector, asked).await;
        for days in [0, 10] {
            office.wait(SignedDuration::from_hours(24 * days));
            office.officer("Trần Thị Quầy", Role::FeeCollector, EAST).await;
            let listed = office.get("/can-bo?tab=payment").await.text();
            assert!(listed.contains(&code) && listed.contains("Chờ nộp phí"), "{listed}");
            assert!(listed.contains("Chờ người nộp đến"), "{listed}");
            assert!(!office.get("/can-bo?tab=late").await.text().contains(&code), "after {days} days");
        }
        let page = office.get(&at(&code)).await.text();
        assert!(page.contains("Số tiền (đồng)") && page.contains("value=\"8.000\""), "{page}");
        let version = shown(&office, &code).await.progress.version.to_string();
        let paid = [("version", version.as_str()), ("amount", "8.000"), ("receipt", "0001")];
        let answer = act(&mut office, &code, "confirm_payment", &paid, None).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "what is offered is understood: {}", answer.text());
    });
}

#[test]
fn a_clock_that_stands_is_listed_with_who_stopped_it_why_and_until_when() {
    on_each_engine(async |mut office| {
        let (_, code) = portal::filed(&mut office).await;
        office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let before = office.get("/can-bo/tam-dung").await.text();
        assert!(before.contains("Không có hồ sơ nào đang tạm dừng"), "{before}");
        office.accepted(&code).await;
        let asked = Action::RequestPayment {
            name: "Lệ phí hộ tịch".to_owned(),
            amount: 8_000,
            legal_base: "Luật Phí và lệ phí số 97/2015/QH13".to_owned(),
            pay_by: office.app.clock.now() + SignedDuration::from_hours(24 * 7),
        };
        office.step(&code, Role::FeeCollector, asked).await;
        let listed = office.get(&format!("/can-bo/tam-dung?unit={EAST}")).await.text();
        for said in [
            code.as_str(),
            "Lệ phí hộ tịch",
            "Luật Phí và lệ phí số 97/2015/QH13",
            "Cán bộ Hòa",
            "tháng 3 năm 2026",
        ] {
            assert!(listed.contains(said), "{said}: {listed}");
        }
        assert!(!listed.contains("Đã quá ngày hẹn"));
        assert!(!office.get("/can-bo/tam-dung?unit=H99.102").await.text().contains(&code), "another unit");
        assert!(!office.get("/can-bo/tam-dung?month=2025-01").await.text().contains("Còn tạm dừng"));
        office.wait(SignedDuration::from_hours(24 * 8));
        office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        assert!(office.get("/can-bo/tam-dung").await.text().contains("Đã quá ngày hẹn"));
        office.officer("Lê Văn Tây", Role::Reception, "H99.102").await;
        let elsewhere = office.get("/can-bo/tam-dung").await.text();
        assert!(elsewhere.contains("Không có hồ sơ nào") && !elsewhere.contains(&code), "{elsewhere}");
    });
}

#[test]
fn a_list_is_narrowed_by_procedure_door_and_officer() {
    on_each_engine(async |mut office| {
        let (_, code) = portal::filed(&mut office).await;
        office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let nobody = uuid::Uuid::from_u128(7);
        let found = ["procedure=1.001193", "channel=online", "tab=intake&channel=online&q=", "officer="];
        for query in found {
            assert!(office.get(&format!("/can-bo?{query}")).await.text().contains(&code), "{query}");
        }
        let none =
            ["procedure=1.000001".to_owned(), "channel=counter".to_owned(), format!("officer={nobody}")];
        for query in none {
            let page = office.get(&format!("/can-bo?{query}")).await.text();
            assert!(!page.contains(&code) && page.contains("Không có hồ sơ nào khớp"), "{query}: {page}");
        }
    });
}

#[test]
fn a_settled_dossier_says_whether_it_was_early_or_late() {
    for (days, said) in [(0, "Xong trước hạn"), (30, "Xong quá hạn")] {
        on_each_engine(async |mut office| {
            let (_, code) = portal::filed(&mut office).await;
            office.accepted(&code).await;
            office.wait(SignedDuration::from_hours(24 * days));
            portal::follow::settle(&office, &code).await;
            office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
            let page = office.get(&at(&code)).await.text();
            assert!(page.contains(said), "{days}: {page}");
        });
    }
}

/// Where the page of a dossier is.
pub fn at(code: &str) -> String {
    format!("/can-bo/ho-so/{code}")
}

#[test]
fn of_two_officers_the_second_is_told_who_was_first_and_keeps_what_was_typed() {
    on_each_engine(async |mut office| {
        let (_, code) = portal::filed(&mut office).await;
        office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        office.step(&code, Role::Reception, accept()).await;
        let typed = [("version", "1"), ("reason", "Thiếu giấy chứng sinh"), ("legal_base", "Điều 15")];
        let late = act(&mut office, &code, "refuse", &typed, None).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = late.text();
        for said in ["hồ sơ đã thay đổi", "Cán bộ Hòa", "Thiếu giấy chứng sinh", "Điều 15"]
        {
            assert!(text.contains(said), "{said} is missing");
        }
        assert_eq!(shown(&office, &code).await.status(), Status::Accepted);
        // The same click twice: the second finds the dossier as the first left it.
        let version = shown(&office, &code).await.progress.version.to_string();
        let forward = [("version", version.as_str()), ("target", "receive")];
        let first = act(&mut office, &code, "forward", &forward, None).await;
        assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.text());
        let second = act(&mut office, &code, "forward", &forward, None).await;
        assert_eq!(second.status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}

#[test]
fn an_act_that_is_not_this_persons_is_refused_by_its_address() {
    on_each_engine(async |mut office| {
        let (lan, code) = portal::filed(&mut office).await;
        office.officer("Lê Văn Chuyên", Role::Specialist, EAST).await;
        let refused = act(&mut office, &code, "accept", &[("version", "1")], None).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let unknown = act(&mut office, &code, "approve_everything", &[], None).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        office.officer("Phạm Thị Xa", Role::Reception, "H99.102").await;
        let elsewhere = act(&mut office, &code, "accept", &[("version", "1")], None).await;
        assert_eq!(elsewhere.status, StatusCode::NOT_FOUND, "another unit learns nothing");
        office.switch(&lan);
        let citizen = act(&mut office, &code, "accept", &[("version", "1")], None).await;
        assert!(citizen.status.is_redirection(), "officers sign in at their own door: {}", citizen.status);
        assert_eq!(shown(&office, &code).await.status(), Status::Registered);
    });
}

#[test]
fn what_is_wrong_with_a_file_or_a_day_is_said_at_its_field_and_nothing_typed_is_lost() {
    on_each_engine(async |mut office| {
        let (_, code) = portal::filed(&mut office).await;
        office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let fields = [("version", "1"), ("title", "Văn bản ủy quyền"), ("copy", "copy")];
        let program: &[u8] = b"MZ\x90\x00\x03 this program cannot be run";
        for (name, content) in [("uy-quyen.pdf", program), ("uy-quyen.pdf", b"".as_slice())] {
            let answer = act(&mut office, &code, "add_paper", &fields, Some((name, content))).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            let text = answer.text();
            assert!(text.contains("add_paper--file-error") && text.contains("Văn bản ủy quyền"), "{text}");
        }
        let fields = [("version", "1"), ("reason", "Ảnh mờ"), ("day", "31/02/2026"), ("wanted", "Quét lại")];
        let answer = act(&mut office, &code, "request_supplement", &fields, None).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = answer.text();
        assert!(text.contains("request_supplement--day-error") && text.contains("31/02/2026"), "{text}");
        assert!(text.contains("Ảnh mờ") && text.contains("Quét lại"));
        assert!(text.contains("<title>Lỗi: Hồ sơ"), "the title says so first");
        let refused = act(&mut office, &code, "refuse", &[("version", "1")], None).await;
        assert!(
            refused.text().contains("<title>Lỗi: Hồ sơ"),
            "also when the rules said no: {}",
            refused.text()
        );
    });
}

#[test]
fn a_file_too_large_is_refused_at_its_field_and_nothing_typed_is_lost() {
    on_each_engine(async |mut office| {
        let (_, code) = portal::filed(&mut office).await;
        office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let fields = [("version", "1"), ("title", "Văn bản ủy quyền"), ("copy", "copy")];
        let mut content = files::pdf();
        content.resize(30 << 20, b' ');
        let file = Some(("uy-quyen.pdf", content.as_slice()));
        let answer = act(&mut office, &code, "add_paper", &fields, file).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = answer.text();
        assert!(text.contains("add_paper--file-error") && text.contains("20 MB"), "{text}");
        assert!(text.contains("Văn bản ủy quyền"), "{text}");
        assert_eq!(shown(&office, &code).await.papers().count(), 1, "nothing was added");
    });
}

/// The store of files fails under an upload: it is said at the file, the dossier stays as it was.
#[test]
fn a_file_that_cannot_be_stored_is_told_and_nothing_is_lost() {
    on_each_engine(async |mut office| {
        let (_, code) = portal::filed(&mut office).await;
        office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let incoming = office.app.data.join("files/incoming");
        std::fs::remove_dir_all(&incoming).unwrap();
        std::fs::write(&incoming, b"in the way").unwrap();
        let fields = [("version", "1"), ("title", "Văn bản ủy quyền"), ("copy", "copy")];
        let pdf = files::pdf();
        let answer = act(&mut office, &code, "add_paper", &fields, Some(("uy-quyen.pdf", &pdf))).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = answer.text();
        assert!(
            text.contains("Máy chủ chưa lưu được tệp này") && text.contains("Văn bản ủy quyền"),
            "{text}"
        );
        std::fs::remove_file(&incoming).unwrap();
        std::fs::create_dir(&incoming).unwrap();
        let again = act(&mut office, &code, "add_paper", &fields, Some(("uy-quyen.pdf", &pdf))).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text());
    });
}

/// The disk of the database is full: the page says so, what was confirmed stays, and afterwards work goes on.
#[test]
fn a_full_disk_is_told_on_the_page_and_survived() {
    on_each_engine(async |mut office| {
        let (_, code) = portal::filed(&mut office).await;
        office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let is_sqlite = office.app.store.read(|tx| Ok::<_, motcua_db::DbError>(tx.engine())).await.unwrap();
        if is_sqlite != Engine::Sqlite {
            return;
        }
        let pages = |most: u32| {
            move |tx: &mut motcua_db::Tx<'_>| {
                tx.rows(&format!("pragma max_page_count = {most}"), &[]).map(|_| ())
            }
        };
        office.app.store.write(pages(1)).await.unwrap();
        let text = "Mang theo bản chính. ".repeat(200);
        let mut full = None;
        for _ in 0..60 {
            let answer = act(&mut office, &code, "send_message", &[("text", &text)], None).await;
            if answer.status != StatusCode::SEE_OTHER {
                full = Some(answer);
                break;
            }
        }
        let full = full.expect("a disk that never fills");
        assert_eq!(full.status, StatusCode::INSUFFICIENT_STORAGE, "{}", full.text());
        assert!(full.text().contains("Máy chủ hết chỗ lưu"));
        office.app.store.write(pages(1_000_000)).await.unwrap();
        let again = act(&mut office, &code, "send_message", &[("text", &text)], None).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text());
        motcua::dossier::verify::verify(&office.app).await.expect("nothing was half kept");
    });
}

#[test]
fn the_books_of_the_register_are_listed_and_printed() {
    on_each_engine(async |mut office| {
        let (_, code) = portal::filed(&mut office).await;
        office.step(&code, Role::Reception, accept()).await;
        office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let page = office.get("/can-bo").await.text();
        assert!(page.contains("href=\"/can-bo/so-theo-doi\""));
        let page = office.get("/can-bo/so-theo-doi").await.text();
        assert!(page.contains("Quyển số 01/2026") && page.contains("1 hồ sơ"), "{page}");
        let book =
            page.split("href=\"/can-bo/so-theo-doi?").nth(1).expect("a link").split('"').next().unwrap();
        let book = office.get(&format!("/can-bo/so-theo-doi?{}", book.replace("&#38;", "&"))).await;
        assert_eq!((book.status, book.media_type.as_str()), (StatusCode::OK, "application/pdf"));

        office.officer("Giang Thị Kiểm", Role::Auditor, EAST).await;
        let page = office.get("/can-bo/so-theo-doi").await.text();
        assert!(page.contains("Quyển số 01/2026"), "an auditor may print every book: {page}");
        office.officer("Lại Văn Quản", Role::Administrator, EAST).await;
        let page = office.get("/can-bo/so-theo-doi").await.text();
        assert!(!page.contains("Quyển số") && page.contains("không có sổ nào để in"), "{page}");
    });
}

#[test]
fn an_empty_list_says_why_and_an_unknown_tab_is_everything() {
    on_each_engine(async |mut office| {
        let (_, code) = portal::filed(&mut office).await;
        office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let page = office.get("/can-bo/don-vi?tab=khong-co").await.text();
        assert!(page.contains(&code) && page.contains("Hiện 1 trong 1 việc"), "{page}");
        let page = office.get("/can-bo/don-vi?tab=late").await.text();
        assert!(page.contains("Không có việc nào đang chờ ở đây"), "{page}");
        assert!(!page.contains("Xem việc của đơn vị"), "no link to the page itself");
        assert!(office.get("/can-bo?tab=late").await.text().contains("Xem việc của đơn vị"));
        office.officer("Lại Văn Quản", Role::Administrator, EAST).await;
        for path in ["/can-bo", "/can-bo/don-vi"] {
            let page = office.get(path).await.text();
            assert!(page.contains("Vai trò của bạn không xử lý hồ sơ"), "{path}: {page}");
        }
    });
}
