//! What an administrator types about a unit: read with every complaint at once, and filled from what is known.

use jiff::civil::Date;
use motcua_domain::procedure::FeeKind;
use motcua_domain::unit::area::AreaCode;
use motcua_domain::unit::{OneStop, OneStopKind, PayeeAccount, Unit, UnitCode, UnitDefect, UnitLevel};

use crate::import::clean_line;
use crate::office::Snapshot;
use crate::procedure::words;
use crate::unit::steps::ChangeError;
use crate::web::form::{Choice, Form};
use crate::web::locale::Locale;
use crate::web::rows::Row;

/// Longest name of a unit, in characters.
const NAME_CHARS_MAX: usize = 300;
/// Years in which units and procedures begin and end: others are a slip of the finger.
const YEARS: std::ops::RangeInclusive<i16> = 1945..=2100;

/// The levels, in words.
pub fn levels(locale: Locale) -> Vec<Choice> {
    UnitLevel::ALL.map(|of| Choice::new(of.name(), level(locale, of))).to_vec()
}

/// A level in words.
pub fn level(locale: Locale, level: UnitLevel) -> &'static str {
    locale.t(&format!("unit.level_{}", level.name()))
}

/// Kinds of one-stop, in words.
pub fn stop_kinds(locale: Locale) -> Vec<Choice> {
    OneStopKind::ALL.map(|of| Choice::new(of.name(), stop_kind(locale, of))).to_vec()
}

/// A kind of one-stop in words.
pub fn stop_kind(locale: Locale, kind: OneStopKind) -> &'static str {
    locale.t(&format!("unit.stop_{}", kind.name()))
}

/// Kinds of fee, in words.
pub fn fee_kinds(locale: Locale) -> Vec<Choice> {
    FeeKind::ALL.map(|of| Choice::new(of.name(), words::fee_kind(locale, of))).to_vec()
}

/// Every unit there is today, but this one and what stands under it.
pub fn parents(office: &Snapshot, of: Option<&UnitCode>) -> Vec<Choice> {
    let (units, day) = (motcua_domain::dossier::Office::units(office), office.day);
    let is_below = |unit: &Unit| of.is_some_and(|of| units.is_within(&unit.code, of, day));
    let choice = |unit: &Unit| Choice::new(unit.code.as_str(), format!("{} ({})", unit.name, unit.code));
    units.all_on(day).filter(|unit| !is_below(unit)).map(choice).collect()
}

/// The form as it is for a unit that is known.
pub fn filled(unit: &Unit) -> Form {
    let mut form = Form::from_pairs([
        ("code", unit.code.as_str()),
        ("name", &unit.name),
        ("name_en", unit.name_en.as_deref().unwrap_or_default()),
        ("level", unit.level.name()),
        ("parent", unit.parent.as_ref().map_or("", UnitCode::as_str)),
        ("area", unit.area.as_ref().map_or("", AreaCode::as_str)),
        ("symbol", &unit.symbol),
        ("superior_name", &unit.superior_name),
        ("place", &unit.place),
        ("address", &unit.address),
        ("phone", &unit.phone),
        ("email", &unit.email),
    ]);
    form.set_date("from", unit.valid_from);
    for stop in &unit.one_stops {
        let Some(row) = form.add_row("stop") else { break };
        form.set(&format!("{row}-kind"), stop.kind.name());
        form.set(&format!("{row}-name"), &stop.name);
        form.set(&format!("{row}-address"), &stop.address);
        form.set(&format!("{row}-phone"), &stop.phone);
    }
    for payee in &unit.payees {
        let Some(row) = form.add_row("payee") else { break };
        form.set(&format!("{row}-kind"), payee.fee_kind.map_or("", FeeKind::name));
        form.set(&format!("{row}-code"), payee.fee_code.as_deref().unwrap_or_default());
        form.set(&format!("{row}-bank"), &payee.bank_bin);
        form.set(&format!("{row}-account"), &payee.account);
        form.set(&format!("{row}-holder"), &payee.holder);
        form.set_date(&format!("{row}-from"), payee.valid_from);
        if let Some(last) = payee.valid_to {
            form.set_date(&format!("{row}-last"), last);
        }
    }
    form
}

