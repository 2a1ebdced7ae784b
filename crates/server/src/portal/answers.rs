//! What has to be mended on each page of a filing: everything at once, in words of the page's language.

use jiff::civil::Date;
use motcua_domain::identity::{
    CitizenNumber, Email, EmailError, NameError, NumberError, OldNumber, PersonName, Phone, PhoneError,
    TaxCode, TaxCodeError,
};
use motcua_domain::procedure::{Question, QuestionKind};

use crate::portal::plan::{BY_POST, Plan, Step, Who, field_name};
use crate::web::form::Form;
use crate::web::locale::Locale;
use crate::web::wording;

/// Longest answer of one line, in characters.
pub const LINE_CHARS_MAX: usize = 300;
/// Longest answer of several lines, in characters.
pub const TEXT_CHARS_MAX: usize = 4_000;
/// People older than this are a typing error.
const AGE_YEARS_MAX: i16 = 130;

/// The value of the field `unit` of somebody who does not know: the dispatcher finds out.
pub const UNKNOWN_UNIT: &str = "unknown";
/// In which capacity somebody files for another person.
pub const CAPACITIES: [&str; 4] = ["family", "authorised", "community_team", "postal_worker"];
/// In which quality somebody files for an organisation.
pub const QUALITIES: [&str; 2] = ["legal_representative", "authorised"];

/// What the checks may know besides the answers.
#[derive(Clone, Copy)]
pub struct Checks<'a> {
    /// Language of the complaints.
    pub locale: Locale,
    /// The walk.
    pub plan: &'a Plan<'a>,
    /// Day at the office.
    pub today: Date,
    /// Whether a unit with this code may be chosen.
    pub is_unit: &'a dyn Fn(&str) -> bool,
}

