//! Along the electronic process (domain rules §3.4.1, §3.4.6).

use jiff::civil::date;
use uuid::Uuid;

use super::*;
use crate::access::Appointment;
use crate::dossier::custody::custody;
use crate::dossier::{Filing, TaskState, Verdict, time};
use crate::form::FormKind;
use crate::ids::PersonId;
use crate::procedure::{ProcessStep, StepAgency, StepKind};
use crate::unit::{Unit, UnitLevel, Units};

fn unit_of(life: &Life<'_>, key: &str) -> Option<String> {
    life.dossier.task(&step(key)).and_then(|task| task.unit.as_ref()).map(ToString::to_string)
}

#[test]
fn a_hand_over_from_the_desk_is_signed_for_even_inside_one_unit() {
    let world = World::new();
    let mut life = Life::forwarded(&world, filing());
    assert_eq!(life.dossier.status(), Status::Accepted);
    let head = life.competent(Role::UnitHead);
    let assign = assign("assign", Role::Specialist, COMMUNE);
    let status = Status::Accepted;
    assert_eq!(life.try_act(&head, &assign), Err(Refusal::WrongStatus { status }));
    life.wait_until("2026-03-02 08:20").act(&head, &take_over("assign"));
    assert_eq!(life.dossier.status(), Status::InProcess);
    let receipt = &life.dossier.progress.hand_overs[0];
    assert_eq!((&receipt.from_unit, &receipt.to_unit), (&unit(COMMUNE), &unit(COMMUNE)));
    assert_eq!(receipt.from_name, format!("reception {COMMUNE}"));
    assert_eq!(receipt.to_name, Some(format!("unit_head {COMMUNE}")));
    assert_eq!((receipt.given_at, receipt.taken_at), (at("2026-03-02 08:00"), Some(at("2026-03-02 08:20"))));
}

#[test]
fn the_control_slip_is_issued_with_the_first_hand_over() {
    let world = World::new();
    let life = Life::settled(&world, filing());
    let slips = life.dossier.progress.forms.iter().filter(|form| form.kind == FormKind::ControlSlip);
    assert_eq!(slips.count(), 1);
}

#[test]
fn inside_the_professional_side_of_one_unit_steps_open_at_once() {
    let world = World::new();
    let life = Life::proposed(&world, filing());
    assert!(life.dossier.task(&step("approve")).unwrap().is_active());
    assert_eq!(life.dossier.progress.hand_overs.len(), 1);
}

#[test]
fn a_head_assigns_only_officers_of_the_unit_with_the_role_of_the_step() {
    let world = World::new();
    let mut life = Life::taken_over(&world, filing_elsewhere());
    let head = life.competent(Role::UnitHead);
    let unit = unit(DEPARTMENT);
    for (role, code) in [(Role::Specialist, OTHER_DEPARTMENT), (Role::Clerk, DEPARTMENT)] {
        let answer = life.try_act(&head, &assign("assign", role, code));
        assert_eq!(answer, Err(Refusal::OfficerNotInUnit { unit: unit.clone() }));
    }
    let specialist = life.competent(Role::Specialist);
    let assign = assign("assign", Role::Specialist, DEPARTMENT);
    assert!(matches!(life.try_act(&specialist, &assign), Err(Refusal::Denied(Denial::NeedsPost { .. }))));
    life.act(&head, &assign);
    let examine = life.dossier.task(&step("examine")).unwrap();
    assert_eq!(examine.officer().map(|(id, _)| id), specialist.id());
}

#[test]
fn nobody_assigns_the_work_of_the_desk() {
    let world = World::new();
    let mut life = Life::taken_over(&world, filing());
    let head = life.competent(Role::UnitHead);
    life.act(&head, &send_back("assign", "receive"));
    let desk = life.desk(Role::Reception);
    life.act(&desk, &take_over("receive"));
    let answer = life.try_act(&head, &assign("receive", Role::Reception, COMMUNE));
    assert_eq!(answer, Err(Refusal::NotAssignable { step: step("receive") }));
}

