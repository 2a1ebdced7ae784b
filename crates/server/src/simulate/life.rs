//! What happens next to a dossier of a simulation, who does it, and when.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use motcua_domain::access::{Actor, Role};
use motcua_domain::calendar::Calendar;
use motcua_domain::dossier::lapse::next_lapse;
use motcua_domain::dossier::{
    Action, ActionKind, Applicant, ApplicantKind, Channel, CopyKind, Defect, Dossier, Filing, Office as _,
    Paper, PaperSource, ReturnWay, Status, Task, Verdict,
};
use motcua_domain::ids::PaperId;
use motcua_domain::procedure::{ProcedureVersion, StepKind};

use crate::demo::filing::{asked, due, subject};
use crate::demo::lives::{ask, is_last_signature, next_task, returned};
use crate::demo::papers::Files;
use crate::demo::{names, sayings};
use crate::dossier::row;
use crate::office::Snapshot;
use crate::random::Random;
use crate::simulate::course::{Besides, Course};
use crate::simulate::people::{Citizen, People, Staff};
use crate::simulate::spec::UnitSpec;

/// What lives are made of.
#[derive(Debug)]
pub struct World<'a> {
    /// Working time, units, appointments, settings.
    pub office: Arc<Snapshot>,
    /// Chance.
    pub random: &'a Random,
    /// Units, in the order of the spec.
    pub units: &'a [UnitSpec],
    /// Their officers, and citizens.
    pub people: &'a People,
    /// Procedures.
    pub versions: &'a [ProcedureVersion],
    /// Files for papers and results.
    pub files: &'a Files,
}

/// The next act.
#[derive(Debug)]
pub struct Next<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// What.
    pub action: Action,
}

impl<'a> World<'a> {
    /// Who files it, and what.
    pub fn filing(&self, course: &Course) -> Option<(&'a Actor, Filing)> {
        let version = self.version(course)?;
        let case = version.cases.get(course.turn() % version.cases.len().max(1))?;
        let unit = &self.units[usize::from(course.unit)].code;
        let desk = self.staff(course).with(Role::Reception, 0)?;
        let citizen = self.citizen(course);
        let number = citizen.map_or(citizens_after(course), |citizen| citizen.number);
        let applicant = Applicant {
            kind: ApplicantKind::Citizen,
            name: names::full_name(number),
            identity: names::numbered(number),
        };
        let by_desk = citizen.is_none();
        let terms = version.terms(course.channel.terms(), Some(&case.key)).first().copied();
        let papers = case.handed_in().filter(|one| one.required).map(|one| {
            let paper = if by_desk {
                self.paper(&one.name, CopyKind::Original, PaperSource::OnPaper, course.filed_at)
            } else {
                self.paper(&one.name, CopyKind::Electronic, PaperSource::Uploaded, course.filed_at)
            };
            Paper { component: Some(one.key.clone()), ..paper }
        });
        let filing = Filing {
            procedure: version.code.clone(),
            procedure_version: version.version,
            procedure_name: version.name.clone(),
            field: version.field_key(),
            case: Some(case.key.clone()),
            components: case.handed_in().map(asked).collect(),
            channel: course.channel,
            owner: citizen.map(|citizen| citizen.id),
            posted_at: (course.channel == Channel::Post)
                .then(|| course.filed_at - SignedDuration::from_hours(20)),
            taken_in_by: by_desk.then_some(desk.id),
            subject: subject(version, case, &applicant),
            answers: Vec::new(),
            sets: 1,
            receiving_unit: unit.clone(),
            competent_unit: Some(unit.clone()),
            return_way: match course.channel {
                Channel::Online | Channel::Assisted => ReturnWay::Online,
                Channel::Counter => ReturnWay::Desk,
                Channel::Post => ReturnWay::Post(applicant.identity.address.clone()),
            },
            limit: terms.and_then(|terms| terms.limit),
            supplement_policy: self.office.settings().supplement_policy,
            fees: terms.into_iter().flat_map(|terms| &terms.fees).map(|fee| due(fee, by_desk)).collect(),
            process: version.process(),
            papers: papers.collect(),
            applicant,
            representative: None,
        };
        Some((citizen.map_or(&desk.actor, |citizen| &citizen.actor), filing))
    }

