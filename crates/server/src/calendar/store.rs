//! SQL of calendars: the layers of units, their days, who changed them.

use std::collections::HashMap;

use jiff::Timestamp;
use motcua_db::{DbError, Result, Row, Tx, Value};
use motcua_domain::calendar::{CalendarLayer, DayException, DayKind, DayName};
use motcua_domain::ids::PersonId;
use motcua_domain::unit::UnitCode;

use crate::calendar::change::{LayerChange, settings_of};
use crate::clock::stored;

/// Rows written by one statement.
const ROWS_PER_STATEMENT: usize = 500;

/// A layer as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredLayer {
    /// The decisions; none yet is an empty layer.
    pub layer: CalendarLayer,
    /// How often it was changed; 0 when it is not stored yet.
    pub version: i64,
}

/// Who changed a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The account; none for the command line and the program itself.
    pub id: Option<PersonId>,
    /// The name as it is kept.
    pub name: String,
}

/// One entry of the list of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedChange {
    /// Number within the layer.
    pub version: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub author: Author,
    /// What.
    pub change: LayerChange,
}

/// The layer of the whole office, and those that units decided themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layers {
    /// What holds for everybody.
    pub national: CalendarLayer,
    /// What units decided, on top of the units above them.
    pub of_units: HashMap<UnitCode, CalendarLayer>,
}

/// A number that grows with every change of any layer.
pub fn version(tx: &mut Tx<'_>) -> Result<i64> {
    let row =
        tx.one("select cast(coalesce(sum(version), 0) as bigint) as version from calendar_layer", &[])?;
    row.map_or(Ok(0), |row| row.get("version"))
}

/// Every layer there is.
pub fn layers(tx: &mut Tx<'_>) -> Result<Layers> {
    let mut by_unit: HashMap<String, CalendarLayer> = HashMap::new();
    for row in tx.rows("select unit_code, settings from calendar_layer", &[])? {
        by_unit.insert(row.get("unit_code")?, settings(&row)?);
    }
    tx.each(
        "select unit_code, day, kind, name, name_en, swapped_with, windows
           from calendar_exception
          order by unit_code, day",
        &[],
        |row| {
            let unit: String = row.get("unit_code")?;
            let exception = exception(&row)?;
            by_unit.entry(unit).or_default().exceptions.push(exception);
            Ok::<(), DbError>(())
        },
    )?;
    let national = by_unit.remove("").unwrap_or_default();
    let of_units = by_unit
        .into_iter()
        .map(|(unit, layer)| {
            let unit = unit.parse().map_err(|_| DbError::Decode(format!("{unit:?} is no unit code")))?;
            Ok((unit, layer))
        })
        .collect::<Result<_>>()?;
    Ok(Layers { national, of_units })
}

/// The layer of a unit, or that of the whole office.
pub fn find(tx: &mut Tx<'_>, unit: Option<&UnitCode>) -> Result<StoredLayer> {
    let code = key(unit);
    let row = tx.one("select settings, version from calendar_layer where unit_code = $1", &[code.into()])?;
    let Some(row) = row else {
        return Ok(StoredLayer { layer: CalendarLayer::default(), version: 0 });
    };
    let mut layer = settings(&row)?;
    let days = tx.rows(
        "select day, kind, name, name_en, swapped_with, windows
           from calendar_exception
          where unit_code = $1
          order by day",
        &[code.into()],
    )?;
    layer.exceptions = days.iter().map(exception).collect::<Result<_>>()?;
    Ok(StoredLayer { layer, version: row.get("version")? })
}

