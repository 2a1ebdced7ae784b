//! What each page of a filing asks, put into words for its template.

use askama::Template;
use motcua_domain::identity::fold;
use motcua_domain::procedure::{Question, QuestionKind};
use motcua_domain::unit::Unit;

use crate::portal::answers::{self, CAPACITIES, QUALITIES, UNKNOWN_UNIT};
use crate::portal::fees::{self, Account, FeeLine};
use crate::portal::frame::Frame;
use crate::portal::plan::{BY_POST, Step, Who, field_name};
use crate::portal::work::Work;
use crate::web::form::{Choice, Field, Form};
use crate::web::locale::Locale;
use crate::web::page::Page;

/// Set on a form that was filled in from the account, so that the page says so.
pub const FROM_ACCOUNT: &str = "from_account";

/// Fewer units than this are all shown; more are searched by name.
const UNITS_SHOWN_AT_ONCE: usize = 9;
/// Most units shown for one search.
const UNITS_SHOWN_MAX: usize = 20;

/// The template of every page with a question.
#[derive(Template)]
#[template(path = "portal/step.html")]
pub struct StepPage<'a> {
    /// The frame of every page.
    pub page: Page,
    /// The frame of a filing.
    pub frame: Frame,
    /// What was typed.
    pub answers: Form,
    /// What is asked.
    pub view: View<'a>,
}

/// What is asked.
pub enum View<'a> {
    /// Whether the conditions are met.
    Conditions { lines: Vec<&'a str>, subjects: String },
    /// One of a few.
    Choice { name: &'static str, label: &'static str, hint: &'static str, choices: Vec<Choice> },
    /// A unit, searched by name when there are many.
    Unit { search: Option<String>, choices: Vec<Choice>, hint: String },
    /// The consent of another person.
    Consent { capacities: Vec<Choice> },
    /// Data of a person.
    Person { prefix: &'static str, title: &'static str, from_account: bool, qualities: Vec<Choice> },
    /// Data of an organisation.
    Organisation { title: &'static str, name_label: &'static str },
    /// Questions of the procedure that belong together.
    Questions { title: String, questions: Vec<Asked> },
    /// One line.
    Text { name: &'static str, label: &'static str, hint: &'static str },
    /// The money.
    Fees { fees: Vec<FeeLine>, is_free: bool, accounts: Vec<Account>, unit: String },
}

/// One question of the procedure's form.
pub struct Asked {
    name: String,
    label: String,
    help: String,
    optional: bool,
    kind: AskedKind,
}

/// How it is answered.
pub enum AskedKind {
    /// One line.
    Line,
    /// Several lines.
    Lines,
    /// A day.
    Day,
    /// A number.
    Number,
    /// One of these.
    Choice(Vec<Choice>),
}

/// What of a page is asked for.
pub struct Shown {
    /// Which page.
    pub step: Step,
    /// Opened from the answers.
    pub from_check: bool,
    /// Search for a unit.
    pub search: String,
}

impl StepPage<'_> {
    fn of(&self, prefix: &str, part: &str) -> Field {
        self.answers.field(&format!("{prefix}_{part}"))
    }

    fn yes_no(&self) -> Vec<Choice> {
        yes_no(self.page.locale)
    }
}

/// The title of a page and what it asks.
pub fn of<'a>(work: &'a Work, shown: &Shown, answers: &Form, locale: Locale) -> (String, View<'a>) {
    let t = |key: &str| locale.t(key);
    let choice = |name: &'static str, title: &str, hint: &str, choices: Vec<Choice>| {
        let (label, hint) = (t(title), if hint.is_empty() { "" } else { t(hint) });
        (label.to_owned(), View::Choice { name, label, hint, choices })
    };
    match shown.step {
        Step::Conditions => (t("portal.conditions_title").to_owned(), conditions(work)),
        Step::Case => {
            let cases = work.plan().cases().iter();
            let cases = cases.map(|case| Choice::new(case.key.as_str(), case.name.as_str())).collect();
            choice("case", "portal.case_title", "portal.case_hint", cases)
        }
        Step::Unit => (t("portal.unit_title").to_owned(), units(work, &shown.search, answers, locale)),
        Step::Who => {
            let label = |who: Who| Choice::new(who.name(), t(&format!("portal.who_{}", who.name())));
            choice("who", "portal.who_title", "portal.who_hint", Who::ALL.map(label).into())
        }
        Step::Consent => {
            let capacities = CAPACITIES.map(|name| Choice::new(name, t(&format!("portal.capacity_{name}"))));
            (t("portal.consent_title").to_owned(), View::Consent { capacities: capacities.into() })
        }
        Step::Applicant => applicant(work, answers, locale),
        Step::Representative => {
            let title = t("portal.representative_title");
            let is_organisation = matches!(work.plan().who(), Some(Who::Company | Who::Household));
            let qualities = QUALITIES.map(|name| Choice::new(name, t(&format!("portal.quality_{name}"))));
            let qualities = if is_organisation { qualities.into() } else { Vec::new() };
            let from_account = answers.checked(FROM_ACCOUNT);
            (title.to_owned(), View::Person { prefix: "rep", title, from_account, qualities })
        }
        Step::Questions(group) => questions(work, group, locale),
        Step::Papers => (
            t("portal.papers_title").to_owned(),
            View::Questions { title: String::new(), questions: Vec::new() },
        ),
        Step::ReturnWay => {
            let way = |name: &str| {
                Choice::new(name, t(&format!("portal.return_{name}")))
                    .hint(t(&format!("portal.return_{name}_hint")))
            };
            let mut ways = vec![way("online"), way("desk")];
            if work.version.postal {
                ways.push(way(BY_POST));
            }
            choice("return_way", "portal.return_title", "", ways)
        }
        Step::ReturnAddress => {
            let (label, hint) = (t("portal.return_address"), t("portal.address_hint"));
            (label.to_owned(), View::Text { name: "return_address", label, hint })
        }
        Step::Fees => {
            let view = View::Fees {
                fees: fees::lines(work, locale),
                is_free: fees::is_free(work),
                accounts: fees::accounts(work),
                unit: unit_name(work, locale),
            };
            (t("portal.fees_title").to_owned(), view)
        }
    }
}

