//! SQL of units and areas. A stretch that is over is never taken away: old dossiers name it.

use jiff::civil::Date;
use motcua_db::{DbError, Result, Row, Tx};
use motcua_domain::dossier::Status;
use motcua_domain::identity::{fold, letters};
use motcua_domain::unit::area::{Area, AreaCode, Succession};
use motcua_domain::unit::{Share, Unit, UnitCode};

/// What became of something that was saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// It was not there.
    New,
    /// It said something else.
    Changed,
    /// It said the same.
    Unchanged,
}

/// Saves a stretch of a unit, known by its code and first day.
pub fn save(tx: &mut Tx<'_>, unit: &Unit) -> Result<Saved> {
    let content = serde_json::to_string(unit).map_err(|error| DbError::BadValue(error.to_string()))?;
    let key = [unit.code.as_str().into(), unit.valid_from.to_string().into()];
    let before = tx.one("select content from unit where code = $1 and valid_from = $2", &key)?;
    let saved = match before.map(|row| row.get::<String>("content")).transpose()? {
        None => Saved::New,
        Some(before) if before == content => return Ok(Saved::Unchanged),
        Some(_) => Saved::Changed,
    };
    let [code, valid_from] = key;
    tx.run(
        "insert into unit (code, valid_from, valid_to, name, level, content) values ($1, $2, $3, $4, $5, $6)
         on conflict (code, valid_from) do update
            set valid_to = excluded.valid_to, name = excluded.name, level = excluded.level, content = excluded.content",
        &[
            code,
            valid_from,
            unit.valid_to.map(|day| day.to_string()).into(),
            unit.name.as_str().into(),
            unit.level.name().into(),
            content.into(),
        ],
    )?;
    tx.run("update catalogue_revision set revision = revision + 1 where name = 'unit'", &[])?;
    Ok(saved)
}

/// Makes everybody else who changes units wait until this transaction ends. What is read after it stays true.
pub fn lock(tx: &mut Tx<'_>) -> Result<()> {
    tx.run("update catalogue_revision set revision = revision + 1 where name = 'unit'", &[])?;
    Ok(())
}

/// Takes away a stretch that was entered with a wrong first day, to be saved again under the right one.
pub fn remove(tx: &mut Tx<'_>, code: &UnitCode, valid_from: Date) -> Result<()> {
    tx.run(
        "delete from unit where code = $1 and valid_from = $2",
        &[code.as_str().into(), valid_from.to_string().into()],
    )?;
    Ok(())
}

/// How many dossiers that are not closed this unit received, is competent for, or holds a step of.
pub fn running_dossiers(tx: &mut Tx<'_>, code: &UnitCode) -> Result<i64> {
    let open = Status::ALL.into_iter().filter(|status| !status.is_closed());
    let open = open.map(|status| status.number().to_string()).collect::<Vec<_>>().join(", ");
    let row = tx.one(
        &format!(
            "select count(*) as n from (
                select code from dossier where receiving_unit = $1 and status in ({open})
                union select code from dossier where competent_unit = $1 and status in ({open})
                union select dossier_code from work where unit_code = $1) as running"
        ),
        &[code.as_str().into()],
    )?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// Counts up whenever a unit is saved: what was read at another revision is stale.
pub fn revision(tx: &mut Tx<'_>) -> Result<i64> {
    match tx.one("select revision from catalogue_revision where name = 'unit'", &[])? {
        Some(row) => row.get("revision"),
        None => Ok(0),
    }
}

/// Every stretch of every unit, by code and then by time: what `Units::new` takes.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Unit>> {
    tx.rows("select content from unit order by code, valid_from", &[])?.iter().map(unit).collect()
}

/// Every stretch of one unit, earliest first.
pub fn all_of(tx: &mut Tx<'_>, code: &UnitCode) -> Result<Vec<Unit>> {
    let rows =
        tx.rows("select content from unit where code = $1 order by valid_from", &[code.as_str().into()])?;
    rows.iter().map(unit).collect()
}

/// The unit as it is on `day`.
pub fn on(tx: &mut Tx<'_>, code: &UnitCode, day: Date) -> Result<Option<Unit>> {
    let row = tx.one(
        "select content from unit
          where code = $1 and valid_from <= $2 and (valid_to is null or $2 <= valid_to)",
        &[code.as_str().into(), day.to_string().into()],
    )?;
    row.map(|row| unit(&row)).transpose()
}

fn unit(row: &Row) -> Result<Unit> {
    serde_json::from_str(&row.get::<String>("content")?).map_err(|error| DbError::Decode(error.to_string()))
}

/// The first day in storage of what was there before anything was recorded.
const ALWAYS: &str = "";

/// Saves a stretch of an area, known by its code and first day.
pub fn save_area(tx: &mut Tx<'_>, area: &Area) -> Result<Saved> {
    let valid_from = area.valid_from.map_or_else(|| ALWAYS.to_owned(), |day| day.to_string());
    let key = [area.code.as_str().into(), valid_from.into()];
    let before = tx.one(
        "select code, valid_from, valid_to, name, parent from area where code = $1 and valid_from = $2",
        &key,
    )?;
    let saved = match before.map(|row| self::area(&row)).transpose()? {
        None => Saved::New,
        Some(before) if before == *area => return Ok(Saved::Unchanged),
        Some(_) => Saved::Changed,
    };
    let [code, valid_from] = key;
    tx.run(
        "insert into area (code, valid_from, valid_to, name, name_folded, name_sort, level, parent)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (code, valid_from) do update
            set valid_to = excluded.valid_to, name = excluded.name, name_folded = excluded.name_folded,
                name_sort = excluded.name_sort, parent = excluded.parent",
        &[
            code,
            valid_from,
            area.valid_to.map(|day| day.to_string()).into(),
            area.name.as_str().into(),
            fold(&area.name).into(),
            letters::sort_key(&area.name).into(),
            area.code.level().name().into(),
            area.parent.as_ref().map(AreaCode::as_str).into(),
        ],
    )?;
    Ok(saved)
}

