//! The people of a simulation: officers in every unit, and citizens with an account.

use jiff::civil::{Date, date};
use motcua_db::{DbError, Tx};
use motcua_domain::access::{Actor, Appointment, Role};
use motcua_domain::dossier::Identity;
use motcua_domain::ids::PersonId;
use motcua_domain::unit::UnitCode;

use crate::account::demo::{DemoPerson, add};
use crate::account::password;
use crate::account::people::{self, NewCitizen, NewOfficer};
use crate::account::totp::Totp;
use crate::app::App;
use crate::demo::names;
use crate::demo::people::PASSWORD;
use crate::simulate::spec::{Spec, UnitSpec};
use crate::web::locale::Locale;

/// Since when everybody is appointed.
const SINCE: Date = date(2000, 1, 1);
/// Dossiers of the simulation for one specialist.
const DOSSIERS_A_SPECIALIST: u64 = 2_500;
/// Specialists of one unit at most.
const SPECIALISTS_MAX: u64 = 12;
/// Dossiers for one citizen with an account.
const DOSSIERS_A_CITIZEN: u64 = 40;
/// Citizens with an account at most.
const CITIZENS_MAX: u64 = 5_000;
/// Citizens who are listed on the page of the demonstration's people.
const CITIZENS_LISTED: u64 = 20;
/// Numbers of officers begin here, so that no applicant has the same.
const FIRST_OFFICER: usize = 20_000_000;

/// An officer.
#[derive(Clone, Debug)]
pub struct Officer {
    /// The account.
    pub id: PersonId,
    /// Full name.
    pub name: String,
    /// As the rules see it.
    pub actor: Actor,
}

/// Who works in one unit.
#[derive(Clone, Debug)]
pub struct Staff {
    desk: Officer,
    head: Officer,
    leader: Officer,
    specialists: Vec<Officer>,
}

impl Staff {
    /// Who does what a role does; another specialist for another `turn`.
    pub fn with(&self, role: Role, turn: usize) -> Option<&Officer> {
        match role {
            Role::Reception | Role::ResultReturner | Role::FeeCollector | Role::Dispatcher => {
                Some(&self.desk)
            }
            Role::Specialist | Role::Clerk => self.specialists.get(turn % self.specialists.len().max(1)),
            Role::UnitHead => Some(&self.head),
            Role::SigningLeader => Some(&self.leader),
            Role::ProcedureController | Role::Administrator | Role::Auditor => None,
        }
    }
}

/// Somebody with an account who files online.
#[derive(Clone, Debug)]
pub struct Citizen {
    /// The account.
    pub id: PersonId,
    /// Number of this person: name and numbers follow from it.
    pub number: usize,
    /// As the rules see it.
    pub actor: Actor,
}

/// Everybody.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// By unit, in the order of the spec.
    pub staff: Vec<Staff>,
    /// Citizens.
    pub citizens: Vec<Citizen>,
}

/// Makes every account, through the same code as any other account. All officers have one password.
pub fn create(app: &App, spec: &Spec, units: &[UnitSpec]) -> Result<People, DbError> {
    let hash = password::hash_now(&app.random, PASSWORD);
    let mut people = People::default();
    for (nth, unit) in units.iter().enumerate() {
        let specialists = (1 + unit.received / DOSSIERS_A_SPECIALIST).min(SPECIALISTS_MAX);
        let staff = app.store.write_sync(|tx| {
            let mut turn = FIRST_OFFICER + 100 * nth;
            let mut one = |tx: &mut Tx<'_>, post: &str, roles: &[Role]| {
                turn += 1;
                officer(tx, app, &unit.code, post, roles, turn, &hash)
            };
            Ok::<_, DbError>(Staff {
                desk: one(
                    tx,
                    "motcua",
                    &[Role::Reception, Role::ResultReturner, Role::FeeCollector, Role::Dispatcher],
                )?,
                head: one(tx, "truongphong", &[Role::UnitHead])?,
                leader: one(tx, "lanhdao", &[Role::SigningLeader])?,
                specialists: (1..=specialists)
                    .map(|nth| one(tx, &format!("chuyenvien{nth}"), &[Role::Specialist, Role::Clerk]))
                    .collect::<Result<_, _>>()?,
            })
        })?;
        people.staff.push(staff);
    }
    app.store.write_sync(|tx| {
        let first = FIRST_OFFICER - 10;
        officer(tx, app, &spec.province.code, "quantri", &[Role::Administrator], first, &hash)?;
        officer(tx, app, &spec.province.code, "kiemtoan", &[Role::Auditor], first + 1, &hash)
    })?;
    let dossiers: u64 = units.iter().map(|unit| unit.received).sum();
    let citizens = (dossiers / DOSSIERS_A_CITIZEN).clamp(1, CITIZENS_MAX);
    people.citizens = app.store.write_sync(|tx| (0..citizens).map(|nth| citizen(tx, app, nth)).collect())?;
    Ok(people)
}

fn officer(
    tx: &mut Tx<'_>,
    app: &App,
    unit: &UnitCode,
    post: &str,
    roles: &[Role],
    number: usize,
    hash: &str,
) -> Result<Officer, DbError> {
    let name = names::full_name(number);
    let new = NewOfficer {
        name: name.clone(),
        login: format!("{post}.{}", unit.as_str().to_lowercase()),
        identity: Identity::default(),
        language: Locale::Vi,
        password: Some(hash.to_owned()),
        password_once: false,
        totp: Some(Totp::new(&app.random)),
    };
    let id = people::create_officer(tx, app, &new)?;
    let appointments: Vec<Appointment> =
        roles.iter().map(|&role| Appointment { unit: unit.clone(), role }).collect();
    for appointment in &appointments {
        people::appoint(tx, id, appointment, SINCE, None)?;
    }
    list(tx, id, Some(PASSWORD))?;
    Ok(Officer { id, name: name.clone(), actor: Actor::Officer { id, name, appointments } })
}

/// Nobody has an address for mail, so that nobody is written to.
fn citizen(tx: &mut Tx<'_>, app: &App, nth: u64) -> Result<Citizen, DbError> {
    let number = usize::try_from(nth).unwrap_or(0);
    let name = names::full_name(number);
    let new = NewCitizen { name: name.clone(), identity: names::numbered(number), language: Locale::Vi };
    let id = people::create_citizen(tx, app, &new)?;
    if nth < CITIZENS_LISTED {
        list(tx, id, None)?;
    }
    Ok(Citizen { id, number, actor: Actor::Citizen { id, name } })
}

/// Everybody may be signed in as with one click: nothing here is of a real person.
fn list(tx: &mut Tx<'_>, person: PersonId, password: Option<&str>) -> Result<(), DbError> {
    let nothing = String::new;
    add(
        tx,
        &DemoPerson { person, note_vi: nothing(), note_en: nothing(), password: password.map(str::to_owned) },
    )
}
