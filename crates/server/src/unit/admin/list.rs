//! The tree of units, and what is found in it.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::civil::Date;
use motcua_domain::dossier::Office as _;
use motcua_domain::identity::{fold, letters};
use motcua_domain::unit::{Unit, UnitCode, UnitLevel, Units};
use serde::Deserialize;

use crate::app::App;
use crate::unit::admin::{HOME, fields, keeper};
use crate::web::error::PageError;
use crate::web::form::Choice;
use crate::web::numbered::Numbered;
use crate::web::page::{Page, render};
use crate::web::visitor::{Officer, encode};
use crate::web::wording;

/// Units on a page: a province with its departments and communes.
const PAGE_ROWS: usize = 200;

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    /// Words of the name or code, with or without accents.
    #[serde(default)]
    q: String,
    /// A level.
    #[serde(default)]
    level: String,
    /// `closed` for those that are not there any more, `future` for those to come.
    #[serde(default)]
    state: String,
    /// Page, from 1.
    #[serde(default)]
    trang: String,
}

#[derive(Template)]
#[template(path = "unit/list.html")]
struct ListPage {
    page: Page,
    asked: Asked,
    levels: Vec<Choice>,
    states: Vec<Choice>,
    lines: Vec<Line>,
    shown: String,
    previous: String,
    next: String,
}

struct Line {
    href: String,
    /// How deep it stands in the tree; none when it was searched for.
    depth: usize,
    name: String,
    code: UnitCode,
    level: &'static str,
    parent: String,
    stops: String,
    from: String,
    last: String,
}

/// Lists units: those of today as a tree, or what was searched for.
pub async fn page(
    State(app): State<App>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    keeper(&app, &officer)?;
    let locale = officer.visitor.locale;
    let office = app.office();
    let (units, day) = (office.units(), office.day);
    let mut found = if asked.q.trim().is_empty() && asked.level.is_empty() && asked.state.is_empty() {
        tree(units, day)
    } else {
        searched(units, day, &asked)
    };
    let here = Numbered::asked(&asked.trang, PAGE_ROWS, found.len());
    let lines: Vec<Line> = found
        .drain(here.rows())
        .map(|(depth, unit)| Line {
            href: format!("{HOME}/{}", unit.code),
            depth,
            name: unit.name.clone(),
            code: unit.code.clone(),
            level: fields::level(locale, unit.level),
            parent: unit.parent.as_ref().map(|parent| office.unit_name(parent)).unwrap_or_default(),
            stops: unit.one_stops.iter().map(|stop| stop.name.as_str()).collect::<Vec<_>>().join("; "),
            from: wording::day_short(unit.valid_from),
            last: unit.valid_to.map(wording::day_short).unwrap_or_default(),
        })
        .collect();
    let link = |page: usize| {
        let (q, level, state) = (encode(&asked.q), encode(&asked.level), encode(&asked.state));
        format!("{HOME}?q={q}&level={level}&state={state}&trang={page}")
    };
    let state = |name: &str| Choice::new(name, locale.t(&format!("unit.state_{name}")));
    Ok(render(&ListPage {
        page: Page::new(&app, &officer.visitor, locale.t("unit.title")),
        levels: fields::levels(locale),
        states: vec![state("closed"), state("future"), state("all")],
        shown: here.shown(locale, "unit.shown"),
        previous: here.previous(link),
        next: here.next(link),
        lines,
        asked,
    }))
}

/// The units of a day from the top down, neighbours by name. One whose parent is not there stands at the top.
fn tree(units: &Units, day: Date) -> Vec<(usize, &Unit)> {
    let mut found = Vec::new();
    let is_top = |unit: &&Unit| unit.parent.as_ref().is_none_or(|parent| units.on(parent, day).is_none());
    let mut open: Vec<(usize, &Unit)> =
        by_name(units.all_on(day).filter(is_top)).into_iter().rev().map(|unit| (0, unit)).collect();
    while let Some((depth, unit)) = open.pop() {
        found.push((depth, unit));
        let below = by_name(units.children_on(&unit.code, day));
        open.extend(below.into_iter().rev().map(|child| (depth + 1, child)));
    }
    found
}

fn by_name<'a>(units: impl Iterator<Item = &'a Unit>) -> Vec<&'a Unit> {
    let mut sorted: Vec<&Unit> = units.collect();
    sorted.sort_by_cached_key(|unit| (unit.level, letters::sort_key(&unit.name), unit.code.clone()));
    sorted
}

/// The last stretch of every unit that fits.
fn searched<'a>(units: &'a Units, day: Date, asked: &Asked) -> Vec<(usize, &'a Unit)> {
    let words: Vec<String> = fold(asked.q.trim()).split_whitespace().map(str::to_owned).collect();
    let level = UnitLevel::from_name(&asked.level);
    let fits = |unit: &&Unit| {
        let is_over = unit.valid_to.is_some_and(|last| last < day);
        let is_to_come = day < unit.valid_from;
        let in_state = match asked.state.as_str() {
            "closed" => is_over,
            "future" => is_to_come,
            "all" => true,
            _ => !is_over && !is_to_come,
        };
        let text = format!("{} {}", fold(&unit.name), fold(unit.code.as_str()));
        in_state
            && level.is_none_or(|level| unit.level == level)
            && words.iter().all(|word| text.contains(word))
    };
    let mut last: Vec<&Unit> = Vec::new();
    for unit in units.history() {
        match last.last_mut() {
            // Of several stretches the one of today tells more than the one to come.
            Some(known) if known.code == unit.code => {
                if !known.is_valid_on(day) {
                    *known = unit;
                }
            }
            Some(_) | None => last.push(unit),
        }
    }
    by_name(last.into_iter().filter(fits)).into_iter().map(|unit| (0, unit)).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn unit(code: &str, name: &str, level: UnitLevel, parent: Option<&str>) -> Unit {
        let parent = parent.map(|parent| parent.parse().unwrap());
        Unit::new(code.parse().unwrap(), name, level, parent, date(2025, 7, 1))
    }

    #[test]
    fn the_tree_goes_down_before_it_goes_on() {
        let units = Units::new(vec![
            unit("H44", "UBND tỉnh", UnitLevel::Province, None),
            unit("H44.1", "UBND xã Bình", UnitLevel::Commune, Some("H44")),
            unit("H44.2", "Sở Y tế", UnitLevel::Department, Some("H44")),
            unit("H44.2.1", "Phòng Một", UnitLevel::Department, Some("H44.2")),
            unit("H44.3", "UBND xã An", UnitLevel::Commune, Some("H44")),
        ])
        .unwrap();
        let names: Vec<(usize, &str)> = tree(&units, date(2026, 3, 2))
            .into_iter()
            .map(|(depth, unit)| (depth, unit.name.as_str()))
            .collect();
        let expected =
            [(0, "UBND tỉnh"), (1, "Sở Y tế"), (2, "Phòng Một"), (1, "UBND xã An"), (1, "UBND xã Bình")];
        assert_eq!(names, expected);
        let asked = Asked { q: "xa binh".to_owned(), ..Asked::default() };
        assert_eq!(searched(&units, date(2026, 3, 2), &asked).len(), 1);
    }
}
