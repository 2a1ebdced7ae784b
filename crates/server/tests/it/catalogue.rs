//! The catalogue through the desk: who may, versions and their differences, preparing, publishing, ending, imports.

use axum::http::StatusCode;
use motcua::procedure::store;
use motcua_domain::access::Role;
use motcua_domain::procedure::{ProcedureCode, ProcedureVersion};

use crate::given::province::BIRTH;
use crate::given::{self, Office};
use crate::unit::{hidden, upload};

const PATH: &str = "/can-bo/quan-tri/thu-tuc";

fn at(rest: &str) -> String {
    format!("{PATH}/{BIRTH}{rest}")
}

fn code() -> ProcedureCode {
    BIRTH.parse().unwrap()
}

async fn controller(office: &mut Office) {
    office.province().await;
    office.officer("Kiểm Soát", Role::ProcedureController, "H99").await;
}

async fn versions(office: &Office) -> Vec<ProcedureVersion> {
    office.app.store.read(|tx| store::all_of(tx, &code())).await.unwrap()
}

/// Begins a draft and mends what the procedure of these tests lacks.
async fn whole_draft(office: &mut Office) {
    assert_eq!(office.post(&at("/soan"), &[]).await.status, StatusCode::SEE_OTHER);
    let page = office.get(&at("/soan/thong-tin")).await.text();
    let version = hidden(&page, "version");
    let facts = [
        ("version", version.as_str()),
        ("name", "Đăng ký khai sinh mới"),
        ("subject-0-name", "Công dân Việt Nam"),
        ("agency", "UBND cấp xã"),
        ("competence", "area"),
        ("competence_level", "commune"),
        ("level", "commune"),
        ("online", "full"),
        ("steps", "Bước 1: nộp hồ sơ"),
    ];
    let answer = office.post(&at("/soan/thong-tin"), &facts).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
}

#[test]
fn each_role_sees_and_changes_only_what_is_its_own() {
    given::on_each_engine(async |mut office| {
        office.province().await;
        for (number, role) in Role::ALL.into_iter().enumerate() {
            office.officer(&format!("Người {number}"), role, "H99").await;
            let may_manage = role == Role::ProcedureController;
            let may_read = may_manage || matches!(role, Role::Administrator | Role::Auditor);
            for path in [PATH, &at(""), &at("/so-sanh"), &at("/phien-ban/1"), &at("/phien-ban/1/tep")] {
                let expected = if may_read { StatusCode::OK } else { StatusCode::FORBIDDEN };
                assert_eq!(office.get(path).await.status, expected, "{role:?} {path}");
            }
            for path in [at("/bai-bo"), format!("{PATH}/them"), format!("{PATH}/nhap")] {
                let expected = if may_manage { StatusCode::OK } else { StatusCode::FORBIDDEN };
                assert_eq!(office.get(&path).await.status, expected, "{role:?} {path}");
            }
            if !may_manage {
                for path in
                    [at("/soan"), at("/soan/bo"), at("/soan/cong-bo"), at("/soan/thong-tin"), at("/bai-bo")]
                {
                    assert_eq!(
                        office.post(&path, &[]).await.status,
                        StatusCode::FORBIDDEN,
                        "{role:?} {path}"
                    );
                }
            }
        }
    });
}

#[test]
fn a_draft_keeps_what_is_typed_and_tells_everything_that_is_missing() {
    given::on_each_engine(async |mut office| {
        controller(&mut office).await;
        office.post(&at("/soan"), &[]).await;
        let page = office.get(&at("/soan")).await.text();
        for words in [
            "Thiếu trình tự thực hiện",
            "Thiếu đối tượng thực hiện",
            "Thiếu cơ quan thực hiện",
            "thong-tin#steps",
        ] {
            assert!(page.contains(words), "{words}");
        }
        let version = hidden(&office.get(&at("/soan/thong-tin")).await.text(), "version");
        let typed =
            [("version", version.as_str()), ("name", ""), ("agency", "UBND <xã>"), ("online", "partial")];
        let answer = office.post(&at("/soan/thong-tin"), &typed).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = answer.text();
        assert!(text.contains("Nhập lý do chưa làm được toàn trình") && text.contains("UBND &#60;xã&#62;"));
        assert!(
            office.get(&at("/soan/thong-tin")).await.text().contains("UBND &#60;xã&#62;"),
            "kept as typed"
        );
        let stale = office.post(&at("/soan/thong-tin"), &typed).await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(stale.text().contains("Kiểm Soát vừa lưu bản soạn này"));
        // Rows are added and the page comes back with them.
        let version = hidden(&office.get(&at("/soan/ket-qua")).await.text(), "version");
        let row = [("version", version.as_str()), ("row", "add:base")];
        let answer = office.post(&at("/soan/ket-qua"), &row).await;
        assert_eq!(answer.location.as_deref(), Some(at("/soan/ket-qua").as_str()));
        assert!(office.get(&at("/soan/ket-qua")).await.text().contains("id=\"base-0-name\""));
        for section in ["giay-to", "giay-to?case=0", "thoi-han", "quy-trinh"] {
            assert_eq!(
                office.get(&at(&format!("/soan/{section}"))).await.status,
                StatusCode::OK,
                "{section}"
            );
        }
        let version = hidden(&office.get(&at("/soan/bo")).await.text(), "version");
        let answer = office.post(&at("/soan/bo"), &[("version", &version)]).await;
        assert_eq!(answer.location.as_deref(), Some(at("?xong=bo").as_str()));
        assert_eq!(office.get(&at("/soan")).await.status, StatusCode::NOT_FOUND);
        // Whoever was still typing reads why it cannot be saved, and loses nothing.
        let gone = office.post(&at("/soan/thong-tin"), &typed).await;
        assert_eq!(gone.status, StatusCode::CONFLICT);
        let text = gone.text();
        assert!(text.contains("chưa lưu được") && text.contains("UBND &#60;xã&#62;"), "{text}");
    });
}

