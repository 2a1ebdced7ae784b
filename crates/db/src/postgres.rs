//! PostgreSQL: one connection with its prepared statements, and the pool of them.

mod connection;
mod failure;
mod link;
mod pool;
mod value;

pub(crate) use connection::{Access, Connection};
pub(crate) use pool::Pool;
