//! How far a dossier has come, and the people who bring it there.

use jiff::SignedDuration;
use motcua::dossier::steps;
use motcua_domain::access::{Actor, Appointment, Role};
use motcua_domain::dossier::{
    Action, ComponentAsked, CopyKind, Defect, FileRef, Filing, Paper, PaperSource, Verdict,
};
use motcua_domain::ids::{OpinionId, PaperId};
use motcua_domain::procedure::StepKey;
use uuid::Uuid;

use crate::dossier::{citizen, code, filing};
use crate::given::Office;
use crate::given::people::Who;
use crate::given::province::EAST;
use crate::portal::files;

/// Another commune: it is asked for its opinion.
pub const WEST: &str = "H99.102";

/// How far a dossier has come before the act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    Registered,
    /// Registered, and nobody knows who settles it.
    Undispatched,
    Accepted,
    /// Handed over, not signed for.
    Offered,
    /// With the head, who has to assign it.
    Held,
    /// With the specialist.
    Examined,
    Paused,
    /// Another unit was asked.
    Asked,
    AwaitingSupplement,
    AwaitingPayment,
    Proposed,
    Approved,
    Settled,
}

impl Scene {
    /// How many steps of the usual way lie behind.
    pub fn steps(self) -> usize {
        match self {
            Self::Registered | Self::Undispatched => 0,
            Self::Accepted => 1,
            Self::Offered => 2,
            Self::Held => 3,
            Self::Examined
            | Self::Paused
            | Self::Asked
            | Self::AwaitingSupplement
            | Self::AwaitingPayment => 4,
            Self::Proposed => 5,
            Self::Approved => 6,
            Self::Settled => 7,
        }
    }
}

/// The key of a step.
pub fn step(key: &str) -> StepKey {
    key.parse().unwrap()
}

/// Everybody the table needs, signed in once.
pub struct People(Vec<(Role, &'static str, Who)>);

impl People {
    /// Makes their accounts, and puts them where they may be put in charge.
    pub async fn hire(office: &mut Office) -> Self {
        let mut people = Vec::new();
        for (name, role, unit) in [
            ("Trần Thị Quầy", Role::Reception, EAST),
            ("Đỗ Văn Phối", Role::Dispatcher, EAST),
            ("Ngô Thị Phí", Role::FeeCollector, EAST),
            ("Lê Văn Chuyên", Role::Specialist, EAST),
            ("Vũ Thị Trưởng", Role::UnitHead, EAST),
            ("Phan Văn Ký", Role::SigningLeader, EAST),
            ("Hồ Thị Trả", Role::ResultReturner, EAST),
            ("Mai Văn Tây", Role::UnitHead, WEST),
        ] {
            people.push((role, unit, office.officer(name, role, unit).await));
        }
        office.read_again().await;
        Self(people)
    }

    /// Who has this role there.
    pub fn find(&self, role: Role, unit: &str) -> &Who {
        let found = self.0.iter().find(|(held, at, _)| (*held, *at) == (role, unit));
        &found.expect("somebody does this").2
    }

    /// The same, for the rules.
    pub fn actor(&self, role: Role, unit: &str) -> Actor {
        let who = self.find(role, unit);
        let appointments = vec![Appointment { unit: code(unit), role }];
        Actor::Officer { id: who.id, name: who.login.clone(), appointments }
    }
}

/// A filing with one paper that a supplement may ask for.
pub fn filing_of(scene: Scene) -> Filing {
    let asked = ComponentAsked {
        key: "chung-sinh".parse().unwrap(),
        name: "Giấy chứng sinh".to_owned(),
        required: true,
    };
    let unit = (scene != Scene::Undispatched).then(|| code(EAST));
    Filing { components: vec![asked], competent_unit: unit, ..filing(1) }
}

/// The steps of the usual way, in order.
pub async fn way(office: &Office, people: &People) -> Vec<(Role, Action)> {
    let note = String::new;
    let specialist = people.find(Role::Specialist, EAST).id;
    let officer_name = "Lê Văn Chuyên".to_owned();
    let pdf = files::pdf();
    let size = pdf.len() as u64;
    let hash = office.app.blobs.keep(pdf.into()).await.unwrap();
    let paper = Box::new(Paper {
        id: PaperId::new(Uuid::from_u128(900)),
        component: None,
        title: "Giấy khai sinh".to_owned(),
        copy: CopyKind::Electronic,
        quantity: 1,
        source: PaperSource::Issued,
        file: Some(FileRef {
            sha256: hash.to_string().parse().unwrap(),
            name: "khai-sinh.pdf".to_owned(),
            size,
            media_type: "application/pdf".to_owned(),
        }),
    });
    let verdict = Verdict::Grant;
    let text = "Đủ điều kiện".to_owned();
    vec![
        (Role::Reception, Action::Accept { competent_unit: None, note: note() }),
        (Role::Reception, Action::Forward { step: step("receive"), note: note() }),
        (Role::UnitHead, Action::TakeOver { step: step("assign"), note: note() }),
        (Role::UnitHead, Action::Assign { step: step("assign"), officer: specialist, officer_name }),
        (Role::Specialist, Action::Propose { step: step("examine"), verdict, text, draft: None }),
        (Role::UnitHead, Action::Approve { step: step("approve"), note: note() }),
        (Role::SigningLeader, Action::Settle { step: step("sign"), verdict, title: "12".to_owned(), paper }),
    ]
}

/// What happens beside the usual way.
pub fn aside(office: &Office, scene: Scene) -> Option<(Role, Action)> {
    let legal_base = "Luật Hộ tịch".to_owned();
    let until = office.app.clock.now() + SignedDuration::from_hours(24 * 3);
    let reason = "Chờ bản án".to_owned();
    Some(match scene {
        Scene::Paused => (Role::UnitHead, Action::Pause { reason, legal_base, until }),
        Scene::Asked => {
            let id = OpinionId::new(Uuid::from_u128(700));
            let question = "Có cư trú không?".to_owned();
            (Role::UnitHead, Action::AskOpinion { id, unit: code(WEST), question, answer_by: until })
        }
        Scene::AwaitingSupplement => {
            let defect = Defect {
                component: Some("chung-sinh".parse().unwrap()),
                title: "Giấy chứng sinh".to_owned(),
                wanted: "Bản rõ".to_owned(),
                copy: CopyKind::Original,
            };
            let defects = vec![defect];
            (Role::UnitHead, Action::RequestSupplement { defects, reason, legal_base, answer_by: None })
        }
        Scene::AwaitingPayment => {
            let name = "Lệ phí hộ tịch".to_owned();
            (Role::FeeCollector, Action::RequestPayment { name, amount: 8_000, legal_base, pay_by: until })
        }
        Scene::Registered
        | Scene::Undispatched
        | Scene::Accepted
        | Scene::Offered
        | Scene::Held
        | Scene::Examined
        | Scene::Proposed
        | Scene::Approved
        | Scene::Settled => return None,
    })
}

/// A new dossier that has come as far as `scene`.
pub async fn bring(office: &Office, people: &People, scene: Scene, key: &str) -> String {
    let filed = steps::file(&office.app, &citizen(1), filing_of(scene), key).await.unwrap();
    let dossier = filed.dossier.code;
    let way = way(office, people).await.into_iter().take(scene.steps());
    for (role, action) in way.chain(aside(office, scene)) {
        let actor = people.actor(role, EAST);
        steps::take(&office.app, &actor, &dossier, None, action).await.unwrap();
    }
    dossier.to_string()
}
