//! A restore until a moment: dossiers are what they were then, on either engine, and nothing that came later is left.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use motcua::account::office_log;
use motcua::app::App;
use motcua::backup::cut::LeftOut;
use motcua::backup::moment::Until;
use motcua::backup::restore::restore;
use motcua::backup::write::write;
use motcua::backup::{BackupError, Position};
use motcua::clock::stored;
use motcua::demo::fill::{fill, fill_and_tell};
use motcua::desk::bulk::acts::Act;
use motcua::desk::bulk::store::{self as bulk, Outcome, Run, RunRow};
use motcua::desk::list::Of;
use motcua::dossier::{forms, proof, steps};
use motcua::portal::draft::{Draft, Purpose};
use motcua::portal::store as drafts;
use motcua::portal::supplement;
use motcua::web::locale::Locale;
use motcua_db::testing::engines;
use motcua_db::{DbError, Store, Value};
use motcua_domain::access::{Actor, Role};
use motcua_domain::dossier::{Action, Channel, Dossier, DossierCode, IssuedForm};
use motcua_domain::form::FormKind;
use motcua_domain::ids::DraftId;
use uuid::Uuid;

use super::{DOSSIERS, motcua, opened, place, plain, rows, source};
use crate::dossier::officer;
use crate::given::{Office, on_each_engine};

/// What follows from the journals alone.
const BOUND: [&str; 8] =
    ["dossier", "journal", "work", "dossier_unit", "dossier_name", "dossier_file", "form_file", "proof_seal"];

type Rows = Vec<(String, Vec<Vec<Value>>)>;

fn bound(store: &Store) -> Rows {
    rows(store).into_iter().filter(|(table, _)| BOUND.contains(&table.as_str())).collect()
}

fn table(store: &Store, name: &str) -> Vec<Vec<Value>> {
    rows(store).into_iter().find(|(table, _)| table == name).unwrap().1
}

/// Instant, code and number of every entry, in the order of time.
fn entries(store: &Store) -> Vec<(String, String, i64)> {
    let read = store.read_sync(|tx| {
        tx.rows("select at, dossier_code, sequence from journal order by at, dossier_code, sequence", &[])?
            .iter()
            .map(|row| Ok((row.get("at")?, row.get("dossier_code")?, row.get("sequence")?)))
            .collect::<Result<_, DbError>>()
    });
    read.unwrap()
}

fn count(store: &Store, sql: &str) -> i64 {
    store.read_sync(|tx| tx.one(sql, &[])?.unwrap().get::<i64>(0)).unwrap()
}

fn loaded(app: &App, code: &str) -> Dossier {
    let code: DossierCode = code.parse().unwrap();
    app.store.read_sync(|tx| steps::load(tx, app, &code)).unwrap().unwrap().dossier
}

/// A backup of an office, in a folder of its own.
fn backup(office: &Office) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("motcua.bak");
    write(&source(&office.app), &file, None, false).unwrap();
    (folder, file)
}

/// Restores into SQLite until a moment, and opens and verifies it.
async fn restored(office: &Office, file: &Path, until: Until) -> (App, LeftOut) {
    let place = place(&file.with_extension("data"), None);
    let key = office.app.data.join("secret.key");
    let left_out = restore(&plain(file), &place, Some(&key), Some(until)).unwrap().left_out.unwrap();
    (opened(office, &place).await, left_out)
}

fn earlier(at: &str) -> Timestamp {
    at.parse::<Timestamp>().unwrap() - SignedDuration::from_millis(1)
}

/// What was there at a moment.
struct Moment {
    position: Position,
    rows: Rows,
}

