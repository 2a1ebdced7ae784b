//! What a dossier holds, on its page: facts, papers, forms, messages, and what is proposed.

use motcua_domain::dossier::{Channel, CopyKind, Dossier, IssuedForm, Message, Paper, PaperSource, Verdict};

use crate::calendar::words as calendar_words;
use crate::dossier::words;
use crate::office::Snapshot;
use crate::web::locale::Locale;
use crate::web::wording;

/// A label and what it is.
pub(super) struct Fact {
    pub(super) label: &'static str,
    pub(super) value: String,
}

/// One paper in words.
pub(super) struct PaperWords {
    pub(super) title: String,
    pub(super) about: String,
    pub(super) href: Option<String>,
    pub(super) file_name: String,
}

/// One numbered form.
pub(super) struct FormWords {
    pub(super) title: String,
    pub(super) href: String,
}

pub(super) fn facts(locale: Locale, office: &Snapshot, dossier: &Dossier) -> Vec<Fact> {
    let filing = &dossier.filing;
    let identity = &filing.applicant.identity;
    let mut facts = Vec::new();
    let mut add = |label: &str, value: String| {
        if !value.is_empty() {
            facts.push(Fact { label: locale.t(label), value });
        }
    };
    add("desk.applicant", filing.applicant.name.clone());
    add(
        "desk.id_number",
        identity.id_number.clone().or_else(|| identity.tax_number.clone()).unwrap_or_default(),
    );
    add("desk.address", identity.address.clone());
    add("desk.phone", identity.phone.clone().unwrap_or_default());
    add("desk.email", identity.email.clone().unwrap_or_default());
    if let Some(other) = &filing.representative {
        let words =
            locale.say("desk.representative_words").arg("name", &other.name).arg("capacity", &other.capacity);
        add("desk.representative", words.to_string());
        // The portal keeps which text was agreed to; the desk writes the ground in words.
        if matches!(filing.channel, Channel::Counter | Channel::Post) && other.consent != other.capacity {
            add("desk.representative_ground", other.consent.clone());
        }
    }
    add("desk.subject", filing.subject.clone());
    add("desk.procedure", format!("{} – {}", filing.procedure, filing.procedure_name));
    add("dossier.channel", locale.t(&format!("dossier.channel_{}", filing.channel.name())).to_owned());
    add("desk.receiving_unit", office.unit_name(&filing.receiving_unit));
    let competent = dossier.progress.competent_unit.as_ref().map(|unit| office.unit_name(unit));
    add("dossier.competent_unit", competent.unwrap_or_else(|| locale.t("desk.unit_unknown").to_owned()));
    add(
        "desk.limit",
        filing
            .limit
            .map_or_else(|| locale.t("desk.no_limit").to_owned(), |limit| wording::limit(locale, limit)),
    );
    add("desk.submitted", calendar_words::instant(locale, dossier.progress.submitted_at));
    if let Some(at) = dossier.progress.accepted_at {
        add("desk.accepted", calendar_words::instant(locale, at));
    }
    for fee in &filing.fees {
        let paid = locale.t(if fee.paid { "desk.fee_paid" } else { "desk.fee_open" });
        let amount = match fee.amount {
            None => locale.t("desk.fee_unknown").to_owned(),
            Some(0) => locale.t("portal.no_fees_short").to_owned(),
            Some(amount) => format!("{} ({paid})", wording::money(locale, amount)),
        };
        add("desk.fee", format!("{}: {amount}", fee.name));
    }
    facts
}

pub(super) fn paper_words(locale: Locale, dossier: &Dossier, paper: &Paper) -> PaperWords {
    let copy = match paper.copy {
        CopyKind::Original => "desk.copy_original",
        CopyKind::Copy => "desk.copy_copy",
        CopyKind::Electronic => "desk.copy_electronic",
    };
    let source = match paper.source {
        PaperSource::Uploaded => "desk.source_uploaded",
        PaperSource::Scanned => "desk.source_scanned",
        PaperSource::OnPaper => "desk.source_on_paper",
        PaperSource::Issued => "desk.source_issued",
    };
    PaperWords {
        title: paper.title.clone(),
        about: format!("{}, {}", locale.t(copy), locale.t(source)),
        href: paper.file.is_some().then(|| format!("/can-bo/ho-so/{}/giay-to/{}", dossier.code, paper.id)),
        file_name: paper.file.as_ref().map(|file| file.name.clone()).unwrap_or_default(),
    }
}

pub(super) fn forms(locale: Locale, dossier: &Dossier) -> Vec<FormWords> {
    let form = |one: &IssuedForm| FormWords {
        title: words::form_title(locale, one),
        href: format!("/can-bo/ho-so/{}/bieu-mau/{}", dossier.code, one.entry),
    };
    dossier.progress.forms.iter().map(form).collect()
}

pub(super) fn messages(locale: Locale, dossier: &Dossier) -> Vec<(String, String, String)> {
    let words = |one: &Message| (one.by.clone(), calendar_words::instant(locale, one.at), one.text.clone());
    dossier.progress.messages.iter().map(words).collect()
}

pub(super) fn proposal(locale: Locale, dossier: &Dossier) -> Vec<Fact> {
    let mut facts = Vec::new();
    for one in &dossier.progress.proposals {
        let verdict = match one.verdict {
            Verdict::Grant => "dossier.verdict_grant",
            Verdict::Reject => "dossier.verdict_reject",
        };
        facts.push(Fact { label: locale.t("dossier.verdict"), value: locale.t(verdict).to_owned() });
        facts.push(Fact { label: locale.t("dossier.reason"), value: one.text.clone() });
        facts.push(Fact { label: locale.t("dossier.officer"), value: one.by.clone() });
    }
    if let Some(outcome) = &dossier.progress.outcome {
        facts.push(Fact { label: locale.t("dossier.result"), value: outcome.title.clone() });
    }
    facts
}
