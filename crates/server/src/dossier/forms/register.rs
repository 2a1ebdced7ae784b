//! The register (sổ theo dõi hồ sơ) of a desk and a year, in books.

use jiff::civil::{Date, date};
use motcua_domain::access::Actor;
use motcua_domain::dossier::{Channel, Dossier, ReturnWay};
use motcua_domain::form::FormKind;
use motcua_domain::office_time::{day_of, from_office};
use motcua_domain::unit::UnitCode;

use super::fill::{applicant, desk_name, letterhead, word};
use super::{PrintError, Printed, print, store};
use crate::app::App;
use crate::clock::stored;
use crate::dossier::steps::{self, StepError};
use crate::form::data::{FormData, Head, RegisterData, RegisterRow, Signature};
use crate::office::Snapshot;

/// Entries of one book: as many as one file takes. A longer year has several, as on paper.
pub const BOOK_ENTRIES_MAX: u32 = 200;

/// The book that an entry of the year stands in: 1, 2, 3 …
pub fn book_of(entry: u32) -> u32 {
    entry.saturating_sub(1) / BOOK_ENTRIES_MAX + 1
}

/// `01/2026`.
pub fn book_label(book: u32, year: i16) -> String {
    format!("{book:02}/{year}")
}

/// Why a book of the register is not printed.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// One of its dossiers cannot be read, or this person may not read it.
    #[error(transparent)]
    Step(#[from] StepError),
    /// It cannot be printed.
    #[error(transparent)]
    Print(#[from] PrintError),
}

/// One book of the register. Every dossier in it is opened by this officer, so that the access rules hold for the
/// book as for the dossier, and each applicant sees who read it.
pub async fn book(
    app: &App,
    actor: &Actor,
    unit: &UnitCode,
    year: i16,
    book: u32,
) -> Result<Printed, RegisterError> {
    let office = app.office();
    let now = app.clock.now();
    let opened_on = date(year, 1, 1);
    let next_year = date(year.saturating_add(1), 1, 1);
    let (from, to) = (stored(from_office(opened_on.into())), stored(from_office(next_year.into())));
    let limit = i64::from(BOOK_ENTRIES_MAX);
    let skip = i64::from(book.saturating_sub(1)) * limit;
    let desk = unit.to_string();
    let codes = app
        .store
        .read(move |tx| store::accepted(tx, &desk, &from, &to, skip, limit))
        .await
        .map_err(PrintError::Db)?;
    let mut rows = Vec::with_capacity(codes.len());
    for code in &codes {
        let dossier = steps::view(app, actor, code, word("issued.purpose_register")).await?.dossier;
        rows.extend(row(&office, &dossier));
    }
    rows.sort_by_key(|row| row.entry);
    let closed_on = (next_year <= day_of(now)).then(|| date(year, 12, 31));
    let data = RegisterData {
        head: Head { reception: Some(desk_name(&office, unit)), ..letterhead(&office, unit, now) },
        year,
        book: book_label(book, year),
        opened_on,
        closed_on,
        part: 1,
        parts: 1,
        entries_count: rows.len(),
        rows,
        keeper: actor_name(actor),
        signature: Signature { authority: vec![word("issued.by_head").to_owned()], name: String::new() },
    };
    let day = set_day(year, day_of(now));
    let bytes = print(FormData::Register(Box::new(data)), day, now).await?;
    Ok(Printed {
        name: format!("{unit}-{}-{year}-{book:02}.pdf", FormKind::Register.name()),
        bytes,
        kept: None,
    })
}

/// The set of forms of a book: the one in force today, or on the last day of a year that is over.
fn set_day(year: i16, today: Date) -> Date {
    today.min(date(year, 12, 31))
}

fn actor_name(actor: &Actor) -> String {
    match actor {
        Actor::System => String::new(),
        Actor::Citizen { name, .. } | Actor::Officer { name, .. } => name.clone(),
    }
}

/// A dossier stands in the register under the number of its receipt.
fn row(office: &Snapshot, dossier: &Dossier) -> Option<RegisterRow> {
    let progress = &dossier.progress;
    let receipt = progress.forms.iter().find(|form| form.kind == FormKind::Receipt)?;
    let outcome = progress.outcome.as_ref();
    let extended = if progress.extensions.is_empty() { "" } else { word("issued.note_extended") };
    let status = dossier.status();
    let has_ended = status.is_closed() && outcome.is_none();
    let ended = if has_ended { word(&format!("status.{}", status.name())) } else { "" };
    let notes: Vec<&str> = [extended, ended].into_iter().filter(|note| !note.is_empty()).collect();
    Some(RegisterRow {
        entry: receipt.number,
        code: dossier.code.to_string(),
        procedure: dossier.filing.procedure_name.clone(),
        sets_count: u32::from(dossier.filing.sets),
        applicant: applicant(dossier),
        lead: office.unit_name(dossier.responsible_unit()),
        received_at: progress.accepted_at?,
        due_at: progress.due,
        returned_at: outcome.and_then(|outcome| outcome.returned_at),
        came_by: word(channel_key(dossier.filing.channel)).to_owned(),
        goes_by: word(return_key(&dossier.filing.return_way)).to_owned(),
        signed_by: outcome.and_then(|outcome| outcome.returned_to.clone()).unwrap_or_default(),
        note: notes.join("; "),
    })
}

fn channel_key(channel: Channel) -> &'static str {
    match channel {
        Channel::Online => "issued.came_online",
        Channel::Counter => "issued.came_counter",
        Channel::Post => "issued.came_post",
        Channel::Assisted => "issued.came_assisted",
    }
}

fn return_key(way: &ReturnWay) -> &'static str {
    match way {
        ReturnWay::Desk => "issued.goes_desk",
        ReturnWay::Online => "issued.goes_online",
        ReturnWay::Post(_) => "issued.goes_post",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_book_holds_its_entries_and_no_more() {
        assert_eq!(book_of(1), 1);
        assert_eq!(book_of(BOOK_ENTRIES_MAX), 1);
        assert_eq!(book_of(BOOK_ENTRIES_MAX + 1), 2);
        assert_eq!(book_label(2, 2026), "02/2026");
    }

    #[test]
    fn a_book_fits_one_file() {
        assert_eq!(usize::try_from(BOOK_ENTRIES_MAX), Ok(crate::form::data::REGISTER_ROWS_MAX));
    }

    #[test]
    fn a_year_that_is_over_keeps_its_set() {
        assert_eq!(set_day(2024, date(2026, 3, 1)), date(2024, 12, 31));
        assert_eq!(set_day(2026, date(2026, 3, 1)), date(2026, 3, 1));
    }
}
