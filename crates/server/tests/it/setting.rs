//! Settings through the desk: who may, from when they hold, what they change, what is answered to nonsense.

use axum::http::StatusCode;
use jiff::SignedDuration;
use motcua_domain::access::Role;

use crate::dossier::{accept, file, officer, open_province};
use crate::given::{Office, on_each_engine};

const PATH: &str = "/can-bo/quan-tri/tham-so";

/// The boxes as the page shows them, with some typed over.
async fn typed(office: &mut Office, over: &[(&str, &str)]) -> Vec<(String, String)> {
    let page = office.get(&format!("{PATH}/sua")).await.text();
    let mut fields: Vec<(String, String)> = motcua::setting::item::ALL
        .iter()
        .map(|item| (item.key.to_owned(), item.typed(office.app.office().settings())))
        .collect();
    let revision = page.split("name=\"revision\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    fields.push(("revision".to_owned(), revision.to_owned()));
    for (name, value) in over {
        fields.retain(|(known, _)| known != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    fields
}

async fn decide(office: &mut Office, over: &[(&str, &str)]) -> (StatusCode, String) {
    let fields = typed(office, over).await;
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = office.post(&format!("{PATH}/sua"), &fields).await;
    (answer.status, answer.text())
}

#[test]
fn only_administrators_decide() {
    on_each_engine(async |mut office| {
        assert_eq!(office.get(PATH).await.status, StatusCode::SEE_OTHER);
        office.officer("Lê Văn Chuyên", Role::Specialist, "H44").await;
        for path in ["", "/sua"] {
            assert_eq!(office.get(&format!("{PATH}{path}")).await.status, StatusCode::FORBIDDEN);
        }
        for path in ["/sua", "/bo"] {
            assert_eq!(office.post(&format!("{PATH}{path}"), &[]).await.status, StatusCode::FORBIDDEN);
        }
    });
}

#[test]
fn a_set_holds_for_dossiers_taken_in_from_its_day() {
    on_each_engine(async |mut office| {
        open_province(&office);
        let old = file(&office, "old").await.dossier;
        let desk = officer(20, Role::Reception, "H99.101");
        let old = motcua::dossier::steps::take(&office.app, &desk, &old.code, None, accept()).await.unwrap();
        let who = office.officer("Trần Thị Quản", Role::Administrator, "H99").await;
        let today = [("tu-day", "2"), ("tu-month", "3"), ("tu-year", "2026"), ("max_extensions", "2")];
        let (status, text) = decide(&mut office, &today).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            text.contains("Chọn từ ngày mai trở đi") && text.contains("value=\"2\""),
            "what was typed is kept"
        );
        let friday = [("tu-day", "6"), ("tu-month", "3"), ("tu-year", "2026"), ("max_extensions", "2")];
        assert_eq!(decide(&mut office, &friday).await.0, StatusCode::SEE_OTHER);
        assert_eq!(office.app.office().settings().max_extensions, 1, "Friday has not come");
        let page = office.get(PATH).await.text();
        assert!(page.contains("Từ ngày 06/03/2026") && page.contains("1 lần → 2 lần"));
        let log = office.get("/can-bo/quan-tri/nhat-ky").await.text();
        assert!(log.contains("Đặt tham số áp dụng từ 06/03/2026: Số lần hẹn lại một hồ sơ: 1 lần → 2 lần"));

        office.wait(SignedDuration::from_hours(4 * 24));
        office.app.reload_office().await.unwrap();
        let snapshot = office.app.office();
        assert_eq!(snapshot.settings().max_extensions, 2);
        assert_eq!(snapshot.settings_of(&old.dossier).max_extensions, 1, "taken in before");
        office.sign_in(who).await;
        let answer = office.post(&format!("{PATH}/bo"), &[("ngay", "2026-03-06"), ("revision", "1")]).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "its day has come");
    });
}

#[test]
fn a_set_that_does_not_hold_yet_can_be_taken_back() {
    on_each_engine(async |mut office| {
        office.officer("Trần Thị Quản", Role::Administrator, "H44").await;
        let may = [("tu-day", "1"), ("tu-month", "5"), ("tu-year", "2026"), ("forward_cutoff", "16h30")];
        assert_eq!(decide(&mut office, &may).await.0, StatusCode::SEE_OTHER);
        assert_eq!(office.app.office().settings_history().decided().len(), 1);
        let stale = office.post(&format!("{PATH}/bo"), &[("ngay", "2026-05-01"), ("revision", "0")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        let answer = office.post(&format!("{PATH}/bo"), &[("ngay", "2026-05-01"), ("revision", "1")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert!(office.app.office().settings_history().decided().is_empty());
    });
}

#[test]
fn nonsense_and_stale_pages_are_answered_at_their_box() {
    on_each_engine(async |mut office| {
        office.officer("Trần Thị Quản", Role::Administrator, "H44").await;
        let day = [("tu-day", "1"), ("tu-month", "5"), ("tu-year", "2026")];
        for (name, value, words) in [
            ("online_ack_hours", "0", "Nhập một số từ 1 đến 80"),
            ("pause_days_max", "nhiều", "Nhập một số từ 1 đến 365"),
            ("forward_cutoff", "25:00", "Nhập giờ và phút"),
            ("code_template", "{agency}-{seq4}", "Mẫu mã phải có đủ"),
            ("supplement_policy", "", "Chọn một cách"),
            ("revision", "9", "Người khác vừa thay đổi"),
            ("tu-month", "13", "Nhập ngày bắt đầu áp dụng"),
            ("max_supplements", "1", "Chưa có gì khác"),
        ] {
            let mut over = day.to_vec();
            over.retain(|(known, _)| *known != name);
            over.push((name, value));
            let (status, text) = decide(&mut office, &over).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
            assert!(text.contains(words), "{name}: {words}");
        }
        assert!(office.app.office().settings_history().decided().is_empty());
    });
}
