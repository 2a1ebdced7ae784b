//! Reads the page of the counter into a filing, and says everything that is wrong at once.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use motcua_domain::dossier::{
    Applicant, ApplicantKind, Channel, ComponentAsked, CopyKind, FeeDue, Filing, Identity, Office as _,
    Paper, PaperSource, Representative, ReturnWay,
};
use motcua_domain::identity::{
    CardWarning, CitizenNumber, Email, NumberError, OldNumber, PersonName, Phone, Sex, TaxCode,
};
use motcua_domain::ids::PaperId;
use motcua_domain::office_time;
use motcua_domain::unit::UnitCode;

use crate::account::citizen::facts::name_words;
use crate::app::App;
use crate::desk::intake::Receiver;
use crate::desk::intake::files::BOX;
use crate::desk::intake::offer::{self, Offer};
use crate::portal::answers::LINE_CHARS_MAX;
use crate::portal::store::DraftFile;
use crate::portal::work::file_ref;
use crate::web::form::{Choice, Form};
use crate::web::locale::Locale;

/// Most sets, and most copies of one paper.
const QUANTITY_MAX: u16 = 999;

/// The filing with the scans in `files`, or `None` with a complaint at every field that is wrong.
pub fn filing(
    app: &App,
    receiver: &Receiver,
    offer: &Offer<'_>,
    form: &mut Form,
    files: &[DraftFile],
) -> Option<Filing> {
    let (locale, desks) = (receiver.locale, &receiver.desks);
    let now = app.clock.now();
    let (applicant, representative) = (applicant(form, locale), representative(form, locale));
    let terms = offer.chosen_terms(form);
    if terms.is_none() && 1 < offer.terms().len() {
        form.refuse("limit", locale.t("intake.limit_missing"));
    }
    let papers = papers(app, offer, form, locale, files);
    let posted_at = if offer.is_post { posted_at(form, locale, now) } else { None };
    let subject = line(form, "subject", locale);
    if form.text("subject").is_none() {
        form.refuse("subject", locale.t("intake.subject_missing"));
    }
    let competent_unit = competent_unit(app, form, locale);
    let sets = quantity(form, "sets", locale);
    let return_way = return_way(form, locale);
    let desk = desks.iter().find(|desk| desk.as_str() == form.value("desk")).or_else(|| desks.first())?;
    if form.has_errors() {
        return None;
    }
    let version = offer.version;
    Some(Filing {
        procedure: version.code.clone(),
        procedure_version: version.version,
        procedure_name: version.name.clone(),
        field: version.field_key(),
        case: offer.case.map(|case| case.key.clone()),
        components: offer
            .asked()
            .map(|one| ComponentAsked {
                key: one.key.clone(),
                name: one.name.clone(),
                required: one.required,
            })
            .collect(),
        channel: if offer.is_post { Channel::Post } else { Channel::Counter },
        applicant: applicant?,
        representative,
        owner: None,
        posted_at,
        taken_in_by: Some(receiver.officer),
        subject: subject?,
        answers: Vec::new(),
        sets: sets?,
        receiving_unit: desk.clone(),
        competent_unit,
        return_way,
        limit: terms.and_then(|terms| terms.limit),
        supplement_policy: app.office().settings().supplement_policy,
        fees: fees(offer, form),
        process: version.process(),
        papers,
    })
}

/// The applicant, with a complaint at every field that is wrong.
pub fn applicant(form: &mut Form, locale: Locale) -> Option<Applicant> {
    let kind = match form.value("kind") {
        "company" => ApplicantKind::Company,
        "household" => ApplicantKind::Household,
        _ => ApplicantKind::Citizen,
    };
    let name = form.value("name").parse::<PersonName>().map(|name| name.to_string());
    let name = match (kind, name) {
        // An organisation may have digits and signs in its name, a person may not.
        (ApplicantKind::Company | ApplicantKind::Household, Err(error)) => {
            line(form, "name", locale).ok_or(error)
        }
        (_, name) => name,
    };
    if let Err(error) = &name {
        form.refuse("name", name_words(locale, *error));
    }
    let id_number = checked(form, "id_number", locale, |text| id_number(text).ok());
    let tax_number = checked(form, "tax_number", locale, |text| Some(text.parse::<TaxCode>().ok()?.digits()));
    if kind == ApplicantKind::Company && form.text("tax_number").is_none() {
        form.refuse("tax_number", locale.t("intake.tax_number_missing"));
    }
    let birth_date = born(form, locale);
    let address = line(form, "address", locale);
    if form.text("address").is_none() {
        form.refuse("address", locale.t("intake.address_missing"));
    }
    let phone = checked(form, "phone", locale, |text| Some(text.parse::<Phone>().ok()?.to_string()));
    let email = checked(form, "email", locale, |text| Some(text.parse::<Email>().ok()?.to_string()));
    let identity = Identity { id_number, tax_number, birth_date, address: address?, phone, email };
    Some(Applicant { kind, name: name.ok()?, identity })
}

