//! Taking a dossier in at a desk: what is sent fills the page of the counter, is checked as that page is, and is filed
//! and accepted by the same road.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use motcua_db::DbError;
use motcua_domain::office_time;
use motcua_domain::procedure::ProcedureVersion;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::body::Json;
use crate::api::caller::{Caller, Filer};
use crate::api::filing::Way;
use crate::api::once::{self, Once};
use crate::api::problem::{Kind, Problem, Wrong};
use crate::api::state;
use crate::api::wire::{ApplicantKind, Day, Instant, PaperCopy};
use crate::app::App;
use crate::desk::intake::offer::{Offer, fee_name};
use crate::desk::intake::{self, Receiver, fields};
use crate::dossier::steps::StepError;
use crate::web::form::Form;
use crate::web::locale::Locale;

/// What came to a desk. What is asked follows from the procedure: its cases, terms and components.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Intake)]
pub struct IntakeIn {
    /// Code of the desk; needed where the officer receives at several.
    #[serde(default)]
    desk: Option<String>,
    /// National code of the procedure.
    procedure: String,
    /// The version that was read; refused when another one is in force by now.
    #[serde(default)]
    version: Option<u32>,
    /// Key of the case, where there are several.
    #[serde(default)]
    case: Option<String>,
    /// Over the counter or by post.
    channel: DeskChannel,
    /// By post: when the hand-over record with the post was signed, to the minute.
    #[serde(default)]
    posted_at: Option<Instant>,
    /// Whose dossier it is.
    applicant: AtDesk,
    /// What is asked, in one line; the name of the procedure when left out.
    #[serde(default)]
    subject: Option<String>,
    /// Sets of papers.
    #[serde(default = "one")]
    sets: u16,
    /// Code of the unit that settles it; null: the dispatcher finds out.
    #[serde(default)]
    unit: Option<String>,
    /// Which terms hold, where an officer has to judge: their place among those of the channel and case, from 0.
    #[serde(default)]
    terms: Option<u8>,
    /// The papers handed in.
    #[serde(default)]
    papers: Vec<HandedIn>,
    /// Names of the fees that were collected.
    #[serde(default)]
    fees_paid: Vec<String>,
    /// How the result goes back.
    return_way: Way,
    /// Where the post brings it.
    #[serde(default)]
    return_address: Option<String>,
}

fn one() -> u16 {
    1
}

/// How it came to the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeskChannel {
    /// Somebody brought it.
    Counter,
    /// The public post brought it.
    Post,
}

/// Whose dossier it is, as far as the desk knows.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ApplicantAtDesk)]
pub struct AtDesk {
    /// A person, an organisation or a household business.
    kind: ApplicantKind,
    /// Full name, or name of the organisation.
    name: String,
    /// Personal identification number.
    #[serde(default)]
    id_number: Option<String>,
    /// Tax number; an organisation has one.
    #[serde(default)]
    tax_number: Option<String>,
    /// Birthday.
    #[serde(default)]
    birth_date: Option<Day>,
    /// Address.
    address: String,
    /// Telephone.
    #[serde(default)]
    phone: Option<String>,
    /// E-mail: where notices go.
    #[serde(default)]
    email: Option<String>,
}

/// A paper handed in. Its scan, if there is one, follows with the step `add_paper`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandedIn {
    /// Key of the component.
    component: String,
    /// Kind of copy.
    copy: PaperCopy,
    /// How many.
    #[serde(default = "one")]
    quantity: u16,
}

