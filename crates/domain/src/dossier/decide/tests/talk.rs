//! Opinions, papers, messages, readings, and the buttons of a screen.

use uuid::Uuid;

use super::*;
use crate::dossier::action::{ActionKind, Target};
use crate::dossier::choice::{Choice, allowed_actions};
use crate::dossier::{LINE_CHARS_MAX, TEXT_CHARS_MAX};
use crate::ids::{MessageId, OpinionId};

fn message(id: u128, text: &str) -> Action {
    Action::SendMessage { id: MessageId::new(Uuid::from_u128(id)), text: text.to_owned() }
}

fn answer(id: u128) -> Action {
    Action::AnswerOpinion {
        id: OpinionId::new(Uuid::from_u128(id)),
        agrees: false,
        text: "Chưa phù hợp".to_owned(),
    }
}

#[test]
fn another_unit_is_asked_and_a_late_answer_is_marked() {
    let world = World::new();
    for (when, late) in [("2026-03-06 08:00", false), ("2026-03-06 08:01", true)] {
        let mut life = Life::examined(&world, filing());
        let due = life.due();
        let specialist = life.competent(Role::Specialist);
        life.act(&specialist, &ask_opinion(1, DEPARTMENT));
        assert_eq!(life.due(), due, "asking does not stop the clock");
        let head = officer(Role::UnitHead, DEPARTMENT);
        assert_eq!(life.try_act(&head, &answer(2)), Err(Refusal::UnknownOpinion));
        life.wait_until(when).act(&head, &answer(1));
        assert_eq!(life.dossier.progress.opinions[0].answer.as_ref().unwrap().late, late);
        assert_eq!(life.try_act(&head, &answer(1)), Err(Refusal::OpinionGiven));
    }
}

#[test]
fn the_unit_that_is_asked_may_read_the_dossier_from_then_on() {
    let world = World::new();
    let mut life = Life::examined(&world, filing());
    let head = officer(Role::UnitHead, DEPARTMENT);
    let read = Action::Read { purpose: "Cho ý kiến".to_owned() };
    assert_eq!(life.try_act(&head, &read), Err(Denial::NotYourUnit.into()));
    let specialist = life.competent(Role::Specialist);
    life.act(&specialist, &ask_opinion(1, DEPARTMENT)).act(&head, &read);
}

#[test]
fn an_opinion_is_asked_of_another_unit_once_and_in_time() {
    let world = World::new();
    let mut life = Life::examined(&world, filing());
    let specialist = life.competent(Role::Specialist);
    assert_eq!(life.try_act(&specialist, &ask_opinion(1, COMMUNE)), Err(Refusal::OwnOpinion));
    life.act(&specialist, &ask_opinion(1, DEPARTMENT));
    assert_eq!(life.try_act(&specialist, &ask_opinion(1, DEPARTMENT)), Err(Refusal::IdTwice));
    life.wait_until("2026-03-07 08:00");
    let past = at("2026-03-06 08:00");
    assert_eq!(
        life.try_act(&specialist, &ask_opinion(2, DEPARTMENT)),
        Err(Refusal::NotInFuture { at: past })
    );
}

#[test]
fn nobody_but_the_one_stop_writes_to_the_applicant() {
    let world = World::new();
    let mut life = Life::examined(&world, filing());
    let specialist = life.competent(Role::Specialist);
    let answer = life.try_act(&specialist, &message(1, "Mang thêm giấy tờ"));
    assert!(matches!(answer, Err(Refusal::Denied(Denial::OneStopOnly { .. }))), "{answer:?}");
    let desk = life.desk(Role::Reception);
    life.act(&owner(), &message(1, "Bao giờ xong?")).act(&desk, &message(2, "Thứ Hai"));
    assert_eq!(life.try_act(&desk, &message(2, "Thứ Ba")), Err(Refusal::IdTwice));
    let sides: Vec<bool> =
        life.dossier.progress.messages.iter().map(|message| message.from_applicant).collect();
    assert_eq!(sides, [true, false]);
}

#[test]
fn texts_are_neither_blank_nor_endless() {
    let world = World::new();
    let mut life = Life::filed(&world, filing());
    assert_eq!(life.try_act(&owner(), &message(1, "\n ")), Err(Refusal::Missing(Blank::Message)));
    let long = "ơ".repeat(TEXT_CHARS_MAX + 1);
    assert_eq!(life.try_act(&owner(), &message(1, &long)), Err(Refusal::TooLong { max: TEXT_CHARS_MAX }));
    life.act(&owner(), &message(1, &long[..long.len() - "ơ".len()]));
    let desk = life.desk(Role::Reception);
    let wordy = Action::Refuse { reason: "Lý do".to_owned(), legal_base: "Đ".repeat(LINE_CHARS_MAX + 1) };
    assert_eq!(life.try_act(&desk, &wordy), Err(Refusal::TooLong { max: LINE_CHARS_MAX }));
}

