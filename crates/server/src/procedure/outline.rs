//! A version taken apart into things with names, each said in words: what a page shows in full, and what two versions
//! are compared by.

use motcua_domain::procedure::{
    Case, ChannelTerms, Competence, Component, ProcedureVersion, ProcessStep, Question, QuestionKind,
    StepAgency, StepKey,
};

use crate::account::roles;
use crate::calendar::words::capital;
use crate::office::Snapshot;
use crate::procedure::words;
use crate::web::locale::Locale;
use crate::web::wording;

/// The sections of a version, in the order they are read.
pub const SECTIONS: [&str; 6] = [
    "catalogue.section_facts",
    "catalogue.section_papers",
    "catalogue.section_terms",
    "catalogue.section_results",
    "catalogue.section_process",
    "catalogue.section_questions",
];

/// One thing a version says something about: the version itself, a paper, a fee, a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    /// Key of the heading it stands under.
    pub section: &'static str,
    /// The same in every version that has this thing.
    pub id: String,
    /// What it is called; empty for the version itself.
    pub name: String,
    /// What is said about it: label and words. Nothing empty.
    pub parts: Vec<(&'static str, String)>,
}

/// Takes a version apart.
pub fn things(locale: Locale, office: &Snapshot, version: &ProcedureVersion) -> Vec<Thing> {
    let teller = Teller { locale, office, version };
    let mut things = vec![teller.facts()];
    for case in &version.cases {
        things.push(teller.case(case));
        things.extend(case.components.iter().map(|component| teller.component(case, component)));
    }
    things.extend(teller.terms());
    things.extend(teller.results());
    things.extend(teller.legal_bases());
    if let Some(process) = &version.process {
        things.extend(process.steps.iter().map(|step| teller.step(step)));
    }
    things.extend(version.questions.iter().map(|question| teller.question(question)));
    things
}

struct Teller<'a> {
    locale: Locale,
    office: &'a Snapshot,
    version: &'a ProcedureVersion,
}

