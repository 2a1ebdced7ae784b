//! The electronic process (quy trình điện tử): the steps a dossier takes inside status 4, as data.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::access::Role;
use crate::calendar::Limit;
use crate::procedure::code::StepKey;
use crate::unit::{UnitCode, UnitLevel};

/// The most steps a process may have.
pub const STEPS_MAX: usize = 60;

/// What is done in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Tiếp nhận: the one-stop takes the dossier in and hands it over.
    Receive,
    /// Phân công: a head chooses who handles it.
    Assign,
    /// Thẩm định: somebody examines it and proposes.
    Examine,
    /// Cho ý kiến: another agency answers a question about it.
    Opinion,
    /// Duyệt: a head approves what was proposed.
    Approve,
    /// Ký: a leader signs the result.
    Sign,
    /// Trả kết quả: the one-stop hands the result over.
    Return,
}

impl StepKind {
    /// Every kind, in the order of the default process.
    pub const ALL: [Self; 7] =
        [Self::Receive, Self::Assign, Self::Examine, Self::Opinion, Self::Approve, Self::Sign, Self::Return];

    /// The name used in storage, in message keys and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Receive => "receive",
            Self::Assign => "assign",
            Self::Examine => "examine",
            Self::Opinion => "opinion",
            Self::Approve => "approve",
            Self::Sign => "sign",
            Self::Return => "return",
        }
    }
}

/// Whose step it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepAgency {
    /// The one-stop that received the dossier.
    Reception,
    /// The unit competent for the dossier.
    Competent,
    /// This unit.
    Unit(UnitCode),
    /// The unit of this level that answers for the competent one.
    Level(UnitLevel),
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessStep {
    /// The same in every version.
    pub key: StepKey,
    /// What it is called; `None` when the name of its kind says enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What is done.
    pub kind: StepKind,
    /// Whose step it is.
    pub agency: StepAgency,
    /// Who takes it.
    pub role: Role,
    /// How long it may take; `None` when only the dossier's own limit counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// Steps that must be done before it begins. None: it is the first. Several: it waits for all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<StepKey>,
    /// Whether, among steps that run at the same time, its agency leads (cơ quan chủ trì).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lead: bool,
}

/// The steps of a procedure, in the order they are listed to people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ElectronicProcess {
    /// The steps.
    pub steps: Vec<ProcessStep>,
}

/// What is wrong with a process.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProcessDefect {
    /// It has no step.
    #[error("the process has no step")]
    NoStep,
    /// It has more than [`STEPS_MAX`] steps.
    #[error("the process has {0} steps, more than {STEPS_MAX}")]
    TooManySteps(usize),
    /// Two steps have this key.
    #[error("two steps have the key {0}")]
    KeyTwice(StepKey),
    /// A step comes after one that is not there.
    #[error("step {step} comes after {after}, which is not there")]
    UnknownStep {
        /// The step.
        step: StepKey,
        /// What it names.
        after: StepKey,
    },
    /// A step names the same predecessor twice.
    #[error("step {step} names {after} twice")]
    AfterTwice {
        /// The step.
        step: StepKey,
        /// What it names.
        after: StepKey,
    },
    /// These steps wait for each other.
    #[error("steps wait for each other: {}", list(.0))]
    Cycle(Vec<StepKey>),
    /// Every step waits for another one.
    #[error("no step can begin")]
    NoStart,
    /// More than one step waits for none.
    #[error("several steps begin the process: {}", list(.0))]
    SeveralStarts(Vec<StepKey>),
    /// The first step takes nothing in.
    #[error("the first step, {0}, does not receive")]
    StartDoesNotReceive(StepKey),
    /// A step in the middle receives.
    #[error("step {0} receives in the middle of the process")]
    ReceivesAgain(StepKey),
    /// No step returns the result.
    #[error("no step returns the result")]
    NoReturn,
    /// More than one step returns the result.
    #[error("several steps return the result: {}", list(.0))]
    SeveralReturns(Vec<StepKey>),
    /// Something comes after the return.
    #[error("step {0} comes after the result has been returned")]
    AfterReturn(StepKey),
    /// Nothing comes after this step, and it is not the return.
    #[error("nothing comes after step {0}")]
    DeadEnd(StepKey),
    /// The step is given to a role that acts on no dossier.
    #[error("step {step} is given to a role that acts on no dossier, {}", role.name())]
    IdleRole {
        /// The step.
        step: StepKey,
        /// The role.
        role: Role,
    },
    /// Steps run at the same time and no agency leads.
    #[error("no agency leads the steps that follow {0} at the same time")]
    NoLead(StepKey),
    /// Steps run at the same time and several agencies lead.
    #[error("several agencies lead the steps that follow {0} at the same time")]
    SeveralLeads(StepKey),
    /// A step leads where there is nothing beside it.
    #[error("step {0} leads, but nothing runs beside it")]
    LeadsNothing(StepKey),
}

