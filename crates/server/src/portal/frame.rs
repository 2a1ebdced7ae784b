//! What every page of a filing shows around its question.

use motcua_domain::ids::DraftId;

use crate::portal::plan::Step;
use crate::portal::work::Work;
use crate::procedure::words as procedure_words;
use crate::web::locale::Locale;
use crate::web::wording;

/// Query of a page that was opened from the answers: it leads straight back to them.
pub const FROM_CHECK: &str = "kiem-tra";

/// Addresses and small lines around the question.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Name of the procedure.
    pub procedure: String,
    /// Address of the page.
    pub slug: String,
    /// Where the form goes.
    pub action: String,
    /// Where it is saved as typed.
    pub save: String,
    /// The page before.
    pub back: String,
    /// The task list.
    pub tasks: String,
    /// Opened from the answers, and goes back to them.
    pub from_check: bool,
    /// "Saved at 14:05".
    pub saved: String,
}

impl Frame {
    /// The frame of one page.
    pub fn new(work: &Work, step: Step, locale: Locale, from_check: bool) -> Self {
        let base = base(work.draft.id);
        let before = work.plan().before(step).map(|before| format!("{base}/{}", before.slug()));
        let back =
            if from_check { format!("{base}/kiem-tra") } else { before.unwrap_or_else(|| base.clone()) };
        Self {
            procedure: procedure_words::name(locale, &work.version),
            slug: step.slug(),
            action: format!("{base}/{}", step.slug()),
            save: format!("{base}/luu"),
            back,
            tasks: base,
            from_check,
            saved: saved(work, locale),
        }
    }
}

/// Where a draft lives.
pub fn base(id: DraftId) -> String {
    format!("/nop-ho-so/nhap/{id}")
}

/// "Saved at 14:05".
pub fn saved(work: &Work, locale: Locale) -> String {
    locale.say("portal.saved_at").arg("time", wording::clock_time(work.draft.updated_at)).to_string()
}
