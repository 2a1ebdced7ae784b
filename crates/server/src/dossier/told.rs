//! What the applicant is told by mail, written in the transaction that caused it.

use jiff::Timestamp;
use motcua_db::{DbError, Tx};
use motcua_domain::dossier::{Dossier, Event, Recorded};

use crate::app::App;
use crate::calendar::words as calendar_words;
use crate::notice::{self, Mail};
use crate::web::locale::Locale;

/// Letters to applicants are in the language of the office.
const LANGUAGE: Locale = Locale::Vi;

/// Writes one letter when something happened that the applicant has to know, and an address is known.
pub fn tell(tx: &mut Tx<'_>, app: &App, dossier: &Dossier, recorded: &[Recorded]) -> Result<(), DbError> {
    let Some(to) = dossier.filing.applicant.identity.email.as_ref() else { return Ok(()) };
    let Some((name, what)) = recorded.iter().rev().find_map(|one| news(&one.event)) else { return Ok(()) };
    let code = &dossier.code;
    let link = format!("{}/ho-so/{code}", app.config.server.public_url.trim_end_matches('/'));
    let say = |key: &str| {
        LANGUAGE
            .say(key)
            .arg("code", code)
            .arg("procedure", &dossier.filing.procedure_name)
            .arg("link", &link)
    };
    let subject = say(&format!("told.{name}_subject")).to_string();
    let about = say("told.about").to_string();
    let body = [say("told.greeting").to_string(), about, what, say("told.footer").to_string()].join("\n\n");
    notice::mail(tx, app, &Mail { to: to.clone(), subject, body, dossier_code: Some(code.to_string()) })
}

/// The name of the news in the messages, and the sentence that says what to do.
fn news(event: &Event) -> Option<(&'static str, String)> {
    let at = |instant: Timestamp| calendar_words::instant(LANGUAGE, instant);
    let news = match event {
        Event::Filed { .. } => ("filed", LANGUAGE.t("told.filed").to_owned()),
        Event::Accepted { due: Some(due), .. } => {
            ("accepted", LANGUAGE.say("told.accepted").arg("at", at(*due)).to_string())
        }
        Event::Accepted { due: None, .. } => ("accepted", LANGUAGE.t("told.accepted_no_due").to_owned()),
        Event::Refused { reason, .. } => {
            ("refused", LANGUAGE.say("told.refused").arg("reason", reason).to_string())
        }
        Event::SupplementRequested { answer_by, .. } => {
            ("supplement", LANGUAGE.say("told.supplement").arg("at", at(*answer_by)).to_string())
        }
        Event::Extended { due_after, reason, .. } => (
            "extended",
            LANGUAGE.say("told.extended").arg("at", at(*due_after)).arg("reason", reason).to_string(),
        ),
        Event::Stopped { reason, .. } => {
            ("stopped", LANGUAGE.say("told.stopped").arg("reason", reason).to_string())
        }
        Event::Settled { .. } => ("settled", LANGUAGE.t("told.settled").to_owned()),
        Event::SupplementAnswered { .. }
        | Event::PaymentRequested { .. }
        | Event::Paid { .. }
        | Event::Paused { .. }
        | Event::Resumed { .. }
        | Event::Dispatched { .. }
        | Event::Forwarded { .. }
        | Event::TakenOver { .. }
        | Event::SentBack { .. }
        | Event::Assigned { .. }
        | Event::OpinionAsked { .. }
        | Event::OpinionAnswered { .. }
        | Event::Proposed { .. }
        | Event::Approved { .. }
        | Event::Withdrawn { .. }
        | Event::Returned { .. }
        | Event::PaperAdded { .. }
        | Event::MessageSent { .. }
        | Event::FormIssued { .. }
        | Event::Read { .. } => return None,
    };
    Some(news)
}
