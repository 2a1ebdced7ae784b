//! An office full of people and secrets: everybody who may hold a role, dossiers in every state, and words that only
//! some of them may ever read.

use axum::http::StatusCode;
use motcua::dossier::steps;
use motcua::random::Random;
use motcua_domain::access::{Actor, Appointment, Role, may_see};
use motcua_domain::dossier::{Action, CopyKind, Dossier, DossierCode, FileRef, Filing, Paper, PaperSource};
use motcua_domain::ids::{MessageId, PaperId, PersonId};
use uuid::Uuid;

use crate::acts::scene::{People, Scene, WEST, aside, filing_of, way};
use crate::api::token;
use crate::desk::shown;
use crate::dossier::code;
use crate::given::people::Who;
use crate::given::province::{BIRTH, EAST};
use crate::given::{Answer, Office};
use crate::portal::{Draft, files};
use crate::upload::tus;

/// Every scope of tokens.
pub const SCOPES: [&str; 3] = ["dossiers:read", "dossiers:file", "dossiers:act"];

/// Who may ever read a word.
#[derive(Clone, Debug)]
pub enum Of {
    /// Whoever may see this dossier.
    Dossier(usize),
    /// Officers who may see this dossier, and not its owner.
    Inside(usize),
    /// This person alone.
    Person(PersonId),
    /// This citizen, whoever may see a dossier of theirs, and administrators, who look after accounts.
    Account(PersonId),
}

/// A word that would be recognised anywhere.
#[derive(Clone, Debug)]
pub struct Secret {
    /// In lower case, without spaces.
    pub word: String,
    /// Who may read it.
    pub of: Of,
}

/// Somebody who asks, with a session and tokens or with neither.
pub struct Player {
    /// For messages of this test.
    pub label: String,
    /// The session; nobody without one.
    pub who: Option<Who>,
    /// As the rules see them.
    pub actor: Option<Actor>,
    /// Tokens, each with what it may.
    pub tokens: Vec<(&'static [&'static str], String)>,
}

impl Player {
    /// The account.
    pub fn id(&self) -> Option<PersonId> {
        self.actor.as_ref().and_then(Actor::id)
    }

    /// Whether this is an officer, at the desk.
    pub fn is_officer(&self) -> bool {
        matches!(self.actor, Some(Actor::Officer { .. }))
    }

    /// Whether this is a citizen, at the portal.
    pub fn is_citizen(&self) -> bool {
        matches!(self.actor, Some(Actor::Citizen { .. }))
    }

    /// Whether the rules let this person see a dossier.
    pub fn sees(&self, dossier: &Dossier) -> bool {
        self.actor.as_ref().is_some_and(|actor| may_see(actor, dossier).is_ok())
    }
}

/// The office.
pub struct World {
    /// Chance of this run.
    pub random: Random,
    /// Everybody.
    pub players: Vec<Player>,
    /// Every dossier, as the rules see it.
    pub dossiers: Vec<Dossier>,
    /// Every word to look for.
    pub secrets: Vec<Secret>,
}

/// Makes words, numbers and choices.
struct Maker {
    random: Random,
    secrets: Vec<Secret>,
}

impl Maker {
    fn word(&mut self, of: Of) -> String {
        let pick = |of: &[u8]| char::from(of[usize::try_from(self.random.below(of.len() as u64)).unwrap()]);
        let pairs = (0..6).flat_map(|_| [pick(b"bdghkmpqtvxz"), pick(b"aeiou")]);
        let word: String = pairs.collect();
        self.secrets.push(Secret { word: word.clone(), of });
        word[..1].to_uppercase() + &word[1..]
    }

    fn number(&mut self, head: &str, digits: usize, of: Of) -> String {
        let number =
            (head.len()..digits).map(|_| char::from(b'0' + u8::try_from(self.random.below(10)).unwrap()));
        let number = head.to_owned() + &number.collect::<String>();
        self.secrets.push(Secret { word: number.clone(), of });
        number
    }
}

/// A PDF that holds a word.
pub fn pdf(word: &str) -> Vec<u8> {
    String::from_utf8(files::pdf())
        .unwrap()
        .replacen("1 0 obj", &format!("% {word}\n1 0 obj"), 1)
        .into_bytes()
}

