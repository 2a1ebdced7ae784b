//! The acts on the page of a dossier: which are possible, what they ask, and what was gathered for them.

use motcua_domain::dossier::action::Target;
use motcua_domain::dossier::choice::Choice as Possible;
use motcua_domain::dossier::{ActionKind, Dossier, DossierCode};
use motcua_domain::procedure::ElectronicProcess;

use crate::app::App;
use crate::desk::field::{self, ActField, takes_file};
use crate::desk::files::{self, Gathered};
use crate::dossier::words;
use crate::office::Snapshot;
use crate::portal::upload::{FileRow, UnfinishedRow};
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::locale::Locale;
use crate::web::visitor::Officer;

/// One act: possible, or nearly with the reason why not.
pub(super) struct ActWords {
    pub(super) kind: ActionKind,
    pub(super) label: String,
    pub(super) target: String,
    pub(super) why_not: Option<String>,
    pub(super) fields: Vec<ActField>,
    pub(super) is_open: bool,
    pub(super) problem: Option<String>,
    /// Under which name its file is kept until it is done.
    pub(super) key: String,
    pub(super) kept: Vec<FileRow>,
    pub(super) unfinished: Vec<UnfinishedRow>,
}

impl ActWords {
    fn takes_file(&self) -> bool {
        self.why_not.is_none() && takes_file(self.kind)
    }

    pub(super) fn id(&self) -> String {
        format!("{}-{}", self.kind.name(), self.target)
    }

    /// Whether it is open with what was typed into it.
    pub(super) fn is_typed_in(&self) -> bool {
        self.is_open && self.why_not.is_none()
    }

    /// Whether it was tried and says what to mend.
    pub(super) fn is_refused(&self) -> bool {
        self.is_typed_in() && self.problem.is_some()
    }
}

/// What was typed into one act, when it comes back.
pub struct Attempt {
    /// Which act.
    pub kind: ActionKind,
    /// On what.
    pub target: Target,
    /// What was typed.
    pub form: Form,
    /// Why it was not done; none when only a button beside its file was pressed.
    pub problem: Option<String>,
}

pub(super) async fn acts(
    app: &App,
    locale: Locale,
    office: &Snapshot,
    dossier: &Dossier,
    mut possible: Vec<Possible>,
    attempt: Option<&Attempt>,
) -> Result<Vec<ActWords>, PageError> {
    possible.sort_by_key(|one| if one.verdict.is_ok() { rank(one.kind) } else { u8::MAX });
    let process = &dossier.filing.process;
    let mut acts = Vec::with_capacity(possible.len());
    for one in possible {
        let tried = attempt.filter(|attempt| attempt.kind == one.kind && attempt.target == one.target);
        let fields = match &one.verdict {
            Ok(()) => field::fields(app, locale, dossier, one.kind, &one.target).await?,
            Err(_) => Vec::new(),
        };
        acts.push(ActWords {
            kind: one.kind,
            label: act_label(locale, process, one.kind, &one.target),
            target: target_name(&one.target),
            why_not: one.verdict.err().map(|refusal| words::refusal(locale, office, process, &refusal)),
            fields,
            is_open: tried.is_some(),
            problem: tried.and_then(|attempt| attempt.problem.clone()),
            key: files::key(one.kind, &one.target),
            kept: Vec::new(),
            unfinished: Vec::new(),
        });
    }
    Ok(acts)
}

/// Fills in what was gathered for each act that takes a file. Answers the draft that holds it; none when no act does.
pub(super) async fn fill_files(
    app: &App,
    officer: &Officer,
    code: &DossierCode,
    acts: &mut [ActWords],
) -> Result<Option<String>, PageError> {
    if !acts.iter().any(ActWords::takes_file) {
        return Ok(None);
    }
    let gathered = Gathered::load(app, officer, code).await?;
    for act in acts.iter_mut().filter(|act| act.takes_file()) {
        (act.kept, act.unfinished) = gathered.rows(&act.key, officer.visitor.locale);
    }
    Ok(Some(gathered.id.to_string()))
}

/// What brings a dossier on comes first, then who is to do it, then everything else.
fn rank(kind: ActionKind) -> u8 {
    match kind {
        ActionKind::Accept
        | ActionKind::AnswerSupplement
        | ActionKind::ConfirmPayment
        | ActionKind::Resume
        | ActionKind::Dispatch
        | ActionKind::Forward
        | ActionKind::TakeOver
        | ActionKind::AnswerOpinion
        | ActionKind::Propose
        | ActionKind::Approve
        | ActionKind::Settle
        | ActionKind::Return => 0,
        ActionKind::Assign | ActionKind::SendBack => 1,
        ActionKind::File
        | ActionKind::Refuse
        | ActionKind::RequestSupplement
        | ActionKind::RequestPayment
        | ActionKind::Pause
        | ActionKind::AskOpinion
        | ActionKind::Extend
        | ActionKind::Withdraw
        | ActionKind::Stop
        | ActionKind::AddPaper
        | ActionKind::SendMessage
        | ActionKind::Read => 2,
    }
}

/// An act in words: with the step, where it is about one that is not called like the act.
pub fn act_label(locale: Locale, process: &ElectronicProcess, kind: ActionKind, target: &Target) -> String {
    let label = locale.t(&format!("action.{}", kind.name()));
    match target {
        Target::Step(step) => {
            let step = words::step(locale, process, step);
            if step == label {
                return step;
            }
            locale.say("desk.act_on_step").arg("act", label).arg("step", step).to_string()
        }
        Target::Dossier | Target::Opinion(_) => label.to_owned(),
    }
}

/// The target of an act as a form carries it.
pub fn target_name(target: &Target) -> String {
    match target {
        Target::Dossier => String::new(),
        Target::Step(step) => step.to_string(),
        Target::Opinion(id) => id.to_string(),
    }
}
