//! With `clamd`: what is infected is never attached, and what cannot be looked at waits.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::thread;

use axum::http::StatusCode;
use jiff::SignedDuration;
use motcua::config::Config;
use motcua::document::scan::Scanner;
use motcua::jobs::worker;

use super::tus::{self, head, number, piece};
use super::{begun, draft, kept, page, part, pdf};
use crate::given;

/// What the false `clamd` takes for malware.
const BAD: &[u8] = b"X5O!P%@AP";

/// A false `clamd` that answers as the real one does, as long as the test runs.
fn clamd(listener: TcpListener) {
    thread::spawn(move || {
        for line in listener.incoming() {
            let mut line = line.unwrap();
            let mut word = [0; 10];
            line.read_exact(&mut word).unwrap();
            assert_eq!(&word, b"zINSTREAM\0");
            let mut content = Vec::new();
            loop {
                let mut length = [0; 4];
                line.read_exact(&mut length).unwrap();
                let length = usize::try_from(u32::from_be_bytes(length)).unwrap();
                if length == 0 {
                    break;
                }
                let before = content.len();
                content.resize(before + length, 0);
                line.read_exact(&mut content[before..]).unwrap();
            }
            let is_bad = content.windows(BAD.len()).any(|window| window == BAD);
            let answer: &[u8] =
                if is_bad { b"stream: Eicar-Test-Signature FOUND\0" } else { b"stream: OK\0" };
            line.write_all(answer).unwrap();
        }
    });
}

fn config(address: SocketAddr) -> Config {
    let mut config = Config::default();
    config.upload.clamd = Some(Scanner::from(address.to_string()));
    config
}

fn bad() -> Vec<u8> {
    [pdf(200_000), b"% ".to_vec(), BAD.to_vec(), b"\n%%EOF\n".to_vec()].concat()
}

#[test]
fn an_infected_file_is_quarantined_and_never_attached() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let config = config(listener.local_addr().unwrap());
    clamd(listener);
    given::with_config(&config, async |mut office| {
        let draft = draft(&mut office).await;
        let href = begun(&mut office, &draft, "xau.pdf", &bad()).await;
        let sent = piece(&mut office, &href, 0, &bad()).await;
        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", sent.text());
        assert!(sent.text().contains("có mã độc"));
        assert_eq!(office.get(&href).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let shown = page(&mut office, &draft).await;
        assert!(shown.contains("Bị cách ly") && shown.contains("xau.pdf"), "{shown}");
        assert_eq!(kept(&mut office, &draft).await, 0);
        assert!(part(&office, &href).exists(), "out of reach, for whoever wants to look at it");
        // A plain form, and a clean file.
        let plain = crate::portal::files::post(&mut office, &draft.base, "xau.pdf", &bad(), true).await;
        assert!(plain.text().contains("xau.pdf: Tệp có mã độc"), "{}", plain.text());
        let clean = tus::send(&mut office, &draft.base, "chung-sinh", "sach.pdf", &pdf(9_000)).await;
        assert_eq!(clean.status, StatusCode::OK, "{}", clean.text());
        assert_eq!(kept(&mut office, &draft).await, 1);
        // After a while nobody speaks of it any more.
        office.wait(SignedDuration::from_hours(15 * 24));
        worker::run_due(&office.app).await.unwrap();
        office.citizen("Trần Thị Lan").await;
        assert!(!page(&mut office, &draft).await.contains("Bị cách ly"));
    });
}

#[test]
fn while_nobody_can_look_at_it_a_file_waits_and_is_attached_afterwards() {
    given::with_config(&config("127.0.0.1:9".parse().unwrap()), async |mut office| {
        let draft = draft(&mut office).await;
        let content = pdf(20_000);
        let href = begun(&mut office, &draft, "a.pdf", &content).await;
        let sent = piece(&mut office, &href, 0, &content).await;
        assert_eq!(sent.status, StatusCode::NO_CONTENT, "all of it arrived: {}", sent.text());
        assert_eq!(number(&head(&mut office, &href).await, "upload-offset"), content.len() as u64);
        assert_eq!(office.get(&href).await.status, StatusCode::ACCEPTED);
        let shown = page(&mut office, &draft).await;
        assert!(shown.contains("đang được kiểm tra mã độc") && !shown.contains("data-file="), "{shown}");
        let plain = crate::portal::files::post(&mut office, &draft.base, "b.pdf", &pdf(9_000), true).await;
        assert!(plain.text().contains("Chưa kiểm tra được mã độc"), "{}", plain.text());
        worker::run_due(&office.app).await.unwrap();
        assert_eq!(kept(&mut office, &draft).await, 0);

        // The same office, started again with one that answers.
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut office = office.configured(config(listener.local_addr().unwrap()));
        clamd(listener);
        office.wait(SignedDuration::from_mins(10));
        worker::run_due(&office.app).await.unwrap();
        assert_eq!(office.get(&href).await.status, StatusCode::OK);
        assert_eq!(kept(&mut office, &draft).await, 1);
    });
}
