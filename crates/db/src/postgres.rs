//! PostgreSQL: one connection with its prepared statements, and the pool of them.

mod connection;
mod pool;

pub(crate) use connection::Connection;
pub(crate) use pool::{Access, Pool};
