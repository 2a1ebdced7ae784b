//! Which books of the register there are: a page of links, for the desks of an officer.

use std::collections::BTreeSet;

use askama::Template;
use axum::response::Response;
use jiff::civil::date;
use motcua_db::DbError;
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

/// The page. An officer prints the books of the units they work in; the year that runs is always there.
pub(super) async fn page(app: &App, officer: &Officer) -> Result<Response, PageError> {
    let locale = officer.visitor.locale;
    let posts = officer.person.appointments.iter().filter(|post| post.role.works_on_dossiers());
    let units: BTreeSet<UnitCode> = posts.map(|post| post.unit.clone()).collect();
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
    let office = app.office();
    let mut counts = counted.into_iter();
    let desks = units.into_iter().map(|unit| {
        let mut books = Vec::new();
        for back in 0..YEARS {
            let (year, entries) = (this_year - back, counts.next().unwrap_or_default());
            if entries == 0 && year != this_year {
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
    let desks = desks.collect();
    Ok(render(&BooksPage { page: Page::new(app, &officer.visitor, locale.t("issued.registers")), desks }))
}
