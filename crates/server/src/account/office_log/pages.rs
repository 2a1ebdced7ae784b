//! The office log as people read it.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Query, State};
use axum::response::Response;
use motcua_db::DbError;
use motcua_domain::access::Role;
use serde::Deserialize;

use crate::account::admin::access::Overseer;
use crate::account::office_log::store::{self, Entry, PAGE_ROWS};
use crate::account::people::store as people_store;
use crate::account::{office_log, roles};
use crate::app::App;
use crate::web::error::PageError;
use crate::web::locale::Locale;
use crate::web::page::{Page, render};
use crate::web::visitor::encode;
use crate::web::wording;

/// One entry in words.
pub struct LogLine {
    /// Number.
    pub sequence: i64,
    /// When.
    pub at: String,
    /// Who.
    pub author: String,
    /// What.
    pub words: String,
    /// To whom or what, as stored: `person:ID`.
    pub subject: String,
}

impl LogLine {
    /// The page of what it is about; empty when there is none.
    pub fn href(&self) -> String {
        match self.subject.split_once(':') {
            Some(("person", id)) => format!("{}/{id}", crate::account::admin::HOME),
            Some(("unit", code)) => format!("{}/{code}", crate::unit::admin::HOME),
            Some(("procedure", code)) => format!("{}/{code}", crate::procedure::admin::HOME),
            Some(_) | None => String::new(),
        }
    }

    /// Whether its page is open to whoever reads the log without being an administrator.
    pub fn is_open_to_all(&self) -> bool {
        self.subject.starts_with("procedure:")
    }
}

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    /// About this subject only.
    #[serde(default)]
    ve: String,
    /// The last entry of the page before.
    #[serde(default)]
    truoc: String,
    /// Check the whole chain.
    #[serde(default)]
    kiem: String,
}

#[derive(askama::Template)]
#[template(path = "account/office_log.html")]
struct LogPage {
    page: Page,
    lines: Vec<LogLine>,
    /// Names of the people, units and procedures the entries are about.
    names: BTreeMap<String, String>,
    /// The pages of people are open to this officer.
    may_open: bool,
    about: String,
    next: String,
    /// What checking the chain found; nothing when it was not asked for.
    checked: Option<Checked>,
}

struct Checked {
    is_whole: bool,
    words: String,
}

/// Lists entries, newest first.
pub async fn page(
    State(app): State<App>,
    overseer: Overseer,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let locale = overseer.visitor.locale;
    let subject = Some(asked.ve.clone()).filter(|subject| !subject.is_empty());
    let before = asked.truoc.parse().ok();
    let mut entries = app.store.read(move |tx| store::newest(tx, subject.as_deref(), before)).await?;
    let more = PAGE_ROWS < entries.len();
    entries.truncate(PAGE_ROWS);
    let next = entries
        .last()
        .filter(|_| more)
        .map(|last| format!("/can-bo/quan-tri/nhat-ky?ve={}&truoc={}", encode(&asked.ve), last.sequence));
    let checked = if asked.kiem.is_empty() { None } else { Some(check(&app, locale).await?) };
    let template = LogPage {
        page: Page::new(&app, &overseer.visitor, locale.t("account.log")),
        lines: lines(locale, &entries),
        names: names(&app, &entries).await?,
        may_open: overseer.is_administrator(),
        about: asked.ve,
        next: next.unwrap_or_default(),
        checked,
    };
    Ok(render(&template))
}

/// Entries in words.
pub fn lines(locale: Locale, entries: &[Entry]) -> Vec<LogLine> {
    entries.iter().map(|entry| line(locale, entry)).collect()
}

fn line(locale: Locale, entry: &Entry) -> LogLine {
    let arguments: BTreeMap<String, String> = serde_json::from_str(&entry.content).unwrap_or_default();
    // An entry of a version that knew another sentence is shown as it is stored.
    let sentence = locale.find(&entry.kind).unwrap_or(&entry.kind);
    LogLine {
        sequence: entry.sequence,
        at: entry.at.parse().map_or_else(|_| entry.at.clone(), wording::office_datetime_short),
        author: entry.author_name.clone(),
        words: filled(locale, sentence, &arguments),
        subject: entry.subject.clone(),
    }
}

/// Fills `{name}` once; what is filled in is not read again. A role is stored by its name and shown in words.
fn filled(locale: Locale, sentence: &str, arguments: &BTreeMap<String, String>) -> String {
    let mut text = String::new();
    for (at, part) in sentence.split('{').enumerate() {
        let argument = part.split_once('}').filter(|_| 0 < at);
        match argument {
            Some((name, rest)) => {
                let value = arguments.get(name).map_or("…", String::as_str);
                let role = Role::from_name(value).filter(|_| name == "role");
                text.push_str(role.map_or(value, |role| roles::name(locale, role)));
                text.push_str(rest);
            }
            None => text.push_str(part),
        }
    }
    text
}

async fn names(app: &App, entries: &[Entry]) -> Result<BTreeMap<String, String>, DbError> {
    let subjects: BTreeSet<String> = entries.iter().map(|entry| entry.subject.clone()).collect();
    let office = app.office();
    app.store
        .read(move |tx| {
            let mut names = BTreeMap::new();
            for subject in &subjects {
                let name = match subject.split_once(':') {
                    Some(("person", id)) => match id.parse() {
                        Ok(id) => people_store::find(tx, id)?.map(|row| row.name),
                        Err(_) => None,
                    },
                    Some(("unit", code)) => code.parse().ok().map(|code| office.unit_name(&code)),
                    Some(("procedure", code)) => Some(code.to_owned()),
                    Some(_) | None => None,
                };
                if let Some(name) = name {
                    names.insert(subject.clone(), name);
                }
            }
            Ok(names)
        })
        .await
}

async fn check(app: &App, locale: Locale) -> Result<Checked, DbError> {
    let difference = app.store.read(office_log::first_difference).await?;
    Ok(match difference {
        None => Checked { is_whole: true, words: locale.t("account.log_whole").to_owned() },
        Some(sequence) => {
            let words = locale.say("account.log_broken").arg("number", sequence).to_string();
            Checked { is_whole: false, words }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_not_read_again() {
        let arguments = BTreeMap::from([
            ("role".to_owned(), "reception".to_owned()),
            ("name".to_owned(), "{role} reception".to_owned()),
        ]);
        let filled = |sentence| filled(Locale::Vi, sentence, &arguments);
        assert_eq!(filled("{name}: {role}, {more}"), "{role} reception: cán bộ tiếp nhận, …");
        assert_eq!(filled("không có gì"), "không có gì");
    }
}