impl World {
    /// Fills an empty installation.
    pub async fn open(office: &mut Office, seed: u64) -> Self {
        office.province().await;
        let mut maker = Maker { random: Random::seeded(seed), secrets: Vec::new() };
        let people = People::hire(office).await;
        let mut players =
            vec![Player { label: "nobody".to_owned(), who: None, actor: None, tokens: Vec::new() }];
        let mut citizens = Vec::new();
        for number in 0..4 {
            let name = maker.word(Of::Person(PersonId::new(Uuid::nil())));
            let who = office.citizen(&format!("Nguyễn {name}")).await;
            maker.secrets.last_mut().expect("the name").of = Of::Account(who.id);
            let actor = Actor::Citizen { id: who.id, name: format!("Nguyễn {name}") };
            citizens.push(actor.clone());
            let label = format!("citizen {number}");
            players.push(Player { label, who: Some(who), actor: Some(actor), tokens: Vec::new() });
        }
        players.extend(officers(office, &people).await);
        office.read_again().await;
        let mut world =
            Self { random: maker.random.clone(), players, dossiers: Vec::new(), secrets: Vec::new() };
        world.file_dossiers(office, &mut maker, &people, &citizens[..3]).await;
        world.begin_drafts(office, &mut maker).await;
        world.keep_things(office, &mut maker).await;
        world.secrets = maker.secrets;
        world
    }

    async fn file_dossiers(&mut self, office: &Office, maker: &mut Maker, people: &People, owners: &[Actor]) {
        let mut places =
            vec![(EAST, Scene::Registered), (WEST, Scene::Registered), ("H99", Scene::Undispatched)];
        places.extend(SCENES.map(|scene| (EAST, scene)));
        for (number, (unit, scene)) in places.into_iter().enumerate() {
            let owner = &owners[usize::try_from(maker.random.below(owners.len() as u64)).unwrap()];
            let filing = secret_filing(office, maker, number, unit, scene, owner).await;
            let key = format!("press-{number}");
            let filed = steps::file(&office.app, owner, filing, &key).await.unwrap();
            let dossier = filed.dossier.code;
            let draft = maker.word(Of::Inside(number));
            let way = way(office, people).await.into_iter().take(scene.steps()).chain(aside(office, scene));
            for (role, action) in way {
                let action = with_draft(office, action, &draft).await;
                steps::take(&office.app, &people.actor(role, EAST), &dossier, None, action).await.unwrap();
            }
            let text = maker.word(Of::Dossier(number));
            let message = Action::SendMessage { id: MessageId::new(Uuid::from_u128(5_000)), text };
            steps::take(&office.app, owner, &dossier, None, message).await.unwrap();
            maker.secrets.push(Secret { word: plain(dossier.as_str()), of: Of::Dossier(number) });
            self.dossiers.push(shown(office, dossier.as_str()).await);
        }
    }

