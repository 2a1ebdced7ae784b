//! What a dossier and new entries of its journal are in storage: computed without a database.

use std::collections::BTreeSet;

use motcua_db::{DbError, Tx};
use motcua_domain::dossier::{Dossier, Recorded};
use motcua_domain::unit::UnitCode;

use crate::chain::GENESIS;
use crate::dossier::journal::{Entry, EntryError};
use crate::dossier::row::{self, Head};
use crate::dossier::store::{self, DossierRow, WorkRow};
use crate::office::Snapshot;
use crate::random::Random;
use crate::secrets::Secrets;

/// Everything that is to be written of one dossier.
#[derive(Clone, Debug)]
pub struct Written {
    /// Its row.
    pub row: DossierRow,
    /// Where its journal ends now.
    pub head: Head,
    /// New entries.
    pub entries: Vec<Entry>,
    /// The files they name.
    pub files: BTreeSet<String>,
    /// What waits for whom.
    pub work: Vec<WorkRow>,
}

impl Written {
    /// Chains what was `recorded` to the journal that ends at `before`, and computes the rest from the dossier after it.
    ///
    /// # Errors
    /// When an event cannot be written as JSON.
    pub fn new(
        secrets: &Secrets,
        random: &Random,
        office: &Snapshot,
        dossier: &Dossier,
        recorded: &[Recorded],
        before: Option<&Head>,
    ) -> Result<Self, EntryError> {
        let mut previous = before.map_or_else(|| GENESIS.to_owned(), |head| head.hash.clone());
        let mut entries = Vec::with_capacity(recorded.len());
        let mut files = BTreeSet::new();
        for one in recorded {
            let entry = Entry::new(secrets, random, &dossier.code, one, &previous)?;
            previous.clone_from(&entry.hash);
            files.extend(entry.files()?);
            entries.push(entry);
        }
        let sequence = entries.last().map_or(0, |entry| entry.sequence);
        let head = Head { sequence, hash: previous };
        let (row, work) = lists(secrets, office, dossier, &head)?;
        Ok(Self { row, head, entries, files, work })
    }

    /// Writes a dossier that storage does not have yet, with the units it passed through.
    pub fn insert(&self, tx: &mut Tx<'_>, units: &BTreeSet<&UnitCode>) -> Result<(), DbError> {
        let code = &self.row.code;
        store::insert(tx, &self.row)?;
        store::append(tx, &self.entries)?;
        store::put_files(tx, code, &self.files)?;
        store::add_work(tx, code, &self.work)?;
        store::add_units(tx, code, units, &row::name_keys(&self.row.applicant_folded))
    }
}

/// The row of a dossier whose journal ends at `head`, and the work it makes: what lists read.
pub fn lists(
    secrets: &Secrets,
    office: &Snapshot,
    dossier: &Dossier,
    head: &Head,
) -> Result<(DossierRow, Vec<WorkRow>), EntryError> {
    let work = row::work(dossier, office, office.settings_of(dossier));
    let progress = serde_json::to_string(&dossier.progress)?;
    let row = row::dossier_row(secrets, office, dossier, &work, head, progress);
    Ok((row, work))
}
