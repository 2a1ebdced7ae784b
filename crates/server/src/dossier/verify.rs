//! `motcua verify`: computes everything again from the journal and names the first difference.

mod files;

use std::collections::{HashMap, HashSet};

use motcua_db::DbError;
use motcua_domain::dossier::apply::{apply, begin};
use motcua_domain::dossier::{Dossier, DossierCode};
use motcua_domain::office_time;

use crate::account::office_log;
use crate::app::App;
use crate::chain::GENESIS;
use crate::cli::{Exit, Place, print};
use crate::dossier::journal::Entry;
use crate::dossier::row::{self, Head};
use crate::dossier::store::{self, DossierRow};
use crate::dossier::{forms, proof, written};
use crate::office::Snapshot;
use crate::procedure::store::altered;
use files::{NamedFile, files_of, verify_file, verify_named, verify_other_files};

/// Dossiers read at a time.
const PAGE: i64 = 200;

/// The first thing found that is not as the journal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which row or file: table and key.
    pub place: String,
    /// What is wrong with it.
    pub what: String,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// Either the database failed, or something differs.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// It differs.
    #[error("{0}")]
    Differs(Difference),
    /// It could not be read.
    #[error(transparent)]
    Db(#[from] DbError),
}

fn differs<T>(place: impl Into<String>, what: impl Into<String>) -> Result<T, VerifyError> {
    Err(VerifyError::Differs(Difference { place: place.into(), what: what.into() }))
}

/// How much was checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Dossiers.
    pub dossiers: u64,
    /// Entries of journals.
    pub entries: u64,
    /// Files against their hashes.
    pub files: u64,
    /// Seals.
    pub seals: u64,
    /// Dossiers whose due instant waits for being counted with a calendar, unit or setting that changed a moment ago.
    pub waiting: u64,
    /// Entries of the office log.
    pub deeds: u64,
    /// Published versions of procedures against their fingerprints.
    pub versions: u64,
}

/// The highest number of each register of forms, and whose it is: unit, year and kind.
type Issued = HashMap<(String, i64, String), (i64, String)>;

/// Checks every dossier, every file it names, every seal, every published procedure, and the office log.
pub async fn verify(app: &App) -> Result<Checked, VerifyError> {
    let mut checked = Checked::default();
    let office = app.office();
    let last = app.store.read(store::counted).await?;
    let is_counted = last.is_none_or(|last| last.stamp == office.stamp && 2 <= last.passes);
    let mut named = HashSet::new();
    let mut issued = Issued::new();
    let mut after = String::new();
    loop {
        let from = after.clone();
        let rows = app.store.read(move |tx| store::rows_after(tx, &from, PAGE)).await?;
        let Some(last) = rows.last() else { break };
        after.clone_from(&last.code);
        for row in &rows {
            let files = verify_dossier(app, &office, row, is_counted, &mut issued, &mut checked).await?;
            for (place, file, size) in files {
                named.insert(verify_file(app, &place, &file, size).await?);
                checked.files += 1;
            }
        }
    }
    checked.files += verify_other_files(app, &named).await?;
    verify_orphans(app).await?;
    verify_counters(app, &issued).await?;
    checked.versions = verify_procedures(app).await?;
    verify_seals(app, &mut checked).await?;
    let log = app
        .store
        .read(|tx| Ok::<_, DbError>((office_log::first_difference(tx)?, office_log::store::head(tx)?)));
    let (difference, head) = log.await?;
    if let Some(number) = difference {
        return differs(format!("office_log entry {number}"), "was changed or is missing");
    }
    checked.deeds = head.map_or(0, |(sequence, _)| sequence.unsigned_abs());
    Ok(checked)
}

