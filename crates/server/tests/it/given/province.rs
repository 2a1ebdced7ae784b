//! A province with a centre, a department and two communes, and one procedure that can be filed online.

use jiff::civil::date;
use motcua::dossier::steps::{self, Taken};
use motcua::office::{Facts, Snapshot};
use motcua_db::DbError;
use motcua_domain::access::{Actor, Appointment, Role};
use motcua_domain::calendar::Limit;
use motcua_domain::dossier::{Action, DossierCode};
use motcua_domain::ids::PersonId;
use motcua_domain::office_time::day_of;
use motcua_domain::procedure::{
    Case, Channel, ChannelTerms, ChoiceOption, CollectedAt, Competence, Component, Fee, FeeKind, LegalBase,
    OnlineLevel, ProcedureLevel, ProcedureVersion, Purpose, Question, QuestionKind, StepKey,
};
use motcua_domain::unit::{OneStop, OneStopKind, PayeeAccount, Unit, UnitLevel};
use uuid::Uuid;

use super::Office;

/// The procedure of these tests: registering a birth.
pub const BIRTH: &str = "1.001193";

/// The commune that settles in these tests.
pub const EAST: &str = "H99.101";

/// An officer of the eastern commune.
pub fn officer(role: Role) -> Actor {
    let appointments = vec![Appointment { unit: EAST.parse().unwrap(), role }];
    let id = PersonId::new(Uuid::from_u128(0xABC0 + role as u128));
    Actor::Officer { id, name: "Cán bộ Hòa".to_owned(), appointments }
}

impl Office {
    /// Fills the installation with the province and its procedure.
    pub async fn province(&self) {
        self.app
            .store
            .write(|tx| {
                for unit in units() {
                    motcua::unit::store::save(tx, &unit)?;
                }
                motcua::procedure::store::publish(tx, &birth(), "2026-01-02T00:00:00.000Z", "test")?;
                motcua::procedure::store::publish(tx, &paper_only(), "2026-01-02T00:00:00.000Z", "test")?;
                Ok::<_, DbError>(())
            })
            .await
            .unwrap();
        self.read_again().await;
    }

    /// Reads the office again: whoever was hired since may be put in charge from now on.
    pub async fn read_again(&self) {
        let today = day_of(self.app.clock.now());
        let mut facts = self.app.store.read(move |tx| Facts::read(tx, today)).await.unwrap();
        let east = || EAST.parse().unwrap();
        facts.appointments.extend(Role::ALL.map(|role| (officer(role).id().unwrap(), role, east())));
        self.app.set_office(Snapshot::new(facts, today).unwrap());
    }

    /// An officer of the eastern commune takes a step.
    pub async fn step(&self, code: &str, role: Role, action: Action) -> Taken {
        let code: DossierCode = code.parse().unwrap();
        steps::take(&self.app, &officer(role), &code, None, action).await.unwrap()
    }

    /// The desk accepts a dossier and hands it over; the unit signs for it.
    pub async fn accepted(&self, code: &str) {
        self.step(code, Role::Reception, Action::Accept { competent_unit: None, note: String::new() }).await;
        let step = |key: &str| -> StepKey { key.parse().unwrap() };
        let note = String::new;
        self.step(code, Role::Reception, Action::Forward { step: step("receive"), note: note() }).await;
        self.step(code, Role::UnitHead, Action::TakeOver { step: step("assign"), note: note() }).await;
    }
}

fn units() -> Vec<Unit> {
    let since = date(2025, 7, 1);
    let desk = |name: &str| OneStop {
        kind: OneStopKind::Centre,
        name: name.to_owned(),
        address: "Số 1 đường Mẫu".to_owned(),
        phone: "0210 3800 000".to_owned(),
    };
    let account = PayeeAccount {
        fee_kind: None,
        fee_code: None,
        bank_bin: "970436".to_owned(),
        account: "0011004000001".to_owned(),
        holder: "UBND XA DONG".to_owned(),
        valid_from: since,
        valid_to: None,
    };
    let code = |text: &str| text.parse().unwrap();
    let mut province = Unit::new(code("H99"), "UBND tỉnh Mẫu", UnitLevel::Province, None, since);
    province.one_stops = vec![desk("Trung tâm Phục vụ hành chính công tỉnh Mẫu")];
    let department =
        Unit::new(code("H99.01"), "Sở Tư pháp Mẫu", UnitLevel::Department, Some(code("H99")), since);
    let mut east = Unit::new(code(EAST), "UBND xã Đông", UnitLevel::Commune, Some(code("H99")), since);
    east.one_stops = vec![desk("Bộ phận Một cửa xã Đông")];
    east.payees = vec![account];
    let mut west =
        Unit::new(code("H99.102"), "UBND phường Tây", UnitLevel::Commune, Some(code("H99")), since);
    west.one_stops = vec![desk("Bộ phận Một cửa phường Tây")];
    vec![province, department, east, west]
}

