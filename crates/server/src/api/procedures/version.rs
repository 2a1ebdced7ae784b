//! A whole version of a procedure on the wire, in the shape of `docs/procedure-format.md`: what is read here can be
//! imported elsewhere.

use motcua_domain::procedure::{
    self as ruled, Competence as RuledCompetence, OnlineLevel as RuledOnline, ProcedureVersion,
    QuestionKind as RuledQuestionKind, StepAgency as RuledAgency,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::wire::{Day, ProcedureLevel, StepKind, UnitLevel};

/// Something with a national code and a name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Named {
    /// National code; empty when it is not known.
    code: String,
    /// Name.
    name: String,
}

/// One version of a procedure. Once published it never changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct Procedure {
    /// National code.
    code: String,
    /// 1, 2, 3 … in the order of publication.
    version: u32,
    /// Official name.
    name: String,
    /// Name in English.
    name_en: Option<String>,
    /// Fields it belongs to.
    fields: Vec<Named>,
    /// Levels it is done at.
    levels: Vec<ProcedureLevel>,
    /// Who may ask for it.
    subjects: Vec<Named>,
    /// The decision that published it.
    publication: Option<Publication>,
    /// First day it is in force.
    valid_from: Day,
    /// Last day; null while it is in force.
    valid_to: Option<Day>,
    /// How it is done, for the applicant to read.
    steps: String,
    /// Its cases and their papers.
    cases: Vec<Case>,
    /// Limits and fees by channel.
    channels: Vec<Terms>,
    /// What the applicant gets.
    results: Vec<ProcedureResult>,
    /// Texts it rests on.
    legal_bases: Vec<LegalBase>,
    /// Requirements and conditions.
    requirements: String,
    /// The executing agency in the words of the publication.
    executing_agency: String,
    /// Which unit is competent for a dossier.
    competence: Competence,
    /// How far it can be done online.
    online: Online,
    /// Whether any one-stop of the province may receive it.
    non_territorial: bool,
    /// Whether papers and results may travel by post.
    postal: bool,
    /// Other words people search it by.
    keywords: Vec<String>,
    /// Questions of the online form.
    questions: Vec<Question>,
    /// Its electronic process; null for the default one.
    process: Option<Process>,
    /// Where the entry came from; null when it was written here.
    source: Option<Origin>,
}

/// The decision that published a procedure.
#[derive(Debug, Serialize, ToSchema)]
pub struct Publication {
    /// Number.
    number: String,
    /// Day it was signed.
    date: Option<Day>,
    /// Day the text it publishes takes effect.
    effective: Option<Day>,
    /// `new`, `amended`, `replaced` or `abolished`.
    kind: Option<&'static str>,
    /// Who signed it.
    issuer: String,
}

/// One case of a procedure, with its papers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Case {
    /// The same in every version.
    key: String,
    /// What distinguishes it.
    name: String,
    /// The papers.
    components: Vec<Component>,
}

/// One paper asked for.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own in the published format")]
#[derive(Debug, Serialize, ToSchema)]
pub struct Component {
    /// The same in every version.
    key: String,
    /// Code in the national list of papers.
    code: String,
    /// What it is.
    name: String,
    /// Heading it is listed under.
    group: String,
    /// `hand_in`, `present` or `note`.
    purpose: &'static str,
    /// How many originals.
    original_qty: u16,
    /// How many copies.
    copy_qty: u16,
    /// Whether a dossier without it is incomplete.
    required: bool,
    /// Whether the national portal fills it in as an electronic form.
    electronic_form: bool,
    /// Whether it is the online form itself, which is answered and never uploaded.
    interactive: bool,
    /// Whether a connected database holds it, so that it is not asked for.
    already_held: bool,
    /// File names of its blank forms.
    templates: Vec<String>,
}

/// Limit and fees of one channel.
#[derive(Debug, Serialize, ToSchema)]
pub struct Terms {
    /// `direct`, `online` or `post`.
    channel: &'static str,
    /// Only for this case; null for every case.
    case: Option<String>,
    /// How long the office has: `5wd` working days, `12wh` working hours, `10d` days, `1mo` months.
    limit: Option<String>,
    /// The limit in the words of the law.
    limit_note: String,
    /// What is paid.
    fees: Vec<Fee>,
}

/// One fee.
#[derive(Debug, Serialize, ToSchema)]
pub struct Fee {
    /// `fee`, `charge` or `price`.
    kind: &'static str,
    /// Code in the list of fees.
    code: String,
    /// What is paid for.
    name: String,
    /// Whole đồng (VND); null when another text sets it, which is not zero.
    amount: Option<i64>,
    /// What one amount is for; empty: the dossier.
    unit: String,
    /// `reception`, `supplement` or `return`.
    collected_at: &'static str,
    /// Who is exempt, which text sets it.
    note: String,
}

/// What the applicant gets.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProcedureResult {
    /// National code.
    code: String,
    /// Name.
    name: String,
    /// `licence`, `certificate`, `decision`, `extract`, `confirmation` or `other`.
    kind: Option<&'static str>,
    /// How many months it is valid.
    validity_months: Option<u16>,
}

