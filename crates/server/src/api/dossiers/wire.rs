//! One dossier on the wire. What officers write among themselves is told inside the office only.

#![expect(clippy::large_stack_arrays, reason = "the schema of a dossier lists its many fields at once")]

mod parts;

use jiff::Timestamp;
use motcua_domain::dossier::{
    Applicant as RuledApplicant, Dossier as RuledDossier, FileRef, Identity, Office as _,
    Paper as RuledPaper, Representative as RuledRepresentative, ReturnWay as RuledReturnWay, time,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::dossiers::papers_of;
use crate::api::wire::{ApplicantKind, Channel, Day, Instant, PaperCopy, Source, Status, UnitName};
use crate::calendar::words as calendar_words;
use crate::dossier::row::{self, Head, is_paused};
use crate::office::Snapshot;
use crate::web::locale::Locale;

pub use parts::{Extension, Form, Message, Opinion, Outcome, Pause, Payment, Proposal, Step, Supplement};

/// Who looks at which dossier, when.
pub struct View<'a> {
    /// Language of sentences.
    pub locale: Locale,
    /// Units and calendars.
    pub office: &'a Snapshot,
    /// The dossier.
    pub dossier: &'a RuledDossier,
    /// From inside the office; otherwise as its applicant.
    pub is_inside: bool,
    /// Now.
    pub now: Timestamp,
}

/// One dossier.
#[derive(Debug, Serialize, ToSchema)]
pub struct Dossier {
    /// Its code.
    code: String,
    /// Counts its changes; the entity tag. Readings do not count.
    version: u64,
    /// Where it stands.
    status: Status,
    /// The procedure asked for.
    procedure: ProcedureName,
    /// Key of the case.
    case: Option<String>,
    /// The door it came in by.
    channel: Channel,
    /// What is asked, in one line.
    subject: String,
    /// Whose it is.
    applicant: Applicant,
    /// Who handed it in, when somebody else.
    representative: Option<Representative>,
    /// The desk that took it in.
    receiving_unit: UnitName,
    /// Who settles it; null while nobody knows.
    competent_unit: Option<UnitName>,
    /// How the result goes back.
    return_way: ReturnWay,
    /// Handed in.
    submitted_at: Instant,
    /// Accepted.
    accepted_at: Option<Instant>,
    /// Ended.
    ended_at: Option<Instant>,
    /// Why it was refused, stopped or withdrawn.
    end_reason: Option<String>,
    /// Its clock.
    clock: Clock,
    /// The online form.
    answers: Vec<Answer>,
    /// The papers the caller may see.
    papers: Vec<Paper>,
    /// The steps of its electronic process.
    steps: Vec<Step>,
    /// Fees in force at reception.
    fees: Vec<Fee>,
    /// Requests for papers.
    supplements: Vec<Supplement>,
    /// Requests for payment.
    payments: Vec<Payment>,
    /// Every time the clock stood.
    pauses: Vec<Pause>,
    /// Extensions with their apology.
    extensions: Vec<Extension>,
    /// Opinions of other units; told inside the office.
    opinions: Vec<Opinion>,
    /// What is proposed; told inside the office.
    proposals: Vec<Proposal>,
    /// The result.
    outcome: Option<Outcome>,
    /// Numbered forms.
    forms: Vec<Form>,
    /// Messages.
    messages: Vec<Message>,
    /// Where its journal ends.
    journal: JournalHead,
}

/// A procedure and its version in force at reception.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProcedureName {
    /// National code.
    code: String,
    /// Number of the version.
    version: u32,
    /// Its name then.
    name: String,
}

/// The owner of a dossier.
#[derive(Debug, Serialize, ToSchema)]
pub struct Applicant {
    /// Citizen, company or business household.
    kind: ApplicantKind,
    /// Full name.
    name: String,
    /// Personal identification number.
    id_number: Option<String>,
    /// Tax number.
    tax_number: Option<String>,
    /// Birthday.
    birth_date: Option<Day>,
    /// Address.
    address: String,
    /// Telephone.
    phone: Option<String>,
    /// E-mail.
    email: Option<String>,
}

