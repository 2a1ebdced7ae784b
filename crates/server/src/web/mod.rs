//! What every page shares: session, language, forms, errors, the frame.

pub mod form;
