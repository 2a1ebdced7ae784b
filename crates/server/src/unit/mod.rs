//! Units and areas: storage, imports, pages.

pub mod import;
pub mod store;