/// Fields about somebody who hands it in for the applicant.
const REPRESENTATIVE: [&str; 5] = ["rep_name", "rep_id", "rep_phone", "rep_capacity", "rep_consent"];

/// In which capacity somebody may come to the counter for somebody else, with the key of its words.
const CAPACITIES: [(&str, &str); 5] = [
    ("authorised", "portal.capacity_authorised"),
    ("family", "portal.capacity_family"),
    ("legal_representative", "portal.quality_legal_representative"),
    ("community_team", "portal.capacity_community_team"),
    ("postal_worker", "portal.capacity_postal_worker"),
];

/// The capacities to choose from.
pub fn capacities(locale: Locale) -> Vec<Choice> {
    CAPACITIES.iter().map(|(name, key)| Choice::new(*name, locale.t(key))).collect()
}

/// Whether anything was typed about somebody who hands it in for the applicant.
pub fn is_represented(form: &Form) -> bool {
    REPRESENTATIVE.iter().any(|name| form.text(name).is_some())
}

/// Somebody who hands it in for the applicant, with a complaint at every field that is wrong. Once anything was typed
/// about this person, all but the telephone is needed. The dossier keeps the capacity in the language of the office.
pub fn representative(form: &mut Form, locale: Locale) -> Option<Representative> {
    if !is_represented(form) {
        return None;
    }
    let name = form.value("rep_name").parse::<PersonName>();
    if let Err(error) = &name {
        form.refuse("rep_name", name_words(locale, *error));
    }
    let number = id_number(form.value("rep_id"));
    if number.is_err() {
        form.refuse("rep_id", locale.t("intake.id_number_wrong"));
    }
    let phone = form.text("rep_phone").map(str::parse::<Phone>).transpose();
    if phone.is_err() {
        form.refuse("rep_phone", locale.t("intake.phone_wrong"));
    }
    let capacity = CAPACITIES.iter().find(|(name, _)| *name == form.value("rep_capacity"));
    if capacity.is_none() {
        form.refuse("rep_capacity", locale.t("intake.rep_capacity_missing"));
    }
    let consent = line(form, "rep_consent", locale);
    if form.text("rep_consent").is_none() {
        form.refuse("rep_consent", locale.t("intake.rep_consent_missing"));
    }
    let identity = Identity {
        id_number: Some(number.ok()?),
        phone: phone.ok()?.map(|phone| phone.to_string()),
        ..Identity::default()
    };
    let capacity = Locale::Vi.t(capacity?.1).to_owned();
    Some(Representative { name: name.ok()?.to_string(), identity, capacity, consent: consent? })
}

/// One line of text, with a complaint when it is longer than any that is meant.
fn line(form: &mut Form, name: &str, locale: Locale) -> Option<String> {
    let text = form.text(name)?.to_owned();
    if LINE_CHARS_MAX < text.chars().count() {
        form.refuse(name, locale.say("intake.too_long").arg("limit", LINE_CHARS_MAX).to_string());
        return None;
    }
    Some(text)
}

/// The unit that settles it, when one was chosen; otherwise the dispatcher finds out.
fn competent_unit(app: &App, form: &mut Form, locale: Locale) -> Option<UnitCode> {
    let typed = form.text("unit")?;
    let office = app.office();
    let unit = typed.parse().ok().filter(|unit| office.units().on(unit, office.day).is_some());
    if unit.is_none() {
        form.refuse("unit", locale.t("intake.unit_wrong"));
    }
    unit
}

/// What does not fit the number of the card. Never stops anybody.
pub fn warnings(form: &Form, locale: Locale) -> Vec<String> {
    let Ok(number) = form.value("id_number").parse::<CitizenNumber>() else { return Vec::new() };
    let sex = match form.value("sex") {
        "nam" => Some(Sex::Male),
        "nu" => Some(Sex::Female),
        _ => None,
    };
    let birth = form.date("born").ok().flatten();
    let words = |warning: &CardWarning| match warning {
        CardWarning::Sex { .. } => locale.t("intake.warning_sex").to_owned(),
        CardWarning::BirthYear { stated, .. } => {
            locale.say("intake.warning_year").arg("year", stated).to_string()
        }
    };
    number.warnings(sex, birth).iter().map(words).collect()
}

fn id_number(text: &str) -> Result<String, NumberError> {
    match text.parse::<OldNumber>() {
        Ok(old) => Ok(old.to_string()),
        Err(_) => text.parse::<CitizenNumber>().map(|number| number.to_string()),
    }
}

