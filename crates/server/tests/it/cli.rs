//! The command line as a stranger meets it: one sentence that says what to do, and the exit codes of the contract.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use axum::http::StatusCode;
use motcua::account::office_log;
use motcua::account::totp::Totp;
use motcua::clock::Clock;
use motcua::config::Config;
use motcua::random::Random;
use motcua_db::testing::engines;
use motcua_db::{Database, Store};

use crate::given::Office;

/// Two units, as a province lists its agency codes.
const UNITS: &str =
    "ma_dinh_danh,ten,cap,ma_xa_gso\nH99,UBND tỉnh Sen Hồng,TOAN_TINH,\nH99.11,Sở Xây dựng,SO_NGANH,\n";

/// Runs the program itself; how it ended, and what it said.
fn motcua(arguments: &[&str]) -> (Option<i32>, String) {
    let (code, _, said) = answered(arguments);
    (code, said)
}

/// As [`motcua`], with its answer before what it said.
fn answered(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_motcua")).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_filling_that_was_cut_off_is_not_taken_for_anything_else() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    std::fs::write(folder.path().join("demo.unfinished"), "").unwrap();
    for command in ["demo", "serve", "verify"] {
        let (code, said) = motcua(&[command, "--data", data]);
        assert_eq!(code, Some(3), "{command}: {said}");
        assert!(said.contains("was not finished") && said.contains("Remove the folder"), "{said}");
    }
}

#[test]
fn a_port_that_is_taken_is_said_before_anything_is_filled() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for command in ["demo", "serve"] {
        let (code, said) = motcua(&[command, "--data", data, "--listen", &address]);
        assert_eq!(code, Some(3), "{command}: {said}");
        assert!(said.contains(&address) && said.contains("--listen"), "{said}");
    }
    assert!(!folder.path().join("demo.unfinished").exists());
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a-file");
    std::fs::write(&file, "").unwrap();
    let data = file.join("data");
    let data = data.to_str().unwrap();
    for command in ["demo", "serve"] {
        let (code, said) = motcua(&[command, "--data", data]);
        assert_eq!(code, Some(3), "{command}: {said}");
        assert!(said.contains(data) && said.contains("cannot be written"), "{said}");
    }
    for command in ["demo", "serve", "verify", "work"] {
        let (code, said) = motcua(&[command, "--data", file.to_str().unwrap()]);
        assert_eq!(code, Some(3), "{command}: {said}");
        assert!(said.contains("a-file") && said.contains("--data"), "{command}: {said}");
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn a_mistyped_folder_is_not_a_new_office() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("dta");
    let data = data.to_str().unwrap();
    let reset = &["administrator", "--reset", "an"];
    for command in [&["verify"][..], &["export", "procedures"], reset] {
        let (code, said) = motcua(&[command, &["--data", data]].concat());
        assert_eq!(code, Some(3), "{command:?}: {said}");
        assert!(said.contains(data) && said.contains("--data"), "{said}");
    }
    assert_eq!(names(folder.path()), Vec::<String>::new(), "nothing was made");
}

#[test]
fn the_demonstration_keeps_out_of_folders_that_hold_something_else() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("letter.odt"), "Dear").unwrap();
    let (code, said) = motcua(&["demo", "--data", folder.path().to_str().unwrap()]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("letter.odt") && said.contains("--data"), "{said}");
    assert_eq!(names(folder.path()), ["letter.odt"]);
}

#[test]
fn a_database_of_a_newer_program_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let store = Store::open(&Database::Sqlite(folder.path().join("motcua.sqlite"))).unwrap();
    store.migrate(motcua::migrations::ALL, "2026-03-02T01:00:00.000Z").unwrap();
    let newer = "insert into migration (number, name, sha256, at) values (999, 'later', '', '')";
    store.write_sync(|tx| tx.run(newer, &[])).unwrap();
    drop(store);
    for command in ["serve", "verify", "demo"] {
        let (code, said) = motcua(&[command, "--data", data]);
        assert_eq!(code, Some(3), "{command}: {said}");
        assert!(said.contains("newer motcua") && said.contains("999"), "{said}");
    }
}

