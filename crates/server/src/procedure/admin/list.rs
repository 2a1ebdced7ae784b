//! The whole catalogue: what is in force, to come, ended, being prepared.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State as Shared};
use axum::response::Response;
use jiff::civil::Date;
use motcua_db::DbError;
use motcua_domain::identity::fold;
use motcua_domain::procedure::ProcedureCode;
use serde::Deserialize;

use crate::app::App;
use crate::procedure::admin::{HOME, State, reader};
use crate::procedure::draft::store::{self as drafts, DraftHead};
use crate::procedure::store::{self, Entry};
use crate::web::error::PageError;
use crate::web::locale::Locale;
use crate::web::numbered::Numbered;
use crate::web::page::{Page, render};
use crate::web::visitor::{Officer, encode};
use crate::web::wording;

/// Procedures on a page.
const PAGE_ROWS: usize = 50;

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    /// Words of the name, code or field, with or without accents.
    #[serde(default)]
    q: String,
    /// A state.
    #[serde(default)]
    state: String,
    /// Page, from 1.
    #[serde(default)]
    trang: String,
    /// What was done a moment ago.
    #[serde(default)]
    xong: String,
}

#[derive(Template)]
#[template(path = "procedure/admin/list.html")]
struct ListPage {
    page: Page,
    asked: Asked,
    done: bool,
    may_manage: bool,
    tabs: Vec<Tab>,
    lines: Vec<Line>,
    shown: String,
    previous: String,
    next: String,
}

struct Tab {
    label: &'static str,
    href: String,
    count: usize,
    is_current: bool,
}

struct Line {
    href: String,
    code: String,
    name: String,
    fields: String,
    state: &'static str,
    tone: &'static str,
    is_outline: bool,
    has_draft: bool,
    version: u32,
    from: String,
}

/// One procedure with what is known of all its versions.
struct Listed {
    code: ProcedureCode,
    name: String,
    fields: String,
    state: State,
    is_outline: bool,
    has_draft: bool,
    version: u32,
    from: Option<Date>,
}

/// Lists procedures.
pub async fn page(
    Shared(app): Shared<App>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let may_manage = reader(&app, &officer)?;
    let locale = officer.visitor.locale;
    let today = app.office().day;
    let (entries, drafts) =
        app.store.read(|tx| Ok::<_, DbError>((store::entries(tx)?, drafts::heads(tx)?))).await?;
    let words: Vec<String> = fold(asked.q.trim()).split_whitespace().map(str::to_owned).collect();
    let fits = |listed: &Listed| {
        let text = fold(&format!("{} {} {}", listed.name, listed.code, listed.fields));
        words.iter().all(|word| text.contains(word.as_str()))
    };
    let found: Vec<Listed> = listed(entries, &drafts, today).into_iter().filter(fits).collect();
    let tabs = tabs(locale, &asked, &found);
    let in_tab = |listed: &Listed| is_in(listed, &asked.state);
    let mut found: Vec<Listed> = found.into_iter().filter(in_tab).collect();
    let here = Numbered::asked(&asked.trang, PAGE_ROWS, found.len());
    let lines: Vec<Line> = found.drain(here.rows()).map(|listed| line(locale, listed)).collect();
    let link =
        |page: usize| format!("{HOME}?q={}&state={}&trang={page}", encode(&asked.q), encode(&asked.state));
    Ok(render(&ListPage {
        page: Page::new(&app, &officer.visitor, locale.t("catalogue.title")),
        done: asked.xong == "bo",
        may_manage,
        tabs,
        shown: here.shown(locale, "catalogue.shown"),
        previous: here.previous(link),
        next: here.next(link),
        lines,
        asked,
    }))
}

/// A state in words.
pub fn state_words(locale: Locale, state: State) -> &'static str {
    locale.t(&format!("catalogue.state_{}", state.name()))
}

/// A draft of a procedure that is in force shows under both.
fn is_in(listed: &Listed, state: &str) -> bool {
    state.is_empty() || listed.state.name() == state || (state == State::Draft.name() && listed.has_draft)
}

fn tabs(locale: Locale, asked: &Asked, found: &[Listed]) -> Vec<Tab> {
    let all = std::iter::once(("", locale.t("catalogue.state_all")));
    let states = State::ALL.into_iter().map(|state| (state.name(), state_words(locale, state)));
    let tab = |(name, label): (&'static str, &'static str)| Tab {
        label,
        href: format!("{HOME}?q={}&state={name}", encode(&asked.q)),
        count: found.iter().filter(|listed| is_in(listed, name)).count(),
        is_current: asked.state == name,
    };
    all.chain(states).map(tab).collect()
}

/// Procedures by code, with the version that decides what they are today.
fn listed(entries: Vec<Entry>, drafts: &[DraftHead], today: Date) -> Vec<Listed> {
    let mut by_code: BTreeMap<ProcedureCode, Vec<Entry>> = BTreeMap::new();
    for entry in entries {
        by_code.entry(entry.code.clone()).or_default().push(entry);
    }
    let has_draft = |code: &ProcedureCode| drafts.iter().any(|draft| draft.code == *code);
    let mut found: Vec<Listed> = Vec::new();
    for draft in drafts.iter().filter(|draft| !by_code.contains_key(&draft.code)) {
        found.push(Listed {
            code: draft.code.clone(),
            name: draft.name.clone(),
            fields: String::new(),
            state: State::Draft,
            is_outline: false,
            has_draft: true,
            version: 0,
            from: None,
        });
    }
    for (code, versions) in by_code {
        let stretches: Vec<(Date, Option<Date>)> =
            versions.iter().map(|entry| (entry.valid_from, entry.valid_to)).collect();
        let begun = versions.iter().rev().find(|entry| entry.valid_from <= today);
        let Some(shown) = begun.or(versions.last()) else { continue };
        let fields: Vec<&str> = shown.fields.iter().map(|field| field.name.as_str()).collect();
        found.push(Listed {
            has_draft: has_draft(&code),
            code,
            name: shown.name.clone(),
            fields: fields.join(", "),
            state: State::of(&stretches, today),
            is_outline: shown.is_outline,
            version: shown.version,
            from: Some(shown.valid_from),
        });
    }
    found
}

fn line(locale: Locale, listed: Listed) -> Line {
    Line {
        href: format!("{HOME}/{}", listed.code),
        code: listed.code.to_string(),
        name: listed.name,
        fields: listed.fields,
        state: state_words(locale, listed.state),
        tone: listed.state.tone(),
        is_outline: listed.is_outline,
        has_draft: listed.has_draft && listed.state != State::Draft,
        version: listed.version,
        from: listed.from.map(wording::day_short).unwrap_or_default(),
    }
}