#[test]
fn a_reading_is_recorded_with_its_purpose_and_changes_nothing() {
    let world = World::new();
    let mut life = Life::examined(&world, filing());
    let before = life.dossier.clone();
    let read = |purpose: &str| Action::Read { purpose: purpose.to_owned() };
    let specialist = life.competent(Role::Specialist);
    assert_eq!(life.try_act(&specialist, &read(" ")), Err(Refusal::Missing(Blank::Purpose)));
    life.act(&specialist, &read("Thẩm định"));
    assert_eq!(life.dossier, before);
    assert_eq!(life.journal.last().unwrap().event.name(), "read");
    let entries = life.journal.len();
    life.act(&owner(), &read(""));
    assert_eq!(life.journal.len(), entries, "the owner's own reading is nobody else's business");
}

#[test]
fn an_administrator_reads_no_dossier_and_an_auditor_every_one() {
    let world = World::new();
    let mut life = Life::examined(&world, filing());
    let read = Action::Read { purpose: "Kiểm tra".to_owned() };
    for role in [Role::Administrator, Role::ProcedureController] {
        let answer = life.try_act(&officer(role, COMMUNE), &read);
        assert_eq!(answer, Err(Denial::RoleReadsNoDossiers.into()));
    }
    let auditor = officer(Role::Auditor, OTHER_COMMUNE);
    life.act(&auditor, &read);
    assert_eq!(life.try_act(&auditor, &stop()), Err(Denial::AuditorsOnlyRead.into()));
}

#[test]
fn a_paper_is_added_once_and_only_for_a_component_of_this_dossier() {
    let world = World::new();
    let mut life = Life::examined(&world, filing());
    let desk = life.desk(Role::Reception);
    let add = |id, component| Action::AddPaper { paper: Box::new(paper(id, component)) };
    life.act(&desk, &add(2, Some("to-khai")));
    assert_eq!(life.try_act(&desk, &add(2, None)), Err(Refusal::IdTwice));
    assert_eq!(life.try_act(&desk, &add(1, None)), Err(Refusal::IdTwice));
    let component = "ho-chieu".parse().unwrap();
    assert_eq!(life.try_act(&desk, &add(3, Some("ho-chieu"))), Err(Refusal::UnknownComponent { component }));
    let latest = life.dossier.latest_paper(&"to-khai".parse().unwrap()).unwrap();
    assert_eq!(latest.id, paper(2, None).id);
}

#[test]
fn a_screen_offers_what_is_possible_and_says_what_nearly_is() {
    let world = World::new();
    let mut life = Life::examined(&world, filing());
    let choices =
        |life: &Life<'_>, actor: &Actor| allowed_actions(&world.ctx(actor, life.now, 0), &life.dossier);
    let find = |choices: &[Choice], kind: ActionKind| {
        choices.iter().find(|choice| choice.kind == kind).map(|choice| choice.verdict.clone())
    };
    let specialist = life.competent(Role::Specialist);
    let offered = choices(&life, &specialist);
    let proposal = offered.iter().find(|choice| choice.kind == ActionKind::Propose).unwrap();
    assert_eq!((&proposal.target, &proposal.verdict), (&Target::Step(step("examine")), &Ok(())));
    assert_eq!(find(&offered, ActionKind::RequestSupplement), Some(Ok(())));
    assert_eq!(find(&offered, ActionKind::Accept), None);
    let Some(Err(Refusal::Denied(Denial::NeedsPost { posts }))) = find(&offered, ActionKind::Pause) else {
        panic!("only leaders pause: {offered:?}");
    };
    assert_eq!(posts.iter().map(|post| post.role).collect::<Vec<_>>(), [Role::SigningLeader, Role::UnitHead]);

    life.act(&specialist, &request_supplement()).act(&owner(), &answer_supplement(20));
    let used = find(&choices(&life, &specialist), ActionKind::RequestSupplement);
    assert_eq!(used, Some(Err(Refusal::SupplementUsed { max: 1 })));
    assert_eq!(find(&choices(&life, &owner()), ActionKind::Withdraw), Some(Ok(())));
    assert_eq!(choices(&life, &stranger()), []);
}
