//! Lives of the demonstration's dossiers: what happens next follows from where a dossier stands and from its fate.

use anyhow::Context as _;
use jiff::SignedDuration;
use motcua_domain::access::{Actor, Role};
use motcua_domain::dossier::{
    Action, Channel, CopyKind, Defect, Dossier, Office as _, Paper, PaperSource, ReturnWay, Status, Task,
    Verdict,
};
use motcua_domain::ids::{MessageId, OpinionId, PaperId};
use motcua_domain::procedure::{ProcedureVersion, StepKey, StepKind};
use motcua_domain::unit::UnitCode;

use crate::app::App;
use crate::demo::papers::Files;
use crate::demo::people::{Citizen, Officer, People};
use crate::demo::plan::{Fate, Life};
use crate::demo::sayings;

/// The next act: who, what.
#[derive(Debug)]
pub struct Next {
    /// Who.
    pub actor: Actor,
    /// What.
    pub action: Action,
}

/// What lives are made of.
#[derive(Debug)]
pub struct World<'a> {
    /// The installation.
    pub app: &'a App,
    /// Its people.
    pub people: &'a People,
    /// Its procedures.
    pub versions: &'a [ProcedureVersion],
    /// Files for papers and results.
    pub files: &'a Files,
}

impl<'a> World<'a> {
    /// The procedure with this code.
    pub fn version(&self, code: &str) -> anyhow::Result<&'a ProcedureVersion> {
        let found = self.versions.iter().find(|version| version.code.as_str() == code);
        found.with_context(|| format!("the demonstration has no procedure {code}"))
    }

    /// What happens next; `None` when this life stands still from now on.
    pub fn next(&self, dossier: &Dossier, life: Life) -> Option<Next> {
        match dossier.status() {
            Status::Registered => self.at_intake(dossier, life),
            Status::AwaitingSupplement => self.supplement(dossier, life),
            Status::AwaitingPayment => {
                let payment = dossier.open_payment().filter(|_| life.fate == Fate::Paid)?;
                let receipt = format!("BL-{}", dossier.code);
                let action = Action::ConfirmPayment { amount: payment.amount, receipt };
                self.by(&dossier.filing.receiving_unit, Role::FeeCollector, life, action)
            }
            Status::Accepted if life.fate == Fate::Accepted => None,
            Status::Accepted if dossier.progress.competent_unit.is_none() => self.dispatch(dossier, life),
            Status::Settled if life.fate == Fate::Unfetched => self.offered(dossier, life),
            Status::Accepted | Status::InProcess | Status::Settled => {
                self.offered(dossier, life).or_else(|| self.held(dossier, life))
            }
            Status::Refused | Status::Withdrawn | Status::Stopped | Status::Returned => None,
        }
    }

    /// A paper with the file of its title.
    pub fn paper(&self, title: &str, copy: CopyKind, source: PaperSource) -> Paper {
        let file = self.files.of_paper(title, source == PaperSource::Scanned);
        Paper {
            id: PaperId::new(self.app.random.uuid(self.app.clock.now())),
            component: None,
            title: title.to_owned(),
            copy,
            quantity: 1,
            source,
            file: file.filter(|_| source != PaperSource::OnPaper).cloned(),
        }
    }

    fn by(&self, unit: &UnitCode, role: Role, life: Life, action: Action) -> Option<Next> {
        Some(Next { actor: self.people.officer(unit, role, life.at)?.actor(), action })
    }

    /// The owner, when there is an account.
    fn owner(&self, dossier: &Dossier) -> Option<&Citizen> {
        let id = dossier.filing.owner?;
        self.people.citizens.iter().find(|citizen| citizen.id == id)
    }

    /// Who does a step: the officer in charge, or one with the role.
    fn doer(&self, dossier: &Dossier, task: &Task, life: Life) -> Option<&Officer> {
        let in_charge = task.officer().and_then(|(id, _)| self.people.officer_with(id));
        let role = dossier.step(&task.step)?.role;
        in_charge.or_else(|| self.people.officer(task.unit.as_ref()?, role, life.at))
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "fates that say nothing here live like the rest")]
    fn at_intake(&self, dossier: &Dossier, life: Life) -> Option<Next> {
        let desk = &dossier.filing.receiving_unit;
        let action = match life.fate {
            Fate::Waiting => return None,
            Fate::Refused => {
                let (reason, legal_base) = sayings::refusal(life.turn);
                Action::Refuse { reason, legal_base }
            }
            Fate::SupplementAtIntake if dossier.progress.supplements.is_empty() => ask(dossier, life.turn),
            _ => Action::Accept { competent_unit: None, note: String::new() },
        };
        self.by(desk, Role::Reception, life, action)
    }

    fn dispatch(&self, dossier: &Dossier, life: Life) -> Option<Next> {
        if life.fate == Fate::Undispatched {
            return None;
        }
        let unit = ["H99.101", "H99.102", "H99.103"][life.at % 3].parse().ok()?;
        let note = "Thửa đất thuộc địa bàn xã, phường này.".to_owned();
        self.by(&dossier.filing.receiving_unit, Role::Dispatcher, life, Action::Dispatch { unit, note })
    }

    /// Answered by the owner in the portal, or at the desk.
    fn supplement(&self, dossier: &Dossier, life: Life) -> Option<Next> {
        let asked = dossier.open_supplement()?;
        if matches!(life.fate, Fate::SupplementOpen | Fate::Lapsed) {
            return None;
        }
        let online = self.owner(dossier).filter(|_| dossier.filing.channel == Channel::Online);
        let source = if online.is_some() { PaperSource::Uploaded } else { PaperSource::Scanned };
        let answer = |defect: &Defect| Paper {
            component: defect.component.clone(),
            ..self.paper(&defect.title, CopyKind::Electronic, source)
        };
        let papers = asked.defects.iter().map(answer).collect();
        let action = Action::AnswerSupplement { papers, note: sayings::supplement_answer(life.turn) };
        match online {
            Some(owner) => Some(Next { actor: owner.actor(), action }),
            None => self.by(&dossier.filing.receiving_unit, Role::Reception, life, action),
        }
    }

    /// Signs for what was handed over.
    fn offered(&self, dossier: &Dossier, life: Life) -> Option<Next> {
        let task = dossier.offered_tasks().next()?;
        let role = dossier.step(&task.step)?.role;
        let action = Action::TakeOver { step: task.step.clone(), note: String::new() };
        self.by(task.unit.as_ref()?, role, life, action)
    }

    /// Does what is in hand; examinations last, because that is where fates differ.
    fn held(&self, dossier: &Dossier, life: Life) -> Option<Next> {
        let task = next_task(dossier)?;
        let (step, unit) = (task.step.clone(), task.unit.as_ref()?);
        let action = match dossier.step(&step)?.kind {
            StepKind::Receive => Action::Forward { step, note: String::new() },
            StepKind::Opinion => Action::Forward { step, note: sayings::branch(unit.as_str()) },
            StepKind::Assign => {
                let officer = self.people.officer(unit, Role::Specialist, life.at)?;
                Action::Assign { step, officer: officer.id, officer_name: officer.name.clone() }
            }
            // What was sent back is in nobody's charge until the head says so.
            StepKind::Examine if task.officer().is_none() => {
                let officer = self.people.officer(unit, Role::Specialist, life.at)?;
                let action = Action::Assign { step, officer: officer.id, officer_name: officer.name.clone() };
                return self.by(unit, Role::UnitHead, life, action);
            }
            StepKind::Examine => return self.examined(dossier, life, task),
            // They wait for the head, or for the leader.
            StepKind::Approve if life.fate == Fate::Proposed => return None,
            StepKind::Sign if life.fate == Fate::Approved => return None,
            StepKind::Approve if sends_back(dossier, life, &step) => {
                let to = dossier.progress.proposals.last()?.step.clone();
                Action::SendBack { step, to, reason: sayings::sent_back(life.turn) }
            }
            StepKind::Approve => Action::Approve { step, note: String::new() },
            StepKind::Sign if !is_last_signature(dossier, &step) => {
                Action::Forward { step, note: String::new() }
            }
            StepKind::Sign => self.settled(life, step)?,
            StepKind::Return => returned(dossier),
        };
        Some(Next { actor: self.doer(dossier, task, life)?.actor(), action })
    }

    fn settled(&self, life: Life, step: StepKey) -> Option<Action> {
        let (name, file) = self.files.of_result(life.procedure)?;
        let verdict = verdict(life);
        let title = match verdict {
            Verdict::Grant => format!("{name} số {}", 11 + life.at),
            Verdict::Reject => format!("Văn bản số {}/UBND-TL về việc không giải quyết", 11 + life.at),
        };
        let paper = Paper {
            file: Some(file.clone()),
            ..self.paper(&title, CopyKind::Electronic, PaperSource::Issued)
        };
        Some(Action::Settle { step, verdict, title, paper: Box::new(paper) })
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "fates that say nothing here live like the rest")]
    fn examined(&self, dossier: &Dossier, life: Life, task: &Task) -> Option<Next> {
        let (unit, progress) = (task.unit.as_ref()?, &dossier.progress);
        let now = self.app.clock.now();
        let in_days = |days: i64| now + SignedDuration::from_hours(24 * days);
        let leader = dossier.responsible_unit();
        let mine = |action| Some(Next { actor: self.doer(dossier, task, life)?.actor(), action });
        match life.fate {
            Fate::ExtendedOpen if !progress.extensions.is_empty() => None,
            Fate::Talked if progress.messages.len() < 2 => self.message(dossier, life),
            Fate::SupplementOpen | Fate::Lapsed => mine(ask(dossier, life.turn)),
            Fate::SupplementAnswered if progress.supplements.is_empty() => mine(ask(dossier, life.turn)),
            Fate::Paid | Fate::Unpaid if progress.payments.is_empty() => {
                let (name, amount) = sayings::payment(life.procedure);
                let legal_base = "Luật Phí và lệ phí số 97/2015/QH13".to_owned();
                mine(Action::RequestPayment { name, amount, legal_base, pay_by: in_days(20) })
            }
            Fate::Withdrawn => {
                let action = Action::Withdraw { reason: sayings::withdrawal(life.turn) };
                match self.owner(dossier) {
                    Some(owner) => Some(Next { actor: owner.actor(), action }),
                    None => self.by(&dossier.filing.receiving_unit, Role::Reception, life, action),
                }
            }
            Fate::Stopped => {
                let (reason, legal_base) = sayings::stop(life.procedure);
                let fee_settlement = "Hoàn toàn bộ phí, lệ phí đã nộp.".to_owned();
                self.by(
                    leader,
                    Role::SigningLeader,
                    life,
                    Action::Stop { reason, legal_base, fee_settlement },
                )
            }
            Fate::Resumed if progress.pauses.first().is_some_and(|pause| pause.ended_at.is_none()) => self
                .by(
                    unit,
                    Role::UnitHead,
                    life,
                    Action::Resume { note: "Đã có kết quả phải chờ.".to_owned() },
                ),
            Fate::Paused | Fate::Resumed if progress.pauses.is_empty() => {
                let (reason, legal_base) = sayings::pause(life.procedure);
                self.by(unit, Role::UnitHead, life, Action::Pause { reason, legal_base, until: in_days(25) })
            }
            Fate::Extended | Fate::ExtendedOpen if progress.extensions.is_empty() => {
                let due = progress.due?;
                let office = self.app.office();
                let new_due = office.calendar_of(leader).add_working_days(due, 5);
                let action = Action::Extend { new_due, reason: sayings::apology(life.procedure) };
                self.by(leader, Role::SigningLeader, life, action)
            }
            Fate::OpinionLate | Fate::OpinionOpen if progress.opinions.is_empty() => {
                let (to, question) = sayings::question(life.turn);
                let id = OpinionId::new(self.app.random.uuid(now));
                let answer_by = self.app.office().calendar_of(unit).add_working_days(now, 2);
                mine(Action::AskOpinion { id, unit: to.parse().ok()?, question, answer_by })
            }
            Fate::Examined | Fate::DueSoon | Fate::Overdue | Fate::Paused | Fate::OpinionOpen => None,
            Fate::OpinionLate if progress.opinions.iter().any(|opinion| opinion.answer.is_none()) => {
                let opinion = progress.opinions.first()?;
                let text = "Thống nhất với nội dung lấy ý kiến, không có ý kiến khác.".to_owned();
                let action = Action::AnswerOpinion { id: opinion.id, agrees: true, text };
                self.by(&opinion.unit, Role::Specialist, life, action)
            }
            _ => {
                let verdict = verdict(life);
                let text = sayings::proposal(verdict, life.turn);
                mine(Action::Propose { step: task.step.clone(), verdict, text, draft: None })
            }
        }
    }

    /// The owner asks, the desk answers.
    fn message(&self, dossier: &Dossier, life: Life) -> Option<Next> {
        let id = MessageId::new(self.app.random.uuid(self.app.clock.now()));
        let (asked, answered) = sayings::talk(life.turn);
        if dossier.progress.messages.is_empty() {
            let action = Action::SendMessage { id, text: asked };
            return Some(Next { actor: self.owner(dossier)?.actor(), action });
        }
        let action = Action::SendMessage { id, text: answered };
        self.by(&dossier.filing.receiving_unit, Role::Reception, life, action)
    }
}

