//! Which pages a filing has: they follow from the procedure and from what was answered so far.

use motcua_domain::procedure::{
    Case, CaseKey, Channel, ChannelTerms, Competence, Component, ProcedureVersion, Purpose, Question,
    QuestionKind,
};

use crate::portal::draft::Typed;
use crate::web::form::Form;

/// The result is brought by the post.
pub const BY_POST: &str = "post";

/// One page of a filing, in the order of the walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Whether the conditions of the procedure are met.
    Conditions,
    /// Which of several cases it is.
    Case,
    /// Which unit settles it.
    Unit,
    /// For whom.
    Who,
    /// Consent of the person it is filed for.
    Consent,
    /// Data of the owner of the dossier.
    Applicant,
    /// Data of the person who files for another.
    Representative,
    /// Questions of the procedure's form that are asked together, counted from 0.
    Questions(usize),
    /// The papers.
    Papers,
    /// How the result goes back.
    ReturnWay,
    /// Where the post brings it.
    ReturnAddress,
    /// What it costs and who is paid.
    Fees,
}

/// For whom a dossier is filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// For oneself.
    Me,
    /// For another person, with their consent.
    Other,
    /// For a company or an organisation.
    Company,
    /// For a business household.
    Household,
}

impl Who {
    /// Everyone, in the order they are offered.
    pub const ALL: [Self; 4] = [Self::Me, Self::Other, Self::Company, Self::Household];

    /// The value of the field.
    pub fn name(self) -> &'static str {
        match self {
            Self::Me => "me",
            Self::Other => "other",
            Self::Company => "company",
            Self::Household => "household",
        }
    }

    /// The one with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|who| who.name() == name)
    }
}

impl Step {
    /// The last part of the address of the page.
    pub fn slug(self) -> String {
        match self {
            Self::Conditions => "dieu-kien".to_owned(),
            Self::Case => "truong-hop".to_owned(),
            Self::Unit => "co-quan".to_owned(),
            Self::Who => "nguoi-nop".to_owned(),
            Self::Consent => "dong-y".to_owned(),
            Self::Applicant => "chu-ho-so".to_owned(),
            Self::Representative => "nguoi-dai-dien".to_owned(),
            Self::Questions(group) => format!("noi-dung-{}", group + 1),
            Self::Papers => "giay-to".to_owned(),
            Self::ReturnWay => "nhan-ket-qua".to_owned(),
            Self::ReturnAddress => "dia-chi-nhan".to_owned(),
            Self::Fees => "le-phi".to_owned(),
        }
    }

    /// The section of the task list that the page belongs to.
    pub fn section(self) -> Section {
        match self {
            Self::Conditions | Self::Case | Self::Unit => Section::Request,
            Self::Who | Self::Consent | Self::Applicant | Self::Representative => Section::People,
            Self::Questions(_) => Section::Form,
            Self::Papers => Section::Papers,
            Self::ReturnWay | Self::ReturnAddress | Self::Fees => Section::Result,
        }
    }
}

/// A heading of the task list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// What is asked, and of whom.
    Request,
    /// For whom and by whom.
    People,
    /// The form.
    Form,
    /// The papers.
    Papers,
    /// The result and the money.
    Result,
}

impl Section {
    /// Every heading, in order.
    pub const ALL: [Self; 5] = [Self::Request, Self::People, Self::Form, Self::Papers, Self::Result];

    /// The key of its title.
    pub fn key(self) -> &'static str {
        match self {
            Self::Request => "portal.section_request",
            Self::People => "portal.section_people",
            Self::Form => "portal.section_form",
            Self::Papers => "portal.section_papers",
            Self::Result => "portal.section_result",
        }
    }
}

/// Questions that are asked together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group<'a> {
    /// Heading; empty when a question stands alone and is its own heading.
    pub title: &'a str,
    /// The questions.
    pub questions: Vec<&'a Question>,
}

/// The walk through one filing.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'a> {
    /// What is asked for.
    pub version: &'a ProcedureVersion,
    /// What was typed.
    pub typed: &'a Typed,
}

impl<'a> Plan<'a> {
    /// The walk for this procedure and these answers.
    pub fn new(version: &'a ProcedureVersion, typed: &'a Typed) -> Self {
        Self { version, typed }
    }

