//! `motcua restore --until`: the journals of what was restored are cut at a moment, and what follows from them is made anew.
//!
//! Bound to the journals are dossiers, their work, names, files and forms, and with them seals, letters and bulk acts.
//! Everything else stays as it stood when the backup was made: people, units, procedures, calendars, settings, drafts, the
//! office log, and the numbers given so far, so that none is given twice. Nobody stays signed in.

use jiff::{SignedDuration, Timestamp};
use motcua_db::{DbError, Tx};
use motcua_domain::dossier::apply::replay;
use motcua_domain::dossier::{Dossier, DossierCode};
use motcua_domain::form::FormKind;

use crate::account::office_log::{self, Deed, Doer};
use crate::account::sweep;
use crate::app::App;
use crate::backup::moment::Cut;
use crate::backup::{BackupError, store};
use crate::dossier::journal::Entry;
use crate::dossier::row::{self, Head};
use crate::dossier::store as dossiers;
use crate::dossier::store::{cut as journals, seals};
use crate::dossier::written;
use crate::office::Snapshot;
use crate::portal::{store as drafts, supplement};
use crate::web::wording;

/// Dossiers of one transaction.
const PAGE: i64 = 100;
/// A request is answered at most this long after it asked the time.
const REQUEST_SECONDS_MAX: i64 = 60;

/// A journal that was cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortened {
    /// Whose.
    pub code: String,
    /// Entries that stayed; without any the dossier is gone.
    pub kept: usize,
    /// Entries that were left out.
    pub left_out: usize,
}

/// What was recorded after the moment, and is gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Every journal that was cut, in the order of codes.
    pub journals: Vec<Shortened>,
}

impl LeftOut {
    /// Entries of all of them.
    pub fn entries(&self) -> usize {
        self.journals.iter().map(|journal| journal.left_out).sum()
    }

    /// Dossiers that were filed after the moment.
    pub fn dossiers(&self) -> usize {
        self.journals.iter().filter(|journal| journal.kept == 0).count()
    }
}

/// Leaves out what is later than `cut`. Nobody else may use the installation meanwhile.
pub fn cut(app: &App, cut: &Cut) -> Result<LeftOut, BackupError> {
    let office = app.office();
    let (mut left_out, mut earliest, mut after) = (LeftOut::default(), None, String::new());
    loop {
        let some = app.store.write_sync(|tx| {
            tx.unhurried()?;
            let codes = journals::longer_after(tx, &cut.at, &cut.code, &after, PAGE)?;
            let shortened = codes.iter().map(|code| shorten(tx, app, &office, cut, code));
            shortened.collect::<Result<Vec<_>, BackupError>>()
        })?;
        let Some((last, _)) = some.last() else { break };
        after.clone_from(&last.code);
        for (journal, first) in some {
            earliest = earliest.into_iter().chain(first).min();
            left_out.journals.push(journal);
        }
    }
    app.store.write_sync(|tx| forget(tx, app, cut, earliest.as_deref(), &left_out))?;
    Ok(left_out)
}

/// Cuts one journal. Answers with it the earliest instant that was left out.
fn shorten(
    tx: &mut Tx<'_>,
    app: &App,
    office: &Snapshot,
    cut: &Cut,
    code: &str,
) -> Result<(Shortened, Option<String>), BackupError> {
    let entries = dossiers::journal(tx, code)?;
    let is_kept = |entry: &&Entry| cut.keeps(&entry.at, code);
    // Where clocks differed an entry may be earlier than the one before it: it goes with it.
    let (kept, left_out) = entries.split_at(entries.iter().take_while(is_kept).count());
    match kept.last() {
        None => remove(tx, code)?,
        Some(last) => {
            let head = Head { sequence: last.sequence, hash: last.hash.clone() };
            let dossier = folded(app, code, kept)?;
            put_back(tx, app, office, &dossier, &head, kept)?;
        }
    }
    let first = left_out.iter().map(|entry| entry.at.clone()).min();
    Ok((Shortened { code: code.to_owned(), kept: kept.len(), left_out: left_out.len() }, first))
}

fn unreadable(code: &str, why: impl std::fmt::Display) -> BackupError {
    BackupError::damaged(format!("the journal of {code} cannot be read: {why}"))
}