#[test]
fn a_restore_until_a_moment_is_what_was_there_at_that_moment() {
    on_each_engine(async |office| {
        let folder = tempfile::tempdir().unwrap();
        let moments = RefCell::new(Vec::new());
        let look = |filed: usize, _: usize| {
            if filed % 5 == 1 {
                let file = folder.path().join(format!("{filed}.early"));
                let done = write(&source(&office.app), &file, None, false).unwrap();
                moments
                    .borrow_mut()
                    .push(Moment { position: done.manifest.position, rows: bound(&office.app.store) });
            }
        };
        fill_and_tell(&office.app, DOSSIERS, look).await.unwrap();
        let (all, numbers) = (entries(&office.app.store), table(&office.app.store, "code_counter"));
        // Where the next thing happened in the same millisecond, the moment has no place between the two.
        let is_clear = |moment: &Moment| {
            let at = moment.position.last_at.as_ref().unwrap();
            let until = all.iter().filter(|(found, ..)| found <= at).count();
            i64::try_from(until).unwrap() == moment.position.entries
        };
        let moments: Vec<_> = moments.into_inner().into_iter().filter(is_clear).collect();
        assert!(4 <= moments.len(), "{} moments", moments.len());
        let file = folder.path().join("motcua.bak");
        write(&source(&office.app), &file, None, false).unwrap();
        let (mut shortened, mut gone) = (0, 0);
        for (number, moment) in moments.iter().enumerate() {
            let databases = engines();
            let database = &databases[number / 2 % databases.len()];
            let place = place(&folder.path().join(number.to_string()), Some(database));
            let at = moment.position.last_at.as_ref().unwrap();
            let until = match number % 2 {
                0 => Until::Position(moment.position.entries.unsigned_abs()),
                _ => Until::Instant(at.parse().unwrap()),
            };
            let key = office.app.data.join("secret.key");
            let left_out = restore(&plain(&file), &place, Some(&key), Some(until)).unwrap().left_out.unwrap();
            assert_eq!(left_out.entries() + usize::try_from(moment.position.entries).unwrap(), all.len());
            gone += left_out.dossiers();
            shortened += left_out.journals.len() - left_out.dossiers();

            let app = opened(&office, &place).await;
            for (found, expected) in bound(&app.store).iter().zip(&moment.rows) {
                assert_eq!(found, expected, "{until:?}");
            }
            let again = write(&source(&app), &folder.path().join(format!("{number}.bak")), None, false);
            let position = again.unwrap().manifest.position;
            let office_log = moment.position.office_log.clone();
            assert_eq!(Position { office_log, ..position }, moment.position);
            assert_eq!(table(&app.store, "code_counter"), numbers, "no number is given twice");
        }
        assert!(0 < shortened && 0 < gone, "{shortened} shortened, {gone} gone");
    });
}

/// The draft of this id from which `dossier` was filed, or its question answered, at `at`.
fn filed_draft(app: &App, id: DraftId, dossier: &Dossier, purpose: Purpose, at: Timestamp) {
    let owner = dossier.filing.owner.unwrap_or_else(|| Uuid::from_u128(1).to_string().parse().unwrap());
    let draft = Draft { filed_at: Some(at), ..Draft::of_dossier(id, purpose, owner, dossier, at) };
    app.store.write_sync(|tx| drafts::insert_draft(tx, &draft, &draft.sealed(app))).unwrap();
}

/// Every dossier there is, in the order of codes.
fn dossiers(app: &App) -> Vec<Dossier> {
    let codes: BTreeSet<String> = entries(&app.store).into_iter().map(|(_, code, _)| code).collect();
    codes.iter().map(|code| loaded(app, code)).collect()
}

#[test]
fn what_hangs_on_what_was_left_out_goes_with_it_and_the_rest_stays() {
    on_each_engine(async |mut office| {
        fill(&office.app, DOSSIERS).await.unwrap();
        let app = office.app.clone();
        app.clock.advance(SignedDuration::from_hours(1));
        let at = app.clock.now();
        let known = dossiers(&app);
        let has_address = |dossier: &&Dossier| {
            let filing = &dossier.filing;
            let email = filing.applicant.identity.email.as_ref();
            filing.channel == Channel::Online && filing.owner.is_some() && email.is_some()
        };
        let filing =
            known.iter().find(has_address).expect("an applicant with an address").filing.as_ref().clone();
        let (before, letters) = (bound(&app.store), count(&app.store, "select count(*) from mail"));

        app.clock.advance(SignedDuration::from_mins(10));
        office.citizen("Nguyễn Văn Muộn").await;
        let owner = filing.owner.unwrap();
        let citizen = Actor::Citizen { id: owner, name: filing.applicant.name.clone() };
        let draft = DraftId::new(Uuid::from_u128(77));
        let key = format!("draft:{draft}");
        let late = steps::file(&app, &citizen, filing.clone(), &key).await.unwrap().dossier;
        filed_draft(&app, draft, &late, Purpose::Filing, app.clock.now());
        let desk = officer(700, Role::Reception, known[0].filing.receiving_unit.as_str());
        let read = Action::Read { purpose: "xem".to_owned() };
        steps::take(&app, &desk, &known[0].code, None, read).await.unwrap();
        app.clock.advance(SignedDuration::from_mins(10));
        proof::seal_until(&app, app.clock.now()).await.unwrap().expect("another seal");
        let (_folder, file) = backup(&office);

        let (restored, left_out) = restored(&office, &file, Until::Instant(at)).await;
        let store = &restored.store;
        assert_eq!((left_out.journals.len(), left_out.dossiers()), (2, 1), "{left_out:?}");
        assert_eq!(bound(store), before);
        for gone in ["session", "login_code", "held_form"] {
            assert_eq!(count(store, &format!("select count(*) from {gone}")), 0, "{gone}");
        }
        assert_eq!(count(store, "select count(*) from mail"), letters);
        let sending = "select count(*) from job where kind = 'send_mail'";
        assert!(count(store, sending) < count(&app.store, sending));
        assert_eq!(count(store, &format!("{sending} and payload not in (select id from mail)")), 0);
        for kept in ["person", "appointment", "unit", "procedure_version", "setting_set", "code_counter"] {
            assert_eq!(table(store, kept), table(&app.store, kept), "{kept}");
        }
        let open = store.read_sync(|tx| drafts::draft(tx, &restored.secrets, draft, owner)).unwrap().unwrap();
        assert!(open.filed_at.is_none() && open.dossier.is_none());
        let log = store.read_sync(|tx| office_log::store::newest(tx, None, None)).unwrap();
        assert_eq!(log[0].kind, "account.log_restored");

        restored.clock.set(app.clock.now());
        let again = steps::file(&restored, &citizen, filing, &key).await.unwrap().dossier.code;
        let is_new = again != late.code && known.iter().all(|dossier| dossier.code != again);
        assert!(is_new, "{again} was given once before");
    });
}

