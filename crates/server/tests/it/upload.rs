//! Uploads in pieces: nothing acknowledged is lost, nothing is attached twice, and nobody reaches what is not theirs.

mod scan;
pub mod tus;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use motcua::jobs::worker;
use sha2::{Digest as _, Sha256};

use crate::given::{self, Office};
use crate::portal::{Draft, draft};
use tus::{begin, checked, head, number, piece, request};

/// A PDF of about this length; another length is another file.
fn pdf(bytes: usize) -> Vec<u8> {
    let mut content = format!("%PDF-1.4\n% {bytes}\n1 0 obj\n<< /Type /Catalog >>\nendobj\n").into_bytes();
    let mut line = 0_u32;
    while content.len() < bytes {
        line += 1;
        content.extend(format!("% {line:08} Sổ đăng ký khai sinh\n").into_bytes());
    }
    content.extend(b"trailer\n<< /Root 1 0 R >>\nstartxref\n45\n%%EOF\n");
    content
}

fn sha256(content: &[u8]) -> String {
    motcua::secrets::hex(&Sha256::digest(content))
}

fn checksum(content: &[u8]) -> String {
    format!("sha256 {}", STANDARD.encode(Sha256::digest(content)))
}

/// The address of a new upload of `content`.
async fn begun(office: &mut Office, draft: &Draft, name: &str, content: &[u8]) -> String {
    let size = content.len() as u64;
    let begun = begin(office, &draft.base, "chung-sinh", name, size, Some(&sha256(content))).await;
    assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.text());
    begun.location.unwrap()
}

async fn page(office: &mut Office, draft: &Draft) -> String {
    office.get(&format!("{}/giay-to/chung-sinh", draft.base)).await.text()
}

/// How many files stand on the page.
async fn kept(office: &mut Office, draft: &Draft) -> usize {
    page(office, draft).await.matches("data-file=").count()
}

fn part(office: &Office, href: &str) -> std::path::PathBuf {
    office.app.data.join("files/parts").join(href.rsplit('/').next().unwrap())
}