    /// Drafts with answers and files, and an upload that is under way.
    async fn begin_drafts(&self, office: &mut Office, maker: &mut Maker) {
        for player in self.players.iter().filter(|player| player.is_citizen()).step_by(3) {
            let of = Of::Person(player.id().expect("a citizen"));
            office.switch(player.who.as_ref().expect("a session"));
            let draft = Draft::begin(office).await;
            let (name, child) = (maker.word(of.clone()), maker.word(of.clone()));
            let (phone, content) = (maker.number("09", 10, of.clone()), maker.word(of.clone()));
            let file = maker.word(of.clone());
            draft.answer(office, "dieu-kien", &[("meets", "yes")]).await;
            draft.answer(office, "truong-hop", &[("case", "thuong")]).await;
            draft.answer(office, "co-quan", &[("unit", EAST)]).await;
            draft.answer(office, "nguoi-nop", &[("who", "me")]).await;
            let mut me = crate::portal::ME;
            (me[0].1, me[6].1) = (&name, &phone);
            draft.answer(office, "chu-ho-so", &me).await;
            let mut about = crate::portal::CHILD;
            about[0].1 = &child;
            draft.answer(office, "noi-dung-1", &about).await;
            let sent =
                files::send(office, &draft.base, "chung-sinh", &format!("{file}.pdf"), &pdf(&content)).await;
            assert_eq!(sent.status, StatusCode::OK, "{}", sent.text());
            let name = format!("{}.pdf", maker.word(of));
            let begun = tus::begin(office, &draft.base, "chung-sinh", &name, 900, None).await;
            assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.text());
        }
    }

    /// Tokens, a view and a run on many dossiers: named so that a name that leaks is noticed.
    async fn keep_things(&mut self, office: &mut Office, maker: &mut Maker) {
        const SETS: [&[&str]; 4] = [&SCOPES, &["dossiers:read"], &["dossiers:file"], &["dossiers:act"]];
        for player in self.players.iter_mut().filter(|player| player.who.is_some()) {
            let who = player.who.as_ref().expect("a session");
            let one = 1 + usize::try_from(maker.random.below(3)).expect("a place");
            for scopes in [SETS[0], SETS[one]] {
                player.tokens.push((scopes, token(office, who, scopes).await));
            }
        }
        let controls = |player: &&Player| player.label.contains("procedure_controller of H99.101");
        let controller = self.players.iter().find(controls).expect("somebody publishes procedures");
        office.switch(controller.who.as_ref().expect("a session"));
        let begun = office.post(&format!("/can-bo/quan-tri/thu-tuc/{BIRTH}/soan"), &[]).await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text());
        let officers =
            self.players.iter().filter(|player| player.is_officer() && player.label.contains("H99.101"));
        for player in
            officers.filter(|player| player.label.contains("reception") || player.label.contains("head"))
        {
            let of = Of::Person(player.id().expect("an officer"));
            office.switch(player.who.as_ref().expect("a session"));
            let (view, note) = (maker.word(of.clone()), maker.word(of));
            let add = "/can-bo/cach-loc/them?list=units&query=tab%3Dintake";
            let saved = office.post(add, &[("name", &view), ("unit", "")]).await;
            assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
            let row = format!("{}~approve", self.dossiers[3].code);
            let chosen = office
                .post("/can-bo/hang-loat?list=units&query=", &[("row", &row), ("act", "approve")])
                .await;
            let run = chosen.location.clone().unwrap_or_else(|| panic!("{}", chosen.text()));
            let foreseen = office.post(&format!("{run}/xem-truoc"), &[("note", &note)]).await;
            assert_eq!(foreseen.status, StatusCode::SEE_OTHER, "{}", foreseen.text());
        }
    }

    /// The dossiers as they are now.
    pub async fn read_again(&mut self, office: &Office) {
        for dossier in &mut self.dossiers {
            *dossier = shown(office, dossier.code.as_str()).await;
        }
    }

    /// Whether somebody may read a secret.
    pub fn may_read(&self, player: &Player, of: &Of) -> bool {
        let owns = |id: PersonId| player.id() == Some(id);
        match of {
            Of::Dossier(number) => player.sees(&self.dossiers[*number]),
            Of::Inside(number) => {
                let dossier = &self.dossiers[*number];
                player.sees(dossier) && !player.id().is_some_and(|id| dossier.is_owned_by(id))
            }
            Of::Person(id) => owns(*id),
            Of::Account(id) => {
                let theirs = |dossier: &&Dossier| dossier.is_owned_by(*id);
                let appointments = player.actor.as_ref().map(Actor::appointments).unwrap_or_default();
                let looks_after = appointments.iter().any(|held| held.role == Role::Administrator);
                owns(*id)
                    || looks_after
                    || self.dossiers.iter().filter(theirs).any(|dossier| player.sees(dossier))
            }
        }
    }

    /// The secrets in an answer that this player may not read, but for those that the request named itself.
    pub fn leaks(&self, player: &Player, asked: &str, answer: &Answer) -> Vec<String> {
        let asked = plain(asked);
        let mut told = plain(&format!("{:?}", answer.headers));
        told.push_str(&plain(&text_of(answer)));
        let is_told = |secret: &&Secret| told.contains(&secret.word) && !asked.contains(&secret.word);
        let leaked = self.secrets.iter().filter(is_told).filter(|secret| !self.may_read(player, &secret.of));
        leaked.map(|secret| format!("{} of {:?}", secret.word, secret.of)).collect()
    }

    /// Which dossier a text names.
    pub fn named(&self, text: &str) -> Option<&Dossier> {
        self.dossiers.iter().find(|dossier| text.contains(dossier.code.as_str()))
    }

    /// A number below.
    pub fn below(&self, limit: usize) -> usize {
        usize::try_from(self.random.below(limit as u64)).unwrap()
    }

    /// Some of these, in any order.
    pub fn some<T>(&self, mut from: Vec<T>, most: usize) -> Vec<T> {
        let mut taken = Vec::new();
        while taken.len() < most && !from.is_empty() {
            taken.push(from.swap_remove(self.below(from.len())));
        }
        taken
    }
}

/// Lower case without what only makes it readable.
pub fn plain(text: &str) -> String {
    text.chars().filter(|sign| !sign.is_whitespace() && *sign != '.').flat_map(char::to_lowercase).collect()
}

/// What a reader of the answer could read: sheets are unpacked.
fn text_of(answer: &Answer) -> String {
    let Ok(mut sheets) = zip::ZipArchive::new(std::io::Cursor::new(&answer.body)) else {
        return answer.text();
    };
    let mut text = String::new();
    for number in 0..sheets.len() {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut sheets.by_index(number).unwrap(), &mut bytes).unwrap();
        text.push_str(&String::from_utf8_lossy(&bytes));
    }
    text
}

