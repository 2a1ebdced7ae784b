//! Filing, accepting, refusing, finding the competent unit (domain rules §3.3).

use super::*;
use crate::dossier::decide::file;
use crate::dossier::{Channel, DossierCode, Filing, Representative, Stage};
use crate::form::FormKind;
use crate::procedure::{ElectronicProcess, StepKind};

fn try_file(actor: &Actor, filing: Filing) -> Result<(), Refusal> {
    let world = World::new();
    let code: DossierCode = "H99-260302-0001".parse().unwrap();
    file(&world.ctx(actor, at("2026-03-02 08:00"), 0), &code, filing).map(|_| ())
}

#[test]
fn an_applicant_files_online_for_nobody_else() {
    assert_eq!(try_file(&owner(), filing()), Ok(()));
    assert_eq!(try_file(&stranger(), filing()), Err(Denial::NotYourDossier.into()));
    assert_eq!(try_file(&Actor::System, filing()), Err(Denial::ProgramDoesNotDecide.into()));
}

#[test]
fn the_desk_files_what_comes_to_its_counter_and_no_other_desk_does() {
    let at_counter = || Filing { channel: Channel::Counter, owner: None, ..filing() };
    assert_eq!(try_file(&officer(Role::Reception, COMMUNE), at_counter()), Ok(()));
    for other in [officer(Role::Specialist, COMMUNE), officer(Role::Reception, OTHER_COMMUNE), owner()] {
        let answer = try_file(&other, at_counter());
        assert!(matches!(answer, Err(Refusal::Denied(Denial::NeedsPost { .. }))), "{answer:?}");
    }
}

#[test]
fn a_helper_files_with_the_owners_consent() {
    let representative = |consent: &str| {
        let capacity = "Tổ công nghệ số cộng đồng".to_owned();
        let identity = crate::dossier::Identity::default();
        Some(Representative {
            name: "Lê Văn Giúp".to_owned(),
            identity,
            capacity,
            consent: consent.to_owned(),
        })
    };
    let assisted =
        |representative| Filing { channel: Channel::Assisted, owner: None, representative, ..filing() };
    assert_eq!(try_file(&stranger(), assisted(representative("Đồng ý, bản 2026-01"))), Ok(()));
    assert_eq!(try_file(&stranger(), assisted(representative(" "))), Err(Refusal::Missing(Blank::Consent)));
    assert_eq!(try_file(&stranger(), assisted(None)), Err(Denial::NotYourDossier.into()));
}

#[test]
fn a_filing_that_no_desk_could_work_with_is_refused() {
    let nameless = |mut filing: Filing| {
        filing.applicant.name = "  ".to_owned();
        filing
    };
    let fileless = Filing { process: ElectronicProcess { steps: Vec::new() }, ..filing() };
    let mut unsigned = ElectronicProcess::default_process();
    unsigned.steps.retain(|step| step.kind != StepKind::Sign);
    unsigned.steps.iter_mut().rfind(|_| true).unwrap().after = vec![step("approve")];
    assert_eq!(unsigned.defects(), Vec::new());

    let missing = |blank| Err(Refusal::Missing(blank));
    assert_eq!(try_file(&owner(), nameless(filing())), missing(Blank::ApplicantName));
    assert_eq!(try_file(&owner(), Filing { subject: String::new(), ..filing() }), missing(Blank::Subject));
    assert_eq!(try_file(&owner(), Filing { sets: 0, ..filing() }), Err(Refusal::NoSets));
    assert_eq!(try_file(&owner(), fileless), Err(Refusal::ProcessUnusable));
    assert_eq!(try_file(&owner(), Filing { process: unsigned, ..filing() }), Err(Refusal::ProcessUnusable));
    let unknown = Filing { competent_unit: Some(unit("H98.1")), ..filing() };
    assert_eq!(try_file(&owner(), unknown), Err(Refusal::UnknownUnit { unit: unit("H98.1") }));
    let odd = Filing { papers: vec![paper(1, Some("ho-chieu"))], ..filing() };
    let component = "ho-chieu".parse().unwrap();
    assert_eq!(try_file(&owner(), odd), Err(Refusal::UnknownComponent { component }));
    let twice = Filing { papers: vec![paper(1, None), paper(1, None)], ..filing() };
    assert_eq!(try_file(&owner(), twice), Err(Refusal::IdTwice));
}