async fn verify_dossier(
    app: &App,
    office: &Snapshot,
    row: &DossierRow,
    is_counted: bool,
    issued: &mut Issued,
    checked: &mut Checked,
) -> Result<Vec<NamedFile>, VerifyError> {
    let key = row.code.clone();
    let (entries, work, forms, units, names) = app
        .store
        .read(move |tx| {
            Ok::<_, DbError>((
                store::journal(tx, &key)?,
                store::work(tx, &key)?,
                store::form_files(tx, &key)?,
                store::units(tx, &key)?,
                store::names(tx, &key)?,
            ))
        })
        .await?;
    let dossier = replay(app, row, &entries)?;
    verify_named(app, row, &entries).await?;
    note_issued(issued, &dossier);
    checked.dossiers += 1;
    checked.entries += entries.len() as u64;
    let place = format!("dossier {}", row.code);
    let head = entries.last().map_or_else(
        || Head { sequence: 0, hash: GENESIS.to_owned() },
        |entry| Head { sequence: entry.sequence, hash: entry.hash.clone() },
    );
    let Ok((mut expected, due_work)) = written::lists(&app.secrets, office, &dossier, &head) else {
        return differs(place, "its state cannot be written");
    };
    let is_own = [row::counted, row::counted_before]
        .iter()
        .any(|prove| row.counted == prove(&app.secrets, &row.code, row.due_at.as_deref(), &work));
    if !is_counted && is_own && expected.counted != row.counted {
        checked.waiting += 1;
        expected.due_at.clone_from(&row.due_at);
        expected.counted.clone_from(&row.counted);
    } else if due_work != work {
        return differs(format!("work of {}", row.code), "is not what the journal says");
    }
    if row.counted.is_empty() && row.ended_at.is_some() {
        expected.counted.clear();
    }
    if let Some(column) = first_difference(&expected, row) {
        return differs(place, format!("column {column} is not what its journal says"));
    }
    if units != dossier.units().into_iter().map(ToString::to_string).collect() {
        return differs(format!("dossier_unit of {}", row.code), "is not what the journal says");
    }
    let keys = row::name_keys(&expected.applicant_folded);
    if names != store::name_rows(units.iter().map(String::as_str), &keys) {
        return differs(format!("dossier_name of {}", row.code), "is not what the journal says");
    }
    files_of(row, &dossier, &entries, &forms)
}

/// The dossier its journal makes, after checking every link of the chain.
fn replay(app: &App, row: &DossierRow, entries: &[Entry]) -> Result<Dossier, VerifyError> {
    let mut previous = GENESIS;
    let mut dossier: Option<Dossier> = None;
    for (entry, number) in entries.iter().zip(1i64..) {
        let place = format!("journal {} entry {}", row.code, entry.sequence);
        if entry.sequence != number {
            return differs(format!("journal {} entry {number}", row.code), "is missing");
        }
        if entry.previous_hash != previous {
            return differs(place, "does not follow the entry before it");
        }
        if entry.computed_hash() != entry.hash {
            return differs(place, "was changed: its hash does not fit");
        }
        previous = &entry.hash;
        let recorded = match entry.recorded(&app.secrets) {
            Ok(recorded) => recorded,
            Err(error) => return differs(place, format!("cannot be read: {error}")),
        };
        if recorded.event.name() != entry.kind {
            return differs(place, "is filed under another kind than it is");
        }
        if let Some(dossier) = &mut dossier {
            apply(dossier, &recorded);
        } else {
            let Ok(code) = row.code.parse::<DossierCode>() else {
                return differs(format!("dossier {}", row.code), "its code is not a code");
            };
            dossier = begin(&code, &recorded);
        }
    }
    match dossier {
        Some(dossier) => Ok(dossier),
        None => differs(format!("journal {}", row.code), "does not begin with the filing"),
    }
}

fn first_difference(expected: &DossierRow, found: &DossierRow) -> Option<&'static str> {
    macro_rules! compare {
        ($($column:ident),*) => {
            $(if expected.$column != found.$column { return Some(stringify!($column)); })*
        };
    }
    compare!(
        code,
        procedure_code,
        procedure_version,
        procedure_name,
        field,
        channel,
        status,
        receiving_unit,
        competent_unit,
        owner_id,
        applicant_name,
        applicant_folded,
        applicant_hash,
        subject,
        submitted_at,
        accepted_at,
        ended_at,
        due_at,
        paused,
        version,
        head_sequence,
        head_hash,
        progress,
        counted
    );
    None
}

