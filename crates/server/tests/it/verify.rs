//! `motcua verify` is silent until one byte of a journal, a state or a file is changed by hand, and then names it.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use jiff::SignedDuration;
use motcua::account::office_log::{self, Deed, Doer};
use motcua::dossier::store::{self, Counted};
use motcua::dossier::verify::verify;
use motcua::dossier::{forms, proof, steps};
use motcua_db::DbError;
use motcua_domain::access::Role;
use motcua_domain::dossier::{Action, CopyKind, DossierCode, FileRef, Paper, PaperSource};
use motcua_domain::ids::PaperId;
use uuid::Uuid;

use crate::dossier::{accept, citizen, file, filing, officer, open_province};
use crate::given::province::BIRTH;
use crate::given::{Office, on_each_engine};

/// Every column that `verify` answers for. The column that names the dossier is a foreign key: the engine itself
/// refuses to change it.
const COLUMNS: [(&str, &[&str]); 9] = [
    (
        "journal",
        &[
            "sequence",
            "at",
            "kind",
            "author_id",
            "author_name",
            "role",
            "unit_code",
            "content",
            "previous_hash",
            "hash",
        ],
    ),
    (
        "dossier",
        &[
            "procedure_code",
            "procedure_version",
            "procedure_name",
            "field",
            "channel",
            "status",
            "receiving_unit",
            "competent_unit",
            "owner_id",
            "applicant_name",
            "applicant_folded",
            "applicant_hash",
            "subject",
            "submitted_at",
            "accepted_at",
            "due_at",
            "paused",
            "version",
            "head_sequence",
            "head_hash",
            "progress",
            "counted",
        ],
    ),
    (
        "work",
        &[
            "step",
            "unit_code",
            "role",
            "officer_id",
            "tab",
            "due_at",
            "warn_at",
            "since",
            "waits_for",
            "procedure_code",
            "field",
            "channel",
            "status",
            "applicant_folded",
        ],
    ),
    ("dossier_unit", &["unit_code"]),
    ("dossier_name", &["unit_code", "folded"]),
    ("dossier_file", &["sha256"]),
    ("form_file", &["sequence", "sha256", "size"]),
    ("proof_seal", &["number", "at", "up_to", "dossiers", "root", "hash"]),
    (
        "office_log",
        &[
            "sequence",
            "at",
            "author_id",
            "author_name",
            "kind",
            "subject",
            "content",
            "previous_hash",
            "hash",
        ],
    ),
];

/// Columns that hold numbers; all others but `paused` hold text.
const NUMBERS: [&str; 8] =
    ["number", "sequence", "procedure_version", "status", "version", "head_sequence", "size", "dossiers"];

/// One dossier with a file, accepted, its form printed, in the hands of an officer; one without anything; one deed in
/// the office log; one seal.
async fn lived(office: &Office) -> DossierCode {
    open_province(office);
    file(office, "before").await;
    let bytes = Bytes::from_static(b"%PDF-1.7\n%%EOF\n");
    let (size, hash) = (bytes.len() as u64, office.app.blobs.keep(bytes).await.unwrap());
    let paper = Paper {
        id: PaperId::new(Uuid::from_u128(5)),
        component: None,
        title: "Giấy chứng sinh".to_owned(),
        copy: CopyKind::Electronic,
        quantity: 1,
        source: PaperSource::Uploaded,
        file: Some(FileRef {
            sha256: hash.to_string().parse().unwrap(),
            name: "chung-sinh.pdf".to_owned(),
            size,
            media_type: "application/pdf".to_owned(),
        }),
    };
    let filing = motcua_domain::dossier::Filing { papers: vec![paper], ..filing(1) };
    let code = steps::file(&office.app, &citizen(1), filing, "press").await.unwrap().dossier.code;
    let desk = officer(20, Role::Reception, "H99.101");
    let taken = steps::take(&office.app, &desk, &code, None, accept()).await.unwrap();
    forms::pdf(&office.app, &code, taken.dossier.progress.forms[0].entry).await.unwrap();
    let head = officer(22, Role::UnitHead, "H99.101");
    let (step, note) = (|key: &str| key.parse().unwrap(), String::new);
    let specialist = officer(21, Role::Specialist, "H99.101").id().unwrap();
    for (who, action) in [
        (&desk, Action::Forward { step: step("receive"), note: note() }),
        (&head, Action::TakeOver { step: step("assign"), note: note() }),
        (&head, Action::Assign { step: step("assign"), officer: specialist, officer_name: note() }),
    ] {
        steps::take(&office.app, who, &code, None, action).await.unwrap();
    }
    // Every journal was read for the files it names.
    let now = office.app.clock.now();
    office.app.store.write(move |tx| store::note_files_read(tx, now)).await.unwrap();
    let (app, doer) = (office.app.clone(), Doer { id: Some(specialist), name: "Cán bộ 21".to_owned() });
    let deed = Deed::new("account.log_added", "person:x").word("name", "Lê Thị Hoa").word("login", "hoa");
    office.app.store.write(move |tx| office_log::record(tx, &app, &doer, &deed)).await.unwrap();
    office.wait(SignedDuration::from_mins(10));
    proof::seal(&office.app).await.unwrap().unwrap();
    code
}

