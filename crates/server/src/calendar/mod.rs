//! Working calendars: what is shipped and stored, how it is told and changed, the deadline on the command line.

pub mod change;
pub mod day_form;
pub mod deadline;
pub mod history;
pub mod hours_page;
pub mod import;
pub mod pages;
pub mod place;
pub mod seed;
pub mod steps;
pub mod store;
pub mod words;
pub mod year_view;

pub use pages::routes;
