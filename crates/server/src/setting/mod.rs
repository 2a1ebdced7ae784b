//! Settings: the values the law leaves to an office, as data with the day each set holds from.

pub mod item;
pub mod pages;
pub mod store;

pub use pages::routes;