#[test]
fn a_file_that_is_not_there_is_named_and_could_not_be_imported() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    for what in ["procedures", "units", "calendar"] {
        let (code, said) = motcua(&["import", what, "not-there.json", "--lang", "en", "--data", data]);
        assert_eq!(code, Some(3), "{what}: {said}");
        assert!(said.contains("not-there.json"), "{said}");
    }
    let wrong = folder.path().join("wrong.json");
    std::fs::write(&wrong, "[{}]").unwrap();
    let (code, said) = motcua(&["import", "procedures", wrong.to_str().unwrap(), "--data", data]);
    assert_eq!(code, Some(1), "{said}");
}

#[test]
fn wrong_use_is_answered_with_how_it_is_written() {
    let nobody = ["administrator", "--name", "An 2", "--email", "an@example.vn", "--unit", "H99"];
    let wrong: [(&[&str], &str); 9] = [
        (&["administrator"], "--email"),
        (&nobody, "'2' is in no name"),
        (&["administrator", "--name", "An", "--email", "an", "--unit", "H99"], "one @"),
        (&["serve", "--listen", "8080"], "127.0.0.1:8080"),
        (&["serve", "--lsten", "127.0.0.1:8080"], "--listen"),
        (&["srve"], "serve"),
        (&["import"], "<FILE>"),
        (&["deadline", "--received", "hello", "--limit", "5wd"], "2026-02-13T16:20"),
        (&["deadline", "--received", "2026-02-13T16:20", "--limit", "5x"], "wd (working days)"),
    ];
    for (arguments, advice) in wrong {
        let (code, said) = motcua(arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {said}");
        assert!(said.contains(advice), "{arguments:?}: {said}");
    }
    for command in ["administrator", "demo", "deadline", "export", "import", "serve", "verify", "work"] {
        assert_eq!(motcua(&[command, "--help"]).0, Some(0), "{command}");
    }
}

#[test]
fn an_answer_is_given_to_whoever_reads_no_further() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let file = folder.path().join("procedures.jsonl");
    let line = |n: u32| {
        format!("{{\"code\":\"1.{n:06}\",\"name\":\"Thủ tục {n}\",\"valid_from\":\"2026-01-16\"}}\n")
    };
    std::fs::write(&file, (1..=300).map(line).collect::<String>()).unwrap();
    let (code, said) = motcua(&["import", "procedures", file.to_str().unwrap(), "--data", data]);
    assert_eq!(code, Some(0), "{said}");
    let mut child = Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(["export", "procedures", "--data", data])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // As `| head -c 10` does with an answer of about 150 kB, more than a pipe holds.
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let ended = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!((ended.status.code(), said.as_str()), (Some(0), ""));
    assert_eq!(&first, b"{\"code\":\"1");
}

#[test]
fn an_office_without_an_administrator_says_how_to_make_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(["serve", "--no-workers", "--listen", "127.0.0.1:0", "--data", folder.path().to_str().unwrap()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut ready = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut ready).unwrap();
    child.kill().unwrap();
    let said = String::from_utf8_lossy(&child.wait_with_output().unwrap().stderr).into_owned();
    assert!(ready.contains("http://127.0.0.1:"), "{ready} {said}");
    assert!(said.contains("motcua import units") && said.contains("motcua administrator --name"), "{said}");
}

#[test]
fn the_log_is_one_object_a_line_and_names_no_address_that_was_filled_in() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(["serve", "--no-workers", "--listen", "127.0.0.1:0", "--data", folder.path().to_str().unwrap()])
        .env("MOTCUA_LOG", "info")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut ready = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut ready).unwrap();
    let address = ready.trim().split_once("http://").unwrap().1.trim_end_matches('/');
    let mut line = std::net::TcpStream::connect(address).unwrap();
    line.write_all(
        format!("GET /don-vi/H99.101 HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes(),
    )
    .unwrap();
    line.read_to_end(&mut Vec::new()).unwrap();
    child.kill().unwrap();
    let said = String::from_utf8_lossy(&child.wait_with_output().unwrap().stderr).into_owned();
    let lines = said.lines().filter(|line| line.starts_with('{'));
    let lines: Vec<serde_json::Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered = lines.iter().find(|line| line["message"] == "request answered").unwrap();
    assert_eq!(answered["http.method"], "GET", "{answered}");
    assert!(answered["http.status"].is_u64() && answered["duration_ms"].is_u64(), "{answered}");
    assert!(!said.contains("H99.101"), "{said}");
}

