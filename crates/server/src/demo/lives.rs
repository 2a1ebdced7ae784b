//! Lives of the demonstration's dossiers: what happens next follows from where a dossier stands and from its fate.

use jiff::{SignedDuration, Timestamp};
use motcua_domain::access::{Actor, Role};
use motcua_domain::dossier::{
    Action, CopyKind, Defect, Dossier, FileRef, Office as _, Paper, PaperSource, Status, Task, Verdict,
};
use motcua_domain::ids::PaperId;
use motcua_domain::procedure::{StepKey, StepKind};
use motcua_domain::unit::UnitCode;

use crate::app::App;
use crate::demo::people::{Officer, People};

/// What a dossier of the demonstration is to live through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Everything in time, to the end.
    Smooth,
    /// Waits at the desk.
    Waiting,
    /// Accepted and not handed over yet.
    Accepted,
    /// Being examined.
    Examined,
    /// Refused at intake.
    Refused,
    /// A supplement asked for at intake, and answered.
    SupplementAnswered,
    /// A supplement asked for while being examined, and not answered yet.
    SupplementOpen,
    /// A payment asked for, and made.
    Paid,
    /// A payment asked for, and not made yet.
    Unpaid,
    /// Taken back by the applicant.
    Withdrawn,
    /// Stopped by the office.
    Stopped,
    /// Settled late, without apology.
    Late,
    /// Late, with an apology and a new date.
    Extended,
    /// Paused on other grounds.
    Paused,
    /// Settled, and not fetched yet.
    Unfetched,
    /// Still being examined after its due instant.
    Overdue,
}

impl Fate {
    /// In turn, so that every state is met however few dossiers there are.
    pub const TURN: [Self; 20] = [
        Self::Smooth,
        Self::Waiting,
        Self::Accepted,
        Self::Examined,
        Self::Refused,
        Self::SupplementAnswered,
        Self::SupplementOpen,
        Self::Paid,
        Self::Unpaid,
        Self::Withdrawn,
        Self::Smooth,
        Self::Stopped,
        Self::Late,
        Self::Extended,
        Self::Paused,
        Self::Unfetched,
        Self::Overdue,
        Self::Smooth,
        Self::Smooth,
        Self::Smooth,
    ];

    /// Whether it was filed in the last days.
    pub fn is_recent(self) -> bool {
        matches!(self, Self::Waiting | Self::Accepted | Self::Examined | Self::SupplementOpen | Self::Unpaid)
    }
}

/// The next act: who, what.
pub struct Next {
    /// Who.
    pub actor: Actor,
    /// What.
    pub action: Action,
}

/// What lives are made of.
pub struct World<'a> {
    /// The installation.
    pub app: &'a App,
    /// Its people.
    pub people: &'a People,
    /// A file for papers and results.
    pub file: FileRef,
}

const BASE: &str = "Nghị định số 118/2025/NĐ-CP";

