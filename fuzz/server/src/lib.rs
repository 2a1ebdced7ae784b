//! What each target does with one input. The tests of the server (`tests/it/outside.rs`) do the same with every input that
//! was kept, so that nothing found is found twice.

pub mod backups;
pub mod bodies;
pub mod files;
pub mod forms;
pub mod imports;
pub mod parts;
pub mod uploads;