#[test]
fn what_comes_by_post_was_submitted_when_the_post_handed_it_over() {
    let posted = |when: &str| Filing { channel: Channel::Post, posted_at: Some(at(when)), ..filing() };
    let world = World::new();
    let life = Life::filed(&world, posted("2026-02-27 16:00"));
    assert_eq!(life.dossier.progress.submitted_at, at("2026-02-27 16:00"));
    let desk = officer(Role::Reception, COMMUNE);
    assert_eq!(
        try_file(&desk, posted("2026-03-02 08:01")),
        Err(Refusal::InFuture { at: at("2026-03-02 08:01") })
    );
}

#[test]
fn accepting_issues_the_receipt_and_starts_the_clock() {
    let world = World::new();
    let mut life = Life::filed(&world, filing());
    life.wait_until("2026-03-02 09:30");
    assert_eq!(life.due(), None);
    let desk = life.desk(Role::Reception);
    life.act(&desk, &accept());
    assert_eq!(life.dossier.status(), Status::Accepted);
    assert_eq!(life.due(), Some(at("2026-03-09 09:30")));
    let receipt = &life.dossier.progress.forms[0];
    assert_eq!((receipt.kind, receipt.number, &receipt.unit), (FormKind::Receipt, 7, &unit(COMMUNE)));
    assert_eq!(receipt.entry, 3);
}

#[test]
fn an_action_whose_form_got_no_number_changes_nothing() {
    let world = World::new();
    let life = Life::filed(&world, filing());
    let desk = life.desk(Role::Reception);
    let ctx = crate::dossier::Ctx { form_number: None, ..world.ctx(&desk, life.now, 1) };
    let answer = crate::dossier::decide::decide(&ctx, &life.dossier, &accept());
    assert_eq!(answer.unwrap_err(), Refusal::FormNumberMissing);
}

#[test]
fn refusing_is_possible_only_before_acceptance_and_needs_reason_and_base() {
    let world = World::new();
    let mut life = Life::filed(&world, filing());
    let desk = life.desk(Role::Reception);
    let blank = |reason: &str, legal_base: &str| Action::Refuse {
        reason: reason.to_owned(),
        legal_base: legal_base.to_owned(),
    };
    assert_eq!(life.try_act(&desk, &blank(" ", "Điều 1")), Err(Refusal::Missing(Blank::Reason)));
    assert_eq!(life.try_act(&desk, &blank("Lý do", "")), Err(Refusal::Missing(Blank::LegalBase)));
    life.act(&desk, &refuse());
    assert_eq!(life.dossier.status(), Status::Refused);
    assert_eq!(life.dossier.progress.forms[0].kind, FormKind::Refusal);

    let mut accepted = Life::accepted(&world, filing());
    let status = Status::Accepted;
    assert_eq!(accepted.try_act(&desk, &refuse()), Err(Refusal::WrongStatus { status }));
}

#[test]
fn the_clock_of_a_dossier_handed_in_elsewhere_starts_when_the_competent_unit_signs_for_it() {
    let world = World::new();
    let mut life = Life::forwarded(&world, filing_elsewhere());
    assert!(life.dossier.progress.non_territorial);
    assert_eq!((life.due(), life.dossier.progress.due), (None, None));
    life.wait_until("2026-03-04 10:00");
    let head = life.competent(Role::UnitHead);
    life.act(&head, &take_over("assign"));
    assert_eq!(life.dossier.status(), Status::InProcess);
    assert_eq!(life.due(), Some(at("2026-03-11 10:00")));
    assert_eq!(life.dossier.progress.due, life.due());
}

#[test]
fn the_centre_of_the_province_is_the_desk_of_its_departments() {
    let world = World::new();
    let life = Life::accepted(&world, filing_at_centre());
    assert!(!life.dossier.progress.non_territorial);
    assert_eq!(life.due(), Some(at("2026-03-09 08:00")));
}