fn component(key: &str, name: &str, required: bool) -> Component {
    Component {
        key: key.parse().unwrap(),
        code: String::new(),
        name: name.to_owned(),
        purpose: Purpose::HandIn,
        group: String::new(),
        original_qty: 1,
        copy_qty: 0,
        required,
        electronic_form: false,
        interactive: false,
        already_held: false,
        templates: Vec::new(),
    }
}

fn question(key: &str, label: &str, kind: QuestionKind, group: &str) -> Question {
    Question {
        key: key.parse().unwrap(),
        label: label.to_owned(),
        label_en: None,
        kind,
        required: true,
        help: String::new(),
        group: group.to_owned(),
        cases: Vec::new(),
    }
}

/// Two cases, two papers that are attached and one that is not asked for, a form, a charge of zero and one of 8,000.
pub fn birth() -> ProcedureVersion {
    let mut version = ProcedureVersion::new(BIRTH.parse().unwrap(), "Đăng ký khai sinh", date(2026, 1, 1));
    version.levels = [ProcedureLevel::Commune].into();
    version.competence = Competence::Area(UnitLevel::Commune);
    version.online = OnlineLevel::Full;
    version.postal = true;
    version.requirements.push_str("Trẻ em chưa được đăng ký khai sinh.");
    version.legal_bases = vec![LegalBase {
        number: "60/2014/QH13".to_owned(),
        name: "Luật Hộ tịch".to_owned(),
        date: None,
        issuer: "Quốc hội".to_owned(),
    }];
    let mut held = component("ket-hon", "Giấy chứng nhận kết hôn", false);
    held.already_held = true;
    let certificate = component("chung-sinh", "Giấy chứng sinh", true);
    let paper = component("uy-quyen", "Văn bản ủy quyền", false);
    let case = |key: &str, name: &str, components: Vec<Component>| Case {
        key: key.parse().unwrap(),
        name: name.to_owned(),
        components,
    };
    version.cases = vec![
        case("thuong", "Trẻ sinh tại cơ sở y tế", vec![certificate.clone(), paper, held]),
        case("bo-roi", "Trẻ bị bỏ rơi", vec![component("bien-ban", "Biên bản về việc trẻ bị bỏ rơi", true)]),
    ];
    let option = |key: &str, label: &str| ChoiceOption {
        key: key.parse().unwrap(),
        label: label.to_owned(),
        label_en: None,
    };
    version.questions = vec![
        question("ten-con", "Họ và tên của trẻ", QuestionKind::Text, "Thông tin của trẻ"),
        question("ngay-sinh", "Ngày sinh của trẻ", QuestionKind::Date, "Thông tin của trẻ"),
        question(
            "gioi-tinh",
            "Giới tính của trẻ",
            QuestionKind::Choice(vec![option("nam", "Nam"), option("nu", "Nữ")]),
            "Thông tin của trẻ",
        ),
        question("ban-sao", "Số bản sao bạn cần", QuestionKind::Number { min: 0, max: 20 }, ""),
    ];
    let fee = |kind, name: &str, amount, unit: &str| Fee {
        kind,
        code: String::new(),
        name: name.to_owned(),
        amount,
        unit: unit.to_owned(),
        collected_at: CollectedAt::Reception,
        note: String::new(),
    };
    version.channels = vec![ChannelTerms {
        channel: Channel::Online,
        case: None,
        limit: Some(Limit::WorkingDays(1)),
        limit_note: String::new(),
        fees: vec![
            fee(FeeKind::Charge, "Lệ phí hộ tịch", Some(0), ""),
            fee(FeeKind::Fee, "Phí cấp bản sao", Some(8_000), "bản"),
            fee(FeeKind::Fee, "Phí xác minh", None, ""),
        ],
    }];
    version
}

/// A procedure that is not done online.
fn paper_only() -> ProcedureVersion {
    let mut version = ProcedureVersion::new("1.000894".parse().unwrap(), "Đăng ký kết hôn", date(2026, 1, 1));
    version.levels = [ProcedureLevel::Commune].into();
    version.competence = Competence::Area(UnitLevel::Commune);
    version.cases = vec![Case {
        key: "thuong".parse().unwrap(),
        name: String::new(),
        components: vec![component("to-khai", "Tờ khai", true)],
    }];
    version
}
