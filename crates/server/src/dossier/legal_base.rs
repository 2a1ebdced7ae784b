//! The legal bases offered where an act asks for one: those of the procedure version the dossier keeps, then the rules
//! of the one-stop mechanism itself.

use std::sync::LazyLock;

use jiff::civil::Date;
use motcua_db::DbError;
use motcua_domain::dossier::{Dossier, LINE_CHARS_MAX};
use motcua_domain::office_time::day_of;
use motcua_domain::procedure::LegalBase;
use serde::Deserialize;

use crate::app::App;

const SEED: &str = include_str!("../../seed/legal_bases.toml");

static STATUTORY: LazyLock<Vec<Statutory>> =
    LazyLock::new(|| read(SEED).expect("the shipped bases are a table of bases, which a test reads"));

/// One rule of the mechanism, with its days.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Statutory {
    text: String,
    valid_from: Date,
    #[serde(default)]
    valid_to: Option<Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    base: Vec<Statutory>,
}

fn read(text: &str) -> Result<Vec<Statutory>, toml::de::Error> {
    toml::from_str::<Table>(text).map(|table| table.base)
}

/// What is offered for this dossier, each text once.
pub async fn offered(app: &App, dossier: &Dossier) -> Result<Vec<String>, DbError> {
    let filing = &dossier.filing;
    let version = app.catalogue.version(app, &filing.procedure, filing.procedure_version).await?;
    let own = version.iter().flat_map(|version| &version.legal_bases).map(in_one_line);
    let progress = &dossier.progress;
    let day = day_of(progress.accepted_at.unwrap_or(progress.submitted_at));
    let mut offered: Vec<String> = Vec::new();
    for text in own.chain(statutory(day).map(str::to_owned)) {
        if !offered.contains(&text) && !text.is_empty() && text.chars().count() <= LINE_CHARS_MAX {
            offered.push(text);
        }
    }
    Ok(offered)
}

/// The rules of the mechanism in force on a day.
fn statutory(day: Date) -> impl Iterator<Item = &'static str> {
    let holds = move |base: &&Statutory| base.valid_from <= day && base.valid_to.is_none_or(|to| day < to);
    STATUTORY.iter().filter(holds).map(|base| base.text.as_str())
}

/// Name and number, as a base is cited.
fn in_one_line(base: &LegalBase) -> String {
    let (name, number) = (base.name.trim(), base.number.trim());
    if number.is_empty() || name.contains(number) {
        name.to_owned()
    } else if name.is_empty() {
        number.to_owned()
    } else {
        format!("{name} ({number})")
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_rules_of_a_day_are_offered() {
        let on = |day: Date| statutory(day).collect::<Vec<_>>();
        assert_eq!(on(date(2017, 1, 1)), Vec::<&str>::new());
        assert!(on(date(2025, 6, 30)).iter().all(|base| base.contains("2018")));
        assert_eq!(on(date(2026, 3, 2)), ["Nghị định số 118/2025/NĐ-CP", "Thông tư số 03/2025/TT-VPCP"]);
    }

    #[test]
    fn a_base_is_cited_with_its_number_once() {
        let cited = |number: &str, name: &str| {
            in_one_line(&LegalBase {
                number: number.to_owned(),
                name: name.to_owned(),
                date: None,
                issuer: String::new(),
            })
        };
        assert_eq!(cited("60/2014/QH13", "Luật Hộ tịch"), "Luật Hộ tịch (60/2014/QH13)");
        assert_eq!(cited("60/2014/QH13", "Luật 60/2014/QH13"), "Luật 60/2014/QH13");
        assert_eq!(
            (cited("", "Luật Hộ tịch"), cited("60/2014", "")),
            ("Luật Hộ tịch".into(), "60/2014".into())
        );
    }
}