impl Teller<'_> {
    /// Labels in words, and only what has something to say.
    fn parts<const N: usize>(&self, parts: [(&str, String); N]) -> Vec<(&'static str, String)> {
        let said = parts.into_iter().filter(|(_, words)| !words.is_empty());
        said.map(|(key, words)| (self.locale.t(key), words)).collect()
    }

    fn yes_no(&self, is: bool) -> String {
        self.locale.t(if is { "catalogue.yes" } else { "catalogue.no" }).to_owned()
    }

    /// Said only when it is so.
    fn if_so(&self, is: bool) -> String {
        if is { self.yes_no(true) } else { String::new() }
    }

    fn facts(&self) -> Thing {
        let (locale, version) = (self.locale, self.version);
        let coded = |code: &str, name: &str| {
            if code.is_empty() { name.to_owned() } else { format!("{name} ({code})") }
        };
        let fields: Vec<String> =
            version.fields.iter().map(|field| coded(&field.code, &field.name)).collect();
        let subjects: Vec<String> = version.subjects.iter().map(|of| coded(&of.code, &of.name)).collect();
        let parts = self.parts([
            ("catalogue.name", version.name.clone()),
            ("catalogue.name_en", version.name_en.clone().unwrap_or_default()),
            ("catalogue.fields", fields.join("; ")),
            ("catalogue.levels", words::levels(locale, &version.levels)),
            ("catalogue.subjects", subjects.join("; ")),
            ("catalogue.agency", version.executing_agency.clone()),
            ("catalogue.competence", competence(locale, self.office, &version.competence)),
            ("catalogue.online", words::online_with_reason(locale, &version.online)),
            ("catalogue.non_territorial", self.yes_no(version.non_territorial)),
            ("catalogue.postal", self.yes_no(version.postal)),
            ("catalogue.internal", self.if_so(version.internal)),
            ("catalogue.keywords", version.keywords.join("; ")),
            ("catalogue.steps", version.steps.clone()),
            ("catalogue.requirements", version.requirements.clone()),
        ]);
        Thing { section: SECTIONS[0], id: "facts".to_owned(), name: String::new(), parts }
    }

    fn case_name(&self, case: &Case) -> String {
        if case.name.is_empty() {
            self.locale.t("catalogue.every_case").to_owned()
        } else {
            self.locale.say("catalogue.case_of").arg("name", &case.name).to_string()
        }
    }

    fn case(&self, case: &Case) -> Thing {
        let parts = self.parts([("catalogue.case_name", case.name.clone())]);
        Thing {
            section: SECTIONS[1],
            id: format!("case {}", case.key),
            name: capital(&self.case_name(case)),
            parts,
        }
    }

    fn component(&self, case: &Case, paper: &Component) -> Thing {
        let locale = self.locale;
        let count = |n: u16| if n == 0 { String::new() } else { n.to_string() };
        let parts = self.parts([
            ("catalogue.paper_name", paper.name.clone()),
            ("catalogue.paper_code", paper.code.clone()),
            ("catalogue.paper_group", paper.group.clone()),
            (
                "catalogue.purpose",
                locale.t(&format!("catalogue.purpose_{}", paper.purpose.name())).to_owned(),
            ),
            ("catalogue.originals", count(paper.original_qty)),
            ("catalogue.copies", count(paper.copy_qty)),
            ("catalogue.required", self.yes_no(paper.required)),
            ("catalogue.electronic_form", self.if_so(paper.electronic_form)),
            ("catalogue.interactive", self.if_so(paper.interactive)),
            ("catalogue.already_held", self.if_so(paper.already_held)),
            ("catalogue.templates", paper.templates.join("; ")),
        ]);
        let name = locale
            .say("catalogue.paper_in")
            .arg("paper", short(&paper.name))
            .arg("case", self.case_name(case))
            .to_string();
        Thing { section: SECTIONS[1], id: format!("paper {} {}", case.key, paper.key), name, parts }
    }

    fn terms(&self) -> Vec<Thing> {
        let mut things: Vec<Thing> = Vec::new();
        for terms in &self.version.channels {
            let key = terms.case.as_ref().map(ToString::to_string).unwrap_or_default();
            // A channel that is there twice for one case has conditions only an officer can judge.
            let start = format!("terms {} {key} ", terms.channel.name());
            let nth = things.iter().filter(|thing| thing.id.starts_with(&start)).count();
            let id = format!("{start}{nth}");
            let name = self.terms_name(terms);
            let limit = terms.limit.map(|limit| wording::limit(self.locale, limit)).unwrap_or_default();
            let parts = self.parts([
                ("catalogue.limit", limit),
                ("catalogue.limit_note", terms.limit_note.clone()),
                (
                    "catalogue.fees",
                    if terms.fees.is_empty() {
                        self.locale.t("procedure.no_fee").to_owned()
                    } else {
                        String::new()
                    },
                ),
            ]);
            let fees = self.fees(terms, &id, &name);
            things.push(Thing { section: SECTIONS[2], id, name, parts });
            things.extend(fees);
        }
        things
    }

    fn terms_name(&self, terms: &ChannelTerms) -> String {
        let channel = self.locale.t(&format!("procedure.channel_{}", terms.channel.name()));
        match terms.case.as_ref().and_then(|key| self.version.case(key)) {
            Some(case) => format!("{channel}, {}", self.case_name(case)),
            None => channel.to_owned(),
        }
    }

    fn fees(&self, terms: &ChannelTerms, of: &str, channel: &str) -> Vec<Thing> {
        let locale = self.locale;
        let told = terms.fees.iter().map(|fee| {
            let parts = self.parts([
                ("catalogue.fee_kind", words::fee_kind(locale, fee.kind).to_owned()),
                ("catalogue.fee_code", fee.code.clone()),
                ("catalogue.fee_amount", words::fee(locale, fee).amount),
                (
                    "catalogue.collected_at",
                    locale.t(&format!("catalogue.collected_{}", fee.collected_at.name())).to_owned(),
                ),
                ("catalogue.fee_note", fee.note.clone()),
            ]);
            let name = format!("{}, {channel}", short(&fee.name));
            Thing { section: SECTIONS[2], id: format!("fee of {of} {}", fee.name), name, parts }
        });
        told.collect()
    }

    fn results(&self) -> Vec<Thing> {
        let told = self.version.results.iter().map(|result| {
            let kind = result.kind.map(|kind| self.locale.t(&format!("catalogue.result_{}", kind.name())));
            let months = result.validity_months.map(|months| months.to_string());
            let parts = self.parts([
                ("catalogue.result_name", result.name.clone()),
                ("catalogue.result_code", result.code.clone()),
                ("catalogue.result_kind", kind.unwrap_or_default().to_owned()),
                ("catalogue.validity_months", months.unwrap_or_default()),
            ]);
            let id = if result.code.is_empty() { &result.name } else { &result.code };
            let name = self.locale.say("catalogue.result_of").arg("name", short(&result.name)).to_string();
            Thing { section: SECTIONS[3], id: format!("result {id}"), name, parts }
        });
        told.collect()
    }

    fn legal_bases(&self) -> Vec<Thing> {
        let told = self.version.legal_bases.iter().map(|base| {
            let parts = self.parts([
                ("catalogue.base_number", base.number.clone()),
                ("catalogue.base_name", base.name.clone()),
                ("catalogue.base_date", base.date.map(wording::day_short).unwrap_or_default()),
                ("catalogue.base_issuer", base.issuer.clone()),
            ]);
            let called = if base.number.is_empty() { short(&base.name) } else { base.number.clone() };
            let name = self.locale.say("catalogue.base_of").arg("name", &called).to_string();
            Thing { section: SECTIONS[3], id: format!("base {called}"), name, parts }
        });
        told.collect()
    }

    fn step_name(&self, step: &ProcessStep) -> String {
        let of_kind = || self.locale.t(&format!("dossier.step_{}", step.kind.name())).to_owned();
        step.name.clone().unwrap_or_else(of_kind)
    }

    fn step(&self, step: &ProcessStep) -> Thing {
        let steps = self.version.process.as_ref().map(|process| process.steps.as_slice()).unwrap_or_default();
        let named =
            |key: &StepKey| steps.iter().find(|other| other.key == *key).map(|other| self.step_name(other));
        let after: Vec<String> = step.after.iter().filter_map(named).collect();
        let parts = self.parts([
            ("catalogue.step_kind", self.locale.t(&format!("dossier.step_{}", step.kind.name())).to_owned()),
            ("catalogue.step_agency", agency(self.locale, self.office, &step.agency)),
            ("catalogue.step_role", roles::name(self.locale, step.role).to_owned()),
            (
                "catalogue.step_limit",
                step.limit.map(|limit| wording::limit(self.locale, limit)).unwrap_or_default(),
            ),
            ("catalogue.step_after", after.join("; ")),
            ("catalogue.step_lead", self.if_so(step.lead)),
        ]);
        let name = self.locale.say("catalogue.step_of").arg("name", self.step_name(step)).to_string();
        Thing { section: SECTIONS[4], id: format!("step {}", step.key), name, parts }
    }

    fn question(&self, question: &Question) -> Thing {
        let cases: Vec<String> = question
            .cases
            .iter()
            .filter_map(|key| self.version.case(key))
            .map(|case| case.name.clone())
            .collect();
        let (kind, detail) = match &question.kind {
            QuestionKind::Text => ("text", String::new()),
            QuestionKind::LongText => ("long_text", String::new()),
            QuestionKind::Date => ("date", String::new()),
            QuestionKind::Number { min, max } => ("number", format!(" {min}–{max}")),
            QuestionKind::Choice(options) => {
                let labels: Vec<&str> = options.iter().map(|option| option.label.as_str()).collect();
                ("choice", format!(": {}", labels.join(" / ")))
            }
            QuestionKind::YesNo => ("yes_no", String::new()),
        };
        let parts = self.parts([
            ("catalogue.question_label", question.label.clone()),
            ("catalogue.question_label_en", question.label_en.clone().unwrap_or_default()),
            (
                "catalogue.question_kind",
                format!("{}{detail}", self.locale.t(&format!("catalogue.question_{kind}"))),
            ),
            ("catalogue.required", self.yes_no(question.required)),
            ("catalogue.question_help", question.help.clone()),
            ("catalogue.question_group", question.group.clone()),
            ("catalogue.question_cases", cases.join("; ")),
        ]);
        let name = self.locale.say("catalogue.question_of").arg("name", short(&question.label)).to_string();
        Thing { section: SECTIONS[5], id: format!("question {}", question.key), name, parts }
    }
}

