//! The catalogue of procedures: storage, search, imports, pages.

pub mod import;
pub mod store;
