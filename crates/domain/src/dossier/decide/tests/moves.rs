//! What somebody might do next: mostly sensible, sometimes not.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::*;
use crate::dossier::{ActionKind, TaskState, Verdict};
use crate::ids::{MessageId, OpinionId};
use crate::procedure::{StepKey, StepKind};

/// The random numbers of one move.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dice {
    pub salt: u32,
    pub wait_minutes: u32,
    pub is_nonsense: bool,
}

impl Dice {
    fn pick<T: Clone>(self, from: &[T], nth: u32) -> T {
        let number = self.salt.rotate_left(nth * 7 + 3).wrapping_mul(2_654_435_761) >> 8;
        from[number as usize % from.len()].clone()
    }
}

/// Who does what next.
pub(super) fn next_move(life: &Life<'_>, dice: Dice) -> (Actor, Action) {
    if dice.is_nonsense {
        return nonsense(life, dice);
    }
    let moves = sensible(life, dice);
    dice.pick(&moves, 0)
}

/// Anybody does anything to any step.
fn nonsense(life: &Life<'_>, dice: Dice) -> (Actor, Action) {
    let keys: Vec<StepKey> = life
        .dossier
        .filing
        .process
        .steps
        .iter()
        .map(|step| step.key.clone())
        .chain([step("unknown")])
        .collect();
    let kind = dice.pick(&ActionKind::ALL, 1);
    (dice.pick(&everybody(), 2), action(life, kind, &dice.pick(&keys, 3), dice))
}

/// What people who know their work might do: the usual often, the unusual now and then.
fn sensible(life: &Life<'_>, dice: Dice) -> Vec<(Actor, Action)> {
    let mut moves = Vec::new();
    let mut add = |times: usize, actor: Actor, kind: ActionKind| {
        let chosen = action(life, kind, &step("receive"), dice);
        moves.extend(std::iter::repeat_n((actor, chosen), times));
    };
    let desk = |role| life.desk(role);
    match life.dossier.status() {
        Status::Registered => {
            add(20, desk(Role::Reception), ActionKind::Accept);
            add(3, desk(Role::Reception), ActionKind::RequestSupplement);
            add(1, desk(Role::Reception), ActionKind::Refuse);
            add(2, desk(Role::Dispatcher), ActionKind::Dispatch);
            add(1, owner(), ActionKind::Withdraw);
        }
        Status::AwaitingSupplement => {
            add(6, owner(), ActionKind::AnswerSupplement);
            add(1, Actor::System, ActionKind::Stop);
            add(1, owner(), ActionKind::SendMessage);
            add(1, officer(Role::UnitHead, OTHER_DEPARTMENT), ActionKind::AnswerOpinion);
        }
        Status::AwaitingPayment => {
            add(3, desk(Role::FeeCollector), ActionKind::ConfirmPayment);
            add(3, Actor::System, ActionKind::ConfirmPayment);
            add(1, owner(), ActionKind::Withdraw);
        }
        Status::Accepted | Status::InProcess => {
            add(1, life.competent(Role::UnitHead), ActionKind::Extend);
            add(1, desk(Role::FeeCollector), ActionKind::RequestPayment);
            add(1, life.competent(Role::SigningLeader), ActionKind::AskOpinion);
            add(1, officer(Role::UnitHead, OTHER_DEPARTMENT), ActionKind::AnswerOpinion);
            add(1, Actor::System, ActionKind::Resume);
            let is_lost = life.dossier.progress.competent_unit.is_none();
            add(if is_lost { 20 } else { 1 }, desk(Role::Dispatcher), ActionKind::Dispatch);
            if dice.salt.is_multiple_of(4) {
                add(1, life.competent(Role::SigningLeader), ActionKind::Stop);
                add(1, owner(), ActionKind::Withdraw);
            }
        }
        Status::Settled => add(2, desk(Role::ResultReturner), ActionKind::Return),
        Status::Refused | Status::Withdrawn | Status::Stopped | Status::Returned => {
            add(1, officer(Role::Auditor, PROVINCE), ActionKind::Read);
        }
    }
    moves.extend(steps_on(life, dice));
    moves
}

