//! Filing a dossier: what is sent becomes a draft, is checked page by page as the portal checks it, and is filed by
//! the one road there is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use motcua_domain::access::{Appointment, Denial, Role};
use motcua_domain::dossier::{Channel, Filing, Refusal};
use motcua_domain::ids::DraftId;
use motcua_domain::office_time::day_of;
use motcua_domain::procedure::{ProcedureCode, ProcedureVersion};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::body::{Json, escaped};
use crate::api::caller::{Caller, Filer};
use crate::api::once::{self, Once};
use crate::api::problem::{Kind, Problem, Wrong};
use crate::api::wire::Day;
use crate::api::{files, state};
use crate::app::App;
use crate::document::problem::{PER_COMPONENT_MAX, Problem as FileProblem};
use crate::dossier::steps;
use crate::office::Snapshot;
use crate::portal::answers::UNKNOWN_UNIT;
use crate::portal::draft::{Draft, Purpose, Typed};
use crate::portal::plan::{Plan, Step, field_name};
use crate::portal::store::DraftFile;
use crate::portal::work::{LATER_PREFIX, Work};
use crate::portal::{filing, start};
use crate::web::locale::Locale;

/// A dossier to be filed. What is asked follows from the procedure: its cases, questions and components.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Filing)]
pub struct FilingIn {
    /// National code of the procedure.
    procedure: String,
    /// The version that was read; refused when another one is in force by now.
    #[serde(default)]
    version: Option<u32>,
    /// Key of the case, where there are several.
    #[serde(default)]
    case: Option<String>,
    /// Code of the unit that settles it, where it is not certain; null: the dispatcher finds out.
    #[serde(default)]
    unit: Option<String>,
    /// Whether the conditions of the procedure are met, where there are any.
    #[serde(default)]
    meets_conditions: Option<bool>,
    /// For whom.
    filed_for: FiledFor,
    /// Whose dossier it is.
    applicant: Person,
    /// Who files it, when not for themselves.
    #[serde(default)]
    representative: Option<Helper>,
    /// The owner has agreed, when it is filed for another person.
    #[serde(default)]
    consent: bool,
    /// Answers by the keys of their questions: a text, a number, yes or no, a day.
    #[serde(default)]
    answers: BTreeMap<String, AnswerIn>,
    /// Files by component.
    #[serde(default)]
    papers: Vec<Attached>,
    /// Keys of components that are brought to the desk later, where the procedure is online in part.
    #[serde(default)]
    brought_later: BTreeSet<String>,
    /// How the result goes back.
    return_way: Way,
    /// Where the post brings it.
    #[serde(default)]
    return_address: Option<String>,
    /// What is stated is true: the declaration every applicant makes.
    declared: bool,
}

/// For whom a dossier is filed.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FiledFor {
    /// For oneself.
    Me,
    /// For another person, with their consent.
    Other,
    /// For a company or an organisation.
    Company,
    /// For a business household.
    Household,
}

/// How the result goes back.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReturnWayAsked)]
pub enum Way {
    /// As a signed file.
    Online,
    /// At the desk.
    Desk,
    /// By post.
    Post,
}

/// The owner of a dossier: a person has a number and a birthday, an organisation a tax number.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ApplicantStated)]
pub struct Person {
    /// Full name.
    name: String,
    /// Personal identification number.
    #[serde(default)]
    id_number: Option<String>,
    /// Tax number.
    #[serde(default)]
    tax_number: Option<String>,
    /// Birthday.
    #[serde(default)]
    birth_date: Option<Day>,
    /// Address.
    #[serde(default)]
    address: Option<String>,
    /// Telephone.
    #[serde(default)]
    phone: Option<String>,
    /// E-mail: where notices go.
    #[serde(default)]
    email: Option<String>,
}

/// Who files for somebody else.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RepresentativeStated)]
pub struct Helper {
    /// Full name.
    name: String,
    /// Personal identification number.
    #[serde(default)]
    id_number: Option<String>,
    /// Address.
    #[serde(default)]
    address: Option<String>,
    /// Telephone.
    #[serde(default)]
    phone: Option<String>,
    /// E-mail.
    #[serde(default)]
    email: Option<String>,
    /// For another person: `family`, `authorised`, `community_team` or `postal_worker`; for an organisation:
    /// `legal_representative` or `authorised`.
    capacity: String,
}

/// An answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = AnswerStated)]
pub enum AnswerIn {
    /// A text, a day (`2026-03-02`), or the key of what was chosen.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    YesNo(bool),
}

/// A file for a component.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Attached {
    /// Key of the component.
    component: String,
    /// Id of the file.
    file: String,
}