/// Saves a layer in place of the one that was read, and notes who changed what. Answers the new version;
/// `Conflict` when somebody else saved since it was read.
pub fn save(
    tx: &mut Tx<'_>,
    unit: Option<&UnitCode>,
    read: &StoredLayer,
    layer: &CalendarLayer,
    author: &Author,
    now: Timestamp,
) -> Result<i64> {
    let code = key(unit);
    let change = LayerChange::between(&read.layer, layer);
    save_settings(tx, code, read.version, layer)?;
    for changed in change.days.iter().filter(|changed| changed.after.is_none()) {
        tx.run(
            "delete from calendar_exception where unit_code = $1 and day = $2",
            &[code.into(), changed.day.to_string().into()],
        )?;
    }
    let kept: Vec<_> = change.days.iter().filter_map(|changed| changed.after.as_ref()).collect();
    kept.chunks(ROWS_PER_STATEMENT).try_for_each(|days| save_days(tx, code, days))?;
    let version = read.version + 1;
    tx.run(
        "insert into calendar_change (unit_code, version, at, author_id, author_name, content)
         values ($1, $2, $3, $4, $5, $6)",
        &[
            code.into(),
            version.into(),
            stored(now).into(),
            author.id.map(|id| id.to_string()).into(),
            author.name.as_str().into(),
            json(&change)?.into(),
        ],
    )?;
    Ok(version)
}

/// The latest changes of a layer, newest first.
pub fn changes(tx: &mut Tx<'_>, unit: Option<&UnitCode>, limit: u32) -> Result<Vec<RecordedChange>> {
    let rows = tx.rows(
        "select version, at, author_id, author_name, content
           from calendar_change
          where unit_code = $1
          order by version desc
          limit $2",
        &[key(unit).into(), limit.into()],
    )?;
    rows.iter().map(recorded).collect()
}

fn save_settings(tx: &mut Tx<'_>, code: &str, version_read: i64, layer: &CalendarLayer) -> Result<()> {
    let mut settings = settings_of(layer);
    settings.published_years.clone_from(&layer.published_years);
    let settings = json(&settings)?;
    if version_read == 0 {
        // A layer that somebody else began meanwhile is a conflict by its key.
        tx.run(
            "insert into calendar_layer (unit_code, settings, version) values ($1, $2, 1)",
            &[code.into(), settings.into()],
        )?;
        return Ok(());
    }
    let changed = tx.run(
        "update calendar_layer set settings = $2, version = version + 1 where unit_code = $1 and version = $3",
        &[code.into(), settings.into(), version_read.into()],
    )?;
    if changed == 0 {
        return Err(DbError::Conflict(format!("the calendar of {code:?} changed meanwhile")));
    }
    Ok(())
}

fn save_days(tx: &mut Tx<'_>, code: &str, days: &[&DayException]) -> Result<()> {
    let mut params: Vec<Value> = Vec::with_capacity(days.len() * 7);
    for day in days {
        params.extend([
            code.into(),
            day.day.to_string().into(),
            day.kind.word().into(),
            day.name.vi.as_str().into(),
            day.name.en.as_deref().into(),
            day.swapped_with.map(|day| day.to_string()).into(),
            json(&day.windows)?.into(),
        ]);
    }
    let row = |n: usize| {
        let places: Vec<String> = (n * 7 + 1..=n * 7 + 7).map(|place| format!("${place}")).collect();
        format!("({})", places.join(", "))
    };
    let rows: Vec<String> = (0..days.len()).map(row).collect();
    let sql = format!(
        "insert into calendar_exception (unit_code, day, kind, name, name_en, swapped_with, windows)
         values {}
         on conflict (unit_code, day) do update
            set kind = excluded.kind, name = excluded.name, name_en = excluded.name_en,
                swapped_with = excluded.swapped_with, windows = excluded.windows",
        rows.join(", ")
    );
    tx.run(&sql, &params)?;
    Ok(())
}

/// The whole office is kept under the empty code.
fn key(unit: Option<&UnitCode>) -> &str {
    unit.map_or("", UnitCode::as_str)
}

fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| DbError::BadValue(error.to_string()))
}

fn decode<T: serde::de::DeserializeOwned>(text: &str, what: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| DbError::Decode(format!("{what} of a calendar: {error}")))
}

fn settings(row: &Row) -> Result<CalendarLayer> {
    decode(&row.get::<String>("settings")?, "settings")
}

fn exception(row: &Row) -> Result<DayException> {
    let kind: String = row.get("kind")?;
    Ok(DayException {
        day: row.parse("day")?,
        kind: DayKind::from_word(&kind)
            .ok_or_else(|| DbError::Decode(format!("{kind:?} is no kind of day")))?,
        name: DayName { vi: row.get("name")?, en: row.get("name_en")? },
        swapped_with: row.parse_opt("swapped_with")?,
        windows: decode(&row.get::<String>("windows")?, "windows")?,
    })
}