    /// What happens next; `None` when this life stands still from now on.
    pub fn next(&self, dossier: &Dossier, course: &Course, now: Timestamp) -> Option<Next<'a>> {
        let by = |role: Role, action: Action| {
            Some(Next { actor: &self.staff(course).with(role, course.turn())?.actor, action })
        };
        match dossier.status() {
            Status::Registered => match course.besides {
                Besides::Refused => {
                    let (reason, legal_base) = sayings::refusal(course.turn());
                    by(Role::Reception, Action::Refuse { reason, legal_base })
                }
                Besides::SupplementAtIntake
                    if dossier.progress.supplements.is_empty() && asks_papers(dossier) =>
                {
                    by(Role::Reception, ask(dossier, course.turn()))
                }
                Besides::Nothing
                | Besides::SupplementAtIntake
                | Besides::Supplement
                | Besides::Lapsed
                | Besides::Payment
                | Besides::Withdrawn
                | Besides::Paused
                | Besides::SentBack => {
                    by(Role::Reception, Action::Accept { competent_unit: None, note: String::new() })
                }
            },
            Status::AwaitingSupplement if course.besides == Besides::Lapsed => {
                Some(Next { actor: &Actor::System, action: crate::dossier::lapse::stop() })
            }
            Status::AwaitingSupplement => self.answered(dossier, course, now),
            Status::AwaitingPayment => {
                let amount = dossier.open_payment()?.amount;
                by(
                    Role::FeeCollector,
                    Action::ConfirmPayment { amount, receipt: format!("BL-{}", dossier.code) },
                )
            }
            Status::Accepted | Status::InProcess | Status::Settled => match dossier.offered_tasks().next() {
                Some(task) => {
                    let action = Action::TakeOver { step: task.step.clone(), note: String::new() };
                    by(dossier.step(&task.step)?.role, action)
                }
                None => self.held(dossier, course, now),
            },
            Status::Refused | Status::Withdrawn | Status::Stopped | Status::Returned => None,
        }
    }

    fn version(&self, course: &Course) -> Option<&'a ProcedureVersion> {
        self.versions.get(usize::from(course.procedure))
    }

    fn staff(&self, course: &Course) -> &'a Staff {
        &self.people.staff[usize::from(course.unit)]
    }

    /// Whose account it is filed with: online only.
    fn citizen(&self, course: &Course) -> Option<&'a Citizen> {
        let citizens = &self.people.citizens;
        (course.channel == Channel::Online)
            .then(|| citizens.get(course.turn() * 7 % citizens.len().max(1)))?
    }

    fn paper(&self, title: &str, copy: CopyKind, source: PaperSource, now: Timestamp) -> Paper {
        let file = self.files.of_paper(title, false).filter(|_| source != PaperSource::OnPaper);
        Paper {
            id: PaperId::new(self.random.uuid(now)),
            component: None,
            title: title.to_owned(),
            copy,
            quantity: 1,
            source,
            file: file.cloned(),
        }
    }

    /// Answered by the owner in the portal, or at the desk.
    fn answered(&self, dossier: &Dossier, course: &Course, now: Timestamp) -> Option<Next<'a>> {
        let citizen = self.citizen(course);
        let (copy, source) = match citizen {
            Some(_) => (CopyKind::Electronic, PaperSource::Uploaded),
            None => (CopyKind::Original, PaperSource::OnPaper),
        };
        let answer = |defect: &Defect| Paper {
            component: defect.component.clone(),
            ..self.paper(&defect.title, copy, source, now)
        };
        let papers = dossier.open_supplement()?.defects.iter().map(answer).collect();
        let action = Action::AnswerSupplement { papers, note: sayings::supplement_answer(course.turn()) };
        let desk = || self.staff(course).with(Role::Reception, 0).map(|officer| &officer.actor);
        Some(Next { actor: citizen.map(|citizen| &citizen.actor).or_else(desk)?, action })
    }

    /// Does what is in hand.
    fn held(&self, dossier: &Dossier, course: &Course, now: Timestamp) -> Option<Next<'a>> {
        let task = next_task(dossier)?;
        let staff = self.staff(course);
        let role = dossier.step(&task.step)?.role;
        let step = task.step.clone();
        let (role, action) = match dossier.step(&step)?.kind {
            StepKind::Receive | StepKind::Opinion => (role, Action::Forward { step, note: String::new() }),
            StepKind::Assign => (role, self.assigned(course, task)?),
            // What was sent back is in nobody's charge until the head says so.
            StepKind::Examine if task.officer().is_none() => (Role::UnitHead, self.assigned(course, task)?),
            StepKind::Examine => examined(dossier, course, task, now),
            StepKind::Approve if sends_back(dossier, course, task) => {
                let to = dossier.progress.proposals.last()?.step.clone();
                (role, Action::SendBack { step, to, reason: sayings::sent_back(course.turn()) })
            }
            StepKind::Approve => (role, Action::Approve { step, note: String::new() }),
            StepKind::Sign if !is_last_signature(dossier, &step) => {
                (role, Action::Forward { step, note: String::new() })
            }
            StepKind::Sign => (role, self.settled(course, task, now)?),
            StepKind::Return => (role, returned(dossier)),
        };
        let owner = self.citizen(course).filter(|_| matches!(action, Action::Withdraw { .. }));
        let actor = match owner {
            Some(citizen) => &citizen.actor,
            None => &staff.with(role, course.turn())?.actor,
        };
        Some(Next { actor, action })
    }

    fn assigned(&self, course: &Course, task: &Task) -> Option<Action> {
        let officer = self.staff(course).with(Role::Specialist, course.turn())?;
        let (id, name) = (officer.id, officer.name.clone());
        Some(Action::Assign { step: task.step.clone(), officer: id, officer_name: name })
    }

    fn settled(&self, course: &Course, task: &Task, now: Timestamp) -> Option<Action> {
        let (name, file) = self.files.of_result(self.version(course)?.code.as_str())?;
        let verdict = verdict(course);
        let title = match verdict {
            Verdict::Grant => format!("{name} số {}", 11 + course.number),
            Verdict::Reject => format!("Văn bản số {}/UBND-TL về việc không giải quyết", 11 + course.number),
        };
        let paper = self.paper(&title, CopyKind::Electronic, PaperSource::Issued, now);
        let paper = Box::new(Paper { file: Some(file.clone()), ..paper });
        Some(Action::Settle { step: task.step.clone(), verdict, title, paper })
    }

    /// When the next act on this dossier happens.
    pub fn next_at(&self, dossier: &Dossier, course: &Course, now: Timestamp) -> Timestamp {
        let calendar = self.office.calendar_of(&dossier.filing.receiving_unit);
        let pace = Pace { random: self.random, calendar, now };
        match dossier.status() {
            Status::Registered => match course.channel {
                Channel::Counter => pace.minutes(2, 9),
                Channel::Post | Channel::Online | Channel::Assisted => pace.minutes(15, 200),
            },
            Status::AwaitingSupplement if course.besides == Besides::Lapsed => {
                next_lapse(dossier).map_or(now, |lapse| lapse.from)
            }
            Status::AwaitingSupplement | Status::AwaitingPayment => pace.minutes(300, 450 * 3),
            Status::Settled if dossier.offered_tasks().next().is_none() => pace.minutes(30, 450 * 2),
            Status::Accepted
            | Status::InProcess
            | Status::Settled
            | Status::Refused
            | Status::Withdrawn
            | Status::Stopped
            | Status::Returned => self.in_process(&pace, dossier, course),
        }
    }

    /// Late dossiers are proposed after their due instant; in all others each step takes a part of the time left, so
    /// that they end in time.
    fn in_process(&self, pace: &Pace<'_>, dossier: &Dossier, course: &Course) -> Timestamp {
        let due = row::due(dossier, &*self.office);
        let Some(due) = due else { return pace.minutes(60, 450 * 4) };
        let waits_to_propose = || {
            let examined = next_task(dossier)
                .and_then(|task| dossier.step(&task.step))
                .is_some_and(|step| step.kind == StepKind::Examine);
            examined && dossier.offered_tasks().next().is_none()
        };
        if course.is_late && waits_to_propose() {
            return Pace { now: due.max(pace.now), ..*pace }.minutes(20, 450 * 3);
        }
        let left = pace.calendar.working_seconds_between(pace.now, due).max(0).unsigned_abs();
        pace.seconds(left / 20, left / 4)
    }
}

