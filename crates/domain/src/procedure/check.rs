//! What a procedure must have before it is published, and what it still lacks.

use std::collections::BTreeSet;

use crate::calendar::Limit;
use crate::procedure::process::ProcessDefect;
use crate::procedure::{
    CaseKey, Channel, Competence, ComponentKey, ProcedureVersion, Purpose, QuestionKey, QuestionKind, StepKey,
};
use crate::unit::UnitLevel;

/// The seven compulsory parts of a procedure (Decree 63/2010/NĐ-CP, article 8, as amended). How many
/// procedures have all of them is figure 1.3 of the service quality index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Tên thủ tục.
    Name,
    /// Trình tự thực hiện.
    Steps,
    /// Cách thức thực hiện.
    Channels,
    /// Thành phần, số lượng hồ sơ.
    Components,
    /// Thời hạn giải quyết.
    Limit,
    /// Đối tượng thực hiện.
    Subjects,
    /// Cơ quan thực hiện.
    Agency,
}

impl Part {
    /// Every part, in the order of the decree.
    pub const ALL: [Self; 7] = [
        Self::Name,
        Self::Steps,
        Self::Channels,
        Self::Components,
        Self::Limit,
        Self::Subjects,
        Self::Agency,
    ];

    /// The name used in storage, in message keys and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Steps => "steps",
            Self::Channels => "channels",
            Self::Components => "components",
            Self::Limit => "limit",
            Self::Subjects => "subjects",
            Self::Agency => "agency",
        }
    }
}

/// Whether `a` is longer than `b` whatever the calendar: only limits in the same unit can be compared.
fn is_surely_longer(a: Limit, b: Limit) -> bool {
    match (a, b) {
        (Limit::WorkingHours(a), Limit::WorkingHours(b))
        | (Limit::WorkingDays(a), Limit::WorkingDays(b))
        | (Limit::Days(a), Limit::Days(b))
        | (Limit::Months(a), Limit::Months(b)) => b < a,
        (Limit::WorkingHours(_) | Limit::WorkingDays(_) | Limit::Days(_) | Limit::Months(_), _) => false,
    }
}

/// Something that forbids publishing a version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProcedureDefect {
    /// It has no name.
    #[error("the procedure has no name")]
    NoName,
    /// Its last day is before its first.
    #[error("the procedure ends before it begins")]
    EndsBeforeItBegins,
    /// Two cases have this key.
    #[error("two cases have the key {0}")]
    CaseTwice(CaseKey),
    /// Two papers of one case have this key.
    #[error("two papers of case {case} have the key {component}")]
    ComponentTwice {
        /// The case.
        case: CaseKey,
        /// The key.
        component: ComponentKey,
    },
    /// A paper has no name.
    #[error("paper {component} of case {case} has no name")]
    ComponentWithoutName {
        /// The case.
        case: CaseKey,
        /// The paper.
        component: ComponentKey,
    },
    /// A piece of advice is said to be required.
    #[error("{component} of case {case} is advice and cannot be required")]
    RequiredNote {
        /// The case.
        case: CaseKey,
        /// The advice.
        component: ComponentKey,
    },
    /// Terms are for a case that is not there.
    #[error("terms of channel {} are for case {case}, which is not there", channel.name())]
    TermsOfUnknownCase {
        /// The channel.
        channel: Channel,
        /// What they name.
        case: CaseKey,
    },
    /// A fee is below zero.
    #[error("the fee {0:?} is below zero")]
    NegativeFee(String),
    /// A fee has no name.
    #[error("a fee of channel {} has no name", .0.name())]
    FeeWithoutName(Channel),
    /// Two questions have this key.
    #[error("two questions have the key {0}")]
    QuestionTwice(QuestionKey),
    /// A question cannot be answered: no choice, or a least number above the most.
    #[error("question {0} cannot be answered")]
    UnanswerableQuestion(QuestionKey),
    /// A question is for a case that is not there.
    #[error("question {question} is for case {case}, which is not there")]
    QuestionOfUnknownCase {
        /// The question.
        question: QuestionKey,
        /// What it names.
        case: CaseKey,
    },
    /// The competent unit depends on an area of a level that has none.
    #[error("units of level {} look after no area", .0.name())]
    CompetenceWithoutArea(UnitLevel),
    /// It is said to be done online, but has no online channel.
    #[error("the procedure is online but has no terms for the online channel")]
    OnlineWithoutChannel,
    /// Something is wrong with its process.
    #[error(transparent)]
    Process(#[from] ProcessDefect),
    /// A step of the process alone may take longer than the procedure.
    #[error("step {0} may take longer than the whole procedure")]
    StepLongerThanLimit(StepKey),
}

