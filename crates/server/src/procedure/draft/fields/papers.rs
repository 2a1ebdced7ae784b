//! Cases and papers of a version.

use motcua_domain::procedure::{Case, Component, ProcedureVersion, Purpose};

use crate::procedure::draft::fields::{Wrong, line, number};
use crate::web::form::Form;
use crate::web::locale::Locale;
use crate::web::rows::Row;

pub(super) fn fill(form: &mut Form, version: &ProcedureVersion) {
    let flag = |is: bool| if is { "yes" } else { "" };
    for case in &version.cases {
        let Some(row) = form.add_row("case") else { break };
        form.set(&format!("{row}-key"), case.key.as_str());
        form.set(&format!("{row}-name"), &case.name);
        for paper in &case.components {
            let Some(row) = form.add_row(&format!("{row}-paper")) else { break };
            for (field, value) in [
                ("key", paper.key.as_str()),
                ("code", &paper.code),
                ("name", &paper.name),
                ("group", &paper.group),
                ("purpose", paper.purpose.name()),
                ("originals", &paper.original_qty.to_string()),
                ("copies", &paper.copy_qty.to_string()),
                ("required", flag(paper.required)),
                ("electronic_form", flag(paper.electronic_form)),
                ("interactive", flag(paper.interactive)),
                ("already_held", flag(paper.already_held)),
                ("templates", &paper.templates.join("\n")),
            ] {
                form.set(&format!("{row}-{field}"), value);
            }
        }
    }
}

pub(super) fn read(form: &mut Form, locale: Locale, version: &mut ProcedureVersion) {
    let mut wrong = Wrong::default();
    let mut cases: Vec<Case> = Vec::new();
    let rows = form.rows("case");
    let several = 1 < rows.len();
    for row in rows {
        let name = line(&row, "name");
        if name.is_empty() && several {
            wrong.note(row.of("name"), "catalogue.mend_case_name");
        }
        let components = row.rows("paper").iter().filter_map(|row| paper(row, &mut wrong)).collect();
        match row.text("key").parse() {
            Ok(key) => cases.push(Case { key, name, components }),
            Err(_) => wrong.note(row.of("name"), "catalogue.mend_key"),
        }
    }
    version.cases = cases;
    wrong.tell(form, locale);
}

fn paper(row: &Row<'_>, wrong: &mut Wrong) -> Option<Component> {
    if row.is_blank(&["key", "purpose"]) {
        return None;
    }
    let name = line(row, "name");
    if name.is_empty() {
        wrong.note(row.of("name"), "catalogue.mend_paper_name");
    }
    let purpose =
        Purpose::ALL.into_iter().find(|purpose| purpose.name() == row.text("purpose")).unwrap_or_default();
    let required = row.checked("required");
    if required && purpose == Purpose::Note {
        wrong.note(row.of("required"), "catalogue.mend_required_note");
    }
    let Ok(key) = row.text("key").parse() else {
        wrong.note(row.of("name"), "catalogue.mend_key");
        return None;
    };
    Some(Component {
        key,
        code: line(row, "code"),
        name,
        group: line(row, "group"),
        purpose,
        original_qty: number(row, "originals", 0, wrong),
        copy_qty: number(row, "copies", 0, wrong),
        required,
        electronic_form: row.checked("electronic_form"),
        interactive: row.checked("interactive"),
        already_held: row.checked("already_held"),
        templates: row
            .text("templates")
            .lines()
            .map(crate::import::clean_line)
            .filter(|name| !name.is_empty())
            .collect(),
    })
}
