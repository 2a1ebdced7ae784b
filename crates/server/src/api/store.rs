//! SQL of the API: tokens, answers that are repeated, files that wait.

use jiff::Timestamp;
use jiff::civil::Date;
use motcua_db::{DbError, Query, Row, Tx};
use motcua_domain::dossier::FileRef;
use motcua_domain::ids::PersonId;

use crate::account::store as account;
use crate::clock::stored;
use crate::web::visitor::{Face, Person};

/// A token as it lies in storage, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// Its id.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// Names of its scopes, with a space between.
    pub scopes: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops holding.
    pub expires_at: Timestamp,
    /// The last day on which it was used.
    pub last_used_on: Option<Date>,
    /// When its owner took it back.
    pub revoked_at: Option<Timestamp>,
}

/// Keeps a new token.
pub fn insert_token(tx: &mut Tx<'_>, person: &Person, token: &TokenRow, hash: &str) -> Result<(), DbError> {
    tx.run_ahead(
        "insert into api_token (id, person_id, face, name, token_hash, scopes, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            token.id.as_str().into(),
            person.id.to_string().into(),
            person.face.name().into(),
            token.name.as_str().into(),
            hash.into(),
            token.scopes.as_str().into(),
            stored(token.created_at).into(),
            stored(token.expires_at).into(),
        ],
    )
}

/// The tokens of a person at one door, newest first.
pub fn tokens(tx: &mut Tx<'_>, person: PersonId, face: Face, limit: i64) -> Result<Vec<TokenRow>, DbError> {
    tx.rows(
        "select id, name, scopes, created_at, expires_at, last_used_on, revoked_at from api_token
          where person_id = $1 and face = $2 order by created_at desc, id desc limit $3",
        &[person.to_string().into(), face.name().into(), limit.into()],
    )?
    .iter()
    .map(token)
    .collect()
}

/// How many tokens of a person still hold.
pub fn count_holding(tx: &mut Tx<'_>, person: PersonId, now: Timestamp) -> Result<i64, DbError> {
    let row = tx.one(
        "select count(*) as n from api_token where person_id = $1 and revoked_at is null and $2 < expires_at",
        &[person.to_string().into(), stored(now).into()],
    )?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// Takes a token back. Answers its name when there was one that nobody had taken back.
pub fn revoke(
    tx: &mut Tx<'_>,
    person: PersonId,
    face: Face,
    id: &str,
    now: Timestamp,
) -> Result<Option<String>, DbError> {
    let row = tx.one(
        "update api_token set revoked_at = $4
          where id = $1 and person_id = $2 and face = $3 and revoked_at is null returning name",
        &[id.into(), person.to_string().into(), face.name().into(), stored(now).into()],
    )?;
    row.map(|row| row.get("name")).transpose()
}

/// Whether this person made this token, whether or not it still holds.
pub fn is_of(tx: &mut Tx<'_>, person: PersonId, face: Face, id: &str) -> Result<bool, DbError> {
    let sql = "select 1 as one from api_token where id = $1 and person_id = $2 and face = $3";
    Ok(tx.one(sql, &[id.into(), person.to_string().into(), face.name().into()])?.is_some())
}

/// The token of this hash with the person behind it and today's appointments, unless it no longer holds or the
/// account is closed.
pub fn find_token(hash: &str, now: Timestamp, today: Date) -> Query<Option<(TokenRow, Person)>> {
    Query::new(
        "select t.id, t.name, t.scopes, t.created_at, t.expires_at, t.last_used_on, t.revoked_at, t.face,
                t.person_id, p.name as person_name, a.unit_code, a.role
           from api_token t
           join person p on p.id = t.person_id and p.active
           left join appointment a on a.person_id = t.person_id and t.face = 'desk'
                and a.valid_from <= $3 and (a.valid_to is null or $3 < a.valid_to)
          where t.token_hash = $1 and $2 < t.expires_at and t.revoked_at is null
          order by a.unit_code nulls last, a.role nulls last",
        [hash.into(), stored(now).into(), today.to_string().into()],
        |rows| {
            let Some(first) = rows.first() else { return Ok(None) };
            let (face, appointments) = (account::face(first)?, account::appointments(rows)?);
            let (id, name) = (first.parse("person_id")?, first.get("person_name")?);
            Ok(Some((token(first)?, Person { id, name, face, appointments })))
        },
    )
}

/// Notes the day on which a token was used last.
pub fn touch(tx: &mut Tx<'_>, id: &str, today: Date) -> Result<(), DbError> {
    tx.run_ahead(
        "update api_token set last_used_on = $2 where id = $1",
        &[id.into(), today.to_string().into()],
    )
}

/// What a request was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Which request it was.
    pub request_hash: String,
    /// Status.
    pub status: u16,
    /// Version of the dossier, as an entity tag.
    pub etag: String,
    /// Where the new thing is.
    pub location: Option<String>,
    /// The JSON.
    pub body: String,
}

