//! The people of the demonstration: officers in every role, and citizens.

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

impl Citizen {
    /// The citizen as the rules see it.
    pub fn actor(&self) -> Actor {
        Actor::Citizen { id: self.id, name: self.name.clone() }
    }
}

/// Everybody.
#[derive(Clone, Debug)]
pub struct People {
    /// Officers.
    pub officers: Vec<Officer>,
    /// Citizens: first those who are listed, in the order of `CITIZENS`, then others with an account.
    pub citizens: Vec<Citizen>,
}

impl People {
    /// An officer with this role in this unit; where there are several, another one for another `turn`.
    pub fn officer(&self, unit: &UnitCode, role: Role, turn: usize) -> Option<&Officer> {
        let fit: Vec<&Officer> = self.officers.iter().filter(|officer| officer.is(role, unit)).collect();
        fit.get(turn % fit.len().max(1)).copied()
    }

    /// The citizens whom the page of the demo's people lists.
    pub fn listed(&self) -> &[Citizen] {
        &self.citizens[..CITIZENS.len().min(self.citizens.len())]
    }

    /// The officer with this account.
    pub fn officer_with(&self, id: PersonId) -> Option<&Officer> {
        self.officers.iter().find(|officer| officer.id == id)
    }
}

/// Something to try, in Vietnamese and in English.
type Hint = (&'static str, &'static str);

/// Unit, its part of the logins.
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

/// Units that receive people; those after them work for others only.
const WITH_DESK: usize = 6;

/// Posts that every unit has.
const POSTS: [(&str, &[Role], Hint); 4] = [
    (
        "motcua",
        &[Role::Reception, Role::ResultReturner, Role::FeeCollector, Role::Dispatcher],
        (
            "Bạn có thể thử: tiếp nhận hồ sơ nộp trực tuyến đang chờ, nhận hồ sơ tại quầy chỉ bằng bàn phím, yêu cầu bổ sung, trả kết quả.",
            "Try: accept what waits from online, take a dossier in at the counter by keyboard alone, ask for a supplement, return a result.",
        ),
    ),
    (
        "chuyenvien",
        &[Role::Specialist, Role::Clerk],
        (
            "Bạn có thể thử: ký nhận hồ sơ vừa chuyển đến, thẩm định, lấy ý kiến, trình kết quả; xem thẻ quá hạn và sắp đến hạn.",
            "Try: sign for what was handed over, examine, ask an opinion, propose a result; look at the tabs of what is late and due soon.",
        ),
    ),
    (
        "truongphong",
        &[Role::UnitHead],
        (
            "Bạn có thể thử: phân công, duyệt hoặc trả lại kết quả đã trình, cho phép tạm dừng có căn cứ.",
            "Try: assign, approve or send back what is proposed, allow a pause with its base.",
        ),
    ),
    (
        "lanhdao",
        &[Role::SigningLeader],
        (
            "Bạn có thể thử: ký kết quả, xin lỗi và gia hạn một hồ sơ sắp quá hạn (lần thứ hai sẽ bị từ chối).",
            "Try: sign a result, apologise for and extend a dossier that will be late (the second time is refused).",
        ),
    ),
];

