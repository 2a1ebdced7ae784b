//! How a dossier ends (domain rules §3.4.4, §3.4.8, §3.4.9).

use super::*;
use crate::calendar::Timeliness;
use crate::dossier::apply::{BrokenJournal, replay};
use crate::dossier::{Paper, PaperSource, Verdict, time};
use crate::form::FormKind;

#[test]
fn a_dossier_goes_from_filing_to_the_applicants_hands() {
    let world = World::new();
    let mut life = Life::settled(&world, filing());
    assert_eq!(life.dossier.status(), Status::Settled);
    let returner = life.desk(Role::ResultReturner);
    life.wait_until("2026-03-04 09:00").act(&returner, &hand_back());
    assert_eq!(life.dossier.status(), Status::Returned);
    assert_eq!(life.dossier.progress.ended_at, Some(at("2026-03-02 08:00")), "lateness ends with the result");
    let outcome = life.dossier.progress.outcome.as_ref().unwrap();
    assert_eq!(outcome.returned_at, Some(at("2026-03-04 09:00")));
    assert!(life.dossier.progress.tasks.iter().all(crate::dossier::Task::is_done));
    assert_eq!(replay(&life.dossier.code, &life.journal), Ok(life.dossier.clone()));
}

#[test]
fn a_result_has_a_file_and_a_title() {
    let world = World::new();
    let mut life = Life::approved(&world, filing());
    let leader = life.competent(Role::SigningLeader);
    let with = |title: &str, file: bool| {
        let whole = Paper { source: PaperSource::Issued, ..paper(900, None) };
        let paper = if file { whole } else { Paper { file: None, ..whole } };
        let title = title.to_owned();
        Action::Settle { step: step("sign"), verdict: Verdict::Grant, title, paper: Box::new(paper) }
    };
    assert_eq!(life.try_act(&leader, &with("12/GKS", false)), Err(Refusal::ResultFileMissing));
    assert_eq!(life.try_act(&leader, &with("", true)), Err(Refusal::Missing(Blank::Title)));
    life.act(&leader, &with("12/GKS", true));
}

#[test]
fn a_refusal_is_issued_before_the_due_instant_or_after_an_apology() {
    let world = World::new();
    let mut life = Life::approved(&world, filing());
    let (head, leader) = (life.competent(Role::UnitHead), life.competent(Role::SigningLeader));
    let reject = settle("sign", Verdict::Reject);
    let due = at("2026-03-09 08:00");
    life.wait_until("2026-03-09 08:00");
    assert!(life.ask(&leader, &reject).is_ok());
    life.wait_until("2026-03-09 08:01");
    assert_eq!(life.try_act(&leader, &reject), Err(Refusal::TooLateToReject { due }));
    assert!(life.ask(&leader, &settle("sign", Verdict::Grant)).is_ok(), "late never keeps a result back");
    life.act(&head, &extend(at("2026-03-12 08:00")));
    // Late again, but there is no second apology to send: what cannot be granted must be able to end.
    life.wait_until("2026-03-16 08:00").act(&leader, &reject);
    let outcome = life.dossier.progress.outcome.as_ref().unwrap();
    assert_eq!(outcome.verdict, Verdict::Reject);
}

#[test]
fn a_late_result_is_returned_and_counted_as_late() {
    let world = World::new();
    let mut life = Life::approved(&world, filing());
    let leader = life.competent(Role::SigningLeader);
    life.wait_until("2026-03-20 08:00").act(&leader, &settle("sign", Verdict::Grant));
    let returner = life.desk(Role::ResultReturner);
    life.act(&returner, &hand_back());
    let judged = time::timeliness(&life.dossier, &world.calendar, &world.settings, life.now);
    assert_eq!(judged, Some(Timeliness::Overdue));
}

#[test]
fn the_desk_signs_for_a_result_at_the_latest_when_it_returns_it() {
    let world = World::new();
    let mut life = Life::settled(&world, filing_elsewhere());
    let returner = life.desk(Role::ResultReturner);
    let nobody = Action::Return { to: String::new(), note: String::new() };
    assert_eq!(life.try_act(&returner, &nobody), Err(Refusal::Missing(Blank::ReturnedTo)));
    life.act(&returner, &hand_back());
    let receipt = life.dossier.progress.hand_overs.last().unwrap();
    assert_eq!((&receipt.from_unit, &receipt.to_unit), (&unit(DEPARTMENT), &unit(COMMUNE)));
    assert!(receipt.taken_at.is_some());
}

