//! Supplements, payments, pauses, the extension (domain rules §3.4).

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::calendar::{SupplementPolicy, Timeliness, Warning};
use crate::dossier::lapse::next_lapse;
use crate::dossier::{ActionKind, Defect, Filing, Stage, time};
use crate::form::FormKind;

/// A specialist asks for papers on Tuesday 3 March at 10:00; the limit of five working days began on Monday at 8:00.
fn asked(world: &World, policy: SupplementPolicy) -> Life<'_> {
    let mut life = Life::examined(world, Filing { supplement_policy: policy, ..filing() });
    let specialist = life.competent(Role::Specialist);
    life.wait_until("2026-03-03 10:00").act(&specialist, &request_supplement());
    life
}

#[test]
fn a_supplement_at_appraisal_leads_back_to_the_process_and_restarts_the_clock() {
    let world = World::new();
    let mut life = asked(&world, SupplementPolicy::Restart);
    let supplement = life.dossier.open_supplement().unwrap();
    assert_eq!(supplement.stage, Stage::Appraisal);
    assert_eq!(supplement.due_before, Some(at("2026-03-09 08:00")));
    assert_eq!(supplement.answer_by, at("2026-04-02 10:00"));
    life.wait_until("2026-03-05 14:00").act(&owner(), &answer_supplement(20));
    assert_eq!(life.dossier.status(), Status::InProcess);
    assert_eq!(life.due(), Some(at("2026-03-12 14:00")));
    assert_eq!(life.dossier.progress.supplements[0].due_after, life.due());
}

#[test]
fn an_answer_due_on_a_day_off_may_come_on_the_next_working_day() {
    let world = World::new();
    let mut life = Life::examined(&world, filing());
    let specialist = life.competent(Role::Specialist);
    life.wait_until("2026-03-06 10:00").act(&specialist, &request_supplement());
    // Thirty days later is Sunday 5 April.
    assert_eq!(life.dossier.open_supplement().unwrap().answer_by, at("2026-04-06 10:00"));
}

#[test]
fn by_the_other_policy_a_supplement_adds_the_waiting_to_the_limit() {
    let world = World::new();
    let mut life = asked(&world, SupplementPolicy::ExtendByWaiting);
    life.wait_until("2026-03-04 10:00").act(&owner(), &answer_supplement(20));
    assert_eq!(life.due(), Some(at("2026-03-10 08:00")));
}

#[test]
fn papers_are_asked_for_once() {
    let world = World::new();
    let mut life = asked(&world, SupplementPolicy::Restart);
    life.act(&owner(), &answer_supplement(20));
    for role in [Role::Specialist, Role::UnitHead] {
        let asker = life.competent(role);
        assert_eq!(life.try_act(&asker, &request_supplement()), Err(Refusal::SupplementUsed { max: 1 }));
    }
}

#[test]
fn once_more_only_by_a_leader_and_only_where_the_settings_allow_it() {
    let mut world = World::new();
    world.settings.second_supplement_with_approval = true;
    let mut life = asked(&world, SupplementPolicy::Restart);
    life.act(&owner(), &answer_supplement(20));
    let (specialist, head) = (life.competent(Role::Specialist), life.competent(Role::UnitHead));
    assert_eq!(life.try_act(&specialist, &request_supplement()), Err(Refusal::SecondSupplementNeedsLeader));
    life.act(&head, &request_supplement());
    assert_eq!(life.dossier.progress.supplements[1].approver, head.id());
    life.act(&owner(), &answer_supplement(21));
    assert_eq!(life.try_act(&head, &request_supplement()), Err(Refusal::SupplementUsed { max: 1 }));
}

#[test]
fn a_supplement_lists_every_defect_against_a_component_of_this_dossier() {
    let world = World::new();
    let mut life = Life::filed(&world, filing());
    let desk = life.desk(Role::Reception);
    let with = |defects: Vec<Defect>| Action::RequestSupplement {
        defects,
        reason: "Thiếu".to_owned(),
        legal_base: base(),
        answer_by: None,
    };
    let component = "ho-chieu".parse().unwrap();
    let wordless = Defect { wanted: String::new(), ..defect(Some("to-khai")) };
    assert_eq!(life.try_act(&desk, &with(Vec::new())), Err(Refusal::NoDefects));
    assert_eq!(
        life.try_act(&desk, &with(vec![defect(Some("to-khai")), defect(Some("ho-chieu"))])),
        Err(Refusal::UnknownComponent { component })
    );
    assert_eq!(life.try_act(&desk, &with(vec![wordless])), Err(Refusal::Missing(Blank::Wanted)));
    life.act(&desk, &with(vec![defect(Some("to-khai")), defect(None)]));
}

