//! What still stands in the way of publishing a draft: every problem at once, each with the box it is about.

use motcua_domain::procedure::{Part, ProcedureDefect, ProcedureVersion, ProcessDefect, StepKey};

use crate::office::Snapshot;
use crate::procedure::draft::Draft;
use crate::procedure::draft::fields::{Reader, Section, read};
use crate::web::form::Form;
use crate::web::locale::Locale;

/// Problems told at once.
const PROBLEMS_MAX: usize = 200;

/// Something that has to be mended before a draft is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The page it is mended on.
    pub section: Section,
    /// Id of the box, as on that page.
    pub target: String,
    /// What to do.
    pub words: String,
}

/// A draft that was looked through.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What the draft says, as far as it can be read.
    pub version: ProcedureVersion,
    /// Everything that has to be mended; none when it may be published.
    pub problems: Vec<Problem>,
}

/// Looks a draft through.
pub fn check(locale: Locale, office: &Snapshot, draft: &Draft) -> Checked {
    let mut form = Form::from_pairs(draft.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let mut version = draft.base.clone();
    let mut problems: Vec<Problem> = Vec::new();
    for section in Section::ALL {
        let before = form.errors().len();
        read(section, &mut form, Reader { locale, office }, &mut version);
        for error in &form.errors()[before..] {
            problems.push(Problem { section, target: error.target.clone(), words: error.message.clone() });
        }
    }
    let teller = Teller { locale, version: &version, form: &form };
    let mut add = |problem: Problem| {
        // What a box says already is not said again, and nobody reads more than so many at once.
        let is_said = |known: &Problem| known.target == problem.target && known.section == problem.section;
        if problems.len() < PROBLEMS_MAX && !problems.iter().any(is_said) {
            problems.push(problem);
        }
    };
    version.missing_parts().into_iter().map(|part| teller.missing(part)).for_each(&mut add);
    version.defects().iter().map(|defect| teller.defect(defect)).for_each(&mut add);
    problems.sort_by_key(|problem| Section::ALL.iter().position(|section| *section == problem.section));
    Checked { version, problems }
}

struct Teller<'a> {
    locale: Locale,
    version: &'a ProcedureVersion,
    form: &'a Form,
}