/// Files a dossier. The same request under the same key files it once.
pub async fn file(
    State(app): State<App>,
    Filer(caller): Filer,
    headers: HeaderMap,
    body: Json,
) -> Result<Response, Problem> {
    let once = Once::read(&headers, caller.person.id, (&Method::POST, "/api/v1/dossiers"), &body.0)?;
    if let Some(answer) = once.before(&app).await? {
        return Ok(answer);
    }
    let sent: FilingIn = body.read(caller.locale)?;
    let work = work(&app, &caller, &sent).await?;
    let (now, office) = (app.clock.now(), app.office());
    let filing = filing::build(&work, office.settings(), &app.random, now)
        .ok_or_else(|| Problem::new(Kind::Refused, caller.locale.t("portal.no_desk")))?;
    let filing = if caller.is_officer() { helped(&caller, &office, filing)? } else { filing };
    let process = filing.process.clone();
    let keep = {
        let office = Arc::clone(&office);
        once.keep(&app, move |taken| state::answer(&office, taken, true))
    };
    let taken = steps::file_and(&app, &caller.actor(), filing, &once.submit_key(), keep).await;
    let taken = taken.map_err(|error| Problem::of_step(caller.locale, &office, &process, error))?;
    if taken.recorded.is_empty() {
        // The same request was faster on another line.
        if let Some(answer) = once.before(&app).await? {
            return Ok(answer);
        }
    }
    once::respond(&state::answer(&office, &taken, true))
}

/// An officer files online only for somebody else, at a desk where this officer receives. The dossier is nobody's in
/// the portal: its applicant follows it by its code.
fn helped(caller: &Caller, office: &Snapshot, filing: Filing) -> Result<Filing, Problem> {
    if filing.channel != Channel::Assisted {
        return Err(Problem::field("/filed_for", caller.locale.t("api.officers_help")));
    }
    let desk = Appointment { unit: filing.receiving_unit.clone(), role: Role::Reception };
    if !caller.actor().is(desk.role, &desk.unit) {
        let denied = Refusal::Denied(Denial::NeedsPost { posts: vec![desk] });
        return Err(Problem::refused(caller.locale, office, &filing.process, &denied));
    }
    Ok(Filing { owner: None, taken_in_by: Some(caller.person.id), ..filing })
}

/// What was sent as a draft that is ready to be filed, or everything that has to be mended.
async fn work(app: &App, caller: &Caller, sent: &FilingIn) -> Result<Work, Problem> {
    let locale = caller.locale;
    let version = version(app, locale, sent).await?;
    let now = app.clock.now();
    let mut wrong = Vec::new();
    let mut typed = typed(sent);
    for key in &sent.brought_later {
        typed.set(&format!("{LATER_PREFIX}{key}"), "yes");
    }
    let id = DraftId::new(app.random.uuid(now));
    let draft = Draft { typed, ..Draft::of_version(id, Purpose::Filing, caller.person.id, &version, now) };
    let files = attached(app, caller, sent, &version, &draft.typed, &mut wrong).await?;
    let work = Work { draft, version, office: app.office(), files, today: day_of(now) };
    check(&work, locale, sent, &mut wrong);
    if wrong.is_empty() { Ok(work) } else { Err(Problem::invalid(wrong)) }
}

async fn version(app: &App, locale: Locale, sent: &FilingIn) -> Result<Arc<ProcedureVersion>, Problem> {
    let at = |key: &str| Problem::field("/procedure", locale.t(key));
    let code: ProcedureCode = sent.procedure.parse().map_err(|_| at("api.procedure_unknown"))?;
    let found = app.catalogue.in_force(app, &code).await?;
    let version = found.ok_or_else(|| at("api.procedure_unknown"))?;
    if !start::is_online(&version) {
        return Err(at("api.not_online"));
    }
    if sent.version.is_some_and(|number| number != version.version) {
        let said = locale.say("api.version_not_in_force").arg("version", version.version).to_string();
        return Err(Problem::field("/version", said));
    }
    Ok(version)
}

/// What was sent under the names of the portal's fields.
fn typed(sent: &FilingIn) -> Typed {
    let mut typed = Typed::default();
    let mut put = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            typed.set(name, value);
        }
    };
    put("meets", sent.meets_conditions.map(|meets| if meets { "yes" } else { "no" }));
    put("case", sent.case.as_deref());
    put("unit", Some(sent.unit.as_deref().unwrap_or(UNKNOWN_UNIT)));
    put(
        "who",
        Some(match sent.filed_for {
            FiledFor::Me => "me",
            FiledFor::Other => "other",
            FiledFor::Company => "company",
            FiledFor::Household => "household",
        }),
    );
    put("consent", sent.consent.then_some("yes"));
    let owner = &sent.applicant;
    put("owner_name", Some(&owner.name));
    put("owner_id", owner.id_number.as_deref());
    put("owner_tax", owner.tax_number.as_deref());
    put("owner_born", owner.birth_date.map(|day| day.0.to_string()).as_deref());
    put("owner_address", owner.address.as_deref());
    put("owner_phone", owner.phone.as_deref());
    put("owner_email", owner.email.as_deref());
    if let Some(helper) = &sent.representative {
        put("rep_name", Some(&helper.name));
        put("rep_id", helper.id_number.as_deref());
        put("rep_address", helper.address.as_deref());
        put("rep_phone", helper.phone.as_deref());
        put("rep_email", helper.email.as_deref());
        put("capacity", Some(&helper.capacity));
        put("quality", Some(&helper.capacity));
    }
    for (key, answer) in &sent.answers {
        let value = match answer {
            AnswerIn::Text(text) => text.clone(),
            AnswerIn::Number(number) => number.to_string(),
            AnswerIn::YesNo(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        };
        put(&format!("q-{key}"), Some(&value));
    }
    put(
        "return_way",
        Some(match sent.return_way {
            Way::Online => "online",
            Way::Desk => "desk",
            Way::Post => "post",
        }),
    );
    put("return_address", sent.return_address.as_deref());
    typed
}

