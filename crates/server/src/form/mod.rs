//! Printed forms: receipts, requests, letters, slips and the register as archival PDF.

pub mod bound;
pub mod data;
pub mod library;
pub mod press;
pub mod printable;
pub mod qr;
pub mod render;
pub mod sample;
pub mod seed;
pub mod typeface;
mod words;