/// What a request with this key was answered.
pub fn answer(tx: &mut Tx<'_>, person: PersonId, key: &str) -> Result<Option<Answer>, DbError> {
    let row = tx.one(
        "select request_hash, status, etag, location, body from api_answer
          where person_id = $1 and idempotency_key = $2",
        &[person.to_string().into(), key.into()],
    )?;
    let read = |row: Row| {
        Ok(Answer {
            request_hash: row.get("request_hash")?,
            status: row.get("status")?,
            etag: row.get("etag")?,
            location: row.get("location")?,
            body: row.get("body")?,
        })
    };
    row.map(read).transpose()
}

/// Keeps an answer. `Conflict` when another request had the key a moment ago.
pub fn keep_answer(
    tx: &mut Tx<'_>,
    person: PersonId,
    key: &str,
    answer: &Answer,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.run_ahead(
        "insert into api_answer (person_id, idempotency_key, request_hash, status, etag, location, body, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            person.to_string().into(),
            key.into(),
            answer.request_hash.as_str().into(),
            answer.status.into(),
            answer.etag.as_str().into(),
            answer.location.clone().into(),
            answer.body.as_str().into(),
            stored(now).into(),
        ],
    )
}

/// Keeps a file for its sender, and its id: the same file under the same name has one.
pub fn keep_file(
    tx: &mut Tx<'_>,
    person: PersonId,
    id: &str,
    file: &FileRef,
    now: Timestamp,
) -> Result<String, DbError> {
    let row = tx.one(
        "insert into api_file (person_id, id, sha256, name, size, media_type, at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (person_id, sha256, name) do update set at = excluded.at
         returning id",
        &[
            person.to_string().into(),
            id.into(),
            file.sha256.as_str().into(),
            file.name.as_str().into(),
            i64::try_from(file.size).unwrap_or(i64::MAX).into(),
            file.media_type.as_str().into(),
            stored(now).into(),
        ],
    )?;
    row.ok_or_else(|| DbError::Decode("no id returned".to_owned()))?.get("id")
}

/// A file that this person sent, unless that was before `since`.
pub fn file(
    tx: &mut Tx<'_>,
    person: PersonId,
    id: &str,
    since: Timestamp,
) -> Result<Option<FileRef>, DbError> {
    let row = tx.one(
        "select sha256, name, size, media_type from api_file where person_id = $1 and id = $2 and $3 <= at",
        &[person.to_string().into(), id.into(), stored(since).into()],
    )?;
    let read = |row: Row| {
        Ok(FileRef {
            sha256: row.parse("sha256")?,
            name: row.get("name")?,
            size: row.get("size")?,
            media_type: row.get("media_type")?,
        })
    };
    row.map(read).transpose()
}

/// Forgets answers older than an instant.
pub fn delete_answers(tx: &mut Tx<'_>, before: Timestamp) -> Result<(), DbError> {
    tx.run_ahead("delete from api_answer where at < $1", &[stored(before).into()])
}

/// Forgets answers that were given after an instant.
pub fn delete_answers_after(tx: &mut Tx<'_>, after: Timestamp) -> Result<(), DbError> {
    tx.run_ahead("delete from api_answer where $1 < at", &[stored(after).into()])
}

/// Forgets files that were sent before an instant.
pub fn delete_files(tx: &mut Tx<'_>, before: Timestamp) -> Result<(), DbError> {
    tx.run_ahead("delete from api_file where at < $1", &[stored(before).into()])
}

fn token(row: &Row) -> Result<TokenRow, DbError> {
    Ok(TokenRow {
        id: row.get("id")?,
        name: row.get("name")?,
        scopes: row.get("scopes")?,
        created_at: row.parse("created_at")?,
        expires_at: row.parse("expires_at")?,
        last_used_on: row.parse_opt("last_used_on")?,
        revoked_at: row.parse_opt("revoked_at")?,
    })
}
