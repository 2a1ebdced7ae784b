//! Limits and fees of the portal's methods of execution.

use motcua_domain::calendar::Limit;
use motcua_domain::procedure::{Channel, ChannelTerms, CollectedAt, Fee, FeeKind};
use serde_json::Value;

use crate::import::{Problem, clean, clean_line, problem::BadValue};
use crate::procedure::import::portal::Notes;
use crate::procedure::import::wire::{Formality, Method, WireFee};

/// Hours of one working day, where a limit is a fraction of days.
const HOURS_A_DAY: f64 = 8.0;
/// An amount below this, in đồng, without a currency is no amount in đồng: no fee is that small.
const SMALLEST_FEE: f64 = 1_000.0;
/// Above this an amount of money is a mistake.
const LARGEST_FEE: f64 = 1e12;
/// A description of at most this many characters may serve as the name of a fee.
const FEE_NAME_CHARS_MAX: usize = 150;

pub(super) fn channels(from: &Formality, notes: &mut Notes) -> Result<Vec<ChannelTerms>, BadValue> {
    let mut channels: Vec<ChannelTerms> = Vec::new();
    for (at, method) in from.execution_methods.iter().enumerate() {
        let path = format!("executionMethods[{at}]");
        let channel = match method.submission_method.as_str() {
            "DIRECT" => Channel::Direct,
            "ONLINE" => Channel::Online,
            "POSTAL" => Channel::Post,
            other => {
                let column = format!("{path}.submissionMethod");
                return Err(Problem::new("import.not_a_channel", other).in_column(column));
            }
        };
        let (limit, limit_note) = limit(from, method, &path, notes)?;
        let mut fees = Vec::with_capacity(method.fees.len());
        for (at, fee) in method.fees.iter().enumerate() {
            fees.push(self::fee(fee, &format!("{path}.fees[{at}]"), notes)?);
        }
        if channels.iter().any(|terms| terms.channel == channel) {
            notes.add("procedure.found_channel_again", channel.name());
        }
        channels.push(ChannelTerms { channel, case: None, limit, limit_note, fees });
    }
    channels.sort_by_key(|terms| terms.channel.number());
    Ok(channels)
}

/// What an amount and a unit mean.
enum Read {
    Limit(Limit),
    /// A fraction of working days, in hours.
    Hours(Limit),
    /// Nothing that can be counted.
    Nothing,
}

fn amount_in_unit(amount: f64, unit: &str) -> Result<Read, Problem> {
    let whole = |amount: f64| -> Option<u32> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked to be a whole small number"
        )]
        let number = amount as u32;
        #[expect(clippy::float_cmp, reason = "a whole number is equal to itself")]
        let is_whole = f64::from(number) == amount;
        is_whole.then_some(number)
    };
    let limit = |number: u32, kind: fn(u32) -> Limit| -> Result<Limit, Problem> {
        // Reading the printed limit again applies the bounds of limits.
        kind(number)
            .to_string()
            .parse()
            .map_err(|_| Problem::new("import.not_a_limit", format!("{amount} {unit}")))
    };
    match (unit, whole(amount)) {
        ("OTHER" | "", _) | (_, Some(0)) => Ok(Read::Nothing),
        ("WORKING_DAY", Some(days)) => limit(days, Limit::WorkingDays).map(Read::Limit),
        ("WORKING_DAY", None) => match whole(amount * HOURS_A_DAY) {
            Some(hours) => limit(hours, Limit::WorkingHours).map(Read::Hours),
            None => Err(Problem::new("import.not_a_limit", format!("{amount} {unit}"))),
        },
        ("DAY", Some(days)) => limit(days, Limit::Days).map(Read::Limit),
        ("HOUR", Some(hours)) => limit(hours, Limit::WorkingHours).map(Read::Limit),
        ("MONTH", Some(months)) => limit(months, Limit::Months).map(Read::Limit),
        ("DAY" | "HOUR" | "MONTH", None) => {
            Err(Problem::new("import.not_a_limit", format!("{amount} {unit}")))
        }
        (unit, _) => Err(Problem::new("import.not_a_limit_unit", unit)),
    }
}

