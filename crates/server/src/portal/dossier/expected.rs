//! What happens next with a dossier, who has to do it, and where money goes that is asked for.

use jiff::Timestamp;
use motcua_domain::dossier::{Office as _, ReturnWay, Status, time};
use motcua_domain::office_time::day_of;

use crate::app::App;
use crate::calendar::words;
use crate::dossier::words::time_left;
use crate::portal::fees::{self, Account};
use crate::portal::opened::Opened;
use crate::web::error::PageError;
use crate::web::wording;

/// What happens next, and what the owner has to do.
pub(super) struct Expected {
    pub(super) words: String,
    pub(super) action: &'static str,
    pub(super) href: String,
}

/// Where the money that is asked for goes.
pub(super) struct PayInto {
    pub(super) unit: String,
    pub(super) account: Option<Account>,
}

/// What happens next and who has to do it.
pub(super) fn expected(opened: &Opened, now: Timestamp) -> Expected {
    let (dossier, locale) = (&opened.dossier, opened.locale);
    let calendar = opened.office.calendar_of(dossier.responsible_unit());
    let left = |due: Option<Timestamp>| due.map(|due| time_left(locale, calendar, now, due));
    let say = |key: &str, due: Option<Timestamp>| match left(due) {
        Some(left) => locale.say(key).arg("left", left).to_string(),
        None => locale.t(&format!("{key}_no_due")).to_owned(),
    };
    let only = |words: String| Expected { words, action: "", href: String::new() };
    let reason = || dossier.progress.end_reason.clone().unwrap_or_default();
    match dossier.status() {
        Status::Registered => {
            let desk = opened.office.calendar_of(&dossier.filing.receiving_unit);
            only(say(
                "portal.expect_answer",
                time::intake_due(dossier, desk, opened.office.settings_of(dossier)),
            ))
        }
        Status::Accepted | Status::InProcess => match dossier.open_pause() {
            Some(pause) => {
                let until = words::instant(locale, pause.until);
                only(
                    locale
                        .say("portal.expect_pause")
                        .arg("until", until)
                        .arg("reason", &pause.reason)
                        .to_string(),
                )
            }
            None => only(say("portal.expect_result", time::due(dossier, calendar, now))),
        },
        Status::AwaitingSupplement
            if dossier.open_supplement().is_some_and(|asked| asked.answer_by < now) =>
        {
            let ended = dossier.open_supplement().map(|asked| words::instant(locale, asked.answer_by));
            only(locale.say("portal.supplement_lapsed").arg("at", ended.unwrap_or_default()).to_string())
        }
        Status::AwaitingSupplement => Expected {
            words: say("portal.expect_supplement", dossier.open_supplement().map(|asked| asked.answer_by)),
            action: "portal.answer_supplement",
            href: format!("{}/bo-sung", opened.href()),
        },
        Status::AwaitingPayment => {
            let words = match dossier.open_payment() {
                Some(asked) => {
                    let left = time_left(locale, calendar, now, asked.pay_by);
                    let amount = wording::money(locale, asked.amount);
                    let unit = opened.office.unit_name_in(locale, dossier.responsible_unit());
                    let said =
                        locale.say("portal.expect_payment_of").arg("name", &asked.name).arg("amount", amount);
                    said.arg("unit", unit).arg("left", left).to_string()
                }
                None => locale.t("portal.expect_payment_no_due").to_owned(),
            };
            only(words)
        }
        Status::Settled => only(match &dossier.filing.return_way {
            ReturnWay::Online => locale.t("portal.expect_result_online").to_owned(),
            ReturnWay::Desk => {
                let unit = opened.office.unit_name_in(locale, &dossier.filing.receiving_unit);
                locale.say("portal.expect_result_desk").arg("unit", unit).to_string()
            }
            ReturnWay::Post(address) => {
                locale.say("portal.expect_result_post").arg("address", address).to_string()
            }
        }),
        Status::Returned => only(locale.t("portal.is_returned").to_owned()),
        Status::Refused => only(locale.say("portal.is_refused").arg("reason", reason()).to_string()),
        Status::Withdrawn => only(locale.say("portal.is_withdrawn").arg("reason", reason()).to_string()),
        Status::Stopped => only(locale.say("portal.is_stopped").arg("reason", reason()).to_string()),
    }
}

/// While a payment is waited for: into which account, as it is published on that day.
pub(super) async fn pay_into(
    app: &App,
    opened: &Opened,
    now: Timestamp,
) -> Result<Option<PayInto>, PageError> {
    let dossier = &opened.dossier;
    let Some(asked) = dossier.open_payment() else { return Ok(None) };
    let code = dossier.responsible_unit();
    let filing = &dossier.filing;
    let version = app.catalogue.version(app, &filing.procedure, filing.procedure_version).await?;
    let today = day_of(now);
    let unit = opened.office.units().on(code, today);
    Ok(Some(PayInto {
        unit: opened.office.unit_name_in(opened.locale, code),
        account: unit.and_then(|unit| fees::account_of(asked, version.as_deref(), unit, today)),
    }))
}