fn folded(app: &App, code: &str, kept: &[Entry]) -> Result<Dossier, BackupError> {
    let name = code.parse::<DossierCode>().map_err(|error| unreadable(code, error))?;
    let recorded = kept.iter().map(|entry| entry.recorded(&app.secrets)).collect::<Result<Vec<_>, _>>();
    replay(&name, &recorded.map_err(|error| unreadable(code, error))?)
        .map_err(|error| unreadable(code, error))
}

/// Removes a dossier that was not filed yet. The draft it was filed from is open again, without what was typed in it.
fn remove(tx: &mut Tx<'_>, code: &str) -> Result<(), DbError> {
    drafts::reopen_filing(tx, code)?;
    for (draft, _) in drafts::supplements(tx, code)? {
        drafts::remove(tx, draft)?;
    }
    journals::remove(tx, code)
}

/// Writes a dossier as its journal up to `head` makes it.
fn put_back(
    tx: &mut Tx<'_>,
    app: &App,
    office: &Snapshot,
    dossier: &Dossier,
    head: &Head,
    kept: &[Entry],
) -> Result<(), BackupError> {
    let code = dossier.code.as_str();
    let (row, work) =
        written::lists(&app.secrets, office, dossier, head).map_err(|error| unreadable(code, error))?;
    let found = tx.ask(&dossiers::find(&dossier.code))?;
    let before = found.ok_or_else(|| unreadable(code, "it has no row"))?.0;
    journals::shorten(tx, code, head.sequence)?;
    dossiers::save(tx, &row, before.head_sequence, &before.counted)?;
    dossiers::put_work(tx, code, &work)?;
    dossiers::put_units(tx, code, &dossier.units(), &row::name_keys(&row.applicant_folded))?;
    for entry in kept {
        dossiers::put_files(tx, code, &entry.files().map_err(|error| unreadable(code, error))?)?;
    }
    // A slip is kept once no hand-over can follow. Now one can.
    let slips = dossier.progress.forms.iter().filter(|form| form.kind == FormKind::ControlSlip);
    for slip in slips.filter(|_| !dossier.status().is_closed()) {
        journals::forget_form_file(tx, code, i64::try_from(slip.entry).unwrap_or(i64::MAX))?;
    }
    answer_again(tx, app, dossier)?;
    Ok(())
}

/// Drafts of answers to requests that were left out are gone; that of the request that is open now can be handed in.
fn answer_again(tx: &mut Tx<'_>, app: &App, dossier: &Dossier) -> Result<(), DbError> {
    let asked = dossier.progress.supplements.len();
    let ids = (1..=asked).map(|number| supplement::draft_id(&app.secrets, &dossier.code, number));
    let ids: Vec<_> = ids.collect();
    for (draft, is_filed) in drafts::supplements(tx, dossier.code.as_str())? {
        match ids.iter().position(|id| *id == draft) {
            None => drafts::remove(tx, draft)?,
            Some(place) if is_filed && place + 1 == asked && dossier.open_supplement().is_some() => {
                drafts::reopen(tx, draft)?;
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// What hangs on the moment but on no single dossier.
fn forget(
    tx: &mut Tx<'_>,
    app: &App,
    cut: &Cut,
    earliest: Option<&str>,
    left_out: &LeftOut,
) -> Result<(), BackupError> {
    tx.unhurried()?;
    let at: Timestamp = cut.at.parse().map_err(BackupError::damaged)?;
    seals::remove_from(tx, &cut.at, earliest)?;
    store::forget_submissions(tx)?;
    store::forget_letters(tx, &cut.at)?;
    store::end_bulk_runs(tx, &cut.at)?;
    crate::api::store::delete_answers_after(tx, at - SignedDuration::from_secs(REQUEST_SECONDS_MAX))?;
    sweep::sign_everybody_out(tx)?;
    let deed = Deed::new("account.log_restored", "journal:all")
        .word("until", wording::office_datetime_short(at))
        .word("entries", left_out.entries())
        .word("dossiers", left_out.journals.len());
    office_log::record(tx, app, &Doer::program(), &deed)?;
    Ok(())
}
