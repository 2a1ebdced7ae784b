//! What the portal asks of the other words: the procedure a draft is for, and what an account knows of its person.

use std::sync::Arc;

use motcua_domain::dossier::Identity;
use motcua_domain::ids::PersonId;
use motcua_domain::office_time::day_of;
use motcua_domain::procedure::{ChannelTerms, ProcedureCode, ProcedureVersion};

use crate::account::people;
use crate::app::App;
use crate::procedure::store as procedures;
use crate::web::error::PageError;
use crate::web::locale::Locale;
use crate::web::wording;

/// The version a draft was begun with.
pub async fn version(
    app: &App,
    code: &ProcedureCode,
    number: u32,
) -> Result<Arc<ProcedureVersion>, PageError> {
    let code = code.clone();
    let found = app.store.read(move |tx| procedures::version(tx, &code, number)).await?;
    found.map(Arc::new).ok_or(PageError::NotFound)
}

/// The version in force today; none when there is no such procedure, or it has ended.
pub async fn version_in_force(
    app: &App,
    code: &ProcedureCode,
) -> Result<Option<Arc<ProcedureVersion>>, PageError> {
    let (code, today) = (code.clone(), day_of(app.clock.now()));
    Ok(app.store.read(move |tx| procedures::in_force(tx, &code, today)).await?.map(Arc::new))
}

/// What the account says about its person: name and identity.
pub async fn profile(app: &App, person: PersonId) -> Result<(String, Identity), PageError> {
    let inner = app.clone();
    let known =
        app.store.read(move |tx| people::find(tx, &inner, person)).await?.ok_or(PageError::NotFound)?;
    Ok((known.row.name, known.identity))
}

/// How long it takes, in words; every limit that may apply.
pub fn limit_words(terms: &[&ChannelTerms], locale: Locale) -> String {
    let mut words: Vec<String> = Vec::new();
    for terms in terms {
        let said = match terms.limit {
            Some(limit) => wording::limit(locale, limit),
            None if terms.limit_note.is_empty() => locale.t("portal.no_limit").to_owned(),
            None => terms.limit_note.clone(),
        };
        if !words.contains(&said) {
            words.push(said);
        }
    }
    if words.is_empty() { locale.t("portal.no_limit").to_owned() } else { words.join("; ") }
}
