//! The one road of change, on both engines: durable, chained, unique, refused with reasons.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use jiff::SignedDuration;
use jiff::civil::date;
use motcua::clock::stored;
use motcua::config::Config;
use motcua::dossier::steps::{self, StepError, Taken};
use motcua::dossier::{proof, store};
use motcua::office::{Facts, Snapshot};
use motcua_db::testing::log_bytes;
use motcua_domain::access::{Actor, Appointment, Role};
use motcua_domain::calendar::{Limit, SupplementPolicy};
use motcua_domain::dossier::{
    Action, ActionKind, Applicant, ApplicantKind, Channel, CopyKind, Dossier, DossierCode, FileRef, Filing,
    Identity, Paper, PaperSource, Refusal, ReturnWay, Status, Verdict,
};
use motcua_domain::ids::{MessageId, PaperId, PersonId};
use motcua_domain::procedure::ElectronicProcess;
use motcua_domain::unit::{Unit, UnitCode, UnitLevel, Units};
use uuid::Uuid;

use crate::given::{Office, on_each_engine};

pub fn code(text: &str) -> UnitCode {
    text.parse().unwrap()
}

fn person(number: u128) -> PersonId {
    PersonId::new(Uuid::from_u128(number))
}

pub fn citizen(number: u128) -> Actor {
    Actor::Citizen { id: person(number), name: format!("Công dân {number}") }
}

pub fn officer(number: u128, role: Role, unit: &str) -> Actor {
    let appointments = vec![Appointment { unit: code(unit), role }];
    Actor::Officer { id: person(number), name: format!("Cán bộ {number}"), appointments }
}

/// A province with one commune.
pub fn open_province(office: &Office) {
    let since = date(2025, 7, 1);
    let province = Unit::new(code("H99"), "UBND tỉnh Mẫu", UnitLevel::Province, None, since);
    let commune = Unit::new(code("H99.101"), "UBND xã Mẫu", UnitLevel::Commune, Some(code("H99")), since);
    let facts = Facts {
        units: Units::new(vec![province, commune]).unwrap(),
        layers: HashMap::new(),
        appointments: HashSet::from([(person(21), Role::Specialist, code("H99.101"))]),
        ..Facts::default()
    };
    office.app.set_office(Snapshot::new(facts, date(2026, 3, 2)).unwrap());
}

pub fn filing(owner: u128) -> Filing {
    Filing {
        procedure: "1.001193".parse().unwrap(),
        procedure_version: 1,
        procedure_name: "Đăng ký khai sinh".to_owned(),
        field: "ho-tich".to_owned(),
        case: None,
        components: Vec::new(),
        channel: Channel::Online,
        applicant: Applicant {
            kind: ApplicantKind::Citizen,
            name: "Nguyễn Thị Đào".to_owned(),
            identity: Identity {
                id_number: Some("001190000007".to_owned()),
                address: "Xã Mẫu".to_owned(),
                ..Identity::default()
            },
        },
        representative: None,
        owner: Some(person(owner)),
        posted_at: None,
        taken_in_by: None,
        subject: "Đăng ký khai sinh cho con".to_owned(),
        answers: Vec::new(),
        sets: 1,
        receiving_unit: code("H99.101"),
        competent_unit: Some(code("H99.101")),
        return_way: ReturnWay::Desk,
        limit: Some(Limit::WorkingDays(5)),
        supplement_policy: SupplementPolicy::Restart,
        fees: Vec::new(),
        process: ElectronicProcess::default_process(),
        papers: Vec::new(),
    }
}

pub async fn file(office: &Office, key: &str) -> Taken {
    steps::file(&office.app, &citizen(1), filing(1), key).await.unwrap()
}

pub fn accept() -> Action {
    Action::Accept { competent_unit: None, note: String::new() }
}

#[test]
fn the_same_press_of_the_button_files_one_dossier() {
    on_each_engine(async |office| {
        open_province(&office);
        let first = file(&office, "press-1").await;
        let second = file(&office, "press-1").await;
        let other = file(&office, "press-2").await;
        assert_eq!(first.dossier.code, second.dossier.code);
        assert_ne!(first.dossier.code, other.dossier.code);
        assert_eq!(first.dossier.code.as_str(), "H99.101-260302-0001");
    });
}

