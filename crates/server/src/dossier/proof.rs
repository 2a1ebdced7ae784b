//! Seals: now and then the heads of all dossiers are folded into one root, which receipts carry away.

use jiff::{SignedDuration, Timestamp};
use motcua_db::{DbError, Tx};

use crate::app::App;
use crate::clock::stored;
use crate::dossier::merkle::Tree;
use crate::dossier::store::{self, Seal};

/// No transaction takes longer than this, so that nothing older than it is still on its way.
const SETTLED_AFTER_SECONDS: i64 = 120;
/// Dossiers read at a time.
const PAGE: i64 = 1_000;

/// The root over every entry written until `up_to`, and how many dossiers it covers.
pub fn root_at(tx: &mut Tx<'_>, up_to: &str) -> Result<(String, i64), DbError> {
    let mut tree = Tree::default();
    let mut after = String::new();
    loop {
        let heads = store::heads_until(tx, up_to, &after, PAGE)?;
        let Some((last, _)) = heads.last() else { break };
        after.clone_from(last);
        for (code, hash) in &heads {
            tree.push(code, hash);
        }
    }
    Ok((tree.root(), i64::try_from(tree.leaves()).unwrap_or(i64::MAX)))
}

/// Seals what was written until two minutes ago, when anything was written since the last seal.
pub async fn seal(app: &App) -> Result<Option<Seal>, DbError> {
    seal_until(app, app.clock.now() - SignedDuration::from_secs(SETTLED_AFTER_SECONDS)).await
}

/// Seals what was written until `up_to`. Making the same seal twice on two servers keeps one.
pub async fn seal_until(app: &App, up_to: Timestamp) -> Result<Option<Seal>, DbError> {
    let (up_to, now) = (stored(up_to), stored(app.clock.now()));
    let limit = up_to.clone();
    let (last, (root, dossiers)) =
        app.store.read(move |tx| Ok::<_, DbError>((store::last_seal(tx)?, root_at(tx, &limit)?))).await?;
    if last.as_ref().is_some_and(|seal| seal.root == root) || dossiers == 0 {
        return Ok(None);
    }
    let number = last.map_or(1, |seal| seal.number + 1);
    let seal = Seal { number, at: now, up_to, dossiers, root };
    let kept = seal.clone();
    match app.store.write(move |tx| store::insert_seal(tx, &kept)).await {
        Ok(()) => Ok(Some(seal)),
        Err(DbError::Conflict(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
