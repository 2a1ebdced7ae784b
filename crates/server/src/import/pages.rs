//! Imports from a page: choose files, see what they would do, say yes.

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Extension, Multipart, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use motcua_domain::access::Matter;

use crate::account::admin::access::manager;
use crate::account::office_log::Doer;
use crate::app::App;
use crate::import::report::Report;
use crate::import::upload::{self, Batch, Sent, Stop, UPLOAD_BYTES_MAX, Waiting};
use crate::import::words;
use crate::web::error::PageError;
use crate::web::guard::SafeForm;
use crate::web::locale::Locale;
use crate::web::page::{Page, render, render_as};
use crate::web::visitor::Officer;
use crate::web::wording;

/// Findings of one kind that are shown; the command line lists them all.
const EXAMPLES_MAX: usize = 20;

/// The pages of both kinds of import.
pub fn routes() -> Router<App> {
    of(|path| {
        Router::new().route(&format!("{path}/nhap"), get(ask)).route(&format!("{path}/nhap/ghi"), post(take))
    })
}

/// Where files come in: larger than any other form.
pub fn uploads() -> Router<App> {
    of(|path| Router::new().route(&format!("{path}/nhap"), post(try_out)))
        .layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX + UPLOAD_BYTES_MAX / 4))
}

fn of(routes: impl Fn(&str) -> Router<App>) -> Router<App> {
    Matter::ALL
        .into_iter()
        .map(|matter| routes(home(matter)).layer(Extension(matter)))
        .fold(Router::new(), Router::merge)
}

/// Where the list is that an import adds to.
fn home(matter: Matter) -> &'static str {
    match matter {
        Matter::Units => crate::unit::admin::HOME,
        Matter::Procedures => crate::procedure::admin::HOME,
    }
}

#[derive(Template)]
#[template(path = "import/ask.html")]
struct AskPage {
    page: Page,
    home: &'static str,
    words: &'static str,
    limit: String,
    /// What to do, when nothing usable came.
    problem: Option<String>,
    /// Why a file is not taken: its name, and every reason.
    refused: Option<(String, Vec<String>)>,
}

#[derive(Template)]
#[template(path = "import/report.html")]
struct ReportPage {
    page: Page,
    home: &'static str,
    /// Taken for good; otherwise only tried out.
    taken: bool,
    /// Whether there is anything to take.
    useful: bool,
    files: Vec<FileWords>,
    waiting: Vec<Waiting>,
}