/// Which row is changed: one of the dossier, or the only one.
fn place(table: &str) -> &'static str {
    match table {
        "journal" => "dossier_code = $1 and sequence = 2",
        "work" => "dossier_code = $1 and step = (select min(step) from work where dossier_code = $1)",
        "form_file" | "dossier_file" | "dossier_unit" => "dossier_code = $1",
        // The whole name, in the one unit.
        "dossier_name" => {
            "dossier_code = $1 and unit_code <> ''
             and length(folded) = (select max(length(folded)) from dossier_name where dossier_code = $1)"
        }
        "dossier" => "code = $1",
        _ => "$1 <> ''",
    }
}

async fn run(office: &Office, sql: String, code: &str, value: Option<String>) -> Result<u64, DbError> {
    let code = code.to_owned();
    let act = move |tx: &mut motcua_db::Tx<'_>| match &value {
        Some(value) => tx.run(&sql, &[code.as_str().into(), value.as_str().into()]),
        None => tx.run(&sql, &[code.as_str().into()]),
    };
    office.app.store.write(act).await
}

/// Changes one column by one byte, asks `verify`, and puts it back. Answers whether there was anything to change.
async fn alter(office: &Office, table: &str, column: &str, code: &str) -> bool {
    let place = place(table);
    let set = |to: &str| format!("update {table} set {column} = {to} where {place}");
    // The number of an entry is also how it is found again.
    let found_again =
        if column == "sequence" { place.replace("sequence = 2", "sequence = 9") } else { place.to_owned() };
    let (there, back, value) = if NUMBERS.contains(&column) {
        let back = format!("update {table} set {column} = {column} - 7 where {found_again}");
        (set(&format!("{column} + 7")), back, None)
    } else if column == "paused" {
        (set("not paused"), set("not paused"), None)
    } else {
        let (sql, key) = (format!("select {column} as was from {table} where {place}"), code.to_owned());
        let was: Option<String> = office
            .app
            .store
            .read(move |tx| tx.one(&sql, &[key.as_str().into()])?.expect("there is such a row").get("was"))
            .await
            .unwrap();
        let Some(was) = was.filter(|was| !was.is_empty()) else { return false };
        (set("$2"), set("$2"), Some(was))
    };
    let altered = value.as_deref().map(other_byte);
    assert_eq!(run(office, there, code, altered).await.unwrap(), 1, "{table}.{column}");
    let found = verify(&office.app).await;
    let error = found.err().unwrap_or_else(|| panic!("{table}.{column} was changed and nobody noticed"));
    let named = match table {
        "proof_seal" | "office_log" => table,
        _ => code,
    };
    assert!(error.to_string().contains(named), "{table}.{column}: {error}");
    assert_eq!(run(office, back, code, value).await.unwrap(), 1, "{table}.{column}");
    true
}

/// The text with its middle byte changed.
fn other_byte(text: &str) -> String {
    let middle = text.chars().count() / 2;
    let other = |at: usize, c: char| match (at == middle, c) {
        (false, c) => c,
        (true, '0') => '1',
        (true, _) => '0',
    };
    text.chars().enumerate().map(|(at, c)| other(at, c)).collect()
}