#[test]
fn only_the_specialist_in_charge_proposes() {
    let world = World::new();
    let mut life = Life::taken_over(&world, filing());
    let head = life.competent(Role::UnitHead);
    life.act(&head, &forward("assign"));
    let (specialist, other) = (life.competent(Role::Specialist), colleague(Role::Specialist, COMMUNE));
    let proposal = propose("examine", Verdict::Grant);
    assert_eq!(life.try_act(&specialist, &proposal), Err(Denial::NotAssigned.into()));
    life.act(&head, &assign("examine", Role::Specialist, COMMUNE));
    let officer_name = format!("specialist {COMMUNE}");
    assert_eq!(life.try_act(&other, &proposal), Err(Denial::NotInCharge { officer_name }.into()));
    assert!(matches!(life.try_act(&head, &proposal), Err(Refusal::Denied(Denial::NeedsPost { .. }))));
    life.act(&specialist, &proposal);
    assert_eq!(life.dossier.progress.proposals[0].by, format!("specialist {COMMUNE}"));
}

#[test]
fn a_specialist_who_signs_for_a_step_is_in_charge_of_it_and_a_head_is_not() {
    let world = World::new();
    for (role, in_charge) in [(Role::Specialist, true), (Role::UnitHead, false)] {
        let mut life = Life::examined(&world, filing_in_parallel());
        let taker = officer(role, OTHER_DEPARTMENT);
        life.act(&taker, &take_over("opinion"));
        let task = life.dossier.task(&step("opinion")).unwrap();
        assert_eq!(task.officer().is_some(), in_charge);
    }
}

#[test]
fn a_step_ends_in_its_own_way() {
    let world = World::new();
    let mut life = Life::examined(&world, filing());
    let specialist = life.competent(Role::Specialist);
    let otherwise = |action| Err(Refusal::StepEndsOtherwise { step: step("examine"), action });
    let propose_it = crate::dossier::ActionKind::Propose;
    assert_eq!(life.try_act(&specialist, &forward("examine")), otherwise(propose_it));
    assert_eq!(life.try_act(&specialist, &settle("examine", Verdict::Grant)), otherwise(propose_it));
    let inactive = Err(Refusal::StepNotActive { step: step("sign") });
    assert_eq!(life.try_act(&specialist, &settle("sign", Verdict::Grant)), inactive);
    let unknown = Err(Refusal::UnknownStep { step: step("khac") });
    assert_eq!(life.try_act(&specialist, &forward("khac")), unknown);
}

#[test]
fn a_step_goes_back_only_to_an_earlier_one_that_was_done_and_what_followed_is_done_anew() {
    let world = World::new();
    let mut life = Life::approved(&world, filing());
    let leader = life.competent(Role::SigningLeader);
    let not_earlier = Err(Refusal::NotAnEarlierStep { step: step("return") });
    assert_eq!(life.try_act(&leader, &send_back("sign", "return")), not_earlier);
    let not_earlier = Err(Refusal::NotAnEarlierStep { step: step("sign") });
    assert_eq!(life.try_act(&leader, &send_back("sign", "sign")), not_earlier);
    life.act(&leader, &send_back("sign", "examine"));
    let state = |key: &str| &life.dossier.task(&step(key)).unwrap().state;
    assert!(matches!(state("examine"), TaskState::Active { officer: None, .. }));
    assert!(matches!((state("approve"), state("sign")), (TaskState::Waiting, TaskState::Waiting)));
    assert_eq!(life.dossier.progress.proposals, Vec::new());
}

#[test]
fn nothing_goes_back_to_what_runs_beside_it() {
    let world = World::new();
    let mut life = Life::examined(&world, filing_in_parallel());
    let (lead, other) = (life.competent(Role::Specialist), officer(Role::Specialist, OTHER_DEPARTMENT));
    life.act(&other, &take_over("opinion")).act(&other, &forward("opinion"));
    let not_earlier = Err(Refusal::NotAnEarlierStep { step: step("opinion") });
    assert_eq!(life.try_act(&lead, &send_back("examine", "opinion")), not_earlier);
}

