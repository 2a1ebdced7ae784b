//! Taking a step: the one endpoint by which a dossier changes.

pub mod wire;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, header};
use axum::response::Response;
use motcua_domain::dossier::{Action, Dossier, DossierCode, FileRef, Paper};
use motcua_domain::ids::{MessageId, OpinionId};

use crate::api::body::Json;
use crate::api::caller::{Caller, Doer};
use crate::api::dossiers::unopened;
use crate::api::once::{self, Once};
use crate::api::problem::{Kind, Problem, Wrong};
use crate::api::{files, state};
use crate::app::App;
use crate::desk::{act, field};
use crate::dossier::steps::{self, StepError};
use wire::{PaperIn, Step};

/// Takes a step. The same request under the same key is taken once.
pub async fn take(
    State(app): State<App>,
    Doer(caller): Doer,
    Path(code): Path<String>,
    headers: HeaderMap,
    body: Json,
) -> Result<Response, Problem> {
    let code: DossierCode = code.parse().map_err(|_| Kind::NotFound)?;
    let path = format!("/api/v1/dossiers/{code}/steps");
    let once = Once::read(&headers, caller.person.id, (&Method::POST, &path), &body.0)?;
    let expected = version(&headers)?;
    if let Some(answer) = once.before(&app).await? {
        return Ok(answer);
    }
    let step = Step::read(caller.locale, body.value(caller.locale)?)?;
    let actor = caller.actor();
    let opened = steps::open(&app, &actor, &code).await;
    let loaded = opened.map_err(|error| unopened(&app, caller.locale, error))?;
    let dossier = &loaded.dossier;
    let action = act::named(&app, dossier, action(&app, &caller, dossier, step).await?).await?;
    let office = app.office();
    let keep = {
        let office = std::sync::Arc::clone(&office);
        once.keep(&app, move |taken| state::answer(&office, taken, false))
    };
    match steps::take_on_and(&app, &actor, &loaded, Some(expected), action, keep).await {
        Ok(taken) => once::respond(&state::answer(&office, &taken, false)),
        Err(error) => {
            // The same request may have been faster on another line.
            if let StepError::Stale(_) | StepError::Db(_) = error
                && let Some(answer) = once.before(&app).await?
            {
                return Ok(answer);
            }
            Err(Problem::of_step(caller.locale, &office, &dossier.filing.process, error))
        }
    }
}

/// The version the caller has read: `If-Match: "7"`.
fn version(headers: &HeaderMap) -> Result<u64, Problem> {
    let said = headers.get(header::IF_MATCH).ok_or(Kind::VersionMissing)?;
    let said = said.to_str().map_err(|_| Kind::BadHeader)?.trim();
    let number = said.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    Ok(number.and_then(|number| number.parse().ok()).ok_or(Kind::BadHeader)?)
}

