//! The people of the demonstration: officers in every role, and citizens.

use jiff::civil::{Date, date};
use motcua_domain::access::{Actor, Appointment, Role};
use motcua_domain::dossier::Identity;
use motcua_domain::ids::PersonId;
use motcua_domain::unit::UnitCode;

use crate::account::password;
use crate::account::people::{self, NewCitizen, NewOfficer};
use crate::account::totp::Totp;
use crate::app::App;
use crate::demo::store;
use crate::web::locale::Locale;

/// The password of every officer of the demonstration; printed and shown, and of no use anywhere else.
pub const PASSWORD: &str = "sen-hong-2026";

/// Since when everybody is appointed.
const SINCE: Date = date(2025, 7, 1);

/// An officer of the demonstration.
#[derive(Clone, Debug)]
pub struct Officer {
    /// The account.
    pub id: PersonId,
    /// Full name.
    pub name: String,
    /// What this officer signs in with.
    pub login: String,
    /// The secret of the second factor, as typed into an application.
    pub totp: String,
    /// Where, as what.
    pub appointments: Vec<Appointment>,
}

impl Officer {
    /// The officer as the rules see it.
    pub fn actor(&self) -> Actor {
        Actor::Officer { id: self.id, name: self.name.clone(), appointments: self.appointments.clone() }
    }

    /// Whether this officer has `role` in `unit`.
    pub fn is(&self, role: Role, unit: &UnitCode) -> bool {
        self.appointments.iter().any(|held| held.role == role && held.unit == *unit)
    }
}

/// A citizen of the demonstration.
#[derive(Clone, Debug)]
pub struct Citizen {
    /// The account.
    pub id: PersonId,
    /// Full name.
    pub name: String,
    /// Identifiers and addresses.
    pub identity: Identity,
}

/// Everybody.
#[derive(Clone, Debug)]
pub struct People {
    /// Officers.
    pub officers: Vec<Officer>,
    /// Citizens.
    pub citizens: Vec<Citizen>,
}

const UNITS: [(&str, &str); 8] = [
    ("H99", "tinh"),
    ("H99.11", "sxd"),
    ("H99.12", "stp"),
    ("H99.101", "senhong"),
    ("H99.102", "sentrang"),
    ("H99.103", "damvac"),
    ("H99.21", "congan"),
    ("H99.22", "bhxh"),
];

const POSTS: [(&str, &[Role]); 4] = [
    ("motcua", &[Role::Reception, Role::ResultReturner, Role::FeeCollector, Role::Dispatcher]),
    ("chuyenvien", &[Role::Specialist, Role::Clerk]),
    ("truongphong", &[Role::UnitHead]),
    ("lanhdao", &[Role::SigningLeader]),
];

const OFFICERS: [&str; 8] = [
    "Lê Thị Súng",
    "Phạm Văn Ngó",
    "Trần Thị Đài Sen",
    "Vũ Đình Nhụy",
    "Hoàng Thị Búp",
    "Đỗ Văn Gương",
    "Bùi Thị Tâm Sen",
    "Ngô Văn Cuống",
];

const CITIZENS: [&str; 8] = [
    "Nguyễn Thị Bạch Liên",
    "Trần Văn Hồ",
    "Phan Thị Ao",
    "Đinh Văn Bèo",
    "Lý Thị Thanh Thủy",
    "Mai Văn Bến",
    "Cao Thị Sóng",
    "Tạ Văn Chài",
];

/// Makes every account, through the same code as any other account.
pub fn create(app: &App) -> Result<People, motcua_db::DbError> {
    let hash = password::hash_now(&app.random, PASSWORD);
    let app = app.clone();
    let inner = app.clone();
    app.store.write_sync(move |tx| {
        let mut people = People { officers: Vec::new(), citizens: Vec::new() };
        let mut place = 0;
        for (unit, short) in UNITS {
            for (post, roles) in POSTS {
                let name = OFFICERS[usize::try_from(place).unwrap_or(0) % OFFICERS.len()];
                people.officers.push(officer(tx, &inner, (unit, short), (post, roles), name, &hash, place)?);
                place += 1;
            }
        }
        let office: [(&str, &[Role]); 2] =
            [("quantri", &[Role::Administrator, Role::ProcedureController]), ("kiemtoan", &[Role::Auditor])];
        for (post, roles) in office {
            people.officers.push(officer(
                tx,
                &inner,
                ("H99", "tinh"),
                (post, roles),
                "Hà Văn Đăng",
                &hash,
                place,
            )?);
            place += 1;
        }
        for (name, number) in CITIZENS.into_iter().zip(1u32..) {
            let identity = Identity {
                id_number: Some(format!("0992900{number:05}")),
                address: format!("Tổ {number}, phường Sen Hồng, tỉnh Hương Sen"),
                phone: Some(format!("09000001{number:02}")),
                email: Some(format!("congdan{number}@huongsen.example")),
                ..Identity::default()
            };
            let new = NewCitizen { name: name.to_owned(), identity: identity.clone(), language: Locale::Vi };
            let id = people::create_citizen(tx, &inner, &new)?;
            store::list_person(tx, id, place, ["Công dân", "Citizen"], None)?;
            place += 1;
            people.citizens.push(Citizen { id, name: name.to_owned(), identity });
        }
        Ok(people)
    })
}

fn officer(
    tx: &mut motcua_db::Tx<'_>,
    app: &App,
    (unit, short): (&str, &str),
    (post, roles): (&str, &[Role]),
    name: &str,
    hash: &str,
    place: i64,
) -> Result<Officer, motcua_db::DbError> {
    let login = format!("{post}.{short}");
    let totp = Totp::new(&app.random);
    let new = NewOfficer {
        name: name.to_owned(),
        login: login.clone(),
        identity: Identity { email: Some(format!("{login}@huongsen.example")), ..Identity::default() },
        language: Locale::Vi,
        password: Some(hash.to_owned()),
        password_once: false,
        totp: Some(totp.clone()),
    };
    let id = people::create_officer(tx, app, &new)?;
    let unit: UnitCode = unit.parse().map_err(|_| motcua_db::DbError::BadValue(unit.to_owned()))?;
    let appointments: Vec<Appointment> =
        roles.iter().map(|&role| Appointment { unit: unit.clone(), role }).collect();
    for appointment in &appointments {
        people::appoint(tx, id, appointment, SINCE, None)?;
    }
    let role = |locale: Locale| locale.t(&format!("access.role_{}", roles[0].name())).to_owned();
    let (vi, en) = (format!("{}, {unit}", role(Locale::Vi)), format!("{}, {unit}", role(Locale::En)));
    store::list_person(tx, id, place, [&vi, &en], Some(PASSWORD))?;
    Ok(Officer { id, name: name.to_owned(), login, totp: totp.base32(), appointments })
}
