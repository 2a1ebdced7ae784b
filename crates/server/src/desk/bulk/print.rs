//! Printing one paper of each dossier: which it is, the entry that its dossier keeps of it, and the one file of all.
//!
//! A paper is printed as the page of its dossier prints it, with the rights of that moment and an entry in the journal.
//! The run keeps the hash of each, and once nothing waits any more the papers are bound in the order of the list.

use std::io::BufWriter;

use anyhow::Context as _;
use motcua_domain::dossier::{Action, Dossier, IssuedForm};
use motcua_domain::form::FormKind;
use motcua_domain::office_time::day_of;
use tempfile::NamedTempFile;

use crate::account::office_log::Deed;
use crate::app::App;
use crate::desk::bulk::order::{Barred, Fields, Order};
use crate::desk::bulk::store::{self, PrintedRow, Run};
use crate::desk::export::kept::Format;
use crate::desk::export::{self, Made};
use crate::desk::field::{ActField, Look};
use crate::document::blob::BlobHash;
use crate::dossier::forms::{self, PrintError};
use crate::dossier::steps::{self, StepError};
use crate::dossier::words;
use crate::form::bound::{BindError, Bound, Sides};
use crate::form::press;
use crate::web::form::{Choice, Form};
use crate::web::locale::Locale;
use crate::web::visitor::Person;
use crate::web::wording;

/// Printed rows read at a time, and their dossiers. What was read shortly before says who may see a dossier while its
/// paper is bound, so that a batch stays small.
const BATCH: i64 = 50;
/// The field that names the paper.
const PAPER: &str = "paper";
/// The field that names the sides.
const SIDES: &str = "sides";
/// Its value for both sides.
const BOTH: &str = "both";

/// The papers of a dossier; the register is one of a desk.
fn papers() -> impl Iterator<Item = FormKind> {
    FormKind::ALL.into_iter().filter(|kind| *kind != FormKind::Register)
}

/// What a paper is called.
fn label(locale: Locale, kind: FormKind) -> &'static str {
    locale.t(&format!("dossier.form_{}", kind.name()))
}

/// What printing asks for: which paper, and on which sides.
pub fn fields(locale: Locale) -> Fields {
    let blank = Choice::new("", locale.t("form.choose"));
    let kinds = papers().map(|kind| Choice::new(kind.name(), label(locale, kind)));
    let sides = vec![
        Choice::new("one", locale.t("bulk.print_one_side")),
        Choice::new(BOTH, locale.t("bulk.print_both_sides")),
    ];
    let field = |name, label| ActField::new(locale, name, label, Look::Select);
    let paper = field(PAPER, "bulk.print_paper").choices(std::iter::once(blank).chain(kinds).collect());
    Fields { fields: vec![paper, field(SIDES, "bulk.print_sides").choices(sides)], has_own: false }
}

/// The paper that was chosen.
fn chosen(form: &Form) -> Option<FormKind> {
    papers().find(|kind| form.text(PAPER) == Some(kind.name()))
}

fn sides(form: &Form) -> Sides {
    if form.text(SIDES) == Some(BOTH) { Sides::Both } else { Sides::One }
}

/// The paper of a dossier that is printed: the last of its kind, which is the one that holds.
fn paper_of(order: &Order, dossier: &Dossier) -> Result<IssuedForm, Barred> {
    let locale = order.locale;
    let Some(kind) = chosen(&order.form) else {
        return Err(Barred { words: locale.t("desk.choose_one").to_owned(), field: Some(PAPER.to_owned()) });
    };
    let last = dossier.progress.forms.iter().rev().find(|form| form.kind == kind);
    last.cloned().ok_or_else(|| none(locale, kind))
}

fn none(locale: Locale, kind: FormKind) -> Barred {
    let words = locale.say("bulk.print_none").arg("paper", label(locale, kind)).to_string();
    Barred { words, field: None }
}

/// What printing is to the rules: a reading, which the applicant sees.
pub fn action(order: &Order, dossier: &Dossier) -> Result<Action, Barred> {
    paper_of(order, dossier)?;
    Ok(Action::Read { purpose: forms::purpose().to_owned() })
}

/// What will be printed of a dossier, in words.
pub fn will(order: &Order, dossier: &Dossier) -> Result<String, Barred> {
    let (locale, paper) = (order.locale, paper_of(order, dossier)?);
    let title = words::form_title(locale, &paper);
    let at = wording::office_datetime(locale, paper.at);
    Ok(locale.say("bulk.print_will").arg("paper", title).arg("at", at).to_string())
}

