//! One draft with everything its pages need: the procedure, the units, the files.

use std::sync::Arc;

use jiff::civil::Date;
use motcua_domain::dossier::{FileRef, Office as _};
use motcua_domain::ids::{DraftId, PersonId};
use motcua_domain::office_time::day_of;
use motcua_domain::procedure::{Competence, Component, ProcedureLevel, ProcedureVersion};
use motcua_domain::unit::{Unit, UnitCode, UnitLevel, Units};

use crate::app::App;
use crate::office::Snapshot;
use crate::portal::answers::{Checks, UNKNOWN_UNIT};
use crate::portal::draft::{Draft, Purpose, Typed};
use crate::portal::plan::{Plan, Step};
use crate::portal::store::{self, DraftFile};
use crate::portal::world;
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::locale::Locale;
use crate::web::visitor::Citizen;

/// One draft of the person who asks.
#[derive(Clone, Debug)]
pub struct Work {
    /// The draft.
    pub draft: Draft,
    /// What it asks for.
    pub version: Arc<ProcedureVersion>,
    /// Units, calendars and settings.
    pub office: Arc<Snapshot>,
    /// The files attached so far.
    pub files: Vec<DraftFile>,
    /// Day at the office.
    pub today: Date,
}

impl Work {
    /// The draft with this id. There is no such page for anybody but its owner.
    pub async fn load(app: &App, owner: PersonId, id: DraftId) -> Result<Self, PageError> {
        let inner = app.clone();
        let found = app.store.read(move |tx| {
            let Some(draft) = store::draft(tx, &inner.secrets, id, owner)? else { return Ok(None) };
            let files = store::files(tx, id)?;
            Ok::<_, motcua_db::DbError>(Some((draft, files)))
        });
        let (draft, files) = found.await?.ok_or(PageError::NotFound)?;
        let version = world::version(app, &draft.procedure, draft.procedure_version).await?;
        Ok(Self { draft, version, office: app.office(), files, today: day_of(app.clock.now()) })
    }

    /// As [`Work::load`], for a draft of a new dossier. What counts is the version in force on the day of filing:
    /// answers have stable keys, so they are kept, and what a newer version asks besides is left to do.
    pub async fn load_filing(app: &App, citizen: &Citizen, id: DraftId) -> Result<Self, PageError> {
        let mut work = Self::load(app, citizen.person.id, id).await?;
        if work.draft.purpose != Purpose::Filing {
            return Err(PageError::NotFound);
        }
        if work.draft.filed_at.is_none() {
            let ended = || PageError::refused(&citizen.visitor.locale.say("portal.procedure_ended"));
            work.version = world::version_in_force(app, &work.draft.procedure).await?.ok_or_else(ended)?;
        }
        Ok(work)
    }

    /// Whether the procedure has changed since the draft was begun.
    pub fn is_revised(&self) -> bool {
        self.version.version != self.draft.procedure_version
    }

    /// All units.
    pub fn units(&self) -> &Units {
        self.office.units()
    }

