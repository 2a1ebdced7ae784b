//! Units and areas: storage, imports, pages.

pub mod admin;
pub mod import;
pub mod steps;
pub mod store;
