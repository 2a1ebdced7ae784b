//! Files: each mistake has its own words, and every file its own row.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use super::draft;
use crate::given::{self, Answer, Office};
use crate::upload::tus;

/// A PDF of one empty page.
pub fn pdf() -> Vec<u8> {
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\nxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R >>\n\
      startxref\n45\n%%EOF\n"
        .to_vec()
}

const BOUNDARY: &str = "----ranh-gioi";

fn body(fields: &[(&str, &str)], name: &str, content: &[u8], whole: bool) -> Vec<u8> {
    let mut body = Vec::new();
    for (field, value) in fields {
        let part =
            format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    let head = format!(
        "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         content-type: application/octet-stream\r\n\r\n"
    );
    body.extend(head.into_bytes());
    body.extend_from_slice(content);
    if whole {
        body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
    }
    body
}

fn upload(base: &str, body: Vec<u8>) -> Request<Body> {
    Request::post(format!("{base}/tep"))
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body))
        .unwrap()
}

/// Sends one file as the script does: the row it gets, or why it was not taken.
pub async fn send(office: &mut Office, base: &str, component: &str, name: &str, content: &[u8]) -> Answer {
    tus::send(office, base, component, name, content).await
}

/// Sends one file as a plain form does, and the page it leads to.
pub async fn post(office: &mut Office, base: &str, name: &str, content: &[u8], whole: bool) -> Answer {
    let sent = post_plain(office, base, name, content, whole).await;
    office.get(&sent.location.expect("a page")).await
}

/// Sends one file as a plain form does.
pub async fn post_plain(office: &mut Office, base: &str, name: &str, content: &[u8], whole: bool) -> Answer {
    let csrf = office.csrf();
    let fields = [("csrf", csrf.as_str()), ("component", "chung-sinh")];
    office.send(upload(base, body(&fields, name, content, whole))).await
}

