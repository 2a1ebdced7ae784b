//! What a checked draft becomes: the filing that the rules take in.

use jiff::civil::Date;
use motcua_domain::dossier::{
    Answer, Applicant, ApplicantKind, Channel, ComponentAsked, CopyKind, Filing, Identity, Paper,
    PaperSource, Representative, ReturnWay,
};
use motcua_domain::identity::{Email, PersonName, Phone, TaxCode};
use motcua_domain::ids::PaperId;
use motcua_domain::procedure::{Component, OnlineLevel, Question, QuestionKind};
use motcua_domain::settings::Settings;

use crate::portal::answers::read_id_number;
use crate::portal::fees;
use crate::portal::plan::{BY_POST, Who, field_name};
use crate::portal::work::{Work, file_ref};
use crate::random::Random;
use crate::web::form::Form;
use crate::web::locale::Locale;
use crate::web::wording;

/// The text that a person agrees to when somebody files for them. Changing the words means a new number.
pub const CONSENT_VERSION: &str = "portal.consent_text/1";

/// The filing. None when no desk could take it in; every other answer was checked before.
pub fn build(work: &Work, settings: &Settings, random: &Random, now: jiff::Timestamp) -> Option<Filing> {
    let form = work.draft.typed.form();
    let plan = work.plan();
    let who = plan.who()?;
    let terms = plan.terms();
    let limit = match terms.as_slice() {
        // Which of several limits applies only an officer can judge: until then the shortest counts for nobody.
        [only] => only.limit,
        several => several.first().and_then(|first| {
            several.iter().all(|terms| terms.limit == first.limit).then_some(first.limit).flatten()
        }),
    };
    let components = plan.components();
    Some(Filing {
        procedure: work.version.code.clone(),
        procedure_version: work.version.version,
        procedure_name: work.version.name.clone(),
        field: work.version.field_key(),
        case: plan
            .cases()
            .iter()
            .find(|case| case.key.as_str() == form.value("case"))
            .map(|case| case.key.clone()),
        components: components.iter().map(|component| asked(component)).collect(),
        channel: if who == Who::Other { Channel::Assisted } else { Channel::Online },
        applicant: applicant(who, &form),
        representative: representative(who, &form),
        owner: Some(work.draft.owner),
        posted_at: None,
        taken_in_by: None,
        subject: subject(work),
        answers: plan
            .groups()
            .into_iter()
            .flat_map(|group| group.questions)
            .filter_map(|q| answer(q, &form))
            .collect(),
        sets: 1,
        receiving_unit: work.receiving_unit()?,
        competent_unit: work.competent_unit(),
        return_way: return_way(&form),
        limit,
        supplement_policy: settings.supplement_policy,
        fees: fees::due(work),
        process: work.version.process(),
        papers: papers(work, &components, random, now),
    })
}

/// An answer in words: what the officer reads.
pub fn answer_words(question: &Question, form: &Form, locale: Locale) -> Option<String> {
    let name = field_name(question);
    match &question.kind {
        QuestionKind::Date => form.date(&name).ok().flatten().map(wording::day_short),
        QuestionKind::Choice(options) => {
            let chosen = options.iter().find(|option| option.key.as_str() == form.value(&name))?;
            Some(match (locale, &chosen.label_en) {
                (Locale::En, Some(english)) => english.clone(),
                (Locale::En | Locale::Vi, _) => chosen.label.clone(),
            })
        }
        QuestionKind::YesNo => match form.value(&name) {
            "yes" => Some(locale.t("portal.yes").to_owned()),
            "no" => Some(locale.t("portal.no").to_owned()),
            _ => None,
        },
        QuestionKind::Number { .. } => {
            form.number(&name).map(|number| wording::answered_number(locale, number))
        }
        QuestionKind::Text | QuestionKind::LongText => form.text(&name).map(str::to_owned),
    }
}

/// What is asked, in one line.
fn subject(work: &Work) -> String {
    match work.plan().case().filter(|case| !case.name.is_empty()) {
        Some(case) => format!("{}: {}", work.version.name, case.name),
        None => work.version.name.clone(),
    }
}