/// Prints the paper of a dossier that may be printed, and keeps it until it is bound; or says why not.
pub async fn paper(app: &App, order: &Order, dossier: &Dossier) -> anyhow::Result<Result<BlobHash, Barred>> {
    let form = match paper_of(order, dossier) {
        Ok(form) => form,
        Err(barred) => return Ok(Err(barred)),
    };
    let printed = match forms::pdf(app, &dossier.code, form.entry).await {
        Ok(printed) => printed,
        Err(PrintError::NotFound) => return Ok(Err(none(order.locale, form.kind))),
        Err(error @ (PrintError::Journal(_) | PrintError::Entry(_) | PrintError::Form(_))) => {
            tracing::error!(dossier.code = %dossier.code, error = %error, "a paper cannot be printed");
            return Ok(Err(broken(order.locale)));
        }
        Err(error @ (PrintError::Blob(_) | PrintError::Db(_) | PrintError::Thread(_))) => {
            return Err(error.into());
        }
    };
    // A paper that may still grow is not kept with its dossier. Nobody names it there, so it is swept in some days.
    match printed.kept {
        Some(hash) => Ok(Ok(hash)),
        None => Ok(Ok(app.blobs.keep(printed.bytes).await?)),
    }
}

fn broken(locale: Locale) -> Barred {
    Barred { words: locale.t("bulk.broken").to_owned(), field: None }
}

/// A file on its way to the disk.
type File = Bound<BufWriter<std::fs::File>>;

/// Binds what a run printed into one file and keeps it for its author. Whoever may not see a dossier any more does not
/// get its paper. Nothing happens when there is a file already, or nothing to bind.
pub async fn bind(app: &App, run: &Run, order: &Order, person: &Person) -> anyhow::Result<()> {
    if run.export_id.is_some() {
        return Ok(());
    }
    let _turn = export::turn(app).await.context("too many files are made at this moment")?;
    let file = NamedTempFile::new_in(app.blobs.exports())?;
    let mut bound = Bound::begin(BufWriter::new(file.as_file().try_clone()?), sides(&order.form))?;
    let (mut after, mut rows) = (0, 0);
    loop {
        let key = run.id.clone();
        let batch = app.store.read(move |tx| store::printed(tx, &key, after, BATCH)).await?;
        let Some(last) = batch.last() else { break };
        after = last.place;
        let codes = batch.iter().map(|row| row.code.to_string()).collect();
        let opened = steps::open_all(app, &order.actor, codes).await?;
        for (row, opened) in batch.iter().zip(opened) {
            let added = match may_have(order.locale, row, opened.err())? {
                Ok(()) => {
                    let (now, added) = add(app, order.locale, bound, row).await?;
                    bound = now;
                    added
                }
                barred => barred,
            };
            match added {
                Ok(()) => rows += 1,
                Err(barred) => take_back(app, run, row, barred).await?,
            }
        }
    }
    if rows == 0 {
        return Ok(());
    }
    let (written, pages) = press::put(move || bound.end()).await??;
    let written = written.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    written.sync_all()?;
    let paper = chosen(&order.form).map_or("", |kind| label(run.locale, kind));
    let made = Made {
        name: format!("{paper} {}.{}", day_of(app.clock.now()), Format::Papers.name()),
        bytes: written.metadata()?.len(),
        format: Format::Papers,
        file,
        rows,
    };
    let deed = Deed::new("bulk.log_printed", format!("bulk:{}", run.id))
        .word("paper", paper)
        .word("rows", rows)
        .word("pages", pages);
    let (id, pages) = (run.id.clone(), i64::try_from(pages)?);
    export::keep(app, person, made, deed, move |tx, kept| store::put_file(tx, &id, &kept.id, pages)).await?;
    Ok(())
}

/// Why the paper of a row is not for whoever printed it, when its dossier could not be opened.
fn may_have(
    locale: Locale,
    row: &PrintedRow,
    closed: Option<StepError>,
) -> anyhow::Result<Result<(), Barred>> {
    match closed {
        None => Ok(Ok(())),
        Some(StepError::NotFound | StepError::Refused(_) | StepError::Stale(_)) => {
            Ok(Err(Barred { words: locale.t("bulk.not_found").to_owned(), field: None }))
        }
        Some(error @ (StepError::Code(_) | StepError::Journal(_))) => {
            tracing::error!(dossier.code = %row.code, error = %error, "a printed dossier cannot be read");
            Ok(Err(broken(locale)))
        }
        Some(StepError::Db(error)) => Err(error.into()),
    }
}

/// Adds the paper of one row.
async fn add(
    app: &App,
    locale: Locale,
    mut bound: File,
    row: &PrintedRow,
) -> anyhow::Result<(File, Result<(), Barred>)> {
    let (name, pdf) = (row.code.to_string(), app.blobs.bytes(row.paper).await?);
    let added = press::put(move || {
        let added = bound.add(&name, &pdf);
        (bound, added)
    });
    match added.await? {
        (bound, Ok(())) => Ok((bound, Ok(()))),
        (bound, Err(BindError::Paper(error))) => {
            tracing::error!(dossier.code = %row.code, error = %error, "a printed paper cannot be read");
            Ok((bound, Err(broken(locale))))
        }
        (_, Err(error @ BindError::Write(_))) => Err(error.into()),
    }
}

/// Says of a row that was printed why its paper is not in the file after all.
async fn take_back(app: &App, run: &Run, row: &PrintedRow, barred: Barred) -> anyhow::Result<()> {
    let (id, place, now) = (run.id.clone(), row.place, app.clock.now());
    Ok(app.store.write(move |tx| store::take_back(tx, &id, place, &barred.words, now)).await?)
}