/// Whether somebody with this role may be given a step.
fn acts_on_dossiers(role: Role) -> bool {
    match role {
        Role::Reception
        | Role::FeeCollector
        | Role::Dispatcher
        | Role::Specialist
        | Role::UnitHead
        | Role::SigningLeader
        | Role::Clerk
        | Role::ResultReturner => true,
        Role::ProcedureController | Role::Administrator | Role::Auditor => false,
    }
}

fn list(keys: &[StepKey]) -> String {
    keys.iter().map(StepKey::as_str).collect::<Vec<_>>().join(", ")
}

impl ElectronicProcess {
    /// What a procedure without a process of its own goes through: receive, assign, examine, approve, sign,
    /// return; only the dossier's own limit counts.
    pub fn default_process() -> Self {
        let plan = [
            (StepKind::Receive, StepAgency::Reception, Role::Reception),
            (StepKind::Assign, StepAgency::Competent, Role::UnitHead),
            (StepKind::Examine, StepAgency::Competent, Role::Specialist),
            (StepKind::Approve, StepAgency::Competent, Role::UnitHead),
            (StepKind::Sign, StepAgency::Competent, Role::SigningLeader),
            (StepKind::Return, StepAgency::Reception, Role::ResultReturner),
        ];
        let mut before: Option<StepKey> = None;
        let mut steps = Vec::with_capacity(plan.len());
        for (kind, agency, role) in plan {
            let key: StepKey = kind.name().parse().expect("the name of a kind is a key");
            let after = before.replace(key.clone()).into_iter().collect();
            steps.push(ProcessStep { key, name: None, kind, agency, role, limit: None, after, lead: false });
        }
        Self { steps }
    }

    /// The step with this key.
    pub fn step(&self, key: &StepKey) -> Option<&ProcessStep> {
        self.steps.iter().find(|step| step.key == *key)
    }

    /// The step everything begins with.
    pub fn first(&self) -> Option<&ProcessStep> {
        self.steps.iter().find(|step| step.after.is_empty())
    }

    /// The steps that wait for this one.
    pub fn followers<'a>(&'a self, key: &'a StepKey) -> impl Iterator<Item = &'a ProcessStep> {
        self.steps.iter().filter(move |step| step.after.contains(key))
    }