/// Who handed a dossier in for its owner.
#[derive(Debug, Serialize, ToSchema)]
pub struct Representative {
    /// Full name.
    name: String,
    /// Personal identification number.
    id_number: Option<String>,
    /// Telephone.
    phone: Option<String>,
    /// In which quality.
    capacity: String,
}

/// How the result goes back.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReturnWay {
    /// `desk`, `online` or `post`.
    way: &'static str,
    /// Where the post brings it.
    address: Option<String>,
}

/// The clock of a dossier, computed from its journal.
#[derive(Debug, Serialize, ToSchema)]
pub struct Clock {
    /// When it started; null before.
    started_at: Option<Instant>,
    /// The limit: `5wd`, `12wh`, `10d`, `1mo`; null when there is none.
    limit: Option<String>,
    /// When the dossier is due; null while it waits for the applicant, and without a limit.
    due_at: Option<Instant>,
    /// Whether it stands now.
    paused: bool,
    /// How it is counted, line by line.
    explanation: Vec<String>,
}

/// One answer of the online form.
#[derive(Debug, Serialize, ToSchema)]
pub struct Answer {
    /// Key of the question.
    question: String,
    /// The question as it was asked.
    label: String,
    /// The answer in words.
    value: String,
}

/// One paper.
#[derive(Debug, Serialize, ToSchema)]
pub struct Paper {
    /// Its id.
    id: String,
    /// Key of the component it answers.
    component: Option<String>,
    /// What it is.
    title: String,
    /// Original, copy or electronic.
    copy: PaperCopy,
    /// How many.
    quantity: u16,
    /// Where it came from.
    source: Source,
    /// Its file; null when it is on paper only.
    file: Option<File>,
}

/// A stored file.
#[derive(Debug, Serialize, ToSchema)]
pub struct File {
    /// SHA-256, 64 hexadecimal digits.
    sha256: String,
    /// Name.
    name: String,
    /// Bytes.
    size: u64,
    /// What it was found to be.
    media_type: String,
}

/// A fee or charge.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FeeDue)]
pub struct Fee {
    /// Name as published.
    name: String,
    /// Whole đồng (VND); null when it is not known, which is not zero.
    amount: Option<i64>,
    /// Whether it was collected.
    paid: bool,
}

/// Where a journal ends.
#[derive(Debug, Serialize, ToSchema)]
pub struct JournalHead {
    /// Number of the last entry.
    sequence: i64,
    /// Hash of the last entry.
    hash: String,
}

impl Dossier {
    /// The dossier as the caller may see it.
    pub fn new(view: &View<'_>, head: &Head) -> Self {
        let (filing, progress) = (&view.dossier.filing, &view.dossier.progress);
        let unit = |code| UnitName::new(view.office, code);
        Self {
            code: view.dossier.code.to_string(),
            version: progress.version,
            status: Status::new(view.locale, progress.status),
            procedure: ProcedureName {
                code: filing.procedure.to_string(),
                version: filing.procedure_version,
                name: filing.procedure_name.clone(),
            },
            case: filing.case.as_ref().map(ToString::to_string),
            channel: filing.channel.into(),
            subject: filing.subject.clone(),
            applicant: (&filing.applicant).into(),
            representative: filing.representative.as_ref().map(Representative::from),
            receiving_unit: unit(&filing.receiving_unit),
            competent_unit: progress.competent_unit.as_ref().map(unit),
            return_way: (&filing.return_way).into(),
            submitted_at: progress.submitted_at.into(),
            accepted_at: progress.accepted_at.map(Instant::from),
            ended_at: progress.ended_at.map(Instant::from),
            end_reason: progress.end_reason.clone(),
            clock: clock(view),
            answers: filing.answers.iter().map(Answer::from).collect(),
            papers: papers_of(view.dossier, view.is_inside).into_iter().map(Paper::from).collect(),
            steps: progress.tasks.iter().filter_map(|task| Step::new(view, task)).collect(),
            fees: filing.fees.iter().map(Fee::from).collect(),
            supplements: progress.supplements.iter().map(Supplement::from).collect(),
            payments: progress.payments.iter().map(Payment::from).collect(),
            pauses: progress.pauses.iter().map(Pause::from).collect(),
            extensions: progress.extensions.iter().map(Extension::from).collect(),
            opinions: view.inside(&progress.opinions, |opinion| Opinion::new(view, opinion)),
            proposals: view.inside(&progress.proposals, Proposal::from),
            outcome: progress.outcome.as_ref().map(Outcome::from),
            forms: progress.forms.iter().map(|form| Form::new(view, form)).collect(),
            messages: progress.messages.iter().map(Message::from).collect(),
            journal: JournalHead { sequence: head.sequence, hash: head.hash.clone() },
        }
    }
}

