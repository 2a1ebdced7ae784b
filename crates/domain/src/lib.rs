//! The rules of a one-stop shop for local government: pure, and read from top to bottom.

pub mod form;
pub mod ids;