#[test]
fn a_version_is_published_once_and_differs_in_words() {
    given::on_each_engine(async |mut office| {
        controller(&mut office).await;
        whole_draft(&mut office).await;
        let page = office.get(&at("/soan/cong-bo")).await.text();
        assert!(page.contains("Đăng ký khai sinh mới") && page.contains("UBND cấp xã"), "{page}");
        let version = hidden(&page, "version");
        let typed = [
            ("version", version.as_str()),
            ("decision", "12/QĐ-UBND"),
            ("signed", "2026-03-02"),
            ("effective", "2026-03-04"),
            ("from", "2026-03-02"),
            ("kind", "amended"),
        ];
        let late = office.post(&at("/soan/cong-bo"), &typed).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            late.text().contains("chậm nhất 25/02/2026") && late.text().contains("12/QĐ-UBND"),
            "{}",
            late.text()
        );
        let known = [&typed[..], &[("late", "yes")]].concat();
        let answer = office.post(&at("/soan/cong-bo"), &known).await;
        assert_eq!(answer.location.as_deref(), Some(at("?xong=cong-bo").as_str()), "{}", answer.text());
        let twice = office.post(&at("/soan/cong-bo"), &known).await;
        assert_eq!(twice.location.as_deref(), Some(at("?xong=cong-bo").as_str()), "a second click");
        let mut another = known.clone();
        another[1].1 = "13/QĐ-UBND";
        assert_eq!(office.post(&at("/soan/cong-bo"), &another).await.status, StatusCode::CONFLICT);
        let all = versions(&office).await;
        assert_eq!(all.len(), 2);
        assert_eq!(all[0], given::province::birth(), "what was published does not change");
        assert_eq!(all[1].questions, all[0].questions);
        let page = office.get(&at("/so-sanh?tu=1&den=2")).await.text();
        for words in ["Tên thủ tục", "Đăng ký khai sinh mới", "Cơ quan thực hiện", "Sửa"] {
            assert!(page.contains(words), "{words}");
        }
        let page = office.get(&at("")).await.text();
        assert!(page.contains("12/QĐ-UBND, 02/03/2026, sửa đổi, bổ sung") && page.contains("Kiểm Soát, lúc"));
        assert!(page.contains("Công bố thủ tục 1.001193 “Đăng ký khai sinh mới”, phiên bản 2"));

        // What is given out comes back without a change, and tells so before it is taken.
        let file = office.get(&at("/phien-ban/2/tep")).await.text();
        let answer = upload(&mut office, &format!("{PATH}/nhap"), "v2.json", &file).await;
        assert!(answer.text().contains("Tệp không có gì mới"), "{}", answer.text());
        let bad =
            upload(&mut office, &format!("{PATH}/nhap"), "x.json", "{\"code\": 1, \"valid_from\": 2}").await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}

#[test]
fn a_procedure_is_ended_by_a_decision() {
    given::on_each_engine(async |mut office| {
        controller(&mut office).await;
        let answer = office.post(&at("/bai-bo"), &[("seen", "1"), ("decision", "")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            answer.text().contains("Nhập số quyết định công bố") && answer.text().contains("Nhập ngày cuối")
        );
        let typed =
            [("seen", "1"), ("decision", "9/QĐ-UBND"), ("signed", "2026-03-01"), ("last", "2026-03-01")];
        let answer = office.post(&at("/bai-bo"), &typed).await;
        assert_eq!(answer.location.as_deref(), Some(at("?xong=bai-bo").as_str()), "{}", answer.text());
        let all = versions(&office).await;
        let today = jiff::civil::date(2026, 3, 2);
        assert!(ProcedureVersion::in_force(&all, today).is_none());
        assert!(office.get(&at("")).await.text().contains("Đã hết hiệu lực"));
        let text = office.get(&format!("{PATH}?state=ended&q=khai+sinh")).await.text();
        assert!(text.contains("1–1 trong 1 thủ tục"), "{text}");
    });
}

#[test]
fn numbers_and_days_that_cannot_be_are_told_beside_their_boxes() {
    given::on_each_engine(async |mut office| {
        controller(&mut office).await;
        office.post(&at("/soan"), &[]).await;
        let version = hidden(&office.get(&at("/soan/thoi-han")).await.text(), "version");
        let typed = [
            ("version", version.as_str()),
            ("terms-0-channel", "direct"),
            ("terms-0-amount", "99999999999999999999"),
            ("terms-0-unit", "wd"),
            ("terms-0-fee-0-name", "Lệ phí"),
            ("terms-0-fee-0-kind", "charge"),
            ("terms-0-fee-0-amount", "9223372036854775807"),
            ("terms-1-case", "khong-co"),
            ("terms-900-channel", "online"),
        ];
        let answer = office.post(&at("/soan/thoi-han"), &typed).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = answer.text();
        for words in
            ["Thời hạn là số nguyên", "từ 0 đến 1.000 tỷ", "Chọn cách thức", "value=\"99999999999999999999\""]
        {
            assert!(text.contains(words), "{words}: {text}");
        }
        let typed = [
            ("seen", "1"),
            ("decision", "9/QĐ-UBND"),
            ("signed-day", "30"),
            ("signed-month", "2"),
            ("signed-year", "2026"),
            ("last", "9999-12-31"),
        ];
        let answer = office.post(&at("/bai-bo"), &typed).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = answer.text();
        assert!(text.contains("Năm phải từ 1945 đến 2100") && text.contains("9/QĐ-UBND"), "{text}");
        assert_eq!(versions(&office).await.len(), 1);
    });
}
