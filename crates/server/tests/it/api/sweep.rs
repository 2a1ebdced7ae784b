//! Files that were sent and never attached go away; those that somebody names stay, whoever sent them.

use std::fs::File;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use jiff::SignedDuration;
use motcua::account;
use motcua::document::blob::BlobHash;
use motcua::document::sweep::sweep;

use super::{Call, Staff, filing, json as body, pointers, send_file, token};
use crate::given::{Office, on_each_engine};
use crate::portal::files;

fn content(mark: &str) -> Vec<u8> {
    String::from_utf8(files::pdf())
        .unwrap()
        .replacen("1 0 obj", &format!("% {mark}\n1 0 obj"), 1)
        .into_bytes()
}

async fn sent(office: &mut Office, token: &str, mark: &str) -> (String, BlobHash) {
    let content = content(mark);
    let answer = send_file(office, token, "a.pdf", &content).await;
    (body(&answer)["id"].as_str().unwrap().to_owned(), BlobHash::of(&content))
}

fn place(office: &Office, hash: BlobHash) -> PathBuf {
    let hex = hash.to_string();
    office.app.data.join("files").join(&hex[..2]).join(&hex[2..4]).join(hex)
}

/// The clock stands in March 2026, the disk does not: files get the time of the clock.
fn sent_now(office: &Office, hashes: &[BlobHash]) {
    let seconds = u64::try_from(office.app.clock.now().as_second()).unwrap();
    for hash in hashes {
        let file = File::options().append(true).open(place(office, *hash)).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
    }
}

async fn days_later(office: &Office, days: i64) {
    office.app.clock.advance(SignedDuration::from_hours(24 * days));
    account::sweep::sweep(&office.app).await.unwrap();
    sweep(&office.app).await.unwrap();
}

#[test]
fn a_file_that_nobody_named_goes_and_one_that_somebody_names_stays() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let staff = Staff::open(office, &[]).await;
        let binh = office.citizen("Nguyễn Văn Bình").await;
        let binh = token(office, &binh, &["dossiers:file"]).await;
        let (unused, gone) = sent(office, &staff.lan, "không dùng").await;
        let (used, stays) = sent(office, &staff.lan, "dùng").await;
        // Somebody else sent the same content and never attached it.
        sent(office, &binh, "dùng").await;
        let call = |file: &str, key: &str| {
            Call::post("/api/v1/dossiers", &filing(file)).by(&staff.lan).with("idempotency-key", key)
        };
        assert_eq!(call(&used, "1").send(office).await.status.as_u16(), 201);
        sent_now(office, &[gone, stays]);
        days_later(office, 6).await;
        assert!(place(office, gone).exists(), "it waits seven days");
        days_later(office, 1).await;
        office.app.clock.advance(SignedDuration::from_mins(1));
        assert_eq!(pointers(&call(&unused, "2").send(office).await), ["/papers/0/file", "/papers"]);
        assert!(place(office, gone).exists(), "a request under way may still need it");
        days_later(office, 2).await;
        assert!(!place(office, gone).exists());
        assert!(place(office, stays).exists());
        motcua::dossier::verify::verify(&office.app).await.expect("the record is whole");
    });
}

#[test]
fn a_file_sent_again_waits_anew_and_drafts_and_journals_from_before_count() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let staff = Staff::open(office, &[]).await;
        let (used, filed) = sent(office, &staff.lan, "nộp").await;
        let (_, again) = sent(office, &staff.lan, "gửi lại").await;
        let call = Call::post("/api/v1/dossiers", &filing(&used)).by(&staff.lan).with("idempotency-key", "1");
        assert_eq!(call.send(office).await.status.as_u16(), 201);
        // As an installation that is older than the list of files.
        let forget = |tx: &mut motcua_db::Tx<'_>| tx.run("delete from dossier_file", &[]).map(|_| ());
        office.app.store.write(forget).await.unwrap();
        sent_now(office, &[filed, again]);
        office.app.clock.advance(SignedDuration::from_hours(24 * 9));
        sent(office, &staff.lan, "gửi lại").await;
        days_later(office, 0).await;
        assert!(place(office, filed).exists() && place(office, again).exists());
        motcua::dossier::verify::verify(&office.app).await.expect("the record is whole");
        let lost = |tx: &mut motcua_db::Tx<'_>| tx.run("delete from dossier_file", &[]).map(|_| ());
        office.app.store.write(lost).await.unwrap();
        let found = motcua::dossier::verify::verify(&office.app).await.unwrap_err();
        assert!(found.to_string().contains("lacks the file"), "{found}");
    });
}