impl Teller<'_> {
    fn problem(&self, section: Section, target: impl Into<String>, key: &str) -> Problem {
        Problem { section, target: target.into(), words: self.locale.t(key).to_owned() }
    }

    fn missing(&self, part: Part) -> Problem {
        let (section, target) = match part {
            Part::Name => (Section::Facts, "name"),
            Part::Steps => (Section::Facts, "steps"),
            Part::Channels | Part::Limit => (Section::Terms, "terms-0"),
            Part::Components => (Section::Papers, "case-0"),
            Part::Subjects => (Section::Facts, "subject-add"),
            Part::Agency => (Section::Facts, "agency"),
        };
        self.problem(section, target, &format!("catalogue.missing_{}", part.name()))
    }

    /// The row of a list whose key is this.
    fn row(&self, list: &str, key: &str) -> String {
        let row = self.form.rows(list).into_iter().find(|row| row.text("key") == key);
        row.map_or_else(|| format!("{list}-0"), |row| row.name)
    }

    fn paper(&self, case: &str, paper: &str) -> String {
        self.row(&format!("{}-paper", self.row("case", case)), paper)
    }

    fn defect(&self, defect: &ProcedureDefect) -> Problem {
        let at = |section, target: String, key| self.problem(section, target, key);
        match defect {
            ProcedureDefect::NoName => at(Section::Facts, "name".to_owned(), "catalogue.mend_name"),
            ProcedureDefect::EndsBeforeItBegins => {
                at(Section::Facts, "name".to_owned(), "catalogue.defect_ends_before")
            }
            ProcedureDefect::CaseTwice(key) => {
                at(Section::Papers, self.row("case", key.as_str()), "catalogue.defect_case_twice")
            }
            ProcedureDefect::ComponentTwice { case, component } => at(
                Section::Papers,
                self.paper(case.as_str(), component.as_str()),
                "catalogue.defect_paper_twice",
            ),
            ProcedureDefect::ComponentWithoutName { case, component } => at(
                Section::Papers,
                format!("{}-name", self.paper(case.as_str(), component.as_str())),
                "catalogue.mend_paper_name",
            ),
            ProcedureDefect::RequiredNote { case, component } => at(
                Section::Papers,
                format!("{}-required", self.paper(case.as_str(), component.as_str())),
                "catalogue.mend_required_note",
            ),
            ProcedureDefect::TermsOfUnknownCase { .. } => {
                at(Section::Terms, "terms-0".to_owned(), "catalogue.mend_case")
            }
            ProcedureDefect::NegativeFee(_) => {
                at(Section::Terms, "terms-0".to_owned(), "catalogue.mend_amount")
            }
            ProcedureDefect::FeeWithoutName(_) => {
                at(Section::Terms, "terms-0".to_owned(), "catalogue.mend_fee_name")
            }
            ProcedureDefect::QuestionTwice(_)
            | ProcedureDefect::UnanswerableQuestion(_)
            | ProcedureDefect::QuestionOfUnknownCase { .. } => {
                at(Section::Papers, "case-0".to_owned(), "catalogue.defect_question")
            }
            ProcedureDefect::CompetenceWithoutArea(_) => {
                at(Section::Facts, "competence_level".to_owned(), "catalogue.mend_competence_level")
            }
            ProcedureDefect::OnlineWithoutChannel => {
                at(Section::Facts, "online".to_owned(), "catalogue.defect_online_channel")
            }
            ProcedureDefect::Process(defect) => self.process(defect),
            ProcedureDefect::StepLongerThanLimit(step) => at(
                Section::Process,
                format!("{}-amount", self.row("step", step.as_str())),
                "catalogue.defect_step_longer",
            ),
        }
    }

    fn process(&self, defect: &ProcessDefect) -> Problem {
        let of = |step: Option<&StepKey>, key: &str| {
            let target = step.map_or_else(|| "step-0".to_owned(), |step| self.row("step", step.as_str()));
            let name = step.and_then(|key| self.version.process.as_ref()?.step(key)).map(|step| {
                let of_kind = || self.locale.t(&format!("dossier.step_{}", step.kind.name())).to_owned();
                step.name.clone().unwrap_or_else(of_kind)
            });
            let words = self.locale.say(key).arg("step", name.unwrap_or_default()).to_string();
            Problem { section: Section::Process, target, words }
        };
        match defect {
            ProcessDefect::NoStep => of(None, "catalogue.defect_no_step"),
            ProcessDefect::TooManySteps(_) => of(None, "catalogue.defect_too_many_steps"),
            ProcessDefect::KeyTwice(step) => of(Some(step), "catalogue.defect_step_twice"),
            ProcessDefect::UnknownStep { step, .. } | ProcessDefect::AfterTwice { step, .. } => {
                of(Some(step), "catalogue.defect_unknown_step")
            }
            ProcessDefect::Cycle(steps) => of(steps.first(), "catalogue.defect_cycle"),
            ProcessDefect::NoStart => of(None, "catalogue.defect_no_start"),
            ProcessDefect::SeveralStarts(steps) => of(steps.last(), "catalogue.defect_several_starts"),
            ProcessDefect::StartDoesNotReceive(step) => of(Some(step), "catalogue.defect_start"),
            ProcessDefect::ReceivesAgain(step) => of(Some(step), "catalogue.defect_receives_again"),
            ProcessDefect::NoReturn => of(None, "catalogue.defect_no_return"),
            ProcessDefect::SeveralReturns(steps) => of(steps.last(), "catalogue.defect_several_returns"),
            ProcessDefect::AfterReturn(step) => of(Some(step), "catalogue.defect_after_return"),
            ProcessDefect::DeadEnd(step) => of(Some(step), "catalogue.defect_dead_end"),
            ProcessDefect::IdleRole { step, .. } => of(Some(step), "catalogue.defect_idle_role"),
            ProcessDefect::NoLead(step) => of(Some(step), "catalogue.defect_no_lead"),
            ProcessDefect::SeveralLeads(step) => of(Some(step), "catalogue.defect_several_leads"),
            ProcessDefect::LeadsNothing(step) => of(Some(step), "catalogue.defect_leads_nothing"),
        }
    }
}
