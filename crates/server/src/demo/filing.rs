//! What the dossiers of the demonstration ask for: by whom, through which door, with which answers and papers.

use anyhow::Context as _;
use jiff::SignedDuration;
use motcua_domain::access::{Actor, Role};
use motcua_domain::dossier::{
    Answer, Applicant, ApplicantKind, Channel, ComponentAsked, CopyKind, FeeDue, Filing, Identity, Paper,
    PaperSource, Representative, ReturnWay,
};
use motcua_domain::office_time::day_of;
use motcua_domain::procedure::{
    Case, CollectedAt, Competence, Component, Fee, OnlineLevel, ProcedureVersion, Question, QuestionKind,
};
use motcua_domain::unit::UnitCode;

use crate::demo::lives::World;
use crate::demo::names;
use crate::demo::people::Citizen;
use crate::demo::plan::{Fate, Life};
use crate::portal::filing::CONSENT_VERSION;
use crate::web::locale::Locale;
use crate::web::wording;

/// The communes, in the order of [`names::address`].
const COMMUNES: [&str; 3] = ["H99.101", "H99.102", "H99.103"];
/// The helper among the listed citizens.
const HELPER: usize = 7;
/// Who files for a company.
const COMPANY_OWNER: usize = 8;
/// Who files for a business household.
const HOUSEHOLD_OWNER: usize = 6;
/// Citizens who are listed with a dossier or two of their own.
const LISTED: usize = 9;

/// Who files it, and what.
pub fn filing(world: &World<'_>, life: Life) -> anyhow::Result<(Actor, Filing)> {
    let version = world.version(life.procedure)?;
    let case = &version.cases[life.case(version.cases.len())];
    let channel = channel(version, life);
    let (desk, competent) = units(version, life)?;
    let by_desk = matches!(channel, Channel::Counter | Channel::Post);
    let officer = world.people.officer(&desk, Role::Reception, life.at).context("nobody receives there")?;
    let account = account(world, life, channel);
    let (applicant, representative) = applicant(world, version, life, channel, account);
    let terms = version.terms(channel.terms(), Some(&case.key)).first().copied();
    let now = world.app.clock.now();
    let filing = Filing {
        procedure: version.code.clone(),
        procedure_version: version.version,
        procedure_name: version.name.clone(),
        field: version.field_key(),
        case: Some(case.key.clone()),
        components: case.handed_in().map(asked).collect(),
        channel,
        owner: account.map(|citizen| citizen.id),
        posted_at: (channel == Channel::Post)
            .then(|| now - SignedDuration::from_hours(20 + i64::try_from(life.at % 12).unwrap_or(0))),
        taken_in_by: by_desk.then_some(officer.id),
        subject: subject(version, case, &applicant),
        answers: version.questions.iter().map(|question| answer(question, &applicant, life, now)).collect(),
        sets: 1,
        receiving_unit: desk,
        competent_unit: competent,
        return_way: return_way(channel, &applicant, life),
        limit: terms.and_then(|terms| terms.limit),
        supplement_policy: world.app.office().settings().supplement_policy,
        fees: terms
            .map(|terms| terms.fees.as_slice())
            .unwrap_or_default()
            .iter()
            .map(|fee| due(fee, by_desk))
            .collect(),
        process: version.process(),
        papers: case
            .handed_in()
            .enumerate()
            .filter_map(|(nth, one)| paper(world, one, life, nth, by_desk))
            .collect(),
        applicant,
        representative,
    };
    let actor = account.filter(|_| !by_desk).map_or_else(|| officer.actor(), Citizen::actor);
    Ok((actor, filing))
}