/// A text the procedure rests on.
#[derive(Debug, Serialize, ToSchema)]
pub struct LegalBase {
    /// Number.
    number: String,
    /// What it is about.
    name: String,
    /// Day it was issued.
    date: Option<Day>,
    /// Who issued it.
    issuer: String,
}

/// Which unit is competent for a dossier.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Competence {
    /// The unit whose one-stop received it.
    Receiving,
    /// The unit of this level whose area the applicant chooses.
    Area(UnitLevel),
    /// This unit.
    Unit(String),
    /// The dispatcher finds out.
    Dispatcher,
}

/// How far a procedure can be done online.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Online {
    /// Everything.
    Full,
    /// Some of it.
    Partial {
        /// Why not all.
        reason: String,
    },
    /// Not at all.
    None,
}

/// One question of the online form.
#[derive(Debug, Serialize, ToSchema)]
pub struct Question {
    /// The same in every version: answers are sent under it.
    key: String,
    /// The question.
    label: String,
    /// The question in English.
    label_en: Option<String>,
    /// What an answer looks like.
    kind: QuestionKind,
    /// Whether it must be answered.
    required: bool,
    /// One sentence of help.
    help: String,
    /// Questions of one group are asked together.
    group: String,
    /// Asked only in these cases; empty for every case.
    cases: Vec<String>,
}

/// What an answer looks like.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// A day.
    Date,
    /// A whole number between two bounds.
    Number {
        /// The least.
        min: i64,
        /// The most.
        max: i64,
    },
    /// One of these.
    Choice(Vec<AnswerOption>),
    /// Yes or no.
    YesNo,
}

/// One answer to choose.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswerOption {
    /// What is sent.
    key: String,
    /// What is shown.
    label: String,
    /// What is shown in English.
    label_en: Option<String>,
}

/// The steps of a procedure.
#[derive(Debug, Serialize, ToSchema)]
pub struct Process {
    /// The steps, in the order they are listed to people.
    steps: Vec<ProcessStep>,
}

/// One step.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProcessStep {
    /// The same in every version.
    key: String,
    /// What it is called; null when its kind says enough.
    name: Option<String>,
    /// What is done.
    kind: StepKind,
    /// Whose step it is.
    agency: Agency,
    /// The role that takes it.
    role: &'static str,
    /// How long it may take.
    limit: Option<String>,
    /// Steps that must be done before it.
    after: Vec<String>,
    /// Whether its agency leads among steps that run at the same time.
    lead: bool,
}

/// Whose step it is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StepAgency)]
pub enum Agency {
    /// The one-stop that received the dossier.
    Reception,
    /// The unit competent for the dossier.
    Competent,
    /// This unit.
    Unit(String),
    /// The unit of this level that answers for the competent one.
    Level(UnitLevel),
}

/// Where an entry came from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProcedureSource)]
pub struct Origin {
    /// Name of the source.
    name: String,
    /// Id of the entry there.
    id: String,
}

impl From<&ProcedureVersion> for Procedure {
    fn from(version: &ProcedureVersion) -> Self {
        Self {
            code: version.code.to_string(),
            version: version.version,
            name: version.name.clone(),
            name_en: version.name_en.clone(),
            fields: version.fields.iter().map(Named::from).collect(),
            levels: version.levels.iter().map(|level| (*level).into()).collect(),
            subjects: version.subjects.iter().map(Named::from).collect(),
            publication: version.publication.as_ref().map(Publication::from),
            valid_from: version.valid_from.into(),
            valid_to: version.valid_to.map(Day::from),
            steps: version.steps.clone(),
            cases: version.cases.iter().map(Case::from).collect(),
            channels: version.channels.iter().map(Terms::from).collect(),
            results: version.results.iter().map(ProcedureResult::from).collect(),
            legal_bases: version.legal_bases.iter().map(LegalBase::from).collect(),
            requirements: version.requirements.clone(),
            executing_agency: version.executing_agency.clone(),
            competence: (&version.competence).into(),
            online: (&version.online).into(),
            non_territorial: version.non_territorial,
            postal: version.postal,
            keywords: version.keywords.clone(),
            questions: version.questions.iter().map(Question::from).collect(),
            process: version.process.as_ref().map(Process::from),
            source: version
                .source
                .as_ref()
                .map(|source| Origin { name: source.name.clone(), id: source.id.clone() }),
        }
    }
}

impl From<&ruled::Field> for Named {
    fn from(field: &ruled::Field) -> Self {
        Self { code: field.code.clone(), name: field.name.clone() }
    }
}

impl From<&ruled::Subject> for Named {
    fn from(subject: &ruled::Subject) -> Self {
        Self { code: subject.code.clone(), name: subject.name.clone() }
    }
}

impl From<&ruled::PublicationDecision> for Publication {
    fn from(decision: &ruled::PublicationDecision) -> Self {
        Self {
            number: decision.number.clone(),
            date: decision.date.map(Day::from),
            effective: decision.effective.map(Day::from),
            kind: decision.kind.map(ruled::PublicationKind::name),
            issuer: decision.issuer.clone(),
        }
    }
}

