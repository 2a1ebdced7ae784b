//! Tests of the electronic process.

use proptest::prelude::*;

use super::*;

fn key(text: &str) -> StepKey {
    text.parse().expect("a key")
}

fn step(name: &str, kind: StepKind, after: &[&str]) -> ProcessStep {
    ProcessStep {
        key: key(name),
        name: None,
        kind,
        agency: StepAgency::Competent,
        role: Role::Specialist,
        limit: None,
        after: after.iter().map(|name| key(name)).collect(),
        lead: false,
    }
}

fn process(steps: Vec<ProcessStep>) -> ElectronicProcess {
    ElectronicProcess { steps }
}

/// A land dossier: the department examines while tax and planning answer, then somebody signs.
fn in_parallel(leads: &[&str]) -> ElectronicProcess {
    let mut steps = vec![
        step("receive", StepKind::Receive, &[]),
        step("land", StepKind::Examine, &["receive"]),
        step("tax", StepKind::Opinion, &["receive"]),
        step("planning", StepKind::Opinion, &["receive"]),
        step("sign", StepKind::Sign, &["land", "tax", "planning"]),
        step("return", StepKind::Return, &["sign"]),
    ];
    for step in &mut steps {
        step.lead = leads.contains(&step.key.as_str());
    }
    process(steps)
}

#[test]
fn the_default_process_can_be_followed_from_reception_to_return() {
    let process = ElectronicProcess::default_process();
    assert_eq!(process.defects(), []);
    let mut walked = Vec::new();
    let mut at = process.first().cloned();
    while let Some(step) = at {
        at = process.ready_after(&step.key, |_| false).next().cloned();
        walked.push(step.key);
    }
    let walked: Vec<&str> = walked.iter().map(StepKey::as_str).collect();
    assert_eq!(walked, ["receive", "assign", "examine", "approve", "sign", "return"]);
}

#[test]
fn a_join_waits_for_every_branch() {
    let process = in_parallel(&["land"]);
    assert_eq!(process.defects(), []);
    let ready = |just_done: &str, done: &[&str]| -> Vec<String> {
        let done: Vec<StepKey> = done.iter().map(|name| key(name)).collect();
        let just_done = key(just_done);
        process.ready_after(&just_done, |step| done.contains(step)).map(|step| step.key.to_string()).collect()
    };
    assert_eq!(ready("receive", &[]), ["land", "tax", "planning"]);
    assert_eq!(ready("land", &["tax"]), Vec::<String>::new());
    assert_eq!(ready("planning", &["tax", "land"]), ["sign"]);
    let sign = key("sign");
    let before: Vec<&str> = process.before(&sign).into_iter().map(StepKey::as_str).collect();
    assert_eq!(before, ["land", "planning", "receive", "tax"]);
}

#[test]
fn agencies_that_work_at_the_same_time_have_one_lead() {
    assert_eq!(in_parallel(&[]).defects(), [ProcessDefect::NoLead(key("receive"))]);
    assert_eq!(in_parallel(&["land", "tax"]).defects(), [ProcessDefect::SeveralLeads(key("receive"))]);
    assert_eq!(in_parallel(&["land", "sign"]).defects(), [ProcessDefect::LeadsNothing(key("sign"))]);
}

#[test]
fn defects_of_keys_are_named_at_once() {
    assert_eq!(process(vec![]).defects(), [ProcessDefect::NoStep]);
    let res = process(vec![step("a", StepKind::Receive, &[]), step("a", StepKind::Return, &["b", "a", "a"])]);
    assert_eq!(
        res.defects(),
        [
            ProcessDefect::KeyTwice(key("a")),
            ProcessDefect::UnknownStep { step: key("a"), after: key("b") },
            ProcessDefect::AfterTwice { step: key("a"), after: key("a") },
        ]
    );
}

#[test]
fn steps_that_wait_for_each_other_are_named() {
    let res = process(vec![
        step("a", StepKind::Receive, &["c"]),
        step("b", StepKind::Examine, &["a"]),
        step("c", StepKind::Sign, &["b"]),
    ]);
    assert_eq!(
        res.defects(),
        [
            ProcessDefect::Cycle(vec![key("a"), key("b"), key("c")]),
            ProcessDefect::NoStart,
            ProcessDefect::NoReturn,
            ProcessDefect::ReceivesAgain(key("a")),
        ]
    );
}

#[test]
fn defects_of_both_ends_are_named_at_once() {
    let mut idle = step("b", StepKind::Examine, &[]);
    idle.role = Role::Auditor;
    let res = process(vec![
        step("a", StepKind::Receive, &[]),
        idle,
        step("r", StepKind::Return, &["a"]),
        step("s", StepKind::Return, &["r"]),
    ]);
    assert_eq!(
        res.defects(),
        [
            ProcessDefect::SeveralStarts(vec![key("a"), key("b")]),
            ProcessDefect::SeveralReturns(vec![key("r"), key("s")]),
            ProcessDefect::StartDoesNotReceive(key("b")),
            ProcessDefect::IdleRole { step: key("b"), role: Role::Auditor },
            ProcessDefect::DeadEnd(key("b")),
            ProcessDefect::AfterReturn(key("s")),
        ]
    );
}

/// Processes that can mostly be followed: each step waits for one or two earlier ones.
fn any_process() -> impl Strategy<Value = ElectronicProcess> {
    let any_step =
        (1..StepKind::ALL.len(), prop::collection::vec(any::<prop::sample::Index>(), 0..3), any::<bool>());
    prop::collection::vec(any_step, 0..6).prop_map(|plan| {
        let last = plan.len();
        let steps = plan.into_iter().enumerate().map(|(i, (kind, after, lead))| {
            let after: BTreeSet<String> = after.iter().map(|at| format!("s{}", at.index(i.max(1)))).collect();
            let after: Vec<&str> = after.iter().map(String::as_str).collect();
            let kind = match i {
                0 => StepKind::Receive,
                i if i + 1 == last => StepKind::Return,
                _ => StepKind::ALL[kind],
            };
            ProcessStep { lead, ..step(&format!("s{i}"), kind, if i == 0 { &[] } else { &after }) }
        });
        process(steps.collect())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever a process looks like: either its defects are named, or walking it does every step exactly once
    /// and ends with the return.
    #[test]
    fn a_process_without_defects_ends_with_the_return(process in any_process()) {
        if !process.defects().is_empty() {
            return Ok(());
        }
        let mut open = vec![process.first().expect("a first step").key.clone()];
        let mut done: Vec<StepKey> = Vec::new();
        while let Some(next) = open.pop() {
            prop_assert!(!done.contains(&next), "{next} twice");
            let ready: Vec<StepKey> =
                process.ready_after(&next, |step| done.contains(step)).map(|step| step.key.clone()).collect();
            done.push(next);
            open.extend(ready);
        }
        prop_assert_eq!(done.len(), process.steps.len());
        let last = done.last().and_then(|key| process.step(key)).map(|step| step.kind);
        prop_assert_eq!(last, Some(StepKind::Return));
    }

    /// A process written as JSON is read back the same.
    #[test]
    fn a_process_survives_json(process in any_process()) {
        let json = serde_json::to_string(&process).unwrap();
        prop_assert_eq!(serde_json::from_str::<ElectronicProcess>(&json).unwrap(), process);
    }
}
