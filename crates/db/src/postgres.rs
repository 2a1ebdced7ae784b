//! PostgreSQL: one connection with its prepared statements, the pool of them, and those that many share.

mod connection;
mod failure;
mod link;
mod pool;
mod shared;
mod value;

pub(crate) use connection::{Access, Connection};
pub(crate) use pool::Pool;
pub(crate) use shared::Shared;
