//! Which role in which unit may do what: the table behind [`super::may`].

use std::collections::BTreeSet;

use crate::access::{Actor, Appointment, Denial, Role};
use crate::dossier::action::Target;
use crate::dossier::{ActionKind, Dossier, Task};
use crate::procedure::{ProcessStep, StepKind};
use crate::unit::UnitCode;

/// A role in a unit that may do something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Post {
    pub role: Role,
    pub unit: UnitCode,
    /// Only for the officer in charge of a step.
    charge: Charge,
}

/// How far being in charge of a step matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Charge {
    /// Not at all.
    Any,
    /// Nobody else may be in charge of the step.
    UnlessAnother,
    /// This officer must be in charge of the step, or of some step of the unit.
    Own,
}

impl Post {
    pub(super) fn appointment(self) -> Appointment {
        Appointment { unit: self.unit, role: self.role }
    }

    /// Whether the officer in charge, where that matters, is this one.
    pub(super) fn check_charge(
        &self,
        actor: &Actor,
        dossier: &Dossier,
        target: &Target,
    ) -> Result<(), Denial> {
        if self.charge == Charge::Any {
            return Ok(());
        }
        let in_question = |step| match target {
            Target::Step(wanted) => step == wanted,
            Target::Dossier | Target::Opinion(_) => true,
        };
        let mut other = None;
        for task in dossier.active_tasks().filter(|task| in_question(&task.step)) {
            match task.officer().filter(|_| task.unit.as_ref() == Some(&self.unit)) {
                Some((officer, _)) if actor.id() == Some(officer) => return Ok(()),
                Some((_, name)) => other = Some(name.to_owned()),
                None => {}
            }
        }
        match (other, self.charge) {
            (Some(officer_name), _) => Err(Denial::NotInCharge { officer_name }),
            (None, Charge::Own) => Err(Denial::NotAssigned),
            (None, Charge::Any | Charge::UnlessAnother) => Ok(()),
        }
    }
}

/// Who may do this, the highest first: somebody with several roles acts in the highest of them.
pub(super) fn posts_for(kind: ActionKind, target: &Target, dossier: &Dossier) -> Vec<Post> {
    let desk = |roles: &[Role]| at(&dossier.filing.receiving_unit, roles, Charge::Any);
    let responsible = |roles: &[Role]| at(dossier.responsible_unit(), roles, Charge::Any);
    let holders = |roles: &[Role]| -> Vec<Post> {
        professional_holders(dossier).into_iter().flat_map(|unit| at(unit, roles, Charge::Any)).collect()
    };
    let leading = |roles: &[Role]| -> Vec<Post> {
        leading_units(dossier).into_iter().flat_map(|unit| at(unit, roles, Charge::Any)).collect()
    };
    let in_charge = || -> Vec<Post> {
        let units = settling_units(dossier).into_iter();
        units.flat_map(|unit| at(unit, &[Role::Specialist], Charge::Own)).collect()
    };
    let of_step =
        |posts: fn(&Held<'_>) -> Vec<Post>| held(target, dossier).map_or_else(Vec::new, |held| posts(&held));
    let leaders = [Role::SigningLeader, Role::UnitHead];
    match kind {
        ActionKind::File | ActionKind::Accept | ActionKind::Refuse | ActionKind::AnswerSupplement => {
            desk(&[Role::Reception])
        }
        ActionKind::RequestSupplement if dossier.is_at_intake() => {
            [desk(&leaders), desk(&[Role::Reception])].concat()
        }
        ActionKind::RequestSupplement => {
            let reception = if is_at_desk(dossier) { desk(&[Role::Reception]) } else { Vec::new() };
            [leading(&leaders), in_charge(), reception].concat()
        }
        ActionKind::RequestPayment => {
            [desk(&[Role::FeeCollector, Role::Reception]), responsible(&[Role::FeeCollector]), in_charge()]
                .concat()
        }
        ActionKind::ConfirmPayment => {
            [desk(&[Role::FeeCollector, Role::Reception]), responsible(&[Role::FeeCollector])].concat()
        }
        ActionKind::Pause => leading(&leaders),
        ActionKind::Resume | ActionKind::AskOpinion => [leading(&leaders), in_charge()].concat(),
        ActionKind::Dispatch => desk(&[Role::Dispatcher]),
        ActionKind::Propose => of_step(|held| held.own(Charge::Own)),
        ActionKind::Approve | ActionKind::Settle => of_step(|held| held.own(Charge::UnlessAnother)),
        ActionKind::Assign => of_step(|held| held.others(&[Role::UnitHead, Role::Dispatcher])),
        ActionKind::TakeOver => of_step(takers),
        ActionKind::SendBack => of_step(|held| if held.is_offered { takers(held) } else { finishers(held) }),
        ActionKind::Forward => of_step(finishers),
        ActionKind::AnswerOpinion => match target {
            Target::Opinion(id) => dossier
                .opinion(*id)
                .map(|opinion| {
                    at(&opinion.unit, &[Role::SigningLeader, Role::UnitHead, Role::Specialist], Charge::Any)
                })
                .unwrap_or_default(),
            Target::Dossier | Target::Step(_) => Vec::new(),
        },
        ActionKind::Extend => responsible(&leaders),
        ActionKind::Withdraw => desk(&[Role::Reception]),
        ActionKind::Stop if dossier.is_at_intake() => [desk(&leaders), desk(&[Role::Reception])].concat(),
        ActionKind::Stop => [responsible(&leaders), desk(&[Role::Reception])].concat(),
        ActionKind::Return => {
            let step = dossier.step_of_kind(StepKind::Return).and_then(|step| dossier.task(&step.key));
            let unit = step.and_then(|task| task.unit.as_ref()).unwrap_or(&dossier.filing.receiving_unit);
            at(unit, &[Role::ResultReturner, Role::Reception], Charge::Any)
        }
        ActionKind::AddPaper => [
            desk(&[Role::Reception]),
            holders(&[Role::SigningLeader, Role::UnitHead, Role::Specialist, Role::Clerk]),
        ]
        .concat(),
        ActionKind::SendMessage => desk(&[Role::Reception, Role::ResultReturner]),
        ActionKind::Read => Vec::new(),
    }
}

/// Whether a step is the one-stop's own.
fn is_desk_step(kind: StepKind) -> bool {
    match kind {
        StepKind::Receive | StepKind::Return => true,
        StepKind::Assign | StepKind::Examine | StepKind::Opinion | StepKind::Approve | StepKind::Sign => {
            false
        }
    }
}

/// Whether the one-stop holds it.
fn is_at_desk(dossier: &Dossier) -> bool {
    dossier.active_tasks().any(|task| dossier.step(&task.step).is_some_and(|step| is_desk_step(step.kind)))
}

/// The units whose professional side holds it, cooperating ones included.
fn professional_holders(dossier: &Dossier) -> BTreeSet<&UnitCode> {
    holders_where(dossier, |kind| !is_desk_step(kind))
}

/// The units that settle it now: not those that only give an opinion, and where several agencies work side by side
/// only the one that leads (domain rules §3.4.6).
fn settling_units(dossier: &Dossier) -> BTreeSet<&UnitCode> {
    let units = holders_where(dossier, |kind| !is_desk_step(kind) && kind != StepKind::Opinion);
    let responsible = dossier.responsible_unit();
    if units.contains(responsible) { BTreeSet::from([responsible]) } else { units }
}

/// The units whose leaders may stop the clock or ask for papers: those that settle it; while only others work on it
/// the competent one, once it has it; and before that the one-stop's own.
fn leading_units(dossier: &Dossier) -> BTreeSet<&UnitCode> {
    let settling = settling_units(dossier);
    if !settling.is_empty() {
        return settling;
    }
    let competent = dossier.progress.competent_received_at.and(dossier.progress.competent_unit.as_ref());
    let desk = is_at_desk(dossier).then_some(&dossier.filing.receiving_unit);
    competent.or(desk).into_iter().collect()
}

fn holders_where(dossier: &Dossier, is_wanted: impl Fn(StepKind) -> bool) -> BTreeSet<&UnitCode> {
    let wanted = |task: &&Task| dossier.step(&task.step).is_some_and(|step| is_wanted(step.kind));
    dossier.active_tasks().filter(wanted).filter_map(|task| task.unit.as_ref()).collect()
}

/// A step in the hands of a unit, or handed over to it.
struct Held<'a> {
    step: &'a ProcessStep,
    unit: &'a UnitCode,
    is_offered: bool,
}

