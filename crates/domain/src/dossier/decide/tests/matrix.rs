//! Who may do what in every state, and why not: compared with the table in `tests/access_matrix.txt`.
//!
//! `MOTCUA_BLESS=1` writes the table anew. Read the difference before you commit it: the table is the contract.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::moves::{Dice, action};
use super::scenes::{Scene, scenes};
use super::*;
use crate::dossier::ActionKind;
use crate::dossier::decide::gate::endings_of;
use crate::procedure::StepKey;

const TABLE: &str = "tests/access_matrix.txt";

#[test]
fn everybody_may_do_exactly_what_the_table_says() {
    let world = World::new();
    let scenes = scenes(&world);
    let statuses = Status::ALL
        .iter()
        .filter(|status| scenes.iter().all(|scene| scene.life.dossier.status() != **status));
    assert_eq!(statuses.count(), 0, "a status without a scene");

    let table = table(&scenes);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(TABLE);
    if std::env::var_os("MOTCUA_BLESS").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    let known = std::fs::read_to_string(&path).unwrap();
    let line = known.lines().zip(table.lines()).position(|(known, found)| known != found);
    let line = line.unwrap_or(known.lines().count().min(table.lines().count()));
    assert!(
        known == table,
        "line {} of {TABLE}:\n  the table says {:?}\n  the rules say  {:?}",
        line + 1,
        known.lines().nth(line),
        table.lines().nth(line),
    );
}

/// One line for each kind of action, or for several kinds that fare alike; who fares alike whatever they try comes
/// first. Everybody stands once in each line, so that no case is missing.
fn table(scenes: &[Scene<'_>]) -> String {
    let people = people();
    let count = scenes.len() * ActionKind::ALL.len() * people.len();
    let mut table = format!(
        "Who may do what in every state, and why not.\n\
         {count} cases: {} states, {} actions, {} people.\n\
         desk: the commune that took the dossier in. competent: the department that settles it.\n\
         asked: a department that may be asked for its opinion. outside: a commune that has nothing to do with it.\n\
         workers: {}.\n",
        scenes.len(),
        ActionKind::ALL.len(),
        people.len(),
        workers().map(Role::name).collect::<Vec<_>>().join(", "),
    );
    for scene in scenes {
        write_scene(&mut table, scene, &people).unwrap();
    }
    table
}

fn write_scene(table: &mut String, scene: &Scene<'_>, people: &[(String, Actor)]) -> std::fmt::Result {
    let answers: Vec<Vec<String>> = ActionKind::ALL.map(|kind| answers_to(scene, kind, people)).to_vec();
    let is_constant = |person: usize| answers.iter().all(|row| row[person] == answers[0][person]);
    let (constant, varying): (Vec<usize>, Vec<usize>) =
        (0..people.len()).partition(|&person| is_constant(person));
    writeln!(table, "\n== {}", scene.name)?;
    writeln!(table, "anything: {}", line_of(&constant, &answers[0], people))?;
    let mut lines: Vec<(String, Vec<&str>)> = Vec::new();
    for (kind, row) in ActionKind::ALL.iter().zip(&answers) {
        let line = line_of(&varying, row, people);
        match lines.iter_mut().find(|(known, _)| *known == line) {
            Some((_, kinds)) => kinds.push(kind.name()),
            None => lines.push((line, vec![kind.name()])),
        }
    }
    for (line, kinds) in lines {
        writeln!(table, "{}: {line}", kinds.join(", "))?;
    }
    Ok(())
}

fn answers_to(scene: &Scene<'_>, kind: ActionKind, people: &[(String, Actor)]) -> Vec<String> {
    let dice = Dice { salt: 0, wait_minutes: 0, is_nonsense: false };
    let typed = action(&scene.life, kind, &step_for(scene, kind), dice);
    let answer = |actor: &Actor| match scene.life.ask(actor, &typed) {
        Ok(_) => "allowed".to_owned(),
        Err(refusal) => {
            refusal.key().trim_start_matches("refusal.").trim_start_matches("access.denied_").to_owned()
        }
    };
    people.iter().map(|(_, actor)| answer(actor)).collect()
}

fn line_of(persons: &[usize], row: &[String], people: &[(String, Actor)]) -> String {
    let mut groups: BTreeMap<(bool, &str), Vec<&str>> = BTreeMap::new();
    for &person in persons {
        let answer = row[person].as_str();
        groups.entry((answer != "allowed", answer)).or_default().push(&people[person].0);
    }
    let text = |(&(is_refused, answer), names): (&(bool, &str), &Vec<&str>)| {
        format!("{answer} [{}]", short(names, is_refused))
    };
    groups.iter().map(text).collect::<Vec<_>>().join(" ")
}

/// The step that an action of this kind would be about: one that it ends, or else one that is held.
fn step_for(scene: &Scene<'_>, kind: ActionKind) -> StepKey {
    let dossier = &scene.life.dossier;
    let held: Vec<&StepKey> =
        dossier.active_tasks().chain(dossier.offered_tasks()).map(|task| &task.step).collect();
    let ends =
        |key: &&&StepKey| dossier.step(key).is_some_and(|step| endings_of(dossier, step).contains(&kind));
    held.iter().find(ends).or(held.first()).map_or_else(|| step("examine"), |key| (**key).clone())
}

const PLACES: [(&str, &str); 4] =
    [("desk", COMMUNE), ("competent", DEPARTMENT), ("asked", OTHER_DEPARTMENT), ("outside", OTHER_COMMUNE)];

fn people() -> Vec<(String, Actor)> {
    let mut people = vec![
        ("owner".to_owned(), owner()),
        ("owner who is a specialist@competent".to_owned(), owner_as(Role::Specialist, DEPARTMENT)),
        ("stranger".to_owned(), stranger()),
        ("the program".to_owned(), Actor::System),
        ("another specialist@competent".to_owned(), colleague(Role::Specialist, DEPARTMENT)),
    ];
    for (place, code) in PLACES {
        for role in Role::ALL {
            people.push((format!("{}@{place}", role.name()), officer(role, code)));
        }
    }
    people
}

/// The roles that work on dossiers.
fn workers() -> impl Iterator<Item = Role> {
    Role::ALL.into_iter().filter(|role| role.works_on_dossiers())
}

/// The names, with everybody who works at a place as `workers@place`, most of them as `other workers@place`, and a role
/// at every place as `role@anywhere`.
fn short(names: &[&str], with_others: bool) -> String {
    let mut short: Vec<String> = Vec::new();
    let mut left: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    for role in Role::ALL.iter().filter(|role| !role.works_on_dossiers()) {
        let places = PLACES.map(|(place, _)| format!("{}@{place}", role.name()));
        if places.iter().all(|name| left.contains(name)) {
            left.retain(|name| !places.contains(name));
            short.push(format!("{}@anywhere", role.name()));
        }
    }
    for (place, _) in PLACES {
        let here: Vec<String> = workers().map(|role| format!("{}@{place}", role.name())).collect();
        let found = here.iter().filter(|name| left.contains(name)).count();
        if found == here.len() || (with_others && here.len() < 2 * found) {
            left.retain(|name| !here.contains(name));
            let other = if found < here.len() { "other " } else { "" };
            short.push(format!("{other}workers@{place}"));
        }
    }
    left.extend(short);
    left.join(", ")
}
