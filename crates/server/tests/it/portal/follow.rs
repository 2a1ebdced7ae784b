//! After filing: my dossiers, one dossier, the supplement, the withdrawal, the public look-up.

use axum::http::StatusCode;
use jiff::SignedDuration;
use motcua_domain::access::Role;
use motcua_domain::dossier::{Action, CopyKind, Defect, Paper, PaperSource, Verdict};
use motcua_domain::ids::PaperId;
use uuid::Uuid;

use super::{filed, files};
use crate::given::people::Who;
use crate::given::{self, Office};

fn defect(component: Option<&str>, title: &str, wanted: &str) -> Defect {
    Defect {
        component: component.map(|key| key.parse().unwrap()),
        title: title.to_owned(),
        wanted: wanted.to_owned(),
        copy: CopyKind::Electronic,
    }
}

/// The desk asks for a better scan and for a mended form.
async fn asked(office: &mut Office) -> (Who, String) {
    let (lan, code) = filed(office).await;
    let action = Action::RequestSupplement {
        defects: vec![
            defect(Some("chung-sinh"), "Giấy chứng sinh", "Ảnh mờ, quét lại rõ dấu của bệnh viện"),
            defect(None, "Tờ khai", "Ghi rõ nơi sinh"),
        ],
        reason: "Chưa đọc được giấy chứng sinh".to_owned(),
        legal_base: "Điều 15 Luật Hộ tịch".to_owned(),
        answer_by: None,
    };
    office.step(&code, Role::Reception, action).await;
    office.switch(&lan);
    (lan, code)
}

#[test]
fn the_list_says_what_is_expected_and_by_when() {
    given::on_each_engine(async |mut office| {
        let empty = office.citizen("Nguyễn Văn Bình").await;
        let page = office.get("/ho-so").await.text();
        assert!(
            page.contains("Bạn không có hồ sơ nào đang giải quyết") && page.contains("href=\"/thu-tuc\"")
        );
        let (lan, code) = filed(&mut office).await;
        let page = office.get("/ho-so").await.text();
        assert!(page.contains(&code) && page.contains("Chờ Bộ phận Một cửa trả lời. Còn"));
        office.accepted(&code).await;
        let page = office.get("/ho-so").await.text();
        assert!(page.contains("Chờ kết quả. Còn 1 ngày làm việc, trước 08:00 thứ Ba 03/03/2026"), "{page}");
        office.switch(&empty);
        assert!(!office.get("/ho-so").await.text().contains(&code));
        office.switch(&lan);
        assert!(office.get("/ho-so?loc=xong").await.text().contains("Chưa có hồ sơ nào kết thúc"));
    });
}

