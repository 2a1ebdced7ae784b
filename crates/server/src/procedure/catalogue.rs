//! The catalogue as every request sees it: kept in memory, read again when something was published or a day began.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::civil::Date;
use motcua_db::DbError;
use motcua_domain::office_time;
use motcua_domain::procedure::{ProcedureCode, ProcedureVersion};

use crate::app::App;
use crate::procedure::search::Index;
use crate::procedure::store;

/// The most versions kept in memory with everything they say: about 25 kB each.
const VERSIONS_MAX: usize = 500;

/// What is kept in memory. Belongs to [`App`].
#[derive(Debug, Default)]
pub struct Catalogue {
    loaded: RwLock<Option<Arc<Loaded>>>,
    versions: RwLock<HashMap<(ProcedureCode, u32), Arc<ProcedureVersion>>>,
}

/// The catalogue of one day.
#[derive(Debug)]
pub struct Loaded {
    /// Counts up whenever something is published.
    revision: i64,
    /// The day whose procedures these are.
    pub day: Date,
    /// Everything in force, prepared for being searched.
    pub index: Index,
}

impl Catalogue {
    /// The catalogue of today.
    pub async fn today(&self, app: &App) -> Result<Arc<Loaded>, DbError> {
        let day = office_time::day_of(app.clock.now());
        let held = self.loaded.read().unwrap_or_else(PoisonError::into_inner).clone();
        let held_revision = held.as_ref().filter(|held| held.day == day).map(|held| held.revision);
        let read = app.store.read(move |tx| {
            let revision = store::revision(tx)?;
            if held_revision == Some(revision) {
                return Ok::<_, DbError>(None);
            }
            Ok(Some((revision, store::listing(tx, day)?)))
        });
        let (revision, listed) = match (read.await?, held) {
            (None, Some(held)) => return Ok(held),
            (None, None) => (0, Vec::new()),
            (Some(newer), _) => newer,
        };
        let loaded = Arc::new(Loaded { revision, day, index: Index::new(listed) });
        *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&loaded));
        Ok(loaded)
    }

    /// The version of a procedure that is in force today.
    pub async fn in_force(
        &self,
        app: &App,
        code: &ProcedureCode,
    ) -> Result<Option<Arc<ProcedureVersion>>, DbError> {
        let today = self.today(app).await?;
        match today.index.get(code) {
            Some(listed) => self.version(app, code, listed.version).await,
            None => Ok(None),
        }
    }

    /// One version of a procedure, in force or not. It never changes, so that it is read once.
    pub async fn version(
        &self,
        app: &App,
        code: &ProcedureCode,
        version: u32,
    ) -> Result<Option<Arc<ProcedureVersion>>, DbError> {
        let key = (code.clone(), version);
        if let Some(held) = self.versions.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Some(Arc::clone(held)));
        }
        let code = code.clone();
        let Some(read) = app.store.read(move |tx| store::version(tx, &code, version)).await? else {
            return Ok(None);
        };
        let read = Arc::new(read);
        let mut versions = self.versions.write().unwrap_or_else(PoisonError::into_inner);
        if VERSIONS_MAX <= versions.len() {
            versions.clear();
        }
        versions.insert(key, Arc::clone(&read));
        Ok(Some(read))
    }
}
