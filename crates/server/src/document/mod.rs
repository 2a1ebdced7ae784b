//! Files people attach and papers the office issues: receiving, checking, keeping, giving back.

pub mod blob;
pub mod give;
pub mod handoff;
pub mod kind;
pub mod name;
pub mod problem;
pub mod range;
pub mod receive;
pub mod scan;
pub mod store;
pub mod sweep;
pub mod upload;
