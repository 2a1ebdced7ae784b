//! Fixtures of the tests: a small province, its people, and dossiers that went through the rules to where they are.

use jiff::Timestamp;
use jiff::civil::date;
use uuid::Uuid;

use crate::access::{Actor, Appointment, Role};
use crate::calendar::{Calendar, Limit, SupplementPolicy};
use crate::dossier::decide::{decide, file};
use crate::dossier::{
    Action, Applicant, ApplicantKind, Channel, ComponentAsked, CopyKind, Ctx, Decision, Defect, Dossier,
    DossierCode, FileRef, Filing, Identity, Office, Paper, PaperSource, Recorded, Refusal, ReturnWay,
    Verdict,
};
use crate::ids::{OpinionId, PaperId, PersonId};
use crate::procedure::{ElectronicProcess, ProcessStep, StepAgency, StepKey, StepKind};
use crate::settings::Settings;
use crate::unit::{Unit, UnitCode, UnitLevel, Units};

/// The province, whose centre takes dossiers in for its departments.
pub(super) const PROVINCE: &str = "H99";
/// A department of it.
pub(super) const DEPARTMENT: &str = "H99.10";
/// Another department.
pub(super) const OTHER_DEPARTMENT: &str = "H99.11";
/// A commune with its own one-stop.
pub(super) const COMMUNE: &str = "H99.50";
/// Another commune.
pub(super) const OTHER_COMMUNE: &str = "H99.51";

const UNITS: [(&str, UnitLevel); 5] = [
    (PROVINCE, UnitLevel::Province),
    (DEPARTMENT, UnitLevel::Department),
    (OTHER_DEPARTMENT, UnitLevel::Department),
    (COMMUNE, UnitLevel::Commune),
    (OTHER_COMMUNE, UnitLevel::Commune),
];

/// An instant of office time, as in `at("2026-03-02 08:00")`.
pub(super) fn at(text: &str) -> Timestamp {
    let wall: jiff::civil::DateTime = text.parse().unwrap();
    crate::office_time::from_office(wall)
}

pub(super) fn unit(code: &str) -> UnitCode {
    code.parse().unwrap()
}

pub(super) fn step(key: &str) -> StepKey {
    key.parse().unwrap()
}

/// The officer with this role in this unit. Every role of every unit has one.
pub(super) fn officer(role: Role, code: &str) -> Actor {
    Actor::Officer {
        id: officer_id(role, code),
        name: format!("{} {code}", role.name()),
        appointments: vec![Appointment { unit: unit(code), role }],
    }
}

pub(super) fn officer_id(role: Role, code: &str) -> PersonId {
    let unit = UNITS.iter().position(|(known, _)| *known == code).unwrap();
    let role = Role::ALL.iter().position(|known| *known == role).unwrap();
    PersonId::new(Uuid::from_u128(1_000 + 100 * unit as u128 + role as u128))
}

/// Another officer with the same post.
pub(super) fn colleague(role: Role, code: &str) -> Actor {
    let id = PersonId::new(Uuid::from_u128(3));
    Actor::Officer {
        id,
        name: "Đồng nghiệp".to_owned(),
        appointments: officer(role, code).appointments().to_vec(),
    }
}

/// The owner, who happens to be an officer with this post.
pub(super) fn owner_as(role: Role, code: &str) -> Actor {
    let appointments = officer(role, code).appointments().to_vec();
    Actor::Officer {
        id: PersonId::new(Uuid::from_u128(1)), name: "Nguyễn Thị Hoa".to_owned(), appointments
    }
}

pub(super) fn owner() -> Actor {
    Actor::Citizen { id: PersonId::new(Uuid::from_u128(1)), name: "Nguyễn Thị Hoa".to_owned() }
}

pub(super) fn stranger() -> Actor {
    Actor::Citizen { id: PersonId::new(Uuid::from_u128(2)), name: "Trần Văn Lạ".to_owned() }
}

/// The office of the tests: weekdays without holidays.
pub(super) struct World {
    pub calendar: Calendar,
    pub units: Units,
    pub settings: Settings,
}

impl Office for World {
    fn calendar_of(&self, _unit: &UnitCode) -> &Calendar {
        &self.calendar
    }

    fn units(&self) -> &Units {
        &self.units
    }

    fn is_appointed(&self, person: PersonId, role: Role, unit: &UnitCode) -> bool {
        UNITS.iter().any(|(code, _)| *code == unit.as_str() && officer_id(role, code) == person)
    }
}

