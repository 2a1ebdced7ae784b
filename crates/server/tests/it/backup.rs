//! A backup is one moment of the database with its files, restores on either engine, and every damage is answered.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use motcua::app::{App, Opening};
use motcua::backup::read::Backup;
use motcua::backup::restore::restore;
use motcua::backup::seal::{Lock, Unlock};
use motcua::backup::trailer::TrailedWriter;
use motcua::backup::write::{Done, Source, write};
use motcua::backup::{BackupError, Header, Manifest};
use motcua::cli::Place;
use motcua::clock::Clock;
use motcua::config::Config;
use motcua::demo::fill::{fill, fill_and_tell};
use motcua::dossier::verify::verify;
use motcua::random::Random;
use motcua_db::testing::{TestDatabase, engines};
use motcua_db::{DbError, Store, Tx, Value};

use crate::given::{Office, on_each_engine};

mod sealed;
mod until;

/// Dossiers of these tests.
const DOSSIERS: usize = 30;

fn source(app: &App) -> Source {
    Source { store: app.store.clone(), data: app.data.clone(), at: app.clock.now() }
}

fn plain(file: &Path) -> Backup<'_> {
    Backup { file, unlock: None }
}

fn place(data: &Path, database: Option<&TestDatabase>) -> Place {
    Place { data: data.to_owned(), database: database.map(TestDatabase::url), config: None }
}

/// Every row of every table.
fn rows(store: &Store) -> Vec<(String, Vec<Vec<Value>>)> {
    let all = |tx: &mut Tx<'_>| {
        let mut found = Vec::new();
        for table in motcua_db::tables(tx)? {
            let mut rows = Vec::new();
            table.each(tx, |row| {
                rows.push(row);
                Ok::<_, DbError>(())
            })?;
            rows.sort_by_key(|row| format!("{row:?}"));
            found.push((table.name, rows));
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        Ok::<_, DbError>(found)
    };
    store.read_sync(all).unwrap()
}

/// An installation with a few dossiers, a folder for backups beside it, and a backup of it.
async fn backed_up(office: &Office, lock: Option<&Lock>) -> (tempfile::TempDir, PathBuf, Done) {
    fill(&office.app, DOSSIERS).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("motcua.bak");
    let done = write(&source(&office.app), &file, lock, false).unwrap();
    (folder, file, done)
}

/// Opens what was restored, and verifies it.
async fn opened(office: &Office, place: &Place) -> App {
    let opening = Opening {
        data: place.data.clone(),
        database: place.database.clone(),
        config: Config::default(),
        clock: Clock::standing(office.app.clock.now()),
        random: Random::seeded(11),
    };
    let app = App::open(opening).unwrap();
    verify(&app).await.expect("what was restored is as its journal says");
    app
}

#[test]
fn a_backup_restores_on_either_engine_with_every_row_and_file() {
    on_each_engine(async |office| {
        let (folder, file, done) = backed_up(&office, None).await;
        assert!(done.left_out.is_empty() && 0 < done.manifest.files.count && 20 < done.manifest.tables.len());
        assert_eq!(fs::metadata(&file).unwrap().len(), done.bytes);
        for (number, database) in engines().into_iter().enumerate() {
            let place = place(&folder.path().join(number.to_string()), Some(&database));
            let key = office.app.data.join("secret.key");
            let restored = restore(&plain(&file), &place, Some(&key), None).unwrap();
            assert_eq!(restored.manifest, done.manifest);
            let restored = Store::open(database.database()).unwrap();
            assert_eq!(rows(&restored), rows(&office.app.store), "as {:?} has it", restored.engine());
            drop(restored);
            let app = opened(&office, &place).await;
            let again = folder.path().join(format!("{number}.bak"));
            let again = write(&source(&app), &again, None, false).unwrap();
            assert_eq!(again.manifest.position, done.manifest.position);
            assert_eq!(again.manifest.files, done.manifest.files);
        }
    });
}

