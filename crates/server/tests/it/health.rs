//! Health, figures, `motcua check`, and stopping without losing a request.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use jiff::SignedDuration;
use motcua::check::{Grade, look};
use motcua::cli::Place;
use motcua::clock::Clock;
use motcua::web::health::beside;
use motcua::web::locale::Locale;
use tower::ServiceExt as _;

use crate::backup::motcua;
use crate::dossier::{file, open_province};
use crate::given::{Office, on_each_engine};

async fn asked(office: &Office, path: &str) -> (StatusCode, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = beside(office.app.clone()).oneshot(request).await.unwrap();
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[test]
fn it_is_ready_until_it_is_asked_to_stop() {
    on_each_engine(async |mut office| {
        for path in ["/health", "/health/live", "/health/ready"] {
            assert_eq!(office.get(path).await.status, StatusCode::OK, "{path}");
            assert_eq!(asked(&office, path).await.0, StatusCode::OK, "{path}");
        }
        office.app.stop.cancel();
        assert_eq!(office.get("/health/live").await.status, StatusCode::OK);
        assert_eq!(office.get("/health/ready").await.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(
            asked(&office, "/health/ready").await,
            (StatusCode::SERVICE_UNAVAILABLE, "stopping".to_owned())
        );
    });
}

#[test]
fn a_database_with_less_than_the_program_needs_is_not_ready() {
    on_each_engine(async |mut office| {
        let newest = motcua::migrations::ALL.last().unwrap().number;
        let forget = move |tx: &mut motcua_db::Tx<'_>| {
            tx.run("delete from migration where number = $1", &[newest.into()])
        };
        office.app.store.write(forget).await.unwrap();
        let answer = office.get("/health/ready").await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.text().contains("migrations are missing"), "{}", answer.text());
    });
}

#[test]
fn figures_are_given_beside_and_name_nobody() {
    on_each_engine(async |mut office| {
        open_province(&office);
        let code = file(&office, "press").await.dossier.code;
        assert_eq!(office.get("/metrics").await.status, StatusCode::NOT_FOUND, "never on the public address");
        office.get("/").await;
        office.get(&format!("/tra-cuu?ma={code}")).await;
        office.get("/api/v1/units").await;
        let (status, text) = asked(&office, "/metrics").await;
        assert_eq!(status, StatusCode::OK);
        for line in [
            "motcua_requests_total{part=\"nowhere\",status=\"4xx\"} 1",
            "motcua_request_seconds_count{part=\"api\"} 1",
            "motcua_jobs{state=\"failed\"} 0",
            "motcua_writer_queue 0",
            "motcua_database_up 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(name.starts_with("motcua_") || name.starts_with("process_"), "{line}");
            assert!(value.parse::<f64>().is_ok(), "{line}");
        }
        for personal in [code.as_str(), "H99", "Đào", "001190000007", "Công dân"] {
            assert!(!text.contains(personal), "{personal} in\n{text}");
        }
    });
}

fn place(office: &Office) -> Place {
    Place { data: office.app.data.clone(), database: Some(office.database_url()), config: None }
}

/// What is wrong and what is to be looked at, in English.
fn complaints(place: &Place, clock: &Clock) -> Vec<(Grade, String)> {
    let findings = look(place, clock, Locale::En);
    let complaints = findings.into_iter().filter(|finding| finding.grade != Grade::Sound);
    complaints
        .map(|finding| (finding.grade, format!("{} {}", finding.said, finding.mend.expect("what to do"))))
        .collect()
}

fn is_complained(place: &Place, clock: &Clock, grade: Grade, of: &str) {
    let complaints = complaints(place, clock);
    assert!(
        complaints.iter().any(|(found, text)| *found == grade && text.contains(of)),
        "{of}: {complaints:?}"
    );
}