#[test]
fn a_supplement_needs_reason_base_and_a_deadline_ahead() {
    let world = World::new();
    let mut life = Life::filed(&world, filing());
    let desk = life.desk(Role::Reception);
    let with = |reason: &str, legal_base: &str, answer_by: Option<Timestamp>| Action::RequestSupplement {
        defects: vec![defect(None)],
        reason: reason.to_owned(),
        legal_base: legal_base.to_owned(),
        answer_by,
    };
    let missing = |blank| Err(Refusal::Missing(blank));
    assert_eq!(life.try_act(&desk, &with("", "Điều 17", None)), missing(Blank::Reason));
    assert_eq!(life.try_act(&desk, &with("Thiếu", " ", None)), missing(Blank::LegalBase));
    let past = at("2026-03-02 08:00");
    assert_eq!(
        life.try_act(&desk, &with("Thiếu", "Điều 17", Some(past))),
        Err(Refusal::NotInFuture { at: past })
    );
    let far = at("2026-04-01 08:01");
    assert_eq!(
        life.try_act(&desk, &with("Thiếu", "Điều 17", Some(far))),
        Err(Refusal::AnswerByTooLate { days_max: 30 })
    );
}

#[test]
fn every_defect_has_to_be_answered() {
    let world = World::new();
    let mut life = Life::filed(&world, filing());
    let desk = life.desk(Role::Reception);
    let request = Action::RequestSupplement {
        defects: vec![defect(Some("to-khai")), defect(Some("giay-chung-sinh")), defect(None)],
        reason: "Thiếu".to_owned(),
        legal_base: base(),
        answer_by: None,
    };
    life.act(&desk, &request);
    let with = |components: &[&str], note: &str| {
        let papers = (30..).zip(components).map(|(id, key)| paper(id, Some(key))).collect();
        Action::AnswerSupplement { papers, note: note.to_owned() }
    };
    let both = ["to-khai", "giay-chung-sinh"];
    assert_eq!(life.try_act(&owner(), &with(&both, "")), Err(Refusal::Missing(Blank::Answer)));
    assert_eq!(
        life.try_act(&owner(), &with(&["to-khai"], "Đã sửa")),
        Err(Refusal::DefectsUnanswered { titles: vec!["giay-chung-sinh".to_owned()] })
    );
    life.act(&owner(), &with(&both, "Đã sửa"));
}

#[test]
fn after_the_applicants_deadline_nothing_is_answered_and_the_program_stops_the_dossier() {
    let world = World::new();
    let mut life = asked(&world, SupplementPolicy::Restart);
    let answer_by = at("2026-04-02 10:00");
    life.wait_until("2026-04-02 10:00");
    assert_eq!(life.try_act(&Actor::System, &stop()), Err(Refusal::NotLapsed));
    assert!(life.ask(&owner(), &answer_supplement(20)).is_ok());
    life.wait_until("2026-04-02 10:01");
    assert_eq!(
        life.try_act(&owner(), &answer_supplement(20)),
        Err(Refusal::SupplementDeadlinePassed { answer_by })
    );
    life.act(&Actor::System, &stop());
    assert_eq!(life.dossier.status(), Status::Stopped);
    assert_eq!(life.dossier.progress.forms.last().unwrap().kind, FormKind::StopNotice);
    assert!(matches!(&life.journal[life.journal.len() - 2].event, Event::Stopped { lapsed: true, .. }));
    // Papers that never came restart nothing, and the waiting was not the office's.
    assert_eq!(
        time::timeliness(&life.dossier, &world.calendar, &world.settings, life.now),
        Some(Timeliness::Early)
    );
}

#[test]
fn an_ineligible_dossier_goes_back_within_three_working_days_or_late() {
    let world = World::new();
    for (when, in_time) in [("2026-03-05 08:00", true), ("2026-03-05 08:01", false)] {
        let mut life = Life::examined(&world, filing());
        let specialist = life.competent(Role::Specialist);
        life.wait_until(when).act(&specialist, &request_supplement());
        assert_eq!(life.dossier.progress.supplements[0].in_time, in_time, "{when}");
    }
}

