//! The answers of a filing as people read them, part by part, each with the way back to its page.

use crate::portal::filing::answer_words;
use crate::portal::frame::{self, FROM_CHECK};
use crate::portal::plan::{Section, Step, Who};
use crate::portal::work::Work;
use crate::portal::{answers, fees, tasks, view};
use crate::web::form::Form;
use crate::web::locale::Locale;
use crate::web::wording;

/// One part of the answers.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its heading.
    pub title: &'static str,
    /// Its answers.
    pub rows: Vec<Row>,
}

/// One answer.
#[derive(Clone, Debug)]
pub struct Row {
    /// What was asked.
    pub label: String,
    /// What was answered; nothing when it was left out.
    pub lines: Vec<String>,
    /// Where it is changed; empty when it follows from something else.
    pub change: String,
}

/// Every answer, in the order of the walk.
pub fn parts(work: &Work, locale: Locale) -> Vec<Part> {
    let form = work.draft.typed.form();
    let steps = work.plan().steps();
    Section::ALL
        .into_iter()
        .map(|section| Part {
            title: locale.t(section.key()),
            rows: steps
                .iter()
                .filter(|step| step.section() == section)
                .flat_map(|step| rows(work, *step, &form, locale))
                .collect(),
        })
        .filter(|part| !part.rows.is_empty())
        .collect()
}

fn rows(work: &Work, step: Step, form: &Form, locale: Locale) -> Vec<Row> {
    let change = format!("{}/{}?tu={FROM_CHECK}", frame::base(work.draft.id), step.slug());
    let row = |label: String, lines: Vec<String>| Row { label, lines, change: change.clone() };
    let one = |label: String, line: String| vec![row(label, vec![line])];
    let title = || tasks::title(work, step, locale);
    match step {
        Step::Conditions => one(locale.t("portal.meets").to_owned(), locale.t("portal.yes").to_owned()),
        Step::Case => {
            let name = work.plan().case().map(|case| case.name.clone()).unwrap_or_default();
            one(locale.t("portal.case").to_owned(), name)
        }
        Step::Unit => one(locale.t("portal.unit").to_owned(), view::unit_name(work, locale)),
        Step::Who => {
            let who = work.plan().who().map_or("", Who::name);
            one(locale.t("portal.filed_for").to_owned(), locale.t(&format!("portal.who_{who}")).to_owned())
        }
        Step::Consent => {
            let capacity = locale.t(&format!("portal.capacity_{}", form.value("capacity"))).to_owned();
            let agreed = locale.t("portal.consent_given").to_owned();
            vec![row(locale.t("portal.capacity").to_owned(), vec![capacity, agreed])]
        }
        Step::Applicant => person(work, "owner", form, locale, &row),
        Step::Representative => person(work, "rep", form, locale, &row),
        Step::Questions(group) => {
            let groups = work.plan().groups();
            let questions = groups.get(group).map(|group| group.questions.clone()).unwrap_or_default();
            let asked = questions.into_iter().map(|question| {
                let lines = answer_words(question, form, locale)
                    .map(|words| words.lines().map(str::to_owned).collect());
                row(answers::label(question, locale).to_owned(), lines.unwrap_or_default())
            });
            asked.collect()
        }
        Step::Papers => papers(work, locale),
        Step::ReturnWay => {
            let way = locale.t(&format!("portal.return_{}", form.value("return_way"))).to_owned();
            one(locale.t("portal.return_way").to_owned(), way)
        }
        Step::ReturnAddress => one(title(), form.value("return_address").to_owned()),
        Step::Fees => {
            let lines = fees::lines(work, locale);
            let words: Vec<String> =
                lines.into_iter().map(|fee| format!("{}: {}", fee.name, fee.amount)).collect();
            let words = if words.is_empty() { vec![locale.t("portal.no_fees").to_owned()] } else { words };
            // Nothing to change here: it follows from the procedure.
            vec![Row { label: title(), lines: words, change: String::new() }]
        }
    }
}

fn person(
    work: &Work,
    prefix: &str,
    form: &Form,
    locale: Locale,
    row: &dyn Fn(String, Vec<String>) -> Row,
) -> Vec<Row> {
    let is_organisation =
        prefix == "owner" && matches!(work.plan().who(), Some(Who::Company | Who::Household));
    let name = match (is_organisation, work.plan().who(), prefix) {
        (true, Some(Who::Company), _) => "portal.company_name",
        (true, _, _) => "portal.household_name",
        (false, _, "rep") => "portal.representative_name",
        (false, _, _) => "portal.full_name",
    };
    let mut fields = vec![(name, "name")];
    if prefix == "rep" && form.text("quality").is_some() {
        fields.push(("portal.quality", "quality"));
    }
    fields.push(if is_organisation { ("portal.tax_number", "tax") } else { ("portal.id_number", "id") });
    if prefix == "owner" && !is_organisation {
        fields.push(("portal.born", "born"));
    }
    let address = if is_organisation { "portal.head_office" } else { "portal.address" };
    fields.extend([(address, "address"), ("portal.phone", "phone"), ("portal.email", "email")]);
    let value = |part: &str| match part {
        "born" => form.date(&format!("{prefix}_born")).ok().flatten().map(wording::day_short),
        "quality" => Some(locale.t(&format!("portal.quality_{}", form.value("quality"))).to_owned()),
        other => form.text(&format!("{prefix}_{other}")).map(str::to_owned),
    };
    fields
        .into_iter()
        .map(|(key, part)| row(locale.t(key).to_owned(), value(part).into_iter().collect()))
        .collect()
}

fn papers(work: &Work, locale: Locale) -> Vec<Row> {
    let base = frame::base(work.draft.id);
    let plan = work.plan();
    let lines = |component: &motcua_domain::procedure::Component| -> Vec<String> {
        let mut lines: Vec<String> = work
            .files_of(component.key.as_str())
            .map(|file| {
                let size = wording::file_size(locale, u64::try_from(file.size).unwrap_or(0));
                format!("{} ({size})", file.name)
            })
            .collect();
        if lines.is_empty() && work.is_brought_later(component) {
            lines.push(locale.t("portal.paper_later").to_owned());
        }
        lines
    };
    plan.components()
        .into_iter()
        .map(|component| Row {
            label: component.name.clone(),
            lines: lines(component),
            change: format!("{base}/giay-to/{}?tu={FROM_CHECK}", component.key),
        })
        .collect()
}
