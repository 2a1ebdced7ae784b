//! One query, with what is made of its rows.

use std::fmt;

use crate::{Result, Row, Value};

/// A query that is asked by itself, with [`Store::ask`](crate::Store::ask), or inside a transaction, with
/// [`Tx::ask`](crate::Tx::ask). Its answer is as long as a page at most: all rows are held at once.
pub struct Query<T> {
    pub(crate) sql: &'static str,
    pub(crate) params: Vec<Value>,
    pub(crate) read: fn(&[Row]) -> Result<T>,
}

impl<T> Query<T> {
    /// `$1` is the first of `params`; `read` makes the answer of all rows.
    pub fn new(sql: &'static str, params: impl Into<Vec<Value>>, read: fn(&[Row]) -> Result<T>) -> Query<T> {
        Query { sql, params: params.into(), read }
    }
}

impl<T> fmt::Debug for Query<T> {
    /// Without its values: they may be a person's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query").field("sql", &self.sql).finish_non_exhaustive()
    }
}
