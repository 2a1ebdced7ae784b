//! An act on a dossier: read the form, take the step, go back to the dossier.

use std::sync::Arc;

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use futures_util::StreamExt as _;
use motcua_db::DbError;
use motcua_domain::dossier::action::Target;
use motcua_domain::dossier::{Action, ActionKind, Dossier, DossierCode, FileRef};

use crate::account::held::LOST_FILE;
use crate::app::App;
use crate::desk::field;
use crate::desk::files::{self, Gathered};
use crate::desk::place;
use crate::desk::show::{Attempt, refused, render_dossier};
use crate::document::receive::{Expected, ReceiveError};
use crate::dossier::steps::{self, Also, Loaded, StepError};
use crate::dossier::words;
use crate::web::error::PageError;
use crate::web::form::Form;
use crate::web::limit::Limit;
use crate::web::locale::Locale;
use crate::web::visitor::Officer;
use crate::web::wording;

/// Longest text field of an act, in bytes: more than any rule allows, less than hurts.
const TEXT_BYTES_MAX: usize = 64 * 1024;

/// What a form of an act brought.
struct Sent {
    form: Form,
    file: Option<FileRef>,
}

/// Does what was asked, or shows the dossier again with what was typed and what to mend. A button beside a file does
/// nothing else.
pub async fn act(
    State(app): State<App>,
    officer: Officer,
    Path((code, action)): Path<(DossierCode, String)>,
    multipart: Multipart,
) -> Result<Response, PageError> {
    let locale = officer.visitor.locale;
    let kind = ActionKind::from_name(&action).ok_or(PageError::NotFound)?;
    let actor = officer.person.actor();
    let loaded = steps::open(&app, &actor, &code).await.map_err(|error| refused(locale, &app, error))?;
    let Sent { form, file: sent } = read(&app, &officer, multipart).await?;
    let target = target(&loaded.dossier, kind, form.value("target"));
    let gathered = Gathered::for_act(&app, &officer, &code, kind).await?;
    let key = files::key(kind, &target);
    let mut attempt = Attempt { kind, target, form, problem: None };
    let draft = gathered.as_ref().and_then(Gathered::draft);
    if !files::press(&app, officer.person.id, draft, &attempt.form).await? {
        let before = gathered.as_ref().and_then(|gathered| gathered.file(&key));
        // What came with the form, else what came before it; not while something is wrong with what came.
        let file = sent.clone().or_else(|| before.filter(|_| attempt.form.error("file").is_none()));
        let also = gathered.as_ref().map_or_else(steps::nothing_else, |gathered| gathered.used(&key));
        match take(&app, &officer, &loaded, &mut attempt, file, also).await? {
            Ok(()) => return Ok(Redirect::to(&format!("/can-bo/ho-so/{code}?xong=1")).into_response()),
            Err(problem) => attempt.problem = Some(problem),
        }
    }
    if let (Some(gathered), Some(file)) = (gathered, sent) {
        gathered.keep(&app, &officer, &loaded, &key, file).await?;
    }
    let now = steps::open(&app, &actor, &code).await.map_err(|error| refused(locale, &app, error))?;
    render_dossier(&app, &officer, now, Some(attempt), None).await
}

/// Takes the step that was asked for, or says why not, also at its field where it has one.
async fn take(
    app: &App,
    officer: &Officer,
    loaded: &Loaded,
    attempt: &mut Attempt,
    file: Option<FileRef>,
    also: Also,
) -> Result<Result<(), String>, PageError> {
    let (locale, dossier, actor) = (officer.visitor.locale, &loaded.dossier, officer.person.actor());
    let Attempt { kind, target, form, .. } = attempt;
    let expected = form.number("version").and_then(|version| u64::try_from(version).ok());
    let action = field::action(app, locale, dossier, *kind, target, form, file);
    let Some(action) = action.filter(|_| !form.has_errors()) else {
        return Ok(Err(locale.t("desk.mend").to_owned()));
    };
    let action = named(app, dossier, action).await?;
    match steps::take_on_and(app, &actor, loaded, expected, action, also).await {
        Ok(_) => Ok(Ok(())),
        Err(StepError::NotFound) => Err(PageError::NotFound),
        Err(StepError::Db(error)) => Err(error.into()),
        Err(error @ (StepError::Code(_) | StepError::Journal(_))) => Err(PageError::internal(&error)),
        Err(StepError::Refused(refusal)) => {
            let problem = words::refusal(locale, &app.office(), &dossier.filing.process, &refusal);
            let fields = field::fields(app, locale, dossier, *kind, target).await?;
            if let Some(name) = place::of(*kind, &refusal, &fields, form) {
                form.refuse(&name, &problem);
            }
            Ok(Err(problem))
        }
        Err(StepError::Stale(_)) => {
            let now = steps::open(app, &actor, &dossier.code).await;
            let now = now.map_err(|error| refused(locale, app, error))?;
            Ok(Err(meanwhile(app, locale, &now, expected.unwrap_or_default()).await?))
        }
    }
}