impl Held<'_> {
    fn own(&self, charge: Charge) -> Vec<Post> {
        at(self.unit, &[self.step.role], charge)
    }

    fn others(&self, roles: &[Role]) -> Vec<Post> {
        at(self.unit, roles, Charge::Any)
    }
}

/// Who may sign for it, or send it back unsigned.
fn takers(held: &Held<'_>) -> Vec<Post> {
    [held.own(Charge::Any), held.others(receivers(held.step.kind))].concat()
}

/// Who may hand it on or back.
fn finishers(held: &Held<'_>) -> Vec<Post> {
    [held.own(Charge::UnlessAnother), held.others(stand_ins(held.step.kind))].concat()
}

fn held<'a>(target: &Target, dossier: &'a Dossier) -> Option<Held<'a>> {
    let Target::Step(key) = target else {
        return None;
    };
    let (step, task) = dossier.step(key).zip(dossier.task(key))?;
    Some(Held { step, unit: task.unit.as_ref()?, is_offered: task.is_offered() })
}

/// Who may sign for a step besides the one who does it: everybody on the same side of the one-stop's counter.
fn receivers(kind: StepKind) -> &'static [Role] {
    match kind {
        StepKind::Receive | StepKind::Return => &[Role::Reception, Role::ResultReturner],
        StepKind::Assign | StepKind::Examine | StepKind::Opinion | StepKind::Approve | StepKind::Sign => {
            &[Role::SigningLeader, Role::UnitHead, Role::Dispatcher, Role::Clerk, Role::Specialist]
        }
    }
}

/// Who may hand a step on or back instead of the one who does it.
fn stand_ins(kind: StepKind) -> &'static [Role] {
    match kind {
        StepKind::Receive => &[Role::Dispatcher],
        StepKind::Assign => &[Role::UnitHead, Role::Dispatcher],
        StepKind::Examine | StepKind::Opinion => &[Role::UnitHead],
        StepKind::Approve | StepKind::Sign | StepKind::Return => &[],
    }
}

fn at(unit: &UnitCode, roles: &[Role], charge: Charge) -> Vec<Post> {
    roles.iter().map(|&role| Post { role, unit: unit.clone(), charge }).collect()
}