impl Checks<'_> {
    /// Records everything that is wrong with the answers of `step`.
    pub fn check(&self, step: Step, form: &mut Form) {
        match step {
            Step::Conditions => self.one_of(form, "meets", &["yes", "no"], "portal.choose_meets"),
            Step::Case => {
                let keys: Vec<&str> = self.plan.cases().iter().map(|case| case.key.as_str()).collect();
                self.one_of(form, "case", &keys, "portal.choose_case");
            }
            Step::Unit => self.unit(form),
            Step::Who => {
                let names = Who::ALL.map(Who::name);
                self.one_of(form, "who", &names, "portal.choose_who");
            }
            Step::Consent => self.consent(form),
            Step::Applicant => self.applicant(form),
            Step::Representative => self.representative(form),
            Step::Questions(group) => self.questions(group, form),
            Step::Papers | Step::Fees => {}
            Step::ReturnWay => self.return_way(form),
            Step::ReturnAddress => self.line(form, "return_address", "portal.return_address", true),
        }
    }

    fn one_of(&self, form: &mut Form, name: &str, allowed: &[&str], key: &str) {
        if !allowed.contains(&form.value(name)) {
            form.refuse(name, self.locale.t(key));
        }
    }

    fn unit(&self, form: &mut Form) {
        let chosen = form.value("unit").to_owned();
        if chosen != UNKNOWN_UNIT && !(self.is_unit)(&chosen) {
            form.refuse("unit", self.locale.t("portal.choose_unit"));
        }
    }

    fn consent(&self, form: &mut Form) {
        self.one_of(form, "capacity", &CAPACITIES, "portal.choose_capacity");
        if !form.checked("consent") {
            form.refuse("consent", self.locale.t("portal.tick_consent"));
        }
    }

    fn applicant(&self, form: &mut Form) {
        match self.plan.who() {
            Some(Who::Company) => self.organisation(form, "portal.company_name"),
            Some(Who::Household) => self.organisation(form, "portal.household_name"),
            Some(Who::Me | Who::Other) | None => self.person(form, "owner", true),
        }
    }

    fn representative(&self, form: &mut Form) {
        if matches!(self.plan.who(), Some(Who::Company | Who::Household)) {
            self.one_of(form, "quality", &QUALITIES, "portal.choose_quality");
        }
        self.person(form, "rep", false);
    }

    /// A person: name, number, birthday, address, telephone, e-mail. All but the e-mail are needed of the owner.
    fn person(&self, form: &mut Form, prefix: &str, is_owner: bool) {
        let field = |part: &str| format!("{prefix}_{part}");
        if let Err(problem) = form.value(&field("name")).parse::<PersonName>() {
            form.refuse(&field("name"), name_problem(problem, self.locale));
        }
        self.id_number(form, &field("id"));
        if is_owner {
            self.birthday(form, &field("born"));
        }
        self.line(form, &field("address"), "portal.address", is_owner);
        self.phone(form, &field("phone"), true);
        self.email(form, &field("email"));
    }

    fn organisation(&self, form: &mut Form, name_key: &str) {
        self.line(form, "owner_name", name_key, true);
        if let Err(problem) = form.value("owner_tax").parse::<TaxCode>() {
            form.refuse("owner_tax", self.locale.t(tax_problem(problem)));
        }
        self.line(form, "owner_address", "portal.head_office", true);
        self.phone(form, "owner_phone", true);
        self.email(form, "owner_email");
    }

    /// One line of text. `what` is the key of its label.
    fn line(&self, form: &mut Form, name: &str, what: &str, required: bool) {
        let what = self.locale.t(what);
        match form.text(name) {
            None if required => {
                form.refuse(name, self.locale.say("portal.type_in").arg("what", what).to_string());
            }
            Some(text) if LINE_CHARS_MAX < text.chars().count() => {
                let said = self.locale.say("portal.too_long").arg("what", what).arg("limit", LINE_CHARS_MAX);
                form.refuse(name, said.to_string());
            }
            None | Some(_) => {}
        }
    }

    fn id_number(&self, form: &mut Form, name: &str) {
        if let Err(problem) = read_id_number(form.value(name)) {
            form.refuse(name, number_problem(problem, self.locale));
        }
    }

    fn birthday(&self, form: &mut Form, name: &str) {
        let what = self.locale.t("portal.born");
        match form.date(name) {
            Ok(None) => form.refuse_at(name, &format!("{name}-day"), self.locale.t("portal.type_born")),
            Ok(Some(born)) if self.today < born => {
                form.refuse_at(name, &format!("{name}-day"), self.locale.t("portal.born_later"));
            }
            Ok(Some(born)) if born.year() + AGE_YEARS_MAX < self.today.year() => {
                form.refuse_at(name, &format!("{name}-year"), self.locale.t("portal.born_long_ago"));
            }
            Ok(Some(_)) => {}
            Err(problem) => {
                form.refuse_date(name, problem, self.locale.say(problem.key()).arg("what", what).to_string());
            }
        }
    }

    fn phone(&self, form: &mut Form, name: &str, required: bool) {
        if let Err(problem) = form.value(name).parse::<Phone>()
            && (required || problem != PhoneError::Empty)
        {
            form.refuse(name, self.locale.t(phone_problem(problem)));
        }
    }

    fn email(&self, form: &mut Form, name: &str) {
        if let Err(problem) = form.value(name).parse::<Email>()
            && problem != EmailError::Empty
        {
            form.refuse(name, self.locale.t(email_problem(problem)));
        }
    }

    fn questions(&self, group: usize, form: &mut Form) {
        let groups = self.plan.groups();
        let questions = groups.get(group).map_or(&[][..], |group| &group.questions);
        for question in questions {
            self.question(question, form);
        }
    }

    fn question(&self, question: &Question, form: &mut Form) {
        let name = field_name(question);
        let what = label(question, self.locale);
        let say = |key: &str| self.locale.say(key).arg("what", what);
        match &question.kind {
            QuestionKind::Text | QuestionKind::LongText => {
                let limit = if question.kind == QuestionKind::Text { LINE_CHARS_MAX } else { TEXT_CHARS_MAX };
                match form.text(&name) {
                    None if question.required => form.refuse(&name, say("portal.type_answer").to_string()),
                    Some(text) if limit < text.chars().count() => {
                        form.refuse(&name, say("portal.too_long").arg("limit", limit).to_string());
                    }
                    None | Some(_) => {}
                }
            }
            QuestionKind::Date => match form.date(&name) {
                Ok(None) if question.required => {
                    form.refuse_at(&name, &format!("{name}-day"), say("portal.type_answer").to_string());
                }
                Ok(_) => {}
                Err(problem) => form.refuse_date(&name, problem, say(problem.key()).to_string()),
            },
            QuestionKind::Number { min, max } => match (form.text(&name), form.number(&name)) {
                (None, _) if question.required => form.refuse(&name, say("portal.type_answer").to_string()),
                (None, _) => {}
                (Some(_), Some(number)) if (*min..=*max).contains(&number) => {}
                (Some(_), _) => {
                    let [min, max] = [min, max].map(|bound| wording::answered_number(self.locale, *bound));
                    let said = say("portal.number_between").arg("min", min).arg("max", max);
                    form.refuse(&name, said.to_string());
                }
            },
            QuestionKind::Choice(options) => {
                let known = options.iter().any(|option| option.key.as_str() == form.value(&name));
                if !known && (question.required || form.text(&name).is_some()) {
                    form.refuse(&name, say("portal.choose_answer").to_string());
                }
            }
            QuestionKind::YesNo => {
                let known = matches!(form.value(&name), "yes" | "no");
                if !known && (question.required || form.text(&name).is_some()) {
                    form.refuse(&name, say("portal.choose_answer").to_string());
                }
            }
        }
    }

    fn return_way(&self, form: &mut Form) {
        let ways: &[&str] =
            if self.plan.version.postal { &["online", "desk", BY_POST] } else { &["online", "desk"] };
        self.one_of(form, "return_way", ways, "portal.choose_return_way");
    }
}