/// A field that may stay empty but not be wrong.
fn checked(
    form: &mut Form,
    name: &str,
    locale: Locale,
    read: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let read = read(form.text(name)?);
    if read.is_none() {
        form.refuse(name, locale.t(&format!("intake.{name}_wrong")));
    }
    read
}

fn born(form: &mut Form, locale: Locale) -> Option<Date> {
    match form.date("born") {
        Ok(day) => day,
        Err(problem) => {
            let words = locale.say(problem.key()).arg("what", locale.t("intake.born")).to_string();
            form.refuse_date("born", problem, words);
            None
        }
    }
}

fn posted_at(form: &mut Form, locale: Locale, now: Timestamp) -> Option<Timestamp> {
    let day = match form.date("posted") {
        Ok(day) => day,
        Err(problem) => {
            let words = locale.say(problem.key()).arg("what", locale.t("intake.posted")).to_string();
            form.refuse_date("posted", problem, words);
            return None;
        }
    };
    let time = form.text("posted_time").and_then(|text| Time::strptime("%H:%M", text).ok());
    if time.is_none() {
        form.refuse("posted_time", locale.t("intake.posted_time_wrong"));
    }
    let Some(day) = day else {
        form.refuse_at("posted", "posted-day", locale.t("intake.posted_missing"));
        return None;
    };
    let at = office_time::from_office(day.to_datetime(time?));
    if now < at {
        form.refuse_at("posted", "posted-day", locale.t("intake.posted_future"));
    }
    Some(at)
}

fn quantity(form: &mut Form, name: &str, locale: Locale) -> Option<u16> {
    let number = form.number(name).and_then(|number| u16::try_from(number).ok());
    let number = number.filter(|number| (1..=QUANTITY_MAX).contains(number));
    if number.is_none() {
        form.refuse(name, locale.t("intake.quantity_wrong"));
    }
    number
}

/// The papers that were handed in, each with its scans: the first is that of the paper, the others are more pages of it.
fn papers(app: &App, offer: &Offer<'_>, form: &mut Form, locale: Locale, files: &[DraftFile]) -> Vec<Paper> {
    let now = app.clock.now();
    let mut papers = Vec::new();
    for component in offer.asked() {
        let key = &component.key;
        let scans: Vec<&DraftFile> = files.iter().filter(|file| file.component == key.as_str()).collect();
        // A browser without scripts sends the name of a file that was chosen and not sent.
        if let Some(name) = form.text(&format!("{BOX}{key}")).map(str::to_owned) {
            let said = locale.say("intake.scan_not_sent").arg("name", name).to_string();
            form.refuse(&format!("{BOX}{key}"), said);
        }
        if !form.checked(&format!("paper-{key}")) {
            if !scans.is_empty() {
                form.refuse(&format!("paper-{key}"), locale.t("intake.scan_of_nothing"));
            }
            continue;
        }
        let Some(quantity) = quantity(form, &format!("quantity-{key}"), locale) else { continue };
        let paper = |copy: CopyKind, quantity: u16, scan: Option<&DraftFile>| Paper {
            id: PaperId::new(app.random.uuid(now)),
            component: Some(key.clone()),
            title: component.name.clone(),
            copy,
            quantity,
            source: if scan.is_some() { PaperSource::Scanned } else { PaperSource::OnPaper },
            file: scan.map(file_ref),
        };
        let copy = match form.value(&format!("copy-{key}")) {
            "original" => CopyKind::Original,
            "electronic" => CopyKind::Electronic,
            _ => CopyKind::Copy,
        };
        papers.push(paper(copy, quantity, scans.first().copied()));
        papers.extend(scans.iter().skip(1).map(|scan| paper(CopyKind::Electronic, 1, Some(*scan))));
    }
    papers
}

fn return_way(form: &mut Form, locale: Locale) -> ReturnWay {
    match form.value("way") {
        "online" => ReturnWay::Online,
        "post" => {
            let address = line(form, "return_address", locale);
            if form.text("return_address").is_none() {
                form.refuse("return_address", locale.t("intake.return_address_missing"));
            }
            ReturnWay::Post(address.unwrap_or_default())
        }
        _ => ReturnWay::Desk,
    }
}

/// The dossier keeps the names of fees in the language of the office.
fn fees(offer: &Offer<'_>, form: &Form) -> Vec<FeeDue> {
    let several = 1 < offer.terms().len();
    let due = |(at, fee): (usize, &motcua_domain::procedure::Fee)| {
        let paid = form.checked(&format!("fee-{at}"));
        let known = |amount: &i64| *amount == 0 || paid || (!several && fee.unit.is_empty());
        FeeDue { name: offer::fee_name(fee, Locale::Vi), amount: fee.amount.filter(known), paid }
    };
    offer.fees().into_iter().enumerate().map(due).collect()
}
