//! Letters to applicants: one for each kind of news, in the language of the account, and nothing personal in them.

use std::sync::Arc;

use jiff::Timestamp;
use motcua::dossier::{steps, told};
use motcua::notice;
use motcua_domain::access::{Actor, Role};
use motcua_domain::dossier::{
    Author, CopyKind, Dossier, Event, Message, Paper, PaperSource, Recorded, Stage, Verdict,
};
use motcua_domain::form::FormKind;
use motcua_domain::ids::{MessageId, PaperId, PersonId};
use uuid::Uuid;

use crate::dossier::{code, filing, open_province};
use crate::given::{Office, on_each_engine};

const ADDRESS: &str = "tran.thi.lan@example.vn";
/// Friday 6 March 2026, 16:20 at the office.
const DUE: &str = "2026-03-06T09:20:00Z";

fn due() -> Timestamp {
    DUE.parse().unwrap()
}

/// A dossier of somebody with an address, as it was filed.
async fn dossier(office: &Office, owner: PersonId) -> Dossier {
    let mut filing = filing(1);
    filing.owner = Some(owner);
    let identity = &mut filing.applicant.identity;
    (identity.email, identity.phone) = (Some(ADDRESS.to_owned()), Some("0912345678".to_owned()));
    let actor = Actor::Citizen { id: owner, name: "Trần Thị Lan".to_owned() };
    steps::file(&office.app, &actor, filing, "press").await.unwrap().dossier
}

/// Somebody who has no account.
fn nobody() -> PersonId {
    PersonId::new(Uuid::from_u128(1))
}

fn entry(event: Event) -> Recorded {
    let author = Author {
        id: Some(PersonId::new(Uuid::from_u128(20))),
        name: "Cán bộ Hòa".to_owned(),
        role: Some(Role::Reception),
        unit: Some(code("H99.101")),
    };
    Recorded { sequence: 2, at: "2026-03-02T01:00:00Z".parse().unwrap(), author, event }
}

fn paper() -> Paper {
    Paper {
        id: PaperId::new(Uuid::from_u128(5)),
        component: None,
        title: "Giấy khai sinh của Trần Minh Khôi".to_owned(),
        copy: CopyKind::Electronic,
        quantity: 1,
        source: PaperSource::Issued,
        file: None,
    }
}

fn message(from_applicant: bool) -> Message {
    Message {
        id: MessageId::new(Uuid::from_u128(6)),
        at: "2026-03-02T01:00:00Z".parse().unwrap(),
        by: "Cán bộ Hòa".to_owned(),
        text: "Chị mang theo sổ đỏ bản chính".to_owned(),
        from_applicant,
    }
}

/// Every kind of news with what its letter says in Vietnamese and in English.
#[expect(clippy::too_many_lines, reason = "a table with one row for each kind of news")]
fn news() -> Vec<(Event, &'static str, &'static str)> {
    let (reason, base) = (|| "Ảnh mờ".to_owned(), || "Điều 17".to_owned());
    let accepted = |due: Option<Timestamp>| Event::Accepted {
        competent_unit: Some(code("H99.101")),
        non_territorial: due.is_none(),
        due,
        note: String::new(),
    };
    let step = || "assign".parse().unwrap();
    vec![
        (accepted(Some(due())), "Hẹn trả kết quả: 16:20 thứ Sáu 06/03/2026", "The result is due: 16:20"),
        (accepted(None), "Thời hạn sẽ được báo", "You will be told when the time limit starts"),
        (Event::Refused { reason: reason(), legal_base: base() }, "Lý do: Ảnh mờ", "Reason: Ảnh mờ"),
        (
            Event::SupplementRequested {
                stage: Stage::Intake,
                defects: Vec::new(),
                reason: reason(),
                legal_base: base(),
                approver: None,
                in_time: true,
                answer_by: due(),
                due_before: None,
            },
            "nộp trước 16:20 thứ Sáu 06/03/2026",
            "hand them in before 16:20",
        ),
        (
            Event::PaymentRequested {
                name: "Lệ phí cấp bản sao".to_owned(),
                amount: 1_005_000,
                legal_base: base(),
                pay_by: due(),
            },
            "1.005.000 đồng (Lệ phí cấp bản sao) trước 16:20",
            "1,005,000 VND (Lệ phí cấp bản sao)",
        ),
        (
            Event::Paused { reason: reason(), legal_base: base(), until: due() },
            "chậm nhất đến 16:20 thứ Sáu",
            "until 16:20",
        ),
        (
            Event::TakenOver { step: step(), in_charge: false, due: Some(due()), note: String::new() },
            "đã nhận hồ sơ của bạn. Hẹn trả kết quả: 16:20",
            "has it now. The result is due: 16:20",
        ),
        (
            Event::Dispatched {
                unit: code("H99.101"),
                non_territorial: false,
                due: Some(due()),
                note: String::new(),
            },
            "đã nhận hồ sơ của bạn. Hẹn trả kết quả: 16:20",
            "has it now. The result is due: 16:20",
        ),
        (
            Event::Extended { due_before: due(), due_after: due(), reason: reason(), in_time: true },
            "xin lỗi vì chưa giải quyết xong",
            "The office apologises",
        ),
        (
            Event::Stopped {
                reason: reason(),
                legal_base: base(),
                fee_settlement: String::new(),
                lapsed: false,
            },
            "đã dừng giải quyết hồ sơ của bạn. Lý do: Ảnh mờ",
            "stopped working on your dossier. Reason: Ảnh mờ",
        ),
        (
            Event::Settled {
                step: step(),
                verdict: Verdict::Grant,
                title: "Giấy khai sinh của Trần Minh Khôi".to_owned(),
                paper: Box::new(paper()),
                opened: Vec::new(),
            },
            "đã có kết quả",
            "is ready",
        ),
        (Event::MessageSent { message: message(false) }, "vừa nhắn tin cho bạn", "wrote to you"),
    ]
}

