//! Mail out: letters are written in the transaction that causes them, sealed, and sent by a job.

pub mod pages;
pub mod send;
pub mod store;

use axum::Router;
use axum::routing::get;
use jiff::Timestamp;
use motcua_db::{DbError, Tx};

use crate::app::App;
use crate::jobs::{self, JobKind, NewJob};

/// Pages of this word.
pub fn routes() -> Router<App> {
    Router::new().route("/demo/hop-thu", get(pages::outbox))
}

/// A letter to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// E-mail address.
    pub to: String,
    /// Subject. It lies in storage as it is, so it says nothing about the person.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// The dossier it is about.
    pub dossier_code: Option<String>,
}

/// Writes a letter, and the job that sends it. Address and text are sealed: storage alone tells nobody who was
/// written to, nor a code to sign in with.
pub fn mail(tx: &mut Tx<'_>, app: &App, mail: &Mail) -> Result<(), DbError> {
    let now = app.clock.now();
    let id = app.random.uuid(now).to_string();
    let sealed = store::Sealed {
        recipient: app.secrets.seal(&app.random, &purpose(&id, "to"), &mail.to),
        subject: one_line(&mail.subject),
        body: app.secrets.seal(&app.random, &purpose(&id, "body"), &mail.body),
        dossier_code: mail.dossier_code.clone(),
    };
    store::insert(tx, &id, &sealed, now)?;
    let dossier_code = mail.dossier_code.clone();
    jobs::enqueue(tx, app, &NewJob { kind: JobKind::SendMail, dossier_code, payload: id, run_at: now })
}

/// A stored letter, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Which.
    pub id: String,
    /// What it says, and to whom.
    pub mail: Mail,
    /// When it was written.
    pub created_at: Timestamp,
    /// When the relay took it.
    pub sent_at: Option<Timestamp>,
}

/// One page of letters, newest first, those before the letter `before`; one more when there are more.
pub async fn newest(app: &App, before: Option<String>) -> Result<Vec<Letter>, DbError> {
    let rows = app.store.read(move |tx| store::newest(tx, before.as_deref())).await?;
    rows.into_iter()
        .map(|row| {
            let mail = open(app, &row.id, &row.sealed)?;
            Ok(Letter { id: row.id, mail, created_at: row.created_at, sent_at: row.sent_at })
        })
        .collect()
}

fn open(app: &App, id: &str, sealed: &store::Sealed) -> Result<Mail, DbError> {
    let open = |part: &str, text: &str| {
        app.secrets.open(&purpose(id, part), text).map_err(|error| DbError::Decode(error.to_string()))
    };
    Ok(Mail {
        to: open("to", &sealed.recipient)?,
        subject: sealed.subject.clone(),
        body: open("body", &sealed.body)?,
        dossier_code: sealed.dossier_code.clone(),
    })
}

fn purpose(id: &str, part: &str) -> String {
    format!("mail:{id}:{part}")
}

/// A subject is one line, whatever a name in it holds.
fn one_line(text: &str) -> String {
    text.split(char::is_control).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
