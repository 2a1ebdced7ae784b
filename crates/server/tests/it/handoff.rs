//! Files at the counter: those that the officer sends in pieces or with the page, and photos from a phone, which may add
//! to one paper of one intake and see nothing.

mod desk;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use jiff::SignedDuration;
use motcua::jobs::worker;
use motcua_db::DbError;
use motcua_domain::access::Role;
use motcua_domain::dossier::Dossier;

use crate::desk::shown;
use crate::given::people::Who;
use crate::given::province::{BIRTH, EAST};
use crate::given::{Answer, Office, on_each_engine};
use crate::upload::tus::{metadata, piece, request};

const PAGE: &str = "/can-bo/tiep-nhan";
const APPLICANT: &str = "Nguyễn Thị Đào";

/// A PDF of about this length; another length is another file.
fn pdf(bytes: usize) -> Vec<u8> {
    let mut content = format!("%PDF-1.4\n% {bytes}\n1 0 obj\n<< /Type /Catalog >>\nendobj\n").into_bytes();
    content.resize(bytes.max(content.len()), b'\n');
    content.extend(b"trailer\n<< /Root 1 0 R >>\nstartxref\n45\n%%EOF\n");
    content
}

/// The page of the counter, filled in.
struct Counter {
    officer: Who,
    draft: String,
    handoff: String,
}

impl Counter {
    /// The receptionist of the eastern commune opens the page for a birth.
    async fn open(office: &mut Office) -> Self {
        office.province().await;
        let officer = office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let page = office.get(&format!("{PAGE}?thu_tuc={BIRTH}")).await.text();
        Self { officer, draft: hidden(&page, "draft"), handoff: String::new() }
    }

