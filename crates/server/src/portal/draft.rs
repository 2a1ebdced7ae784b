//! A filing that is not filed yet: what was typed so far, exactly as it was typed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use motcua_db::DbError;
use motcua_domain::dossier::{Dossier, DossierCode};
use motcua_domain::ids::{DraftId, PersonId};
use motcua_domain::procedure::{ProcedureCode, ProcedureVersion};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::app::App;
use crate::portal::store;
use crate::secrets::Secrets;
use crate::web::form::Form;

/// Longest single answer, in characters. Long texts have a lower limit of their own, said on the page.
pub const VALUE_CHARS_MAX: usize = 10_000;
/// Most answers of one draft.
pub const FIELDS_MAX: usize = 600;

/// What a draft will become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A new dossier.
    Filing,
    /// The papers that an office asked for.
    Supplement,
    /// A dossier that an officer takes in at the counter: its files, nothing that was typed.
    Intake,
    /// An act of an officer on a dossier: its file, nothing that was typed.
    Act,
}

impl Purpose {
    /// The name in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::Filing => "filing",
            Self::Supplement => "supplement",
            Self::Intake => "intake",
            Self::Act => "act",
        }
    }

    /// The purpose with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Filing, Self::Supplement, Self::Intake, Self::Act]
            .into_iter()
            .find(|purpose| purpose.name() == name)
    }
}

/// One draft of one person.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Also the key of its submission: a draft makes one dossier, however often the button is pressed.
    pub id: DraftId,
    /// What it will become.
    pub purpose: Purpose,
    /// Whose it is. Nobody else sees it.
    pub owner: PersonId,
    /// The procedure asked for.
    pub procedure: ProcedureCode,
    /// The version in force when it was begun.
    pub procedure_version: u32,
    /// Its name, for lists.
    pub procedure_name: String,
    /// The dossier a supplement belongs to, or the one a filing became.
    pub dossier: Option<DossierCode>,
    /// What was typed.
    pub typed: Typed,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When something was last typed.
    pub updated_at: Timestamp,
    /// When it was handed in.
    pub filed_at: Option<Timestamp>,
    /// When its owner threw it away; it can be taken back for a while.
    pub deleted_at: Option<Timestamp>,
}

/// A procedure that a draft asks for: its code, the version, its name.
type Wanted = (ProcedureCode, u32, String);

impl Draft {
    /// A draft that asks for a procedure in this version, begun at `at`, with nothing typed yet.
    pub fn of_version(
        id: DraftId,
        purpose: Purpose,
        owner: PersonId,
        version: &ProcedureVersion,
        at: Timestamp,
    ) -> Self {
        Self::blank(id, purpose, owner, (version.code.clone(), version.version, version.name.clone()), at)
    }

    /// A draft of something that is done to a dossier, begun at `at`, with nothing typed yet.
    pub fn of_dossier(
        id: DraftId,
        purpose: Purpose,
        owner: PersonId,
        dossier: &Dossier,
        at: Timestamp,
    ) -> Self {
        let filing = &dossier.filing;
        let wanted = (filing.procedure.clone(), filing.procedure_version, filing.procedure_name.clone());
        Self { dossier: Some(dossier.code.clone()), ..Self::blank(id, purpose, owner, wanted, at) }
    }

    /// The id of the one draft of this purpose that there is of `what`: the same whenever it is asked for.
    pub fn id_of(secrets: &Secrets, purpose: Purpose, what: &str) -> DraftId {
        let hash = secrets.keyed_hash(purpose.name(), what);
        DraftId::new(Uuid::try_parse(&hash[..32]).expect("a hash is hexadecimal digits"))
    }

    fn blank(id: DraftId, purpose: Purpose, owner: PersonId, wanted: Wanted, at: Timestamp) -> Self {
        let (procedure, procedure_version, procedure_name) = wanted;
        Self {
            id,
            purpose,
            owner,
            procedure,
            procedure_version,
            procedure_name,
            dossier: None,
            typed: Typed::default(),
            created_at: at,
            updated_at: at,
            filed_at: None,
            deleted_at: None,
        }
    }

