//! Procedures in words: levels, channels, limits, fees, papers.

use motcua_domain::procedure::{
    Case, ChannelTerms, Component, Fee, FeeKind, OnlineLevel, ProcedureLevel, ProcedureVersion, Purpose,
};

use crate::web::locale::Locale;
use crate::web::wording;

/// A level.
pub fn level(locale: Locale, level: ProcedureLevel) -> &'static str {
    locale.t(&format!("procedure.level_{}", level.name()))
}

/// Levels as a list.
pub fn levels<'a>(locale: Locale, levels: impl IntoIterator<Item = &'a ProcedureLevel>) -> String {
    let words: Vec<&str> = levels.into_iter().map(|of| level(locale, *of)).collect();
    words.join(", ")
}

/// How far it can be done online, from the name in storage.
pub fn online(locale: Locale, name: &str) -> &'static str {
    match name {
        "full" => locale.t("procedure.online_full"),
        "partial" => locale.t("procedure.online_partial"),
        _ => locale.t("procedure.online_none"),
    }
}

/// The name in the language of the page, when it has one.
pub fn name(locale: Locale, version: &ProcedureVersion) -> String {
    match (locale, &version.name_en) {
        (Locale::En, Some(name)) => name.clone(),
        (Locale::Vi | Locale::En, _) => version.name.clone(),
    }
}

/// A time limit, or the words of the law where no number says it.
pub fn limit(locale: Locale, terms: &ChannelTerms) -> String {
    match terms.limit {
        Some(limit) => wording::limit(locale, limit),
        None => locale.t("procedure.limit_unknown").to_owned(),
    }
}

/// One fee in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeeWords {
    /// What is paid for.
    pub name: String,
    /// How much, or that somebody else says how much.
    pub amount: String,
    /// Who is exempt, which text sets it.
    pub note: String,
}

/// A fee in words.
pub fn fee(locale: Locale, fee: &Fee) -> FeeWords {
    let amount = match fee.amount {
        None => locale.t("procedure.fee_unknown").to_owned(),
        Some(amount) if fee.unit.is_empty() => wording::money(locale, amount),
        Some(amount) => format!("{}/{}", wording::money(locale, amount), fee.unit),
    };
    FeeWords { name: fee.name.clone(), amount, note: fee.note.clone() }
}

/// The kind of a fee.
pub fn fee_kind(locale: Locale, kind: FeeKind) -> &'static str {
    locale.t(&format!("procedure.fee_kind_{}", kind.name()))
}

/// What is paid, in one line: every amount, or what is known of it.
pub fn fees_in_short(locale: Locale, version: &ProcedureVersion) -> String {
    let fees: Vec<&Fee> = version.channels.iter().flat_map(|terms| &terms.fees).collect();
    if version.channels.is_empty() {
        return locale.t("procedure.not_in_catalogue").to_owned();
    }
    if fees.is_empty() {
        return locale.t("procedure.no_fee").to_owned();
    }
    let mut amounts: Vec<String> = Vec::new();
    for fee in &fees {
        let amount = self::fee(locale, fee).amount;
        if !amounts.contains(&amount) {
            amounts.push(amount);
        }
    }
    match amounts.len() {
        0..=3 => amounts.join("; "),
        _ => locale.t("procedure.fees_below").to_owned(),
    }
}

/// How long it takes, in one line: one limit, or one for each channel.
pub fn limits_in_short(locale: Locale, version: &ProcedureVersion) -> String {
    let mut limits: Vec<String> = Vec::new();
    for terms in &version.channels {
        let limit = self::limit(locale, terms);
        if !limits.contains(&limit) {
            limits.push(limit);
        }
    }
    match limits.as_slice() {
        [] => locale.t("procedure.not_in_catalogue").to_owned(),
        [only] => only.clone(),
        [_, _] => limits.join(&format!(" {} ", locale.t("procedure.or"))),
        _ => locale.t("procedure.limits_below").to_owned(),
    }
}