#[test]
fn a_payment_stops_the_clock_until_exactly_the_amount_is_paid() {
    let world = World::new();
    let mut life = Life::examined(&world, filing());
    let collector = life.desk(Role::FeeCollector);
    life.wait_until("2026-03-03 08:00").act(&collector, &request_payment(at("2026-03-10 08:00")));
    assert_eq!(life.dossier.status(), Status::AwaitingPayment);
    life.wait_until("2026-03-05 08:00");
    for given in [7_999, 8_001, 0, -8_000] {
        let answer = life.try_act(&Actor::System, &confirm_payment(given));
        assert_eq!(answer, Err(Refusal::AmountDiffers { expected: 8_000, given }));
    }
    life.act(&Actor::System, &confirm_payment(8_000));
    assert_eq!(life.dossier.status(), Status::InProcess);
    assert_eq!(life.due(), Some(at("2026-03-11 08:00")));
}

#[test]
fn money_asked_for_has_a_name_a_base_an_amount_and_a_day() {
    let world = World::new();
    let mut life = Life::examined(&world, filing());
    let collector = life.desk(Role::FeeCollector);
    let with = |name: &str, amount: i64, legal_base: &str, pay_by: Timestamp| Action::RequestPayment {
        name: name.to_owned(),
        amount,
        legal_base: legal_base.to_owned(),
        pay_by,
    };
    let later = at("2026-03-10 08:00");
    let mut answer = |action: &Action| life.try_act(&collector, action);
    assert_eq!(answer(&with("", 1, "Điều 1", later)), Err(Refusal::Missing(Blank::PaymentName)));
    assert_eq!(answer(&with("Phí", 1, "", later)), Err(Refusal::Missing(Blank::LegalBase)));
    assert_eq!(answer(&with("Phí", 0, "Điều 1", later)), Err(Refusal::AmountNotPositive));
    let past = at("2026-03-01 08:00");
    assert_eq!(answer(&with("Phí", 1, "Điều 1", past)), Err(Refusal::NotInFuture { at: past }));
}

#[test]
fn a_pause_has_a_base_an_end_and_a_leader_who_answers_for_it() {
    let world = World::new();
    let mut life = Life::examined(&world, filing());
    life.wait_until("2026-03-03 08:00");
    let (specialist, head) = (life.competent(Role::Specialist), life.competent(Role::UnitHead));
    let until = at("2026-03-05 08:00");
    let answer = life.try_act(&specialist, &pause(until));
    assert!(matches!(answer, Err(Refusal::Denied(Denial::NeedsPost { .. }))), "{answer:?}");
    let baseless = Action::Pause { reason: "Chờ".to_owned(), legal_base: String::new(), until };
    assert_eq!(life.try_act(&head, &baseless), Err(Refusal::Missing(Blank::LegalBase)));
    let far = at("2026-04-03 08:00");
    assert_eq!(life.try_act(&head, &pause(far)), Err(Refusal::PauseTooLong { days_max: 30 }));
    assert_eq!(life.try_act(&head, &pause(life.now)), Err(Refusal::NotInFuture { at: life.now }));
    life.act(&head, &pause(until));
    assert_eq!(life.dossier.open_pause().unwrap().approver, head.id());
    assert_eq!(life.try_act(&head, &pause(until)), Err(Refusal::Paused { until }));
}

#[test]
fn while_the_clock_is_paused_nothing_goes_on() {
    let world = World::new();
    let mut life = Life::examined(&world, filing());
    let (specialist, head) = (life.competent(Role::Specialist), life.competent(Role::UnitHead));
    let until = at("2026-03-05 08:00");
    life.wait_until("2026-03-03 08:00").act(&head, &pause(until));
    let proposal = propose("examine", crate::dossier::Verdict::Grant);
    assert_eq!(life.try_act(&specialist, &proposal), Err(Refusal::Paused { until }));
    assert_eq!(life.try_act(&specialist, &request_supplement()), Err(Refusal::Paused { until }));
    life.wait_until("2026-03-04 08:00").act(&specialist, &resume());
    assert_eq!(life.due(), Some(at("2026-03-10 08:00")));
    life.act(&specialist, &proposal);
}

#[test]
fn a_pause_never_lasts_longer_than_was_allowed() {
    let world = World::new();
    let mut life = Life::examined(&world, filing());
    let head = life.competent(Role::UnitHead);
    let until = at("2026-03-05 08:00");
    life.wait_until("2026-03-03 08:00").act(&head, &pause(until));
    life.wait_until("2026-03-05 07:59");
    assert_eq!(life.try_act(&Actor::System, &resume()), Err(Refusal::NotLapsed));
    life.wait_until("2026-03-06 11:00");
    assert_eq!(life.due(), Some(at("2026-03-11 08:00")), "the clock runs although nobody resumed");
    life.act(&Actor::System, &resume());
    assert_eq!(life.dossier.progress.pauses[0].ended_at, Some(until));
    assert_eq!(life.due(), Some(at("2026-03-11 08:00")));
    assert_eq!(life.try_act(&head, &resume()), Err(Refusal::NotPaused));
}

