//! SQL of what is being prepared.

use motcua_db::{DbError, Result, Row, Tx};
use motcua_domain::procedure::{ProcedureCode, ProcedureVersion};
use serde::{Deserialize, Serialize};

use crate::procedure::draft::Draft;

/// A draft as lists need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftHead {
    /// Of which procedure.
    pub code: ProcedureCode,
    /// Its name as typed.
    pub name: String,
    /// When it was saved last, as storage keeps instants.
    pub changed_at: String,
    /// By whom, as a label.
    pub changed_by: String,
}

/// What lies in the column `content`.
#[derive(Serialize, Deserialize)]
struct Content {
    base: ProcedureVersion,
    pairs: Vec<(String, String)>,
}

/// Every draft, by code.
pub fn heads(tx: &mut Tx<'_>) -> Result<Vec<DraftHead>> {
    tx.rows("select code, name, changed_at, changed_by from procedure_draft order by code", &[])?
        .iter()
        .map(row_head)
        .collect()
}

/// The draft of one procedure, in short.
pub fn head(tx: &mut Tx<'_>, code: &ProcedureCode) -> Result<Option<DraftHead>> {
    let row = tx.one(
        "select code, name, changed_at, changed_by from procedure_draft where code = $1",
        &[code.as_str().into()],
    )?;
    row.map(|row| row_head(&row)).transpose()
}

fn row_head(row: &Row) -> Result<DraftHead> {
    Ok(DraftHead {
        code: row.parse("code")?,
        name: row.get("name")?,
        changed_at: row.get("changed_at")?,
        changed_by: row.get("changed_by")?,
    })
}

/// The draft of one procedure.
pub fn find(tx: &mut Tx<'_>, code: &ProcedureCode) -> Result<Option<Draft>> {
    let row = tx.one(
        "select base_version, content, version, changed_at, changed_by from procedure_draft where code = $1",
        &[code.as_str().into()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let content: Content = serde_json::from_str(&row.get::<String>("content")?)
        .map_err(|error| DbError::Decode(error.to_string()))?;
    Ok(Some(Draft {
        base: content.base,
        base_version: row.get("base_version")?,
        pairs: content.pairs,
        version: row.get("version")?,
        changed_at: row.get("changed_at")?,
        changed_by: row.get("changed_by")?,
    }))
}

/// Keeps a new draft. Answers whether there was none before.
pub fn insert(tx: &mut Tx<'_>, draft: &Draft) -> Result<bool> {
    let inserted = tx.run(
        "insert into procedure_draft (code, base_version, name, content, version, changed_at, changed_by)
         values ($1, $2, $3, $4, 1, $5, $6) on conflict (code) do nothing",
        &[
            draft.base.code.as_str().into(),
            draft.base_version.into(),
            draft.name().into(),
            content(draft)?.into(),
            draft.changed_at.as_str().into(),
            draft.changed_by.as_str().into(),
        ],
    )?;
    Ok(inserted == 1)
}

/// Keeps what was typed, if the draft is still the one that was read. Answers whether it was.
pub fn save(tx: &mut Tx<'_>, draft: &Draft) -> Result<bool> {
    let saved = tx.run(
        "update procedure_draft set name = $1, content = $2, changed_at = $3, changed_by = $4, version = version + 1
          where code = $5 and version = $6",
        &[
            draft.name().into(),
            content(draft)?.into(),
            draft.changed_at.as_str().into(),
            draft.changed_by.as_str().into(),
            draft.base.code.as_str().into(),
            draft.version.into(),
        ],
    )?;
    Ok(saved == 1)
}

/// Throws a draft away, if it is still the one that was read. Answers whether it was.
pub fn remove(tx: &mut Tx<'_>, code: &ProcedureCode, version: i64) -> Result<bool> {
    let removed = tx.run(
        "delete from procedure_draft where code = $1 and version = $2",
        &[code.as_str().into(), version.into()],
    )?;
    Ok(removed == 1)
}

fn content(draft: &Draft) -> Result<String> {
    let content = Content { base: draft.base.clone(), pairs: draft.pairs.clone() };
    serde_json::to_string(&content).map_err(|error| DbError::BadValue(error.to_string()))
}
