//! Citizens file online, follow their dossiers, answer what is asked, take them back.

use axum::http::StatusCode;

use crate::given::Office;
use crate::given::people::Who;
use crate::given::province::BIRTH;

pub mod files;
mod filing;
pub mod follow;

/// One draft on its way.
pub struct Draft {
    /// Where it lives.
    pub base: String,
}

impl Draft {
    /// Begins a filing of the birth procedure.
    pub async fn begin(office: &mut Office) -> Self {
        let answer = office.post(&format!("/nop-ho-so/{BIRTH}"), &[]).await;
        let first = answer.location.expect("the first page");
        Self { base: first.strip_suffix("/dieu-kien").expect("conditions come first").to_owned() }
    }

    /// Answers one page, and where it leads.
    pub async fn answer(&self, office: &mut Office, page: &str, fields: &[(&str, &str)]) -> String {
        let answer = office.post(&format!("{}/{page}", self.base), fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{page}: {}", answer.text());
        answer.location.unwrap().strip_prefix(&self.base).unwrap_or_default().to_owned()
    }

    /// Every answer that a birth in a hospital needs, and its paper.
    pub async fn fill(&self, office: &mut Office) {
        assert_eq!(self.answer(office, "dieu-kien", &[("meets", "yes")]).await, "/truong-hop");
        assert_eq!(self.answer(office, "truong-hop", &[("case", "thuong")]).await, "/co-quan");
        assert_eq!(self.answer(office, "co-quan", &[("unit", "H99.101")]).await, "/nguoi-nop");
        assert_eq!(self.answer(office, "nguoi-nop", &[("who", "me")]).await, "/chu-ho-so");
        assert_eq!(self.answer(office, "chu-ho-so", &ME).await, "/noi-dung-1");
        assert_eq!(self.answer(office, "noi-dung-1", &CHILD).await, "/noi-dung-2");
        assert_eq!(self.answer(office, "noi-dung-2", &[("q-ban-sao", "2")]).await, "/giay-to");
        let sent = files::send(office, &self.base, "chung-sinh", "chung-sinh.pdf", &files::pdf()).await;
        assert_eq!(sent.status, StatusCode::OK, "{}", sent.text());
        assert_eq!(self.answer(office, "giay-to", &[]).await, "/nhan-ket-qua");
        assert_eq!(self.answer(office, "nhan-ket-qua", &[("return_way", "online")]).await, "/le-phi");
        assert_eq!(self.answer(office, "le-phi", &[]).await, "/kiem-tra");
    }

    /// Files it, and its code.
    pub async fn file(&self, office: &mut Office) -> String {
        let answer = office.post(&format!("{}/nop", self.base), &[("declare", "yes")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let to = answer.location.unwrap();
        to.strip_prefix("/ho-so/")
            .and_then(|rest| rest.strip_suffix("/da-nop"))
            .expect("a confirmation")
            .to_owned()
    }
}

/// A draft of Lan, in which papers can be handed in.
pub async fn draft(office: &mut Office) -> Draft {
    office.province().await;
    office.citizen("Trần Thị Lan").await;
    let draft = Draft::begin(office).await;
    draft.answer(office, "dieu-kien", &[("meets", "yes")]).await;
    draft.answer(office, "truong-hop", &[("case", "thuong")]).await;
    draft
}

/// A dossier of Lan, filed online.
pub async fn filed(office: &mut Office) -> (Who, String) {
    office.province().await;
    let lan = office.citizen("Trần Thị Lan").await;
    let draft = Draft::begin(office).await;
    draft.fill(office).await;
    let code = draft.file(office).await;
    (lan, code)
}

/// The applicant.
pub const ME: [(&str, &str); 7] = [
    ("owner_name", "Trần Thị Lan"),
    ("owner_id", "025190000007"),
    ("owner_born-day", "1"),
    ("owner_born-month", "2"),
    ("owner_born-year", "1990"),
    ("owner_address", "Khu 3, xã Đông, tỉnh Mẫu"),
    ("owner_phone", "0912345678"),
];

/// The first page of the form.
pub const CHILD: [(&str, &str); 5] = [
    ("q-ten-con", "Trần Minh Khôi"),
    ("q-ngay-sinh-day", "20"),
    ("q-ngay-sinh-month", "2"),
    ("q-ngay-sinh-year", "2026"),
    ("q-gioi-tinh", "nam"),
];