#[test]
fn an_apology_gives_one_new_date() {
    let world = World::new();
    let mut life = Life::examined(&world, filing());
    let (specialist, head) = (life.competent(Role::Specialist), life.competent(Role::UnitHead));
    life.wait_until("2026-03-06 08:00");
    let new_due = at("2026-03-12 08:00");
    assert!(matches!(life.try_act(&specialist, &extend(new_due)), Err(Refusal::Denied(_))));
    let due = at("2026-03-09 08:00");
    assert_eq!(life.try_act(&head, &extend(due)), Err(Refusal::NewDueNotLater { due }));
    let sunday = at("2026-03-15 08:00");
    assert_eq!(life.try_act(&head, &extend(sunday)), Err(Refusal::NewDueOnDayOff { at: sunday }));
    life.act(&head, &extend(new_due));
    assert_eq!(life.due(), Some(new_due));
    let extension = &life.dossier.progress.extensions[0];
    assert!(extension.in_time);
    assert_eq!(life.dossier.progress.forms.last().unwrap().kind, FormKind::Apology);
    let again = extend(at("2026-03-20 08:00"));
    assert_eq!(life.try_act(&head, &again), Err(Refusal::ExtensionUsed { max: 1 }));
}

#[test]
fn an_apology_after_the_day_before_is_recorded_as_too_late() {
    let world = World::new();
    for (when, in_time) in
        [("2026-03-06 08:00", true), ("2026-03-06 08:01", false), ("2026-03-10 08:00", false)]
    {
        let mut life = Life::examined(&world, filing());
        let head = life.competent(Role::UnitHead);
        life.wait_until(when).act(&head, &extend(at("2026-03-16 08:00")));
        assert_eq!(life.dossier.progress.extensions[0].in_time, in_time, "{when}");
    }
}

#[test]
fn late_after_an_extension_is_late_against_the_first_date() {
    let world = World::new();
    let mut life = Life::examined(&world, filing());
    let head = life.competent(Role::UnitHead);
    life.wait_until("2026-03-06 08:00").act(&head, &extend(at("2026-03-12 08:00")));
    life.wait_until("2026-03-10 08:00");
    let judged = |settings: &crate::settings::Settings| {
        time::timeliness(&life.dossier, &world.calendar, settings, life.now)
    };
    assert_eq!(judged(&world.settings), Some(Timeliness::RunningLate));
    let against_extended = crate::settings::Settings {
        overdue_against: crate::calendar::OverdueAgainst::ExtendedDue,
        ..world.settings.clone()
    };
    assert_eq!(judged(&against_extended), Some(Timeliness::RunningInTime));
}

#[test]
fn what_has_no_date_cannot_be_extended() {
    let world = World::new();
    let mut life = Life::examined(&world, Filing { limit: None, ..filing() });
    let head = life.competent(Role::UnitHead);
    assert_eq!(life.try_act(&head, &extend(at("2026-03-16 08:00"))), Err(Refusal::NoDue));
}

#[test]
fn a_dossier_is_warned_about_as_its_date_comes_near() {
    let world = World::new();
    let mut life = Life::examined(&world, filing());
    let mut warned = |when: &str| {
        life.wait_until(when);
        time::warning(&life.dossier, &world.calendar, &world.settings, life.now)
    };
    assert_eq!(warned("2026-03-03 08:00"), Warning::None);
    assert_eq!(warned("2026-03-06 08:00"), Warning::LastDay);
    assert_eq!(warned("2026-03-09 08:01"), Warning::Overdue);
}

#[test]
fn the_program_is_told_what_lapses_next_and_may_do_it_from_then_on() {
    let world = World::new();
    let mut paused = Life::examined(&world, filing());
    assert_eq!(next_lapse(&paused.dossier), None);
    let head = paused.competent(Role::UnitHead);
    paused.act(&head, &pause(at("2026-03-05 08:00")));
    let mut asked = Life::examined(&world, filing());
    let specialist = asked.competent(Role::Specialist);
    asked.act(&specialist, &request_supplement());
    for (mut life, kind, action) in
        [(paused, ActionKind::Resume, resume()), (asked, ActionKind::Stop, stop())]
    {
        let lapse = next_lapse(&life.dossier).unwrap();
        assert_eq!(lapse.kind, kind);
        life.now = lapse.from - SignedDuration::from_secs(1);
        assert_eq!(life.try_act(&Actor::System, &action), Err(Refusal::NotLapsed));
        life.now = lapse.from;
        life.act(&Actor::System, &action);
        assert_eq!(next_lapse(&life.dossier), None);
    }
}