/// Where `motcua administrator` says to sign in, and with what.
fn access(answer: &str) -> [String; 3] {
    let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
    ["login", "password", "totp_secret"].map(|name| answer[name].as_str().unwrap_or_default().to_owned())
}

/// From nothing to the page on which the administrator adds everybody else.
#[test]
fn an_office_of_ones_own_is_opened_from_nothing() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for database in engines() {
        let folder = tempfile::tempdir().unwrap();
        let (data, url) = (folder.path().to_str().unwrap().to_owned(), database.url());
        let place = ["--data", &data, "--database", &url];
        let run = |arguments: &[&str]| answered(&[arguments, &place].concat());
        let make = |unit| {
            [
                "administrator",
                "--name",
                "Nguyễn Văn An",
                "--email",
                "an.nguyen@example.vn",
                "--unit",
                unit,
                "--json",
            ]
        };
        let (code, _, said) = run(&make("H99"));
        assert!(code == Some(2) && said.contains("import units"), "{said}");
        let units = folder.path().join("units.csv");
        std::fs::write(&units, UNITS).unwrap();
        let (code, _, said) = run(&["import", "units", units.to_str().unwrap()]);
        assert_eq!(code, Some(0), "{said}");
        let (code, _, said) = run(&make("H98"));
        assert!(code == Some(2) && said.contains("H99 (UBND tỉnh Sen Hồng)"), "{said}");
        let (code, _, said) = run(&["administrator", "--reset", "an.nguyen"]);
        assert!(code == Some(2) && said.contains("--name"), "{said}");
        let (code, answer, said) = run(&make("H99"));
        assert_eq!(code, Some(0), "{said}");
        let [login, first, secret] = access(&answer);
        assert_eq!(login, "an.nguyen");
        let (code, _, said) = run(&make("H99.11"));
        assert!(code == Some(2) && said.contains("--reset an.nguyen"), "{said}");

        let mut office =
            Office::open_in(database, folder, Config::default(), Clock::System, Random::from_os());
        runtime.block_on(async {
            let answer = office.post("/can-bo/dang-nhap", &[("login", &login), ("password", &first)]).await;
            assert_eq!(answer.location.as_deref(), Some("/can-bo/dang-nhap/ma"), "{}", answer.text());
            let code = Totp::from_base32(&secret).unwrap().code_at(office.app.clock.now());
            let answer = office.post("/can-bo/dang-nhap/ma", &[("code", &code)]).await;
            assert_eq!(answer.location.as_deref(), Some("/can-bo/dang-nhap/mat-khau"), "{}", answer.text());
            let own = [("password", "con cò bay lả bay la"), ("again", "con cò bay lả bay la")];
            let answer = office.post("/can-bo/dang-nhap/mat-khau", &own).await;
            assert_eq!(answer.location.as_deref(), Some("/can-bo"), "{}", answer.text());
            let people = office.get("/can-bo/quan-tri/nguoi-dung").await;
            assert_eq!(people.status, StatusCode::OK);
            assert!(people.text().contains("Nguyễn Văn An"));
            let log = office.app.store.read(|tx| office_log::store::newest(tx, None, None)).await.unwrap();
            let by_program: Vec<&str> = log
                .iter()
                .filter(|entry| entry.author_name == "motcua")
                .map(|entry| entry.kind.as_str())
                .collect();
            assert_eq!(by_program, ["account.log_appointed", "account.log_added"]);

            let (code, answer, said) = run(&["administrator", "--reset", "an.nguyen", "--json"]);
            assert_eq!(code, Some(0), "{said}");
            let [_, second, none] = access(&answer);
            assert!(none.is_empty(), "the second factor is set up at the sign-in");
            let people = office.get("/can-bo/quan-tri/nguoi-dung").await;
            assert_eq!(people.status, StatusCode::SEE_OTHER, "every session ended");
            office.nobody();
            let answer = office.post("/can-bo/dang-nhap", &[("login", &login), ("password", &second)]).await;
            assert_eq!(answer.location.as_deref(), Some("/can-bo/dang-nhap/ma-moi"), "{}", answer.text());
        });
    }
}
