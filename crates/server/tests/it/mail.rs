//! Letters: sealed where they lie, handed to a relay that says yes, no, or not now.

use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use motcua::config::Config;
use motcua::jobs::{store, worker};
use motcua::notice::{self, Mail};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use crate::given::{self, Office};

/// A relay that answers `RCPT` with the next of `answers` (the last one for ever) and keeps what it was given.
fn relay(answers: &'static [&'static str]) -> (Config, Arc<Mutex<Vec<String>>>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut config = Config::default();
    config.mail.relay = Some(listener.local_addr().unwrap().to_string());
    "Một Cửa <motcua@example.vn>".clone_into(&mut config.mail.from);
    listener.set_nonblocking(true).unwrap();
    let taken: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = Arc::clone(&taken);
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            let mut asked = 0;
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let answer = answers[asked.min(answers.len() - 1)];
                asked += 1;
                if let Some(text) = converse(stream, answer).await {
                    kept.lock().unwrap().push(text);
                }
            }
        });
    });
    (config, taken)
}

/// One conversation of SMTP; the letter, when it was taken.
async fn converse(stream: tokio::net::TcpStream, to_recipient: &str) -> Option<String> {
    let mut stream = BufReader::new(stream);
    let mut taken = None;
    stream.write_all(b"220 relay\r\n").await.ok()?;
    let mut line = String::new();
    while 0 < stream.read_line(&mut line).await.ok()? {
        let answer = match line.get(..4).unwrap_or_default() {
            "EHLO" => "250 relay",
            "RCPT" => to_recipient,
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await.ok()?;
                let mut text = String::new();
                while !text.ends_with("\r\n.\r\n") {
                    stream.read_line(&mut text).await.ok()?;
                }
                taken = Some(text);
                "250 taken"
            }
            "QUIT" => break,
            _ => "250 ok",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
        line.clear();
    }
    taken
}

async fn write(office: &Office, to: &str) {
    let app = office.app.clone();
    let mail = Mail {
        to: to.to_owned(),
        subject: "Mã đăng nhập".to_owned(),
        body: "Mã của bạn: 123456".to_owned(),
        dossier_code: None,
    };
    office.app.store.write(move |tx| notice::mail(tx, &app, &mail)).await.unwrap();
}

async fn failed(office: &Office) -> Vec<String> {
    let failed = office.app.store.read(|tx| store::failed(tx, None)).await.unwrap();
    failed.into_iter().map(|job| job.last_error).collect()
}

#[test]
fn storage_holds_neither_address_nor_text() {
    given::on_each_engine(async |office| {
        write(&office, "an@example.vn").await;
        let rows = office.app.store.read(|tx| notice::store::newest(tx, None)).await.unwrap();
        let stored = format!("{rows:?}");
        assert!(!stored.contains("an@example.vn") && !stored.contains("123456"), "{stored}");
        assert_eq!(office.letter_to("an@example.vn").await.unwrap().body, "Mã của bạn: 123456");
    });
}

#[test]
fn a_letter_is_handed_to_the_relay_once() {
    let (config, taken) = relay(&["250 ok"]);
    given::with_config(&config, async |office| {
        taken.lock().unwrap().clear();
        write(&office, "an@example.vn").await;
        worker::run_due(&office.app).await.unwrap();
        worker::run_due(&office.app).await.unwrap();
        let letters = notice::newest(&office.app, None).await.unwrap();
        assert_eq!(letters[0].sent_at, Some(office.app.clock.now()));

        // The job runs a second time when a worker died after sending: the letter is not sent again.
        notice::send::send(&office.app, &letters[0].id).await.unwrap();
        let taken = taken.lock().unwrap().clone();
        assert_eq!(taken.len(), 1);
        assert!(taken[0].contains("To: an@example.vn"), "{}", taken[0]);
        assert!(taken[0].contains(&format!("Message-ID: <{}@example.vn>", letters[0].id)), "{}", taken[0]);
        assert!(taken[0].contains("Date: Mon, 02 Mar 2026 01:00:00 +0000"), "{}", taken[0]);
    });
}

#[test]
fn a_relay_that_is_busy_is_asked_again() {
    let (config, taken) = relay(&["451 not now", "250 ok", "451 not now", "250 ok"]);
    given::with_config(&config, async |office| {
        taken.lock().unwrap().clear();
        write(&office, "an@example.vn").await;
        worker::run_due(&office.app).await.unwrap();
        assert_eq!(taken.lock().unwrap().len(), 0);
        assert!(failed(&office).await.is_empty());
        office.wait(jiff::SignedDuration::from_secs(worker::wait_seconds(1)));
        worker::run_due(&office.app).await.unwrap();
        assert_eq!(taken.lock().unwrap().len(), 1);
    });
}

#[test]
fn a_letter_that_can_never_arrive_is_seen_without_the_address() {
    let (config, _) = relay(&["550 no such person an@example.vn"]);
    given::with_config(&config, async |office| {
        write(&office, "an@example.vn").await;
        write(&office, "không phải địa chỉ").await;
        worker::run_due(&office.app).await.unwrap();
        let mut failed = failed(&office).await;
        failed.sort();
        assert_eq!(failed, ["the address of the letter is no address", "the relay refuses the letter: 550"]);
    });
}

#[test]
fn the_outbox_is_there_in_a_demonstration_only() {
    given::on_each_engine(async |mut office| {
        write(&office, "an@example.vn").await;
        assert_eq!(office.get("/demo/hop-thu").await.status, StatusCode::NOT_FOUND);
        let mut office = office.demonstration().await;
        let page = office.get("/demo/hop-thu").await.text();
        assert!(
            page.contains("Gửi đến an@example.vn lúc 08:00 02/03/2026")
                && page.contains("Mã của bạn: 123456")
        );
        for _ in 0..30 {
            write(&office, "binh@example.vn").await;
        }
        let page = office.get("/demo/hop-thu").await.text();
        assert!(!page.contains("an@example.vn"));
        let next = page.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert!(office.get(&next).await.text().contains("an@example.vn"));
    });
}