/// What is done at the examination: where courses differ.
fn examined(dossier: &Dossier, course: &Course, task: &Task, now: Timestamp) -> (Role, Action) {
    let progress = &dossier.progress;
    let turn = course.turn();
    let in_days = |days: i64| now + SignedDuration::from_hours(24 * days);
    match course.besides {
        Besides::Supplement | Besides::Lapsed if progress.supplements.is_empty() && asks_papers(dossier) => {
            (Role::Specialist, ask(dossier, turn))
        }
        Besides::Payment if progress.payments.is_empty() => {
            let (name, amount) = sayings::payment(dossier.filing.procedure.as_str());
            let legal_base = "Luật Phí và lệ phí số 97/2015/QH13".to_owned();
            (Role::Specialist, Action::RequestPayment { name, amount, legal_base, pay_by: in_days(20) })
        }
        Besides::Withdrawn => {
            let action = Action::Withdraw { reason: sayings::withdrawal(turn) };
            (Role::Reception, action)
        }
        Besides::Paused if progress.pauses.first().is_some_and(|pause| pause.ended_at.is_none()) => {
            (Role::UnitHead, Action::Resume { note: "Đã có kết quả phải chờ.".to_owned() })
        }
        Besides::Paused if progress.pauses.is_empty() => {
            let (reason, legal_base) = sayings::pause(dossier.filing.procedure.as_str());
            (Role::UnitHead, Action::Pause { reason, legal_base, until: in_days(25) })
        }
        Besides::Nothing
        | Besides::SupplementAtIntake
        | Besides::Supplement
        | Besides::Lapsed
        | Besides::Payment
        | Besides::Refused
        | Besides::Paused
        | Besides::SentBack => {
            let verdict = verdict(course);
            let text = sayings::proposal(verdict, turn);
            (Role::Specialist, Action::Propose { step: task.step.clone(), verdict, text, draft: None })
        }
    }
}