/// What the units that hold a step, or were given one, might do with it.
fn steps_on(life: &Life<'_>, dice: Dice) -> Vec<(Actor, Action)> {
    let mut moves = Vec::new();
    for task in life.dossier.active_tasks().chain(life.dossier.offered_tasks()) {
        let (Some(unit), Some(known)) = (&task.unit, life.dossier.step(&task.step)) else {
            continue;
        };
        let by = |role: Role| officer(role, unit.as_str());
        let mut add = |times: usize, role: Role, kind: ActionKind| {
            let chosen = action(life, kind, &task.step, dice);
            moves.extend(std::iter::repeat_n((by(role), chosen), times));
        };
        if let TaskState::Offered { .. } = task.state {
            add(12, known.role, ActionKind::TakeOver);
            add(1, known.role, ActionKind::SendBack);
            continue;
        }
        let ending = match known.kind {
            StepKind::Receive | StepKind::Opinion => ActionKind::Forward,
            StepKind::Assign => ActionKind::Assign,
            StepKind::Examine => ActionKind::Propose,
            StepKind::Approve => ActionKind::Approve,
            StepKind::Sign => ActionKind::Settle,
            StepKind::Return => ActionKind::Return,
        };
        add(20, known.role, ending);
        add(2, Role::UnitHead, ActionKind::Assign);
        add(1, known.role, ActionKind::RequestSupplement);
        add(2, known.role, ActionKind::SendBack);
        add(1, Role::UnitHead, ActionKind::Pause);
        add(if life.dossier.open_pause().is_some() { 20 } else { 1 }, Role::UnitHead, ActionKind::Resume);
        add(1, known.role, ActionKind::AddPaper);
    }
    moves
}

/// An action of this kind, typed in full; now and then with an amount or a time that is wrong.
pub(super) fn action(life: &Life<'_>, kind: ActionKind, key: &StepKey, dice: Dice) -> Action {
    let fresh = u128::from(dice.salt) + 10_000;
    let later = |days: i64| life.now.checked_add(SignedDuration::from_hours(24 * days)).unwrap();
    let verdict = dice.pick(&[Verdict::Grant, Verdict::Reject], 4);
    let key_text = key.as_str();
    match kind {
        ActionKind::File => Action::File { filing: Box::new(filing()) },
        ActionKind::Accept => accept(),
        ActionKind::Refuse => refuse(),
        ActionKind::RequestSupplement => request_supplement(),
        ActionKind::AnswerSupplement => answer_supplement(fresh),
        ActionKind::RequestPayment => request_payment(later(dice.pick(&[10, 3, 0], 5))),
        ActionKind::ConfirmPayment => confirm_payment(dice.pick(&[8_000, 8_000, 80_000], 5)),
        ActionKind::Pause => pause(later(dice.pick(&[2, 10, 31, -1], 5))),
        ActionKind::Resume => resume(),
        ActionKind::Dispatch => {
            let unit = unit(dice.pick(&[DEPARTMENT, COMMUNE, OTHER_COMMUNE], 5));
            Action::Dispatch { unit, note: String::new() }
        }
        ActionKind::Forward => forward(key_text),
        ActionKind::TakeOver => take_over(key_text),
        ActionKind::SendBack => {
            let keys: Vec<StepKey> =
                life.dossier.filing.process.steps.iter().map(|step| step.key.clone()).collect();
            send_back(key_text, dice.pick(&keys, 5).as_str())
        }
        ActionKind::Assign => {
            let holder = life.dossier.task(key).and_then(|task| task.unit.clone());
            let unit = holder.map_or_else(|| COMMUNE.to_owned(), |unit| unit.to_string());
            let role = life.dossier.step(key).map_or(Role::Specialist, |step| step.role);
            let role = if role == Role::UnitHead { Role::Specialist } else { role };
            assign(key_text, dice.pick(&[role, role, Role::Auditor], 5), &unit)
        }
        ActionKind::AskOpinion => Action::AskOpinion {
            id: OpinionId::new(Uuid::from_u128(fresh)),
            unit: unit(OTHER_DEPARTMENT),
            question: "Ý kiến về quy hoạch".to_owned(),
            answer_by: later(dice.pick(&[3, 3, 0], 5)),
        },
        ActionKind::AnswerOpinion => {
            let asked = life.dossier.progress.opinions.last();
            let id = asked.map_or(OpinionId::new(Uuid::from_u128(1)), |opinion| opinion.id);
            Action::AnswerOpinion { id, agrees: true, text: "Đồng ý".to_owned() }
        }
        ActionKind::Propose => propose(key_text, verdict),
        ActionKind::Approve => approve(key_text),
        ActionKind::Settle => settle(key_text, verdict),
        ActionKind::Extend => {
            let due = life.due().unwrap_or(life.now).max(life.now);
            extend(due.checked_add(SignedDuration::from_hours(24 * dice.pick(&[1, 2, 3, -1], 5))).unwrap())
        }
        ActionKind::Withdraw => withdraw(),
        ActionKind::Stop => stop(),
        ActionKind::Return => hand_back(),
        ActionKind::AddPaper => Action::AddPaper { paper: Box::new(paper(fresh, None)) },
        ActionKind::SendMessage => {
            let id = MessageId::new(Uuid::from_u128(fresh));
            Action::SendMessage { id, text: "Bao giờ có kết quả?".to_owned() }
        }
        ActionKind::Read => Action::Read { purpose: "Kiểm tra".to_owned() },
    }
}

/// Lets time pass, sometimes backwards as between two machines.
pub(super) fn pass_time(now: Timestamp, dice: Dice) -> Timestamp {
    let minutes = i64::from(dice.wait_minutes) - 2;
    now.checked_add(SignedDuration::from_mins(minutes)).unwrap()
}
