//! What differs between two versions of a procedure, thing by thing, in words a controller reads.

use std::collections::{HashMap, HashSet};

use motcua_domain::procedure::ProcedureVersion;

use crate::office::Snapshot;
use crate::procedure::outline::{SECTIONS, Thing, things};
use crate::web::locale::Locale;

/// What happened to a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only the later version has it.
    Added,
    /// Only the earlier version has it.
    Removed,
    /// Both have it, and say something else about it.
    Changed,
}

impl Kind {
    /// The key of its word.
    pub fn key(self) -> &'static str {
        match self {
            Self::Added => "catalogue.added",
            Self::Removed => "catalogue.removed",
            Self::Changed => "catalogue.changed",
        }
    }

    /// The colour of its tag.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Added => "green",
            Self::Removed => "red",
            Self::Changed => "yellow",
        }
    }
}

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Key of the heading it stands under.
    pub section: &'static str,
    /// What happened to it.
    pub kind: Kind,
    /// What it is called; empty for the version itself.
    pub name: String,
    /// What is said about it: label, before, after. Of what was added or removed, everything.
    pub parts: Vec<Part>,
}

/// One part of what is said about a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is about.
    pub label: &'static str,
    /// What the earlier version says; empty when nothing.
    pub before: String,
    /// What the later version says; empty when nothing.
    pub after: String,
}

/// Everything that differs, in the order of the sections.
pub fn between(
    locale: Locale,
    office: &Snapshot,
    earlier: &ProcedureVersion,
    later: &ProcedureVersion,
) -> Vec<Difference> {
    let (before, after) = (things(locale, office, earlier), things(locale, office, later));
    let mut found = Vec::new();
    for section in SECTIONS {
        let in_section = |all: &'_ [Thing]| -> Vec<Thing> {
            all.iter().filter(|thing| thing.section == section).cloned().collect()
        };
        let (before, after) = (in_section(&before), in_section(&after));
        let known: HashMap<&str, &Thing> =
            before.iter().rev().map(|thing| (thing.id.as_str(), thing)).collect();
        for thing in &after {
            match known.get(thing.id.as_str()) {
                Some(other) => found.extend(changed(other, thing)),
                None => found.push(alone(thing, Kind::Added)),
            }
        }
        let there: HashSet<&str> = after.iter().map(|thing| thing.id.as_str()).collect();
        let is_gone = |thing: &&Thing| !there.contains(thing.id.as_str());
        found.extend(before.iter().filter(is_gone).map(|thing| alone(thing, Kind::Removed)));
    }
    found
}

fn alone(thing: &Thing, kind: Kind) -> Difference {
    let part = |(label, words): &(&'static str, String)| match kind {
        Kind::Removed => Part { label, before: words.clone(), after: String::new() },
        Kind::Added | Kind::Changed => Part { label, before: String::new(), after: words.clone() },
    };
    Difference {
        section: thing.section,
        kind,
        name: thing.name.clone(),
        parts: thing.parts.iter().map(part).collect(),
    }
}

fn changed(before: &Thing, after: &Thing) -> Option<Difference> {
    let said = |thing: &Thing, label: &str| {
        let found = thing.parts.iter().find(|(known, _)| *known == label);
        found.map(|(_, words)| words.clone()).unwrap_or_default()
    };
    let mut labels: Vec<&'static str> = after.parts.iter().map(|(label, _)| *label).collect();
    labels.extend(before.parts.iter().map(|(label, _)| *label).filter(|label| !said_in(after, label)));
    let parts: Vec<Part> = labels
        .into_iter()
        .map(|label| Part { label, before: said(before, label), after: said(after, label) })
        .filter(|part| part.before != part.after)
        .collect();
    if parts.is_empty() {
        return None;
    }
    let (section, name) = (after.section, after.name.clone());
    Some(Difference { section, kind: Kind::Changed, name, parts })
}