impl World {
    pub(super) fn new() -> Self {
        let parent = |code: &str| (code != PROVINCE).then(|| unit(PROVINCE));
        let units =
            UNITS.map(|(code, level)| Unit::new(unit(code), code, level, parent(code), date(2025, 7, 1)));
        Self {
            calendar: Calendar::default(),
            units: Units::new(units.to_vec()).unwrap(),
            settings: Settings::default(),
        }
    }

    pub(super) fn ctx<'a>(&'a self, actor: &'a Actor, now: Timestamp, entries: u64) -> Ctx<'a> {
        Ctx { now, actor, office: self, settings: &self.settings, form_number: Some(7), entries }
    }
}

/// A dossier with its journal and a clock, driven through the rules.
pub(super) struct Life<'w> {
    pub world: &'w World,
    pub now: Timestamp,
    pub dossier: Dossier,
    pub journal: Vec<Recorded>,
}

impl<'w> Life<'w> {
    /// Filed online by its owner on Monday 2 March 2026 at 8:00.
    pub(super) fn filed(world: &'w World, filing: Filing) -> Self {
        Self::filed_at(world, filing, "2026-03-02 08:00")
    }

    /// Filed at another moment.
    pub(super) fn filed_at(world: &'w World, filing: Filing, text: &str) -> Self {
        let now = at(text);
        let actor = match filing.channel {
            Channel::Online | Channel::Assisted => owner(),
            Channel::Counter | Channel::Post => officer(Role::Reception, filing.receiving_unit.as_str()),
        };
        let code: DossierCode = "H99-260302-0001".parse().unwrap();
        let Decision { dossier, events } = file(&world.ctx(&actor, now, 0), &code, filing).unwrap();
        Self { world, now, dossier, journal: events }
    }

    /// What the rules say, changing nothing.
    pub(super) fn ask(&self, actor: &Actor, action: &Action) -> Result<Decision, Refusal> {
        let entries = u64::try_from(self.journal.len()).unwrap();
        decide(&self.world.ctx(actor, self.now, entries), &self.dossier, action)
    }

    /// Does it, or says why not.
    pub(super) fn try_act(&mut self, actor: &Actor, action: &Action) -> Result<(), Refusal> {
        let decision = self.ask(actor, action)?;
        self.dossier = decision.dossier;
        self.journal.extend(decision.events);
        Ok(())
    }

    /// Does what must be possible.
    #[track_caller]
    pub(super) fn act(&mut self, actor: &Actor, action: &Action) -> &mut Self {
        self.try_act(actor, action).unwrap();
        self
    }

    /// Lets time pass.
    pub(super) fn wait_until(&mut self, text: &str) -> &mut Self {
        self.now = at(text);
        self
    }

    pub(super) fn due(&self) -> Option<Timestamp> {
        crate::dossier::time::due(&self.dossier, &self.world.calendar, self.now)
    }

    /// Accepted by the desk.
    pub(super) fn accepted(world: &'w World, filing: Filing) -> Self {
        let mut life = Self::filed(world, filing);
        let desk = life.desk(Role::Reception);
        life.act(&desk, &accept());
        life
    }

    /// Handed over to the professional side, not signed for.
    pub(super) fn forwarded(world: &'w World, filing: Filing) -> Self {
        let mut life = Self::accepted(world, filing);
        let desk = life.desk(Role::Reception);
        life.act(&desk, &forward("receive"));
        life
    }

    /// Signed for by the head, who has to assign it.
    pub(super) fn taken_over(world: &'w World, filing: Filing) -> Self {
        let mut life = Self::forwarded(world, filing);
        let head = life.competent(Role::UnitHead);
        life.act(&head, &take_over("assign"));
        life
    }

    /// In the hands of the specialist.
    pub(super) fn examined(world: &'w World, filing: Filing) -> Self {
        let mut life = Self::taken_over(world, filing);
        let head = life.competent(Role::UnitHead);
        let unit = life.competent_code();
        life.act(&head, &assign("assign", Role::Specialist, &unit));
        life
    }

    /// Waits for the head's approval.
    pub(super) fn proposed(world: &'w World, filing: Filing) -> Self {
        let mut life = Self::examined(world, filing);
        let specialist = life.competent(Role::Specialist);
        life.act(&specialist, &propose("examine", Verdict::Grant));
        life
    }

