//! The rules of a one-stop shop for local government: pure, and read from top to bottom.

pub mod access;
pub mod calendar;
pub mod dossier;
pub mod form;
pub mod identity;
pub mod ids;
pub mod office_time;
pub mod procedure;
pub mod settings;
pub mod unit;