/// How long people take.
struct Pace<'a> {
    random: &'a Random,
    calendar: &'a Calendar,
    now: Timestamp,
}

impl Pace<'_> {
    /// Some working minutes from now.
    fn minutes(&self, from: u64, to: u64) -> Timestamp {
        self.seconds(60 * from, 60 * to)
    }

    fn seconds(&self, from: u64, to: u64) -> Timestamp {
        let seconds = from + self.random.below(to.saturating_sub(from).max(1));
        self.calendar.add_working_seconds(self.now, u32::try_from(seconds).unwrap_or(u32::MAX))
    }
}

/// Whether officers open the dossier before they do this: signing for a pile needs no reading.
pub fn reads_first(action: &Action) -> bool {
    matches!(
        action.kind(),
        ActionKind::Accept
            | ActionKind::RequestSupplement
            | ActionKind::Propose
            | ActionKind::Approve
            | ActionKind::Settle
    )
}

/// Whether the procedure asks for any paper, so that one can be missing.
fn asks_papers(dossier: &Dossier) -> bool {
    !dossier.filing.components.is_empty()
}

/// Applicants without an account come after those with one.
fn citizens_after(course: &Course) -> usize {
    100_000 + course.turn()
}

/// Once: what comes to the same head again is approved.
fn sends_back(dossier: &Dossier, course: &Course, task: &Task) -> bool {
    let came = dossier.progress.holdings.iter().filter(|holding| holding.step == task.step).count();
    course.besides == Besides::SentBack && came == 1
}

fn verdict(course: &Course) -> Verdict {
    if course.is_rejected { Verdict::Reject } else { Verdict::Grant }
}