#[test]
fn a_backup_while_dossiers_are_filed_is_one_moment() {
    on_each_engine(async |office| {
        let (folder, filed) = (tempfile::tempdir().unwrap(), Arc::new(AtomicUsize::new(0)));
        let (app, count) = (office.app.clone(), Arc::clone(&filed));
        let runtime = tokio::runtime::Handle::current();
        let busy = std::thread::spawn(move || {
            let tell = |filed, _| count.store(filed, Ordering::Relaxed);
            runtime.block_on(fill_and_tell(&app, 4 * DOSSIERS, tell)).map(|filled| filled.dossiers)
        });
        let mut backups = Vec::new();
        for number in 0..3 {
            while filed.load(Ordering::Relaxed) < DOSSIERS * (number + 1) && !busy.is_finished() {
                tokio::task::yield_now().await;
            }
            let (source, file) = (source(&office.app), folder.path().join(format!("{number}.bak")));
            let done =
                tokio::task::spawn_blocking(move || (write(&source, &file, None, false).unwrap(), file));
            backups.push(done.await.unwrap());
        }
        busy.join().unwrap().unwrap();
        let dossiers: Vec<i64> = backups.iter().map(|(done, _)| done.manifest.position.dossiers).collect();
        assert!(dossiers.is_sorted() && 0 < dossiers[0] && dossiers[0] < dossiers[2], "{dossiers:?}");
        let key = office.app.data.join("secret.key");
        for (done, file) in backups {
            let place = place(&file.with_extension("data"), None);
            restore(&plain(&file), &place, Some(&key), None).unwrap();
            let app = opened(&office, &place).await;
            let again = write(&source(&app), &file.with_extension("again"), None, false).unwrap();
            assert_eq!(again.manifest.position, done.manifest.position);
        }
    });
}

#[test]
fn every_damage_is_answered_before_anything_is_begun() {
    on_each_engine(async |office| {
        let (folder, file, _) = backed_up(&office, None).await;
        let place = place(&folder.path().join("data"), None);
        let key = office.app.data.join("secret.key");
        let bytes = fs::read(&file).unwrap();
        let answered = |bytes: &[u8], what: &str| {
            fs::write(&file, bytes).unwrap();
            let error = restore(&plain(&file), &place, Some(&key), None).expect_err(what);
            assert!(matches!(error, BackupError::Damaged(_) | BackupError::NotABackup(_)), "{what}: {error}");
            assert!(!place.data.exists(), "{what}");
        };
        let step = bytes.len() / 40;
        for at in (0..bytes.len()).step_by(step.max(1)).chain([bytes.len() - 1]) {
            let mut changed = bytes.clone();
            changed[at] ^= 4;
            answered(&changed, &format!("byte {at} was changed"));
            answered(&bytes[..at], &format!("cut off at {at}"));
        }
        answered(&[bytes.as_slice(), b"more"].concat(), "something was added");
        answered(b"PK\x03\x04 another file", "another file");
        answered(b"", "an empty file");
    });
}

#[test]
fn a_restore_refuses_what_is_not_empty_not_ours_or_newer() {
    on_each_engine(async |office| {
        let (folder, file, _) = backed_up(&office, None).await;
        let key = office.app.data.join("secret.key");
        let fresh = place(&folder.path().join("fresh"), None);
        let refused =
            |place: &Place, key: Option<&Path>| restore(&plain(&file), place, key, None).unwrap_err();
        assert!(matches!(refused(&fresh, None), BackupError::NeedsKey));
        let other = folder.path().join("other.key");
        fs::write(&other, "ab".repeat(32)).unwrap();
        assert!(matches!(refused(&fresh, Some(&other)), BackupError::WrongKey(_)));
        let full = place(&office.app.data, None);
        assert!(matches!(refused(&full, Some(&key)), BackupError::NotEmpty(_)));
        for database in engines() {
            database.store(motcua::migrations::ALL);
            let place = place(&folder.path().join("taken"), Some(&database));
            assert!(matches!(refused(&place, Some(&key)), BackupError::NotEmpty(_)));
            place.refuse_unfinished().expect("nothing was begun");
        }
        let unlock = Unlock::Passphrase("lên thác xuống ghềnh".to_owned());
        let with = Backup { file: &file, unlock: Some(&unlock) };
        assert!(matches!(restore(&with, &fresh, Some(&key), None), Err(BackupError::NotSealed)));
        newer(&file);
        let error = refused(&fresh, Some(&key));
        assert!(matches!(error, BackupError::Newer { schema: 9_999, .. }), "{error}");
        assert!(!fresh.data.exists());
    });
}