/// Entries and work without a dossier: somebody removed its row.
async fn verify_orphans(app: &App) -> Result<(), VerifyError> {
    match app.store.read(store::orphan).await? {
        Some(code) => differs(format!("dossier {code}"), "its row is gone, its journal is there"),
        None => Ok(()),
    }
}

/// Keeps the highest number of every register of forms.
fn note_issued(issued: &mut Issued, dossier: &Dossier) {
    for form in &dossier.progress.forms {
        let year = i64::from(office_time::day_of(form.at).year());
        let register = (form.unit.to_string(), year, form.kind.name().to_owned());
        let (highest, code) = issued.entry(register).or_default();
        if *highest < i64::from(form.number) {
            (*highest, *code) = (i64::from(form.number), dossier.code.to_string());
        }
    }
}

/// A counter below a number that was issued would issue that number again.
async fn verify_counters(app: &App, issued: &Issued) -> Result<(), VerifyError> {
    let last_numbers = app.store.read(forms::last_numbers).await?;
    let mut registers: Vec<_> = issued.iter().collect();
    registers.sort();
    for (register, (highest, code)) in registers {
        let last = last_numbers.get(register).copied().unwrap_or_default();
        if last < *highest {
            let (unit, year, kind) = register;
            return differs(
                format!("form_counter {unit} {year} {kind}"),
                format!("stands at {last}, but dossier {code} has number {highest}"),
            );
        }
    }
    Ok(())
}

/// Every published version says what its fingerprint is of.
async fn verify_procedures(app: &App) -> Result<u64, VerifyError> {
    let compared = app.store.read(altered::compare).await?;
    match compared.difference {
        Some((version, what)) => differs(format!("procedure_version {version}"), what),
        None => Ok(compared.versions),
    }
}

async fn verify_seals(app: &App, checked: &mut Checked) -> Result<(), VerifyError> {
    let seals = app.store.read(store::seals::all).await?;
    let (mut previous, mut is_chained) = (GENESIS.to_owned(), false);
    for (seal, number) in seals.into_iter().zip(1i64..) {
        if seal.number != number {
            return differs(format!("proof_seal {number}"), "is missing");
        }
        let hash = seal.computed_hash(&previous);
        is_chained |= seal.hash.is_some();
        if is_chained && seal.hash.as_ref() != Some(&hash) {
            return differs(format!("proof_seal {number}"), "was changed: its hash does not fit");
        }
        previous = hash;
        let up_to = seal.up_to.clone();
        let (root, dossiers) = app.store.read(move |tx| proof::root_at(tx, &up_to)).await?;
        if root != seal.root || dossiers != seal.dossiers {
            return differs(format!("proof_seal {number}"), "its root is not that of the journals it covers");
        }
        checked.seals += 1;
    }
    Ok(())
}

/// `motcua verify`.
#[derive(clap::Args, Debug)]
pub struct Verify {}

impl Verify {
    /// Says nothing but a count when all is well; otherwise names the first difference and exits with 1.
    pub fn run(&self, place: &Place) -> anyhow::Result<Exit> {
        let app = place.open_existing()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        match runtime.block_on(verify(&app)) {
            Ok(checked) => {
                eprintln!(
                    "{} dossiers, {} entries, {} files, {} seals, {} entries of the office log: all as the journal says; \
                     {} published procedures: all as their fingerprints say",
                    checked.dossiers,
                    checked.entries,
                    checked.files,
                    checked.seals,
                    checked.deeds,
                    checked.versions
                );
                if 0 < checked.waiting {
                    eprintln!(
                        "{} of them are counted again with a calendar, unit or setting that changed: a worker does it within minutes",
                        checked.waiting
                    );
                }
                Ok(Exit::Done)
            }
            Err(VerifyError::Differs(difference)) => {
                print(&difference.to_string())?;
                Ok(Exit::CheckFailed)
            }
            Err(VerifyError::Db(error)) => Err(error.into()),
        }
    }
}
