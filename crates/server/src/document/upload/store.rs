//! SQL of uploads: what is on its way, how much of it is on disk, and what became of it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use motcua_db::{DbError, Params, Row, Tx};
use motcua_domain::ids::PersonId;

use crate::clock::stored;
use crate::document::blob::BlobHash;
use crate::document::kind::FileKind;
use crate::document::problem::Problem;
use crate::document::upload::{Ended, Found, Place, Upload};

const COLUMNS: &str =
    "id, owner_id, purpose, place, part, name, metadata, size, sha256_given, received, sha256,
    media_type, ended, file_id, created_at, expires_at, handoff_id";

/// Writes down that a file will come.
pub fn insert(tx: &mut Tx<'_>, upload: &Upload) -> Result<(), DbError> {
    let (purpose, place, part) = upload.place.columns();
    let sql = format!(
        "insert into upload ({COLUMNS})
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, null, null, null, null, $10, $11, $12)"
    );
    tx.run_ahead(
        &sql,
        &[
            upload.id.as_str().into(),
            upload.owner.to_string().into(),
            purpose.into(),
            place.into(),
            part.into(),
            upload.name.as_str().into(),
            upload.metadata.as_str().into(),
            whole(upload.size).into(),
            upload.sha256_given.map(String::from).into(),
            stored(upload.created_at).into(),
            stored(upload.expires_at).into(),
            upload.handoff.clone().into(),
        ],
    )
}

/// One upload of this person; nobody else's.
pub fn find(tx: &mut Tx<'_>, id: &str, owner: PersonId) -> Result<Option<Upload>, DbError> {
    let sql = format!("select {COLUMNS} from upload where id = $1 and owner_id = $2");
    tx.one(&sql, &[id.into(), owner.to_string().into()])?.map(|row| read(&row)).transpose()
}

/// How many uploads of a person are on their way, and their bytes together.
pub fn open_of(tx: &mut Tx<'_>, owner: PersonId) -> Result<(i64, i64), DbError> {
    let row = tx.one(
        "select count(*) as number, cast(coalesce(sum(size), 0) as bigint) as bytes
           from upload where owner_id = $1 and ended is null",
        &[owner.to_string().into()],
    )?;
    row.map_or(Ok((0, 0)), |row| Ok((row.get("number")?, row.get("bytes")?)))
}

/// The uploads to a place of which a part arrived: on their way, given up because nobody went on, or quarantined.
pub fn unfinished(tx: &mut Tx<'_>, owner: PersonId, place: &str, limit: i64) -> Result<Vec<Upload>, DbError> {
    let sql = format!(
        "select {COLUMNS} from upload
          where place = $1 and owner_id = $2 and 0 < received and (ended is null or ended in ('expired', 'infected'))
          order by created_at, id limit $3"
    );
    tx.rows(&sql, &[place.into(), owner.to_string().into(), limit.into()])?.iter().map(read).collect()
}

/// Notes how much is on disk. `false` when somebody else noted something meanwhile.
pub fn note_received(
    tx: &mut Tx<'_>,
    id: &str,
    before: u64,
    received: u64,
    expires_at: Timestamp,
) -> Result<bool, DbError> {
    let changed = tx.run(
        "update upload set received = $3, expires_at = $4 where id = $1 and received = $2 and ended is null",
        &[id.into(), whole(before).into(), whole(received).into(), stored(expires_at).into()],
    )?;
    Ok(0 < changed)
}

/// Notes what the whole file was found to be, before it is moved to its place. None takes it back.
pub fn note_found(tx: &mut Tx<'_>, id: &str, found: Option<Found>) -> Result<(), DbError> {
    tx.run_ahead(
        "update upload set sha256 = $2, media_type = $3 where id = $1 and ended is null",
        &[
            id.into(),
            found.map(|found| String::from(found.hash)).into(),
            found.map(|found| found.kind.media_type()).into(),
        ],
    )
}

/// Notes what became of it. `false` when that was noted before: what follows from it was done then.
pub fn end(
    tx: &mut Tx<'_>,
    id: &str,
    ended: Ended,
    file: Option<&str>,
    now: Timestamp,
) -> Result<bool, DbError> {
    let changed = tx.run(
        "update upload set ended = $2, file_id = $3, sha256 = null, expires_at = $4 where id = $1 and ended is null",
        &[id.into(), ended.name().into(), file.into(), stored(now).into()],
    )?;
    Ok(0 < changed)
}

