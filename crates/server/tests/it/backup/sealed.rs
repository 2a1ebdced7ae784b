//! Backups that are sealed, with a passphrase or for the public keys of those who may open them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use motcua::backup::BackupError;
use motcua::backup::read::Backup;
use motcua::backup::restore::restore;
use motcua::backup::seal::{Lock, Unlock};
use motcua::demo::fill::fill;

use super::{DOSSIERS, backed_up, motcua, opened, place};
use crate::given::on_each_engine;

const PASSPHRASE: &str = "lên thác xuống ghềnh";

#[test]
fn an_encrypted_backup_opens_with_its_passphrase_alone_and_brings_the_key() {
    on_each_engine(async |office| {
        let (folder, file, done) = backed_up(&office, Some(&Lock::Passphrase(PASSPHRASE.to_owned()))).await;
        let bytes = fs::read(&file).unwrap();
        let secret = fs::read(office.app.data.join("secret.key")).unwrap();
        assert!(!bytes.windows(20).any(|found| found == &secret[..20] || found == b"motcua-backup.json.."));
        let place = place(&folder.path().join("data"), None);
        let with = |unlock| Backup { file: &file, unlock };
        let refused = |unlock| restore(&with(unlock), &place, None, None).unwrap_err();
        let unlock = Unlock::Passphrase(PASSPHRASE.to_owned());
        let other = Unlock::Passphrase("lên thác xuống ghềnh!".to_owned());
        assert!(matches!(refused(None), BackupError::NeedsPassphrase));
        assert!(matches!(refused(Some(&other)), BackupError::WrongPassphrase));
        let mut changed = bytes.clone();
        for at in [100, bytes.len() / 2, bytes.len() - 1] {
            changed[at] ^= 1;
            fs::write(&file, &changed).unwrap();
            assert!(matches!(refused(Some(&unlock)), BackupError::Damaged(_) | BackupError::WrongPassphrase));
            changed[at] ^= 1;
        }
        fs::write(&file, &bytes[..bytes.len() - 70_000.min(bytes.len() / 2)]).unwrap();
        assert!(matches!(refused(Some(&unlock)), BackupError::Damaged(_)));
        assert!(!place.data.exists(), "nothing was begun");
        fs::write(&file, &bytes).unwrap();
        restore(&with(Some(&unlock)), &place, None, None).unwrap();
        assert_eq!(fs::read(place.data.join("secret.key")).unwrap(), secret);
        assert!(done.manifest.header.key_included);
        opened(&office, &place).await;
    });
}

