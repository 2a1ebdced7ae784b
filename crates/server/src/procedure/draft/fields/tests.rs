//! What is filled in and read back is the same.

use std::collections::BTreeSet;

use jiff::civil::date;
use motcua_domain::calendar::Limit;
use motcua_domain::procedure::{
    Case, Channel, ChannelTerms, CollectedAt, Competence, Component, ElectronicProcess, Fee, FeeKind, Field,
    LegalBase, OnlineLevel, ProcedureLevel, ProcedureResult, Purpose, ResultKind, Subject,
};
use motcua_domain::unit::UnitLevel;

use super::*;
use crate::office::Facts;

fn paper(key: &str, required: bool) -> Component {
    Component {
        key: key.parse().unwrap(),
        code: "KQ.1".to_owned(),
        name: format!("Giấy {key}"),
        group: "Nhóm".to_owned(),
        purpose: Purpose::Present,
        original_qty: 1,
        copy_qty: 2,
        required,
        electronic_form: true,
        interactive: false,
        already_held: true,
        templates: vec!["a.docx".to_owned(), "b.docx".to_owned()],
    }
}

fn version() -> ProcedureVersion {
    let mut version =
        ProcedureVersion::new("1.001193".parse().unwrap(), "Đăng ký khai sinh", date(2026, 1, 1));
    version.name_en = Some("Birth".to_owned());
    version.fields = vec![Field { code: "G15".to_owned(), name: "Hộ tịch".to_owned() }];
    version.subjects = vec![Subject { code: String::new(), name: "Công dân Việt Nam".to_owned() }];
    version.levels = [ProcedureLevel::Commune, ProcedureLevel::Province].into();
    version.executing_agency = "UBND cấp xã".to_owned();
    version.competence = Competence::Area(UnitLevel::Commune);
    version.online = OnlineLevel::Partial { reason: "Phải đối chiếu bản chính".to_owned() };
    version.non_territorial = true;
    version.postal = true;
    version.keywords = vec!["giấy khai sinh".to_owned(), "sinh con".to_owned()];
    version.steps = "Bước 1\nBước 2".to_owned();
    version.requirements = "Không".to_owned();
    let case = |key: &str, name: &str| Case {
        key: key.parse().unwrap(),
        name: name.to_owned(),
        components: vec![paper("x", true), paper("y", false)],
    };
    version.cases = vec![case("thuong", "Bình thường"), case("muon", "Quá hạn")];
    let fee = |amount| Fee {
        kind: FeeKind::Charge,
        code: "LP1".to_owned(),
        name: "Lệ phí".to_owned(),
        amount,
        unit: "bản".to_owned(),
        collected_at: CollectedAt::Return,
        note: "Miễn cho hộ nghèo".to_owned(),
    };
    let terms = |channel, case: Option<&str>, limit, fees| ChannelTerms {
        channel,
        case: case.map(|key| key.parse().unwrap()),
        limit,
        limit_note: "Ngay trong ngày".to_owned(),
        fees,
    };
    version.channels = vec![
        terms(Channel::Direct, Some("muon"), Some(Limit::WorkingDays(5)), vec![fee(None), fee(Some(0))]),
        terms(Channel::Online, None, Some(Limit::WorkingHours(12)), vec![fee(Some(8_000))]),
        terms(Channel::Post, None, None, Vec::new()),
    ];
    version.results = vec![ProcedureResult {
        code: "KQ.G15".to_owned(),
        name: "Giấy khai sinh".to_owned(),
        kind: Some(ResultKind::Certificate),
        validity_months: Some(12),
    }];
    version.legal_bases = vec![LegalBase {
        number: "123/2015/NĐ-CP".to_owned(),
        name: "Hộ tịch".to_owned(),
        date: Some(date(2015, 11, 15)),
        issuer: "Chính phủ".to_owned(),
    }];
    let mut process = ElectronicProcess::default_process();
    process.steps[2].name = Some("Xác minh".to_owned());
    process.steps[2].limit = Some(Limit::WorkingHours(8));
    version.process = Some(process);
    version
}

fn read_all(form: &mut Form, base: &ProcedureVersion) -> ProcedureVersion {
    let office = Snapshot::new(Facts::default(), date(2026, 3, 2)).unwrap();
    let reader = Reader { locale: Locale::Vi, office: &office };
    let mut version = base.clone();
    for section in Section::ALL {
        read(section, form, reader, &mut version);
    }
    version
}

#[test]
fn what_is_filled_in_is_read_back_the_same() {
    let version = version();
    let mut form = filled(&version);
    assert_eq!(read_all(&mut form, &version), version);
    assert_eq!(form.errors(), []);
    let bare = ProcedureVersion::new("1.001193".parse().unwrap(), "A", date(2026, 1, 1));
    let mut form = filled(&bare);
    assert_eq!(read_all(&mut form, &version).cases, bare.cases);
    assert_eq!(read_all(&mut form, &bare), bare);
}

#[test]
fn every_field_belongs_to_one_section() {
    for (name, _) in filled(&version()).pairs() {
        let owners = Section::ALL.into_iter().filter(|section| section.owns(name)).count();
        assert_eq!(owners, 1, "{name}");
    }
    assert_eq!(Section::of("csrf"), None);
    assert_eq!(Section::of("name_more"), None);
}

#[test]
fn everything_wrong_is_told_at_once_beside_its_box() {
    let mut form = filled(&version());
    for (name, value) in [
        ("name", " "),
        ("online_reason", ""),
        ("case-1-name", ""),
        ("case-0-paper-1-name", ""),
        ("terms-0-amount", "nhiều"),
        ("terms-0-fee-1-amount", "-5"),
        ("base-0-date", "31/2/2015"),
        ("result-0-months", "x"),
        ("step-0-role", "king"),
    ] {
        form.set(name, value);
        let _ = read_all(&mut form, &version());
        assert!(form.error(name).is_some(), "{name}");
    }
    assert_eq!(form.errors().len(), 9, "{:?}", form.errors());
}

#[test]
fn a_row_without_a_key_gets_one_of_its_own() {
    let mut form = filled(&version());
    form.add_row("case");
    form.add_row("case-0-paper");
    form.add_row("step");
    form.add_row("step");
    name_rows(&mut form);
    assert_eq!(form.value("case-2-key"), "th-1");
    assert_eq!(form.value("case-0-paper-2-key"), "gt-1");
    assert_eq!((form.value("step-6-key"), form.value("step-7-key")), ("buoc-1", "buoc-2"));
}

/// One megabyte of nothing but rows, as nobody types it: every step of a page has to stay linear.
#[test]
fn a_hostile_form_is_read_in_one_go() {
    let rows = (0..20_000).map(|n| (format!("terms-{}-fee-{}-note", n / 150, n % 150), "x"));
    let mut form = Form::from_pairs(rows);
    let fees: usize = form.rows("terms").iter().map(|row| row.rows("fee").len()).sum();
    assert_eq!(fees, 20_000);
    name_rows(&mut form);
    let read = read_all(&mut form, &version());
    assert!(read.channels.is_empty() && form.has_errors());
    let papers = (0..20_000).map(|n| (format!("case-{}-paper-{}-row", n / 150, n % 150), "1"));
    let mut form = Form::from_pairs(papers);
    name_rows(&mut form);
    let keys: BTreeSet<&str> = form.pairs().iter().map(|(_, value)| value.as_str()).collect();
    assert!(20_000 < keys.len(), "every row has a key of its own");
    assert_eq!(read_all(&mut form, &version()).cases.len(), 134);
}