    /// What was typed, sealed as it is stored.
    pub fn sealed(&self, app: &App) -> String {
        store::seal(&app.secrets, &app.random, self.id, &self.typed)
    }

    /// Begins it. One with this id that is there already stays as it is.
    pub async fn begin(self, app: &App) -> Result<(), DbError> {
        let sealed = self.sealed(app);
        app.store.write(move |tx| store::insert_draft(tx, &self, &sealed)).await
    }
}

/// Answers by the names of their fields, and which pages were continued from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    fields: BTreeMap<String, Vec<String>>,
    done: BTreeSet<String>,
}

impl Typed {
    /// The first value of a field; empty when nothing was typed.
    pub fn value(&self, name: &str) -> &str {
        self.fields.get(name).and_then(|values| values.first()).map_or("", String::as_str)
    }

    /// Whether anything was ever sent for a field, be it empty.
    pub fn knows(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// Everything typed, as a form that checks and templates understand.
    pub fn form(&self) -> Form {
        let pairs =
            self.fields.iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
        Form::from_pairs(pairs.map(|(name, value)| (name.clone(), value)))
    }

    /// Puts what a page sent in the place of what this page sent before. `is_ours` says which fields belong to the
    /// page: a box that is no longer ticked is simply missing, and fields of other pages are left alone.
    pub fn take(&mut self, form: &Form, is_ours: impl Fn(&str) -> bool) {
        self.fields.retain(|name, _| !is_ours(name));
        for (name, value) in form.pairs() {
            if is_ours(name) && (self.fields.len() < FIELDS_MAX || self.fields.contains_key(name)) {
                let value = value.chars().take(VALUE_CHARS_MAX).collect();
                self.fields.entry(name.clone()).or_default().push(value);
            }
        }
    }

    /// Sets one field.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.fields.insert(name.to_owned(), vec![value.into()]);
    }

    /// Forgets the fields that `is_gone` names.
    pub fn forget(&mut self, is_gone: impl Fn(&str) -> bool) {
        self.fields.retain(|name, _| !is_gone(name));
    }

    /// Notes that a page was continued from.
    pub fn mark_done(&mut self, page: &str) {
        self.done.insert(page.to_owned());
    }

    /// Whether a page was continued from.
    pub fn is_done(&self, page: &str) -> bool {
        self.done.contains(page)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_box_unticked_is_forgotten_and_other_pages_are_left_alone() {
        let mut typed = Typed::default();
        let person = |name: &str| matches!(name, "owner_name" | "consent");
        typed.take(&Form::from_pairs([("owner_name", "An"), ("consent", "yes"), ("csrf", "x")]), person);
        typed.set("case", "new");
        typed.take(&Form::from_pairs([("owner_name", "Ân")]), person);
        assert_eq!(
            (typed.value("owner_name"), typed.value("consent"), typed.value("case")),
            ("Ân", "", "new")
        );
        assert!(!typed.knows("csrf"), "only fields of the page are kept");
    }

    #[test]
    fn boxes_ticked_together_are_all_kept() {
        let mut typed = Typed::default();
        typed.take(&Form::from_pairs([("copies", "a"), ("copies", "b")]), |name| name == "copies");
        assert_eq!(typed.form().values("copies"), ["a", "b"]);
    }

    proptest! {
        /// Whatever is typed comes back as it was, or is too long.
        #[test]
        fn what_is_typed_comes_back(text in "\\PC{0,60}") {
            let mut typed = Typed::default();
            let form = Form::from_pairs([("q-name", text.as_str())]);
            typed.take(&form, |_| true);
            prop_assert_eq!(typed.value("q-name"), form.value("q-name"));
        }
    }
}
