//! What was typed into an act that cannot be done any more: shown, so that nobody has to type it again elsewhere.

use motcua_db::DbError;
use motcua_domain::dossier::Dossier;

use crate::app::App;
use crate::desk::field::{self, Look};
use crate::desk::show::{Attempt, act_label};
use crate::web::locale::Locale;

/// An act that was tried in vain.
pub struct Kept {
    /// Which.
    pub label: String,
    /// Why it was not done.
    pub problem: String,
    /// What was typed, each with its label.
    pub lines: Vec<(String, String)>,
}

impl Kept {
    /// The act in words, with everything that was typed into it.
    pub async fn of(
        app: &App,
        locale: Locale,
        dossier: &Dossier,
        attempt: &Attempt,
    ) -> Result<Self, DbError> {
        let fields = field::fields(app, locale, dossier, attempt.kind, &attempt.target).await?;
        let mut lines = Vec::new();
        for one in fields.into_iter().filter(|one| one.look != Look::File) {
            let Some(typed) = attempt.form.text(&one.name) else { continue };
            let chosen = one.choices.iter().find(|choice| choice.value == typed);
            lines.push((one.label, chosen.map_or_else(|| typed.to_owned(), |choice| choice.label.clone())));
        }
        Ok(Self {
            label: act_label(locale, &dossier.filing.process, attempt.kind, &attempt.target),
            problem: attempt.problem.clone().unwrap_or_default(),
            lines,
        })
    }
}
