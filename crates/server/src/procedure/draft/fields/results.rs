//! Results and legal bases of a version.

use motcua_domain::procedure::{LegalBase, ProcedureResult, ProcedureVersion, ResultKind};

use crate::procedure::draft::fields::{Wrong, day, line};
use crate::web::form::Form;
use crate::web::locale::Locale;

pub(super) fn fill(form: &mut Form, version: &ProcedureVersion) {
    for result in &version.results {
        let Some(row) = form.add_row("result") else { break };
        form.set(&format!("{row}-code"), &result.code);
        form.set(&format!("{row}-name"), &result.name);
        form.set(&format!("{row}-kind"), result.kind.map_or("", ResultKind::name));
        let months = result.validity_months.map(|months| months.to_string()).unwrap_or_default();
        form.set(&format!("{row}-months"), months);
    }
    for base in &version.legal_bases {
        let Some(row) = form.add_row("base") else { break };
        form.set(&format!("{row}-number"), &base.number);
        form.set(&format!("{row}-name"), &base.name);
        form.set(&format!("{row}-date"), base.date.map(crate::web::wording::day_short).unwrap_or_default());
        form.set(&format!("{row}-issuer"), &base.issuer);
    }
}

pub(super) fn read(form: &mut Form, locale: Locale, version: &mut ProcedureVersion) {
    let mut wrong = Wrong::default();
    let mut results = Vec::new();
    for row in form.rows("result") {
        if row.is_blank(&["kind"]) {
            continue;
        }
        let name = line(&row, "name");
        if name.is_empty() {
            wrong.note(row.of("name"), "catalogue.mend_result_name");
        }
        let months = row.text("months");
        let validity_months = months.parse().ok();
        if validity_months.is_none() && !months.is_empty() {
            wrong.note(row.of("months"), "catalogue.mend_number");
        }
        let kind = ResultKind::ALL.into_iter().find(|kind| kind.name() == row.text("kind"));
        results.push(ProcedureResult { code: line(&row, "code"), name, kind, validity_months });
    }
    let mut bases = Vec::new();
    for row in form.rows("base") {
        if row.is_blank(&[]) {
            continue;
        }
        let name = line(&row, "name");
        if name.is_empty() {
            wrong.note(row.of("name"), "catalogue.mend_base_name");
        }
        let date = day(&row, "date", &mut wrong);
        bases.push(LegalBase { number: line(&row, "number"), name, date, issuer: line(&row, "issuer") });
    }
    version.results = results;
    version.legal_bases = bases;
    wrong.tell(form, locale);
}