/// Notes that what had been noted as kept was refused after all, in the same transaction.
pub fn refuse(tx: &mut Tx<'_>, id: &str, ended: Ended) -> Result<(), DbError> {
    tx.run_ahead(
        "update upload set ended = $2, file_id = null where id = $1",
        &[id.into(), ended.name().into()],
    )
}

/// Refuses what is on its way by a link that was taken back or is no longer needed; the sweep removes its pieces.
pub fn refuse_by(tx: &mut Tx<'_>, handoff: &str, now: Timestamp) -> Result<(), DbError> {
    let ended = Ended::Refused(Problem::LinkOver);
    tx.run_ahead(
        "update upload set ended = $2, sha256 = null, expires_at = $3 where handoff_id = $1 and ended is null",
        &[handoff.into(), ended.name().into(), stored(now).into()],
    )
}

/// Forgets an upload of this person.
pub fn delete(tx: &mut Tx<'_>, id: &str, owner: PersonId) -> Result<bool, DbError> {
    let gone =
        tx.run("delete from upload where id = $1 and owner_id = $2", &[id.into(), owner.to_string().into()])?;
    Ok(0 < gone)
}

/// Forgets that a file of this name was given up: it came after all.
pub fn forget_expired(tx: &mut Tx<'_>, upload: &Upload) -> Result<(), DbError> {
    let (_, place, part) = upload.place.columns();
    tx.run_ahead(
        "delete from upload where place = $1 and part = $2 and owner_id = $3 and name = $4 and ended = 'expired'",
        &[place.into(), part.into(), upload.owner.to_string().into(), upload.name.as_str().into()],
    )
}

/// Uploads that arrived and of which nothing was made, after `id`.
pub fn arrived(tx: &mut Tx<'_>, id: &str, limit: i64) -> Result<Vec<Upload>, DbError> {
    let sql = format!(
        "select {COLUMNS} from upload where ended is null and received = size and $1 < id order by id limit $2"
    );
    tx.rows(&sql, &[id.into(), limit.into()])?.iter().map(read).collect()
}

/// Uploads on their way that ran out before `now`.
pub fn run_out(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<Vec<Upload>, DbError> {
    let sql = format!(
        "select {COLUMNS} from upload where ended is null and received < size and expires_at < $1 order by expires_at, id limit $2"
    );
    tx.rows(&sql, &[stored(now).into(), limit.into()])?.iter().map(read).collect()
}

/// Forgets uploads that ended before `before`.
pub fn delete_ended(tx: &mut Tx<'_>, before: Timestamp) -> Result<(), DbError> {
    tx.run_ahead("delete from upload where ended is not null and expires_at < $1", &[stored(before).into()])
}

/// Those of `ids` that are on their way.
pub fn open_among(tx: &mut Tx<'_>, ids: &[String]) -> Result<BTreeSet<String>, DbError> {
    let mut params = Params::default();
    let places = params.bind_all(ids).join(", ");
    let sql = format!("select id from upload where ended is null and id in ({places})");
    tx.rows(&sql, &params)?.iter().map(|row| row.get("id")).collect()
}

fn whole(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

fn read(row: &Row) -> Result<Upload, DbError> {
    let id: String = row.get("id")?;
    let bad = |what: &str| DbError::Decode(format!("an upload: {what}"));
    let (purpose, place, part): (String, String, String) =
        (row.get("purpose")?, row.get("place")?, row.get("part")?);
    let media_type: Option<String> = row.get("media_type")?;
    let kind = media_type.as_deref().and_then(FileKind::from_media_type);
    let hash: Option<BlobHash> = row.parse_opt("sha256")?;
    let ended: Option<String> = row.get("ended")?;
    Ok(Upload {
        id,
        owner: row.parse("owner_id")?,
        place: Place::from_columns(&purpose, &place, part).ok_or_else(|| bad("purpose"))?,
        handoff: row.get("handoff_id")?,
        name: row.get("name")?,
        metadata: row.get("metadata")?,
        size: row.get("size")?,
        sha256_given: row.parse_opt("sha256_given")?,
        received: row.get("received")?,
        found: hash.zip(kind).map(|(hash, kind)| Found { hash, kind }),
        ended: ended.map(|name| Ended::from_name(&name).ok_or_else(|| bad("ended"))).transpose()?,
        file: row.get("file_id")?,
        created_at: row.parse("created_at")?,
        expires_at: row.parse("expires_at")?,
    })
}
