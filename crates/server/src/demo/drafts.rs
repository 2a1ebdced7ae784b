//! Drafts of the demonstration: filings that citizens have begun and not handed in.

use jiff::SignedDuration;
use motcua_db::DbError;
use motcua_domain::ids::DraftId;
use motcua_domain::procedure::ProcedureVersion;

use crate::app::App;
use crate::demo::people::{Citizen, People};
use crate::portal::draft::{Draft, Purpose, Typed};
use crate::portal::plan::Step;
use crate::portal::store;

/// A page, its field and what was typed there.
type Typing = (Step, &'static str, &'static str);

/// Whose, of what, begun how many hours ago, and what was typed so far.
const DRAFTS: [(usize, &str, i64, &[Typing]); 3] = [
    (0, "1.001193", 26, &[(Step::Unit, "unit", "H99.101"), (Step::Who, "who", "me")]),
    (0, "1.001612", 75, &[(Step::Case, "case", "ca-nhan"), (Step::Unit, "unit", "H99.101")]),
    (5, "1.000894", 50, &[(Step::Unit, "unit", "H99.102")]),
];

/// Begins them. Returns how many.
pub fn begin(app: &App, people: &People, versions: &[ProcedureVersion]) -> Result<usize, DbError> {
    let inner = app.clone();
    let drafts: Vec<Draft> = DRAFTS
        .iter()
        .filter_map(|(owner, code, hours, answers)| {
            let version = versions.iter().find(|version| version.code.as_str() == *code)?;
            Some(draft(app, people.citizens.get(*owner)?, version, *hours, answers))
        })
        .collect();
    app.store.write_sync(move |tx| {
        for draft in &drafts {
            store::insert_draft(tx, draft, &draft.sealed(&inner))?;
        }
        Ok(drafts.len())
    })
}

fn draft(app: &App, owner: &Citizen, version: &ProcedureVersion, hours: i64, answers: &[Typing]) -> Draft {
    let begun = app.clock.now() - SignedDuration::from_hours(hours);
    let mut typed = Typed::default();
    for (step, name, value) in answers {
        typed.set(name, *value);
        typed.mark_done(&step.slug());
    }
    let id = DraftId::new(app.random.uuid(begun));
    Draft {
        typed,
        updated_at: begun + SignedDuration::from_mins(9),
        ..Draft::of_version(id, Purpose::Filing, owner.id, version, begun)
    }
}
