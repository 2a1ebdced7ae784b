//! Tests of the unit tree.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::area::{THREE_LEVELS_UNTIL, TWO_LEVELS_FROM};
use super::*;

fn code(text: &str) -> UnitCode {
    text.parse().expect("a unit code")
}

fn unit(text: &str, level: UnitLevel, parent: Option<&str>, from: Date) -> Unit {
    Unit::new(code(text), text, level, parent.map(code), from)
}

const LONG_AGO: Date = date(2008, 8, 1);

/// A province before and after 1 July 2025: the district closes, the commune moves under the province.
fn province() -> Vec<Unit> {
    let mut district = unit("H44.9", UnitLevel::District, Some("H44"), LONG_AGO);
    district.valid_to = Some(THREE_LEVELS_UNTIL);
    district.successors = vec![Successor { unit: code("H44.100"), share: Share::Part }];
    let mut before = unit("H44.100", UnitLevel::Commune, Some("H44.9"), LONG_AGO);
    before.valid_to = Some(THREE_LEVELS_UNTIL);
    vec![
        unit("H44", UnitLevel::Province, None, LONG_AGO),
        unit("H44.01", UnitLevel::Department, Some("H44"), LONG_AGO),
        unit("H44.08", UnitLevel::Department, Some("H44"), LONG_AGO),
        unit("H44.100", UnitLevel::Commune, Some("H44"), TWO_LEVELS_FROM),
        district,
        before,
    ]
}

#[test]
fn codes_follow_decision_20_of_2020() {
    for right in ["H44", "H44.100", "H56.1.2", "000.00.00.H44", "Z12"] {
        assert_eq!(code(right).to_string(), right);
    }
    for wrong in ["", ".", "H44.", ".H44", "h44", "H44 100", "H44..1", "Đ1", &"A".repeat(36)] {
        assert!(wrong.parse::<UnitCode>().is_err(), "{wrong}");
    }
}

#[test]
fn a_commune_stood_under_a_district_until_june_2025_and_stands_under_the_province_since() {
    let units = Units::new(province()).expect("a sound tree");
    let line = |day| -> Vec<String> {
        units.line_on(&code("H44.100"), day).iter().map(|unit| unit.code.to_string()).collect()
    };
    assert_eq!(line(THREE_LEVELS_UNTIL), ["H44.100", "H44.9", "H44"]);
    assert_eq!(line(TWO_LEVELS_FROM), ["H44.100", "H44"]);
    assert_eq!(line(date(2000, 1, 1)), Vec::<String>::new());
    assert!(units.on(&code("H44.9"), TWO_LEVELS_FROM).is_none());
    assert!(units.latest(&code("H44.9")).is_some());
}

#[test]
fn a_level_is_found_above_or_as_the_only_one_below() {
    let units = Units::new(province()).expect("a sound tree");
    let of_level = |from: &str, level| {
        units.of_level(&code(from), level, TWO_LEVELS_FROM).map(|unit| unit.code.to_string())
    };
    assert_eq!(of_level("H44.100", UnitLevel::Province), Some("H44".to_owned()));
    assert_eq!(of_level("H44", UnitLevel::Commune), Some("H44.100".to_owned()));
    assert_eq!(of_level("H44", UnitLevel::Department), None, "two departments: nobody can tell");
    assert_eq!(of_level("H44", UnitLevel::District), None, "there are no districts any more");
}

#[test]
fn every_defect_of_a_tree_is_named() {
    let mut backwards = unit("H1", UnitLevel::Province, None, LONG_AGO);
    backwards.valid_to = Some(date(2000, 1, 1));
    let res = Units::new(vec![
        backwards,
        unit("H2", UnitLevel::Commune, Some("H9"), LONG_AGO),
        unit("H3", UnitLevel::Commune, Some("H4"), LONG_AGO),
        unit("H4", UnitLevel::Commune, Some("H3"), LONG_AGO),
        unit("H5", UnitLevel::Commune, None, LONG_AGO),
        unit("H5", UnitLevel::Commune, None, TWO_LEVELS_FROM),
    ]);
    assert_eq!(
        res.map(|_| ()),
        Err(vec![
            UnitDefect::EndsBeforeItBegins(code("H1")),
            UnitDefect::UnknownParent { unit: code("H2"), parent: code("H9") },
            UnitDefect::Cycle(code("H3")),
            UnitDefect::Cycle(code("H4")),
            UnitDefect::Overlap(code("H5"), TWO_LEVELS_FROM),
        ])
    );
}

#[test]
fn the_narrowest_rule_chooses_the_account() {
    let payee = |kind, fee_code: Option<&str>, account: &str, from| PayeeAccount {
        fee_kind: kind,
        fee_code: fee_code.map(str::to_owned),
        bank_bin: "970436".to_owned(),
        account: account.to_owned(),
        holder: "KHO BAC".to_owned(),
        valid_from: from,
        valid_to: None,
    };
    let mut commune = unit("H44.100", UnitLevel::Commune, None, LONG_AGO);
    commune.payees = vec![
        payee(None, None, "any", LONG_AGO),
        payee(Some(FeeKind::Charge), None, "charges", LONG_AGO),
        payee(None, Some("P7"), "p7", TWO_LEVELS_FROM),
    ];
    let account = |kind, fee, day| commune.payee_for(kind, fee, day).map(|payee| payee.account.as_str());
    assert_eq!(account(FeeKind::Fee, "P1", TWO_LEVELS_FROM), Some("any"));
    assert_eq!(account(FeeKind::Charge, "P1", TWO_LEVELS_FROM), Some("charges"));
    assert_eq!(account(FeeKind::Charge, "P7", TWO_LEVELS_FROM), Some("p7"));
    assert_eq!(account(FeeKind::Fee, "P7", THREE_LEVELS_UNTIL), Some("any"));
    assert_eq!(account(FeeKind::Fee, "P7", date(2000, 1, 1)), None);
    let anything =
        |commune: &Unit| commune.payee_for_anything(TWO_LEVELS_FROM).map(|payee| payee.account.clone());
    assert_eq!(anything(&commune).as_deref(), Some("any"));
    commune.payees.remove(0);
    assert_eq!(anything(&commune), None, "never one that is for something else");
}

proptest! {
    /// Reading a code never panics, and what was read prints the same.
    #[test]
    fn codes_print_and_parse(text in "\\PC{0,40}") {
        if let Ok(code) = text.parse::<UnitCode>() {
            prop_assert_eq!(code.to_string(), text);
        }
    }

    /// A tree of any shape answers: lines end, and a unit is within everything in its line.
    #[test]
    fn lines_always_end(parents in prop::collection::vec(0usize..12, 1..12)) {
        let units = parents.iter().enumerate().map(|(i, parent)| {
            let parent = (*parent < parents.len()).then(|| code(&format!("H{parent}")));
            Unit::new(code(&format!("H{i}")), "", UnitLevel::Commune, parent, LONG_AGO)
        });
        match Units::new(units.collect()) {
            Ok(units) => for unit in units.all_on(TWO_LEVELS_FROM) {
                let line = units.line_on(&unit.code, TWO_LEVELS_FROM);
                prop_assert!(line.iter().all(|above| units.is_within(&unit.code, &above.code, TWO_LEVELS_FROM)));
                prop_assert!(line.last().is_some_and(|top| top.parent.is_none()));
            },
            Err(defects) => prop_assert!(defects.iter().all(|d| matches!(d, UnitDefect::Cycle(_)))),
        }
    }
}
