//! The list of people, by name, some at a time.

use axum::extract::{Query, State};
use axum::response::Response;
use motcua_db::DbError;
use motcua_domain::identity::fold;
use motcua_domain::office_time;
use motcua_domain::unit::UnitCode;
use serde::Deserialize;

use crate::account::admin::HOME;
use crate::account::admin::access::Administrator;
use crate::account::people::store::{self, Filter, PAGE_ROWS, PersonRow};
use crate::account::roles;
use crate::app::App;
use crate::web::error::PageError;
use crate::web::form::Choice;
use crate::web::page::{Page, render};
use crate::web::visitor::encode;
use crate::web::wording;

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    /// Words of the name or login.
    #[serde(default)]
    q: String,
    /// `cong-dan` for citizens; officers otherwise.
    #[serde(default)]
    loai: String,
    /// Only officers of this unit.
    #[serde(default)]
    unit: String,
    /// The last person of the page before.
    #[serde(default)]
    sau: String,
}

/// One person in the list.
struct Line {
    href: String,
    name: String,
    login: String,
    roles: String,
    since: String,
    active: bool,
    /// Cannot sign in yet, and why: no password.
    waiting: bool,
}

#[derive(askama::Template)]
#[template(path = "account/admin/list.html")]
struct ListPage {
    page: Page,
    asked: Asked,
    lines: Vec<Line>,
    officers: i64,
    citizens: i64,
    units: Vec<Choice>,
    next: String,
    shown: String,
}

impl ListPage {
    fn of_officers(&self) -> bool {
        self.asked.of_officers()
    }
}

impl Asked {
    fn of_officers(&self) -> bool {
        self.loai != "cong-dan"
    }

    fn filter(&self, officers: bool) -> Filter {
        let unit = Some(self.unit.trim().to_owned()).filter(|unit| officers && !unit.is_empty());
        Filter { words: fold(self.q.trim()), officers, unit }
    }

    /// The address of the page after the one that ends with `last`.
    fn after(&self, last: &PersonRow) -> String {
        let (q, loai, unit) = (encode(&self.q), encode(&self.loai), encode(&self.unit));
        format!("{HOME}?q={q}&loai={loai}&unit={unit}&sau={}", last.id)
    }
}

/// Lists people.
pub async fn page(
    State(app): State<App>,
    administrator: Administrator,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let locale = administrator.visitor.locale;
    let today = office_time::day_of(app.clock.now());
    let filters = [asked.filter(true), asked.filter(false)];
    let (filter, after) = (asked.filter(asked.of_officers()), asked.sau.parse().ok());
    let (mut rows, tenures, officers, citizens) = app
        .store
        .read(move |tx| {
            let rows = store::list(tx, &filter, after, today)?;
            let tenures = rows.iter().map(|row| store::tenures(tx, row.id)).collect::<Result<Vec<_>, _>>()?;
            let [officers, citizens] =
                [&filters[0], &filters[1]].map(|filter| store::count(tx, filter, today));
            Ok::<_, DbError>((rows, tenures, officers?, citizens?))
        })
        .await?;
    let next = if PAGE_ROWS < rows.len() { asked.after(&rows[PAGE_ROWS - 1]) } else { String::new() };
    rows.truncate(PAGE_ROWS);
    let office = app.office();
    let lines: Vec<Line> = rows
        .into_iter()
        .zip(tenures)
        .map(|(row, tenures)| {
            let current = tenures.iter().filter(|held| held.holds_on(today));
            let mut held_in: Vec<(&UnitCode, Vec<&str>)> = Vec::new();
            for held in current {
                let role = roles::name(locale, held.appointment.role);
                match held_in.iter_mut().find(|(unit, _)| **unit == held.appointment.unit) {
                    Some((_, known)) => known.push(role),
                    None => held_in.push((&held.appointment.unit, vec![role])),
                }
            }
            let in_unit = |(unit, held): &(&UnitCode, Vec<&str>)| {
                let words = locale.say("account.role_in_unit").arg("role", held.join(", "));
                words.arg("unit", office.unit_name(unit)).to_string()
            };
            Line {
                href: format!("{HOME}/{}", row.id),
                roles: held_in.iter().map(in_unit).collect::<Vec<_>>().join("; "),
                since: wording::day_short(office_time::day_of(row.created_at)),
                active: row.active,
                waiting: row.login.is_some() && row.password.is_none(),
                login: row.login.unwrap_or_default(),
                name: row.name,
            }
        })
        .collect();
    let total = if asked.of_officers() { officers } else { citizens };
    let shown = locale.say("account.shown").arg("n", lines.len()).arg("all", total).to_string();
    let page = Page::new(&app, &administrator.visitor, locale.t("account.people"));
    let units = super::appoint::units(&app);
    Ok(render(&ListPage { page, asked, lines, officers, citizens, units, next, shown }))
}