impl World<'_> {
    /// What happens next; `None` when this life stands still from now on.
    pub fn next(&self, dossier: &Dossier, fate: Fate) -> Option<Next> {
        let desk = &dossier.filing.receiving_unit;
        match dossier.status() {
            Status::Registered => self.at_intake(dossier, fate),
            Status::AwaitingSupplement => self.supplement(dossier, fate),
            Status::AwaitingPayment => {
                let payment = dossier.open_payment().filter(|_| fate == Fate::Paid)?;
                let receipt = format!("BL-{}", dossier.code);
                self.by(desk, Role::FeeCollector, Action::ConfirmPayment { amount: payment.amount, receipt })
            }
            Status::Accepted if fate == Fate::Accepted => None,
            Status::Settled if fate == Fate::Unfetched => None,
            Status::Accepted | Status::InProcess | Status::Settled => {
                self.offered(dossier).or_else(|| self.held(dossier, fate))
            }
            Status::Refused | Status::Withdrawn | Status::Stopped | Status::Returned => None,
        }
    }

    /// A paper with the demonstration's file.
    pub fn paper(&self, title: &str, copy: CopyKind, source: PaperSource) -> Paper {
        Paper {
            id: PaperId::new(self.app.random.uuid(self.app.clock.now())),
            component: None,
            title: title.to_owned(),
            copy,
            quantity: 1,
            source,
            file: (source != PaperSource::OnPaper).then(|| self.file.clone()),
        }
    }

    /// The officer with this role in this unit.
    pub fn officer(&self, unit: &UnitCode, role: Role) -> Option<&Officer> {
        self.people.officers.iter().find(|officer| officer.is(role, unit))
    }

    fn by(&self, unit: &UnitCode, role: Role, action: Action) -> Option<Next> {
        Some(Next { actor: self.officer(unit, role)?.actor(), action })
    }

    fn at_intake(&self, dossier: &Dossier, fate: Fate) -> Option<Next> {
        let desk = &dossier.filing.receiving_unit;
        let action = match fate {
            Fate::Waiting => return None,
            Fate::Refused => Action::Refuse {
                reason: "Nơi cư trú không thuộc địa bàn; đề nghị nộp tại nơi cư trú.".to_owned(),
                legal_base: BASE.to_owned(),
            },
            Fate::SupplementAnswered if dossier.progress.supplements.is_empty() => ask(dossier),
            _ => Action::Accept { competent_unit: None, note: String::new() },
        };
        self.by(desk, Role::Reception, action)
    }

    fn supplement(&self, dossier: &Dossier, fate: Fate) -> Option<Next> {
        let asked = dossier.open_supplement().filter(|_| fate == Fate::SupplementAnswered)?;
        let answer = |defect: &Defect| Paper {
            component: defect.component.clone(),
            ..self.paper(&defect.title, CopyKind::Electronic, PaperSource::Scanned)
        };
        let papers = asked.defects.iter().map(answer).collect();
        let action = Action::AnswerSupplement { papers, note: String::new() };
        self.by(&dossier.filing.receiving_unit, Role::Reception, action)
    }

    /// Signs for what was handed over.
    fn offered(&self, dossier: &Dossier) -> Option<Next> {
        let task = dossier.offered_tasks().next()?;
        let role = dossier.step(&task.step)?.role;
        let action = Action::TakeOver { step: task.step.clone(), note: String::new() };
        self.by(task.unit.as_ref()?, role, action)
    }

    /// Does what is in hand; the examination last, because that is where fates differ.
    fn held(&self, dossier: &Dossier, fate: Fate) -> Option<Next> {
        let kind = |task: &Task| dossier.step(&task.step).map(|step| step.kind);
        let mut held: Vec<&Task> = dossier.active_tasks().collect();
        held.sort_by_key(|task| kind(task) == Some(StepKind::Examine));
        let task = held.first()?;
        let (step, unit) = (task.step.clone(), task.unit.as_ref()?);
        let role = dossier.step(&step)?.role;
        let action = match kind(task)? {
            StepKind::Receive => Action::Forward { step, note: String::new() },
            StepKind::Opinion => Action::Forward { step, note: "Phù hợp quy hoạch.".to_owned() },
            StepKind::Assign => {
                let officer = self.officer(unit, Role::Specialist)?;
                Action::Assign { step, officer: officer.id, officer_name: officer.name.clone() }
            }
            StepKind::Examine => return self.examined(dossier, fate, task),
            StepKind::Approve => Action::Approve { step, note: String::new() },
            StepKind::Sign if !is_last_signature(dossier, &step) => {
                Action::Forward { step, note: String::new() }
            }
            StepKind::Sign => {
                let title = format!("Kết quả giải quyết hồ sơ {}", dossier.code);
                let paper = Box::new(self.paper(&title, CopyKind::Electronic, PaperSource::Issued));
                Action::Settle { step, verdict: Verdict::Grant, title, paper }
            }
            StepKind::Return => {
                let to = dossier.filing.applicant.name.clone();
                Action::Return { to, note: String::new() }
            }
        };
        self.by(unit, role, action)
    }

    fn examined(&self, dossier: &Dossier, fate: Fate, task: &Task) -> Option<Next> {
        let (step, unit) = (task.step.clone(), task.unit.as_ref()?);
        let progress = &dossier.progress;
        let now = self.app.clock.now();
        let leader = dossier.responsible_unit();
        match fate {
            Fate::Examined | Fate::Overdue => None,
            Fate::SupplementOpen => self.by(unit, Role::Specialist, ask(dossier)),
            Fate::Paid | Fate::Unpaid if progress.payments.is_empty() => {
                let action = Action::RequestPayment {
                    name: "Phí thẩm định".to_owned(),
                    amount: 75_000,
                    legal_base: "Luật Phí và lệ phí số 97/2015/QH13".to_owned(),
                    pay_by: now + SignedDuration::from_hours(24 * 20),
                };
                self.by(unit, Role::Specialist, action)
            }
            Fate::Withdrawn => {
                let reason = "Người nộp chưa còn nhu cầu.".to_owned();
                self.by(&dossier.filing.receiving_unit, Role::Reception, Action::Withdraw { reason })
            }
            Fate::Stopped => {
                let action = Action::Stop {
                    reason: "Giấy tờ đã nộp đang được cơ quan khác xác minh theo yêu cầu của tòa án."
                        .to_owned(),
                    legal_base: BASE.to_owned(),
                    fee_settlement: "Hoàn toàn bộ phí, lệ phí đã nộp.".to_owned(),
                };
                self.by(leader, Role::SigningLeader, action)
            }
            Fate::Paused => progress.pauses.is_empty().then_some(()).and_then(|()| {
                let action = Action::Pause {
                    reason: "Chờ kết quả trưng cầu giám định.".to_owned(),
                    legal_base: "Luật Giám định tư pháp số 13/2012/QH13".to_owned(),
                    until: now + SignedDuration::from_hours(24 * 25),
                };
                self.by(unit, Role::UnitHead, action)
            }),
            Fate::Extended if progress.extensions.is_empty() && progress.due.is_some_and(|due| now < due) => {
                let due = progress.due?;
                let calendar = self.app.office();
                let new_due = calendar.calendar_of(leader).add_working_seconds(due, 3 * 8 * 3600);
                let reason = "Phải xác minh tại nơi cư trú trước đây.".to_owned();
                self.by(leader, Role::SigningLeader, Action::Extend { new_due, reason })
            }
            _ => {
                let action = Action::Propose {
                    step,
                    verdict: Verdict::Grant,
                    text: "Hồ sơ đủ điều kiện.".to_owned(),
                    draft: None,
                };
                self.by(unit, Role::Specialist, action)
            }
        }
    }
}

