//! Tests of procedures as a whole.

use jiff::civil::date;

use super::*;
use crate::calendar::Limit;

fn code(text: &str) -> ProcedureCode {
    text.parse().expect("a procedure code")
}

fn key<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().expect("a key")
}

fn terms(channel: Channel, case: Option<&str>, days: u32) -> ChannelTerms {
    ChannelTerms {
        channel,
        case: case.map(key),
        limit: Some(Limit::WorkingDays(days)),
        limit_note: String::new(),
        fees: Vec::new(),
    }
}

fn paper(name: &str) -> Component {
    Component {
        key: key(name),
        code: String::new(),
        name: name.to_owned(),
        group: String::new(),
        purpose: Purpose::HandIn,
        original_qty: 1,
        copy_qty: 0,
        required: true,
        electronic_form: false,
        interactive: false,
        already_held: false,
        templates: Vec::new(),
    }
}

/// Birth registration with two cases, the second of which has its own terms online.
fn birth() -> ProcedureVersion {
    let case = |name: &str, papers: &[&str]| Case {
        key: key(name),
        name: name.to_owned(),
        components: papers.iter().map(|name| paper(name)).collect(),
    };
    ProcedureVersion {
        cases: vec![case("at-home", &["form", "certificate"]), case("found", &["form", "minutes"])],
        channels: vec![
            terms(Channel::Direct, None, 1),
            terms(Channel::Online, None, 2),
            terms(Channel::Online, Some("found"), 5),
        ],
        online: OnlineLevel::Full,
        ..ProcedureVersion::new(code("1.001193"), "Thủ tục đăng ký khai sinh", date(2026, 1, 16))
    }
}

#[test]
fn a_case_with_terms_of_its_own_does_not_take_those_of_the_others() {
    let birth = birth();
    let limits = |channel, case: Option<&str>| -> Vec<Option<Limit>> {
        let case: Option<CaseKey> = case.map(key);
        birth.terms(channel, case.as_ref()).iter().map(|terms| terms.limit).collect()
    };
    assert_eq!(limits(Channel::Online, Some("found")), [Some(Limit::WorkingDays(5))]);
    assert_eq!(limits(Channel::Online, Some("at-home")), [Some(Limit::WorkingDays(2))]);
    assert_eq!(limits(Channel::Online, None), [Some(Limit::WorkingDays(2))]);
    assert_eq!(limits(Channel::Direct, Some("found")), [Some(Limit::WorkingDays(1))]);
    assert_eq!(limits(Channel::Post, None), []);
    assert_eq!(birth.open_channels(), [Channel::Direct, Channel::Online]);
}

#[test]
fn a_version_is_in_force_from_its_first_day_to_its_last() {
    let mut birth = birth();
    birth.valid_to = Some(date(2026, 6, 30));
    let days = [date(2026, 1, 15), date(2026, 1, 16), date(2026, 6, 30), date(2026, 7, 1)];
    assert_eq!(days.map(|day| birth.is_in_force_on(day)), [false, true, true, false]);
}

#[test]
fn the_version_published_last_of_those_that_have_begun_is_in_force() {
    let version = |version, from, to| ProcedureVersion { version, valid_from: from, valid_to: to, ..birth() };
    let versions = [
        version(1, date(2026, 1, 16), None),
        version(2, date(2026, 7, 1), None),
        version(3, date(2026, 7, 1), None),
        version(4, date(2027, 1, 1), Some(date(2027, 3, 31))),
    ];
    let on = |day| ProcedureVersion::in_force(&versions, day).map(|version| version.version);
    assert_eq!(on(date(2026, 1, 15)), None);
    assert_eq!(on(date(2026, 6, 30)), Some(1));
    assert_eq!(on(date(2026, 7, 1)), Some(3), "a correction takes the place of what it corrects");
    assert_eq!(on(date(2027, 3, 31)), Some(4));
    assert_eq!(on(date(2027, 4, 1)), None, "what has ended does not give way to what it replaced");
}