/// Makes a pair of keys with the command: the public key, and the secret ones of the file.
fn pair(file: &Path) -> (String, Unlock) {
    let (code, public, said) = motcua(&["backup-key", file.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    (public.trim().to_owned(), Unlock::identity(file).unwrap())
}

#[test]
fn a_backup_for_two_people_opens_for_each_of_them_and_for_nobody_else() {
    on_each_engine(async |office| {
        let keys = tempfile::tempdir().unwrap();
        let [(first, of_first), (second, of_second), (_, of_third)] =
            ["first", "second", "third"].map(|name| pair(&keys.path().join(name)));
        let lock = Lock::Recipients(vec![first.parse().unwrap(), second.parse().unwrap()]);
        let (folder, file, done) = backed_up(&office, Some(&lock)).await;
        assert!(done.manifest.header.key_included);
        let bytes = fs::read(&file).unwrap();
        assert!(bytes.starts_with(b"age-encryption.org/v1\n"), "the standard `age` knows it");
        let refused = |unlock, what: &str| {
            let place = place(&folder.path().join("refused"), None);
            let error = restore(&Backup { file: &file, unlock }, &place, None, None).expect_err(what);
            assert!(!place.data.exists(), "{what}: nothing was begun");
            error
        };
        assert!(matches!(refused(Some(&of_third), "another key"), BackupError::WrongIdentity(_)));
        assert!(matches!(refused(None, "no key"), BackupError::NeedsIdentity));
        let passphrase = Unlock::Passphrase(PASSPHRASE.to_owned());
        assert!(matches!(refused(Some(&passphrase), "a passphrase"), BackupError::NeedsIdentity));
        let step = bytes.len() / 30;
        for at in (0..400).step_by(25).chain((400..bytes.len()).step_by(step)).chain([bytes.len() - 1]) {
            let mut changed = bytes.clone();
            changed[at] ^= 4;
            for (content, what) in [(changed.as_slice(), "changed"), (&bytes[..at], "cut off")] {
                fs::write(&file, content).unwrap();
                let error = refused(Some(&of_second), &format!("{what} at {at}"));
                let is_clear = matches!(
                    error,
                    BackupError::Damaged(_) | BackupError::NotABackup(_) | BackupError::WrongIdentity(_)
                );
                assert!(is_clear, "{what} at {at}: {error}");
            }
        }
        fs::write(&file, &bytes).unwrap();
        for (name, unlock) in [("a", of_first), ("b", of_second)] {
            let place = place(&folder.path().join(name), None);
            restore(&Backup { file: &file, unlock: Some(&unlock) }, &place, None, None).unwrap();
            let (kept, own) = (place.data.join("secret.key"), office.app.data.join("secret.key"));
            assert_eq!(fs::read(kept).unwrap(), fs::read(own).unwrap());
            opened(&office, &place).await;
        }
    });
}

#[test]
fn the_commands_make_keys_and_back_up_where_no_secret_is() {
    on_each_engine(async |office| {
        let dossiers = fill(&office.app, DOSSIERS).await.unwrap().dossiers;
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let (file, secret, other, data) = (path("motcua.bak"), path("secret"), path("other"), path("data"));
        let (public, _) = pair(Path::new(&secret));
        let before = fs::read(&secret).unwrap();
        let (code, printed, said) = motcua(&["backup-key", &secret]);
        assert!(code == Some(3) && printed.is_empty() && said.contains("exists"), "{said}");
        assert_eq!(fs::read(&secret).unwrap(), before, "no key is ever replaced");
        pair(Path::new(&other));

        let (from, database) = (office.app.data.to_str().unwrap().to_owned(), office.database_url());
        let backup = |key: &str| {
            motcua(&["backup", &file, "--data", &from, "--database", &database, "--recipient", key])
        };
        let (code, _, said) = backup("age1quatsch");
        assert!(code == Some(2) && said.contains("motcua backup-key"), "{said}");
        let (code, _, said) = backup(&public);
        assert!(code == Some(0) && said.contains(&format!("{dossiers} dossiers")), "{said}");
        let restore =
            |with: &[&str]| motcua(&[["restore", &file, "--data", &data].as_slice(), with].concat());
        let (code, _, said) = restore(&[]);
        assert!(code == Some(3) && said.contains("--identity"), "{said}");
        let (code, _, said) = restore(&["--identity", &other]);
        assert!(code == Some(3) && said.contains("no secret key in"), "{said}");
        let (code, _, said) = restore(&["--identity", &file]);
        assert!(code == Some(3) && said.contains("motcua.bak"), "{said}");
        fs::write(&other, "# nothing\n").unwrap();
        let (code, _, said) = restore(&["--identity", &other]);
        assert!(code == Some(3) && said.contains("holds no secret key"), "{said}");
        assert!(!Path::new(&data).exists(), "nothing was begun");
        let (code, _, said) = restore(&["--identity", &secret]);
        assert!(code == Some(0) && said.contains("all as the journal says"), "{said}");
    });
}

#[test]
fn the_commands_back_up_restore_and_verify() {
    on_each_engine(async |office| {
        let dossiers = fill(&office.app, DOSSIERS).await.unwrap().dossiers;
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let (file, passphrase, data) = (path("motcua.bak"), path("passphrase"), path("data"));
        let (from, database) = (office.app.data.to_str().unwrap().to_owned(), office.database_url());
        fs::write(&passphrase, "ngắn").unwrap();
        let backup =
            ["backup", &file, "--data", &from, "--database", &database, "--passphrase-file", &passphrase];
        let (code, _, said) = motcua(&backup);
        assert!(code == Some(3) && said.contains("fewer than 12"), "{said}");
        fs::write(&passphrase, format!("{PASSPHRASE}\n")).unwrap();
        let (code, _, said) = motcua(&backup);
        assert!(code == Some(0) && said.contains(&format!("{dossiers} dossiers")), "{said}");
        assert_eq!(motcua(&backup).0, Some(3), "it is there already");
        let restore = ["restore", &file, "--data", &data, "--passphrase-file", &passphrase];
        let (code, _, said) = motcua(&restore);
        assert!(code == Some(0) && said.contains("all as the journal says"), "{said}");
        let (code, _, said) = motcua(&restore);
        assert!(code == Some(3) && said.contains("is not empty"), "{said}");
        let (code, printed, _) = motcua(&["check", "--data", &from, "--database", &database, "--lang", "en"]);
        assert!(printed.contains("Last backup"), "{code:?} {printed}");
    });
}
