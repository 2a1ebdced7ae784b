//! The proof that nothing of a dossier was changed, computed again whenever its page is shown.

use jiff::Timestamp;

use crate::app::App;
use crate::calendar::words;
use crate::dossier::store;
use crate::portal::opened::Opened;
use crate::web::error::PageError;

/// What proves that nothing was changed.
pub(super) struct Proof {
    pub(super) entries: i64,
    pub(super) head: String,
    pub(super) is_sound: bool,
    pub(super) seal: Option<(i64, String, String)>,
}

/// Reads the journal as it lies in storage, and computes every link of its chain again.
pub(super) async fn proof(app: &App, opened: &Opened) -> Result<Proof, PageError> {
    let code = opened.dossier.code.to_string();
    let read = app
        .store
        .read(move |tx| Ok::<_, motcua_db::DbError>((store::journal(tx, &code)?, store::seals::last(tx)?)));
    let (entries, seal) = read.await?;
    let mut previous = crate::chain::GENESIS.to_owned();
    let mut is_sound = !entries.is_empty();
    for (number, entry) in (1..).zip(&entries) {
        is_sound &= entry.sequence == number
            && entry.previous_hash == previous
            && entry.hash == entry.computed_hash();
        previous.clone_from(&entry.hash);
    }
    let last = entries.last();
    is_sound &= last.is_some_and(|last| last.hash == opened.head.hash);
    let seal = seal.filter(|seal| last.is_some_and(|last| last.at <= seal.up_to)).map(|seal| {
        let at = seal.at.parse::<Timestamp>().ok().map(|at| words::instant(opened.locale, at));
        (seal.number, at.unwrap_or_default(), seal.root)
    });
    Ok(Proof {
        entries: last.map_or(0, |entry| entry.sequence),
        head: opened.head.hash.clone(),
        is_sound,
        seal,
    })
}
