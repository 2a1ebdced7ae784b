//! The command line as a stranger meets it: one sentence that says what to do, and the exit codes of the contract.

use std::path::Path;
use std::process::Command;

use motcua_db::{Database, Store};

/// Runs the program itself; how it ended, and what it said.
fn motcua(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_motcua")).args(arguments).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
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
    for command in [&["verify"][..], &["export", "procedures"]] {
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
    let wrong: [(&[&str], &str); 6] = [
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
    for command in ["demo", "deadline", "export", "import", "serve", "verify", "work"] {
        assert_eq!(motcua(&[command, "--help"]).0, Some(0), "{command}");
    }
}
