//! One dossier opened by its owner: the way every page of it begins.

use std::sync::Arc;

use motcua_domain::dossier::action::Target;
use motcua_domain::dossier::choice::allowed_actions;
use motcua_domain::dossier::{ActionKind, Dossier, DossierCode, Refusal};

use crate::app::App;
use crate::dossier::row::Head;
use crate::dossier::steps;
use crate::office::Snapshot;
use crate::portal::words::Words;
use crate::web::error::PageError;
use crate::web::locale::Locale;
use crate::web::visitor::Citizen;

/// A dossier as its owner sees it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The dossier.
    pub dossier: Dossier,
    /// Where its journal ends.
    pub head: Head,
    /// Units, calendars, settings.
    pub office: Arc<Snapshot>,
    /// Language of the page.
    pub locale: Locale,
}

impl Opened {
    /// Opens it. For anybody else there is no such page, and no way to tell that there is such a dossier.
    pub async fn load(app: &App, citizen: &Citizen, code: &str) -> Result<Self, PageError> {
        let code: DossierCode = code.parse().map_err(|_| PageError::NotFound)?;
        let office = app.office();
        let locale = citizen.visitor.locale;
        let words = Words::new(locale, &office);
        let opened =
            steps::open(app, &citizen.person.actor(), &code).await.map_err(|error| words.error(error))?;
        if !opened.dossier.is_owned_by(citizen.person.id) {
            return Err(PageError::NotFound);
        }
        Ok(Self { dossier: opened.dossier, head: opened.head, office, locale })
    }

    /// Puts the rules' answers into words.
    pub fn words(&self) -> Words<'_> {
        Words { locale: self.locale, office: &self.office, process: &self.dossier.filing.process }
    }

    /// Whether the owner may do this now. None when it is out of the question, and need not be spoken of.
    pub fn may(&self, app: &App, citizen: &Citizen, kind: ActionKind) -> Option<Result<(), Refusal>> {
        let actor = citizen.person.actor();
        let entries = u64::try_from(self.head.sequence).unwrap_or_default();
        let ctx = steps::ctx(&actor, &self.office, app.clock.now(), Some(&self.dossier), None, entries);
        let choices = allowed_actions(&ctx, &self.dossier);
        let found =
            choices.into_iter().find(|choice| choice.kind == kind && choice.target == Target::Dossier);
        found.map(|choice| choice.verdict)
    }

    /// The address of the dossier.
    pub fn href(&self) -> String {
        format!("/ho-so/{}", self.dossier.code)
    }
}