/// "Yes" and "No".
pub fn yes_no(locale: Locale) -> Vec<Choice> {
    vec![Choice::new("yes", locale.t("portal.yes")), Choice::new("no", locale.t("portal.no"))]
}

/// The name of the competent unit, or that the dispatcher will find it.
pub fn unit_name(work: &Work, locale: Locale) -> String {
    let unit = work
        .competent_unit()
        .and_then(|code| work.units().on(&code, work.today).map(|unit| name(unit, locale)));
    unit.unwrap_or_else(|| locale.t("portal.unit_unknown").to_owned())
}

/// The name of a unit in the language of the page.
pub fn name(unit: &Unit, locale: Locale) -> String {
    match (locale, &unit.name_en) {
        (Locale::En, Some(english)) => english.clone(),
        (Locale::En | Locale::Vi, _) => unit.name.clone(),
    }
}

fn conditions(work: &Work) -> View<'_> {
    let lines = work.version.requirements.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let subjects: Vec<&str> = work.version.subjects.iter().map(|subject| subject.name.as_str()).collect();
    View::Conditions { lines, subjects: subjects.join("; ") }
}

fn units(work: &Work, search: &str, answers: &Form, locale: Locale) -> View<'static> {
    let all = work.units_to_choose();
    let is_searched = UNITS_SHOWN_AT_ONCE < all.len();
    let wanted = fold(search);
    let chosen = answers.value("unit");
    let is_shown = |unit: &&&Unit| {
        !is_searched
            || unit.code.as_str() == chosen
            || (!wanted.is_empty() && fold(&unit.name).contains(&wanted))
    };
    let found: Vec<&&Unit> = all.iter().filter(is_shown).collect();
    let more = found.len().saturating_sub(UNITS_SHOWN_MAX);
    let mut choices: Vec<Choice> = found
        .into_iter()
        .take(UNITS_SHOWN_MAX)
        .map(|unit| Choice::new(unit.code.as_str(), name(unit, locale)).hint(unit.address.as_str()))
        .collect();
    let hint = match (is_searched, choices.is_empty(), more) {
        (false, _, _) | (true, false, 0) => locale.t("portal.unit_hint").to_owned(),
        (true, true, _) if !wanted.is_empty() => {
            locale.say("portal.unit_none").arg("query", search.trim()).to_string()
        }
        (true, true, _) => locale.t("portal.unit_search_hint").to_owned(),
        (true, false, _) => locale.say("portal.unit_more").arg("more", more).to_string(),
    };
    choices.push(
        Choice::new(UNKNOWN_UNIT, locale.t("portal.unit_unknown")).hint(locale.t("portal.unit_unknown_hint")),
    );
    View::Unit { search: is_searched.then(|| search.trim().to_owned()), choices, hint }
}

fn applicant(work: &Work, answers: &Form, locale: Locale) -> (String, View<'static>) {
    let organisation = |title: &str, label: &str| {
        let (title, name_label) = (locale.t(title), locale.t(label));
        (title.to_owned(), View::Organisation { title, name_label })
    };
    let person = |title: &str| {
        let title = locale.t(title);
        let from_account = answers.checked(FROM_ACCOUNT);
        (title.to_owned(), View::Person { prefix: "owner", title, from_account, qualities: Vec::new() })
    };
    match work.plan().who() {
        Some(Who::Company) => organisation("portal.company_title", "portal.company_name"),
        Some(Who::Household) => organisation("portal.household_title", "portal.household_name"),
        Some(Who::Other) => person("portal.owner_title"),
        Some(Who::Me) | None => person("portal.me_title"),
    }
}

fn questions(work: &Work, group: usize, locale: Locale) -> (String, View<'static>) {
    let groups = work.plan().groups();
    let Some(group) = groups.get(group) else {
        return (String::new(), View::Questions { title: String::new(), questions: Vec::new() });
    };
    let asked: Vec<Asked> = group.questions.iter().map(|question| asked(question, locale)).collect();
    let title = match (group.title, asked.first()) {
        ("", Some(only)) => only.label.clone(),
        (title, _) => title.to_owned(),
    };
    (title, View::Questions { title: group.title.to_owned(), questions: asked })
}

fn asked(question: &Question, locale: Locale) -> Asked {
    let kind = match &question.kind {
        QuestionKind::Text => AskedKind::Line,
        QuestionKind::LongText => AskedKind::Lines,
        QuestionKind::Date => AskedKind::Day,
        QuestionKind::Number { .. } => AskedKind::Number,
        QuestionKind::Choice(options) => AskedKind::Choice(
            options
                .iter()
                .map(|option| {
                    let label = match (locale, &option.label_en) {
                        (Locale::En, Some(english)) => english,
                        (Locale::En | Locale::Vi, _) => &option.label,
                    };
                    Choice::new(option.key.as_str(), label.as_str())
                })
                .collect(),
        ),
        QuestionKind::YesNo => AskedKind::Choice(yes_no(locale)),
    };
    Asked {
        name: field_name(question),
        label: answers::label(question, locale).to_owned(),
        help: question.help.clone(),
        optional: !question.required,
        kind,
    }
}