/// Posts that only some units have.
const OTHER_POSTS: [(usize, &str, &[Role], Hint); 10] = [
    (
        3,
        "motcua2",
        &[Role::Reception],
        ("Bạn có thể thử: nhận hồ sơ ở quầy thứ hai.", "Try: take dossiers in at the second counter."),
    ),
    (
        3,
        "hotich",
        &[Role::Specialist],
        (
            "Bạn có thể thử: thẩm định hồ sơ hộ tịch được phân công cho mình; hồ sơ của người khác chỉ xem được.",
            "Try: examine what is assigned to you; what is another's you can only read.",
        ),
    ),
    (
        3,
        "traketqua",
        &[Role::ResultReturner],
        ("Bạn có thể thử: trả kết quả ở thẻ chờ trả.", "Try: return results that wait to be fetched."),
    ),
    (
        3,
        "thuphi",
        &[Role::FeeCollector],
        (
            "Bạn có thể thử: xác nhận khoản phí đã nộp; số tiền khác với số đã yêu cầu sẽ bị từ chối.",
            "Try: confirm a payment; another amount than asked for is refused.",
        ),
    ),
    (
        3,
        "vanthu",
        &[Role::Clerk],
        ("Bạn có thể thử: thêm bản số hóa vào hồ sơ đang xử lý.", "Try: add a scan to a dossier in process."),
    ),
    (
        0,
        "dieuphoi",
        &[Role::Dispatcher],
        (
            "Bạn có thể thử: chọn cơ quan giải quyết cho hồ sơ chưa rõ thẩm quyền.",
            "Try: name the competent unit of a dossier that nobody knew where to send.",
        ),
    ),
    (
        0,
        "kiemsoat",
        &[Role::ProcedureController],
        (
            "Bạn có thể thử: soạn phiên bản mới của một thủ tục, xem khác biệt rồi công bố; không đọc được hồ sơ nào.",
            "Try: prepare the next version of a procedure, compare and publish it; no dossier can be read.",
        ),
    ),
    (
        0,
        "quantri",
        &[Role::Administrator],
        (
            "Bạn có thể thử: quản lý cơ quan, người dùng, vai trò, lịch làm việc; không đọc được hồ sơ nào.",
            "Try: manage units, people, roles, calendars; no dossier can be read.",
        ),
    ),
    (
        0,
        "kiemtoan",
        &[Role::Auditor],
        (
            "Bạn có thể thử: đọc mọi hồ sơ và nhật ký; mỗi lần đọc đều được ghi và người nộp thấy.",
            "Try: read every dossier and its journal; every reading is recorded and the applicant sees it.",
        ),
    ),
    (
        5,
        "motcua2",
        &[Role::Reception, Role::FeeCollector],
        ("Bạn có thể thử: nhận hồ sơ gửi qua bưu chính.", "Try: take in what came by post."),
    ),
];

const NAMES: [&str; 42] = [
    "Lê Thị Súng",
    "Phạm Văn Ngó",
    "Trần Thị Đài Sen",
    "Vũ Đình Nhụy",
    "Hoàng Thị Búp",
    "Đỗ Văn Gương",
    "Bùi Thị Tâm Sen",
    "Ngô Văn Cuống",
    "Nguyễn Thu Trà",
    "Lê Văn Đầm",
    "Đặng Thị Hồng Sen",
    "Vũ Văn Lá",
    "Phan Thị Nụ",
    "Trịnh Văn Rễ",
    "Hồ Thị Mai Sen",
    "Bùi Văn Cọng",
    "Dương Thị Hạt",
    "Lương Văn Ấp",
    "Nguyễn Thị Vành",
    "Tạ Đình Cánh",
    "Mai Thị Mùa",
    "Đinh Văn Nước",
    "Cao Thị Bờ",
    "Phùng Văn Lau",
    "Lý Thị Sậy",
    "Chu Văn Rong",
    "Hà Thị Súng Trắng",
    "Kiều Văn Lục",
    "Đoàn Thị Thủy Liên",
    "Quách Văn Đài",
    "Tống Thị Liên Chi",
    "Vương Văn Sen",
    "Nghiêm Thị Phấn",
    "Thái Văn Bông",
    "Triệu Thị Lụa",
    "Đàm Văn Vạc",
    "Khúc Thị Hương",
    "Lại Văn Bến",
    "Giang Thị Chiêm",
    "Hà Văn Đăng",
    "Ninh Thị Tơ",
    "Mạc Văn Hồng",
];

/// Citizens who are listed: name, and what to try as them.
const CITIZENS: [(&str, Hint); 9] = [
    (
        "Nguyễn Thị Bạch Liên",
        (
            "Bạn có thể thử: tiếp tục bản nháp đang viết dở, nộp hồ sơ mới, xem hồ sơ liên thông ba cơ quan.",
            "Try: go on with a draft, file a new dossier, follow the one that crosses three agencies.",
        ),
    ),
    (
        "Trần Văn Hồ",
        (
            "Bạn có thể thử: trả lời yêu cầu bổ sung đúng giấy tờ được hỏi.",
            "Try: answer a supplement at the very paper asked for.",
        ),
    ),
    (
        "Phan Thị Ao",
        (
            "Bạn có thể thử: xem khoản phí phải nộp và vì sao đồng hồ đang dừng.",
            "Try: see the fee to be paid, and why the clock stands.",
        ),
    ),
    (
        "Đinh Văn Bèo",
        (
            "Bạn có thể thử: xem hồ sơ trễ hạn, văn bản xin lỗi và ngày hẹn mới.",
            "Try: see a late dossier, the apology and the new date.",
        ),
    ),
    (
        "Lý Thị Thanh Thủy",
        (
            "Bạn có thể thử: tải kết quả đã có, xem ai đã đọc hồ sơ của mình.",
            "Try: fetch a result, see who has read your dossier.",
        ),
    ),
    (
        "Mai Văn Bến",
        (
            "Bạn có thể thử: nhắn tin với bộ phận một cửa, rút hồ sơ đang xử lý.",
            "Try: write to the one-stop, withdraw a dossier in process.",
        ),
    ),
    (
        "Cao Thị Sóng",
        (
            "Bạn có thể thử: nộp hồ sơ cho hộ kinh doanh Bún cá Bà Sóng.",
            "Try: file for the business household Bún cá Bà Sóng.",
        ),
    ),
    (
        "Tạ Văn Chài",
        (
            "Tổ công nghệ số cộng đồng. Bạn có thể thử: nộp thay người khác khi họ đồng ý.",
            "Community digital team. Try: file for somebody else with their consent.",
        ),
    ),
    (
        "Võ Thị Lụa Sen",
        (
            "Đại diện Công ty TNHH Sen Việt Hương Sen. Bạn có thể thử: theo dõi hồ sơ giấy phép xây dựng của công ty.",
            "For the company Sen Việt. Try: follow the company's building permit.",
        ),
    ),
];
/// People with an account who are not listed.
const OTHER_CITIZENS: usize = 30;