#[test]
fn back_to_another_unit_needs_a_signature_as_well() {
    let world = World::new();
    let mut life = Life::taken_over(&world, filing_elsewhere());
    let head = life.competent(Role::UnitHead);
    life.act(&head, &send_back("assign", "receive"));
    assert!(life.dossier.task(&step("receive")).unwrap().is_offered());
    assert_eq!(life.dossier.status(), Status::InProcess);
    let desk = life.desk(Role::Reception);
    life.act(&desk, &take_over("receive")).act(&desk, &forward("receive"));
    life.act(&head, &take_over("assign"));
    assert_eq!(life.dossier.progress.hand_overs.len(), 3);
}

#[test]
fn a_head_approves_what_was_proposed_and_nothing_else() {
    let world = World::new();
    let mut process = filing_in_parallel().process;
    for known in &mut process.steps {
        // Examination and approval side by side: a process somebody drew badly.
        if known.kind == StepKind::Approve {
            known.after = vec![step("assign")];
        } else if known.kind == StepKind::Sign {
            known.after = vec![step("approve"), step("examine"), step("opinion")];
        }
    }
    let mut life = Life::examined(&world, Filing { process, ..filing_at_centre() });
    let head = life.competent(Role::UnitHead);
    life.act(&head, &approve("approve"));

    let mut usual = Life::proposed(&world, filing());
    let head = usual.competent(Role::UnitHead);
    usual.dossier.progress.proposals.clear();
    assert_eq!(usual.try_act(&head, &approve("approve")), Err(Refusal::NothingProposed));
}

#[test]
fn agencies_work_side_by_side_and_the_next_step_waits_for_all() {
    let world = World::new();
    let mut life = Life::proposed_alone(&world);
    assert!(!life.dossier.task(&step("approve")).unwrap().is_active());
    let other = officer(Role::Specialist, OTHER_DEPARTMENT);
    life.act(&other, &take_over("opinion"));
    let wordless = Action::Forward { step: step("opinion"), note: " ".to_owned() };
    assert_eq!(life.try_act(&other, &wordless), Err(Refusal::Missing(Blank::Opinion)));
    life.act(&other, &forward("opinion"));
    // What comes back from the other agency is signed for like any hand-over.
    let head = life.competent(Role::UnitHead);
    life.act(&head, &take_over("approve")).act(&head, &approve("approve"));
}

#[test]
fn steps_go_to_the_agencies_that_the_process_names() {
    let world = World::new();
    let mut process = filing().process;
    let sign = process.steps.iter_mut().find(|step| step.kind == StepKind::Sign).unwrap();
    sign.agency = StepAgency::Level(UnitLevel::Province);
    let mut life = Life::approved(&world, Filing { process, ..filing() });
    assert_eq!(unit_of(&life, "sign"), Some(PROVINCE.to_owned()));
    assert!(life.dossier.task(&step("sign")).unwrap().is_offered());
    let leader = officer(Role::SigningLeader, PROVINCE);
    let unsigned = Err(Refusal::StepNotTakenOver { step: step("sign") });
    assert_eq!(life.try_act(&leader, &settle("sign", Verdict::Grant)), unsigned);
    life.act(&leader, &take_over("sign")).act(&leader, &settle("sign", Verdict::Grant));
    assert_eq!(unit_of(&life, "return"), Some(COMMUNE.to_owned()));
}

#[test]
fn a_step_whose_agency_does_not_exist_is_not_opened() {
    let world = World::new();
    let mut process = filing().process;
    let sign = process.steps.iter_mut().find(|step| step.kind == StepKind::Sign).unwrap();
    sign.agency = StepAgency::Level(UnitLevel::District);
    let mut life = Life::proposed(&world, Filing { process, ..filing() });
    let head = life.competent(Role::UnitHead);
    assert_eq!(life.try_act(&head, &approve("approve")), Err(Refusal::NoUnitForStep { step: step("sign") }));
}

