//! One section of a draft: shown as typed, saved as typed, with everything that has to be mended beside its box.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use motcua_domain::access::Role;
use motcua_domain::procedure::{
    Channel, CollectedAt, FeeKind, ProcedureCode, ProcedureLevel, Purpose, ResultKind, StepKind,
};
use motcua_domain::unit::UnitLevel;
use serde::Deserialize;

use crate::account::roles;
use crate::app::App;
use crate::clock::stored;
use crate::procedure::admin::{HOME, code, draft, keeper, versions};
use crate::procedure::draft::fields::{Reader, Section, filled, limit_units, name_rows, read};
use crate::procedure::draft::{Draft, store as drafts};
use crate::procedure::words;
use crate::unit::admin::fields as unit_fields;
use crate::web::error::PageError;
use crate::web::form::{Choice, Form};
use crate::web::guard::SafeForm;
use crate::web::locale::Locale;
use crate::web::page::{Page, render, render_as};
use crate::web::rows::BUTTON;
use crate::web::visitor::Officer;

/// Which case's papers are shown.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    /// Place of the case, from 0; the list of cases when not given.
    #[serde(default)]
    case: String,
}

impl Asked {
    fn case(&self) -> Result<Option<usize>, PageError> {
        match self.case.as_str() {
            "" => Ok(None),
            place => place.parse().map(Some).map_err(|_| PageError::NotFound),
        }
    }
}

/// Everything there is to choose from, in words.
struct Choices {
    levels: Vec<Choice>,
    competences: Vec<Choice>,
    area_levels: Vec<Choice>,
    units: Vec<Choice>,
    online: Vec<Choice>,
    purposes: Vec<Choice>,
    channels: Vec<Choice>,
    cases: Vec<Choice>,
    limit_units: Vec<Choice>,
    fee_kinds: Vec<Choice>,
    moments: Vec<Choice>,
    result_kinds: Vec<Choice>,
    own_process: Vec<Choice>,
    step_kinds: Vec<Choice>,
    agencies: Vec<Choice>,
    roles: Vec<Choice>,
    steps: Vec<Choice>,
}

impl Choices {
    /// The steps that a step can wait for: every one but itself.
    fn steps_before(&self, key: &str) -> Vec<Choice> {
        self.steps.iter().filter(|step| step.value != key).cloned().collect()
    }
}

#[derive(Template)]
#[template(path = "procedure/admin/edit.html")]
struct EditPage {
    page: Page,
    answers: Form,
    base: String,
    name: String,
    saved: String,
    section: Section,
    /// The case whose papers are on the page.
    case: Option<usize>,
    case_name: String,
    /// The list its papers are rows of.
    papers: String,
    choices: Choices,
    action: String,
    /// Back to the list of cases from one of them, else to the draft.
    back: String,
}