#[test]
fn a_bulk_act_that_was_running_ends_at_the_moment() {
    on_each_engine(async |office| {
        fill(&office.app, DOSSIERS).await.unwrap();
        let store = office.app.store.clone();
        let dossier =
            dossiers(&office.app).into_iter().find(|dossier| dossier.filing.owner.is_some()).unwrap();
        let at = office.app.clock.now();
        let earlier = at - SignedDuration::from_mins(5);
        let run = |id: &str, confirmed_at| Run {
            id: id.to_owned(),
            author: dossier.filing.owner.unwrap(),
            author_name: "Ai".to_owned(),
            of: Of::Units,
            query: String::new(),
            everything: false,
            act: Act::Print,
            fields: String::new(),
            locale: Locale::Vi,
            created_at: earlier,
            foreseen_at: Some(earlier),
            confirmed_at: Some(confirmed_at),
            ended_at: None,
            export_id: None,
            pages: None,
        };
        let rows = [1, 2, 3].map(|place| RunRow {
            place,
            code: dossier.code.to_string(),
            step: String::new(),
            alike: String::new(),
            version: 1,
            outcome: Outcome::Waiting,
            words: "sẽ làm".to_owned(),
        });
        office.app.clock.advance(SignedDuration::from_mins(10));
        let later = office.app.clock.now();
        store
            .write_sync(|tx| {
                bulk::insert(tx, &run("running", earlier), &rows)?;
                bulk::insert(tx, &run("later", later), &rows)?;
                bulk::settle(tx, "running", 1, Outcome::Done, None, earlier)?;
                bulk::settle(tx, "running", 2, Outcome::Done, None, later)
            })
            .unwrap();
        let (_folder, file) = backup(&office);

        let (restored, _) = restored(&office, &file, Until::Instant(at)).await;
        let found = restored.store.read_sync(|tx| {
            let runs = (bulk::find(tx, "later")?, bulk::find(tx, "running")?);
            Ok::<_, DbError>((runs, bulk::rows(tx, "running", 0, 9)?))
        });
        let ((gone, ended), rows) = found.unwrap();
        assert!(gone.is_none());
        assert_eq!(ended.unwrap().ended_at, Some(at));
        let outcomes: Vec<_> = rows.iter().map(|row| row.outcome).collect();
        assert_eq!(outcomes, [Outcome::Done, Outcome::Refused, Outcome::Refused]);
        assert_eq!(
            (rows[0].words.as_str(), rows[1].words.as_str()),
            ("sẽ làm", Locale::Vi.t("bulk.restored"))
        );
    });
}