/// Who did what since the page was shown, in the order it was done. The filing makes version 1, and every entry that is
/// not a reading one more.
async fn meanwhile(app: &App, locale: Locale, now: &Loaded, seen: u64) -> Result<String, PageError> {
    let changes = changes(app, locale, now, seen).await.map_err(|error| refused(locale, app, error))?;
    Ok(locale.say("desk.stale").arg("changes", changes).to_string())
}

/// The same in one line.
pub async fn changes(app: &App, locale: Locale, now: &Loaded, seen: u64) -> Result<String, StepError> {
    let history = steps::history(app, &now.dossier.code).await?;
    let mut lines = words::timeline(locale, &app.office(), &now.dossier, &history, true);
    lines.retain(|line| !line.is_reading);
    lines.reverse();
    let change = |line: &words::Line| {
        let said = locale.say("desk.change_by").arg("what", &line.title).arg("by", &line.by);
        said.arg("time", &line.time).to_string()
    };
    let seen = usize::try_from(seen).unwrap_or(usize::MAX);
    let changes: Vec<String> = lines.iter().skip(seen).map(change).collect();
    Ok(changes.join("; "))
}

/// What the act is about: the step or opinion the form names, as far as the kind has one.
fn target(dossier: &Dossier, kind: ActionKind, name: &str) -> Target {
    if kind == ActionKind::AnswerOpinion
        && let Ok(id) = name.parse()
    {
        return Target::Opinion(id);
    }
    let known = dossier.filing.process.steps.iter().find(|step| step.key.as_str() == name);
    known.map_or(Target::Dossier, |step| Target::Step(step.key.clone()))
}

/// An assignment carries the officer's name as a label; it is read here, never believed from whoever sends it.
pub async fn named(app: &App, dossier: &Dossier, action: Action) -> Result<Action, DbError> {
    let Action::Assign { step, officer, .. } = action else { return Ok(action) };
    let officers = field::officers_for(app, dossier, &Target::Step(step.clone())).await?;
    let officer_name = officers.into_iter().find(|(id, _)| *id == officer).map(|(_, name)| name);
    Ok(Action::Assign { step, officer, officer_name: officer_name.unwrap_or_default() })
}

/// Reads the fields and keeps the file, if one came.
async fn read(app: &App, officer: &Officer, mut multipart: Multipart) -> Result<Sent, PageError> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut file = None;
    let mut problem = None;
    let locale = officer.visitor.locale;
    let broken = |error: MultipartError| broken(locale, &error);
    loop {
        let part = match multipart.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => break,
            // A file far too large is not read to its end. The page sends it last: everything typed is here.
            Err(_) if problem.is_some() => break,
            Err(error) => return Err(broken(error)),
        };
        let field = part.name().unwrap_or_default().to_owned();
        let given = part.file_name().map(str::to_owned);
        match given {
            Some(given) if !given.is_empty() => {
                let sender = officer.person.id.to_string();
                if !app.limits.try_take(Limit::UploadsPerPerson, &sender, app.clock.now()) {
                    problem = Some(locale.t("error.too_many_advice").to_owned());
                    continue;
                }
                match receive(app, &given, part).await {
                    Ok(kept) => file = Some(kept),
                    Err(error) => problem = Some(words_of(app, officer, &error)),
                }
            }
            Some(_) => {}
            None => {
                let text = part.text().await.map_err(broken)?;
                if TEXT_BYTES_MAX < text.len() {
                    return Err(PageError::TooLarge(locale.t("desk.text_too_long").to_owned()));
                }
                pairs.push((field, text));
            }
        }
    }
    let mut form = Form::from_pairs(pairs);
    if form.value("csrf") != officer.visitor.csrf {
        return Err(PageError::StaleForm);
    }
    if let Some(problem) = problem {
        form.refuse("file", problem);
    } else if file.is_none()
        && let Some(name) = form.text(LOST_FILE).map(str::to_owned)
    {
        form.refuse("file", locale.say("desk.choose_file_again").arg("name", name).to_string());
    }
    Ok(Sent { form, file })
}

/// A form that cannot be read, in words of the page.
fn broken(locale: Locale, error: &MultipartError) -> PageError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return PageError::TooLarge(locale.t("error.too_large_advice").to_owned());
    }
    PageError::BadInput(locale.t("error.bad_input_advice").to_owned())
}

async fn receive(app: &App, given: &str, part: Field<'_>) -> Result<FileRef, ReceiveError> {
    let expected = Expected {
        id: app.random.uuid(app.clock.now()),
        bytes_max: app.config.upload.file_bytes_max,
        bytes: None,
        sha256: None,
    };
    let pieces = part.map(|piece| piece.map_err(Arc::new));
    Ok(app.blobs.receive(expected, pieces).await?.named(given))
}

fn words_of(app: &App, officer: &Officer, error: &ReceiveError) -> String {
    let locale = officer.visitor.locale;
    let limit = wording::file_size(locale, app.config.upload.file_bytes_max);
    locale.say(error.key()).arg("limit", limit).to_string()
}