    fn typed<'a>(&'a self, other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let mut fields = vec![
            ("submit_key", "press-1"),
            ("mark", "1.001193/1/thuong/false"),
            ("draft", self.draft.as_str()),
            ("handoff", self.handoff.as_str()),
            ("procedure", BIRTH),
            ("case", "thuong"),
            ("desk", EAST),
            ("kind", "citizen"),
            ("name", APPLICANT),
            ("address", "Xã Đông"),
            ("subject", "Đăng ký khai sinh cho con"),
            ("sets", "1"),
            ("unit", EAST),
            ("channel", "counter"),
            ("way", "desk"),
            ("paper-chung-sinh", "yes"),
            ("copy-chung-sinh", "original"),
            ("quantity-chung-sinh", "1"),
        ];
        fields.retain(|(name, _)| other.iter().all(|(replaced, _)| replaced != name));
        fields.extend(other);
        fields
    }

    /// Presses a button of the page.
    async fn press(&self, office: &mut Office, other: &[(&str, &str)]) -> Answer {
        office.post(PAGE, &self.typed(other)).await
    }

    /// Accepts, and the dossier it led to.
    async fn accept(&self, office: &mut Office) -> Dossier {
        let answer = self.press(office, &[("accept", "yes")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        shown(office, answer.location.unwrap().rsplit('/').next().unwrap()).await
    }

    /// Opens a code for the certificate of birth. Answers where it leads.
    async fn photo(&mut self, office: &mut Office) -> String {
        let page = self.press(office, &[("photo", "chung-sinh")]).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        let page = page.text();
        assert!(page.contains("keep__qr") && page.contains(APPLICANT), "{page}");
        self.handoff = hidden(&page, "handoff");
        assert!(page.contains(&format!("/chup/{}", self.handoff)), "the code as an address: {page}");
        format!("/chup/{}", self.handoff)
    }

    /// What the page asks again and again.
    async fn live(&self, office: &mut Office) -> Answer {
        office.switch(&self.officer);
        let page = self.press(office, &[("refresh", "yes")]).await.text();
        let href =
            page.split("hx-get=\"").nth(1).expect("the page asks").split('?').next().unwrap().to_owned();
        office.get(&href).await
    }
}

fn hidden(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    page.split(&start)
        .nth(1)
        .unwrap_or_else(|| panic!("no {name}: {page}"))
        .split('"')
        .next()
        .unwrap()
        .to_owned()
}

/// A phone: a browser that nobody signed in with, at the address of a code.
struct Phone {
    guest: String,
    href: String,
}

impl Phone {
    async fn open(office: &mut Office, href: &str) -> (Self, Answer) {
        office.nobody();
        let page = office.get(href).await;
        let guest = office.cookie("khach").expect("every browser gets one").to_owned();
        (Self { guest, href: href.to_owned() }, page)
    }

    fn take(&self, office: &mut Office) {
        office.nobody();
        office.set_cookie("khach", &self.guest);
    }

    async fn get(&self, office: &mut Office) -> Answer {
        self.take(office);
        office.get(&self.href).await
    }

    async fn begin(&self, office: &mut Office, name: &str, size: usize) -> Answer {
        self.take(office);
        begin(office, &format!("{}/tai-len", self.href), &[("filename", name)], size).await
    }

    /// Sends a whole file: the row it gets, or why it was not taken.
    async fn send(&self, office: &mut Office, name: &str, content: &[u8]) -> Answer {
        let begun = self.begin(office, name, content.len()).await;
        let Some(href) = begun.location.clone() else { return begun };
        let sent = piece(office, &href, 0, content).await;
        if sent.status.is_success() { office.get(&href).await } else { sent }
    }

    async fn done(&self, office: &mut Office) {
        self.take(office);
        let answer = office.post(&format!("{}/xong", self.href), &[]).await;
        assert_eq!(answer.location.as_deref(), Some(self.href.as_str()), "{}", answer.text());
    }
}

async fn begin(office: &mut Office, at: &str, pairs: &[(&str, &str)], size: usize) -> Answer {
    let request = request(office, Method::POST, at)
        .header("upload-length", size)
        .header("upload-metadata", metadata(pairs));
    office.send(request.body(Body::empty()).unwrap()).await
}

/// A page sent as a browser without scripts does.
fn plain(office: &Office, at: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Request<Body> {
    const BOUNDARY: &str = "----ranh-gioi";
    let csrf = office.csrf();
    let mut body = Vec::new();
    for (name, value) in [("csrf", csrf.as_str())].iter().chain(fields) {
        let part =
            format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    for (name, given, content) in files {
        let head = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{given}\"\r\n\
             content-type: application/octet-stream\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend_from_slice(content);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
    Request::post(at)
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body))
        .unwrap()
}

/// The kinds of entries of the office log about codes, in their order.
async fn log(office: &Office) -> Vec<String> {
    let rows = office.app.store.read(|tx| {
        let sql = "select kind from office_log where subject like 'handoff:%' order by sequence";
        tx.rows(sql, &[])?.iter().map(|row| row.get("kind")).collect::<Result<Vec<String>, DbError>>()
    });
    rows.await.unwrap()
}

#[test]
#[expect(clippy::too_many_lines, reason = "one way of a paper, from the code to the dossier")]
fn photos_from_a_phone_arrive_at_the_counter_and_the_phone_sees_nothing() {
    on_each_engine(async |mut office| {
        let mut counter = Counter::open(&mut office).await;
        let href = counter.photo(&mut office).await;
        let token = counter.handoff.clone();
        let sql = "select id from handoff where token_hash = $1 or id = $1";
        let plain_text =
            office.app.store.read(move |tx| tx.rows(sql, &[token.as_str().into()])).await.unwrap();
        assert!(plain_text.is_empty(), "the secret is kept nowhere");

        let (phone, page) = Phone::open(&mut office, &href).await;
        assert_eq!(
            (page.status, page.headers["x-robots-tag"].to_str().unwrap()),
            (StatusCode::OK, "noindex, nofollow")
        );
        let page = page.text();
        for said in ["Giấy chứng sinh", "UBND xã Đông", "Đăng ký khai sinh", "08:15"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(!page.contains(APPLICANT) && !page.contains("Trần Thị Quầy"), "{page}");

        let first = pdf(40_000);
        let row = phone.send(&mut office, "trang 1.pdf", &first).await;
        assert_eq!(row.status, StatusCode::OK, "{}", row.text());
        assert!(row.text().contains("trang 1.pdf") && !row.text().contains("href"), "{}", row.text());
        let program = [b"MZ\x90\0".to_vec(), vec![0; 600]].concat();
        let refused = phone.send(&mut office, "trang.pdf", &program).await;
        assert_eq!(refused.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{}", refused.text());

        // The counter sees it, and is not told twice.
        let live = counter.live(&mut office).await;
        let text = live.text();
        assert!(text.contains("trang 1.pdf") && text.contains("Đã nhận 1 tệp từ điện thoại"), "{text}");
        let again = text.split("hx-get=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert_eq!(office.get(&again).await.status, StatusCode::NO_CONTENT);
        let file = text
            .split("<a class=\"govuk-link\" href=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        assert_eq!(office.get(&file).await.body, first);
        let live_at = again.split('?').next().unwrap().to_owned();

        // Without scripts, as a plain form; a session that ended long ago does not matter.
        phone.take(&mut office);
        let second = pdf(3_000);
        let fields = [("component", "chung-sinh")];
        let sent = plain(&office, &format!("{href}/tep"), &fields, &[("file", "trang 2.pdf", &second)]);
        office.set_cookie("phien", "ended");
        assert_eq!(office.send(sent).await.location.as_deref(), Some(href.as_str()));
        phone.take(&mut office);
        let again = plain(&office, &format!("{href}/tep"), &fields, &[("file", "trang 2.pdf", &second)]);
        let again = office.send(again).await.location.unwrap();
        assert!(office.get(&again).await.text().contains("đã có trong mục này"));
        let elsewhere = plain(
            &office,
            &format!("{href}/tep"),
            &[("component", "uy-quyen")],
            &[("file", "a.pdf", &pdf(7_000))],
        );
        assert_eq!(office.send(elsewhere).await.status, StatusCode::NOT_FOUND);
        let page = phone.get(&mut office).await.text();
        assert!(page.contains("Đã gửi 2 tệp") && !page.contains("trang 1.pdf"), "{page}");
        for closed in [file.as_str(), live_at.as_str(), PAGE] {
            assert_eq!(office.get(closed).await.status, StatusCode::SEE_OTHER, "{closed}");
        }

        // Another browser with the same address.
        let (other, page) = Phone::open(&mut office, &href).await;
        assert_eq!(page.status, StatusCode::GONE);
        assert!(
            page.text().contains("đang dùng trên điện thoại khác")
                && !page.text().contains("Giấy chứng sinh")
        );
        assert_eq!(other.begin(&mut office, "a.pdf", 9_000).await.status, StatusCode::GONE);

        phone.done(&mut office).await;
        assert!(phone.get(&mut office).await.text().contains("Đã gửi xong"));
        assert_eq!(phone.begin(&mut office, "a.pdf", 9_000).await.status, StatusCode::GONE);
        office.switch(&counter.officer);
        let page = counter.press(&mut office, &[("refresh", "yes")]).await.text();
        assert!(page.contains("Điện thoại báo đã gửi xong: 2 tệp") && !page.contains("hx-get"), "{page}");
        let dossier = counter.accept(&mut office).await;
        assert_eq!(dossier.filing.papers.iter().filter(|paper| paper.file.is_some()).count(), 2);
        assert_eq!(log(&office).await, ["handoff.log_opened", "handoff.log_done"]);
    });
}

#[test]
fn a_code_ends_when_it_is_taken_back_runs_out_or_is_no_longer_needed() {
    on_each_engine(async |mut office| {
        let mut counter = Counter::open(&mut office).await;
        let href = counter.photo(&mut office).await;
        let (phone, _) = Phone::open(&mut office, &href).await;
        let content = pdf(20_000);
        let begun = phone.begin(&mut office, "a.pdf", content.len()).await.location.unwrap();
        piece(&mut office, &begun, 0, &content[..9_000]).await;
        // What is on its way is shown while it is, and refused once the code is taken back.
        assert!(counter.live(&mut office).await.text().contains("Điện thoại đang gửi: "));
        let page = counter.press(&mut office, &[("handoff_end", "yes")]).await.text();
        assert!(!page.contains("keep__qr") && page.contains(APPLICANT), "{page}");
        phone.take(&mut office);
        assert_eq!(piece(&mut office, &begun, 9_000, &content[9_000..]).await.status, StatusCode::GONE);
        assert_eq!(phone.get(&mut office).await.status, StatusCode::GONE);

        // Another one for the same paper takes the place of the one before.
        office.switch(&counter.officer);
        let first = counter.photo(&mut office).await;
        let second = counter.photo(&mut office).await;
        let (_, page) = Phone::open(&mut office, &first).await;
        assert_eq!(page.status, StatusCode::GONE);
        let (phone, page) = Phone::open(&mut office, &second).await;
        assert_eq!(page.status, StatusCode::OK);
        office.wait(SignedDuration::from_mins(15));
        assert_eq!(phone.begin(&mut office, "a.pdf", 9_000).await.status, StatusCode::GONE);
        office.wait(SignedDuration::from_hours(1));
        worker::run_due(&office.app).await.unwrap();
        assert_eq!(phone.get(&mut office).await.status, StatusCode::GONE);
        let expected = ["opened", "revoked", "opened", "revoked", "opened", "expired"];
        assert_eq!(log(&office).await, expected.map(|kind| format!("handoff.log_{kind}")));

        // Accepting closes it.
        counter.officer = office.sign_in(counter.officer.clone()).await;
        let third = counter.photo(&mut office).await;
        let (phone, _) = Phone::open(&mut office, &third).await;
        let begun = phone.begin(&mut office, "a.pdf", content.len()).await.location.unwrap();
        office.switch(&counter.officer);
        counter.accept(&mut office).await;
        phone.take(&mut office);
        assert_eq!(piece(&mut office, &begun, 0, &content).await.status, StatusCode::GONE);
        assert_eq!(log(&office).await.last().unwrap(), "handoff.log_finished");
        let check = office.app.store.read(motcua::account::office_log::first_difference).await.unwrap();
        assert_eq!(check, None);
    });
}

#[test]
fn codes_that_do_not_exist_are_not_guessed_for_long() {
    on_each_engine(async |mut office| {
        office.province().await;
        for _ in 0..30 {
            assert_eq!(office.get("/chup/khong-co").await.status, StatusCode::NOT_FOUND);
        }
        assert_eq!(office.get("/chup/khong-co").await.status, StatusCode::TOO_MANY_REQUESTS);
        let begun = begin(&mut office, "/chup/khong-co/tai-len", &[("filename", "a.pdf")], 9_000).await;
        assert_eq!(begun.status, StatusCode::TOO_MANY_REQUESTS);
    });
}