#[test]
fn any_byte_of_a_journal_or_a_state_changed_by_hand_is_named() {
    on_each_engine(async |office| {
        let code = lived(&office).await;
        let checked = verify(&office.app).await.expect("nothing was changed");
        assert_eq!((checked.dossiers, checked.files, checked.seals, checked.deeds), (2, 2, 1, 1));
        let mut altered = 0;
        for (table, columns) in COLUMNS {
            for column in columns {
                altered += usize::from(alter(&office, table, column, code.as_str()).await);
            }
        }
        assert!(59 < altered, "only {altered} columns held anything");
        verify(&office.app).await.expect("everything was put back");
    });
}

/// Seals made before seals were chained have no hash of their own: the first that has one covers them.
#[test]
fn a_seal_without_a_hash_is_covered_by_the_next_one() {
    on_each_engine(async |office| {
        let code = lived(&office).await;
        run(&office, "update proof_seal set hash = null where $1 <> ''".to_owned(), code.as_str(), None)
            .await
            .unwrap();
        office.wait(SignedDuration::from_mins(10));
        file(&office, "after").await;
        office.wait(SignedDuration::from_mins(10));
        let next = proof::seal(&office.app).await.unwrap().unwrap();
        assert!(next.number == 2 && next.hash.is_some());
        verify(&office.app).await.expect("nothing was changed");
        let change = "update proof_seal set at = '2026-03-01T00:00:00.000Z' where number = 1 and $1 <> ''";
        run(&office, change.to_owned(), code.as_str(), None).await.unwrap();
        let error = verify(&office.app).await.expect_err("an old seal was changed");
        assert!(error.to_string().contains("proof_seal"), "{error}");
    });
}

#[test]
fn what_waits_for_being_counted_again_is_watched_all_the_same() {
    on_each_engine(async |office| {
        let code = lived(&office).await;
        let counted =
            Counted { stamp: "of another calendar".to_owned(), passes: 1, at: office.app.clock.now() };
        office.app.store.write(move |tx| store::put_counted(tx, &counted)).await.unwrap();
        verify(&office.app).await.expect("nothing was changed");
        for (table, column) in [
            ("dossier", "due_at"),
            ("dossier", "counted"),
            ("work", "step"),
            ("work", "unit_code"),
            ("work", "role"),
            ("work", "officer_id"),
            ("work", "tab"),
            ("work", "due_at"),
            ("work", "warn_at"),
            ("work", "since"),
            ("work", "waits_for"),
            ("work", "procedure_code"),
            ("work", "status"),
        ] {
            assert!(alter(&office, table, column, code.as_str()).await, "{table}.{column} holds something");
        }
    });
}

#[test]
fn the_end_of_a_dossier_is_watched() {
    on_each_engine(async |office| {
        lived(&office).await;
        let code = file(&office, "withdrawn").await.dossier.code;
        let withdraw = Action::Withdraw { reason: "Nộp nhầm nơi".to_owned() };
        steps::take(&office.app, &citizen(1), &code, None, withdraw).await.unwrap();
        assert!(alter(&office, "dossier", "ended_at", code.as_str()).await, "it has ended");
    });
}

#[test]
fn a_file_that_no_dossier_names_is_checked_by_its_name() {
    on_each_engine(async |office| {
        lived(&office).await;
        let hash = office.app.blobs.keep(Bytes::from_static(b"%PDF-1.7 of a draft")).await.unwrap();
        assert_eq!(verify(&office.app).await.unwrap().files, 3);
        let name = hash.to_string();
        let files = files_below(&office.app.data.join("files"));
        let path = files.iter().find(|path| path.ends_with(&name)).unwrap();
        std::fs::write(path, b"%PDF-1.7 of a craft").unwrap();
        let error = verify(&office.app).await.expect_err("a byte of a file was changed");
        assert!(error.to_string().contains(&name), "{error}");
    });
}

