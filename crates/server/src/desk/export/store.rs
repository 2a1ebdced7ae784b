//! SQL of files that are kept to be taken away.

use std::collections::BTreeSet;

use jiff::Timestamp;
use motcua_db::{DbError, Params, Row, Tx};
use motcua_domain::ids::PersonId;

use crate::clock::stored;
use crate::desk::export::kept::{Format, Kept};

const COLUMNS: &str = "id, owner_id, rights, kind, name, size, row_count, created_at, expires_at";

/// Writes down that a file is kept.
pub fn insert(tx: &mut Tx<'_>, kept: &Kept) -> Result<(), DbError> {
    let sql = format!("insert into export ({COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
    tx.run_ahead(
        &sql,
        &[
            kept.id.as_str().into(),
            kept.owner.to_string().into(),
            kept.rights.as_str().into(),
            kept.format.name().into(),
            kept.name.as_str().into(),
            i64::try_from(kept.bytes).unwrap_or(i64::MAX).into(),
            kept.rows.into(),
            stored(kept.created_at).into(),
            stored(kept.expires_at).into(),
        ],
    )
}

/// One file of this person; nobody else's.
pub fn find(tx: &mut Tx<'_>, id: &str, owner: PersonId) -> Result<Option<Kept>, DbError> {
    let sql = format!("select {COLUMNS} from export where id = $1 and owner_id = $2");
    tx.one(&sql, &[id.into(), owner.to_string().into()])?.map(|row| read(&row)).transpose()
}

/// Forgets the oldest files of whoever made this one, so that with it so many are left, and answers which. This one
/// stays also when the clock was put back.
pub fn delete_surplus(tx: &mut Tx<'_>, kept: &Kept, most: usize) -> Result<Vec<String>, DbError> {
    let rows = tx.rows(
        "select id from export where owner_id = $1 and id <> $2 order by created_at desc, id desc",
        &[kept.owner.to_string().into(), kept.id.as_str().into()],
    )?;
    let surplus = rows.iter().skip(most.saturating_sub(1));
    let surplus = surplus.map(|row| row.get("id")).collect::<Result<Vec<String>, _>>()?;
    for id in &surplus {
        tx.run_ahead("delete from export where id = $1", &[id.as_str().into()])?;
    }
    Ok(surplus)
}

/// Forgets what was kept until now, and answers which.
pub fn delete_over(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<String>, DbError> {
    let rows = tx.rows("delete from export where expires_at <= $1 returning id", &[stored(now).into()])?;
    rows.iter().map(|row| row.get("id")).collect()
}

/// Those of `ids` that are kept.
pub fn known_among(tx: &mut Tx<'_>, ids: &[String]) -> Result<BTreeSet<String>, DbError> {
    let mut params = Params::default();
    let places = params.bind_all(ids).join(", ");
    let sql = format!("select id from export where id in ({places})");
    tx.rows(&sql, &params)?.iter().map(|row| row.get("id")).collect()
}

fn read(row: &Row) -> Result<Kept, DbError> {
    let format: String = row.get("kind")?;
    Ok(Kept {
        id: row.get("id")?,
        owner: row.parse("owner_id")?,
        rights: row.get("rights")?,
        format: Format::from_name(&format)
            .ok_or_else(|| DbError::Decode("the kind of an export".to_owned()))?,
        name: row.get("name")?,
        bytes: row.get("size")?,
        rows: row.get("row_count")?,
        created_at: row.parse("created_at")?,
        expires_at: row.parse("expires_at")?,
    })
}