async fn told(office: &Office, dossier: &Dossier, entry: Recorded) -> Option<notice::Mail> {
    let before = notice::newest(&office.app, None).await.unwrap().len();
    let (app, dossier) = (office.app.clone(), dossier.clone());
    let write =
        move |tx: &mut motcua_db::Tx<'_>| told::tell(tx, &app, &dossier, std::slice::from_ref(&entry));
    office.app.store.write(write).await.unwrap();
    office.app.clock.advance(jiff::SignedDuration::from_secs(1));
    let letters = notice::newest(&office.app, None).await.unwrap();
    (before < letters.len()).then(|| letters[0].mail.clone())
}

/// What a letter may never say: whose dossier it is, numbers of that person, who wrote, what stands in papers.
fn assert_nothing_personal(letter: &notice::Mail) {
    let said = format!("{} {}", letter.subject, letter.body);
    for personal in [
        "Nguyễn Thị Đào",
        "Trần",
        "001190000007",
        "0912345678",
        "Xã Mẫu",
        "Cán bộ Hòa",
        "Đăng ký khai sinh cho con",
        "sổ đỏ",
    ] {
        assert!(!said.contains(personal), "{personal} stands in: {said}");
    }
    assert!(!letter.subject.contains("khai sinh"), "a subject lies open in storage: {}", letter.subject);
    assert!(!said.contains('{'), "{said}");
}

#[test]
fn every_kind_of_news_has_its_letter_in_both_languages() {
    on_each_engine(async |mut office| {
        let lan = office.citizen("Trần Thị Lan").await.id;
        open_province(&office);
        let dossier = dossier(&office, lan).await;
        let filed = office.letter_to(ADDRESS).await.expect("a letter says that it was filed");
        assert!(filed.subject.contains("Đã nhận hồ sơ nộp"), "{}", filed.subject);
        for language in ["vi", "en"] {
            office
                .app
                .store
                .write(move |tx| motcua::account::people::store::set_language(tx, lan, language))
                .await
                .unwrap();
            for (event, vietnamese, english) in news() {
                let name = event.name();
                let letter = told(&office, &dossier, entry(event)).await;
                let letter = letter.unwrap_or_else(|| panic!("nobody is told of {name}"));
                let said = if language == "vi" { vietnamese } else { english };
                assert!(letter.body.contains(said), "{name}: {}", letter.body);
                assert!(letter.subject.contains(dossier.code.as_str()), "{}", letter.subject);
                let link = format!("/ho-so/{}", dossier.code);
                assert!(letter.body.contains(&link) && letter.body.contains("Đăng ký khai sinh"));
                assert_eq!(letter.to, ADDRESS);
                assert_nothing_personal(&letter);
            }
        }
    });
}

#[test]
fn what_concerns_the_office_alone_is_not_written_to_anybody() {
    on_each_engine(async |office| {
        open_province(&office);
        let dossier = dossier(&office, nobody()).await;
        let note = String::new;
        let step = || "assign".parse().unwrap();
        let quiet = [
            Event::Forwarded { step: step(), opened: Vec::new(), note: note() },
            Event::TakenOver { step: step(), in_charge: false, due: None, note: note() },
            Event::Approved { step: step(), note: note(), opened: Vec::new() },
            Event::Resumed { note: note(), due_after: None },
            Event::Withdrawn { reason: note() },
            Event::Returned { to: note(), note: note() },
            Event::PaperAdded { paper: Box::new(paper()) },
            Event::FormIssued { kind: FormKind::ControlSlip, number: 1, unit: code("H99.101") },
            Event::Read { purpose: "Tra cứu".to_owned() },
        ];
        for event in quiet {
            let name = event.name();
            assert_eq!(told(&office, &dossier, entry(event)).await, None, "{name}");
        }
        let own = entry(Event::MessageSent { message: message(true) });
        assert_eq!(told(&office, &dossier, own).await, None, "nobody is told of their own message");
    });
}

#[test]
fn without_an_account_the_letter_is_in_vietnamese_and_without_an_address_there_is_none() {
    on_each_engine(async |office| {
        open_province(&office);
        let dossier = dossier(&office, nobody()).await;
        let refused = || Event::Refused { reason: "Ảnh mờ".to_owned(), legal_base: String::new() };
        let letter = told(&office, &dossier, entry(refused())).await.unwrap();
        assert!(letter.subject.contains("không được tiếp nhận"), "{}", letter.subject);
        let mut unreachable = dossier.clone();
        Arc::make_mut(&mut unreachable.filing).applicant.identity.email = None;
        assert_eq!(told(&office, &unreachable, entry(refused())).await, None);
    });
}