/// Until 30 June 2025 a commune stood under a district: a dossier of that time goes there.
#[test]
fn a_dossier_of_may_2025_finds_the_district_of_its_commune() {
    const DISTRICT: &str = "H99.30";
    let stretch = |code: &str, level, parent: Option<&str>, from, to| {
        let mut one = Unit::new(unit(code), code, level, parent.map(unit), from);
        one.valid_to = to;
        one
    };
    let (long_ago, last, first) = (date(2010, 1, 1), date(2025, 6, 30), date(2025, 7, 1));
    let units = vec![
        stretch(PROVINCE, UnitLevel::Province, None, long_ago, None),
        stretch(DISTRICT, UnitLevel::District, Some(PROVINCE), long_ago, Some(last)),
        stretch(COMMUNE, UnitLevel::Commune, Some(DISTRICT), long_ago, Some(last)),
        stretch(COMMUNE, UnitLevel::Commune, Some(PROVINCE), first, None),
    ];
    let world = World { units: Units::new(units).unwrap(), ..World::new() };
    let mut process = filing().process;
    let sign = process.steps.iter_mut().find(|step| step.kind == StepKind::Sign).unwrap();
    sign.agency = StepAgency::Level(UnitLevel::District);
    let approved = |day: &str| {
        let mut life = Life::filed_at(&world, Filing { process: process.clone(), ..filing() }, day);
        let (desk, head) = (life.desk(Role::Reception), life.competent(Role::UnitHead));
        let specialist = life.competent(Role::Specialist);
        life.act(&desk, &accept()).act(&desk, &forward("receive")).act(&head, &take_over("assign"));
        life.act(&head, &assign("assign", Role::Specialist, COMMUNE));
        life.act(&specialist, &propose("examine", Verdict::Grant));
        let answer = life.try_act(&head, &approve("approve"));
        (life, answer)
    };
    let (mut life, answer) = approved("2025-05-05 08:00");
    assert_eq!(answer, Ok(()));
    assert_eq!(unit_of(&life, "sign"), Some(DISTRICT.to_owned()));
    let leader = Actor::Officer {
        id: PersonId::new(Uuid::from_u128(77)),
        name: "Chủ tịch huyện".to_owned(),
        appointments: vec![Appointment { unit: unit(DISTRICT), role: Role::SigningLeader }],
    };
    life.act(&leader, &take_over("sign")).act(&leader, &settle("sign", Verdict::Grant));
    assert_eq!(unit_of(&life, "return"), Some(COMMUNE.to_owned()));
    // Returned when districts were no more: the slip still names the one that signed.
    let returner = life.desk(Role::ResultReturner);
    life.wait_until("2025-07-02 08:00").act(&returner, &hand_back());
    assert_eq!(life.dossier.status(), Status::Returned);
    let stays = custody(&life.dossier, &world.settings, |_| &world.calendar, life.due(), life.now);
    assert!(stays.iter().any(|stay| stay.unit == unit(DISTRICT)));
    assert!(world.units.latest(&unit(DISTRICT)).is_some());

    let (_, answer) = approved("2025-07-02 08:00");
    assert_eq!(answer, Err(Refusal::NoUnitForStep { step: step("sign") }));
}

#[test]
fn where_several_agencies_sign_the_competent_one_settles_last() {
    let world = World::new();
    let mut process = filing_in_parallel().process;
    let sign_too = ProcessStep {
        key: step("sign-too"),
        name: None,
        kind: StepKind::Sign,
        agency: StepAgency::Unit(unit(OTHER_DEPARTMENT)),
        role: Role::SigningLeader,
        limit: None,
        after: vec![step("opinion")],
        lead: false,
    };
    for known in &mut process.steps {
        match known.kind {
            StepKind::Approve => known.after = vec![step("examine")],
            StepKind::Return => known.after.push(step("sign-too")),
            StepKind::Receive | StepKind::Assign | StepKind::Examine | StepKind::Opinion | StepKind::Sign => {
            }
        }
    }
    process.steps.insert(process.steps.len() - 1, sign_too);
    assert_eq!(process.defects(), Vec::new());
    let mut life = Life::approved(&world, Filing { process, ..filing_at_centre() });
    let (leader, other) =
        (life.competent(Role::SigningLeader), officer(Role::SigningLeader, OTHER_DEPARTMENT));
    let open = vec![step("opinion"), step("sign-too")];
    let granted = settle("sign", Verdict::Grant);
    assert_eq!(life.try_act(&leader, &granted), Err(Refusal::BranchesOpen { steps: open }));
    let specialist = officer(Role::Specialist, OTHER_DEPARTMENT);
    life.act(&specialist, &take_over("opinion")).act(&specialist, &forward("opinion"));
    let forward_it = crate::dossier::ActionKind::Forward;
    assert_eq!(
        life.try_act(&other, &settle("sign-too", Verdict::Grant)),
        Err(Refusal::StepEndsOtherwise { step: step("sign-too"), action: forward_it })
    );
    life.act(&other, &forward("sign-too")).act(&leader, &granted);
    assert_eq!(life.dossier.status(), Status::Settled);
}