#[test]
fn the_compulsory_parts_it_lacks_are_listed() {
    let outline = ProcedureVersion::new(code("1.000005"), "Thủ tục hải quan", date(2026, 1, 1));
    assert!(outline.is_outline());
    assert_eq!(
        outline.missing_parts(),
        [Part::Steps, Part::Channels, Part::Components, Part::Limit, Part::Subjects, Part::Agency]
    );
    assert_eq!(birth().missing_parts(), [Part::Steps, Part::Subjects, Part::Agency]);
    let mut without_limit = birth();
    without_limit.channels[0].limit = None;
    assert!(without_limit.missing_parts().contains(&Part::Limit), "one channel says nothing");
    without_limit.channels[0].limit_note = "Ngay trong ngày làm việc".to_owned();
    assert!(!without_limit.missing_parts().contains(&Part::Limit), "words of the law are a limit too");
}

#[test]
fn every_defect_is_named_at_once() {
    assert_eq!(birth().defects(), []);
    let mut wrong = birth();
    wrong.name = " ".to_owned();
    wrong.valid_to = Some(date(2020, 1, 1));
    wrong.cases[1].key = key("at-home");
    wrong.cases[0].components[1].key = key("form");
    wrong.cases[1].components[0].name = String::new();
    wrong.cases[1].components[1].purpose = Purpose::Note;
    wrong.channels.remove(1);
    wrong.channels[0].fees = vec![Fee {
        kind: FeeKind::Charge,
        code: String::new(),
        name: "Lệ phí".to_owned(),
        amount: Some(-1),
        unit: String::new(),
        collected_at: CollectedAt::Reception,
        note: String::new(),
    }];
    wrong.questions = vec![Question {
        key: key("q"),
        label: "Mấy con?".to_owned(),
        label_en: None,
        kind: QuestionKind::Number { min: 2, max: 1 },
        required: true,
        help: String::new(),
        group: String::new(),
        cases: vec![key("other")],
    }];
    wrong.competence = Competence::Area(UnitLevel::Department);
    wrong.process = Some(ElectronicProcess::default_process());
    wrong.process.as_mut().expect("just set").steps[2].limit = Some(Limit::WorkingDays(9));
    let named: Vec<String> = wrong.defects().iter().map(ToString::to_string).collect();
    assert_eq!(
        named,
        [
            "the procedure has no name",
            "the procedure ends before it begins",
            "two papers of case at-home have the key form",
            "two cases have the key at-home",
            "paper form of case at-home has no name",
            "minutes of case at-home is advice and cannot be required",
            "the fee \"Lệ phí\" is below zero",
            "terms of channel online are for case found, which is not there",
            "question q cannot be answered",
            "question q is for case other, which is not there",
            "units of level department look after no area",
            "step examine may take longer than the whole procedure",
        ]
    );
}

#[test]
fn an_online_procedure_has_an_online_channel() {
    let mut birth = birth();
    birth.channels.truncate(1);
    assert_eq!(birth.defects(), [ProcedureDefect::OnlineWithoutChannel]);
}

#[test]
fn a_version_survives_json_and_unknown_words_are_refused() {
    let mut birth = birth();
    birth.process = Some(ElectronicProcess::default_process());
    birth.competence = Competence::Area(UnitLevel::Commune);
    let json = serde_json::to_string(&birth).unwrap();
    assert_eq!(serde_json::from_str::<ProcedureVersion>(&json).unwrap(), birth);
    let with_typo = json.replace("\"non_territorial\"", "\"non_teritorial\"");
    assert!(serde_json::from_str::<ProcedureVersion>(&with_typo).is_err());
}

#[test]
fn a_dossier_keeps_the_code_of_its_field_and_reads_its_name_back() {
    let mut version = ProcedureVersion { fields: Vec::new(), ..birth() };
    assert_eq!(version.field_key(), "");
    version.fields = vec![Field { code: "G15-TP07".to_owned(), name: "Hộ tịch".to_owned() }];
    assert_eq!(version.field_key(), "G15-TP07");
    assert_eq!(version.field_name("G15-TP07"), "Hộ tịch");
    version.fields = vec![Field { code: String::new(), name: "Đất đai".to_owned() }];
    assert_eq!(version.field_key(), "Đất đai");
    assert_eq!(version.field_name("Đất đai"), "Đất đai");
}
