//! Tables as the engine knows them: what is needed to copy a whole database from one engine to the other.

use crate::{DbError, Engine, Result, Tx, Value};

/// Rows of one insert statement.
const ROWS_MAX: usize = 100;
/// Parameters of one insert statement: both engines take at least twice as many.
const PARAMETERS_MAX: usize = 16_000;
/// What a check of the file finds at most, before it stops.
const FINDINGS_MAX: usize = 20;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `text`
    Text,
    /// `bigint`
    Int,
    /// `boolean`
    Bool,
    /// `double precision`
    Real,
    /// `bytea`
    Bytes,
}

/// A table with its columns, in the order in which they were declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Name and kind of each column.
    pub columns: Vec<(String, Kind)>,
    /// The tables its foreign keys point at.
    references: Vec<String>,
}

/// Every table of the database, each after those its foreign keys point at.
///
/// # Errors
/// What the engine says; `Decode` for a column of another type than the five; `Unfit` when tables point at
/// each other in a circle.
pub fn tables(tx: &mut Tx<'_>) -> Result<Vec<Table>> {
    let names = tx.rows(
        match tx.engine() {
            Engine::Sqlite => {
                "select name from sqlite_master where type = 'table' and substr(name, 1, 7) <> 'sqlite_'
                  order by name"
            }
            Engine::Postgres => {
                "select cast(table_name as text) as name from information_schema.tables
                  where table_schema = current_schema() and table_type = 'BASE TABLE' order by 1"
            }
        },
        &[],
    )?;
    let mut waiting = Vec::new();
    for row in names {
        waiting.push(table(tx, row.get("name")?)?);
    }
    in_order(waiting)
}

fn table(tx: &mut Tx<'_>, name: String) -> Result<Table> {
    let (columns, references) = match tx.engine() {
        Engine::Sqlite => (
            "select name, type from pragma_table_info($1) order by cid",
            "select \"table\" as name from pragma_foreign_key_list($1)",
        ),
        Engine::Postgres => (
            "select cast(column_name as text) as name, cast(data_type as text) as type
               from information_schema.columns
              where table_schema = current_schema() and cast(table_name as text) = $1
              order by ordinal_position",
            "select cast(parent.relname as text) as name
               from pg_constraint link
                    join pg_class child on child.oid = link.conrelid
                    join pg_class parent on parent.oid = link.confrelid
                    join pg_namespace place on place.oid = child.relnamespace
              where link.contype = 'f' and place.nspname = current_schema()
                and cast(child.relname as text) = $1",
        ),
    };
    let key = [Value::from(name.as_str())];
    let columns = tx.rows(columns, &key)?;
    let columns = columns.iter().map(|row| {
        let (column, declared): (String, String) = (row.get("name")?, row.get("type")?);
        let kind = Kind::from_declared(&declared)
            .ok_or_else(|| DbError::Decode(format!("column {name}.{column} is of type {declared}")))?;
        Ok((column, kind))
    });
    let columns = columns.collect::<Result<Vec<_>>>()?;
    let references = tx.rows(references, &key)?;
    let references = references.iter().map(|row| row.get("name")).collect::<Result<Vec<_>>>()?;
    Ok(Table { name, columns, references })
}

/// What is broken in the database itself: pages, keys, indexes. Empty when it is sound.
///
/// # Errors
/// What the engine says.
pub fn unsound(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    tx.unhurried()?;
    let mut found = Vec::new();
    match tx.engine() {
        Engine::Sqlite => {
            for row in tx.rows(&format!("pragma quick_check({FINDINGS_MAX})"), &[])? {
                let said: String = row.get(0)?;
                if said != "ok" {
                    found.push(said);
                }
            }
            for row in tx.rows("pragma foreign_key_check", &[])?.iter().take(FINDINGS_MAX) {
                let (child, parent): (String, String) = (row.get(0)?, row.get(2)?);
                found.push(format!("a row of {child} points at nothing in {parent}"));
            }
        }
        Engine::Postgres => {
            let sql = "select cast(named.relname as text) as name from pg_index
                         join pg_class named on named.oid = pg_index.indexrelid
                         join pg_namespace place on place.oid = named.relnamespace
                        where not pg_index.indisvalid and place.nspname = current_schema()";
            for row in tx.rows(sql, &[])? {
                let name: String = row.get("name")?;
                found.push(format!("index {name} is not valid"));
            }
        }
    }
    Ok(found)
}

impl Tx<'_> {
    /// Lets the statements of this transaction take as long as they take.
    ///
    /// # Errors
    /// What the engine says.
    pub fn unhurried(&mut self) -> Result<()> {
        match self.engine() {
            Engine::Sqlite => Ok(()),
            Engine::Postgres => self.script(
                "set local statement_timeout = 0; set local lock_timeout = 0;
                 set local idle_in_transaction_session_timeout = 0",
            ),
        }
    }
}

