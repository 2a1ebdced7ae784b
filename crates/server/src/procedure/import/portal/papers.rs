//! Papers of the portal: which of its groups are cases, and which are only headings.

use std::collections::BTreeSet;

use motcua_domain::identity::fold;
use motcua_domain::procedure::{Case, CaseKey, Component, ComponentKey, Purpose};

use crate::import::{clean, clean_line};
use crate::procedure::import::portal::Notes;
use crate::procedure::import::wire::{Formality, Group, WireComponent};

/// What a group of papers is.
enum Meaning {
    /// A heading: its papers belong to every case.
    Heading(Purpose, String),
    /// A case, with its name.
    Case(String),
}

/// The portal has one list for cases and for headings such as `* Giấy tờ phải nộp:`. A heading is known by its words.
fn meaning(group: &Group) -> Meaning {
    let name = clean_line(&group.name);
    let name = name.trim_start_matches(|c: char| !c.is_alphanumeric()).trim_end_matches([':', ' ', ';']);
    let folded = fold(name);
    // What follows the words of the heading, such as `(hồ sơ của người nhận nuôi con nuôi)`, is kept.
    let rest = |words: &str| -> String {
        let rest: String = name.chars().skip(words.chars().count()).collect();
        rest.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
    };
    let headings = [
        ("giay to phai nop", Purpose::HandIn),
        ("giay to phai xuat trinh", Purpose::Present),
        ("luu y", Purpose::Note),
    ];
    for (words, purpose) in headings {
        if folded.starts_with(words) {
            return Meaning::Heading(purpose, rest(words));
        }
    }
    if name.is_empty() {
        Meaning::Heading(Purpose::HandIn, String::new())
    } else {
        Meaning::Case(name.to_owned())
    }
}

pub(super) fn cases(from: &Formality, notes: &mut Notes) -> Vec<Case> {
    let mut shared: Vec<(Purpose, String, &WireComponent)> = Vec::new();
    let mut own: Vec<(String, &Group)> = Vec::new();
    for group in &from.execution_cases {
        match meaning(group) {
            Meaning::Heading(purpose, heading) => {
                shared.extend(
                    group.profile_components.iter().map(|component| (purpose, heading.clone(), component)),
                );
            }
            Meaning::Case(name) => own.push((name, group)),
        }
    }
    shared.sort_by_key(|(purpose, _, _)| *purpose);
    if 1 < from.execution_cases.len() && own.len() < from.execution_cases.len() {
        notes.add(
            "procedure.found_headings_among_cases",
            format!("{}", from.execution_cases.len() - own.len()),
        );
    }
    if own.is_empty() && shared.is_empty() {
        return Vec::new();
    }
    if !from
        .execution_cases
        .iter()
        .flat_map(|group| &group.profile_components)
        .any(|component| component.required)
    {
        notes.add("procedure.found_nothing_required", "");
    }
    if own.is_empty() {
        let key = "all".parse().expect("a constant key");
        return vec![Case { key, name: String::new(), components: components(shared, notes) }];
    }
    let mut keys = BTreeSet::new();
    own.into_iter()
        .map(|(name, group)| {
            let of_case =
                group.profile_components.iter().map(|paper| (Purpose::HandIn, String::new(), paper));
            let papers = of_case.chain(shared.iter().cloned()).collect();
            Case { key: case_key(&name, &mut keys), name, components: components(papers, notes) }
        })
        .collect()
}

/// A key made of the first words of the name, so that it stays the same when the order changes.
fn case_key(name: &str, taken: &mut BTreeSet<CaseKey>) -> CaseKey {
    let mut slug = String::new();
    for c in fold(name).chars() {
        match c {
            'a'..='z' | '0'..='9' if slug.len() < 40 => slug.push(c),
            _ if !slug.is_empty() && !slug.ends_with('-') && slug.len() < 40 => slug.push('-'),
            _ => {}
        }
    }
    let slug = slug.trim_matches('-');
    let slug = if slug.is_empty() { "case" } else { slug };
    unique(slug, taken).0
}

/// `wanted`, or with the first number that makes it a key nobody has yet. The flag says that it had to be changed.
fn unique<K: std::str::FromStr + Ord + Clone>(wanted: &str, taken: &mut BTreeSet<K>) -> (K, bool) {
    let candidates = (1_u32..).map(|n| if n == 1 { wanted.to_owned() } else { format!("{wanted}-{n}") });
    let keys = candidates.filter_map(|text| text.parse::<K>().ok().map(|key| (key, text != wanted)));
    for (key, is_changed) in keys {
        if taken.insert(key.clone()) {
            return (key, is_changed);
        }
    }
    unreachable!("numbers do not end before keys do")
}

fn components(papers: Vec<(Purpose, String, &WireComponent)>, notes: &mut Notes) -> Vec<Component> {
    let mut taken: BTreeSet<ComponentKey> = BTreeSet::new();
    let mut components: Vec<Component> = Vec::new();
    let mut advice = 0;
    for (purpose, group, paper) in papers {
        let name = clean(&paper.name);
        let code = clean_line(&paper.code);
        if name.is_empty() {
            notes.add("procedure.found_paper_without_name", code);
            continue;
        }
        if components.iter().any(|known| known.code == code && known.name == name && known.group == group) {
            notes.add("procedure.found_paper_twice", code);
            continue;
        }
        let templates: Vec<String> =
            paper.attachments.iter().map(|file| clean_line(&file.file_name)).collect();
        // No original, no copy and no blank form: nothing is asked for, the sentence is advice.
        let is_advice = paper.original_qty == 0 && paper.copy_qty == 0 && templates.is_empty();
        let purpose = if is_advice { Purpose::Note } else { purpose };
        advice += u32::from(is_advice);
        let wanted = if code.parse::<ComponentKey>().is_ok() { code.as_str() } else { "paper" };
        let (key, is_changed) = unique(wanted, &mut taken);
        if is_changed || code.is_empty() {
            notes.add("procedure.found_paper_key", key.to_string());
        }
        components.push(Component {
            key,
            code,
            name,
            group,
            purpose,
            original_qty: paper.original_qty,
            copy_qty: paper.copy_qty,
            required: paper.required && purpose != Purpose::Note,
            electronic_form: paper.has_electronic_form,
            interactive: false,
            already_held: false,
            templates,
        });
    }
    if 0 < advice {
        notes.add("procedure.found_advice", advice.to_string());
    }
    components
}