    /// The walk.
    pub fn plan(&self) -> Plan<'_> {
        Plan::new(&self.version, &self.draft.typed)
    }

    /// Records everything that is wrong with the answers of one page.
    pub fn check(&self, locale: Locale, step: Step, form: &mut Form) {
        let plan = self.plan();
        let is_unit = |code: &str| self.units_to_choose().iter().any(|unit| unit.code.as_str() == code);
        Checks { locale, plan: &plan, today: self.today, is_unit: &is_unit }.check(step, form);
    }

    /// Whether nothing is left to do on a page.
    pub fn is_complete(&self, step: Step) -> bool {
        if !self.draft.typed.is_done(&step.slug()) {
            return false;
        }
        if step == Step::Papers {
            return self.plan().components().into_iter().all(|component| !self.is_missing(component));
        }
        if step == Step::Conditions && self.draft.typed.value("meets") != "yes" {
            return false;
        }
        let mut form = self.draft.typed.form();
        self.check(Locale::Vi, step, &mut form);
        !form.has_errors()
    }

    /// The first page on which something is left to do.
    pub fn first_incomplete(&self) -> Option<Step> {
        self.plan().steps().into_iter().find(|step| !self.is_complete(*step))
    }

    /// The files of one component or defect.
    pub fn files_of(&self, component: &str) -> impl Iterator<Item = &DraftFile> {
        self.files.iter().filter(move |file| file.component == component)
    }

    /// Whether a paper that is required is neither attached nor brought to the desk later.
    pub fn is_missing(&self, component: &Component) -> bool {
        component.required
            && self.files_of(component.key.as_str()).next().is_none()
            && !self.is_brought_later(component)
    }

    /// Whether the applicant will bring a paper to the desk.
    pub fn is_brought_later(&self, component: &Component) -> bool {
        self.may_bring_later() && self.draft.typed.value(&later_name(component)) == "yes"
    }

    /// A procedure that is done online only in part leaves papers that are handed in at the desk.
    pub fn may_bring_later(&self) -> bool {
        matches!(self.version.online, motcua_domain::procedure::OnlineLevel::Partial { .. })
    }

    /// The units an applicant may choose among, by name.
    pub fn units_to_choose(&self) -> Vec<&Unit> {
        let here = |unit: &&Unit| match &self.version.competence {
            Competence::Area(level) => unit.level == *level,
            Competence::Receiving => !unit.one_stops.is_empty() && is_at(&self.version, unit.level),
            Competence::Dispatcher => is_at(&self.version, unit.level),
            Competence::Unit(code) => unit.code == *code,
        };
        let mut units: Vec<&Unit> = self.units().all_on(self.today).filter(here).collect();
        units.sort_by_cached_key(|unit| motcua_domain::identity::letters::sort_key(&unit.name));
        units
    }

    /// Who settles it: the unit of the procedure, or the one chosen. None when nobody knows.
    pub fn competent_unit(&self) -> Option<UnitCode> {
        if let Competence::Unit(code) = &self.version.competence {
            return Some(code.clone());
        }
        let chosen = self.draft.typed.value("unit");
        if chosen == UNKNOWN_UNIT { None } else { chosen.parse().ok() }
    }

    /// The desk that takes it in: that of the competent unit, or the nearest above it that has one; the highest
    /// desk there is when nobody knows who is competent.
    pub fn receiving_unit(&self) -> Option<UnitCode> {
        let has_desk = |unit: &&Unit| !unit.one_stops.is_empty();
        if let Some(code) = self.competent_unit() {
            let line = self.units().line_on(&code, self.today);
            return Some(line.into_iter().find(has_desk).map_or(code, |unit| unit.code.clone()));
        }
        let desks = self.units().all_on(self.today).filter(has_desk);
        desks.min_by_key(|unit| (unit.level, unit.code.clone())).map(|unit| unit.code.clone())
    }

    /// Puts what was typed into storage. `false` when the draft was handed in meanwhile.
    pub async fn save(&self, app: &App, typed: &Typed) -> Result<bool, PageError> {
        let (id, now) = (self.draft.id, app.clock.now());
        let sealed = store::seal(&app.secrets, &app.random, id, typed);
        Ok(app.store.write(move |tx| store::save_typed(tx, id, &sealed, now)).await?)
    }
}

/// What the fields of "I bring this paper to the desk" begin with; the key of the component follows.
pub const LATER_PREFIX: &str = "later-";

/// The field of "I bring this paper to the desk".
pub fn later_name(component: &Component) -> String {
    format!("{LATER_PREFIX}{}", component.key)
}

/// A file of a draft as a dossier keeps it.
pub fn file_ref(file: &DraftFile) -> FileRef {
    FileRef {
        sha256: file.sha256.clone(),
        name: file.name.clone(),
        size: u64::try_from(file.size).unwrap_or(0),
        media_type: file.media_type.clone(),
    }
}

/// Whether a procedure is done at units of this level. Departments are the province's.
fn is_at(version: &ProcedureVersion, level: UnitLevel) -> bool {
    let at = |wanted: ProcedureLevel| version.levels.contains(&wanted);
    match level {
        UnitLevel::Commune => at(ProcedureLevel::Commune),
        UnitLevel::Province | UnitLevel::Department => at(ProcedureLevel::Province),
        UnitLevel::Central => at(ProcedureLevel::Ministry) || at(ProcedureLevel::Vertical),
        UnitLevel::District => false,
    }
}
