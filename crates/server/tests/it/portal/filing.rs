//! From the first question to the code.

use axum::http::StatusCode;
use jiff::SignedDuration;
use motcua::dossier::steps;
use motcua_domain::dossier::{Channel, DossierCode};

use super::{CHILD, Draft, ME, files};
use crate::given::{self, Office};

async fn dossier(office: &Office, code: &str) -> motcua_domain::dossier::Dossier {
    let (app, code): (_, DossierCode) = (office.app.clone(), code.parse().unwrap());
    office.app.store.read(move |tx| steps::load(tx, &app, &code)).await.unwrap().unwrap().dossier
}

#[test]
fn a_citizen_files_page_by_page_and_gets_a_code() {
    given::on_each_engine(async |mut office| {
        office.province().await;
        office.citizen("Trần Thị Lan").await;
        let start = office.get("/nop-ho-so/1.001193").await.text();
        assert!(start.contains("Giấy chứng nhận kết hôn") && start.contains("cơ quan tự tra cứu"));
        let draft = Draft::begin(&mut office).await;
        draft.fill(&mut office).await;
        let check = office.get(&format!("{}/kiem-tra", draft.base)).await.text();
        for shown in ["Trần Minh Khôi", "20/02/2026", "UBND xã Đông", "chung-sinh.pdf", "8.000 đồng mỗi bản"]
        {
            assert!(check.contains(shown), "{shown} is missing");
        }
        assert!(check.contains("Chưa rõ mức thu"), "unknown is not zero");
        let code = draft.file(&mut office).await;
        let done = office.get(&format!("/ho-so/{code}/da-nop")).await.text();
        assert!(done.contains(&code) && done.contains("<svg"), "code in large type and QR");
        let kept = office.get(&format!("/ho-so/{code}/phieu-nop")).await;
        assert!(kept.status == StatusCode::OK && kept.body.starts_with(b"%PDF"), "{}", kept.text());
        let dossier = dossier(&office, &code).await;
        assert_eq!(dossier.filing.applicant.name, "Trần Thị Lan");
        assert_eq!(dossier.filing.answers.len(), 4);
        assert_eq!(dossier.filing.papers.len(), 1);
        assert_eq!(dossier.filing.fees[0].amount, Some(0));
        assert_eq!(dossier.filing.fees[1].amount, None, "the number of copies is not known yet");
    });
}

#[test]
fn pressing_twice_and_going_back_makes_one_dossier() {
    given::on_each_engine(async |mut office| {
        office.province().await;
        office.citizen("Trần Thị Lan").await;
        let draft = Draft::begin(&mut office).await;
        draft.fill(&mut office).await;
        let first = draft.file(&mut office).await;
        let second = draft.file(&mut office).await;
        assert_eq!(first, second);
        // The back button shows a page of a draft that is a dossier by now.
        let back = office.get(&format!("{}/chu-ho-so", draft.base)).await;
        assert_eq!(back.location, Some(format!("/ho-so/{first}")));
        let stale = office.post(&format!("{}/chu-ho-so", draft.base), &ME).await;
        assert_eq!(stale.location, Some(format!("/ho-so/{first}")));
        let list = office.get("/ho-so").await.text();
        assert_eq!(list.matches("class=\"results__title\"").count(), 1);
    });
}

