//! The electronic process of a version, or none of its own.

use motcua_domain::access::Role;
use motcua_domain::dossier::Office as _;
use motcua_domain::procedure::{
    ElectronicProcess, ProcedureVersion, ProcessStep, StepAgency, StepKey, StepKind,
};
use motcua_domain::unit::{UnitCode, UnitLevel};

use crate::procedure::draft::fields::{Reader, Wrong, fill_limit, limit, line};
use crate::web::form::Form;

pub(super) fn fill(form: &mut Form, version: &ProcedureVersion) {
    form.set("own_process", if version.process.is_some() { "yes" } else { "no" });
    // The default process is filled in as well: whoever wants another one changes it.
    for step in &version.process().steps {
        let Some(row) = form.add_row("step") else { break };
        form.set(&format!("{row}-key"), step.key.as_str());
        form.set(&format!("{row}-name"), step.name.as_deref().unwrap_or_default());
        form.set(&format!("{row}-kind"), step.kind.name());
        form.set(&format!("{row}-agency"), agency_name(&step.agency));
        form.set(&format!("{row}-role"), step.role.name());
        fill_limit(form, &row, step.limit);
        for after in &step.after {
            form.add(&format!("{row}-after"), after.as_str());
        }
        form.set(&format!("{row}-lead"), if step.lead { "yes" } else { "" });
    }
}

/// `reception`, `competent`, `level:commune` or `unit:H44.100`.
fn agency_name(agency: &StepAgency) -> String {
    match agency {
        StepAgency::Reception => "reception".to_owned(),
        StepAgency::Competent => "competent".to_owned(),
        StepAgency::Unit(unit) => format!("unit:{unit}"),
        StepAgency::Level(level) => format!("level:{}", level.name()),
    }
}

fn agency(text: &str, reader: Reader<'_>) -> Option<StepAgency> {
    match text.split_once(':') {
        None if text == "reception" => Some(StepAgency::Reception),
        None if text == "competent" => Some(StepAgency::Competent),
        Some(("unit", code)) => {
            let code = code.parse::<UnitCode>().ok()?;
            reader.office.units().latest(&code).map(|_| StepAgency::Unit(code))
        }
        Some(("level", name)) => UnitLevel::from_name(name).map(StepAgency::Level),
        None | Some(_) => None,
    }
}

pub(super) fn read(form: &mut Form, reader: Reader<'_>, version: &mut ProcedureVersion) {
    if form.value("own_process") != "yes" {
        version.process = None;
        return;
    }
    let mut wrong = Wrong::default();
    let mut steps = Vec::new();
    for row in form.rows("step") {
        let kind = StepKind::ALL.into_iter().find(|kind| kind.name() == row.text("kind"));
        if kind.is_none() {
            wrong.note(row.of("kind"), "catalogue.mend_step_kind");
        }
        let agency = agency(row.text("agency"), reader);
        if agency.is_none() {
            wrong.note(row.of("agency"), "catalogue.mend_step_agency");
        }
        let role = Role::from_name(row.text("role"));
        if role.is_none() {
            wrong.note(row.of("role"), "catalogue.mend_step_role");
        }
        let limit = limit(&row, &mut wrong);
        let after: Vec<StepKey> =
            row.field("after").values.iter().filter_map(|key| key.parse().ok()).collect();
        let key = row.text("key").parse();
        let (Some(kind), Some(agency), Some(role), Ok(key)) = (kind, agency, role, key) else { continue };
        let name = Some(line(&row, "name")).filter(|name| !name.is_empty());
        steps.push(ProcessStep { key, name, kind, agency, role, limit, after, lead: row.checked("lead") });
    }
    version.process = Some(ElectronicProcess { steps });
    wrong.tell(form, reader.locale);
}
