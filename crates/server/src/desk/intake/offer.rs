//! What a procedure version asks for at the counter, in the case and channel chosen.

use motcua_domain::dossier::Office as _;
use motcua_domain::procedure::{
    Case, Channel, ChannelTerms, Competence, Component, Fee, ProcedureVersion, Purpose,
};
use motcua_domain::unit::UnitCode;

use crate::app::App;
use crate::procedure::words as procedure_words;
use crate::web::form::{Choice, Field, Form};
use crate::web::locale::Locale;
use crate::web::wording;

/// One paper of the checklist, with its boxes.
pub struct PaperLine {
    /// Key of the component.
    pub key: String,
    /// What it is.
    pub name: String,
    /// How many are asked for, in words.
    pub asked: String,
    /// Whether it was handed in.
    pub is_here: bool,
    /// `original`, `copy` or `electronic`.
    pub copy: String,
    /// How many.
    pub quantity: String,
    /// What to mend about how many.
    pub error: Option<String>,
    /// What to mend about whether it was handed in.
    pub unticked: Option<String>,
}

/// One fee, with the tick that it was collected.
pub struct FeeLine {
    /// What is paid for.
    pub name: String,
    /// How much, in words.
    pub amount: String,
    /// Name and state of the box; `None` when the amount is not known.
    pub tick: Option<Field>,
}

/// A procedure version with what was chosen of it.
pub struct Offer<'a> {
    /// The version in force.
    pub version: &'a ProcedureVersion,
    /// The case.
    pub case: Option<&'a Case>,
    /// By post instead of at the counter.
    pub is_post: bool,
}

impl<'a> Offer<'a> {
    /// The version in the case and channel of the form; the first case when none was chosen.
    pub fn of(version: &'a ProcedureVersion, form: &Form) -> Self {
        let chosen = version.cases.iter().find(|case| case.key.as_str() == form.value("case"));
        let case = chosen.or_else(|| version.cases.first());
        Self { version, case, is_post: form.value("channel") == "post" }
    }

    /// What the papers and fees on the page stand for: when it changes, they have to be looked at again.
    pub fn mark(&self) -> String {
        let case = self.case.map_or("", |case| case.key.as_str());
        format!("{}/{}/{case}/{}", self.version.code, self.version.version, self.is_post)
    }

    /// Fills what the version says into a form that has other papers on it, and leaves what people typed.
    pub fn fill(&self, app: &App, form: &mut Form) {
        form.set("mark", self.mark());
        form.set("case", self.case.map_or("", |case| case.key.as_str()));
        form.set("subject", &self.version.name);
        form.set("limit", "");
        for component in self.asked() {
            let key = &component.key;
            form.set(&format!("paper-{key}"), if component.required { "yes" } else { "" });
            form.set(&format!("copy-{key}"), if 0 < component.original_qty { "original" } else { "copy" });
            form.set(
                &format!("quantity-{key}"),
                component.original_qty.max(component.copy_qty).max(1).to_string(),
            );
        }
        for (name, value) in [("channel", "counter"), ("way", "desk"), ("sets", "1")] {
            if form.value(name).is_empty() {
                form.set(name, value);
            }
        }
        let desk: Option<UnitCode> = form.value("desk").parse().ok();
        let unit = desk.and_then(|desk| self.competent(app, &desk));
        form.set("unit", unit.map(|unit| unit.to_string()).unwrap_or_default());
    }