#[test]
fn a_question_is_open_again_and_a_slip_is_printed_anew() {
    on_each_engine(async |office| {
        fill(&office.app, 2 * DOSSIERS).await.unwrap();
        let app = office.app.clone();
        let answered = app.store.read_sync(|tx| {
            tx.one(
                "select dossier_code, at from journal where kind = 'supplement_answered'
                  order by dossier_code, sequence limit 1",
                &[],
            )
        });
        let row = answered.unwrap().expect("an answered supplement");
        let (code, at): (String, String) = (row.get("dossier_code").unwrap(), row.get("at").unwrap());
        let dossier = loaded(&app, &code);
        let [first, second] = [1, 2].map(|number| supplement::draft_id(&app.secrets, &dossier.code, number));
        for id in [first, second] {
            filed_draft(&app, id, &dossier, Purpose::Supplement, app.clock.now());
        }
        let slips = dossiers(&app).into_iter().find_map(|dossier| {
            let ended = dossier.progress.ended_at.filter(|_| dossier.status().is_closed())?;
            let is_slip = |form: &&IssuedForm| form.kind == FormKind::ControlSlip && form.at < ended;
            let slip = dossier.progress.forms.iter().find(is_slip)?;
            Some((dossier.code.clone(), slip.entry, ended))
        });
        let (slip_of, entry, ended) = slips.expect("a dossier that ended, with a slip");
        forms::pdf(&app, &slip_of, entry).await.unwrap().kept.expect("kept for good");
        let (_folder, file) = backup(&office);

        let (restored_once, _) = restored(&office, &file, Until::Instant(earlier(&at))).await;
        assert!(loaded(&restored_once, &code).open_supplement().is_some());
        let kept = restored_once.store.read_sync(|tx| drafts::supplements(tx, &code)).unwrap();
        assert_eq!(kept, [(first, false)], "the answer to what was asked can be given again");

        drop(restored_once);
        std::fs::remove_dir_all(file.with_extension("data")).unwrap();
        let (restored_again, _) = restored(&office, &file, Until::Instant(earlier(&stored(ended)))).await;
        let slips =
            format!("select count(*) from form_file where dossier_code = '{slip_of}' and sequence = {entry}");
        assert_eq!((count(&app.store, &slips), count(&restored_again.store, &slips)), (1, 0));
    });
}

#[test]
fn a_moment_that_is_not_in_the_backup_is_refused_before_anything_is_begun() {
    on_each_engine(async |office| {
        fill(&office.app, DOSSIERS).await.unwrap();
        let all = entries(&office.app.store);
        let (folder, file) = backup(&office);
        let (data, key) = (folder.path().join("data"), office.app.data.join("secret.key"));
        let refused = |until: &str| {
            let until: Until = until.parse().unwrap();
            let error = restore(&plain(&file), &place(&data, None), Some(&key), Some(until)).unwrap_err();
            assert!(!data.exists(), "nothing was begun");
            error
        };
        let beyond = (all.len() + 1).to_string();
        assert!(matches!(refused(&beyond), BackupError::BeyondIt { .. }));
        let later = (office.app.clock.now() + SignedDuration::from_secs(1)).to_string();
        assert!(matches!(refused(&later), BackupError::BeyondIt { .. }));
        assert!(matches!(refused("0"), BackupError::BeforeIt { .. }));
        assert!(matches!(refused(&earlier(&all[0].0).to_string()), BackupError::BeforeIt { .. }));
        let is_one_step = |pair: &[(String, String, i64)]| pair[0].0 == pair[1].0 && pair[0].1 == pair[1].1;
        let inside = all.windows(2).position(is_one_step).expect("a step of two entries") + 1;
        let BackupError::InsideStep { position, before, after } = refused(&inside.to_string()) else {
            panic!("{inside} is inside a step");
        };
        assert_eq!(position, inside as u64);
        assert!(before < inside && inside < after);
        for whole in [before, after].into_iter().filter(|whole| 0 < *whole) {
            let place = place(&folder.path().join(whole.to_string()), None);
            let until = Until::Position(whole as u64);
            restore(&plain(&file), &place, Some(&key), Some(until)).unwrap();
        }
    });
}

#[test]
fn the_command_says_what_it_left_out() {
    on_each_engine(async |office| {
        fill(&office.app, DOSSIERS).await.unwrap();
        let all = entries(&office.app.store);
        let (folder, file) = backup(&office);
        let (data, key) = (folder.path().join("data"), office.app.data.join("secret.key"));
        let run = |until: &str| {
            let [file, data, key] = [&file, &data, &key].map(|path| path.to_str().unwrap());
            motcua(&["restore", file, "--data", data, "--key", key, "--until", until])
        };
        let (code, _, said) = run("2026-03-02");
        assert!(code == Some(2) && said.contains("2026-11-21T13:45"), "{said}");
        let (code, _, said) = run(&(2 * all.len()).to_string());
        assert!(code == Some(3) && said.contains(&format!("goes until position {}", all.len())), "{said}");
        let middle = &all[all.len() / 2].0;
        let left: Vec<_> = all.iter().filter(|(at, ..)| middle < at).collect();
        let (code, printed, said) = run(middle);
        assert!(code == Some(0) && said.contains("all as the journal says"), "{said}");
        let dossiers: BTreeSet<_> = left.iter().map(|(_, code, _)| code).collect();
        let sum = format!("left out: {} entries of {} dossiers", left.len(), dossiers.len());
        assert!(said.contains(&sum), "{said}");
        assert_eq!(printed.lines().count(), dossiers.len(), "{printed}");
    });
}
