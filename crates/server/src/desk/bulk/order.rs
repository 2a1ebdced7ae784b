//! An act as it was typed once, for every dossier of a run: which fields it asks for, which action it makes of each, and
//! what the rules say to that.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use motcua_db::DbError;
use motcua_domain::access::Actor;
use motcua_domain::dossier::action::Target;
use motcua_domain::dossier::{Action, ActionKind, Dossier, Refusal};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::desk::act::named;
use crate::desk::bulk::acts::Act;
use crate::desk::bulk::print;
use crate::desk::bulk::store::{self, Outcome, Run, RunRow};
use crate::desk::field::{self, ActField};
use crate::desk::place;
use crate::desk::show::act_label;
use crate::dossier::steps::{self, Loaded, StepError};
use crate::dossier::words;
use crate::web::form::{Choice, Form};
use crate::web::locale::Locale;

/// Dossiers read in one transaction.
const BATCH: usize = 100;
/// Kinds of dossiers that are asked for their fields. They differ by procedure, step and unit; more than so many do not
/// meet in one list.
const SAMPLES_MAX: i64 = 500;
/// What the sealed fields of a run are bound to.
const PURPOSE: &str = "bulk fields";

/// One field as it was typed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Typed {
    /// Its name in the form.
    pub name: String,
    /// What it was called.
    pub label: String,
    /// What was sent.
    pub value: String,
    /// That in words.
    pub shown: String,
}

/// What was typed, as a run keeps it.
pub fn sealed(app: &App, run: &str, typed: &[Typed]) -> String {
    let text = serde_json::to_string(typed).expect("texts can be written");
    app.secrets.seal(&app.random, &format!("{PURPOSE} {run}"), &text)
}

/// What a run keeps of what was typed; nothing before its preview.
pub fn typed(app: &App, run: &Run) -> anyhow::Result<Vec<Typed>> {
    if run.fields.is_empty() {
        return Ok(Vec::new());
    }
    let text = app.secrets.open(&format!("{PURPOSE} {}", run.id), &run.fields)?;
    Ok(serde_json::from_str(&text)?)
}

/// The fields of an act on many dossiers.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    /// All of them, with what any of the dossiers lets choose.
    pub fields: Vec<ActField>,
    /// Whether some may stay empty and then hold what each dossier says.
    pub has_own: bool,
}

/// Why an act is not done to a dossier.
pub struct Barred {
    /// In words.
    pub words: String,
    /// The field where it can be mended.
    pub field: Option<String>,
}

/// What was foreseen for every dossier of a run.
pub struct Foreseen {
    /// The rows, each with its outcome.
    pub rows: Vec<RunRow>,
    /// Where nothing can be done to any dossier because of something typed: the field and the sentence.
    pub mend: Option<(String, String)>,
}

/// Who wants what done, as it was typed.
pub struct Order {
    /// Which act.
    pub act: Act,
    /// What was typed.
    pub form: Form,
    /// The language of what is said.
    pub locale: Locale,
    /// Who asks.
    pub actor: Actor,
}

/// The dossiers of these rows, as they are now; none where there is none that this person may see.
pub async fn load(app: &App, actor: &Actor, rows: &[RunRow]) -> Result<Vec<Option<Loaded>>, StepError> {
    let mut all = Vec::with_capacity(rows.len());
    for some in rows.chunks(BATCH) {
        for opened in steps::open_all(app, actor, some.iter().map(|row| row.code.clone()).collect()).await? {
            all.push(match opened {
                Ok(loaded) => Some(loaded),
                Err(StepError::NotFound | StepError::Refused(_)) => None,
                Err(error) => return Err(error),
            });
        }
    }
    Ok(all)
}

/// What an act of this kind is about, when this is the work that was chosen.
fn target(kind: ActionKind, step: &str) -> Option<Target> {
    if kind == ActionKind::Return { Some(Target::Dossier) } else { step.parse().ok().map(Target::Step) }
}

/// The fields of a run: those of the single act, of each kind of dossier in it, put together.
pub async fn fields(app: &App, locale: Locale, actor: &Actor, run: &Run) -> Result<Fields, StepError> {
    let kind = match run.act {
        Act::Take(kind) => kind,
        Act::Print => return Ok(print::fields(locale)),
    };
    let id = run.id.clone();
    let samples = app.store.read(move |tx| store::samples(tx, &id, SAMPLES_MAX)).await?;
    let loaded = load(app, actor, &samples).await?;
    let office = app.office();
    let mut all: Vec<ActField> = Vec::new();
    let mut units: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (row, loaded) in samples.iter().zip(&loaded) {
        let (Some(loaded), Some(target)) = (loaded, target(kind, &row.step)) else { continue };
        let dossier = &loaded.dossier;
        let fields = field::fields(app, locale, dossier, kind, &target).await?;
        let unit = office.unit_name(unit_of(dossier, &row.step));
        for choice in fields.iter().flat_map(|field| &field.choices) {
            units.entry(unit.clone()).or_default().insert(choice.value.clone());
        }
        merge(&mut all, fields);
    }
    if 1 < units.len() {
        for choice in all.iter_mut().flat_map(|field| &mut field.choices) {
            let known = units.iter().filter(|(_, values)| values.contains(&choice.value));
            let known: Vec<&str> = known.map(|(unit, _)| unit.as_str()).collect();
            choice.label = format!("{} – {}", choice.label, known.join(", "));
        }
    }
    Ok(for_many(locale, all))
}