impl View<'_> {
    /// What is told inside the office only.
    fn inside<'b, T, U>(&self, all: &'b [T], of: impl Fn(&'b T) -> U) -> Vec<U> {
        if self.is_inside { all.iter().map(of).collect() } else { Vec::new() }
    }
}

fn clock(view: &View<'_>) -> Clock {
    let calendar = view.office.calendar_of(view.dossier.responsible_unit());
    let clock = time::clock(view.dossier, calendar, view.now);
    Clock {
        started_at: time::started_at(view.dossier).map(Instant::from),
        limit: view.dossier.filing.limit.map(|limit| limit.to_string()),
        due_at: row::due(view.dossier, view.office).map(Instant::from),
        paused: is_paused(view.dossier),
        explanation: clock
            .map(|clock| calendar_words::explanation(view.locale, &clock.explanation))
            .unwrap_or_default(),
    }
}

impl From<&RuledApplicant> for Applicant {
    fn from(applicant: &RuledApplicant) -> Self {
        let Identity { id_number, tax_number, birth_date, address, phone, email } =
            applicant.identity.clone();
        Self {
            kind: applicant.kind.into(),
            name: applicant.name.clone(),
            id_number,
            tax_number,
            birth_date: birth_date.map(Day::from),
            address,
            phone,
            email,
        }
    }
}

impl From<&RuledRepresentative> for Representative {
    fn from(other: &RuledRepresentative) -> Self {
        Self {
            name: other.name.clone(),
            id_number: other.identity.id_number.clone(),
            phone: other.identity.phone.clone(),
            capacity: other.capacity.clone(),
        }
    }
}

impl From<&RuledReturnWay> for ReturnWay {
    fn from(way: &RuledReturnWay) -> Self {
        match way {
            RuledReturnWay::Desk => Self { way: "desk", address: None },
            RuledReturnWay::Online => Self { way: "online", address: None },
            RuledReturnWay::Post(address) => Self { way: "post", address: Some(address.clone()) },
        }
    }
}

impl From<&motcua_domain::dossier::Answer> for Answer {
    fn from(answer: &motcua_domain::dossier::Answer) -> Self {
        Self {
            question: answer.question.to_string(),
            label: answer.label.clone(),
            value: answer.value.clone(),
        }
    }
}

impl From<&RuledPaper> for Paper {
    fn from(paper: &RuledPaper) -> Self {
        Self {
            id: paper.id.to_string(),
            component: paper.component.as_ref().map(ToString::to_string),
            title: paper.title.clone(),
            copy: paper.copy.into(),
            quantity: paper.quantity,
            source: paper.source.into(),
            file: paper.file.as_ref().map(File::from),
        }
    }
}

impl From<&FileRef> for File {
    fn from(file: &FileRef) -> Self {
        Self {
            sha256: file.sha256.to_string(),
            name: file.name.clone(),
            size: file.size,
            media_type: file.media_type.clone(),
        }
    }
}

impl From<&motcua_domain::dossier::FeeDue> for Fee {
    fn from(fee: &motcua_domain::dossier::FeeDue) -> Self {
        Self { name: fee.name.clone(), amount: fee.amount, paid: fee.paid }
    }
}