/// Makes the file what a newer program would write.
fn newer(file: &Path) {
    let header = Header {
        format: 1,
        program: "9.0.0".to_owned(),
        schema: 9_999,
        engine: "sqlite".to_owned(),
        at: "2030-01-01T00:00:00.000Z".to_owned(),
        key_mark: None,
        key_included: false,
    };
    let text = serde_json::to_vec(&header).unwrap();
    let mut archive = tar::Builder::new(TrailedWriter::new(fs::File::create(file).unwrap()));
    let mut head = tar::Header::new_ustar();
    head.set_size(text.len() as u64);
    archive.append_data(&mut head, "motcua-backup.json", text.as_slice()).unwrap();
    archive.into_inner().unwrap().finish().unwrap().flush().unwrap();
}

#[test]
fn a_backup_replaces_nothing_unasked_and_leaves_nothing_half_written() {
    on_each_engine(async |office| {
        let (folder, file, _) = backed_up(&office, None).await;
        let before = fs::read(&file).unwrap();
        let again = |force| write(&source(&office.app), &file, None, force);
        assert!(matches!(again(false), Err(BackupError::Exists(_))));
        assert_eq!(fs::read(&file).unwrap(), before);
        again(true).unwrap();
        let part = folder.path().join("motcua.bak.part");
        assert!(!part.exists());
        #[cfg(target_os = "linux")]
        {
            std::os::unix::fs::symlink("/dev/full", &part).unwrap();
            let error = again(true).unwrap_err();
            assert!(matches!(error, BackupError::DiskFull(_)), "{error}");
            assert!(!part.exists(), "what could not be finished is gone");
            plain(&file).check().expect("the backup of before is whole");
        }
    });
}

#[test]
fn a_file_that_was_changed_on_disk_is_left_out_and_named() {
    on_each_engine(async |office| {
        let (folder, file, done) = backed_up(&office, None).await;
        let shelves = office.app.blobs.shelves().unwrap();
        let (hash, path) = motcua::document::blob::Blobs::on_shelf(&shelves[0]).unwrap().remove(0);
        fs::write(path, "another paper").unwrap();
        let again = write(&source(&office.app), &folder.path().join("again"), None, false).unwrap();
        assert_eq!(again.left_out, [hash.to_string()]);
        assert_eq!(again.manifest.files.count + 1, done.manifest.files.count);
        let manifest: Manifest = plain(&file).check().unwrap();
        assert_eq!(manifest, done.manifest);
    });
}

/// Runs the program itself; how it ended, what it printed, what it said.
pub fn motcua(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_motcua")).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_restore_that_was_cut_off_is_not_taken_for_anything_else() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    fs::write(folder.path().join("restore.unfinished"), "").unwrap();
    let file = folder.path().join("x.bak");
    let file = file.to_str().unwrap();
    for command in [vec!["serve"], vec!["verify"], vec!["demo"], vec!["backup", file], vec!["restore", file]]
    {
        let (code, _, said) = motcua(&[command.as_slice(), &["--data", data]].concat());
        assert_eq!(code, Some(3), "{command:?}: {said}");
        assert!(said.contains("was not finished") && said.contains("Remove the folder"), "{said}");
    }
    assert_eq!(motcua(&["check", "--data", data]).0, Some(1));
}