/// The step that is done next: what other agencies do beside it comes before the examination.
pub fn next_task(dossier: &Dossier) -> Option<&Task> {
    let examines = |task: &&Task| dossier.step(&task.step).is_some_and(|step| step.kind == StepKind::Examine);
    dossier.active_tasks().find(|task| !examines(task)).or_else(|| dossier.active_tasks().next())
}

/// Whether the result follows from this signature: nothing but the return comes after it.
pub fn is_last_signature(dossier: &Dossier, step: &StepKey) -> bool {
    dossier.filing.process.followers(step).all(|next| next.kind == StepKind::Return)
}

/// Once: what comes to the same head again is approved.
fn sends_back(dossier: &Dossier, life: Life, step: &StepKey) -> bool {
    let came = dossier.progress.holdings.iter().filter(|holding| holding.step == *step).count();
    life.fate == Fate::SentBack && came == 1
}

fn verdict(life: Life) -> Verdict {
    if life.fate == Fate::Rejected { Verdict::Reject } else { Verdict::Grant }
}

/// Given back the way the applicant asked for.
pub fn returned(dossier: &Dossier) -> Action {
    let name = &dossier.filing.applicant.name;
    match &dossier.filing.return_way {
        ReturnWay::Post(address) => Action::Return {
            to: format!("Bưu điện, gửi {name}"),
            note: format!(
                "Địa chỉ nhận: {address}. Vận đơn HS{}",
                dossier.code.to_string().replace(['-', '.'], "")
            ),
        },
        ReturnWay::Online => {
            Action::Return { to: name.clone(), note: "Trả bản điện tử trên cổng.".to_owned() }
        }
        ReturnWay::Desk => {
            let fetcher = dossier.filing.representative.as_ref().map_or(name, |one| &one.name);
            Action::Return { to: fetcher.clone(), note: String::new() }
        }
    }
}

/// Asks for the first paper once more, and now and then for the second.
pub fn ask(dossier: &Dossier, turn: usize) -> Action {
    let count = 1 + turn % 2;
    let defect = |(nth, component): (usize, &motcua_domain::dossier::ComponentAsked)| Defect {
        component: Some(component.key.clone()),
        title: component.name.clone(),
        wanted: sayings::wanted(turn + nth),
        copy: CopyKind::Electronic,
    };
    let (required, others): (Vec<_>, Vec<_>) =
        dossier.filing.components.iter().partition(|component| component.required);
    let asked = required.into_iter().chain(others);
    Action::RequestSupplement {
        defects: asked.take(count).enumerate().map(defect).collect(),
        reason: "Thành phần hồ sơ chưa đầy đủ, chưa rõ.".to_owned(),
        legal_base: "Nghị định số 118/2025/NĐ-CP".to_owned(),
        answer_by: None,
    }
}