/// Whether the result follows from this signature: nothing but the return comes after it.
fn is_last_signature(dossier: &Dossier, step: &StepKey) -> bool {
    dossier.filing.process.followers(step).all(|next| next.kind == StepKind::Return)
}

/// Asks for the first paper once more.
fn ask(dossier: &Dossier) -> Action {
    let first = dossier.filing.components.first();
    let defect = Defect {
        component: first.map(|component| component.key.clone()),
        title: first
            .map_or_else(|| dossier.filing.procedure_name.clone(), |component| component.name.clone()),
        wanted: "Bản đã nộp thiếu chữ ký; nộp lại bản có chữ ký.".to_owned(),
        copy: CopyKind::Electronic,
    };
    Action::RequestSupplement {
        defects: vec![defect],
        reason: "Thành phần hồ sơ chưa đầy đủ.".to_owned(),
        legal_base: BASE.to_owned(),
        answer_by: None,
    }
}

/// How many working seconds pass before the next act.
pub fn delay(app: &App, dossier: &Dossier, fate: Fate) -> u32 {
    let minutes = |from: u64, to: u64| u32::try_from(from + app.random.below(to - from)).unwrap_or(30) * 60;
    let examines = dossier
        .active_tasks()
        .any(|task| dossier.step(&task.step).is_some_and(|step| step.kind == StepKind::Examine));
    match fate {
        Fate::Late if examines => minutes(480 * 12, 480 * 13),
        _ if dossier.status() == Status::AwaitingSupplement => minutes(480, 480 * 3),
        _ => minutes(5, 35),
    }
}

/// The first instant of working time at or after `at`, and `seconds` of working time later.
pub fn working_later(app: &App, unit: &UnitCode, at: Timestamp, seconds: u32) -> Timestamp {
    app.office().calendar_of(unit).add_working_seconds(at, seconds)
}