    /// The steps that may begin now that `just_done` is: they wait for it, and everything else they wait for
    /// is done as well.
    pub fn ready_after<'a>(
        &'a self,
        just_done: &'a StepKey,
        is_done: impl Fn(&StepKey) -> bool + 'a,
    ) -> impl Iterator<Item = &'a ProcessStep> {
        self.followers(just_done)
            .filter(move |step| step.after.iter().all(|before| before == just_done || is_done(before)))
    }

    /// Everything that comes before `key`, nearest or not: where a dossier may be sent back to.
    pub fn before(&self, key: &StepKey) -> BTreeSet<&StepKey> {
        let mut found = BTreeSet::new();
        let mut open: Vec<&StepKey> =
            self.step(key).map(|step| step.after.iter().collect()).unwrap_or_default();
        while let Some(next) = open.pop() {
            if found.insert(next) {
                open.extend(self.step(next).into_iter().flat_map(|step| &step.after));
            }
        }
        found
    }

    /// Everything that is wrong with it; empty when it can be followed.
    pub fn defects(&self) -> Vec<ProcessDefect> {
        if self.steps.is_empty() {
            return vec![ProcessDefect::NoStep];
        }
        if STEPS_MAX < self.steps.len() {
            return vec![ProcessDefect::TooManySteps(self.steps.len())];
        }
        let mut defects = self.defects_of_keys();
        if defects.is_empty() {
            defects.extend(self.cycle());
            defects.extend(self.defects_of_ends());
            defects.extend(self.defects_of_leads());
        }
        defects
    }

    fn defects_of_keys(&self) -> Vec<ProcessDefect> {
        let mut defects = Vec::new();
        let mut seen = BTreeSet::new();
        for step in &self.steps {
            if !seen.insert(&step.key) {
                defects.push(ProcessDefect::KeyTwice(step.key.clone()));
            }
        }
        for step in &self.steps {
            let mut named = BTreeSet::new();
            for after in &step.after {
                let (step, after) = (step.key.clone(), after.clone());
                if !seen.contains(&after) {
                    defects.push(ProcessDefect::UnknownStep { step, after });
                } else if !named.insert(after.clone()) {
                    defects.push(ProcessDefect::AfterTwice { step, after });
                }
            }
        }
        defects
    }

    /// Takes away, again and again, the steps that wait for nothing; what remains waits for itself.
    fn cycle(&self) -> Option<ProcessDefect> {
        let mut waiting: BTreeMap<&StepKey, &ProcessStep> =
            self.steps.iter().map(|step| (&step.key, step)).collect();
        loop {
            let free: Vec<&StepKey> = waiting
                .values()
                .filter(|step| !step.after.iter().any(|before| waiting.contains_key(before)))
                .map(|step| &step.key)
                .collect();
            if free.is_empty() {
                break;
            }
            for key in free {
                waiting.remove(key);
            }
        }
        let stuck = |step: &&ProcessStep| waiting.contains_key(&step.key);
        let keys: Vec<StepKey> = self.steps.iter().filter(stuck).map(|step| step.key.clone()).collect();
        (!keys.is_empty()).then_some(ProcessDefect::Cycle(keys))
    }

    fn defects_of_ends(&self) -> Vec<ProcessDefect> {
        let keys = |wanted: &dyn Fn(&&ProcessStep) -> bool| -> Vec<StepKey> {
            self.steps.iter().filter(wanted).map(|step| step.key.clone()).collect()
        };
        let mut defects = Vec::new();
        let starts = keys(&|step| step.after.is_empty());
        match starts.as_slice() {
            [] => defects.push(ProcessDefect::NoStart),
            [_] => {}
            _ => defects.push(ProcessDefect::SeveralStarts(starts)),
        }
        let returns = keys(&|step| step.kind == StepKind::Return);
        match returns.as_slice() {
            [] => defects.push(ProcessDefect::NoReturn),
            [_] => {}
            _ => defects.push(ProcessDefect::SeveralReturns(returns)),
        }
        for step in &self.steps {
            let key = || step.key.clone();
            match (step.kind == StepKind::Receive, step.after.is_empty()) {
                (true, false) => defects.push(ProcessDefect::ReceivesAgain(key())),
                (false, true) => defects.push(ProcessDefect::StartDoesNotReceive(key())),
                (true, true) | (false, false) => {}
            }
            if !acts_on_dossiers(step.role) {
                defects.push(ProcessDefect::IdleRole { step: key(), role: step.role });
            }
            if step.kind == StepKind::Return {
                defects.extend(self.followers(&step.key).map(|f| ProcessDefect::AfterReturn(f.key.clone())));
            } else if self.followers(&step.key).next().is_none() {
                defects.push(ProcessDefect::DeadEnd(key()));
            }
        }
        defects
    }

    fn defects_of_leads(&self) -> Vec<ProcessDefect> {
        let mut defects = Vec::new();
        let mut beside_others = BTreeSet::new();
        for step in &self.steps {
            let branches: Vec<&ProcessStep> = self.followers(&step.key).collect();
            if branches.len() < 2 {
                continue;
            }
            beside_others.extend(branches.iter().map(|branch| &branch.key));
            match branches.iter().filter(|branch| branch.lead).count() {
                0 => defects.push(ProcessDefect::NoLead(step.key.clone())),
                1 => {}
                _ => defects.push(ProcessDefect::SeveralLeads(step.key.clone())),
            }
        }
        let alone = self.steps.iter().filter(|step| step.lead && !beside_others.contains(&step.key));
        defects.extend(alone.map(|step| ProcessDefect::LeadsNothing(step.key.clone())));
        defects
    }
}

#[cfg(test)]
mod tests;
