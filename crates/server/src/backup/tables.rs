//! Rows on their way into a backup and out of it: packed JSON lines, the same for both engines.

use std::io::{BufRead as _, BufReader, Read, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use motcua_db::{Kind, Table, Value};
use serde_json::Value as Json;

use crate::backup::BackupError;

/// Bytes of one part before they are packed: what is in memory at a time.
const PART_BYTES: usize = 4 * 1024 * 1024;
/// Rows that are inserted together.
pub const ROWS: usize = 500;

/// Collects rows until there are enough for a part.
pub struct Packer<'a> {
    table: &'a Table,
    lines: Vec<u8>,
    /// Rows taken so far.
    pub rows: u64,
    /// Parts given so far.
    pub parts: usize,
}

impl<'a> Packer<'a> {
    /// Nothing is collected yet.
    pub fn new(table: &'a Table) -> Self {
        Self { table, lines: Vec::new(), rows: 0, parts: 0 }
    }

    /// Takes a row; gives a part when there is enough for one.
    pub fn take(&mut self, row: Vec<Value>) -> Result<Option<Vec<u8>>, BackupError> {
        self.rows += 1;
        let row: Vec<Json> = row.into_iter().map(written).collect();
        self.line(&Json::from(row))?;
        if self.lines.len() < PART_BYTES { Ok(None) } else { self.part().map(Some) }
    }

    /// What is left; an empty table has one part too, which says what its columns are.
    pub fn rest(&mut self) -> Result<Option<Vec<u8>>, BackupError> {
        if self.lines.is_empty() && 0 < self.parts {
            return Ok(None);
        }
        self.part().map(Some)
    }

    fn line(&mut self, line: &Json) -> Result<(), BackupError> {
        serde_json::to_writer(&mut self.lines, line).map_err(BackupError::damaged)?;
        self.lines.push(b'\n');
        Ok(())
    }

    fn part(&mut self) -> Result<Vec<u8>, BackupError> {
        let columns: Vec<Json> = self.table.columns.iter().map(|(name, _)| name.as_str().into()).collect();
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        let first = format!("{}\n", Json::from(columns));
        packed
            .write_all(first.as_bytes())
            .and_then(|()| packed.write_all(&self.lines))
            .and_then(|()| packed.finish())
            .map_err(BackupError::damaged)
            .inspect(|_| {
                self.lines.clear();
                self.parts += 1;
            })
    }
}

/// Hands the rows of a part to `take`, some at a time. Answers how many there were.
pub fn unpack(
    table: &Table,
    part: &mut dyn Read,
    mut take: impl FnMut(&[Vec<Value>]) -> Result<(), BackupError>,
) -> Result<u64, BackupError> {
    let wrong = |what: &str| BackupError::Damaged(format!("table {}: {what}", table.name));
    let mut lines = BufReader::new(GzDecoder::new(part)).lines();
    let first = lines.next().ok_or_else(|| wrong("a part is empty"))?.map_err(BackupError::damaged)?;
    let columns: Vec<String> = serde_json::from_str(&first).map_err(BackupError::damaged)?;
    let mut kinds = Vec::with_capacity(columns.len());
    for name in &columns {
        // Columns are found by name: a database that was migrated step by step may hold them in another order.
        let place = table.columns.iter().position(|(known, _)| known == name);
        kinds.push(place.ok_or_else(|| wrong(&format!("there is no column {name}")))?);
    }
    if columns.len() != table.columns.len() {
        return Err(wrong("columns are missing"));
    }
    let (mut rows, mut count) = (Vec::with_capacity(ROWS), 0);
    for line in lines {
        let line = line.map_err(BackupError::damaged)?;
        let values: Vec<Json> = serde_json::from_str(&line).map_err(BackupError::damaged)?;
        if values.len() != kinds.len() {
            return Err(wrong("a row has another number of values"));
        }
        let mut row = vec![Value::Null; kinds.len()];
        for (value, place) in values.into_iter().zip(&kinds) {
            let (name, kind) = &table.columns[*place];
            row[*place] =
                read(*kind, value).ok_or_else(|| wrong(&format!("column {name} is not {kind:?}")))?;
        }
        rows.push(row);
        count += 1;
        if rows.len() == ROWS {
            take(&rows)?;
            rows.clear();
        }
    }
    take(&rows)?;
    Ok(count)
}

/// Hands some columns of every row of a part to `take`. They hold text.
pub fn pick<const N: usize>(
    part: &mut dyn Read,
    wanted: [&str; N],
    mut take: impl FnMut([String; N]) -> Result<(), BackupError>,
) -> Result<(), BackupError> {
    let mut lines = BufReader::new(GzDecoder::new(part)).lines();
    let first = lines.next().ok_or_else(|| BackupError::damaged("a part is empty"))?;
    let columns: Vec<String> =
        serde_json::from_str(&first.map_err(BackupError::damaged)?).map_err(BackupError::damaged)?;
    let places = wanted.map(|name| columns.iter().position(|column| column == name));
    for line in lines {
        let line = line.map_err(BackupError::damaged)?;
        let mut row: Vec<Json> = serde_json::from_str(&line).map_err(BackupError::damaged)?;
        let picked = places.map(|place| match row.get_mut(place?).map(Json::take) {
            Some(Json::String(text)) => Some(text),
            Some(_) | None => None,
        });
        if picked.iter().any(Option::is_none) {
            return Err(BackupError::damaged(format!("a row lacks one of {}", wanted.join(", "))));
        }
        take(picked.map(Option::unwrap_or_default))?;
    }
    Ok(())
}

/// Reals as text, because the text of a real is exact in Rust and not in every reader of JSON.
fn written(value: Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Text(text) => text.into(),
        Value::Int(int) => int.into(),
        Value::Bool(truth) => truth.into(),
        Value::Real(real) => real.to_string().into(),
        Value::Bytes(bytes) => STANDARD_NO_PAD.encode(bytes).into(),
    }
}

fn read(kind: Kind, value: Json) -> Option<Value> {
    Some(match (kind, value) {
        (_, Json::Null) => Value::Null,
        (Kind::Text, Json::String(text)) => Value::Text(text),
        (Kind::Int, Json::Number(number)) => Value::Int(number.as_i64()?),
        (Kind::Bool, Json::Bool(truth)) => Value::Bool(truth),
        (Kind::Real, Json::String(text)) => Value::Real(text.parse().ok()?),
        (Kind::Bytes, Json::String(text)) => Value::Bytes(STANDARD_NO_PAD.decode(text).ok()?),
        (Kind::Text | Kind::Int | Kind::Bool | Kind::Real | Kind::Bytes, _) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_comes_back() {
        let values = [
            (Kind::Text, Value::Text("Nguyễn \"Ánh\"\n".to_owned())),
            (Kind::Int, Value::Int(i64::MIN)),
            (Kind::Bool, Value::Bool(true)),
            (Kind::Real, Value::Real(0.1 + 0.2)),
            (Kind::Bytes, Value::Bytes(vec![0, 255, 10])),
            (Kind::Text, Value::Null),
        ];
        for (kind, value) in values {
            let text = written(value.clone()).to_string();
            assert_eq!(read(kind, serde_json::from_str(&text).unwrap()), Some(value), "{text}");
        }
        assert_eq!(read(Kind::Int, Json::from("1")), None);
        assert_eq!(read(Kind::Bool, Json::from(1)), None);
    }
}