impl Kind {
    fn from_declared(declared: &str) -> Option<Kind> {
        match declared.to_lowercase().as_str() {
            "text" => Some(Kind::Text),
            "bigint" | "integer" => Some(Kind::Int),
            "boolean" => Some(Kind::Bool),
            "double precision" => Some(Kind::Real),
            "bytea" => Some(Kind::Bytes),
            _ => None,
        }
    }

    /// The value as this kind: SQLite keeps booleans as 0 and 1, and whole reals as integers.
    fn of(self, value: Value) -> Option<Value> {
        Some(match (self, value) {
            (_, Value::Null) => Value::Null,
            (Kind::Text, Value::Text(text)) => Value::Text(text),
            (Kind::Int, Value::Int(int)) => Value::Int(int),
            (Kind::Bool, Value::Bool(truth)) => Value::Bool(truth),
            (Kind::Bool, Value::Int(int @ (0 | 1))) => Value::Bool(int == 1),
            (Kind::Real, Value::Real(real)) => Value::Real(real),
            (Kind::Real, Value::Int(int)) => Value::Real(f64::from(i32::try_from(int).ok()?)),
            (Kind::Bytes, Value::Bytes(bytes)) => Value::Bytes(bytes),
            (
                Kind::Text | Kind::Int | Kind::Bool | Kind::Real | Kind::Bytes,
                Value::Text(_) | Value::Int(_) | Value::Bool(_) | Value::Real(_) | Value::Bytes(_),
            ) => return None,
        })
    }
}

impl Table {
    /// Hands every row to `take`, in no order, without keeping them in memory. Values are of the columns' kinds.
    ///
    /// # Errors
    /// What the engine says; `Decode` for a value of another kind than its column; whatever `take` answers.
    pub fn each<E: From<DbError>>(
        &self,
        tx: &mut Tx<'_>,
        mut take: impl FnMut(Vec<Value>) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = format!("select {} from {}", self.column_list(), quoted(&self.name));
        tx.each(&sql, &[], |row| -> Result<(), E> {
            let values = row.into_values().into_iter().zip(&self.columns);
            let values = values.map(|(value, (column, kind))| {
                kind.of(value)
                    .ok_or_else(|| DbError::Decode(format!("{}.{column} is not {kind:?}", self.name)))
            });
            take(values.collect::<Result<Vec<Value>>>()?)
        })
    }

    /// Adds rows, each with a value for every column.
    ///
    /// # Errors
    /// What the engine says.
    pub fn insert(&self, tx: &mut Tx<'_>, rows: &[Vec<Value>]) -> Result<()> {
        let width = self.columns.len();
        if rows.iter().any(|row| row.len() != width) {
            return Err(DbError::Decode(format!("a row of {} has another number of columns", self.name)));
        }
        let most = ROWS_MAX.min(PARAMETERS_MAX / width.max(1)).max(1);
        for some in rows.chunks(most) {
            let tuples = (0..some.len()).map(|row| {
                let places: Vec<String> =
                    (1..=width).map(|column| format!("${}", row * width + column)).collect();
                format!("({})", places.join(", "))
            });
            let tuples: Vec<String> = tuples.collect();
            let sql = format!(
                "insert into {} ({}) values {}",
                quoted(&self.name),
                self.column_list(),
                tuples.join(", ")
            );
            tx.run(&sql, &some.concat())?;
        }
        Ok(())
    }

    /// Removes every row.
    ///
    /// # Errors
    /// What the engine says.
    pub fn clear(&self, tx: &mut Tx<'_>) -> Result<()> {
        tx.run(&format!("delete from {}", quoted(&self.name)), &[]).map(drop)
    }

    fn column_list(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|(name, _)| quoted(name)).collect();
        names.join(", ")
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Each table after those it points at; one that points at itself need not wait for itself.
fn in_order(mut waiting: Vec<Table>) -> Result<Vec<Table>> {
    let mut placed: Vec<Table> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let names: Vec<String> = waiting.iter().map(|table| table.name.clone()).collect();
        let is_free = |table: &Table| {
            table.references.iter().all(|parent| *parent == table.name || !names.contains(parent))
        };
        let (free, bound): (Vec<Table>, Vec<Table>) = waiting.into_iter().partition(is_free);
        if free.is_empty() {
            return Err(DbError::Unfit(format!(
                "tables point at each other in a circle: {}",
                names.join(", ")
            )));
        }
        placed.extend(free);
        waiting = bound;
    }
    Ok(placed)
}