#[test]
fn a_row_that_was_removed_is_missed() {
    on_each_engine(async |office| {
        let code = lived(&office).await;
        for table in ["form_file", "dossier_file", "dossier_name", "work", "journal"] {
            run(&office, format!("delete from {table} where {}", place(table)), code.as_str(), None)
                .await
                .unwrap();
            match verify(&office.app).await {
                // A form that was never asked for has no file: nothing is lost with it.
                Ok(_) => assert_eq!(table, "form_file"),
                Err(error) => assert!(error.to_string().contains(code.as_str()), "{table}: {error}"),
            }
        }
    });
}

/// Every file below a folder.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files_below(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn any_byte_of_a_file_changed_by_hand_is_named() {
    on_each_engine(async |office| {
        let code = lived(&office).await;
        let files = files_below(&office.app.data.join("files"));
        assert_eq!(files.len(), 2, "what was attached, and form 01");
        for path in files {
            let kept = std::fs::read(&path).unwrap();
            for at in [0, kept.len() / 2, kept.len() - 1] {
                let mut altered = kept.clone();
                altered[at] ^= 1;
                std::fs::write(&path, altered).unwrap();
                let error = verify(&office.app).await.expect_err("a byte of a file was changed");
                assert!(error.to_string().contains(code.as_str()), "{error}");
            }
            std::fs::remove_file(&path).unwrap();
            verify(&office.app).await.expect_err("a file is gone");
            std::fs::write(&path, kept).unwrap();
        }
        verify(&office.app).await.expect("everything was put back");
    });
}

/// Changes rows by hand, asks `verify`, and expects it to name `place`.
async fn is_named(office: &Office, sql: &str, code: &str, place: &str) {
    assert_eq!(run(office, sql.to_owned(), code, None).await.unwrap(), 1, "{sql}");
    let error = verify(&office.app).await.err().unwrap_or_else(|| panic!("nobody noticed {sql}"));
    assert!(error.to_string().contains(place), "{sql}: {error}");
}

#[test]
fn a_published_procedure_changed_by_hand_is_named() {
    on_each_engine(async |office| {
        office.province().await;
        assert_eq!(verify(&office.app).await.expect("nothing was changed").versions, 2);
        let place = format!("procedure_version {BIRTH} version 1");
        for (there, back) in [
            ("name = name || '.'", "name = substr(name, 1, length(name) - 1)"),
            ("outline = not outline", "outline = not outline"),
            ("internal = not internal", "internal = not internal"),
            ("valid_to = '2027-01-01'", "valid_to = null"),
            ("keywords = keywords || '.'", "keywords = substr(keywords, 1, length(keywords) - 1)"),
            ("fingerprint = replace(fingerprint, '0', '1')", ""),
        ] {
            let of = "where code = $1 and version = 1";
            is_named(&office, &format!("update procedure_version set {there} {of}"), BIRTH, &place).await;
            if !back.is_empty() {
                run(&office, format!("update procedure_version set {back} {of}"), BIRTH, None).await.unwrap();
                verify(&office.app).await.expect("everything was put back");
            }
        }
    });
}

#[test]
fn what_a_published_procedure_says_is_watched_by_its_fingerprint() {
    on_each_engine(async |office| {
        office.province().await;
        let content = "update procedure_version
                          set content = replace(content, '\"non_territorial\":', '\"non_territorial\": ')
                        where code = $1 and version = 1";
        is_named(&office, content, BIRTH, "fingerprint").await;
    });
}

#[test]
fn a_file_that_the_journal_does_not_name_is_named() {
    on_each_engine(async |office| {
        let code = lived(&office).await;
        let stranger = "ab".repeat(32);
        let sql = format!("insert into dossier_file (dossier_code, sha256) values ($1, '{stranger}')");
        is_named(&office, &sql, code.as_str(), &stranger).await;
    });
}

#[test]
fn a_counter_below_a_number_that_was_issued_is_named() {
    on_each_engine(async |office| {
        let code = lived(&office).await;
        let sql = "update form_counter set last = last - 1 where kind = 'receipt' and unit_code = 'H99.101' and $1 <> ''";
        is_named(&office, sql, code.as_str(), "form_counter H99.101 2026").await;
    });
}
