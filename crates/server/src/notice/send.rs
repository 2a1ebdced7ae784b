//! Hands letters to the mail relay. Without a relay they stay in the outbox.

use std::path::Path;
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use crate::app::App;
use crate::config::Mail as Section;
use crate::jobs::Hopeless;
use crate::notice::{Mail, open, store};

/// How long the relay may take for one command.
const RELAY_SECONDS_MAX: u64 = 30;
/// The port on which relays speak TLS from the first byte.
const TLS_PORT: u16 = 465;

/// Sends one letter, unless it was sent already. Sent twice (when the relay took it and the note of it was lost) it
/// carries the same `Message-ID`, by which mailboxes drop the second.
pub async fn send(app: &App, id: &str) -> anyhow::Result<()> {
    let Some(relay) = app.config.mail.relay.as_deref() else { return Ok(()) };
    let key = id.to_owned();
    let Some(row) = app.store.read(move |tx| store::find(tx, &key)).await? else { return Ok(()) };
    if row.sent_at.is_some() {
        return Ok(());
    }
    let mail = open(app, id, &row.sealed)?;
    let message = compose(app, id, &mail, row.created_at.into())?;
    let transport = transport(relay, &app.config.mail)?;
    // What a relay says may repeat the address; of it only the code is kept.
    match transport.send(message).await {
        Ok(_) => {}
        Err(error) if error.is_permanent() => {
            let code = error.status().map(|code| code.to_string()).unwrap_or_default();
            return Err(Hopeless(format!("the relay refuses the letter: {code}")).into());
        }
        Err(error) => anyhow::bail!("{}", reason(&error)),
    }
    let (key, now) = (id.to_owned(), app.clock.now());
    app.store.write(move |tx| store::mark_sent(tx, &key, now)).await?;
    Ok(())
}

fn compose(app: &App, id: &str, mail: &Mail, at: SystemTime) -> anyhow::Result<Message> {
    let from = app.config.mail.from.parse().context("[mail] from is no address")?;
    let to = mail.to.parse().map_err(|_| Hopeless("the address of the letter is no address".to_owned()))?;
    let domain =
        app.config.mail.from.rsplit('@').next().unwrap_or("localhost").trim_end_matches('>').to_owned();
    let message = Message::builder()
        .from(from)
        .to(to)
        .subject(mail.subject.as_str())
        .date(at)
        .message_id(Some(format!("<{id}@{domain}>")))
        .header(ContentType::TEXT_PLAIN)
        .body(mail.body.clone())?;
    Ok(message)
}

/// A connection is made for each letter: letters are few, and a relay may close idle ones.
fn transport(relay: &str, section: &Section) -> anyhow::Result<AsyncSmtpTransport<Tokio1Executor>> {
    let (host, port) = relay.rsplit_once(':').context("[mail] relay is not host:port")?;
    let port: u16 = port.parse().context("[mail] relay: the port is not a number")?;
    let credentials = section.credentials_file.as_deref().map(credentials).transpose()?;
    let is_here = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    let tls = match (port, is_here) {
        (TLS_PORT, _) => Tls::Wrapper(TlsParameters::new(host.to_owned())?),
        (_, true) => Tls::None,
        // A password is never sent in clear.
        (_, false) if credentials.is_some() => Tls::Required(TlsParameters::new(host.to_owned())?),
        (_, false) => Tls::Opportunistic(TlsParameters::new(host.to_owned())?),
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
        .port(port)
        .tls(tls)
        .timeout(Some(Duration::from_secs(RELAY_SECONDS_MAX)));
    if let Some(credentials) = credentials {
        builder = builder.credentials(credentials);
    }
    Ok(builder.build())
}

/// `user:password` on the first line of a file.
fn credentials(path: &Path) -> anyhow::Result<Credentials> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let line = text.lines().next().unwrap_or_default();
    let (user, password) = line.split_once(':').with_context(|| format!("{}: no colon", path.display()))?;
    Ok(Credentials::new(user.to_owned(), password.to_owned()))
}

fn reason(error: &lettre::transport::smtp::Error) -> String {
    if let Some(code) = error.status() {
        return format!("the relay cannot take the letter now: {code}");
    }
    if error.is_timeout() {
        return "the relay did not answer in time".to_owned();
    }
    if error.is_tls() {
        return "the relay's certificate or TLS is not in order".to_owned();
    }
    "the relay cannot be reached".to_owned()
}