impl From<&ruled::Case> for Case {
    fn from(case: &ruled::Case) -> Self {
        Self {
            key: case.key.to_string(),
            name: case.name.clone(),
            components: case.components.iter().map(Component::from).collect(),
        }
    }
}

impl From<&ruled::Component> for Component {
    fn from(component: &ruled::Component) -> Self {
        Self {
            key: component.key.to_string(),
            code: component.code.clone(),
            name: component.name.clone(),
            group: component.group.clone(),
            purpose: component.purpose.name(),
            original_qty: component.original_qty,
            copy_qty: component.copy_qty,
            required: component.required,
            electronic_form: component.electronic_form,
            interactive: component.interactive,
            already_held: component.already_held,
            templates: component.templates.clone(),
        }
    }
}

impl From<&ruled::ChannelTerms> for Terms {
    fn from(terms: &ruled::ChannelTerms) -> Self {
        Self {
            channel: terms.channel.name(),
            case: terms.case.as_ref().map(ToString::to_string),
            limit: terms.limit.map(|limit| limit.to_string()),
            limit_note: terms.limit_note.clone(),
            fees: terms.fees.iter().map(Fee::from).collect(),
        }
    }
}

impl From<&ruled::Fee> for Fee {
    fn from(fee: &ruled::Fee) -> Self {
        Self {
            kind: fee.kind.name(),
            code: fee.code.clone(),
            name: fee.name.clone(),
            amount: fee.amount,
            unit: fee.unit.clone(),
            collected_at: fee.collected_at.name(),
            note: fee.note.clone(),
        }
    }
}

impl From<&ruled::ProcedureResult> for ProcedureResult {
    fn from(result: &ruled::ProcedureResult) -> Self {
        Self {
            code: result.code.clone(),
            name: result.name.clone(),
            kind: result.kind.map(ruled::ResultKind::name),
            validity_months: result.validity_months,
        }
    }
}

impl From<&ruled::LegalBase> for LegalBase {
    fn from(base: &ruled::LegalBase) -> Self {
        Self {
            number: base.number.clone(),
            name: base.name.clone(),
            date: base.date.map(Day::from),
            issuer: base.issuer.clone(),
        }
    }
}

impl From<&RuledCompetence> for Competence {
    fn from(competence: &RuledCompetence) -> Self {
        match competence {
            RuledCompetence::Receiving => Self::Receiving,
            RuledCompetence::Area(level) => Self::Area((*level).into()),
            RuledCompetence::Unit(unit) => Self::Unit(unit.to_string()),
            RuledCompetence::Dispatcher => Self::Dispatcher,
        }
    }
}

impl From<&RuledOnline> for Online {
    fn from(online: &RuledOnline) -> Self {
        match online {
            RuledOnline::Full => Self::Full,
            RuledOnline::Partial { reason } => Self::Partial { reason: reason.clone() },
            RuledOnline::None => Self::None,
        }
    }
}

impl From<&ruled::Question> for Question {
    fn from(question: &ruled::Question) -> Self {
        Self {
            key: question.key.to_string(),
            label: question.label.clone(),
            label_en: question.label_en.clone(),
            kind: (&question.kind).into(),
            required: question.required,
            help: question.help.clone(),
            group: question.group.clone(),
            cases: question.cases.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<&RuledQuestionKind> for QuestionKind {
    fn from(kind: &RuledQuestionKind) -> Self {
        let option = |option: &ruled::ChoiceOption| AnswerOption {
            key: option.key.to_string(),
            label: option.label.clone(),
            label_en: option.label_en.clone(),
        };
        match kind {
            RuledQuestionKind::Text => Self::Text,
            RuledQuestionKind::LongText => Self::LongText,
            RuledQuestionKind::Date => Self::Date,
            RuledQuestionKind::Number { min, max } => Self::Number { min: *min, max: *max },
            RuledQuestionKind::Choice(options) => Self::Choice(options.iter().map(option).collect()),
            RuledQuestionKind::YesNo => Self::YesNo,
        }
    }
}

impl From<&ruled::ElectronicProcess> for Process {
    fn from(process: &ruled::ElectronicProcess) -> Self {
        Self { steps: process.steps.iter().map(ProcessStep::from).collect() }
    }
}

impl From<&ruled::ProcessStep> for ProcessStep {
    fn from(step: &ruled::ProcessStep) -> Self {
        Self {
            key: step.key.to_string(),
            name: step.name.clone(),
            kind: step.kind.into(),
            agency: match &step.agency {
                RuledAgency::Reception => Agency::Reception,
                RuledAgency::Competent => Agency::Competent,
                RuledAgency::Unit(unit) => Agency::Unit(unit.to_string()),
                RuledAgency::Level(level) => Agency::Level((*level).into()),
            },
            role: step.role.name(),
            limit: step.limit.map(|limit| limit.to_string()),
            after: step.after.iter().map(ToString::to_string).collect(),
            lead: step.lead,
        }
    }
}