/// The limit of a method and, in the words of the source, what no number says.
fn limit(
    from: &Formality,
    method: &Method,
    path: &str,
    notes: &mut Notes,
) -> Result<(Option<Limit>, String), BadValue> {
    let unit = method.processing_time_unit.as_str();
    let description = clean(&method.description);
    let sentence = match &method.processing_time {
        Value::String(text) if text.trim().parse::<f64>().is_err() => clean(text),
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => String::new(),
    };
    let words: Vec<&str> =
        [sentence.as_str(), description.as_str()].into_iter().filter(|text| !text.is_empty()).collect();
    let words = words.join("\n");
    let bad = |problem: Problem| problem.in_column(format!("{path}.processingTime"));
    let amount = number(&method.processing_time).filter(|amount| 0.0 <= *amount);
    match amount {
        Some(amount) => match amount_in_unit(amount, unit).map_err(bad)? {
            Read::Limit(limit) => Ok((Some(limit), words)),
            Read::Hours(limit) => {
                notes.add("procedure.found_fraction_of_days", format!("{amount} → {limit}"));
                Ok((Some(limit), words))
            }
            Read::Nothing => {
                notes.add("procedure.found_limit_other", undetermined(from, method, &amount.to_string()));
                Ok((None, words))
            }
        },
        None if unit == "OTHER" || unit.is_empty() => {
            notes.add("procedure.found_limit_other", undetermined(from, method, &sentence));
            Ok((None, words))
        }
        None => Err(bad(Problem::new("import.not_a_limit", &method.processing_time))),
    }
}

/// What is known of a limit that cannot be counted: what the method says and, beside it, what the list of cases says.
fn undetermined(from: &Formality, method: &Method, said: &str) -> String {
    let of_cases: Vec<String> = from
        .cases
        .iter()
        .filter_map(|case| case.processing_day.as_ref())
        .filter_map(|day| Some(format!("{} {}", number(&day.qty)?, day.unit)))
        .collect();
    let mut hints = vec![method.submission_method.clone(), format!("processingTime={said}")];
    if !of_cases.is_empty() {
        hints.push(format!("cases={}", of_cases.join(", ")));
    }
    hints.join(" · ")
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn fee(from: &WireFee, path: &str, notes: &mut Notes) -> Result<Fee, BadValue> {
    let (kind, kind_name) = match from.kind.as_str() {
        "FEE" => (FeeKind::Fee, "Phí"),
        "SERVICE_FEE" => (FeeKind::Charge, "Lệ phí"),
        "PRICE_LEVEL" => (FeeKind::Price, "Giá dịch vụ"),
        other => return Err(Problem::new("import.not_a_fee_kind", other).in_column(format!("{path}.type"))),
    };
    let description = clean(&from.description);
    let mut note = description.clone();
    let amount = amount_in_dong(from, path, &mut note, notes)?;
    let is_name = !description.is_empty()
        && !description.contains('\n')
        && description.chars().count() <= FEE_NAME_CHARS_MAX
        && amount.is_some();
    let (name, note) = if is_name { (description, String::new()) } else { (kind_name.to_owned(), note) };
    Ok(Fee {
        kind,
        code: String::new(),
        name,
        amount,
        unit: String::new(),
        collected_at: CollectedAt::Reception,
        note,
    })
}

/// The amount in đồng, when the source states one. What it states otherwise goes into the note.
fn amount_in_dong(
    from: &WireFee,
    path: &str,
    note: &mut String,
    notes: &mut Notes,
) -> Result<Option<i64>, BadValue> {
    let Some(value) = from.value else {
        notes.add("procedure.found_fee_not_stated", "");
        return Ok(None);
    };
    let bad = || Problem::new("import.not_an_amount", value).in_column(format!("{path}.value"));
    if !(0.0..LARGEST_FEE).contains(&value) || value.fract() != 0.0 {
        return Err(bad());
    }
    let currency = clean_line(&from.currency_name);
    let is_dong = currency.is_empty() || currency.to_lowercase().contains("đồng") || currency == "VND";
    if value == 0.0 {
        notes.add("procedure.found_fee_zero", short(note));
        return Ok(None);
    }
    if !is_dong || (currency.is_empty() && value < SMALLEST_FEE) {
        let key =
            if is_dong { "procedure.found_fee_without_currency" } else { "procedure.found_fee_in_currency" };
        let stated = format!("{value} {currency}").trim().to_owned();
        notes.add(key, stated.clone());
        *note = if note.is_empty() { stated } else { format!("{stated}. {note}") };
        return Ok(None);
    }
    #[expect(clippy::cast_possible_truncation, reason = "checked to be a whole number below 10^12")]
    let dong = value as i64;
    Ok(Some(dong))
}

fn short(text: &str) -> String {
    let line = clean_line(text);
    match line.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
