//! Seals: now and then the heads of all dossiers are folded into one root, which receipts carry away.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use motcua_db::{DbError, Tx};

use crate::app::App;
use crate::chain::{self, GENESIS};
use crate::clock::stored;
use crate::dossier::merkle::Tree;
use crate::dossier::store;
use crate::dossier::store::seals::{self, Seal};

/// No transaction takes longer than this, so that nothing older than it is still on its way.
const SETTLED_AFTER_SECONDS: i64 = 120;
/// How long a transaction of this server takes at most, from asking the time to being written.
const ON_ITS_WAY: Duration = Duration::from_secs(1);
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

impl Seal {
    /// The hash of every column, and of the seal before.
    pub fn computed_hash(&self, previous: &str) -> String {
        let (number, dossiers) = (self.number.to_string(), self.dossiers.to_string());
        let columns = [previous, &number, &self.at, &self.up_to, &dossiers, &self.root];
        chain::hash(columns.map(Some))
    }
}

/// What the next seal is chained to. Seals without a hash of their own are gone through from the first one.
fn chained(tx: &mut Tx<'_>, last: Option<&Seal>) -> Result<String, DbError> {
    match last {
        None => Ok(GENESIS.to_owned()),
        Some(Seal { hash: Some(hash), .. }) => Ok(hash.clone()),
        Some(Seal { hash: None, .. }) => {
            let chained = |previous: String, seal: &Seal| seal.computed_hash(&previous);
            Ok(seals::all(tx)?.iter().fold(GENESIS.to_owned(), chained))
        }
    }
}

/// Seals what was written until two minutes ago, when anything was written since the last seal.
pub async fn seal(app: &App) -> Result<Option<Seal>, DbError> {
    let up_to = app.clock.now() - SignedDuration::from_secs(SETTLED_AFTER_SECONDS);
    app.keep_after(up_to);
    // When the clock was stepped forth a moment ago, what took its time from it before is on its way still.
    tokio::time::sleep(ON_ITS_WAY).await;
    seal_until(app, up_to).await
}

/// Learns from storage until when everything is sealed: another server may have done it.
pub async fn learn(app: &App) -> Result<(), DbError> {
    if let Some(seal) = app.store.read(seals::last).await?
        && let Ok(sealed) = seal.up_to.parse()
    {
        app.keep_after(sealed);
    }
    Ok(())
}

/// Seals what was written until `up_to`, unless the last seal goes as far: then the clock was put back. Making the same
/// seal twice on two servers keeps one.
pub async fn seal_until(app: &App, up_to: Timestamp) -> Result<Option<Seal>, DbError> {
    app.keep_after(up_to);
    let (up_to, now) = (stored(up_to), stored(app.clock.now()));
    let limit = up_to.clone();
    let read = app.store.read(move |tx| {
        let last = seals::last(tx)?;
        let previous = chained(tx, last.as_ref())?;
        Ok::<_, DbError>((last, previous, root_at(tx, &limit)?))
    });
    let (last, previous, (root, dossiers)) = read.await?;
    if last.as_ref().is_some_and(|seal| seal.root == root || up_to <= seal.up_to) || dossiers == 0 {
        return Ok(None);
    }
    let number = last.map_or(1, |seal| seal.number + 1);
    let mut seal = Seal { number, at: now, up_to, dossiers, root, hash: None };
    seal.hash = Some(seal.computed_hash(&previous));
    let kept = seal.clone();
    match app.store.write(move |tx| seals::insert(tx, &kept)).await {
        Ok(()) => Ok(Some(seal)),
        Err(DbError::Conflict(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
