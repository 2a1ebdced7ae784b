//! The task list of a draft: what is done, what is left, in which order.

use askama::Template;
use axum::response::Response;
use serde::Deserialize;

use crate::app::App;
use crate::portal::frame;
use crate::portal::plan::{Section, Step};
use crate::portal::view::{self, Shown};
use crate::portal::work::Work;
use crate::procedure::words as procedure_words;
use crate::web::form::Form;
use crate::web::locale::Locale;
use crate::web::page::{Page, render};
use crate::web::visitor::Visitor;

#[derive(Template)]
#[template(path = "portal/tasks.html")]
struct TasksPage {
    page: Page,
    base: String,
    procedure: String,
    done: String,
    is_incomplete: bool,
    is_revised: bool,
    sections: Vec<TaskSection>,
    check_href: String,
    check_status: String,
    saved: String,
}

struct TaskSection {
    title: &'static str,
    tasks: Vec<Task>,
}

struct Task {
    slug: String,
    title: String,
    href: String,
    status: &'static str,
    tone: &'static str,
}

/// How the task list was opened.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    /// Sent here because something is left to do.
    #[serde(default)]
    pub con: String,
}

/// The page.
pub fn page(app: &App, visitor: &Visitor, work: &Work, asked: &Asked) -> Response {
    let locale = visitor.locale;
    let base = frame::base(work.draft.id);
    let steps = work.plan().steps();
    let complete = steps.iter().filter(|step| work.is_complete(**step)).count();
    let is_whole = complete == steps.len();
    let of = |section: Section| TaskSection {
        title: locale.t(section.key()),
        tasks: steps
            .iter()
            .filter(|step| step.section() == section)
            .map(|step| task(work, *step, &base, locale))
            .collect(),
    };
    let sections = Section::ALL.into_iter().map(of).filter(|section| !section.tasks.is_empty()).collect();
    let check = if is_whole { "portal.task_ready" } else { "portal.task_cannot_start" };
    render(&TasksPage {
        page: Page::new(app, visitor, &work.version.name),
        procedure: procedure_words::name(locale, &work.version),
        done: locale.say("portal.tasks_done").arg("done", complete).arg("all", steps.len()).to_string(),
        is_incomplete: !asked.con.is_empty() && !is_whole,
        is_revised: work.is_revised(),
        sections,
        check_href: if is_whole { format!("{base}/kiem-tra") } else { String::new() },
        check_status: locale.t(check).to_owned(),
        saved: frame::saved(work, locale),
        base,
    })
}

fn task(work: &Work, step: Step, base: &str, locale: Locale) -> Task {
    let (status, tone) = match (work.is_complete(step), work.draft.typed.is_done(&step.slug())) {
        (true, _) => ("portal.task_done", ""),
        (false, true) => ("portal.task_wrong", "red"),
        (false, false) => ("portal.task_to_do", "blue"),
    };
    let slug = step.slug();
    Task {
        title: title(work, step, locale),
        href: format!("{base}/{slug}"),
        status: locale.t(status),
        tone,
        slug,
    }
}

/// The title of a page, as it is shown in lists of pages.
pub fn title(work: &Work, step: Step, locale: Locale) -> String {
    let shown = Shown { step, from_check: false, search: String::new() };
    view::of(work, &shown, &Form::new(), locale).0
}
