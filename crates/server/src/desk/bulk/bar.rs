//! What a work list offers below its rows: boxes to choose by, and the acts that can be done to many.

use std::collections::BTreeSet;

use crate::desk::bulk::acts::Act;
use crate::desk::bulk::{HOME, ROWS_MAX, too_many};
use crate::desk::list::{Asked, Of};
use crate::web::form::Choice;
use crate::web::visitor::{Officer, encode};
use crate::web::wording;

/// What was chosen, when the list comes back because something is missing.
#[derive(Clone, Debug, Default)]
pub struct Tried {
    /// What is missing.
    pub problem: String,
    /// The boxes that were ticked.
    pub ticked: BTreeSet<String>,
    /// The act.
    pub act: String,
    /// Everything the list holds.
    pub everything: bool,
}

/// What can be done to many rows at once.
pub struct Bar {
    /// Where the form goes.
    pub action: String,
    /// The acts.
    pub acts: Vec<Choice>,
    /// What was chosen before.
    pub tried: Tried,
    /// The box for everything the list holds, where that is more than the page.
    pub everything: String,
    /// Why it cannot be chosen.
    pub too_many: String,
}

impl Bar {
    /// For an officer who works on dossiers, below a list of which `shown` of `total` rows are on the page.
    pub fn of(
        officer: &Officer,
        of: Of,
        asked: &Asked,
        shown: usize,
        total: i64,
        tried: Option<Tried>,
    ) -> Option<Self> {
        let works = officer.person.appointments.iter().any(|held| held.role.works_on_dossiers());
        if shown == 0 || !works {
            return None;
        }
        let locale = officer.visitor.locale;
        let counted = usize::try_from(total).unwrap_or_default();
        let is_too_long = ROWS_MAX < counted;
        let all = || locale.say("bulk.everything").arg("n", wording::number(locale, total)).to_string();
        let act = |act: Act| Choice::new(act.name(), act.label(locale));
        Some(Self {
            action: format!("{HOME}?list={}&query={}", of.name(), encode(&asked.whole_query())),
            acts: Act::ALL.into_iter().map(act).collect(),
            everything: if shown < counted && !is_too_long { all() } else { String::new() },
            too_many: if is_too_long { too_many(locale, total) } else { String::new() },
            tried: tried.unwrap_or_default(),
        })
    }
}