#[test]
fn a_dossier_whose_competent_unit_nobody_knows_waits_for_the_dispatcher() {
    let world = World::new();
    let mut life = Life::accepted(&world, Filing { competent_unit: None, ..filing() });
    let desk = life.desk(Role::Reception);
    assert_eq!(life.due(), None);
    assert_eq!(life.try_act(&desk, &forward("receive")), Err(Refusal::CompetentUnitUnknown));
    let dispatcher = life.desk(Role::Dispatcher);
    let dispatch = |code: &str| Action::Dispatch { unit: unit(code), note: String::new() };
    let unknown = Refusal::UnknownUnit { unit: unit("H98.1") };
    assert_eq!(life.try_act(&dispatcher, &dispatch("H98.1")), Err(unknown));
    life.act(&dispatcher, &dispatch(COMMUNE));
    assert_eq!(life.due(), Some(at("2026-03-09 08:00")));
    life.act(&dispatcher, &dispatch(DEPARTMENT));
    assert_eq!(life.due(), None);
    life.act(&desk, &forward("receive"));
    assert_eq!(life.try_act(&dispatcher, &dispatch(COMMUNE)), Err(Refusal::CompetentUnitFixed));
}

#[test]
fn a_dossier_sent_to_the_wrong_unit_comes_back_unsigned_and_is_dispatched_anew() {
    let world = World::new();
    let mut life = Life::forwarded(&world, filing_elsewhere());
    let head = life.competent(Role::UnitHead);
    life.act(&head, &send_back("assign", "receive"));
    assert_eq!(life.dossier.status(), Status::Accepted);
    let receipts = &life.dossier.progress.hand_overs;
    assert!(receipts[0].taken_back_at.is_some());
    let desk = life.desk(Role::Reception);
    let dispatcher = life.desk(Role::Dispatcher);
    life.act(&desk, &take_over("receive"));
    life.act(&dispatcher, &Action::Dispatch { unit: unit(OTHER_DEPARTMENT), note: String::new() });
    life.act(&desk, &forward("receive"));
    let task = life.dossier.task(&step("assign")).unwrap();
    assert_eq!(task.unit, Some(unit(OTHER_DEPARTMENT)));
}

#[test]
fn a_dossier_that_went_to_the_wrong_unit_starts_anew_at_the_right_one() {
    let world = World::new();
    let mut life = Life::taken_over(&world, filing_elsewhere());
    let wrong = life.competent(Role::UnitHead);
    assert_eq!(life.due(), Some(at("2026-03-09 08:00")));
    life.wait_until("2026-03-03 08:00").act(&wrong, &send_back("assign", "receive"));
    let (desk, dispatcher) = (life.desk(Role::Reception), life.desk(Role::Dispatcher));
    life.act(&desk, &take_over("receive"));
    life.act(&dispatcher, &Action::Dispatch { unit: unit(OTHER_DEPARTMENT), note: String::new() });
    assert_eq!((life.due(), life.dossier.progress.due), (None, None));
    life.act(&desk, &forward("receive"));
    assert_eq!(
        life.dossier.progress.forwarded_at,
        Some(at("2026-03-02 08:00")),
        "first handed over when it was"
    );
    let right = life.competent(Role::UnitHead);
    life.wait_until("2026-03-04 08:00").act(&right, &take_over("assign"));
    assert_eq!(life.due(), Some(at("2026-03-11 08:00")));
}

#[test]
fn the_desk_sees_which_papers_are_missing() {
    let world = World::new();
    let mut life = Life::filed(&world, filing());
    let missing =
        |life: &Life<'_>| life.dossier.missing_components().map(|asked| asked.key.to_string()).collect();
    let keys: Vec<String> = missing(&life);
    assert_eq!(keys, ["giay-chung-sinh"]);
    let desk = life.desk(Role::Reception);
    life.act(&desk, &Action::AddPaper { paper: Box::new(paper(2, Some("giay-chung-sinh"))) });
    let keys: Vec<String> = missing(&life);
    assert_eq!(keys, Vec::<String>::new());
}

#[test]
fn a_supplement_asked_at_intake_leads_back_to_registered() {
    let world = World::new();
    let mut life = Life::filed(&world, filing());
    let desk = life.desk(Role::Reception);
    life.act(&desk, &request_supplement());
    assert_eq!(life.dossier.status(), Status::AwaitingSupplement);
    assert_eq!(life.dossier.progress.supplements[0].stage, Stage::Intake);
    assert_eq!(life.dossier.progress.forms[0].kind, FormKind::SupplementRequest);
    life.wait_until("2026-03-05 14:00").act(&owner(), &answer_supplement(20));
    assert_eq!(life.dossier.status(), Status::Registered);
    life.act(&desk, &accept());
    assert_eq!(life.due(), Some(at("2026-03-12 14:00")));
}