/// Reads a unit, and records what is wrong with each field.
pub fn read(form: &mut Form, locale: Locale, office: &Snapshot) -> Option<Unit> {
    let code = form.value("code").trim().parse::<UnitCode>();
    if code.is_err() {
        form.refuse("code", locale.t("unit.mend_code"));
    }
    let name = line(form, "name");
    if name.is_empty() || NAME_CHARS_MAX < name.chars().count() {
        form.refuse("name", locale.say("unit.mend_name").arg("max", NAME_CHARS_MAX).to_string());
    }
    let level = UnitLevel::from_name(form.value("level"));
    if level.is_none() {
        form.refuse("level", locale.t("unit.mend_level"));
    }
    let parent = form.text("parent").map(str::parse::<UnitCode>);
    let units = motcua_domain::dossier::Office::units(office);
    let parent = match parent {
        None => None,
        Some(Ok(parent)) if units.latest(&parent).is_some() => Some(parent),
        Some(Ok(_) | Err(_)) => {
            form.refuse("parent", locale.t("unit.mend_parent"));
            None
        }
    };
    let area = form.text("area").map(str::parse::<AreaCode>).transpose();
    if area.is_err() {
        form.refuse("area", locale.t("unit.mend_area"));
    }
    let from = day(form, locale, "from", "unit.field_from");
    if from.is_none() {
        form.refuse_at("from", "from-day", locale.t("unit.mend_from"));
    }
    let one_stops = stops(form, locale);
    let payees = payees(form, locale);
    let (Ok(code), Some(level), Ok(area), Some(from), false) = (code, level, area, from, form.has_errors())
    else {
        return None;
    };
    let mut unit = Unit::new(code, name, level, parent, from);
    unit.name_en = Some(line(form, "name_en")).filter(|name| !name.is_empty());
    unit.area = area;
    unit.symbol = line(form, "symbol");
    unit.superior_name = line(form, "superior_name");
    unit.place = line(form, "place");
    unit.address = line(form, "address");
    unit.phone = line(form, "phone");
    unit.email = line(form, "email");
    unit.one_stops = one_stops;
    unit.payees = payees;
    Some(unit)
}

fn line(form: &Form, name: &str) -> String {
    clean_line(form.value(name))
}

/// A day, with a complaint when the boxes hold none, or one that no office has to do with.
pub fn day(form: &mut Form, locale: Locale, name: &str, label: &str) -> Option<Date> {
    match form.date(name) {
        Ok(Some(day)) if !YEARS.contains(&day.year()) => {
            let words = locale.say("unit.mend_year").arg("from", YEARS.start()).arg("to", YEARS.end());
            form.refuse_at(name, &format!("{name}-year"), words.to_string());
            None
        }
        Ok(day) => day,
        Err(problem) => {
            let words = locale.say(problem.key()).arg("what", locale.t(label)).to_string();
            form.refuse_date(name, problem, words);
            None
        }
    }
}

fn stops(form: &mut Form, locale: Locale) -> Vec<OneStop> {
    let mut stops = Vec::new();
    let mut wrong = Vec::new();
    for row in form.rows("stop") {
        if row.is_blank(&["kind"]) {
            continue;
        }
        let kind = OneStopKind::ALL.into_iter().find(|kind| kind.name() == row.text("kind"));
        if kind.is_none() {
            wrong.push((row.of("kind"), "unit.mend_stop_kind"));
        }
        let name = text(&row, "name");
        if name.is_empty() {
            wrong.push((row.of("name"), "unit.mend_stop_name"));
        }
        if let Some(kind) = kind {
            stops.push(OneStop { kind, name, address: text(&row, "address"), phone: text(&row, "phone") });
        }
    }
    refuse_all(form, locale, wrong);
    stops
}