#[test]
fn a_check_finds_what_is_wrong_and_says_how_to_mend_it() {
    on_each_engine(async |office| {
        let (place, clock) = (place(&office), office.app.clock.clone());
        let wrong = |clock: &Clock| {
            let complaints = complaints(&place, clock);
            complaints.into_iter().filter(|(grade, _)| *grade == Grade::Wrong).collect::<Vec<_>>()
        };
        let found = wrong(&clock);
        assert!(found.is_empty(), "an installation nobody used is sound: {found:?}");
        open_province(&office);
        file(&office, "press").await;
        is_complained(&place, &clock, Grade::Wrong, "ever backed up");
        let behind = Clock::standing(clock.now() - SignedDuration::from_hours(3));
        is_complained(&place, &behind, Grade::Wrong, "timedatectl");
        office.app.store.write(|tx| tx.script(WAITING)).await.unwrap();
        is_complained(&place, &clock, Grade::Wrong, "motcua work");
        is_complained(&place, &clock, Grade::Note, "stopped after failing");
        let key = office.app.data.join("secret.key");
        let text = std::fs::read_to_string(&key).unwrap();
        std::fs::write(&key, "abc").unwrap();
        is_complained(&place, &clock, Grade::Wrong, "key file is damaged");
        std::fs::remove_file(&key).unwrap();
        is_complained(&place, &clock, Grade::Wrong, "no key file");
        std::fs::write(&key, text).unwrap();
        is_complained(&place, &clock, Grade::Wrong, "chmod 600");
        let nowhere = Place { data: place.data.join("nowhere"), ..place.clone() };
        is_complained(&nowhere, &clock, Grade::Wrong, "no data folder");
        let newest = motcua::migrations::ALL.last().unwrap().number;
        let forget = move |tx: &mut motcua_db::Tx<'_>| {
            tx.run("update migration set number = 9999 where number = $1", &[newest.into()])
        };
        office.app.store.write(forget).await.unwrap();
        is_complained(&place, &clock, Grade::Wrong, "newer than the program");
        let gone = Place { database: Some("postgres://nobody@127.0.0.1:1/none".to_owned()), ..place.clone() };
        is_complained(&gone, &clock, Grade::Wrong, "does not answer");
    });
}

/// One job that has been due for a day, and one that was given up.
const WAITING: &str = "insert into job (id, kind, payload, created_at, run_at, tries)
     values ('late', 'seal', '', '2026-03-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z', 0);
     insert into job (id, kind, payload, created_at, run_at, tries, failed_at)
     values ('lost', 'seal', '', '2026-03-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z', 8, '2026-03-01T00:00:00.000Z')";

#[test]
fn a_configuration_that_is_not_understood_is_named_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("motcua.toml");
    std::fs::write(&config, "[server]\nlisten_on = 1\n").unwrap();
    let (data, config) = (folder.path().to_str().unwrap(), config.to_str().unwrap());
    for (language, sentence) in [("vi", "Cấu hình không dùng được"), ("en", "cannot be used")] {
        let (code, printed, _) = motcua(&["check", "--data", data, "--config", config, "--lang", language]);
        assert_eq!(code, Some(1));
        assert!(printed.contains(sentence) && printed.contains("listen_on"), "{printed}");
    }
}

#[test]
fn a_limit_by_which_nobody_could_ask_is_refused_when_checked_and_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("motcua.toml");
    std::fs::write(&config, "[limits]\nsign_ins_per_login = { at_once = 0, per_hour = 60 }\n").unwrap();
    let place = ["--data", folder.path().to_str().unwrap(), "--config", config.to_str().unwrap()];
    let (code, printed, _) = motcua(&[["check", "--lang", "en"].as_slice(), &place].concat());
    assert_eq!(code, Some(1));
    let said = "at_once is 0: write a whole number from 1";
    assert!(printed.contains(said) && printed.contains("sign_ins_per_login"), "{printed}");
    let (code, _, told) = motcua(&[["serve", "--listen", "127.0.0.1:0"].as_slice(), &place].concat());
    assert_ne!(code, Some(0));
    assert!(told.contains(said) && told.contains("sign_ins_per_login"), "{told}");
}

#[cfg(unix)]
#[test]
fn a_service_that_is_asked_to_stop_answers_what_it_began_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data", folder.path().to_str().unwrap()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().rsplit_once('/').unwrap().1.to_owned();
    let mut begun = TcpStream::connect(&address).unwrap();
    begun.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n").unwrap();
    // The server has begun to read the request once it answers another on a connection made later.
    let mut other = TcpStream::connect(&address).unwrap();
    other.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    other.read_to_end(&mut Vec::new()).unwrap();
    let id = process.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    begun.write_all(b"\r\n").unwrap();
    let mut answer = String::new();
    begun.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(process.wait().unwrap().code(), Some(0));
}
