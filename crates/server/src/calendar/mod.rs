//! Working calendars: what is shipped, how they are told in words, the deadline on the command line.

pub mod deadline;
pub mod seed;
pub mod words;