/// Terms that are the same for several channels, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermsWords {
    /// The channels.
    pub channels: String,
    /// For which case, when it is not for all.
    pub case: String,
    /// How long.
    pub limit: String,
    /// What a number does not say, paragraph by paragraph.
    pub notes: Vec<String>,
    /// What is paid.
    pub fees: Vec<FeeWords>,
}

/// Terms in words; channels with the same terms stand together.
pub fn terms(locale: Locale, version: &ProcedureVersion, all: &[&ChannelTerms]) -> Vec<TermsWords> {
    let mut rows: Vec<(ChannelTerms, TermsWords)> = Vec::new();
    for of_channel in all {
        let channel = locale.t(&format!("procedure.channel_{}", of_channel.channel.name()));
        let same = |known: &ChannelTerms| {
            (&known.limit, &known.limit_note, &known.fees, &known.case)
                == (&of_channel.limit, &of_channel.limit_note, &of_channel.fees, &of_channel.case)
        };
        if let Some((_, row)) = rows.iter_mut().find(|(known, _)| same(known)) {
            if !row.channels.contains(channel) {
                row.channels = format!("{}, {channel}", row.channels);
            }
            continue;
        }
        let case = of_channel.case.as_ref().and_then(|key| version.case(key));
        let words = TermsWords {
            channels: channel.to_owned(),
            case: case.map(|case| case.name.clone()).unwrap_or_default(),
            limit: limit(locale, of_channel),
            notes: paragraphs(&of_channel.limit_note),
            fees: of_channel.fees.iter().map(|of| fee(locale, of)).collect(),
        };
        rows.push(((*of_channel).clone(), words));
    }
    rows.into_iter().map(|(_, words)| words).collect()
}

/// The lines of a text, without empty ones.
pub fn paragraphs(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// A paper in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperWords {
    /// What it is.
    pub name: String,
    /// Heading it stands under, when the one before stood under another.
    pub heading: String,
    /// How many originals and copies.
    pub quantity: String,
    /// Must be there, is already held, is filled in online.
    pub remarks: Vec<&'static str>,
    /// Names of its blank forms.
    pub templates: Vec<String>,
}

/// The papers of a case that are handed in, shown, or only advice.
pub fn papers(locale: Locale, case: &Case, purpose: Purpose) -> Vec<PaperWords> {
    let mut heading = "";
    let mut words = Vec::new();
    for paper in case.components.iter().filter(|paper| paper.purpose == purpose) {
        let is_new = paper.group != heading;
        heading = &paper.group;
        words.push(PaperWords {
            name: paper.name.trim_start_matches(['-', '+', '*', ' ']).to_owned(),
            heading: if is_new { paper.group.clone() } else { String::new() },
            quantity: quantity(locale, paper),
            remarks: remarks(locale, paper),
            templates: paper.templates.clone(),
        });
    }
    words
}

/// How many originals and copies are wanted; nothing when the procedure does not say.
pub fn quantity(locale: Locale, paper: &Component) -> String {
    let wanted = [("procedure.originals", paper.original_qty), ("procedure.copies", paper.copy_qty)];
    let parts = wanted.into_iter().filter(|(_, count)| 0 < *count);
    parts.map(|(key, count)| locale.count(key, usize::from(count)).to_string()).collect::<Vec<_>>().join(", ")
}

fn remarks(locale: Locale, paper: &Component) -> Vec<&'static str> {
    let remarks = [
        (paper.required, "procedure.paper_required"),
        (paper.already_held, "procedure.paper_already_held"),
        (paper.interactive, "procedure.paper_interactive"),
    ];
    remarks.into_iter().filter(|(is, _)| *is).map(|(_, key)| locale.t(key)).collect()
}

/// How far it can be done online, with the reason when it is not all of it.
pub fn online_with_reason(locale: Locale, level: &OnlineLevel) -> String {
    let words = online(locale, level.name());
    match level {
        OnlineLevel::Partial { reason } if !reason.is_empty() => format!("{words}: {reason}"),
        OnlineLevel::Full | OnlineLevel::Partial { .. } | OnlineLevel::None => words.to_owned(),
    }
}