/// What became of one file, or would.
struct FileWords {
    name: String,
    figures: Vec<(u64, &'static str)>,
    groups: Vec<GroupWords>,
}

/// Findings of one kind.
struct GroupWords {
    words: String,
    lines: Vec<String>,
    more: String,
}

async fn ask(
    State(app): State<App>,
    officer: Officer,
    Extension(matter): Extension<Matter>,
) -> Result<Response, PageError> {
    manager(&app, &officer, matter)?;
    Ok(render(&ask_page(&app, &officer, matter)))
}

async fn try_out(
    State(app): State<App>,
    officer: Officer,
    Extension(matter): Extension<Matter>,
    multipart: Multipart,
) -> Result<Response, PageError> {
    let doer = manager(&app, &officer, matter)?;
    let locale = officer.visitor.locale;
    let Sent { csrf, files, problem } = upload::receive(multipart).await;
    if csrf != officer.visitor.csrf {
        return Err(PageError::StaleForm);
    }
    if let Some(problem) = problem {
        let limit = wording::file_size(locale, UPLOAD_BYTES_MAX as u64);
        let problem = Some(locale.say(problem).arg("limit", limit).to_string());
        let page = AskPage { problem, ..ask_page(&app, &officer, matter) };
        return Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    match run(&app, matter, &doer, files.clone(), false).await? {
        Ok(reports) | Err(Stop::Tried(reports)) => {
            let mut waiting = Vec::new();
            for (name, bytes) in files {
                waiting.push(Waiting::keep(&app, matter, &doer, &name, bytes).await?);
            }
            Ok(render(&report_page(&app, &officer, matter, &reports, waiting)))
        }
        Err(Stop::Failed(name, error)) => {
            let refused = Some((name, words::reasons(locale, &error)));
            let page = AskPage { refused, ..ask_page(&app, &officer, matter) };
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
    }
}

async fn take(
    State(app): State<App>,
    officer: Officer,
    Extension(matter): Extension<Matter>,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let doer = manager(&app, &officer, matter)?;
    let locale = officer.visitor.locale;
    let Some(files) = Waiting::read_back(&app, matter, &doer, &form).await? else {
        let problem = Some(locale.t("import.file_gone").to_owned());
        let page = AskPage { problem, ..ask_page(&app, &officer, matter) };
        return Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    match run(&app, matter, &doer, files, true).await? {
        Ok(reports) | Err(Stop::Tried(reports)) => {
            if matter == Matter::Units {
                app.reload_office().await.map_err(|error| PageError::internal(&error))?;
            }
            Ok(render(&report_page(&app, &officer, matter, &reports, Vec::new())))
        }
        Err(Stop::Failed(name, error)) => {
            let refused = Some((name, words::reasons(locale, &error)));
            let page = AskPage { refused, ..ask_page(&app, &officer, matter) };
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
    }
}

/// Reads the files aside, then tries or takes them.
async fn run(
    app: &App,
    matter: Matter,
    doer: &Doer,
    files: Vec<(String, Bytes)>,
    for_good: bool,
) -> Result<Result<Vec<Report>, Stop>, PageError> {
    let today = upload::today(app);
    let read = tokio::task::spawn_blocking(move || Batch::read(matter, files, today)).await;
    match read.map_err(|error| PageError::internal(&error))? {
        Ok(batch) => Ok(batch.run(app, doer, for_good).await),
        Err(stop) => Ok(Err(stop)),
    }
}

fn ask_page(app: &App, officer: &Officer, matter: Matter) -> AskPage {
    let locale = officer.visitor.locale;
    let (title, words) = match matter {
        Matter::Units => ("import.units_title", "import.units_words"),
        Matter::Procedures => ("import.procedures_title", "import.procedures_words"),
    };
    AskPage {
        page: Page::new(app, &officer.visitor, locale.t(title)),
        home: home(matter),
        words: locale.t(words),
        limit: wording::file_size(locale, UPLOAD_BYTES_MAX as u64),
        problem: None,
        refused: None,
    }
}

fn report_page(
    app: &App,
    officer: &Officer,
    matter: Matter,
    reports: &[Report],
    waiting: Vec<Waiting>,
) -> ReportPage {
    let locale = officer.visitor.locale;
    let taken = waiting.is_empty();
    let title = locale.t(if taken { "import.taken_title" } else { "import.tried_title" });
    ReportPage {
        page: Page::new(app, &officer.visitor, title),
        home: home(matter),
        taken,
        useful: reports.iter().any(|report| 0 < report.taken + report.changed),
        files: reports.iter().map(|report| file_words(locale, report)).collect(),
        waiting,
    }
}

fn file_words(locale: Locale, report: &Report) -> FileWords {
    let figures = [
        (report.taken, "import.figure_taken"),
        (report.changed, "import.figure_changed"),
        (report.unchanged, "import.figure_unchanged"),
        (report.left_out, "import.figure_left_out"),
    ];
    let groups = report.groups().into_iter().map(|group| {
        let count = group.findings.len();
        let lines =
            group.findings.iter().take(EXAMPLES_MAX).map(|found| words::finding(locale, found)).collect();
        let more = match count.checked_sub(EXAMPLES_MAX) {
            None | Some(0) => String::new(),
            Some(rest) => locale.say("import.more_rows").arg("n", rest).to_string(),
        };
        GroupWords { words: format!("{count} × {}", locale.t(group.key)), lines, more }
    });
    FileWords {
        name: report.file.clone(),
        figures: figures.map(|(count, key)| (count, locale.t(key))).to_vec(),
        groups: groups.collect(),
    }
}