#[test]
fn lateness_belongs_to_whoever_held_the_dossier() {
    let world = World::new();
    let mut process = filing().process;
    for known in &mut process.steps {
        known.limit = (known.kind == StepKind::Examine).then_some(crate::calendar::Limit::WorkingHours(4));
    }
    let mut life = Life::forwarded(&world, Filing { process, ..filing_elsewhere() });
    let (head, specialist) = (life.competent(Role::UnitHead), life.competent(Role::Specialist));
    life.wait_until("2026-03-02 09:00").act(&head, &take_over("assign"));
    life.act(&head, &assign("assign", Role::Specialist, DEPARTMENT));
    let due = time::step_due(&life.dossier, &step("examine"), &world.calendar, life.now);
    assert_eq!(due, Some(at("2026-03-02 15:00")));
    life.wait_until("2026-03-02 16:00").act(&specialist, &propose("examine", Verdict::Grant));

    let stays =
        custody(&life.dossier, &world.settings, |_| &world.calendar, Some(at("2026-03-02 15:30")), life.now);
    let find = |key: &str| stays.iter().find(|stay| stay.step == step(key)).unwrap();
    let (received, assigned, examined) = (find("receive"), find("assign"), find("examine"));
    assert_eq!((&received.unit, received.used_minutes, received.late), (&unit(COMMUNE), 0, false));
    assert_eq!((&assigned.unit, assigned.unsigned_minutes), (&unit(DEPARTMENT), 60));
    assert_eq!((examined.allotted_minutes, examined.used_minutes), (Some(240), 300));
    assert!(examined.late && !assigned.late);
    assert_eq!((examined.overdue_minutes, assigned.overdue_minutes), (30, 0));

    // A pause that came afterwards gives the step no time.
    life.act(&head, &pause(at("2026-03-06 08:00"))).wait_until("2026-03-06 08:00").act(&head, &resume());
    let stays = custody(&life.dossier, &world.settings, |_| &world.calendar, life.due(), life.now);
    assert!(stays.iter().find(|stay| stay.step == step("examine")).unwrap().late);
    assert_eq!(stays.last().unwrap().used_minutes, 0);
}

#[test]
fn where_agencies_examine_side_by_side_only_the_lead_turns_to_the_applicant() {
    let world = World::new();
    let mut process = filing_in_parallel().process;
    for known in &mut process.steps {
        if known.key == step("opinion") {
            known.kind = StepKind::Examine;
        }
    }
    let mut life = Life::examined(&world, Filing { process, ..filing_at_centre() });
    let other = officer(Role::Specialist, OTHER_DEPARTMENT);
    life.act(&other, &take_over("opinion"));
    let answer = life.try_act(&other, &request_supplement());
    assert!(matches!(answer, Err(Refusal::Denied(Denial::NeedsPost { .. }))), "{answer:?}");
    let (lead, head) = (life.competent(Role::Specialist), officer(Role::UnitHead, OTHER_DEPARTMENT));
    assert!(life.ask(&head, &pause(at("2026-03-06 08:00"))).is_err());
    assert!(life.ask(&lead, &request_supplement()).is_ok());
    life.act(&other, &propose("opinion", Verdict::Reject)).act(&lead, &propose("examine", Verdict::Grant));
    let verdicts: Vec<Verdict> =
        life.dossier.progress.proposals.iter().map(|proposal| proposal.verdict).collect();
    assert_eq!(verdicts, [Verdict::Reject, Verdict::Grant], "each agency keeps its own proposal");
}

