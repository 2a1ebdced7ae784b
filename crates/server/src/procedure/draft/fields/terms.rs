//! Channels of a version, with their limits and fees.

use motcua_domain::procedure::{CaseKey, Channel, ChannelTerms, CollectedAt, Fee, FeeKind, ProcedureVersion};

use crate::procedure::draft::fields::{Wrong, fill_limit, limit, line, paragraphs};
use crate::web::form::Form;
use crate::web::locale::Locale;
use crate::web::rows::Row;
use crate::web::wording;

/// The highest fee of one line, in đồng: more is a slip of the finger, and sums of fees must not overflow.
const AMOUNT_MAX: i64 = 1_000_000_000_000;

pub(super) fn fill(form: &mut Form, version: &ProcedureVersion) {
    for terms in &version.channels {
        let Some(row) = form.add_row("terms") else { break };
        form.set(&format!("{row}-channel"), terms.channel.name());
        form.set(&format!("{row}-case"), terms.case.as_ref().map_or("", CaseKey::as_str));
        fill_limit(form, &row, terms.limit);
        form.set(&format!("{row}-note"), &terms.limit_note);
        for fee in &terms.fees {
            let Some(row) = form.add_row(&format!("{row}-fee")) else { break };
            for (field, value) in [
                ("kind", fee.kind.name()),
                ("code", &fee.code),
                ("name", &fee.name),
                ("amount", &fee.amount.map(|amount| wording::number(Locale::Vi, amount)).unwrap_or_default()),
                ("per", &fee.unit),
                ("collected", fee.collected_at.name()),
                ("note", &fee.note),
            ] {
                form.set(&format!("{row}-{field}"), value);
            }
        }
    }
}

pub(super) fn read(form: &mut Form, locale: Locale, version: &mut ProcedureVersion) {
    let mut wrong = Wrong::default();
    let keys: Vec<CaseKey> =
        form.rows("case").iter().filter_map(|row| row.text("key").parse().ok()).collect();
    let mut channels = Vec::new();
    for row in form.rows("terms") {
        let channel = Channel::ALL.into_iter().find(|channel| channel.name() == row.text("channel"));
        if channel.is_none() {
            wrong.note(row.of("channel"), "catalogue.mend_channel");
        }
        let case = match row.text("case") {
            "" => None,
            key => {
                let known = keys.iter().find(|known| known.as_str() == key).cloned();
                if known.is_none() {
                    wrong.note(row.of("case"), "catalogue.mend_case");
                }
                known
            }
        };
        let fees = row.rows("fee").iter().filter_map(|row| fee(row, &mut wrong)).collect();
        let (limit, limit_note) = (limit(&row, &mut wrong), paragraphs(&row, "note"));
        if let Some(channel) = channel {
            channels.push(ChannelTerms { channel, case, limit, limit_note, fees });
        }
    }
    version.channels = channels;
    wrong.tell(form, locale);
}

fn fee(row: &Row<'_>, wrong: &mut Wrong) -> Option<Fee> {
    if row.is_blank(&["kind", "collected"]) {
        return None;
    }
    let name = line(row, "name");
    if name.is_empty() {
        wrong.note(row.of("name"), "catalogue.mend_fee_name");
    }
    let kind = FeeKind::ALL.into_iter().find(|kind| kind.name() == row.text("kind"));
    if kind.is_none() {
        wrong.note(row.of("kind"), "catalogue.mend_fee_kind");
    }
    let digits: String = row.text("amount").chars().filter(|c| !matches!(c, '.' | ' ' | '\u{a0}')).collect();
    let amount = if digits.is_empty() {
        None
    } else {
        let read = digits.parse::<i64>().ok().filter(|amount| (0..=AMOUNT_MAX).contains(amount));
        if read.is_none() {
            wrong.note(row.of("amount"), "catalogue.mend_amount");
        }
        read
    };
    let collected = CollectedAt::ALL.into_iter().find(|moment| moment.name() == row.text("collected"));
    Some(Fee {
        kind: kind?,
        code: line(row, "code"),
        name,
        amount,
        unit: line(row, "per"),
        collected_at: collected.unwrap_or(CollectedAt::Reception),
        note: paragraphs(row, "note"),
    })
}