impl ProcedureVersion {
    /// The compulsory parts it lacks. A catalogue entry may be published without them; the portal says so.
    pub fn missing_parts(&self) -> Vec<Part> {
        let has = |part: &Part| match part {
            Part::Name => !self.name.trim().is_empty(),
            Part::Steps => !self.steps.trim().is_empty(),
            Part::Channels => !self.channels.is_empty(),
            Part::Components => self.cases.iter().any(|case| !case.components.is_empty()),
            Part::Limit => {
                let stated = |terms: &super::ChannelTerms| {
                    terms.limit.is_some() || !terms.limit_note.trim().is_empty()
                };
                !self.channels.is_empty() && self.channels.iter().all(stated)
            }
            Part::Subjects => !self.subjects.is_empty(),
            Part::Agency => !self.executing_agency.trim().is_empty(),
        };
        Part::ALL.into_iter().filter(|part| !has(part)).collect()
    }

    /// Everything that forbids publishing it; empty when it may be published.
    pub fn defects(&self) -> Vec<ProcedureDefect> {
        let mut defects = Vec::new();
        if self.name.trim().is_empty() {
            defects.push(ProcedureDefect::NoName);
        }
        if self.valid_to.is_some_and(|last| last < self.valid_from) {
            defects.push(ProcedureDefect::EndsBeforeItBegins);
        }
        self.defects_of_cases(&mut defects);
        self.defects_of_terms(&mut defects);
        self.defects_of_questions(&mut defects);
        if let Competence::Area(level @ (UnitLevel::Central | UnitLevel::Department)) = self.competence {
            defects.push(ProcedureDefect::CompetenceWithoutArea(level));
        }
        self.defects_of_process(&mut defects);
        defects
    }

    fn defects_of_cases(&self, defects: &mut Vec<ProcedureDefect>) {
        let mut cases = BTreeSet::new();
        for case in &self.cases {
            if !cases.insert(&case.key) {
                defects.push(ProcedureDefect::CaseTwice(case.key.clone()));
            }
            let mut components = BTreeSet::new();
            for component in &case.components {
                let (case, key) = (case.key.clone(), component.key.clone());
                if !components.insert(&component.key) {
                    defects.push(ProcedureDefect::ComponentTwice { case, component: key });
                } else if component.name.trim().is_empty() {
                    defects.push(ProcedureDefect::ComponentWithoutName { case, component: key });
                } else if component.required && component.purpose == Purpose::Note {
                    defects.push(ProcedureDefect::RequiredNote { case, component: key });
                }
            }
        }
    }

    fn defects_of_terms(&self, defects: &mut Vec<ProcedureDefect>) {
        for terms in &self.channels {
            if let Some(case) = &terms.case
                && self.case(case).is_none()
            {
                let case = case.clone();
                defects.push(ProcedureDefect::TermsOfUnknownCase { channel: terms.channel, case });
            }
            for fee in &terms.fees {
                if fee.name.trim().is_empty() {
                    defects.push(ProcedureDefect::FeeWithoutName(terms.channel));
                }
                if fee.amount.is_some_and(|amount| amount < 0) {
                    defects.push(ProcedureDefect::NegativeFee(fee.name.clone()));
                }
            }
        }
        let online = self.channels.iter().any(|terms| terms.channel == Channel::Online);
        if self.online.name() != "none" && !self.channels.is_empty() && !online {
            defects.push(ProcedureDefect::OnlineWithoutChannel);
        }
    }

    fn defects_of_questions(&self, defects: &mut Vec<ProcedureDefect>) {
        let mut seen = BTreeSet::new();
        for question in &self.questions {
            if !seen.insert(&question.key) {
                defects.push(ProcedureDefect::QuestionTwice(question.key.clone()));
            }
            let unanswerable = match &question.kind {
                QuestionKind::Number { min, max } => max < min,
                QuestionKind::Choice(options) => {
                    let keys: BTreeSet<_> = options.iter().map(|option| &option.key).collect();
                    options.is_empty() || keys.len() < options.len()
                }
                QuestionKind::Text | QuestionKind::LongText | QuestionKind::Date | QuestionKind::YesNo => {
                    false
                }
            };
            if unanswerable || question.label.trim().is_empty() {
                defects.push(ProcedureDefect::UnanswerableQuestion(question.key.clone()));
            }
            for case in question.cases.iter().filter(|case| self.case(case).is_none()) {
                let (question, case) = (question.key.clone(), case.clone());
                defects.push(ProcedureDefect::QuestionOfUnknownCase { question, case });
            }
        }
    }

    fn defects_of_process(&self, defects: &mut Vec<ProcedureDefect>) {
        let Some(process) = &self.process else { return };
        defects.extend(process.defects().into_iter().map(ProcedureDefect::Process));
        let limits: Vec<_> = self.channels.iter().filter_map(|terms| terms.limit).collect();
        for step in &process.steps {
            let Some(of_step) = step.limit else { continue };
            if !limits.is_empty() && limits.iter().all(|whole| is_surely_longer(of_step, *whole)) {
                defects.push(ProcedureDefect::StepLongerThanLimit(step.key.clone()));
            }
        }
    }
}