fn said_in(thing: &Thing, label: &str) -> bool {
    thing.parts.iter().any(|(known, _)| *known == label)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use motcua_domain::calendar::Limit;
    use motcua_domain::procedure::{
        Case, Channel, ChannelTerms, CollectedAt, Component, ElectronicProcess, Fee, FeeKind, LegalBase,
        Purpose,
    };

    use super::*;
    use crate::office::Facts;

    fn paper(key: &str, name: &str) -> Component {
        Component {
            key: key.parse().unwrap(),
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

    fn version() -> ProcedureVersion {
        let mut version =
            ProcedureVersion::new("1.001193".parse().unwrap(), "Đăng ký khai sinh", date(2026, 1, 1));
        let key = "thuong".parse().unwrap();
        version.cases = vec![Case { key, name: String::new(), components: vec![paper("a", "Tờ khai")] }];
        let fee = Fee {
            kind: FeeKind::Charge,
            code: String::new(),
            name: "Lệ phí hộ tịch".to_owned(),
            amount: Some(8_000),
            unit: String::new(),
            collected_at: CollectedAt::Reception,
            note: String::new(),
        };
        version.channels = vec![ChannelTerms {
            channel: Channel::Direct,
            case: None,
            limit: Some(Limit::WorkingDays(5)),
            limit_note: String::new(),
            fees: vec![fee],
        }];
        version.process = Some(ElectronicProcess::default_process());
        version
    }

    fn told(earlier: &ProcedureVersion, later: &ProcedureVersion) -> Vec<String> {
        let office = Snapshot::new(Facts::default(), date(2026, 3, 2)).unwrap();
        let words = |found: Difference| {
            let parts: Vec<String> = found
                .parts
                .iter()
                .map(|part| format!("{}: {} → {}", part.label, part.before, part.after))
                .collect();
            format!("{:?} {} [{}]", found.kind, found.name, parts.join(" | "))
        };
        between(Locale::Vi, &office, earlier, later).into_iter().map(words).collect()
    }

    #[test]
    fn a_version_does_not_differ_from_itself() {
        assert_eq!(told(&version(), &version()), Vec::<String>::new());
        let later = ProcedureVersion { version: 7, valid_from: date(2027, 1, 1), ..version() };
        assert_eq!(
            told(&version(), &later),
            Vec::<String>::new(),
            "numbers and days stand in the list of versions"
        );
    }

    #[test]
    fn papers_limits_fees_bases_and_steps_are_told_in_words() {
        let mut later = version();
        later.name = "Đăng ký khai sinh lại".to_owned();
        later.cases[0].components = vec![paper("b", "Giấy chứng sinh")];
        later.channels[0].limit = Some(Limit::WorkingDays(3));
        later.channels[0].fees[0].amount = Some(0);
        let base = LegalBase {
            number: "123/2015/NĐ-CP".to_owned(),
            name: "Hộ tịch".to_owned(),
            date: None,
            issuer: String::new(),
        };
        later.legal_bases.push(base);
        later.process.as_mut().unwrap().steps[2].limit = Some(Limit::WorkingHours(8));
        let told = told(&version(), &later);
        let expected = [
            "Changed  [Tên thủ tục: Đăng ký khai sinh → Đăng ký khai sinh lại]",
            "Added Giấy chứng sinh",
            "Removed Tờ khai",
            "Changed Trực tiếp [Thời hạn: 05 ngày làm việc → 03 ngày làm việc]",
            "Changed Lệ phí hộ tịch, Trực tiếp [Mức thu: 8.000 đồng → 0 đồng]",
            "Added Căn cứ 123/2015/NĐ-CP",
            "Changed Bước Thẩm định [Thời gian:  → 08 giờ làm việc]",
        ];
        assert_eq!(told.len(), expected.len(), "{told:#?}");
        for (found, begins) in told.iter().zip(expected) {
            assert!(found.starts_with(begins), "{found}\n{begins}");
        }
    }
}
