//! One SQL text on SQLite and on PostgreSQL: opens a database, runs transactions, migrates.
//!
//! This crate knows no word of the domain. What a query may contain so that both engines
//! give the same answer is written in `ARCHITECTURE.md`, "Storage".

mod error;
pub mod fault;
mod migrate;
mod postgres;
mod query;
mod ran;
mod sqlite;
mod store;
mod table;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod tx;
mod value;

pub use error::{DbError, Source};
pub use migrate::{Migration, schema};
pub use query::Query;
pub use store::{Database, Engine, Load, Store};
pub use table::{Kind, Table, tables, unsound};
pub use tx::Tx;
pub use value::{Column, FromValue, Params, Row, Value};

/// What most functions of a `store.rs` return.
pub type Result<T, E = DbError> = std::result::Result<T, E>;
