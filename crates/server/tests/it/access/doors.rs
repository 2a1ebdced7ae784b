//! Who may enter where: a line for every route of the program, written down apart from its handlers. A route without a
//! line fails the test, and so does a line without a route.

use motcua_domain::access::{Matter, Role};

/// Who may enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Everybody. It tells nothing about anybody but whoever asks.
    Public,
    /// Citizens who are signed in, to what is their own.
    Citizen,
    /// Whoever is signed in, at either door, to what is their own.
    Person,
    /// The one person, at either door, whose upload it is.
    OwnOfPerson,
    /// The one citizen whose draft, upload or token it is.
    OwnOfCitizen,
    /// The citizen whose dossier it is.
    Owner,
    /// Officers who are signed in, to what the rules let them see.
    Officer,
    /// The one officer whose view, run or token it is.
    OwnOfOfficer,
    /// Officers who may see the dossier.
    Desk,
    /// Officers with one of these roles, anywhere.
    Roles(&'static [Role]),
    /// Nobody, unless the installation is a demonstration.
    Demonstration,
    /// Programs, with a token: walked on its own.
    Api,
}

use Door::{
    Api, Citizen, Demonstration, Desk, Officer, OwnOfCitizen, OwnOfOfficer, OwnOfPerson, Owner, Person,
    Public, Roles,
};

const ADMINISTRATORS: Door = Roles(&[Role::Administrator]);
const OVERSEERS: Door = Roles(&[Role::Administrator, Role::Auditor]);
const CONTROLLERS: Door = Roles(&[Role::ProcedureController]);
const INSPECTORS: Door = Roles(&[Role::ProcedureController, Role::Administrator, Role::Auditor]);