/// Doors in turn, as far as the procedure opens them. Some fates need an account.
#[expect(clippy::wildcard_enum_match_arm, reason = "fates that say nothing here live like the rest")]
pub fn channel(version: &ProcedureVersion, life: Life) -> Channel {
    let doors = [
        Channel::Online,
        Channel::Counter,
        Channel::Online,
        Channel::Counter,
        Channel::Post,
        Channel::Online,
        Channel::Assisted,
        Channel::Counter,
    ];
    let wanted = match life.fate {
        Fate::Talked | Fate::SupplementOpen | Fate::Withdrawn => Channel::Online,
        Fate::Waiting if life.turn % 3 < 2 => Channel::Online,
        Fate::Dispatched | Fate::Undispatched | Fate::Accepted => Channel::Counter,
        // So that a listed citizen has one to follow through three agencies.
        Fate::Examined if life.procedure == "2.000986" => Channel::Online,
        _ => doors[(life.at + life.turn) % doors.len()],
    };
    if is_open(version, wanted) { wanted } else { Channel::Counter }
}

/// Whether a procedure can be filed through a door: through that of the counter always.
pub fn is_open(version: &ProcedureVersion, channel: Channel) -> bool {
    let is_offered = || version.open_channels().contains(&channel.terms());
    match channel {
        Channel::Online | Channel::Assisted => version.online != OnlineLevel::None && is_offered(),
        Channel::Counter => true,
        Channel::Post => version.postal && is_offered(),
    }
}

/// The desk and the unit that settles it; nobody knows the latter where the dispatcher is to name it.
fn units(version: &ProcedureVersion, life: Life) -> anyhow::Result<(UnitCode, Option<UnitCode>)> {
    let commune = |nth: usize| -> anyhow::Result<UnitCode> { Ok(COMMUNES[nth % COMMUNES.len()].parse()?) };
    let province = || -> anyhow::Result<UnitCode> { Ok("H99".parse()?) };
    let home = life.at * 2 / 3 + life.turn;
    Ok(match (&version.competence, life.fate) {
        (Competence::Unit(unit), _) => {
            // A department has a desk of its own; other agencies and some applicants use that of the province.
            let own = unit.as_str() == "H99.11" && life.turn.is_multiple_of(2);
            (if own { unit.clone() } else { province()? }, Some(unit.clone()))
        }
        (_, Fate::Dispatched | Fate::Undispatched) => (province()?, None),
        (_, Fate::NonTerritorial) => (commune(home + 1)?, Some(commune(home)?)),
        _ => (commune(home)?, Some(commune(home)?)),
    })
}

/// The account a dossier belongs to. Listed people get what their hints promise; the rest is spread over others and,
/// at the counter, mostly over people without an account.
#[expect(clippy::wildcard_enum_match_arm, reason = "fates that say nothing here live like the rest")]
fn account<'a>(world: &World<'a>, life: Life, channel: Channel) -> Option<&'a Citizen> {
    let citizens = &world.people.citizens;
    let by_fate = match life.fate {
        Fate::SupplementOpen => Some(1),
        Fate::Unpaid => Some(2),
        Fate::Late | Fate::Extended | Fate::ExtendedOpen | Fate::LateInChain => Some(3),
        Fate::Unfetched => Some(4),
        Fate::Talked | Fate::Withdrawn => Some(5),
        Fate::Examined if life.procedure == "2.000986" || life.procedure == "1.001776" => Some(0),
        Fate::Examined if life.procedure == "1.001612" => Some(5),
        Fate::Smooth if life.turn < 3 => Some(0),
        _ => None,
    };
    let other =
        || citizens.get(LISTED + (life.at * 7 + life.turn) % citizens.len().saturating_sub(LISTED).max(1));
    match channel {
        Channel::Assisted => citizens.get(HELPER),
        _ if is_company(life) => citizens.get(COMPANY_OWNER),
        _ if is_household(life) => citizens.get(HOUSEHOLD_OWNER),
        // Each listed person has the first few of their kind; further ones are other people's.
        Channel::Online => by_fate.filter(|_| life.turn < 4).and_then(|nth| citizens.get(nth)).or_else(other),
        Channel::Counter | Channel::Post => by_fate
            .filter(|_| life.turn < 3)
            .and_then(|nth| citizens.get(nth))
            .or_else(|| other().filter(|_| life.at.is_multiple_of(3))),
    }
}