/// Which unit is competent, in words.
pub fn competence(locale: Locale, office: &Snapshot, competence: &Competence) -> String {
    match competence {
        Competence::Receiving => locale.t("catalogue.competence_receiving").to_owned(),
        Competence::Area(level) => locale
            .say("catalogue.competence_area_of")
            .arg("level", locale.t(&format!("unit.level_{}", level.name())))
            .to_string(),
        Competence::Unit(unit) => office.unit_name(unit),
        Competence::Dispatcher => locale.t("catalogue.competence_dispatcher").to_owned(),
    }
}

/// Whose step it is, in words.
fn agency(locale: Locale, office: &Snapshot, agency: &StepAgency) -> String {
    match agency {
        StepAgency::Reception => locale.t("catalogue.agency_reception").to_owned(),
        StepAgency::Competent => locale.t("catalogue.agency_competent").to_owned(),
        StepAgency::Unit(unit) => office.unit_name(unit),
        StepAgency::Level(level) => locale
            .say("catalogue.agency_level")
            .arg("level", locale.t(&format!("unit.level_{}", level.name())))
            .to_string(),
    }
}

/// The beginning of a long name: enough to know it by.
fn short(name: &str) -> String {
    const CHARS_MAX: usize = 90;
    let name = name.trim_start_matches(['-', '+', '*', ' ']);
    match name.char_indices().nth(CHARS_MAX) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}
