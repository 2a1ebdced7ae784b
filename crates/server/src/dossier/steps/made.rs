//! What a step makes of a dossier, and how it is written.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use motcua_db::{DbError, Tx};
use motcua_domain::access::{Actor, may_see};
use motcua_domain::dossier::decide::decide;
use motcua_domain::dossier::{Action, Decision, Refusal};
use motcua_domain::office_time;
use motcua_domain::unit::UnitCode;

use super::{Loaded, StepError, Taken, ctx};
use crate::app::App;
use crate::dossier::written::Written;
use crate::dossier::{row, store, told};
use crate::office::Snapshot;

/// What somebody asks for.
pub(super) struct Step {
    pub(super) actor: Actor,
    pub(super) action: Action,
    /// The version the person saw.
    pub(super) expected: Option<u64>,
}

impl Step {
    /// Takes it on a dossier as it was loaded, with the number that its form needs.
    pub(super) fn take(
        &self,
        tx: &mut Tx<'_>,
        app: &App,
        office: &Snapshot,
        before: &Loaded,
        now: Timestamp,
    ) -> Result<Arc<Taken>, StepError> {
        let number = match before.dossier.form_of(&self.action) {
            Some(form) => {
                let year = i64::from(office_time::day_of(now).year());
                let number = store::next_form_number(tx, form.unit.as_str(), year, form.kind.name())?;
                u32::try_from(number).ok()
            }
            None => None,
        };
        self.made(app, office, before, number, now)?.keep(tx, app, Some(before))
    }

    /// What it makes of a dossier as it was loaded.
    pub(super) fn made(
        &self,
        app: &App,
        office: &Snapshot,
        before: &Loaded,
        form_number: Option<u32>,
        now: Timestamp,
    ) -> Result<Made, StepError> {
        self.check_seen(before)?;
        let decision = decided(office, &self.actor, now, before, form_number, &self.action)?;
        Made::new(app, office, decision, Some(before))
    }

    /// Refuses a dossier that changed since the person saw it.
    fn check_seen(&self, before: &Loaded) -> Result<(), StepError> {
        let version = before.dossier.progress.version;
        if self.expected.is_none_or(|expected| expected == version) {
            return Ok(());
        }
        may_see(&self.actor, &before.dossier).map_err(Refusal::Denied)?;
        Err(StepError::Stale(version))
    }
}

/// What the rules make of a dossier as it was loaded.
pub(super) fn decided(
    office: &Snapshot,
    actor: &Actor,
    now: Timestamp,
    loaded: &Loaded,
    form_number: Option<u32>,
    action: &Action,
) -> Result<Decision, Refusal> {
    let dossier = &loaded.dossier;
    let entries = u64::try_from(loaded.head.sequence).unwrap_or_default();
    decide(&ctx(actor, office, now, Some(dossier), form_number, entries), dossier, action)
}

/// What was decided, ready to be written: the row, the entries, the work of units.
pub(super) struct Made {
    taken: Arc<Taken>,
    /// None when nothing happened.
    written: Option<Written>,
}

impl Made {
    pub(super) fn new(
        app: &App,
        office: &Snapshot,
        decision: Decision,
        before: Option<&Loaded>,
    ) -> Result<Self, StepError> {
        let Decision { dossier, events: recorded } = decision;
        if recorded.is_empty() {
            let Loaded { head, counted, .. } = before.ok_or(StepError::NotFound)?.clone();
            return Ok(Self { taken: Arc::new(Taken { dossier, recorded, head, counted }), written: None });
        }
        let before_it = before.map(|loaded| &loaded.head);
        let written = Written::new(&app.secrets, &app.random, office, &dossier, &recorded, before_it)?;
        let (head, counted) = (written.head.clone(), written.row.counted.clone());
        Ok(Self { taken: Arc::new(Taken { dossier, recorded, head, counted }), written: Some(written) })
    }

    /// Writes it, and what people are told.
    pub(super) fn keep(
        &self,
        tx: &mut Tx<'_>,
        app: &App,
        before: Option<&Loaded>,
    ) -> Result<Arc<Taken>, StepError> {
        let Taken { dossier, recorded, .. } = &*self.taken;
        if let Some(written) = &self.written {
            match before {
                Some(loaded) => save(tx, loaded, written, &dossier.units())?,
                None => written.insert(tx, &dossier.units())?,
            }
            told::tell(tx, app, dossier, recorded)?;
        }
        Ok(Arc::clone(&self.taken))
    }
}

/// Saves what changed of a dossier that was loaded.
fn save(
    tx: &mut Tx<'_>,
    loaded: &Loaded,
    written: &Written,
    units: &BTreeSet<&UnitCode>,
) -> Result<(), DbError> {
    let Written { row, entries, files, work, .. } = written;
    store::save(tx, row, loaded.head.sequence, &loaded.counted)?;
    store::append(tx, entries)?;
    store::put_files(tx, &row.code, files)?;
    if loaded.counted != row.counted {
        store::put_work(tx, &row.code, work)?;
    }
    let known = loaded.dossier.units();
    if known == *units {
        return Ok(());
    }
    let names = row::name_keys(&row.applicant_folded);
    if known.is_subset(units) {
        store::add_units(tx, &row.code, &units.difference(&known).copied().collect(), &names)
    } else {
        store::put_units(tx, &row.code, units, &names)
    }
}
