//! Working calendars through the desk: who may, what is shown, what a change does to deadlines.

use axum::http::StatusCode;
use jiff::civil::date;
use motcua_domain::access::Role;

use crate::given::{Office, on_each_engine};

const PATH: &str = "/can-bo/quan-tri/lich";

async fn administrator(office: &mut Office) {
    office.officer("Trần Thị Quản", Role::Administrator, "H44").await;
}

fn is_working(office: &Office, day: jiff::civil::Date) -> bool {
    office.app.office().calendar(None).is_working_day(day)
}

#[test]
fn only_administrators_come_in() {
    on_each_engine(async |mut office| {
        let answer = office.get(PATH).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        office.officer("Lê Văn Chuyên", Role::Specialist, "H44").await;
        for path in ["", "/ngay", "/gio"] {
            assert_eq!(office.get(&format!("{PATH}{path}")).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        for path in ["/ngay", "/bo", "/cong-bo", "/thu-hoi", "/gio", "/gio/bo"] {
            let answer =
                office.post(&format!("{PATH}{path}"), &[("ngay", "2026-04-27"), ("nam", "2026")]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert!(!is_working(&office, date(2026, 4, 27)));
    });
}

#[test]
fn a_year_is_shown_with_every_day_in_words() {
    on_each_engine(async |mut office| {
        administrator(&mut office).await;
        let text = office.get(&format!("{PATH}?nam=2026")).await.text();
        for words in ["Lịch năm 2026 đã công bố", "Nghỉ bù: Giỗ Tổ Hùng Vương", "10/3 âm lịch", "07:30-11:30"]
        {
            assert!(text.contains(words), "{words}");
        }
        let text = office.get(&format!("{PATH}?nam=2027")).await.text();
        for words in ["Lịch năm 2027 chưa công bố", "tạm tính theo luật", "Thứ Bảy 06/02/2027"]
        {
            assert!(text.contains(words), "{words}");
        }
        for query in ["nam=1800", "nam=x", "don-vi=H99", "don-vi=%20x"] {
            assert_eq!(office.get(&format!("{PATH}?{query}")).await.status, StatusCode::NOT_FOUND, "{query}");
        }
        office.get("/ngon-ngu/en").await;
        let text = office.get(&format!("{PATH}?nam=2026")).await.text();
        assert!(text.contains("Hùng Kings&#39; Commemoration Day") || text.contains("Hùng Kings"), "{text}");
    });
}

#[test]
fn a_storm_takes_days_off_and_gives_them_back() {
    on_each_engine(async |mut office| {
        administrator(&mut office).await;
        let storm = [
            ("nam", "2026"),
            ("loai", "LOCAL_OFF"),
            ("ngay-day", "9"),
            ("ngay-month", "9"),
            ("ngay-year", "2026"),
            ("den-day", "10"),
            ("den-month", "9"),
            ("den-year", "2026"),
            ("ten", "Bão số 3"),
        ];
        let answer = office.post(&format!("{PATH}/ngay"), &storm).await;
        assert_eq!(answer.location.as_deref(), Some("/can-bo/quan-tri/lich?nam=2026&don-vi=&xong=luu"));
        assert!(!is_working(&office, date(2026, 9, 9)) && !is_working(&office, date(2026, 9, 10)));
        let text = office.get(&answer.location.unwrap()).await.text();
        for words in ["Đã lưu", "địa phương: Bão số 3", "Thêm thứ Tư 09/09/2026", "Trần Thị Quản"]
        {
            assert!(text.contains(words), "{words}");
        }
        // The same days again are answered with what is there, and nothing typed is lost.
        let answer = office.post(&format!("{PATH}/ngay"), &storm).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = answer.text();
        assert!(text.contains("Thứ Tư 09/09/2026 đã có trong lịch") && text.contains("value=\"Bão số 3\""));
        let answer = office.post(&format!("{PATH}/bo"), &[("nam", "2026"), ("ngay", "2026-09-09")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert!(is_working(&office, date(2026, 9, 9)) && !is_working(&office, date(2026, 9, 10)));
    });
}

#[test]
fn a_published_year_keeps_what_the_law_gave() {
    on_each_engine(async |mut office| {
        administrator(&mut office).await;
        let tet = date(2027, 2, 8);
        assert!(!is_working(&office, tet));
        let swap = [
            ("nam", "2027"),
            ("loai", "SWAP_OFF"),
            ("ngay", "2027-04-29"),
            ("doi", "2027-04-24"),
            ("ten", "Hoán đổi 30/4"),
        ];
        office.post(&format!("{PATH}/ngay"), &swap).await;
        assert!(is_working(&office, date(2027, 4, 24)) && !is_working(&office, date(2027, 4, 29)));
        let year = [("nam", "2027")];
        office.post(&format!("{PATH}/cong-bo"), &year).await;
        assert!(!office.app.office().calendar(None).is_provisional(2027));
        assert!(!is_working(&office, tet) && is_working(&office, date(2027, 4, 24)));
        // A day that was entered with the publication can be taken back by hand.
        office.post(&format!("{PATH}/bo"), &[("nam", "2027"), ("ngay", "2027-02-08")]).await;
        assert!(is_working(&office, tet));
        office.post(&format!("{PATH}/thu-hoi"), &year).await;
        assert!(office.app.office().calendar(None).is_provisional(2027));
        assert!(!is_working(&office, tet), "computed again");
    });
}

#[test]
fn a_stale_form_is_answered_with_who_was_first_and_can_be_sent_again() {
    on_each_engine(async |mut office| {
        administrator(&mut office).await;
        let day = |version: &'static str| {
            [
                ("nam", "2026"),
                ("loai", "LOCAL_OFF"),
                ("ngay", "2026-09-09"),
                ("ten", "Lũ"),
                ("version", version),
            ]
        };
        let path = format!("{PATH}/ngay");
        assert_eq!(office.post(&path, &day("1")).await.status, StatusCode::SEE_OTHER);
        let other = [("nam", "2026"), ("loai", "LOCAL_OFF"), ("ngay", "2026-10-01"), ("ten", "Lũ")];
        let stale = office.post(&path, &[&other[..], &[("version", "1")]].concat()).await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = stale.text();
        assert!(
            text.contains("Trần Thị Quản vừa thay đổi lịch này") && text.contains("value=\"Lũ\""),
            "{text}"
        );
        assert!(text.contains("name=\"version\" value=\"2\""), "the next click is about what is there now");
        let again = office.post(&path, &[&other[..], &[("version", "2")]].concat()).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn new_hours_hold_from_a_day_on() {
    on_each_engine(async |mut office| {
        administrator(&mut office).await;
        let path = format!("{PATH}/gio");
        let hours = "07:00-11:30, 13:30-17:00";
        let week = ["thu-2", "thu-3", "thu-4", "thu-5", "thu-6"].map(|day| (day, hours));
        let saturday = [("nam", "2026"), ("thu-7", "7:00-11:30"), ("cach-tinh", "close"), ("phut", "450")];
        let without_day = [&week[..], &saturday[..]].concat();
        let answer = office.post(&path, &without_day).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains("Nhập ngày bắt đầu áp dụng giờ mới"));
        let answer = office.post(&path, &[&without_day[..], &[("tu", "2026-04-01")]].concat()).await;
        assert_eq!(answer.location.as_deref(), Some("/can-bo/quan-tri/lich?nam=2026&don-vi=&xong=gio"));
        assert!(!is_working(&office, date(2026, 3, 28)) && is_working(&office, date(2026, 4, 4)));
        let snapshot = office.app.office();
        let calendar = snapshot.calendar(None);
        assert_eq!(calendar.minutes_per_day(), 450);
        assert_eq!(calendar.windows_on(date(2026, 4, 4)).len(), 1);
        let text = office.get(&path).await.text();
        assert!(text.contains("Từ thứ Tư 01/04/2026") && text.contains("Thứ Bảy: 07:00-11:30"), "{text}");
        let bad =
            [("nam", "2026"), ("thu-2", "7h-11h"), ("tu-day", "31"), ("tu-month", "2"), ("tu-year", "2026")];
        let text = office.post(&path, &bad).await.text();
        assert!(text.contains("Ghi giờ như") && text.contains("value=\"7h-11h\""));
        let nobody = office.post(&path, &[("nam", "2026"), ("tu", "2026-05-01")]).await.text();
        assert!(nobody.contains("ít nhất một buổi làm việc"));
        office.post(&format!("{path}/bo"), &[("nam", "2026"), ("tu", "2026-04-01")]).await;
        assert!(!is_working(&office, date(2026, 4, 4)));
    });
}