/// Makes every account, through the same code as any other account.
pub fn create(app: &App) -> Result<People, DbError> {
    let hash = password::hash_now(&app.random, PASSWORD);
    let app = app.clone();
    let inner = app.clone();
    app.store.write_sync(move |tx| {
        let mut people = People { officers: Vec::new(), citizens: Vec::new() };
        let mut names = NAMES.iter().cycle();
        let mut officer = |tx: &mut Tx<'_>, unit: usize, post: (&str, &[Role], Hint)| {
            let name = names.next().copied().unwrap_or_default();
            officer(tx, &inner, UNITS[unit], post, name, &hash)
        };
        for at in 0..UNITS.len() {
            // Agencies without a desk have nobody at it.
            for post in POSTS.into_iter().skip(usize::from(WITH_DESK <= at)) {
                people.officers.push(officer(tx, at, post)?);
            }
        }
        for (unit, post, roles, hint) in OTHER_POSTS {
            people.officers.push(officer(tx, unit, (post, roles, hint))?);
        }
        for (at, (name, hint)) in CITIZENS.into_iter().enumerate() {
            let email = format!("congdan{}@huongsen.example", at + 1);
            let citizen = citizen(tx, &inner, name.to_owned(), listed_identity(at, email))?;
            add(tx, &listed(citizen.id, hint, None))?;
            people.citizens.push(citizen);
        }
        for at in 0..OTHER_CITIZENS {
            let number = 400 + at;
            let email = format!("nguoidan{}@huongsen.example", at + 1);
            let identity = Identity { email: Some(email), ..names::identity(number, at) };
            people.citizens.push(citizen(tx, &inner, names::name(number), identity)?);
        }
        Ok(people)
    })
}

fn listed(person: PersonId, hint: Hint, password: Option<&str>) -> DemoPerson {
    let (note_vi, note_en) = (hint.0.to_owned(), hint.1.to_owned());
    DemoPerson { person, note_vi, note_en, password: password.map(str::to_owned) }
}

/// Listed citizens live in the ward of Sen Hồng, one in a street of its own.
fn listed_identity(at: usize, email: String) -> Identity {
    let woman = CITIZENS[at].0.contains(" Thị ");
    // Even numbers are men, odd ones women.
    let identity = names::identity(500 + 2 * at + usize::from(woman), 0);
    Identity { email: Some(email), ..identity }
}

fn citizen(tx: &mut Tx<'_>, app: &App, name: String, identity: Identity) -> Result<Citizen, DbError> {
    let new = NewCitizen { name: name.clone(), identity: identity.clone(), language: Locale::Vi };
    let id = people::create_citizen(tx, app, &new)?;
    Ok(Citizen { id, name, identity })
}

fn officer(
    tx: &mut Tx<'_>,
    app: &App,
    (unit, short): (&str, &str),
    (post, roles, hint): (&str, &[Role], Hint),
    name: &str,
    hash: &str,
) -> Result<Officer, DbError> {
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
    let unit: UnitCode = unit.parse().map_err(|_| DbError::BadValue(unit.to_owned()))?;
    let appointments: Vec<Appointment> =
        roles.iter().map(|&role| Appointment { unit: unit.clone(), role }).collect();
    for appointment in &appointments {
        people::appoint(tx, id, appointment, SINCE, None)?;
    }
    add(tx, &listed(id, hint, Some(PASSWORD)))?;
    Ok(Officer { id, name: name.to_owned(), login, totp: totp.base32(), appointments })
}