fn area(row: &Row) -> Result<Area> {
    let valid_from: String = row.get("valid_from")?;
    let valid_from = match valid_from.as_str() {
        ALWAYS => None,
        day => Some(day.parse().map_err(|_| DbError::Decode(format!("area.valid_from {day}")))?),
    };
    Ok(Area {
        code: row.parse("code")?,
        name: row.get("name")?,
        parent: row.parse_opt("parent")?,
        valid_from,
        valid_to: row.parse_opt("valid_to")?,
    })
}

/// The area as it is on `day`.
pub fn area_on(tx: &mut Tx<'_>, code: &AreaCode, day: Date) -> Result<Option<Area>> {
    let row = tx.one(
        "select code, valid_from, valid_to, name, parent from area
          where code = $1 and valid_from <= $2 and (valid_to is null or $2 <= valid_to)",
        &[code.as_str().into(), day.to_string().into()],
    )?;
    row.map(|row| area(&row)).transpose()
}

/// Every stretch of an area, earliest first.
pub fn area_history(tx: &mut Tx<'_>, code: &AreaCode) -> Result<Vec<Area>> {
    let rows = tx.rows(
        "select code, valid_from, valid_to, name, parent from area where code = $1 order by valid_from",
        &[code.as_str().into()],
    )?;
    rows.iter().map(area).collect()
}

/// The areas that lie directly in `parent` on `day`, or the provinces; in alphabetical order.
pub fn areas_in(tx: &mut Tx<'_>, parent: Option<&AreaCode>, day: Date) -> Result<Vec<Area>> {
    let rows = tx.rows(
        "select code, valid_from, valid_to, name, parent from area
          where ((cast($1 as text) is null and parent is null) or parent = $1)
            and valid_from <= $2 and (valid_to is null or $2 <= valid_to)
          order by name_sort, code",
        &[parent.map(AreaCode::as_str).into(), day.to_string().into()],
    )?;
    rows.iter().map(area).collect()
}

/// The provinces of `day` whose name, folded, ends with `folded`: `phu tho` finds Tỉnh Phú Thọ.
pub fn provinces_named(tx: &mut Tx<'_>, folded: &str, day: Date) -> Result<Vec<Area>> {
    let rows = tx.rows(
        "select code, valid_from, valid_to, name, parent from area
          where parent is null and (name_folded = $1 or name_folded like $2)
            and valid_from <= $3 and (valid_to is null or $3 <= valid_to)
          order by code",
        &[folded.into(), format!("% {folded}").into(), day.to_string().into()],
    )?;
    rows.iter().map(area).collect()
}

/// Saves a line of the conversion table.
pub fn save_succession(tx: &mut Tx<'_>, line: &Succession) -> Result<Saved> {
    let key = [line.old.as_str().into(), line.new.as_str().into(), line.on.to_string().into()];
    let before = tx.one(
        "select share, note from area_succession where old_code = $1 and new_code = $2 and starts_on = $3",
        &key,
    )?;
    let saved = match before {
        None => Saved::New,
        Some(row)
            if row.get::<String>("share")? == share_name(line.share)
                && row.get::<String>("note")? == line.note =>
        {
            return Ok(Saved::Unchanged);
        }
        Some(_) => Saved::Changed,
    };
    let [old, new, on] = key;
    tx.run(
        "insert into area_succession (old_code, new_code, starts_on, share, note) values ($1, $2, $3, $4, $5)
         on conflict (old_code, new_code, starts_on) do update set share = excluded.share, note = excluded.note",
        &[old, new, on, share_name(line.share).into(), line.note.as_str().into()],
    )?;
    Ok(saved)
}

fn share_name(share: Share) -> &'static str {
    match share {
        Share::Whole => "whole",
        Share::Part => "part",
    }
}

/// What the old area became: the lines that `area::upgrade` takes.
pub fn successors_of(tx: &mut Tx<'_>, old: &AreaCode) -> Result<Vec<Succession>> {
    let rows = tx.rows(
        "select old_code, new_code, starts_on, share, note from area_succession where old_code = $1 order by new_code",
        &[old.as_str().into()],
    )?;
    rows.iter().map(succession).collect()
}

/// What the new area was made of.
pub fn predecessors_of(tx: &mut Tx<'_>, new: &AreaCode) -> Result<Vec<Succession>> {
    let rows = tx.rows(
        "select old_code, new_code, starts_on, share, note from area_succession where new_code = $1 order by old_code",
        &[new.as_str().into()],
    )?;
    rows.iter().map(succession).collect()
}

fn succession(row: &Row) -> Result<Succession> {
    Ok(Succession {
        old: row.parse("old_code")?,
        new: row.parse("new_code")?,
        on: row.parse("starts_on")?,
        share: if row.get::<String>("share")? == "whole" { Share::Whole } else { Share::Part },
        note: row.get("note")?,
    })
}

#[cfg(test)]
mod tests;