    /// Waits for the leader's signature.
    pub(super) fn approved(world: &'w World, filing: Filing) -> Self {
        let mut life = Self::proposed(world, filing);
        let head = life.competent(Role::UnitHead);
        life.act(&head, &approve("approve"));
        life
    }

    /// The result is ready.
    pub(super) fn settled(world: &'w World, filing: Filing) -> Self {
        let mut life = Self::approved(world, filing);
        let leader = life.competent(Role::SigningLeader);
        life.act(&leader, &settle("sign", Verdict::Grant));
        life
    }

    /// The competent department has proposed; another one has not given its opinion.
    pub(super) fn proposed_alone(world: &'w World) -> Self {
        let mut life = Self::examined(world, filing_in_parallel());
        let specialist = life.competent(Role::Specialist);
        life.act(&specialist, &propose("examine", Verdict::Grant));
        life
    }

    pub(super) fn desk(&self, role: Role) -> Actor {
        officer(role, self.dossier.filing.receiving_unit.as_str())
    }

    pub(super) fn competent(&self, role: Role) -> Actor {
        officer(role, &self.competent_code())
    }

    pub(super) fn competent_code(&self) -> String {
        self.dossier.responsible_unit().to_string()
    }
}

/// Filed online at the commune's own one-stop, due in five working days.
pub(super) fn filing() -> Filing {
    Filing {
        procedure: "1.001193".parse().unwrap(),
        procedure_version: 1,
        procedure_name: "Đăng ký khai sinh".to_owned(),
        field: "Hộ tịch".to_owned(),
        case: None,
        components: vec![component("to-khai", "Tờ khai"), component("giay-chung-sinh", "Giấy chứng sinh")],
        channel: Channel::Online,
        applicant: Applicant {
            kind: ApplicantKind::Citizen,
            name: "Nguyễn Thị Hoa".to_owned(),
            identity: Identity::default(),
        },
        representative: None,
        owner: owner().id(),
        posted_at: None,
        taken_in_by: None,
        subject: "Đăng ký khai sinh cho con".to_owned(),
        answers: Vec::new(),
        sets: 1,
        receiving_unit: unit(COMMUNE),
        competent_unit: Some(unit(COMMUNE)),
        return_way: ReturnWay::Desk,
        limit: Some(Limit::WorkingDays(5)),
        supplement_policy: SupplementPolicy::Restart,
        fees: Vec::new(),
        process: ElectronicProcess::default_process(),
        papers: vec![paper(1, Some("to-khai"))],
    }
}

/// Handed in at the commune, settled by a department: non-territorial.
pub(super) fn filing_elsewhere() -> Filing {
    Filing { competent_unit: Some(unit(DEPARTMENT)), ..filing() }
}

/// Handed in at the centre of the province for one of its departments: at the department's own desk.
pub(super) fn filing_at_centre() -> Filing {
    Filing { receiving_unit: unit(PROVINCE), competent_unit: Some(unit(DEPARTMENT)), ..filing() }
}

/// Two agencies at the same time under the lead of the competent one: it examines while the other department gives its
/// opinion, and approves when both are done.
pub(super) fn filing_in_parallel() -> Filing {
    let mut process = ElectronicProcess::default_process();
    let opinion = ProcessStep {
        key: step("opinion"),
        name: None,
        kind: StepKind::Opinion,
        agency: StepAgency::Unit(unit(OTHER_DEPARTMENT)),
        role: Role::Specialist,
        limit: Some(Limit::WorkingDays(2)),
        after: vec![step("assign")],
        lead: false,
    };
    for known in &mut process.steps {
        match known.kind {
            StepKind::Examine => known.lead = true,
            StepKind::Approve => known.after.push(step("opinion")),
            StepKind::Receive | StepKind::Assign | StepKind::Opinion | StepKind::Sign | StepKind::Return => {}
        }
    }
    process.steps.insert(3, opinion);
    Filing { process, ..filing_at_centre() }
}

/// Whoever the program knows: the owner, a stranger, the program itself, and every role in every unit.
pub(super) fn everybody() -> Vec<Actor> {
    let officers = UNITS.iter().flat_map(|(code, _)| Role::ALL.map(|role| officer(role, code)));
    [owner(), stranger(), Actor::System].into_iter().chain(officers).collect()
}

pub(super) fn component(key: &str, name: &str) -> ComponentAsked {
    ComponentAsked { key: key.parse().unwrap(), name: name.to_owned(), required: true }
}

