//! The files of dossiers: those a journal names are written down, and every one is what its hash says.

use std::collections::{BTreeSet, HashSet};

use futures_util::StreamExt as _;
use jiff::Timestamp;
use motcua_db::DbError;
use motcua_domain::dossier::Dossier;
use motcua_domain::ids::Sha256Hex;

use super::{PAGE, VerifyError, differs};
use crate::app::App;
use crate::document::blob::{BlobHash, Verdict};
use crate::dossier::journal::Entry;
use crate::dossier::store::{self, DossierRow};

pub(super) type NamedFile = (String, Sha256Hex, u64);

/// Every file the journal names is written down, or it would be taken for nobody's and removed; and no other is.
pub(super) async fn verify_named(app: &App, row: &DossierRow, entries: &[Entry]) -> Result<(), VerifyError> {
    let (key, last) = (row.code.clone(), entries.last().map_or(0, |entry| entry.sequence));
    let read = move |tx: &mut motcua_db::Tx<'_>| {
        let later = store::journal_after(tx, &key, last, PAGE)?;
        Ok::<_, DbError>((store::are_files_read(tx)?, store::files(tx, &key)?, later))
    };
    let (are_read, known, later) = app.store.read(read).await?;
    let mut all = BTreeSet::new();
    // What was done since the journal was read may name files too.
    for entry in entries.iter().chain(&later) {
        let Ok(named) = entry.files() else {
            return differs(format!("journal {} entry {}", row.code, entry.sequence), "cannot be read");
        };
        if let Some(file) = named.difference(&known).next().filter(|_| are_read) {
            return differs(
                format!("dossier_file {}", row.code),
                format!("lacks the file {file} of its journal"),
            );
        }
        all.extend(named);
    }
    match known.difference(&all).next() {
        Some(file) => differs(
            format!("dossier_file {}", row.code),
            format!("has the file {file}, which its journal does not name"),
        ),
        None => Ok(()),
    }
}

/// Every file the dossier names, and the numbered forms made for it.
pub(super) fn files_of(
    row: &DossierRow,
    dossier: &Dossier,
    entries: &[Entry],
    forms: &[(i64, Sha256Hex, i64)],
) -> Result<Vec<NamedFile>, VerifyError> {
    let mut files = Vec::new();
    for paper in dossier.papers() {
        if let Some(file) = &paper.file {
            files.push((
                format!("file {} of dossier {}", file.name, row.code),
                file.sha256.clone(),
                file.size,
            ));
        }
    }
    for (sequence, sha256, size) in forms {
        let place = format!("form_file {} entry {sequence}", row.code);
        let is_form = entries.iter().any(|entry| entry.sequence == *sequence && entry.kind == "form_issued");
        if !is_form {
            return differs(place, "belongs to no form of the journal");
        }
        let Ok(size) = u64::try_from(*size) else { return differs(place, "its size is negative") };
        files.push((place, sha256.clone(), size));
    }
    Ok(files)
}

/// Files that no dossier names: those of drafts and of messages, and what was sent and not yet attached.
pub(super) async fn verify_other_files(app: &App, named: &HashSet<BlobHash>) -> Result<u64, VerifyError> {
    let mut kept = app.blobs.kept_before(Timestamp::MAX);
    let mut checked = 0;
    while let Some(hash) = kept.next().await {
        let hash = match hash {
            Ok(hash) => hash,
            Err(error) => return differs("files", format!("cannot be listed: {error}")),
        };
        if named.contains(&hash) {
            continue;
        }
        match app.blobs.verify(hash).await {
            // What was listed a moment ago may have been released since.
            Ok(Verdict::Sound | Verdict::Missing) => checked += 1,
            Ok(Verdict::Altered) => return differs(format!("file {hash}"), "was changed"),
            Err(error) => return differs(format!("file {hash}"), format!("cannot be read: {error}")),
        }
    }
    Ok(checked)
}

pub(super) async fn verify_file(
    app: &App,
    place: &str,
    sha256: &Sha256Hex,
    size: u64,
) -> Result<BlobHash, VerifyError> {
    let hash = BlobHash::from(sha256);
    match app.blobs.verify(hash).await {
        Ok(Verdict::Sound) => {}
        Ok(Verdict::Altered) => return differs(place, format!("the file {hash} was changed")),
        Ok(Verdict::Missing) => return differs(place, format!("the file {hash} is gone")),
        Err(error) => return differs(place, format!("the file {hash} cannot be read: {error}")),
    }
    match app.blobs.get(hash).await {
        Ok(blob) if blob.bytes == size => Ok(hash),
        Ok(blob) => differs(place, format!("says {size} bytes, the file has {}", blob.bytes)),
        Err(error) => differs(place, format!("the file {hash} cannot be read: {error}")),
    }
}