/// The action a step asks for, with its files.
#[expect(clippy::too_many_lines, reason = "one arm for each action, so that a new one must be thought about")]
async fn action(app: &App, caller: &Caller, dossier: &Dossier, step: Step) -> Result<Action, Problem> {
    let now = app.clock.now();
    let mut wrong = Vec::new();
    let action = match step {
        Step::Accept { competent_unit, note } => Action::Accept { competent_unit, note },
        Step::Refuse { reason, legal_base } => Action::Refuse { reason, legal_base },
        Step::RequestSupplement { defects, reason, legal_base, answer_by } => Action::RequestSupplement {
            defects: defects.into_iter().map(|defect| defect.ruled(dossier)).collect(),
            reason,
            legal_base,
            answer_by: answer_by.map(|at| at.0),
        },
        Step::AnswerSupplement { papers, note } => {
            let mut handed_in = Vec::with_capacity(papers.len());
            for (at, paper) in papers.into_iter().enumerate() {
                let place = format!("/papers/{at}/file");
                handed_in.extend(paper_of(app, caller, dossier, paper, &place, &mut wrong).await?);
            }
            Action::AnswerSupplement { papers: handed_in, note }
        }
        Step::RequestPayment { name, amount, legal_base, pay_by } => {
            Action::RequestPayment { name, amount, legal_base, pay_by: pay_by.0 }
        }
        Step::ConfirmPayment { amount, receipt } => Action::ConfirmPayment { amount, receipt },
        Step::Pause { reason, legal_base, until } => Action::Pause { reason, legal_base, until: until.0 },
        Step::Resume { note } => Action::Resume { note },
        Step::Dispatch { unit, note } => Action::Dispatch { unit, note },
        Step::Forward { step, note } => Action::Forward { step, note },
        Step::TakeOver { step, note } => Action::TakeOver { step, note },
        Step::SendBack { step, to, reason } => Action::SendBack { step, to, reason },
        // The name is put in where the officers of the unit are at hand.
        Step::Assign { step, officer } => Action::Assign { step, officer, officer_name: String::new() },
        Step::AskOpinion { unit, question, answer_by } => {
            let id = OpinionId::new(app.random.uuid(now));
            Action::AskOpinion { id, unit, question, answer_by: answer_by.0 }
        }
        Step::AnswerOpinion { opinion, agrees, text } => Action::AnswerOpinion { id: opinion, agrees, text },
        Step::Propose { step, verdict, text, file } => {
            let title = caller.locale.t("desk.draft_file");
            let draft = match file {
                Some(id) => file_of(app, caller, &id, "/file", &mut wrong).await?,
                None => None,
            };
            let draft = draft.map(|file| Box::new(field::issued(app, title, file, now)));
            Action::Propose { step, verdict: verdict.into(), text, draft }
        }
        Step::Approve { step, note } => Action::Approve { step, note },
        Step::Settle { step, verdict, title, file } => {
            let file = file_of(app, caller, &file, "/file", &mut wrong).await?;
            let mut paper = file.map(|file| field::issued(app, &title, file, now));
            match paper.take() {
                Some(paper) => {
                    Action::Settle { step, verdict: verdict.into(), title, paper: Box::new(paper) }
                }
                None => return Err(Problem::invalid(wrong)),
            }
        }
        Step::Extend { new_due, reason } => Action::Extend { new_due: new_due.0, reason },
        Step::Withdraw { reason } => Action::Withdraw { reason },
        Step::Stop { reason, legal_base, fee_settlement } => {
            Action::Stop { reason, legal_base, fee_settlement }
        }
        Step::Return { to, note } => Action::Return { to, note },
        Step::AddPaper { paper } => {
            match paper_of(app, caller, dossier, paper, "/paper/file", &mut wrong).await? {
                Some(paper) => Action::AddPaper { paper: Box::new(paper) },
                None => return Err(Problem::invalid(wrong)),
            }
        }
        Step::SendMessage { text } => Action::SendMessage { id: MessageId::new(app.random.uuid(now)), text },
    };
    if wrong.is_empty() { Ok(action) } else { Err(Problem::invalid(wrong)) }
}

/// A file the caller sent before; what cannot be found is said at its place.
async fn file_of(
    app: &App,
    caller: &Caller,
    id: &str,
    place: &str,
    wrong: &mut Vec<Wrong>,
) -> Result<Option<FileRef>, Problem> {
    let file = files::sent(app, caller.person.id, id).await?;
    if file.is_none() {
        let detail = caller.locale.t("api.file_unknown").to_owned();
        wrong.push(Wrong { pointer: place.to_owned(), detail });
    }
    Ok(file)
}

/// A paper with its file: attached by the applicant, or scanned by an officer.
async fn paper_of(
    app: &App,
    caller: &Caller,
    dossier: &Dossier,
    paper: PaperIn,
    place: &str,
    wrong: &mut Vec<Wrong>,
) -> Result<Option<Paper>, Problem> {
    let Some(file) = file_of(app, caller, &paper.file, place, wrong).await? else { return Ok(None) };
    let made = field::issued(app, "", file, app.clock.now());
    Ok(Some(paper.ruled(dossier, made, caller.is_officer())))
}