#[test]
fn a_file_comes_in_pieces_and_is_attached_once() {
    given::on_each_engine(async |mut office| {
        let draft = draft(&mut office).await;
        let content = pdf(300_000);
        let href = begun(&mut office, &draft, "../../Giấy\u{202E} chứng\\sinh.pdf", &content).await;
        assert_eq!(number(&head(&mut office, &href).await, "upload-offset"), 0);
        for (at, bytes) in content.chunks(100_000).enumerate() {
            let offset = at as u64 * 100_000;
            let sent = checked(&mut office, &href, offset, bytes, &checksum(bytes)).await;
            assert_eq!(sent.status, StatusCode::NO_CONTENT, "{}", sent.text());
            assert_eq!(number(&sent, "upload-offset"), offset + bytes.len() as u64);
            assert_eq!(sent.headers["tus-resumable"], "1.0.0");
        }
        let row = office.get(&href).await;
        assert_eq!(row.status, StatusCode::OK, "{}", row.text());
        assert!(row.text().contains("sinh.pdf") && !row.text().contains(".."), "{}", row.text());
        // The last answer was lost: the sender asks, sends nothing once more, and asks for the row again.
        let size = content.len() as u64;
        let asked = head(&mut office, &href).await;
        assert_eq!((number(&asked, "upload-offset"), number(&asked, "upload-length")), (size, size));
        assert_eq!(piece(&mut office, &href, size, b"").await.status, StatusCode::NO_CONTENT);
        assert_eq!(office.get(&href).await.text(), row.text());
        assert_eq!(kept(&mut office, &draft).await, 1);
        let id = row.text().split("data-file=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert_eq!(office.get(&format!("{}/tep/{id}", draft.base)).await.body, content);
        assert!(!part(&office, &href).exists());
    });
}

#[test]
fn what_the_service_speaks_can_be_asked() {
    given::on_each_engine(async |mut office| {
        let draft = draft(&mut office).await;
        let asked =
            office.send(request(&office, Method::OPTIONS, "/tai-len").body(Body::empty()).unwrap()).await;
        assert_eq!(asked.status, StatusCode::NO_CONTENT);
        assert_eq!(asked.headers["tus-version"], "1.0.0");
        assert_eq!(asked.headers["tus-extension"], "creation,checksum,expiration,termination");
        assert_eq!(asked.headers["tus-checksum-algorithm"], "sha256,sha1");
        assert_eq!(number(&asked, "tus-max-size"), 200 * 1024 * 1024);
        let content = pdf(1_000);
        let begun = begin(&mut office, &draft.base, "chung-sinh", "a.pdf", content.len() as u64, None).await;
        assert_eq!(begun.headers["upload-expires"], "Mon, 09 Mar 2026 01:00:00 GMT");
        let href = begun.location.unwrap();
        let stands = head(&mut office, &href).await;
        assert_eq!(stands.headers["cache-control"], "no-store");
        assert!(stands.headers["upload-metadata"].to_str().unwrap().starts_with("filename YS5wZGY=,draft "));
        // A way that lets only POST pass.
        let request = request(&office, Method::POST, &href)
            .header("x-http-method-override", "PATCH")
            .header("content-type", "application/offset+octet-stream")
            .header("upload-offset", 0);
        let sent = office.send(request.body(Body::from(content.clone())).unwrap()).await;
        assert_eq!(sent.status, StatusCode::NO_CONTENT, "{}", sent.text());
        assert_eq!(office.get(&href).await.status, StatusCode::OK);
    });
}

#[test]
fn every_wrong_request_is_told_what_is_wrong() {
    given::on_each_engine(async |mut office| {
        let draft = draft(&mut office).await;
        let content = pdf(20_000);
        let href = begun(&mut office, &draft, "a.pdf", &content).await;
        let first = &content[..10_000];
        assert_eq!(piece(&mut office, &href, 0, first).await.status, StatusCode::NO_CONTENT);

        let wrong = piece(&mut office, &href, 9_999, first).await;
        assert_eq!((wrong.status, number(&wrong, "upload-offset")), (StatusCode::CONFLICT, 10_000));
        assert!(wrong.text().contains("không nối tiếp"), "{}", wrong.text());
        let next = &content[10_000..15_000];
        for (sent, status) in
            [(checksum(first), 460), ("md5 AAAA".to_owned(), 400), ("sha1 ***".to_owned(), 400)]
        {
            let answer = checked(&mut office, &href, 10_000, next, &sent).await;
            assert_eq!(answer.status.as_u16(), status, "{sent}: {}", answer.text());
        }
        let more = [&content[10_000..], b"and more"].concat();
        let long = piece(&mut office, &href, 10_000, &more).await;
        assert_eq!(long.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", long.text());
        assert_eq!(number(&head(&mut office, &href).await, "upload-offset"), 10_000, "nothing was taken");

        let untold = request(&office, Method::PATCH, &href).header("upload-offset", 10_000);
        let untold = office.send(untold.body(Body::from(next.to_vec())).unwrap()).await;
        assert_eq!(untold.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        let nowhere =
            request(&office, Method::PATCH, &href).header("content-type", "application/offset+octet-stream");
        let nowhere = office.send(nowhere.body(Body::from(next.to_vec())).unwrap()).await;
        assert_eq!(nowhere.status, StatusCode::BAD_REQUEST);
        let old =
            axum::http::Request::head(&href).header("tus-resumable", "0.2.2").body(Body::empty()).unwrap();
        let old = office.send(old).await;
        assert_eq!(
            (old.status, &old.headers["tus-version"]),
            (StatusCode::PRECONDITION_FAILED, &"1.0.0".parse().unwrap())
        );
        let forged = axum::http::Request::patch(&href)
            .header("tus-resumable", "1.0.0")
            .header("content-type", "application/offset+octet-stream")
            .header("upload-offset", 10_000)
            .body(Body::from(next.to_vec()))
            .unwrap();
        assert_eq!(
            office.send(forged).await.status,
            StatusCode::FORBIDDEN,
            "without the token of the session"
        );
        let mut elsewhere = request(&office, Method::DELETE, &href).body(Body::empty()).unwrap();
        elsewhere.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        assert_eq!(office.send(elsewhere).await.status, StatusCode::FORBIDDEN, "from another site");

        let rest = piece(&mut office, &href, 10_000, &content[10_000..]).await;
        assert_eq!(rest.status, StatusCode::NO_CONTENT, "{}", rest.text());
        assert_eq!(kept(&mut office, &draft).await, 1);
    });
}

#[test]
fn limits_hold_before_anything_is_sent() {
    given::on_each_engine(async |mut office| {
        let draft = draft(&mut office).await;
        for (size, status, words) in
            [(0, 422, "không có nội dung"), (200 * 1024 * 1024 + 1, 413, "lớn hơn 200 MB")]
        {
            let answer = begin(&mut office, &draft.base, "chung-sinh", "a.pdf", size, None).await;
            assert_eq!(answer.status.as_u16(), status);
            assert!(answer.text().contains(words), "{}", answer.text());
        }
        let answer = begin(&mut office, &draft.base, "chung-sinh", "a.pdf", 9, Some("not a hash")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        // Ten of the largest at the same time, and one more.
        for number in 0..10 {
            let size = 200 * 1024 * 1024;
            let answer =
                begin(&mut office, &draft.base, "chung-sinh", &format!("{number}.pdf"), size, None).await;
            assert_eq!(answer.status, StatusCode::CREATED);
        }
        let answer = begin(&mut office, &draft.base, "chung-sinh", "a.pdf", 9, None).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert!(answer.text().contains("nhiều tệp tải dở"), "{}", answer.text());
        office.set_cookie("lang", "en");
        let answer = begin(&mut office, &draft.base, "chung-sinh", "a.pdf", 9, None).await;
        assert!(answer.text().contains("many unfinished uploads"), "{}", answer.text());
    });
}

#[test]
fn a_file_of_a_wrong_kind_is_refused_by_its_beginning_and_a_changed_one_at_its_end() {
    given::on_each_engine(async |mut office| {
        let draft = draft(&mut office).await;
        let video = [b"\0\0\0\x18ftypmp42".as_slice(), &vec![7; 50_000]].concat();
        let href = begun(&mut office, &draft, "quay-phim.pdf", &video).await;
        let sent = piece(&mut office, &href, 0, &video[..10_000]).await;
        assert_eq!(sent.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{}", sent.text());
        assert!(sent.text().contains("thuộc loại khác"));
        assert!(!part(&office, &href).exists(), "nothing of it is left");
        assert_eq!(
            office.get(&href).await.status,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "also when asked later"
        );

        let (content, other) = (pdf(30_000), pdf(30_001));
        let size = content.len() as u64;
        let begun = begin(&mut office, &draft.base, "chung-sinh", "a.pdf", size, Some(&sha256(&other))).await;
        let href = begun.location.unwrap();
        let sent = piece(&mut office, &href, 0, &content).await;
        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(sent.text().contains("khác với tệp đã gửi đi"), "{}", sent.text());
        // Everything came, so that a sender who asks does not send it once more.
        assert_eq!(number(&head(&mut office, &href).await, "upload-offset"), size);
        assert_eq!(kept(&mut office, &draft).await, 0);
    });
}

#[test]
fn nobody_else_finds_an_upload_and_its_owner_finds_it_after_signing_in_again() {
    given::on_each_engine(async |mut office| {
        let draft = draft(&mut office).await;
        let content = pdf(50_000);
        let href = begun(&mut office, &draft, "Giấy chứng sinh.pdf", &content).await;
        piece(&mut office, &href, 0, &content[..21_500]).await;

        office.nobody();
        office.get("/").await;
        assert_eq!(
            piece(&mut office, &href, 21_500, &content[21_500..]).await.status,
            StatusCode::UNAUTHORIZED
        );
        assert_eq!(head(&mut office, &href).await.status, StatusCode::UNAUTHORIZED);
        office.citizen("Nguyễn Văn Bình").await;
        assert_eq!(head(&mut office, &href).await.status, StatusCode::NOT_FOUND);
        assert_eq!(office.get(&href).await.status, StatusCode::NOT_FOUND);
        let taken = piece(&mut office, &href, 21_500, &content[21_500..]).await;
        assert_eq!(taken.status, StatusCode::NOT_FOUND);
        let ended = request(&office, Method::DELETE, &href).body(Body::empty()).unwrap();
        assert_eq!(office.send(ended).await.status, StatusCode::NOT_FOUND);
        assert_eq!(office.post(&format!("{href}/bo"), &[]).await.status, StatusCode::NOT_FOUND);
        let theirs = begin(&mut office, &draft.base, "chung-sinh", "a.pdf", 9, None).await;
        assert_eq!(theirs.status, StatusCode::NOT_FOUND, "into somebody else's draft");

        office.citizen("Trần Thị Lan").await;
        let page = page(&mut office, &draft).await;
        assert!(page.contains("Giấy chứng sinh.pdf") && page.contains("đã nhận 42 %"), "{page}");
        let list = office.get(&format!("{}/giay-to", draft.base)).await.text();
        assert!(list.contains("Có tệp tải dở"));
        assert_eq!(number(&head(&mut office, &href).await, "upload-offset"), 21_500);
        let rest = piece(&mut office, &href, 21_500, &content[21_500..]).await;
        assert_eq!(rest.status, StatusCode::NO_CONTENT, "{}", rest.text());
        assert_eq!(kept(&mut office, &draft).await, 1);
    });
}

#[test]
fn a_stop_at_any_moment_loses_nothing_that_was_answered() {
    given::on_each_engine(async |mut office| {
        let draft = draft(&mut office).await;
        let content = pdf(60_000);
        let href = begun(&mut office, &draft, "a.pdf", &content).await;
        piece(&mut office, &href, 0, &content[..20_000]).await;
        // Half a piece that reached the file before the power went, and is not right.
        let torn = [&content[..20_000], &[0; 7_000]].concat();
        std::fs::write(part(&office, &href), torn).unwrap();
        assert_eq!(number(&head(&mut office, &href).await, "upload-offset"), 20_000);
        let sent = piece(&mut office, &href, 20_000, &content[20_000..40_000]).await;
        assert_eq!(number(&sent, "upload-offset"), 40_000);
        assert_eq!(
            std::fs::read(part(&office, &href)).unwrap(),
            &content[..40_000],
            "cut off and gone on with"
        );
        // A restore from a backup brings the row and not the pieces.
        std::fs::remove_file(part(&office, &href)).unwrap();
        assert_eq!(number(&head(&mut office, &href).await, "upload-offset"), 0);
        let sent = piece(&mut office, &href, 0, &content).await;
        assert_eq!(sent.status, StatusCode::NO_CONTENT, "{}", sent.text());
        assert_eq!(kept(&mut office, &draft).await, 1);
    });
}

/// Stops between the marks of `finish`: the row and the disk as they are then.
#[test]
fn a_stop_while_a_file_is_attached_attaches_it_once_afterwards() {
    given::on_each_engine(async |mut office| {
        let draft = draft(&mut office).await;
        for (bytes, stop, name) in
            [(31_000, "arrived", "1.pdf"), (32_000, "found", "2.pdf"), (33_000, "moved", "3.pdf")]
        {
            let content = pdf(bytes);
            let href = begun(&mut office, &draft, name, &content).await;
            let id = href.rsplit('/').next().unwrap().to_owned();
            let size = i64::try_from(content.len()).unwrap();
            let hash = (stop != "arrived").then(|| sha256(&content));
            std::fs::write(part(&office, &href), &content).unwrap();
            let row = (id, hash.clone());
            let written = office.app.store.write(move |tx| {
                tx.run(
                    "update upload set received = $2, sha256 = $3, media_type = $4 where id = $1",
                    &[
                        row.0.as_str().into(),
                        size.into(),
                        row.1.clone().into(),
                        row.1.as_ref().map(|_| "application/pdf").into(),
                    ],
                )
            });
            written.await.unwrap();
            if stop == "moved" {
                let hash = hash.unwrap();
                let place = office.app.data.join("files").join(&hash[..2]).join(&hash[2..4]);
                std::fs::create_dir_all(&place).unwrap();
                std::fs::rename(part(&office, &href), place.join(&hash)).unwrap();
            }
            let asked = head(&mut office, &href).await;
            assert_eq!(number(&asked, "upload-offset"), content.len() as u64, "{stop}");
            assert!(office.get(&href).await.text().contains(name), "{stop}");
        }
        assert_eq!(kept(&mut office, &draft).await, 3);
    });
}

#[test]
fn a_file_that_arrived_and_was_left_alone_is_attached_when_its_page_is_opened() {
    given::on_each_engine(async |mut office| {
        let draft = draft(&mut office).await;
        let content = pdf(30_000);
        let href = begun(&mut office, &draft, "a.pdf", &content).await;
        std::fs::write(part(&office, &href), &content).unwrap();
        let size = i64::try_from(content.len()).unwrap();
        office
            .app
            .store
            .write(move |tx| tx.run("update upload set received = $1", &[size.into()]))
            .await
            .unwrap();
        assert_eq!(kept(&mut office, &draft).await, 1);
    });
}

#[test]
fn two_who_finish_at_once_attach_one_file() {
    given::on_each_engine(async |mut office| {
        let draft = draft(&mut office).await;
        let content = pdf(2_000_000);
        let href = begun(&mut office, &draft, "a.pdf", &content).await;
        piece(&mut office, &href, 0, &content[..1_000_000]).await;
        let rest = || {
            let request = request(&office, Method::PATCH, &href)
                .header("content-type", "application/offset+octet-stream")
                .header("upload-offset", 1_000_000);
            office.aside(request.body(Body::from(content[1_000_000..].to_vec())).unwrap())
        };
        let (one, other) = tokio::join!(rest(), rest());
        // Whoever came first was asked to stop, or was done; the other one went on, or found it done.
        for status in [one, other] {
            assert!([204, 409, 423].contains(&status.as_u16()), "{status}");
        }
        let sent = number(&head(&mut office, &href).await, "upload-offset");
        let last = piece(&mut office, &href, sent, &content[usize::try_from(sent).unwrap()..]).await;
        assert_eq!(last.status, StatusCode::NO_CONTENT, "{}", last.text());
        assert_eq!(kept(&mut office, &draft).await, 1);
    });
}

#[test]
fn the_same_file_twice_and_a_draft_handed_in_meanwhile_are_told() {
    given::on_each_engine(async |mut office| {
        let draft = draft(&mut office).await;
        let content = pdf(10_000);
        let (one, two) = (
            begun(&mut office, &draft, "a.pdf", &content).await,
            begun(&mut office, &draft, "b.pdf", &content).await,
        );
        assert_eq!(piece(&mut office, &one, 0, &content).await.status, StatusCode::NO_CONTENT);
        let again = piece(&mut office, &two, 0, &content).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        assert!(again.text().contains("đã có trong mục này"), "{}", again.text());
        let other = pdf(11_000);
        let late = begun(&mut office, &draft, "c.pdf", &other).await;
        assert_eq!(office.post(&format!("{}/xoa", draft.base), &[]).await.status, StatusCode::SEE_OTHER);
        let late = piece(&mut office, &late, 0, &other).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text());
        office.post(&format!("{}/lay-lai", draft.base), &[]).await;
        assert_eq!(kept(&mut office, &draft).await, 1);
    });
}

#[test]
fn an_upload_can_be_thrown_away() {
    given::on_each_engine(async |mut office| {
        let draft = draft(&mut office).await;
        let content = pdf(20_000);
        for plain in [false, true] {
            let href = begun(&mut office, &draft, "a.pdf", &content).await;
            piece(&mut office, &href, 0, &content[..9_000]).await;
            if plain {
                let gone = office.post(&format!("{href}/bo"), &[]).await;
                assert_eq!(gone.location, Some(format!("{}/giay-to/chung-sinh", draft.base)));
            } else {
                let ended = request(&office, Method::DELETE, &href).body(Body::empty()).unwrap();
                assert_eq!(office.send(ended).await.status, StatusCode::NO_CONTENT);
            }
            assert_eq!(head(&mut office, &href).await.status, StatusCode::NOT_FOUND);
            assert!(!part(&office, &href).exists());
        }
        assert!(!page(&mut office, &draft).await.contains("data-unfinished"));
    });
}

#[test]
fn an_upload_that_nobody_goes_on_with_is_given_up_and_its_owner_is_told() {
    given::on_each_engine(async |mut office| {
        let draft = draft(&mut office).await;
        let content = pdf(20_000);
        let href = begun(&mut office, &draft, "Giấy chứng sinh.pdf", &content).await;
        office.wait(SignedDuration::from_hours(6 * 24));
        office.citizen("Trần Thị Lan").await;
        piece(&mut office, &href, 0, &content[..9_000]).await;
        office.wait(SignedDuration::from_hours(6 * 24));
        worker::run_due(&office.app).await.unwrap();
        office.citizen("Trần Thị Lan").await;
        assert_eq!(head(&mut office, &href).await.status, StatusCode::OK, "each piece gives it more time");
        office.wait(SignedDuration::from_hours(25));
        worker::run_due(&office.app).await.unwrap();
        office.citizen("Trần Thị Lan").await;
        assert_eq!(head(&mut office, &href).await.status, StatusCode::GONE);
        assert_eq!(piece(&mut office, &href, 9_000, &content[9_000..]).await.status, StatusCode::GONE);
        assert!(!part(&office, &href).exists());
        let told = page(&mut office, &draft).await;
        assert!(told.contains("chưa tải xong và đã hết hạn") && !told.contains("data-unfinished"), "{told}");
        let list = office.get(&format!("{}/giay-to", draft.base)).await.text();
        assert!(list.contains("Tệp Giấy chứng sinh.pdf chưa tải xong, đã hết hạn; chọn lại tệp."), "{list}");
        // Sent anew it is no longer spoken of.
        let href = begun(&mut office, &draft, "Giấy chứng sinh.pdf", &content).await;
        piece(&mut office, &href, 0, &content).await;
        let page = page(&mut office, &draft).await;
        assert!(page.contains("data-file=") && !page.contains("hết hạn"), "{page}");
    });
}