#[test]
fn codes_are_unique_when_many_file_at_once() {
    on_each_engine(async |office| {
        open_province(&office);
        let mut tasks = Vec::new();
        for number in 0..24 {
            let app = office.app.clone();
            // Every key comes twice, as a double click does.
            let key = format!("press-{}", number / 2);
            tasks.push(tokio::spawn(async move { steps::file(&app, &citizen(1), filing(1), &key).await }));
        }
        let mut codes = HashSet::new();
        for task in tasks {
            codes.insert(task.await.unwrap().unwrap().dossier.code);
        }
        assert_eq!(codes.len(), 12);
    });
}

#[test]
fn a_number_of_a_person_is_not_readable_in_storage() {
    on_each_engine(async |office| {
        open_province(&office);
        let code = file(&office, "press").await.dossier.code.to_string();
        let (journal, rows) = office
            .app
            .store
            .read_sync(|tx| {
                Ok::<_, motcua_db::DbError>((store::journal(tx, &code)?, store::rows_after(tx, "", 9)?))
            })
            .unwrap();
        assert!(journal[0].content.contains("Nguyễn Thị Đào"));
        assert!(!journal[0].content.contains("001190000007"));
        assert!(!format!("{rows:?}").contains("001190000007"));
    });
}

#[test]
fn a_stale_page_is_told_so_and_loses_nothing() {
    on_each_engine(async |office| {
        open_province(&office);
        let code = file(&office, "press").await.dossier.code;
        let desk = officer(11, Role::Reception, "H99.101");
        let taken = steps::take(&office.app, &desk, &code, Some(1), accept()).await.unwrap();
        assert_eq!(taken.dossier.status(), Status::Accepted);
        let late = steps::take(&office.app, &desk, &code, Some(1), accept()).await.unwrap_err();
        assert!(
            matches!(late, StepError::Stale(version) if version == taken.dossier.progress.version),
            "{late}"
        );
    });
}

#[test]
fn two_officers_acting_at_once_act_once() {
    on_each_engine(async |office| {
        open_province(&office);
        let code = file(&office, "press").await.dossier.code;
        let tasks: Vec<_> = (0..8)
            .map(|number| {
                let (app, code) = (office.app.clone(), code.clone());
                let desk = officer(100 + number, Role::Reception, "H99.101");
                tokio::spawn(async move { steps::take(&app, &desk, &code, None, accept()).await })
            })
            .collect();
        let mut accepted = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(_) => accepted += 1,
                Err(StepError::Refused(refusal)) => {
                    assert!(matches!(*refusal, Refusal::WrongStatus { .. }), "{refusal:?}");
                }
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(accepted, 1);
        let loaded = steps::open(&office.app, &citizen(1), &code).await.unwrap();
        assert_eq!(loaded.dossier.progress.forms.len(), 1, "one receipt, numbered once");
    });
}

#[test]
fn somebody_elses_dossier_is_not_there() {
    on_each_engine(async |office| {
        open_province(&office);
        let code = file(&office, "press").await.dossier.code;
        let stranger = steps::open(&office.app, &citizen(2), &code).await.unwrap_err();
        let unknown: DossierCode = "H99.101-260302-9999".parse().unwrap();
        let nothing = steps::open(&office.app, &citizen(2), &unknown).await.unwrap_err();
        assert_eq!(stranger.to_string(), nothing.to_string());
    });
}

#[test]
fn a_server_goes_on_while_a_newer_release_adds_a_column() {
    on_each_engine(async |office| {
        open_province(&office);
        let (first, second) = (file(&office, "first").await.dossier, file(&office, "second").await.dossier);
        let open = async |dossier: &Dossier| steps::open(&office.app, &citizen(1), &dossier.code).await;
        // The first time with its filing, then without, on more than one connection.
        for _ in 0..6 {
            assert_eq!(open(&first).await.unwrap().dossier, first);
        }
        let added = "alter table dossier add column later text";
        office.app.store.write(move |tx| tx.script(added)).await.unwrap();
        for _ in 0..6 {
            assert_eq!(open(&first).await.unwrap().dossier, first);
            assert_eq!(open(&second).await.unwrap().dossier, second);
        }
    });
}