pub(super) fn paper(id: u128, component: Option<&str>) -> Paper {
    Paper {
        id: PaperId::new(Uuid::from_u128(id)),
        component: component.map(|key| key.parse().unwrap()),
        title: format!("Giấy tờ {id}"),
        copy: CopyKind::Electronic,
        quantity: 1,
        source: PaperSource::Uploaded,
        file: Some(FileRef {
            sha256: "ab".repeat(32).parse().unwrap(),
            name: "giay-to.pdf".to_owned(),
            size: 1_000,
            media_type: "application/pdf".to_owned(),
        }),
    }
}

pub(super) fn defect(component: Option<&str>) -> Defect {
    Defect {
        component: component.map(|key| key.parse().unwrap()),
        title: component.unwrap_or("Tờ khai điện tử").to_owned(),
        wanted: "Bản chụp rõ, đủ bốn góc".to_owned(),
        copy: CopyKind::Electronic,
    }
}

pub(super) fn accept() -> Action {
    Action::Accept { competent_unit: None, note: String::new() }
}

pub(super) fn refuse() -> Action {
    Action::Refuse { reason: "Không thuộc thẩm quyền".to_owned(), legal_base: base() }
}

pub(super) fn forward(key: &str) -> Action {
    Action::Forward { step: step(key), note: "Đã kiểm tra".to_owned() }
}

pub(super) fn take_over(key: &str) -> Action {
    Action::TakeOver { step: step(key), note: String::new() }
}

pub(super) fn send_back(from: &str, to: &str) -> Action {
    Action::SendBack { step: step(from), to: step(to), reason: "Thiếu ý kiến".to_owned() }
}

pub(super) fn assign(key: &str, role: Role, code: &str) -> Action {
    let officer_name = format!("{} {code}", role.name());
    Action::Assign { step: step(key), officer: officer_id(role, code), officer_name }
}

pub(super) fn propose(key: &str, verdict: Verdict) -> Action {
    Action::Propose { step: step(key), verdict, text: "Đủ điều kiện".to_owned(), draft: None }
}

pub(super) fn approve(key: &str) -> Action {
    Action::Approve { step: step(key), note: String::new() }
}

pub(super) fn settle(key: &str, verdict: Verdict) -> Action {
    let paper = Box::new(Paper { source: PaperSource::Issued, ..paper(900, None) });
    Action::Settle { step: step(key), verdict, title: "12/GKS".to_owned(), paper }
}

pub(super) fn hand_back() -> Action {
    Action::Return { to: "Nguyễn Thị Hoa".to_owned(), note: String::new() }
}

pub(super) fn request_supplement() -> Action {
    Action::RequestSupplement {
        defects: vec![defect(Some("giay-chung-sinh"))],
        reason: "Giấy chứng sinh bị mờ".to_owned(),
        legal_base: base(),
        answer_by: None,
    }
}

pub(super) fn answer_supplement(id: u128) -> Action {
    Action::AnswerSupplement { papers: vec![paper(id, Some("giay-chung-sinh"))], note: String::new() }
}

pub(super) fn request_payment(pay_by: Timestamp) -> Action {
    Action::RequestPayment { name: "Lệ phí".to_owned(), amount: 8_000, legal_base: base(), pay_by }
}

pub(super) fn confirm_payment(amount: i64) -> Action {
    Action::ConfirmPayment { amount, receipt: "0000012".to_owned() }
}

pub(super) fn pause(until: Timestamp) -> Action {
    Action::Pause { reason: "Chờ kết quả giám định".to_owned(), legal_base: base(), until }
}

pub(super) fn resume() -> Action {
    Action::Resume { note: String::new() }
}

pub(super) fn extend(new_due: Timestamp) -> Action {
    Action::Extend { new_due, reason: "Chờ ý kiến cơ quan khác".to_owned() }
}

pub(super) fn ask_opinion(id: u128, code: &str) -> Action {
    Action::AskOpinion {
        id: OpinionId::new(Uuid::from_u128(id)),
        unit: unit(code),
        question: "Ý kiến về quy hoạch".to_owned(),
        answer_by: at("2026-03-06 08:00"),
    }
}

pub(super) fn withdraw() -> Action {
    Action::Withdraw { reason: "Không còn nhu cầu".to_owned() }
}

pub(super) fn stop() -> Action {
    Action::Stop {
        reason: "Quá hạn bổ sung".to_owned(),
        legal_base: base(),
        fee_settlement: "Không thu".to_owned(),
    }
}

pub(super) fn base() -> String {
    "Điều 17 Nghị định 118/2025/NĐ-CP".to_owned()
}