/// The files that were named, each at a component that is attached in this case.
async fn attached(
    app: &App,
    caller: &Caller,
    sent: &FilingIn,
    version: &ProcedureVersion,
    typed: &Typed,
    wrong: &mut Vec<Wrong>,
) -> Result<Vec<DraftFile>, Problem> {
    let (locale, now) = (caller.locale, app.clock.now());
    let mut files: Vec<DraftFile> = Vec::new();
    for (at, paper) in sent.papers.iter().enumerate() {
        let mut refuse = |part: &str, detail: String| {
            wrong.push(Wrong { pointer: format!("/papers/{at}{part}"), detail });
        };
        let asked = Plan::new(version, typed).components();
        if !asked.iter().any(|component| component.key.as_str() == paper.component) {
            refuse("/component", locale.t("api.component_unknown").to_owned());
            continue;
        }
        let here = files.iter().filter(|file| file.component == paper.component).count();
        if PER_COMPONENT_MAX <= here || app.config.upload.files_max <= files.len() {
            refuse("", FileProblem::TooMany.words(app, locale, app.config.upload.file_bytes_max, ""));
            continue;
        }
        let Some(file) = files::sent(app, caller.person.id, &paper.file).await? else {
            refuse("/file", locale.t("api.file_unknown").to_owned());
            continue;
        };
        files.push(DraftFile::of(app.random.uuid(now), &paper.component, file));
    }
    Ok(files)
}

/// Everything the portal would say on its pages, at the place of the body it is about.
fn check(work: &Work, locale: Locale, sent: &FilingIn, wrong: &mut Vec<Wrong>) {
    let mut refuse = |pointer: String, detail: String| wrong.push(Wrong { pointer, detail });
    let plan = work.plan();
    let mut form = work.draft.typed.form();
    for step in plan.steps() {
        work.check(locale, step, &mut form);
    }
    for error in form.errors() {
        refuse(pointer(&error.name), error.message.clone());
    }
    if plan.steps().contains(&Step::Conditions) && form.value("meets") == "no" {
        refuse("/meets_conditions".to_owned(), locale.t("api.conditions_not_met").to_owned());
    }
    let questions: Vec<String> = plan
        .groups()
        .iter()
        .flat_map(|group| &group.questions)
        .map(|question| field_name(question))
        .collect();
    for key in sent.answers.keys().filter(|key| !questions.contains(&format!("q-{key}"))) {
        refuse(format!("/answers/{}", escaped(key)), locale.t("api.question_unknown").to_owned());
    }
    let components = plan.components();
    for (at, key) in sent.brought_later.iter().enumerate() {
        let known = components.iter().any(|component| component.key.as_str() == key);
        if !known || !work.may_bring_later() {
            refuse(format!("/brought_later/{at}"), locale.t("api.component_unknown").to_owned());
        }
    }
    for component in components.iter().filter(|component| work.is_missing(component)) {
        let said = locale.say("api.paper_missing").arg("name", &component.name).arg("key", &component.key);
        refuse("/papers".to_owned(), said.to_string());
    }
    if !sent.declared {
        refuse("/declared".to_owned(), locale.t("portal.tick_declare").to_owned());
    }
}

/// Where in the body a field of the portal stands.
fn pointer(field: &str) -> String {
    let of_person = |part: &str| match part {
        "id" => "id_number",
        "tax" => "tax_number",
        "born" => "birth_date",
        "name" => "name",
        "address" => "address",
        "phone" => "phone",
        _ => "email",
    };
    if let Some(key) = field.strip_prefix("q-") {
        return format!("/answers/{}", escaped(key));
    }
    if let Some(part) = field.strip_prefix("owner_") {
        return format!("/applicant/{}", of_person(part));
    }
    if let Some(part) = field.strip_prefix("rep_") {
        return format!("/representative/{}", of_person(part));
    }
    match field {
        "meets" => "/meets_conditions".to_owned(),
        "who" => "/filed_for".to_owned(),
        "capacity" | "quality" => "/representative/capacity".to_owned(),
        other => format!("/{other}"),
    }
}
