//! Dossiers: the one road of change, the journal and its proof.

pub mod files;
pub mod filings;
pub mod forms;
pub mod journal;
pub mod lapse;
pub mod legal_base;
pub mod merkle;
pub mod proof;
pub mod reading;
pub mod recount;
pub mod row;
pub mod steps;
pub mod store;
pub mod told;
pub mod verify;
pub mod words;
pub mod written;