/// Shows a section as it was typed.
pub async fn ask(
    State(app): State<App>,
    officer: Officer,
    Path((text, path)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    keeper(&app, &officer)?;
    let code = code(&text)?;
    let section = Section::from_path(&path).ok_or(PageError::NotFound)?;
    let draft = draft::find(&app, &code).await?.ok_or(PageError::NotFound)?;
    let mut form = form_of(&draft);
    form.set("version", draft.version.to_string());
    Ok(render(&edit_page(&app, &officer, &draft, section, asked.case()?, form)?))
}

/// Saves a section as typed. A button that changes rows shows the page again; anything wrong is told after saving.
pub async fn save(
    State(app): State<App>,
    officer: Officer,
    Path((text, path)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    SafeForm(typed): SafeForm,
) -> Result<Response, PageError> {
    let doer = keeper(&app, &officer)?;
    let code = code(&text)?;
    let section = Section::from_path(&path).ok_or(PageError::NotFound)?;
    let locale = officer.visitor.locale;
    let case = asked.case()?.filter(|_| section == Section::Papers);
    let Some(before) = draft::find(&app, &code).await? else {
        return gone(&app, &officer, &code, section, case, &typed).await;
    };
    let mut form = merged(&before, section, case, &typed);
    form.set(BUTTON, typed.value(BUTTON));
    let is_row_change = form.change_rows();
    name_rows(&mut form);
    let draft = Draft {
        pairs: kept(&form),
        version: typed.number("version").unwrap_or_default(),
        changed_at: stored(app.clock.now()),
        changed_by: doer.name.clone(),
        ..before.clone()
    };
    let saving = draft.clone();
    let is_saved = app.store.write(move |tx| drafts::save(tx, &saving)).await?;
    if !is_saved {
        let Some(now) = draft::find(&app, &code).await? else {
            return gone(&app, &officer, &code, section, case, &typed).await;
        };
        let mut form = merged(&now, section, case, &typed);
        form.set("version", now.version.to_string());
        let by = locale.say("catalogue.stale_draft").arg("name", &now.changed_by).to_string();
        form.refuse_at("version", "edit", by);
        let page = edit_page(&app, &officer, &now, section, case, form)?;
        return Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let here = format!("{HOME}/{code}/soan/{path}{}", query(case));
    if is_row_change {
        // The button said from where the page is shown; browsers keep that when they are sent on.
        return Ok(Redirect::to(&here).into_response());
    }
    let mut version = draft.base.clone();
    read(section, &mut form, Reader { locale, office: &app.office() }, &mut version);
    if form.errors().iter().any(|error| is_on_page(section, case, &error.name)) {
        form.set("version", (draft.version + 1).to_string());
        let page = edit_page(&app, &officer, &draft, section, case, form)?;
        return Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let to =
        if case.is_some() { format!("{HOME}/{code}/soan/{path}") } else { format!("{HOME}/{code}/soan") };
    Ok(Redirect::to(&to).into_response())
}

/// The page with what was typed, when somebody published the draft or threw it away meanwhile.
async fn gone(
    app: &App,
    officer: &Officer,
    code: &ProcedureCode,
    section: Section,
    case: Option<usize>,
    typed: &Form,
) -> Result<Response, PageError> {
    let last = versions(app, code).await?.pop().ok_or(PageError::NotFound)?;
    let draft = Draft {
        pairs: filled(&last).pairs().to_vec(),
        base_version: last.version,
        base: last,
        version: 0,
        changed_at: stored(app.clock.now()),
        changed_by: officer.person.name.clone(),
    };
    let mut form = merged(&draft, section, case, typed);
    form.set("version", "0");
    form.refuse_at("version", "edit", officer.visitor.locale.t("catalogue.gone_draft"));
    let page = EditPage { saved: String::new(), ..edit_page(app, officer, &draft, section, case, form)? };
    Ok(render_as(StatusCode::CONFLICT, &page))
}

fn query(case: Option<usize>) -> String {
    case.map(|case| format!("?case={case}")).unwrap_or_default()
}

fn form_of(draft: &Draft) -> Form {
    Form::from_pairs(draft.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}

/// Whether a field stands on the page of a section; papers stand on the page of their case.
fn is_on_page(section: Section, case: Option<usize>, name: &str) -> bool {
    let of_paper =
        name.strip_prefix("case-").and_then(|rest| rest.split_once("-paper-")).map(|(place, _)| place);
    match (section, case) {
        (Section::Papers, Some(case)) => of_paper.is_some_and(|place| place == case.to_string()),
        (Section::Papers, None) => of_paper.is_none() && section.owns(name),
        (Section::Facts | Section::Terms | Section::Results | Section::Process, _) => section.owns(name),
    }
}

/// The draft with what was typed on one page in the place of what it had there.
fn merged(draft: &Draft, section: Section, case: Option<usize>, typed: &Form) -> Form {
    let here = |name: &str| is_on_page(section, case, name);
    let others = draft.pairs.iter().filter(|(name, _)| !here(name));
    let pairs = others.chain(typed.pairs().iter().filter(|(name, _)| here(name)));
    Form::from_pairs(pairs.map(|(name, value)| (name.as_str(), value.as_str())))
}

/// What is kept of a form: the fields of sections, not its token or buttons.
fn kept(form: &Form) -> Vec<(String, String)> {
    form.pairs().iter().filter(|(name, _)| Section::of(name).is_some()).cloned().collect()
}

fn edit_page(
    app: &App,
    officer: &Officer,
    draft: &Draft,
    section: Section,
    case: Option<usize>,
    mut answers: Form,
) -> Result<EditPage, PageError> {
    let locale = officer.visitor.locale;
    let base = format!("{HOME}/{}", draft.base.code);
    let rows = answers.rows("case");
    let case = case.filter(|_| section == Section::Papers);
    let case_name = match case {
        None => String::new(),
        Some(place) => {
            let row = rows.get(place).ok_or(PageError::NotFound)?;
            let name = row.text("name");
            if name.is_empty() { locale.t("catalogue.every_case").to_owned() } else { name.to_owned() }
        }
    };
    // Complaints about other pages are told there.
    answers.keep_errors(|name| name == "version" || is_on_page(section, case, name));
    let here = format!("{base}/soan/{}", section.path());
    Ok(EditPage {
        page: Page::new(app, &officer.visitor, locale.t(section.key())),
        choices: choices(app, locale, &answers),
        name: format!("{} {}", draft.base.code, draft.name()),
        saved: draft::saved(locale, draft),
        action: format!("{here}{}", query(case)),
        back: if case.is_some() { here } else { format!("{base}/soan") },
        papers: case.map(|place| format!("case-{place}-paper")).unwrap_or_default(),
        answers,
        base,
        section,
        case,
        case_name,
    })
}

fn choices(app: &App, locale: Locale, answers: &Form) -> Choices {
    let office = app.office();
    let t = |key: String| locale.t(&key);
    let unit_level = |level: UnitLevel| unit_fields::level(locale, level);
    let area_levels = [UnitLevel::Commune, UnitLevel::Province, UnitLevel::District];
    let mut agencies = vec![
        Choice::new("reception", locale.t("catalogue.agency_reception")),
        Choice::new("competent", locale.t("catalogue.agency_competent")),
    ];
    let of_level = |level: UnitLevel| {
        let words = locale.say("catalogue.agency_level").arg("level", unit_level(level));
        Choice::new(format!("level:{}", level.name()), words.to_string())
    };
    agencies.extend([UnitLevel::Province, UnitLevel::Department, UnitLevel::Commune].map(of_level));
    let units = unit_fields::parents(&office, None);
    agencies
        .extend(units.iter().map(|unit| Choice::new(format!("unit:{}", unit.value), unit.label.as_str())));
    let case = |row: crate::web::rows::Row<'_>| {
        let name =
            if row.text("name").is_empty() { locale.t("catalogue.every_case") } else { row.text("name") };
        Choice::new(row.text("key"), name)
    };
    let step = |row: crate::web::rows::Row<'_>| {
        let of_kind = StepKind::ALL.into_iter().find(|kind| kind.name() == row.text("kind"));
        let of_kind = of_kind.map(|kind| t(format!("dossier.step_{}", kind.name()))).unwrap_or_default();
        let name = if row.text("name").is_empty() { of_kind } else { row.text("name") };
        Choice::new(row.text("key"), format!("{}. {name}", row.number))
    };
    Choices {
        levels: ProcedureLevel::ALL
            .map(|level| Choice::new(level.name(), words::level(locale, level)))
            .into(),
        competences: ["receiving", "area", "unit", "dispatcher"]
            .map(|name| Choice::new(name, t(format!("catalogue.competence_{name}"))))
            .into(),
        area_levels: area_levels.map(|level| Choice::new(level.name(), unit_level(level))).into(),
        online: ["full", "partial", "none"].map(|name| Choice::new(name, words::online(locale, name))).into(),
        purposes: Purpose::ALL
            .map(|of| Choice::new(of.name(), t(format!("catalogue.purpose_{}", of.name()))))
            .into(),
        channels: Channel::ALL
            .map(|of| Choice::new(of.name(), t(format!("procedure.channel_{}", of.name()))))
            .into(),
        cases: answers.rows("case").into_iter().map(case).collect(),
        limit_units: limit_units(locale),
        fee_kinds: FeeKind::ALL.map(|kind| Choice::new(kind.name(), words::fee_kind(locale, kind))).into(),
        moments: CollectedAt::ALL
            .map(|of| Choice::new(of.name(), t(format!("catalogue.collected_{}", of.name()))))
            .into(),
        result_kinds: ResultKind::ALL
            .map(|of| Choice::new(of.name(), t(format!("catalogue.result_{}", of.name()))))
            .into(),
        own_process: ["no", "yes"]
            .map(|name| Choice::new(name, t(format!("catalogue.own_process_{name}"))))
            .into(),
        step_kinds: StepKind::ALL
            .map(|of| Choice::new(of.name(), t(format!("dossier.step_{}", of.name()))))
            .into(),
        roles: Role::ALL
            .into_iter()
            .filter(|role| role.works_on_dossiers())
            .map(|role| Choice::new(role.name(), roles::name(locale, role)))
            .collect(),
        steps: answers.rows("step").into_iter().map(step).collect(),
        units,
        agencies,
    }
}