/// The unit whose work this is.
pub fn unit_of<'a>(dossier: &'a Dossier, step: &str) -> &'a motcua_domain::unit::UnitCode {
    let task = step.parse().ok().and_then(|key| dossier.task(&key));
    task.and_then(|task| task.unit.as_ref()).unwrap_or_else(|| dossier.responsible_unit())
}

/// Adds fields that are not there yet, and the choices of those that are.
fn merge(all: &mut Vec<ActField>, more: Vec<ActField>) {
    for field in more {
        match all.iter_mut().find(|known| known.name == field.name) {
            None => all.push(field),
            Some(known) => {
                for choice in field.choices {
                    if known.choices.iter().all(|other| other.value != choice.value) {
                        known.choices.push(choice);
                    }
                }
            }
        }
    }
}

/// What one dossier fills in stays empty for many, and nothing is chosen before somebody chose it.
fn for_many(locale: Locale, mut fields: Vec<ActField>) -> Fields {
    let mut has_own = false;
    for field in &mut fields {
        if !field.value.is_empty() {
            field.value.clear();
            field.optional = true;
            has_own = true;
        }
        if field.choices.first().is_some_and(|choice| !choice.value.is_empty()) {
            field.choices.insert(0, Choice::new("", locale.t("form.choose")));
        }
    }
    Fields { fields, has_own }
}

impl Order {
    /// The order that a confirmed run is.
    pub fn of(app: &App, run: &Run, actor: Actor) -> anyhow::Result<Self> {
        let form = Form::from_pairs(typed(app, run)?.into_iter().map(|one| (one.name, one.value)));
        Ok(Self { act: run.act, form, locale: run.locale, actor })
    }

    /// The action on one dossier, by the parser of the single act.
    pub async fn action(
        &self,
        app: &App,
        dossier: &Dossier,
        step: &str,
    ) -> Result<Result<Action, Barred>, DbError> {
        let kind = match self.act {
            Act::Take(kind) => kind,
            Act::Print => return Ok(print::action(self, dossier)),
        };
        let Some(target) = target(kind, step) else { return Ok(Err(self.no_step())) };
        let mut form = self.form.clone();
        if kind == ActionKind::Return && form.text("to").is_none() {
            form.set("to", &dossier.filing.applicant.name);
        }
        match field::action(app, self.locale, dossier, kind, &target, &mut form, None) {
            Some(action) if !form.has_errors() => Ok(Ok(named(app, dossier, action).await?)),
            Some(_) | None => Ok(Err(form.errors().first().map_or_else(
                || self.no_step(),
                |error| Barred { words: error.message.clone(), field: Some(error.name.clone()) },
            ))),
        }
    }

    /// What the act will make of a dossier, in words, or why it will not.
    async fn foresee(
        &self,
        app: &App,
        loaded: &Loaded,
        row: &RunRow,
        fields: &[ActField],
    ) -> Result<Result<String, Barred>, DbError> {
        let action = match self.action(app, &loaded.dossier, &row.step).await? {
            Ok(action) => action,
            Err(barred) => return Ok(Err(barred)),
        };
        Ok(match steps::foresee(app, &self.actor, loaded, &action) {
            Ok(decision) => match self.act {
                Act::Take(kind) => Ok(self.then(app, kind, &action, &decision.dossier)),
                Act::Print => print::will(self, &decision.dossier),
            },
            Err(refusal) => Err(self.barred(app, &loaded.dossier, fields, &refusal)),
        })
    }

    fn barred(&self, app: &App, dossier: &Dossier, fields: &[ActField], refusal: &Refusal) -> Barred {
        if refusal.hides_dossier() {
            return Barred { words: self.locale.t("bulk.not_found").to_owned(), field: None };
        }
        let field = match self.act {
            Act::Take(kind) => place::of(kind, refusal, fields, &self.form),
            Act::Print => None,
        };
        Barred { words: self.refusal(app, dossier, refusal), field }
    }

    /// Why the rules say no, in the words of the single act.
    pub fn refusal(&self, app: &App, dossier: &Dossier, refusal: &Refusal) -> String {
        if matches!(refusal, Refusal::UnknownStep { .. }) {
            return self.no_step().words;
        }
        words::refusal(self.locale, &app.office(), &dossier.filing.process, refusal)
    }