#[test]
fn a_reading_is_recorded_once_and_makes_no_page_stale() {
    on_each_engine(async |office| {
        open_province(&office);
        let code = file(&office, "press").await.dossier.code;
        let desk = officer(11, Role::Reception, "H99.101");
        for _ in 0..3 {
            steps::view(&office.app, &desk, &code, "tiếp nhận").await.unwrap();
        }
        office.app.clock.advance(SignedDuration::from_mins(30));
        steps::view(&office.app, &desk, &code, "tiếp nhận").await.unwrap();
        let history = steps::history(&office.app, &code).await.unwrap();
        assert_eq!(history.iter().filter(|one| one.event.name() == "read").count(), 2);
        steps::take(&office.app, &desk, &code, Some(1), accept()).await.unwrap();
    });
}

#[test]
fn a_seal_covers_what_was_written_and_stays_true() {
    on_each_engine(async |office| {
        open_province(&office);
        let code = file(&office, "press").await.dossier.code;
        let up_to = office.app.clock.now();
        let seal = proof::seal_until(&office.app, up_to).await.unwrap().expect("something was written");
        assert_eq!((seal.number, seal.dossiers), (1, 1));
        office.app.clock.advance(SignedDuration::from_mins(5));
        let desk = officer(11, Role::Reception, "H99.101");
        steps::take(&office.app, &desk, &code, None, accept()).await.unwrap();
        let (root, _) = office.app.store.read_sync(|tx| proof::root_at(tx, &seal.up_to)).unwrap();
        assert_eq!(root, seal.root, "what came later does not move an old seal");
        let next = proof::seal_until(&office.app, office.app.clock.now()).await.unwrap().unwrap();
        assert_ne!(next.root, seal.root);
        assert!(proof::seal_until(&office.app, office.app.clock.now()).await.unwrap().is_none());
    });
}

#[test]
fn what_is_recorded_after_the_clock_was_put_back_lies_after_the_last_seal() {
    on_each_engine(async |office| {
        open_province(&office);
        let code = file(&office, "press").await.dossier.code;
        let three_days = SignedDuration::from_hours(72);
        office.app.clock.advance(three_days);
        let seal = proof::seal_until(&office.app, office.app.clock.now()).await.unwrap().unwrap();
        office.app.clock.advance(-three_days);
        let desk = officer(11, Role::Reception, "H99.101");
        let accepted = steps::take(&office.app, &desk, &code, None, accept()).await.unwrap();
        let filed = file(&office, "again").await;
        for taken in [&accepted, &filed] {
            assert!(seal.up_to < stored(taken.recorded[0].at), "{:?}", taken.recorded[0]);
        }
        assert!(proof::seal_until(&office.app, office.app.clock.now()).await.unwrap().is_none());
        let (root, _) = office.app.store.read_sync(|tx| proof::root_at(tx, &seal.up_to)).unwrap();
        assert_eq!(root, seal.root);
        // Also a server that starts later, or learns of a seal that another one made.
        let again = office.configured(Config::default());
        assert!(seal.up_to < stored(again.app.now_to_record()));
    });
}

/// The budget of the design: 4 kB. Others write to the same log meanwhile, so a step counts that was disturbed least.
#[test]
fn a_step_writes_little_to_the_log() {
    on_each_engine(async |office| {
        let store = &office.app.store;
        if log_bytes(store).unwrap().is_none() {
            return;
        }
        open_province(&office);
        let code = file(&office, "press").await.dossier.code;
        let desk = officer(20, Role::Reception, "H99.101");
        steps::take(&office.app, &desk, &code, None, accept()).await.unwrap();
        let mut least = u64::MAX;
        for number in 0..100 {
            let (id, text) =
                (MessageId::new(Uuid::from_u128(number)), "Mang theo bản chính khi đến.".to_owned());
            let before = log_bytes(store).unwrap().unwrap();
            steps::take(&office.app, &desk, &code, None, Action::SendMessage { id, text }).await.unwrap();
            least = least.min(log_bytes(store).unwrap().unwrap() - before);
        }
        assert!(least <= 4096, "{least} bytes");
    });
}