/// Saves as typed, as the script does.
pub async fn save(office: &mut Office, base: &str, fields: &[(&str, &str)]) -> Answer {
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", motcua::web::visitor::encode(value)))
        .collect();
    let request = Request::post(format!("{base}/luu"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .header("x-csrf-token", office.csrf())
        .body(Body::from(pairs.join("&")))
        .unwrap();
    office.send(request).await
}

/// Posts a form with exactly these fields.
pub async fn post_with(office: &mut Office, path: &str, fields: &[(&str, &str)]) -> Answer {
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", motcua::web::visitor::encode(value)))
        .collect();
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(pairs.join("&")))
        .unwrap();
    office.send(request).await
}

#[test]
fn a_file_gets_its_row_can_be_read_and_is_taken_out_again() {
    given::on_each_engine(async |mut office| {
        let draft = draft(&mut office).await;
        let row = send(&mut office, &draft.base, "chung-sinh", "C:\\Ảnh\\Giấy chứng sinh.pdf", &pdf()).await;
        assert_eq!(row.status, StatusCode::OK);
        assert!(row.text().contains("Giấy chứng sinh.pdf") && row.text().contains("Đã nhận"));
        let text = row.text();
        let id = text.split("data-file=\"").nth(1).unwrap().split('"').next().unwrap();
        let file = office.get(&format!("{}/tep/{id}", draft.base)).await;
        assert_eq!((file.media_type.as_str(), file.body), ("application/pdf", pdf()));
        let page = office.get(&format!("{}/giay-to/chung-sinh", draft.base)).await.text();
        assert!(
            page.contains("tối đa 20 MB") && page.contains("tối đa 200 MB"),
            "limits are said beforehand"
        );
        // Nobody else reads it.
        let lan = office.citizen("Trần Thị Lan").await;
        office.citizen("Nguyễn Văn Bình").await;
        assert_eq!(office.get(&format!("{}/tep/{id}", draft.base)).await.status, StatusCode::NOT_FOUND);
        office.switch(&lan);
        let gone = office.post(&format!("{}/tep/{id}/xoa", draft.base), &[]).await;
        assert_eq!(gone.location, Some(format!("{}/giay-to/chung-sinh", draft.base)));
        assert_eq!(office.get(&format!("{}/tep/{id}", draft.base)).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn every_mistake_about_a_file_has_its_own_words() {
    given::on_each_engine(async |mut office| {
        let draft = draft(&mut office).await;
        let program = [b"MZ\x90\0".as_slice(), &[0; 500]].concat();
        let locked = b"%PDF-1.4\ntrailer << /Encrypt 5 0 R >>\nstartxref\n9\n%%EOF\n".to_vec();
        for (name, content, status, words) in [
            ("rong.pdf", Vec::new(), 422, "không có nội dung"),
            ("virus.pdf", program, 415, "thuộc loại khác"),
            ("khoa.pdf", locked, 422, "khóa bằng mật khẩu"),
            ("cut.pdf", b"%PDF-1.4\n1 0 obj".to_vec(), 422, "thiếu phần cuối"),
        ] {
            let answer = send(&mut office, &draft.base, "chung-sinh", name, &content).await;
            assert_eq!(answer.status.as_u16(), status, "{name}: {}", answer.text());
            assert!(answer.text().contains(words), "{name}: {}", answer.text());
        }
        send(&mut office, &draft.base, "chung-sinh", "a.pdf", &pdf()).await;
        let big = post(&mut office, &draft.base, "to.pdf", &vec![b' '; 30 * 1024 * 1024], true).await;
        assert!(big.text().contains("to.pdf: Tệp lớn hơn 20 MB"), "{}", big.text());
        let again = send(&mut office, &draft.base, "chung-sinh", "b.pdf", &pdf()).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        assert!(again.text().contains("đã có trong mục này"));
    });
}

#[test]
fn a_file_that_vanishes_on_its_way_leaves_nothing() {
    given::on_each_engine(async |mut office| {
        let draft = draft(&mut office).await;
        let page = post(&mut office, &draft.base, "a.pdf", &pdf()[..40], false).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text().contains("chưa đến đủ"), "{}", page.text());
        let page = office.get(&format!("{}/giay-to/chung-sinh", draft.base)).await.text();
        assert!(!page.contains("data-file="));
    });
}

#[test]
fn without_a_script_a_plain_form_does_the_same() {
    given::on_each_engine(async |mut office| {
        let draft = draft(&mut office).await;
        let page = post(&mut office, &draft.base, "a.pdf", &pdf(), true).await;
        assert!(page.status == StatusCode::OK && page.text().contains("a.pdf"), "{}", page.text());
        let page = post(&mut office, &draft.base, "", b"", true).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text().contains("Chọn ít nhất một tệp"));
        let page = post(&mut office, &draft.base, "x.exe", b"MZ\x90\0", true).await.text();
        assert!(page.contains("x.exe: Chỉ nhận tệp PDF"));
    });
}

#[test]
fn files_of_strangers_and_for_papers_nobody_asked_for_are_refused() {
    given::on_each_engine(async |mut office| {
        let draft = draft(&mut office).await;
        let unknown = send(&mut office, &draft.base, "so-do", "a.pdf", &pdf()).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        let forged = body(&[("csrf", "x"), ("component", "chung-sinh")], "a.pdf", &pdf(), true);
        let forged = office.send(upload(&draft.base, forged)).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN, "a form from elsewhere");
        office.citizen("Nguyễn Văn Bình").await;
        let stranger = send(&mut office, &draft.base, "chung-sinh", "a.pdf", &pdf()).await;
        assert_eq!(stranger.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn there_is_a_most_of_files() {
    given::on_each_engine(async |mut office| {
        let draft = draft(&mut office).await;
        for number in 0..20 {
            let file = [pdf(), format!("% {number}\n%%EOF\n").into_bytes()].concat();
            let kept = send(&mut office, &draft.base, "chung-sinh", "trang.pdf", &file).await;
            assert_eq!(kept.status, StatusCode::OK, "{}", kept.text());
        }
        let file = [pdf(), b"% 21\n%%EOF\n".to_vec()].concat();
        let one_more = send(&mut office, &draft.base, "chung-sinh", "trang.pdf", &file).await;
        assert_eq!(one_more.status, StatusCode::CONFLICT);
        assert!(one_more.text().contains("tối đa 20 tệp"));
    });
}