fn payees(form: &mut Form, locale: Locale) -> Vec<PayeeAccount> {
    let mut payees = Vec::new();
    let mut wrong = Vec::new();
    let mut days = Vec::new();
    for row in form.rows("payee") {
        if row.is_blank(&["kind"]) {
            continue;
        }
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if row.text("bank").len() != 6 || !digits(row.text("bank")) {
            wrong.push((row.of("bank"), "unit.mend_bank"));
        }
        let account: String = row.text("account").chars().filter(|c| !c.is_whitespace()).collect();
        if !account.bytes().all(|byte| byte.is_ascii_alphanumeric()) || !(5..=30).contains(&account.len()) {
            wrong.push((row.of("account"), "unit.mend_account"));
        }
        let holder = text(&row, "holder");
        if holder.is_empty() {
            wrong.push((row.of("holder"), "unit.mend_holder"));
        }
        days.push((row.of("from"), row.of("last")));
        payees.push(PayeeAccount {
            fee_kind: FeeKind::ALL.into_iter().find(|kind| kind.name() == row.text("kind")),
            fee_code: Some(text(&row, "code")).filter(|code| !code.is_empty()),
            bank_bin: row.text("bank").to_owned(),
            account,
            holder,
            valid_from: Date::default(),
            valid_to: None,
        });
    }
    refuse_all(form, locale, wrong);
    for (payee, (from, last)) in payees.iter_mut().zip(days) {
        match day(form, locale, &from, "unit.field_payee_from") {
            Some(first) => payee.valid_from = first,
            None => form.refuse_at(&from, &format!("{from}-day"), locale.t("unit.mend_payee_from")),
        }
        payee.valid_to = day(form, locale, &last, "unit.field_payee_last");
        if payee.valid_to.is_some_and(|last| last < payee.valid_from) {
            form.refuse_at(&last, &format!("{last}-day"), locale.t("unit.mend_payee_last"));
        }
    }
    payees
}

fn text(row: &Row<'_>, field: &str) -> String {
    clean_line(row.text(field))
}

fn refuse_all(form: &mut Form, locale: Locale, wrong: Vec<(String, &'static str)>) {
    for (name, key) in wrong {
        form.refuse(&name, locale.t(key));
    }
}

/// Puts what the rules refuse beside the box it is about.
pub fn refuse(form: &mut Form, locale: Locale, office: &Snapshot, error: &ChangeError) {
    match error {
        ChangeError::Taken => form.refuse("code", locale.t("unit.mend_taken")),
        ChangeError::Stale => form.refuse("name", locale.t("unit.mend_stale")),
        ChangeError::OutsideStretch => form.refuse_at("from", "from-day", locale.t("unit.mend_outside")),
        ChangeError::Children(codes) => {
            let names: Vec<String> = codes.iter().map(|code| office.unit_name(code)).collect();
            let words = locale.say("unit.mend_children").arg("units", names.join("; "));
            form.refuse_at("last", "last-day", words.to_string());
        }
        ChangeError::Tree(defects) => {
            for defect in defects {
                match defect {
                    UnitDefect::EndsBeforeItBegins(_) => {
                        form.refuse_at("from", "from-day", locale.t("unit.mend_ends_before"));
                    }
                    UnitDefect::Overlap(_, day) => {
                        let day = crate::web::wording::day_short(*day);
                        let words = locale.say("unit.mend_overlap").arg("day", day);
                        form.refuse_at("from", "from-day", words.to_string());
                    }
                    UnitDefect::UnknownParent { .. } => form.refuse("parent", locale.t("unit.mend_parent")),
                    UnitDefect::Cycle(_) => form.refuse("parent", locale.t("unit.mend_cycle")),
                }
            }
        }
        ChangeError::NotFound | ChangeError::Db(_) => {}
    }
}