fn recorded(row: &Row) -> Result<RecordedChange> {
    Ok(RecordedChange {
        version: row.get("version")?,
        at: row.parse("at")?,
        author: Author { id: row.parse_opt("author_id")?, name: row.get("author_name")? },
        change: decode(&row.get::<String>("content")?, "change")?,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use motcua_db::testing::on_each_engine;

    use super::*;
    use crate::calendar::seed;
    use crate::migrations::ALL;

    fn author() -> Author {
        Author { id: None, name: "Nguyễn Thị Lịch".to_owned() }
    }

    fn now() -> Timestamp {
        "2026-03-06T02:00:00Z".parse().unwrap()
    }

    fn save_now(
        tx: &mut Tx<'_>,
        unit: Option<&UnitCode>,
        read: &StoredLayer,
        layer: &CalendarLayer,
    ) -> Result<i64> {
        save(tx, unit, read, layer, &author(), now())
    }

    #[test]
    fn a_layer_is_read_as_it_was_saved_and_only_what_differs_is_noted() {
        on_each_engine(ALL, |store| {
            let unit: UnitCode = "H44.1".parse().unwrap();
            let national = seed::national();
            let mut edited = national.clone();
            let removed = edited.exceptions.remove(3);
            edited.exceptions[0].name.vi = "Tết dương".to_owned();
            edited.published_years.insert(2027);
            store
                .write_sync(|tx| {
                    assert_eq!(version(tx)?, 0);
                    let empty = find(tx, Some(&unit))?;
                    assert_eq!(empty, StoredLayer { layer: CalendarLayer::default(), version: 0 });
                    assert_eq!(save_now(tx, Some(&unit), &empty, &national)?, 1);
                    let read = find(tx, Some(&unit))?;
                    assert_eq!(read, StoredLayer { layer: national.clone(), version: 1 });
                    assert_eq!(save_now(tx, Some(&unit), &read, &edited)?, 2);
                    assert_eq!(find(tx, Some(&unit))?.layer, edited);
                    let last = changes(tx, Some(&unit), 1)?.remove(0);
                    assert_eq!((last.version, last.at, last.author), (2, now(), author()));
                    assert_eq!(last.change.days.len(), 2);
                    assert_eq!(last.change.days[1].before, Some(removed.clone()));
                    assert_eq!(last.change.years_published, [2027]);
                    assert_eq!(changes(tx, None, 10)?, []);
                    assert_eq!(version(tx)?, 2);
                    Ok::<(), DbError>(())
                })
                .unwrap();
        });
    }

    #[test]
    fn all_layers_are_read_together() {
        on_each_engine(ALL, |store| {
            let unit: UnitCode = "H44.1".parse().unwrap();
            let national = seed::national();
            let own = CalendarLayer {
                exceptions: national.exceptions[..2].to_vec(),
                minutes_per_day: Some(450),
                ..CalendarLayer::default()
            };
            let read = store.write_sync(|tx| {
                let empty = find(tx, None)?;
                save_now(tx, None, &empty, &national)?;
                save_now(tx, Some(&unit), &empty, &own)?;
                layers(tx)
            });
            let expected =
                Layers { national: national.clone(), of_units: HashMap::from([(unit.clone(), own.clone())]) };
            assert_eq!(read.unwrap(), expected);
            assert!(national.exceptions.iter().any(|day| day.day == date(2026, 4, 27)));
        });
    }

    #[test]
    fn a_stale_save_is_a_conflict() {
        on_each_engine(ALL, |store| {
            let layer = seed::national();
            let empty = StoredLayer { layer: CalendarLayer::default(), version: 0 };
            let save_from = |read: &StoredLayer| store.write_sync(|tx| save_now(tx, None, read, &layer));
            save_from(&empty).unwrap();
            let read = StoredLayer { layer: layer.clone(), version: 1 };
            save_from(&read).unwrap();
            for stale in [empty, read] {
                let res = save_from(&stale);
                assert!(matches!(res, Err(DbError::Conflict(_))), "{res:?}");
            }
        });
    }
}