/// Takes a dossier in. The same request under the same key takes it in once.
pub async fn take_in(
    State(app): State<App>,
    Filer(caller): Filer,
    headers: HeaderMap,
    body: Json,
) -> Result<Response, Problem> {
    if !caller.is_officer() {
        return Err(Problem::new(Kind::Forbidden, caller.locale.t("intake.not_reception")));
    }
    let receiver = Receiver::of(&caller.person, caller.locale)?;
    let once = Once::read(&headers, caller.person.id, (&Method::POST, "/api/v1/intakes"), &body.0)?;
    if let Some(answer) = once.before(&app).await? {
        return Ok(answer);
    }
    let sent: IntakeIn = body.read(caller.locale)?;
    let version = version(&app, &caller, &sent).await?;
    let (mut form, offer) = page(&app, &receiver, &version, &sent)?;
    let filing = read(&app, &receiver, &offer, &mut form, &sent)?;
    let office = app.office();
    let process = filing.process.clone();
    let keep = {
        let office = Arc::clone(&office);
        once.keep(&app, move |taken| state::answer(&office, taken, true))
    };
    match intake::take_in(&app, &caller.actor(), filing, &once.submit_key(), keep).await {
        Ok(taken) => once::respond(&state::answer(&office, &taken, true)),
        // The same request was faster on another line.
        Err(StepError::Db(DbError::Conflict(_) | DbError::Busy)) => {
            once.before(&app).await?.ok_or(Kind::Busy.into())
        }
        Err(error) => Err(Problem::of_step(caller.locale, &office, &process, error)),
    }
}

async fn version(app: &App, caller: &Caller, sent: &IntakeIn) -> Result<ProcedureVersion, Problem> {
    let locale = caller.locale;
    let found = intake::version(app, &sent.procedure).await?;
    let version = found.ok_or_else(|| Problem::field("/procedure", locale.t("api.procedure_unknown")))?;
    if sent.version.is_some_and(|number| number != version.version) {
        let said = locale.say("api.version_not_in_force").arg("version", version.version).to_string();
        return Err(Problem::field("/version", said));
    }
    Ok(version)
}

/// The page of the counter with what was sent on it, or what the page would not have offered.
fn page<'a>(
    app: &App,
    receiver: &Receiver,
    version: &'a ProcedureVersion,
    sent: &IntakeIn,
) -> Result<(Form, Offer<'a>), Problem> {
    let locale = receiver.locale;
    let mut wrong = Vec::new();
    let mut refuse = |pointer: &str, detail: &str| {
        wrong.push(Wrong { pointer: pointer.to_owned(), detail: detail.to_owned() });
    };
    let desk = match (&sent.desk, receiver.desks.as_slice()) {
        (None, [only]) => Some(only),
        (None, _) => None,
        (Some(code), desks) => desks.iter().find(|desk| desk.as_str() == code),
    };
    if desk.is_none() {
        refuse("/desk", locale.t("api.desk_unknown"));
    }
    let known = version.cases.iter().any(|case| sent.case.as_deref() == Some(case.key.as_str()));
    if !known && (sent.case.is_some() || 1 < version.cases.len()) {
        refuse("/case", locale.t("api.case_unknown"));
    }
    if sent.channel == DeskChannel::Counter && sent.posted_at.is_some() {
        refuse("/posted_at", locale.t("api.not_posted"));
    }
    if !wrong.is_empty() {
        return Err(Problem::invalid(wrong));
    }
    let mut form = Form::new();
    form.set("case", sent.case.as_deref().unwrap_or_default());
    form.set("desk", desk.map_or("", |desk| desk.as_str()));
    form.set("channel", if sent.channel == DeskChannel::Post { "post" } else { "counter" });
    let offer = Offer::of(version, &form);
    offer.fill(app, &mut form);
    for component in offer.asked() {
        form.set(&format!("paper-{}", component.key), "");
    }
    write(&mut form, sent);
    Ok((form, offer))
}