fn is_company(life: Life) -> bool {
    match life.procedure {
        // The first of its two cases is for works, which companies build.
        "1.013225" => life.case(2) == 0,
        "2.000815" => life.turn % 4 == 1,
        "1.115563" => life.turn % 3 == 1,
        _ => false,
    }
}

fn is_household(life: Life) -> bool {
    life.procedure == "1.115563" && life.turn % 3 == 2
}

fn applicant(
    world: &World<'_>,
    version: &ProcedureVersion,
    life: Life,
    channel: Channel,
    account: Option<&Citizen>,
) -> (Applicant, Option<Representative>) {
    let number = life.at;
    let stranger = || Applicant {
        kind: ApplicantKind::Citizen,
        name: names::name(number),
        identity: names::identity(number, life.at),
    };
    if is_company(life) || is_household(life) {
        return firm(world, life);
    }
    if version.code.as_str() == "1.001010" {
        let identity = Identity { id_number: None, ..names::identity(number, 0) };
        let name = names::FOREIGNERS[life.turn % names::FOREIGNERS.len()].to_owned();
        return (Applicant { kind: ApplicantKind::Citizen, name, identity }, None);
    }
    match (channel, account) {
        (Channel::Assisted, Some(helper)) => {
            let representative = Representative {
                name: helper.name.clone(),
                identity: helper.identity.clone(),
                capacity: Locale::Vi.t("portal.capacity_community_team").to_owned(),
                consent: CONSENT_VERSION.to_owned(),
            };
            (stranger(), Some(representative))
        }
        (_, Some(citizen)) => {
            let (name, identity) = (citizen.name.clone(), citizen.identity.clone());
            (Applicant { kind: ApplicantKind::Citizen, name, identity }, None)
        }
        (_, None) => (stranger(), None),
    }
}

fn firm(world: &World<'_>, life: Life) -> (Applicant, Option<Representative>) {
    let (kind, first, owner) = if is_household(life) {
        (ApplicantKind::Household, names::FIRST_HOUSEHOLD, HOUSEHOLD_OWNER)
    } else {
        (ApplicantKind::Company, 0, COMPANY_OWNER)
    };
    let (name, tax, address) = names::FIRMS[first + life.turn % names::FIRST_HOUSEHOLD];
    let identity = Identity {
        tax_number: Some(tax.to_owned()),
        address: address.to_owned(),
        phone: Some(format!("09000{}", &tax[5..])),
        ..Identity::default()
    };
    let owner = &world.people.citizens[owner];
    let quality = Locale::Vi.t("portal.quality_legal_representative").to_owned();
    let representative = Representative {
        name: owner.name.clone(),
        identity: owner.identity.clone(),
        capacity: quality.clone(),
        consent: quality,
    };
    (Applicant { kind, name: name.to_owned(), identity }, Some(representative))
}

/// What is asked, in one line.
pub fn subject(version: &ProcedureVersion, case: &Case, applicant: &Applicant) -> String {
    if case.name.is_empty() {
        format!("{} – {}", version.name, applicant.name)
    } else {
        format!("{}: {} – {}", version.name, case.name, applicant.name)
    }
}

/// A paper asked for, as a filing keeps it.
pub fn asked(one: &Component) -> ComponentAsked {
    ComponentAsked { key: one.key.clone(), name: one.name.clone(), required: one.required }
}

/// Paid at once at the desk what is collected at reception.
pub fn due(fee: &Fee, by_desk: bool) -> FeeDue {
    let at_once = by_desk && fee.collected_at == CollectedAt::Reception;
    FeeDue { name: fee.name.clone(), amount: fee.amount, paid: at_once && fee.amount.is_some() }
}