#[test]
fn everything_wrong_is_said_at_once_and_nothing_typed_is_lost() {
    given::on_each_engine(async |mut office| {
        office.province().await;
        office.citizen("Trần Thị Lan").await;
        let draft = Draft::begin(&mut office).await;
        for (page, field) in [("dieu-kien", ("meets", "yes")), ("truong-hop", ("case", "thuong"))] {
            draft.answer(&mut office, page, &[field]).await;
        }
        draft.answer(&mut office, "co-quan", &[("unit", "unknown")]).await;
        draft.answer(&mut office, "nguoi-nop", &[("who", "me")]).await;
        let wrong = [
            ("owner_name", "Lan <b>"),
            ("owner_id", "02519000000"),
            ("owner_born-day", "31"),
            ("owner_born-month", "2"),
            ("owner_born-year", "1990"),
            ("owner_phone", "12"),
            ("owner_email", "lan@"),
        ];
        let answer = office.post(&format!("{}/chu-ho-so", draft.base), &wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = answer.text();
        assert!(page.contains("<title>Lỗi:"), "the title says so");
        for said in [
            "bỏ ký tự",
            "bạn đã nhập 11",
            "nhập một ngày có trong lịch",
            "Địa chỉ: nhập mục này",
            "nhập 10 chữ số bắt đầu bằng 0",
            "ten@nhacungcap.vn",
        ] {
            assert!(page.contains(said), "{said} is not said");
        }
        assert!(
            page.contains("value=\"02519000000\"") && page.contains("Lan &#60;b&#62;"),
            "what was typed stays"
        );
        // Also on the next visit, because it was saved.
        let again = office.get(&format!("{}/chu-ho-so", draft.base)).await.text();
        assert!(again.contains("value=\"02519000000\"") && !again.contains("govuk-error-summary"));
        let wrong = office.post(&format!("{}/noi-dung-2", draft.base), &[("q-ban-sao", "hai")]).await;
        assert!(wrong.text().contains("nhập số nguyên từ 0 đến 20"));
    });
}

#[test]
fn account_data_is_offered_and_its_source_is_said() {
    given::on_each_engine(async |mut office| {
        office.province().await;
        office.citizen("Trần Thị Lan").await;
        let draft = Draft::begin(&mut office).await;
        draft.answer(&mut office, "dieu-kien", &[("meets", "yes")]).await;
        draft.answer(&mut office, "truong-hop", &[("case", "thuong")]).await;
        draft.answer(&mut office, "nguoi-nop", &[("who", "me")]).await;
        let page = office.get(&format!("{}/chu-ho-so", draft.base)).await.text();
        assert!(page.contains("Thông tin lấy từ tài khoản của bạn"));
        assert!(page.contains("value=\"Trần Thị Lan\"") && page.contains("value=\"0912345678\""));
    });
}

#[test]
fn what_is_typed_is_saved_and_survives_signing_out() {
    given::on_each_engine(async |mut office| {
        office.province().await;
        let lan = office.citizen("Trần Thị Lan").await;
        let draft = Draft::begin(&mut office).await;
        draft.answer(&mut office, "truong-hop", &[("case", "thuong")]).await;
        let saved =
            files::save(&mut office, &draft.base, &[("step", "noi-dung-1"), ("q-ten-con", "Khôi")]).await;
        assert_eq!((saved.status, saved.text().as_str()), (StatusCode::OK, "{\"saved_at\":\"08:00\"}"));
        office.post("/dang-xuat", &[]).await;
        let signed_out =
            files::save(&mut office, &draft.base, &[("step", "noi-dung-1"), ("q-ten-con", "x")]).await;
        assert_eq!(signed_out.status, StatusCode::UNAUTHORIZED, "a script is told plainly");
        office.citizen("Trần Thị Lan").await;
        let page = office.get(&format!("{}/noi-dung-1", draft.base)).await.text();
        assert!(page.contains("value=\"Khôi\""));
        let drafts = office.get("/nop-ho-so/nhap").await.text();
        assert!(drafts.contains("Đăng ký khai sinh"));
        // Nobody else sees it, nor may write to it.
        office.citizen("Nguyễn Văn Bình").await;
        for path in ["", "/noi-dung-1", "/kiem-tra", "/giay-to/chung-sinh"] {
            assert_eq!(
                office.get(&format!("{}{path}", draft.base)).await.status,
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
        let theirs = office.post(&format!("{}/noi-dung-1", draft.base), &CHILD).await;
        assert_eq!(theirs.status, StatusCode::NOT_FOUND);
        office.switch(&lan);
    });
}

#[test]
fn a_session_that_ends_while_typing_gives_the_form_back_after_signing_in() {
    given::on_each_engine(async |mut office| {
        office.province().await;
        office.citizen("Trần Thị Lan").await;
        let draft = Draft::begin(&mut office).await;
        draft.answer(&mut office, "truong-hop", &[("case", "thuong")]).await;
        let token = office.csrf();
        office.wait(SignedDuration::from_hours(13));
        let fields: Vec<(&str, &str)> = CHILD.into_iter().chain([("csrf", token.as_str())]).collect();
        let answer = files::post_with(&mut office, &format!("{}/noi-dung-1", draft.base), &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert!(answer.location.unwrap().starts_with("/dang-nhap"));
        let email = "tran.thi.lan@example.vn";
        office.post("/dang-nhap", &[("email", email)]).await;
        let code = office.code_for(email).await;
        office.post("/dang-nhap/ma", &[("code", &code)]).await;
        let held = office.get("/noi-dung-vua-nhap").await.text();
        assert!(held.contains("Trần Minh Khôi"), "{held}");
    });
}

#[test]
fn a_tax_number_with_a_digit_mistyped_is_said_at_its_field() {
    given::on_each_engine(async |mut office| {
        office.province().await;
        office.citizen("Lê Văn Giám").await;
        let draft = Draft::begin(&mut office).await;
        draft.answer(&mut office, "dieu-kien", &[("meets", "yes")]).await;
        draft.answer(&mut office, "truong-hop", &[("case", "thuong")]).await;
        draft.answer(&mut office, "co-quan", &[("unit", "H99.101")]).await;
        assert_eq!(draft.answer(&mut office, "nguoi-nop", &[("who", "company")]).await, "/chu-ho-so");
        let company = |tax: &'static str| {
            [
                ("owner_name", "Công ty Mẫu"),
                ("owner_tax", tax),
                ("owner_address", "Khu 3, xã Đông"),
                ("owner_phone", "0912345678"),
            ]
        };
        let answer = office.post(&format!("{}/chu-ho-so", draft.base), &company("0100047517")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = answer.text();
        assert!(
            text.contains("id=\"owner_tax-error\"") && text.contains("kiểm tra lại từng chữ số"),
            "{text}"
        );
        assert!(text.contains("value=\"0100047517\"") && text.contains("Công ty Mẫu"), "{text}");
        assert_eq!(draft.answer(&mut office, "chu-ho-so", &company("0100047516")).await, "/nguoi-dai-dien");
    });
}

#[test]
fn a_helper_needs_the_consent_of_the_owner() {
    given::on_each_engine(async |mut office| {
        office.province().await;
        let helper = office.citizen("Lê Văn Tổ").await;
        let draft = Draft::begin(&mut office).await;
        draft.answer(&mut office, "dieu-kien", &[("meets", "yes")]).await;
        draft.answer(&mut office, "truong-hop", &[("case", "thuong")]).await;
        draft.answer(&mut office, "co-quan", &[("unit", "unknown")]).await;
        assert_eq!(draft.answer(&mut office, "nguoi-nop", &[("who", "other")]).await, "/dong-y");
        let page = office.get(&format!("{}/dong-y", draft.base)).await.text();
        assert!(page.contains("type=\"checkbox\" value=\"yes\">"), "never ticked beforehand");
        let refused = office.post(&format!("{}/dong-y", draft.base), &[("capacity", "community_team")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let consent = [("capacity", "community_team"), ("consent", "yes")];
        assert_eq!(draft.answer(&mut office, "dong-y", &consent).await, "/chu-ho-so");
        assert_eq!(draft.answer(&mut office, "chu-ho-so", &ME).await, "/nguoi-dai-dien");
        let page = office.get(&format!("{}/nguoi-dai-dien", draft.base)).await.text();
        assert!(page.contains("value=\"Lê Văn Tổ\""), "the helper's own data come from the account");
        let me = [("rep_name", "Lê Văn Tổ"), ("rep_id", "025090000007"), ("rep_phone", "0912345678")];
        draft.answer(&mut office, "nguoi-dai-dien", &me).await;
        draft.answer(&mut office, "noi-dung-1", &CHILD).await;
        draft.answer(&mut office, "noi-dung-2", &[("q-ban-sao", "0")]).await;
        files::send(&mut office, &draft.base, "chung-sinh", "a.pdf", &files::pdf()).await;
        draft.answer(&mut office, "giay-to", &[]).await;
        draft.answer(&mut office, "nhan-ket-qua", &[("return_way", "post")]).await;
        draft.answer(&mut office, "dia-chi-nhan", &[("return_address", "Khu 3, xã Đông")]).await;
        draft.answer(&mut office, "le-phi", &[]).await;
        let code = draft.file(&mut office).await;
        let dossier = dossier(&office, &code).await;
        assert_eq!(dossier.filing.channel, Channel::Assisted);
        assert_eq!(dossier.filing.competent_unit, None, "the dispatcher finds it");
        assert_eq!(dossier.filing.receiving_unit.as_str(), "H99");
        assert_eq!(dossier.filing.owner, Some(helper.id));
        assert_eq!(dossier.filing.representative.as_ref().unwrap().name, "Lê Văn Tổ");
    });
}

#[test]
fn another_case_asks_for_other_papers_and_changes_come_straight_back() {
    given::on_each_engine(async |mut office| {
        office.province().await;
        office.citizen("Trần Thị Lan").await;
        let draft = Draft::begin(&mut office).await;
        draft.fill(&mut office).await;
        let back = draft.answer(&mut office, "nguoi-nop", &[("who", "me"), ("tu", "kiem-tra")]).await;
        assert_eq!(back, "/kiem-tra");
        // Another case needs another paper: first to what is missing now.
        let next = draft.answer(&mut office, "truong-hop", &[("case", "bo-roi"), ("tu", "kiem-tra")]).await;
        assert_eq!(next, "/giay-to?tu=kiem-tra");
        let check = office.get(&format!("{}/kiem-tra", draft.base)).await;
        assert_eq!(check.location, Some(format!("{}?con=1", draft.base)));
        let filed = office.post(&format!("{}/nop", draft.base), &[("declare", "yes")]).await;
        assert_eq!(
            filed.location,
            Some(format!("{}?con=1", draft.base)),
            "an incomplete filing is not taken"
        );
        let tasks = office.get(&format!("{}?con=1", draft.base)).await.text();
        assert!(tasks.contains("Còn mục chưa xong") && tasks.contains("Cần sửa"));
    });
}

#[test]
fn not_being_eligible_is_a_page_of_its_own() {
    given::on_each_engine(async |mut office| {
        office.province().await;
        office.citizen("Trần Thị Lan").await;
        let draft = Draft::begin(&mut office).await;
        assert_eq!(draft.answer(&mut office, "dieu-kien", &[("meets", "no")]).await, "/khong-du-dieu-kien");
        let page = office.get(&format!("{}/khong-du-dieu-kien", draft.base)).await.text();
        assert!(page.contains("Bạn chưa nộp được thủ tục này") && !page.contains("govuk-error-summary"));
    });
}

#[test]
fn a_draft_thrown_away_can_be_taken_back() {
    given::on_each_engine(async |mut office| {
        office.province().await;
        office.citizen("Trần Thị Lan").await;
        let draft = Draft::begin(&mut office).await;
        let gone = office.post(&format!("{}/xoa", draft.base), &[]).await.location.unwrap();
        let list = office.get(&gone).await.text();
        assert!(list.contains("Đã bỏ bản nháp") && list.contains("Lấy lại"));
        let away = office.get(&format!("{}/dieu-kien", draft.base)).await;
        assert_eq!(away.location.as_deref(), Some("/nop-ho-so/nhap"));
        let back = office.post(&format!("{}/lay-lai", draft.base), &[]).await;
        assert_eq!(back.location.as_deref(), Some(draft.base.as_str()));
        assert_eq!(office.get(&format!("{}/dieu-kien", draft.base)).await.status, StatusCode::OK);
    });
}

#[test]
fn what_cannot_be_filed_online_says_where_to_go() {
    given::on_each_engine(async |mut office| {
        office.province().await;
        let page = office.get("/nop-ho-so/1.000894").await.text();
        assert!(page.contains("chưa nộp trực tuyến được") && !page.contains("Bắt đầu nộp"));
        assert_eq!(office.get("/nop-ho-so/1.999999").await.status, StatusCode::NOT_FOUND);
        let nobody = office.post("/nop-ho-so/1.001193", &[]).await;
        assert!(nobody.location.unwrap().starts_with("/dang-nhap"));
    });
}