/// The door of each path.
pub const DOORS: &[(&str, Door)] = &[
    // What everybody may read.
    ("/", Public),
    ("/thu-tuc", Public),
    ("/thu-tuc/{code}", Public),
    ("/tra-cuu", Public),
    ("/tra-cuu/{code}", Public),
    ("/nop-ho-so", Public),
    ("/nop-ho-so/{procedure}", Public),
    ("/api", Public),
    ("/lien-he", Public),
    ("/tro-nang", Public),
    ("/ngon-ngu/{code}", Public),
    ("/health", Public),
    ("/health/live", Public),
    ("/health/ready", Public),
    ("/static/{*path}", Public),
    // Whoever holds the code of a phone, which opens one place and shows nothing of it.
    ("/chup/{token}", Public),
    ("/chup/{token}/xong", Public),
    ("/chup/{token}/tep", Public),
    ("/chup/{token}/tai-len", Public),
    ("/chup/{token}/tai-len/{id}", Public),
    // Signing in and out.
    ("/dang-nhap", Public),
    ("/dang-nhap/ma", Public),
    ("/dang-nhap/ma/gui-lai", Public),
    ("/dang-nhap/thong-tin", Public),
    ("/dang-xuat", Public),
    ("/noi-dung-vua-nhap", Public),
    ("/can-bo/dang-nhap", Public),
    ("/can-bo/dang-nhap/ma", Public),
    ("/can-bo/dang-nhap/ma-moi", Public),
    ("/can-bo/dang-nhap/mat-khau", Public),
    ("/can-bo/dang-xuat", Public),
    // Demonstrations.
    ("/demo", Demonstration),
    ("/demo/dang-nhap", Demonstration),
    ("/demo/hop-thu", Demonstration),
    // Citizens.
    ("/tai-khoan", Citizen),
    ("/tai-khoan/thong-tin", Citizen),
    ("/tai-khoan/phien", Citizen),
    ("/tai-khoan/email", Citizen),
    ("/tai-khoan/email/ma", Citizen),
    ("/tai-khoan/email/ma/gui-lai", Citizen),
    ("/tai-khoan/khoa-api", Citizen),
    ("/tai-khoan/khoa-api/{id}/thu-hoi", OwnOfCitizen),
    ("/nop-ho-so/nhap", Citizen),
    ("/nop-ho-so/nhap/{draft}", OwnOfCitizen),
    ("/nop-ho-so/nhap/{draft}/luu", OwnOfCitizen),
    ("/nop-ho-so/nhap/{draft}/xoa", OwnOfCitizen),
    ("/nop-ho-so/nhap/{draft}/lay-lai", OwnOfCitizen),
    ("/nop-ho-so/nhap/{draft}/khong-du-dieu-kien", OwnOfCitizen),
    ("/nop-ho-so/nhap/{draft}/kiem-tra", OwnOfCitizen),
    ("/nop-ho-so/nhap/{draft}/nop", OwnOfCitizen),
    ("/nop-ho-so/nhap/{draft}/giay-to/{component}", OwnOfCitizen),
    ("/nop-ho-so/nhap/{draft}/tep", OwnOfCitizen),
    ("/nop-ho-so/nhap/{draft}/tep/{file}", OwnOfCitizen),
    ("/nop-ho-so/nhap/{draft}/tep/{file}/xoa", OwnOfCitizen),
    ("/nop-ho-so/nhap/{draft}/{page}", OwnOfCitizen),
    ("/tai-len", Person),
    ("/tai-len/{id}", OwnOfPerson),
    ("/tai-len/{id}/bo", OwnOfPerson),
    ("/ho-so", Citizen),
    ("/ho-so/{code}", Owner),
    ("/ho-so/{code}/da-nop", Owner),
    ("/ho-so/{code}/phieu-nop", Owner),
    ("/ho-so/{code}/ma-qr", Owner),
    ("/ho-so/{code}/tep/{paper}", Owner),
    ("/ho-so/{code}/tin-nhan", Owner),
    ("/ho-so/{code}/rut", Owner),
    ("/ho-so/{code}/bo-sung", Owner),
    ("/ho-so/{code}/bo-sung/kiem-tra", Owner),
    ("/ho-so/{code}/bo-sung/nop", Owner),
    ("/ho-so/{code}/bo-sung/{number}", Owner),
    ("/ho-so/{code}/bo-sung/{number}/luu", Owner),
    ("/ho-so/{code}/bieu-mau/{entry}", Owner),
    // Officers.
    ("/can-bo", Officer),
    ("/can-bo/don-vi", Officer),
    ("/can-bo/tai-ve/{kind}", Officer),
    ("/can-bo/don-vi/tai-ve/{kind}", Officer),
    ("/can-bo/tam-dung", Officer),
    ("/can-bo/tra-cuu", Officer),
    ("/can-bo/tra-cuu/tai-ve/{kind}", Officer),
    ("/can-bo/tep-tai-ve/{id}", OwnOfOfficer),
    ("/can-bo/so-theo-doi", Officer),
    ("/can-bo/thu-tuc/goi-y", Officer),
    ("/can-bo/cach-loc", Officer),
    ("/can-bo/cach-loc/them", Officer),
    ("/can-bo/cach-loc/{id}/sua", OwnOfOfficer),
    ("/can-bo/cach-loc/{id}/xoa", OwnOfOfficer),
    ("/can-bo/cach-loc/{id}/lay-lai", OwnOfOfficer),
    ("/can-bo/hang-loat", Officer),
    ("/can-bo/hang-loat/{id}", OwnOfOfficer),
    ("/can-bo/hang-loat/{id}/xem-truoc", OwnOfOfficer),
    ("/can-bo/hang-loat/{id}/thuc-hien", OwnOfOfficer),
    ("/can-bo/hang-loat/{id}/dung", OwnOfOfficer),
    ("/can-bo/hang-loat/{id}/in-lai", OwnOfOfficer),
    ("/can-bo/hang-loat/{id}/tai-ve/{kind}", OwnOfOfficer),
    ("/can-bo/ho-so/{code}", Desk),
    ("/can-bo/ho-so/{code}/viec/{action}", Desk),
    ("/can-bo/ho-so/{code}/giay-to/{paper}", Desk),
    ("/can-bo/ho-so/{code}/bieu-mau/{entry}", Desk),
    ("/can-bo/tiep-nhan", Officer),
    ("/can-bo/tiep-nhan/thu-tuc", Officer),
    ("/can-bo/tiep-nhan/tep", Officer),
    ("/can-bo/tiep-nhan/chup/{handoff}", OwnOfOfficer),
    ("/can-bo/tiep-nhan/xong/{code}", Desk),
    ("/can-bo/tep/{draft}/{file}", OwnOfOfficer),
    ("/can-bo/tep/{draft}/{file}/xoa", OwnOfOfficer),
    ("/can-bo/tai-khoan", Officer),
    ("/can-bo/tai-khoan/phien", Officer),
    ("/can-bo/tai-khoan/mat-khau", Officer),
    ("/can-bo/tai-khoan/khoa-api", Officer),
    ("/can-bo/tai-khoan/khoa-api/{id}/thu-hoi", OwnOfOfficer),
    // Those who look after the office.
    ("/can-bo/quan-tri/nhat-ky", OVERSEERS),
    ("/can-bo/quan-tri/viec-nen", ADMINISTRATORS),
    ("/can-bo/quan-tri/viec-nen/{id}", ADMINISTRATORS),
    ("/can-bo/quan-tri/tham-so", ADMINISTRATORS),
    ("/can-bo/quan-tri/tham-so/sua", ADMINISTRATORS),
    ("/can-bo/quan-tri/tham-so/bo", ADMINISTRATORS),
    ("/can-bo/quan-tri/lich", ADMINISTRATORS),
    ("/can-bo/quan-tri/lich/ngay", ADMINISTRATORS),
    ("/can-bo/quan-tri/lich/bo", ADMINISTRATORS),
    ("/can-bo/quan-tri/lich/cong-bo", ADMINISTRATORS),
    ("/can-bo/quan-tri/lich/thu-hoi", ADMINISTRATORS),
    ("/can-bo/quan-tri/lich/gio", ADMINISTRATORS),
    ("/can-bo/quan-tri/lich/gio/bo", ADMINISTRATORS),
    ("/can-bo/quan-tri/nguoi-dung", ADMINISTRATORS),
    ("/can-bo/quan-tri/nguoi-dung/them", ADMINISTRATORS),
    ("/can-bo/quan-tri/nguoi-dung/{id}", ADMINISTRATORS),
    ("/can-bo/quan-tri/nguoi-dung/{id}/sua", ADMINISTRATORS),
    ("/can-bo/quan-tri/nguoi-dung/{id}/mat-khau", ADMINISTRATORS),
    ("/can-bo/quan-tri/nguoi-dung/{id}/xac-thuc", ADMINISTRATORS),
    ("/can-bo/quan-tri/nguoi-dung/{id}/khoa", ADMINISTRATORS),
    ("/can-bo/quan-tri/nguoi-dung/{id}/mo", ADMINISTRATORS),
    ("/can-bo/quan-tri/nguoi-dung/{id}/dang-xuat", ADMINISTRATORS),
    ("/can-bo/quan-tri/nguoi-dung/{id}/vai-tro", ADMINISTRATORS),
    ("/can-bo/quan-tri/nguoi-dung/{id}/vai-tro/ket-thuc", ADMINISTRATORS),
    ("/can-bo/quan-tri/don-vi", ADMINISTRATORS),
    ("/can-bo/quan-tri/don-vi/them", ADMINISTRATORS),
    ("/can-bo/quan-tri/don-vi/nhap", ADMINISTRATORS),
    ("/can-bo/quan-tri/don-vi/nhap/ghi", ADMINISTRATORS),
    ("/can-bo/quan-tri/don-vi/{code}", ADMINISTRATORS),
    ("/can-bo/quan-tri/don-vi/{code}/sua", ADMINISTRATORS),
    ("/can-bo/quan-tri/don-vi/{code}/dong", ADMINISTRATORS),
    ("/can-bo/quan-tri/don-vi/{code}/mo-lai", ADMINISTRATORS),
    ("/can-bo/quan-tri/thu-tuc", INSPECTORS),
    ("/can-bo/quan-tri/thu-tuc/them", CONTROLLERS),
    ("/can-bo/quan-tri/thu-tuc/nhap", CONTROLLERS),
    ("/can-bo/quan-tri/thu-tuc/nhap/ghi", CONTROLLERS),
    ("/can-bo/quan-tri/thu-tuc/{code}", INSPECTORS),
    ("/can-bo/quan-tri/thu-tuc/{code}/soan", CONTROLLERS),
    ("/can-bo/quan-tri/thu-tuc/{code}/soan/bo", CONTROLLERS),
    ("/can-bo/quan-tri/thu-tuc/{code}/soan/cong-bo", CONTROLLERS),
    ("/can-bo/quan-tri/thu-tuc/{code}/soan/{section}", CONTROLLERS),
    ("/can-bo/quan-tri/thu-tuc/{code}/bai-bo", CONTROLLERS),
    ("/can-bo/quan-tri/thu-tuc/{code}/so-sanh", INSPECTORS),
    ("/can-bo/quan-tri/thu-tuc/{code}/phien-ban/{version}", INSPECTORS),
    ("/can-bo/quan-tri/thu-tuc/{code}/phien-ban/{version}/tep", INSPECTORS),
    // Programs.
    ("/api/v1/openapi.json", Api),
    ("/api/v1/procedures", Api),
    ("/api/v1/procedures/{code}", Api),
    ("/api/v1/units", Api),
    ("/api/v1/look-up/{code}", Api),
    ("/api/v1/dossiers", Api),
    ("/api/v1/views", Api),
    ("/api/v1/exports/work", Api),
    ("/api/v1/exports/search", Api),
    ("/api/v1/exports/{id}", Api),
    ("/api/v1/dossiers/{code}", Api),
    ("/api/v1/dossiers/{code}/journal", Api),
    ("/api/v1/dossiers/{code}/actions", Api),
    ("/api/v1/dossiers/{code}/files/{paper}", Api),
    ("/api/v1/files", Api),
    ("/api/v1/intakes", Api),
    ("/api/v1/dossiers/{code}/steps", Api),
    ("/api/{*rest}", Api),
];

/// The door of a pattern.
pub fn door(pattern: &str) -> Door {
    let found = DOORS.iter().find(|(path, _)| *path == pattern);
    found.unwrap_or_else(|| panic!("{pattern} has no door: say in access/doors.rs who may enter there")).1
}

/// What is written here about the parts of the office is what the rules say.
#[test]
fn the_doors_of_the_office_are_those_of_the_rules() {
    assert_eq!(Matter::Units.keepers(), [Role::Administrator]);
    assert_eq!(Matter::Procedures.keepers(), [Role::ProcedureController]);
    let mut paths: Vec<&str> = DOORS.iter().map(|(path, _)| *path).collect();
    paths.sort_unstable();
    paths.dedup();
    assert_eq!(paths.len(), DOORS.len(), "one line for each");
}