/// What is required is there; of what is not, every other paper. At the desk some stay on paper.
fn paper(world: &World<'_>, one: &Component, life: Life, nth: usize, by_desk: bool) -> Option<Paper> {
    if !one.required && (life.at + nth).is_multiple_of(2) {
        return None;
    }
    let (copy, source) = match (by_desk, one.original_qty) {
        (true, 1..) if (life.at + nth) % 4 == 3 => (CopyKind::Original, PaperSource::OnPaper),
        (true, 1..) => (CopyKind::Original, PaperSource::Scanned),
        (true, 0) => (CopyKind::Copy, PaperSource::Scanned),
        (false, _) => (CopyKind::Electronic, PaperSource::Uploaded),
    };
    let quantity = one.original_qty.max(one.copy_qty).max(1);
    Some(Paper { component: Some(one.key.clone()), quantity, ..world.paper(&one.name, copy, source) })
}

fn return_way(channel: Channel, applicant: &Applicant, life: Life) -> ReturnWay {
    match channel {
        Channel::Post => ReturnWay::Post(applicant.identity.address.clone()),
        Channel::Online if life.at.is_multiple_of(5) => ReturnWay::Post(applicant.identity.address.clone()),
        Channel::Online if life.fate != Fate::Unfetched => ReturnWay::Online,
        Channel::Online | Channel::Counter | Channel::Assisted => ReturnWay::Desk,
    }
}

/// A plausible answer, by the key of the question or else by its kind.
fn answer(question: &Question, applicant: &Applicant, life: Life, now: jiff::Timestamp) -> Answer {
    let days_ago = |days: usize| {
        let at = now - SignedDuration::from_hours(24 * i64::try_from(days).unwrap_or(0));
        wording::day_short(day_of(at))
    };
    let value = match (&question.kind, question.key.as_str()) {
        (QuestionKind::Date, "ngay-sinh-ben-kia") => wording::day_short(names::birth_date(life.at + 151)),
        (QuestionKind::Date, _) => days_ago(3 + life.at % 40),
        (QuestionKind::Number { .. }, "dien-tich") => (60 + life.at % 120).to_string(),
        (QuestionKind::Number { .. }, "von") => format!("{}.000.000", 50 + life.at % 20 * 10),
        (QuestionKind::Number { min, max }, _) => (min + i64::from(min + 1 < *max)).to_string(),
        (QuestionKind::Choice(options), _) => {
            options[(life.at + life.turn) % options.len().max(1)].label.clone()
        }
        (QuestionKind::YesNo, _) => Locale::Vi.t("portal.no").to_owned(),
        (QuestionKind::Text, "nguoi-mat") => names::name(life.at + 211),
        (QuestionKind::Text, "ben-kia") => names::name(life.at + 151),
        (QuestionKind::Text, "ten-tre") => names::name(life.at + 263),
        (QuestionKind::Text, "thua-dat") => {
            format!("Thửa {}, tờ bản đồ {}", 12 + life.at % 200, 1 + life.at % 30)
        }
        (QuestionKind::Text, "ten-ho") => format!("Hộ kinh doanh {}", applicant.name),
        (QuestionKind::Text, "noi-mat") => "Tại nhà".to_owned(),
        (QuestionKind::Text, "dia-diem") => applicant.identity.address.clone(),
        (QuestionKind::LongText, "nganh") => "Bán lẻ trà sen, hạt sen và hàng thủ công".to_owned(),
        (QuestionKind::LongText, "thong-tin") => "Năm sinh của mẹ trong Giấy khai sinh".to_owned(),
        (QuestionKind::LongText, "ly-do") => "Ghi chưa đúng với giấy tờ của mẹ".to_owned(),
        (QuestionKind::LongText, "noi-cu-tru-cu") => "Không có nơi cư trú khác".to_owned(),
        (QuestionKind::Text | QuestionKind::LongText, _) => applicant.name.clone(),
    };
    Answer { question: question.key.clone(), label: question.label.clone(), value }
}