/// The budgets of the design: six statements for a durable step, seventy for a life. What sessions cost is not in them.
#[test]
fn a_life_needs_few_statements() {
    on_each_engine(async |office| {
        open_province(&office);
        let app = &office.app;
        let mut before = app.store.statements();
        let mut used = move || {
            let now = app.store.statements();
            now - std::mem::replace(&mut before, now)
        };
        let code = file(&office, "press").await.dossier.code;
        let mut whole = used();
        let desk = officer(20, Role::Reception, "H99.101");
        let head = officer(22, Role::UnitHead, "H99.101");
        let leader = officer(23, Role::SigningLeader, "H99.101");
        let specialist = officer(21, Role::Specialist, "H99.101");
        let (step, note) = (|key: &str| key.parse().unwrap(), String::new);
        let grant = Verdict::Grant;
        let id = specialist.id().unwrap();
        let message = Action::SendMessage {
            id: MessageId::new(Uuid::from_u128(9)),
            text: "Mời đến nhận kết quả.".to_owned(),
        };
        for (who, action) in [
            (&desk, accept()),
            (&desk, Action::Forward { step: step("receive"), note: note() }),
            (&head, Action::TakeOver { step: step("assign"), note: note() }),
            (&head, Action::Assign { step: step("assign"), officer: id, officer_name: note() }),
            (
                &specialist,
                Action::Propose {
                    step: step("examine"), verdict: grant, text: "Đủ".to_owned(), draft: None
                },
            ),
            (&head, Action::Approve { step: step("approve"), note: note() }),
            (&leader, settle(&office).await),
            (&desk, message),
            (&desk, Action::Return { to: "Người nộp".to_owned(), note: note() }),
        ] {
            let kind = action.kind();
            steps::take(app, who, &code, None, action).await.unwrap();
            let step = used();
            assert!(step <= 6 || kind == ActionKind::Accept && step <= 7, "{step} statements for {kind:?}");
            whole += step;
        }
        assert!(whole <= 70, "{whole} statements");
    });
}

/// The signature, with its paper.
async fn settle(office: &Office) -> Action {
    let bytes = Bytes::from_static(b"%PDF-1.7\n%%EOF\n");
    let (size, hash) = (bytes.len() as u64, office.app.blobs.keep(bytes).await.unwrap());
    let file = FileRef {
        sha256: hash.to_string().parse().unwrap(),
        name: "trich-luc.pdf".to_owned(),
        size,
        media_type: "application/pdf".to_owned(),
    };
    let paper = Paper {
        id: PaperId::new(Uuid::from_u128(5)),
        component: None,
        title: "Trích lục".to_owned(),
        copy: CopyKind::Electronic,
        quantity: 1,
        source: PaperSource::Issued,
        file: Some(file),
    };
    let title = paper.title.clone();
    Action::Settle { step: "sign".parse().unwrap(), verdict: Verdict::Grant, title, paper: Box::new(paper) }
}

/// A page loads a dossier, somebody else is faster, then the page acts: on the dossier as it is, not as it was.
#[test]
fn a_step_is_taken_on_what_others_left() {
    on_each_engine(async |office| {
        open_province(&office);
        let desk = officer(20, Role::Reception, "H99.101");
        let code = file(&office, "press").await.dossier.code;
        let seen = steps::open(&office.app, &desk, &code).await.unwrap();
        let version = seen.dossier.progress.version;
        let accepted = steps::take(&office.app, &desk, &code, None, accept()).await.unwrap();
        let after = accepted.dossier.progress.version;
        let text = "Mang theo bản chính.".to_owned();
        let message = Action::SendMessage { id: MessageId::new(Uuid::from_u128(9)), text };
        let stale =
            steps::take_on(&office.app, &desk, &seen, Some(version), message.clone()).await.unwrap_err();
        assert!(matches!(stale, StepError::Stale(now) if now == after), "{stale:?}");
        let again = steps::take_on(&office.app, &desk, &seen, None, accept()).await.unwrap_err();
        assert!(matches!(again, StepError::Refused(_)), "{again:?}");
        let taken = steps::take_on(&office.app, &desk, &seen, None, message).await.unwrap();
        assert_eq!((taken.dossier.status(), taken.dossier.progress.version), (Status::Accepted, after + 1));
        let sequences: Vec<i64> = office
            .app
            .store
            .read_sync(|tx| store::journal(tx, code.as_str()))
            .unwrap()
            .iter()
            .map(|entry| entry.sequence)
            .collect();
        let in_order: Vec<i64> = (1..).take(sequences.len()).collect();
        assert_eq!(sequences, in_order);
        assert_eq!(taken.head.sequence, i64::try_from(sequences.len()).unwrap());
    });
}
