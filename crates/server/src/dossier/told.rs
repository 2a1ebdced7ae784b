//! What the applicant is told by mail, written in the transaction that caused it.

use jiff::Timestamp;
use motcua_db::{DbError, Tx};
use motcua_domain::dossier::{Dossier, Event, Recorded};

use crate::account::people;
use crate::app::App;
use crate::calendar::words as calendar_words;
use crate::notice::{self, Mail};
use crate::web::locale::Locale;
use crate::web::wording;

/// One piece of news: its sentence, and what the sentence tells. The letter names nobody and no number of anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
struct News {
    /// Which subject: `told.NAME_subject`.
    name: &'static str,
    /// Key of the sentence.
    key: &'static str,
    /// When, as far as the sentence says.
    at: Option<Timestamp>,
    /// Why, or what for.
    reason: String,
    /// How much, in VND.
    amount: Option<i64>,
}

impl News {
    fn new(name: &'static str, key: &'static str) -> Self {
        Self { name, key, at: None, reason: String::new(), amount: None }
    }

    fn at(self, at: Timestamp) -> Self {
        Self { at: Some(at), ..self }
    }

    fn because(self, reason: &str) -> Self {
        Self { reason: reason.to_owned(), ..self }
    }
}

/// Writes one letter when something happened that the applicant has to know, and an address is known.
pub fn tell(tx: &mut Tx<'_>, app: &App, dossier: &Dossier, recorded: &[Recorded]) -> Result<(), DbError> {
    let Some(to) = dossier.filing.applicant.identity.email.as_ref() else { return Ok(()) };
    let Some(news) = recorded.iter().rev().find_map(|one| news(&one.event)) else { return Ok(()) };
    let locale = language(tx, dossier)?;
    let code = &dossier.code;
    let link = format!("{}/ho-so/{code}", app.config.server.public_url());
    let say = |key: &str| {
        locale.say(key).arg("code", code).arg("procedure", &dossier.filing.procedure_name).arg("link", &link)
    };
    let subject = say(&format!("told.{}_subject", news.name)).to_string();
    let what = say(news.key)
        .arg("at", news.at.map(|at| calendar_words::instant(locale, at)).unwrap_or_default())
        .arg("reason", &news.reason)
        .arg("amount", news.amount.map(|amount| wording::money(locale, amount)).unwrap_or_default());
    let parts = [say("told.greeting"), say("told.about"), what, say("told.footer")];
    let body = parts.map(|part| part.to_string()).join("\n\n");
    notice::mail(tx, app, &Mail { to: to.clone(), subject, body, dossier_code: Some(code.to_string()) })
}

/// The language of the account the dossier belongs to; that of the office for people without one.
fn language(tx: &mut Tx<'_>, dossier: &Dossier) -> Result<Locale, DbError> {
    let Some(owner) = dossier.filing.owner else { return Ok(Locale::Vi) };
    let code = people::store::language(tx, owner)?;
    Ok(code.and_then(|code| Locale::from_code(&code)).unwrap_or_default())
}

/// What an event is to the applicant: nothing, or a sentence that says what to do.
fn news(event: &Event) -> Option<News> {
    let started = |due: Timestamp| News::new("started", "told.started").at(due);
    let news = match event {
        Event::Filed { .. } => News::new("filed", "told.filed"),
        Event::Accepted { due: Some(due), .. } => News::new("accepted", "told.accepted").at(*due),
        Event::Accepted { due: None, .. } => News::new("accepted", "told.accepted_no_due"),
        Event::Refused { reason, .. } => News::new("refused", "told.refused").because(reason),
        Event::SupplementRequested { answer_by, .. } => {
            News::new("supplement", "told.supplement").at(*answer_by)
        }
        Event::PaymentRequested { name, amount, pay_by, .. } => {
            let news = News::new("payment", "told.payment").at(*pay_by).because(name);
            News { amount: Some(*amount), ..news }
        }
        Event::Paused { reason, until, .. } => News::new("paused", "told.paused").at(*until).because(reason),
        Event::Dispatched { due: Some(due), .. } | Event::TakenOver { due: Some(due), .. } => started(*due),
        Event::Extended { due_after, reason, .. } => {
            News::new("extended", "told.extended").at(*due_after).because(reason)
        }
        Event::Stopped { reason, .. } => News::new("stopped", "told.stopped").because(reason),
        Event::Settled { .. } => News::new("settled", "told.settled"),
        // What an officer writes is read in the portal; a mail only says that it is there.
        Event::MessageSent { message } if !message.from_applicant => News::new("message", "told.message"),
        Event::MessageSent { .. }
        | Event::Dispatched { due: None, .. }
        | Event::TakenOver { due: None, .. }
        | Event::SupplementAnswered { .. }
        | Event::Paid { .. }
        | Event::Resumed { .. }
        | Event::Forwarded { .. }
        | Event::SentBack { .. }
        | Event::Assigned { .. }
        | Event::OpinionAsked { .. }
        | Event::OpinionAnswered { .. }
        | Event::Proposed { .. }
        | Event::Approved { .. }
        | Event::Withdrawn { .. }
        | Event::Returned { .. }
        | Event::PaperAdded { .. }
        | Event::FormIssued { .. }
        | Event::Read { .. } => return None,
    };
    Some(news)
}
