//! The six kinds of value both engines keep alike, and the rows made of them.

use std::fmt::Display;
use std::ops::Deref;
use std::str::FromStr;
use std::sync::Arc;

use crate::DbError;

/// What can be stored. Instants, days, ids and JSON are text; money is an integer.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value, of any type.
    Null,
    /// `text`
    Text(String),
    /// `bigint`
    Int(i64),
    /// `boolean`
    Bool(bool),
    /// `double precision`, always finite
    Real(f64),
    /// `bytea`
    Bytes(Vec<u8>),
}

impl Value {
    fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Text(_) => "text",
            Value::Int(_) => "an integer",
            Value::Bool(_) => "a boolean",
            Value::Real(_) => "a real number",
            Value::Bytes(_) => "bytes",
        }
    }

    /// Refuses what one engine would keep and the other would not.
    pub(crate) fn check(&self) -> Result<(), DbError> {
        match self {
            Value::Text(text) if text.contains('\0') => {
                Err(DbError::BadValue("text with a zero character".to_owned()))
            }
            Value::Real(real) if !real.is_finite() => {
                Err(DbError::BadValue("a number that is not finite".to_owned()))
            }
            Value::Null
            | Value::Text(_)
            | Value::Int(_)
            | Value::Bool(_)
            | Value::Real(_)
            | Value::Bytes(_) => Ok(()),
        }
    }
}

macro_rules! value_from {
    ($($type:ty => $kind:ident),* $(,)?) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Value {
                Value::$kind(value.into())
            }
        }
    )*};
}

value_from! {
    String => Text, &str => Text, &String => Text, std::borrow::Cow<'_, str> => Text,
    i64 => Int, i32 => Int, i16 => Int, i8 => Int, u32 => Int, u16 => Int, u8 => Int,
    bool => Bool, f64 => Real, Vec<u8> => Bytes, &[u8] => Bytes,
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

/// The values of a statement that is put together piece by piece.
#[derive(Debug, Clone, Default)]
pub struct Params(Vec<Value>);

impl Params {
    /// Takes a value and answers the name by which the statement knows it: `$1` for the first.
    pub fn bind(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("${}", self.0.len())
    }

    /// Takes values and answers their names.
    pub fn bind_all<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> Vec<String> {
        values.into_iter().map(|value| self.bind(value)).collect()
    }
}

impl Deref for Params {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.0
    }
}

/// A type that can be read from a column.
pub trait FromValue: Sized {
    /// The value as this type, or nothing when it is of another kind or out of range.
    fn from_value(value: &Value) -> Option<Self>;
}

impl FromValue for Value {
    fn from_value(value: &Value) -> Option<Value> {
        Some(value.clone())
    }
}

impl FromValue for String {
    fn from_value(value: &Value) -> Option<String> {
        if let Value::Text(text) = value { Some(text.clone()) } else { None }
    }
}

impl FromValue for bool {
    /// SQLite has no booleans: it keeps and computes 0 and 1.
    fn from_value(value: &Value) -> Option<bool> {
        match value {
            Value::Bool(truth) => Some(*truth),
            Value::Int(0) => Some(false),
            Value::Int(1) => Some(true),
            Value::Null | Value::Text(_) | Value::Int(_) | Value::Real(_) | Value::Bytes(_) => None,
        }
    }
}

impl FromValue for f64 {
    /// SQLite answers an integer where an expression mixes both, as in `coalesce(avg(x), 0)`.
    fn from_value(value: &Value) -> Option<f64> {
        match value {
            Value::Real(real) => Some(*real),
            Value::Int(int) => i32::try_from(*int).ok().map(f64::from),
            Value::Null | Value::Text(_) | Value::Bool(_) | Value::Bytes(_) => None,
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: &Value) -> Option<Vec<u8>> {
        if let Value::Bytes(bytes) = value { Some(bytes.clone()) } else { None }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Option<Option<T>> {
        if *value == Value::Null { Some(None) } else { T::from_value(value).map(Some) }
    }
}

macro_rules! integer_from_value {
    ($($type:ty),*) => {$(
        impl FromValue for $type {
            fn from_value(value: &Value) -> Option<$type> {
                if let Value::Int(int) = value { <$type>::try_from(*int).ok() } else { None }
            }
        }
    )*};
}

integer_from_value!(i64, i32, i16, i8, u64, u32, u16, u8, usize);

/// A column by its name or by its place, counted from zero.
pub trait Column: Copy + Display {
    /// The place of the column among `names`.
    fn place(self, names: &[String]) -> Option<usize>;
}

impl Column for usize {
    fn place(self, names: &[String]) -> Option<usize> {
        (self < names.len()).then_some(self)
    }
}

impl Column for &str {
    fn place(self, names: &[String]) -> Option<usize> {
        names.iter().position(|name| name == self)
    }
}

/// One row of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    names: Arc<[String]>,
    values: Vec<Value>,
}

impl Row {
    pub(crate) fn new(names: Arc<[String]>, values: Vec<Value>) -> Row {
        Row { names, values }
    }

    /// The value of a column.
    ///
    /// # Errors
    /// `Decode` when there is no such column or its value is of another type. A null is
    /// only an `Option`.
    pub fn get<T: FromValue>(&self, column: impl Column) -> Result<T, DbError> {
        let value = self.value(column)?;
        T::from_value(value).ok_or_else(|| {
            let wanted = std::any::type_name::<T>();
            DbError::Decode(format!("column {column} is {}, not {wanted}", value.kind()))
        })
    }

    /// The text of a column as an id, a code, an instant: anything that can be parsed.
    ///
    /// # Errors
    /// `Decode` when the column is not text or its text cannot be parsed.
    pub fn parse<T: FromStr<Err: Display>>(&self, column: impl Column) -> Result<T, DbError> {
        let text: String = self.get(column)?;
        text.parse().map_err(|error| DbError::Decode(format!("column {column}: {error}")))
    }

    /// Like [`Row::parse`], for a column that may be null.
    ///
    /// # Errors
    /// `Decode` when the column is neither null nor text, or its text cannot be parsed.
    pub fn parse_opt<T: FromStr<Err: Display>>(&self, column: impl Column) -> Result<Option<T>, DbError> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Text(_) | Value::Int(_) | Value::Bool(_) | Value::Real(_) | Value::Bytes(_) => {
                self.parse(column).map(Some)
            }
        }
    }

    /// Names of the columns, in order.
    pub fn columns(&self) -> &[String] {
        &self.names
    }

    /// The values alone, in the order of the columns.
    pub(crate) fn into_values(self) -> Vec<Value> {
        self.values
    }

    fn value(&self, column: impl Column) -> Result<&Value, DbError> {
        column
            .place(&self.names)
            .map(|place| &self.values[place])
            .ok_or_else(|| DbError::Decode(format!("there is no column {column}")))
    }
}