/// The question in the language of the page.
pub fn label(question: &Question, locale: Locale) -> &str {
    match (locale, &question.label_en) {
        (Locale::En, Some(english)) => english,
        (Locale::En | Locale::Vi, _) => &question.label,
    }
}

/// The number of a card: twelve digits, or the nine of an old card that is still in use.
pub fn read_id_number(text: &str) -> Result<String, NumberError> {
    match text.parse::<OldNumber>() {
        Ok(old) => Ok(old.to_string()),
        Err(_) => text.parse::<CitizenNumber>().map(|number| number.to_string()),
    }
}

fn number_problem(problem: NumberError, locale: Locale) -> String {
    match problem {
        NumberError::Empty => locale.t("portal.type_id_number").to_owned(),
        NumberError::NotDigits => locale.t("portal.id_number_digits").to_owned(),
        NumberError::Length { found, .. } => {
            locale.say("portal.id_number_length").arg("found", found).to_string()
        }
    }
}

fn name_problem(problem: NameError, locale: Locale) -> String {
    let what = locale.t("portal.full_name");
    match problem {
        NameError::Empty => locale.say("portal.type_in").arg("what", what).to_string(),
        NameError::TooLong(_) => {
            let limit = motcua_domain::identity::name::NAME_CHARS_MAX;
            locale.say("portal.too_long").arg("what", what).arg("limit", limit).to_string()
        }
        NameError::Character(letter) => locale.say("portal.name_character").arg("letter", letter).to_string(),
    }
}

fn tax_problem(problem: TaxCodeError) -> &'static str {
    match problem {
        TaxCodeError::Empty => "portal.type_tax",
        TaxCodeError::NotDigits | TaxCodeError::Length(_) => "portal.tax_length",
        TaxCodeError::CheckDigit | TaxCodeError::NeverIssued => "portal.tax_mistyped",
        TaxCodeError::DependentNumber => "portal.tax_dependent",
    }
}