#[test]
fn the_time_of_a_step_stands_while_the_applicant_is_waited_for() {
    let world = World::new();
    let mut process = filing().process;
    for known in &mut process.steps {
        known.limit = (known.kind == StepKind::Examine).then_some(crate::calendar::Limit::WorkingDays(1));
    }
    let mut life = Life::examined(&world, Filing { process, ..filing() });
    let specialist = life.competent(Role::Specialist);
    life.wait_until("2026-03-02 10:00").act(&specialist, &request_supplement());
    life.wait_until("2026-03-04 10:00").act(&owner(), &answer_supplement(20));
    let due = time::step_due(&life.dossier, &step("examine"), &world.calendar, life.now);
    assert_eq!(due, Some(at("2026-03-05 08:00")));
}

#[test]
fn what_is_accepted_after_three_goes_to_the_unit_early_the_next_day() {
    let world = World::new();
    for (accepted, handed_over) in
        [("2026-03-02 15:00", "2026-03-02 17:00"), ("2026-03-02 15:01", "2026-03-03 07:30")]
    {
        let mut life = Life::filed(&world, filing());
        let desk = life.desk(Role::Reception);
        life.wait_until(accepted).act(&desk, &accept());
        let held = life.dossier.progress.holdings.last().unwrap();
        let due = time::hand_over_due(&life.dossier, held, &world.calendar, &world.settings);
        assert_eq!(due, Some(at(handed_over)), "{accepted}");
        let clock = time::clock(&life.dossier, &world.calendar, life.now).unwrap();
        assert_eq!(
            clock.started_at,
            at(accepted),
            "the clock of the dossier starts with the receipt all the same"
        );
    }
}

#[test]
fn a_late_hand_over_is_the_desks_and_what_it_waited_for_is_not() {
    let world = World::new();
    let at_desk = |life: &Life<'_>| {
        let stays = custody(&life.dossier, &world.settings, |_| &world.calendar, life.due(), life.now);
        stays.into_iter().find(|stay| stay.step == step("receive")).unwrap()
    };
    let mut life = Life::filed(&world, filing());
    let desk = life.desk(Role::Reception);
    assert_eq!(at_desk(&life).due, None, "nothing is to be handed over before it was accepted");
    life.wait_until("2026-03-02 10:00").act(&desk, &accept());
    life.wait_until("2026-03-02 17:00");
    assert!(!at_desk(&life).late_hand_over, "the whole day is the desk's");
    life.wait_until("2026-03-03 09:00");
    let late = at_desk(&life);
    assert_eq!((late.due, late.late_hand_over, late.late), (Some(at("2026-03-02 17:00")), true, true));
    life.act(&desk, &forward("receive")).wait_until("2026-03-05 09:00");
    let stays = custody(&life.dossier, &world.settings, |_| &world.calendar, life.due(), life.now);
    let whose: Vec<(&str, bool)> =
        stays.iter().map(|stay| (stay.step.as_str(), stay.late_hand_over)).collect();
    assert_eq!(whose, [("receive", true), ("assign", false)], "it stays late, and only the desk's");

    let mut life = Life::accepted(&world, filing());
    life.act(&desk, &request_supplement());
    life.wait_until("2026-03-04 09:00");
    assert_eq!(at_desk(&life).due, None, "the applicant has it");
    life.act(&owner(), &answer_supplement(20));
    if life.dossier.progress.accepted_at.is_some() {
        assert_eq!(at_desk(&life).due, Some(at("2026-03-04 17:00")));
    }
}

#[test]
fn an_online_submission_is_answered_within_eight_working_hours() {
    let world = World::new();
    let life = Life::filed(&world, filing());
    let due = |life: &Life<'_>| time::intake_due(&life.dossier, &world.calendar, &world.settings);
    assert_eq!(due(&life), Some(at("2026-03-03 08:30")));
    assert_eq!(due(&Life::accepted(&world, filing())), None);
    let counter = Filing { channel: crate::dossier::Channel::Counter, ..filing() };
    assert_eq!(due(&Life::filed(&world, counter)), None);
}
