//! Which books of the register there are: a page of links, for the desks of an officer.

use std::collections::BTreeSet;

use askama::Template;
use axum::response::Response;
use jiff::civil::date;
use motcua_db::DbError;
use motcua_domain::access::{Scope, list_scope};
use motcua_domain::dossier::Office as _;
use motcua_domain::office_time::{day_of, from_office};
use motcua_domain::unit::UnitCode;

use super::register::{book_label, book_of};
use super::store;
use crate::app::App;
use crate::clock::stored;
use crate::web::error::PageError;
use crate::web::page::{Page, render};
use crate::web::visitor::Officer;

/// Years that are listed: this one and those before it.
const YEARS: i16 = 6;

/// One book.
struct Book {
    label: String,
    href: String,
    entries: String,
}

/// The books of one desk, the newest first.
struct Desk {
    name: String,
    books: Vec<Book>,
}

#[derive(Template)]
#[template(path = "desk/books.html")]
struct BooksPage {
    page: Page,
    desks: Vec<Desk>,
}

/// The page. An officer prints the books of the units they work in, where the year that runs is always there; an
/// auditor those of every unit that took something in.
pub(super) async fn page(app: &App, officer: &Officer) -> Result<Response, PageError> {
    let locale = officer.visitor.locale;
    let office = app.office();
    let scope = list_scope(&officer.person.actor());
    let reads_everything = matches!(scope, Scope::Everything);
    let units: BTreeSet<UnitCode> = match scope {
        Scope::Everything => office.units().all_on(office.day).map(|unit| unit.code.clone()).collect(),
        Scope::Units { units, .. } => units,
        Scope::Owner(_) => BTreeSet::new(),
    };
    let this_year = day_of(app.clock.now()).year();
    let years: Vec<i16> = (0..YEARS).map(|back| this_year - back).collect();
    let asked = units.clone();
    let counted = app.store.read(move |tx| {
        let mut counted = Vec::new();
        for unit in &asked {
            for &year in &years {
                let first = |year: i16| stored(from_office(date(year, 1, 1).into()));
                counted.push(store::accepted_count(tx, unit.as_str(), &first(year), &first(year + 1))?);
            }
        }
        Ok::<_, DbError>(counted)
    });
    let counted = counted.await?;
    let mut counts = counted.into_iter();
    let desks = units.into_iter().map(|unit| {
        let mut books = Vec::new();
        for back in 0..YEARS {
            let (year, entries) = (this_year - back, counts.next().unwrap_or_default());
            if entries == 0 && (year != this_year || reads_everything) {
                continue;
            }
            let said = locale.count("issued.register_entries", usize::try_from(entries).unwrap_or_default());
            for book in (1..=book_of(entries)).rev() {
                books.push(Book {
                    label: book_label(book, year),
                    href: format!("/can-bo/so-theo-doi?unit={unit}&year={year}&book={book}"),
                    entries: said.to_string(),
                });
            }
        }
        Desk { name: office.unit_name(&unit), books }
    });
    let desks = desks.filter(|desk| !desk.books.is_empty()).collect();
    Ok(render(&BooksPage { page: Page::new(app, &officer.visitor, locale.t("issued.registers")), desks }))
}