#[test]
fn the_dossiers_page_tells_everything_to_its_owner_and_nothing_to_others() {
    given::on_each_engine(async |mut office| {
        let (lan, code) = filed(&mut office).await;
        office.accepted(&code).await;
        let purpose = "Thẩm định hồ sơ".to_owned();
        office.step(&code, Role::Specialist, Action::Read { purpose }).await;
        let page = office.get(&format!("/ho-so/{code}")).await.text();
        for shown in [
            "Hồ sơ được nộp",
            "Hồ sơ được tiếp nhận",
            "UBND xã Đông",
            "Nhận đủ hồ sơ lúc",
            "Hẹn trả kết quả",
            "chung-sinh.pdf",
            "Trần Minh Khôi",
            "Cán bộ Hòa, UBND xã Đông",
            "Thẩm định hồ sơ",
            "tất cả các mục đều khớp",
        ] {
            assert!(page.contains(shown), "{shown} is missing");
        }
        let id =
            page.split(&format!("/ho-so/{code}/tep/")).nth(1).unwrap().split('"').next().unwrap().to_owned();
        let paper = format!("/ho-so/{code}/tep/{id}");
        assert_eq!(office.get(&paper).await.body, files::pdf());
        office.citizen("Nguyễn Văn Bình").await;
        for path in ["", "/da-nop", "/ma-qr", "/rut", "/bo-sung", "/bo-sung/1", "/bo-sung/kiem-tra"] {
            let answer = office.get(&format!("/ho-so/{code}{path}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            assert!(!answer.text().contains("Trần"), "{path}");
        }
        assert_eq!(office.get(&paper).await.status, StatusCode::NOT_FOUND);
        assert_eq!(office.get("/ho-so/khong-phai-ma").await.status, StatusCode::NOT_FOUND);
        let theirs = office.post(&format!("/ho-so/{code}/tin-nhan"), &[("text", "x")]).await;
        assert_eq!(theirs.status, StatusCode::NOT_FOUND);
        office.nobody();
        assert!(office.get(&format!("/ho-so/{code}")).await.location.unwrap().starts_with("/dang-nhap"));
        office.switch(&lan);
    });
}

#[test]
fn a_supplement_is_answered_point_by_point_and_handed_in_once() {
    given::on_each_engine(async |mut office| {
        let (_, code) = asked(&mut office).await;
        let base = format!("/ho-so/{code}/bo-sung");
        let page = office.get(&format!("/ho-so/{code}")).await.text();
        assert!(page.contains("Đến lượt bạn") && page.contains(&base));
        assert_eq!(office.get(&base).await.location, Some(format!("{base}/1")), "at the very component");
        let page = office.get(&format!("{base}/1")).await.text();
        for shown in ["Ảnh mờ, quét lại", "Điều 15 Luật Hộ tịch", "chung-sinh.pdf", "Bạn đã gửi trước đây"]
        {
            assert!(page.contains(shown), "{shown} is missing");
        }
        let early = office.post(&format!("{base}/nop"), &[]).await;
        assert_eq!(early.location, Some(format!("{base}/1")), "nothing is handed in before all is answered");
        let nothing = office.post(&format!("{base}/1"), &[]).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        let upload = page.split("data-draft=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let better = [files::pdf(), b"% better\n%%EOF\n".to_vec()].concat();
        let sent = files::send(&mut office, &upload, "muc-1", "ro-hon.pdf", &better).await;
        assert_eq!(sent.status, StatusCode::OK, "{}", sent.text());
        assert_eq!(office.post(&format!("{base}/1"), &[]).await.location, Some(format!("{base}/2")));
        let silent = office.post(&format!("{base}/2"), &[("note-2", " ")]).await;
        assert!(silent.text().contains("Viết phần trả lời"));
        let note = [("note-2", "Sinh tại Bệnh viện tỉnh")];
        assert_eq!(office.post(&format!("{base}/2"), &note).await.location, Some(format!("{base}/kiem-tra")));
        let check = office.get(&format!("{base}/kiem-tra")).await.text();
        assert!(check.contains("ro-hon.pdf") && check.contains("Sinh tại Bệnh viện tỉnh"));
        let done = office.post(&format!("{base}/nop"), &[]).await;
        assert_eq!(done.location, Some(format!("/ho-so/{code}?xong=bo-sung")));
        let again = office.post(&format!("{base}/nop"), &[]).await;
        assert_eq!(again.location, Some(format!("/ho-so/{code}")), "pressed twice");
        let page = office.get(&format!("/ho-so/{code}")).await.text();
        assert_eq!(page.matches("Đã nộp giấy tờ bổ sung").count(), 1);
        assert!(page.contains("ro-hon.pdf"));
    });
}

#[test]
fn a_supplement_that_comes_too_late_is_told_so() {
    given::on_each_engine(async |mut office| {
        let (lan, code) = asked(&mut office).await;
        office.wait(SignedDuration::from_hours(24 * 40));
        office.citizen("Trần Thị Lan").await;
        let page = office.get(&format!("/ho-so/{code}")).await.text();
        assert!(page.contains("Hạn bổ sung đã hết"));
        let late = office.get(&format!("/ho-so/{code}/bo-sung")).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.text().contains("Hạn bổ sung đã hết"));
        assert!(!lan.login.is_empty());
    });
}

#[test]
fn a_dossier_is_withdrawn_with_a_reason_and_only_before_the_result() {
    given::on_each_engine(async |mut office| {
        let (_, code) = filed(&mut office).await;
        let path = format!("/ho-so/{code}/rut");
        let bare = office.post(&path, &[]).await;
        assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
        let sure = office.post(&path, &[("reason", "Tôi nộp nhầm")]).await.text();
        assert!(sure.contains("Bạn chắc chắn rút hồ sơ này?") && sure.contains("Tôi nộp nhầm"));
        // Somebody acts meanwhile: the page is stale, and says so.
        office.accepted(&code).await;
        let stale = [("reason", "Tôi nộp nhầm"), ("sure", "yes"), ("version", "1")];
        assert_eq!(office.post(&path, &stale).await.status, StatusCode::CONFLICT);
        let sure = office.post(&path, &[("reason", "Tôi nộp nhầm")]).await.text();
        let version =
            sure.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let fields = [("reason", "Tôi nộp nhầm"), ("sure", "yes"), ("version", version.as_str())];
        let done = office.post(&path, &fields).await;
        assert_eq!(done.location, Some(format!("/ho-so/{code}?xong=rut")));
        let again = office.post(&path, &fields).await;
        assert_eq!(again.location, Some(format!("/ho-so/{code}")), "pressed twice");
        let page = office.get(&format!("/ho-so/{code}")).await.text();
        assert!(page.contains("Bạn đã rút hồ sơ này") && !page.contains(&path));
    });
}

#[test]
fn the_result_is_the_applicants_once_signed_and_withdrawal_is_over() {
    given::on_each_engine(async |mut office| {
        let (_, code) = filed(&mut office).await;
        office.accepted(&code).await;
        settle(&office, &code).await;
        let page = office.get(&format!("/ho-so/{code}")).await.text();
        assert!(page.contains("Giấy khai sinh số 05") && page.contains("giay-khai-sinh.pdf"));
        assert!(!page.contains("Bản nháp của chuyên viên"), "drafts stay inside");
        let id = Uuid::from_u128(0xF00);
        let result = office.get(&format!("/ho-so/{code}/tep/{id}?luu=1")).await;
        assert_eq!(result.body, files::pdf());
        let late = office.get(&format!("/ho-so/{code}/rut")).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.text().contains("không rút được nữa"));
    });
}

/// The commune examines, approves and signs.
pub async fn settle(office: &Office, code: &str) {
    let bytes = bytes::Bytes::from(files::pdf());
    let hash = office.app.blobs.keep(bytes).await.unwrap();
    let paper = |id: u128, name: &str, title: &str| Paper {
        id: PaperId::new(Uuid::from_u128(id)),
        component: None,
        title: title.to_owned(),
        copy: CopyKind::Electronic,
        quantity: 1,
        source: PaperSource::Issued,
        file: Some(motcua_domain::dossier::FileRef {
            sha256: hash.to_string().parse().unwrap(),
            name: name.to_owned(),
            size: files::pdf().len() as u64,
            media_type: "application/pdf".to_owned(),
        }),
    };
    let step = |key: &str| key.parse().unwrap();
    let officer_id = given::province::officer(Role::Specialist).id().unwrap();
    let assign =
        Action::Assign {
            step: step("assign"), officer: officer_id, officer_name: "Cán bộ Hòa".to_owned()
        };
    office.step(code, Role::UnitHead, assign).await;
    let propose = Action::Propose {
        step: step("examine"),
        verdict: Verdict::Grant,
        text: "Đủ điều kiện".to_owned(),
        draft: Some(Box::new(paper(0xD00, "nhap.pdf", "Bản nháp của chuyên viên"))),
    };
    office.step(code, Role::Specialist, propose).await;
    office.step(code, Role::UnitHead, Action::Approve { step: step("approve"), note: String::new() }).await;
    let settle = Action::Settle {
        step: step("sign"),
        verdict: Verdict::Grant,
        title: "Giấy khai sinh số 05".to_owned(),
        paper: Box::new(paper(0xF00, "giay-khai-sinh.pdf", "Giấy khai sinh")),
    };
    office.step(code, Role::SigningLeader, settle).await;
}

#[test]
fn who_has_to_pay_reads_into_which_account() {
    given::on_each_engine(async |mut office| {
        let (_, code) = filed(&mut office).await;
        office.accepted(&code).await;
        let pay_by = office.app.clock.now() + SignedDuration::from_hours(24 * 20);
        let action = Action::RequestPayment {
            name: "Phí xác minh".to_owned(),
            amount: 1_005_000,
            legal_base: "Luật Phí và lệ phí".to_owned(),
            pay_by,
        };
        office.step(&code, Role::Reception, action).await;
        let page = office.get(&format!("/ho-so/{code}")).await.text();
        let box_of = page.split("Đến lượt bạn").nth(1).unwrap().split("<h2").next().unwrap();
        for shown in ["Phí xác minh, 1.005.000 đồng", "UBND XA DONG", "0011004000001", &code] {
            assert!(box_of.contains(shown), "{shown} is missing: {box_of}");
        }
    });
}

#[test]
fn a_message_is_sent_once() {
    given::on_each_engine(async |mut office| {
        let (_, code) = filed(&mut office).await;
        let path = format!("/ho-so/{code}/tin-nhan");
        let empty = office.post(&path, &[("text", "  ")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        let id = Uuid::from_u128(9).to_string();
        let fields = [("id", id.as_str()), ("text", "Khi nào tôi\nnhận được?")];
        for _ in 0..2 {
            let sent = office.post(&path, &fields).await;
            assert_eq!(sent.location, Some(format!("/ho-so/{code}?xong=tin-nhan#tin-nhan")));
        }
        let page = office.get(&format!("/ho-so/{code}")).await.text();
        assert_eq!(page.matches("nhận được?").count(), 1);
    });
}

#[test]
fn the_public_look_up_shows_progress_and_nothing_personal() {
    given::on_each_engine(async |mut office| {
        let (_, code) = filed(&mut office).await;
        office.accepted(&code).await;
        office.nobody();
        let to = office.get(&format!("/tra-cuu?ma=%20{}", code.to_lowercase())).await;
        assert_eq!(to.location, Some(format!("/tra-cuu/{code}")), "as people type it");
        let page = office.get(&format!("/tra-cuu/{code}")).await.text();
        assert!(page.contains("Đang xử lý") && page.contains("03/03/2026") && page.contains("bước"));
        for personal in ["Lan", "Khôi", "0912", "025190", "khai sinh", "xã Đông", "chung-sinh"] {
            assert!(!page.contains(personal), "{personal} is shown");
        }
        assert!(page.contains("noindex"));
        let unknown = office.get("/tra-cuu/H99.101-260302-9999").await;
        let malformed = office.get("/tra-cuu/%3Cscript%3E").await;
        for answer in [&unknown, &malformed] {
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
            assert!(answer.text().contains("Không có hồ sơ nào mang mã này"));
        }
        assert!(!malformed.text().contains("<script>"));
        let wrong = office.get("/tra-cuu?ma=%C4%91%C4%91").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}

#[test]
fn looking_up_is_limited() {
    given::on_each_engine(async |mut office| {
        office.province().await;
        let mut last = StatusCode::NOT_FOUND;
        for _ in 0..100 {
            last = office.get("/tra-cuu/H99.101-260302-9999").await.status;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    });
}

#[test]
fn every_page_is_there_in_english() {
    given::on_each_engine(async |mut office| {
        let (_, code) = asked(&mut office).await;
        office.get("/ngon-ngu/en").await;
        for (path, words) in [
            ("/ho-so".to_owned(), "My dossiers"),
            (format!("/ho-so/{code}"), "Your turn"),
            (format!("/ho-so/{code}/bo-sung/1"), "What the officer asks for"),
            (format!("/ho-so/{code}/rut"), "Withdraw the dossier"),
            (format!("/ho-so/{code}/da-nop"), "The dossier is filed"),
            (format!("/tra-cuu/{code}"), "Look up a dossier"),
            ("/nop-ho-so/1.001193".to_owned(), "What you need"),
            ("/nop-ho-so/nhap".to_owned(), "Begun and not filed"),
        ] {
            let page = office.get(&path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(page.text().contains(words), "{path}");
        }
    });
}