    /// The cases to choose among; none when there is nothing to choose.
    pub fn cases(&self) -> &'a [Case] {
        if self.version.cases.len() < 2 { &[] } else { &self.version.cases }
    }

    /// The case that applies: the only one, or the one chosen.
    pub fn case(&self) -> Option<&'a Case> {
        match self.version.cases.as_slice() {
            [only] => Some(only),
            several => several.iter().find(|case| case.key.as_str() == self.typed.value("case")),
        }
    }

    /// For whom it is filed, once answered.
    pub fn who(&self) -> Option<Who> {
        Who::from_name(self.typed.value("who"))
    }

    /// The questions of this case, page by page.
    pub fn groups(&self) -> Vec<Group<'a>> {
        let case = self.case().map(|case| &case.key);
        let mut groups: Vec<Group<'a>> = Vec::new();
        for question in self.version.questions.iter().filter(|question| is_asked(question, case)) {
            match groups.iter_mut().find(|group| !group.title.is_empty() && group.title == question.group) {
                Some(group) => group.questions.push(question),
                None => groups.push(Group { title: &question.group, questions: vec![question] }),
            }
        }
        groups
    }

    /// Papers of this case that the applicant attaches. Not the online form itself, and not what a connected
    /// database already holds.
    pub fn components(&self) -> Vec<&'a Component> {
        let case = self.case();
        case.into_iter()
            .flat_map(|case| &case.components)
            .filter(|component| is_attached(component))
            .collect()
    }

    /// Papers of this case that are only shown at the desk, already held, or advice.
    pub fn other_components(&self) -> Vec<&'a Component> {
        let case = self.case();
        case.into_iter()
            .flat_map(|case| &case.components)
            .filter(|component| !is_attached(component) && !component.interactive)
            .collect()
    }

    /// The terms that may apply online. A source that lists no terms for this channel means those of the desk.
    pub fn terms(&self) -> Vec<&'a ChannelTerms> {
        let case = self.case().map(|case| &case.key);
        let online = self.version.terms(Channel::Online, case);
        if online.is_empty() { self.version.terms(Channel::Direct, case) } else { online }
    }

    /// Whether the applicant is asked which unit settles it.
    pub fn asks_unit(&self) -> bool {
        match &self.version.competence {
            Competence::Receiving | Competence::Area(_) | Competence::Dispatcher => true,
            Competence::Unit(_) => false,
        }
    }

    /// Every page of the walk, in order.
    pub fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        if !self.version.requirements.trim().is_empty() {
            steps.push(Step::Conditions);
        }
        if !self.cases().is_empty() {
            steps.push(Step::Case);
        }
        if self.asks_unit() {
            steps.push(Step::Unit);
        }
        steps.push(Step::Who);
        match self.who() {
            Some(Who::Other) => steps.extend([Step::Consent, Step::Applicant, Step::Representative]),
            Some(Who::Company | Who::Household) => steps.extend([Step::Applicant, Step::Representative]),
            Some(Who::Me) | None => steps.push(Step::Applicant),
        }
        steps.extend((0..self.groups().len()).map(Step::Questions));
        if !self.components().is_empty() {
            steps.push(Step::Papers);
        }
        steps.push(Step::ReturnWay);
        if self.typed.value("return_way") == BY_POST {
            steps.push(Step::ReturnAddress);
        }
        steps.push(Step::Fees);
        steps
    }

    /// The page with this address, when it is part of this walk.
    pub fn step(&self, slug: &str) -> Option<Step> {
        self.steps().into_iter().find(|step| step.slug() == slug)
    }

    /// The page after `step`; none when the answers are checked next.
    pub fn after(&self, step: Step) -> Option<Step> {
        self.steps().into_iter().skip_while(|other| *other != step).nth(1)
    }

    /// The page before `step`.
    pub fn before(&self, step: Step) -> Option<Step> {
        self.steps().into_iter().take_while(|other| *other != step).last()
    }

    /// Whether the field `name` is asked on the page `step`.
    pub fn is_asked_on(&self, step: Step, name: &str) -> bool {
        match step {
            Step::Conditions => name == "meets",
            Step::Case => name == "case",
            Step::Unit => name == "unit",
            Step::Who => name == "who",
            Step::Consent => matches!(name, "capacity" | "consent"),
            Step::Applicant => is_person_field("owner", name),
            Step::Representative => name == "quality" || is_person_field("rep", name),
            Step::Questions(group) => {
                let groups = self.groups();
                let questions = groups.get(group).map_or(&[][..], |group| &group.questions);
                questions.iter().any(|question| is_answer_to(question, name))
            }
            Step::Papers => name
                .strip_prefix(crate::portal::work::LATER_PREFIX)
                .is_some_and(|key| self.components().iter().any(|component| component.key.as_str() == key)),
            Step::ReturnWay => name == "return_way",
            Step::ReturnAddress => name == "return_address",
            Step::Fees => false,
        }
    }

    /// Keeps what the page `step` sent.
    pub fn take(&self, into: &mut Typed, step: Step, form: &Form) {
        let who = into.value("who").to_owned();
        into.take(form, |name| self.is_asked_on(step, name));
        // What was typed about one person is not about another.
        if step == Step::Who && who != into.value("who") {
            into.forget(|name| name.starts_with("owner_") || name.starts_with("rep_") || name == "quality");
        }
    }
}

/// The name of the field of a question.
pub fn field_name(question: &Question) -> String {
    format!("q-{}", question.key)
}

fn is_answer_to(question: &Question, sent: &str) -> bool {
    let name = field_name(question);
    match question.kind {
        QuestionKind::Date => is_field_of(&name, sent),
        QuestionKind::Text
        | QuestionKind::LongText
        | QuestionKind::Number { .. }
        | QuestionKind::Choice(_)
        | QuestionKind::YesNo => name == sent,
    }
}

/// Fields of a person: `owner_name`, `owner_born-day` …
fn is_person_field(prefix: &str, name: &str) -> bool {
    let Some(part) = name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')) else { return false };
    matches!(part, "name" | "id" | "tax" | "address" | "phone" | "email") || is_field_of("born", part)
}

/// `name` itself or one of its three boxes when it is a day.
fn is_field_of(name: &str, sent: &str) -> bool {
    sent.strip_prefix(name).is_some_and(|rest| matches!(rest, "" | "-day" | "-month" | "-year"))
}

fn is_asked(question: &Question, case: Option<&CaseKey>) -> bool {
    question.cases.is_empty() || case.is_some_and(|case| question.cases.contains(case))
}

fn is_attached(component: &Component) -> bool {
    component.purpose == Purpose::HandIn && !component.interactive && !component.already_held
}
