//! The list of a person's open sessions, as their account page shows it, and signing out elsewhere.

use motcua_db::DbError;

use crate::account::{session, store};
use crate::app::App;
use crate::web::locale::Locale;
use crate::web::visitor::{Person, Visitor};
use crate::web::wording;

/// One open session in words.
pub struct SessionLine {
    /// Browser and system.
    pub agent: String,
    /// Signed in when.
    pub since: String,
    /// Last request, to within some minutes.
    pub seen: String,
    /// The one this page was asked for with.
    pub is_this: bool,
}

/// The open sessions of a person, the one used last first.
pub async fn list(app: &App, visitor: &Visitor, person: &Person) -> Result<Vec<SessionLine>, DbError> {
    let (id, now, idle_since) = (person.id, app.clock.now(), session::idle_since(app));
    let this = visitor.session.as_deref().map(|token| session::hash(app, token));
    let open = app.store.read(move |tx| store::open_sessions(tx, id, now, idle_since)).await?;
    let line = |found: store::OpenSession| SessionLine {
        agent: agent_words(visitor.locale, &found.agent),
        since: wording::office_datetime_short(found.created_at),
        seen: wording::office_datetime_short(found.seen_at),
        is_this: this.as_ref() == Some(&found.token_hash),
    };
    Ok(open.into_iter().map(line).collect())
}

/// Ends every session of a person but the one of this browser.
pub async fn end_others(app: &App, visitor: &Visitor, person: &Person) -> Result<(), DbError> {
    let (id, now) = (person.id, app.clock.now());
    let this = visitor.session.as_deref().map(|token| session::hash(app, token));
    app.store.write(move |tx| store::end_other_sessions(tx, id, this.as_deref(), now)).await?;
    Ok(())
}

/// What a browser says it is, as people would: `Firefox trên Android`.
fn agent_words(locale: Locale, agent: &str) -> String {
    // Later names hide in what others say of themselves, so the first that fits is the right one.
    const BROWSERS: [(&str, &str); 7] = [
        ("coc_coc", "Cốc Cốc"),
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let named = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    match (named(&BROWSERS), named(&SYSTEMS)) {
        (Some(browser), Some(system)) => {
            locale.say("account.agent").arg("browser", browser).arg("system", system).to_string()
        }
        (Some(only), None) | (None, Some(only)) => only.to_owned(),
        (None, None) => locale.t("account.agent_unknown").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_named_as_people_name_them() {
        let words = |agent| agent_words(Locale::En, agent);
        assert_eq!(
            words("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
            "Firefox on Linux"
        );
        assert_eq!(
            words(
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"
            ),
            "Chrome on Android"
        );
        assert_eq!(
            words(
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile Safari/604.1"
            ),
            "Safari on iPhone"
        );
        assert_eq!(
            words("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0"),
            "Edge on Windows"
        );
        assert_eq!(words("curl/8"), "Unknown browser");
    }
}
