//! Values on their way to the server and back.

use std::error::Error;

use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::{DbError, Result, Value};

pub(super) fn decode(row: &tokio_postgres::Row) -> Result<Vec<Value>> {
    let columns = row.columns().iter().enumerate();
    columns
        .map(|(place, column)| {
            row.try_get::<_, Decoded>(place).map(|decoded| decoded.0).map_err(|_| {
                DbError::Decode(format!("column {} is of type {}", column.name(), column.type_()))
            })
        })
        .collect()
}

/// A value of one of the types a column or an expression may have.
struct Decoded(Value);

impl<'a> FromSql<'a> for Decoded {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> std::result::Result<Decoded, Box<dyn Error + Sync + Send>> {
        Ok(Decoded(match *kind {
            Type::INT8 => Value::Int(i64::from_sql(kind, raw)?),
            Type::INT4 => Value::Int(i64::from(i32::from_sql(kind, raw)?)),
            Type::INT2 => Value::Int(i64::from(i16::from_sql(kind, raw)?)),
            Type::BOOL => Value::Bool(bool::from_sql(kind, raw)?),
            Type::FLOAT8 => Value::Real(f64::from_sql(kind, raw)?),
            Type::BYTEA => Value::Bytes(Vec::from_sql(kind, raw)?),
            _ => Value::Text(String::from_sql(kind, raw)?),
        }))
    }

    fn from_sql_null(_: &Type) -> std::result::Result<Decoded, Box<dyn Error + Sync + Send>> {
        Ok(Decoded(Value::Null))
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT8, Type::INT4, Type::INT2, Type::BOOL, Type::FLOAT8, Type::BYTEA].contains(kind)
            || <String as FromSql>::accepts(kind)
    }
}

impl ToSql for Value {
    /// The server says which type it expects; the value must be of that kind.
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self, kind) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Int(int), &Type::INT8) => int.to_sql(kind, out),
            (Value::Int(int), &Type::INT4) => i32::try_from(*int)?.to_sql(kind, out),
            (Value::Int(int), &Type::FLOAT8) => f64::from(i32::try_from(*int)?).to_sql(kind, out),
            (Value::Bool(truth), &Type::BOOL) => truth.to_sql(kind, out),
            (Value::Real(real), &Type::FLOAT8) => real.to_sql(kind, out),
            (Value::Bytes(bytes), &Type::BYTEA) => bytes.as_slice().to_sql(kind, out),
            (Value::Text(text), kind) if <String as ToSql>::accepts(kind) => text.to_sql(kind, out),
            (Value::Text(_) | Value::Int(_) | Value::Bool(_) | Value::Real(_) | Value::Bytes(_), kind) => {
                Err(format!("a parameter of type {kind} was given another kind of value").into())
            }
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