/// What was sent, in the boxes of the page.
fn write(form: &mut Form, sent: &IntakeIn) {
    let mut put = |name: &str, value: &str| form.set(name, value);
    let applicant = &sent.applicant;
    put(
        "kind",
        match applicant.kind {
            ApplicantKind::Citizen => "citizen",
            ApplicantKind::Company => "company",
            ApplicantKind::Household => "household",
        },
    );
    put("name", &applicant.name);
    put("id_number", applicant.id_number.as_deref().unwrap_or_default());
    put("tax_number", applicant.tax_number.as_deref().unwrap_or_default());
    put("born", &applicant.birth_date.map(|day| day.0.to_string()).unwrap_or_default());
    put("address", &applicant.address);
    put("phone", applicant.phone.as_deref().unwrap_or_default());
    put("email", applicant.email.as_deref().unwrap_or_default());
    if let Some(at) = sent.posted_at {
        let wall = office_time::to_office(at.0);
        put("posted", &wall.date().to_string());
        put("posted_time", &format!("{:02}:{:02}", wall.hour(), wall.minute()));
    }
    if let Some(subject) = &sent.subject {
        put("subject", subject);
    }
    put("sets", &sent.sets.to_string());
    put("unit", sent.unit.as_deref().unwrap_or_default());
    if let Some(terms) = sent.terms {
        put("limit", &terms.to_string());
    }
    for paper in &sent.papers {
        let key = &paper.component;
        put(&format!("paper-{key}"), "yes");
        put(&format!("quantity-{key}"), &paper.quantity.to_string());
        put(
            &format!("copy-{key}"),
            match paper.copy {
                PaperCopy::Original => "original",
                PaperCopy::Copy => "copy",
                PaperCopy::Electronic => "electronic",
            },
        );
    }
    put(
        "way",
        match sent.return_way {
            Way::Online => "online",
            Way::Desk => "desk",
            Way::Post => "post",
        },
    );
    put("return_address", sent.return_address.as_deref().unwrap_or_default());
}

/// The filing, or everything that has to be mended.
fn read(
    app: &App,
    receiver: &Receiver,
    offer: &Offer<'_>,
    form: &mut Form,
    sent: &IntakeIn,
) -> Result<motcua_domain::dossier::Filing, Problem> {
    let locale = receiver.locale;
    let mut wrong = Vec::new();
    let mut refuse = |pointer: String, key: &str| {
        wrong.push(Wrong { pointer, detail: locale.t(key).to_owned() });
    };
    for (at, paper) in sent.papers.iter().enumerate() {
        let is_asked = offer.asked().any(|component| component.key.as_str() == paper.component);
        let is_again = sent.papers[..at].iter().any(|before| before.component == paper.component);
        if !is_asked || is_again {
            refuse(
                format!("/papers/{at}/component"),
                if is_again { "api.paper_twice" } else { "api.component_unknown" },
            );
        }
    }
    if offer.terms().len() < 2 && sent.terms.is_some_and(|terms| offer.terms().len() <= usize::from(terms)) {
        refuse("/terms".to_owned(), "intake.limit_missing");
    }
    let fees = offer.fees();
    for (at, name) in sent.fees_paid.iter().enumerate() {
        let fee = fees.iter().position(|fee| fee.name == *name || fee_name(fee, Locale::Vi) == *name);
        match fee {
            Some(fee) => form.set(&format!("fee-{fee}"), "yes"),
            None => refuse(format!("/fees_paid/{at}"), "api.fee_unknown"),
        }
    }
    let filing = fields::filing(app, receiver, offer, form, &[]);
    for error in form.errors() {
        wrong.push(Wrong { pointer: pointer(&error.name, sent), detail: error.message.clone() });
    }
    match filing {
        Some(filing) if wrong.is_empty() => Ok(filing),
        Some(_) | None => Err(Problem::invalid(wrong)),
    }
}

/// Where in the body a box of the page stands.
fn pointer(name: &str, sent: &IntakeIn) -> String {
    if let Some(key) = name.strip_prefix("quantity-") {
        let at = sent.papers.iter().position(|paper| paper.component == key).unwrap_or_default();
        return format!("/papers/{at}/quantity");
    }
    match name {
        "name" | "id_number" | "tax_number" | "address" | "phone" | "email" => format!("/applicant/{name}"),
        "born" => "/applicant/birth_date".to_owned(),
        "posted" | "posted_time" => "/posted_at".to_owned(),
        "limit" => "/terms".to_owned(),
        other => format!("/{other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_of_a_body_has_its_usual_value() {
        let text = r#"{ "procedure": "1.001193", "channel": "counter", "return_way": "desk",
            "applicant": { "kind": "citizen", "name": "Nguyễn Thị Đào", "address": "Xã Mẫu" } }"#;
        let sent: IntakeIn = serde_json::from_str(text).unwrap();
        assert_eq!((sent.sets, sent.papers.len(), sent.unit), (1, 0, None));
    }
}