fn phone_problem(problem: PhoneError) -> &'static str {
    match problem {
        PhoneError::Empty => "portal.type_phone",
        PhoneError::NotDigits | PhoneError::NotVietnamese => "portal.phone_digits",
    }
}

fn email_problem(problem: EmailError) -> &'static str {
    match problem {
        EmailError::Empty
        | EmailError::TooLong
        | EmailError::At
        | EmailError::Mailbox
        | EmailError::Domain => "portal.email_form",
    }
}

#[cfg(test)]
mod tests {
    use motcua_domain::procedure::{ProcedureVersion, QuestionKind};

    use super::*;
    use crate::portal::draft::Typed;

    fn version() -> ProcedureVersion {
        let day = jiff::civil::date(2026, 1, 1);
        let code = "1.001193".parse().expect("a procedure code");
        let mut version = ProcedureVersion::new(code, "Đăng ký khai sinh", day);
        for (key, kind) in [
            ("child", QuestionKind::Text),
            ("born", QuestionKind::Date),
            ("copies", QuestionKind::Number { min: 1, max: 20 }),
            ("first", QuestionKind::YesNo),
        ] {
            version.questions.push(Question {
                key: key.parse().expect("a key"),
                label: key.to_owned(),
                label_en: None,
                kind,
                required: true,
                help: String::new(),
                group: "Trẻ em".to_owned(),
                cases: Vec::new(),
            });
        }
        version
    }

    fn complaints(step: Step, typed: &Typed, form: &mut Form) -> Vec<String> {
        let version = version();
        let plan = Plan::new(&version, typed);
        let today = jiff::civil::date(2026, 3, 2);
        let checks = Checks { locale: Locale::En, plan: &plan, today, is_unit: &|code| code == "H44" };
        checks.check(step, form);
        form.errors().iter().map(|error| error.name.clone()).collect()
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let mut form =
            Form::from_pairs([("q-born-day", "31"), ("q-born-month", "2"), ("q-born-year", "2026")]);
        form.set("q-copies", "21");
        let wrong = complaints(Step::Questions(0), &Typed::default(), &mut form);
        assert_eq!(wrong, ["q-child", "q-born", "q-copies", "q-first"]);
        assert_eq!(form.value("q-copies"), "21", "what was typed stays");
    }

    #[test]
    fn a_person_needs_name_number_birthday_address_and_telephone_but_no_mail() {
        let wrong = complaints(Step::Applicant, &Typed::default(), &mut Form::new());
        assert_eq!(wrong, ["owner_name", "owner_id", "owner_born", "owner_address", "owner_phone"]);
    }

    #[test]
    fn a_number_of_nine_digits_is_an_old_card() {
        assert_eq!(read_id_number("012 345 678").as_deref(), Ok("012345678"));
        assert_eq!(read_id_number("001090000007").as_deref(), Ok("001090000007"));
        assert_eq!(read_id_number("1"), Err(NumberError::Length { found: 1, wanted: 12 }));
    }

    #[test]
    fn nobody_is_born_tomorrow() {
        let mut form = Form::from_pairs([
            ("owner_born-day", "3"),
            ("owner_born-month", "3"),
            ("owner_born-year", "2026"),
        ]);
        let wrong = complaints(Step::Applicant, &Typed::default(), &mut form);
        assert!(wrong.contains(&"owner_born".to_owned()));
    }

    #[test]
    fn not_knowing_the_unit_is_an_answer_and_an_unknown_unit_is_not() {
        let unit =
            |value| complaints(Step::Unit, &Typed::default(), &mut Form::from_pairs([("unit", value)]));
        assert!(unit(UNKNOWN_UNIT).is_empty());
        assert!(unit("H44").is_empty());
        assert_eq!(unit("H45"), ["unit"]);
        assert_eq!(unit(""), ["unit"]);
    }
}
