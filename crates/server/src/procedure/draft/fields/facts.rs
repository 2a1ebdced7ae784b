//! The facts of a version: names, fields, who may ask for it, which unit is competent, how far it is done online.

use motcua_domain::dossier::Office as _;
use motcua_domain::procedure::{Competence, Field, OnlineLevel, ProcedureLevel, ProcedureVersion, Subject};
use motcua_domain::unit::{UnitCode, UnitLevel};

use crate::import::{clean, clean_line};
use crate::procedure::draft::fields::{Reader, Wrong, line};
use crate::web::form::Form;

/// Fields and lists of rows of this section.
pub(super) const NAMES: [&str; 17] = [
    "name",
    "name_en",
    "level",
    "field",
    "subject",
    "agency",
    "competence",
    "competence_level",
    "competence_unit",
    "online",
    "online_reason",
    "non_territorial",
    "postal",
    "internal",
    "keywords",
    "steps",
    "requirements",
];

/// Longest name of a procedure, in characters: the longest of the national catalogue has about a thousand.
const NAME_CHARS_MAX: usize = 2_000;

pub(super) fn fill(form: &mut Form, version: &ProcedureVersion) {
    let flag = |is: bool| if is { "yes" } else { "" };
    let (competence, level, unit) = match &version.competence {
        Competence::Receiving => ("receiving", "", ""),
        Competence::Area(level) => ("area", level.name(), ""),
        Competence::Unit(unit) => ("unit", "", unit.as_str()),
        Competence::Dispatcher => ("dispatcher", "", ""),
    };
    let reason = match &version.online {
        OnlineLevel::Partial { reason } => reason.as_str(),
        OnlineLevel::Full | OnlineLevel::None => "",
    };
    for (name, value) in [
        ("name", version.name.as_str()),
        ("name_en", version.name_en.as_deref().unwrap_or_default()),
        ("agency", &version.executing_agency),
        ("competence", competence),
        ("competence_level", level),
        ("competence_unit", unit),
        ("online", version.online.name()),
        ("online_reason", reason),
        ("non_territorial", flag(version.non_territorial)),
        ("postal", flag(version.postal)),
        ("internal", flag(version.internal)),
        ("keywords", &version.keywords.join("\n")),
        ("steps", &version.steps),
        ("requirements", &version.requirements),
    ] {
        form.set(name, value);
    }
    for level in &version.levels {
        form.add("level", level.name());
    }
    for field in &version.fields {
        let Some(row) = form.add_row("field") else { break };
        form.set(&format!("{row}-code"), &field.code);
        form.set(&format!("{row}-name"), &field.name);
    }
    for subject in &version.subjects {
        let Some(row) = form.add_row("subject") else { break };
        form.set(&format!("{row}-code"), &subject.code);
        form.set(&format!("{row}-name"), &subject.name);
    }
}

pub(super) fn read(form: &mut Form, reader: Reader<'_>, version: &mut ProcedureVersion) {
    let locale = reader.locale;
    version.name = clean_line(form.value("name"));
    if version.name.is_empty() || NAME_CHARS_MAX < version.name.chars().count() {
        form.refuse("name", locale.t("catalogue.mend_name"));
    }
    version.name_en = Some(clean_line(form.value("name_en"))).filter(|name| !name.is_empty());
    version.levels = form.values("level").into_iter().filter_map(ProcedureLevel::from_name).collect();
    let mut wrong = Wrong::default();
    version.fields =
        named(form, "field", &mut wrong).into_iter().map(|(code, name)| Field { code, name }).collect();
    version.subjects =
        named(form, "subject", &mut wrong).into_iter().map(|(code, name)| Subject { code, name }).collect();
    wrong.tell(form, locale);
    version.executing_agency = clean_line(form.value("agency"));
    version.steps = clean(form.value("steps"));
    version.requirements = clean(form.value("requirements"));
    version.keywords =
        form.value("keywords").lines().map(clean_line).filter(|word| !word.is_empty()).collect();
    version.non_territorial = form.checked("non_territorial");
    version.postal = form.checked("postal");
    version.internal = form.checked("internal");
    competence(form, reader, version);
    online(form, reader, version);
}

/// Rows of a code and a name; a row with neither is left out, one without a name is refused.
fn named(form: &Form, list: &str, wrong: &mut Wrong) -> Vec<(String, String)> {
    let mut told = Vec::new();
    for row in form.rows(list).iter().filter(|row| !row.is_blank(&[])) {
        let name = line(row, "name");
        if name.is_empty() {
            wrong.note(row.of("name"), "catalogue.mend_row_name");
        }
        told.push((line(row, "code"), name));
    }
    told
}

fn competence(form: &mut Form, reader: Reader<'_>, version: &mut ProcedureVersion) {
    let locale = reader.locale;
    match form.value("competence") {
        "receiving" => version.competence = Competence::Receiving,
        "area" => match UnitLevel::from_name(form.value("competence_level")) {
            Some(level @ (UnitLevel::Province | UnitLevel::District | UnitLevel::Commune)) => {
                version.competence = Competence::Area(level);
            }
            Some(UnitLevel::Central | UnitLevel::Department) | None => {
                form.refuse("competence_level", locale.t("catalogue.mend_competence_level"));
            }
        },
        "unit" => {
            let unit = form.value("competence_unit").parse::<UnitCode>().ok();
            match unit.filter(|unit| reader.office.units().latest(unit).is_some()) {
                Some(unit) => version.competence = Competence::Unit(unit),
                None => form.refuse("competence_unit", locale.t("catalogue.mend_competence_unit")),
            }
        }
        "dispatcher" => version.competence = Competence::Dispatcher,
        _ => form.refuse("competence", locale.t("catalogue.mend_competence")),
    }
}

fn online(form: &mut Form, reader: Reader<'_>, version: &mut ProcedureVersion) {
    let locale = reader.locale;
    match form.value("online") {
        "full" => version.online = OnlineLevel::Full,
        "partial" => {
            let reason = clean_line(form.value("online_reason"));
            // The reason why not all of it is online is published with it (domain rules §6).
            if reason.is_empty() {
                form.refuse("online_reason", locale.t("catalogue.mend_online_reason"));
            }
            version.online = OnlineLevel::Partial { reason };
        }
        "none" => version.online = OnlineLevel::None,
        _ => form.refuse("online", locale.t("catalogue.mend_online")),
    }
}