#[test]
fn the_owner_withdraws_before_the_result_and_not_after() {
    let world = World::new();
    let mut life = Life::approved(&world, filing());
    assert_eq!(life.try_act(&stranger(), &withdraw()), Err(Denial::NotYourDossier.into()));
    life.act(&owner(), &withdraw());
    assert_eq!(life.dossier.status(), Status::Withdrawn);
    assert_eq!(life.dossier.progress.forms.last().unwrap().kind, FormKind::StopNotice);
    assert!(life.dossier.progress.holdings.iter().all(|holding| holding.to.is_some()));

    let mut settled = Life::settled(&world, filing());
    let status = Status::Settled;
    assert_eq!(settled.try_act(&owner(), &withdraw()), Err(Refusal::WrongStatus { status }));
}

#[test]
fn withdrawing_what_was_never_accepted_issues_no_notice() {
    let world = World::new();
    let mut life = Life::filed(&world, filing());
    life.act(&owner(), &withdraw());
    assert_eq!(life.dossier.progress.forms, Vec::new());
}

#[test]
fn a_leader_stops_with_a_base_and_says_what_happens_to_the_fees() {
    let world = World::new();
    let mut life = Life::examined(&world, filing());
    let (desk, head) = (life.desk(Role::Reception), life.competent(Role::UnitHead));
    assert_eq!(life.try_act(&desk, &stop()), Err(Refusal::StopNeedsLeader));
    let with = |legal_base: &str, fee_settlement: &str| Action::Stop {
        reason: "Đối tượng đã chết".to_owned(),
        legal_base: legal_base.to_owned(),
        fee_settlement: fee_settlement.to_owned(),
    };
    assert_eq!(life.try_act(&head, &with("", "Hoàn phí")), Err(Refusal::Missing(Blank::LegalBase)));
    assert_eq!(life.try_act(&head, &with("Điều 1", "")), Err(Refusal::Missing(Blank::FeeSettlement)));
    life.act(&head, &with("Điều 1", "Hoàn phí"));
    assert_eq!(life.dossier.status(), Status::Stopped);
    let form = life.dossier.progress.forms.last().unwrap();
    assert_eq!((form.kind, &form.unit), (FormKind::StopNotice, &unit(COMMUNE)));
}

#[test]
fn nobody_acts_on_a_closed_dossier() {
    let world = World::new();
    let mut life = Life::examined(&world, filing());
    life.act(&owner(), &withdraw());
    let status = Status::Withdrawn;
    let head = life.competent(Role::UnitHead);
    for action in [accept(), stop(), pause(at("2026-03-10 08:00")), send_back("examine", "assign")] {
        assert_eq!(life.try_act(&head, &action), Err(Refusal::WrongStatus { status }), "{action:?}");
    }
}

#[test]
fn an_officer_does_not_handle_a_matter_of_their_own() {
    let world = World::new();
    let mut life = Life::filed(&world, filing());
    let own = owner_as(Role::Reception, COMMUNE);
    assert_eq!(life.try_act(&own, &accept()), Err(Denial::OwnDossier.into()));
    life.act(&own, &withdraw());
}

#[test]
fn a_journal_with_a_hole_is_not_replayed() {
    let world = World::new();
    let life = Life::accepted(&world, filing());
    let code = &life.dossier.code;
    assert_eq!(replay(code, []), Err(BrokenJournal::Empty));
    assert_eq!(replay(code, &life.journal[1..]), Err(BrokenJournal::NotFiled));
    let holed = [&life.journal[0], &life.journal[2]];
    assert_eq!(replay(code, holed), Err(BrokenJournal::Gap { expected: 2, found: 3 }));
}

#[test]
fn a_slow_clock_on_another_machine_never_turns_the_journal_back() {
    let world = World::new();
    let mut life = Life::accepted(&world, filing());
    let desk = life.desk(Role::Reception);
    life.wait_until("2026-03-02 07:00").act(&desk, &forward("receive"));
    assert_eq!(life.dossier.progress.forwarded_at, Some(at("2026-03-02 08:00")));
}