/// Every state that a dossier of the eastern commune comes to, what waits for approval first.
const SCENES: [Scene; 12] = [
    Scene::Proposed,
    Scene::Undispatched,
    Scene::Accepted,
    Scene::Offered,
    Scene::Held,
    Scene::Examined,
    Scene::Paused,
    Scene::Asked,
    Scene::AwaitingSupplement,
    Scene::AwaitingPayment,
    Scene::Approved,
    Scene::Settled,
];

/// A filing in which everything is a secret.
async fn secret_filing(
    office: &Office,
    maker: &mut Maker,
    number: usize,
    unit: &str,
    scene: Scene,
    owner: &Actor,
) -> Filing {
    let of = || Of::Dossier(number);
    let mut filing = filing_of(scene);
    filing.owner = owner.id();
    filing.receiving_unit = code(unit);
    filing.competent_unit = filing.competent_unit.map(|_| code(unit));
    filing.applicant.name = format!("Trần {}", maker.word(of()));
    filing.applicant.identity.id_number = Some(maker.number("0", 12, of()));
    filing.applicant.identity.phone = Some(maker.number("09", 10, of()));
    filing.applicant.identity.address = format!("Khu {}", maker.word(of()));
    filing.subject = format!("Khai sinh cho {}", maker.word(of()));
    let (name, content) = (maker.word(of()), pdf(&maker.word(of())));
    filing.papers = vec![paper(office, 901, PaperSource::Uploaded, &format!("{name}.pdf"), content).await];
    filing
}

async fn paper(office: &Office, id: u128, source: PaperSource, name: &str, content: Vec<u8>) -> Paper {
    let size = content.len() as u64;
    let hash = office.app.blobs.keep(content.into()).await.unwrap();
    Paper {
        id: PaperId::new(Uuid::from_u128(id)),
        component: None,
        title: "Giấy chứng sinh".to_owned(),
        copy: CopyKind::Electronic,
        quantity: 1,
        source,
        file: Some(FileRef {
            sha256: hash.to_string().parse().unwrap(),
            name: name.to_owned(),
            size,
            media_type: "application/pdf".to_owned(),
        }),
    }
}

/// A proposal brings the draft of a result, which the applicant does not get.
async fn with_draft(office: &Office, action: Action, word: &str) -> Action {
    let Action::Propose { step, verdict, text, .. } = action else { return action };
    let name = format!("{word}.pdf");
    let draft = paper(office, 902, PaperSource::Issued, &name, pdf(word)).await;
    Action::Propose { step, verdict, text, draft: Some(Box::new(draft)) }
}

/// Everybody at the desk: each role in the eastern commune, some elsewhere, somebody with two posts, somebody with none.
async fn officers(office: &mut Office, people: &People) -> Vec<Player> {
    let mut players = Vec::new();
    let known = [
        (Role::Reception, EAST),
        (Role::Dispatcher, EAST),
        (Role::FeeCollector, EAST),
        (Role::Specialist, EAST),
        (Role::UnitHead, EAST),
        (Role::SigningLeader, EAST),
        (Role::ResultReturner, EAST),
        (Role::UnitHead, WEST),
    ];
    for (role, unit) in known {
        let who = people.find(role, unit).clone();
        players.push(officer(vec![Appointment { unit: code(unit), role }], who));
    }
    let others: [&[(Role, &str)]; 9] = [
        &[(Role::Clerk, EAST)],
        &[(Role::ProcedureController, EAST)],
        &[(Role::Administrator, EAST)],
        &[(Role::Auditor, "H99")],
        &[(Role::Reception, WEST)],
        &[(Role::Reception, "H99")],
        &[(Role::Specialist, "H99.01")],
        &[(Role::Clerk, WEST), (Role::ProcedureController, "H99")],
        &[],
    ];
    for (number, posts) in others.into_iter().enumerate() {
        let name =
            format!("Cán bộ thứ {}", ["Một", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Tám", "Chín"][number]);
        let who = office.hired(&name, posts).await;
        let who = office.sign_in(who).await;
        let held = posts.iter().map(|(role, unit)| Appointment { unit: code(unit), role: *role }).collect();
        players.push(officer(held, who));
    }
    players
}

fn officer(appointments: Vec<Appointment>, who: Who) -> Player {
    let posts: Vec<String> =
        appointments.iter().map(|held| format!("{} of {}", held.role.name(), held.unit)).collect();
    let actor = Actor::Officer { id: who.id, name: who.login.clone(), appointments };
    Player {
        label: format!("officer: {}", posts.join(", ")),
        who: Some(who),
        actor: Some(actor),
        tokens: Vec::new(),
    }
}

/// A code that is like this one, and of no dossier.
pub fn unknown_code(code: &DossierCode) -> String {
    let text = code.as_str();
    format!("{}9876", &text[..text.len() - 4])
}