fn asked(component: &Component) -> ComponentAsked {
    ComponentAsked { key: component.key.clone(), name: component.name.clone(), required: component.required }
}

/// The dossier keeps answers as they are read in Vietnamese, the language of the office.
fn answer(question: &Question, form: &Form) -> Option<Answer> {
    let value = answer_words(question, form, Locale::Vi)?;
    Some(Answer { question: question.key.clone(), label: question.label.clone(), value })
}

fn applicant(who: Who, form: &Form) -> Applicant {
    let kind = match who {
        Who::Me | Who::Other => ApplicantKind::Citizen,
        Who::Company => ApplicantKind::Company,
        Who::Household => ApplicantKind::Household,
    };
    let mut identity = identity("owner", form);
    let name = match kind {
        ApplicantKind::Citizen => person_name("owner", form),
        ApplicantKind::Company | ApplicantKind::Household => {
            identity.tax_number = form.value("owner_tax").parse::<TaxCode>().ok().map(|code| code.digits());
            form.text("owner_name").unwrap_or_default().to_owned()
        }
    };
    Applicant { kind, name, identity }
}

fn representative(who: Who, form: &Form) -> Option<Representative> {
    let (capacity, consent) = match who {
        Who::Me => return None,
        Who::Other => (format!("portal.capacity_{}", form.value("capacity")), CONSENT_VERSION.to_owned()),
        Who::Company | Who::Household => {
            let quality = format!("portal.quality_{}", form.value("quality"));
            let declared = Locale::Vi.t(&quality).to_owned();
            (quality, declared)
        }
    };
    let capacity = Locale::Vi.find(&capacity).unwrap_or_default().to_owned();
    Some(Representative {
        name: person_name("rep", form),
        identity: identity("rep", form),
        capacity,
        consent,
    })
}

fn person_name(prefix: &str, form: &Form) -> String {
    let typed = form.value(&format!("{prefix}_name"));
    typed.parse::<PersonName>().map_or_else(|_| typed.to_owned(), |name| name.as_str().to_owned())
}

fn identity(prefix: &str, form: &Form) -> Identity {
    let field = |part: &str| format!("{prefix}_{part}");
    let born: Option<Date> = form.date(&field("born")).ok().flatten();
    Identity {
        id_number: read_id_number(form.value(&field("id"))).ok(),
        tax_number: None,
        birth_date: born,
        address: form.text(&field("address")).unwrap_or_default().to_owned(),
        phone: form.value(&field("phone")).parse::<Phone>().ok().map(|phone| phone.as_str().to_owned()),
        email: form.value(&field("email")).parse::<Email>().ok().map(|email| email.as_str().to_owned()),
    }
}

fn return_way(form: &Form) -> ReturnWay {
    match form.value("return_way") {
        BY_POST => ReturnWay::Post(form.text("return_address").unwrap_or_default().to_owned()),
        "desk" => ReturnWay::Desk,
        _ => ReturnWay::Online,
    }
}

fn papers(work: &Work, components: &[&Component], random: &Random, now: jiff::Timestamp) -> Vec<Paper> {
    let mut papers = Vec::new();
    for component in components {
        for file in work.files_of(component.key.as_str()) {
            papers.push(Paper {
                id: file.id.parse().unwrap_or_else(|_| PaperId::new(random.uuid(now))),
                component: Some(component.key.clone()),
                title: component.name.clone(),
                copy: CopyKind::Electronic,
                quantity: 1,
                source: PaperSource::Uploaded,
                file: Some(file_ref(file)),
            });
        }
        if work.is_brought_later(component) && matches!(work.version.online, OnlineLevel::Partial { .. }) {
            papers.push(Paper {
                id: PaperId::new(random.uuid(now)),
                component: Some(component.key.clone()),
                title: component.name.clone(),
                copy: if 0 < component.original_qty { CopyKind::Original } else { CopyKind::Copy },
                quantity: component.original_qty.max(component.copy_qty).max(1),
                source: PaperSource::OnPaper,
                file: None,
            });
        }
    }
    papers
}
