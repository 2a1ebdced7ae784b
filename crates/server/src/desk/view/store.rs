//! SQL of saved views.

use jiff::Timestamp;
use motcua_db::{DbError, Params, Row, Tx};
use motcua_domain::ids::PersonId;

use crate::clock::stored;
use crate::desk::list::Of;

/// A filter of a work list with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Its id.
    pub id: String,
    /// Whose it is: they alone change it.
    pub author_id: String,
    /// What they are called.
    pub author_name: String,
    /// Of which list.
    pub of: Of,
    /// What it is called.
    pub name: String,
    /// The part of the address after `?`.
    pub query: String,
    /// The unit that sees it too.
    pub unit_code: Option<String>,
}

const COLUMNS: &str = "v.id, v.author_id, p.name as author_name, v.list, v.name, v.query, v.unit_code";

/// Keeps a new view.
pub fn insert(tx: &mut Tx<'_>, view: &View, author: PersonId, at: Timestamp) -> Result<(), DbError> {
    tx.run(
        "insert into saved_view (id, author_id, list, name, query, unit_code, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        &[
            view.id.as_str().into(),
            author.to_string().into(),
            view.of.name().into(),
            view.name.as_str().into(),
            view.query.as_str().into(),
            view.unit_code.clone().into(),
            stored(at).into(),
        ],
    )?;
    Ok(())
}

/// Renames a view of this author and says who sees it. `false` when there is none.
pub fn save(
    tx: &mut Tx<'_>,
    id: &str,
    author: PersonId,
    name: &str,
    unit: Option<&str>,
) -> Result<bool, DbError> {
    let changed = tx.run(
        "update saved_view set name = $3, unit_code = $4
          where id = $1 and author_id = $2 and deleted_at is null",
        &[id.into(), author.to_string().into(), name.into(), unit.into()],
    )?;
    Ok(0 < changed)
}

/// Throws a view of this author away, or takes it back. `false` when there is none.
pub fn set_deleted(
    tx: &mut Tx<'_>,
    id: &str,
    author: PersonId,
    at: Option<Timestamp>,
) -> Result<bool, DbError> {
    let changed = tx.run(
        "update saved_view set deleted_at = $3 where id = $1 and author_id = $2",
        &[id.into(), author.to_string().into(), at.map(stored).into()],
    )?;
    Ok(0 < changed)
}

/// Forgets what this author threw away before `before`.
pub fn purge(tx: &mut Tx<'_>, author: PersonId, before: Timestamp) -> Result<(), DbError> {
    tx.run(
        "delete from saved_view where author_id = $1 and deleted_at < $2",
        &[author.to_string().into(), stored(before).into()],
    )?;
    Ok(())
}

/// A view of this author, also one that was thrown away.
pub fn own(tx: &mut Tx<'_>, id: &str, author: PersonId) -> Result<Option<View>, DbError> {
    let sql = format!(
        "select {COLUMNS} from saved_view v join person p on p.id = v.author_id
          where v.id = $1 and v.author_id = $2"
    );
    tx.one(&sql, &[id.into(), author.to_string().into()])?.as_ref().map(view).transpose()
}

/// The views this person sees: their own, and those shared with one of these units by somebody who works there now.
pub fn seen(
    tx: &mut Tx<'_>,
    person: PersonId,
    units: &[String],
    today: &str,
    limit: i64,
) -> Result<Vec<View>, DbError> {
    let mut params = Params::default();
    let me = params.bind(person.to_string());
    let sql = format!(
        "select {COLUMNS} from saved_view v join person p on p.id = v.author_id
          where v.author_id = {me} and v.deleted_at is null order by v.name, v.id limit {limit}"
    );
    let mut seen: Vec<View> = tx.rows(&sql, &params)?.iter().map(view).collect::<Result<_, _>>()?;
    if units.is_empty() {
        return Ok(seen);
    }
    let (today, units) = (params.bind(today), params.bind_all(units).join(", "));
    let sql = format!(
        "select {COLUMNS} from saved_view v join person p on p.id = v.author_id
          where v.unit_code in ({units}) and v.author_id <> {me} and v.deleted_at is null and p.active
            and exists (select 1 from appointment a
                         where a.person_id = v.author_id and a.unit_code = v.unit_code
                           and a.valid_from <= {today} and (a.valid_to is null or {today} < a.valid_to))
          order by v.name, v.id limit {limit}"
    );
    let shared: Vec<View> = tx.rows(&sql, &params)?.iter().map(view).collect::<Result<_, _>>()?;
    seen.extend(shared);
    Ok(seen)
}

fn view(row: &Row) -> Result<View, DbError> {
    let list: String = row.get("list")?;
    Ok(View {
        id: row.get("id")?,
        author_id: row.get("author_id")?,
        author_name: row.get("author_name")?,
        of: Of::from_name(&list).ok_or_else(|| DbError::Decode(format!("saved_view.list is {list}")))?,
        name: row.get("name")?,
        query: row.get("query")?,
        unit_code: row.get("unit_code")?,
    })
}
