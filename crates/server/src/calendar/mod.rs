//! Working calendars: what is shipped and stored, how it is told in words, the deadline on the command line.

pub mod change;
pub mod deadline;
pub mod seed;
pub mod steps;
pub mod store;
pub mod words;