    /// The papers that are handed in.
    pub fn asked(&self) -> impl Iterator<Item = &'a Component> {
        let components = self.case.map(|case| case.components.as_slice()).unwrap_or_default();
        components.iter().filter(|component| component.purpose == Purpose::HandIn)
    }

    fn competent(&self, app: &App, desk: &UnitCode) -> Option<UnitCode> {
        let office = app.office();
        match &self.version.competence {
            Competence::Receiving => Some(desk.clone()),
            Competence::Unit(unit) => Some(unit.clone()),
            Competence::Area(level) => {
                office.units().of_level(desk, *level, office.day).map(|unit| unit.code.clone())
            }
            Competence::Dispatcher => None,
        }
    }

    /// The terms that may apply.
    pub fn terms(&self) -> Vec<&'a ChannelTerms> {
        let channel = if self.is_post { Channel::Post } else { Channel::Direct };
        self.version.terms(channel, self.case.map(|case| &case.key))
    }

    /// The terms that apply: those chosen where there are several.
    pub fn chosen_terms(&self, form: &Form) -> Option<&'a ChannelTerms> {
        match self.terms().as_slice() {
            [only] => Some(only),
            several => several.get(usize::try_from(form.number("limit")?).ok()?).copied(),
        }
    }

    /// The cases, where there is something to choose.
    pub fn cases(&self) -> Vec<Choice> {
        let cases = &self.version.cases;
        if cases.len() < 2 {
            return Vec::new();
        }
        cases.iter().map(|case| Choice::new(case.key.as_str(), &case.name)).collect()
    }

    /// The limits, where an officer has to judge which applies.
    pub fn limits(&self, locale: Locale) -> Vec<Choice> {
        let terms = self.terms();
        if terms.len() < 2 {
            return Vec::new();
        }
        let words = |terms: &ChannelTerms| {
            let limit = terms.limit.map_or_else(
                || locale.t("intake.no_limit").to_owned(),
                |limit| wording::limit(locale, limit),
            );
            format!("{limit} {}", terms.limit_note).trim().to_owned()
        };
        terms.iter().enumerate().map(|(at, one)| Choice::new(at.to_string(), words(one))).collect()
    }

    /// The checklist.
    pub fn papers(&self, form: &Form, locale: Locale) -> Vec<PaperLine> {
        let line = |component: &Component| {
            let key = component.key.to_string();
            PaperLine {
                name: component.name.clone(),
                asked: asked_words(locale, component),
                is_here: form.checked(&format!("paper-{key}")),
                copy: form.value(&format!("copy-{key}")).to_owned(),
                quantity: form.value(&format!("quantity-{key}")).to_owned(),
                error: form.error(&format!("quantity-{key}")).map(str::to_owned),
                unticked: form.error(&format!("paper-{key}")).map(str::to_owned),
                key,
            }
        };
        self.asked().map(line).collect()
    }

    /// Every fee that may be due, each once. The number is the name of its box.
    pub fn fees(&self) -> Vec<&'a Fee> {
        let mut fees: Vec<&Fee> = Vec::new();
        for fee in self.terms().into_iter().flat_map(|terms| &terms.fees) {
            if !fees.contains(&fee) {
                fees.push(fee);
            }
        }
        fees
    }

    /// The fees on the page.
    pub fn fee_lines(&self, form: &Form, locale: Locale) -> Vec<FeeLine> {
        let line = |(at, fee): (usize, &Fee)| {
            let known = fee.amount.filter(|_| fee.unit.is_empty());
            let amount = match (fee.amount, fee.unit.as_str()) {
                (None, _) => locale.t("intake.fee_unknown").to_owned(),
                (Some(amount), "") => wording::money(locale, amount),
                (Some(amount), unit) => format!("{} / {unit}", wording::money(locale, amount)),
            };
            let tick = known.map(|_| form.field(&format!("fee-{at}")));
            FeeLine { name: fee_name(fee, locale), amount, tick }
        };
        self.fees().into_iter().enumerate().map(line).collect()
    }
}

/// How many of what a procedure asks for: `(1 bản chính, 2 bản sao)`.
fn asked_words(locale: Locale, component: &Component) -> String {
    let papers = procedure_words::quantity(locale, component);
    let key = match (papers.is_empty(), component.required) {
        (true, true) => return String::new(),
        (true, false) => "intake.asked_if_so",
        (false, true) => "intake.asked",
        (false, false) => "intake.asked_maybe",
    };
    locale.say(key).arg("papers", papers).to_string()
}

/// What a fee is called; its kind when it has no name.
pub fn fee_name(fee: &Fee, locale: Locale) -> String {
    if fee.name.is_empty() {
        return locale.t(&format!("intake.fee_{}", fee.kind.name())).to_owned();
    }
    fee.name.clone()
}

/// Every unit that may be competent; none of them sends the dossier to the dispatcher.
pub fn units(app: &App, locale: Locale) -> Vec<Choice> {
    let office = app.office();
    let blank = Choice::new("", locale.t("intake.dispatcher"));
    let units = office.units().all_on(office.day).map(|unit| Choice::new(unit.code.as_str(), &unit.name));
    std::iter::once(blank).chain(units).collect()
}