    fn twice(&self) -> &'static str {
        match self.act {
            Act::Take(_) => self.locale.t("bulk.twice"),
            Act::Print => self.locale.t("bulk.print_twice"),
        }
    }

    fn no_step(&self) -> Barred {
        Barred { words: self.locale.t("bulk.no_step").to_owned(), field: None }
    }

    /// The act, and with whom the dossier is after it.
    fn then(&self, app: &App, kind: ActionKind, action: &Action, after: &Dossier) -> String {
        let (locale, office, process) = (self.locale, app.office(), &after.filing.process);
        let act = act_label(locale, process, kind, &action.target());
        let held = after.progress.tasks.iter().filter(|task| task.is_active() || task.is_offered());
        let next = held.map(|task| {
            let who = match (task.officer(), &task.unit) {
                (Some((_, name)), _) => name.to_owned(),
                (None, Some(unit)) => office.unit_name(unit),
                (None, None) => return words::step(locale, process, &task.step),
            };
            let step = words::step(locale, process, &task.step);
            locale.say("bulk.step_of").arg("step", step).arg("who", who).to_string()
        });
        let next: Vec<String> = next.collect();
        let then = if next.is_empty() {
            locale.t(&format!("status.{}", after.status().name())).to_owned()
        } else {
            next.join(", ")
        };
        locale.say("bulk.will").arg("act", act).arg("then", then).to_string()
    }

    /// Asks the rules about every row. Of a dossier that was chosen twice one step at most is done.
    pub async fn foresee_all(
        &self,
        app: &App,
        rows: Vec<RunRow>,
        fields: &[ActField],
    ) -> Result<Foreseen, StepError> {
        let mut foreseen = Foreseen { rows: Vec::with_capacity(rows.len()), mend: None };
        let mut ready: HashSet<String> = HashSet::new();
        for some in rows.chunks(BATCH) {
            let loaded = load(app, &self.actor, some).await?;
            for (row, loaded) in some.iter().zip(&loaded) {
                let version = loaded.as_ref().map_or(0, |found| found.dossier.progress.version);
                let (outcome, words) = match self.look(app, row, loaded.as_ref(), fields).await? {
                    Ok(_) if ready.contains(&row.code) => (Outcome::Barred, self.twice().to_owned()),
                    Ok(words) => (Outcome::Ready, words),
                    Err(Barred { words, field }) => {
                        if let (None, Some(field)) = (&foreseen.mend, field) {
                            foreseen.mend = Some((field, words.clone()));
                        }
                        (Outcome::Barred, words)
                    }
                };
                if outcome == Outcome::Ready {
                    ready.insert(row.code.clone());
                }
                let version = i64::try_from(version).unwrap_or(i64::MAX);
                foreseen.rows.push(RunRow { version, outcome, words, ..row.clone() });
            }
        }
        if !ready.is_empty() {
            foreseen.mend = None;
        }
        Ok(foreseen)
    }

    async fn look(
        &self,
        app: &App,
        row: &RunRow,
        loaded: Option<&Loaded>,
        fields: &[ActField],
    ) -> Result<Result<String, Barred>, DbError> {
        match loaded {
            Some(loaded) => self.foresee(app, loaded, row, fields).await,
            None => Ok(Err(Barred { words: self.locale.t("bulk.not_found").to_owned(), field: None })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::field::Look;

    fn field(name: &str, value: &str, choices: &[&str]) -> ActField {
        ActField {
            name: name.to_owned(),
            label: name.to_owned(),
            look: Look::Line,
            value: value.to_owned(),
            choices: choices.iter().map(|one| Choice::new(*one, *one)).collect(),
            optional: false,
            offers: Vec::new(),
        }
    }

    #[test]
    fn choices_of_all_dossiers_are_offered_once_and_none_is_chosen() {
        let mut all = Vec::new();
        merge(&mut all, vec![field("officer", "", &["a", "b"])]);
        merge(&mut all, vec![field("officer", "", &["b", "c"]), field("note", "", &[])]);
        let Fields { fields, has_own } = for_many(Locale::Vi, all);
        let values: Vec<&str> = fields[0].choices.iter().map(|choice| choice.value.as_str()).collect();
        assert_eq!(values, ["", "a", "b", "c"]);
        assert_eq!((fields.len(), has_own), (2, false));
    }

    #[test]
    fn what_each_dossier_fills_in_for_itself_may_stay_empty() {
        let Fields { fields, has_own } = for_many(Locale::Vi, vec![field("to", "Trần Thị Lan", &[])]);
        assert!(has_own && fields[0].optional && fields[0].value.is_empty());
    }

    #[test]
    fn a_step_is_asked_for_by_its_key_and_a_return_by_the_dossier() {
        assert_eq!(target(ActionKind::Return, "opinion:1"), Some(Target::Dossier));
        assert_eq!(target(ActionKind::Approve, "opinion:1"), None);
        let step = Target::Step("approve".parse().unwrap());
        assert_eq!(target(ActionKind::Approve, "approve"), Some(step));
        assert!(Act::ALL.iter().all(|act| Act::from_name(act.name()) == Some(*act)));
        assert_eq!(Act::from_name("settle"), None);
    }
}
